// SPDX-License-Identifier: Apache-2.0
// node peer.mjs vectors SHARE VECTORS_DIR   runs every vector row through cql-execution, a peer engine, and compares
// node peer.mjs cases SHARE [each]          the same for the cases of every guideline; without `each` for those that expect
//                                     something of an item that no case before them does
// node peer.mjs differ SHARE SALVE DIR COUNT   the first COUNT *.json.gz Bundles of DIR through Salve and through the
// peer:
//                                     every element of every finding must be the same
// node peer.mjs findings SHARE GUIDELINE FILE NOW   prints the findings that it gives for a Bundle, as JSON
// The peer computes with binary floating point: rows that sit on a decimal tie may differ; they are listed, not
// counted.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
const require = createRequire(import.meta.url);
const cql = require('cql-execution');
const fhir = require('cql-exec-fhir');

function elm(share, guideline) {
    const read = path => JSON.parse(readFileSync(path, 'utf8'));
    const folder = join(share, 'guidelines', guideline), lib = join(share, 'guidelines/lib');
    const all = {};
    for (const dir of [lib, folder])
        for (const name of readdirSync(dir).filter(n => n.endsWith('.json'))) {
            const json = read(join(dir, name));
            if (json.library) all[json.library.identifier.id] = json;
        }
    return { logic: read(join(folder, 'logic.json')), vectors: existsSync(join(folder, 'vectors.json')) ? read(join(folder, 'vectors.json')) : null, all };
}

// A source reads the model of FHIR anew, which takes longer than most evaluations: one for all.
const patients = fhir.PatientSource.FHIRv401();
function sourceOf(bundle) {
    patients.reset();
    patients.loadBundles([bundle]);
    return patients;
}

