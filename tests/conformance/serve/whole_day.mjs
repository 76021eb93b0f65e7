// SPDX-License-Identifier: Apache-2.0
// A day of a site through the calls of the app: people are registered, agree or not, go from station to station as the board says,
// leave early, have alarms; clinicians open the inbox, sign, tell, close, and letters are made. What is expected of each person is
// worked out here from what was entered, and compared with what the server says of them and prints: inbox, letter, record.
//   node whole_day.mjs PEOPLE SESSIONS [SEED]
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, pause, random } from '../../support/app.mjs';
import { SECRET, Site, check, finish, same } from '../../support/browser.mjs';

const [, , people_text = '12', sessions_text = '6', seed_text = '12'] = process.argv;
const PEOPLE = Number(people_text), SESSIONS = Number(sessions_text), next = random(Number(seed_text));
const between = (from, to) => from + Math.floor(next() * (to - from + 1)), one = (list) => list[between(0, list.length - 1)];

// --- people, and what is to come of them ---------------------------------------------------------------------------------
const KINDS = ['usual', 'told', 'usual', 'list', 'left', 'usual', 'paper', 'doubt', 'usual', 'twice', 'usual', 'usual'];
const GIVEN = { male: ['Sami', 'Karim', 'Peter', 'Anders', 'Musa'], female: ['Amina', 'Leila', 'Ingrid', 'Grace', 'Hui'] };
const FAMILY = ['Haddad', 'Okonkwo', 'Larsen', 'Mansour', 'Achieng', 'Silva', 'Weiss'];
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ENDS = [16, 17, 18.5, 23, 25, 27.5, 30, 32.5, 35, 37.5, 40]; // of categories of body mass: nobody lies beside one

// Even sums, so that a mean has no half; no mean beside an end of a category.
function pressures(kind) {
    if (kind === 'told' || kind === 'list') return [[188, 104], [192, 100]];
    for (;;) {
        const s = between(104, 165), d = between(62, 98), pair = [[s, d], [s - 2 * between(0, 4), d - 2 * between(0, 3)]];
        if (pair[0][0] - pair[0][1] >= 25 && pair[1][0] - pair[1][1] >= 25 && d < 99) return pair;
    }
}
function body(kind) {
    for (;;) {
        const height = kind === 'doubt' ? 139 : between(150, 190), weight = kind === 'doubt' ? between(45, 60) : between(52, 105), mass = weight / (height / 100) ** 2;
        if (mass > 18 && mass < 39 && ENDS.every((end) => Math.abs(mass - end) > 0.06)) return { height, weight, waist: between(70, 99), mass };
    }
}
function made(at) {
    const kind = KINDS[at % KINDS.length], sex = one(['male', 'female']), age = sex === 'female' ? between(58, 80) : between(25, 80);
    const tail = LETTERS[at % 26] + LETTERS[Math.floor(at / 26) % 26].toLowerCase();
    return { at, kind, sex, given: one(GIVEN[sex]), family: `${one(FAMILY)}-${tail}`, born: `${2026 - age}-03-14`, bp: pressures(kind), body: body(kind), language: one(['en', 'ar']) };
}
const nameOf = ({ given, family }) => `${given} ${family}`;

/** What a person who knows the rules says of these numbers, with pen and paper: ESC 2024, WHO, and the alarm line of 180 and 110. */
function expected(person) {
    const mean = [0, 1].map((i) => (person.bp[0][i] + person.bp[1][i]) / 2), [s, d] = mean;
    const category = s >= 140 || d >= 90 ? 'hypertension' : s >= 120 || d >= 70 ? 'elevated' : 'non-elevated';
    const isAlarm = person.bp.some(([a, b]) => a >= 180 || b >= 110);
    const hasBody = person.kind !== 'left';
    const printed = (isAlarm ? [...person.bp].sort((a, b) => b[0] - a[0])[0] : mean).join(' / '); // an alarm speaks of the worst reading
    return { mean: mean.join('/'), printed, category, isAlarm, mass: hasBody ? person.body.mass : null };
}

