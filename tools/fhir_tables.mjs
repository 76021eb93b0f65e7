#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Turns the pinned R4 definitions into the C tables behind src/fhir/elements.h.
//     node tools/fhir_tables.mjs DEFINITIONS_DIR OUT_DIR      writes OUT_DIR/fhir_tables.h and fhir_tables.c
// The package is R4 with additions of its maker. Its dataelements.json still is plain R4 and lists every leaf element
// with a path of usual length, so a leaf that it does not know is an addition and is left out, and a leaf that only it
// knows is put back.
import fs from 'node:fs';
import path from 'node:path';
import crypto from 'node:crypto';

const [definitionsDir, outDir] = process.argv.slice(2);
if (!outDir) {
  console.error('fhir_tables: needs DEFINITIONS_DIR and OUT_DIR');
  process.exit(2);
}
const digest = crypto.createHash('sha256');
const entries = (file) => {
  const text = fs.readFileSync(path.join(definitionsDir, file));
  digest.update(text);
  return JSON.parse(text).entry.map((e) => e.resource);
};
const structures = [...entries('profiles-types.json'), ...entries('profiles-resources.json')]
  .filter((r) => r.resourceType === 'StructureDefinition');
const plain = new Map();
for (const element of entries('dataelements.json').flatMap((r) => r.snapshot?.element ?? [])) {
  if (!plain.has(element.path)) plain.set(element.path, element);
}
const terminology = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'].flatMap(entries);
const byUrl = (type) => new Map(terminology.filter((r) => r.resourceType === type).map((r) => [r.url, r]));
const valueSets = byUrl('ValueSet');
const codeSystems = byUrl('CodeSystem');

const fail = (text) => { throw new Error(`fhir_tables: ${text}`); };
const last = (text) => text.slice(text.lastIndexOf('/') + 1);
const leaf = (p) => p.slice(p.lastIndexOf('.') + 1);
const capital = (text) => text[0].toUpperCase() + text.slice(1);

// --- which structures and elements are R4 --------------------------------------------------------------------------
const DROPPED = new Set(['SubscriptionStatus', 'MetadataResource', 'MoneyQuantity', 'SimpleQuantity']);
const INHERITING = new Set(['Age', 'Count', 'Distance', 'Duration']); // plain R4 lists their elements under Quantity
const kept = structures.filter((s) => !DROPPED.has(s.name) && !/medplum|uscore/i.test(s.url));
const REPLACED = new Set(['EvidenceVariable']); // holds long paths and recursion that are not R4
const PLAIN_PATH_CHARS_MAX = 59; // longer paths do not fit the ids of dataelements.json
const simpleQuantity = structures.find((s) => s.name === 'SimpleQuantity');

const isBackbone = (e) => (e.type ?? []).some((t) => t.code === 'BackboneElement' || t.code === 'Element');
const isInherited = (e) => ['id', 'extension', 'modifierExtension'].includes(leaf(e.path));

function isPlain(structure, e) {
  if (isBackbone(e) || isInherited(e) || structure.kind === 'primitive-type' || plain.has(e.path)) return true;
  if (REPLACED.has(structure.name)) return false;
  return e.contentReference || INHERITING.has(structure.name) || e.path.length > PLAIN_PATH_CHARS_MAX;
}

function elementsOf(structure) {
  let list = structure.snapshot.element.filter((e, i) => i === 0 || isPlain(structure, e));
  const paths = new Set(list.map((e) => e.path));
  for (const e of plain.values()) { // put back what the maker of the package replaced
    const parent = e.path.slice(0, e.path.lastIndexOf('.'));
    if (!e.path.startsWith(`${structure.name}.`) || paths.has(e.path) || !paths.has(parent)) continue;
    if (structure.kind === 'primitive-type' || isInherited(e)) continue;
    list.push(e);
  }
  list = list.map((e) => (!INHERITING.has(structure.name) && structure.name !== 'Quantity' && plain.has(e.path)
    ? { ...plain.get(e.path), constraint: e.constraint } : e));
  // a backbone element of which nothing but the inherited is left was an addition as a whole
  for (let before = -1; before !== list.length;) {
    before = list.length;
    list = list.filter((e, i) => i === 0 || !isBackbone(e)
      || list.some((c) => c.path.startsWith(`${e.path}.`) && !isInherited(c)));
    const live = new Set(list.map((e) => e.path));
    list = list.filter((e, i) => i === 0 || live.has(e.path.slice(0, e.path.lastIndexOf('.'))));
  }
  return inPlainOrder(list, paths).filter((e) => e.max !== '0');
}

