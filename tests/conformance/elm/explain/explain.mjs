// SPDX-License-Identifier: Apache-2.0
// lines FILE: each define of an explanation on a line of its own.  subject CASE: the person of a guideline's case.
// values EXPLAINED PLAIN: how many defines the explanation gives another value than the plain run.
import { readFileSync } from 'node:fs';
const [what, a, b] = process.argv.slice(2);
const read = path => JSON.parse(readFileSync(path, 'utf8'));
if (what === 'lines') for (const [name, e] of Object.entries(read(a))) console.log(`${name}: ${JSON.stringify(e)}`);
if (what === 'subject') console.log(JSON.stringify(read(a).subject));
if (what === 'values') {
    const explained = read(a), plain = read(b), names = Object.keys(plain);
    const differ = names.filter(n => JSON.stringify(explained[n]?.value) !== JSON.stringify(plain[n]));
    console.log(names.length > 0 ? differ.length : 'no defines');
}
