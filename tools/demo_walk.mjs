// SPDX-License-Identifier: Apache-2.0
// tools/demo_walk.mjs SALVE [PICTURES] - the demonstration without a terminal: starts `salve demo` and goes through one visit
// as reception, station and clinician, from the card to the letter. In Chromium, where it is installed and a folder is given, with a
// picture of every screen there; else by the calls that the app makes, each told in words.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [salve, pictures] = process.argv.slice(2);
const CHROMIUM = pictures && ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const FIRST = '148/92', SECOND = '195/121', BODY = ['161', '88.5', '101'];
const work = mkdtempSync(join(tmpdir(), 'salve-walk-')), folder = join(work, 'demo');

// --- the demonstration ------------------------------------------------------------------------------------------------
function start() {
    const server = spawn(salve, ['demo', '--keep', folder, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    return new Promise((done, failed) => {
        let text = '';
        const late = setTimeout(() => failed(new Error('it was not ready after 30 s')), 30000);
        server.once('exit', (code) => failed(new Error(`it ended with status ${code}`)));
        server.stdout.on('data', (bytes) => {
            text += bytes;
            const origin = /(http:\/\/\S+?)\/\s/.exec(text)?.[1];
            if (!origin || !/Ctrl-C/.test(text)) return;
            clearTimeout(late);
            server.removeAllListeners('exit');
            done({ server, origin, cards: [...text.matchAll(/card \d+ +(\S+) +(\w+):/g)].map(([, card, name]) => ({ card, name })) });
        });
    });
}
function end(server) {
    return new Promise((done) => {
        if (server.exitCode !== null) return done();
        server.once('exit', done);
        server.kill('SIGTERM');
        setTimeout(() => server.kill('SIGKILL'), 15000).unref();
    });
}
const say = (words) => console.log(words);
const expect = (what, isTrue, more = '') => {
    if (!isTrue) throw new Error(`${what}: it is not so ${more}`);
};
/** What the person sees, beside the running server: the command line asks the same gate. */
function looked(card) {
    const { status, stdout, stderr } = spawnSync(salve, ['looked', card, '--born', '1972-03-14'],
        { env: { ...process.env, SALVE_SITE: join(folder, 'site'), SALVE_KEY_FILE: join(folder, 'site.key') }, encoding: 'utf8' });
    expect('who looked', status === 0, stderr);
    say(`\nAmina asks who looked (salve looked, beside the server):\n${stdout.trimEnd().replace(/^/gm, '  ')}`);
    expect('both stand there', /lina/.test(stdout) && /dr-amara/.test(stdout));
}

// --- by the calls of the app --------------------------------------------------------------------------------------------
class Calls {
    constructor(origin) { Object.assign(this, { origin, cookie: '', token: '' }); }
    raw(method, path, body) {
        const headers = { Origin: this.origin, 'Sec-Fetch-Site': 'same-origin', Cookie: this.cookie, 'X-Salve-Token': this.token, 'Accept-Language': 'en' };
        if (body !== undefined) headers['Content-Type'] = 'application/json';
        return new Promise((done, failed) => {
            const asked = request(this.origin + path, { method, headers }, (answer) => {
                const parts = [];
                answer.on('data', (part) => parts.push(part));
                answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) }));
            });
            asked.on('error', failed);
            asked.end(body);
        });
    }
    async call(name, ask = {}) {
        const { status, headers, bytes } = await this.raw('POST', `/call/${name}`, JSON.stringify(ask)), answer = JSON.parse(bytes);
        const sid = headers['set-cookie']?.find((one) => /sid=./.test(one));
        if (sid) this.cookie = sid.split(';')[0];
        if (answer.token) this.token = answer.token;
        return { status, answer };
    }
    async ok(name, ask) {
        const { status, answer } = await this.call(name, ask);
        expect(`${name} is answered`, status === 200, JSON.stringify(answer));
        return answer;
    }
    async enter(tile) {
        const { name, role } = await this.ok('login', { name: tile.name, secret: tile.secret });
        say(`\n${name} comes in (${role}).`);
    }
    async measure(person, readings) {
        const key = crypto.randomUUID(), ask = { person, key, readings };
        let answer = await this.ok('measure', ask);
        if (answer.state === 'asks') {
            for (const doubt of answer.doubts) say(`  ${doubt.word} ${doubt.number} is unlikely (usual: ${doubt.soft.join(' to ')}): is it right? Yes.`);
            answer = await this.ok('measure', { ...ask, confirmed: answer.doubts.map(({ reading, which }) => [reading, which]) });
        }
        expect('it is stored', answer.state === 'stored', JSON.stringify(answer));
        say(`  ${readings.map(({ word, text }) => `${word} ${text}`).join(', ')}: stored, ${answer.findings.length} findings.`);
        return answer;
    }
}

