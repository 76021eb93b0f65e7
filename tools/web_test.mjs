// SPDX-License-Identifier: Apache-2.0
// Runs the tests that stand beside the screens and modules of the app: web/**/*.test.ts. Usage: node web_test.mjs WEB GEN
// [NAME...]. Each is bundled as it would be for a browser, and run by Node; the last line counts them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { filesUnder } from './web_words.mjs';

const [, , web, gen, ...names] = process.argv;
const tests = filesUnder(web).filter((f) => /\.test\.tsx?$/.test(f) && (names.length === 0 || names.some((name) => f.includes(name))));
const folder = mkdtempSync(join(tmpdir(), 'salve-web-'));
let status = 1, passed = 0, failed = 0;
try {
    await esbuild.build({
        entryPoints: tests, outdir: folder, outbase: web, bundle: true, format: 'esm', platform: 'node', target: 'node20',
        jsx: 'automatic', jsxImportSource: 'preact', alias: { gen: resolve(gen) }, outExtension: { '.js': '.mjs' },
        loader: { '.css': 'text' }, sourcemap: 'inline', logLevel: 'warning',
    });
    const made = tests.map((f) => join(folder, f.slice(web.length).replace(/\.tsx?$/, '.mjs')));
    const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=tap', ...made], { encoding: 'utf8' });
    const count = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(run.stdout)?.[1] ?? 0);
    passed = count('pass');
    failed = count('fail') + (count('tests') === 0 ? 1 : 0);
    status = run.status ?? 1;
    if (status !== 0 || failed > 0) console.log(run.stdout, run.stderr);
    for (const [, counted] of run.stdout.matchAll(/^ *# (.* in all: .*)$/gm)) console.log(counted); // of keystrokes.ts
} finally {
    rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(status === 0 && failed === 0 ? 0 : 1);
