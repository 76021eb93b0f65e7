// SPDX-License-Identifier: Apache-2.0
// The table of the ELM bench: node elm_table.cjs WORKLOADS.tsv PEER.json OURS.json PROFILE. Exit status 1 if a value differs.
const fs = require('node:fs');
const [,, tsv, peerFile, oursFile, profile] = process.argv;
const peer = JSON.parse(fs.readFileSync(peerFile));
const ours = JSON.parse(fs.readFileSync(oursFile));
const rows = fs.readFileSync(tsv, 'utf8').trim().split('\n').map((l) => l.split('\t'));
const number = (x, width, digits = 0) => x.toFixed(digits).padStart(width);

let differ = 0;
let count = 0;
const hits = {};
for (const [id, values] of Object.entries(peer.values)) {
  values.forEach((v, i) => {
    count++;
    const own = ours.values[id][peer.shown[i]];
    if (JSON.stringify(v) !== JSON.stringify(own)) differ++;
    if (own === true) hits[peer.shown[i]] = (hits[peer.shown[i]] ?? 0) + 1;
  });
}
console.log('people  workload    hits       salve/CPU-s  cql-execution   ratio  aim   from JSON: salve  cql-execution  ratio'
  + '   two threads');
for (const [name, aim, ...defines] of rows) {
  const hit = (hits[defines.at(-1)] ?? 0) / Object.keys(peer.values).length;
  const text = peer.json[name] === undefined ? `${number(ours.json[name], 16)} ${'-'.padStart(14)} ${'-'.padStart(6)}`
    : `${number(ours.json[name], 16)} ${number(peer.json[name], 14, 1)} ${number(ours.json[name] / peer.json[name], 6)}`;
  console.log(`${profile.padEnd(7)} ${name.padEnd(10)} ${number(hit * 100, 4)} % ${number(ours.rates[name], 16)} `
    + `${number(peer.rates[name], 14, 1)} ${number(ours.rates[name] / peer.rates[name], 7)} ${aim.padStart(4)}   ${text}`
    + `        x ${ours.threads[name].toFixed(2)}`);
}
console.log(`${profile.padEnd(7)} values equal: ${count - differ} of ${count}`);
process.exitCode = differ > 0 ? 1 : 0;
