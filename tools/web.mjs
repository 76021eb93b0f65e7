// SPDX-License-Identifier: Apache-2.0
// Builds the app for the browser: words, one script, one style sheet, the page. Usage: node web.mjs WEB GEN OUT. OUT has the
// files as they are served; GEN/web_files.c is the same as a table of the program (pages/pages.h). What a browser loads
// first is counted, and refused above its limit.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { LANGUAGES, WordsRefusal, filesUnder, readWords, unusedKeys, writeWords } from './web_words.mjs';

const FIRST_LOAD_GZIP_MAX = 120_000, FORM_GZIP_MAX = 25_000;
const [, , web, gen, out] = process.argv;
const TYPES = {
    '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8',
    '.svg': 'image/svg+xml', '.txt': 'text/plain; charset=utf-8',
};
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const isSource = (f) => /\.tsx?$/.test(f) && !/\.test\.tsx?$/.test(f);

function fail(why) {
    console.error(why);
    process.exit(1);
}

function makeWords() {
    const words = readWords(web), dead = unusedKeys(words[LANGUAGES[0]], filesUnder(web).filter(isSource));
    if (dead.length) fail(`${web}: words that nothing says: ${dead.join(' ')}`);
    writeWords(words, gen);
}

// Scripts that the first one imports before it runs; what it fetches later is not among them.
function firstOf(outputs) {
    const first = new Set(), walk = (path) => {
        if (first.has(path)) return;
        first.add(path);
        for (const one of outputs[path].imports) if (one.kind === 'import-statement') walk(one.path);
    };
    for (const [path, { entryPoint }] of Object.entries(outputs)) if (/(^|\/)app\.(tsx|css)$/.test(entryPoint ?? '')) walk(path);
    return new Set([...first].map((path) => `/${basename(path)}`));
}

async function bundle() {
    const made = await esbuild.build({
        entryPoints: [{ in: join(web, 'app.tsx'), out: 'app' }, { in: join(web, 'style/app.css'), out: 'style' }],
        outdir: out, entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', bundle: true, minify: true, splitting: true,
        format: 'esm', target: ['es2022', 'chrome109', 'firefox115', 'safari16'], jsx: 'automatic', jsxImportSource: 'preact',
        alias: { gen: resolve(gen) }, legalComments: 'none', charset: 'utf8', write: false, metafile: true, logLevel: 'warning',
    });
    const files = made.outputFiles.map((file) => ({ path: `/${basename(file.path)}`, bytes: Buffer.from(file.contents) }));
    return { files, inputs: Object.keys(made.metafile.inputs), first: firstOf(made.metafile.outputs) };
}

// What runs forms, by itself: web/form and web/parts/form, without what any screen has.
async function formRuntime() {
    const own = [join(web, 'form'), join(web, 'parts/form')].map((folder) => resolve(folder));
    const others = (build) => build.onResolve({ filter: /./ }, ({ path, resolveDir, kind }) =>
        (kind === 'entry-point' || own.some((folder) => resolve(resolveDir, path).startsWith(`${folder}/`)) ? undefined : { path, external: true }));
    const made = await esbuild.build({
        stdin: { contents: "export * from './parts/form/use_form.ts'; export * from './parts/form/pager.tsx';", resolveDir: resolve(web), loader: 'ts' },
        bundle: true, minify: true, format: 'esm', target: 'es2022', jsx: 'automatic', jsxImportSource: 'preact', charset: 'utf8', write: false,
        plugins: [{ name: 'others', setup: others }], logLevel: 'warning',
    });
    return gzipSync(made.outputFiles[0].contents, { level: 9 }).length;
}

