// SPDX-License-Identifier: Apache-2.0
// An alarm that somebody must answer (screen S9). It is about one person, opens by itself, and ends by an outcome
// alone: the person was told; they left before; a clinician is called. Nothing else ends it: no key, no Back, no
// other card.

import type { Finding } from '../../lib/api.ts';

export interface Alarm {
    readonly id?: string;
    readonly item: string;
    readonly urgency: string;
    readonly value?: string;
    readonly value2?: string;
    readonly unit?: string;
    readonly told?: object | null;
    readonly closed?: boolean;
    readonly passedOn?: { readonly since: string } | null;
}

export type Outcome =
    | {
          readonly kind: 'told';
          readonly how: 'in-person' | 'telephone' | 'messenger';
          readonly isGuardian: boolean;
          readonly agreed: string;
      }
    | { readonly kind: 'left' }
    | { readonly kind: 'call-clinician' };

export interface Urgent<A extends Alarm = Alarm> {
    readonly person: string | null;
    readonly alarms: readonly A[];
    /** An outcome that is on its way, and the alarms that it is about; it counts when the server has it. */
    readonly sending: { readonly outcome: Outcome; readonly about: readonly A[] } | null;
    /** A clinician told the person: may close the alarm now, or leave it open. Holds nothing. */
    readonly mayClose: boolean;
    readonly failed: string | null;
    /** Names of alarms of this person that had their outcome here: they do not open it again. */
    readonly over: readonly string[];
    /** What was done, and when: shown while the screen is open, kept nowhere. */
    readonly done: readonly { readonly what: 'called' | 'said'; readonly at_ms: number }[];
}

export const CALM: Urgent<never> = {
    person: null,
    alarms: [],
    sending: null,
    mayClose: false,
    failed: null,
    over: [],
    done: [],
};

const ORDER = ['emergency-now', 'same-day'];
export const isAlarm = (one: Alarm): boolean => ORDER.includes(one.urgency);
/** A number that cannot be right is measured again on the spot; it says nothing about the person. */
export const isFinding = (one: Alarm): boolean => one.item !== 'refused-value';
const isOpen = (one: Alarm): boolean =>
    isAlarm(one) && isFinding(one) && one.closed !== true && (one.told ?? null) === null;
/** What was found of which number: an answer tells it before the record has a name for it. */
const nameOf = (one: Alarm): string => [one.item, one.urgency, one.value, one.value2, one.unit].join(' ');

/** An alarm about what is kept apart, for who may not see it: it names nothing. */
const KEPT_APART = 'kept-apart';

/** urgentHeld - nothing else can be done before an outcome. */
export const urgentHeld = (urgent: Urgent): boolean => urgent.person !== null && urgent.alarms.length > 0;

/** urgentCame - an answer about a person carried alarms. Those of another person never mix with these: while one is
 * held, what comes for another is not shown; the server holds it for that person's own opening. */
export function urgentCame<A extends Alarm>(urgent: Urgent<A>, person: string, alarms: readonly A[]): Urgent<A> {
    const base: Urgent<A> = urgent.person === person ? urgent : { ...CALM, person };
    const open = alarms.filter((one) => isOpen(one) && !base.over.includes(nameOf(one)));
    if (open.length === 0 || (urgentHeld(urgent) && urgent.person !== person)) return urgent;
    const names = new Set(open.map(nameOf));
    const all = [...open, ...base.alarms.filter((one) => !names.has(nameOf(one)))];
    const sorted = all
        .map((one, i) => ({ one, i }))
        .sort((a, b) => ORDER.indexOf(a.one.urgency) - ORDER.indexOf(b.one.urgency) || a.i - b.i)
        .map(({ one }) => one);
    return { ...base, alarms: sorted, mayClose: false };
}

/** urgentNow - what the server says is open for the person now: after a reload, an answer, a value taken back. What may
 * not be seen here is not taken away by it. */
