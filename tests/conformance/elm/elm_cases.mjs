// SPDX-License-Identifier: Apache-2.0
// node elm_cases.mjs CASES OUT - translates each line "CQL => value" of CASES alone; writes OUT/<n>.json (a library C with a
// define A) and OUT/cases.tsv: n, value that is wanted, CQL. A line that the translator refuses has no library.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const [cases, out] = process.argv.slice(2);
console.log = () => {};
const { CqlTranslator, CqlCompilerOptions, LibraryManager, ModelManager, createUcumService } = await import('@cqframework/cql/cql-to-elm');
const { SystemModelInfoProvider } = await import('@cqframework/cql/cql');
const ucum = (await import('@lhncbc/ucum-lhc')).default.UcumLhcUtils.getInstance();
const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
const options = new CqlCompilerOptions();
options.setOptions([CqlCompilerOptions.Options.DisableListDemotion, CqlCompilerOptions.Options.DisableListPromotion]);
const units = createUcumService((v, from, to) => String(ucum.convertUnitTo(from, Number(v), to).toVal),
    () => null, () => { throw 0; }, () => { throw 0; }); // every unit passes: a wrong one is for the engine to judge
mkdirSync(out, { recursive: true });
const lines = readFileSync(cases, 'utf8').split('\n').filter(line => line.includes(' => ') && !line.startsWith('#'));
const table = lines.map((line, n) => {
    const at = line.lastIndexOf(' => '), text = line.slice(0, at);
    const translator = CqlTranslator.fromText(`library C\ndefine A: ${text}\n`, new LibraryManager(models, options, undefined, units));
    if (translator.errors.asJsReadonlyArrayView().length === 0) writeFileSync(`${out}/${n}.json`, translator.toJson());
    return [n, line.slice(at + 4), text].join('\t');
});
writeFileSync(`${out}/cases.tsv`, table.join('\n') + '\n');
