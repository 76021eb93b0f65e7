// SPDX-License-Identifier: Apache-2.0
// app - what a browser of a station does, for tests of a running server: one session, its cookie and its token.
//
//     const server = await serve([...words]);     // the program and its words; server.origin, server.pid, server.end()
//     const app = new App(server.origin);
//     await app.call('login', { name, secret });  // { status, json }; a connection that breaks is status 0
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export class App {
    constructor(origin) { Object.assign(this, { origin, cookie: '', token: '' }); }

    async call(name, body = {}, more = {}) {
        const headers = {
            'Content-Type': 'application/json', Origin: this.origin, 'Sec-Fetch-Site': 'same-origin',
            ...(this.cookie && { Cookie: this.cookie }), ...(this.token && { 'X-Salve-Token': this.token }), ...more,
        };
        try {
            const answer = await fetch(`${this.origin}/call/${name}`,
                { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(20000) });
            const text = await answer.text();
            const set = answer.headers.getSetCookie?.()[0];
            if (set) this.cookie = set.split(';')[0];
            const json = text.startsWith('{') ? JSON.parse(text) : { text };
            if (json.token) this.token = json.token;
            return { status: answer.status, json };
        } catch (error) {
            return { status: 0, json: { error: { code: String(error.cause?.code ?? error.name) } } };
        }
    }
}

// serve - runs the words until they print an address; what goes to standard error is kept in `log`.
export const serve = (words, environment = {}) => new Promise((resolve, reject) => {
    const child = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    const server = { pid: child.pid, child, log: '', out: '' };
    server.ended = new Promise((over) => child.on('exit', (status, signal) => over(signal ?? status)));
    server.end = (signal = 'SIGTERM') => { child.kill(signal); return server.ended; };
    server.ended.then((status) => reject(new Error(`it ended with ${status}: ${server.log}`)));
    const read = (name) => (bytes) => {
        server[name] += bytes;
        const address = /https?:\/\/[^\s/]+/.exec(server.out + server.log);
        if (address) resolve(Object.assign(server, { origin: address[0] }));
    };
    child.stdout.on('data', read('out'));
    child.stderr.on('data', read('log'));
});

// processOf - pid of the process of that name ("gate") that a server has; 0: none at the moment.
export const processOf = (server, name) => {
    try {
        for (const pid of readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' '))
            if (pid && readFileSync(`/proc/${pid}/comm`, 'utf8') === `salve-${name}\n`) return Number(pid);
    } catch { /* it ended meanwhile */ }
    return 0;
};

export const pause = (ms) => new Promise((over) => setTimeout(over, ms));

// random - numbers of [0, 1) from a seed, so that a run can be repeated.
export const random = (seed) => () => {
    seed = (seed + 0x9e3779b9) >>> 0;
    let z = seed;
    z = Math.imul(z ^ z >>> 16, 0x85ebca6b);
    z = Math.imul(z ^ z >>> 13, 0xc2b2ae35);
    return ((z ^ z >>> 16) >>> 0) / 2 ** 32;
};
