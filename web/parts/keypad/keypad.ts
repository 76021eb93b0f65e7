// SPDX-License-Identifier: Apache-2.0
// The number boxes of one screen as a machine: a key in, the next state out. Touch and keyboard give the same keys,
// so a number typed and a number tapped cannot differ. Texts stay as they were typed; nothing is rounded or filled
// in.

/** One number box. */
export interface Box {
    readonly id: string;
    /** Digits that fit in front of the point, and behind it; 0: no point. */
    readonly whole: number;
    readonly decimals: number;
    /** It may stay empty. */
    readonly isOptional?: boolean;
    /** Not on the way of Enter: Tab or a tap goes there. It may stay empty too. */
    readonly isBeside?: boolean;
    /** Is the text whole by itself, so that the next box follows without Enter? */
    readonly isFull?: (text: string) => boolean;
}

export interface Pad {
    readonly boxes: readonly Box[];
    readonly texts: readonly string[];
    readonly at: number;
    /** The box was just entered and holds something: the next digit takes its place. */
    readonly isFresh: boolean;
    /** It came here from the box before by itself, and nothing was typed since. */
    readonly isJumped: boolean;
    /** The box that Enter found empty or unfinished; -1: none. */
    readonly wants: number;
}

/** What a key of the screen or the keyboard means here; null: nothing. */
export type PadKey = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '.' | 'back' | 'enter' | 'escape';

export interface Pressed {
    readonly pad: Pad;
    /** save: every box that has to be filled is; leave: back, with what was typed kept. */
    readonly then: 'stay' | 'save' | 'leave';
}

export function padOpen(boxes: readonly Box[], texts: readonly string[] = []): Pad {
    return {
        boxes,
        texts: boxes.map((_, i) => texts[i] ?? ''),
        at: 0,
        isFresh: (texts[0] ?? '') !== '',
        isJumped: false,
        wants: -1,
    };
}

/** padFocus - somebody tapped a box, or Tab came to it. */
export function padFocus(pad: Pad, at: number): Pad {
    if (at < 0 || at >= pad.boxes.length) return pad;
    if (at === pad.at) return pad.isJumped ? { ...pad, isJumped: false } : pad;
    return { ...pad, at, isFresh: pad.texts[at] !== '', isJumped: false, wants: -1 };
}

const ARABIC = '٠١٢٣٤٥٦٧٨٩',
    PERSIAN = '۰۱۲۳۴۵۶۷۸۹';

/** padKey - the key of a keyboard event by its name: digits of any keyboard, comma and Arabic separator as the
 * point. */
export function padKey(name: string): PadKey | null {
    if (/^[0-9]$/.test(name)) return name as PadKey;
    const digit = name.length === 1 ? Math.max(ARABIC.indexOf(name), PERSIAN.indexOf(name)) : -1;
    if (digit >= 0) return String(digit) as PadKey;
    if (name === '.' || name === ',' || name === '\u066b' || name === 'Decimal') return '.';
    if (name === 'Backspace' || name === 'Delete') return 'back';
    if (name === 'Enter') return 'enter';
    return name === 'Escape' ? 'escape' : null;
}

function withText(pad: Pad, text: string): Pad {
    return {
        ...pad,
        texts: pad.texts.map((old, i) => (i === pad.at ? text : old)),
        isFresh: false,
        isJumped: false,
        wants: -1,
    };
}

function moveTo(pad: Pad, at: number): Pad {
    return { ...pad, at, isFresh: pad.texts[at] !== '', isJumped: false, wants: -1 };
}

function typed(pad: Pad, key: string): Pad {
    const box = pad.boxes[pad.at],
        old = pad.isFresh ? '' : pad.texts[pad.at];
    if (box === undefined || old === undefined) return pad;
    const [whole = '', behind] = old.split('.');
    if (key === '.') return box.decimals > 0 && behind === undefined && whole !== '' ? withText(pad, `${old}.`) : pad;
    const fits = behind === undefined ? whole.length < box.whole : behind.length < box.decimals;
    if (!fits) return pad;
    const next = withText(pad, old === '0' ? key : old + key);
    const isFull = box.isFull?.(next.texts[pad.at] ?? '') === true && pad.at + 1 < pad.boxes.length;
    return isFull ? { ...moveTo(next, pad.at + 1), isJumped: true } : next;
}

// In a box that it jumped to it takes back the jump and the last digit before it.
function back(pad: Pad): Pad {
    const text = pad.texts[pad.at] ?? '';
    if (pad.isFresh) return withText(pad, '');
    if (text !== '') return withText(pad, text.slice(0, -1));
    if (!pad.isJumped) return pad;
    const before = { ...pad, at: pad.at - 1, isFresh: false, wants: -1 };
    return withText(before, (before.texts[before.at] ?? '').slice(0, -1));
}

const mayBeEmpty = (box: Box): boolean => box.isOptional === true || box.isBeside === true;
const isDone = (text: string): boolean => /^[0-9]+(\.[0-9]+)?$/.test(text);

// The first box that holds half a number, or nothing where something has to be.
const wanting = (pad: Pad): number =>
    pad.boxes.findIndex((box, i) => !isDone(pad.texts[i] ?? '') && !(mayBeEmpty(box) && pad.texts[i] === ''));

/** padIsReady - may it be saved: every box that has to be filled holds a number, no box holds half of one. */
export function padIsReady(pad: Pad): boolean {
    return wanting(pad) < 0 && pad.texts.some(isDone);
}

// Enter goes to the next empty box on its way; where none is left, it saves.
function enter(pad: Pad): Pressed {
    const text = pad.texts[pad.at] ?? '',
        box = pad.boxes[pad.at];
    const ask = (at: number): Pressed => ({ pad: { ...moveTo(pad, at), wants: at }, then: 'stay' });
    if (!isDone(text) && !(text === '' && box !== undefined && mayBeEmpty(box))) return ask(pad.at);
    const next = pad.boxes.findIndex((b, i) => i > pad.at && pad.texts[i] === '' && b.isBeside !== true);
    if (next >= 0) return { pad: moveTo(pad, next), then: 'stay' };
    if (padIsReady(pad)) return { pad, then: 'save' };
    return ask(Math.max(0, wanting(pad)));
}

export function padPress(pad: Pad, key: PadKey): Pressed {
    if (key === 'enter') return enter(pad);
    if (key === 'escape') return { pad, then: 'leave' };
    return { pad: key === 'back' ? back(pad) : typed(pad, key), then: 'stay' };
}

/** padAgain - one number is to be entered again: its box is the one in use, the others keep what they hold. */
export function padAgain(pad: Pad, at: number): Pad {
    return { ...moveTo(pad, at), wants: at };
}
