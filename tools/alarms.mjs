// SPDX-License-Identifier: Apache-2.0
// node tools/alarms.mjs FOLDER RANGES OUT - makes the alarm layer of its table: FOLDER/lines.json (the rows), logic.template
// and vectors.template (the record, the test values), words.<lang>.json, and the plausible numbers of RANGES. Written to OUT: logic.cql, vectors.cql,
// guideline.json, letter.<lang>.json. docs/internals/alarms.md says how a row is read.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , folder, ranges_file, out] = process.argv;
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const table = read('lines.json'), ranges = JSON.parse(readFileSync(ranges_file, 'utf8'));
const fail = (what) => { throw new Error(`lines.json: ${what}`); };

const urgencies = { soon: 1, 'same-day': 2, 'emergency-now': 3 };
const rank_of = (word) => urgencies[word] ?? fail(`urgency ${word}`);
const action_of = (word) => {
  const at = table.actions.indexOf(word);
  return at < 0 ? fail(`action ${word}`) : at + 1;
};
const field = (name) => name.replaceAll('-', '_');
const decimal = (text) => (text.includes('.') ? text : `${text}.0`);
const set_of = (name) => (table.sets[name] ? `s_${field(name)}` : fail(`set ${name}`));
const composite = new Set(table.questions.filter((q) => q.composite).map((q) => q.name));

// --- types, as CQL has to repeat them ----------------------------------------------------------------------------------
const types = {
  READING: 'Tuple { quantity String, v Decimal, w Decimal, u String, shown String, shown2 String, unit String, is_bound Boolean, is_refused Boolean, old Integer, date DateTime, reference String }',
  PERSON: 'Tuple { low Decimal, high Decimal, is_male Boolean, is_pregnant Boolean, gave_birth Boolean, is_acute Boolean, has_diabetes Boolean, is_weak Boolean }',
  WORLD: 'Tuple { age Decimal, is_pregnant Boolean, is_obstetric Boolean, is_acute Boolean, has_diabetes Boolean, is_weak Boolean }',
  ANSWERS: `Tuple { ${table.questions.map((q) => `${field(q.name)} Boolean`).join(', ')} }`,
  SETS: `Tuple { ${Object.keys(table.sets).map((s) => `${field(s)} Boolean`).join(', ')} }`,
};
const who_test = { obstetric: 'is_obstetric', pregnant: 'is_pregnant', acute: 'is_acute', diabetes: 'has_diabetes', weak: 'is_weak' };

// --- one line ------------------------------------------------------------------------------------------------------------
const units_of = (alarm) => table.quantities.find((q) => q.name === alarm.quantity)?.units ?? fail(alarm.quantity);

// "v >= 33.3", or one for each unit of the quantity.
function number_test(alarm, variable, test) {
  const one = (text) => {
    const [, op, number] = /^(>=|<=|>|<) (\d+(?:\.\d+)?)$/.exec(text) ?? fail(`${alarm.name}: ${text}`);
    return `${variable} ${op} ${decimal(number)}`;
  };
  if (typeof test === 'string') return one(test);
  const units = units_of(alarm);
  if (Object.keys(test).sort().join() !== [...units].sort().join()) fail(`${alarm.name}: a number for each of ${units}`);
  return `(${units.map((u) => `u = '${u}' and ${one(test[u])}`).join(' or ')})`;
}

function condition(alarm, cond) {
  const parts = [];
  if (cond.age) {
    if (cond.age[0] > 0) parts.push(`age >= ${decimal(String(cond.age[0]))}`);
    if (cond.age[1] !== null) parts.push(`age < ${decimal(String(cond.age[1]))}`);
  }
  if (cond.who) parts.push(who_test[cond.who] ?? fail(`who ${cond.who}`));
  if (cond.value) parts.push(number_test(alarm, 'v', cond.value));
  if (cond.value2) parts.push(number_test(alarm, 'w', cond.value2));
  return parts.join(' and ');
}

const any = (alarm, line) => line.if.map((c) => (line.if.length > 1 ? `(${condition(alarm, c)})` : condition(alarm, c))).join(' or ');
const world_code = (held, sure, rise, number, action) => held * 1000000 + sure * 100000 + rise * 10000 + number * 100 + action;

