// SPDX-License-Identifier: Apache-2.0
// How long tasks take at this tablet, by the browser's own clock. What goes to the server is a task of the list and
// milliseconds, some seconds later and several at once: no person, no number, nobody who works here. What cannot be
// sent is dropped. A task is not timed while the page is locked or not looked at.
import type { Timed } from 'gen/lists.ts';
import { api } from './api.ts';
import { phase, whenPerson } from './session.ts';
import { timeBegun, timeDropped, timeTaken, type Running, type Taken } from './timing_rules.ts';

const SEND_MS = 5_000,
    SEND_MAX = 32;

let running: Running = new Map();
let taken: Taken[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

function send(): void {
    const times = taken;
    timer = undefined;
    taken = [];
    if (phase.value === 'in') void api.times(times);
}

/** timeFrom - the task begins, if it has not yet. */
export function timeFrom(task: Timed): void {
    if (phase.value === 'in') running = timeBegun(running, task, performance.now());
}
/** timeOff - it was given up, or somebody else is looked at. */
export function timeOff(task: Timed): void {
    running = timeDropped(running, task);
}
/** timeTo - the task is over, as the server said. */
export function timeTo(task: Timed): void {
    const one = timeTaken(running, task, performance.now());
    timeOff(task);
    if (one === null || taken.length >= SEND_MAX) return;
    taken.push(one);
    timer ??= setTimeout(send, SEND_MS);
}

// What was begun about one person is not about the next; a new person is opened by their registration.
whenPerson(() => {
    running = new Map([...running].filter(([task]) => task === 'open' || task === 'register'));
});
phase.subscribe((now) => {
    if (now !== 'in') running = new Map();
});
if (typeof document !== 'undefined')
    document.addEventListener('visibilitychange', () => {
        if (document.hidden) running = new Map();
    });
