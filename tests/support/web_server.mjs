// SPDX-License-Identifier: Apache-2.0
// A server for tests of the app's own logic: it serves the built files with the headers that Salve sends, and answers the
// calls with made-up people from memory. It judges nothing; what the real server answers is tested over the real server.
// `knobs` turn it away, slow, forgetful of its answers; `seen` is what came.
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { formCalls } from './web_forms.mjs';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.svg': 'image/svg+xml' };
const HEADERS = {
    'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; media-src 'self'; " +
        "worker-src 'self'; require-trusted-types-for 'script'; trusted-types salve",
    'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), bluetooth=(), usb=()',
};
export const TILES = [
    { name: 'kofi', role: 'registrar', secret: 'made-up-1' }, { name: 'lina', role: 'assistant', secret: 'made-up-2' },
    { name: 'dr-amina', role: 'clinician', secret: 'made-up-3' }, { name: 'maria', role: 'manager', secret: 'made-up-4' },
    { name: 'noor', role: 'auditor', secret: 'made-up-5' },
];

// --- codes: the same parity as the program's, so that a made-up card is a card --------------------------------------------
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timesX = (a) => ((a << 1) ^ (a & 16 ? 0x25 : 0)) & 31;
export function codeOf(chars, group, seed) {
    let state = seed;
    const values = Array.from({ length: chars - 1 }, () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16) & 31);
    values.push(timesX(values.reduce((sum, value) => timesX(sum) ^ value, 0)));
    return values.map((v) => ALPHABET[v]).join('').match(new RegExp(`.{1,${group}}`, 'g')).join('-');
}
export const cards = Array.from({ length: 20 }, (_, i) => codeOf(20, 4, i + 1));
export const tickets = Array.from({ length: 3 }, (_, i) => codeOf(6, 3, i + 100));
const NAMES = ['Amara Okonkwo', 'يوسف الحسن', 'Ingrid Marie Sørensen-Halvorsen', 'José da Silva', 'Li Na'];
const personOf = (i) => ({
    name: NAMES[i % NAMES.length] + (i < NAMES.length ? '' : ` ${i}`), birthDate: `19${60 + i}-03-14`, ageYears: 66 - i,
    sex: i % 2 ? 'male' : 'female',
});

const refusal = (status, code, more = {}) => ({ status, body: { error: { code, element: '', why: '' }, ...more } });
const GROUPS = { 'emergency-now': 'emergency', 'same-day': 'today', soon: 'soon' };
/** The inbox as one page. */
function inboxOf(list) {
    const groups = { emergency: 0, today: 0, soon: 0, incomplete: 0, normal: 0 };
    for (const { urgency } of list) groups[GROUPS[urgency] ?? 'normal']++;
    return { tickets: list, next: '', again: false, total: list.length, groups, unreadable: 0 };
}
const ago = (minutes) => new Date(Date.now() - minutes * 60000).toISOString();

// --- a finding with its number line and its numbers of earlier days, as the server places them --------------------------------
const PIECES = [['low', 0, 0.15], ['usual', 0.15, 0.23], ['raised', 0.38, 0.16], ['high', 0.54, 0.46]];
const FINDINGS = {
    signed: [], signedBy: null, signedAt: null, age: 'current', unjudged: false,
    drafts: [{
        id: 'f1', guideline: 'blood-pressure', version: '1.2.0', item: 'bp-category', status: 'assessed', category: 'hypertension', action: '',
        urgency: 'routine', value: '147', value2: '', unit: 'mm[Hg]', define: 'BP category', source: 'ESC 2024', excluded: '', recheck: '',
        meanwhile: '', standing: '', line: 'bp', missing: [], queried: [], queried_why: [], too_old: [], too_old_on: [], not_asked: [],
        because: [], inputs: [], apart: [], place: null, told: null, closed: false, mark: 'see', release: 'in-person', withheld: true, stale: false,
        words: { name: 'Blood pressure', headline: 'Blood pressure is high', meaning: '', action: '', labels: {}, units: { 'mm[Hg]': 'mmHg' } },
        scales: [{
            label: 'upper number', from: 70, to: 200, at: 147, bands: PIECES.map(([name], i) => ({ to: [90, 120, 140, 200][i], name, here: i === 3 })),
            drawn: { pieces: PIECES.map(([, start, size], band) => ({ band, start, size })), at: 0.59, beyond: null, ticks: [{ at: 0, number: 70 }, { at: 0.54, number: 140 }, { at: 1, number: 200 }] },
        }],
        trends: [{
            label: 'upper number', from: 115.1, to: 149.9, bands: PIECES.map(([name]) => name),
            pieces: [{ band: 1, start: 0, size: 0.14 }, { band: 2, start: 0.14, size: 0.57 }, { band: 3, start: 0.71, size: 0.29 }],
            points: [{ x: 0, y: 0.08, date: '2024-11-12', value: '118' }, { x: 0.5, y: 0.46, date: '2025-11-18', value: '131' }, { x: 1, y: 0.92, date: '2026-11-30', value: '147' }],
        }],
    }],
};

