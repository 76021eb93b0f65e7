// SPDX-License-Identifier: Apache-2.0
// Decimals computed once more with big integers:   node decimal_differential.mjs COUNT SEED
// A line a computation: operation, a, b, result (or none past 28 digits), tab-parted. Numbers are fixed point with 100
// digits behind the point here and are rounded to 8 at the end, half away from zero. The functions are plain series,
// written for this test.
const [count, seed] = [Number(process.argv[2]), Number(process.argv[3])];
let state = seed >>> 0;
const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 4294967296; };
const digits = 100n, ONE = 10n ** digits, MAX = 10n ** 28n, UNIT = 10n ** 8n, UP = 10n ** (digits - 8n);
const abs = (x) => (x < 0n ? -x : x);
const round = (n, d) => { const q = abs(n) / abs(d), r = abs(n) % abs(d), up = 2n * r >= abs(d) ? q + 1n : q; return (n < 0n) !== (d < 0n) ? -up : up; };
const fixed = (units) => units * UP;
const mul = (x, y) => (x * y) / ONE;
const exp = (x) => { // halved until it is small, squared back; more digits while it is large
  const wide = 10n ** 60n;
  let r = (x * wide) >> 64n, sum = ONE * wide, term = sum;
  for (let n = 1n; term !== 0n; n++) { term = (term * r) / (ONE * wide) / n; sum += term; }
  for (let i = 0; i < 64; i++) sum = (sum * sum) / (ONE * wide);
  return sum / wide;
};
const artanh = (t) => { const s = mul(t, t); let sum = 0n; for (let p = t, n = 1n; p !== 0n; p = mul(p, s), n += 2n) sum += p / n; return 2n * sum; };
const LN10 = 3n * artanh(ONE / 3n) + artanh(ONE / 9n); // 10 = 2^3 * 5/4
const ln = (x) => { let k = 0n; while (x > 3n * ONE) { x /= 10n; k++; } while (x < (3n * ONE) / 10n) { x *= 10n; k--; } return artanh(((x - ONE) * ONE) / (x + ONE)) + k * LN10; };
const root = (n) => { if (n === 0n) return 0n; let r = 1n << BigInt((n.toString(2).length >> 1) + 1); for (;;) { const next = (r + n / r) >> 1n; if (next >= r) return r; r = next; } };
const done = (x) => round(x, UP);
const operations = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => round(a * b, UNIT), div: (a, b) => (b ? round(a * UNIT, b) : null),
  int_div: (a, b) => (b ? (a / b) * UNIT : null), mod: (a, b) => (b ? a % b : null),
  round: (a, b) => { const step = 10n ** (8n - b / UNIT); return round(a, step) * step; },
  ceiling: (a) => { const f = a / UNIT; return (a > f * UNIT ? f + 1n : f) * UNIT; },
  floor: (a) => { const f = a / UNIT; return (a < f * UNIT ? f - 1n : f) * UNIT; }, truncate: (a) => (a / UNIT) * UNIT,
  sqrt: (a) => (a < 0n ? null : round(root(a * UNIT * 10n ** 60n), 10n ** 30n)),
  exp: (a) => (a > 48n * UNIT ? MAX : a < -30n * UNIT ? 0n : done(exp(fixed(a)))),
  ln: (a) => (a <= 0n ? null : done(ln(fixed(a)))),
  log: (a, b) => (a <= 0n || b <= 0n || b === UNIT ? null : round(ln(fixed(a)) * UNIT, ln(fixed(b)))),
  power: (a, b) => {
    const whole = b % UNIT === 0n;
    if (a === 0n) return b > 0n ? 0n : b === 0n ? UNIT : null;
    if (a < 0n && !whole) return null;
    const y = (b * ln(fixed(abs(a)))) / UNIT;
    const size = y > 48n * ONE ? MAX : y < -30n * ONE ? 0n : done(exp(y));
    return a < 0n && (b / UNIT) % 2n !== 0n ? -size : size;
  },
};
const text = (units) => { const s = abs(units).toString().padStart(9, '0'); return `${units < 0n ? '-' : ''}${s.slice(0, -8)}.${s.slice(-8)}`; };
const number = (most) => { // as many digits as it happens, so that small and large are as frequent
  const length = 1 + Math.floor(random() * most);
  let n = 0n;
  for (let i = 0; i < length; i++) n = n * 10n + BigInt(Math.floor(random() * 10));
  if (random() < 0.3) n = (n / UNIT) * UNIT;
  return random() < 0.3 ? -n : n;
};
const near_one = () => UNIT + number(7);
const bases = { exp: () => number(10), sqrt: () => abs(number(28)), ln: () => (random() < 0.3 ? near_one() : abs(number(28))) };
const seconds = {
  round: () => BigInt(Math.floor(random() * 9)) * UNIT,
  power: () => (random() < 0.6 ? BigInt(Math.floor(random() * 400) - 100) * UNIT : number(10)),
  log: () => (random() < 0.3 ? near_one() : abs(number(20))),
};
const names = Object.keys(operations);
for (let i = 0; i < count; i++) {
  const name = names[i % names.length];
  let a = (bases[name] ?? (() => number(28)))();
  if (name === 'power') a = random() < 0.5 ? near_one() : number(14);
  const b = (seconds[name] ?? (() => number(28)))();
  const result = operations[name](a, b);
  console.log(`${name}\t${text(a)}\t${text(b)}\t${result === null || abs(result) >= MAX ? 'none' : text(result)}`);
}