// What a line that is met gives, by what was answered to the questions that raise it.
function outcome(line, number) {
  const u = rank_of(line.urgency), plain = world_code(u, u, u, number, action_of(line.action));
  if (!line.raise) return String(plain);
  const to = rank_of(line.raise.to), raised = world_code(to, to, to, number, action_of(line.raise.action));
  const asked = world_code(Math.max(u, 2), u, to, number, action_of(line.action));
  const set = set_of(line.raise.with);
  return `(case when ${set} then ${raised} when ${set} is null then ${asked} else ${plain} end)`;
}

// The lines from `at` on, first match; a line that only a yes makes is looked past while nobody has asked.
function chain(alarm, at, indent) {
  if (at === alarm.lines.length) return '0';
  const line = alarm.lines[at], number = at + 1, later = chain(alarm, at + 1, indent);
  const u = rank_of(line.urgency), action = action_of(line.action);
  if (!line.with) return `\n${indent}if ${any(alarm, line)} then ${outcome(line, number)}\n${indent}else ${later}`;
  const set = set_of(line.with), asked = world_code(2, 0, u, number, action);
  return `\n${indent}if (${any(alarm, line)}) and ${set} then ${world_code(u, u, u, number, action)}` +
    `\n${indent}else "Or asked"(if (${any(alarm, line)}) and ${set} is null then ${asked} else 0, ${later})`;
}

const sets_used = (alarm) => [...new Set(alarm.lines.flatMap((l) => [l.with, l.raise?.with]).filter(Boolean))];
// What the lines of an alarm ask for: the number, its unit where there is a choice, and facts and signs that they name.
function arguments_of(alarm) {
  const conds = alarm.lines.flatMap((l) => l.if), used = [['v', 'Decimal', 'R.v']];
  if (conds.some((c) => c.value2)) used.push(['w', 'Decimal', 'R.w']);
  if (units_of(alarm).length > 1) used.push(['u', 'String', 'R.u']);
  if (conds.some((c) => c.age)) used.push(['age', 'Decimal', 'X.age']);
  for (const [who, test] of Object.entries(who_test)) if (conds.some((c) => c.who === who)) used.push([test, 'Boolean', `X.${test}`]);
  for (const set of sets_used(alarm)) used.push([set_of(set), 'Boolean', `s.${field(set)}`]);
  return used;
}
const signature = (name, alarm) => `define function "${name} line"(${arguments_of(alarm).map(([n, type]) => `${n} ${type}`).join(', ')})`;
const parameter_of = (name) => name[0].toUpperCase() + name.slice(1).replaceAll('-', ' ');

// The general number of a line: what is said of everybody, or of adults.
const general = (line) => line.if.find((c) => !c.who && (!c.age || c.age[1] === null)).value;

// Where a site has lines of its own for height above the sea, they take the place of every line of the alarm.
function site_lines(alarm) {
  const chosen = alarm['site-lines'].map((name) => `"${parameter_of(name)}" != 'table'`).join(' or ');
  const lines = alarm.lines.map((line, i) => {
    const name = parameter_of(alarm['site-lines'][i]), by_unit = general(line);
    const limit = (factor, otherwise) => `(if "${name}" = 'table' then ${decimal(otherwise)} else ToDecimal("${name}")${factor})`;
    const test = typeof by_unit === 'string' ? `v ${by_unit.split(' ')[0]} ${limit('', by_unit.split(' ')[1])}`
      : Object.entries(by_unit).map(([u, text]) => `u = '${u}' and v ${text.split(' ')[0]} ${limit(u === 'g/dL' ? ' / 10.0' : '', text.split(' ')[1])}`).join(' or ');
    return `if ${test} then ${outcome(line, i + 1)}\n    else `;
  });
  return `  if ${chosen} then\n    ${lines.join('')}0\n  else `;
}

const key_of = (index) => `"${table.alarms[index].name}${table.alarms.findIndex((a) => a.name === table.alarms[index].name) === index ? '' : ' 2'} line"`;
const lines_text = table.alarms.map((alarm, i) =>
  `// ${alarm.name}: ${alarm.source}\n${signature(key_of(i).slice(1, -6), alarm)}:\n${alarm['site-lines'] ? site_lines(alarm) : '  '}${chain(alarm, 0, '    ').trim()}`).join('\n\n');

