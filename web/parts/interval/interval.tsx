// SPDX-License-Identifier: Apache-2.0
// An interval bar: how sure a middle is, how far most reach, and where both are meant to be. It runs from low to high,
// left to right, in every language; the numbers stand beside it as a table.
import { useId } from 'preact/hooks';
import { intervalPlaces, type Interval } from './interval.ts';

const WIDTH = 320,
    EDGE = 8,
    MIDDLE = 22;

/** IntervalBar - `title` says in words what is drawn; `ends` are the texts at both ends. */
export function IntervalBar({ interval, title, ends }: {
    interval: Interval;
    title: string;
    ends: (end: number) => readonly [string, string];
}) {
    const id = useId(),
        places = intervalPlaces(interval),
        [from, to] = ends(places.end);
    const x = (at: number): number => EDGE + at * (WIDTH - 2 * EDGE);
    return (
        <div dir="ltr" class="interval">
            <svg class="line" viewBox={`0 0 ${WIDTH} 52`} role="img" aria-labelledby={id} focusable="false">
                <title id={id}>{title}</title>
                <line class="interval-axis" x1={x(0)} x2={x(1)} y1={36} y2={36} />
                <line class="interval-most" x1={x(places.low)} x2={x(places.most)} y1={MIDDLE} y2={MIDDLE} />
                <line class="interval-most" x1={x(places.most)} x2={x(places.most)} y1={MIDDLE - 6} y2={MIDDLE + 6} />
                <rect
                    class="band"
                    x={x(places.low)}
                    y={MIDDLE - 7}
                    width={Math.max(2, x(places.high) - x(places.low))}
                    height={14}
                />
                <line class="line-mark" x1={x(places.half)} x2={x(places.half)} y1={MIDDLE - 9} y2={MIDDLE + 9} />
                {[places.halfAim, places.mostAim].map((at) => (
                    <path key={at} class="line-mark" d={`M ${x(at) - 5} 2 L ${x(at) + 5} 2 L ${x(at)} 10 Z`} />
                ))}
                <text class="line-end" x={x(0)} y="50" text-anchor="start">
                    {from}
                </text>
                <text class="line-end" x={x(1)} y="50" text-anchor="end">
                    {to}
                </text>
            </svg>
        </div>
    );
}
