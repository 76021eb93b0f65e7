// SPDX-License-Identifier: Apache-2.0
// Taking the time of a task, as a machine: from its beginning to its end, once; what is begun again begins anew only
// after an end, and whoever goes away meanwhile is not timed at all.
import type { Timed } from 'gen/lists.ts';

export type Running = ReadonlyMap<Timed, number>;
export interface Taken {
    readonly task: Timed;
    readonly ms: number;
}
/** Longer than that somebody did something else meanwhile; the server takes no longer one. */
export const TIME_MS_MAX = 600_000;

export const timeBegun = (running: Running, task: Timed, now: number): Running =>
    running.has(task) ? running : new Map(running).set(task, now);

export const timeDropped = (running: Running, task: Timed): Running => {
    const rest = new Map(running);
    rest.delete(task);
    return rest;
};

/** The task is over; null: it was not begun, or took too long to say anything. */
export function timeTaken(running: Running, task: Timed, now: number): Taken | null {
    const from = running.get(task),
        ms = from === undefined ? -1 : Math.round(now - from);
    return ms < 0 || ms > TIME_MS_MAX ? null : { task, ms };
}
