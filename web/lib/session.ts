// SPDX-License-Identifier: Apache-2.0
// Who works at this device, and the one person who is open. Both are in memory alone; the server decides both, and
// what it answers is believed at once: a session that ended, a lock, a person who was closed or has withdrawn.
import { batch, computed, signal } from '@preact/signals';
import {
    api,
    askIn,
    listen,
    type Answer,
    type ErrorName,
    type Failure,
    type Login,
    type Passkey,
    type Person,
    type Resumed,
    type Shown,
    type ShownSecret,
    type Site,
} from './api.ts';
import { LANGUAGES, chooseLanguage, speak, type Language } from './words.ts';
import { hush } from './announce.ts';
import { deviceGet, deviceSet } from './store.ts';

export type Phase = 'starting' | 'away' | 'nobody' | 'in' | 'locked';

export const phase = signal<Phase>('starting');
export const site = signal<Site | null>(null);
export const me = signal<Login | null>(null);
export const person = signal<Person | null>(null);
/** The pseudonym of who works here; kept on this device until they log out, so that a tablet can sign for it. */
export const memberId = signal('');
/** Somebody was open and is not any more, and nobody here closed them. */
export const wasClosed = signal(false);
/** An alarm of the open person has no outcome yet; also while locked, and after a start anew. */
const urgentAtServer = signal(false);
/** The same of somebody of whom nothing is kept, as an earlier page heard of it. */
export const paperAtServer = signal(false);
export const isUrgent = computed(
    () => urgentAtServer.value || person.value?.waits === true || (person.value?.urgent.length ?? 0) > 0,
);

// What has to be done when somebody comes in, or a session ends (the outbox and the drafts, which know this module).
type Hook = () => void | Promise<void>;
const hooks: { in: Hook[]; out: Hook[]; person: Hook[]; conflict: Hook[] } = {
    in: [],
    out: [],
    person: [],
    conflict: [],
};
export const whenIn = (hook: Hook): void => void hooks.in.push(hook);
export const whenOut = (hook: Hook): void => void hooks.out.push(hook);
/** Called when another person is open, or nobody. */
export const whenPerson = (hook: Hook): void => void hooks.person.push(hook);
/** Called when the server does not let the open person go: an alarm has no outcome. */
export const whenConflict = (hook: Hook): void => void hooks.conflict.push(hook);
const run = async (list: Hook[]): Promise<void> => {
    for (const hook of list) await hook();
};

function showPerson(next: Person | null): void {
    const isOther = person.value?.person !== next?.person;
    batch(() => {
        person.value = next;
        urgentAtServer.value = false;
        if (next) wasClosed.value = false;
    });
    if (!isOther) return;
    hush();
    void run(hooks.person);
}

async function keepMember(id: string): Promise<void> {
    memberId.value = id;
    await deviceSet('member', id).catch(() => undefined);
}

async function comeIn(login: Login): Promise<void> {
    batch(() => {
        me.value = login;
        phase.value = 'in';
    });
    await keepMember(login.id ?? login.name);
    await run(hooks.in);
}

async function goOut(next: Phase): Promise<void> {
    const wasIn = me.value !== null;
    showPerson(null);
    batch(() => {
        me.value = null;
        wasClosed.value = false;
        phase.value = next;
    });
    await keepMember('');
    if (wasIn) await run(hooks.out);
}

// The page of a person who is not open any more is emptied, whatever else was asked about them. `says`: it was closed
// from elsewhere, which is told.
const OVER: readonly ErrorName[] = ['E_CONSENT', 'E_NOT_FOUND', 'E_ROLE'];
async function lookAgain(handle: string, says = true): Promise<void> {
    const answer = await api.person(handle);
    if (person.value?.person !== handle) return;
    if (answer.ok) return showPerson(answer.value);
    if (answer.failure.kind !== 'refused' || !OVER.includes(answer.failure.code)) return;
    showPerson(null);
    wasClosed.value = says;
}

function failed(name: string, failure: Failure): void {
    if (failure.kind !== 'refused') return;
    if (failure.code === 'E_SESSION' && me.value) void (name === 'session' ? goOut('nobody') : resume());
    if (failure.code === 'E_LOCKED' && me.value) {
        phase.value = 'locked';
        hush();
    }
    if (failure.code === 'E_CONFLICT' && (name === 'close' || name === 'open')) void run(hooks.conflict);
    const handle = person.value?.person;
    if (!handle || name === 'person') return;
    if (failure.code === 'E_CONSENT' && name !== 'open') void lookAgain(handle);
}

/** Shows another language, and keeps the choice on this device. */
export async function chooseWords(next: Language): Promise<void> {
    await speak(next);
    askIn(next);
    await deviceSet('language', next).catch(() => undefined);
}

/** What the page does first: words, the site, and the session that the browser may still have. */
export async function start(): Promise<void> {
    listen(failed);
    const kept = await deviceGet('language').catch(() => undefined);
    const first = LANGUAGES.find((known) => known === kept) ?? chooseLanguage(navigator.languages);
    await speak(first);
    askIn(first);
    memberId.value = (await deviceGet('member').catch(() => undefined)) ?? '';
    await resume();
}

