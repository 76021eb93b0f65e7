// SPDX-License-Identifier: Apache-2.0
// Made-up expressions in made-up forms with made-up answers, run by `salve form try`, by the page (web/form), and by fhirpath.js
// on the response that the answers are. node form_oracle.mjs SALVE FORMS SEED FOLDER: forms of 200 expressions each. What fhirpath.js rounds as
// binary numbers counts as the same within 1e-7; where it ends in an error a form has no answer. Not made up, since
// fhirpath.js has them otherwise than FHIRPath: minus of a FHIR number or of nothing, halves below zero that are rounded, characters beyond
// 16 bits, the score of an option that has none, mod of binary fractions. repeat(item) leaves out an item that is equal to one
// before it; a form, where two medicines may well have one dose, does not, so it is asked for items that stand once.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';

const require = createRequire(join(process.cwd(), 'x.js'));
const fhirpath = require('fhirpath'), r4 = require('fhirpath/fhir-context/r4');
const [, , salve, formsText, seedText, folder] = process.argv;
const SDC = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-', FHIR = 'http://hl7.org/fhir/StructureDefinition/';

await esbuild.build({
    stdin: { contents: 'export * from "./web/form/state.ts";', resolveDir: '.', loader: 'ts' }, bundle: true, format: 'esm', platform: 'node',
    outfile: join(folder, 'page.mjs'), alias: { gen: resolve(process.env.BUILD ?? 'build', 'gen') }, logLevel: 'warning',
});
const { enteredOf, formOpen, textOf } = await import(resolve(folder, 'page.mjs'));

// --- chance ---------------------------------------------------------------------------------------------------------
let state = Number(seedText) >>> 0 || 1;
const random = (n) => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state % n;
};
const pick = (list) => list[random(list.length)];

// --- the questions of every form ------------------------------------------------------------------------------------
const unit = { url: `${FHIR}questionnaire-unit`, valueCoding: { system: 'http://unitsofmeasure.org', code: 'kg' } };
const options = [['A', 0], ['B', 1.5], ['C', 2], ['D', 3]].map(([code, score]) => ({
    valueCoding: { system: 'http://loinc.org', code, display: code },
    extension: [{ url: `${FHIR}ordinalValue`, valueDecimal: score }],
}));
const question = (linkId, type, more = {}) => ({ linkId, type, text: linkId, ...more });
const questions = [
    question('b1', 'boolean'), question('b2', 'boolean'), question('i1', 'integer'), question('i2', 'integer'), question('n1', 'decimal'),
    question('n2', 'decimal'), question('t1', 'string'), question('t2', 'string'), question('d1', 'date'), question('d2', 'date'),
    question('q1', 'quantity', { extension: [unit] }), question('c1', 'choice', { answerOption: options }),
    question('cs', 'choice', { answerOption: options, repeats: true }), question('ts', 'string', { repeats: true }),
    question('g', 'group', { item: [question('g1', 'integer'), question('g2', 'choice', { answerOption: options }), question('g3', 'boolean'),
        question('gg', 'group', { item: [question('gg1', 'decimal')] })] }),
    question('r', 'group', { repeats: true, item: [question('r1', 'integer'), question('r2', 'string')] }),
];

const texts = ['', 'a', 'b', 'abc', 'naïve', "it's", 'äöü'].slice(1), dates = ['2026', '2026-05', '2026-05-17', '2025-12-31', '2026-11'];
const numbers = ['0', '1', '2', '3', '-1', '10', '7'], decimals = ['0.5', '1.25', '-2.75', '3', '100', '0.1', '0.2', '2.50'];
const valueOf = {
    boolean: () => pick(['true', 'false']), integer: () => pick(numbers), decimal: () => pick(decimals), string: () => pick(texts),
    date: () => pick(dates), quantity: () => pick(decimals), choice: () => pick(['A', 'B', 'C', 'D']),
};

function answersOf(items, path, out) {
    for (const item of items) {
        const times = item.type === 'group' && item.repeats ? random(4) : 1;
        for (let n = 0; n < times; n++) {
            const place = item.repeats && item.type === 'group' ? [...path, n] : path;
            if (item.type === 'group') { answersOf(item.item, place, out); continue; }
            if (random(4) === 0) continue;
            const values = [valueOf[item.type]()];
            while (item.repeats && random(2) === 0) { const v = valueOf[item.type](); if (item.type !== 'choice' || !values.includes(v)) values.push(v); else break; }
            out.push({ link: item.linkId, ...(path.length > 0 ? { in: path } : {}), values });
        }
    }
    return out;
}

