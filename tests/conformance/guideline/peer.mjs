// SPDX-License-Identifier: Apache-2.0
// node peer.mjs vectors SHARE VECTORS_DIR   runs every vector row through cql-execution, a peer engine, and compares
// node peer.mjs cases SHARE                 the same for the cases of every guideline
// node peer.mjs findings SHARE GUIDELINE FILE NOW   prints the findings that it gives for a Bundle, as JSON
// The peer computes with binary floating point: rows that sit on a decimal tie may differ; they are listed, not counted.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
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
    return { logic: read(join(folder, 'logic.json')), vectors: read(join(folder, 'vectors.json')), all };
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

const [mode, share, ...rest] = process.argv.slice(2);
if (mode === 'vectors') {
    let passed = 0, differ = 0;
    for (const id of readdirSync(join(share, 'guidelines')).filter(n => existsSync(join(share, 'guidelines', n, 'guideline.json')))) {
        const about = JSON.parse(readFileSync(join(share, 'guidelines', id, 'guideline.json'), 'utf8'));
        const { vectors, all } = elm(share, id);
        // The peer finds no included library from the Unfiltered context; a made-up patient serves as well.
        for (const def of vectors.library.statements.def) if (def.context === 'Unfiltered') def.context = 'Patient';
        const nobody = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient', id: 'x' } }] };
        const library = new cql.Library(vectors, new cql.Repository(all));
        for (const [family, map] of Object.entries(about.vectors)) {
            const file = join(rest[0], family + '.csv');
            if (!existsSync(file)) continue;
            for (const row of csvRows(readFileSync(file, 'utf8'))) {
                const parameters = {};
                for (const [column, into] of Object.entries(map.inputs)) parameters[into.parameter] = typed(row[column], into.type);
                const executor = new cql.Executor(library, new cql.CodeService({}), parameters);
                const source = fhir.PatientSource.FHIRv401();
                source.loadBundles([nobody]);
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
    let passed = 0, differ = 0;
    for (const id of readdirSync(join(share, 'guidelines')).filter(n => existsSync(join(share, 'guidelines', n, 'cases')))) {
        const about = JSON.parse(readFileSync(join(share, 'guidelines', id, 'guideline.json'), 'utf8'));
        const { logic, all } = elm(share, id);
        const library = new cql.Library(logic, new cql.Repository(all));
        for (const name of readdirSync(join(share, 'guidelines', id, 'cases'))) {
            const one = JSON.parse(readFileSync(join(share, 'guidelines', id, 'cases', name), 'utf8'));
            const parameters = Object.fromEntries(about.switches.map(s => [s.parameter, one.choices?.[s.name] ?? s.initial]));
            const source = fhir.PatientSource.FHIRv401();
            source.loadBundles([one.subject]);
            const executor = new cql.Executor(library, new cql.CodeService({}), parameters);
            const run = await executor.exec(source, cql.DateTime.parse(one.now.replace('Z', '.000+00:00')));
            const findings = Object.values(run.patientResults)[0].Findings;
            const wrong = [];
            for (const want of one.findings) {
                const got = findings.filter(f => f.item === want.item);
                if (got.length !== 1) wrong.push(`${want.item}: ${got.length} findings`);
                else for (const [key, value] of Object.entries(want))
                    if (!same(value, got[0][key])) wrong.push(`${want.item}.${key}: peer ${JSON.stringify(got[0][key])}, expected ${JSON.stringify(value)}`);
            }
            for (const item of one.absent ?? []) if (findings.some(f => f.item === item)) wrong.push(`${item}: should not be there`);
            if (wrong.length === 0) passed++;
            else { differ++; console.log(`${id}/${name}: ${wrong.join('; ')}`); }
        }
    }
    console.log(`${passed} cases as expected, ${differ} differ`);
} else {
    const [guideline, file, now] = rest;
    const { logic, all } = elm(share, guideline);
    const source = fhir.PatientSource.FHIRv401();
    source.loadBundles([JSON.parse(readFileSync(file, 'utf8'))]);
    const library = new cql.Library(logic, new cql.Repository(all));
    const executor = new cql.Executor(library, new cql.CodeService({}), {});
    const result = await executor.exec(source, cql.DateTime.parse(now));
    for (const one of Object.values(result.patientResults)) console.log(JSON.stringify(one.Findings, null, 1));
}