// --- what a line asks about ------------------------------------------------------------------------------------------------
function facts_of(alarm) {
  const conds = alarm.lines.flatMap((l) => l.if), facts = [];
  if (conds.some((c) => c.age)) facts.push('age');
  if (conds.some((c) => c.who === 'obstetric' || c.who === 'pregnant')) facts.push('births');
  for (const [fact, who] of [['acute', 'acute'], ['diabetes', 'diabetes'], ['weak', 'weak']])
    if (conds.some((c) => c.who === who)) facts.push(fact);
  return facts;
}
const fact_groups = [...new Set([['births'], ...table.alarms.map(facts_of)].map((f) => f.join(' ')))];
const worlds_call = (facts) => `"Worlds by ${facts.join(' ') || 'nothing'}"(person)`;
const worlds_text = (facts) => {
  const flag = (f) => (facts.includes(f) ? 'true' : 'false');
  const bands = facts.includes('age') || facts.includes('births') ? '"Bands of"(person)' : '{ 18.0 }';
  return `"Worlds"(person, ${bands}, ${flag('births')}, "Either"(person.is_acute, ${flag('acute')}), "Either"(person.has_diabetes, ${flag('diabetes')}), "Either"(person.is_weak, ${flag('weak')}))`;
};
const without_birth = (alarm) => !alarm.lines.some((l) => l.if.some((c) => c.who === 'obstetric'));
function ask_text(alarm) {
  const facts = facts_of(alarm), own = facts.length ? [`"Unknown ${facts.join(' ')}${without_birth(alarm) ? '' : ' and weeks'}"(person)`] : [];
  const sets = sets_used(alarm).map((set) => `"Unasked"(${singles(table.sets[set])}, s.${field(set)}, open)`);
  const all = [...own, ...sets];
  return all.length === 0 ? 'null as List<String>' : all.length === 1 ? all[0] : `flatten { ${all.join(', ')} }`;
}
const label_tests = {
  age: [`if person.low is null or person.low != person.high then 'age' else null`],
  births: [`if person.is_pregnant is null and not Coalesce(person.is_male, false) then 'pregnancy' else null`],
  weeks: [`if person.gave_birth is null and not Coalesce(person.is_male, false) then 'birth-within-6-weeks' else null`],
  acute: [`if person.is_acute is null then 'acute-illness' else null`],
  diabetes: [`if person.has_diabetes is null then 'known-diabetes' else null`],
  weak: [`if person.is_weak is null then 'immune-weak' else null`],
};
const unknown_groups = [...new Set(['births and weeks', ...table.alarms.filter((a) => facts_of(a).length).map((a) => facts_of(a).join(' ') + (without_birth(a) ? '' : ' and weeks'))])];
const unknown_text = unknown_groups.map((group) => `define function "Unknown ${group}"(person ${types.PERSON}):\n  ({ ${group.replace('and ', '').split(' ')
  .flatMap((f) => label_tests[f]).join(',\n    ')} }) L where L is not null`).join('\n\n');
const worlds_by_text = fact_groups.map((group) => `define function "Worlds by ${group || 'nothing'}"(person ${types.PERSON}):\n  ${worlds_text(group.split(' '))}`).join('\n\n');
const singles = (members) => `{ ${members.filter((m) => !composite.has(m)).map((m) => `'${m}'`).join(', ')} }`;

const open_text = table.questions.filter((q) => !q.composite).map((q) => `if answers.${field(q.name)} is null then '${q.name}' else null`).join(', ');

// How far a reading is past the loosest numbers of its alarm, as a part of them: units and both ends compare.
function far_of(alarm) {
  const tests = (key, unit, sign) => alarm.lines.flatMap((l) => l.if.map((c) => c[key])).filter(Boolean).map((t) => (typeof t === 'string' ? t : t[unit]))
    .filter((t) => t[0] === sign).map((t) => decimal(t.split(' ')[1])).sort((a, b) => (sign === '>' ? a - b : b - a)).slice(0, 1);
  const past = (unit) => [['value', 'R.v'], ['value2', 'R.w']].flatMap(([key, number]) =>
    [...tests(key, unit, '>').map((n) => `${number} / ${n} - 1.0`), ...tests(key, unit, '<').map((n) => `1.0 - ${number} / ${n}`)]);
  const most = (unit) => (past(unit).length === 1 ? past(unit)[0] : `Max({ ${past(unit).join(', ')} })`);
  const units = units_of(alarm);
  return units.length === 1 ? most(units[0]) : `case R.u ${units.map((u) => `when '${u}' then ${most(u)}`).join(' ')} else 0.0 end`;
}

