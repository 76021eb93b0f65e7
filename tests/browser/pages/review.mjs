// SPDX-License-Identifier: Apache-2.0
// A clinician's inbox, in Chromium over the real server, by keyboard: three people who were measured, open, Enter signs, N is
// the next; then a number that was wrong is taken back after the signing, judged and signed again, and the letter says so;
// letters that wait, one ticket at a time. Nothing is signed by a key that was held down.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, LANGUAGES, SECRET, Site, check, pause, run, said, same } from '../../support/browser.mjs';

const SIZES = [[1280, 800], [360, 740]];
const WEIGHTS = { 'Amina Haddad': '70', 'Leila Mansour': '64', 'Sara Khoury': '96' };
const CORRECTED = { en: 'is corrected here', ar: 'وقد صُحّحت هنا' };

class Desk {
    constructor(site, page, language) { Object.assign(this, { site, page, language }); }
    is(what, isTrue, more) { return check(`${this.language}: ${what}`, isTrue, more); }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }).first(); }
    text(key) { return this.page.getByText(said(this.language, key, '')).first(); }
    key(name) { return this.page.keyboard.press(name); }
    async picture(name) {
        if (!process.env.PICTURES) return;
        mkdirSync(join(BUILD, 'browser'), { recursive: true });
        for (const [width, height] of SIZES) {
            await this.page.setViewportSize({ width, height });
            await this.page.screenshot({ path: join(BUILD, 'browser', `review-${name}.${this.language}.${width}.png`), fullPage: true });
        }
        await this.page.setViewportSize({ width: 1280, height: 800 });
    }
    async login() {
        const boxes = this.page.locator('form input');
        await this.page.goto(this.site.origin);
        await boxes.nth(1).waitFor();
        await boxes.nth(0).fill('dr-amina');
        await boxes.nth(1).fill(SECRET);
        await this.button('start.enter').click();
        await this.page.locator('.list tbody tr').nth(2).waitFor();
    }
    name() { return this.page.locator('.person-name').innerText(); }
    isSigned(person) {
        return this.site.taken(person).some(({ resourceType, activity }) => resourceType === 'Provenance' && activity?.coding?.[0]?.code === 'sign');
    }
}

function measured(site) {
    return Object.entries(WEIGHTS).map(([name, weight]) => {
        const person = site.enrol(name);
        site.salve('measure', person.card, 'height', '168', 'weight', weight, '--as', 'lina');
        site.salve('screen', person.card, '--as', 'lina');
        return { ...person, weight };
    });
}

async function signAll(desk, people) {
    const { page } = desk, seen = [];
    await desk.picture('inbox');
    const list = await page.locator('main').innerText();
    desk.is('the list names nobody', !people.some(({ name }) => name.split(' ').some((part) => list.includes(part))), list);
    await page.keyboard.down('Enter'); // held down until the results are there
    for (let i = 0; i < people.length; i++) {
        await page.locator('article.finding').first().waitFor();
        const name = await desk.name(), person = people.find((one) => one.name === name);
        seen.push(name);
        if (i === 0) {
            await pause(1100);
            await page.keyboard.down('Enter');
            await pause(300);
            await page.keyboard.up('Enter');
            desk.is('a key that is held down signs nothing', (await desk.button('results.sign-all').count()) === 1 && !desk.isSigned(person));
            desk.is('it says when the person hears of it', (await desk.text('results.release-at-once').count()) === 1);
            await desk.picture('drafts');
        }
        await pause(1100);
        await desk.key('Enter');
        await desk.text('results.signed').waitFor();
        desk.is(`Enter signed ${name}`, desk.isSigned(person));
        if (i === 0) await desk.picture('signed');
        await desk.key('n');
        if (i + 1 < people.length) await page.locator('.person-name', { hasNotText: name }).waitFor();
    }
    same(`${desk.language}: N went through all of them, each once`, [...seen].sort(), people.map(({ name }) => name).sort());
    await page.locator('h1', { hasText: said(desk.language, 'inbox.title') }).waitFor();
    await desk.text('inbox.none').waitFor();
}

async function correct(desk, person) {
    const { page, site, language } = desk;
    await page.locator('.stations a[href="/scan"]').click();
    await page.locator('input.code').fill(person.card);
    await page.locator('form:has(input.code) .button-main').click();
    await page.locator('.person-name', { hasText: person.name }).waitFor();
    await page.locator('.stations a[href="/results"]').click();
    await page.locator('details:has(> summary) summary', { hasText: said(language, 'results.correct') }).click();
    const row = page.locator('li', { hasText: person.weight });
    await row.getByRole('button').first().click();
    await desk.picture('take-back');
    await row.getByRole('button', { name: said(language, 'results.take-back-yes') }).click();
    await page.locator('li', { hasText: `${person.weight} ` }).waitFor({ state: 'detached' });
    const inbox = () => site.salveStatus([0, 11], 'inbox', '--as', 'dr-amina', '--json');
    desk.is('what rested on it waits to be signed again', /"sign"/.test(inbox()), inbox());
    site.salve('measure', person.card, 'weight', '74', '--as', 'lina');
    await page.goto(`${site.origin}/results`);
    await page.locator('article.finding').first().waitFor();
    if (await desk.button('results.screen').count()) await desk.button('results.screen').click();
    await desk.text('results.corrects').waitFor();
    await desk.picture('corrects');
    await desk.button('results.sign-all').click();
    await desk.text('results.signed').waitFor();
}

async function print(desk, people, corrected) {
    const { page, language, site } = desk;
    await desk.key('n');
    await page.locator('input.code').waitFor();
    await page.locator('.stations a[href="/inbox"]').click();
    await page.locator('a[href="/letters-to-print"]').click();
    const rows = page.locator('.list tbody tr');
    await rows.nth(people.length - 1).waitFor();
    same(`${language}: a letter waits for each`, await rows.count(), people.length);
    await desk.picture('print');
    for (let left = people.length; left > 0; left--) {
        await desk.key('Enter');
        await page.locator('button.choice').first().waitFor();
        const name = await desk.name();
        await page.locator(`button.choice[lang="${language}"]`).click();
        const link = page.locator('main a[target=_blank]').first();
        await link.waitFor();
        const html = await page.evaluate(async (address) => (await fetch(address)).text(), await link.getAttribute('href'));
        desk.is(`${name}: the letter is theirs, and theirs alone`, html.includes(name) && !people.some((one) => one.name !== name && html.includes(one.name)));
        same(`${language} ${name}: says whether it corrects`, html.includes(CORRECTED[language]), name === corrected.name);
        await page.goto(`${site.origin}/letters-to-print`);
        await page.locator('main p').first().waitFor();
        if (left > 1) await rows.nth(left - 2).waitFor();
    }
    await desk.text('printing.none').waitFor();
    await page.goto(`${site.origin}/tests`);
    await page.locator('main h2').first().waitFor();
    await desk.picture('tests');
}

async function review(browser, work) {
    for (const language of process.env.ONLY ? [process.env.ONLY] : process.env.ALL === '1' ? LANGUAGES : ['ar']) {
        const site = new Site(`${work}-${language}`), people = measured(site);
        await site.start();
        const desk = new Desk(site, await site.page(browser, language, 1280, 800), language);
        await desk.login();
        await signAll(desk, people);
        await correct(desk, people[0]);
        await print(desk, people, people[0]);
        site.calm(`review ${language}`);
        await desk.page.context().close();
        same(`${language}: the server ends clean`, await site.stop(), 0);
    }
}
await run([review]);
