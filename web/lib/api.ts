// SPDX-License-Identifier: Apache-2.0
// The one module that knows HTTP: a typed function for each call of the server (docs/formats/calls.md), errors as
// values. Whether the server is there is asked of the server (/healthz within two seconds), never of the browser.
import { signal } from '@preact/signals';
import type { Agreed, AskedPurpose, AtDesk, Consents, Judged, NewPerson, OnPaper, Receipt } from './desk_types.ts';
import type {
    errors,
    Finding as Kept,
    HealthCheck,
    ReferralReply,
    Release,
    ReminderSaid,
    Role,
    Station,
    Timed,
    ToldHow,
    Urgency,
    Why,
    WorkTask,
} from 'gen/lists.ts';
import type { Form, FormAnswer } from '../form/types.ts';
import type { ResultMap, RowAnswer, RowWrong, Rule, Rules, TaskTimes } from './office.ts';
import type { AppAsk, Cardholder, MadeLink, Own, Registered } from './apps.ts';
import type { AskedItem, Order } from './asked.ts';
import type { Due, Follow, Referrals, Slip } from './referrals.ts';
import type { Reminder, ToRemind } from './reminders.ts';

export type * from './desk_types.ts';

// --- what comes and goes ---------------------------------------------------------------------------------------------
export type ErrorName = (typeof errors)[keyof typeof errors]['name'];

