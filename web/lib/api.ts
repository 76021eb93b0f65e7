// SPDX-License-Identifier: Apache-2.0
// The one module that knows HTTP: a typed function for each call of the server (docs/formats/calls.md), errors as
// values. Whether the server is there is asked of the server (/healthz within two seconds), never of the browser.
import { signal } from '@preact/signals';
import type { errors, Finding as Kept, Role, ToldHow, Urgency, WorkTask } from 'gen/lists.ts';

// --- what comes and goes ---------------------------------------------------------------------------------------------
export type ErrorName = (typeof errors)[keyof typeof errors]['name'];

export interface Site {
    name: string;
    madeUp: boolean;
    languages: string[];
    version: string;
    /** On a site of made-up people that was made to be tried out. */
    demo?: Tile[];
}
export interface Tile {
    name: string;
    role: Role;
    secret: string;
}
export interface Login {
    token: string;
    name: string;
    role: Role;
    lockSeconds: number;
    idleSeconds: number;
    site: { name: string; madeUp: boolean; zone: string; units: string };
}
export interface Resumed extends Login {
    open: { person: string } | null;
    urgent?: boolean;
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
export interface Place {
    name: string;
    address: string;
    telephone: string;
    hours: string;
}
/** A number line: bands upwards, each to its end, and where the number lies. */
export interface Scale {
    label: string;
    from: number;
    to: number;
    at: number;
    bands: { to: number; name: string; here: boolean }[];
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
    closed: boolean;
}
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
}
export interface Entered {
    word: string;
    text: string;
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
    login: [{ name: string; secret: string }, Login];
    session: [object, Resumed];
    lock: [object, object];
    logout: [object, object];
    unlock: [{ secret: string }, Login];
    ranges: [object, { words: Range[] }];
    open: [{ who: string }, Person];
    person: [{ person: string }, Person];
    close: [{ person: string }, object];
    measure: [Measure, Measured];
    wrong: [{ person: string; readings: Entered[] }, { takenBack: number; stale: number; staleUrgent: number }];
    findings: [{ person: string }, Findings];
    screen: [{ person: string }, Findings];
    sign: [{ person: string; leave: { item: string; reason: string }[] }, { signed: number; work: Work }];
    told: [Told, { count: number; work: Work }];
    'not-told': [{ person: string; why: 'left' | 'call-clinician' }, { work: Work }];
    'end-alarm': [{ person: string }, { count: number; work: Work }];
    inbox: [object, { tickets: Ticket[] }];
    letter: [{ person: string; language: string; untold: boolean }, { html: string; pdf: string }];
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

async function call<K extends CallName>(name: K, given: Ask<K>): Promise<Answer<Got<K>>> {
    const answer = (await ask(name, given)) as Answer<Got<K>>;
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
    login: (name: string, secret: string) => call('login', { name, secret }),
    session: () => call('session', {}),
    lock: () => call('lock', {}),
    logout: () => call('logout', {}),
    unlock: (secret: string) => call('unlock', { secret }),
    ranges: () => call('ranges', {}),
    /** By card or ticket. */
    open: (who: string) => call('open', { who }),
    person: (person: string) => call('person', { person }),
    close: (person: string) => call('close', { person }),
    measure: (given: Measure) => call('measure', given),
    wrong: (person: string, readings: Entered[]) => call('wrong', { person, readings }),
    findings: (person: string) => call('findings', { person }),
    screen: (person: string) => call('screen', { person }),
    sign: (person: string, leave: { item: string; reason: string }[]) => call('sign', { person, leave }),
    told: (given: Told) => call('told', given),
    notTold: (person: string, why: 'left' | 'call-clinician') => call('not-told', { person, why }),
    endAlarm: (person: string) => call('end-alarm', { person }),
    inbox: () => call('inbox', {}),
    letter: (person: string, language: string, untold: boolean) => call('letter', { person, language, untold }),
};
