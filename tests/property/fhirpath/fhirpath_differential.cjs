// SPDX-License-Identifier: Apache-2.0
// Made-up FHIRPath expressions with fhirpath.js's answers:   node fhirpath_differential.cjs COUNT SEED INPUT.json
// Prints a line an expression: expression, tab, JSON of the answer (or ERROR). Expressions are made by kind, so that most
// of them mean something; quantities and dates come as text.
const fs = require('node:fs');
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');

const [count, seed, input] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const resource = JSON.parse(fs.readFileSync(input, 'utf8'));
let state = seed >>> 0;
const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 4294967296; };
const pick = (list) => list[Math.floor(random() * list.length)];

// What the two engines are known to read differently is not made up here (fhirpath_theirs.tsv says why), so that nothing
// else hides behind it: values of different kinds or dimensions are not compared, ties of negative numbers not rounded,
// decimals not turned into texts or asked for their kind, and texts have no character past U+FFFF.
const PATHS = ['name', 'name.given', 'name.family', 'name.use', 'gender', 'birthDate', 'active', 'deceased', 'multipleBirth',
  'contained', 'contained.name', 'extension.url', 'extension.value', 'id', 'name.first()', 'name.last().given',
  'name.where(use = \'official\')', 'name.where(use = \'official\').given', 'managingOrganization.reference', 'photo', 'telecom'];
