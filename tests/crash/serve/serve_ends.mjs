// SPDX-License-Identifier: Apache-2.0
// serve_ends CARD ROUNDS SEED WORDS... - a server is told to end (SIGTERM) while saves are under way, several times; the save that
// had no answer is made again, with its key, when it runs again. It prints the weights that were acknowledged, a line each.
import { randomUUID } from 'node:crypto';
import { App, pause, random, serve } from '../../support/app.mjs';

const [card, roundsText, seedText, ...words] = process.argv.slice(2);
const next = random(Number(seedText)), rounds = Number(roundsText);
let pending = null, stored = 0, cut = 0, longestMs = 0;

const round = async () => {
    const server = await serve(words), app = new App(server.origin);
    await app.call('login', { name: 'lina', secret: '246802' });
    const person = (await app.call('open', { who: card })).json.person;
    const told = pause(20 + next() * 120).then(() => {
        const began = performance.now();
        return server.end().then((status) => [status, performance.now() - began]);
    });
    for (;;) {
        pending ??= { key: randomUUID(), weight: (50 + stored / 10).toFixed(1) };
        const { status, json } = await app.call('measure', { person, key: pending.key,
            readings: [{ word: 'weight', text: pending.weight }], confirmed: [[0, 0]] });
        if (status !== 200 || json.state !== 'stored') break;
        console.log(`stored ${pending.weight}`);
        pending = null;
        stored++;
    }
    cut += pending !== null;
    const [status, ms] = await told;
    longestMs = Math.max(longestMs, ms);
    console.log(`ended ${status}`);
};

for (let i = 0; i < rounds; i++) await round();
console.log(`seen ${rounds} ends during ${stored} saves, ${cut} of them without an answer; the longest end took ${Math.round(longestMs)} ms`);
