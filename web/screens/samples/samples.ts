// SPDX-License-Identifier: Apache-2.0
// Samples and rapid tests: which tests are asked, what the box of a test kit says, and tubes for the laboratory. What
// is asked comes from the server's plan; nothing is ticked before somebody ticks it.
import type { AskedItem } from '../../lib/asked.ts';
import type { Entered } from '../../parts/measure/measure.ts';

export type TestState = 'missing' | 'drawn' | 'done';
/** One test: a word that is measured. */
export interface Test {
    readonly word: string;
    /** Of the item that asks for it; other tests may do for the same item. */
    readonly state: TestState;
    /** '' where no laboratory does it. */
    readonly tube: string;
    /** Of the tube whose result has not come; ''. */
    readonly label: string;
}

/** testsOf - every test that the plan asks for at this station, those that are missing first. */
export function testsOf(asks: readonly AskedItem[]): Test[] {
    const tests = asks
        .filter(({ station, kind, state }) => station === 'samples' && kind === 'value' && state !== 'unseen')
        .flatMap(({ any, tubes, labels, state }) =>
            any.map((word, i): Test => {
                const label = labels[i] ?? '';
                // One of several does for the item; a tube is drawn for one test alone.
                const own = state === 'drawn' && label === '' ? 'missing' : (state as TestState);
                return { word, state: own, tube: tubes[i] ?? '', label };
            }),
        );
    const order: Readonly<Record<TestState, number>> = { missing: 0, drawn: 1, done: 2 };
    return [...tests].sort((a, b) => order[a.state] - order[b.state]);
}

/** tubesOf - the chosen tests by their tube, each tube once. */
export function tubesOf(tests: readonly Test[], chosen: readonly string[]): { tube: string; words: string[] }[] {
    const tubes = new Map<string, string[]>();
    for (const { word, tube } of tests)
        if (tube !== '' && chosen.includes(word)) tubes.set(tube, [...(tubes.get(tube) ?? []), word]);
    return [...tubes].map(([tube, words]) => ({ tube, words }));
}

// --- the box of a test kit -------------------------------------------------------------------------------------------
export interface Kit {
    readonly lot: string;
    /** A date; the last day of its month where the box tells no day. */
    readonly expires: string;
}
export const NO_KIT: Kit = { lot: '', expires: '' };

const LOT = /^[A-Za-z0-9./_-]{1,20}$/;

// GS1: application identifiers of a fixed length, those with their digits; all others end at a separator.
const FIXED: Readonly<Record<string, number>> = {
    '00': 18,
    '01': 14,
    '02': 14,
    '11': 6,
    '12': 6,
    '13': 6,
    '15': 6,
    '16': 6,
    '17': 6,
};
const SEPARATOR = '\u001d';

function lastDay(year: number, month: number): number {
    return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

// YYMMDD; day 00 is the last of the month. Years are those of 50 before to 49 after (GS1 General Specifications 7.12).
function dateOf(text: string, thisYear: number): string {
    const [yy = 0, month = 0, day = 0] = [0, 2, 4].map((from) => Number(text.slice(from, from + 2)));
    if (!/^[0-9]{6}$/.test(text) || month < 1 || month > 12) return '';
    let year = Math.floor(thisYear / 100) * 100 + yy;
    if (year - thisYear > 49) year -= 100;
    if (year - thisYear < -50) year += 100;
    const last = lastDay(year, month),
        on = day === 0 ? last : day;
    return on > last ? '' : `${year}-${String(month).padStart(2, '0')}-${String(on).padStart(2, '0')}`;
}

/** kitOf - lot and end of a GS1 code, as a scanner types it: with brackets, or with separators; null: it is none. */
export function kitOf(scanned: string, thisYear: number): Kit | null {
    let rest = scanned.trim().replace(/^\](?:d2|C1|e0|Q3)/, '');
    if (rest.startsWith('(')) rest = rest.replace(/\((\d{2,4})\)/g, `${SEPARATOR}$1`);
    let kit = NO_KIT;
    while (rest !== '') {
        if (rest.startsWith(SEPARATOR)) {
            rest = rest.slice(1);
            continue;
        }
        const name = rest.slice(0, 2),
            fixed = FIXED[name],
            end = fixed === undefined ? rest.indexOf(SEPARATOR, 2) : 2 + fixed,
            text = rest.slice(2, end < 0 ? undefined : end);
        if (!/^[0-9]{2}$/.test(name) || text === '' || (fixed !== undefined && text.length < fixed)) return null;
        if (name === '10') kit = { ...kit, lot: text };
        if (name === '17') kit = { ...kit, expires: dateOf(text, thisYear) };
        rest = end < 0 ? '' : rest.slice(end);
    }
    return kit.lot === '' || kit.expires === '' || !LOT.test(kit.lot) ? null : kit;
}

export type KitState = 'none' | 'unread' | 'over' | 'good';
/** kitState - may it be used today? A kit is good to the end of its last day. */
export function kitState({ lot, expires }: Kit, today: string): KitState {
    if (lot === '' && expires === '') return 'none';
    if (!LOT.test(lot) || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(expires)) return 'unread';
    return expires < today ? 'over' : 'good';
}

// --- what is saved ---------------------------------------------------------------------------------------------------
/** sampleReading - the number of one test, with its kit where one was named. */
export function sampleReading(word: string, text: string, kit: Kit): Entered {
    return kit.lot === '' ? { word, text } : { word, text, lot: kit.lot, expires: kit.expires };
}

/** labelIs - is the label on the laboratory's report that of this person's tube? However it is typed. */
export function labelIs(typed: string, label: string): boolean {
    const letters = (text: string): string => text.toUpperCase().replace(/[^A-Z]/g, '');
    return label !== '' && letters(typed) === letters(label);
}

/** Minutes and seconds that a strip may be left, for the countdown. */
export const WAITS_S = [15, 60, 180, 300, 600, 900] as const;
