// SPDX-License-Identifier: Apache-2.0
// A number line: bands with their names, and where the number lies. It runs from low to high, left to right, in every
// language, as the letter draws it; the same stands under it as a table.
import { useId } from 'preact/hooks';
import { number, t } from '../../lib/words.ts';
import type { Scale } from '../../screens/results/findings.ts';
import { scalePieces, scaleRows } from './scale.ts';

const WIDTH = 320,
    TOP = 26,
    HEIGHT = 18,
    GAP = 2;

function Drawing({ scale, title }: { scale: Scale; title: string }) {
    const id = useId(),
        { at, beyond, ticks } = scale.drawn,
        x = 8 + at * (WIDTH - 16);
    return (
        <svg class="line" viewBox={`0 0 ${WIDTH} 64`} role="img" aria-labelledby={id} focusable="false" direction="ltr">
            <title id={id}>{title}</title>
            {scalePieces(scale).map((piece) => (
                <rect
                    key={piece.name}
                    class={piece.here ? 'band band-here' : 'band'}
                    x={8 + piece.start * (WIDTH - 16)}
                    y={TOP}
                    width={Math.max(1, piece.size * (WIDTH - 16) - GAP)}
                    height={HEIGHT}
                />
            ))}
            <path class="line-mark" d={`M ${x - 8} 6 L ${x + 8} 6 L ${x} ${TOP - 2} Z`} />
            <line class="line-mark" x1={x} x2={x} y1={TOP} y2={TOP + HEIGHT} />
            {ticks.map((tick) => (
                <text
                    key={tick.number}
                    class="line-end"
                    x={8 + tick.at * (WIDTH - 16)}
                    y="60"
                    text-anchor={tick.at === 0 ? 'start' : tick.at === 1 ? 'end' : 'middle'}
                >
                    {number(tick.number)}
                    {tick.at === 1 && beyond === 'above' && ' +'}
                </text>
            ))}
        </svg>
    );
}

const ends = (from: number | null, to: number | null): string =>
    from === null
        ? t('scale.below', { to: number(to ?? 0) })
        : to === null
          ? t('scale.from', { from: number(from) })
          : t('scale.between', { from: number(from), to: number(to) });

/** NumberLine - one scale of a finding, with its number in words. */
export function NumberLine({ scale, unit }: { scale: Scale; unit: string }) {
    const here = scale.bands.find((band) => band.here)?.name ?? '';
    const title = t('scale.title', { label: scale.label, at: `${number(scale.at)} ${unit}`.trimEnd(), band: here });
    return (
        <figure class="scale">
            <figcaption>{title}</figcaption>
            <div dir="ltr">
                <Drawing scale={scale} title={title} />
            </div>
            <details>
                <summary>{t('scale.table')}</summary>
                <table class="bands">
                    <thead>
                        <tr>
                            <th scope="col">{t('scale.band')}</th>
                            <th scope="col">{t('scale.range')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {scaleRows(scale).map((row) => (
                            <tr key={row.name} aria-current={row.here ? 'true' : undefined}>
                                <th scope="row">
                                    {row.here && <span aria-hidden="true">▸ </span>}
                                    {row.name}
                                </th>
                                <td>{ends(row.from, row.to)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </details>
        </figure>
    );
}
