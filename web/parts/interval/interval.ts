// SPDX-License-Identifier: Apache-2.0
// Where things stand on an interval bar: a share of its width each, 0 to 1, from low to high.
export interface Interval {
    /** All of one unit. Half of what was counted is below `half`, which lies between `low` and `high`; nine of ten are
     * below `most`; both are meant to be below their aims. */
    readonly half: number;
    readonly low: number;
    readonly high: number;
    readonly most: number;
    readonly halfAim: number;
    readonly mostAim: number;
}
/** The same as shares of the width, and what the whole width stands for. */
export interface Places extends Interval {
    readonly end: number;
}

// Ends that read well: 1, 2 or 5 and zeros, from the time of a blink to hours.
const ENDS = [1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600, 900];
export const intervalEnd = (most: number): number =>
    ENDS.find((end) => end >= most) ?? Math.ceil(most / 600) * 600;

export function intervalPlaces(interval: Interval): Places {
    const end = intervalEnd(Math.max(interval.most, interval.mostAim, interval.high)),
        at = (value: number): number => Math.min(1, Math.max(0, value / end));
    return {
        end,
        half: at(interval.half),
        low: at(interval.low),
        high: at(interval.high),
        most: at(interval.most),
        halfAim: at(interval.halfAim),
        mostAim: at(interval.mostAim),
    };
}

/** Is it as quick as it is meant to be? Only what even the better end of the interval says is called slower. */
export const intervalState = ({ low, most, halfAim, mostAim }: Interval): 'good' | 'look' =>
    low > halfAim || most > mostAim ? 'look' : 'good';