const ITEMS = { string: ['name.given', 'name.family', 'name.use', 'gender', 'contained.name', 'extension.url'] };
const leaf = {
  integer: () => pick(['0', '1', '2', '3', '7', '10', '-1', '-5', '100', 'multipleBirth', 'name.count()', 'name.given.count()',
    '$this.name.count()']),
  decimal: () => pick(['0.0', '1.0', '1.5', '2.25', '-0.7', '10.10', '3.14159', '100.001', '0.1']),
  string: () => pick(["''", "'a'", "'abc'", "'ABC'", "'Ada'", "'12'", "'1.5'", "'true'", "'a b  c'", "'2020-01-05'", "'<&>'",
    'gender', 'id', 'name.family', 'name.given.first()', 'name.use.last()', "'x,y,,z'", "'10:30'", "'aba'"]),
  boolean: () => pick(['true', 'false', 'active', 'deceased', '{}', 'name.exists()', 'photo.exists()']),
  date: () => pick(['@2020', '@2020-02', '@2020-02-29', '@1999-12-31', '@2021-01-31', 'birthDate']),
  dateTime: () => pick(['@2020-02-29T10:00:00Z', '@2020-02-29T10:30:15.250Z', '@1999-12-31T23:59:59Z', '@2020-02-29T12:00:00+02:00']),
  time: () => pick(['@T10', '@T10:30', '@T23:59:59', '@T00:00:00.001']),
  mass: () => pick(["1 'kg'", "500 'g'", "10 'mg'", "0.01 'g'"]),
  size: () => pick(["2.5 'm'", "250 'cm'", "1 'km'", "12 '[in_i]'"]),
  span: () => pick(['3 days', '1 week', "2 'd'", '36 hours']),
};
let defined = 0;
const kinds = Object.keys(leaf);
const plains = ['integer', 'boolean', 'string', 'date', 'dateTime', 'time'];
const comparisons = ['=', '!=', '<', '<=', '>', '>=', '~', '!~'];
const make = (kind, depth) => (depth <= 0 || random() < 0.2 ? leaf[kind]() : inner[kind](depth - 1));
const wrap = (kind, depth) => { const e = make(kind, depth); return /^[\w.'@()-]+$/.test(e) && !e.startsWith('-') ? e : `(${e})`; };
const list = (depth, k) => { const n = 1 + Math.floor(random() * 3);
  return `(${Array.from({ length: n }, () => wrap(k, depth - 1)).join(' | ')})`; };
const collection = (depth) => (random() < 0.5 ? pick(PATHS) : list(depth, pick(plains)));
const moment = () => pick(['date', 'dateTime']);
const inner = {
  integer: (d) => pick([
    () => `${wrap('integer', d)} ${pick(['+', '-', '*', 'div', 'mod'])} ${wrap('integer', d)}`,
    () => `${collection(d)}.count()`, () => `${wrap('string', d)}.length()`, () => `${wrap('string', d)}.indexOf(${make('string', d)})`,
    () => `${wrap('string', d)}.lastIndexOf(${make('string', d)})`,
    () => `${leaf.decimal()}.${pick(['floor', 'ceiling', 'truncate'])}()`, () => `${leaf.string()}.toInteger()`,
    () => `${wrap('integer', d)}.abs()`, () => `iif(${make('boolean', d)}, ${make('integer', d)}, ${make('integer', d)})`,
    () => `(${leaf.integer()} | ${leaf.integer()} | ${leaf.integer()}).aggregate($this + $total, 0)`,
    () => `${list(d, 'integer')}.${pick(['sum', 'min', 'max'])}()`, () => `${list(d, 'integer')}.sort().${pick(['first', 'last'])}()`,
    () => `${wrap(moment(), d)}.${pick(['yearOf', 'monthOf', 'dayOf'])}()`,
    () => `${leaf[pick(['dateTime', 'time'])]()}.${pick(['hourOf', 'minuteOf', 'secondOf', 'millisecondOf'])}()`,
    () => `coalesce(${make('integer', d)}, ${make('integer', d)})`, () => `${list(d, 'integer')}.repeat(iif($this < 3, $this + 1, {})).count()`,
    () => `-${Math.floor(random() * 1000)}`, () => `${wrap('boolean', d)}.toInteger()`])(),
  decimal: (d) => pick([
    () => `${wrap('decimal', d)} ${pick(['+', '-', '*', '/'])} ${wrap('decimal', d)}`,
    () => `${wrap('integer', d)} / ${wrap('integer', d)}`, () => `${wrap('decimal', d)}.abs().round(${pick(['0', '1', '2'])})`,
    () => `${wrap('decimal', d)}.abs()`, () => `${wrap('integer', d)}.toDecimal()`, () => `${wrap('decimal', d)} + ${wrap('integer', d)}`,
    () => `${pick(['1.5', '2', '0.5', '-1', '3.25'])}.exp()`, () => `${pick(['1.5', '2', '0.5', '10', '3.25'])}.${pick(['ln()', 'sqrt()', 'log(2)', 'log(10)'])}`,
    () => `${pick(['2', '1.5', '10', '0.5'])}.power(${pick(['0', '1', '3', '-2', '0.5'])})`,
    () => `${pick(['1.5', '2.25', '10.10', '3.14159'])}.${pick(['lowBoundary', 'highBoundary'])}(${pick(['', '4', '6', '8'])})`,
    () => `${list(d, 'integer')}.avg()`,
    () => `${leaf.string()}.toDecimal()`])(),
  string: (d) => pick([
    () => `${wrap('string', d)} + ${wrap('string', d)}`, () => `${wrap('string', d)} & ${wrap('string', d)}`,
    () => `${wrap('string', d)}.substring(${leaf.integer()})`, () => `${wrap('string', d)}.substring(${pick(['0', '1'])}, ${pick(['0', '1', '2'])})`,
    () => `${wrap('string', d)}.${pick(['upper', 'lower', 'trim'])}()`,
    () => `${wrap('string', d)}.replace(${leaf.string()}, ${leaf.string()})`,
    () => `${wrap(pick(['integer', 'boolean', 'string']), d)}.toString()`, () => `${pick(ITEMS.string)}.join(${leaf.string()})`,
    () => `${wrap('string', d)}.split(',').last()`, () => `${wrap('string', d)}.toChars().first()`,
    () => `iif(${make('boolean', d)}, ${make('string', d)}, ${make('string', d)})`,
    () => `${pick(ITEMS.string)}.where($this > ${leaf.string()}).first()`,
    () => `${wrap('string', d)}.replaceMatches('[a-c]', '-')`, () => `('x' + ${wrap('string', d)}).encode(${pick(["'hex'", "'base64'", "'urlbase64'"])})`,
    () => { const e = pick(["'hex'", "'base64'"]); return `('x' + ${wrap('string', d)}).encode(${e}).decode(${e})`; },
    () => { const e = pick(["'html'", "'json'"]); return `${wrap('string', d)}.escape(${e})${pick(['', `.unescape(${e})`])}`; },
    () => `${list(d, 'string')}.sort().${pick(['first', 'last'])}()`, () => `coalesce({}, ${make('string', d)})`,
    () => `${pick(['active', 'gender', 'name.first()', 'birthDate', '(1 + 1)', "'a'.upper()", '@2020', '1.5'])}.type().${pick(['name', 'namespace'])}`,
    () => { const v = `v${defined++}`; return `defineVariable('${v}', ${make('string', d)}).select(%${v} & %${v})`; }])(),
  boolean: (d) => pick([
    () => `${wrap('boolean', d)} ${pick(['and', 'or', 'xor', 'implies', '=', '!='])} ${wrap('boolean', d)}`,
    () => { const k = pick(kinds.filter((x) => x !== 'boolean')); 
      return `${wrap(k, d)} ${pick(['mass', 'size', 'span'].includes(k) ? ['=', '!=', '<', '<=', '>', '>='] : comparisons)} ${wrap(k, d)}`; },
    () => `${wrap('boolean', d)}.not()`, () => `${collection(d)}.${pick(['empty', 'exists', 'isDistinct', 'hasValue'])}()`,
    () => `${wrap('string', d)}.${pick(['startsWith', 'endsWith', 'contains'])}(${make('string', d)})`,
    () => `${wrap('string', d)}.${pick(['matches', 'matchesFull'])}(${pick(["'^[a-zA-Z]+$'", "'a'", "'[a-c]+'"])})`,
    () => `${pick(ITEMS.string)}.all($this.length() > ${leaf.integer()})`,
    () => `${pick(ITEMS.string)}.exists($this = ${leaf.string()})`, () => `${leaf.string()} in ${pick(ITEMS.string)}`,
    () => `${pick(ITEMS.string)} contains ${leaf.string()}`, () => { const k = pick(plains); return `${list(d, k)}.${pick(['subsetOf', 'supersetOf'])}(${list(d, k)})`; },
    () => `${pick(ITEMS.string)} ${pick(['=', '~', '!='])} ${pick(ITEMS.string)}`,
    () => `(${pick(['true', 'false'])} | ${pick(['true', 'false', 'name.exists()'])}).${pick(['allTrue', 'anyTrue', 'allFalse', 'anyFalse'])}()`,
    () => `${pick(['gender', 'active', 'birthDate', 'name.first()', 'deceased', 'photo', 'multipleBirth'])} is ${pick(['HumanName', 'string', 'date', 'FHIR.boolean', 'System.Boolean', 'Element'])}`,
    () => { const k = pick(['mass', 'size', 'span']); return `${leaf[k]()}.comparable(${leaf[pick([k, 'mass'])]()})`; },
    () => `${wrap('string', d)}.toBoolean()`,
    () => `${wrap(pick(plains), d)}.${pick(['is(Integer)', 'is(String)', 'is(Boolean)', 'convertsToInteger()', 'convertsToDateTime()', 'convertsToTime()',
      'convertsToDecimal()', 'convertsToBoolean()', 'convertsToDate()', 'convertsToString()', 'convertsToQuantity()', 'is(System.Quantity)'])}`])(),
  date: (d) => pick([
    () => `${wrap('date', d)} ${pick(['+', '-'])} ${pick(['1', '2', '13'])} ${pick(['days', 'months', 'years', 'weeks'])}`,
    () => `${leaf.dateTime()}.${pick(['toDate', 'dateOf'])}()`, () => `${leaf.string()}.toDate()`])(),
  dateTime: (d) => pick([
    () => `${wrap('dateTime', d)} ${pick(['+', '-'])} ${pick(['1', '5', '40'])} ${pick(['days', 'months', 'hours', 'minutes', 'seconds', 'years'])}`,
    () => `${wrap('dateTime', d)} + ${pick(['1', '3'])} ${pick(["'h'", "'d'", "'s'", "'min'"])}`])(),
  time: (d) => pick([() => `${wrap('time', d)} ${pick(['+', '-'])} ${pick(['1', '30'])} ${pick(['hours', 'minutes', 'seconds'])}`,
    () => `${leaf.dateTime()}.timeOf()`, () => `${leaf.string()}.toTime()`])(),
  mass: (d) => pick([() => `${wrap('mass', d)} + ${leaf.mass()}`, () => `${leaf.mass()} * ${pick(['2', '3.5'])}`])(),
  size: (d) => pick([() => `${wrap('size', d)} - ${leaf.size()}`, () => `${leaf.size()} / ${pick(['2', '4'])}`])(),
  span: () => `${leaf.span()} * ${pick(['2', '3'])}`,
};
const whole = () => (random() < 0.25
  ? `${collection(2)}.${pick(['first()', 'last()', 'tail()', 'skip(1)', 'take(2)', 'distinct()', 'count()', `union(${collection(1)})`,
    `combine(${collection(1)})`, `intersect(${collection(1)})`, `exclude(${collection(1)})`, 'where($index > 0)', 'select($this)',
    'children().count()', 'descendants().count()', 'repeat(children()).count()', 'ofType(code)', 'ofType(HumanName).count()',
    "trace('t').count()", 'single()', 'getValue()', 'toQuantity()', 'toLong()'])}`
  : make(pick(kinds), 3));

console.log = () => {}; // trace() of the library speaks on the same stream
const plain = (v) => (v !== null && typeof v === 'object' && !Array.isArray(v) && v.constructor !== Object ? v.toString() : v);
for (let i = 0; i < count; i++) {
  const text = whole();
  let answer;
  try { answer = JSON.stringify(fhirpath.evaluate(resource, text, {}, r4).map(plain)); } catch { answer = 'ERROR'; }
  process.stdout.write(`${text}\t${answer}\n`);
}