// --- calls ---------------------------------------------------------------------------------------------------------------
const site_staff = ['dr-amina:clinician', 'dr-ben:clinician', 'kofi:registrar', 'rosa:registrar', 'lina:assistant', 'omar:assistant', 'tala:assistant', 'maria:manager'];
let calls = 0;
class Station {
    constructor(site, name) { Object.assign(this, { app: new App(site.origin), name, site }); }
    async in() { await this.must('login', { name: this.name, secret: SECRET }); return this; }
    async call(name, body = {}) {
        calls++;
        const answer = await this.app.call(name, body);
        if (answer.json?.error?.code !== 'E_STEP_UP') return answer;
        await this.app.call('step-up', { secret: SECRET });
        return this.app.call(name, body);
    }
    async must(name, body) {
        const { status, json } = await this.call(name, body);
        if (status !== 200) throw new Error(`${this.name} ${name}: ${status} ${JSON.stringify(json)}`);
        return json;
    }
    async open(who) { return (this.person = (await this.must('open', { who })).person); }
    close() { return this.must('close', { person: this.person }); }
    async measure(readings, confirmed = []) { return this.must('measure', { person: this.person, key: randomUUID(), readings, confirmed }); }
    at(station, state) { return this.must('at-station', { person: this.person, station, state }); }
}

// --- reception -----------------------------------------------------------------------------------------------------------
async function register(desk, person) {
    const { card } = await desk.must('enrol', { key: randomUUID(), sex: person.sex, family: person.family, givenNames: person.given, birthDate: person.born, language: person.language });
    person.card = card;
    const { purposes } = await desk.must('consent', { language: person.language, card });
    check(`${person.at}: nothing is agreed to before anybody said so`, purposes.every((purpose) => purpose.on === false));
    if (person.kind === 'paper') { // a no is no call at all
        const refused = await desk.call('open', { who: card });
        same(`${person.at}: without a yes nobody opens the record`, [refused.status, refused.json.error?.code], [403, 'E_CONSENT']);
        return;
    }
    const { version } = purposes.find(({ purpose }) => purpose === 'care');
    await desk.must('consent-give', { purpose: 'care', language: person.language, rounds: '1', card, version, method: 'card', witness: 'none' });
    await desk.open(card);
    const entry = await desk.must('check-in', { person: desk.person });
    Object.assign(person, { ticket: entry.ticket, number: entry.number });
    await desk.close();
}

// --- stations ------------------------------------------------------------------------------------------------------------
async function pressure(station, person) {
    for (const [i, pair] of person.bp.entries()) {
        let answer = await station.measure([{ word: 'bp', text: pair.join('/') }]);
        if (answer.state === 'asks') {
            check(`${person.at}: what is urgent is told with the question`, answer.alarms.length > 0 === (pair[0] >= 180 || pair[1] >= 110));
            answer = await station.measure([{ word: 'bp', text: pair.join('/') }], answer.doubts.map(({ reading, which }) => [reading, which]));
        }
        same(`${person.at}: pressure ${i + 1} is stored`, answer.state, 'stored');
        same(`${person.at}: an alarm is said where one is, and only there`, answer.alarms.length > 0, pair[0] >= 180 || pair[1] >= 110);
    }
    if (!expected(person).isAlarm) return;
    const away = await station.call('close', { person: station.person });
    same(`${person.at}: nobody passes an alarm without an outcome`, [away.status, away.json.error?.code], [409, 'E_CONFLICT']);
    if (person.kind === 'told') await station.must('told', { person: station.person, how: 'in-person', isGuardian: false, agreed: 'A doctor today' });
    else await station.must('not-told', { person: station.person, why: 'call-clinician' });
}
async function measures(station, person) {
    const { height, weight, waist } = person.body, readings = Object.entries({ height, weight, waist }).map(([word, number]) => ({ word, text: String(number) }));
    let answer = await station.measure(readings);
    same(`${person.at}: an unlikely height is asked about, a likely one is not`, answer.state, person.kind === 'doubt' ? 'asks' : 'stored');
    if (answer.state === 'asks') answer = await station.measure(readings, answer.doubts.map(({ reading, which }) => [reading, which]));
    same(`${person.at}: body measures are stored`, answer.state, 'stored');
}
const questions = async (station, person) =>
    same(`${person.at}: the answer is stored`, (await station.measure([{ word: 'no-danger-signs', text: 'yes' }])).state, 'stored');
// Whoever opens somebody with an alarm that nobody told them of passes it on again: an outcome is of the session that gave it.
async function closes(station, person) {
    const { status, json } = await station.call('close', { person: station.person });
    if (status === 200) return;
    same(`${person.at}: only who was not told is held`, [status, json.error?.code, person.kind], [409, 'E_CONFLICT', 'list']);
    await station.must('not-told', { person: station.person, why: 'call-clinician' });
    await station.close();
}
const DO = { pressure, body: measures, questions };

// Who is free, and has this station left; a person stands at one station, but for those whom two take at once.
const isFree = (day, person, kind, left) => left.includes(kind) && (day.busy.get(person.at).size === 0 || (person.kind === 'twice' && !day.busy.get(person.at).has(kind))) &&
    !(person.kind === 'left' && kind !== 'pressure');
