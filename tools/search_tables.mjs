#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Turns the search parameters of the pinned R4 definitions into the C tables behind src/search/search.h.
//     node tools/search_tables.mjs DEFINITIONS_DIR ADMIT_DEF OUT.c
// Types are those that the admission gate knows (admit.def), and those that Salve makes or keeps itself. An expression
// whose form is not known here ends the build: no parameter is left out silently.
import fs from 'node:fs';
import path from 'node:path';

const [definitionsDir, admitFile, outFile] = process.argv.slice(2);
if (!outFile) {
  console.error('search_tables: needs DEFINITIONS_DIR ADMIT_DEF OUT.c');
  process.exit(2);
}
const fail = (text) => { throw new Error(`search_tables: ${text}`); };
const parameters = JSON.parse(fs.readFileSync(path.join(definitionsDir, 'search-parameters.json'))).entry
  .map((e) => e.resource);
const byUrl = new Map(parameters.map((p) => [p.url, p]));

const OWN = ['AuditEvent', 'Questionnaire', 'ValueSet'];
const admitted = fs.readFileSync(admitFile, 'utf8').match(/#define ADMIT_TYPES[\s\S]*?\n\n/)[0]
  .match(/X\("(\w+)"/g).map((m) => m.slice(3, -1));
const types = [...new Set([...admitted, ...OWN])].sort();

// Not searched by: texts of whole resources and sounds of names (what they match is each server's own), places on a map,
// named queries.
const LEFT_OUT = new Set(['_text', '_content', '_query', 'phonetic', 'near']);
const KINDS = { number: 'NUMBER', date: 'DATE', string: 'STRING', token: 'TOKEN', reference: 'REFERENCE',
  composite: 'COMPOSITE', quantity: 'QUANTITY', uri: 'URI' };
const STEPS_MAX = 4;

// --- one expression: element names from the resource (or the part of a composite) on -----------------------------------
function steps(text, owner) {
  const open = /^\((.+) as (\w+)\)((?:\.\w+)*)$/.exec(text);
  if (open) {
    const list = steps(open[1].trim(), owner);
    list[list.length - 1].as = open[2];
    return [...list, ...open[3].split('.').slice(1).map((name) => ({ name }))];
  }
  const cast = /^(.+)\.as\((\w+)\)$/.exec(text);
  if (cast) {
    const list = steps(cast[1], owner);
    list[list.length - 1].as = cast[2] === 'DateTime' ? 'dateTime' : cast[2];
    return list;
  }
  if (!/^\w+(\.\w+)*$/.test(text)) fail(`"${text}" has a form that is not known`);
  const names = text.split('.');
  if (owner !== '' && names.shift() !== owner) fail(`"${text}" does not begin at ${owner}`);
  return names.map((name) => ({ name }));
}

function onePath(text, owner) {
  const truth = /^(\w+\.\w+)\.exists\(\) and \1 != false$/.exec(text);
  if (truth) return { steps: steps(truth[1], owner), keeps: 'IS_SO' };
  const resolved = /^(.+)\.where\(resolve\(\) is (\w+)\)$/.exec(text);
  if (resolved) return { steps: steps(resolved[1], owner), keeps: 'POINTS_TO', type: resolved[2] };
  const system = /^(.+)\.where\(system='(\w+)'\)$/.exec(text);
  if (system) return { steps: steps(system[1], owner), keeps: 'OF_SYSTEM', system: system[2] };
  return { steps: steps(text, owner), keeps: 'ALL' };
}

// The alternatives of an expression that begin at this type; those of others stand beside them in one text.
function pathsOf(expression, type) {
  const begins = new RegExp(`^\\(?${type}(\\.|$)`);
  const list = expression.split('|').map((t) => t.trim()).filter((t) => begins.test(t) || /^Resource\./.test(t));
  return list.map((t) => (t.startsWith('Resource.') ? onePath(t, 'Resource') : onePath(t, type)));
}

// --- rows --------------------------------------------------------------------------------------------------------------
const paths = []; const rows = []; const parts = []; const typeRows = [];

function addPaths(list) {
  const first = paths.length;
  paths.push(...list);
  if (list.some((p) => p.steps.length > STEPS_MAX)) fail('a path is longer than STEPS_MAX');
  return { first, count: list.length };
}

function partOf(component, owner) {
  const p = byUrl.get(component.definition) ?? fail(`${owner} has a part that is not defined`);
  const list = component.expression.split('|').map((t) => onePath(t.trim(), ''));
  return { code: p.code, url: p.url, kind: KINDS[p.type], paths: addPaths(list), parts: { first: 0, count: 0 } };
}

function rowOf(p, type) {
  const list = pathsOf(p.expression ?? fail(`${p.code} has no expression`), type);
  if (list.length === 0) fail(`${type}?${p.code} has no path`);
  const own = addPaths(list);
  const components = (p.component ?? []).map((c) => partOf(c, p.code));
  const first = parts.length;
  parts.push(...components);
  return { code: p.code, url: p.url, kind: KINDS[p.type] ?? fail(`${p.code} has kind ${p.type}`), paths: own,
    parts: { first, count: components.length } };
}

for (const type of types) {
  const first = rows.length;
  const own = parameters.filter((p) => (p.base.includes(type) || p.base.includes('Resource')) && !LEFT_OUT.has(p.code));
  own.sort((a, b) => (a.code < b.code ? -1 : 1));
  rows.push(...own.map((p) => rowOf(p, type)));
  typeRows.push({ type, first, count: rows.length - first });
}

// --- text --------------------------------------------------------------------------------------------------------------
const c = (text) => (text ? JSON.stringify(text) : 'NULL');
const stepText = (s) => `{FHIR_N_${s.name}, ${s.as ? `FHIR_T_${s.as}` : 0}}`;
const pathText = (p) => `    {{${p.steps.map(stepText).join(', ') || '{0, 0}'}}, ${p.steps.length}, SEARCH_KEEPS_${p.keeps}, `
  + `${p.type ? `FHIR_T_${p.type}` : 0}, ${c(p.system)}},`;
const rowText = (r) => `    {${c(r.code)}, ${c(r.url)}, SEARCH_${r.kind}, ${r.paths.count}, ${r.parts.count}, `
  + `${r.paths.first}, ${r.parts.first}},`;
fs.mkdirSync(path.dirname(outFile), { recursive: true });
fs.writeFileSync(outFile, `/* Made by tools/search_tables.mjs from the R4 definitions. */
#include "search/search_int.h"

const struct search_path search_paths[] = {
${paths.map(pathText).join('\n')}
};

const struct search_param search_table[] = {
${rows.map(rowText).join('\n')}
};

const struct search_param search_parts[] = {
${parts.map(rowText).join('\n')}
};

const struct search_type search_types[] = {
${typeRows.map((t) => `    {FHIR_T_${t.type}, ${t.first}, ${t.count}},`).join('\n')}
    {0, 0, 0},
};
`);
console.log(`search tables: ${types.length} types, ${rows.length} parameters, ${paths.length} paths`);
