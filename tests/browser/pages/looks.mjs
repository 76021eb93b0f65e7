// SPDX-License-Identifier: Apache-2.0
// Every screen of the slice over the real server, in each language: axe in light, dark and sun; targets; nothing beside the page
// and no clipped text at 320 px and at 200 % text; and where each box stands, against golden/*.txt (RENEW=1 writes them anew).
// PICTURES=1 puts a picture of each screen, language and theme into build/browser; without it only of the light theme.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AXE, holds } from '../../support/web_holds.mjs';
import { BUILD, LANGUAGES, SECRET, Site, appears, check, keyOf, run, said, scan } from '../../support/browser.mjs';

const THEMES = ['light', 'dark', 'sun'], GOLDEN = 'tests/browser/pages/golden', RENEW = process.env.RENEW === '1';
const SIZES = [[1024, 768], [360, 640]];
const TOLERANCE_PX = 8;

// --- in the page ---------------------------------------------------------------------------------------------------------
// Text that its box or the page cuts off.
function clipped() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), cut = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.data.trim() || !element.checkVisibility() || element.closest('.aloud, .skip')) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        if (left < -1 || right > document.documentElement.clientWidth + 1) cut.push(`beside the page: ${node.data.slice(0, 40)}`);
        for (let box = element; box !== document.body; box = box.parentElement) {
            const style = getComputedStyle(box), edge = box.getBoundingClientRect();
            const isShut = (over) => over === 'hidden' || over === 'clip';
            if ((isShut(style.overflowX) && (left < edge.left - 1 || right > edge.right + 1)) ||
                (isShut(style.overflowY) && (top < edge.top - 1 || bottom > edge.bottom + 1)) || (box.matches('button, a.button') && right - left > edge.width + 1))
                cut.push(`cut by ${box.className || box.tagName}: ${node.data.slice(0, 40)}`);
        }
    }
    return cut;
}