// Who is open for a call is the person of no other screen; a page that was loaded again has left that screen.
async function leaveReminder(handle: string, isFirst: boolean): Promise<void> {
    showPerson(null);
    if (isFirst) await api.close(handle);
}

// The session that the browser still has. One that was locked here, and the server did not hear of it, is locked first.
// Whoever was opened or closed since the server was asked (`before`: who was open then) is not what its answer says.
async function takeUp(session: Resumed, before: Person | null): Promise<void> {
    urgentAtServer.value = session.urgent ?? false;
    paperAtServer.value = session.paper ?? false;
    if (await isLockedHere()) {
        phase.value = 'locked';
        await tellLock();
        return;
    }
    const isFirst = me.value === null; // the page began anew
    await comeIn(session);
    if (session.open?.reminder === true) return leaveReminder(session.open.person, isFirst);
    const handle = session.open?.person;
    if (person.value?.person === handle || person.value?.person !== before?.person) return;
    showPerson(null);
    if (!handle) return;
    const open = await api.person(handle);
    if (open.ok) showPerson(open.value);
}

/** Asks the server for the site and the session; also after it was away, or when a session is said to be none. */
export async function resume(): Promise<void> {
    const answer = await api.site(),
        before = person.value;
    if (answer.ok) site.value = answer.value;
    const session = answer.ok ? await api.session() : answer;
    if (session.ok) await takeUp(session.value, before);
    else if (session.failure.kind === 'no-answer') phase.value = me.value ? phase.value : 'away';
    else if (session.failure.code === 'E_LOCKED') phase.value = 'locked';
    else phase.value = 'nobody';
}

async function begin(answer: Answer<Login>): Promise<Answer<Login>> {
    if (answer.ok) {
        await setLockedHere(false);
        await comeIn(answer.value);
    }
    return answer;
}
export const login = async (name: string, shown: ShownSecret): Promise<Answer<Login>> =>
    begin(await api.login(name, shown));
/** Whose passkey it is, the passkey says. */
export const loginPasskey = async (shown: Passkey): Promise<Answer<Login>> => begin(await api.loginPasskey(shown));

// That it was locked is kept on this device, so that loading the page again does not open it while the server was away.
const isLockedHere = async (): Promise<boolean> => (await deviceGet('locked').catch(() => undefined)) === 'yes';
const setLockedHere = (is: boolean): Promise<void> => deviceSet('locked', is ? 'yes' : 'no').catch(() => undefined);

/** The tablet goes into other hands, or comes back: while it is there, loading the page again leads to the lock. */
export const handOver = (isHanded: boolean): Promise<void> => setLockedHere(isHanded);

const AGAIN_MS = 3_000;
// Never behind an unlocking that came meanwhile: it would lock what somebody has just opened.
async function tellLock(): Promise<void> {
    if (phase.value !== 'locked') return;
    const answer = await api.lock();
    const isLater = !answer.ok && answer.failure.kind === 'no-answer' && phase.value === 'locked';
    if (isLater) setTimeout(() => void tellLock(), AGAIN_MS);
}

/** Locks at once; the server is told until it has heard it. */
export async function lock(): Promise<void> {
    if (phase.value !== 'in') return;
    phase.value = 'locked';
    hush();
    await setLockedHere(true);
    await tellLock();
}

export async function unlock(shown: Shown): Promise<Answer<Login>> {
    const isNew = me.value === null;
    const answer = await api.unlock(shown);
    if (!answer.ok) return answer;
    await setLockedHere(false);
    if (isNew) await resume();
    else await comeIn(answer.value);
    return answer;
}

/** The server has ended the session by what was just done. */
export const sessionIsOver = (): Promise<void> => goOut('nobody');

/** Ends the session; E_CONFLICT: an alarm of the open person has no outcome yet. A server that is away ends it by
 * itself, later; until then this device is locked. */
export async function logout(): Promise<Answer<object>> {
    await setLockedHere(true);
    const answer = await api.logout();
    if (answer.ok || answer.failure.kind === 'refused') await setLockedHere(false);
    if (!answer.ok && answer.failure.kind === 'refused' && answer.failure.code === 'E_CONFLICT') return answer;
    await goOut('nobody');
    return { ok: true, value: {} };
}

/** Opens a person by card or ticket; whoever was open is closed by it, unless an alarm of theirs has no outcome. */
export async function openPerson(who: string): Promise<Answer<Person>> {
    const before = person.value,
        answer = await api.open(who);
    if (answer.ok) showPerson(answer.value);
    else if (before) await lookAgain(before.person, false);
    return answer;
}

/** Closes the person; false: an alarm has no outcome yet, or the server is away. */
export async function closePerson(): Promise<Answer<object>> {
    const open = person.value;
    if (!open) return { ok: true, value: {} };
    const answer = await api.close(open.person);
    if (answer.ok) showPerson(null);
    return answer;
}

/** Reads the open person anew: after a save, or when an alarm got its outcome. */
export async function refreshPerson(): Promise<void> {
    if (person.value) await lookAgain(person.value.person);
}