export interface Site {
    name: string;
    madeUp: boolean;
    languages: string[];
    version: string;
    /** How browsers reach it; a server that says nothing is at this machine alone. */
    mode?: SiteMode;
    /** What passkeys are made for; empty: there are none here. */
    rpId?: string;
    /** A PIN or passphrase alone is enough, at this machine. */
    pin?: boolean;
    /** On a site of made-up people that was made to be tried out. */
    demo?: Tile[];
}
export type SiteMode = 'local' | 'site' | 'public' | 'proxy';
export interface Tile {
    name: string;
    role: Role;
    secret: string;
}
export interface Login {
    token: string;
    /** The pseudonym with which they log in; `name` is how they are called. */
    id?: string;
    name: string;
    role: Role;
    lockSeconds: number;
    idleSeconds: number;
    site: { name: string; madeUp: boolean; zone: string; units: string; lookUp?: boolean };
    /** A passkey or codes have to be set up first; nothing else is done in this session. */
    mustSetUp?: boolean;
    /** Until then, ms, what needs it is done without asking again who it is. */
    freshUntil?: number;
}
/** A PIN or passphrase, with what goes with it. */
export interface ShownSecret {
    secret: string;
    code?: string;
    challenge?: string;
    tablet?: string;
    tabletSignature?: string;
}
export interface Passkey {
    challenge: string;
    credential: string;
    authenticatorData: string;
    clientData: string;
    signature: string;
}
export type Shown = ShownSecret | Passkey;
export interface Account {
    name: string;
    role: Role;
    /** The user's id at an authenticator: it says nothing. */
    handle: string;
    passkeys: { id: string; label: string; credential: string; added: string; wentBack: string | null }[];
    totp: boolean;
    phrase: boolean;
    pin: boolean;
}
export interface Tablet {
    id: string;
    label: string;
    enrolledAt: string;
    lastSeen: string | null;
    locked: boolean;
    here: boolean;
}
export interface Member {
    name: string;
    printed: string;
    role: Role;
    retired: boolean;
    pin: boolean;
    phrase: boolean;
    passkeys: number;
    totp: boolean;
}
export interface Staff {
    staff: Member[];
    /** Somebody with the secret of the site makes a manager by it. */
    recovery: { name: string; due: string } | null;
}
/** Who confirms a change of staff, and what they show. */
export type With = { with?: string; withSecret?: string } & Partial<Omit<ShownSecret, 'secret'> & Passkey>;
export type CheckState = 'good' | 'look' | 'fault';
export interface Health {
    version: string;
    /** SHA-256 of the program, which the newest entry of the log about it names; null: nobody said. */
    build: string | null;
    landlock: boolean;
    worst: CheckState;
    now: string;
    checks: { check: HealthCheck; state: CheckState }[];
    backup: { at: string | null; place: string | null };
    keys: {
        epoch: number;
        renewedAt: string | null;
        copiedAt: string | null;
        place: string | null;
        renewalsSince: number;
    };
    verify: { at: string | null; findings: number };
    disk: { freeBytes: number; bytes: number; siteBytes: number };
    log: { origin: string; size: number; signedAt: string | null; publishedAt: string | null };
    guessedCodes: number;
    times: TaskTimes[];
}
export interface SiteEntry {
    number: number;
    what: 'document' | 'keys' | 'statistics' | 'successor';
    kind: string | null;
    id: string | null;
    version: number;
    facts: Readonly<Record<string, string | number | boolean>>;
}
export interface SiteLog {
    entries: SiteEntry[];
    next: string | null;
}
export interface Settings {
    settings: Readonly<Record<string, unknown>>;
}
export interface Certificate {
    /** Of a certificate that the site made. */
    words: string | null;
    fingerprint: string | null;
    mode: SiteMode;
    until: string | null;
    names: string[];
}
export interface Resumed extends Login {
    /** `reminder`: to call them before their next check, and for nothing else. */
    open: { person: string; reminder: boolean } | null;
    urgent?: boolean;
    /** An alarm of somebody of whom nothing is kept has no outcome. */
    paper?: boolean;
}
export interface Range {
    word: string;
    loinc: string;
    unit: string;
    kind: 'pair' | 'number' | 'question';
    hard: [string, string] | null;
    soft: [string, string] | null;
    units: string[];
    decimals: number;
}
export interface Reading {
    word: string;
    numbers: string[] | null;
    answer: string | null;
    unit: string;
    at: string;
}
export interface Task {
    task: WorkTask;
    urgency: Urgency;
    since: string;
    due: string;
}
export interface Work {
    ticket: string | null;
    tasks: Task[];
}
export interface Ticket {
    ticket: string;
    urgency: Urgency;
    reach: string;
    tasks: Task[];
}
/** A page of what is open, the most urgent first; `next` asks for the one behind it, and is empty at the end. */
export interface OpenPage {
    tickets: Ticket[];
    next: string;
    /** It begins from the front once more: where the page before ended is not known any more. */
    again: boolean;
    total: number;
    /** How many there are in each group, on whichever page. */
    groups: Record<'emergency' | 'today' | 'soon' | 'incomplete' | 'normal', number>;
    /** Entries that do not open: what is open there no list has. */
    unreadable: number;
}
export interface Place {
    name: string;
    address: string;
    telephone: string;
    hours: string;
}
/** Where things stand, reckoned by the server as for letters: shares of the length, from low to high. */
export interface Piece {
    /** Which of the bands. */
    band: number;
    start: number;
    size: number;
}
export interface Drawn {
    pieces: Piece[];
    at: number;
    /** The number is not on the line: it is drawn at that end. */
    beyond: 'below' | 'above' | null;
    ticks: { at: number; number: number }[];
}
/** A number line: bands upwards, each to its end, and where the number lies. */
export interface Scale {
    label: string;
    from: number;
    to: number;
    at: number;
    bands: { to: number; name: string; here: boolean }[];
    drawn: Drawn;
}
/** A number over the days, before the bands of its line; the newest last. */
export interface Trend {
    label: string;
    from: number;
    to: number;
    pieces: Piece[];
    /** Their names. */
    bands: string[];
    points: { x: number; y: number; date: string; value: string }[];
}
/** The words of a finding in the language that was asked for; `labels` and `units` by what its lists and inputs
 * name. */
