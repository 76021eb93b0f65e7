// SPDX-License-Identifier: Apache-2.0
// Translates the CQL test suite to ELM, all files in one process: node cql_suite.mjs DIR OUT
// OUT gets one JSON line a test: {"name": "File/Group/Test", "invalid": bool, "elm": {...}, "error": "..."}. Each test is a
// library of its own with the defines "got" and "want".
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, out] = process.argv.slice(2);
console.log = () => {}; // the package's logger greets on standard output
const { CqlTranslator, CqlCompilerOptions, LibraryManager, ModelManager, createUcumService, LibraryBuilder } =
    await import('@cqframework/cql/cql-to-elm');
const { SystemModelInfoProvider } = await import('@cqframework/cql/cql');
const ucum = (await import('@lhncbc/ucum-lhc')).default.UcumLhcUtils.getInstance();

const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
const options = new CqlCompilerOptions();
const { Options } = CqlCompilerOptions;
options.setOptions([Options.EnableLocators, Options.DisableListDemotion, Options.DisableListPromotion]);
options.signatureLevel = LibraryBuilder.SignatureLevel.Overloads;
const units = createUcumService(
    (value, from, to) => String(ucum.convertUnitTo(from, Number(value), to).toVal),
    unit => (ucum.validateUnitString(unit).status === 'valid' ? null : 'not a UCUM unit'),
    () => { throw new Error('multiply'); }, () => { throw new Error('divide'); });

function decode(text) {
    return text.replace(/<!--[^]*?-->/g, '').replace(/<!\[CDATA\[([^]*?)\]\]>/g, '$1')
        .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&apos;/g, "'").replace(/&amp;/g, '&').trim();
}
const attribute = (text, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];

function translate(text) {
    const translator = CqlTranslator.fromText(text, new LibraryManager(models, options, undefined, units));
    const errors = translator.errors.asJsReadonlyArrayView();
    if (errors.length > 0) throw new Error(errors[0].message);
    return JSON.parse(translator.toJson());
}

const lines = [];
for (const file of readdirSync(dir).filter(name => name.endsWith('.xml')).sort()) {
    const xml = readFileSync(join(dir, file), 'utf8').replace(/<!--[^]*?-->/g, '');
    for (const group of xml.matchAll(/<group\b([^>]*)>([^]*?)<\/group>/g)) {
        for (const test of group[2].matchAll(/<test\b([^>]*)>([^]*?)<\/test>/g)) {
            const expression = /<expression\b([^>]*)>([^]*?)<\/expression>/.exec(test[2]);
            const output = /<output\b[^>]*>([^]*?)<\/output>/.exec(test[2]);
            if (!expression) continue;
            const invalid = attribute(expression[1], 'invalid');
            const line = { name: [file.replace('.xml', ''), attribute(group[1], 'name'), attribute(test[1], 'name')].join('/'),
                           invalid: invalid !== undefined && invalid !== 'false' };
            const want = output ? decode(output[1]) : 'null';
            line.cql = decode(expression[2]);
            line.want = want;
            try {
                line.elm = translate(`library Test\ndefine "got": ${line.cql}\ndefine "want": ${want}\n`);
            } catch (error) {
                line.error = String(error.message ?? error).split('\n')[0];
            }
            lines.push(JSON.stringify(line));
        }
    }
}
writeFileSync(out + '.new', lines.join('\n') + '\n');
renameSync(out + '.new', out);
