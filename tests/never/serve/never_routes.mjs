// SPDX-License-Identifier: Apache-2.0
// never_routes PEOPLE REQUESTS KILLS SEED FOLDERS WORDS... - sessions of every role ask a running server, all at the same
// time, for whatever they like: each call of pages.def with members good, bent and of others, files, letters of others,
// addresses that other servers of health records have. With KILLS its processes are ended meanwhile, as many times.
// Roles, calls and members are those of the .def files: a new one is asked without a word here, one that needs a good
// value to be answered gets it in `members`. Beside PEOPLE stands the file staff: name and role of who works there.
// Told is what must not be: an answer with two people, or with one whom its session has not open; a word of what was
// sent in what is refused; a person in what a manager or technician gets; and then what stands in files, log and numbers.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { request } from 'node:http';
import { randomBytes, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { pause, processOf, random, serve } from '../../support/app.mjs';
import { found, foundIn } from '../../support/canary.mjs';

const [peopleFile, requestsText, killsText, seedText, foldersText, ...words] = process.argv.slice(2);
const requests = Number(requestsText), kills = Number(killsText), next = random(Number(seedText));
const pick = (list) => list[Math.floor(next() * list.length)];
const chance = (part) => next() < part;
const server = await serve(words);
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const SECRET = '246802', ECHO = 'Echoqcanary';

const people = readFileSync(peopleFile, 'utf8').trim().split('\n').map((line, at) => {
    const [card, family, given, born, weight] = line.split(' ');
    const texts = { card, 'card without hyphens': card.replaceAll('-', ''), family, given, born, weight };
    return { at, card, family, given, weight, marks: Object.entries(texts).map(([name, text]) => ({ name, text })) };
});
// What no file, no line of the log and no number may have; grows with each token, handle and key.
const marks = people.flatMap((person) => person.marks.map(({ name, text }) => ({ name: `${name} of ${person.at}`, text })));
const mark = (name, text) => { if (text) marks.push({ name, text }); };
mark('a secret that was wrong', 'wrongsecretcanary');
mark('what was sent in what is no request', ECHO);
const faults = [];
const fault = (what) => { if (faults.length < 20) faults.push(what); };

// --- one request; status 0: the connection broke
const ask = (method, path, headers, body) => new Promise((over) => {
    const sent = request({ agent, method, path, host: '127.0.0.1', port: new URL(server.origin).port, timeout: 30000,
        headers: { Host: new URL(server.origin).host, 'Accept-Encoding': 'identity', ...headers,
            ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }) } }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
            const bytes = Buffer.concat(parts), text = bytes.toString();
            let json = {};
            try { json = JSON.parse(text); } catch { /* a page, or a letter */ }
            over({ status: answer.statusCode, text, json, lines: answer.rawHeaders.join('\n'), set: answer.headers['set-cookie']?.[0] });
        });
        answer.on('error', () => over({ status: 0, text: '', json: {}, lines: '' }));
    });
    sent.on('error', () => over({ status: 0, text: '', json: {}, lines: '' }));
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.end(body);
});

