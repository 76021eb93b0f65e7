// SPDX-License-Identifier: Apache-2.0
// Writes the closed lists of the program as TypeScript: types as unions, tables as constants. The C compiler reads the same
// rows (docs/internals/lists.md). Usage: node lists.mjs OUT.ts [SRC]. A row of an unknown shape ends it with file and line.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [, , output, src = 'src'] = process.argv;

class Refusal extends Error {}
const refuse = (file, line, why) => {
    throw new Refusal(`${file}:${line}: ${why}`);
};

// --- the rows of a .def file: NAME(argument, ...), an argument being a list of tokens ------------------------------------
const TOKEN = new RegExp([
    /\s+/, /\/\*[\s\S]*?\*\//, /^#(?:ifndef|undef|endif)(?: \w+)?$/, /^#define \w+\([\w, ]*\)$/, // passed over
    /"(?:\\["\\n]|[^"\\\n])*"/, /'[a-zA-Z]'/, /-?\d+/, /\w+/, /[(),|.=]/,
].map((kind) => kind.source).join('|'), 'my');

function tokens(file, text) {
    const out = [];
    let line = 1;
    TOKEN.lastIndex = 0;
    for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
        TOKEN.lastIndex = at;
        const word = TOKEN.exec(text)?.[0];
        if (word === undefined) refuse(file, line, `'${text.slice(at).split('\n')[0].slice(0, 40)}' is not understood`);
        if (!/^(\s|\/\*|#)/.test(word)) out.push({ word, line });
        line += word.split('\n').length - 1;
    }
    return out;
}

function rowsOf(name) {
    const file = join(src, name), out = [], list = tokens(file, readFileSync(file, 'utf8'));
    for (let i = 0; i < list.length;) {
        const { word: macro, line } = list[i];
        if (!/^[A-Z]\w*$/.test(macro) || list[i + 1]?.word !== '(') refuse(file, line, `'${macro}' begins no row`);
        const row = { file, line, macro, args: [[]] };
        let depth = 1;
        for (i += 2; depth > 0; i++) {
            if (i >= list.length) refuse(file, line, `the row ${macro} has no end`);
            const { word } = list[i];
            depth += (word === '(') - (word === ')');
            if (depth === 1 && word === ',') row.args.push([]);
            else if (depth > 0) row.args.at(-1).push(word);
        }
        out.push(row);
    }
    return out;
}

// --- what an argument may be: each gives its value, or undefined --------------------------------------------------------
const one = (pattern, value = (word) => word) => (words) =>
    (words.length === 1 && pattern.test(words[0]) ? value(words[0]) : undefined);
const id = one(/^[A-Z]\w*$/);
const field = one(/^[a-z]\w*$/);
const number = one(/^-?\d+$/, Number);
const text = (words) =>
    (words.length > 0 && words.every((w) => w[0] === '"') ? words.map((w) => JSON.parse(w)).join('') : undefined);
const textOrNull = (words) => (words.length === 1 && words[0] === 'NULL' ? null : text(words));
const letter = one(/^(0|'[a-zA-Z]')$/, (word) => (word === '0' ? null : word[1]));
const oneOf = (...words) => one(new RegExp(`^(${words.join('|')})$`));
// Terms joined by |, each name(ids); `alone` are ids that may stand without one.
const mask = (term, alone = []) => (words) => {
    const whole = new RegExp(`^${term} \\( (\\w+) \\)$`);
    const out = words.join(' ').split(' | ').map((part) => (alone.includes(part) ? part : whole.exec(part)?.[1]));
    return out.includes(undefined) ? undefined : out;
};
// .member = value, in any order.
const members = (known, required) => (args) => {
    const out = {};
    for (const words of args) {
        const [dot, name, equals, ...rest] = words;
        if (dot !== '.' || equals !== '=' || !Object.hasOwn(known, name) || Object.hasOwn(out, name)) return undefined;
        out[name] = known[name](rest);
        if (out[name] === undefined) return undefined;
    }
    return required.every((name) => Object.hasOwn(out, name)) ? out : undefined;
};

const TYPES = { finding_status: 'FindingStatus', urgency: 'Urgency' };
const COLUMNS = {
    part: oneOf('FOUND', 'WHY'), from: oneOf('LOGIC', 'FOLDER', 'REASONS', 'ANSWERS'),
    there: oneOf('ALWAYS', 'MAYBE', 'ASSESSED', 'EXCLUDED'), what: text,
};
const FIELD = { name: field, ...COLUMNS };
const GROUPS = ['ON_SITE', 'AS_STAFF', 'ON_NAMES', 'AS_PERSON']; // options that many commands take together (cli_int.h)
const COMMAND = {
    name: text, group: text, operands: text, summary: text, examples: text, notes: text,
    operands_min: number, operands_max: number, site_operand: number, options: mask('BIT', GROUPS),
};
const SHAPES = {
    'base/errors.def': { ERROR: { name: id, slv: number, exit: number, http: number, issue: text, what: text, next: text } },
    'base/classes.def': { CLASS: { name: id, number, text, holds: text } },
    'base/purposes.def': { PURPOSE: { name: id, number, text, reason: text, classes: mask('CLASS_BIT') } },
    'base/roles.def': { ROLE: { name: id, text, may: text } },
    'base/families.def': { FAMILY: { name: id, number, text, holds: text } },
    'records/events.def': { EVENT: { name: id, text, what: text } },
    'guideline/release.def': { RELEASE: { name: id, text, when: text } },
    'guideline/finding.def': {
        FINDING_STATUS: { name: id, text, what: text },
        FINDING_URGENCY: { name: id, text, what: text },
        FINDING_TEXT: FIELD, FINDING_NUMBER: FIELD, FINDING_LIST: FIELD, FINDING_INPUTS: FIELD,
        FINDING_WORD: { name: field, type: oneOf(...Object.keys(TYPES)), otherwise: text, ...COLUMNS },
        FINDING_INPUT: { name: field, what: text },
    },
    'form/form_ops.def': { FORM_OP: { name: id, text, operands: text, pops: number, pushes: number, what: text } },
    'records/codes.def': { CODE: { name: id, before: text, chars: number, group: number, opens: text } },
    'records/worklist.def': { WORK: { name: id, text, what: text } },
    'records/reminder.def': { REMINDER: { name: id, text, isOver: oneOf('true', 'false'), what: text } },
    'guideline/referral.def': {
        REFERRAL: { name: id, text, status: text, work: id, what: text },
        REFERRAL_MOVE: { from: id, to: id },
        REFERRAL_REPLY: { name: id, text, what: text },
    },
    'screen/told.def': { SCREEN_HOW: { name: id, text, code: text } },
    'visit/asked.def': { ASKED: { name: id, text, what: text } },
    'visit/health.def': { HEALTH: { name: id, text, what: text } },
    'day/stations.def': { STATION: { name: id, text, isOnWay: oneOf('true', 'false') } },
    'day/whys.def': { WHY: { name: id, text, what: text } },
    'visit/rules.def': { RULE_STATE: { name: id, text, what: text } },
    'pages/pages_times.def': { PAGES_TASK: { name: id, text, half_s: number, most_s: number, what: text } },
    'cli/options.def': { OPTION: { name: id, letter, text, argument: textOrNull, help: text } },
    'cli/commands.def': { COMMAND: { name: field, rest: members(COMMAND, ['name', 'group', 'operands', 'summary']) } },
};

// The rows of a file as objects; no two rows of a kind have the same name, text or number.
function read(name) {
    const seen = new Set();
    return rowsOf(name).map(({ file, line, macro, args }) => {
        if (!Object.hasOwn(SHAPES[name], macro)) refuse(file, line, `${macro} is no row of this list`);
        const columns = Object.entries(SHAPES[name][macro]), row = { file, line, macro };
        const given = 'rest' in SHAPES[name][macro] ? [args[0], args.slice(1)] : args;
        if (given.length !== columns.length)
            refuse(file, line, `a row ${macro} has ${columns.length} columns, this one has ${given.length}`);
        columns.forEach(([column, take], i) => {
            row[column] = take(given[i]);
            if (row[column] === undefined) refuse(file, line, `${macro}: column ${i + 1}, ${column}, is not understood`);
        });
        for (const column of ['name', 'text', 'number', 'slv'].filter((c) => c in row)) {
            const key = `${macro} ${column} ${row[column]}`;
            if (seen.has(key)) refuse(file, line, `${macro}: the ${column} ${row[column]} is there twice`);
            seen.add(key);
        }
        return row;
    });
}

// --- TypeScript -----------------------------------------------------------------------------------------------------
const quote = (text) => `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;
const value = (v) => (Array.isArray(v) ? `[${v.map(value).join(', ')}]` : typeof v === 'string' ? quote(v) : String(v));
const object = (entries) => `{ ${Object.entries(entries).map(([key, v]) => `${key}: ${value(v)}`).join(', ')} }`;

// A constant with a key and an object for each row, and the union of its keys.
function table(what, name, type, rows, key, entries) {
    const lines = rows.map((row) => `    ${quote(key(row))}: ${object(entries(row))},\n`);
    return `/** ${what} */\nexport const ${name} = {\n${lines.join('')}} as const;\n` +
        `export type ${type} = keyof typeof ${name};\n`;
}

function face(what, name, rows, type) {
    const lines = rows.map((row) => `    /** ${row.what} */\n    ${row.name}: ${type(row)};\n`);
    return `/** ${what} */\nexport interface ${name} {\n${lines.join('')}}\n`;
}

const typeOf = (row) =>
    ({ FINDING_WORD: TYPES[row.type], FINDING_LIST: 'string[]', FINDING_INPUTS: 'FindingInput[]' })[row.macro] ?? 'string';
const find = (rows, name, row) => rows.find((r) => r.name === name) ?? refuse(row.file, row.line, `there is no row ${name}`);

function write() {
    const [errors, classes, purposes, roles, families, events, releases, finding, formOps, codes, tasks, reminders, referral, hows, asked, health, stations, whys, rules, times, options, commands] = Object.keys(SHAPES).map(read);
    const referrals = (macro) => referral.filter((row) => row.macro === macro);
    const stateText = (name, row) => find(referrals('REFERRAL'), name, row).text;
    const of = (macro) => finding.filter((row) => row.macro === macro), fields = finding.filter((row) => 'part' in row);
    for (const row of commands)
        for (const name of row.rest.options ?? []) if (!GROUPS.includes(name)) find(options, name, row);
    const classText = (name, row) => find(classes, name.replace(/^CLASS_/, ''), row).text;
    const text = (row) => row.text, what = (row) => ({ what: row.what });
    return [
        '// SPDX-License-Identifier: Apache-2.0\n// Made by tools/lists.mjs from the rows of src; a change belongs there.\n',
        table('What can go wrong: exit status, HTTP status, FHIR issue type, words.', 'errors', 'ErrorCode',
            errors.filter((row) => row.slv !== 0), (row) => `SLV-${row.slv}`,
            ({ name, exit, http, issue, what, next }) => ({ name, exit, http, issue, what, next })),
        table("The classes of a person's data.", 'classes', 'DataClass', classes, text,
            ({ number, holds }) => ({ number, holds })),
        table('What the data may be opened for, and the classes that this opens.', 'purposes', 'Purpose', purposes, text,
            ({ number, reason, classes, ...row }) => ({ number, reason, classes: classes.map((c) => classText(c, row)) })),
        table('Who may act.', 'roles', 'Role', roles, text, ({ may }) => ({ may })),
        table('What is kept apart, each with its own yes for the letter.', 'families', 'Family', families, text,
            ({ number, holds }) => ({ number, holds })),
        table('What is told under "who looked".', 'events', 'LogEvent', events, text, what),
        table('The instructions of the programs of a form.', 'formOps', 'FormOp', formOps, text,
            ({ operands, pops, pushes, what }) => ({ operands, pops, pushes, what })),
        table('What people carry on paper: characters, and how many stand together.', 'codes', 'CodeKind', codes,
            (row) => row.name.toLowerCase(), ({ chars, group, opens }) => ({ chars, group, opens })),
        table('What can be open about a person, in the order in which it is done.', 'tasks', 'WorkTask', tasks, text, what),
        table('What became of a call before the next check.', 'remindersSaid', 'ReminderSaid', reminders, text, ({ isOver, what }) => ({ isOver: isOver === 'true', what })),
        table('How a referral goes on, and what may follow.', 'referralStates', 'ReferralState', referrals('REFERRAL'), text,
            ({ name, status, what }) => ({ status, what,
                next: referrals('REFERRAL_MOVE').filter((move) => move.from === name).map((move) => stateText(move.to, move)) })),
        table('What the place of a referral answers.', 'referralReplies', 'ReferralReply', referrals('REFERRAL_REPLY'), text, what),
        table('How a person is told of a finding.', 'hows', 'ToldHow', hows, text, ({ code }) => ({ code })),
        table('How it stands with something that is asked at a visit.', 'askedStates', 'AskedState', asked, text, what),
        table('When a person hears of the result of a test, the strictest last.', 'releases', 'Release', releases, text,
            ({ when }) => ({ when })),
        table('What is looked at of a site that runs.', 'healthChecks', 'HealthCheck', health, text, what),
        table('The stations of a day.', 'stations', 'Station', stations, text, ({ isOnWay }) => ({ isOnWay: isOnWay === 'true' })),
        table('Why something is not done today.', 'whys', 'Why', whys, text, what),
        table('How a guideline lies to what was accepted.', 'ruleStates', 'RuleState', rules, text, what),
        table('What the app takes the time of.', 'timed', 'Timed', times, text, what),
        table('How far an item was judged.', 'statuses', 'FindingStatus', of('FINDING_STATUS'), text, what),
        table('How soon an action is due, most urgent first.', 'urgencies', 'Urgency', of('FINDING_URGENCY'), text, what),
        face('One value that a finding used.', 'FindingInput', of('FINDING_INPUT'), () => 'string'),
        face('What a guideline says about one person; what is not there is empty.', 'Finding', fields, typeOf),
        table('The fields of a finding.', 'findingFields', 'FindingField', fields, (row) => row.name, (row) => ({
            kind: row.macro.slice('FINDING_'.length).toLowerCase(), part: row.part.toLowerCase(),
            from: row.from.toLowerCase(), there: row.there.toLowerCase(),
        })),
        table('Options of the command line.', 'options', 'Option', options, text,
            ({ letter, argument, help }) => ({ letter, argument, help })),
        table('What can be asked of the command line.', 'commands', 'Command', commands, (row) => row.rest.name,
            (row) => ({ summary: row.rest.summary })),
    ].join('\n');
}

try {
    const made = write();
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, made);
} catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exit(1);
}