export interface FindingWords {
    headline: string;
    meaning: string;
    action: string;
    name?: string;
    when?: string;
    meanwhile?: string;
    excluded?: string;
    labels?: Readonly<Record<string, string>>;
    units?: Readonly<Record<string, string>>;
}
export interface Finding extends Kept {
    id: string;
    words: FindingWords;
    /** How it lies to what is usual. */
    mark?: 'usual' | 'watch' | 'see' | 'neutral';
    /** Families of what is kept apart; only who may see it gets it. */
    apart?: string[];
    scales?: Scale[];
    place: Place | null;
    told: { by: string; at: string; how: ToldHow; agreed: string } | null;
    /** Nobody told them yet, and somebody passed that on: who at last and why, and since when. */
    passedOn?: { by: string; why: 'left' | 'call-clinician'; at: string; since: string } | null;
    closed: boolean;
    /** When the person hears of it. */
    release?: Release;
    /** It stands in no letter before the person was told in person. */
    withheld?: boolean;
    /** It rests on something that was taken back or changed since. */
    stale?: boolean;
    trends?: Trend[];
}
/** A letter that was signed and not printed since. */
export interface Waiting {
    ticket: string;
    reach: string;
    since: string;
}
/** Where somebody stands in the queue of today; without a ticket they do not. */
export interface QueuedPlace {
    ticket: string;
    number: number;
    since: string;
    at: Station | null;
    atSince: string;
    done: Station[];
    left: Station[];
    hold: boolean;
    urgency: Urgency;
}
export type Queued = QueuedPlace | { ticket: null };
export interface Person {
    /** A handle of this session alone. */
    person: string;
    name: string;
    birthDate: string;
    ageYears: number | null;
    sex: 'female' | 'male' | null;
    by: 'card' | 'ticket';
    endsAt: string;
    today: Reading[];
    last: Reading[];
    work: Work;
    /** Alarms without an outcome. */
    urgent: Finding[];
    /** An alarm of what was typed or answered, and is not kept, has none; `pending`: what is still known of it. */
    waits: boolean;
    pending: Finding[];
    /** What was found in answers that they did not agree to keep, until they heard it. `lost`: it is not known any
     * more. */
    unkept: { answers: number; lost: boolean; said: Finding[] } | null;
    queue?: Queued;
}
export interface StationCount {
    station: Station;
    waiting: number;
    busy: number;
}
/** The queue of today; `next` is the station that is freest for them. */
export interface Today {
    stations: StationCount[];
    tickets: (QueuedPlace & { next: Station })[];
    now: string;
}
export interface ExitItem {
    item: string;
    station: Station | null;
    state: 'done' | 'missing' | 'settled';
}
export interface Exit {
    items: ExitItem[];
    letter: 'clinician' | 'now' | 'nothing';
    /** The day of the next check by the programme; a letter may say an earlier one. */
    nextDate: string;
    work: Work;
    entry: Queued;
    hold: boolean;
}
export type AtStation = 'begin' | 'done' | 'back' | 'again';
export interface Entered {
    word: string;
    text: string;
    /** Of the test kit, as its box says; a date. */
    lot?: string;
    expires?: string;
}
export interface Doubt {
    reading: number;
    which: 0 | 1;
    word: string;
    number: string;
    unit: string;
    soft: [string, string];
    otherUnit: string | null;
    isAgeNotKnown: boolean;
}
export type Measured =
    | { state: 'stored'; kept: number; findings: Finding[]; alarms: Finding[]; work: Work }
    | { state: 'asks'; doubts: Doubt[]; alarms: Finding[] }
    | {
          state: 'refused';
          word: string;
          why: string;
          alarms: Finding[];
          reading?: number;
          which?: 0 | 1;
          unit?: string;
          hard?: [string, string] | null;
          otherUnit?: string | null;
      };
/** A number of a form that somebody has to confirm; `answer` is its place among those that were sent. */
export interface FormDoubt {
    answer: number;
    link: string;
    in?: number[];
    unit: string;
    soft: [string, string];
    otherUnit: string | null;
    isAgeNotKnown: boolean;
}
/** An answer that cannot be kept; answer -1: one that is missing. */
export interface FormFault {
    answer: number;
    link: string;
    in?: number[];
    which?: number;
    why: 'unknown' | 'form' | 'option' | 'unit' | 'range' | 'many' | 'length' | 'required' | 'check';
    say?: string;
}
export type FormSaved =
    | {
          state: 'stored';
          kept: number;
          unasked: number;
          /** Answers that the person did not agree to keep, and what they find: it is said here and nowhere else. */
          unkept: number;
          said: Finding[];
          findings: Finding[];
          alarms: Finding[];
          work: Work;
      }
    | { state: 'asks'; doubts: FormDoubt[]; alarms: Finding[] }
    | { state: 'refused'; faults: FormFault[]; alarms: Finding[] };
