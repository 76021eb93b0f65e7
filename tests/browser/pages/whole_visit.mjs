// SPDX-License-Identifier: Apache-2.0
// The whole visit in Chromium over the running server, from a new person to the signed letter: registration, the talk about choices,
// check-in, stations with one tap between them, the exit check, the clinician's inbox. By mouse, and by keyboard alone; in each
// language. What each task costs in keys and taps is counted as the page hears them, and printed beside what is aimed at.
import { LANGUAGES, SECRET, Site, appears, check, goes, run, said, same, scan } from '../../support/browser.mjs';

// Keystroke-level model (Card, Moran, Newell 1980): a key of a number pad or of running text, a tap with the way to it, and one
// thought at the beginning of a task. It says what practised hands need; what is aimed at is for whole tasks with a person there.
const KEY_S = 0.28, TAP_S = 1.3, THINK_S = 1.35;
// beside: most keys and taps beside the digits that are the same on paper; all: with them.
const TASKS = {
    register: { name: 'a new person', all: 60, aim_s: 60 }, consent: { name: 'four purposes, one of them yes', beside: 24, aim_s: 120 },
    'check-in': { name: 'check-in', beside: 1 }, pressure: { name: 'two pressures', beside: 9, aim_s: 8 }, body: { name: 'height, weight, waist', beside: 9, aim_s: 10 },
    next: { name: 'station hand-over', beside: 1 }, exit: { name: 'exit check, whatever is missing', beside: 1, aim_s: 15 }, sign: { name: 'results signed, from the inbox', beside: 8, aim_s: 5 },
};

