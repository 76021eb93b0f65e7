// SPDX-License-Identifier: Apache-2.0
// A countdown by the clock, not by ticks: a tab that slept shows the right time when it wakes.

export interface Timer {
    readonly startedAt_ms: number;
    readonly length_seconds: number;
}

export const timerStart = (now_ms: number, length_seconds: number): Timer => ({ startedAt_ms: now_ms, length_seconds });

/** timerLeft - whole seconds that are left, counted up so that 0 means done. A clock put back does not add time. */
export function timerLeft(timer: Timer, now_ms: number): number {
    const passed_ms = Math.max(0, now_ms - timer.startedAt_ms);
    return Math.max(0, Math.ceil(timer.length_seconds - passed_ms / 1000));
}

/** timerPart - how much has passed, 0 to 1, for the ring. */
export function timerPart(timer: Timer, now_ms: number): number {
    return timer.length_seconds <= 0 ? 1 : 1 - timerLeft(timer, now_ms) / timer.length_seconds;
}

/** timerText - 4:05 */
export function timerText(seconds: number): string {
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
