// SPDX-License-Identifier: Apache-2.0
// never_looks PEOPLE LOOKS SEED SALVE WORDS... - stations open people over the running server, by card and by ticket, read
// as often as they like, close, leave, log out, and lose their web process; then the log may grow no more. It prints a line
// 'CARD staff accesses closings' for what was acknowledged, and what must not have been.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { App, pause, processOf, random, serve } from '../../support/app.mjs';
import { found } from '../../support/canary.mjs';

const [peopleFile, looksText, seedText, salve, ...words] = process.argv.slice(2);
const looks = Number(looksText), next = random(Number(seedText)), pick = (list) => list[Math.floor(next() * list.length)];
const people = readFileSync(peopleFile, 'utf8').trim().split('\n').map((line) => {
    const [card, family, given, born, weight] = line.split(' ');
    return { card, weight, born, marks: [family, given, born, weight].map((text) => ({ name: text, text })) };
});
const marks = people.flatMap((person) => person.marks);
const server = await serve(words);
const stations = ['lina', 'maria', 'dr-amina'].map((name) => Object.assign(new App(server.origin), { name, person: '', who: null }));
const faults = [], done = {};
const fault = (what) => faults.push(what);
const must = (what, { status, json }) => { if (status !== 200) fault(`${what}: ${status} ${JSON.stringify(json.error ?? '')}`); return json; };
const note = (card, name, what) => { ((done[card] ??= {})[name] ??= { access: 0, read: 0 })[what]++; };
const login = async (station) => must(`${station.name} logs in`, await station.call('login', { name: station.name, secret: '246802' }));

// What is closed after something was read has a closing note.
const isClosed = (station) => {
    if (station.who) note(station.who.card, station.name, 'read');
    Object.assign(station, { who: null, person: '' });
};
const open = async (station, person, key = person.card) => {
    await station.call('not-told', { person: station.person, why: 'left' }); // an alarm of the one before waits for no outcome
    const answer = await station.call('open', { who: key });
    if (answer.status !== 200) { fault(`open: ${answer.status} ${JSON.stringify(answer.json)}`); return; }
    isClosed(station);
    Object.assign(station, { who: person, person: answer.json.person });
    note(person.card, station.name, 'access');
};

// --- looks, as many as one likes
for (const station of stations) await login(station);
for (const person of people) { // a weight of their own, and a pressure that leaves a ticket behind
    const station = stations[0];
    await open(station, person);
    for (const [word, text] of [['no-danger-signs', 'yes'], ['weight', person.weight], ['bp', '186/96']])
        must('measure', await station.call('measure',
            { person: station.person, key: randomUUID(), readings: [{ word, text }], confirmed: [[0, 0]] }));
    person.ticket = (await station.call('person', { person: station.person })).json.work?.ticket;
    if (!person.ticket) fault('no ticket');
}
for (let i = 0; i < looks; i++) {
    const station = pick(stations), person = pick(people);
    await open(station, person, next() < 0.3 ? person.ticket : person.card);
    for (let reads = Math.floor(next() * 4); reads > 0; reads--)
        must('read', await station.call(pick(['person', 'findings']), { person: station.person }));
    const how = Math.floor(next() * 6);
    if (how < 3) await station.call('not-told', { person: station.person, why: 'left' });
    if (how === 0) { must('close', await station.call('close', { person: station.person })); isClosed(station); }
    if (how === 1 && i % 4 === 0) { must('logout', await station.call('logout')); isClosed(station); station.token = ''; await login(station); }
    if (i % Math.ceil(looks / 3) === 5) { // what it had open goes on, under its leaf, and has a note that it was handed out again
        const web = processOf(server, 'web');
        process.kill(web, 'SIGKILL');
        for (let tries = 0; tries < 500 && [0, web].includes(processOf(server, 'web')); tries++) await pause(10);
        await pause(100);
        for (const station of stations) {
            const { open: is } = must('session', await station.call('session'));
            if ((is?.person ?? '') !== station.person) fault(`${station.name} has another one open`);
            if (station.who) note(station.who.card, station.name, 'read');
        }
    }
}

// Notes of closings wait for the next commit: one more opening, whose own note finds no room below.
for (const station of stations) {
    await station.call('not-told', { person: station.person, why: 'left' });
    if (station.person) { must('close', await station.call('close', { person: station.person })); isClosed(station); }
}
await open(stations[0], people[0]);

// --- a log that cannot grow hands out nothing more; what is open has its leaf
const gate = processOf(server, 'gate');
const refused = (what, status, text) => {
    const who = found(marks, text);
    if (status === 200 || status === '0' || who.length > 0) fault(`${what} with a log that cannot be written: ${status}, ${who}`);
};
execFileSync('prlimit', [`--pid=${gate}`, '--fsize=1:']);
const own = { card: people[0], ticket: people[1] };
const waiting = stations.filter((station) => station.person).map(({ name, who }) => [who.card, name]);
for (let i = 0; i < 4; i++)
    for (const station of stations) {
        await station.call('not-told', { person: station.person, why: 'left' });
        if (station.person) await station.call('close', { person: station.person });
        Object.assign(station, { who: null, person: '' }); // its note waits for room
        for (const who of [own.card.card, own.ticket.ticket]) {
            const { status, json } = await station.call('open', { who });
            refused('open', status, JSON.stringify(json));
        }
    }
for (const command of [['screen', own.card.card, '--as', 'lina'], ['results', own.card.card, '--born', own.card.born],
    ['take', own.card.card, '--born', own.card.born], ['take', own.card.card, '--as', 'kofi'], ['letter', own.card.card, '--as', 'lina', '-o', '-'],
    ['looked', own.card.card, '--born', own.card.born], ['receipt', own.card.card, '--born', own.card.born]]) {
    const { status, stdout, stderr } = spawnSync(salve, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    refused(`salve ${command[0]}`, `${status}`, stdout + stderr);
}
if (processOf(server, 'gate') !== gate) fault('the gate ended');
execFileSync('prlimit', [`--pid=${gate}`, '--fsize=unlimited:']);
const later = await stations[0].call('open', { who: own.card.card });
if (later.status === 200) { // it may go on only if it has a leaf again
    Object.assign(stations[0], { who: own.card, person: later.json.person });
    note(own.card.card, stations[0].name, 'access');
    for (const [card, name] of waiting) note(card, name, 'read');
} else refused('open, afterwards', later.status, JSON.stringify(later.json));
console.log(`seen with room again: ${later.status}`);
console.log(`ended ${await server.end()}`);
if (stations[0].who) isClosed(stations[0]);
for (const [card, by] of Object.entries(done))
    for (const [name, { access, read }] of Object.entries(by)) console.log(`looks ${card} ${name} ${access} ${read}`);
if (found(marks, server.log).length > 0) fault(`the log has ${found(marks, server.log)}`);
for (const one of faults.slice(0, 10)) console.log(`FAULT ${one}`);
process.exitCode = faults.length > 0 ? 1 : 0;
