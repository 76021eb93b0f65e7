// SPDX-License-Identifier: Apache-2.0
// Unit conversions with the answers of ucum-lhc:   node ucum_differential.cjs TERMS SEED
// A line a conversion: from, to, amount, answer (or -), tab-parted. First every pair of units of the table of equal
// dimension, and every prefix on every unit that takes one; then TERMS made-up units, whose answer is the amount in base
// units, or - where ucum-lhc refuses them. Amounts are powers of ten that give the answer as many digits as decimals have.
const { UcumLhcUtils } = require('@lhncbc/ucum-lhc');
const { readFileSync } = require('node:fs');
const lhc = UcumLhcUtils.getInstance();
const print = (text) => process.stdout.write(text + '\n');
console.log = () => {}; // the library speaks on the same stream
const defs = JSON.parse(readFileSync('node_modules/@lhncbc/ucum-lhc/data/ucumDefs.min.json'));
const keys = defs.units.config.map((k) => (Array.isArray(k) ? k[0] : k));
const rows = defs.units.data.map((r) => Object.fromEntries(keys.map((k, i) => [k, r[i]]))).filter((u) => u.source_ !== 'LOINC');
const [terms, seed] = [Number(process.argv[2]), Number(process.argv[3])];
let state = seed >>> 0;
const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 4294967296; };
const pick = (list) => list[Math.floor(random() * list.length)];

const convert = (from, to, amount) => {
  const r = lhc.convertUnitTo(from, amount, to);
  return r.status === 'succeeded' ? r.toVal : null;
};
function line(from, to, plain) {
  let amount = 1;
  if (!plain) {
    const one = convert(from, to, 1);
    if (one !== null && one > 0) amount = 10 ** Math.max(-8, Math.min(19, 10 - Math.floor(Math.log10(one))));
  }
  const answer = convert(from, to, amount);
  const text = amount >= 1 ? BigInt(amount).toString() : amount.toFixed(8).replace(/0+$/, '');
  print(`${from}\t${to}\t${text}\t${answer === null ? '-' : answer}`);
}

// ucum-lhc converts no arbitrary unit, not even to itself, keeps moles apart from other numbers (UCUM: a mole is a number),
// and gives no finite answer for a prefix before a special unit: what UCUM defines and it does not is left out here.
const groups = new Map();
for (const u of rows) {
  if (u.isArbitrary_) continue;
  const key = JSON.stringify([u.dim_, u.moleExp_]);
  groups.set(key, [...(groups.get(key) ?? []), u]);
}
for (const units of groups.values())
  for (const a of units)
    for (const b of units) line(a.csCode_, b.csCode_, a.isSpecial_ || b.isSpecial_);
const prefixes = defs.prefixes.data.map((p) => p[0]);
for (const u of rows)
  if (u.isMetric_ && !u.isSpecial_ && !u.isArbitrary_) for (const p of prefixes) line(p + u.csCode_, u.csCode_);

const ratio = rows.filter((u) => !u.isSpecial_ && !u.csCode_.includes('('));
const simple = () => {
  const u = pick(ratio);
  const prefix = u.isMetric_ && random() < 0.3 ? pick(prefixes) : '';
  const exponent = random() < 0.3 ? pick(['2', '3', '-1', '-2', '+2', '0', '10']) : '';
  return prefix + u.csCode_ + exponent + (random() < 0.1 ? '{a note}' : '').replace(' ', '_');
};
const component = (d) => {
  const r = random();
  if (d > 0 && r < 0.2) return `(${term(d - 1)})`;
  if (r < 0.28) return String(Math.floor(random() * 1000) + 1);
  if (r < 0.34) return `10${pick(['*', '^'])}${pick(['3', '-6', '+2', ''])}`;
  if (r < 0.38) return '{cells}';
  return simple();
};
const term = (d) => {
  let out = component(d);
  for (let n = Math.floor(random() * 3); n > 0; n--) out += pick(['.', '/']) + component(d);
  return out;
};
const spoil = (s) => { const at = Math.floor(random() * (s.length + 1)); return s.slice(0, at) + pick(['.', '/', '(', ')', 'x', '2', '{', ' ', '-']) + s.slice(at); };
for (let i = 0; i < terms; i++) {
  let unit = (random() < 0.1 ? '/' : '') + term(2);
  const spoiled = random() < 0.15;
  if (spoiled) unit = spoil(unit);
  if (/\D\d{3}/.test(unit.replace(/\[[^\]]*\]|(^|[./(])\d+/g, ''))) continue; // an exponent past 99 is refused here
  const base = lhc.getSpecifiedUnit(unit, 'validate');
  if (!base.unit || base.origString !== unit) { print(`${unit}\t\t1\t-`); continue; }
  if (spoiled) continue; // what is broken and still accepted there (8-17, a factor of 0, {} behind a parenthesis) is theirs
  const u = base.unit, magnitude = u.getProperty('magnitude_');
  if (!(Math.abs(magnitude) > 1e-290 && magnitude < 1e290)) continue; // past the numbers of that library
  const dim = u.getProperty('dim_');
  const symbols = ['m', 's', 'g', 'rad', 'K', 'C', 'cd'];
  const vec = dim && dim.dimVec_ ? dim.dimVec_ : null;
  const target = vec && vec.some((x) => x !== 0) ? symbols.map((x, k) => (vec[k] ? x + vec[k] : '')).filter(Boolean).join('.') : '1';
  print(`${unit}\t${target}\t1\t${magnitude}`);
}