// --- the response that the answers are ------------------------------------------------------------------------------
const fhirValue = {
    boolean: (v) => ({ valueBoolean: v === 'true' }), integer: (v) => ({ valueInteger: Number(v) }), decimal: (v) => ({ valueDecimal: Number(v) }),
    string: (v) => ({ valueString: v }), date: (v) => ({ valueDate: v }),
    quantity: (v) => ({ valueQuantity: { value: Number(v), unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } }),
    choice: (v) => {
        const option = options.find((o) => o.valueCoding.code === v);
        return { valueCoding: { ...option.valueCoding, extension: option.extension } };
    },
};
function itemsOf(items, path, answers) {
    const out = [];
    for (const item of items) {
        const same = (a, place) => JSON.stringify(a.in ?? []) === JSON.stringify(place);
        if (item.type !== 'group') {
            const found = answers.find((a) => a.link === item.linkId && same(a, path));
            if (found) out.push({ linkId: item.linkId, answer: found.values.map(fhirValue[item.type]) });
            continue;
        }
        for (let n = 0; n < (item.repeats ? 4 : 1); n++) {
            const inside = itemsOf(item.item, item.repeats ? [...path, n] : path, answers);
            if (inside.length > 0) out.push({ linkId: item.linkId, item: inside });
        }
    }
    return out;
}

// --- expressions by what they give ----------------------------------------------------------------------------------
// What a probe reads must not be itself, so the questions stand in a group of their own.
const all = "%resource.item.where(linkId = 'all')";
const at = (link) => pick([`${all}.item.where(linkId = '${link}')`, `%resource.repeat(item).where(linkId = '${link}')`,
    `%resource.descendants().where(linkId='${link}')`, `${all}.item.where('${link}' = linkId)`]);
const inGroup = (group, link) => pick([`${all}.item.where(linkId = '${group}').item.where(linkId = '${link}')`,
    `%resource.descendants().where(linkId = '${link}')`]);
const answer = (path) => `${path}.answer.value`;
const many = {
    number: () => pick([answer(inGroup('r', 'r1')), `${answer(at('cs'))}.ordinal()`, `${answer(inGroup('g', 'g2'))}.weight()`,
        `(${answer(at('i1'))} | ${answer(at('n1'))})`, `%resource.descendants().where(linkId in ('g1' | 'r1' | 'i2')).answer.value`]),
    text: () => pick([answer(at('ts')), answer(inGroup('r', 'r2')), `${answer(at('cs'))}.code`, `${all}.item.linkId`, `(${answer(at('t1'))} | ${answer(at('ts'))})`]),
    boolean: () => pick([`(${answer(at('b1'))} | ${answer(at('b2'))})`, `${answer(inGroup('r', 'r1'))}.select($this > 1)`]),
    items: () => pick([`${all}.item`, `${all}.descendants().where(linkId.exists())`, `${all}.item.where(linkId = 'r')`, `${all}.item.where(linkId = 'g').item`]),
};
const any = () => pick([many.number, many.text, many.boolean, many.items])();
const number = (d) => (d <= 0 ? pick([() => pick(['0', '1', '2', '0.5', '3.25', '10']), () => answer(at(pick(['i1', 'i2', 'n1', 'n2']))), () => `${answer(at('q1'))}.value`,
    () => `${answer(at('c1'))}.ordinal()`, () => `${any()}.count()`, () => answer(inGroup('g', 'g1'))])() : pick([
    () => `(${number(d - 1)} ${pick(['+', '-', '*', '/', 'div'])} ${number(d - 1)})`, () => `(${number(d - 1)} mod ${pick(['2', '3', '7'])})`, () => `(-${pick(['1', '2.5'])} * ${number(d - 1)})`,
    () => `${number(d - 1)}.${pick(['abs()', 'ceiling()', 'floor()', 'truncate()', 'abs().round(2)'])}`.replace(/^-(.*)/, '(-$1)'),
    () => `${many.number()}.${pick(['sum()', 'min()', 'max()', 'first()', 'last()', 'distinct().count()'])}`,
    () => `iif(${boolean(d - 1)}, ${number(d - 1)}, ${pick([number(d - 1), '{}'])})`, () => `${text(d - 1)}.length()`,
    () => `${boolean(d - 1)}.toInteger()`, () => `${many.number()}.where($this ${pick(['>', '<=', '='])} ${number(0)}).count()`, () => number(0)])());
const text = (d) => (d <= 0 ? pick([() => `'${pick(texts).replace(/'/g, "\\'")}'`, () => answer(at(pick(['t1', 't2']))), () => `${answer(at('c1'))}.code`,
    () => `${answer(at('c1'))}.system`, () => `${answer(at('q1'))}.code`])() : pick([() => `(${text(d - 1)} ${pick(['&', '+'])} ${text(d - 1)})`,
    () => `iif(${boolean(d - 1)}, ${text(d - 1)}, ${text(d - 1)})`, () => `${many.text()}.${pick(['first()', 'last()', 'distinct().first()'])}`, () => text(0)])());
