// SPDX-License-Identifier: Apache-2.0
// A scanner types: at least six characters, each within 60 ms of the one before, and Enter. Fingers do not.

const GAP_MS = 60,
    CHARACTERS_MIN = 6,
    CHARACTERS_MAX = 64;

export type Heard =
    /** Perhaps the first character of a burst: what stands in the boxes now is what they get back. */
    | { is: 'first' }
    | { is: 'more' }
    /** A whole burst: its Enter is swallowed. */
    | { is: 'code'; text: string }
    | { is: 'nothing' };

/** The character that a key of the scanner stands for, whatever script the keyboard is set to. */
export const characterOf = (key: string, code: string): string =>
    key.length === 1 && key > '~' ? (/^(?:Key|Digit)(\w)$/.exec(code)?.[1] ?? key) : key;

export class Burst {
    private text = '';
    private last = -Infinity;

    /** One key, as KeyboardEvent.key names it, at a time in milliseconds. */
    hear(key: string, at: number): Heard {
        const isFast = at - this.last <= GAP_MS,
            before = this.text;
        this.last = at;
        if (key === 'Enter') {
            this.text = '';
            return isFast && before.length >= CHARACTERS_MIN ? { is: 'code', text: before } : { is: 'nothing' };
        }
        if (key === 'Shift' || key === 'CapsLock' || key === 'AltGraph') return { is: 'nothing' };
        if ([...key].length !== 1) {
            this.text = '';
            return { is: 'nothing' };
        }
        this.text = isFast && before !== '' && before.length < CHARACTERS_MAX ? before + key : key;
        return { is: this.text.length === 1 ? 'first' : 'more' };
    }
}
