// SPDX-License-Identifier: Apache-2.0
// start ACCEPTED PROGRAM WORDS... - starts it several times: medians, each beside its aim.
import { get } from 'node:http';
import { readFileSync, statSync } from 'node:fs';
import { pause, serve } from '../../support/app.mjs';

const TURNS = 7, [accepted, program, ...words] = process.argv.slice(2);
const childrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
const pss = (pid) => Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;
const cpuMs = (pid) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const sum = (list) => list.reduce((a, b) => a + b, 0);
const row = (what, is, aim, unit) => console.log(`${what.padEnd(58)} ${is.toFixed(1).padStart(8)} ${unit.padEnd(3)}` +
    (aim === null ? '' : `  aim at most ${aim} ${unit}  ratio ${(is / aim).toFixed(2)}`));

// The bytes of an answer as they come, packed if the server packs them.
const load = (address) => new Promise((resolve, reject) => get(address, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part)).on('end', () => resolve({ bytes: Buffer.concat(parts), status: answer.statusCode }));
}).on('error', reject));

// Page, style, script and picture, and the words of the larger language.
async function firstLoad(origin) {
    const page = await (await fetch(origin)).text(), sizes = [(await load(origin)).bytes.length], languages = [];
    const named = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((found) => found[1]);
    const paths = new Set(named.filter((path) => /\.(js|css|svg)$/.test(path)));
    for (const path of paths) { // grows by what scripts import at once
        const { bytes, status } = await load(origin + path);
        if (status !== 200) throw new Error(path);
        sizes.push(bytes.length);
        if (!/\.js$/.test(path)) continue;
        const script = await (await fetch(origin + path)).text();
        for (const found of script.matchAll(/(?:from|import)\s*"\.(\/[^"]+\.js)"/g)) paths.add(found[1]);
        for (const word of new Set(script.match(/\b(en|ar)-[A-Z0-9]+\.js\b/gi) ?? [])) {
            const found = await load(`${origin}/${word}`);
            if (found.status === 200) languages.push(found.bytes.length);
        }
    }
    if (languages.length === 0) throw new Error('no words');
    return (sum(sizes) + Math.max(...languages)) / 1000;
}

const first = [], cpu = [], ends = [];
let held = [], loaded = 0;
for (let i = 0; i < TURNS; i++) {
    const began = performance.now(), server = await serve([program, ...words]);
    await (await fetch(`${server.origin}/healthz`)).text();
    first.push(performance.now() - began);
    const all = [server.pid, ...childrenOf(server.pid)];
    cpu.push(sum(all.map(cpuMs)));
    if (i === 0) {
        loaded = await firstLoad(server.origin);
        await pause(1000);
        held = all.map(pss);
    }
    const told = performance.now();
    await server.end();
    ends.push(performance.now() - told);
}
row(`start with a key file, ${accepted} guidelines, to its first answer`, median(first), 50, 'ms');
row('  the quickest', Math.min(...first), 50, 'ms');
row('  CPU of all processes until then', median(cpu), null, 'ms');
row('idle PSS of all processes', sum(held), 60, 'MB');
row('the program with the app, stripped', statSync(program).size / 1e6, 12, 'MB');
row('first load of the app, gzip', loaded, 120, 'kB');
row('to its end', median(ends), null, 'ms');
