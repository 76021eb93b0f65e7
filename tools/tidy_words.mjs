// SPDX-License-Identifier: Apache-2.0
// tidy: what comments and documents say - files, rules and papers that they name, paragraphs of manuals, prototypes at home.
import { existsSync } from 'node:fs';
import { bare, bareText, check, commentsOf, functions, lineOf, moduleOf, prototypes, read, sources, stemOf, text, tracked }
    from './tidy_source.mjs';

const written = tracked.filter((f) => /^(src|tests|docs|tools)\/.*\.(c|h|cpp|def|md|mjs|cjs|sh)$/.test(f) || /^[A-Z]+\.md$|^Makefile$/.test(f))
    .filter((f) => !f.startsWith('tests/fixtures/'));
const proseOf = (file) => (/\.(c|h|cpp|def)$/.test(file) ? commentsOf(read(file)).flat()
    : read(file).split('\n').map((line, i) => [i + 1, line]));

// A file is named by its path or its own name; names with < > * { } $ or in capitals are patterns, and what a
// build makes or a system has is elsewhere.
const ELSEWHERE = /^((fhir_tables|ucum_table|web_files)\.[ch]|sqlite3\.h|[A-Z]+\.\w+)$/;
check('a file that is named exists', () => {
    const names = new Set(tracked.map((f) => f.split('/').pop())), out = [];
    for (const file of written.filter((f) => !/^tests\/|^tools\/tidy/.test(f))) {
        for (const [line, words] of proseOf(file)) {
            for (const [, name] of words.matchAll(/(?<![\w./*<>{}$%~])(?<!\w-)((?:\w[\w-]*\/)*\w[\w-]*\.(?:c|h|def|mjs|cjs|sh|md))(?![\w/*<{]|\.\w)/g)) {
                if (name.includes('/') ? tracked.some((f) => f === name || f.endsWith('/' + name)) : names.has(name)) continue;
                if (!ELSEWHERE.test(name.split('/').pop())) out.push(`${file}:${line}: there is no file ${name}`);
            }
        }
    }
    return out;
});

const RULES = 'docs/never.md';
check(`a rule that is named stands in ${RULES}`, () => {
    const rules = new Set([...read(RULES).matchAll(/^## (N\d+) /gm)].map(([, rule]) => rule)), out = [];
    for (const file of written)
        read(file).split('\n').forEach((line, i) => {
            if (file === 'src/admit/admit_apart.def') line = line.replace(/"[^"]*"/g, ''); // codes of ICD and ATC
            for (const [rule] of line.matchAll(/\bN\d+\b/g)) if (!rules.has(rule)) out.push(`${file}:${i + 1}: ${RULES} has no ${rule}`);
        });
    return out;
});

check('no paper outside the repository is cited', () => tracked.filter((f) => /\.\w+$/.test(f) && !/^(tools\/tidy|tests\/(fixtures|fuzz))|\.bin$/.test(f)).flatMap((file) =>
    read(file).split('\n').map((line, i) => [line, i + 1])
        .filter(([line]) => /privacy-security|house-review|\bclinical\/\d|\b(ux|design|anchors|performance) \d+(\.\d+)?\b/.test(line))
        .map(([line, n]) => `${file}:${n}: cites a paper that nobody can open: ${line.trim().slice(0, 60)}`)));

// A line of one or two words with more of the paragraph behind it: a formatter tore it.
check('paragraphs of a manual are whole', () => sources.filter((f) => f.endsWith('.h')).flatMap((file) => {
    const out = [], isProse = (line) => /^[\w(-]/.test(line);
    for (const comment of commentsOf(text.get(file))) {
        const lines = comment.map(([, line]) => line.replace(/^\s*\/?\*+ ?/, '').replace(/\*\/\s*$/, '').trimEnd());
        for (let i = 1; i < lines.length; i++)
            if (lines[i - 1] && (lines[i + 1] || /^-*$/.test(lines[i])) && isProse(lines[i]) && lines[i].split(' ').length <= 2 && !/[:.]$/.test(lines[i]))
                out.push(`${file}:${comment[i][0]}: a paragraph is torn at "${lines[i]}"`);
    }
    return out;
}));

check('a prototype of foo.h is defined in foo.c', () => {
    const home = new Map(functions.filter((f) => !f.isStatic).map((f) => [`${moduleOf(f.file)} ${f.name}`, stemOf(f.file)]));
    return prototypes.filter(({ file }) => existsSync(file.replace(/\.h$/, '.c'))).flatMap(({ file, line, name }) => {
        const other = home.get(`${moduleOf(file)} ${name}`), stem = stemOf(file);
        return !other || other === stem || other.startsWith(stem + '_') ? [] : [`${file}:${line}: ${name} is defined in ${other}.c`];
    });
});

check('a public function has a caller', () => {
    const named = new Map(), count = (file, code) => {
        for (const [name] of code.matchAll(/\b[a-z]\w+/g)) {
            if (!named.has(name)) named.set(name, new Map());
            named.get(name).set(file, (named.get(name).get(file) ?? 0) + 1);
        }
    };
    for (const [file, code] of bareText) count(file, code);
    const defs = tracked.filter((f) => /^src\/.*\.def$/.test(f)), rows = new Set();
    for (const file of defs) {
        count(file, bare(read(file)));
        for (const [word] of bare(read(file)).matchAll(/\w+/g)) rows.add(word);
    }
    // A macro pastes a name: type##_find, cli_##name; the other half is a word of a list.
    const pasted = [...bareText.values()].flatMap((code) => [...code.matchAll(/##(_\w+)|(\w+_)##/g)].map(([, end, start]) => ({ end, start })));
    const isPasted = (name) => pasted.some(({ end, start }) => (end
        ? name.endsWith(end) && rows.has(name.slice(0, -end.length)) : name.startsWith(start) && rows.has(name.slice(start.length))));
    const defined = new Set(functions.map((f) => `${f.file} ${f.name}`)), headOf = (file) => text.get(file).split('*/')[0];
    return prototypes.flatMap(({ file, line, name, comment }) => {
        const uses = [...named.get(name) ?? []].reduce((sum, [f, n]) => sum + n - (f === file ? 1 : 0) - (defined.has(`${f} ${name}`) ? 1 : 0), 0);
        return uses > 0 || isPasted(name) || /for tests/i.test(comment + headOf(file)) ? [] : [`${file}:${line}: nothing in src calls ${name}`];
    });
});
