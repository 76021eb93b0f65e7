// SPDX-License-Identifier: Apache-2.0
// node peer.mjs vectors SHARE VECTORS_DIR   runs every vector row through cql-execution, a peer engine, and compares
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
