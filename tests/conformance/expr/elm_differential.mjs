// SPDX-License-Identifier: Apache-2.0
// Random CQL expressions through cql-execution: node elm_differential.mjs SEED COUNT OUT
// Writes OUT/elm-<n>.json (a library of 250 defines each) and OUT/want-<n>.json (their values there), and OUT/cql-<n>.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [seed, count, out] = process.argv.slice(2);
const require = createRequire(import.meta.url);
console.log = () => {};
const cql = require('cql-execution');
const { CqlTranslator, CqlCompilerOptions, LibraryManager, ModelManager, createUcumService, LibraryBuilder } =
    await import('@cqframework/cql/cql-to-elm');
const { SystemModelInfoProvider } = await import('@cqframework/cql/cql');
const ucum = (await import('@lhncbc/ucum-lhc')).default.UcumLhcUtils.getInstance();
const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
const options = new CqlCompilerOptions();
options.setOptions([CqlCompilerOptions.Options.DisableListDemotion, CqlCompilerOptions.Options.DisableListPromotion]);
options.signatureLevel = LibraryBuilder.SignatureLevel.Overloads;
const units = createUcumService((v, from, to) => String(ucum.convertUnitTo(from, Number(v), to).toVal),
    unit => (ucum.validateUnitString(unit).status === 'valid' ? null : 'no unit'), () => { throw 0; }, () => { throw 0; });

let state = Number(seed) >>> 0;
const random = n => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.floor(state / 4294967296 * n); };
const pick = list => list[random(list.length)];
const two = n => String(n).padStart(2, '0');