export function urgentNow<A extends Alarm>(urgent: Urgent<A>, person: string, alarms: readonly A[]): Urgent<A> {
    if (urgentHeld(urgent) && urgent.person !== person) return urgent;
    const base: Urgent<A> = urgent.person === person ? urgent : { ...CALM, person };
    const unseen = base.alarms.filter((one) => one.item === KEPT_APART);
    return urgentCame({ ...base, alarms: [] }, person, [...alarms, ...unseen]);
}

/** urgentDid - a step that the helper of the person did, with its time. */
export function urgentDid<A extends Alarm>(urgent: Urgent<A>, what: 'called' | 'said', now_ms: number): Urgent<A> {
    return urgentHeld(urgent)
        ? { ...urgent, done: [...urgent.done.filter((d) => d.what !== what), { what, at_ms: now_ms }] }
        : urgent;
}

/** urgentSend - the outcome goes to the server; one at a time. */
export function urgentSend<A extends Alarm>(urgent: Urgent<A>, outcome: Outcome): Urgent<A> {
    if (!urgentHeld(urgent) || urgent.sending !== null) return urgent;
    return { ...urgent, sending: { outcome, about: urgent.alarms }, failed: null };
}

/** urgentSent - the server has it: these alarms hold the screen no longer. One that came meanwhile does. */
export function urgentSent<A extends Alarm>(urgent: Urgent<A>, isClinician: boolean): Urgent<A> {
    if (urgent.sending === null) return urgent;
    const { outcome, about } = urgent.sending,
        names = about.map(nameOf);
    const alarms = urgent.alarms.filter((one) => !names.includes(nameOf(one)));
    const next = { ...urgent, alarms, sending: null, over: [...urgent.over, ...names] };
    return alarms.length > 0 ? next : { ...next, done: [], mayClose: outcome.kind === 'told' && isClinician };
}

/** urgentEnd - the clinician closed the alarm, or leaves it open for later. */
export const urgentEnd = <A extends Alarm>(urgent: Urgent<A>): Urgent<A> =>
    urgentHeld(urgent) ? urgent : { ...urgent, mayClose: false };

export function urgentFailed<A extends Alarm>(urgent: Urgent<A>, code: string): Urgent<A> {
    return urgent.sending === null ? urgent : { ...urgent, sending: null, failed: code };
}

/** What somebody may try while the screen is open: each is held until there is an outcome. */
export type Leaving = 'back' | 'escape' | 'scan' | 'link' | 'close' | 'sign-out';
export const urgentLets = (urgent: Urgent, _how: Leaving): boolean => !urgentHeld(urgent);

/** passedSince - since when all of them are passed on; null: one of them came new, and everything is asked. */
export function passedSince(alarms: readonly Alarm[]): string | null {
    const since = alarms.flatMap(({ passedOn }) => passedOn?.since ?? []);
    return since.length < alarms.length ? null : ([...since].sort()[0] ?? null);
}

/** A finding of which nothing is known but that there is one. */
export const emptyFinding: Finding = {
    id: '',
    guideline: '',
    version: '',
    item: '',
    status: 'not-judged',
    category: '',
    action: '',
    urgency: 'none',
    value: '',
    value2: '',
    unit: '',
    line: '',
    define: '',
    source: '',
    excluded: '',
    recheck: '',
    meanwhile: '',
    standing: '',
    missing: [],
    queried: [],
    because: [],
    queried_why: [],
    too_old: [],
    too_old_on: [],
    not_asked: [],
    inputs: [],
    words: { headline: '', meaning: '', action: '' },
    place: null,
    told: null,
    closed: false,
};

/** toAsk - labels of what is to be asked now, of all alarms, each once: an answer lowers or confirms them. */
export const toAsk = (alarms: readonly { readonly not_asked?: readonly string[] }[]): string[] => [
    ...new Set(alarms.flatMap(({ not_asked }) => not_asked ?? [])),
];