// Where something was put back, the children of its parent stand in the order of plain R4.
function inPlainOrder(list, paths) {
  const parent = (e) => e.path.slice(0, e.path.lastIndexOf('.'));
  const mended = new Set(list.filter((e) => !paths.has(e.path)).map(parent));
  const order = [...plain.keys()];
  for (const p of mended) {
    const children = list.filter((e) => parent(e) === p);
    if (children.some((e) => !plain.has(e.path))) fail(`${p} cannot be put in order`);
    children.sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
    list = list.map((e) => (parent(e) === p ? children.shift() : e));
  }
  return list;
}

// --- tables --------------------------------------------------------------------------------------------------------
const names = ['']; const nameIds = new Map();
const intern = (text) => {
  if (!nameIds.has(text)) { nameIds.set(text, names.length); names.push(text); }
  return nameIds.get(text);
};

const KIND = { 'primitive-type': 'FHIR_PRIMITIVE', 'complex-type': 'FHIR_COMPLEX', resource: 'FHIR_RESOURCE' };
const types = [null]; const typeIds = new Map();
function addType(row) {
  typeIds.set(row.name, types.length);
  types.push(row);
}
const rank = (s) => Object.keys(KIND).indexOf(s.kind);
for (const s of [...kept].sort((a, b) => rank(a) - rank(b))) { // stable: the order of the definitions within a kind
  const list = elementsOf(s);
  addType({ name: s.name, base: s.baseDefinition ? last(s.baseDefinition) : '', kind: KIND[s.kind],
    abstract: s.abstract, root: list[0], list: list.filter((e) => e.path.split('.').length === 2), structure: s });
  for (const e of list.slice(1).filter((x) => isBackbone(x) && !x.contentReference)) {
    addType({ name: e.path, base: e.type[0].code, kind: 'FHIR_BACKBONE', abstract: false, root: e, structure: s,
      list: list.filter((c) => c.path.startsWith(`${e.path}.`) && !c.path.slice(e.path.length + 1).includes('.')) });
  }
}
const typeId = (name) => typeIds.get(name) ?? fail(`no type ${name}`);

const invariants = [null]; const invariantIds = new Map();
function invariantId(c) {
  const key = `${c.key}\0${c.expression}`;
  if (!invariantIds.has(key)) { invariantIds.set(key, invariants.length); invariants.push(c); }
  return invariantIds.get(key);
}
const lists = [0]; const listIds = new Map([['', 0]]); // zero-terminated runs of ids, shared where equal
function listId(ids) {
  if (ids.length === 0) return 0;
  const key = ids.join(',');
  if (!listIds.has(key)) { listIds.set(key, lists.length); lists.push(...ids, 0); }
  return listIds.get(key);
}
const ALWAYS = new Set(['ele-1']); // checked by the reader itself: every element has a value or children
const checkable = (list) => (list ?? []).filter((c) => !ALWAYS.has(c.key) && c.expression);

const usedSets = [null]; const setIds = new Map();
function valueSetId(canonical) {
  const url = canonical.split('|')[0];
  if (!setIds.has(url)) { setIds.set(url, usedSets.length); usedSets.push(url); }
  return setIds.get(url);
}