async function serveStation(day, station, kind) {
    for (;;) {
        if (day.over()) return;
        const { tickets } = await station.must('queue');
        const entry = tickets.find(({ ticket, left }) => day.byTicket.has(ticket) && isFree(day, day.byTicket.get(ticket), kind, left));
        if (!entry) {
            await pause(20);
            continue;
        }
        const person = day.byTicket.get(entry.ticket), busy = day.busy.get(person.at).add(kind);
        await station.open(person.card);
        await station.at(kind, 'begin');
        await DO[kind](station, person);
        const { done } = await station.at(kind, 'done');
        check(`${person.at}: ${kind} is done`, done.includes(kind));
        if (person.kind === 'left') await station.must('leave', { person: station.person, how: 'left' });
        await closes(station, person);
        day.done.get(person.at).add(kind);
        busy.delete(kind);
    }
}

// --- the way out ---------------------------------------------------------------------------------------------------------
async function goOut(desk, person) {
    await desk.open(person.card);
    const { items, hold } = await desk.must('exit', { person: desk.person }), state = (item) => items.find((it) => it.item === item)?.state;
    same(`${person.at}: what was measured is done at the exit`, ['bp', 'height', 'weight', 'waist', 'danger'].map(state), Array(5).fill('done'));
    same(`${person.at}: who was told by nobody is held`, hold, person.kind === 'list');
    for (const { item } of items.filter((it) => it.state === 'missing')) await desk.must('settle', { person: desk.person, item, why: one(['wish', 'device', 'unable']) });
    const after = await desk.must('exit', { person: desk.person });
    check(`${person.at}: nothing is missing any more`, after.items.every((it) => it.state !== 'missing'));
    same(`${person.at}: the letter waits for a clinician`, after.letter, 'clinician');
    const left = await desk.call('leave', { person: desk.person, how: 'finished' });
    check(`${person.at}: who is held does not finish; who is not does`, (left.status === 200) === (person.kind !== 'list'), JSON.stringify(left.json));
    if (left.status !== 200) day_left.push(person);
    await closes(desk, person);
}
const day_left = [];

// --- clinicians ----------------------------------------------------------------------------------------------------------
async function sign(doctor, person) {
    await doctor.open(person.ticket);
    const { drafts } = await doctor.must('findings', { person: doctor.person }), want = expected(person);
    const pressure_of = drafts.find(({ item }) => item === 'bp-category'), mass = drafts.find(({ item }) => item === 'bmi');
    if (!want.isAlarm) same(`${person.at}: the finding is what the numbers say`, [pressure_of?.category, `${pressure_of?.value}/${pressure_of?.value2}`], [want.category, want.mean]);
    const near = want.mass === null ? !mass?.value : Math.abs(Number(mass?.value) - want.mass) <= 0.0551; // of two digits, one
    check(`${person.at}: body mass as worked out by hand`, near, `${mass?.value}, want ${want.mass}`);
    same(`${person.at}: the alarm stands among the findings`, drafts.some(({ item }) => item === 'bp-very-high'), want.isAlarm);
    if (person.kind === 'list') await doctor.must('told', { person: doctor.person, how: 'telephone', isGuardian: false, agreed: 'Comes today' });
    if (want.isAlarm) await doctor.must('end-alarm', { person: doctor.person });
    await doctor.must('findings', { person: doctor.person });
    const { signed } = await doctor.must('sign', { person: doctor.person, leave: [] });
    check(`${person.at}: something was signed`, signed > 0);
    const { html } = await doctor.must('letter', { person: doctor.person, language: person.language, untold: false });
    const answer = await fetch(`${doctor.app.origin}${html}`, { headers: { Cookie: doctor.app.cookie } });
    person.letter = await answer.text();
    await doctor.close();
}
const plain = (html) => html.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<[^>]+>/g, ' ').replace(/[\u2066-\u2069\u200e\u200f]/g, '').replace(/\s+/g, ' ');
function compareLetter(person, people) {
    const text = plain(person.letter), want = expected(person);
    check(`${person.at}: the letter is to them, and to nobody else`, text.includes(nameOf(person)) && !people.some((other) => other !== person && text.includes(other.family)));
    check(`${person.at}: it has their pressure`, text.includes(want.printed), want.printed);
    // One digit, of the two that the finding has.
    if (want.mass !== null) check(`${person.at}: it has their body mass`, [want.mass, Number(want.mass.toFixed(2)) + 1e-9].some((mass) => text.includes(mass.toFixed(1))), want.mass);
    same(`${person.at}: it is in their language`, /dir="rtl"/.test(person.letter), person.language === 'ar');
}

