// SPDX-License-Identifier: Apache-2.0
// Random CQL expressions through two engines, cql-execution and the engine of @cqframework/cql (the reference translator's):
// node elm_differential.mjs SEED COUNT OUT
// Writes OUT/elm-<n>.json (a library of 250 defines each), OUT/want-<n>.json and OUT/peer-<n>.json (their values there: one
// file an engine), and OUT/cql-<n>.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [seed, count, out] = process.argv.slice(2);
const require = createRequire(import.meta.url);
console.log = console.error = () => {};
process.on('unhandledRejection', () => {}); // of cql-execution: siblings of the one that is caught
const cql = require('cql-execution');
const { CqlTranslator, CqlCompilerOptions, LibraryManager, ModelManager, createUcumService, LibraryBuilder,
        createLibrarySourceProvider, stringAsSource } = await import('@cqframework/cql/cql-to-elm');
const { CqlEngine, Environment, EvaluationParams, EvaluationExpressionRef } = await import('@cqframework/cql/engine');
const { KtList, KtMap } = await import('@cqframework/cql/kotlin-kotlin-stdlib');
const { VersionedIdentifier } = await import('@cqframework/cql/elm');
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

// One expression of a type, at most `d` levels deep. Where both engines are known to differ from the specification stands
// in elm-differential-theirs.txt, not here.
const between = (low, high) => low + random(high - low + 1);
const day = () => `${between(1990, 2029)}-${two(between(1, 12))}-${two(between(1, 28))}`;
const clock = () => `${two(random(24))}:${two(random(60))}:${two(random(60))}.${String(random(1000)).padStart(3, '0')}`;
const units_of_time = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];
const precisions = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'];
const relations = ['before', 'after', 'meets', 'meets before', 'meets after', 'overlaps', 'overlaps before', 'overlaps after', 'starts', 'ends',
    'includes', 'included in', 'properly includes', 'properly included in', '=', '~', 'same as', 'same or before', 'same or after'];