function fhirType(owner, e, type) { // the FHIR type behind the FHIRPath system types of the definitions
  if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code;
  if (leaf(e.path) === 'id') return owner.kind === 'FHIR_RESOURCE' ? 'id' : 'string';
  if (e.path === 'Extension.url') return 'uri';
  return fail(`${e.path} has type ${type.code}`);
}

const targetIds = (type) => listId((type.targetProfile ?? []).map(last).filter((n) => typeIds.has(n)).map(typeId));
const typeKeys = new Map(types.slice(1).map((t) => [t.name, new Set(checkable(t.root.constraint).map((c) => c.key))]));
function elementInvariants(e, type, typeName) {
  const own = isBackbone(e) && !e.contentReference ? [] : checkable(e.constraint);
  const isSimple = (type.profile ?? []).some((p) => last(p) === 'SimpleQuantity');
  const all = own.filter((c) => !typeKeys.get(typeName)?.has(c.key));
  const simple = checkable(simpleQuantity.snapshot.element[0].constraint).filter((c) => /^sqty/.test(c.key));
  if (isSimple) all.push(...simple);
  return listId([...new Set(all.map(invariantId))]);
}

const BOUND = new Set(['code', 'Coding', 'CodeableConcept', 'Quantity', 'string', 'uri']);
const elements = [{ name: 0, path_name: 0, owner: 0, type: 0, min: 0, flags: 0, choice: 0, binding: 0, targets: 0,
  invariants: 0 }];
function addElements(owner) {
  owner.first = elements.length;
  for (const e of owner.list) {
    const name = leaf(e.path);
    if (owner.kind === 'FHIR_PRIMITIVE' && name === 'value') continue;
    const isChoice = name.endsWith('[x]');
    const short = name.replace('[x]', '');
    const group = elements.length - owner.first;
    const types_ = e.contentReference ? [{ code: e.contentReference.slice(1) }] : e.type;
    for (const type of types_) {
      const backbone = isBackbone(e) && !e.contentReference;
      const target = backbone ? e.path : fhirType(owner, e, type);
      const flags = [e.max !== '1' && 'FHIR_MANY', isChoice && 'FHIR_CHOICE', e.isSummary && 'FHIR_SUMMARY']
        .filter(Boolean).join(' | ') || '0';
      elements.push({
        name: intern(isChoice ? short + capital(type.code) : short), path_name: intern(short),
        owner: typeId(owner.name), type: typeId(target), min: e.min, flags,
        choice: isChoice ? group : elements.length - owner.first,
        binding: e.binding?.strength === 'required' && e.binding.valueSet && BOUND.has(type.code)
          ? valueSetId(e.binding.valueSet) : 0,
        targets: targetIds(type), invariants: elementInvariants(e, type, target), path: `${owner.name}.${short}`,
        jsonPath: `${owner.name}.${isChoice ? short + capital(type.code) : short}`,
      });
    }
  }
  owner.count = elements.length - owner.first;
  if (owner.count > 255) fail(`${owner.name} has ${owner.count} rows; the reader's sets hold 255`);
  owner.invariants = listId([...new Set(checkable(owner.root.constraint).map(invariantId))]);
}
for (const t of types.slice(1)) intern(t.name);
for (const t of types.slice(1)) addElements(t);

// --- codes of required bindings ------------------------------------------------------------------------------------
const systems = ['']; const systemIds = new Map();
const systemId = (url) => {
  if (!systemIds.has(url)) { systemIds.set(url, systems.length); systems.push(url); }
  return systemIds.get(url);
};
const conceptCodes = (concepts) => (concepts ?? []).flatMap((c) => [c.code, ...conceptCodes(c.concept)]);
const codeRows = []; // {set, code, system}
const sets = usedSets.map((url) => {
  if (!url) return { url: '', isOpen: false, first: 0, count: 0, openSystems: 0 };
  const set = valueSets.get(url);
  const rows = []; const open = [];
  for (const include of set?.compose?.include ?? []) {
    const system = codeSystems.get(include.system);
    if (include.concept) rows.push(...include.concept.map((c) => [c.code, systemId(include.system)]));
    else if (system?.content === 'complete' && !include.filter && !include.valueSet) {
      rows.push(...conceptCodes(system.concept).map((c) => [c, systemId(include.system)]));
    } else open.push(include.system ? systemId(include.system) : 0);
  }
  const unique = [...new Map(rows.map((r) => [r.join('\0'), r])).values()];
  unique.sort((a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])) || a[1] - b[1]);
  const first = codeRows.length;
  codeRows.push(...unique);
  return { url, isOpen: !set || open.length > 0 || unique.length === 0, first, count: unique.length,
    openSystems: listId([...new Set(open.filter(Boolean))]) };
});