export interface FormSave {
    person: string;
    key: string;
    form: string;
    answers: FormAnswer[];
    /** [answer, 0] for each doubt that somebody confirmed. */
    confirmed: [number, number][];
}
export interface Findings {
    drafts: Finding[];
    signed: Finding[];
    signedBy: string | null;
    signedAt: string | null;
    /** Found by this run and not kept: it is said here and nowhere else. */
    said?: Finding[];
    age: 'current' | 'newer' | 'corrected';
    unjudged: boolean;
}
export interface Measure {
    person: string;
    key: string;
    readings: Entered[];
    /** A pair (reading, which number of it) for each doubt that somebody confirmed. */
    confirmed: [number, number][];
}
export interface Told {
    person: string;
    how: ToldHow;
    isGuardian: boolean;
    agreed: string;
    items?: string[];
}

interface Calls {
    site: [object, Site];
    challenge: [object, { challenge: string }];
    login: [{ name: string } & ShownSecret, Login];
    'login-passkey': [Passkey, Login];
    session: [object, Resumed];
    lock: [object, object];
    logout: [object, object];
    unlock: [Shown, Login];
    'step-up': [Shown, { freshUntil: number }];
    account: [object, Account];
    'passkey-add': [{ challenge: string; authenticatorData: string; clientData: string; label: string }, object];
    'passkey-remove': [{ id: string }, object];
    'totp-begin': [object, { secret: string; uri: string }];
    'totp-confirm': [{ code: string }, object];
    'secret-set': [{ secret: string }, object];
    tablets: [object, { tablets: Tablet[] }];
    'tablet-enrol': [{ label: string; publicKey: string }, { id: string }];
    'tablet-lock': [{ id: string; locked: boolean }, object];
    'tablet-remove': [{ id: string }, object];
    staff: [object, Staff];
    'staff-add': [{ name: string; role: Role; secret: string } & With, object];
    'staff-role': [{ name: string; role: Role } & With, object];
    'staff-retire': [{ name: string } & With, object];
    'staff-restart': [{ name: string; secret: string } & With, object];
    'staff-recover-stop': [object, object];
    enrol: [NewPerson & { key: string; sure: boolean }, { state: 'enrolled'; card: string } | { state: 'asks' }];
    slip: [{ slip: string }, { card: string }];
    'card-new': [{ old: string }, { card: string }];
    'card-by-name': [{ names: string; birthDate: string }, { card: string }];
    consent: [{ language: string } & Partial<{ card: string; person: string }>, Consents];
    'consent-give': [Agreed & AtDesk, { receipt: Receipt }];
    'consent-withdraw': [{ purpose: AskedPurpose; language: string } & AtDesk, { receipt: Receipt }];
    health: [object, Health];
    times: [{ times: readonly { task: Timed; ms: number }[] }, object];
    'import-maps': [object, { maps: ResultMap[] }];
    'import-check': [{ map: string; rows: string }, { rows: number; wrong: RowWrong[] }];
    'import-row': [{ map: string; rows: string; sure?: boolean }, RowAnswer];
    rules: [object, Rules];
    rule: [{ id: string }, Rule];
    'rule-accept': [{ id: string; digest: string; choices: { name: string; value: string }[] }, object];
    settings: [object, Settings];
    'site-log': [{ from?: string }, SiteLog];
    certificate: [object, Certificate];
    ranges: [object, { words: Range[] }];
    open: [{ who: string }, Person];
    person: [{ person: string }, Person];
    close: [{ person: string }, object];
    plan: [{ person: string }, { asks: AskedItem[]; left: number }];
    order: [{ person: string; items: string[] }, { orders: Order[] }];
    measure: [Measure, Measured];
    paper: [OnPaper, Judged];
    'paper-outcome': [{ why: 'told' | 'left' | 'call-clinician' }, object];
    form: [{ person: string; form: string; language: string }, { form: Form; initial: FormAnswer[] }];
    'form-save': [FormSave, FormSaved];
    'form-judge': [{ person: string; form: string; answers: FormAnswer[] }, { state: 'judged'; alarms: Finding[] }];
    heard: [{ person: string }, object];
    wrong: [{ person: string; readings: Entered[] }, { takenBack: number; stale: number; staleUrgent: number }];
    findings: [{ person: string }, Findings];
    screen: [{ person: string }, Findings];
    sign: [{ person: string; leave: { item: string; reason: string }[] }, { signed: number; work: Work }];
    told: [Told, { count: number; work: Work }];
    'not-told': [{ person: string; why: 'left' | 'call-clinician' }, { work: Work }];
    'end-alarm': [{ person: string }, { count: number; work: Work }];
    inbox: [{ after?: string }, OpenPage];
    letters: [object, { tickets: Waiting[] }];
    releases: [object, { tests: { name: string; release: Release }[] }];
    queue: [object, Today];
    'check-in': [{ person: string }, Queued];
    'at-station': [{ person: string; station: Station; state: AtStation }, Queued];
    settle: [{ person: string; item: string; why: Why }, Queued];
    exit: [{ person: string }, Exit];
    leave: [{ person: string; how: 'finished' | 'left' }, Queued];
    letter: [{ person: string; language: string; untold: boolean }, { html: string; pdf: string }];
    referrals: [{ person: string }, Referrals];
    refer: [{ person: string; id: string; place: string; until: string }, Referrals & { id: string }];
    'refer-slip': [{ person: string; id: string; language: string }, Slip];
    follow: [Follow, Referrals];
    'follow-list': [object, { tickets: Due[] }];
    reminders: [object, { tickets: ToRemind[] }];
    remind: [{ who: string }, Reminder];
    reminded: [{ person: string; said: ReminderSaid }, object];
    reply: [{ slip: string; said: ReferralReply }, object];
    'app-ask': [{ query: string }, AppAsk];
    'app-allow': [{ query: string; card: string; ownWord: string; classes: string; days: string }, { back: string }];
    own: [Cardholder, Own];
    'own-app-end': [Cardholder & { id: string }, object];
    'own-link': [Cardholder & { days: string; keepApart: boolean; label: string }, MadeLink];
    'own-link-end': [Cardholder & { id: string }, object];
    apps: [object, { apps: Registered[] }];
    'app-add': [{ document: string }, object];
    'app-end': [{ id: string }, object];
    'apps-off': [AtDesk, object];
}
export type CallName = keyof Calls;
type Ask<K extends CallName> = Calls[K][0];
type Got<K extends CallName> = Calls[K][1];

