// SPDX-License-Identifier: Apache-2.0
// What is different in two versions of a text: lines of a program, or texts of JSON by the place where they stand.

export interface Change {
    readonly kind: 'same' | 'gone' | 'new';
    readonly text: string;
}

// Beyond so many differences nobody reads them one by one: the middle is shown as gone and new.
const STEPS_MAX = 600;

/** The shortest way from one list of lines to the other (Myers, An O(ND) Difference Algorithm, 1986): for each number
 * of steps the furthest point on every diagonal. null: it takes more than STEPS_MAX. */
function shortest(a: readonly string[], b: readonly string[]): Change[] | null {
    const furthest = new Map<number, number>([[1, 0]]),
        trace: Map<number, number>[] = [];
    for (let steps = 0; steps <= Math.min(STEPS_MAX, a.length + b.length); steps++) {
        trace.push(new Map(furthest));
        for (let k = -steps; k <= steps; k += 2) {
            const down = k === -steps || (k !== steps && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
            let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
            while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
            furthest.set(k, x);
            if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace);
        }
    }
    return null;
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly Map<number, number>[]): Change[] {
    const out: Change[] = [];
    let x = a.length,
        y = b.length;
    const same = (toX: number, toY: number): void => {
        while (x > toX && y > toY) {
            out.push({ kind: 'same', text: a[x - 1] ?? '' });
            x--;
            y--;
        }
    };
    for (let steps = trace.length - 1; steps > 0; steps--) {
        const furthest = trace[steps] ?? new Map<number, number>(),
            k = x - y;
        const down = k === -steps || (k !== steps && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
        const fromX = furthest.get(down ? k + 1 : k - 1) ?? 0,
            fromY = fromX - (down ? k + 1 : k - 1);
        same(down ? fromX : fromX + 1, down ? fromY + 1 : fromY);
        out.push(down ? { kind: 'new', text: b[y - 1] ?? '' } : { kind: 'gone', text: a[x - 1] ?? '' });
        x = fromX;
        y = fromY;
    }
    same(0, 0);
    return out.reverse();
}

/** lineChanges - all lines of both texts in order. */
export function lineChanges(before: string, now: string): Change[] {
    const a = before === '' ? [] : before.replace(/\n$/, '').split('\n'),
        b = now === '' ? [] : now.replace(/\n$/, '').split('\n');
    let start = 0,
        end = 0;
    while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
    while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const midA = a.slice(start, a.length - end),
        midB = b.slice(start, b.length - end);
    const all = (kind: Change['kind'], list: readonly string[]): Change[] => list.map((text) => ({ kind, text }));
    const middle = shortest(midA, midB) ?? [...all('gone', midA), ...all('new', midB)];
    return [...all('same', a.slice(0, start)), ...middle, ...all('same', a.slice(a.length - end))];
}

/** Lines that changed, with `around` lines before and behind; null stands where lines are left out. */
export function shortened(changes: readonly Change[], around = 2): (Change | null)[] {
    const near = changes.map((_, i) =>
        changes.slice(Math.max(0, i - around), i + around + 1).some(({ kind }) => kind !== 'same'),
    );
    const out: (Change | null)[] = [];
    changes.forEach((change, i) => {
        if (near[i]) out.push(change);
        else if (out.length > 0 && out[out.length - 1] !== null) out.push(null);
    });
    if (out[out.length - 1] === null) out.pop();
    return out;
}

export interface Leaf {
    readonly place: string;
    readonly before: string | null;
    readonly now: string | null;
}

function leaves(value: unknown, place: string, out: Map<string, string>): void {
    if (typeof value === 'object' && value !== null)
        for (const [key, inside] of Object.entries(value))
            leaves(inside, place === '' ? key : `${place} / ${key}`, out);
    else out.set(place, String(value));
}

/** jsonChanges - each text, number or yes of two JSON texts that is not the same in both; null: one is no JSON. */
export function jsonChanges(before: string | null, now: string | null): Leaf[] | null {
    const a = new Map<string, string>(),
        b = new Map<string, string>();
    try {
        if (before !== null) leaves(JSON.parse(before), '', a);
        if (now !== null) leaves(JSON.parse(now), '', b);
    } catch {
        return null;
    }
    const places = [...new Set([...a.keys(), ...b.keys()])];
    return places
        .map((place) => ({ place, before: a.get(place) ?? null, now: b.get(place) ?? null }))
        .filter((leaf) => leaf.before !== leaf.now);
}