// --- C -------------------------------------------------------------------------------------------------------------
const cString = (text) => `"${[...Buffer.from(text)].map((b) => {
  const c = String.fromCharCode(b);
  if (c === '"' || c === '\\') return `\\${c}`;
  if (c === '?') return '\\?';
  return b >= 32 && b < 127 ? c : `\\${b.toString(8).padStart(3, '0')}`;
}).join('')}"`;
const bytes = (text) => Buffer.byteLength(text);
const symbol = (text) => text.replace(/[^A-Za-z0-9]/g, '_');

function blob(texts, ending) { // one text after the other, each with `ending` behind it; returns C lines and offsets
  const offsets = []; const lines = []; let at = 0;
  for (const text of texts) {
    offsets.push(at);
    lines.push(`    ${cString(text + ending)}`);
    at += bytes(text + ending);
  }
  offsets.push(at);
  return { lines, offsets };
}
const wrap = (values) => {
  const lines = []; let line = '   ';
  for (const v of values) {
    if (line.length + String(v).length > 115) { lines.push(line); line = '   '; }
    line += ` ${v},`;
  }
  return [...lines, line].join('\n');
};
function fnv(text) {
  let h = 0x811c9dc5;
  for (const b of Buffer.from(text)) h = Math.imul(h ^ b, 0x01000193) >>> 0;
  return h;
}
const HASH_SLOTS = 16384;
if (names.length * 2 > HASH_SLOTS) fail('the name hash is too small');
const slots = new Array(HASH_SLOTS).fill(0);
for (let id = 1; id < names.length; id++) {
  let slot = fnv(names[id]) % HASH_SLOTS;
  while (slots[slot]) slot = (slot + 1) % HASH_SLOTS;
  slots[slot] = id;
}
const nameBlob = blob(names, '"');
const codeTexts = [...new Set(codeRows.map((r) => r[0]))];
const codeBlob = blob(codeTexts, '\0');
const codeAt = new Map(codeTexts.map((t, i) => [t, codeBlob.offsets[i]]));
const keyHead = (text) => { // the first sixteen bytes of the name as a key in JSON: quotes and colon, zero-filled
  const raw = Buffer.alloc(16); Buffer.from(`"${text}":`).copy(raw, 0, 0, 16);
  return `{${[...raw].join(', ')}}`;
};
const LOOKS = { // enum fhir_look of each primitive type whose values are read in one step
  string: 'STRING', markdown: 'STRING', code: 'TOKEN', uri: 'TOKEN', url: 'TOKEN', canonical: 'TOKEN', id: 'TEXT',
  oid: 'TEXT', uuid: 'TEXT', base64Binary: 'TEXT', date: 'TEXT', dateTime: 'TEXT', instant: 'TEXT', time: 'TEXT',
  decimal: 'DECIMAL', boolean: 'BOOLEAN', xhtml: 'OTHER', integer: 'OTHER', unsignedInt: 'OTHER', positiveInt: 'OTHER',
};
const look = (t) => `FHIR_LOOK_${t?.kind === 'FHIR_PRIMITIVE' ? LOOKS[t.name] ?? fail(`no look of ${t.name}`) : 'COMPLEX'}`;
function memberOpens(e) { // fhir_member.opens
  const isMany = String(e.flags).includes('FHIR_MANY'), type = types[e.type];
  if (type?.kind === 'FHIR_RESOURCE') return "'\\0'"; // one or a list of them
  if (type?.kind !== 'FHIR_PRIMITIVE') return isMany ? "'['" : "'{'";
  if (!isMany && LOOKS[type.name] === 'DECIMAL') return "'0'";
  return !isMany && ['STRING', 'TOKEN', 'TEXT'].includes(LOOKS[type.name]) ? "'\"'" : "'\\0'";
}
const ASKS = { // enum fhir_ask of values by their type
  Extension: 'EXTENSION', Quantity: 'QUANTITY', Age: 'QUANTITY', Count: 'QUANTITY', Distance: 'QUANTITY',
  Duration: 'QUANTITY', Attachment: 'ATTACHMENT', Coding: 'SYSTEM', Identifier: 'SYSTEM', uri: 'URI', url: 'URI',
  canonical: 'URI', RelatedArtifact: 'ARTIFACT', Reference: 'REFERENCE', 'Bundle.entry': 'ENTRY', Resource: 'RESOURCE',
};
for (const name of Object.keys(ASKS)) if (!typeIds.has(name)) fail(`no type ${name} to ask something of`);
function elementAsks(e) {
  const name = names[e.name];
  return [`FHIR_ASK_${ASKS[types[e.type]?.name] ?? 'NOTHING'}`, e.binding !== 0 && 'FHIR_ASK_BINDING',
    name === 'id' && types[e.owner].kind !== 'FHIR_RESOURCE' && 'FHIR_ASK_ID',
    name === 'contained' && 'FHIR_ASK_CONTAINED', names[e.path_name] === 'text' && 'FHIR_ASK_TEXT']
    .filter(Boolean).join(' | ');
}
const typeOfName = names.map((n) => typeIds.get(n) ?? 0);
function requiredSet(t) { // bit per row; of a choice the first row stands for all
  const words = [0n, 0n, 0n, 0n];
  for (let i = 0; i < t.count; i++) {
    const e = elements[t.first + i];
    if (e.min > 0) words[e.choice >> 6] |= 1n << BigInt(e.choice & 63);
  }
  return words.map((w) => `0x${w.toString(16)}u`);
}
const rows = types.slice(1).map((t) => `${t.name}\n${elements.slice(t.first, t.first + t.count)
  .map((e) => `  ${names[e.name]}\n`).join('')}`).sort().join('');
