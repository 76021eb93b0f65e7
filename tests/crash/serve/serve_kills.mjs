// SPDX-License-Identifier: Apache-2.0
// serve_kills CARD KILLS SEED WORDS... - saves one weight after the other over HTTP while processes of the server are
// killed at points of time that a seed decides, each save with its key until it is acknowledged. It prints the weights
// that were, a line each, and then what was seen.
import { randomUUID } from 'node:crypto';
import { App, pause, processOf, random, serve } from '../../support/app.mjs';

const [card, killsText, seedText, ...words] = process.argv.slice(2);
const kills = Number(killsText), next = random(Number(seedText));
const server = await serve(words);
const app = new App(server.origin);
const counts = { gate: 0, web: 0, paper: 0 }, seen = {};
let person = '', killed = 0, stored = 0, isOver = false, longestMs = 0;

const recover = async (status) => {
    if (status === 401 || app.token === '') await app.call('login', { name: 'lina', secret: '246802' });
    const opened = await app.call('open', { who: card });
    if (opened.status === 200) person = opened.json.person;
    return opened;
};

const store = async (kilograms) => {
    const key = randomUUID(), began = performance.now();
    const readings = [{ word: 'weight', text: kilograms.toFixed(1) }];
    for (let tries = 0; performance.now() - began < 30000; tries++) {
        const answer = await app.call('measure', { person, key, readings, confirmed: [[0, 0]] });
        if (answer.status === 200 && answer.json.state === 'stored') {
            longestMs = Math.max(longestMs, performance.now() - began);
            console.log(`stored ${kilograms.toFixed(1)}`);
            return;
        }
        const why = `${answer.status} ${answer.json.error?.code ?? answer.json.state}`;
        seen[why] = (seen[why] ?? 0) + 1;
        const opened = await recover(answer.status);
        if (opened.status !== 200) await pause(20);
    }
    throw new Error(`not stored within 30 s: ${JSON.stringify(seen)}`);
};

const killing = async () => {
    const names = Object.keys(counts);
    for (let before = 0; killed < kills; before = stored) {
        while (stored === before) await pause(1); // at a save that is under way, and no two at the same one
        await pause(next() * 30);
        const name = names[Math.floor(next() * names.length)], pid = processOf(server, name);
        if (pid === 0) continue;
        process.kill(pid, 'SIGKILL');
        counts[name]++;
        killed++;
        while (processOf(server, name) === pid) await pause(1);
    }
    isOver = true;
};

await recover(401);
const done = killing();
for (; !isOver || stored < 3; stored++) await store(50 + stored / 10);
await done;
await store(50 + stored++ / 10); // it answers again
const status = await server.end();
console.log(`seen ${killed} kills (${Object.entries(counts).map((count) => count.join(' ')).join(', ')}) during ${stored} saves; the ` +
    `longest took ${Math.round(longestMs)} ms; refused meanwhile: ${JSON.stringify(seen)}`);
console.log(`anew ${(server.log.match(/"what":"ready"/g) ?? []).length - 3}`);
console.log(`ended ${status}`);