// One expression of a type, at most `d` levels deep. Left out is what the two engines are known to read differently:
//   halves of negative numbers in Round (the CQL suite: away from zero; theirs: up); null in a list (the suite: null);
//   Split of '' (theirs: null); flatten and union with null lists (theirs nests, or keeps duplicates);
//   width to the end of Integer (ours: overflow is null); ends that are not known in relations but overlaps and includes;
//   ToInteger of '2020-02-29' (theirs: 2020).
const make = {
    Integer: d => d === 0 ? pick(['0', '1', '2', '7', '-3', '10', '100', '(null as Integer)', '2147483647']) : pick([
        () => `(${e('Integer', d)} ${pick(['+', '-', '*', 'div', 'mod'])} ${e('Integer', d)})`, () => `Abs(${e('Integer', d)})`,
        () => `Count(${e('List', d)})`, () => `${pick(['Sum', 'Min', 'Max', 'First', 'Last'])}(${e('List', d)})`, () => `Length(${e('String', d)})`,
        () => `${pick(['Ceiling', 'Floor', 'Truncate'])}(${e('Decimal', d)})`, () => `(if ${e('Boolean', d)} then ${e('Integer', d)} else ${e('Integer', d)})`,
        () => `Coalesce(${e('Integer', d)}, ${e('Integer', d)})`, () => `ToInteger(ToString(${e('Integer', d)}))`, () => `PositionOf(${e('String', d)}, ${e('String', d)})`,
        () => `${pick(['start', 'end'])} of ${e('Interval', d)}`, () => `width of ${e('Bounded', d)}`, () => `(${e('List', d)})[${e('Integer', 0)}]`,
        () => `${pick(['years', 'months', 'days', 'weeks'])} between ${e('Date', d)} and ${e('Date', d)}`,
        () => `difference in ${pick(['years', 'months', 'days'])} between ${e('Date', d)} and ${e('Date', d)}`,
        () => `${pick(['year', 'month', 'day'])} from ${e('Date', d)}`, () => `IndexOf(${e('List', d)}, ${e('Integer', d)})`])(),
    Decimal: d => d === 0 ? pick(['0.0', '1.5', '-2.25', '3.14159', '100.0', '0.00000001', '(null as Decimal)']) : pick([
        () => `(${e('Decimal', d)} ${pick(['+', '-', '*', '/'])} ${e('Decimal', d)})`, () => `Round(Abs(${e('Decimal', d)}), ${random(4)})`,
        () => `Abs(${e('Decimal', d)})`, () => `(${e('Integer', d)} / ${e('Integer', d)})`, () => `ToDecimal(${e('Integer', d)})`,
        () => `Avg({${e('Decimal', d)}, ${e('Decimal', d)}})`, () => `Median({${e('Decimal', d)}, ${e('Decimal', d)}, ${e('Decimal', d)}})`])(),
    Boolean: d => d === 0 ? pick(['true', 'false', '(null as Boolean)']) : pick([
        () => `(${e('Boolean', d)} ${pick(['and', 'or', 'xor', 'implies'])} ${e('Boolean', d)})`, () => `(not ${e('Boolean', d)})`,
        () => `(${e('Integer', d)} ${pick(['<', '<=', '>', '>=', '=', '!=', '~'])} ${e('Integer', d)})`,
        () => `(${e('Decimal', d)} ${pick(['<', '<=', '>', '>=', '='])} ${e('Decimal', d)})`,
        () => `(${e('Date', d)} ${pick(['<', '<=', '>', '>=', '=', 'before', 'after', 'same day as', 'same month or before', 'same year or after'])} ${e('Date', d)})`,
        () => `(${e('String', d)} = ${e('String', d)})`, () => `(${e('Integer', d)} in ${e('Interval', d)})`, () => `(Coalesce(${e('Integer', d)}, 4) in Coalesce(${e('List', d)}, {5}))`,
        () => `(${e('Interval', d)} ${pick(['overlaps', 'includes', 'included in'])} ${e('Interval', d)})`,
        () => `(${e('Bounded', d)} ${pick(['meets', 'before', 'after', 'starts', 'ends', 'overlaps before', 'overlaps after', '=', 'properly includes', 'meets before', 'meets after', 'same or before'])} ${e('Bounded', d)})`,
        () => `((${e('Bounded', d)} ${pick(['union', 'intersect', 'except'])} ${e('Bounded', d)}) is null)`,
        () => `exists ${e('List', d)}`, () => `(${e('Integer', d)} is null)`, () => `(${e('Boolean', d)} is true)`, () => `AllTrue({${e('Boolean', d)}, ${e('Boolean', d)}})`,
        () => `(${e('List', d)} ${pick(['=', '~', 'includes', 'included in'])} ${e('List', d)})`, () => `(${e('Quantity', d)} ${pick(['<', '>', '='])} ${e('Quantity', d)})`,
        () => `StartsWith(${e('String', d)}, ${e('String', d)})`])(),
    String: d => d === 0 ? pick(["''", "'a'", "'abc'", "'12'", "'b,c'", "'ä'", '(null as String)']) : pick([
        () => `(${e('String', d)} + ${e('String', d)})`, () => `(${e('String', d)} & ${e('String', d)})`, () => `Upper(${e('String', d)})`,
        () => `Substring(${e('String', d)}, ${e('Integer', 0)})`, () => `ToString(${e('Integer', d)})`, () => `ToString(${e('Date', d)})`,
        () => `Combine({${e('String', d)}, ${e('String', d)}}, '-')`, () => `First(Split(${e('String', d)} + 'x,y', ','))`, () => `ToString(${e('Boolean', d)})`])(),
    Date: d => d === 0 ? pick([() => `@${1990 + random(40)}-${two(1 + random(12))}-${two(1 + random(28))}`, () => '@2020-02-29', () => `@${2000 + random(20)}-${two(1 + random(12))}`,
        () => `@${2000 + random(20)}`, () => '(null as Date)'])() : pick([() => `(${e('Date', d)} ${pick(['+', '-'])} ${1 + random(40)} ${pick(['years', 'months', 'days', 'weeks'])})`,
        () => e('Date', 0), () => `Coalesce(${e('Date', d)}, ${e('Date', d)})`])(),
    Quantity: d => `${pick(['1.5', '2.0', '1000.0', '0.5'])} ${pick(["'mg'", "'g'", "'kg'", "'cm'", "'m'"])}`,
    Interval: d => { const low = random(20) - 5; return pick([`Interval[${low}, ${low + 1 + random(10)}]`, `Interval(${low}, ${low + 2 + random(10)})`, `Interval[${low}, ${low + 3 + random(9)})`, `Interval[${low}, null]`, `Interval(null, ${low}]`]); },
    Bounded: d => { const low = random(20) - 5; return pick([`Interval[${low}, ${low + 1 + random(10)}]`, `Interval(${low}, ${low + 2 + random(10)})`, `Interval[${low}, ${low + 3 + random(9)})`]); },
    List: d => d === 0 ? pick(['{1, 2, 3}', '{5}', '{3, 1, 2, 1}', '{1, null, 4}', '(List<Integer>{})', '(null as List<Integer>)']) : pick([
        () => `{${e('Integer', d)}, ${e('Integer', d)}}`, () => `(Coalesce(${e('List', d)}, {8, 9}) ${pick(['union', 'intersect', 'except'])} Coalesce(${e('List', d)}, {9, 10}))`,
        () => `(${e('List', d)} X where X > ${e('Integer', 0)})`, () => `(${e('List', d)} X return all X + ${e('Integer', 0)})`, () => `distinct ${e('List', d)}`,
        () => `(${e('List', d)} X sort ${pick(['asc', 'desc'])})`, () => `flatten {Coalesce(${e('List', d)}, {8}), Coalesce(${e('List', d)}, {9})}`, () => `Skip(${e('List', d)}, 1)`, () => `Take(${e('List', d)}, 2)`,
        () => `(${e('List', d)} X let y: X * 2 where y > 2 return y)`, () => `Tail(${e('List', d)})`])(),
};
function e(type, d) { return make[type](Math.max(0, d - 1 - random(2))); }