const inputs = digest.digest('hex').slice(0, 32);
const head = `/* Generated by tools/fhir_tables.mjs from the R4 definitions (sha256 ${inputs}); do not edit. */\n`;
const rowOf = (fields, comment) => `    {${fields.join(', ')}},${comment ? ` /* ${comment} */` : ''}`;

const header = `${head}#ifndef SALVE_FHIR_TABLES_H
#define SALVE_FHIR_TABLES_H

enum {
    FHIR_NAME_COUNT = ${names.length},
    FHIR_TYPE_COUNT = ${types.length},
    FHIR_ELEMENT_COUNT = ${elements.length},
    FHIR_INVARIANT_COUNT = ${invariants.length},
    FHIR_VALUESET_COUNT = ${sets.length},
    FHIR_SYSTEM_COUNT = ${systems.length},
    FHIR_CODE_COUNT = ${codeRows.length},
    FHIR_NAME_SLOTS = ${HASH_SLOTS},
};

/* FNV-1a over the rows of all types: stored tapes rely on them (docs/formats/tape.md) */
#define FHIR_ROWS_FINGERPRINT 0x${fnv(rows).toString(16)}u

/* FHIR_T_<type>: fhir_type_id */
enum {
${types.slice(1).map((t, i) => `    FHIR_T_${symbol(t.name)} = ${i + 1},`).join('\n')}
};

/* FHIR_N_<name>: fhir_name_id */
enum {
${[...nameIds].filter(([n]) => !n.includes('.')).map(([n, i]) => `    FHIR_N_${symbol(n)} = ${i},`).join('\n')}
};

/* FHIR_E_<type>_<JSON name>: fhir_element_id */
enum {
${elements.slice(1).map((e, i) => `    FHIR_E_${symbol(e.jsonPath)} = ${i + 1},`).join('\n')}
};

#endif
`;

