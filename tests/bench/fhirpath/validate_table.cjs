// SPDX-License-Identifier: Apache-2.0
// The table of validate.sh from the lines of salve.jsonl and peers.jsonl in a folder.
const fs = require('node:fs');

const read = (name) => fs.readFileSync(`${process.argv[2]}/${name}.jsonl`, 'utf8').trim().split('\n')
  .map((line) => JSON.parse(line));
const [salve] = read('salve');
console.log('resources/CPU-s    ratio  resources  with errors  validator');
const row = (v, ratio) => console.log(`${v.rate.toFixed(0).padStart(15)} ${ratio.padStart(8)}`
  + ` ${String(v.resources).padStart(10)} ${String(v.bad).padStart(12)}  ${v.name}`);
row(salve, '1');
const peers = read('peers');
for (const peer of peers) row(peer, (salve.rate / peer.rate).toFixed(1));
const low = peers.filter((peer) => salve.rate / peer.rate < 250).length;
if (low > 0) console.log(`${low} below the aim of 250`);