// All facts of one quantity together; the worlds are made once for each group of lines that asks the same.
const raised_text = table.quantities.map((quantity) => {
  const alarms = table.alarms.map((alarm, i) => ({ alarm, i })).filter(({ alarm }) => alarm.quantity === quantity.name);
  const parts = alarms.map(({ alarm, i }) => {
    const order = table.alarms.findIndex((a) => a.name === alarm.name) + 1;
    return `      (({ ${worlds_call(facts_of(alarm))} }) Z return all "Worst"(((readings) R where R.quantity = '${quantity.name}' return all Tuple { reading: R, code: "Together"(((Z) X\n` +
      `        return all ${key_of(i)}(${arguments_of(alarm).map(([, , value]) => value).join(', ')})), ${alarm['never-asks'] ? 'true' : 'false'}), far: ${far_of(alarm)} }),\n        '${alarm.name}', ${order}, ${ask_text(alarm)}))`;
  });
  return `    (if not exists ((readings) R where R.quantity = '${quantity.name}') then "Nothing"() else flatten {\n${parts.join(',\n')}\n    })`;
}).join(',\n');

// --- questions -----------------------------------------------------------------------------------------------------------
const refused_rank = table.alarms.length + 1, question_rank = refused_rank + 1;
const sealed = (urgency, action, sure = 1) => rank_of(urgency) * 100000000 + sure * 10000000 + action_of(action);
const told_text = table.questions.map((q, i) => {
  const rank = question_rank + i, yes = `answers.${field(q.name)}`;
  const plain = (o, n) => { const u = rank_of(o.urgency); return world_code(u, u, u, n, action_of(o.action)); };
  const code = q.obstetric
    ? `"Together"((${worlds_call(['births'])}) X return all if X.is_obstetric then ${plain(q.obstetric, 2)} else ${plain(q, 1)}, false)`
    : String(sealed(q.urgency, q.action, q.composite ? 0 : 1));
  const ask = q.obstetric ? '"Unknown births and weeks"(person)'
    : q.composite ? `"Unasked"(${singles(Object.values(table.sets).find((m) => m.includes(q.name)))}, null as Boolean, open)` : 'null as List<String>';
  return `    if ${yes} then "Question"('q-${q.name}', ${rank}, ${code}, ${ask}) else null`;
}).join(',\n');

// A set is a yes where one is; a no only where each single question was answered with no.
const sets_text = Object.entries(table.sets).map(([name, members]) =>
  `    ${field(name)}: ${members.map((m) => (composite.has(m) ? `Coalesce(answers.${field(m)}, false)` : `answers.${field(m)}`)).join(' or ')}`).join(',\n');

// --- units, ranges, codes ------------------------------------------------------------------------------------------------
const by_quantity = (text) => '  case quantity\n' + table.quantities.map((q) => [q.name, text(q)]).filter(([, t]) => t !== null)
  .map(([name, t]) => `    when '${name}' then ${t}`).join('\n');
const by_unit = (units, text, otherwise) => (units.length === 1 ? text(units[0]) : `case u ${units.map((u) => `when '${u}' then ${text(u)}`).join(' ')} else ${otherwise} end`);
const unit_text = by_quantity((q) => {
  const units = [...q.units.map((u) => [u, u]), ...Object.entries(q.same ?? {})];
  return units[0][0] === '{score}' ? `'{score}'` : `case unit ${units.map(([from, to]) => `when '${from}' then '${to}'`).join(' ')} else null end`;
}) + '\n    else null\n  end';
// The hard ranges stand in the one table of plausible numbers; a pair's second number is that of diastolic.
const ranged = (loinc) => ranges.quantities.find((r) => r.codes[loinc] !== undefined);
const hard_of = (q, unit) => ranged(q.name === 'blood-pressure' ? '8480-6' : q.codes[0][0].split(' ')[0])?.units.find((r) => r.unit === unit)?.hard;
const diastolic = ranged('8462-4').units[0].hard;
const range = (variable, [low, high]) => `${variable} >= ${decimal(low)} and ${variable} <= ${decimal(high)}`;
const possible_text = by_quantity((q) => (q.units.some((u) => hard_of(q, u)) ? by_unit(q.units, (u) => (hard_of(q, u) ? range('value', hard_of(q, u)) : 'true'), 'true') : null)) + '\n    else true\n  end';

