// SPDX-License-Identifier: Apache-2.0
// browser - a made-up site, `salve serve` on it, and Chromium on that: what tests of the app in the browser start with.
//
//     const site = new Site(work);                      // staff, accepted guidelines
//     const { card } = site.enrol('Amina Haddad');      // somebody with consent to care
//     await site.start();                               // site.origin; site.stop(), and site.start(port) on the same port
//     const page = await site.page(browser, 'en', 1280, 800);   // a watched page: site.troubles is what it broke
//     await scan(page, card);
//     finish();                                         // the last line, and the exit status
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { pause, serve } from './app.mjs';
import { scan } from './web_holds.mjs';

export { pause, scan };
export const BUILD = process.env.BUILD ?? 'build';
const SALVE = resolve(process.env.SALVE ?? join(BUILD, 'salve'));
export const SECRET = '246802', BORN = '1972-03-14';
export const LANGUAGES = ['en', 'ar'];

// --- counting ------------------------------------------------------------------------------------------------------------
let passed = 0, failed = 0;
export function check(name, isTrue, more = '') {
    if (isTrue) passed++;
    else failed++;
    if (!isTrue) console.log(`FAILED ${name} ${more}`);
    return Boolean(isTrue);
}
export const same = (name, got, want) => check(name, JSON.stringify(got) === JSON.stringify(want),
    `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
export function finish() {
    console.log(`${passed} passed, ${failed} failed, 0 skipped`);
    process.exit(failed ? 1 : 0);
}
// The fonts that the set-up installs, and no others that this machine may have: a box is as wide here as anywhere.
function fonts(work) {
    const file = join(work, 'fonts.conf');
    writeFileSync(file, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts/truetype/noto</dir>
        <cachedir>${work}/fonts</cachedir><include ignore_missing="yes">/etc/fonts/conf.d/60-latin.conf</include></fontconfig>`);
    return file;
}
// What a page showed when a part ended too early.
async function told(page) {
    mkdirSync(join(BUILD, 'browser'), { recursive: true });
    await page.screenshot({ path: join(BUILD, 'browser', 'failed.png'), fullPage: true }).catch(() => undefined);
    console.log(await page.locator('body').innerText().catch(() => ''));
}
/** run - the parts of a test in a folder that goes away, with a browser; a part that throws is a failure, and so is none. */
export async function run(parts) {
    const work = mkdtempSync(join(tmpdir(), 'salve-browser-')), chosen = process.argv.slice(2);
    const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
    if (!check('Chromium is here (tools/setup installs it)', executablePath)) finish();
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--host-resolver-rules=MAP *.home.arpa 127.0.0.1'], env: { ...process.env, FONTCONFIG_FILE: fonts(work) } });
    for (const part of parts) {
        if (chosen.length > 0 && !chosen.includes(part.name)) continue;
        const began = Date.now();
        try {
            await part(browser, join(work, part.name));
        } catch (error) {
            const pages = browser.contexts().flatMap((context) => context.pages()), shown = [];
            for (const page of pages) shown.push(`${page.url()} ${await page.locator('main').innerText({ timeout: 1000 }).catch(() => '')}`);
            check(`${part.name} went to its end`, false, [error.stack, ...shown].map((text) => text.replace(/\s+/g, ' ').slice(0, 500)).join(' | '));
            for (const context of browser.contexts()) for (const page of context.pages()) await told(page);
        }
        if (process.env.TIMES) console.log(`${part.name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    }
    await browser.close();
    for (const site of sites) await site.stop();
    rmSync(work, { recursive: true, force: true });
    finish();
}

// --- words of the app, so that a test presses what a person reads ----------------------------------------------------------
const words = Object.fromEntries(LANGUAGES.map((language) => [language, {}]));
for (const kind of ['parts', 'screens'])
    for (const folder of readdirSync(join('web', kind)))
        for (const language of LANGUAGES) {
            const path = join('web', kind, folder, `words.${language}.json`);
            if (!existsSync(path)) continue;
            for (const [key, text] of Object.entries(JSON.parse(readFileSync(path, 'utf8')))) words[language][`${folder}.${key}`] = text;
        }
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** said - a text of the app as a pattern; what is put into it is anything, and any plural form of it fits. It begins what is
 * looked at, or with `start` '' stands anywhere in it. */
export function said(language, key, start = '^\\W*') {
    const text = words[language][key];
    if (text === undefined) throw new Error(`no words ${key}`);
    const forms = typeof text === 'string' ? [text] : Object.values(text);
    return new RegExp(`${start}(?:${forms.map((form) => form.split(/\{\w+\}/).map(quoted).join('.*')).join('|')})`, 'u');
}

/** keyOf - which words a text is; '' where it is none of them: a name, a number, a guideline's words. */
const patterns = Object.fromEntries(LANGUAGES.map((language) => [language, null]));
const MOSTLY_PLACES = ['urgent.take-back', 'own.when', 'own.from-until']; // they fit what other words are
export function keyOf(language, text) {
    patterns[language] ??= Object.keys(words[language]).map((key) => [key, new RegExp(`${said(language, key).source}$`, 'u')])
        .sort((a, b) => a[0].startsWith('scale.') - b[0].startsWith('scale.') || b[1].source.length - a[1].source.length);
    return patterns[language].find(([key, pattern]) => !MOSTLY_PLACES.includes(key) && pattern.test(text.trim()))?.[0] ?? '';
}

// --- a site --------------------------------------------------------------------------------------------------------------
const sites = [];
export class Site {
    constructor(work, { staff = ['dr-amina:clinician', 'kofi:registrar', 'lina:assistant', 'maria:manager'], init = [] } = {}) {
        mkdirSync(work, { recursive: true });
        Object.assign(this, { work, folder: join(work, 'clinic'), key: join(work, 'clinic.key'), server: null, origin: '', troubles: [] });
        const pins = join(work, 'pins');
        writeFileSync(pins, staff.map((one) => `${one.split(':')[0]} ${SECRET}\n`).join(''), { mode: 0o600 });
        this.environment = { ...process.env, SALVE_SITE: this.folder, SALVE_KEY_FILE: this.key, SALVE_PIN_FILE: pins };
        this.salve('init', this.folder, '--made-up', '--name', 'North Clinic', '--zone', 'Europe/Athens', ...init,
            ...staff.flatMap((one) => ['--staff', one]));
        for (const id of ['alarms', 'body-measures', 'blood-pressure']) this.salve('guideline', 'accept', id, '--as', 'dr-amina');
        this.salve('settings', '--as', 'maria', '--set', 'telephone=+30 21 0555 0100', '--set', 'hours=Mo-Fr 8-17',
            '--place', 'call-emergency=Ambulance; -; 112; day and night', '--place', 'clinician-today,ask-now,measure-again-now=here');
        sites.push(this);
    }

    /** salve - one command on the site, beside the server where it runs; its output. Another status than `ok` is an error. */
    salve(...words) { return this.salveStatus([0], ...words); }
    salveStatus(ok, ...words) {
        const { status, stdout, stderr } = spawnSync(SALVE, words, { env: this.environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
        if (!ok.includes(status)) throw new Error(`salve ${words.join(' ')}: status ${status}\n${stderr}${stdout}`);
        return stdout;
    }

    enrol(name, { gender = 'female', birthDate = BORN } = {}) {
        const file = join(this.work, 'patient.json'), [family, ...given] = name.split(' ').reverse();
        writeFileSync(file, JSON.stringify({ resourceType: 'Patient', name: [{ use: 'official', family, given }], gender, birthDate }));
        const card = this.salve('enrol', '-q', '--as', 'kofi', file).trim();
        this.salve('consent', 'give', card, '--purpose', 'care', '--read-back', '1', '--as', 'kofi');
        return { card, name, birthDate };
    }

    /** taken - all that is kept about a person, as FHIR: a list of resources. */
    taken({ card, birthDate }) {
        const file = join(this.work, 'taken.json');
        this.salve('take', card, '--born', birthDate, '-o', file, '--yes');
        return JSON.parse(readFileSync(file, 'utf8')).entry.map(({ resource }) => resource);
    }

    async start(port = 0, ...more) {
        this.server = await serve([SALVE, 'serve', '--listen', `127.0.0.1:${port}`, ...more], this.environment);
        this.origin = this.server.origin;
    }
    async stop(signal = 'SIGTERM') {
        const { server } = this;
        this.server = null;
        return server ? server.end(signal) : undefined;
    }
    get port() { return Number(new URL(this.origin).port); }

    /** context - a browser of its own: its session, its storage. */
    context(browser, language, width, height, more = {}) {
        return browser.newContext({ viewport: { width, height }, locale: language === 'ar' ? 'ar-EG' : 'en-GB', reducedMotion: 'reduce', ...more });
    }
    async page(browser, language, width, height, more = {}) {
        return this.watch(await this.context(browser, language, width, height, more));
    }
    /** watch - a page of that context whose errors, policy violations and requests to elsewhere are kept in `troubles`. */
    async watch(context) {
        const page = await context.newPage(), trouble = (what) => this.troubles.push(what);
        page.setDefaultTimeout(30000);
        page.on('pageerror', (error) => trouble(error.stack));
        page.on('request', (request) => new URL(request.url()).origin === this.origin || trouble(`a request to ${request.url()}`));
        if (process.env.CALLS)
            page.on('response', async (answer) => answer.url().includes('/call/') && console.log(answer.url().split('/').pop(), answer.status(),
                answer.status() >= 400 ? `${answer.request().postData()} ${await answer.text().catch(() => '')}` : ''));
        page.on('console', (line) => {
            // A call that is refused, and a server that is away, are part of what is tried; the browser tells of them too.
            if (line.type() === 'error' && !/Failed to load resource: (?:the server responded with a status of 4\d\d|net::ERR_)/.test(line.text())) trouble(`${line.text()} ${line.location().url}`);
        });
        await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
        return page;
    }
    /** calm - no page broke anything so far. */
    calm(name) {
        check(`${name}: no error, no violation of the policy, no request elsewhere`, this.troubles.length === 0, this.troubles.join('\n  '));
        this.troubles.length = 0;
    }
}

/** sheets - the sheets of a PDF that the browser made: width and height in mm, as 210x297. */
export const sheets = (pdf) => [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)]
    .map(([, width, height]) => [width, height].map((points) => Math.round(points / 72 * 25.4)).join('x'));

// --- waiting -------------------------------------------------------------------------------------------------------------
export const appears = (locator, timeout = 5000) => locator.first().waitFor({ timeout }).then(() => true, () => false);
export const goes = (locator, timeout = 5000) => locator.first().waitFor({ state: 'detached', timeout }).then(() => true, () => false);
