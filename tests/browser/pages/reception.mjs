// SPDX-License-Identifier: Apache-2.0
// The desk in Chromium over the running server, in each language: a new person, the card, the talk about choices, taking back, another
// card, a child. That nothing is chosen before it was said (N19), that a no leaves nothing that anybody sees (N17), and that a
// person goes on whatever was said (N18). ALL=1: every combination of yes and no; PICTURES=1 leaves a picture of each page.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AXE } from '../../support/web_holds.mjs';
import { BUILD, LANGUAGES, SECRET, Site, appears, check, run, said, same, scan, sheets } from '../../support/browser.mjs';

const PURPOSES = ['care', 'follow-up', 'statistics', 'research-contact'];
const REMINDER = Object.fromEntries(['en', 'ar'].map((language) =>
    [language, JSON.parse(readFileSync(`forms/follow-up/1.1/form.${language}.json`, 'utf8')).reminder.heading]));
const ALL = process.env.ALL === '1', PICTURES = process.env.PICTURES === '1';

class Desk {
    constructor(site, page, language) { Object.assign(this, { site, page, language }); }
    is(what, isTrue, more) { return check(`${what} ${this.language}`, isTrue, more); }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }).first(); }
    link(key) { return this.page.locator('main').getByRole('link', { name: said(this.language, key) }).first(); }
    heading(key) { return this.page.getByRole('heading', { name: said(this.language, key) }).first(); }
    async sees(what, locator) { return this.is(what, await appears(locator), await this.page.locator('body').innerText()); }
    async picture(name) {
        if (!PICTURES) return;
        mkdirSync(join(BUILD, 'browser'), { recursive: true });
        await this.page.screenshot({ path: join(BUILD, 'browser', `desk-${name}.${this.language}.png`), fullPage: true });
    }
    // What must hold of every page of the talk: nothing is chosen, answers have one size and are far enough apart, nothing is cut.
    async holds(what) {
        const { page, language } = this;
        await this.picture(what);
        const chosen = await page.locator('main section [aria-pressed="true"], main section :checked').count();
        this.is(`${what}: nothing is chosen (N19)`, chosen === 0, String(chosen));
        const sizes = await page.locator('.answers > button').evaluateAll((all) => all.map((one) => {
            const { width, height } = one.getBoundingClientRect(), { backgroundColor, color, fontWeight } = getComputedStyle(one);
            return [Math.round(width), Math.round(height), backgroundColor, color, fontWeight].join(' ');
        }));
        this.is(`${what}: all answers have one size and one look`, new Set(sizes).size <= 1, sizes.join(' | '));
        const wire = await page.context().newCDPSession(page);
        const evaluate = async (expression) => (await wire.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value;
        if (language === 'en' || ALL) await evaluate(`window.axe ? 0 : (${'() => {'}${AXE}${'\n}'})(), 0`);
        const broken = language !== 'en' && !ALL ? [] : await evaluate(`axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.html.slice(0, 80))))`);
        await wire.detach();
        this.is(`${what}: axe`, broken.length === 0, broken.join('\n'));
        const size = page.viewportSize();
        await page.setViewportSize({ width: 320, height: 640 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        this.is(`${what}: nothing beside the page at 320 px`, over <= 0, String(over));
        if (PICTURES) await this.picture(`${what}.narrow`);
        await page.setViewportSize(size);
    }
    async login(name) {
        const { page } = this, boxes = page.locator('form input');
        await page.goto(this.site.origin);
        await boxes.nth(1).waitFor();
        await boxes.nth(0).fill(name);
        await boxes.nth(1).fill(SECRET);
        await page.keyboard.press('Enter');
        await page.locator('.top-who').waitFor();
    }
    /** Fills in a new person, at once; the code of the card. */
    async enrolled(given, family, [day, month, year]) {
        const { page } = this, boxes = page.locator('form:has(.born) input');
        await boxes.first().waitFor();
        for (const [at, text] of [given, family, day, month, year].entries()) await boxes.nth(at).fill(text);
        await this.button('enrol.sex-female').click();
        await page.locator('form:has(.born) .button-main').click();
        await page.locator('.slip-code').waitFor();
        return (await page.locator('.slip-code').innerText()).trim();
    }
    /** Fills in a new person by keyboard alone; how many keys it took. */
    async enrol(given, family, [day, month, year]) {
        const { page } = this;
        let keys = 0;
        const press = async (key) => { keys++; await page.keyboard.press(key); };
        const type = async (text) => { keys += text.length; await page.keyboard.type(text, { delay: 100 }); };
        await page.locator('form .born').waitFor();
        await type(given);
        await press('Tab');
        await type(family);
        await press('Tab');
        await type(day);
        if (day.length === 1 && Number(day) <= 3) await press('Tab');
        await type(month);
        if (month.length === 1 && month === '1') await press('Tab');
        await type(year);
        await press('Tab'); // the age
        await press('Tab'); // female
        await press('Space');
        for (let i = 0; i < 6; i++) await press('Tab');
        await press('Enter');
        await page.locator('.slip-code').waitFor();
        return { card: (await page.locator('.slip-code').innerText()).trim(), keys };
    }
    /** The question of the form about a call before the next check. */
    reminder() { return this.page.locator('h2', { hasText: REMINDER[this.language] }).first(); }
    /** Says yes or no to one purpose, from its question on. */
    async say(isYes, { method = 'card', apart = false, remind = false, page: looks = false, purpose } = {}) {
        const { page } = this, title = await page.locator('main section h2').first().innerText();
        if (looks) await this.holds(`ask-${purpose}`);
        await this.button(isYes ? 'consent.yes' : 'consent.no').click();
        if (!isYes) return title;
        if (purpose === 'care') {
            await this.heading('consent.apart').waitFor();
            if (looks) await this.holds('apart');
            await this.button(apart ? 'consent.yes' : 'consent.no').click();
        }
        if (purpose === 'follow-up') {
            await this.reminder().waitFor();
            if (looks) await this.holds('remind');
            await this.button(remind ? 'consent.yes' : 'consent.no').click();
        }
        await this.heading('consent.back').waitFor();
        if (looks) await this.holds('back');
        const rows = await page.locator('.question').count();
        for (let i = 0; i < rows; i++) await page.locator('.question').nth(i).locator('.both button').first().click();
        await this.heading('consent.said').waitFor();
        if (looks) await this.holds('say');
        await this.button(`consent.note-${method}`).click();
        return title;
    }
    /** The whole talk: a yes to those of `said`. */
    async talk(said_, looks = false) {
        for (const purpose of PURPOSES) {
            const before = this.page.locator('main section h2').first();
            await this.button('consent.no').waitFor();
            const title = await this.say(said_.includes(purpose), { purpose, page: looks, remind: looks });
            await before.filter({ hasText: title }).waitFor({ state: 'detached' }).catch(() => undefined);
        }
        await this.heading('consent.list').waitFor();
    }
    on() { return this.page.locator('main .entry-line').evaluateAll((all) => all.map((one) => one.textContent.includes('●'))); }
}

const site_of = async (work) => {
    const site = new Site(work);
    await site.start();
    return site;
};

// A new person by keyboard alone, the card, every question answered with yes, a printed copy, then the record opens.
async function a_new_person(browser, work) {
    const site = await site_of(work);
    for (const language of LANGUAGES) {
        const page = await site.page(browser, language, 1024, 768), desk = new Desk(site, page, language);
        await page.addInitScript(() => { globalThis.print = () => { globalThis.printed = (globalThis.printed ?? 0) + 1; }; });
        await desk.login('kofi');
        await desk.holds('find');
        await desk.link('enrol.title').click();
        await desk.page.locator('form .born').waitFor();
        await desk.holds('new');
        await page.locator('form:has(.born) .button-main').click();
        await desk.sees('what is missing is said', page.locator('.note', { hasText: said(language, 'enrol.missing-name') }));
        await page.locator('form:has(.born) input').first().focus();
        const { card, keys } = await desk.enrol('Amina', 'Haddad', ['14', '3', '1972']);
        desk.is('registration takes 60 keys at most', keys <= 60, `${keys}`);
        console.log(`registration by keyboard: ${keys} keys (${language})`);
        await desk.holds('card');
        await desk.button('slip.print').click();
        same('the card is printed', await page.evaluate(() => globalThis.printed), 1);
        same('as one sheet of the size of a card', sheets(await page.pdf({ preferCSSPageSize: true })), ['86x54']);
        await desk.button('slip.given').click();
        await desk.talk(PURPOSES, language === 'en' || ALL);
        same('every purpose is on', await desk.on(), PURPOSES.map(() => true));
        await desk.holds('list');
        await page.emulateMedia({ media: 'print' });
        desk.is('the copy has the words of each form and the step in the log', (await page.locator('.print-only article').count()) === PURPOSES.length);
        desk.is('and no button', (await page.locator('button:visible').count()) === 0);
        await desk.picture('copy');
        await page.emulateMedia({ media: 'screen' });
        await desk.button('consent.go-on').click();
        await desk.sees('the record opens', page.locator('.person-name', { hasText: 'Haddad' }));
        // taking back care at the desk: the record closes, the card opens nothing, and nothing says that it ever did
        await page.locator('nav.stations a[href="/choices"]').click();
        await desk.button('consent.take-back').click();
        await desk.holds('take');
        await desk.button('consent.take-yes').click();
        await page.locator('.receipt').waitFor();
        await desk.holds('taken');
        await desk.button('consent.done').click();
        await desk.sees('the record is closed', page.locator('input.code'));
        await scan(page, card);
        await desk.sees('the card opens nothing', page.locator('main .note', { hasText: said(language, 'opening.not-open') }));
        await page.context().close();
    }
    site.calm('a new person');
}

// N17, N18: whatever was said no to, the desk looks as if it had never been asked, and the person goes on.
async function every_no(browser, work) {
    const site = await site_of(work), language = 'en';
    const page = await site.page(browser, language, 1024, 768), desk = new Desk(site, page, language);
    const patient = join(work, 'patient.json');
    writeFileSync(patient, JSON.stringify({ resourceType: 'Patient', name: [{ family: 'Okoro', given: ['Nia'] }], gender: 'female', birthDate: '1970-05-02' }));
    await desk.login('kofi');
    const seen = new Map(), chosen = ALL ? Array.from({ length: 1 << PURPOSES.length }, (_, i) => i) : [0, 0b1011];
    for (const said_ of chosen) {
        const yes = PURPOSES.filter((_, at) => (said_ >> at) & 1), name = yes.join('+') || 'nothing';
        await page.locator('input.code').waitFor();
        await desk.link('enrol.title').click();
        await page.locator('form .born').waitFor();
        const card = await desk.enrolled('Nia', 'Okoro', ['2', '5', '1970']);
        await desk.button('slip.written').click();
        await desk.talk(yes);
        same(`on is what was said yes to: ${name}`, await desk.on(), PURPOSES.map((one) => yes.includes(one)));
        seen.set(said_, await page.locator('main section').first().innerText());
        await desk.button(yes.includes('care') ? 'consent.go-on' : 'consent.go-paper').click();
        if (yes.includes('care')) {
            await desk.sees(`${name}: the record opens`, page.locator('.person-name', { hasText: 'Okoro' }));
            await desk.button('person.close').click();
        } else {
            await desk.sees(`${name}: the check goes on without keeping anything`, desk.heading('paper.about'));
            await desk.button('paper.done').click();
        }
        await desk.sees(`${name}: the desk is free for the next`, page.locator('input.code'));
        // Somebody who was never asked about what was refused here looks the same.
        if (said_ !== 0 && !ALL) continue;
        const never = site.salve('enrol', '-q', '--as', 'kofi', patient).trim();
        for (const purpose of yes) site.salve('consent', 'give', never, '--purpose', purpose, '--read-back', '1', '--as', 'kofi');
        for (const code of [card, never]) {
            if (!yes.includes('care')) {
                await scan(page, code);
                await desk.button('opening.choices').click();
            } else {
                await scan(page, code);
                await page.locator('.person-name').waitFor();
                await page.locator('nav.stations a[href="/choices"]').click();
            }
            if (said_ === 0) await desk.button('consent.stop').click();
            await desk.heading('consent.list').waitFor();
            const looks = (await page.locator('main section').first().innerText()).replace(/until [^·\n]*/g, 'until');
            if (code === card) seen.set(name, looks);
            else same(`a no is as if it was never asked: ${name} (N17)`, looks, seen.get(name));
            if (yes.includes('care')) await desk.button('person.close').click();
            else {
                await desk.button('consent.go-paper').click();
                await desk.button('paper.done').click();
            }
            await page.locator('input.code').waitFor();
        }
    }
    await page.context().close();
    site.calm('every no');
}

// A child with a guardian, the child's own word, a witness; what is not clear twice stays off.
async function a_child(browser, work) {
    const site = await site_of(work);
    const page = await site.page(browser, 'en', 1024, 768), desk = new Desk(site, page, 'en');
    await desk.login('kofi');
    await desk.link('enrol.title').click();
    await page.locator('form .born').waitFor();
    await desk.enrolled('Sam', 'Okoro', ['2', '5', String(new Date().getFullYear() - 10)]);
    await desk.button('slip.written').click();
    await desk.heading('consent.child').waitFor();
    await desk.holds('who');
    await desk.button('consent.guardian-here').click();
    await desk.button('consent.yes').click();
    await desk.heading('consent.child-says').waitFor();
    await desk.holds('child');
    await desk.button('consent.child-no').click();
    await desk.button('consent.yes').click(); // the next one
    await desk.reminder().waitFor();
    await desk.button('consent.no').click();
    await desk.button('consent.child-yes').click();
    await desk.heading('consent.back').waitFor();
    const answer = async (at) => {
        for (let i = 0; (await page.locator('.question').count()) > i; i++) await page.locator('.question').nth(i).locator('.both button').nth(i === at ? 1 : 0).click();
    };
    await answer(1);
    await desk.heading('consent.again').waitFor();
    await desk.holds('again');
    await desk.button('consent.again-on').click();
    await desk.heading('consent.back').waitFor();
    await answer(-1);
    await desk.heading('consent.said-guardian').waitFor();
    await desk.button('consent.note-spoken').click();
    await desk.button('consent.stop').click();
    await desk.heading('consent.list').waitFor();
    same('the no of the child decided; what both said yes to is on', await desk.on(), [false, true, false, false]);
    await page.context().close();
    site.calm('a child');
}

// Nothing is kept: the person is examined to the letter, and an alarm holds whatever is tried (N18).
async function nothing_kept(browser, work) {
    const site = await site_of(work);
    for (const language of LANGUAGES) {
        const page = await site.page(browser, language, 1024, 768), desk = new Desk(site, page, language);
        await desk.login('dr-amina');
        await page.locator('nav.stations a[href="/scan"]').click();
        await desk.link('paper.title').click();
        await page.locator('.boxes').waitFor();
        await desk.holds('paper');
        const box = (key) => page.getByLabel(said(language, key)).first();
        await box('enrol.given').fill('Nia');
        await box('enrol.year').fill('1970');
        await desk.button('enrol.sex-female').click();
        await desk.button('paper.none').click();
        await box('paper.bp-first').fill('128/82');
        await box('paper.bp-second').fill('126/80');
        await desk.button('paper.judge').click();
        await desk.sees('what was found is said', page.locator('.finding'));
        await page.locator('section[aria-label] .both button[lang]').first().click();
        await desk.sees('the letter is there', page.locator('a[href^="/letter/"]'));
        const letter = await page.locator('a[href^="/letter/"]').first().getAttribute('href');
        const text = await page.evaluate(async (path) => (await fetch(path)).text(), letter);
        desk.is('it has the name and the number', text.includes('Nia') && text.includes('128'));
        await desk.picture('paper-judged');
        await box('paper.bp-second').fill('232/141');
        await desk.button('paper.judge').click();
        await page.locator('section.urgent').waitFor();
        await desk.holds('paper-alarm');
        await page.goBack().catch(() => undefined);
        await page.keyboard.press('Escape');
        await scan(page, site.enrolled ?? (site.enrolled = site.enrol('Amina Haddad').card));
        desk.is('nothing but an outcome ends it', (await page.locator('section.urgent').count()) === 1 && (await page.locator('.person, input.code').count()) === 0);
        await desk.button('paper.told').click();
        await page.locator('section.urgent').waitFor({ state: 'detached' });
        await desk.button('measure.right').click();
        await desk.sees('what was told does not hold again: the findings are there', page.locator('.finding'));
        await page.locator('section[aria-label] .both button[lang]').first().click();
        await desk.sees('and so is the letter', page.locator('a[href^="/letter/"]'));
        await box('paper.bp-second').fill('238/141');
        await desk.button('paper.judge').click();
        await page.locator('section.urgent').waitFor();
        await page.reload();
        await desk.sees('nor does loading the page again', page.locator('section.urgent'));
        await desk.button('paper.told').click();
        await page.locator('section.urgent').waitFor({ state: 'detached' });
        desk.is('nothing of the person is left', !(await page.content()).includes('Nia'));
        await page.context().close();
    }
    site.calm('nothing kept');
}

await run([a_new_person, every_no, a_child, nothing_kept]);