// --- who runs the site: made-up staff, tablets, health, log ---------------------------------------------------------------
const CHECKS = ['backup', 'keys-copy', 'verify', 'keys', 'disk', 'clock', 'zone', 'codes', 'log'];
const HEALTH = {
    version: '0.1', build: 'ab'.repeat(32), landlock: true, worst: 'fault', now: ago(0), guessedCodes: 3,
    checks: CHECKS.map((check, i) => ({ check, state: ['good', 'fault', 'look'][i % 3] })),
    backup: { at: ago(600), place: '/var/backups/salve' },
    keys: { epoch: 12, renewedAt: ago(300), copiedAt: null, place: null, renewalsSince: 4 },
    verify: { at: ago(300), findings: 2 }, disk: { freeBytes: 12 * 2 ** 30, bytes: 40 * 2 ** 30, siteBytes: 2 ** 28 },
    times: ['open', 'register', 'consent', 'pressure', 'body', 'exit', 'sign'].map((task, i) => (i % 3 === 1
        ? { task, count: 4, half: null, low: null, high: null, most: null, halfAim: 60000, mostAim: 90000 }
        : { task, count: 120, half: 3100, low: 2600, high: 3900, most: 7400 + 4000 * i, halfAim: 4000, mostAim: 8000 })),
    log: { origin: 'salve.north/1', size: 1296, signedAt: ago(1), publishedAt: null },
};
const PAGES = 3;
const entry = (number, kind, id, facts) => ({ number, what: 'document', kind, id, version: 1, facts });
const logPage = (page) => [
    entry(9 - 3 * page, 'staff', 'lina', { by: 'maria', role: 'assistant', retired: page === 1 }),
    entry(8 - 3 * page, 'guideline', 'blood-pressure', { acceptedBy: 'dr-amina', at: ago(900), version: '1.2.0' }),
    { ...entry(7 - 3 * page, null, null, { epoch: 12 }), what: 'keys' },
];
const OK = { status: 200, body: {} };
function running(knobs) {
    const staff = TILES.map(({ name, role }) => ({ name, printed: name === 'dr-amina' ? 'Dr. Amina Haddad' : name, role, retired: false, pin: true, phrase: false, passkeys: Number(name === 'maria'), totp: false }));
    const tablets = [{ id: 'A1', label: 'Station 1', enrolledAt: ago(9000), lastSeen: ago(20), locked: false, here: false }];
    const account = { passkeys: [], totp: false, phrase: false, pin: true };
    const fresh = (run) => (s, ask) => (knobs.stale ? refusal(403, 'E_STEP_UP') : run(s, ask));
    const has = (s, shown) => shown.secret === s.secret || shown.credential === 'AQID';
    const second = (role, ask) => ['manager', 'clinician'].includes(role) && !(ask.with && ask.withSecret) && !ask.credential;
    const of = (name) => staff.find((one) => one.name === name);
    return {
        challenge: () => ({ status: 200, body: { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }),
        'step-up': (s, shown) => (has(s, shown) ? ((knobs.stale = false), { status: 200, body: { freshUntil: Date.now() + 600000 } }) : refusal(401, 'E_PIN')),
        account: (s) => ({ status: 200, body: { name: s.name, role: s.role, handle: 'AAAAAAAAAAAAAAAAAAAAAA', ...account } }),
        'passkey-add': fresh((_, { label }) => (account.passkeys.push({ id: String(account.passkeys.length), label, credential: 'AQID', added: ago(0), wentBack: null }), (knobs.mustSetUp = false), OK)),
        'passkey-remove': fresh((_, { id }) => ((account.passkeys = account.passkeys.filter((one) => one.id !== id)), OK)),
        'totp-begin': fresh(() => ({ status: 200, body: { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/North%20Clinic:maria?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=North%20Clinic' } })),
        'totp-confirm': fresh((_, { code }) => (code === '123456' ? ((account.totp = true), (knobs.mustSetUp = false), OK) : refusal(401, 'E_PIN'))),
        'secret-set': fresh((s, { secret }) => ((s.secret = secret), OK)),
        tablets: () => ({ status: 200, body: { tablets } }),
        'tablet-enrol': fresh((_, { label }) => (tablets.push({ id: `A${tablets.length + 1}`, label, enrolledAt: ago(0), lastSeen: null, locked: false, here: true }), { status: 200, body: { id: `A${tablets.length}` } })),
        'tablet-lock': fresh((_, { id, locked }) => ((tablets.find((one) => one.id === id).locked = locked), OK)),
        'tablet-remove': fresh((_, { id }) => (tablets.splice(tablets.findIndex((one) => one.id === id), 1), OK)),
        staff: () => ({ status: 200, body: { staff, recovery: knobs.recovery } }),
        'staff-add': fresh((_, ask) => (second(ask.role, ask) ? refusal(403, 'E_ROLE') : (staff.push({ ...of('lina'), name: ask.name, printed: ask.name, role: ask.role }), OK))),
        'staff-role': fresh((_, ask) => (second(ask.role, ask) ? refusal(403, 'E_ROLE') : ((of(ask.name).role = ask.role), OK))),
        'staff-retire': fresh((_, ask) => ((of(ask.name).retired = true), OK)),
        'staff-restart': fresh((_, ask) => (ask.with ? ((of(ask.name).passkeys = 0), OK) : refusal(403, 'E_ROLE'))),
        'staff-recover-stop': () => ((knobs.recovery = null), OK),
        times: () => ({ status: 200, body: {} }),
        health: () => ({ status: 200, body: { ...HEALTH, now: ago(0) } }),
        settings: () => ({ status: 200, body: { settings: { name: 'North Clinic', languages: 'en ar', consentAgeYears: 16, nameIndex: false, zone: 'Europe/Athens',
            clinic: { telephone: '+30 21 0555 0100', places: { 'call-emergency': { name: 'Ambulance', telephone: '112' }, 'ask-now': 'here' } } } } }),
        'site-log': (_, { from }) => ({ status: 200, body: { entries: logPage(Number(from ?? 0)), next: Number(from ?? 0) + 1 < PAGES ? String(Number(from ?? 0) + 1) : null } }),
        certificate: () => ({ status: 200, body: { words: 'amber bridge candle delta ember forest', fingerprint: 'AA:BB', mode: knobs.mode, until: ago(-40 * 1440), names: ['localhost'] } }),
    };
}

// --- calls ---------------------------------------------------------------------------------------------------------------
function calls(knobs, seen) {
    const sessions = new Map(), stored = new Map();
    const login = (session) => ({
        token: session.token, name: session.name, role: session.role, lockSeconds: knobs.lockSeconds, idleSeconds: 300,
        site: { name: 'North Clinic', madeUp: knobs.madeUp, zone: 'Europe/Athens', units: 'si' },
        id: session.name, mustSetUp: knobs.mustSetUp, freshUntil: Date.now() + (knobs.stale ? 0 : 600000),
    });
    const shown = (session) => ({
        person: session.handle, ...personOf(session.who), by: 'card', endsAt: ago(-30), today: [], last: [], waits: false, pending: [], unkept: null,
        work: { ticket: null, tasks: [] }, urgent: knobs.urgent,
    });
    const whoIs = (code) => (cards.includes(code) ? cards.indexOf(code) : tickets.includes(code) ? tickets.indexOf(code) : -1);
    const open = (session, { who }) => {
        if (session.handle && knobs.urgent.length) return refusal(409, 'E_CONFLICT');
        delete session.handle;
        if (whoIs(who) < 0) return refusal(404, 'E_NOT_FOUND');
        Object.assign(session, { handle: randomUUID(), who: whoIs(who) });
        return { status: 200, body: shown(session) };
    };
    const isOpen = (session, { person }) => session.handle !== undefined && session.handle === person && !knobs.withdrawn;
    const measure = (session, ask) => {
        if (!isOpen(session, ask)) return refusal(403, 'E_CONSENT');
        if (knobs.refuses) return refusal(422, knobs.refuses);
        if (!stored.has(ask.key)) {
            stored.set(ask.key, { who: session.who, readings: ask.readings });
            seen.stored.push(ask);
        }
        return { status: 200, body: { state: 'stored', kept: ask.readings.length, findings: [], alarms: [], work: { ticket: null, tasks: [] } } };
    };
    const enter = (tile) => {
        if (!tile) return refusal(401, 'E_PIN');
        const session = { ...tile, id: randomUUID(), token: randomUUID(), locked: false };
        sessions.set(session.id, session);
        return { status: 200, body: login(session), cookie: session.id };
    };
    const table = {
        ...running(knobs),
        site: () => ({ status: 200, body: {
            name: 'North Clinic', madeUp: knobs.madeUp, languages: ['en', 'ar'], version: '0.1', mode: knobs.mode, rpId: 'localhost', pin: knobs.mode === 'local', ...(knobs.demo ? { demo: TILES } : {}),
        } }),
        login: (_, { name, secret }) => enter(TILES.find((one) => one.name === name && one.secret === secret)),
        'login-passkey': () => enter(TILES.find((one) => one.role === 'manager')),
        session: (s) => ({ status: 200, body: { ...login(s), open: s.handle ? { person: s.handle } : null, urgent: knobs.urgent.length > 0 } }),
        lock: (s) => ((s.locked = true), { status: 200, body: {} }),
        unlock: (s, { secret, credential }) => {
            if (secret !== s.secret && credential === undefined) return refusal(401, 'E_PIN');
            s.locked = false;
            s.token = randomUUID();
            return { status: 200, body: login(s) };
        },
        logout: (s) => (knobs.urgent.length ? refusal(409, 'E_CONFLICT') : (sessions.delete(s.id), { status: 200, body: {} })),
        ranges: () => ({ status: 200, body: { words: [] } }),
        open,
        person: (s, ask) => (isOpen(s, ask) ? { status: 200, body: shown(s) } : refusal(403, 'E_CONSENT')),
        close: (s) => {
            if (knobs.urgent.length) return refusal(409, 'E_CONFLICT');
            delete s.handle;
            return { status: 200, body: {} };
        },
        measure,
        ...formCalls(knobs, seen, isOpen, refusal),
        inbox: () => ({ status: 200, body: inboxOf(knobs.tickets) }),
        findings: () => ({ status: 200, body: FINDINGS }),
        letters: () => ({ status: 200, body: { tickets: tickets.map((ticket, i) => ({ ticket, since: ago(60 * i), reach: i === 0 ? 'next-visit' : 'ticket' })) } }),
        releases: () => ({ status: 200, body: { tests: [{ name: 'blood test A', release: 'in-person' }, { name: 'creatinine', release: 'after-review' }, { name: 'height', release: 'at-once' }] } }),
    };
    return (name, cookie, token, ask) => {
        if (!Object.hasOwn(table, name)) return refusal(404, 'E_NOT_FOUND');
        if (['site', 'login', 'login-passkey', 'challenge'].includes(name)) return table[name](null, ask);
        const session = sessions.get(cookie);
        if (!session || knobs.ended) return refusal(401, 'E_SESSION');
        if (session.locked && !['unlock', 'lock', 'logout'].includes(name)) return refusal(423, 'E_LOCKED');
        if (token !== session.token && !['session', 'unlock', 'lock', 'logout'].includes(name)) return refusal(403, 'E_SESSION');
        return table[name](session, ask);
    };
}

// --- the server ----------------------------------------------------------------------------------------------------------
export async function startServer(folder) {
    const knobs = {
        away: false, delayMs: 0, losesAnswers: false, refuses: null, withdrawn: false, ended: false, demo: true, madeUp: true,
        lockSeconds: 120, urgent: [], tickets: [], mode: 'local', mustSetUp: false, stale: false, recovery: null,
    };
    const seen = { stored: [], calls: [], hosts: new Set() };
    const answer = calls(knobs, seen), files = new Map(readdirSync(folder).map((f) => [f, readFileSync(join(folder, f))]));
    const server = createServer((request, reply) => {
        const path = new URL(request.url, 'http://localhost').pathname;
        seen.hosts.add(request.headers.host);
        if (knobs.away) return void request.socket.destroy();
        if (path === '/healthz') return void reply.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}');
        if (!path.startsWith('/call/')) {
            const name = path === '/' ? 'index.html' : extname(path) ? path.slice(1) : `${path.slice(1)}.html`, bytes = files.get(name);
            if (!bytes) return void reply.writeHead(404, HEADERS).end();
            return void reply.writeHead(200, { ...HEADERS, 'Content-Type': TYPES[extname(name)] }).end(bytes);
        }
        let body = '';
        request.on('data', (part) => (body += part));
        request.on('end', () => setTimeout(() => {
            const name = path.slice('/call/'.length), cookie = /sid=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
            seen.calls.push(name);
            const { status, body: given, cookie: next } = answer(name, cookie, request.headers['x-salve-token'], { ...JSON.parse(body), ...(name === 'plan' ? { speaks: (request.headers['accept-language'] ?? 'en').slice(0, 2) } : {}) });
            if (knobs.losesAnswers && name === 'measure') return void request.socket.destroy();
            const headers = { ...HEADERS, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
            if (next) headers['Set-Cookie'] = `sid=${next}; HttpOnly; SameSite=Strict; Path=/`;
            return void reply.writeHead(status, headers).end(JSON.stringify(given));
        }, knobs.delayMs));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    return {
        url: `http://127.0.0.1:${server.address().port}`, named: `http://localhost:${server.address().port}`, knobs, seen,
        close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
    };
}
