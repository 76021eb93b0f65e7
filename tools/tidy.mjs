// SPDX-License-Identifier: Apache-2.0
// tidy - checks what a compiler does not: the floor plan (tidy_plan.mjs), what comments and documents say (tidy_words.mjs),
// and here banned calls, file heads, dead rows, format, sizes. Each finding names file, line and reason (SHOWN=all: all of
// them); figures for the reader follow; the last line counts the checks.
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { bareText, check, checks, countOf, figures, functions, lineOf, prototypes, read, sources, testSources, text, tracked }
    from './tidy_source.mjs';
import './tidy_plan.mjs';
import './tidy_words.mjs';
import './tidy_web.mjs';

const FINDINGS_SHOWN = process.env.SHOWN === 'all' ? Infinity : 12;
const FUNCTION_LINES_MAX = 60; // a dispatch switch may be longer: mark it "tidy: dispatch" in its first lines
const MEDIAN_LINES_MAX = 20;
const FILE_LINES_MAX = 800;
const PARAMETERS_MAX = 8;

const BANNED = {
    strcpy: 'buf_add', strcat: 'buf_add', sprintf: 'snprintf or buf_addf', gets: 'file_read', strtok: 'str_next_line',
    gmtime: 'civil_from_unix_ms', localtime: 'civil_from_unix_ms', atoi: 'str_to_i64', atof: 'str_to_double',
    rand: 'crypto_random', srand: 'crypto_random', system: 'nothing: Salve starts no shell', alloca: 'arena_alloc',
    popen: 'nothing: Salve starts no shell', mktemp: 'file_write', scanf: 'str_to_i64', sscanf: 'str_to_i64',
};
check('banned calls', () => {
    const out = [], call = new RegExp(`(?<![\\w.>])(${Object.keys(BANNED).join('|')})\\s*\\(`, 'g');
    for (const [file, code] of bareText)
        for (const hit of code.matchAll(call))
            out.push(`${file}:${lineOf(code, hit.index)}: ${hit[1]} is banned; use ${BANNED[hit[1]]}`);
    return out;
});

check('only the gate makes receipts for keys', () => [...bareText]
    .filter(([file]) => !file.startsWith('src/keys/') && file !== 'src/records/rec_gate.c')
    .flatMap(([file, code]) => [...code.matchAll(/\bkeys_receipt\b/g)]
        .map((hit) => `${file}:${lineOf(code, hit.index)}: a receipt stands for a durable leaf; go through rec_gate_open`)));