export type Failure =
    /** No answer came: what was asked may have happened or not. */
    | { kind: 'no-answer' }
    /** The server refused. Alarms of what was measured stand in the refusal too. */
    | { kind: 'refused'; status: number; code: ErrorName; element: string; why: string; alarms: Finding[] };
export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

// --- is the server there ---------------------------------------------------------------------------------------------
const HEALTH_MS = 2_000,
    CALL_MS = 20_000;

/** Did the server answer when it was last asked? */
export const isThere = signal(true);

async function timed(path: string, init: RequestInit, milliseconds: number): Promise<Response> {
    const stop = new AbortController(),
        timer = setTimeout(() => stop.abort(), milliseconds);
    try {
        return await fetch(path, {
            ...init,
            signal: stop.signal,
            cache: 'no-store',
            credentials: 'same-origin',
            redirect: 'error',
        });
    } finally {
        clearTimeout(timer);
    }
}

/** Asks the server whether it is there; sets isThere. */
export async function probe(): Promise<boolean> {
    let answered = false;
    try {
        answered = (await timed('/healthz', { method: 'GET' }, HEALTH_MS)).ok;
    } catch {
        answered = false;
    }
    isThere.value = answered;
    return answered;
}

// --- calls -----------------------------------------------------------------------------------------------------------
let token = '';
let speaks = 'en';
type Listener = (name: CallName, failure: Failure) => void;
let onFailure: Listener = () => undefined;

/** The language in which findings are told. */
export const askIn = (language: string): void => void (speaks = language);
/** What is called for each failure, beside the answer itself: a session that ended, a person who was closed. */
export const listen = (listener: Listener): void => void (onFailure = listener);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function refusal(status: number, body: unknown): Failure {
    const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
    const text = (name: string): string => (typeof error[name] === 'string' ? error[name] : '');
    const alarms = isObject(body) && Array.isArray(body['alarms']) ? (body['alarms'] as Finding[]) : [];
    return {
        kind: 'refused',
        status,
        code: (text('code') || 'E_IO') as ErrorName,
        element: text('element'),
        why: text('why'),
        alarms,
    };
}