// --- who asks: the staff of the site, every role of roles.def that works there
const rowsOf = (file, kind) => readFileSync(`src/${file}`, 'utf8').split(`\n${kind}(`).slice(1).map((row) => row.split('\n')[0]);
const roles = rowsOf('base/roles.def', 'ROLE').map((row) => ({ role: /"([^"]+)"/.exec(row)[1], runsSite: row.includes('opens no record') }));
const seats = readFileSync(join(dirname(peopleFile), 'staff'), 'utf8').trim().split('\n').map((line) => {
    const [name, role] = line.split(' ');
    return { name, role, cookie: '', token: '', person: '', may: new Set(), letters: [], runsSite: roles.find((one) => one.role === role).runsSite };
});
for (const { role } of roles)
    if (!['participant', 'helper', 'guardian'].includes(role) && !seats.some((seat) => seat.role === role)) fault(`nobody works as ${role}`);
const seen = {}, got = {}, askedBy = {}, handles = [], tickets = [], letters = [], used = [];
let own = 0;
const count = (table, name) => { table[name] = (table[name] ?? 0) + 1; };
const call = (headers, name, body) => ask('POST', `/call/${name}`, { 'Content-Type': 'application/json', Origin: server.origin,
    'Sec-Fetch-Site': 'same-origin', ...headers }, typeof body === 'string' ? body : JSON.stringify(body));
const auth = (seat) => ({ ...(seat.cookie && { Cookie: seat.cookie }), ...(seat.token && { 'X-Salve-Token': seat.token }) });

const adopt = (seat, answer) => {
    if (answer.set) {
        seat.cookie = answer.set.split(';')[0];
        const token = seat.cookie.slice(4);
        mark(`a token of ${seat.name}`, token);
        marks.push({ name: `a token of ${seat.name} as bytes`, bytes: Buffer.from(token, 'base64url') });
    }
    seat.token = answer.json.token ?? seat.token;
    mark(`a second token of ${seat.name}`, answer.json.token);
};
const login = async (seat) => {
    for (let tries = 0; tries < 200; tries++) {
        const answer = await call({}, 'login', { name: seat.name, secret: SECRET });
        judge(seat, new Set(), 'login', answer);
        if (answer.status === 200) {
            adopt(seat, answer);
            Object.assign(seat, { may: new Set(), person: '', letters: [], at: -1 });
            return;
        }
        if (kills === 0) break;
        await pause(50);
    }
    fault(`${seat.name} cannot log in`);
};

// Whose marks an answer has.
const about = (text) => people.filter((person) => found(person.marks, text).length > 0).map((person) => person.at);
const plain = (text) => text.replace(/\\u([0-9a-fA-F]{4})/g, (all, hex) => String.fromCharCode(parseInt(hex, 16)));

const judge = (seat, may, name, answer) => {
    count(seen, answer.status < 500 ? `${answer.status}` : `${answer.status} ${answer.json.error?.code ?? ''} ${answer.json.error?.element ?? ''} ${answer.json.error?.why ?? ''}`);
    if (answer.status === 200) count(got, name);
    const who = about(plain(answer.text)), wrong = who.filter((at) => !may.has(at));
    const told = `${name} by ${seat?.name ?? 'nobody'} (${answer.status})`;
    if (who.length > 1) fault(`${told} is about ${who.length} people`);
    if (wrong.length > 0) fault(`${told} has something of ${wrong}: ${answer.text.slice(0, 300)}`);
    if (seat?.runsSite && who.length > 0) fault(`${told} is about somebody`);
    if (who.length > 0 && ![200, 201].includes(answer.status) && name !== 'measure') fault(`${told} refuses, and says something of a person`);
    if (about(answer.lines).length > 0) fault(`${told} has something in its header lines`);
    if (answer.text.includes(ECHO) || answer.lines.includes(ECHO)) fault(`${told} says again what was sent: ${answer.text.slice(0, 300)}`);
    if (found([...people.flatMap((person) => person.marks), { text: ECHO }], plain(JSON.stringify(answer.json.error ?? answer.json.issue ?? ''))).length > 0)
        fault(`${told} has a value in its error`);
    own += who.length === 1 && wrong.length === 0;
};

// --- what is asked
const echo = () => pick([ECHO, `<${ECHO}>`, `' OR 1=1 --${ECHO}`, `${'x'.repeat(70)}${ECHO}`, `*${ECHO}`]);
const members = {
    // Who works here goes on working: what a manager may do with a name is asked about others.
    name: (seat, call) => pick(call.startsWith('staff-') ? ['victim', `new-${used.length}`, pick(people).family, echo()] : ['victim', 'lina', 'manager', ...people.map((one) => one.family), echo()]),
    role: () => pick([...roles.map((one) => one.role), echo()]),
    with: () => pick(['joan', 'dr-amina', 'victim', echo()]),
    withSecret: () => pick([SECRET, SECRET, SECRET, 'wrongsecretcanary']),
    secret: (seat, call) => pick({ login: ['wrongsecretcanary', echo()], 'secret-set': [SECRET, 'x'], 'staff-add': [SECRET] }[call] ?? [SECRET, SECRET, 'wrongsecretcanary', echo()]),
    who: () => (chance(0.7) ? pick(people).card : pick([...tickets.slice(-4), pick(people).family, '*', '', echo()])),
    person: (seat) => (chance(0.7) ? seat.person : pick([...handles.slice(-12), pick(people).card, '', echo()])),
    key: () => {
        if (used.length > 0 && chance(0.2)) return pick(used);
        const key = randomUUID();
        mark('a key of a request', key);
        used.push(key);
        return chance(0.95) ? key : echo();
    },
    how: (seat, call) => pick(call === 'leave' ? ['finished', 'left', 'left', echo()] : ['in-person', 'telephone', 'messenger', echo()]),
    why: () => pick(['left', 'call-clinician', echo()]),
    agreed: () => pick(['as usual', '']),
    language: () => pick(['en', 'ar', echo()]),
    isGuardian: () => pick([false, true]),
    untold: () => pick([true, false]),
    readings: (seat) => {
        const [one] = seat.may.size === 1 ? [...seat.may] : [];
        const weight = one === undefined ? '60.5' : people[one].weight;
        return pick([[{ word: 'weight', text: weight }], [{ word: 'weight', text: weight }], [{ word: 'height', text: '161' }],
            [{ word: 'bp', text: pick(['121/78', '186/96', '230/140']) }, { word: 'no-danger-signs', text: 'yes' }],
            [{ word: echo(), text: '1' }], [{ word: 'weight', text: echo() }], []]);
    },
    form: () => pick(['body', 'body', 'danger', 'phq-9', echo()]),
    answers: (seat) => {
        const [one] = seat.may.size === 1 ? [...seat.may] : [];
        return pick([[{ link: 'weight', values: [one === undefined ? '60.5' : people[one].weight] }], [{ link: 'chest-pain', values: [pick(['true', 'false'])] }],
            [{ link: 'weight', values: [echo()] }], [{ link: echo(), values: ['1'] }], [{ link: 'weight', in: [0], values: [] }], []]);
    },
    confirmed: () => pick([[], [[0, 0]], [[0, 0], [0, 1]], [[1, 0]], [[99, 7]]]),
    leave: () => pick([[], [], [{ item: 'bp-very-high', reason: 'other' }], [{ item: echo(), reason: echo() }]]),
    items: (seat, call) => pick(call === 'order' ? [['hba1c'], ['hba1c', 'creatinine'], [echo()]] : [[], ['bp-very-high'], [echo()]]),
};
const source = (file) => readFileSync(`src/pages/${file}`, 'utf8');
// Members stand in a row as IN(name), or behind a word for several of them.
const words_of = Object.fromEntries(readdirSync('src/pages').flatMap((file) => [...source(file).replaceAll('\\\n', ' ').matchAll(/^#define (\w+) +(.*IN\(\w+\).*)$/gm)])
    .map(([, word, members]) => [word, members]));
const spelled = (row) => row.replace(/\b[A-Z][A-Z_]+\b/g, (word) => (words_of[word] ? spelled(words_of[word]) : word));
const calls = [...source('pages.def').matchAll(/^PAGES_CALL\("([^"]+)",([^;]*?)\)\s*(?=\n|$)/gm)].map(([, name, row]) =>
    ({ name, members: [...spelled(row).matchAll(/IN\((\w+)\)/g)].map((match) => match[1]),
        needed: [...spelled(row.split(',')[2]).matchAll(/IN\((\w+)\)/g)].map((match) => match[1]) }));
const known = new Set(Object.keys(members));
const anyText = () => pick(['', '1', 'manager', '000000', randomBytes(32).toString('base64url'), pick(people).card, pick(people).family, echo()]);
for (const [, kind, name] of source('pages_in.def').matchAll(/^PAGES_([A-Z]+)\((\w+),?/gm))
    members[name] ??= { FLAG: () => pick([true, false]), LIST: () => pick([[], [{}], [echo()]]) }[kind] ?? anyText;
members.old = () => pick(['', '1', echo()]); // everybody keeps the card that is asked about here
const rare = { login: 0.1, logout: 0.05, lock: 0.05, unlock: 0.05, letter: 0.25 };
for (const { name, members: has } of calls) if (has.some((member) => /secret/i.test(member))) rare[name] = 0.05; // five wrong ones, and there is a wait

const bodyOf = (seat, row) => {
    const body = {};
    for (const name of row.members) if (chance(known.has(name) || row.needed.includes(name) ? 0.97 : 0.3)) body[name] = members[name](seat, row.name);
    if (chance(0.03)) body[ECHO] = ECHO;
    const text = JSON.stringify(body);
    return chance(0.97) ? text : pick([`${text}${ECHO}`, '['.repeat(40), text.slice(0, -1), '', `"${ECHO}"`, 'null', `{"a":"${'x'.repeat(66000)}"}`]);
};
const others = (seat) => pick(seats.filter((one) => one !== seat));

// Whose answer it is: [header lines, who may be in it].
const dress = (seat) => {
    const other = others(seat), mine = auth(seat), none = new Set();
    if (chance(0.8)) return [mine, seat.may];
    return pick([
        [{ ...mine, 'X-Salve-Token': other.token }, seat.may], [{ Cookie: mine.Cookie ?? '' }, seat.may], [{ 'X-Salve-Token': seat.token }, none], [{}, none],
        [{ ...mine, Cookie: `${mine.Cookie}; ${other.cookie}` }, none], [{ ...mine, Cookie: `sid=${randomBytes(32).toString('base64url')}` }, none],
        [{ ...mine, Cookie: `sid=${ECHO}` }, none], [{ ...mine, Origin: `http://${ECHO}.example` }, none], [{ ...mine, Host: `${ECHO}.example` }, none],
        [{ ...mine, 'Sec-Fetch-Site': 'cross-site' }, none], [{ ...mine, 'Content-Type': `text/plain;${ECHO}` }, none],
    ]);
};

const afterCall = async (seat, row, body, answer) => {
    const { status, json } = answer;
    if (status === 200 && row.name === 'open') {
        seat.person = json.person;
        handles.push(json.person);
        mark('a handle', json.person);
        if (seat.runsSite) fault(`${seat.name} has opened somebody`);
    }
    if (status === 200 && row.name === 'close') seat.may = new Set();
    if (status === 200 && row.name === 'view-token') {
        seat.view = json.viewToken;
        mark('a token of a view', json.viewToken);
    }
    if (status === 200 && row.name === 'inbox') tickets.push(...(json.tickets ?? []).map((one) => one.ticket));
    if (status === 200 && row.name === 'letter') {
        const [who] = seat.may;
        seat.letters = [...seat.letters, json.html, json.pdf].slice(-4);
        letters.push(json.html, json.pdf);
        mark('the name of a letter', json.html?.slice('/letter/'.length));
        if (who === undefined) fault('a letter of nobody');
    }
    if (status === 200 && row.name === 'lock') {
        const locked = await call(auth(seat), 'person', { person: seat.person });
        judge(seat, new Set(), 'person, locked', locked);
        if (locked.status === 200) fault('a session that is locked reads');
        const unlocked = await call(auth(seat), 'unlock', { secret: SECRET });
        judge(seat, new Set(), 'unlock', unlocked);
        if (unlocked.status === 200) adopt(seat, unlocked);
        else await login(seat);
    } else if ((status === 200 && row.name === 'logout') || (status === 401 && (await call(auth(seat), 'session', {})).status !== 200)) await login(seat);
};

// A visit as it should be, a step at a time, between what should not be.
const visit = [['open'], ['check-in'], ['measure', { readings: [{ word: 'no-danger-signs', text: 'yes' }, { word: 'bp', text: '186/96' }], confirmed: [] }],
    ['measure', { readings: 'weight', confirmed: [[0, 0]] }], ['wrong', { readings: 'weight' }], ['paper', { readings: 'weight', confirmed: [[0, 0]] }], ['screen'], ['order', { items: ['hba1c'] }],
    ['form', { form: 'body', language: 'ar' }],
    ['form-save', { form: 'body', answers: [{ link: 'waist', values: ['96'] }], confirmed: [[0, 0]] }], ['findings'], ['plan'], ['referrals'], ['sign', { leave: [] }], ['told', { how: 'in-person' }],
    ['end-alarm'], ['letter', { language: 'en', untold: true }], ['GET letter'], ['person'], ['view-token'], ['GET api'], ['GET api'], ['inbox'], ['step-up', { secret: SECRET }], ['lock'], ['not-told', { why: 'left' }], ['paper-outcome', { why: 'left' }],
    ['follow-list'], ['queue'], ['letters'], ['exit'], ['leave', { how: 'left' }],
    ['close'], ['logout']];
const step = (seat) => {
    const at = seat.at = ((seat.at ?? -1) + 1) % visit.length, [name, fixed] = visit[at];
    if ((name === 'lock' || name === 'logout') && chance(0.7)) return step(seat);
    const [one] = seat.may, readings = fixed?.readings === 'weight' ? { readings: [{ word: 'weight', text: people[one]?.weight ?? '60.5' }] } : {};
    return { name, body: { person: seat.person, key: name === 'measure' || name === 'form-save' ? randomUUID() : undefined, who: pick(people).card, ...fixed, ...readings } };
};
const askCall = async (seat, given, isVisit = false) => {
    let row = given ?? pick(calls), body;
    let [lines, may] = given ? [auth(seat), seat.may] : dress(seat); // once by everybody as it should be
    if (!given && !isVisit && chance(1 - (rare[row.name] ?? 1))) row = pick(calls.filter((one) => !rare[one.name]));
    if (isVisit || (!given && chance(kills > 0 ? 0.7 : 0.6))) {
        const { name, body: all } = step(seat);
        if (name === 'GET letter') return askElse(seat, true);
        if (name === 'GET api') return askApi(seat, true);
        row = calls.find((one) => one.name === name);
        body = JSON.stringify(Object.fromEntries(row.members.filter((member) => all[member] !== undefined).map((member) => [member, all[member]])));
        [lines, may] = [auth(seat), seat.may];
    }
    body ??= bodyOf(seat, row);
    count(askedBy, `${row.name} ${seat.role}`);
    const before = new Set(seat.may), allowed = may;
    if (row.name === 'open' && may === seat.may) { // it is about whom it names, once it is open
        let who = -1;
        try { who = people.findIndex((one) => one.card === JSON.parse(body).who); } catch { /* no JSON */ }
        const answer = await call(lines, row.name, body), byTicket = about(plain(answer.text));
        if (answer.status === 200) seat.may = new Set(who >= 0 ? [who] : byTicket);
        if (answer.status === 0 || answer.status >= 500) seat.may = new Set([...before, ...(who >= 0 ? [who] : [])]);
        judge(seat, answer.status === 200 ? seat.may : before, row.name, answer);
        return afterCall(seat, row, body, answer);
    }
    const answer = await call(lines, row.name, body);
    judge(lines.Cookie === seat.cookie ? seat : seat.runsSite ? seat : null, allowed, row.name, answer);
    return lines.Cookie === seat.cookie ? afterCall(seat, row, body, answer) : undefined;
};

const elsewhere = ['/', '/healthz', '/metrics', '/index.html', '/call/', '/call/people', '/call/search', '/call/export', '/letter/', '/fhir/Patient',
    '/Patient?name=Zq00xcanary', '/Patient?_lastUpdated=gt2000', '/Patient/$everything', '/$export', '/graphql', '/admin', '/site.db', '/keys.db',
    '/../site.db', '/%2e%2e/site.db', '/call/../letter/', `/${ECHO}`, `/call/${ECHO}`, `/letter/${ECHO}`, '/Observation?code=85354-9', '/Patient?_has:Observation:patient:code=1'];
const askElse = async (seat, isStep = false) => {
    const [lines, dressed] = isStep ? [auth(seat), seat.may] : dress(seat);
    const may = lines['Content-Type'] ? seat.may : dressed; // a request without a body has no type to be wrong
    const isLetter = letters.length > 0 && (isStep || chance(0.5));
    const path = isLetter ? ((isStep || chance(0.5)) && seat.letters.length > 0 ? pick(seat.letters) : pick(letters.slice(-8))) : pick(elsewhere);
    const method = isStep || chance(0.8) ? 'GET' : pick(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST', 'TRACE']);
    const answer = await ask(method, path, lines);
    if (path.endsWith('.pdf') && answer.status === 200 && !seat.letters.includes(path)) fault(`a letter of somebody else's session: ${path}`);
    if (path.endsWith('.pdf') && answer.status === 200 && seat.may.size === 0) fault('a letter of somebody who is not open any more');
    judge(lines.Cookie === seat.cookie ? seat : seat.runsSite ? seat : null, may, isLetter ? 'GET letter' : path.split('?')[0], answer);
};

// --- other programs: each row of api.def, by the token of the view that is open, by one that is over, by none, with ids of others
const api = [...readFileSync('src/api/api.def', 'utf8').matchAll(/^API_(?:ROUTE|NEVER)\("([^"]+)",\s*(\w+),\s*"([^"]+)"(.*)$/gm)]
    .map(([, name, method, path, rest]) => ({ name, method, path, isOpen: /\bANYBODY\)/.test(rest) }));
const types = [...readFileSync('src/api/api_types.def', 'utf8').matchAll(/^API_TYPE\((\w+)/gm)].map(([, type]) => type);
const ids = [], apiAsked = new Set();
const keepIds = (json) => {
    for (const one of [json, ...(Array.isArray(json?.entry) ? json.entry.map((entry) => entry.resource) : [])])
        if (typeof one?.id === 'string' && one.resourceType !== 'Bundle' && !ids.includes(one.id)) ids.push(one.id);
    if (ids.length > 500) ids.splice(0, 100);
};
const pathOf = (path) => path.replaceAll('{type}', () => pick([...types, 'Patient', 'Observation', 'Observation', 'Basic', ECHO]))
    .replaceAll('{id}', () => encodeURIComponent(chance(0.8) && ids.length > 0 ? pick(ids) : pick(['1', 'none.1', ECHO, '*']))).replaceAll('{version}', () => pick(['1', '2', 'x']))
    .replaceAll('{bulk}', '$export').replaceAll('{name}', () => pick(['Observation', '*', ECHO]));
const queries = ['', '', '', '?_count=5', '?_summary=true', '?_elements=id', '?_format=xml', '?_has:Observation:patient:code=1', '?name=Zq00xcanary',
    '?family=Zq00xcanary', '?birthdate=gt1900', '?subject:Patient.name=Zq00xcanary', '?_include=*', '?_revinclude=*', `?${ECHO}=1`, '?a=%zz', '?_lastUpdated=gt2000', `?_id=${'x,'.repeat(300)}`];
const bodies = (seat) => {
    const [one] = seat.may.size === 1 ? [...seat.may] : [], value = Number(one === undefined ? 60.5 : people[one].weight);
    const weight = { resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] }, effectiveDateTime: new Date().toISOString(),
        valueQuantity: { value, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' }, ...(ids.length > 0 && { subject: { reference: `Patient/${pick(ids)}` } }) };
    return pick([weight, weight, { ...weight, note: [{ text: ECHO }] }, { resourceType: 'Patient', name: [{ family: ECHO }] }, [{ op: 'replace', path: '/status', value: 'amended' }],
        { resourceType: 'Bundle', type: pick(['batch', 'transaction']), entry: [{ resource: weight, request: { method: 'POST', url: 'Observation' } }, { request: { method: 'GET', url: `Patient/${pick(ids) ?? 1}` } }] },
        { resourceType: 'Parameters' }, ECHO, null]);
};
const askApi = async (seat, isStep = false, given = undefined) => {
    const known = isStep && seat.patient !== undefined;
    const row = known ? { name: 'fhir-read', method: 'GET', path: `/fhir/Patient/${seat.patient}` } : isStep ? { name: 'fhir-search', method: 'GET', path: '/fhir/Patient' } : given ?? pick(api);
    const token = isStep ? seat.view : pick([seat.view, seat.view, seat.view, seat.view, 'x', ECHO, seat.cookie?.slice(4), `s1.${seat.cookie?.slice(4)}`, undefined]);
    const method = isStep || given || chance(0.95) ? row.method : pick(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST']);
    const path = isStep ? row.path : pathOf(row.path) + (row.name === 'oauth-authorize' ? '' : pick(queries)), has = !['GET', 'HEAD'].includes(method);
    const lines = { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...(chance(0.1) && auth(seat)), ...(chance(0.1) && { Accept: pick(['application/fhir+xml', ECHO, 'application/json']) }),
        ...(has && { 'Content-Type': pick(['application/fhir+json', 'application/fhir+json', 'application/json-patch+json', 'application/x-www-form-urlencoded', ECHO]) }) };
    const answer = await ask(method, path, lines, has ? JSON.stringify(bodies(seat)) : undefined);
    apiAsked.add(`${row.method} ${row.path}`);
    if (token !== undefined && token !== seat.view && ![400, 401, 404, 405, 406, 415, 0].includes(answer.status) && answer.status < 500 && !row.isOpen && path.startsWith('/fhir'))
        fault(`${method} ${row.path} is answered with ${answer.status} to a token that is none`);
    if (answer.status === 200) keepIds(answer.json);
    if (isStep) seat.patient = answer.status === 200 && !known ? answer.json.entry?.[0]?.resource?.id : undefined;
    judge(seat, seat.view === token ? seat.may : new Set(), `api ${row.name}`, answer);
};

// --- all at once
let asked = 0, ended = 0;
const SIGNALS = ['SIGKILL', 'SIGSEGV', 'SIGABRT'];
const killing = async () => {
    const every = requests / (kills + 1);
    while (ended < kills) {
        while (asked < every * (ended + 1)) await pause(2);
        const pid = processOf(server, ['gate', 'web', 'paper'][ended % 3]);
        if (pid === 0) { await pause(5); continue; }
        process.kill(pid, SIGNALS[Math.floor(ended / 3) % 3]);
        ended++;
        while (processOf(server, ['gate', 'web', 'paper'][(ended - 1) % 3]) === pid) await pause(1);
    }
};
const working = async (seat) => {
    for (const row of kills > 0 ? [] : calls) { // every call by everybody once, whatever chance says
        asked++;
        await askCall(seat, row);
    }
    for (const row of kills > 0 || seat !== seats[0] ? [] : api) { // and every route of the API
        asked++;
        await askApi(seat, false, row);
    }
    while (asked < requests && faults.length < 15) {
        asked++;
        await (chance(kills > 0 ? 0.9 : 0.75) ? askCall(seat) : chance(0.5) ? askApi(seat) : askElse(seat));
    }
};
for (const seat of seats) await login(seat);
const done = killing();
await Promise.all(seats.map(working));
if (faults.length === 0) await done;

// Random requests need not bring about what takes a key of a device, or a register in a certain state.
const needsProof = (row) => row.needed.some((member) => !known.has(member)) || /^(?:staff-|remind$)/.test(row.name);
// While processes are killed few requests are answered at all: of what is asked seldom there may be none in a short run.
const asMuch = kills > 0 ? (requests < 5000 ? ['open', 'measure'] : ['open', 'measure', 'inbox']) : calls.filter((row) => !needsProof(row)).map((row) => row.name);
const unanswered = () => [...asMuch, ...(kills === 0 ? ['GET letter', 'api fhir-search', 'api fhir-read'] : [])].filter((name) => !got[name]);
// What chance did not bring about, some visits as they should be do.
for (let walk = 0; kills === 0 && walk < 5 && (unanswered().length > 0 || own < requests / 40); walk++)
    for (const seat of seats) {
        for (let i = 0; i < visit.length; i++, asked++) await askCall(seat, undefined, true);
        for (const row of calls.filter(({ name }) => unanswered().includes(name))) await askCall(seat, row);
        for (let i = 0; i < 20 && unanswered().some((name) => name.startsWith('api ')); i++, asked++) await askApi(seat);
    }

// --- what is left: numbers, log, files, what /proc shows of each process; while it runs and after
const [metrics, health] = [await ask('GET', '/metrics', {}), await ask('GET', '/healthz', {})];
if (metrics.status !== 200 || health.status !== 200) fault(`/metrics ${metrics.status}, /healthz ${health.status}`);
for (const name of found(marks, metrics.text + health.text)) fault(`/metrics or /healthz: ${name}`);
for (const pid of [server.pid, ...['gate', 'web', 'paper'].map((name) => processOf(server, name)).filter((pid) => pid > 0)])
    for (const file of ['cmdline', 'environ'])
        for (const name of found(marks, readFileSync(`/proc/${pid}/${file}`))) fault(`/proc/${pid}/${file}: ${name}`);
const look = (when) => {
    for (const folder of foldersText.split(':')) for (const where of foundIn(marks, folder)) fault(`${where} (${when})`);
};
look('while it runs');
const status = await server.end();
if (status !== 0) fault(`it ended with ${status}`);
look('after it ended');
for (const name of found([...marks, { name: 'a secret', text: SECRET }], server.log + server.out)) fault(`the log: ${name}`);

// --- and that it was a test: people were looked at, each call was answered, what is looked for is found where it is
if (own < requests / 40) fault(`only ${own} answers were about somebody`);
const unasked = kills > 0 ? [] : calls.filter((row) => seats.some((seat) => !askedBy[`${row.name} ${seat.role}`]));
if (unasked.length > 0) fault(`not asked by every role: ${unasked.map((row) => row.name)}`);
const silent = kills > 0 || requests < 2000 ? [] : api.filter(({ method, path }) => !apiAsked.has(`${method} ${path}`));
if (silent.length > 0) fault(`routes of the API that were not asked: ${silent.map(({ method, path }) => `${method} ${path}`)}`);
const never = unanswered();
if (never.length > 0) fault(`never answered: ${never}`);
if (found(marks, `"${people[0].family}" 1${people[0].weight} ${Buffer.from(people[1].card).toString('hex')}`).join() !== `family of 0,card of 1`)
    fault('the search does not find what is there');
console.log(`${asked} requests by ${seats.length} sessions and by nobody, ${ended} ends of processes: ${own} answers about one person, ` +
    `answers by status ${JSON.stringify(seen)}`);
for (const one of faults) console.log(`FAULT ${one}`);
process.exitCode = faults.length > 0 ? 1 : 0;
agent.destroy();
