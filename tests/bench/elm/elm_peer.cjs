// SPDX-License-Identifier: Apache-2.0
// The peer of the ELM bench: node elm_peer.cjs WORKLOADS.tsv MAIN.json FHIRHelpers.json PROFILE COUNT FOLDER
// Writes the people to FOLDER/PROFILE.jsonl, runs cql-execution over them define by define, and prints one JSON object:
// subjects per CPU-second of each workload, from objects in memory and from JSON text, and the values of every subject.
const cql = require('cql-execution'), fhir = require('cql-exec-fhir'), fs = require('fs');
const { elm } = require('./inputs.cjs');
const [,, tsv, main, helpers, profile, count, folder] = process.argv;
const workloads = fs.readFileSync(tsv, 'utf8').trim().split('\n').map(l => l.split('\t'))
    .map(([name, , ...defines]) => ({ name, defines }));
const shown = [...new Set(workloads.flatMap(w => w.defines))].filter(name => name !== 'Last BP');

(async () => {
    const bundles = elm(folder, profile, +count);
    const texts = bundles.map(b => JSON.stringify(b));
    const run = async (names, turns, fromText) => {
        const library = JSON.parse(fs.readFileSync(main));
        const defs = library.library.statements.def;
        library.library.statements.def = defs.filter(d => d.name === 'Patient' || names.includes(d.name));
        const repository = new cql.Repository({ main: library, FHIRHelpers: JSON.parse(fs.readFileSync(helpers)) });
        const executor = new cql.Executor(new cql.Library(library, repository), new cql.CodeService({}));
        let best = Infinity, results;
        for (let turn = 0; turn < turns; turn++) {
            const source = fhir.PatientSource.FHIRv401();
            if (!fromText) source.loadBundles(bundles);
            const start = process.cpuUsage();
            if (fromText) source.loadBundles(texts.map(t => JSON.parse(t)));
            results = await executor.exec(source);
            const { user, system } = process.cpuUsage(start);
            if (turn > 0 || turns === 1) best = Math.min(best, (user + system) / 1e6);
        }
        return { rate: +count / best, results };
    };
    const out = { rates: {}, json: {}, values: {}, shown };
    for (const { name, defines } of workloads) out.rates[name] = (await run(defines, 3, false)).rate;
    for (const { name, defines } of workloads.filter(w => /^(exists|value|screening)$/.test(w.name)))
        out.json[name] = (await run(defines, 3, true)).rate;
    const { results } = await run(shown.concat('Last BP'), 1, false);
    for (const [id, values] of Object.entries(results.patientResults))
        out.values[id] = shown.map(name => plain(values[name]));
    console.log(JSON.stringify(out));
})();

function plain(v) { // a FHIR Quantity holds a FHIR decimal, which holds the number
    while (v !== null && typeof v === 'object') v = v.value ?? null;
    return v ?? null;
}