const points = ['Integer', 'Long', 'Decimal', 'Date', 'DateTime', 'Time', 'Quantity'];
// Low and high of an interval, in order.
const ends = {
    Integer: () => { const n = random(20) - 5; return [n, n + 1 + random(10)]; },
    Long: () => { const n = random(20) - 5; return [`${n}L`, `${n + 1 + random(10)}L`]; },
    Decimal: () => { const n = random(20) - 5; return [`${n}.5`, `${n + 1 + random(10)}.25`]; },
    Date: () => { const y = between(2000, 2019); return [pick([`@${y}-03-${two(between(1, 28))}`, `@${y}-03`, `@${y}`]), pick([`@${y + 1}-03-${two(between(1, 28))}`, `@${y + 2}`])]; },
    DateTime: () => { const y = between(2000, 2019); return [`@${y}-03-${two(between(1, 28))}T${pick(['', '10', '10:30', clock()])}`, `@${y}-0${between(4, 9)}-${two(between(1, 28))}T${clock()}`]; },
    Time: () => { const h = random(12); return [`@T${two(h)}:${two(random(60))}`, `@T${two(h + 1 + random(10))}:${two(random(60))}:00.000`]; },
    Quantity: () => { const n = random(20) - 5; return [`${n} 'mg'`, pick([`${n + 1 + random(9)} 'mg'`, `${n + 1 + random(9)}.5 'mg'`, "1 'g'"])]; },
};
function interval(point, bounded) {
    const [low, high] = ends[point]().map(String);
    return pick([`Interval[${low}, ${high}]`, `Interval(${low}, ${high})`, `Interval[${low}, ${high})`, `Interval(${low}, ${high}]`,
        ...(bounded ? [] : [`Interval[${low}, null]`, `Interval(null, ${high}]`, `Interval[null, ${high})`, `Interval[${low}, null)`])]);
}
const make = {
    Integer: d => d === 0 ? pick(['0', '1', '2', '7', '-3', '10', '100', '(null as Integer)', '2147483647']) : pick([
        () => `(${e('Integer', d)} ${pick(['+', '-', '*', 'div', 'mod'])} ${e('Integer', d)})`, () => `Abs(${e('Integer', d)})`, () => `-(${e('Integer', d)})`,
        () => `Count(${e('List', d)})`, () => `${pick(['Sum', 'Min', 'Max', 'First', 'Last', 'Product', 'Mode'])}(${e('List', d)})`, () => `Length(${e('String', d)})`,
        () => `${pick(['Ceiling', 'Floor', 'Truncate'])}(${e('Decimal', d)})`, () => `(if ${e('Boolean', d)} then ${e('Integer', d)} else ${e('Integer', d)})`,
        () => `Coalesce(${e('Integer', d)}, ${e('Integer', d)})`, () => `ToInteger(ToString(${e('Integer', d)}))`, () => `${pick(['PositionOf', 'LastPositionOf'])}(${e('String', d)}, ${e('String', d)})`,
        () => `${pick(['start', 'end'])} of ${interval('Integer')}`, () => `width of ${interval('Integer', true)}`, () => `(${e('List', d)})[${e('Integer', 0)}]`,
        () => `${pick(['years', 'months', 'days', 'weeks'])} between ${e('Date', d)} and ${e('Date', d)}`,
        () => `${pick(units_of_time)} between ${e('DateTime', d)} and ${e('DateTime', d)}`, () => `difference in ${pick(units_of_time)} between ${e('DateTime', d)} and ${e('DateTime', d)}`,
        () => `${pick(['hours', 'minutes', 'seconds', 'milliseconds'])} between ${e('Time', d)} and ${e('Time', d)}`,
        () => `difference in ${pick(['years', 'months', 'weeks', 'days'])} between ${e('Date', d)} and ${e('Date', d)}`,
        () => `${pick(['year', 'month', 'day'])} from ${e('Date', d)}`, () => `${pick(precisions)} from ${e('DateTime', d)}`, () => `${pick(['hour', 'minute', 'second', 'millisecond'])} from ${e('Time', d)}`,
        () => `IndexOf(${e('List', d)}, ${e('Integer', d)})`, () => `${pick(['predecessor', 'successor'])} of (${e('Integer', d)} mod 50)`, () => `Length(${e('Strings', d)})`,
        () => `Precision(${pick([e('Decimal', 0), e('Date', 0), e('DateTime', 0), e('Time', 0)])})`, () => `singleton from ${e('List', 0)}`, () => `convert ${e('String', 0)} to Integer`,
        () => `(${e('Tuple', d)}).a`, () => `(case ${e('Integer', d)} when 1 then 10 when ${e('Integer', 0)} then 20 else ${e('Integer', 0)} end)`,
        () => `(case when ${e('Boolean', d)} then 1 when ${e('Boolean', d)} then 2 else ${e('Integer', 0)} end)`, () => `(${e('Choice', d)} as Integer)`,
        () => `(${e('List', d)} X aggregate ${pick(['', 'distinct ', 'all '])}R starting ${between(0, 3)}: R ${pick(['+', '-', '*'])} Coalesce(X, 1))`, () => `ToInteger(${e('Boolean', 0)})`,
        () => `(${pick(['minimum', 'maximum'])} Integer)`, () => `CalculateAgeInYearsAt(${e('Date', 0)}, ${e('Date', 0)})`, () => `(${e('Integer', 0)} ^ ${between(0, 5)})`])(),
    Long: d => d === 0 ? pick(['0L', '5L', '-7L', '3000000000L', '9223372036854775807L', '(null as Long)']) : pick([
        () => `(${e('Long', d)} ${pick(['+', '-', '*', 'div', 'mod'])} ${e('Long', d)})`, () => `Abs(${e('Long', d)})`, () => `ToLong(${e('String', 0)})`, () => `ToLong(${e('Integer', d)})`,
        () => `${pick(['Sum', 'Min', 'Max', 'Product'])}({${e('Long', d)}, ${e('Long', d)}})`, () => `${pick(['start', 'end'])} of ${interval('Long')}`, () => `width of ${interval('Long', true)}`, () => `successor of (${e('Long', d)} mod 100L)`])(),
    Decimal: d => d === 0 ? pick(['0.0', '1.5', '-2.25', '-2.5', '3.14159', '100.0', '0.00000001', '(null as Decimal)']) : pick([
        () => `(${e('Decimal', d)} ${pick(['+', '-', '*', '/', 'div', 'mod'])} ${e('Decimal', d)})`, () => `Round(${e('Decimal', d)}, ${random(4)})`, () => `Round(${e('Decimal', d)})`,
        () => `Abs(${e('Decimal', d)})`, () => `(${e('Integer', d)} / ${e('Integer', d)})`, () => `ToDecimal(${e('Integer', d)})`, () => `ToDecimal(${e('String', 0)})`,
        () => `${pick(['Avg', 'Median', 'Sum', 'Min', 'Max', 'Product', 'StdDev', 'Variance', 'PopulationStdDev', 'PopulationVariance', 'Mode'])}(${e('Decimals', d)})`, () => `GeometricMean({1.0, 2.5, ${e('Decimal', 0)}})`,
        () => `${pick(['start', 'end'])} of ${interval('Decimal')}`, () => `width of ${interval('Decimal', true)}`, () => `${pick(['predecessor', 'successor'])} of ${e('Decimal', 0)}`,
        () => `${pick(['Exp', 'Ln'])}(${pick(['0.5', '1.0', '2.0', '3.14159'])})`, () => `Log(${pick(['16.0', '100.0', '1.0'])}, ${pick(['2.0', '10.0'])})`, () => `(${pick(['2.0', '1.5', '4.0'])} ^ ${pick(['2.0', '3.0', '0.5', '-1.0'])})`,
        () => `${pick(['LowBoundary', 'HighBoundary'])}(${pick(['1.587', '1.5', '-1.25', e('Decimal', 0)])}, ${pick([2, 4, 8])})`, () => `(${e('Quantity', d)}).value`, () => `(${e('Tuple', 0)}).b`])(),
    Boolean: d => d === 0 ? pick(['true', 'false', '(null as Boolean)']) : pick([
        () => `(${e('Boolean', d)} ${pick(['and', 'or', 'xor', 'implies'])} ${e('Boolean', d)})`, () => `(not ${e('Boolean', d)})`,
        () => `(${e('Integer', d)} ${pick(['<', '<=', '>', '>=', '=', '!=', '~', '!~'])} ${e('Integer', d)})`,
        () => { const t = pick(['Decimal', 'Long', 'String', 'Quantity', 'Time']); return `(${e(t, d)} ${pick(['<', '<=', '>', '>=', '=', '~', '!='])} ${e(t, d)})`; },
        () => `(${e('Date', d)} ${pick(['<', '<=', '>', '>=', '=', '~', 'before', 'after', 'same day as', 'same month or before', 'same year or after', 'before month of', 'after year of'])} ${e('Date', d)})`,
        () => `(${e('DateTime', d)} ${pick(['<', '<=', '>', '>=', '=', '~', 'before', 'after', 'same or before', 'same or after', ...precisions.map(p => `same ${p} as`), ...precisions.map(p => `same ${p} or before`), ...precisions.map(p => `after ${p} of`)])} ${e('DateTime', d)})`,
        () => `(${e('Time', d)} ${pick(['before', 'after', 'same hour as', 'same minute or after', 'same or before'])} ${e('Time', d)})`,
        () => `(${e('String', d)} ${pick(['=', '~', '!='])} ${e('String', d)})`, () => { const t = pick(points); return `(${e(t, 0)} in ${interval(t)})`; }, () => `(${e('Integer', d)} in ${e('List', d)})`,
        () => { const t = pick(points); return `(${interval(t)} ${pick(relations)} ${interval(t)})`; },
        () => { const t = pick(points); return `(${interval(t, true)} ${pick(relations)} ${interval(t, true)})`; },
        () => { const t = pick(['Date', 'DateTime']); return `(${interval(t)} ${pick(['before', 'after', 'same', 'same'])}${pick([' month of', ' year of', ' day of'])} ${interval(t)})`.replace(/same (\w+) of/, 'same $1 as'); },
        () => { const t = pick(['Date', 'DateTime']); return `(${interval(t)} ${pick(['included in', 'during', 'includes', 'overlaps', 'starts', 'ends', 'meets', 'properly includes'])} ${pick(['month', 'year', 'day'])} of ${interval(t)})`; },
        () => { const t = pick(['Date', 'DateTime']); return `(${e(t, 0)} during ${pick(['', 'month of ', 'year of ', 'day of '])}${interval(t)})`; },
        () => { const t = pick(points); return `(${interval(t)} ${pick(['contains', 'properly includes'])} ${e(t, 0)})`; },
        () => `exists ${e('List', d)}`, () => `(${e('Integer', d)} is null)`, () => `(${e('Boolean', d)} is ${pick(['true', 'false', 'not true'])})`, () => `${pick(['AllTrue', 'AnyTrue'])}({${e('Boolean', d)}, ${e('Boolean', d)}})`,
        () => `(${e('List', d)} ${pick(['=', '~', 'includes', 'included in', 'properly includes', 'properly included in'])} ${e('List', d)})`,
        () => `(${e('List', d)} ${pick(['contains', 'properly includes'])} ${e('Integer', d)})`, () => `${pick(['StartsWith', 'EndsWith'])}(${e('String', d)}, ${e('String', d)})`,
        () => `Matches(${e('String', d)}, ${pick(["'a.*'", "'[a-c]+'", "'\\\\d+'", "''"])})`, () => `(${e('Choice', d)} is ${pick(['Integer', 'String', 'Decimal'])})`, () => `(${e('Tuple', d)} ${pick(['=', '~'])} ${e('Tuple', d)})`,
        () => `(${e('Ratio', d)} ${pick(['=', '~'])} ${e('Ratio', d)})`, () => `ConvertsTo${pick(['Integer', 'Decimal', 'Boolean', 'Date', 'DateTime', 'Time', 'Quantity', 'Long'])}(${e('String', d)})`, () => `ToBoolean(${e('String', 0)})`,
        () => `(${e('Code', 0)} ${pick(['=', '~'])} ${e('Code', 0)})`, () => `exists (${e('List', d)} X with ${e('List', d)} Y such that X ${pick(['=', '<'])} Y)`, () => `Contains_(${e('Integer', 0)})`.replace(/Contains_\((.*)\)/, '({1, $1} contains 1)')])(),
    String: d => d === 0 ? pick(["''", "'a'", "'abc'", "'12'", "'-4.5'", "'b,c'", "'ä'", "'true'", "'2020-02-29'", "'10:30:00'", "'5 \\'mg\\''", '(null as String)']) : pick([
        () => `(${e('String', d)} ${pick(['+', '&'])} ${e('String', d)})`, () => `${pick(['Upper', 'Lower'])}(${e('String', d)})`, () => `Substring(${e('String', d)}, ${e('Integer', 0)})`, () => `Substring(${e('String', d)}, ${random(3)}, ${random(3)})`,
        () => `ToString(${e(pick(['Integer', 'Long', 'Decimal', 'Boolean', 'Date', 'DateTime', 'Time', 'Quantity', 'Ratio']), d)})`, () => `Combine(${e('Strings', d)}${pick(['', ", '-'"])})`,
        () => `First(Split(${e('String', d)}, ','))`, () => `${pick(['First', 'Last', 'Min', 'Max'])}(${e('Strings', d)})`, () => `ReplaceMatches(${e('String', d)}, '[ab]', 'x$')`.replace('x$', 'x'), () => `(${e('String', d)})[${random(3)}]`,
        () => `(${e('Choice', d)} as String)`, () => `(if ${e('Boolean', d)} then ${e('String', d)} else ${e('String', 0)})`])(),
    Date: d => d === 0 ? pick([() => `@${day()}`, () => '@2020-02-29', () => `@${between(2000, 2019)}-${two(between(1, 12))}`, () => `@${between(2000, 2019)}`, () => '(null as Date)'])() : pick([
        () => `(${e('Date', d)} ${pick(['+', '-'])} ${between(1, 40)} ${pick(['years', 'months', 'days', 'weeks'])})`, () => e('Date', 0), () => `Coalesce(${e('Date', d)}, ${e('Date', d)})`, () => `date from ${e('DateTime', d)}`,
        () => `ToDate(${e('String', 0)})`, () => `${pick(['start', 'end'])} of ${interval('Date')}`, () => `Date(${between(1990, 2029)}, ${pick(['null', String(between(1, 12))])})`, () => `${pick(['Min', 'Max'])}({${e('Date', d)}, ${e('Date', d)}})`,
        () => `${pick(['LowBoundary', 'HighBoundary'])}(${e('Date', 0)}, ${pick([4, 6, 8])})`, () => `${pick(['predecessor', 'successor'])} of ${e('Date', d)}`])(),
    DateTime: d => d === 0 ? pick([() => `@${day()}T${clock()}Z`, () => `@${day()}T${clock()}`, () => `@${day()}T${two(random(24))}:30`, () => `@${day()}T${two(random(24))}`, () => `@${day()}T`, () => `@${day()}T10:30:00.0+02:00`, () => '(null as DateTime)'])() : pick([
        () => `(${e('DateTime', d)} ${pick(['+', '-'])} ${between(1, 40)} ${pick(units_of_time)})`, () => e('DateTime', 0), () => `Coalesce(${e('DateTime', d)}, ${e('DateTime', d)})`, () => `ToDateTime(${e('Date', d)})`,
        () => `${pick(['start', 'end'])} of ${interval('DateTime')}`, () => `DateTime(${between(2000, 2019)}, ${between(1, 12)}, ${between(1, 28)}, ${random(24)}, ${random(60)}, ${random(60)}, ${random(1000)}, ${pick(['0.0', '2.0', '-5.5'])})`,
        () => `DateTime(${between(2000, 2019)}, ${between(1, 12)})`, () => `${pick(['predecessor', 'successor'])} of ${e('DateTime', 0)}`])(),
    Time: d => d === 0 ? pick([() => `@T${clock()}`, () => `@T${two(random(24))}:${two(random(60))}`, () => `@T${two(random(24))}`, () => '(null as Time)'])() : pick([
        () => `(${e('Time', d)} ${pick(['+', '-'])} ${between(1, 90)} ${pick(['hours', 'minutes', 'seconds', 'milliseconds'])})`, () => `time from ${e('DateTime', d)}`, () => `Time(${random(24)}, ${random(60)})`, () => `ToTime(${e('String', 0)})`,
        () => `${pick(['start', 'end'])} of ${interval('Time')}`, () => `${pick(['predecessor', 'successor'])} of ${e('Time', 0)}`])(),
    Quantity: d => d === 0 ? `${pick(['1.5', '2.0', '1000.0', '0.5', '-3'])} ${pick(["'mg'", "'g'", "'kg'", "'cm'", "'m'", "'mg/dL'", "'mmol/L'", "'1'", 'days', "'d'"])}` : pick([
        () => { const u = pick(["'mg'", "'g'"]); return `(${between(1, 20)} 'mg' ${pick(['+', '-'])} ${between(1, 9)} ${u})`; }, () => `(${e('Quantity', d)} ${pick(['+', '-'])} ${e('Quantity', d)})`, () => `(${e('Quantity', d)} ${pick(['*', '/'])} ${e('Decimal', 0)})`,
        () => `(${e('Quantity', 0)} ${pick(['*', '/'])} ${e('Quantity', 0)})`, () => `Abs(${e('Quantity', d)})`, () => `-(${e('Quantity', 0)})`, () => `${pick(['Sum', 'Min', 'Max', 'Avg'])}({${between(1, 9)} 'mg', ${between(1, 9)} 'mg', ${pick(["1 'g'", 'null', "2.5 'mg'"])}})`,
        () => `ToQuantity(${e('String', 0)})`, () => `${pick(['start', 'end'])} of ${interval('Quantity')}`, () => `convert ${between(1, 900)} 'mg' to 'g'`, () => `ConvertQuantity(${between(1, 90)} 'cm', 'm')`, () => `width of ${interval('Quantity', true)}`])(),
    Ratio: d => pick(['1:2', '2:4', "1 'mg':2 'mL'", "5 'mg':10 'mL'", "1 'g':2000 'mg'", "ToRatio('1:128')", '(null as Ratio)']),
    Code: d => pick(["Code '1' from \"S\"", "Code '1' from \"S\" display 'x'", "Code '2' from \"S\"", '(null as Code)']),
    Tuple: d => `Tuple { a: ${e('Integer', d)}, b: ${e('Decimal', 0)}, c: ${e('String', 0)} }`,
    Choice: d => `(if ${e('Boolean', d)} then ${e('Integer', d)} else ${e('String', d)})`,
    Strings: d => `{${e('String', d)}, ${e('String', 0)}, ${e('String', 0)}}`,
    Decimals: d => pick([() => `{${e('Decimal', d)}, ${e('Decimal', d)}}`, () => `{${e('Decimal', d)}, 2.5, ${e('Decimal', d)}, 4.0}`, () => '(List<Decimal>{})', () => '{1.0, 2.0, 3.0, 6.0, 1.0}'])(),
    List: d => d === 0 ? pick(['{1, 2, 3}', '{5}', '{3, 1, 2, 1}', '{1, null, 4}', '{null as Integer, null}', '(List<Integer>{})', '(null as List<Integer>)']) : pick([
        () => `{${e('Integer', d)}, ${e('Integer', d)}}`, () => `(${e('List', d)} ${pick(['union', 'intersect', 'except'])} ${e('List', d)})`, () => `(${e('List', d)} X where X > ${e('Integer', 0)})`, () => `(${e('List', d)} X return ${pick(['', 'all ', 'distinct '])}X + ${e('Integer', 0)})`,
        () => `distinct ${e('List', d)}`, () => `(${e('List', d)} X sort ${pick(['asc', 'desc'])})`, () => `flatten {${e('List', d)}, ${e('List', d)}}`, () => `Skip(${e('List', d)}, ${random(3)})`, () => `Take(${e('List', d)}, ${random(3)})`,
        () => `(${e('List', d)} X let y: X * 2 where y > 2 return y)`, () => `Tail(${e('List', d)})`, () => `(from ${e('List', d)} X, ${e('List', 0)} Y where X < Y return X + Y)`, () => `(${e('List', d)} X with ${e('List', d)} Y such that X = Y)`, () => `(${e('List', d)} X without ${e('List', d)} Y such that X < Y)`,
        () => `((({1, 2, 3}) X return Tuple { k: X mod 2, v: X }) T return all T.v)`, () => `(((${e('List', 0)} X return Tuple { k: X mod 2, v: X }) T sort by k ${pick(['asc', 'desc'])}, v ${pick(['asc', 'desc'])}) S return all S.v)`,
        () => `expand ${interval('Integer', true)}`, () => `expand ${interval('Integer', true)} per 2`])(),
    // Intervals are told by their ends: closed and open spellings of one interval are equal.
    Intervals: d => `(${make.Lists(d)} I return all Tuple { s: start of I, e: end of I })`,
    Lists: d => { const t = pick(points); return pick([() => `collapse {${interval(t, true)}, ${interval(t, true)}, ${interval(t, true)}}`, () => `collapse {${interval('Integer', true)}, ${interval('Integer', true)}} per ${between(1, 4)}`,
        () => `expand {${interval('Integer', true)}, ${interval('Integer', true)}}`, () => `expand {Interval[@2020-01-${two(between(1, 9))}, @2020-01-${between(10, 20)}]} per ${pick(['day', '2 days', 'week', 'month'])}`,
        () => `expand {Interval[@T10, @T${between(11, 14)}]} per hour`, () => `expand {Interval[1.5, ${between(2, 5)}.5]} per ${pick(['0.5', '1.0', '1'])}`])(); },
    Joined: d => {
        const t = pick(points), bounded = random(2) === 0, both = `(${interval(t, bounded)} ${pick(['union', 'intersect', 'except'])} ${interval(t, bounded)})`;
        return `Tuple { s: start of ${both}, e: end of ${both} }`;
    },
    Values: d => pick([() => `(${e('Strings', d)} X sort ${pick(['asc', 'desc'])})`, () => `Split(${e('String', d)}, ${pick(["','", "'b'"])})`, () => `distinct ${e('Strings', d)}`, () => `distinct ${e('Decimals', d)}`, () => `(${e('Decimals', d)} X sort ${pick(['asc', 'desc'])})`,
        () => `({${e('Date', 0)}, ${e('Date', 0)}, ${e('Date', 0)}} X sort ${pick(['asc', 'desc'])})`, () => `({${e('Tuple', 0)}, ${e('Tuple', 0)}} X return X.a)`, () => `ToChars_(${e('String', 0)})`.replace(/ToChars_\((.*)\)/, '{$1}'), () => `Mode_`.replace('Mode_', 'Modes'), () => e('Tuple', d)].filter(f => !String(f).includes('Mode_')))(),
};
function e(type, d) { return make[type](Math.max(0, d - 1 - random(2))); }
const tops = ['Integer', 'Integer', 'Long', 'Decimal', 'Boolean', 'Boolean', 'Boolean', 'String', 'Date', 'DateTime', 'Time', 'Quantity', 'List', 'List', 'Intervals', 'Joined', 'Values', 'Tuple', 'Choice', 'Ratio'];