async function station(app, tile, card) {
    await app.enter(tile);
    const { person, name, ageYears } = await app.ok('open', { who: card });
    say(`  The card opens ${name}, ${ageYears} years; the look has its leaf in the log.`);
    await app.measure(person, ['chest-pain', 'breathless-at-rest', 'pregnant'].map((word) => ({ word, text: 'no' })));
    await app.measure(person, [{ word: 'bp', text: FIRST }]);
    const { alarms } = await app.measure(person, [{ word: 'bp', text: SECOND }]);
    expect('it is an alarm', alarms.length > 0);
    for (const { words } of alarms) say(`  ALARM: ${words.headline}. ${words.action ?? ''}`);
    const { status } = await app.call('close', { person });
    expect('only an outcome ends it', status === 409);
    say('  The person cannot be closed before somebody told them.');
    const { count } = await app.ok('told', { person, how: 'in-person', isGuardian: false, agreed: 'sees the doctor on duty now' });
    say(`  Told in person: ${count}.`);
    await app.measure(person, ['height', 'weight', 'waist'].map((word, at) => ({ word, text: BODY[at] })));
    await app.ok('logout');
}

async function clinician(app, tile, card) {
    await app.enter(tile);
    const { tickets } = await app.ok('inbox');
    say(`  ${tickets.length} tickets wait: ${tickets.map(({ ticket, urgency }) => `${ticket} ${urgency}`).join(', ')}.`);
    const { person } = await app.ok('open', { who: card }), { drafts } = await app.ok('screen', { person });
    for (const { words, urgency } of drafts) if (words.headline) say(`  ${urgency}: ${words.headline}`);
    say(`  Signed: ${(await app.ok('sign', { person, leave: [] })).signed}.`);
    say(`  Alarms closed: ${(await app.ok('end-alarm', { person })).count}.`);
    const letter = await app.ok('letter', { person, language: 'ar', untold: false }), pdf = await app.raw('GET', letter.pdf);
    expect('the letter is a PDF', pdf.bytes.subarray(0, 5).toString() === '%PDF-');
    say(`  The letter, in Arabic: ${pdf.bytes.length} bytes of PDF, drawn by a process that knows nothing else.`);
    await app.ok('logout');
}

async function byCalls({ origin, cards }) {
    say('The visit by the calls that the app makes.');
    const app = new Calls(origin), { demo } = await app.ok('site');
    await station(app, demo.find(({ role }) => role === 'assistant'), cards[0].card);
    await clinician(app, demo.find(({ role }) => role === 'clinician'), cards[0].card);
}

