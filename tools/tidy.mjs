// SPDX-License-Identifier: Apache-2.0
// tidy - checks what a compiler does not: layers, banned calls, file heads, dead rows, format, sizes. Each finding names
// file, line and reason. The last line counts the checks.
import { readFileSync, readdirSync, statSync, existsSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const FINDINGS_SHOWN = 12;
const FUNCTION_LINES_MAX = 120; // a dispatch switch may be longer: mark it "tidy: dispatch" in its first lines
const FILE_LINES_MAX = 1000;
const MEDIAN_LINES_MAX = 20;

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n').filter((f) => f && existsSync(f) && statSync(f).isFile());
const read = (file) => readFileSync(file, 'utf8');
const sources = tracked.filter((f) => /^src\/.*\.[ch]$/.test(f));
const text = new Map(sources.map((f) => [f, read(f)]));
const checks = [];
const check = (name, find) => checks.push({ name, find });

// Source text without comments and string bodies; line breaks stay, so that positions hold.
function bare(code) {
    return code.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
        (piece) => (piece[0] === '"' ? '"' + ' '.repeat(piece.length - 2) + '"' : piece.replace(/[^\n]/g, ' ')));
}
const bareText = new Map([...text].map(([f, code]) => [f, bare(code)]));
const lineOf = (code, index) => code.slice(0, index).split('\n').length;

function needs() {
    const rows = {};
    for (const line of read('Makefile').matchAll(/^NEEDS_(\w+)[ \t]*:=[ \t]*(.*)$/gm)) rows[line[1]] = line[2].trim();
    const expand = (list) => list.replace(/\$\(NEEDS_(\w+)\)/g, (_, m) => expand(rows[m])).split(/\s+/).join(' ');
    return Object.fromEntries(Object.entries(rows).map(([m, list]) => [m, new Set(expand(list).split(' ').filter(Boolean))]));
}

check('includes go downwards only', () => {
    const may = needs(), out = [];
    for (const [file, code] of text) {
        const module = file.split('/')[1];
        for (const hit of code.matchAll(/^#include "([a-z]+)\/([^"]+)"/gm)) {
            if (hit[1] !== module && !may[module]?.has(hit[1]))
                out.push(`${file}:${lineOf(code, hit.index)}: ${module} may not include ${hit[1]}/${hit[2]}`);
            else if (hit[1] !== module && /_int\.h$/.test(hit[2]))
                out.push(`${file}:${lineOf(code, hit.index)}: ${hit[2]} is the workshop of ${hit[1]}; use its door`);
        }
    }
    return out;
});

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

check('only cli prints or ends the process', () => {
    const out = [];
    for (const [file, code] of bareText) {
        if (file.startsWith('src/cli/') || file === 'src/base/assert.c') continue;
        for (const hit of code.matchAll(/(?<![\w.>])(printf|puts|putchar|perror|exit|_exit|abort|fprintf)\s*\(/g))
            out.push(`${file}:${lineOf(code, hit.index)}: ${hit[1]} belongs to cli; return an error instead`);
    }
    return out;
});

check('every source starts with its licence and says what it is', () => tracked
    .filter((f) => /\.(c|h|mjs|def)$/.test(f) || /^(tools|\.ci)\/[a-z]+$/.test(f))
    .filter((f) => !read(f).slice(0, 200).includes('SPDX-License-Identifier: Apache-2.0'))
    .map((f) => `${f}:1: no SPDX line`));

check('every error code is used', () => {
    const table = text.get('src/base/err.h'), all = [...text].filter(([f]) => !f.startsWith('src/base/err')).map((e) => e[1]).join('\n');
    return [...table.matchAll(/^ {4}X\((E_\w+)/gm)].filter((row) => !all.includes(`SALVE_${row[1]}`))
        .map((row) => `src/base/err.h: row ${row[1]} is used nowhere`);
});

check('every limit is used and documented', () => {
    const table = text.get('src/base/limits.h'), all = [...text].filter(([f]) => f !== 'src/base/limits.h').map((e) => e[1]).join('\n');
    const docs = existsSync('docs/formats/limits.md') ? read('docs/formats/limits.md') : '';
    return [...table.matchAll(/^ {4}(SALVE_\w+) = /gm)].flatMap(([, name]) => [
        ...(all.includes(name) ? [] : [`src/base/limits.h: ${name} is used nowhere`]),
        ...(docs.includes(name) ? [] : [`docs/formats/limits.md: ${name} is not described`])]);
});

// Function bodies: a line that starts a definition at column 0 and the closing brace at column 0.
function functions() {
    const out = [];
    for (const [file, code] of bareText) {
        if (!file.endsWith('.c')) continue;
        const lines = code.split('\n');
        for (let i = 0; i < lines.length; i++) {
            if (lines[i] === '{') {
                const end = lines.indexOf('}', i);
                let head = i - 1;
                while (head > 0 && /^\s/.test(lines[head])) head--;
                const name = /(\w+)\s*\(/.exec(lines[head])?.[1];
                if (end > 0 && name) out.push({ file, name, line: head + 1, lines: end - head + 1, code: text.get(file).split('\n').slice(head, head + 8).join('\n') });
                if (end > 0) i = end;
            } else if (/^\w.*\)\s*\{.*\}$/.test(lines[i])) {
                out.push({ file, name: lines[i], line: i + 1, lines: 1, code: '' });
            }
        }
    }
    return out.sort((a, b) => b.lines - a.lines);
}

check('functions stay short', () => {
    const all = functions(), median = all[Math.floor(all.length / 2)]?.lines ?? 0;
    console.log(`  ${all.length} functions, median ${median} lines; longest:`);
    for (const f of all.slice(0, 5)) console.log(`    ${String(f.lines).padStart(4)}  ${f.file}:${f.line} ${f.name}`);
    const out = all.filter((f) => f.lines > FUNCTION_LINES_MAX && !f.code.includes('tidy: dispatch'))
        .map((f) => `${f.file}:${f.line}: ${f.name} has ${f.lines} lines, over ${FUNCTION_LINES_MAX}`);
    if (median > MEDIAN_LINES_MAX) out.push(`the median function has ${median} lines, over ${MEDIAN_LINES_MAX}`);
    return out;
});

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
    const run = spawnSync('clang-format', ['--dry-run', ...sources], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.error) return [`clang-format does not run: ${run.error.message}`];
    const files = new Set([...run.stderr.matchAll(/^([^\s:]+):\d+:\d+: warning/gm)].map((hit) => hit[1]));
    return [...files].map((f) => `${f}: not in the house format; run clang-format -i ${f}`);
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

check('known gaps have a reason', () => tracked.filter((f) => /known-gaps.*\.txt$/.test(f)).flatMap((f) =>
    read(f).split('\n').map((line, i) => (!line || line.startsWith('#') || /^.+?: .{10,}$/.test(line) ? '' : `${f}:${i + 1}: no reason`))
        .filter(Boolean)));

let passed = 0, failed = 0;
for (const { name, find } of checks) {
    const findings = find();
    console.log(`${findings.length ? 'FAILED' : 'ok    '} ${name}`);
    for (const line of findings.slice(0, FINDINGS_SHOWN)) console.log(`    ${line}`);
    if (findings.length > FINDINGS_SHOWN) console.log(`    ... and ${findings.length - FINDINGS_SHOWN} more`);
    findings.length ? failed++ : passed++;
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
