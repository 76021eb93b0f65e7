// SPDX-License-Identifier: Apache-2.0
// A server for tests of the app's own logic: it serves the built files with the headers that Salve sends, and answers the
// calls with made-up people from memory. It judges nothing; what the real server answers is tested over the real server.
// `knobs` turn it away, slow, forgetful of its answers; `seen` is what came.
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { randomUUID } from 'node:crypto';

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
    { name: 'dr-amina', role: 'clinician', secret: 'made-up-3' },
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
const ago = (minutes) => new Date(Date.now() - minutes * 60000).toISOString();

// --- calls ---------------------------------------------------------------------------------------------------------------
function calls(knobs, seen) {
    const sessions = new Map(), stored = new Map();
    const login = (session) => ({
        token: session.token, name: session.name, role: session.role, lockSeconds: knobs.lockSeconds, idleSeconds: 300,
        site: { name: 'North Clinic', madeUp: knobs.madeUp, zone: 'Europe/Athens', units: 'si' },
    });
    const shown = (session) => ({
        person: session.handle, ...personOf(session.who), by: 'card', endsAt: ago(-30), today: [], last: [],
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
    const table = {
        site: () => ({ status: 200, body: {
            name: 'North Clinic', madeUp: knobs.madeUp, languages: ['en', 'ar'], version: '0.1', ...(knobs.demo ? { demo: TILES } : {}),
        } }),
        login: (_, { name, secret }) => {
            const tile = TILES.find((one) => one.name === name && one.secret === secret);
            if (!tile) return refusal(401, 'E_PIN');
            const session = { ...tile, id: randomUUID(), token: randomUUID(), locked: false };
            sessions.set(session.id, session);
            return { status: 200, body: login(session), cookie: session.id };
        },
        session: (s) => ({ status: 200, body: { ...login(s), open: s.handle ? { person: s.handle } : null, urgent: knobs.urgent.length > 0 } }),
        lock: (s) => ((s.locked = true), { status: 200, body: {} }),
        unlock: (s, { secret }) => {
            if (secret !== s.secret) return refusal(401, 'E_PIN');
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
        inbox: () => ({ status: 200, body: { tickets: knobs.tickets } }),
    };
    return (name, cookie, token, ask) => {
        if (!Object.hasOwn(table, name)) return refusal(404, 'E_NOT_FOUND');
        if (name === 'site' || name === 'login') return table[name](null, ask);
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
        lockSeconds: 120, urgent: [], tickets: [],
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
            const { status, body: given, cookie: next } = answer(name, cookie, request.headers['x-salve-token'], JSON.parse(body));
            if (knobs.losesAnswers && name === 'measure') return void request.socket.destroy();
            const headers = { ...HEADERS, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
            if (next) headers['Set-Cookie'] = `sid=${next}; HttpOnly; SameSite=Strict; Path=/`;
            return void reply.writeHead(status, headers).end(JSON.stringify(given));
        }, knobs.delayMs));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    return {
        url: `http://127.0.0.1:${server.address().port}`, knobs, seen,
        close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
    };
}