// --- in the browser ------------------------------------------------------------------------------------------------------
async function byBrowser({ origin, cards }) {
    const { chromium } = await import('playwright-core');
    mkdirSync(pictures, { recursive: true });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1024, height: 768 }, locale: 'en-GB', reducedMotion: 'reduce' });
    page.setDefaultTimeout(10000);
    let number = 0;
    const picture = async (what) => {
        const file = join(pictures, `${String(++number).padStart(2, '0')}-${what.replace(/[^a-z]+/gi, '-').toLowerCase()}.png`);
        await page.screenshot({ path: file, fullPage: !/typed|rest/.test(what) });
        say(`  ${what}: ${file}`);
    };
    const words = (screen) => JSON.parse(readFileSync(`web/${screen}/words.en.json`, 'utf8'));
    const button = (name) => page.getByRole('button', { name, exact: true }).first();
    const saved = () => page.locator('.saved', { hasText: 'Stored' }).waitFor();
    const top = words('parts/top'), danger = words('screens/danger'), questions = words('parts/questions'), urgent = words('screens/urgent'), queue = words('parts/queue');
    const enter = async (role) => {
        await page.locator('.tile').nth(role).click();
        await page.locator('.stations').waitFor();
    };
    const leave = async () => {
        await button(top['leave']).click();
        await button(top['leave-yes']).click();
        await page.locator('.tile').first().waitFor();
    };
    const station = (path) => page.locator(`.stations a[href="${path}"]`).click();
    const scan = async (card) => {
        await station('/scan');
        await page.locator('input.code').fill(card);
        await page.keyboard.press('Enter');
        await page.locator('.person-name').waitFor();
    };
    try {
        await page.goto(origin);
        await page.locator('.tile').first().waitFor();
        await picture('Who are you today');
        say('\nThe reception.');
        await enter(0);
        await scan(cards[0].card);
        await picture('A card is scanned');
        await button(queue['check-in']).click();
        await page.locator('.queue-number').waitFor();
        await station('/choices');
        await page.locator('main h1').waitFor();
        await page.getByText(words('screens/consent').list).first().waitFor();
        await picture('What the person chose');
        await leave();
        say('\nThe station.');
        await enter(1);
        await station('/today');
        await page.locator('.list').first().waitFor();
        await picture('Who is here today, by number');
        await page.locator('.list tbody button').first().click();
        await page.locator('.person-name').waitFor();
        await station('/questions');
        await button(danger.female).click();
        for (const word of ['pregnant', 'birth-within-6-weeks', 'acute-illness']) {
            const question = page.locator('.question', { hasText: questions[`ask.${word}`] }).getByRole('button', { name: questions.no, exact: true });
            if (await question.count()) await question.click();
        }
        await picture('Questions first');
        await button(danger.none).click();
        await page.getByText(danger.all).waitFor();
        await station('/pressure');
        await page.locator('#box-systolic').waitFor();
        await page.keyboard.type(FIRST.replace('/', ''), { delay: 70 });
        await picture('Blood pressure typed');
        await page.keyboard.press('Enter');
        await saved();
        await picture('Stored, and the rest before the second');
        await page.locator('#box-systolic').click();
        await page.keyboard.type(SECOND.replace('/', ''), { delay: 70 });
        await page.keyboard.press('Enter');
        for (let i = 0; i < 2 && !(await page.locator('section.urgent').isVisible()); i++) {
            await page.waitForTimeout(700);
            const right = button(words('parts/measure').right);
            if (i === 0 && (await right.isVisible())) await picture('An unlikely number is asked about');
            if (await right.isVisible()) await right.click();
        }
        await page.locator('section.urgent h1').waitFor();
        await picture('The alarm, which only an outcome ends');
        await button(urgent['did-called']).click();
        await button(urgent['did-said']).click();
        await button(urgent['how-in-person']).click();
        await page.locator('textarea').fill('sees the doctor on duty now');
        await picture('The person was told');
        await button(urgent['told-save']).click();
        await page.locator('section.urgent').waitFor({ state: 'detached' });
        await station('/body');
        await page.locator('#box-height').waitFor();
        for (const text of BODY) {
            await page.keyboard.type(text, { delay: 70 });
            await page.keyboard.press('Enter');
        }
        await saved();
        await picture('Height, weight, waist');
        await station('/exit');
        await page.locator('.exit-missing li').first().waitFor();
        await picture('The exit check');
        await leave();
        say('\nThe clinician.');
        await enter(2);
        await station('/inbox');
        await page.locator('.list').first().waitFor();
        await picture('What is open, by ticket');
        await scan(cards[0].card);
        await station('/results');
        await page.locator('article.finding').first().waitFor();
        await page.locator('article.finding details.why summary').first().click();
        await picture('Results, each with its reason');
        await page.getByRole('button', { name: /^Sign/ }).first().click();
        await page.getByText(words('screens/results').signed.split('{')[0].trim(), { exact: false }).first().waitFor();
        await picture('Signed');
        await station('/letter-page');
        await page.locator('button[lang="ar"]').last().click();
        const link = page.locator('main a[target=_blank]').first();
        await link.waitFor();
        await picture('The letter is made');
        const [shown] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
        await shown.locator('body').waitFor();
        await shown.screenshot({ path: join(pictures, `${String(++number).padStart(2, '0')}-the-letter-in-arabic.png`), fullPage: true });
        await shown.close();
        await page.locator('header button[lang="ar"]').click();
        await page.waitForTimeout(400);
        await picture('The same in Arabic');
    } finally {
        await page.screenshot({ path: join(pictures, 'last.png') }).catch(() => undefined);
        await browser.close();
    }
    say(`\n${number} pictures in ${pictures}`);
}

// --- all of it -------------------------------------------------------------------------------------------------------------
let demo, status = 1;
try {
    demo = await start();
    say(`A throw-away site of made-up people, served at ${demo.origin}.`);
    await (CHROMIUM ? byBrowser : byCalls)(demo);
    await new Promise((done) => setTimeout(done, 6000)); // the log is signed every five seconds
    looked(demo.cards[0].card);
    status = 0;
} catch (error) {
    console.error(`demo: ${error.message}`);
} finally {
    if (demo) await end(demo.server);
    rmSync(work, { recursive: true, force: true });
}
process.exit(status);
