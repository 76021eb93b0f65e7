// SPDX-License-Identifier: Apache-2.0
// Each questionnaire with answers made up by a seed, run by the server (`salve form try`) and by the page (web/form): what is
// asked, which answers there are, which of them cannot be kept. A difference is told with its form, its seed and the place.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';

const BUILD = process.env.BUILD ?? 'build', SALVE = resolve(process.env.SALVE ?? join(BUILD, 'salve'));
const TRIES = process.env.ALL === '1' ? 60 : 3;
let passed = 0, failed = 0;
const folder = mkdtempSync(join(tmpdir(), 'salve-forms-'));
const files = ['forms/questionnaires', 'tests/fixtures/questionnaires', 'tests/unit/form/questionnaires'].filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).filter((name) => name.endsWith('.json')).sort().map((name) => join(path, name)));

await esbuild.build({
    stdin: { contents: 'export * from "./web/form/state.ts"; export * from "./web/form/faults.ts"; export * from "./web/form/values.ts";', resolveDir: '.', loader: 'ts' },
    bundle: true, format: 'esm', platform: 'node', outfile: join(folder, 'form.mjs'), alias: { gen: resolve(BUILD, 'gen') }, logLevel: 'warning',
});
const { allFaults, enteredOf, formOpen, isAsked, isInTheWay, textOf, valueOf } = await import(join(folder, 'form.mjs'));

// Numbers as made up again by the same seed (mulberry32).
function randomOf(seed) {
    let a = seed;
    return () => {
        a = (a + 0x6d2b79f5) | 0;
        let t = Math.imul(a ^ (a >>> 15), 1 | a);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

const JUNK = ['', 'x', '1.', '-', '1e3', '2026-02-30', ' 1', 'true ', '999999999999999999999', '12 stone', '0.123456789'].slice(1);
function textFor(item, random) {
    const pick = (list) => list[Math.floor(random() * list.length)];
    if (random() < 0.04) return pick(JUNK);
    const low = Number(item.min ?? 0), high = Number(item.max ?? 120), number = low + random() * (high - low || 1) * (random() < 0.1 ? 1.4 : 1);
    switch (item.kind) {
        case 'boolean': return random() < 0.5 ? 'true' : 'false';
        case 'integer': return String(Math.round(number));
        case 'decimal': return number.toFixed(Math.min(item.decimals ?? 2, Math.floor(random() * 4)));
        case 'quantity': return number.toFixed(item.decimals === undefined ? 1 : Math.min(1, item.decimals)) + (random() < 0.2 ? ` ${pick(item.units).code}` : '');
        case 'date': return pick(['2026-11-30', '2026-11', '2026', '1972-03-14', '2024-02-29', '2031-01-01']);
        case 'choice': return pick(item.options).value;
        default: return pick(['a', 'Aspirin', 'دواء', '🔥 and more', 'x'.repeat(40)]);
    }
}

function answersFor(items, random, rows = []) {
    return items.flatMap((item) => {
        if (item.kind === 'display' || item.calculated) return [];
        if (item.kind === 'group') {
            const count = item.repeats ? Math.floor(random() * Math.min(4, (item.most ?? 4) + 1)) : 1;
            return Array.from({ length: count }, (_, i) => answersFor(item.items, random, item.repeats ? [...rows, i] : rows)).flat();
        }
        if (random() < 0.3) return [];
        const count = item.repeats ? 1 + Math.floor(random() * 2) : 1, values = Array.from({ length: count }, () => textFor(item, random));
        return [{ link: item.link, ...(rows.length > 0 ? { in: rows } : {}), values }];
    });
}

const keyOf = ({ link, in: rows = [] }) => `${link}@${rows.join('.')}`;
const WHYS = { low: 'range', high: 'range', decimals: 'form' };

// As the page has it, in the form in which the server tells it.
function byPage(form, answers, today) {
    const state = formOpen(form, today, enteredOf(form, answers)), places = [...state.places.values()].flat().filter(({ def }) => def.parent !== null);
    const texts = ({ key, def: { item } }) => (item.calculated ? (state.values.get(key) ?? []).map(textOf)
        : (state.texts.get(key) ?? []).filter((text) => valueOf(item, text) !== null));
    // A row of a group is told by the rows around the group.
    const nameOf = ({ key, rows, def: { item } }) => (item.kind === 'group' && item.repeats ? keyOf({ link: item.link, in: rows.slice(0, -1) }) : key);
    const told = places.filter((place) => isAsked(state, place) && texts(place).length > 0).map((place) => `${place.key} ${JSON.stringify(texts(place))}`);
    return {
        asked: places.filter((place) => isAsked(state, place)).map(nameOf).sort(), answers: told.sort(),
        faults: [...new Set(allFaults(state).filter(isInTheWay).map(({ place, why, say }) => `${nameOf(place)} ${WHYS[why] ?? why} ${say}`.trim()))].sort(),
    };
}

function byServer(file, answers) {
    const path = join(folder, 'answers.json');
    writeFileSync(path, JSON.stringify(answers));
    const run = spawnSync(SALVE, ['form', 'try', file, path], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${file}: ${run.stderr}`);
    const told = JSON.parse(run.stdout);
    return {
        asked: told.asked.map(keyOf).sort(), answers: told.answers.map((one) => `${keyOf(one)} ${JSON.stringify(one.values)}`).sort(),
        faults: [...new Set(told.faults.map((one) => `${keyOf(one)} ${['option', 'unit'].includes(one.why) ? 'form' : one.why} ${one.say ?? ''}`.trim()))].sort(),
    };
}

function differ(name, page, server) {
    const only = (a, b) => a.filter((one) => !b.includes(one));
    for (const what of ['asked', 'answers', 'faults']) {
        const [more, less] = [only(page[what], server[what]), only(server[what], page[what])];
        if (more.length + less.length === 0) passed++;
        else failed++;
        if (more.length + less.length > 0) console.log(`FAILED ${name}: ${what}: the page alone ${more.join(', ')}; the server alone ${less.join(', ')}`);
    }
}

for (const file of files) {
    const shown = spawnSync(SALVE, ['form', 'show', file], { encoding: 'utf8' });
    if (shown.status !== 0) continue; // one that is refused, for tests of that
    const form = JSON.parse(shown.stdout);
    for (let seed = 1; seed <= TRIES; seed++) {
        const answers = answersFor(form.items, randomOf(seed * 7919 + file.length)), today = new Date().toISOString().slice(0, 10);
        differ(`${file} seed ${seed}`, byPage(form, answers, today), byServer(file, answers));
    }
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