// The loosest number of all lines of a quantity, upwards and downwards.
function loosest(quantity, variable, key, unit) {
  const tests = table.alarms.filter((a) => a.quantity === quantity.name).flatMap((a) => a.lines.flatMap((l) => l.if.map((c) => c[key])))
    .filter(Boolean).map((t) => (typeof t === 'string' ? t : t[unit])).map((t) => [t[0], Number(t.split(' ')[1]), t.split(' ')[1]]);
  const up = tests.filter(([op]) => op === '>').sort((a, b) => a[1] - b[1])[0], down = tests.filter(([op]) => op === '<').sort((a, b) => b[1] - a[1])[0];
  return [up && `${variable} >= ${decimal(up[2])}`, down && `${variable} <= ${decimal(down[2])}`].filter(Boolean);
}
const notable_text = by_quantity((q) => by_unit(q.units, (u) => [...loosest(q, 'v', 'value', u), ...loosest(q, 'w', 'value2', u)].join(' or '), 'true')) + '\n    else true\n  end';
const bands = [...new Set([0, 10, 56, ...table.alarms.flatMap((a) => a.lines.flatMap((l) => l.if.flatMap((c) => c.age ?? []))).filter((a) => a !== null)])].sort((a, b) => a - b);
const months = (years) => decimal(String(years * 12));
const bands_text = bands.map((b, i) => `Tuple { first: ${months(b)}, last: ${i + 1 < bands.length ? months(bands[i + 1]) : '99999.0'} }`).join(', ');
const all_codes = table.quantities.flatMap((q) => q.codes.flatMap(([codes, days]) => codes.split(' ').map((code) => ({ code, days, quantity: q.name }))));
const listed = (codes) => `{ ${codes.map((c) => `'${c}'`).join(', ')} }`;
const quantity_text = '  case\n' + table.quantities.map((q) => `    when loinc in ${listed(q.codes.flatMap(([c]) => c.split(' ')))} then '${q.name}'`).join('\n') + '\n    else null\n  end';
const days_groups = new Map();
const others = ranges.quantities.flatMap((r) => Object.entries(r.codes).map(([code, kind]) => ({ code, days: ranges.kinds[kind] ?? 100000, units: r.units })))
  .filter(({ code }) => !all_codes.some((c) => c.code === code));
for (const { code, days } of [...all_codes, ...others]) days_groups.set(days, [...(days_groups.get(days) ?? []), code]);
const days_text = '  case\n' + [...days_groups].map(([days, codes]) => `    when loinc in ${listed(codes)} then ${days}`).join('\n') + '\n    else 0\n  end';
const without_text = 'define function "Is possible without lines"(loinc String, unit String, value Decimal):\n  case\n' + others.flatMap(({ code, units }) => units.map((r) =>
  `    when loinc = '${code}' and unit = '${r.unit}' then ${range('value', r.hard)}`)).join('\n') + '\n    else true\n  end';

// --- the record ------------------------------------------------------------------------------------------------------------
const special = new Set(['blood-pressure', 'urine-ketones', 'urine-protein-or-blood']);
const groups = table.quantities.filter((q) => !special.has(q.name)).flatMap((q) => q.codes.map(([codes, days], i) => ({ q, codes: codes.split(' '), days, name: `${q.name}${i ? ` ${i + 1}` : ''}` })));
const of_codes = (codes) => (codes.length === 1 ? `[Observation: "${codes[0]}"]` : `flatten { ${codes.map((c) => `[Observation: "${c}"]`).join(', ')} }`);
const read_text = [...groups.map((g) => `define "All ${g.name}": ${of_codes(g.codes)}`),
  ...['urine-ketones', 'urine-protein-or-blood'].map((name) => `define "${name[0].toUpperCase()}${name.slice(1).replaceAll('-', ' ')}": ` +
    of_codes(table.quantities.find((q) => q.name === name).codes[0][0].split(' ')))].join('\n');
