// SPDX-License-Identifier: Apache-2.0
// api.mjs SECONDS READS - reads, creates, searches and everything over HTTP: Salve with all its processes against the peer
// (api_peer.mjs), the same record of 1,000 Observations and the same requests, in turns. A figure is requests a second of
// CPU of the server; the median of three turns; ROW=create: of that row alone. Then READS reads of one record: what the
// processes hold before and after.
import { spawn } from 'node:child_process';
import { Agent, request as ask } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const [seconds = 1, reads = 200000, writes = 2000] = process.argv.slice(2).map(Number), COUNT = 1000, TURNS = 3, AT_ONCE = 8, CLIENTS = 3;
const CODES = ['8480-6', '8462-4', '29463-7', '8302-2', '8867-4', '9279-1', '8310-5', '59408-5', '56086-2', '39156-5'];
const children = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const allOf = (pid) => [pid, ...children(pid).flatMap(allOf)];
// Every thread of a process: schedstat of /proc/PID is of its first one alone.
const cpuOf = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
const pssOf = (pid) => Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;
const sum = (list) => list.reduce((a, b) => a + b, 0), median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

class Server {
    constructor(name, origin, pid, token, ids = [], patient = '') {
        Object.assign(this, { name, origin: new URL(origin), pid, token, agent: new Agent({ keepAlive: true, maxSockets: AT_ONCE }), ids, patient });
    }
    cpu() { return sum(allOf(this.pid).map(cpuOf)); }
    pss() { return sum(allOf(this.pid).map(pssOf)); }
    ask(method, path, body) {
        const headers = { ...(this.token && { Authorization: `Bearer ${this.token}` }), ...(body && { 'Content-Type': 'application/fhir+json', 'Content-Length': Buffer.byteLength(body) }) };
        return new Promise((resolve, reject) => ask({ host: this.origin.hostname, port: this.origin.port, path: `/fhir${path}`, method, headers, agent: this.agent }, (reply) => {
            let text = '';
            reply.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => (reply.statusCode < 300 ? resolve(text) : reject(new Error(`${this.name}: ${method} ${path}: ${reply.statusCode} ${text.slice(0, 300)}`))));
        }).on('error', reject).end(body));
    }
    /** rate - requests a second of CPU, asked by all clients for that many seconds; or `most` of them. */
    async rate(row, most = Infinity) {
        const before = this.cpu();
        const { name, origin, token, ids, patient } = this, data = { name, origin: origin.href, token, ids, patient, row, most: most / CLIENTS };
        const counts = await Promise.all(Array.from({ length: CLIENTS }, () => new Promise((resolve, reject) =>
            new Worker(new URL(import.meta.url), { workerData: data, argv: process.argv.slice(2) }).on('message', resolve).on('error', reject))));
        return { rate: sum(counts) / (this.cpu() - before), done: sum(counts) };
    }
    async asked(row, most) {
        const until = most === Infinity ? Date.now() + seconds * 1000 : Infinity;
        let done = 0;
        await Promise.all(Array.from({ length: AT_ONCE }, async () => {
            while (Date.now() < until && done < most) { done++; await ROWS[row](this); }
        }));
        return done;
    }
    async fill() {
        for (let from = 0; from < COUNT; from += 100) {
            const entry = Array.from({ length: 100 }, (_, i) => ({ request: { method: 'POST', url: 'Observation' }, resource: made(this, from + i) }));
            const { entry: answers } = JSON.parse(await this.ask('POST', '', JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })));
            for (const { response } of answers) this.ids.push(/Observation\/([^/]+)/.exec(response.location)[1]);
        }
    }
}
let moment = Date.UTC(2024, 0, 1);
const made = (server, i) => ({ resourceType: 'Observation', status: 'final', subject: { reference: server.patient },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: CODES[i % CODES.length] }] }, effectiveDateTime: new Date((moment += 60000)).toISOString(),
    valueQuantity: { value: 60 + (i % 20), unit: '1', system: 'http://unitsofmeasure.org', code: UNITS[i % CODES.length] } });
