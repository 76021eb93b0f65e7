// SPDX-License-Identifier: Apache-2.0
// fhirpath.js on the expressions of fhirpath.tsv, precompiled:   node fhirpath_peer.cjs FOLDER
// Writes the four inputs into FOLDER and prints a line of JSON an expression: evaluations per CPU-second and the
// result.
const fs = require('node:fs');
const path = require('node:path');
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');
const { fhirpath: fhirpathInputs } = require('../elm/inputs.cjs');

const folder = process.argv[2];
const inputs = fhirpathInputs(folder);

const cpu = () => { const u = process.cpuUsage(); return u.user + u.system; }; // microseconds
function perSecond(call, seconds) {
  let n = 0; const start = cpu();
  while (cpu() - start < seconds * 1e6) { for (let i = 0; i < 50; i++) call(); n += 50; }
  return n / ((cpu() - start) / 1e6);
}
const rows = fs.readFileSync(path.join(__dirname, 'fhirpath.tsv'), 'utf8').trim().split('\n').map((l) => l.split('\t'));
for (const [input, text] of rows) {
  const compiled = fhirpath.compile(text, r4);
  const call = () => compiled(inputs[input]);
  perSecond(call, 0.5);
  const runs = [0, 1, 2].map(() => perSecond(call, 0.5)).sort((x, y) => x - y);
  console.log(JSON.stringify({ text, rate: runs[1], result: call() }));
}
