// SPDX-License-Identifier: Apache-2.0
// A model of the keys and taps that a task costs, as in the keystroke-level model: each key of the keyboard or keypad
// and each tap counts one; a scan counts none, for the scanner types. Digits of what was measured are counted by
// themselves: they are the same on paper.

export interface Counted {
    readonly task: string;
    readonly digits: number;
    readonly keys: number;
    readonly taps: number;
}

/** A tap is written "tap: what"; a scan "scan: what"; anything else is a key. */
export function countKeys(task: string, steps: readonly string[]): Counted {
    const isTap = (step: string): boolean => step.startsWith('tap: '),
        isScan = (step: string): boolean => step.startsWith('scan: ');
    const keys = steps.filter((step) => !isTap(step) && !isScan(step));
    const digits = keys.filter((key) => /^[0-9.]$/.test(key)).length;
    return { task, digits, keys: keys.length - digits, taps: steps.filter(isTap).length };
}

export const countLine = ({ task, digits, keys, taps }: Counted): string =>
    `${task}: ${digits + keys + taps} in all: ${digits} digits, ${keys} other keys, ${taps} taps`;