async function ask(name: CallName, given: object): Promise<Answer<unknown>> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Accept-Language': speaks };
    if (token) headers['X-Salve-Token'] = token;
    try {
        const reply = await timed(`/call/${name}`, { method: 'POST', headers, body: JSON.stringify(given) }, CALL_MS);
        const body: unknown = await reply.json().catch(() => undefined);
        // A gateway's page, or half an answer, says nothing about what was asked.
        if (!isObject(body) || (!reply.ok && !isObject(body['error'])))
            return { ok: false, failure: { kind: 'no-answer' } };
        isThere.value = true;
        return reply.ok ? { ok: true, value: body } : { ok: false, failure: refusal(reply.status, body) };
    } catch {
        return { ok: false, failure: { kind: 'no-answer' } };
    }
}

type StepUp = () => Promise<boolean>;
let onStepUp: StepUp = () => Promise.resolve(false);
/** What shows once more who it is, where a call needs that; then the call is made again. */
export const whenStepUp = (stepUp: StepUp): void => void (onStepUp = stepUp);
const isStepUp = (answer: Answer<unknown>): boolean =>
    !answer.ok && answer.failure.kind === 'refused' && answer.failure.code === 'E_STEP_UP';

async function call<K extends CallName>(name: K, given: Ask<K>): Promise<Answer<Got<K>>> {
    let answer = (await ask(name, given)) as Answer<Got<K>>;
    if (isStepUp(answer) && (await onStepUp())) answer = (await ask(name, given)) as Answer<Got<K>>;
    if (answer.ok) {
        const next: unknown = (answer.value as { token?: unknown }).token;
        if (typeof next === 'string') token = next;
        if (name === 'logout') token = '';
    } else {
        if (answer.failure.kind === 'no-answer') await probe();
        onFailure(name, answer.failure);
    }
    return answer;
}