function plain(v) {
    if (v === undefined || v === null) return null;
    if (Array.isArray(v)) return v.map(plain);
    if (v.isInterval) return { low: plain(v.low), lowClosed: v.lowClosed, high: plain(v.high), highClosed: v.highClosed };
    if (v.isUncertainty) return { low: plain(v.low), lowClosed: true, high: plain(v.high), highClosed: true };
    if (v.isDate || v.isDateTime) return v.toString();
    if (v.isQuantity) return { value: v.value, unit: v.unit };
    return typeof v === 'bigint' ? Number(v) : v;
}

mkdirSync(out, { recursive: true });
for (let n = 0, made = 0; made < +count; n++) {
    const defines = [];
    for (let i = 0; i < 250 && made < +count; i++, made++) defines.push(make[pick(['Integer', 'Decimal', 'Boolean', 'Boolean', 'String', 'Date', 'List'])](1 + random(4)));
    const text = 'library T\n' + defines.map((x, i) => `define "D${i}": ${x}\n`).join('');
    const translator = CqlTranslator.fromText(text, new LibraryManager(models, options, undefined, units));
    const elm = JSON.parse(translator.toJson()), errors = translator.errors.asJsReadonlyArrayView();
    const bad = new Set(errors.map(x => Object.values(x.locator ?? {}).filter(f => typeof f === 'number')[0] - 2));
    elm.library.statements.def = elm.library.statements.def.filter(x => x.expression && !bad.has(Number(x.name.slice(1))));
    const want = {};
    for (const def of elm.library.statements.def) { // one by one: an error ends only its own
        const one = { library: { ...elm.library, statements: { def: [def] } } };
        try {
            const results = new cql.Executor(new cql.Library(one)).exec(new cql.PatientSource([]));
            want[def.name] = { value: plain((await results).unfilteredResults[def.name]) };
        } catch (error) { want[def.name] = { error: String(error.message ?? error) }; }
    }
    writeFileSync(`${out}/elm-${n}.json`, JSON.stringify(elm));
    writeFileSync(`${out}/want-${n}.json`, JSON.stringify(want));
    writeFileSync(`${out}/cql-${n}.json`, JSON.stringify(Object.fromEntries(defines.map((x, i) => ['D' + i, x]))));
}
