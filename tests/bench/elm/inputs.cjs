// SPDX-License-Identifier: Apache-2.0
// The data of the benches and of the instruction counts:   node inputs.cjs FOLDER [COUNT-SMALL COUNT-LARGE]
// Writes patient.json, panel.json, weight.json and bundle.json (FHIRPath), small.jsonl and large.jsonl (ELM: a person a
// line, of 21 and of 1001 resources), resources.ndjson (validation: a resource a line). The same counts give the same bytes.
const fs = require('node:fs');
const { bundle } = require('./people.cjs');
const subjects = require('./elm_subjects.cjs');

exports.fhirpath = function fhirpath(folder) {
  const b = bundle(7);
  const find = (key) => b.entry.find((e) => e.resource.id.includes(key)).resource;
  const inputs = { patient: b.entry[0].resource, panel: find('-b'), weight: find('-w'), bundle: b };
  for (const [name, resource] of Object.entries(inputs)) fs.writeFileSync(`${folder}/${name}.json`, JSON.stringify(resource));
  return inputs;
};
exports.elm = function elm(folder, profile, count) {
  const bundles = Array.from({ length: count }, (_, i) => subjects.bundle(i, profile));
  fs.writeFileSync(`${folder}/${profile}.jsonl`, bundles.map((b) => `${JSON.stringify(b)}\n`).join(''));
  return bundles;
};
if (require.main === module) {
  const [,, folder, small = 10, large = 1] = process.argv;
  exports.fhirpath(folder);
  exports.elm(folder, 'small', +small);
  exports.elm(folder, 'large', +large);
  const all = Array.from({ length: +small }, (_, i) => bundle(i).entry).flat();
  fs.writeFileSync(`${folder}/resources.ndjson`, all.map((e) => `${JSON.stringify(e.resource)}\n`).join(''));
}
