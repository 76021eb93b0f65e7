// SPDX-License-Identifier: Apache-2.0
// node tools/translate.mjs SOURCES... OUT - translates every *.cql below SOURCES (one folder deep) to ELM JSON at the same
// place below OUT: blood-pressure/logic.cql -> OUT/blood-pressure/logic.json. The ELM is lean: no annotations; locators
// stay, so that the engine's errors can name lines. A library is translated again only when its text, a library that it
// includes, this program or the translator changed. Errors are printed as file:line:column:
// message; then exit status 1.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modelInfo = join(root, 'node_modules/cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml');
const sources = process.argv.slice(2), out = sources.pop();
if (sources.length === 0) {
    console.error('usage: node tools/translate.mjs SOURCES... OUT');
    process.exit(2);
}

// A source file, the library that it declares, and those that it includes.
function readSource(folder, path) {
    const text = readFileSync(path, 'utf8');
    const code = text.replace(/\/\/.*$/gm, '').replace(/\/\*[^]*?\*\//g, '');
    const name = code.match(/^\s*library\s+("[^"]+"|[\w.]+)/m)?.[1].replaceAll('"', '') ?? null;
    const includes = [...code.matchAll(/^\s*include\s+("[^"]+"|[\w.]+)/gm)].map(m => m[1].replaceAll('"', ''));
    return { path, text, name, includes, folder };
}

function findSources(folder) {
    const found = [];
    for (const entry of readdirSync(folder).sort()) {
        const path = join(folder, entry);
        if (statSync(path).isDirectory()) found.push(...readdirSync(path).sort().map(file => join(path, file)));
        else found.push(path);
    }
    return found.filter(path => path.endsWith('.cql')).map(path => readSource(folder, path));
}

// An older translation would hide that the text of now has mistakes.
function target(file) { return join(out, relative(file.folder, file.path).replace(/\.cql$/, '.json')); }
function forget(file) {
    rmSync(target(file), { force: true });
    delete cache[target(file)];
}
const cachePath = join(out, '.translated.json');
let cache = {};
try { cache = JSON.parse(readFileSync(cachePath, 'utf8')); } catch { /* nothing translated yet */ }

const files = sources.flatMap(findSources);
const byName = new Map();
let failed = false;
for (const file of files) {
    if (file.name === null) {
        console.error(`${file.path}:1:1: no library is declared; the first line is: library Name version '1.0.0'`);
        forget(file);
        failed = true;
    } else if (byName.has(file.name)) {
        console.error(`${file.path}:1:1: library ${file.name} is declared in ${byName.get(file.name).path} too; ` +
            'each library needs a name of its own');
        [file, byName.get(file.name)].forEach(forget);
        failed = true;
    } else byName.set(file.name, file);
}
if (failed) process.exit(1);

// What a translation depends on: this program, the translator, its own text, and the same of what it includes.
const tools = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)))
    .update(readFileSync(join(root, 'node_modules/@cqframework/cql/package.json')))
    .update(readFileSync(modelInfo)).digest('hex');
function fingerprint(file, above = []) {
    const hash = createHash('sha256').update(tools).update(file.text);
    for (const name of file.includes)
        if (byName.has(name) && !above.includes(name))
            hash.update(fingerprint(byName.get(name), [...above, name]));
    return hash.digest('hex');
}

const stale = files.filter(file => cache[target(file)] !== fingerprint(file) || !existsSync(target(file)));
if (stale.length === 0) process.exit(0);

// The translator is loaded only when there is work for it: it takes a second. Its logger greets on standard output.
process.stdout.write = () => true;
const { CqlTranslator, CqlCompilerOptions, LibraryManager, ModelManager, createModelInfoProvider,
        createLibrarySourceProvider, createUcumService, stringAsSource, LibraryBuilder } =
    await import('@cqframework/cql/cql-to-elm');
const { SystemModelInfoProvider } = await import('@cqframework/cql/cql');
const ucum = (await import('@lhncbc/ucum-lhc')).default.UcumLhcUtils.getInstance();

const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
models.modelInfoLoader.registerModelInfoProvider(createModelInfoProvider((id, _system, version) =>
    id === 'FHIR' && (version ?? '4.0.1') === '4.0.1' ? stringAsSource(readFileSync(modelInfo, 'utf8')) : null));

const options = new CqlCompilerOptions();
const { Options } = CqlCompilerOptions;
options.setOptions([Options.EnableLocators, Options.DisableListDemotion, Options.DisableListPromotion]);
options.signatureLevel = LibraryBuilder.SignatureLevel.Overloads;

const units = createUcumService(
    (value, from, to) => String(ucum.convertUnitTo(from, Number(value), to).toVal),
    unit => {
        const answer = ucum.validateUnitString(unit);
        return answer.status === 'valid' ? null : answer.msg?.join('; ') || 'not a UCUM unit';
    },
    () => { throw new Error('products of units are not folded at translation'); },
    () => { throw new Error('quotients of units are not folded at translation'); });

const libraries = new LibraryManager(models, options, undefined, units);
libraries.librarySourceLoader.registerProvider(createLibrarySourceProvider(id =>
    byName.has(id) ? stringAsSource(byName.get(id).text) : null));

// The package keeps the fields of a position without names: the library, then line and column of start and end.
function position(message) {
    const fields = Object.values(message.locator ?? {});
    const [line, column] = fields.filter(field => typeof field === 'number');
    return { library: fields.find(field => field?.id !== undefined)?.id ?? null, text: `${line ?? 1}:${column ?? 1}` };
}

// The protocol names defines in texts ('BMI category'), and functions call functions whose operands have the same
// names; the translator takes both for slips.
const expected = /^String literal '.*' matches the identifier|^An operand identifier .* is hiding/;

// What only follows from another mistake of the same file; it is counted, not shown.
const follows = /^Could not validate reference to expression|^Internal error: could not determine result type|^Internal translator error/;

// Names that stand in a file and in what it includes: defines, functions, parameters, codes, systems, calls of includes.
function namesIn(file, above = []) {
    const found = [...file.text.matchAll(/^\s*(?:define(?:\s+function)?|parameter|codesystem|valueset|code|concept)\s+("[^"]+"|\w+)/gm),
        ...file.text.matchAll(/\scalled\s+("[^"]+"|\w+)/g)].map(m => m[1].replaceAll('"', ''));
    for (const name of file.includes)
        if (byName.has(name) && !above.includes(name)) found.push(...namesIn(byName.get(name), [...above, name]));
    return found;
}

// Letters to change from one word to another, insertions and exchanges of neighbours counted once.
function apart(a, b) {
    const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
    for (let j = 0; j <= b.length; j++) rows[0][j] = j;
    for (let i = 1; i <= a.length; i++)
        for (let j = 1; j <= b.length; j++) {
            const same = a[i - 1] === b[j - 1] ? 0 : 1;
            rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
            if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    return rows[a.length][b.length];
}

function nearest(file, word) {
    const lower = word.toLowerCase();
    const [best] = [...new Set(namesIn(file))].filter(name => name !== word).map(name => [name, apart(lower, name.toLowerCase())])
        .filter(([, far]) => far <= Math.max(1, Math.floor(word.length / 4))).sort((a, b) => a[1] - b[1]);
    return best ? `; did you mean "${best[0]}"?` : '';
}

// What to do about it, where that can be said.
function advice(file, message, line) {
    let m;
    if ((m = /^Could not resolve identifier (.+) in the current library/.exec(message))) {
        if (new RegExp(`\\b${m[1].replace(/\W/g, '\\$&')}\\s*\\.`).test(line))
            return nearest(file, m[1]) || `; no include has "called ${m[1]}"`;
        return nearest(file, m[1]) || '; a name with blanks stands in double quotes, a text in single ones';
    }
    if ((m = /^Could not resolve call to operator (\S+) with signature/.exec(message)))
        return nearest(file, m[1]) || '; nothing of this name takes these types: compare and reckon with values of one type';
    if (/^Syntax error at/.test(message)) {
        const word = /^Syntax error at ([a-z]+)$/.exec(message) ? '; as a name, a word of CQL stands in double quotes' : '';
        return `; CQL expects something else here: look at this word and the one before it${word}`;
    }
    if (/was included with version/.test(message)) return '; correct the version of the include';
    if (/^Could not load source for library/.test(message)) return '; a library that is included stands in guidelines/lib or in the same folder';
    return '';
}

// Messages of the file itself; those of an included library are shown where that one is translated. One message is shown
// once, with the other places; what follows from another mistake is only counted.
function show(file, messages, prefix) {
    const own = messages.filter(m => (position(m).library ?? file.name) === file.name && !expected.test(m.message));
    const causes = own.filter(m => !follows.test(m.message)), shown = new Map();
    for (const message of causes.length > 0 ? causes : own) {
        const at = position(message).text;
        if (shown.has(message.message)) shown.get(message.message).push(at);
        else shown.set(message.message, [at]);
    }
    const lines = file.text.split('\n');
    for (const [text, places] of shown) {
        const others = places.length > 1 ? ` (also at ${places.slice(1, 6).join(', ')}${places.length > 6 ? ', ...' : ''})` : '';
        console.error(`${file.path}:${places[0]}: ${prefix}${text.replace(/\.$/, '')}` +
            `${advice(file, text, lines[Number(places[0].split(':')[0]) - 1] ?? '')}${others}`);
    }
    if (causes.length > 0 && own.length > causes.length)
        console.error(`${file.path}: ${own.length - causes.length} more that follow from ${causes.length > 1 ? 'these' : 'this one'}`);
}

// Libraries that others include come first, so that an error is shown once, where it is.
const order = [];
function visit(file) {
    if (order.includes(file)) return;
    file.isVisited = true;
    for (const name of file.includes)
        if (byName.has(name) && !byName.get(name).isVisited) visit(byName.get(name));
    order.push(file);
}
stale.forEach(file => { if (!file.isVisited) visit(file); });

// Keys that say nothing: empty annotation and signature lists on every node.
function lean(key, value) {
    return (key === 'annotation' || key === 'signature') && value.length === 0 ? undefined : value;
}

const broken = new Set();
for (const file of order.filter(item => stale.includes(item))) {
    const blocked = file.includes.find(name => broken.has(name));
    if (blocked) {
        console.error(`${file.path}:1:1: not translated, ${blocked} has errors`);
        broken.add(file.name);
        forget(file);
        continue;
    }
    const translator = CqlTranslator.fromText(file.text, libraries);
    const errors = translator.errors.asJsReadonlyArrayView();
    show(file, errors, '');
    show(file, translator.warnings.asJsReadonlyArrayView(), 'warning: ');
    if (errors.length > 0) {
        broken.add(file.name);
        forget(file);
        continue;
    }
    mkdirSync(dirname(target(file)), { recursive: true });
    writeFileSync(target(file) + '.new', JSON.stringify(JSON.parse(translator.toJson()), lean) + '\n');
    renameSync(target(file) + '.new', target(file));
    cache[target(file)] = fingerprint(file);
}
mkdirSync(out, { recursive: true });
writeFileSync(cachePath, JSON.stringify(cache, null, 1) + '\n');
process.exit(broken.size > 0 ? 1 : 0);