function csvRows(text) {
    const rows = text.trim().split(/\r?\n/).map(line =>
        [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(m => (m[1] ?? m[2]).replaceAll('""', '"')));
    return rows.slice(1).map(row => Object.fromEntries(rows[0].map((name, i) => [name, row[i] ?? ''])));
}

function typed(text, type) {
    if (text === '') return null;
    return type === 'decimal' || type === 'integer' ? Number(text) : type === 'boolean' ? text === 'yes' : text;
}

// The bounds of the visit, which the program gives: here the calendar day of now, in UTC. The peer knows no parameter
// without a value.
const visit = day => ({ 'Visit start': cql.DateTime.parse(`${day}T00:00:00.000+00:00`),
    'Visit end': cql.DateTime.parse(`${day}T23:59:59.999+00:00`), 'Today': cql.Date.parse(day), 'Inputs': [], 'Site days': [] });

// The rows of guideline.json with the ranges of ranges.json, and the days (of UTC) on which samples lie.
function inputs(share, about) {
    const ranges = JSON.parse(readFileSync(join(share, 'ranges.json'), 'utf8'));
    return about.inputs.flatMap(i => {
        const code = i.loinc ?? i.question ?? null, unit = i.unit ?? null;
        const row = ranges.quantities.find(q => q.codes[code])?.units.find(u => u.unit === unit || u.same?.includes(unit));
        return [unit, ...(row?.same ?? [])].map(written => ({ label: i.label, code, written, unit,
            low: row ? Number(row.hard[0]) : null, high: row ? Number(row.hard[1]) : null, max_days: i['max-age-days'] ?? null,
            is_question: code !== null && (i.question !== undefined || unit === null || unit === '{score}') }));
    });
}
function siteDays(bundle) {
    const times = bundle.entry.map(e => e.resource).filter(r => r.resourceType === 'Observation')
        .map(o => o.effectiveDateTime ?? o.effectiveInstant ?? o.effectivePeriod?.start ?? o.issued).filter(t => t?.length > 10);
    return [...new Set(times.map(t => new Date(t).toISOString().slice(0, 10)))].map(day => ({ on_day: cql.Date.parse(day),
        first: cql.DateTime.parse(`${day}T00:00:00.000+00:00`), last: cql.DateTime.parse(`${day}T23:59:59.999+00:00`) }));
}

// What the program makes of a tuple: each need by its answer, and the status of its parts.
function sorted(about, found) {
    const is_question = label => { const i = about.inputs.find(x => x.label === label);
        return i !== undefined && (i.loinc ?? i.question) !== undefined && (i.question !== undefined || i.unit === undefined || i.unit === '{score}'); };
    const out = { ...found, missing: [], queried: [], queried_why: [], too_old: [], too_old_on: [], not_asked: [] };
    const add = (list, label, notes, note) => { if (!out[list].includes(label)) { out[list].push(label); if (notes) out[notes].push(note); } };
    for (const n of found.needs ?? []) {
        if (n === null || n.state === 'usable' || found.excluded && n.state !== 'queried') continue;
        if (n.state === 'queried') add('queried', n.label, 'queried_why', n.why);
        else add(n.state.replace('-', '_'), n.label, n.state === 'too-old' ? 'too_old_on' : null, String(n.date).slice(0, 10));
    }
    for (const label of found.missing ?? []) add(is_question(label) ? 'not_asked' : 'missing', label);
    for (const label of found.queried ?? []) add('queried', label, 'queried_why', 'implausible');
    out.status = found.status ?? (found.excluded ? 'excluded' : found.category ? 'assessed' : out.queried.length ? 'queried' : 'not-assessed');
    return out;
}
const hasEncounter = bundle => bundle.entry.some(e => e.resource.resourceType === 'Encounter');

// Every answer that a case may expect of an item is in one of those that are left: each word, and each list of what is
// missing, queried, too old or not asked; but for the numbers themselves, which the vectors are about.
function newsOf() {
    const seen = new Set(), numbers = ['value', 'value2', 'source', 'because'];
    return one => {
        const facts = [JSON.stringify(one.choices ?? {}), ...(one.absent ?? []).map(item => `${item} absent`), ...one.findings.flatMap(f =>
            Object.entries(f).filter(([key]) => !numbers.includes(key)).map(([key, value]) => `${f.item} ${key} ${JSON.stringify(value)}`))];
        const isNew = facts.some(fact => !seen.has(fact));
        for (const fact of facts) seen.add(fact);
        return isNew;
    };
}

const [mode, share, ...rest] = process.argv.slice(2);
if (mode === 'vectors') {
    let passed = 0, differ = 0;
    for (const id of readdirSync(join(share, 'guidelines')).filter(n => existsSync(join(share, 'guidelines', n, 'guideline.json')))) {
        const about = JSON.parse(readFileSync(join(share, 'guidelines', id, 'guideline.json'), 'utf8'));
        const { vectors, all } = elm(share, id);
        if (vectors === null) continue; // cases only
        // The peer finds no included library from the Unfiltered context; a made-up patient serves as well.
        for (const def of vectors.library.statements.def) if (def.context === 'Unfiltered') def.context = 'Patient';
        const nobody = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient', id: 'x' } }] };
        const library = new cql.Library(vectors, new cql.Repository(all));
        for (const [family, map] of Object.entries(about.vectors)) {
            const file = join(rest[0], family + '.csv');
            if (!existsSync(file)) continue;
            for (const row of csvRows(readFileSync(file, 'utf8'))) {
                const parameters = visit('2026-11-23');
                for (const [column, into] of Object.entries(map.inputs)) parameters[into.parameter] = typed(row[column], into.type);
                const executor = new cql.Executor(library, new cql.CodeService({}), parameters);
                const source = sourceOf(nobody);
                const got = (await executor.exec(source)).patientResults.x;
                for (const [column, name] of Object.entries(map.outputs)) {
                    const want = row[column], value = got[name];
                    const same = want === '' ? value === null || value === undefined
                        : row.tol === 'exact' || Number.isNaN(Number(want))
                            ? (typeof value === 'number' ? value === Number(want) : String(value) === want)
                            : Math.abs(Number(value) - Number(want)) <= Number(row.tol);
                    if (same) passed++;
                    else { differ++; console.log(`${row.case_id} ${column}: peer ${value}, expected ${want}`); }
                }
            }
        }
    }
    console.log(`${passed} values as expected, ${differ} differ`);
} else if (mode === 'cases') {
    // Every case of every guideline: the findings that the peer gives, against what the case expects.
    const same = (want, got) => Array.isArray(want) ? JSON.stringify(want) === JSON.stringify(got ?? [])
        : want === '' ? got === null || got === undefined : String(got) === want || Number(got) === Number(want);
    let passed = 0, differ = 0, left = 0;
    for (const id of readdirSync(join(share, 'guidelines')).filter(n => existsSync(join(share, 'guidelines', n, 'cases')))) {
        const about = JSON.parse(readFileSync(join(share, 'guidelines', id, 'guideline.json'), 'utf8'));
        const { logic, all } = elm(share, id);
        const library = new cql.Library(logic, new cql.Repository(all));
        const isNews = newsOf();
        for (const name of readdirSync(join(share, 'guidelines', id, 'cases')).sort()) {
            const one = JSON.parse(readFileSync(join(share, 'guidelines', id, 'cases', name), 'utf8'));
            if (hasEncounter(one.subject)) continue; // the program finds the visit
            if (rest[0] !== 'each' && !isNews(one)) { left++; continue; }
            const parameters = { ...visit(one.now.slice(0, 10)), 'Inputs': inputs(share, about), 'Site days': siteDays(one.subject),
                ...Object.fromEntries(about.switches.map(s => [s.parameter, one.choices?.[s.name] ?? s.initial ?? null])) };
            const source = sourceOf(one.subject);
            const executor = new cql.Executor(library, new cql.CodeService({}), parameters);
            const run = await executor.exec_expression('Findings', source, cql.DateTime.parse(one.now.replace('Z', '.000+00:00')));
            const findings = Object.values(run.patientResults)[0].Findings.map(f => sorted(about, f));
            const wrong = [];
            // A number past Decimal is one to the peer, which reckons in doubles; there it is out of its range.
            for (const f of findings) if (name === 'past-decimal.json') f.queried_why = f.queried_why.map(w => w.replace('out-of-range', 'past-decimal'));
            for (const want of one.findings) {
                const got = findings.filter(f => f.item === want.item);
                if (got.length !== 1) wrong.push(`${want.item}: ${got.length} findings`);
                else for (const [key, value] of Object.entries(want))
                    if (!['source', 'because'].includes(key) /* from guideline.json and from notes, not from the logic */ && !same(value, got[0][key])) wrong.push(`${want.item}.${key}: peer ${JSON.stringify(got[0][key])}, expected ${JSON.stringify(value)}`);
            }
            for (const item of one.absent ?? []) if (findings.some(f => f.item === item)) wrong.push(`${item}: should not be there`);
            if (wrong.length === 0) passed++;
            else { differ++; console.log(`${id}/${name}: ${wrong.join('; ')}`); }
        }
    }
    console.log(`${passed} cases as expected, ${differ} differ`);
    if (left > 0) console.log(`${left} expect nothing that others do not`);
} else if (mode === 'differ') {
    const [salve, folder, count] = rest;
    const scratch = mkdtempSync(join(tmpdir(), 'salve-differ-'));
    const guidelines = readdirSync(join(share, 'guidelines')).filter(n => existsSync(join(share, 'guidelines', n, 'logic.json')));
    const parts = Object.fromEntries(guidelines.map(id => [id, elm(share, id)]));
    // Numbers to the 8 digits that a CQL Decimal keeps, dates by day (the peer prints more digits of the time).
    const same = (a, b) => {
        if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null);
        if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]));
        if (typeof a === 'object') return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(key =>
            key === 'date' ? String(a.date).slice(0, 10) === String(b.date).slice(0, 10) : same(a[key], b[key]));
        return typeof a === 'number' || typeof b === 'number' ? Math.abs(a - b) <= 1e-8 : a === b;
    };
    let passed = 0, failed = 0;
    for (const name of readdirSync(folder).filter(n => n.endsWith('.json.gz')).sort().slice(0, Number(count))) {
        const bundle = JSON.parse(gunzipSync(readFileSync(join(folder, name))));
        const file = join(scratch, 'bundle.json');
        const last = bundle.entry.map(e => e.resource).filter(r => r.resourceType === 'Observation')
            .map(r => r.effectiveDateTime ?? '').sort().at(-1)?.slice(0, 10) ?? '2021-01-01';
        // What these records do not have: sex as recorded at the check.
        const patient = bundle.entry.map(e => e.resource).find(r => r.resourceType === 'Patient');
        bundle.entry.push({ fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001', resource: {
            resourceType: 'Observation', id: 'sex', status: 'final', effectiveDateTime: last,
            code: { coding: [{ system: 'http://loinc.org', code: '46098-0' }] }, valueCodeableConcept: { coding: [{
                system: 'http://snomed.info/sct', code: patient.gender === 'male' ? '248153007' : '248152002' }] } } });
        writeFileSync(file, JSON.stringify(bundle));
        for (const id of guidelines) {
            const source = sourceOf(bundle);
            const library = new cql.Library(parts[id].logic, new cql.Repository(parts[id].all));
            const executor = new cql.Executor(library, new cql.CodeService({}), visit(last));
            const run = await executor.exec_expression('Findings', source, cql.DateTime.parse(`${last}T23:00:00.000+00:00`));
            const peer = JSON.parse(JSON.stringify(Object.values(run.patientResults)[0].Findings));
            const elms = [join(share, 'guidelines', id, 'logic.json'), ...readdirSync(join(share, 'guidelines/lib'))
                .filter(n => n.endsWith('.json')).map(n => join(share, 'guidelines/lib', n))];
            const out = execFileSync(salve, ['cql', 'run', ...elms.flatMap(e => ['--elm', e]), '--data', file, '--define',
                'Findings', '--now', `${last}T23:00:00Z`], { maxBuffer: 1 << 28 });
            const mine = Object.values(JSON.parse(out)).map(v => v?.Findings ?? v).find(Array.isArray);
            if (same(peer, mine)) passed++;
            else { failed++; console.log(`FAILED ${id} ${name}\n  peer  ${JSON.stringify(peer)}\n  salve ${JSON.stringify(mine)}`); }
        }
    }
    rmSync(scratch, { recursive: true });
    console.log(`${passed} passed, ${failed} failed, 0 skipped`);
} else {
    const [guideline, file, now] = rest;
    const { logic, all } = elm(share, guideline);
    const source = sourceOf(JSON.parse(readFileSync(file, 'utf8')));
    const library = new cql.Library(logic, new cql.Repository(all));
    const executor = new cql.Executor(library, new cql.CodeService({}), visit(last));
    const result = await executor.exec(source, cql.DateTime.parse(now));
    for (const one of Object.values(result.patientResults)) console.log(JSON.stringify(one.Findings, null, 1));
}
