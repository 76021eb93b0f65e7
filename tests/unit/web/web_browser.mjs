// SPDX-License-Identifier: Apache-2.0
// The frame of the app in Chromium, on made-up answers (tests/support/web_server.mjs). Usage: node web_browser.mjs WEB GEN
// CHROMIUM [PART...]. Each check prints a line when it fails; the last line counts them.
import { mkdtempSync, rmSync, cpSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import { pause } from '../../support/app.mjs';
import { AXE, holds as holdsTo, scan } from '../../support/web_holds.mjs';
import { TILES, cards, codeOf, startServer, tickets } from '../../support/web_server.mjs';

const [, , web, gen, executablePath, ...parts] = process.argv;
const KILLS = process.env.ALL === '1' ? 200 : 50;
let passed = 0, failed = 0;
const check = (name, isTrue, more = '') => {
    if (isTrue) passed++;
    else failed++;
    if (!isTrue) console.log(`FAILED ${name} ${more}`);
};
const ago = (minutes) => new Date(Date.now() - minutes * 60000).toISOString();
const TICKETS = [
    { ticket: tickets[0], urgency: 'soon', reach: 'card', tasks: [{ task: 'sign', urgency: 'soon', since: ago(90), due: ago(-60) }] },
    { ticket: tickets[1], urgency: 'emergency-now', reach: 'ticket', tasks: ['tell', 'sign'].map((task) =>
        ({ task, urgency: 'emergency-now', since: ago(5), due: ago(0) })) },
    { ticket: tickets[2], urgency: 'none', reach: 'card', tasks: [{ task: 'letter', urgency: 'none', since: ago(900), due: ago(0) }] },
];

const holds = (page, name, language) => holdsTo(page, name, language, check);

// --- a page that is watched ----------------------------------------------------------------------------------------------
const folder = mkdtempSync(join(tmpdir(), 'salve-app-'));
cpSync(web, folder, { recursive: true });
await esbuild.build({
    entryPoints: ['tests/unit/web/outbox_page.ts'], outfile: join(folder, 'outbox-page.js'), bundle: true, format: 'esm',
    target: 'es2022', alias: { gen: resolve(gen) }, logLevel: 'warning',
});
writeFileSync(join(folder, 'outbox-page.html'), '<!doctype html><title>outbox</title><script type="module" src="/outbox-page.js"></script>');
const server = await startServer(folder), { knobs, seen } = server;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

const troubles = [];
async function watched(context) {
    const page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (request) => [server.url, server.named].includes(new URL(request.url()).origin) || troubles.push(`a request to ${request.url()}`));
    page.on('console', (line) => line.type() === 'error' && !/status of 4\d\d|bluetooth|ERR_/.test(line.text()) && troubles.push(line.text()));
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective}`)));
    await page.addInitScript(AXE);
    return page;
}
const contextOf = (language, width, height, more = {}) => browser.newContext({
    viewport: { width, height }, locale: language === 'ar' ? 'ar-EG' : 'en-GB', reducedMotion: 'reduce', ...more,
});
const enter = (page, role) => page.locator('.tile').nth(TILES.findIndex((tile) => tile.role === role)).click();
const isOpen = (page, name) => page.locator('.person-name', { hasText: name }).waitFor({ timeout: 5000 }).then(() => true, () => false);
const NAMES = ['Amara Okonkwo', 'يوسف الحسن'];

// --- screens in both languages, themes, sizes ----------------------------------------------------------------------------
async function screens(language, theme, width, zoom) {
    const context = await contextOf(language, width, 720), page = await watched(context);
    const name = (what) => `${what} ${language} ${theme} ${width}${zoom === 1 ? '' : ' 200 %'}`;
    knobs.tickets = TICKETS;
    const dress = () => page.evaluate(([t, z]) => {
        document.documentElement.dataset.theme = t;
        if (z !== 1) document.documentElement.style.fontSize = `${112.5 * z}%`;
    }, [theme, zoom]);
    await page.goto(server.url);
    await page.locator('.tile').first().waitFor();
    await dress();
    await holds(page, name('start'), language);
    await enter(page, 'clinician');
    await page.locator('.list tbody tr').nth(2).waitFor();
    await holds(page, name('inbox'), language);
    check(name('the most urgent ticket is first'), (await page.locator('.list tbody th').first().textContent()) === tickets[1]);
    await page.locator('a[href="/letters-to-print"]').click();
    await page.locator('.list tbody tr').nth(1).waitFor();
    await holds(page, name('letters to print'), language);
    check(name('what waits for its card is last, and has no button'), (await page.locator('.list tbody tr').last().getByRole('button').count()) === 0);
    await page.goto(`${server.url}/tests`);
    await page.locator('main h2').nth(2).waitFor();
    await dress();
    await holds(page, name('when results are heard'), language);
    await page.goto(`${server.url}/scan`);
    await page.locator('input.code').waitFor();
    await dress();
    await scan(page, `${cards[0].slice(0, -1)}${cards[0].endsWith('Z') ? 'Y' : 'Z'}`);
    await page.locator('.note').waitFor();
    await holds(page, name('wrong card'), language);
    await scan(page, cards[1]);
    check(name('a card opens'), await isOpen(page, NAMES[1]));
    await holds(page, name('open'), language);
    await page.locator('.stations a[href="/results"]').evaluate((link) => link.click());
    await page.locator('.trend-line').waitFor({ state: 'attached' });
    await holds(page, name('results with a trend'), language);
    if (width < 640) {
        await page.locator('.top .top-more').click();
        await page.locator('.stations .top-more').click();
        await holds(page, name('all open'), language);
    }
    await page.goto(`${server.url}/waiting`);
    await page.locator('h1').waitFor();
    await dress();
    await holds(page, name('waiting'), language);
    await page.locator('.top-buttons button').first().click();
    await page.locator('main input').waitFor();
    await holds(page, name('lock'), language);
    await page.goto(`${server.url}/scan`);
    await page.locator('main input').waitFor();
    check(name('locked after a reload'), (await page.locator('input.code').count()) === 0);
    await context.close();
}

// --- the keyboard alone, and the scanner ---------------------------------------------------------------------------------
async function scanner() {
    const context = await contextOf('en', 1280, 800), page = await watched(context);
    await page.goto(server.url);
    await page.locator('.tile').first().waitFor();
    await page.keyboard.press('Tab');
    check('the first Tab skips to the content', await page.evaluate(() => document.activeElement?.matches('.skip')));
    for (let i = 0; i < 12 && !(await page.evaluate(() => document.activeElement?.textContent?.includes('lina'))); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('input.code').waitFor();
    const before = Date.now();
    seen.calls.length = 0;
    for (let i = 0; i < 20; i++) {
        await scan(page, cards[i]);
        const born = `14 March ${1960 + i}`;
        check(`card ${i + 1} of 20 opens its person`, await page.getByText(born).waitFor({ timeout: 5000 }).then(() => true, () => false));
    }
    check('twenty cards take under 30 s', Date.now() - before < 30000, `${Date.now() - before} ms`);
    check('a card is one call', seen.calls.filter((c) => c !== 'open').length === 0, seen.calls.join(' '));
    await page.locator('h1').click();
    await scan(page, cards[0]);
    check('a scan is heard where no box has the focus', await isOpen(page, NAMES[0]));
    await scan(page, tickets[1]);
    check('a ticket opens too', await isOpen(page, NAMES[1]));
    await page.locator('h1').click();
    await scan(page, Array.from({ length: 200 }, (_, i) => codeOf(21, 7, i)).find((code) => code.endsWith('N')));
    await page.getByText('code of a letter').waitFor();
    await pause(300); // longer than a letter waits to be a key
    check('the last character of a code is no key: N at its end closes nobody', await page.locator('.person').isVisible());
    await scan(page, codeOf(20, 4, 999));
    await page.getByText('does not exist here').waitFor();
    check('a card that nobody has opens nobody, and closes who was open', (await page.locator('.person').count()) === 0);
    await scan(page, codeOf(21, 7, 5));
    check('the code of a letter opens nobody', await page.getByText('code of a letter').waitFor().then(() => true));
    const place = (await page.locator('.stations a').allTextContents()).indexOf('What is open') + 1;
    await page.keyboard.press(`Alt+${place}`);
    await page.locator('h1', { hasText: 'What is open' }).waitFor();
    await page.keyboard.press('/');
    check('Alt and digit, and the slash, go to screens', await page.locator('input.code').waitFor().then(() => true));
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await holds(page, 'keys', 'en');
    await page.keyboard.press('Escape');
    check('the help of keys goes with Escape', (await page.locator('dialog[open]').count()) === 0);
    await scan(page, cards[0]);
    await isOpen(page, NAMES[0]);
    await page.locator('h1').click();
    await page.keyboard.press('n');
    check('N closes the person', await page.locator('.person').waitFor({ state: 'detached', timeout: 3000 }).then(() => true, () => false));
    check('no address says who', !/[A-Z0-9]{4}-|%/.test(page.url()));
    await context.close();
}

// Numbers that are typed and not saved are asked about before the person goes.
async function unsaved() {
    const context = await contextOf('en', 1280, 800), page = await watched(context);
    await page.goto(server.url);
    await enter(page, 'assistant');
    await page.locator('input.code').waitFor();
    await scan(page, cards[0]);
    await isOpen(page, NAMES[0]);
    await page.goto(`${server.url}/pressure`);
    await isOpen(page, NAMES[0]);
    await page.waitForTimeout(300);
    for (const c of '148') await page.keyboard.press(c, { delay: 100 });
    await scan(page, cards[1]);
    await page.getByText('not saved yet').waitFor();
    check('a scan asks before numbers are given up', (await page.locator('.person-name').textContent()) === NAMES[0]);
    await page.getByRole('button', { name: 'Stay and save' }).click();
    await page.getByRole('button', { name: 'Close, next card' }).click();
    await page.getByText('not saved yet').waitFor();
    await page.getByRole('button', { name: 'Stay and save' }).click();
    await page.reload();
    await isOpen(page, NAMES[0]);
    check('typed numbers are there after a reload', await page.waitForFunction(() =>
        [...document.querySelectorAll('input')].some((e) => e.value === '148'), undefined, { timeout: 5000 }).then(() => true, () => false));
    await scan(page, cards[1]);
    await page.getByRole('button', { name: 'Give them up' }).click();
    check('and given up, the next person is open', await isOpen(page, NAMES[1]));
    check('on the same station, without the numbers', page.url().endsWith('/pressure') && !(await page.evaluate(() =>
        [...document.querySelectorAll('input')].some((e) => e.value !== ''))));
    await scan(page, cards[0]);
    check('a scan over empty boxes asks nothing', await isOpen(page, NAMES[0]));
    await scan(page, `${cards[1].slice(0, -1)}!`);
    check('and leaves them empty', !(await page.evaluate(() => [...document.querySelectorAll('input')].some((e) => e.value !== ''))));
    await context.close();
}

// --- lock, and who was closed from elsewhere -----------------------------------------------------------------------------
async function locking() {
    knobs.lockSeconds = 5;
    const context = await contextOf('en', 1280, 800), page = await watched(context);
    await page.goto(server.url);
    await enter(page, 'assistant');
    await page.locator('input.code').waitFor();
    await scan(page, cards[0]);
    await isOpen(page, NAMES[0]);
    await page.locator('input.code').fill('half a co');
    for (let i = 0; i < 7; i++) {
        await page.waitForTimeout(1000);
        await page.keyboard.press('Shift');
    }
    check('a key puts the lock off', (await page.locator('input[type=password]').count()) === 0);
    await page.locator('input[type=password]').waitFor({ timeout: 12000 });
    check('locked: nothing of the person is shown', !(await page.evaluate(() => document.body.innerText)).includes(NAMES[0]));
    await scan(page, cards[1]);
    check('locked: a scan opens nobody', seen.calls.at(-1) !== 'open');
    await page.locator('input[type=password]').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('do not fit').waitFor();
    knobs.lockSeconds = 120;
    await page.locator('input[type=password]').fill(TILES[1].secret);
    await page.keyboard.press('Enter');
    check('unlocked: the same person, the same half-typed box', (await isOpen(page, NAMES[0])) && (await page.locator('input.code').inputValue()) === 'half a co');
    knobs.away = true;
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.waitForTimeout(300);
    knobs.away = false;
    await page.goto(`${server.url}/scan`);
    await page.locator('input[type=password]').waitFor();
    check('a lock that the server did not hear holds after a reload', (await page.locator('.person').count()) === 0);
    await page.locator('input[type=password]').fill(TILES[1].secret);
    await page.keyboard.press('Enter');
    await isOpen(page, NAMES[0]);
    knobs.withdrawn = true;
    await page.getByRole('button', { name: 'Close, next card' }).click();
    await page.locator('.person').waitFor({ state: 'detached' });
    knobs.withdrawn = false;
    await scan(page, cards[0]);
    await isOpen(page, NAMES[0]);
    knobs.urgent = [{ id: '1', item: 'bp', urgency: 'emergency-now', words: { headline: '', meaning: '', action: '' } }];
    await scan(page, cards[1]);
    await page.getByText('The person was told').first().waitFor();
    check('an alarm without an outcome lets nobody else be opened', (await page.getByText(NAMES[0]).count()) > 0 && seen.calls.at(-1) !== 'open');
    await scan(page, cards[1]);
    check('and a scan says why', await page.getByText('needs an outcome first').first().waitFor({ timeout: 5000 }).then(() => true, () => false));
    knobs.urgent = [];
    await page.reload();
    await isOpen(page, NAMES[0]);
    knobs.ended = true;
    await scan(page, cards[1]);
    check('a session that ended shows the way in, and nothing of the person', await page.locator('.tile').first().waitFor().then(() => true) &&
        !(await page.evaluate(() => document.documentElement.textContent)).includes(NAMES[0]));
    knobs.ended = false;
    await context.close();
}

// --- entries: nothing lost, nothing twice --------------------------------------------------------------------------------
async function outboxPage(context) {
    const page = await watched(context);
    await page.exposeFunction('saved', (key) => void saved.add(key));
    await page.goto(`${server.url}/outbox-page`);
    await page.waitForFunction(() => window.outbox);
    const phase = await page.evaluate(() => window.outbox.start());
    if (phase === 'nobody') await page.evaluate(([name, secret]) => window.outbox.login(name, secret), [TILES[1].name, TILES[1].secret]);
    if (!(await page.evaluate(() => window.outbox.isOpen()))) await page.evaluate((card) => window.outbox.open(card), cards[0]);
    return page;
}
const saved = new Set();

async function kills() {
    const context = await contextOf('en', 800, 600);
    seen.stored.length = 0;
    for (let i = 0; i < KILLS; i++) {
        Object.assign(knobs, { away: i % 5 === 4, losesAnswers: i % 3 === 2, delayMs: (i * 7) % 40 });
        if (knobs.away) knobs.away = false; // the page has to load; the network goes while it saves
        const page = await outboxPage(context);
        if (i % 5 === 4) knobs.away = true;
        void page.evaluate((text) => window.outbox.save(text), `${100 + i}/70`).catch(() => undefined);
        await new Promise((done) => setTimeout(done, (i * 13) % 60));
        await page.close();
    }
    Object.assign(knobs, { away: false, losesAnswers: false, delayMs: 0 });
    const page = await outboxPage(context);
    await page.waitForFunction(() => window.outbox.waiting() === 0, undefined, { timeout: 20000 });
    const keys = seen.stored.map((ask) => ask.key), texts = seen.stored.map((ask) => ask.readings[0].text);
    check(`${KILLS} tabs killed while saving: entries that were on the tablet are stored`, [...saved].every((key) => keys.includes(key)),
        `${saved.size} were on the tablet`);
    check('some were killed before, some behind', saved.size > KILLS / 4 && keys.length >= saved.size, `${saved.size} of ${KILLS}`);
    check('none is stored twice', new Set(keys).size === keys.length && new Set(texts).size === texts.length);
    await context.close();
}

async function needs() {
    const context = await contextOf('en', 800, 600);
    const page = await outboxPage(context);
    knobs.away = true;
    await page.evaluate(() => window.outbox.save('148/92'));
    const kept = await page.evaluate(async () => {
        const db = await new Promise((done) => { const r = indexedDB.open('salve'); r.onsuccess = () => done(r.result); });
        const all = (name) => new Promise((done) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => done(r.result); });
        const [entry] = await all('entries'), [key] = await all('keys');
        const text = new TextDecoder().decode(entry.bytes) + JSON.stringify(entry);
        return { hasNumber: text.includes('148/92'), hasName: text.includes('Amara'), extractable: key.extractable,
            exported: await crypto.subtle.exportKey('raw', key).then(() => true, () => false), local: localStorage.length + sessionStorage.length };
    });
    check('an entry that waits is sealed, without number or name', !kept.hasNumber && !kept.hasName);
    check('its key cannot be read', !kept.extractable && !kept.exported);
    check('nothing is in local storage', kept.local === 0);
    knobs.away = false;
    await page.waitForFunction(() => window.outbox.waiting() === 0, undefined, { timeout: 20000 });
    knobs.refuses = 'E_INVALID';
    await page.evaluate(() => window.outbox.save('1/2'));
    await page.waitForFunction(() => window.outbox.needs()[0] === 'rejected');
    check('what the server refuses needs somebody', (await page.evaluate(() => window.outbox.waiting())) === 1);
    knobs.refuses = null;
    await page.goto(`${server.url}/waiting`);
    await page.getByText('148').waitFor({ timeout: 500 }).catch(() => undefined);
    await page.waitForFunction(() => document.body.innerText.includes('Nothing waits'), undefined, { timeout: 10000 });
    check('after a reload it is tried again, and stored', seen.stored.some((ask) => ask.readings[0].text === '1/2'));
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Yes, log out' }).click();
    await page.locator('.tile').first().waitFor();
    const left = () => page.evaluate(async () => {
        const db = await new Promise((done) => { const r = indexedDB.open('salve'); r.onsuccess = () => done(r.result); });
        const count = (name) => new Promise((done) => { const r = db.transaction(name).objectStore(name).count(); r.onsuccess = () => done(r.result); });
        return [await count('keys'), await count('entries'), await count('drafts')];
    });
    let counts = await left();
    for (let i = 0; i < 20 && counts.some((n) => n > 0); i++) {
        await page.waitForTimeout(100);
        counts = await left();
    }
    check('after the log-out nothing is left, and no key', counts.every((n) => n === 0), String(counts));
    await context.close();
}

// What was entered when the person was not open any more waits for their card, and goes to nobody else.
async function card() {
    const context = await contextOf('en', 1280, 800), first = await outboxPage(context);
    knobs.withdrawn = true;
    await first.evaluate(() => window.outbox.save('151/93'));
    await first.waitForFunction(() => window.outbox.needs()[0] === 'card');
    await first.close();
    const page = await watched(context);
    await page.goto(`${server.url}/scan`);
    await page.locator('.top').getByText('Needs you: 1').waitFor();
    knobs.withdrawn = false;
    await scan(page, cards[1]);
    await isOpen(page, NAMES[1]);
    check("somebody else's card is offered nothing", (await page.getByText('waits for this card').count()) === 0);
    await page.goto(`${server.url}/waiting`);
    await page.getByText('151/93').waitFor();
    check('and can be given nothing', (await page.getByRole('button', { name: 'deliver' }).count()) === 0);
    await scan(page, cards[0]);
    await page.getByText('waits for this card').click();
    check('nothing is delivered by itself', !seen.stored.some((ask) => ask.readings[0].text === '151/93'));
    await page.getByRole('button', { name: 'deliver' }).click();
    await page.getByText('Nothing waits').waitFor();
    const stored = seen.stored.filter((ask) => ask.readings[0].text === '151/93');
    check('their card takes it, once', stored.length === 1);
    await context.close();
}

// --- the server goes and comes -------------------------------------------------------------------------------------------
async function away() {
    const context = await contextOf('en', 1280, 800), page = await watched(context);
    await page.goto(server.url);
    await enter(page, 'assistant');
    await page.locator('input.code').waitFor();
    knobs.away = true;
    await scan(page, cards[0]);
    await page.getByText('Server is away').waitFor();
    check('a server that is away is said', await page.getByText('does not answer').isVisible());
    knobs.away = false;
    check('and that it is there again', await page.getByText('Server is there').waitFor({ timeout: 8000 }).then(() => true, () => false));
    await scan(page, cards[0]);
    check('and it goes on', await isOpen(page, NAMES[0]));
    await context.close();
}

// --- who runs the site ---------------------------------------------------------------------------------------------------
const station = (page, path) => page.evaluate((to) => document.querySelector(`nav.stations a[href="${to}"]`).click(), path);

// Every screen of a manager, in one language: on a narrow and a wide screen, with large text.
async function running(language) {
    Object.assign(knobs, { mode: 'site', recovery: { name: 'joan', due: ago(-900) } });
    const context = await contextOf(language, 1280, 720), page = await watched(context);
    const looked = async (what) => {
        for (const [width, size] of [[320, ''], [1280, ''], [1280, '225%']]) {
            await page.setViewportSize({ width, height: 720 });
            await page.evaluate((text) => void (document.documentElement.style.fontSize = text), size);
            await holds(page, `${what} ${language} ${width} ${size}`, language);
        }
        await page.evaluate(() => void (document.documentElement.style.fontSize = ''));
    };
    const screen = async (path, seen, what) => {
        await station(page, path);
        await page.locator(seen).first().waitFor();
        await looked(what);
    };
    await page.goto(server.named);
    await page.locator('.tile').first().waitFor();
    await looked('login with more ways');
    await enter(page, 'manager');
    await page.locator('.facts').waitFor();
    await looked('health');
    await screen('/staff', 'form.card', 'staff');
    await page.locator('main tbody button').first().click();
    await page.locator('main tbody .asking button').nth(1).click();
    await page.locator('fieldset').waitFor();
    await looked('a new start');
    await screen('/tablets', '.words', 'tablets');
    await screen('/site-log', 'tbody tr', 'log of the site');
    await screen('/settings', '.facts', 'settings');
    await page.locator('.top-who a').click();
    await page.locator('#account-now').waitFor();
    await page.locator('[aria-labelledby=account-codes] button').click();
    await page.locator('.qr').waitFor();
    await looked('account');
    knobs.stale = true;
    await page.locator('[aria-labelledby=account-secret] input').fill('135791');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open] input').first().waitFor();
    await looked('step up');
    Object.assign(knobs, { mode: 'local', recovery: null, stale: false });
    await context.close();
}

// The keyboard alone: what is old has to be shown once more, Escape gives it up, the lock ends the question.
async function stepUp() {
    const context = await contextOf('en', 1280, 800), page = await watched(context), asked = (name) => seen.calls.filter((c) => c === name).length;
    await page.goto(server.url);
    await enter(page, 'manager');
    await page.locator('.facts').waitFor();
    await station(page, '/staff');
    await page.locator('form.card').waitFor();
    const add = async (name) => {
        await page.locator('form.card input').first().fill(name);
        await page.keyboard.press('Enter');
        await page.locator('dialog[open] input').first().waitFor();
    };
    knobs.stale = true;
    seen.calls.length = 0;
    await add('omar');
    await page.keyboard.press('Escape');
    await page.locator('form.card .note-stop').waitFor();
    check('Escape gives it up, and nothing is added', asked('staff-add') === 1 && (await page.locator('main tbody').innerText()).includes('omar') === false);
    await add('omar');
    await page.keyboard.type('wrong', { delay: 100 });
    await page.keyboard.press('Enter');
    await page.locator('dialog[open] .note-stop').waitFor();
    await page.keyboard.type('made-up-4', { delay: 100 });
    await page.keyboard.press('Enter');
    await page.locator('main tbody', { hasText: 'omar' }).waitFor();
    const given = await page.locator('.secret').innerText();
    check('shown once more, it is done, and the first secret is handed over', /^[a-z]{5}(-[a-z]{5}){3}$/.test(given) && asked('staff-add') === 3, given);
    check('the focus is back on the page', await page.evaluate(() => document.querySelector('dialog[open]') === null));
    knobs.stale = true;
    await add('sara');
    knobs.stale = false;
    await page.evaluate(() => document.querySelector('.top-buttons button').click());
    const unlock = page.locator('main input[type=password]').first();
    await unlock.waitFor();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await unlock.fill('made-up-4');
    await unlock.press('Enter');
    await page.locator('.top-who a').waitFor();
    check('a lock ends the question', (await page.locator('dialog[open]').count()) === 0);
    await context.close();
}

// Whoever has to set up a passkey or codes first sees that and nothing else.
async function mustSetUp() {
    knobs.mustSetUp = true;
    const context = await contextOf('en', 1280, 800), page = await watched(context);
    await page.goto(server.url);
    await enter(page, 'clinician');
    await page.getByText('Set up a passkey, or codes, first').waitFor();
    check('nothing else is there', (await page.locator('nav.stations').count()) === 0);
    await holds(page, 'must set up', 'en');
    await page.locator('[aria-labelledby=account-codes] button').click();
    await page.locator('[aria-labelledby=account-codes] input').fill('123456');
    await page.keyboard.press('Enter');
    check('set up, the day begins', await page.locator('nav.stations').waitFor({ timeout: 5000 }).then(() => true, () => false));
    knobs.mustSetUp = false;
    await context.close();
}

try {
    async function runs() {
        for (const language of ['en', 'ar']) await running(language);
    }
    async function looks() {
        for (const language of ['en', 'ar'])
            for (const theme of ['light', 'dark', 'sun'])
                for (const width of theme === 'light' ? [320, 1280] : [320]) await screens(language, theme, width, 1);
        for (const language of ['en', 'ar']) await screens(language, 'light', 1280, 2);
    }
    for (const run of [looks, runs, stepUp, mustSetUp, scanner, unsaved, locking, away, kills, needs, card])
        if (parts.length === 0 || parts.includes(run.name)) await run();
    check('no policy was violated, no request left, no error', troubles.length === 0, troubles.join('\n  '));
} catch (error) {
    check('all was run', false, error.stack);
} finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