// Values of both engines in one form: times without T, the zone of the run left out.
const spell = text => text.replace(/^@/, '').replace(/^T(?=\d)/, '').replace(/(Z|\+00:00)$/, '').replace(/T$/, '');
function plain(v) {
    if (v === undefined || v === null) return null;
    if (Array.isArray(v)) return v.map(plain);
    if (v.isInterval) return { low: plain(v.low), lowClosed: v.lowClosed, high: plain(v.high), highClosed: v.highClosed };
    if (v.isUncertainty) return { low: plain(v.low), lowClosed: true, high: plain(v.high), highClosed: true };
    if (v.isTime && v.isTime()) return spell(v.toString());
    if (v.isDate || v.isDateTime) return spell(v.toString());
    if (v.isQuantity) return { value: v.value, unit: v.unit || '1' };
    if (v.isRatio) return { numerator: plain(v.numerator), denominator: plain(v.denominator) };
    if (v.isCode) return { code: v.code, system: v.system };
    if (typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
    return typeof v === 'bigint' ? Number(v) : v;
}
function peer_plain(v) {
    if (v === undefined || v === null) return null;
    switch (v.constructor.name.replace(/_\d+$/, '')) {
    case 'Integer': case 'Boolean': case 'String': return v.value;
    case 'Long': return Number(v.value);
    case 'Decimal': return Number(v.value.toPlainString());
    case 'Date': case 'DateTime': case 'Time': return spell(String(v));
    case 'Quantity': return { value: Number(v.value.toPlainString()), unit: v.unit || '1' };
    case 'Ratio': return { numerator: peer_plain(v.numerator), denominator: peer_plain(v.denominator) };
    case 'Interval': return { low: peer_plain(v.low), lowClosed: v.lowClosed, high: peer_plain(v.high), highClosed: v.highClosed };
    case 'List': return [...v.value.asJsReadonlyArrayView()].map(peer_plain);
    case 'Tuple': return Object.fromEntries([...v.elements.asJsReadonlyMapView()].map(([k, x]) => [k, peer_plain(x)]));
    default: throw new Error('value of ' + v.constructor.name);
    }
}

const translate = defines => 'library T\ncodesystem "S": \'http://example.org/s\'\n' + defines.map((x, i) => x === null ? '\n' : `define "D${i}": ${x}\n`).join('');
mkdirSync(out, { recursive: true });
for (let n = 0, made = 0; made < +count; n++) {
    const defines = [];
    for (let i = 0; i < 250 && made < +count; i++, made++) defines.push(make[pick(tops)](1 + random(4)));
    let translator, elm;
    for (let turn = 0; turn < 5; turn++) { // what the translator refuses is left out
        translator = CqlTranslator.fromText(translate(defines), new LibraryManager(models, options, undefined, units));
        const bad = new Set(translator.errors.asJsReadonlyArrayView().map(x => Object.values(x.locator ?? {}).filter(f => typeof f === 'number')[0] - 3));
        if (bad.size === 0) break;
        for (const i of bad) defines[i] = null;
    }
    elm = JSON.parse(translator.toJson());
    elm.library.statements.def = elm.library.statements.def.filter(x => x.expression);
    const manager = new LibraryManager(models, options, undefined, units);
    manager.librarySourceLoader.registerProvider(createLibrarySourceProvider(() => stringAsSource(translate(defines))));
    const engine = new CqlEngine(new Environment(manager)), id = new VersionedIdentifier().withId('T');
    const want = {}, peer = {};
    for (const def of elm.library.statements.def) { // one by one: an error ends only its own
        const one = { library: { ...elm.library, statements: { def: [def] } } };
        try {
            const results = new cql.Executor(new cql.Library(one)).exec(new cql.PatientSource([]));
            want[def.name] = { value: plain((await results).unfilteredResults[def.name]) };
        } catch (error) { want[def.name] = { error: String(error.message ?? error) }; }
        try {
            const asked = KtMap.fromJsMap(new Map([[id, KtList.fromJsArray([new EvaluationExpressionRef(def.name)])]]));
            peer[def.name] = { value: peer_plain(engine.evaluate(new EvaluationParams(asked)).onlyResultOrThrow.getByName(def.name).value) };
        } catch (error) { peer[def.name] = { error: String(error.message ?? error) }; }
    }
    writeFileSync(`${out}/elm-${n}.json`, JSON.stringify(elm));
    writeFileSync(`${out}/want-${n}.json`, JSON.stringify(want));
    writeFileSync(`${out}/peer-${n}.json`, JSON.stringify(peer));
    writeFileSync(`${out}/cql-${n}.json`, JSON.stringify(Object.fromEntries(defines.map((x, i) => ['D' + i, x ?? '']))));
}