// What makes the page wider than the screen.
function beside() {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() && !element.closest('.aloud, .skip') &&
        (element.getBoundingClientRect().right > width + 1 || element.getBoundingClientRect().left < -1))
        .map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 30)}`).slice(0, 4).join(' | ');
}

// Role, name and place of what a person can use or look for. Numbers of today stand for any: they do not move a box.
function boxes() {
    const ROLES = { H1: 'heading', H2: 'heading', H3: 'heading', A: 'link', BUTTON: 'button', INPUT: 'box', TEXTAREA: 'box', SUMMARY: 'summary', TABLE: 'table', SVG: 'picture' };
    const MONTHS = Array.from({ length: 12 }, (_, month) => new Intl.DateTimeFormat(document.documentElement.lang === 'ar' ? 'ar' : 'en-GB', { month: 'long' }).format(new Date(2026, month, 3)));
    const today = new RegExp(`\\d{1,2} (?:${MONTHS.join('|')}) 20[23]\\d`, 'g'), before = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const still = node.data.replace(today, `30 ${MONTHS[10]} 2026`).replace(/\b\d\d:\d\d\b/g, '08:08').replace(/\b[0-9A-Z]{3}-[0-9A-Z]{3}\b/g, '4X7-K2M');
        if (still !== node.data) before.push([node, node.data]);
        node.data = still;
    }
    const all = [...document.querySelectorAll('h1, h2, h3, a, button, input, textarea, summary, table, svg, .note, .alarm, .person, .made-up, [role=timer]')]
        .filter((element) => element.checkVisibility() && !element.closest('svg svg') && !element.matches('.skip')).map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect(), of = (number) => Math.round(number / 4) * 4;
            const label = element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent;
            return { role: ROLES[element.tagName.toUpperCase()] ?? (element.className.split(' ')[0] || element.getAttribute('role')), label: label.trim().replace(/\s+/g, ' '), place: [x, y + scrollY, width, height].map(of) };
        });
    for (const [node, data] of before) node.data = data;
    return all;
}

// --- one screen ----------------------------------------------------------------------------------------------------------
class Looks {
    constructor(site, page, language) { Object.assign(this, { site, page, language, golden: [], seen: [] }); }
    name(what) { return `${what} ${this.language}`; }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }).first(); }
    text(key) { return this.page.getByText(said(this.language, key)).first(); }
    go(path) { return this.page.evaluate((to) => document.querySelector(`nav.stations a[href="${to}"]`).click(), path); }
    async evaluate(expression) {
        const wire = await this.page.context().newCDPSession(this.page);
        const { result, exceptionDetails } = await wire.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        await wire.detach();
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }
    async picture(what) {
        await this.page.screenshot({ path: join(BUILD, 'browser', `${what}.${this.language}.png`), fullPage: true, animations: 'disabled' });
    }

    /** at - the screen as it is now, in every theme and size. */
    async at(what) {
        const { page, language } = this, dress = (theme) => page.evaluate((t) => void (document.documentElement.dataset.theme = t), theme);
        // A test is quicker than an eye: what is said once in a while (rest of a minute, "sent") is waited for.
        await page.evaluate(() => document.fonts.ready.then(() => new Promise((over) => requestAnimationFrame(() => requestAnimationFrame(over)))));
        await this.evaluate(`window.axe ? 0 : (${'() => {'}${AXE}${'\n}'})(), 0`);
        for (const theme of THEMES) {
            await dress(theme);
            if (theme === 'light') await holds(page, this.name(what), language, check);
            else check(`${this.name(what)} ${theme}: contrast`, ...(await this.contrast()));
            if (theme === 'light' || process.env.PICTURES === '1') await this.picture(`${what}.${theme}`);
        }
        await dress('light');
        for (const [width, height] of SIZES) {
            await page.setViewportSize({ width, height });
            this.remember(what, `${width}x${height}`, await page.evaluate(boxes));
            await this.fits(what, `${width} px`);
            if (width < 1024 && process.env.PICTURES === '1') await this.picture(`${what}.narrow`);
        }
        await page.setViewportSize({ width: 320, height: 640 });
        await this.fits(what, '320 px');
        await page.setViewportSize({ width: 1024, height: 768 });
        await page.evaluate(() => void (document.documentElement.style.fontSize = '225%'));
        await this.fits(what, '200 % text');
        await page.evaluate(() => void (document.documentElement.style.fontSize = ''));
        this.seen.push(what);
    }
    async contrast() {
        const found = await this.evaluate(`axe.run(document, { runOnly: { type: 'rule', values: ['color-contrast'] } }).then((r) =>
            r.violations.flatMap((v) => v.nodes.map((n) => n.html.slice(0, 90))))`);
        return [found.length === 0, found.join('\n  ')];
    }
    async fits(what, size) {
        const { page } = this, over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        check(`${this.name(what)} at ${size}: nothing beside the page`, over <= 0, over <= 0 ? '' : `${over} px: ${await page.evaluate(beside)}`);
        const cut = await page.evaluate(clipped);
        check(`${this.name(what)} at ${size}: no text is cut`, cut.length === 0, cut.join('\n  '));
    }
    remember(what, size, all) {
        for (const { role, label, place } of all) this.golden.push(`${what} ${size} ${role} ${keyOf(this.language, label) || '-'} ${place.join(' ')}`);
    }

    // --- golden: each line at its place, with a tolerance for another version of the browser
    compare() {
        const file = join(GOLDEN, `boxes.${this.language}.txt`);
        if (RENEW) {
            mkdirSync(GOLDEN, { recursive: true });
            writeFileSync(file, `${this.golden.join('\n')}\n`);
            return;
        }
        const want = readFileSync(file, 'utf8').trim().split('\n'), of = (lines, what) => lines.filter((line) => line.startsWith(`${what} `));
        for (const what of this.seen) {
            const [now, then] = [of(this.golden, what), of(want, what)], isNear = (a, b) => {
                const [x, y] = [a.split(' '), b.split(' ')];
                return x.slice(0, 4).join() === y.slice(0, 4).join() && x.slice(4).every((n, i) => Math.abs(n - y[4 + i]) <= TOLERANCE_PX);
            };
            const at = now.findIndex((line, i) => then[i] === undefined || !isNear(line, then[i]));
            check(`${this.name(what)}: boxes stand where they stood (RENEW=1 tools/node tests/browser/pages/looks.mjs writes them anew)`,
                at < 0 && now.length === then.length, `now ${now[Math.max(at, 0)]}, before ${then[Math.max(at, 0)]}; ${now.length} and ${then.length} boxes`);
        }
        const lost = [...new Set(want.map((line) => line.split(' ')[0]))].filter((what) => !this.seen.includes(what));
        check(`every screen that was there is looked at (${this.language})`, lost.length === 0, lost.join(' '));
    }
}

// --- the screens, in the order of a day ------------------------------------------------------------------------------------
const settled = (page) => page.waitForLoadState('networkidle');
async function login(looks, name) {
    const { page } = looks, boxes = page.locator('form input');
    await boxes.nth(1).waitFor();
    await boxes.nth(0).fill(name);
    await boxes.nth(1).fill(SECRET);
    await page.keyboard.press('Enter');
    await page.locator('.top-who').waitFor();
}
async function logout({ page, ...looks }, button) {
    await button('top.leave').click();
    await button('top.leave-yes').click();
    await page.locator('input[type=password]').waitFor();
}
async function opens({ page }, { card, name }) {
    await scan(page, card);
    await page.locator('.person-name', { hasText: name }).waitFor();
}
// A person's pace, so that it is no scanner.
async function numbers({ page }, texts) {
    await page.locator('.box-number').first().click();
    for (const [at, text] of texts.entries()) {
        await page.locator('.box-number').nth(at).click();
        await page.locator('.box-number').nth(at).fill(text);
    }
    await page.locator('.pad-save').click();
}

async function outside(looks) {
    const { page, site } = looks;
    await page.goto(site.origin);
    await page.locator('form input').nth(1).waitFor();
    await looks.at('start');
    await page.locator('form input').nth(0).fill('lina');
    await page.locator('form input').nth(1).fill('135791');
    await page.keyboard.press('Enter');
    await page.locator('.note-stop').waitFor();
    await looks.at('start-refused');
    await login(looks, 'lina');
    await looks.at('scan');
    await scan(page, 'KG36-69AW-W2BF-4P7E-B4J0');
    await page.locator('main .note').waitFor();
    await looks.at('scan-wrong');
}

async function questions(looks, { amina }) {
    const { page } = looks;
    await opens(looks, amina);
    await settled(page);
    await looks.at('scan-open');
    await looks.go('/questions');
    await looks.button('danger.none').waitFor();
    await looks.at('questions');
    await looks.button('danger.female').click();
    await page.locator('.saved .state-stored').waitFor();
    for (const question of await page.locator('.question-fact').all()) {
        const no = question.getByRole('button', { name: said(looks.language, 'questions.no') });
        if (await no.count()) await no.click();
    }
    await looks.button('danger.none').click();
    await looks.text('danger.all').waitFor();
    await settled(page);
    await looks.at('questions-stored');
}

async function pressure(looks) {
    const { page } = looks;
    await looks.go('/pressure');
    await page.locator('#box-systolic').waitFor();
    await looks.at('pressure');
    await numbers(looks, ['265', '121']);
    await looks.button('measure.right').waitFor();
    await looks.at('pressure-asked');
    await looks.button('measure.again').click();
    await numbers(looks, ['330', '92']);
    await looks.button('measure.again').waitFor();
    await looks.at('pressure-refused');
    await looks.button('measure.again').click();
    await page.context().setOffline(true);
    await numbers(looks, ['148', '92', '72']);
    await looks.text('measure.not-judged').waitFor();
    await looks.at('pressure-away');
    await page.locator('a[href="/waiting"]').click();
    await page.locator('main li.card').waitFor();
    await looks.at('waiting');
    await page.context().setOffline(false);
    await looks.text('waiting.none').waitFor({ timeout: 30000 });
    await looks.at('waiting-none');
    await looks.go('/pressure');
    await page.locator('.taken li').first().waitFor();
    await page.locator('.rest').waitFor();
    await looks.at('pressure-second');
}

async function alarm(looks, { leila }) {
    const { page } = looks;
    await numbers(looks, ['195', '121']);
    await looks.button('measure.right').click();
    await page.locator('section.urgent').waitFor();
    await settled(page);
    await looks.at('urgent');
    await page.goBack();
    await looks.button('urgent.left').click();
    await looks.at('urgent-sure');
    await looks.button('top.lock').click();
    await looks.text('lock.urgent').waitFor();
    await looks.at('lock');
    await page.locator('main input').first().fill(SECRET);
    await page.keyboard.press('Enter');
    await looks.button('urgent.how-in-person').click();
    await page.locator('textarea').fill('A doctor today');
    await looks.button('urgent.told-save').click();
    await looks.text('urgent.waits-clinician').waitFor();
    await looks.at('urgent-told');
    await looks.go('/body');
    await page.locator('#box-height').waitFor();
    await numbers(looks, ['168', '82.5', '96']);
    await page.locator('.saved .state-stored').waitFor();
    await settled(page);
    await looks.at('body');
    // Of somebody of whom nothing is known yet, the alarm asks first.
    await opens(looks, leila);
    await looks.go('/pressure');
    await page.locator('#box-systolic').waitFor();
    await numbers(looks, ['148', '92']);
    await page.locator('section.urgent').waitFor();
    await settled(page);
    await looks.at('urgent-asks');
    await looks.button('urgent.call-clinician').click();
    await looks.button('urgent.yes-call-clinician').click();
    await looks.text('urgent.untold').waitFor();
    await looks.at('urgent-untold');
}

async function queue(looks, { amina }) {
    const { page, language } = looks;
    await opens(looks, amina);
    await looks.button('queue.check-in').click();
    await page.locator('.queue-number').waitFor();
    await looks.go('/today');
    await page.locator('.list tbody tr').nth(1).waitFor();
    await looks.at('today');
    await looks.go('/pressure');
    await page.locator('.hand-over').waitFor();
    await settled(page);
    await looks.at('hand-over');
    await looks.go('/exit');
    await page.locator('.exit-missing li').first().waitFor();
    await settled(page);
    await looks.at('exit');
    await page.locator('.exit-missing').getByRole('button', { name: said(language, 'queue.not-today-item') }).first().click();
    await looks.button('queue.why-wish').waitFor();
    await looks.at('exit-why');
    await looks.button('exit.finish').click();
    await page.locator('.person-name').waitFor({ state: 'detached' });
}

async function clinician(looks, { amina, leila }) {
    const { page } = looks;
    await looks.go('/inbox');
    await page.locator('.list tbody tr').nth(1).waitFor();
    await looks.at('inbox');
    await opens(looks, amina);
    await looks.go('/results');
    await page.locator('article.finding').first().waitFor();
    await looks.at('results');
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
    await looks.button('results.leave').click();
    await looks.at('results-why');
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = false)));
    await looks.button('results.take').click();
    await looks.button('results.sign-all').click();
    await looks.text('results.signed').waitFor();
    await settled(page);
    await looks.at('results-signed');
    await page.locator('.results a[href="/letter-page"]').click();
    await page.locator(`main button[lang="${looks.language}"]`).waitFor();
    await looks.at('letter');
    await page.locator(`main button[lang="${looks.language}"]`).click();
    await looks.text('letter.made').waitFor();
    await looks.at('letter-made');
    await letter(looks);
    await looks.go('/inbox');
    await page.locator('.list tbody tr', { hasText: said(looks.language, 'inbox.task-close', '') }).getByRole('button').click();
    await looks.button('urgent.close-yes').waitFor();
    await settled(page);
    await looks.at('urgent-close');
    await looks.button('urgent.close-later').click();
    await page.locator('article.finding').first().waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await looks.at('keys');
    await page.keyboard.press('Escape');
    await held(looks, leila);
}

// A letter of somebody whom nobody has told; then they withdraw.
async function held(looks, person) {
    const { page, site } = looks;
    await scan(page, person.card);
    await page.locator('section.urgent', { hasText: person.name }).waitFor();
    await looks.button('urgent.call-clinician').click();
    await looks.button('urgent.yes-call-clinician').click();
    await looks.text('urgent.untold').waitFor();
    await looks.go('/results');
    await looks.button('results.sign-all').click();
    await looks.text('results.signed').waitFor();
    await looks.go('/letter-page');
    await page.locator(`main button[lang="${looks.language}"]`).click();
    await looks.text('letter.held').waitFor();
    await looks.button('letter.untold').click();
    await looks.at('letter-held');
    site.salve('withdraw', person.card, '--born', person.birthDate, '--purpose', 'care', '--yes');
    await looks.go('/results');
    await looks.text('person.closed-elsewhere').waitFor();
    await settled(page);
    await looks.at('closed');
}

// The letter itself: it has another policy, no script, and is printed; what holds of it is what a browser shows.
async function letter(looks) {
    const { page, language } = looks, [shown] = await Promise.all([page.context().waitForEvent('page'), page.locator('main a[target=_blank]').first().click()]);
    await shown.locator('body').waitFor();
    await shown.screenshot({ path: join(BUILD, 'browser', `letter-shown.light.${language}.png`), fullPage: true });
    for (const width of [1024, 320]) {
        await shown.setViewportSize({ width, height: 640 });
        const over = await shown.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        check(`the letter ${language} at ${width} px: nothing beside the page`, over <= 0, `${over} px`);
    }
    await shown.close();
}

async function ends(looks) {
    const { page, site } = looks;
    await page.route('**/call/*', (route) => route.abort());
    await page.goto(`${site.origin}/scan`);
    await looks.text('error.away').waitFor();
    await looks.at('away');
    await page.unroute('**/call/*');
}

async function day(browser, work, language) {
    const site = new Site(`${work}-${language}`), people = { amina: site.enrol('Amina Haddad'), leila: site.enrol('Leila Mansour') };
    await site.start();
    const page = await site.page(browser, language, 1024, 768), looks = new Looks(site, page, language);
    page.on('dialog', (dialog) => dialog.accept());
    await outside(looks);
    for (const part of [questions, pressure, alarm, queue]) await part(looks, people);
    await logout(looks, (key) => looks.button(key));
    await login(looks, 'dr-amina');
    await clinician(looks, people);
    await ends(looks);
    looks.compare();
    site.calm(`looks ${language}`);
    await page.context().close();
    await site.stop();
}

async function looks(browser, work) {
    mkdirSync(join(BUILD, 'browser'), { recursive: true });
    await Promise.all(LANGUAGES.map((language) => day(browser, work, language)));
}
await run([looks]);