const source = `${head}#include "fhir/elements.h"
#include "fhir_tables.h"
#include "fhir/fhir_tables_int.h"

const char fhir_name_text[] =
${nameBlob.lines.join('\n')};

const uint32_t fhir_name_start[] = {
${wrap(nameBlob.offsets)}
};

const uint16_t fhir_name_slots[FHIR_NAME_SLOTS] = {
${wrap(slots)}
};

const fhir_type_id fhir_type_of_name[] = {
${wrap(typeOfName)}
};

/* name, path_name, owner, type, min, flags, choice, binding, targets, invariants */
const struct fhir_element fhir_elements[] = {
${elements.map((e) => rowOf([e.name, e.path_name, e.owner, e.type, e.min, e.flags, e.choice, e.binding, e.targets,
    e.invariants], e.jsonPath)).join('\n')}
};

const uint8_t fhir_looks[] = {
${types.map((t) => `    ${look(t)},`).join('\n')}
};

const uint8_t fhir_asks[] = {
    0,
${elements.slice(1).map((e) => `    ${elementAsks(e)},`).join('\n')}
};

/* head, bit, type, head_mask, word, name_len, look, opens */
const struct fhir_member fhir_members[] = {
${elements.map((e) => rowOf([keyHead(names[e.name]), `0x${(1n << BigInt(e.choice & 63)).toString(16)}u`, e.type,
    `0x${((1 << Math.min(bytes(names[e.name]) + 3, 16)) - 1).toString(16)}u`, e.choice >> 6, bytes(names[e.name]),
    look(types[e.type]), memberOpens(e)])).join('\n')}
};

/* name, base, kind, is_abstract, element_count, first_element, invariants */
const struct fhir_type fhir_types[] = {
    {0, 0, 0, false, 0, 0, 0},
${types.slice(1).map((t) => rowOf([nameIds.get(t.name), t.base ? typeId(t.base) : 0, t.kind, !!t.abstract, t.count,
    t.first, t.invariants], t.name)).join('\n')}
};

const uint64_t fhir_type_required[][4] = {
    {0, 0, 0, 0},
${types.slice(1).map((t) => `    {${requiredSet(t).join(', ')}},`).join('\n')}
};

const uint16_t fhir_lists[] = {
${wrap(lists)}
};

const struct fhir_invariant fhir_invariants[] = {
    {NULL, NULL, NULL, false},
${invariants.slice(1).map((c) => `    {${cString(c.key)}, ${cString(c.expression)},
     ${cString(c.human)}, ${c.severity === 'error'}},`).join('\n')}
};

const char *const fhir_systems[] = {
    NULL,
${systems.slice(1).map((s) => `    ${cString(s)},`).join('\n')}
};

const char fhir_code_text[] =
${codeBlob.lines.join('\n')};

const struct fhir_code fhir_codes[] = {
${wrap(codeRows.map(([code, system]) => `{${codeAt.get(code)}, ${system}}`))}
};

const struct fhir_valueset fhir_valuesets[] = {
${sets.map((s) => `    {${cString(s.url)}, ${s.first}, ${s.count}, ${s.openSystems}, ${s.isOpen}},`).join('\n')}
};
`;
fs.mkdirSync(outDir, { recursive: true });
fs.writeFileSync(path.join(outDir, 'fhir_tables.h'), header);
fs.writeFileSync(path.join(outDir, 'fhir_tables.c'), source);
console.log(`fhir tables: ${types.length - 1} types, ${elements.length - 1} elements, ${names.length - 1} names, `
  + `${invariants.length - 1} invariants, ${sets.length - 1} value sets with ${codeRows.length} codes`);
