// SPDX-License-Identifier: Apache-2.0
// The words of the app: each folder of web/ with words.<language>.json. They are put together as <folder>.<key>, and refused
// where a language lacks a key, a placeholder or a plural form (docs/internals/web.md). Makes a module of each language, and
// types of all keys with what stands in their braces.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

// The languages of the app: its own name, direction, letters. The first one's keys are the measure.
const SPOKEN = {
    en: { name: 'English', direction: 'ltr', letters: /\p{Script=Latin}/u },
    ar: { name: 'العربية', direction: 'rtl', letters: /\p{Script=Arabic}/u },
};
export const LANGUAGES = Object.keys(SPOKEN);
const KEY = /^[A-Za-z][\w-]*(\.[\w-]+)*$/;

export class WordsRefusal extends Error {}
const refuse = (file, why) => {
    throw new WordsRefusal(`${file}: ${why}`);
};

export const filesUnder = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)])).sort();

// A file's keys: flat, each a text or an object of plural forms. A key that is there twice is refused.
function read(file) {
    const text = readFileSync(file, 'utf8'), keys = [...text.matchAll(/^ {4}"([^"]+)":/gm)].map((hit) => hit[1]);
    const twice = keys.find((key, i) => keys.indexOf(key) !== i);
    if (twice) refuse(file, `${twice} is there twice`);
    const out = JSON.parse(text);
    if (Object.keys(out).length !== keys.length) refuse(file, 'each key begins a line, behind four blanks');
    for (const key of keys) if (!KEY.test(key)) refuse(file, `'${key}' is no key`);
    return out;
}

const formsOf = (words) => (typeof words === 'string' ? [words] : Object.values(words));
const holesOf = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((hit) => hit[1]);
const holes = (words) => [...new Set(formsOf(words).flatMap(holesOf))].sort();

function checkForms(file, language, key, words) {
    if (typeof words !== 'string' && (typeof words !== 'object' || words === null || Array.isArray(words)))
        refuse(file, `${key}: neither a text nor plural forms`);
    if (typeof words === 'object') {
        const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.slice().sort().join(' ');
        const given = Object.keys(words).sort().join(' ');
        if (given !== wanted) refuse(file, `${key}: plural forms are ${given}; ${language} has ${wanted}`);
    }
    for (const text of formsOf(words)) {
        if (typeof text !== 'string' || text.trim() === '' || text !== text.trim()) refuse(file, `${key}: an empty or loose text`);
        if (/[{}]/.test(text.replace(/\{\w+\}/g, ''))) refuse(file, `${key}: a brace without its partner`);
        const rest = text.replace(/\{\w+\}/g, '');
        if (/\p{L}/u.test(rest) && !SPOKEN[language].letters.test(rest)) refuse(file, `${key}: not in this language`);
    }
}

// All words by language, and the arguments of each key.
export function readWords(root) {
    const words = Object.fromEntries(LANGUAGES.map((language) => [language, {}])), files = filesUnder(root);
    const folders = files.filter((f) => /\/words\.\w+\.json$/.test(f)).map(dirname);
    const seen = new Map();
    for (const folder of new Set(folders)) {
        const name = relative(root, folder) === '' ? 'app' : basename(folder);
        if (seen.has(name)) refuse(folder, `the name is taken by ${seen.get(name)}`);
        seen.set(name, folder);
        const all = LANGUAGES.map((language) => {
            const file = join(folder, `words.${language}.json`);
            if (!files.includes(file)) refuse(folder, `there is no words.${language}.json`);
            return { language, file, rows: read(file) };
        });
        const known = all[0].rows;
        for (const { language, file, rows } of all) {
            for (const key of Object.keys(known)) if (!Object.hasOwn(rows, key)) refuse(file, `${key} is missing`);
            for (const [key, text] of Object.entries(rows)) {
                if (!Object.hasOwn(known, key)) refuse(file, `${key} is not in ${all[0].file}`);
                checkForms(file, language, key, text);
                const given = holes(text).join(' '), wanted = holes(known[key]).join(' ');
                if (given !== wanted) refuse(file, `${key}: braces are '${given}', elsewhere '${wanted}'`);
                if (typeof text === 'object' && !wanted.split(' ').includes('count')) refuse(file, `${key}: plural forms need {count}`);
                if ((typeof text === 'object') !== (typeof known[key] === 'object')) refuse(file, `${key}: plural in one language only`);
                words[language][`${name}.${key}`] = text;
            }
        }
    }
    return words;
}

// A key that no source names is dead: 'a.b' as a text, or its beginning as a template `a.${...}`.
export function unusedKeys(words, sources) {
    const code = sources.map((f) => readFileSync(f, 'utf8')).join('\n');
    const begins = [...code.matchAll(/`([\w-]+\.[\w.-]*)\$\{/g)].map((hit) => hit[1]);
    return Object.keys(words).filter((key) => !code.includes(`'${key}'`) && !begins.some((begin) => key.startsWith(begin)));
}

const typeOf = (words) => {
    const names = holes(words);
    if (names.length === 0) return 'null';
    return `{ ${names.map((name) => `${name}: ${typeof words === 'object' && name === 'count' ? 'number' : 'string | number'}`).join('; ')} }`;
};

// Writes words.ts (types, and how a language is loaded) and words/<language>.ts into `out`.
export function writeWords(words, out) {
    mkdirSync(join(out, 'words'), { recursive: true });
    const head = '// SPDX-License-Identifier: Apache-2.0\n// Made by tools/web_words.mjs from the words of web/; a change belongs there.\n';
    const first = words[LANGUAGES[0]];
    for (const language of LANGUAGES)
        writeFileSync(join(out, 'words', `${language}.ts`), `${head}export default ${JSON.stringify(words[language], null, 1)};\n`);
    writeFileSync(join(out, 'words.ts'), [head,
        'export type Forms = string | Readonly<Record<string, string>>;\n',
        `export type Language = ${LANGUAGES.map((language) => `'${language}'`).join(' | ')};\n`,
        'export interface Spoken { name: string; direction: string; load: () => Promise<{ default: Readonly<Record<string, Forms>> }> }\n',
        'export const languages: Readonly<Record<Language, Spoken>> = {\n',
        ...Object.entries(SPOKEN).map(([language, { name, direction }]) =>
            `    ${language}: { name: '${name}', direction: '${direction}', load: () => import('./words/${language}.ts') },\n`), '};\n',
        '/** Each key, and what stands in its braces. */\nexport interface Words {\n',
        ...Object.entries(first).map(([key, text]) => `    '${key}': ${typeOf(text)};\n`), '}\n',
    ].join(''));
}
