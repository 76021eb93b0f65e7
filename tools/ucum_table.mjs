// SPDX-License-Identifier: Apache-2.0
// Writes build/gen/ucum_table.c: the atoms and prefixes of UCUM with exact factors, from the pinned npm package
// @lhncbc/ucum-lhc. Usage: node ucum_table.mjs ucumDefs.min.json OUT.c
import { readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

const [, , input, output] = process.argv;
const text = readFileSync(input);
const defs = JSON.parse(text);
const keys = defs.units.config.map((k) => (Array.isArray(k) ? k[0] : k));
const rows = defs.units.data.map((r) => Object.fromEntries(keys.map((k, i) => [k, r[i]])));
const units = new Map(rows.filter((u) => u.source_ !== 'LOINC').map((u) => [u.csCode_, u]));

// Special units: function, reference unit, exact factor of the reference unit. UCUM 2.1, sections 21, 22 and 46.
const special = {
  Cel: ['CEL', 'K', '1'], '[degF]': ['DEGF', 'K', '5/9'], '[degRe]': ['DEGRE', 'K', '5/4'],
  "[p'diop]": ['TAN100', 'rad', '1'], '%[slope]': ['TAN100', 'rad', '1'],
  "[hp'_X]": ['HPX', '1', '1'], "[hp'_C]": ['HPC', '1', '1'], "[hp'_M]": ['HPM', '1', '1'], "[hp'_Q]": ['HPQ', '1', '1'],
  '[pH]': ['PH', 'mol/l', '1'], Np: ['LN', '1', '1'], B: ['LG', '1', '1'], 'B[SPL]': ['LG2', 'Pa', '2e-5'],
  'B[V]': ['LG2', 'V', '1'], 'B[mV]': ['LG2', 'mV', '1'], 'B[uV]': ['LG2', 'uV', '1'], 'B[10.nV]': ['LG2', 'nV', '10'],
  'B[W]': ['LG', 'W', '1'], 'B[kW]': ['LG', 'kW', '1'], '[m/s2/Hz^(1/2)]': ['SQRT', 'm2/s4/Hz', '1'], bit_s: ['LD', '1', '1'],
};

// Definitions whose case-sensitive form is cut short in the package; the UCUM table and the package's case-insensitive form
// have them whole. Every other unit has to have the same operators in both forms.
const whole = {
  '[diop]': '/m', '[mesh_i]': '/[in_i]', Bd: '/s', Oe: '/[pi].A/m', '[mu_0]': '4.[pi].10*-7.N/A2', '[S]': '10*-13.s',
};
// UCUM 2.2 added two units to the table.
for (const code of ['[NTU]', '[FNU]'])
  if (!units.has(code)) units.set(code, { csCode_: code, csUnitString_: '1', baseFactorStr_: '1', isMetric_: false, isBase_: false, isArbitrary_: false });
const operators = (s) => (s ?? '').replace(/[^./(]/g, '');
for (const [code, u] of units)
  if (u.ciUnitString_ && !whole[code] && operators(u.csUnitString_) !== operators(u.ciUnitString_))
    throw new Error(`the two definitions of ${code} differ: ${u.csUnitString_}, ${u.ciUnitString_}`);

const prefixes = new Map();
for (const [code, , , , value, exp] of defs.prefixes.data)
  prefixes.set(code, exp === null ? [BigInt(value), 1n, 0] : [1n, 1n, Number(exp)]);

const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a; };
function tidy(f) {
  let { n, d, e } = f;
  const g = gcd(n, d);
  n /= g; d /= g;
  while (n % 10n === 0n) { n /= 10n; e++; }
  while (d % 10n === 0n) { d /= 10n; e--; }
  return { ...f, n, d, e };
}
const one = () => ({ n: 1n, d: 1n, e: 0, pi: 0, dim: [0, 0, 0, 0, 0, 0, 0] });
function mul(a, b, power = 1) {
  let out = { ...a, dim: [...a.dim] };
  for (let i = 0; i < Math.abs(power); i++) {
    const up = power > 0;
    out.n *= up ? b.n : b.d; out.d *= up ? b.d : b.n; out.e += up ? b.e : -b.e; out.pi += up ? b.pi : -b.pi;
    out.dim = out.dim.map((x, k) => x + (up ? b.dim[k] : -b.dim[k]));
  }
  return tidy(out);
}
function number(s) {
  if (s.includes('/')) { const [a, b] = s.split('/').map(number); return mul(a, b, -1); }
  const m = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(s);
  if (!m) throw new Error('number ' + s);
  return tidy({ ...one(), n: BigInt(m[1] + (m[2] ?? '')), e: Number(m[3] ?? 0) - (m[2] ?? '').length });
}

const known = new Map();
function atom(code) {
  if (known.has(code)) return known.get(code);
  const u = units.get(code);
  if (!u) return null;
  let out;
  if (u.isBase_) out = { ...one(), dim: u.dim_ };
  else if (special[code]) out = mul(number(special[code][2]), term(special[code][1]));
  else if (code === '10*' || code === '10^') out = { ...one(), e: 1 };
  else if (code === '[pi]') out = { ...one(), pi: 1 };
  else {
    const factor = u.baseFactorStr_ ?? String(u.baseFactor_);
    out = mul(number(String(factor).replace(/\s/g, '')), term(whole[code] ?? u.csUnitString_ ?? '1'));
  }
  known.set(code, out);
  return out;
}
function simple(symbol) {
  const whole = atom(symbol);
  if (whole) return whole;
  for (const len of [2, 1]) {
    const p = prefixes.get(symbol.slice(0, len)), rest = p && atom(symbol.slice(len));
    if (rest) return mul({ ...one(), n: p[0], d: p[1], e: p[2] }, rest);
  }
  throw new Error('unit ' + symbol);
}
// Definitions in the table are products and quotients of powers, with at most one pair of parentheses.
function term(s) {
  let out = one(), at = 0, sign = 1;
  const read = () => {
    if (s[at] === '(') {
      const close = s.indexOf(')', at), inner = term(s.slice(at + 1, close));
      at = close + 1;
      return inner;
    }
    const power = /^10[*^](-?\d+)?/.exec(s.slice(at));
    if (power) { at += power[0].length; return { ...one(), e: Number(power[1] ?? 1) }; }
    const digits = /^\d+(?=$|[./])/.exec(s.slice(at));
    if (digits) { at += digits[0].length; return number(digits[0]); }
    const symbol = /^(?:\[[^\]]*\]|[^./()\d+\-[])+/.exec(s.slice(at));
    if (!symbol) throw new Error('term ' + s);
    at += symbol[0].length;
    const exponent = /^[+-]?\d+/.exec(s.slice(at));
    if (exponent) at += exponent[0].length;
    return mul(one(), simple(symbol[0]), Number(exponent?.[0] ?? 1));
  };
  while (at < s.length) {
    if (s[at] === '/') { sign = -1; at++; } else if (s[at] === '.') { sign = 1; at++; }
    out = mul(out, read(), sign);
    sign = 1;
  }
  return out;
}

const limit = 1n << 63n;
const quote = (s) => JSON.stringify(s);
const is_atom = (c) => c !== 'dB' && !/[./]/.test(c.replace(/\[[^\]]*\]/g, ''));
const lines = [...units.keys()].filter(is_atom)
  .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((code) => {
  const u = units.get(code), f = atom(code);
  if (f.n >= limit || f.d >= limit) throw new Error('factor too long: ' + code);
  const fn = special[code]?.[0] ?? 'NONE';
  return `    {${quote(code)}, ${f.n}LL, ${f.d}LL, ${f.e}, ${f.pi}, {${f.dim}}, ${u.isMetric_ || u.isBase_}, ${u.isArbitrary_}, UCUM_${fn}},`;
});
const prefix_lines = [...prefixes].map(([code, [n, , e]]) => `    {${quote(code)}, ${n}LL, ${e}},`);
writeFileSync(output, `/* Made by tools/ucum_table.mjs from ucumDefs.min.json (sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}); do not edit.
 * UCUM table and codes: Copyright 1995-2009 Regenstrief Institute, Inc. and the UCUM Organization; https://ucum.org/license */
#include "value/value_ucum_int.h"

const struct ucum_atom ucum_atoms[] = {
${lines.join('\n')}
};
const unsigned ucum_atom_count = ${lines.length};

const struct ucum_prefix ucum_prefixes[] = {
${prefix_lines.join('\n')}
};
const unsigned ucum_prefix_count = ${prefix_lines.length};
`);