const measured_text = groups.map((g) => `    "Read"("All ${g.name}", '${g.q.name}', ${g.days})`).join(',\n');
const code_lines = [
  ...all_codes.filter(({ quantity }) => quantity !== 'blood-pressure').map(({ code }) => `code "${code}": '${code}' from "LOINC"`),
  `code "Systolic": '8480-6' from "LOINC"`, `code "Diastolic": '8462-4' from "LOINC"`,
  `code "Body height": '8302-2' from "LOINC"`, `code "Body weight": '29463-7' from "LOINC"`,
  `code "Pregnancy status": '82810-3' from "LOINC"`,
  ...['Birth within six weeks:birth-within-6-weeks', 'Acute illness:acute-illness', 'Known diabetes:known-diabetes', 'Weakened defence:immune-weak',
    'None of the danger signs:no-danger-signs'].map((pair) => `code "${pair.split(':')[0]}": '${pair.split(':')[1]}' from "Salve questions"`),
  ...table.questions.map((q) => `code "q-${q.name}": '${q.name}' from "Salve questions"`)].join('\n');
const answers_text = table.questions.map((q) =>
  `    ${field(q.name)}: ${q.private || q.composite ? '"Said now"' : '"Open"'}([Observation: "q-${q.name}"])`).join(',\n');
const said_text = table.questions.map((q) => `    when '${q.name}' then "Said in"([Observation: "q-${q.name}"], '${q.name}')`).join('\n');

const standing = '  case\n' + table.alarms.filter((a) => a['site-lines']).map((a) =>
  `    when name = '${a.name}' and (${a['site-lines'].map((n) => `"${parameter_of(n)}" != 'table'`).join(' or ')}) then 'site-lines'`).join('\n') + '\n    else null\n  end';

// --- writing -----------------------------------------------------------------------------------------------------------------
const values = {
  ...types,
  VERSION: table.version, CODES: code_lines,
  PARAMETERS: Object.entries(table['site-lines']).map(([name, s]) => `parameter "${parameter_of(name)}" String default '${s.initial}'`).join('\n'),
  UNIT_OF: unit_text, IS_POSSIBLE: possible_text, IS_NOTABLE: notable_text, BANDS: bands_text,
  HARD2_LOW: decimal(diastolic[0]), HARD2_HIGH: decimal(diastolic[1]),
  LINES: lines_text, ASK_NOW: String(action_of('ask-now')), SETS_OF: sets_text, OPEN: open_text, UNKNOWN: unknown_text, WORLDS_BY: worlds_by_text, RAISED_BY: raised_text, TOLD: told_text,
  REFUSED_RANK: String(refused_rank), REFUSED_CODE: String(sealed('same-day', 'measure-again-now')),
  ACTION_OF: '  case number\n' + table.actions.map((a, i) => `    when ${i + 1} then '${a}'`).join('\n') + '\n    else null\n  end',
  QUANTITY_OF: quantity_text, DAYS_OF: days_text, WITHOUT_LINES: without_text, READ: read_text, MEASURED: measured_text,
  RECORD_ANSWERS: answers_text, SAID_YES: said_text, STANDING_OF: standing,
  ANSWERS_SAID: table.questions.map((q) => `    ${field(q.name)}: "Said"('${q.name}')`).join(',\n'),
};
const fill = (name) => readFileSync(join(folder, name), 'utf8').replace(/@([A-Z0-9_]+)@/g, (_, key) => values[key] ?? fail(`@${key}@`));