const UNITS = ['mm[Hg]', 'mm[Hg]', 'kg', 'cm', '/min', '/min', 'Cel', '%', 'cm', 'kg/m2'];

const pick = (server) => server.ids[Math.floor(Math.random() * server.ids.length)];
const ROWS = {
    read: (server) => server.ask('GET', `/Observation/${pick(server)}`),
    code: (server) => server.ask('GET', '/Observation?code=http://loinc.org|29463-7&_sort=-date&_count=20'),
    dates: (server) => server.ask('GET', '/Observation?date=gt2024-01-01T06:00:00Z&value-quantity=gt70&_count=20'),
    create: (server) => server.ask('POST', '/Observation', JSON.stringify(made(server, Math.floor(Math.random() * 10)))),
    everything: (server) => server.ask('GET', `/${server.patient}/$everything?_count=1000`),
};
// The last is how often the peer is asked before it is counted: its compiler takes some ten thousand requests.
const TITLES = [['read', 4, 'read', 30000], ['search by code, newest 20 of 100', null, 'code', 0], ['search by date and quantity', null, 'dates', 0],
    ['create, durable against in memory', 0.5, 'create', 20000]];

if (!isMainThread) {
    const { name, origin, token, ids, patient, row, most } = workerData;
    moment += Math.floor(Math.random() * 1e6) * 60000;
    const server = new Server(name, origin, 0, token, ids, patient);
    const done = await server.asked(row, most);
    server.agent.destroy();
    parentPort.postMessage(done);
} else await main();

async function main() {
    const { Site } = await import('../../support/browser.mjs');
    const work = mkdtempSync(join(tmpdir(), 'salve-bench-')), site = new Site(join(work, 'site'));
    const { card } = site.enrol('Amina Haddad');
    await site.start();
    const peer = spawn(process.execPath, ['tests/bench/api/api_peer.mjs'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const address = await new Promise((resolve) => peer.stdout.once('data', (data) => resolve(String(data).trim())));
    const salve = new Server('salve', site.origin, site.server.pid, site.salve('token', card, '--as', 'dr-amina', '--quiet').trim()), other = new Server('fhir-router', address, peer.pid, '');
    try {
        salve.patient = `Patient/${JSON.parse(await salve.ask('GET', '/Patient')).entry[0].resource.id}`;
        other.patient = `Patient/${JSON.parse(await other.ask('POST', '/Patient', '{"resourceType":"Patient"}')).id}`;
        for (const server of [salve, other]) await server.fill();
        for (const [what, aim, row, warm] of TITLES.filter((title) => !process.env.ROW || title[2] === process.env.ROW)) {
            if (warm > 0) await other.rate(row, warm);
            const rates = new Map([[salve, []], [other, []]]);
            for (let turn = 0; turn < TURNS; turn++) for (const server of [salve, other]) rates.get(server).push((await server.rate(row)).rate);
            const [ours, theirs] = [salve, other].map((server) => median(rates.get(server)));
            console.log(`${what.padEnd(36)} salve ${ours.toFixed(0).padStart(7)}/s  fhir-router ${theirs.toFixed(0).padStart(7)}/s  ratio ${(ours / theirs).toFixed(2).padStart(6)}${aim === null ? '' : `  aim ${aim}`}`);
        }
        const whole = await salve.rate('everything');
        console.log(`$everything, 1,000 resources a page   salve ${whole.rate.toFixed(1)}/s of CPU, ${(1000 / whole.rate).toFixed(2)} ms each`);
        for (const [row, most] of [['read', reads], ['create', writes]]) {
            await salve.rate(row, 200);
            const before = salve.pss(), { done } = await salve.rate(row, most);
            console.log(`${done} times ${row}: all processes held ${before.toFixed(1)} MiB before and ${salve.pss().toFixed(1)} MiB after`);
        }
    } finally {
        peer.kill();
        await site.stop();
        rmSync(work, { recursive: true, force: true });
    }
    process.exit(0);
}
