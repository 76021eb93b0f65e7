// SPDX-License-Identifier: Apache-2.0
// What a clinician sees of a person's findings: their order, what stands about the inputs, and what came before.
import type { Entered, Finding, FindingWords, Reading, Scale } from '../../lib/api.ts';

export type { Scale };

export interface Input {
    readonly label: string;
    readonly value: string;
    readonly unit: string;
    readonly date: string;
}

/** The fields of a finding that this screen reads (guideline/finding.def), and what the server adds. */
export interface Shown {
    readonly id?: string;
    readonly guideline: string;
    readonly version: string;
    readonly item: string;
    readonly status: string;
    readonly category: string;
    readonly urgency: string;
    readonly value: string;
    readonly value2: string;
    readonly unit: string;
    readonly define: string;
    readonly source: string;
    readonly excluded: string;
    readonly standing: string;
    readonly inputs: readonly Input[];
    readonly because: readonly string[];
    readonly missing: readonly string[];
    readonly queried: readonly string[];
    readonly queried_why: readonly string[];
    readonly too_old: readonly string[];
    readonly too_old_on: readonly string[];
    readonly not_asked: readonly string[];
    readonly words: FindingWords;
    readonly mark?: string;
    readonly apart?: readonly string[];
    readonly scales?: readonly Scale[];
    readonly told?: Finding['told'];
    readonly closed?: boolean;
    readonly release?: Finding['release'];
    readonly withheld?: boolean;
    readonly stale?: boolean;
    readonly trends?: Finding['trends'];
}

export const URGENCIES = ['emergency-now', 'same-day', 'soon', 'routine', 'self-care', 'none'];
const rank = (urgency: string): number => {
    const at = URGENCIES.indexOf(urgency);
    return at < 0 ? 0 : at; // what nobody knows stands with the most urgent
};

/** byUrgency - the most urgent first; inside an urgency as the server sent them. */
export function byUrgency<F extends { readonly urgency: string }>(findings: readonly F[]): F[] {
    return findings
        .map((one, i) => ({ one, i }))
        .sort((a, b) => rank(a.one.urgency) - rank(b.one.urgency) || a.i - b.i)
        .map(({ one }) => one);
}

/** The four answers that are kept apart: nothing came; too old (when); came and cannot be used (why); nobody asked. */
export type UnmetKind = 'missing' | 'too-old' | 'queried' | 'not-asked';
export interface Unmet {
    readonly kind: UnmetKind;
    readonly label: string;
    /** The date of what is too old; why something was queried. */
    readonly note: string;
}

export function unmetOf(finding: Shown): Unmet[] {
    const row = (kind: UnmetKind, labels: readonly string[], notes: readonly string[] = []): Unmet[] =>
        labels.map((label, i) => ({ kind, label, note: notes[i] ?? '' }));
    return [
        ...row('not-asked', finding.not_asked),
        ...row('queried', finding.queried, finding.queried_why),
        ...row('too-old', finding.too_old, finding.too_old_on),
        ...row('missing', finding.missing),
    ];
}

/** How sure the finding is of itself: all inputs there, some not, or it could not be judged. */
export function confidenceOf(finding: Shown): 'whole' | 'part' | 'not-judged' {
    if (finding.status !== 'assessed') return 'not-judged';
    return unmetOf(finding).length === 0 && finding.standing === '' ? 'whole' : 'part';
}

/** isQuiet - could not be judged, and nothing of it is urgent, came and cannot be used, is kept apart or is a fault: a
 * line says it. */
export const isQuiet = (finding: Shown): boolean =>
    (finding.status === 'not-assessed' || finding.status === 'excluded') &&
    finding.urgency === 'none' &&
    finding.queried.length === 0 &&
    !isApart(finding) &&
    !staysWithheld(finding);

/** Which mark stands beside it, each with a shape and a word of its own. */
export type Mark = 'usual' | 'watch' | 'see' | 'neutral';
export function markOf(finding: Shown): Mark {
    const mark = finding.mark;
    if (finding.status !== 'assessed' || mark === undefined) return 'neutral';
    return mark === 'usual' || mark === 'watch' || mark === 'see' ? mark : 'neutral';
}

/** labelOf - the words of an input's key; the key where there are none. */
export const labelOf = (finding: Shown, key: string): string => finding.words.labels?.[key] ?? key;
/** valueOf - "148 / 92"; empty where the finding has no number. */
export function valueOf(finding: Shown): string {
    return finding.value2 === '' ? finding.value : `${finding.value} / ${finding.value2}`;
}

/** isApart - is it kept apart? It stands in a closed box; who may not see it does not get it from the server. */
export const isApart = (finding: Shown): boolean => (finding.apart ?? []).length > 0;

export interface Earlier {
    readonly word: string;
    readonly numbers: readonly string[] | null;
    readonly unit: string;
    readonly at: string;
}

/** What came before of the same quantity: a number of an earlier day, in the same unit, beside the one of today. */
export interface Trend {
    readonly before: string;
    readonly at: string;
    readonly way: 'higher' | 'lower' | 'same';
}

const WORD_OF: Readonly<Record<string, string>> = { systolic: 'bp', diastolic: 'bp', 'blood-pressure': 'bp' };

/** trendOf - for a finding whose number is one that was measured: its first input that has an earlier reading. A number
 * that was reckoned (a mean of readings excepted) has none. */
export function trendOf(finding: Shown, last: readonly Earlier[]): Trend | null {
    for (const input of finding.inputs) {
        const word = WORD_OF[input.label] ?? input.label;
        const before = last.find((one) => one.word === word && one.numbers !== null && one.unit === finding.unit);
        const now = Number(finding.value),
            then = Number(before?.numbers?.[0]);
        if (before === undefined || finding.value === '' || !Number.isFinite(now) || !Number.isFinite(then)) continue;
        return {
            before: (before.numbers ?? []).join(' / '),
            at: before.at,
            way: now > then ? 'higher' : now < then ? 'lower' : 'same',
        };
    }
    return null;
}

/** correctedBy - the signed finding that a draft of the same item corrects: it rests on something that was taken back
 * or changed since. */
export const correctedBy = <F extends Shown>(draft: Shown, signed: readonly F[]): F | null =>
    signed.find((one) => one.stale === true && one.guideline === draft.guideline && one.item === draft.item) ?? null;

/** staysWithheld - a signed result that stands in no letter before the person was told of it in person. */
export const staysWithheld = (finding: Shown): boolean => finding.withheld === true;

/** entered - a reading as it is typed, to take it back. */
export const entered = ({ word, numbers, answer }: Reading): Entered => ({
    word,
    text: numbers === null ? (answer ?? '') : numbers.join('/'),
});

/** The drafts have to be seen before a key signs them: so long, in ms. */
export const SEEN_MS = 1_000;
