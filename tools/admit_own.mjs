// SPDX-License-Identifier: Apache-2.0
// Writes a C table: the codes that the guidelines of this repository bring along, a row each, with the name that
// their logic gives them and, of a guideline that is "apart", its family: a code that others have too is no sign of it. Salve's
// own codes are those rows and the ones of admit.def; nothing else under urn:salve is taken.
// Usage: node admit_own.mjs GUIDELINES... OUT.c
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folders = process.argv.slice(2), output = folders.pop();
const rows = new Map();
const add = (system, code, use, name, apart = '') => {
  const key = system + '\u0000' + code, row = rows.get(key) ?? { system, code, uses: new Set(), name: '', apart: new Set() };
  row.uses.add(use);
  row.apart.add(apart);
  if (!row.name && name) row.name = name;
  rows.set(key, row);
};
const methods = [];
const systems = { LOINC: 'http://loinc.org', SNOMED: 'http://snomed.info/sct', 'Salve questions': 'urn:salve:question' };

const read_logic = (text) => {
  for (const [, name, code, from, display] of text.matchAll(/^code "([^"]+)": '([^']+)' from "([^"]+)"(?: display '([^']+)')?/gm))
    if (systems[from]) add(systems[from], code, from === 'Salve questions' ? 'OBSERVATION' : 'LISTED', display ?? (from === 'Salve questions' ? name : ''));
};

// What a site adds to the alarms uses the names of the alarms, under a canonical of its own.
const read_about = (about) => {
  if (about.id === 'alarms') read_about({ ...about, id: '', canonical: about.canonical + '-site' });
  methods.push(about.canonical);
  for (const input of about.inputs) add('urn:salve:input', input.label, 'ANY');
  for (const item of about.items) {
    add('urn:salve:item', item.name, 'OBSERVATION', '', about.apart);
    add(about.canonical, item.name, 'OBSERVATION', '', about.apart);
    add(about.canonical, item.name, 'SCORE', '', about.apart);
    for (const category of [...(item.categories ?? []), ...(item.exclusions ?? [])]) {
      add('urn:salve:category', category, 'ANY');
      add(about.canonical, category, 'ANY', '', about.apart);
    }
    for (const action of item.actions ?? []) add(about.canonical + ':action', action, 'PROCEDURE', '', about.apart);
  }
};

for (const folder of folders)
  for (const name of readdirSync(folder).sort()) {
    const about = `${folder}/${name}/guideline.json`, logic = `${folder}/${name}/logic.cql`;
    if (!existsSync(about)) continue;
    read_about(JSON.parse(readFileSync(about, 'utf8')));
    read_logic(readFileSync(logic, 'utf8'));
  }
for (const name of readdirSync(`${folders[0]}/lib`).sort())
  if (name.startsWith('Salve') && name.endsWith('.cql')) read_logic(readFileSync(`${folders[0]}/lib/${name}`, 'utf8'));
// Known diseases are lists: define "... in SNOMED CT": { 'code', ... }
const diseases = readFileSync(`${folders[0]}/lib/SalveConditions.cql`, 'utf8');
for (const [, list] of diseases.matchAll(/^define "[^"]+ in SNOMED CT": \{([^}]+)\}/gm))
  for (const [, code] of list.matchAll(/'(\d+)'/g)) add(systems.SNOMED, code, 'LISTED');

const quote = (s) => JSON.stringify(s);
const familyOf = (r) => (r.apart.size === 1 && [...r.apart][0] ? quote([...r.apart][0]) : 'NULL');
const order = (a, b) => Buffer.compare(Buffer.from(a.system), Buffer.from(b.system)) || Buffer.compare(Buffer.from(a.code), Buffer.from(b.code));
const lines = [...rows.values()].sort(order).map((r) =>
  `    {${quote(r.system)}, ${quote(r.code)}, ${r.name ? quote(r.name) : 'NULL'}, ` +
  `${[...r.uses].sort().map((u) => 'ADMIT_USE_' + u).join(' | ')}, ${familyOf(r)}},`);
writeFileSync(output, `/* Made by tools/admit_own.mjs from guidelines/; do not edit. */
#include "admit/admit_int.h"

const struct admit_own admit_own[] = {
${lines.join('\n')}
};
const size_t admit_own_count = ${lines.length};

const char *const admit_methods[] = {
${methods.sort().map((m) => '    ' + quote(m) + ',').join('\n')}
};
const size_t admit_method_count = ${methods.length};
`);
