// SPDX-License-Identifier: Apache-2.0
// never_withdrawn PEOPLE ROUNDS SALVE WORDS... - three stations have a person open on the running server and read as fast
// as they can, over several connections each, also the letter that was made before; meanwhile the right to it ends, by a
// command beside the server or by a call. No request that was begun after that was acknowledged gets anything of them.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { App, pause, serve } from '../../support/app.mjs';
import { found } from '../../support/canary.mjs';

const [peopleFile, roundsText, salve, ...words] = process.argv.slice(2);
const people = readFileSync(peopleFile, 'utf8').trim().split('\n').map((line) => {
    const [card, family, given, born, weight] = line.split(' ');
    return { card, born, weight, marks: [family, given, born, weight].map((text) => ({ name: text, text })) };
});
const server = await serve(words);
const faults = [], counts = { before: 0, after: 0, letters: 0 };
const must = (what, { status, json }) => {
    if (status !== 200) throw new Error(`${what}: ${status} ${JSON.stringify(json)}`);
    return json;
};
const login = async (name) => {
    const station = Object.assign(new App(server.origin), { name });
    must(`${name} logs in`, await station.call('login', { name, secret: '246802' }));
    return station;
};

// A command beside the server: the moment at which it said that it is done.
const command = (...rest) => new Promise((over, fail) => {
    let at = 0, said = '';
    const child = spawn(salve, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    const hear = (bytes) => { said += bytes; };
    child.stdout.on('data', (bytes) => { at ||= performance.now(); hear(bytes); });
    child.stderr.on('data', hear);
    child.on('close', (status) => (status === 0 ? over(at || performance.now()) : fail(new Error(`${rest.join(' ')}: ${status} ${said}`))));
});
const called = async (station, name) => {
    must(name, await station.call(name));
    return performance.now();
};

// What ends a right: [name, how, whose requests have to end].
const all = () => true, is = (name) => (station) => station.name === name;
const ends = [
    ['withdrawn', (person) => command('withdraw', person.card, '--purpose', 'care', '--born', person.born), all],
    ['erased', (person) => command('erase', person.card, '--as', 'kofi', '--at-once', '--yes'), all],
    ['decided anew', (person) => command('consent', 'give', person.card, '--purpose', 'care', '--read-back', '1', '--as', 'kofi'), all],
    ['another card', (person) => command('card', person.card, '--born', person.born), all],
    ['locked', (person, stations) => called(stations[0], 'lock'), is('lina')],
    ['logged out', (person, stations) => called(stations[0], 'logout'), is('lina')],
    ['retired', () => command('staff', 'retire', 'maria', '--as', 'manager'), is('maria')],
];

const letterOf = async (station, path) => {
    const answer = await fetch(server.origin + path, { headers: { Cookie: station.cookie } });
    return { status: answer.status, json: { text: await answer.text() } };
};

const reading = async (station, person, state) => {
    for (let i = 0; !state.isOver; i++) {
        const began = performance.now(), isLetter = station.letter && i % 3 === 2;
        const { status, json } = isLetter ? await letterOf(station, station.letter)
            : await station.call(i % 2 ? 'person' : 'findings', { person: station.person });
        state.got.push({ station, began, status, isLetter, who: found(person.marks, JSON.stringify(json)) });
    }
};

const round = async ([name, end, whose], person) => {
    const stations = [await login('lina'), await login('dr-amina')];
    if (!state.isRetired) stations.push(await login('maria'));
    const doctor = stations[1], read = [{ word: 'no-danger-signs', text: 'yes' }, { word: 'bp', text: '126/82' }, { word: 'weight', text: person.weight }];
    for (const station of stations) station.person = must('open', await station.call('open', { who: person.card })).person;
    must('measure', await doctor.call('measure', { person: doctor.person, key: randomUUID(), readings: read, confirmed: [[1, 0], [1, 1], [2, 0]] }));
    must('findings', await doctor.call('findings', { person: doctor.person }));
    must('sign', await doctor.call('sign', { person: doctor.person, leave: [] }));
    doctor.letter = must('letter', await doctor.call('letter', { person: doctor.person, language: 'en', untold: true })).html;
    const now = { isOver: false, got: [] };
    const readers = stations.flatMap((station) => [1, 2].map(() => reading(station, person, now)));
    await pause(150);
    const at = await end(person, stations);
    await pause(150);
    now.isOver = true;
    await Promise.all(readers);
    const held = now.got.filter((one) => whose(one.station));
    const before = held.filter((one) => one.began < at && one.status === 200 && one.who.length > 0);
    const after = held.filter((one) => one.began >= at);
    counts.before += before.length;
    counts.after += after.length;
    counts.letters += after.filter((one) => one.isLetter).length;
    for (const one of after)
        if (one.status === 200 || one.who.length > 0)
            faults.push(`${name}: ${one.isLetter ? 'the letter' : 'a reading'} by ${one.station.name}, begun ${(one.began - at).toFixed(2)} ms after: ${one.status} ${one.who}`);
    if (before.length < 3 || after.length < 3) faults.push(`${name}: ${before.length} readings before, ${after.length} after: too few`);
};

const state = { isRetired: false };
for (let i = 0; i < Number(roundsText); i++) {
    const kinds = state.isRetired ? ends.slice(0, -1) : ends, kind = kinds[i % kinds.length];
    await round(kind, people[i]);
    state.isRetired ||= kind[0] === 'retired';
}
console.log(`${roundsText} ends of a right: ${counts.before} readings before, ${counts.after} after (${counts.letters} of letters)`);
console.log(`ended ${await server.end()}`);
for (const one of faults.slice(0, 12)) console.log(`FAULT ${one}`);
process.exitCode = faults.length > 0 || counts.letters === 0 ? 1 : 0;