// The licences of what is bundled, word for word, as they ask for.
function licences(inputs) {
    const folders = new Set(inputs.map((f) => /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(f)?.[1]).filter(Boolean));
    const parts = [...folders].sort().map((folder) => {
        const name = folder.replace('node_modules/', ''), file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
        if (!file) fail(`${name}: bundled, and without its licence`);
        return `${name} ${JSON.parse(readFileSync(join(folder, 'package.json'))).version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    });
    return Buffer.from(`Parts of the app in the browser come from these projects.\n\n${parts.join('\n\n')}`);
}

// The paths of the screens: the same page answers each, and the app reads the address.
async function routes() {
    const { code } = await esbuild.transform(readFileSync(join(web, 'routes.ts')), { loader: 'ts', format: 'esm' });
    const module = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
    return Object.values(module.routes);
}

function page(files, icon) {
    const find = (begin) => files.find(({ path }) => path.startsWith(begin)).path;
    const text = readFileSync(join(web, 'index.html'), 'utf8');
    return Buffer.from(text.replace('{style}', find('/style-')).replace('{app}', find('/app-')).replace('{icon}', icon.path));
}

const literal = (bytes) => {
    const lines = [];
    for (let at = 0; at < bytes.length; at += 32) {
        const part = [...bytes.subarray(at, at + 32)].map((b) => `\\${b.toString(8).padStart(3, '0')}`).join('');
        lines.push(`    "${part}"`);
    }
    return lines.length ? lines.join('\n') : '    ""';
};

// One row a path, sorted; files of the same bytes share them.
function table(files) {
    const arrays = new Map(), parts = [];
    const array = (bytes) => {
        const key = hashOf(bytes);
        if (!arrays.has(key)) {
            arrays.set(key, `file_${arrays.size}`);
            parts.push(`static const char ${arrays.get(key)}[] =\n${literal(bytes)};\n`);
        }
        return `{${arrays.get(key)}, ${bytes.length}}`;
    };
    const str = (text) => `{"${text.replace(/"/g, '\\"')}", ${Buffer.byteLength(text)}}`;
    const rows = files.map(({ path, type, bytes, gzip, isImmutable }) =>
        `    {.path = ${str(path)}, .type = ${str(type)}, .bytes = ${array(bytes)},\n` +
        `     .gzip = ${gzip ? array(gzip) : '{"", 0}'}, .etag = ${str(hashOf(bytes))}, .is_immutable = ${isImmutable}},\n`);
    return [
        '/* SPDX-License-Identifier: Apache-2.0\n * Made by tools/web.mjs from web/; a change belongs there. */\n',
        '#include "web_files.h"\n\n', ...parts, '\nconst struct pages_file web_files[] = {\n', ...rows, '};\n',
        'const size_t web_file_count = sizeof web_files / sizeof web_files[0];\n',
    ].join('');
}

const HEADER = `/* SPDX-License-Identifier: Apache-2.0
 * Made by tools/web.mjs: the files of the app, sorted by path. */
#ifndef SALVE_WEB_FILES_H
#define SALVE_WEB_FILES_H

#include "pages/pages.h"

extern const struct pages_file web_files[];
extern const size_t web_file_count;

#endif
`;

function served(path, bytes, isImmutable) {
    const gzip = gzipSync(bytes, { level: 9 });
    return { path, bytes, isImmutable, type: TYPES[extname(path) || '.html'], gzip: gzip.length < bytes.length * 0.95 ? gzip : null };
}

// What the browser has to load until the first screen stands: page, style, scripts, the words of one language (the larger).
function firstLoad(files, first) {
    const size = ({ bytes, gzip }) => (gzip ?? bytes).length;
    const isWords = ({ path }) => LANGUAGES.some((language) => path.startsWith(`/${language}-`));
    const isFirst = ({ path }) => path === '/index.html' || path.endsWith('.svg') || first.has(path);
    const words = Math.max(...files.filter(isWords).map(size));
    return files.filter(isFirst).reduce((sum, f) => sum + size(f), words);
}

try {
    makeWords();
    const made = await bundle(), scripts = made.files.map(({ path, bytes }) => served(path, bytes, true));
    const drawing = readFileSync(join(web, 'icon.svg')), icon = served(`/icon-${hashOf(drawing).slice(0, 8)}.svg`, drawing, true);
    const index = page(scripts, icon), paths = ['/index.html', ...(await routes()).filter((path) => path !== '/')];
    const files = [...scripts, icon, served('/licences.txt', licences(made.inputs), false), ...paths.map((path) => served(path, index, false))]
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    const size = firstLoad(files, made.first);
    console.log(`app: first load ${size} of at most ${FIRST_LOAD_GZIP_MAX} bytes gzip`);
    if (size > FIRST_LOAD_GZIP_MAX) fail('app: too large for its first load');
    const runtime = await formRuntime();
    console.log(`app: what runs forms ${runtime} of at most ${FORM_GZIP_MAX} bytes gzip`);
    if (runtime > FORM_GZIP_MAX) fail('app: what runs forms is too large');
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    for (const { path, bytes } of files) writeFileSync(join(out, extname(path) ? path : `${path}.html`), bytes);
    writeFileSync(join(gen, 'web_files.h'), HEADER);
    writeFileSync(join(gen, 'web_files.c'), table(files));
} catch (error) {
    if (!(error instanceof WordsRefusal || error instanceof SyntaxError)) throw error;
    fail(error.message);
}
