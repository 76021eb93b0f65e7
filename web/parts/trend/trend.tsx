// SPDX-License-Identifier: Apache-2.0
// A number over the days, before the bands of its line: old to new, left to right, in every language. Where the points
// and bands stand is the server's (src/chart); the same stands under it as a table.
import { useId } from 'preact/hooks';
import type { Trend } from '../../lib/api.ts';
import { number, t } from '../../lib/words.ts';

type Point = Trend['points'][number];

const WIDTH = 320,
    HEIGHT = 120,
    SIDE = 12,
    TOP = 10,
    FOOT = 22;

const x = (at: number): number => SIDE + at * (WIDTH - 2 * SIDE);
const y = (at: number): number => TOP + (1 - at) * (HEIGHT - TOP - FOOT);

// The band of the newest number alone is marked.
const isIn = (last: Point | undefined, start: number, size: number): boolean =>
    last !== undefined && last.y >= start && last.y < start + size;
// A date keeps its own direction in the picture.
const apart = (text: string): string => `\u2068${text}\u2069`;

function Drawing({ trend, title, dayOf }: { trend: Trend; title: string; dayOf: (date: string) => string }) {
    const id = useId(),
        { points, pieces } = trend,
        first = points[0],
        last = points.at(-1);
    return (
        <svg
            class="line"
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            role="img"
            aria-labelledby={id}
            focusable="false"
            direction="ltr"
        >
            <title id={id}>{title}</title>
            {pieces.map(({ band, start, size }) => (
                <rect
                    key={band}
                    class={isIn(last, start, size) ? 'zone zone-here' : 'zone'}
                    x={SIDE / 2}
                    y={y(start + size)}
                    width={WIDTH - SIDE}
                    height={y(start) - y(start + size)}
                />
            ))}
            <polyline class="trend-line" points={points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ')} />
            {points.map((point) => (
                <circle
                    key={point.date}
                    class="trend-point"
                    cx={x(point.x)}
                    cy={y(point.y)}
                    r={point === last ? 6 : 3.5}
                />
            ))}
            {first && (
                <text class="line-end" x={SIDE / 2} y={HEIGHT - 5} text-anchor="start">
                    {apart(dayOf(first.date))}
                </text>
            )}
            {last && (
                <text class="line-end" x={WIDTH - SIDE / 2} y={HEIGHT - 5} text-anchor="end">
                    {apart(dayOf(last.date))}
                </text>
            )}
        </svg>
    );
}

/** TrendChart - one number of a finding, with its table. */
export function TrendChart({ trend, unit, dayOf }: { trend: Trend; unit: string; dayOf: (date: string) => string }) {
    const last = trend.points.at(-1),
        title = t('trend.title', {
            label: trend.label,
            count: trend.points.length,
            value: last?.value ?? '',
            unit,
        });
    return (
        <figure class="scale">
            <figcaption>{title}</figcaption>
            <div dir="ltr">
                <Drawing trend={trend} title={title} dayOf={dayOf} />
            </div>
            <details>
                <summary>{t('trend.table')}</summary>
                <table class="bands">
                    <thead>
                        <tr>
                            <th scope="col">{t('trend.day')}</th>
                            <th scope="col">{t('trend.value')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {[...trend.points].reverse().map((point, i) => (
                            <tr key={point.date} aria-current={i === 0 ? 'true' : undefined}>
                                <th scope="row">{dayOf(point.date)}</th>
                                <td>
                                    <bdi dir="ltr">{point.value}</bdi> {unit}
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
                {trend.pieces.length > 0 && (
                    <p class="small">
                        {t('trend.bands', {
                            bands: [...trend.pieces]
                                .reverse()
                                .map(({ band }) => trend.bands[band] ?? '')
                                .join(' · '),
                            from: number(Math.round(trend.from * 10) / 10),
                            to: number(Math.round(trend.to * 10) / 10),
                        })}
                    </p>
                )}
            </details>
        </figure>
    );
}
