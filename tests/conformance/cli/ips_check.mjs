// SPDX-License-Identifier: Apache-2.0
// A summary held to what the profiles Bundle-uv-ips, Composition-uv-ips and Patient-uv-ips of the International
// Patient Summary 2.0.0 ask: node ips_check.mjs FILE. Says each rule that is broken; the last line has the counts.
import { readFileSync } from 'node:fs';

const bundle = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let passed = 0, failed = 0;
const rule = (name, holds) => {
    if (holds) passed++;
    else { failed++; console.log(`FAILED ${name}`); }
};
const has = (list) => Array.isArray(list) && list.length > 0;
const codes = (concept, system) => (concept?.coding ?? []).filter((c) => c.system === system).map((c) => c.code);
const LOINC = 'http://loinc.org';

rule('it is a document', bundle.resourceType === 'Bundle' && bundle.type === 'document');
rule('it has an identifier', bundle.identifier?.system && bundle.identifier?.value);
rule('it has the instant when it was made', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(bundle.timestamp));
rule('it has two entries or more', bundle.entry?.length >= 2);
rule('each entry has a full URL and a resource', bundle.entry.every((e) => e.fullUrl && e.resource));
rule('no two are of one name', new Set(bundle.entry.map((e) => e.fullUrl)).size === bundle.entry.length);
rule('no entry is of a search, request or response', bundle.entry.every((e) => !e.search && !e.request && !e.response));
rule('bdl-ips-1: one Composition, the first', bundle.entry.filter((e) => e.resource.resourceType === 'Composition').length === 1
    && bundle.entry[0].resource.resourceType === 'Composition');

const byUrl = new Map(bundle.entry.map((e) => [e.fullUrl, e.resource]));
const find = (from, reference) => byUrl.get(reference) ??
    byUrl.get(from.fullUrl.slice(0, from.fullUrl.length - `${from.resource.resourceType}/${from.resource.id}`.length) + reference);
const composition = bundle.entry[0].resource;
const resolve = (reference) => reference && find(bundle.entry[0], reference.reference);
rule('type 60591-5', codes(composition.type, LOINC).includes('60591-5'));
rule('status, date, author, title', composition.status && composition.date && has(composition.author) && composition.title);
rule('each author is in it', composition.author.every((a) => resolve(a)));
rule('an author that is an Organization has a name', composition.author.every((a) => resolve(a)?.name));
const patient = resolve(composition.subject);
rule('the subject is a Patient in it', patient?.resourceType === 'Patient');
rule('there is one Patient', bundle.entry.filter((e) => e.resource.resourceType === 'Patient').length === 1);
rule('the Patient has a name', has(patient?.name));
rule('ips-pat-1', patient?.name.every((n) => n.family || n.given || n.text || n._text || n._family || n._given));
rule('the Patient has a birth date, or says why not', patient?.birthDate || patient?._birthDate);

const REQUIRED = ['11450-4', '48765-2', '10160-0'];
const TYPES = {
    '11450-4': ['Condition'], '48765-2': ['AllergyIntolerance'], '11369-6': ['Immunization'], '47519-4': ['Procedure'],
    '10160-0': ['MedicationStatement', 'MedicationRequest', 'MedicationAdministration', 'MedicationDispense'],
    '30954-2': ['Observation', 'DiagnosticReport'], '46264-8': ['DeviceUseStatement'], '8716-3': ['Observation'],
    '11348-0': ['Condition'], '10162-6': ['Observation'], '29762-2': ['Observation'],
};
const section = (code) => composition.section.filter((s) => codes(s.code, LOINC).includes(code));
rule('three sections or more', composition.section?.length >= 3);
for (const code of REQUIRED) rule(`section ${code} is there once`, section(code).length === 1);
for (const s of composition.section) {
    const code = codes(s.code, LOINC)[0];
    rule(`section ${code} is one of the guide`, code in TYPES);
    rule(`section ${code} is there once`, section(code).length === 1);
    rule(`section ${code} has a title`, s.title);
    rule(`section ${code} has words`, s.text?.status && s.text.div?.startsWith('<div xmlns="http://www.w3.org/1999/xhtml"'));
    rule(`section ${code} has no sections`, !s.section);
    rule(`ips-comp-1 for ${code}`, has(s.entry) || s.emptyReason);
    rule(`cmp-2 for ${code}: empty, or why`, !(has(s.entry) && s.emptyReason));
    for (const e of s.entry ?? []) {
        const target = resolve(e);
        rule(`${e.reference} of ${code} is in it`, target);
        rule(`${e.reference} may be in ${code}`, TYPES[code].includes(target?.resourceType));
        rule(`${e.reference} is of the person`, resolve(target?.subject ?? target?.patient) === patient);
    }
}
const dangling = [];
const walk = (entry, value) => {
    if (Array.isArray(value)) value.forEach((v) => walk(entry, v));
    else if (value && typeof value === 'object') {
        if (typeof value.reference === 'string' && !find(entry, value.reference)) dangling.push(value.reference);
        Object.values(value).forEach((v) => walk(entry, v));
    }
};
bundle.entry.forEach((e) => walk(e, e.resource));
rule(`no reference leads nowhere: ${dangling.join(' ')}`, dangling.length === 0);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