// Items: each alarm and each danger question by itself, and what the program says where it could not judge.
const items = [
  ...[...new Map(table.alarms.map((a) => [a.name, a])).values()].map((a) => ({
    name: a.name, source: table.alarms.filter((b) => b.name === a.name).map((b) => b.source).join('; '),
    actions: actions_of(table.alarms.filter((b) => b.name === a.name)) })),
  { name: 'refused-value', source: 'project choice', actions: ['measure-again-now'] },
  ...table.questions.map((q) => ({ name: `q-${q.name}`, source: 'project choice', actions: [...new Set([q.action, ...(q.obstetric ? [q.obstetric.action, 'ask-now'] : [])])] })),
  { name: 'alarms-not-judged', source: 'project choice', actions: ['clinician-today'] },
  { name: 'guideline-not-judged', source: 'project choice', actions: ['clinician-today'] },
];
function actions_of(alarms) {
  const found = new Set(alarms.flatMap((a) => a.lines.flatMap((l) => [l.action, l.raise?.action].filter(Boolean))));
  if (alarms.some((a) => !a['never-asks'] && (facts_of(a).length || sets_used(a).length))) found.add('ask-now');
  return table.actions.filter((a) => found.has(a));
}
const guideline = {
  id: 'alarms', version: table.version, title: 'Alarms', canonical: 'urn:salve:guideline:alarms', date: table.date, 'review-by': table['review-by'],
  status: 'always on; every line needs a signature of a clinician of the site',
  sources: table.sources,
  switches: [{ name: 'sex-source', parameter: 'Sex source', values: ['recorded', 'confirmed-gender'], initial: 'recorded' },
    ...Object.entries(table['site-lines']).map(([name, s]) => ({ name, parameter: parameter_of(name), values: s.values, initial: s.initial }))],
  inputs: [
    ...table.quantities.map((q) => ({ label: q.name, loinc: q.codes[0][0].split(' ')[0], ...(q.units.length === 1 && hard_of(q, q.units[0]) ? { unit: q.units[0] } : {}), 'max-age-days': q.codes[0][1] })),
    ...Object.values(table.facts).map((label) => ({ label, ...(label === 'age' ? { loinc: '30525-0' } : label === 'pregnancy' ? { loinc: '82810-3' } : { question: label }), 'max-age-days': null })), ...table.questions.map((q) => ({ label: q.name, question: q.name, 'max-age-days': 0 }))],
  items: items.map((i) => ({ name: i.name, source: i.source, decimals: 0, categories: ['alarm'], marks: { see: ['alarm'] }, actions: i.actions, exclusions: [] })),
  lines: [],
  vectors: { alarms: {
    inputs: Object.fromEntries([['age', 'decimal'], ['sex', 'string'], ['pregnant', 'boolean'], ['postpartum_weeks', 'decimal'], ['known', 'string'], ['acute_illness', 'boolean'],
      ['code', 'string'], ['value', 'decimal'], ['unit', 'string'], ['value2', 'decimal'], ['comparator', 'string'], ['danger_yes', 'string'], ['danger_asked', 'boolean'], ['days_old', 'integer']]
      .map(([name, type]) => [name, { parameter: name, type }])),
    outputs: Object.fromEntries(['exp_state', 'exp_urgency', 'exp_action', 'exp_alarms'].map((name) => [name, `alarms.${name}`])) } },
};

// Letters: words of each alarm and question, words of each action, and what all share.
function letter(words) {
  const texts = (item) => {
    const own = words.alarms[item.name] ?? fail(`words.${words.language}.json: ${item.name}`);
    return { name: own.name, about: words.about, missing: words.missing, queried: own.queried ?? words.queried,
      categories: { alarm: { headline: own.headline, meaning: own.meaning } },
      actions: Object.fromEntries(item.actions.map((a) => [a, own.actions?.[a] ?? words.actions[a] ?? fail(`words.${words.language}.json: ${a}`)])), excluded: {} };
  };
  return { language: words.language, title: words.title, items: Object.fromEntries(items.map((i) => [i.name, texts(i)])), inputs: words.inputs, units: words.units, bands: {}, answers: words.answers };
}

mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'logic.cql'), fill('logic.template'));
writeFileSync(join(out, 'vectors.cql'), fill('vectors.template'));
writeFileSync(join(out, 'guideline.json'), JSON.stringify(guideline, null, 2) + '\n');
for (const name of readdirSync(folder).filter((n) => /^words\.[a-z-]+\.json$/.test(n)))
  writeFileSync(join(out, name.replace('words', 'letter')), JSON.stringify(letter(read(name)), null, 2) + '\n');