// A child that a process forked, and a thread whose supervisor is gone, have nobody to return an error to.
const ENDS = ['src/confine/confine_acts.c', 'src/confine/confine_prove.c', 'src/door/door_aside.c', 'src/serve/serve_start.c', 'src/serve/serve_watch.c'];
check('only cli prints or ends the process', () => {
    const out = [];
    for (const [file, code] of bareText) {
        if (file.startsWith('src/cli/') || file === 'src/base/assert.c') continue;
        for (const hit of code.matchAll(/(?<![\w.>])(printf|puts|putchar|perror|exit|_exit|abort|fprintf)\s*\(/g))
            if (hit[1] !== '_exit' || !ENDS.includes(file))
                out.push(`${file}:${lineOf(code, hit.index)}: ${hit[1]} belongs to cli; return an error instead`);
    }
    return out;
});

check('every source starts with its licence and says what it is', () => tracked
    .filter((f) => /\.(c|h|mjs|def)$/.test(f) || /^(tools|\.ci)\/[a-z]+$/.test(f))
    .filter((f) => !read(f).slice(0, 200).includes('SPDX-License-Identifier: Apache-2.0'))
    .map((f) => `${f}:1: no SPDX line`));

// Rows that become names of C: the name must stand somewhere outside the files that expand the list. (A purpose is named by its word.)
const LISTS = [
    { list: 'src/base/errors.def', home: /^src\/base\/err/, names: (id) => [`SALVE_${id}`] },
    { list: 'src/base/classes.def', home: /^src\/base\/ids/, names: (id) => [`CLASS_${id}`] },
    { list: 'src/base/families.def', home: /^src\/base\/ids/, names: (id) => [`FAMILY_${id}`, `X(${id}`] },
    { list: 'src/base/roles.def', home: /^src\/base\/ids/, names: (id) => [`ROLE_${id}`, `MAY(${id},`] },
    { list: 'src/records/events.def', home: /^$/, names: (id) => [`REC_EVENT_${id}`] },
    { list: 'src/machine/machine_ops.def', home: /^src\/machine\/(run\.h|machine_run\.c)$/, names: (id) => [`EXPR_OP_${id}`] },
    { list: 'src/cli/options.def', home: /^$/, names: (id) => [`OPT_${id}`, `BIT(${id})`] },
];
check('every row of a closed list is used', () => {
    const defs = tracked.filter((f) => /^src\/.*\.def$/.test(f)), out = [];
    const all = [...text, ...defs.map((f) => [f, read(f)])];
    for (const f of defs)
        if (!all.some(([, code]) => code.includes(`#include "${f.slice('src/'.length)}"`))) out.push(`${f}: nothing includes it`);
    for (const { list, home, names } of LISTS) {
        const others = all.filter(([f]) => f !== list && !home.test(f)).map(([, code]) => code).join('\n'), rows = read(list);
        for (const hit of rows.matchAll(/^[A-Z]+\((\w+)/gm))
            if (!names(hit[1]).some((name) => new RegExp(`${name.replace(/[()]/g, '\\$&')}(?!\\w)`).test(others)))
                out.push(`${list}:${lineOf(rows, hit.index)}: row ${hit[1]} is used nowhere`);
    }
    return out;
});

check('JSON of the command line comes from values', () => [...text].filter(([f]) => f.startsWith('src/cli/')).flatMap(([file, code]) =>
    code.split('\n').map((line, i) => [line, i + 1]).filter(([line]) => /\\"[\w%]*\\":/.test(line))
        .map(([line, n]) => `${file}:${n}: JSON by hand: ${line.trim().slice(0, 60)}`)));

check('every limit is used and documented', () => {
    const table = text.get('src/base/limits.h'), all = [...text].filter(([f]) => f !== 'src/base/limits.h').map((e) => e[1]).join('\n');
    const docs = existsSync('docs/formats/limits.md') ? read('docs/formats/limits.md') : '';
    return [...table.matchAll(/^ {4}(SALVE_\w+) = /gm)].flatMap(([, name]) => [
        ...(all.includes(name) ? [] : [`src/base/limits.h: ${name} is used nowhere`]),
        ...(docs.includes(name) ? [] : [`docs/formats/limits.md: ${name} is not described`])]);
});

check('functions stay short', () => {
    const at = (share) => functions[Math.min(functions.length - 1, Math.floor(functions.length * (1 - share)))].lines, median = at(0.5);
    const once = functions.filter((f) => f.isStatic && countOf(bareText.get(f.file), f.name) === 2);
    const asserts = [...bareText.values()].reduce((sum, code) => sum + countOf(code, 'salve_assert'), 0);
    const lines = [...text].reduce((sum, [f, code]) => sum + (f.endsWith('.c') ? code.split('\n').length : 0), 0);
    const long = functions.filter((f) => f.lines > 40);
    figures.push(`${functions.length} functions: median ${median} lines, p90 ${at(0.9)}, p99 ${at(0.99)}, longest ${at(1)}; ` +
        `${once.length} are called once; ${((1000 * asserts) / lines).toFixed(1)} assertions in 1000 lines of .c`);
    figures.push(`over 40 lines: ${long.map((f) => `${f.lines} ${f.file.replace('src/', '')}:${f.line} ${f.name}`).join(', ')}`);
    const out = functions.filter((f) => f.lines > FUNCTION_LINES_MAX && !f.opening.includes('tidy: dispatch'))
        .map((f) => `${f.file}:${f.line}: ${f.name} has ${f.lines} lines, over ${FUNCTION_LINES_MAX}`);
    if (median > MEDIAN_LINES_MAX) out.push(`src: the median function has ${median} lines, over ${MEDIAN_LINES_MAX}`);
    return out;
});

check(`a function has at most ${PARAMETERS_MAX} parameters`, () => [...functions.filter((f) => f.isStatic), ...prototypes]
    .filter((f) => f.parameters > PARAMETERS_MAX)
    .map((f) => `${f.file}:${f.line}: ${f.name} has ${f.parameters} parameters`));

check('files stay short', () => sources.filter((f) => text.get(f).split('\n').length > FILE_LINES_MAX)
    .map((f) => `${f}: ${text.get(f).split('\n').length} lines, over ${FILE_LINES_MAX}`));

check('lines fit 120 columns, no tabs, no trailing space', () => {
    const out = [];
    for (const [file, code] of text)
        code.split('\n').forEach((line, i) => {
            if ([...line].length > 120) out.push(`${file}:${i + 1}: ${[...line].length} columns`);
            if (/\t/.test(line)) out.push(`${file}:${i + 1}: tab`);
            if (/\s$/.test(line)) out.push(`${file}:${i + 1}: trailing space`);
        });
    return out;
});

check('format (clang-format)', () => {
    const run = spawnSync('clang-format', ['--dry-run', ...sources, ...testSources], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.error) return [`clang-format does not run: ${run.error.message}`];
    const files = new Set([...run.stderr.matchAll(/^([^\s:]+):\d+:\d+: warning/gm)].map((hit) => hit[1]));
    return [...files].map((f) => `${f}: not in the house format; run clang-format -i ${f}`);
});

// Which visit, and how old an input may be, SalveCommon alone applies.
check('guidelines read their inputs through SalveCommon', () => tracked
    .filter((f) => /^guidelines\/.*\.(cql|template)$/.test(f) && !f.endsWith('lib/SalveCommon.cql') && !f.endsWith('lib/FHIRHelpers.cql'))
    .flatMap((f) => read(f).split('\n').map((line) => line.replace(/\/\/.*/, ''))
        .flatMap((line, i) => [...line.matchAll(/\bNow\(\)|\bToday\(\)|\bsame day\b/g)]
            .map((hit) => `${f}:${i + 1}: ${hit[0]} is SalveCommon's business (docs/internals/guideline.md)`))));

// An input that a guideline, or a library that it includes, reads without a row in guideline.json would never be of this visit.
check('every input that a guideline reads has a row', () => {
    const labels = (file) => [...read(file).matchAll(/Common\."(?:Input|Question|Coded question|Readings of|Parts of|Asked)"\((?:[^'"]|"[^"]*"|\{[^}]*\})*?'([\w-]+)'/g)].map((hit) => hit[1]);
    const libraries = (file) => [...read(file).matchAll(/^include (Salve(?!Common)\w+)/gm)].map((hit) => `guidelines/lib/${hit[1]}.cql`);
    const all = (file) => [file, ...libraries(file).flatMap(all)];
    return tracked.filter((f) => /^guidelines\/[a-z-]+\/logic\.cql$/.test(f)).flatMap((f) => {
        const about = f.replace('logic.cql', 'guideline.json'), rows = new Set(JSON.parse(read(about)).inputs.map((input) => input.label));
        const read_labels = new Set([...new Set(all(f))].flatMap(labels));
        return [...read_labels].filter((label) => !rows.has(label)).map((label) => `${about}: no row for ${label}, which is read`);
    });
});

check('test names are unique', () => {
    const seen = new Map(), out = [];
    for (const f of tracked.filter((f) => /^tests\/[a-z]+\/[a-z]+\/\w+\.(c|sh)$/.test(f))) {
        const name = f.split('/').pop();
        if (seen.has(name)) out.push(`${f}: the name is taken by ${seen.get(name)}`);
        seen.set(name, f);
    }
    return out;
});

check('tests ask for their long form in one place', () => testSources
    .filter((file) => file !== 'tests/support/t.c' && read(file).includes('getenv("ALL")'))
    .map((file) => `${file}: t_is_all says it; that ALL is set says nothing`));

check('known gaps have a reason', () => tracked.filter((f) => /known-gaps.*\.txt$/.test(f)).flatMap((f) =>
    read(f).split('\n').map((line, i) => (!line || line.startsWith('#') || /^.+?: .{10,}$/.test(line) ? '' : `${f}:${i + 1}: no reason`))
        .filter(Boolean)));

let passed = 0, failed = 0;
for (const { name, find } of checks) {
    const findings = find();
    console.log(`${findings.length ? 'FAILED' : 'ok    '} ${name}`);
    for (const line of findings.slice(0, FINDINGS_SHOWN)) console.log(`    ${line}`);
    if (findings.length > FINDINGS_SHOWN) console.log(`    ... and ${findings.length - FINDINGS_SHOWN} more; SHOWN=all shows them`);
    findings.length ? failed++ : passed++;
}
for (const line of figures) console.log(`  ${line}`);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