export const api = {
    site: () => call('site', {}),
    challenge: () => call('challenge', {}),
    login: (name: string, shown: ShownSecret) => call('login', { name, ...shown }),
    loginPasskey: (shown: Passkey) => call('login-passkey', shown),
    session: () => call('session', {}),
    lock: () => call('lock', {}),
    logout: () => call('logout', {}),
    unlock: (shown: Shown) => call('unlock', shown),
    stepUp: (shown: Shown) => call('step-up', shown),
    account: () => call('account', {}),
    passkeyAdd: (given: Calls['passkey-add'][0]) => call('passkey-add', given),
    passkeyRemove: (id: string) => call('passkey-remove', { id }),
    totpBegin: () => call('totp-begin', {}),
    totpConfirm: (code: string) => call('totp-confirm', { code }),
    secretSet: (secret: string) => call('secret-set', { secret }),
    tablets: () => call('tablets', {}),
    tabletEnrol: (label: string, publicKey: string) => call('tablet-enrol', { label, publicKey }),
    tabletLock: (id: string, locked: boolean) => call('tablet-lock', { id, locked }),
    tabletRemove: (id: string) => call('tablet-remove', { id }),
    staff: () => call('staff', {}),
    staffAdd: (given: Calls['staff-add'][0]) => call('staff-add', given),
    staffRole: (given: Calls['staff-role'][0]) => call('staff-role', given),
    staffRetire: (given: Calls['staff-retire'][0]) => call('staff-retire', given),
    staffRestart: (given: Calls['staff-restart'][0]) => call('staff-restart', given),
    staffRecoverStop: () => call('staff-recover-stop', {}),
    health: () => call('health', {}),
    times: (times: Calls['times'][0]['times']) => call('times', { times }),
    importMaps: () => call('import-maps', {}),
    importCheck: (map: string, rows: string) => call('import-check', { map, rows }),
    importRow: (given: Calls['import-row'][0]) => call('import-row', given),
    rules: () => call('rules', {}),
    rule: (id: string) => call('rule', { id }),
    ruleAccept: (given: Calls['rule-accept'][0]) => call('rule-accept', given),
    settings: () => call('settings', {}),
    siteLog: (from: string | null) => call('site-log', from === null ? {} : { from }),
    certificate: () => call('certificate', {}),
    ranges: () => call('ranges', {}),
    /** By card or ticket. */
    open: (who: string) => call('open', { who }),
    person: (person: string) => call('person', { person }),
    close: (person: string) => call('close', { person }),
    plan: (person: string) => call('plan', { person }),
    order: (person: string, items: string[]) => call('order', { person, items }),
    measure: (given: Measure) => call('measure', given),
    paper: (given: OnPaper) => call('paper', given),
    paperOutcome: (why: 'told' | 'left' | 'call-clinician') => call('paper-outcome', { why }),
    form: (person: string, form: string, language: string) => call('form', { person, form, language }),
    formSave: (given: FormSave) => call('form-save', given),
    formJudge: (person: string, form: string, answers: FormAnswer[]) => call('form-judge', { person, form, answers }),
    heard: (person: string) => call('heard', { person }),
    wrong: (person: string, readings: Entered[]) => call('wrong', { person, readings }),
    findings: (person: string) => call('findings', { person }),
    screen: (person: string) => call('screen', { person }),
    sign: (person: string, leave: { item: string; reason: string }[]) => call('sign', { person, leave }),
    told: (given: Told) => call('told', given),
    notTold: (person: string, why: 'left' | 'call-clinician') => call('not-told', { person, why }),
    endAlarm: (person: string) => call('end-alarm', { person }),
    enrol: (given: NewPerson, key: string, sure: boolean) => call('enrol', { ...given, key, sure }),
    slip: (slip: string) => call('slip', { slip }),
    cardNew: (old: string) => call('card-new', { old }),
    cardByName: (names: string, birthDate: string) => call('card-by-name', { names, birthDate }),
    /** The words in a language, and what is on; without somebody at the desk the words alone. */
    consent: (language: string, desk: AtDesk | null) => call('consent', { language, ...desk }),
    consentGive: (desk: AtDesk, given: Agreed) => call('consent-give', { ...given, ...desk }),
    consentWithdraw: (desk: AtDesk, purpose: AskedPurpose, language: string) =>
        call('consent-withdraw', { purpose, language, ...desk }),
    inbox: (after = '') => call('inbox', after === '' ? {} : { after }),
    letters: () => call('letters', {}),
    releases: () => call('releases', {}),
    queue: () => call('queue', {}),
    checkIn: (person: string) => call('check-in', { person }),
    atStation: (person: string, station: Station, state: AtStation) => call('at-station', { person, station, state }),
    settle: (person: string, item: string, why: Why) => call('settle', { person, item, why }),
    exit: (person: string) => call('exit', { person }),
    leave: (person: string, how: 'finished' | 'left') => call('leave', { person, how }),
    letter: (person: string, language: string, untold: boolean) => call('letter', { person, language, untold }),
    referrals: (person: string) => call('referrals', { person }),
    refer: (given: Calls['refer'][0]) => call('refer', given),
    referSlip: (person: string, id: string, language: string) => call('refer-slip', { person, id, language }),
    follow: (given: Follow) => call('follow', given),
    followList: () => call('follow-list', {}),
    reminders: () => call('reminders', {}),
    remind: (who: string) => call('remind', { who }),
    reminded: (person: string, said: ReminderSaid) => call('reminded', { person, said }),
    reply: (slip: string, said: ReferralReply) => call('reply', { slip, said }),
    appAsk: (query: string) => call('app-ask', { query }),
    appAllow: (given: Calls['app-allow'][0]) => call('app-allow', given),
    own: (who: Cardholder) => call('own', who),
    ownAppEnd: (who: Cardholder, id: string) => call('own-app-end', { ...who, id }),
    ownLink: (given: Calls['own-link'][0]) => call('own-link', given),
    ownLinkEnd: (who: Cardholder, number: number) => call('own-link-end', { ...who, id: String(number) }),
    apps: () => call('apps', {}),
    appAdd: (document: string) => call('app-add', { document }),
    appEnd: (id: string) => call('app-end', { id }),
    appsOff: (desk: AtDesk) => call('apps-off', desk),
};