const date = () => pick([() => `@${pick(dates)}`, () => answer(at(pick(['d1', 'd2'])))])();
const boolean = (d) => (d <= 0 ? pick([() => pick(['true', 'false', '{}']), () => answer(at(pick(['b1', 'b2']))), () => `${any()}.${pick(['exists()', 'empty()'])}`,
    () => `${at(pick(['i1', 't1', 'cs', 'g']))}.exists()`, () => `${at('i1')}.answer.empty()`])() : pick([
    () => `(${boolean(d - 1)} ${pick(['and', 'or', 'xor', 'implies'])} ${boolean(d - 1)})`, () => `${boolean(d - 1)}.not()`,
    () => `(${number(d - 1)} ${pick(['=', '!=', '<', '<=', '>', '>='])} ${number(d - 1)})`, () => `(${text(d - 1)} ${pick(['=', '!='])} ${text(d - 1)})`,
    () => `(${date()} ${pick(['=', '!=', '<', '<=', '>', '>='])} ${date()})`, () => `(${text(d - 1)} in ${many.text()})`, () => `(${many.number()} contains ${number(0)})`,
    () => `(${many.number()} = ${many.number()})`, () => `${many.boolean()}.${pick(['allTrue()', 'anyTrue()'])}`,
    () => `${many.items()}.exists(answer.exists())`, () => `${many.items()}.where(answer.count() > 1).exists()`, () => `${many.number()}.all($this ${pick(['>=', '<'])} ${number(0)})`,
    () => `${all}.item.where(linkId = 'r').all(item.where(linkId = 'r1').answer.value > 1)`, () => `iif(${boolean(d - 1)}, ${boolean(d - 1)}, ${boolean(d - 1)})`, () => boolean(0)])());

const probes = [['boolean', boolean], ['decimal', number], ['string', text], ['date', date]];

// --- one form -------------------------------------------------------------------------------------------------------
function formOf(n) {
    const list = [];
    for (let i = 0; i < 200; i++) {
        const [type, make] = probes[random(probes.length)];
        list.push({ linkId: `p${i}`, type, text: 'p', extension: [{ url: `${SDC}calculatedExpression`,
            valueExpression: { language: 'text/fhirpath', expression: make(1 + random(3)) } }] });
    }
    return { resourceType: 'Questionnaire', id: 'oracle', url: 'urn:salve:form:oracle', version: '1.0', status: 'active', title: `Form ${n}`, item: [question('all', 'group', { item: questions }), ...list] };
}

function expected(expression, response, questionnaire) {
    try {
        const got = fhirpath.evaluate(response, expression, { resource: response, context: response, questionnaire }, r4);
        return got.length === 0 ? null : got.map((v) => (v !== null && typeof v === 'object' && 'asStr' in v ? v.asStr : v));
    } catch {
        return null;
    }
}
function agrees(type, want, got) {
    if (want === null || want[0] === '' || got === undefined) return (want === null || want[0] === '') && got === undefined; // no answer is empty
    if (type === 'decimal') return Math.abs(Number(want[0]) - Number(got)) <= 1e-7 * Math.max(1, Math.abs(Number(got)));
    return String(want[0]).replace(/^@/, '') === got;
}

// What the page reckons: link to text.
function byPage(file, answers) {
    const form = JSON.parse(execFileSync(salve, ['form', 'show', file], { maxBuffer: 1 << 26 }).toString());
    const state = formOpen(form, '2026-11-30', enteredOf(form, answers)), out = new Map();
    for (const [place] of state.places.values())
        if (place.def.item.calculated) for (const value of (state.values.get(place.key) ?? []).slice(0, 1)) out.set(place.def.item.link, textOf(value));
    return out;
}

let passed = 0, failed = 0, without = 0;
for (let n = 0; n < Number(formsText); n++) {
    const form = formOf(n), answers = answersOf(questions, [], []);
    const formFile = join(folder, 'form.json'), answersFile = join(folder, 'answers.json');
    writeFileSync(formFile, JSON.stringify(form));
    writeFileSync(answersFile, JSON.stringify(answers));
    const told = JSON.parse(execFileSync(salve, ['form', 'try', formFile, answersFile], { maxBuffer: 1 << 26 }).toString());
    const got = new Map(told.answers.map((a) => [a.link, a.values[0]])), page = byPage(formFile, answers);
    const response = { resourceType: 'QuestionnaireResponse', questionnaire: form.url, status: 'completed', item: itemsOf(form.item.slice(0, 1), [], answers) };
    if (response.item.length === 0) delete response.item;
    for (const probe of form.item.slice(1)) {
        const { expression } = probe.extension[0].valueExpression, want = expected(expression, response, form);
        without += want === null;
        if (agrees(probe.type, want, got.get(probe.linkId)) && page.get(probe.linkId) === got.get(probe.linkId)) { passed++; continue; }
        if (failed++ < 10) console.log(`FAILED  form ${n} ${probe.linkId} ${probe.type}: ${expression}\n        fhirpath.js ${JSON.stringify(want)}, form ${got.get(probe.linkId)}, page ${page.get(probe.linkId)}`);
    }
}
console.log(`${without} of the expressions give nothing`);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