// --- the inbox before anybody looked at it: tickets, tasks and urgencies, person by person ----------------------------------
async function compareInbox(doctor, day) {
    const { tickets } = await doctor.must('inbox'), text = JSON.stringify(tickets);
    const measured = day.people.filter(({ kind }) => kind !== 'paper');
    same('the inbox has who was measured, each once, and nobody else', tickets.map(({ ticket }) => ticket).sort(), measured.map(({ ticket }) => ticket).sort());
    for (const person of measured) {
        const row = tickets.find(({ ticket }) => ticket === person.ticket), tasks = row?.tasks.map(({ task }) => task) ?? [], { isAlarm } = expected(person);
        check(`${person.at}: their results wait to be signed`, tasks.includes('sign'));
        same(`${person.at}: an alarm is to be told by who did not`, tasks.includes('tell'), person.kind === 'list');
        same(`${person.at}: and to be closed`, tasks.includes('close'), person.kind === 'told');
        same(`${person.at}: it is urgent where it is`, row?.tasks.some(({ urgency }) => urgency === 'same-day' || urgency === 'emergency-now') ?? false, isAlarm);
    }
    check('the inbox names nobody and has no number of anybody', !day.people.some(({ family, card }) => text.includes(family) || text.includes(card)) && !/188|192/.test(text.replace(/\d{4}-\d\d-\d\dT[^"]*/g, '')));
}

// --- the day -------------------------------------------------------------------------------------------------------------
async function inTurn(list, workers, work) {
    const rest = [...list];
    await Promise.all(workers.map(async (worker) => { for (let item = rest.shift(); item; item = rest.shift()) await work(worker, item); }));
}
async function theDay(site) {
    const people = Array.from({ length: PEOPLE }, (_, at) => made(at)), open = (names) => Promise.all(names.map((name) => new Station(site, name).in()));
    const desks = await open(['kofi', 'rosa']), doctors = await open(['dr-amina', 'dr-ben']), began = Date.now();
    const stations = await open(Array.from({ length: SESSIONS }, (_, i) => ['lina', 'omar', 'tala'][i % 3]));
    const day = { people, byTicket: new Map(), isIn: false };
    day.busy = new Map(people.map(({ at }) => [at, new Set()]));
    day.done = new Map(people.map(({ at }) => [at, new Set()]));
    const whole = (person) => person.kind === 'paper' || day.done.get(person.at).size >= (person.kind === 'left' ? 1 : 3);
    day.over = () => day.failed || (day.isIn && people.every(whole));
    const kinds = ['pressure', 'body', 'questions'];
    await Promise.all([
        inTurn(people, desks, async (desk, person) => { await register(desk, person); if (person.ticket) day.byTicket.set(person.ticket, person); }).then(() => (day.isIn = true)),
        ...stations.map((station, i) => serveStation(day, station, kinds[i % 3])),
    ].map((part) => part.catch((error) => { day.failed = true; throw error; })));
    same('numbers of the day are given once each', new Set([...day.byTicket.values()].map(({ number }) => number)).size, day.byTicket.size);
    await inTurn(people.filter(({ kind }) => kind !== 'paper' && kind !== 'left'), stations.slice(0, 3), goOut);
    const { tickets } = await desks[0].must('queue');
    same('the board is empty but for who is held', tickets.map(({ ticket }) => ticket).sort(), day_left.map(({ ticket }) => ticket).sort());
    await compareInbox(doctors[0], day);
    await inTurn(people.filter(({ ticket }) => ticket), doctors, sign);
    for (const person of people.filter(({ letter }) => letter)) compareLetter(person, people);
    same('everybody who was measured has a letter', people.filter(({ letter }) => letter).length, people.filter(({ kind }) => kind !== 'paper').length);
    const left = (await doctors[0].must('inbox')).tickets.flatMap(({ tasks }) => tasks.map(({ task }) => task));
    same('nothing of the day is open any more', left.filter((task) => task !== 'letter'), []);
    console.log(`day: ${PEOPLE} people, ${SESSIONS} stations, ${calls} calls in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    return people;
}

const work = mkdtempSync(join(tmpdir(), 'salve-day-'));
let site;
try {
    site = new Site(join(work, 'site'), { staff: site_staff });
    await site.start();
    const people = await theDay(site);
    const { log } = site.server;
    check('the log of the server has nobody', !people.some(({ family, card }) => log.includes(family) || log.includes(card)));
    same('the server ends clean', await site.stop(), 0);
    check('and the site verifies', /clean/.test(site.salve('verify')));
} catch (error) {
    check('the day went to its end', false, error.stack);
} finally {
    await site?.stop();
    rmSync(work, { recursive: true, force: true });
}
finish();