class Visit {
    constructor(site, language, isKeys) {
        Object.assign(this, { site, language, isKeys, name: `${isKeys ? 'keys' : 'mouse'} ${language}`, rows: [] });
        this.person = { given: 'Amina', family: isKeys ? 'Haddad' : 'Okoro' };
    }
    async come(browser, who) {
        const page = (this.page = await this.site.page(browser, this.language, 1024, 768));
        page.on('dialog', (dialog) => dialog.accept());
        await page.addInitScript(() => {
            globalThis.counted = { digits: 0, keys: 0, taps: 0 };
            const isReal = (event) => event.isTrusted && !['Shift', 'Alt', 'Control'].includes(event.key);
            addEventListener('keydown', (event) => isReal(event) && globalThis.counted[/^[0-9.]$/.test(event.key) ? 'digits' : 'keys']++, true);
            addEventListener('pointerdown', (event) => event.isTrusted && globalThis.counted.taps++, true);
        });
        await page.goto(this.site.origin);
        const boxes = page.locator('form input');
        await boxes.nth(1).waitFor();
        await boxes.nth(0).fill(who);
        await boxes.nth(1).fill(SECRET);
        await page.keyboard.press('Enter');
        await this.sees(`${who} is in`, page.locator('.top-who', { hasText: who }));
        await page.locator('.stations a').first().waitFor({ state: 'attached' });
    }
    is(what, isTrue, more) { return check(`${this.name}: ${what}`, isTrue, more); }
    async sees(what, locator, ms = 8000) { return this.is(what, await appears(locator, ms), (await this.page.locator('main').first().innerText()).slice(0, 1500)); }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }).first(); }
    /** One step: a tap; or as many Tabs as lead there, and Enter. Those Tabs are what a keyboard costs, and are counted. */
    async press(locator) {
        const { page } = this;
        await locator.first().waitFor();
        if (!this.isKeys) return locator.first().click();
        for (let i = 0; i < 160; i++) {
            if (await locator.first().evaluate((element) => element === document.activeElement)) return page.keyboard.press('Enter');
            await page.keyboard.press('Tab');
        }
        throw new Error(`no Tab leads to ${locator}`);
    }
    async to(path) {
        if (!this.isKeys) return this.page.locator(`.stations a[href="${path}"]`).click();
        const paths = await this.page.locator('.stations a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
        const at = paths.indexOf(path) + 1;
        if (at > 9) return this.press(this.page.locator(`.stations a[href="${path}"]`));
        return this.page.keyboard.press(`Alt+${at}`);
    }
    /** task - what it cost, for the table; Tabs count as keys where somebody works by keyboard alone. */
    async task(task, run) {
        await this.page.evaluate(() => Object.assign(globalThis.counted, { digits: 0, keys: 0, taps: 0 }));
        await run();
        const { digits, keys, taps } = await this.page.evaluate(() => globalThis.counted), { all, beside, name, aim_s } = TASKS[task];
        this.rows.push({ name, digits, keys, taps, most: all ?? beside, what: all === undefined ? 'beside the digits' : 'in all', seconds: THINK_S + (digits + keys) * KEY_S + taps * TAP_S, aim_s });
        // By keyboard alone every Tab on the way is a key; what is aimed at is for hands that may tap.
        if (!this.isKeys || all !== undefined) this.is(`${name}: at most ${all ?? beside} ${all === undefined ? 'keys and taps beside the digits' : 'keys and taps'}`, (all === undefined ? 0 : digits) + keys + taps <= (all ?? beside), JSON.stringify({ digits, keys, taps }));
    }

    // --- reception
    async register() {
        const { page, person } = this;
        await this.press(page.locator('main').getByRole('link', { name: said(this.language, 'enrol.title') }));
        await page.locator('form .born').waitFor();
        await this.task('register', async () => {
            const type = (text) => page.keyboard.type(text, { delay: 100 }), field = page.locator('form:has(.born) input');
            await type(person.given);
            if (this.isKeys) await page.keyboard.press('Tab');
            else await field.nth(1).click();
            await type(person.family);
            if (this.isKeys) await page.keyboard.press('Tab');
            else await field.nth(2).click();
            await type('14');
            await type('3');
            await type('1960');
            await this.press(page.locator('form:has(.born) [role=group] button').first());
            await this.press(page.locator('form:has(.born) .button-main'));
            await page.locator('.slip-code').waitFor();
        });
        person.card = (await page.locator('.slip-code').innerText()).trim();
        await this.press(this.button('slip.written'));
    }
    async consent() {
        const { page } = this;
        await this.button('consent.no').waitFor();
        await this.task('consent', async () => {
            await this.press(this.button('consent.yes'));
            await page.getByRole('heading', { name: said(this.language, 'consent.apart') }).first().waitFor();
            await this.press(this.button('consent.no'));
            await page.getByRole('heading', { name: said(this.language, 'consent.back') }).first().waitFor();
            for (let at = 0, rows = await page.locator('.question').count(); at < rows; at++) await this.press(page.locator('.question').nth(at).locator('.both button'));
            await page.getByRole('heading', { name: said(this.language, 'consent.said') }).first().waitFor();
            await this.press(this.button('consent.note-card'));
            for (let at = 0; at < 3; at++) {
                const title = await page.locator('main section h2').first().innerText();
                await this.button('consent.no').waitFor();
                const asked = await page.locator('main section h2').first().innerText();
                await this.press(this.button('consent.no'));
                await page.locator('main section h2', { hasText: asked }).waitFor({ state: 'detached' }).catch(() => title);
            }
            await page.getByRole('heading', { name: said(this.language, 'consent.list') }).first().waitFor();
        });
        same(`${this.name}: one purpose is on`, await page.locator('main .entry-line').evaluateAll((all) => all.filter((one) => one.textContent.includes('●')).length), 1);
        await this.press(this.button('consent.go-on'));
        await this.sees('the record opens', page.locator('.person-name', { hasText: this.person.family }));
    }
    async checkIn() {
        await this.button('queue.check-in').waitFor();
        if (this.isKeys) await this.button('queue.check-in').focus(); // the Tabs on the way are not what a check-in is
        await this.task('check-in', () => this.press(this.button('queue.check-in')));
        await this.sees('they have a number', this.page.locator('.queue-number'));
    }

    // --- stations
    async open() {
        await scan(this.page, this.person.card);
        await this.sees('the card opens its person', this.page.locator('.person-name', { hasText: this.person.family }));
    }
    async next() {
        await this.button('queue.done').waitFor();
        if (this.isKeys) await this.button('queue.done').focus();
        await this.task('next', () => this.press(this.button('queue.done')));
        this.is('one tap hands over', await goes(this.page.locator('.person-name')));
    }
    async stored() { return this.sees('stored', this.page.locator('.saved', { hasText: said(this.language, 'state.stored') }), 10000); }
    async pressure() {
        const { page } = this;
        await this.open();
        await this.to('/pressure');
        await page.locator('#box-systolic').waitFor();
        await page.locator('#box-systolic').focus();
        await this.task('pressure', async () => {
            for (const [s, d] of [['148', '92'], ['142', '88']]) {
                await page.keyboard.type(s + d, { delay: 90 });
                await page.keyboard.press('Enter');
                await page.locator('.taken li', { hasText: `${s}/${d}` }).waitFor();
                await page.waitForFunction(() => [...document.querySelectorAll('.box-number')].every((box) => box.value === ''));
            }
        });
        await this.next();
    }
    async body() {
        const { page } = this;
        await this.open();
        await this.to('/body');
        await page.locator('#box-height').waitFor();
        await page.locator('#box-height').focus();
        await this.task('body', async () => {
            for (const text of ['168', '82.5', '96']) {
                await page.keyboard.type(text, { delay: 90 });
                await page.keyboard.press('Enter');
            }
            await this.stored();
        });
        await this.next();
    }
    async exit() {
        await this.open();
        await this.to('/exit');
        await this.sees('what was not done is said', this.page.locator('.exit-missing li'));
        if (this.isKeys) await this.button('exit.finish').focus();
        await this.task('exit', () => this.press(this.button('exit.finish')));
        this.is('the check ends whatever is missing', await goes(this.page.locator('.person-name')));
    }

    // --- the clinician
    async sign() {
        const { page, language } = this;
        await this.to('/inbox');
        const row = page.locator('main .list tbody tr').first();
        await this.sees('the inbox has one ticket', row);
        this.is('which names nobody', !(await page.locator('main').innerText()).includes(this.person.family));
        await this.task('sign', async () => {
            await this.press(row.getByRole('button'));
            await page.locator('article.finding').first().waitFor();
            const text = await page.locator('main').innerText();
            this.is('the mean of what was typed is shown', /145\s*\/\s*90/.test(text), text.slice(0, 800));
            this.is('and the body mass', text.includes('29.2'));
            await this.press(this.button('results.sign-all'));
            await this.sees('it is signed', page.getByText(said(language, 'results.signed')));
        });
    }
    async letter() {
        const { page, language } = this;
        if (!page.url().endsWith('/letter-page')) await this.to('/letter-page');
        await this.press(page.locator(`main button[lang="${language}"]`).last());
        await this.sees('the letter is made', page.getByText(said(language, 'letter.made')));
        const html = await page.locator('main a[target=_blank]').first().getAttribute('href');
        const text = await (await page.context().request.get(`${this.site.origin}${html}`)).text();
        this.is('it is to the person', text.includes(this.person.family) && text.includes(`lang="${language}`));
        this.is('with what was measured', /145\s*(?:<[^>]*>)*\s*\/\s*(?:<[^>]*>)*\s*90/.test(text.replace(/[\u2066-\u2069]/g, '')) && text.includes('29.2'));
    }
    async all(browser) {
        await this.come(browser, 'kofi');
        for (const step of ['register', 'consent', 'checkIn']) await this[step]();
        await this.page.context().close();
        await this.come(browser, 'lina');
        for (const step of ['pressure', 'body', 'exit']) await this[step]();
        await this.page.context().close();
        await this.come(browser, 'dr-amina');
        for (const step of ['sign', 'letter']) await this[step]();
        await this.page.context().close();
        this.site.calm(this.name);
        for (const { name, digits, keys, taps, most, what, seconds, aim_s } of this.rows)
            console.log(`${this.name.padEnd(9)} ${name.padEnd(34)} ${String(digits).padStart(3)} digits ${String(keys).padStart(3)} keys ${String(taps).padStart(3)} taps  aim at most ${most} ${what}  model ${seconds.toFixed(1)} s${aim_s === undefined ? '' : `, aim ${aim_s} s`}`);
    }
}

async function visit(browser, work) {
    for (const [at, language] of LANGUAGES.entries())
        for (const isKeys of process.env.ALL === '1' ? [false, true] : [at > 0]) {
            const site = new Site(`${work}-${language}-${isKeys}`);
            await site.start();
            await new Visit(site, language, isKeys).all(browser);
            same('the server ends clean', await site.stop(), 0);
        }
}
await run([visit]);
