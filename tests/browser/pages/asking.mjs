// SPDX-License-Identifier: Apache-2.0
// Forms over the running server, in each language: tobacco asked at a station by keyboard alone, the mood form answered alone by
// the person. A killed tab and a reload lose no answer; nothing on the handed tablet leads to the app, or says what is urgent; what
// is taken back is nowhere.
import { LANGUAGES, SECRET, Site, appears, check, pause, run, said, same, scan } from '../../support/browser.mjs';

const SMOKING = '72166-2', MOOD = '44250-9', HARM = '44260-8';

class Tablet {
    constructor(site, language, context) { Object.assign(this, { site, language, context }); }
    words(key, start) { return said(this.language, key, start); }
    button(key) { return this.page.getByRole('button', { name: this.words(key) }).first(); }
    async load() {
        this.page = await this.site.watch(this.context);
        await this.page.goto(this.site.origin);
    }
    async show(secret = SECRET) {
        await this.page.locator('input[type=password]').fill(secret);
        await this.page.keyboard.press('Enter');
        await this.page.locator('.top-who').waitFor();
    }
    async login() {
        await this.page.locator('form input').nth(0).fill('lina');
        await this.show();
    }
    async forms() {
        await this.page.locator('.person-name').waitFor();
        await this.page.locator('nav.stations a[href="/forms"]').evaluate((link) => link.click());
        await this.page.locator('.form-row').nth(4).waitFor();
    }
    /** The row of a form, by its title. */
    row(id) {
        const { title } = JSON.parse(this.site.salve('form', 'show', `forms/questionnaires/${id}.json`, '--lang', this.language));
        return this.page.locator('.form-row', { hasText: title });
    }
    async hand(id) {
        await this.row(id).locator('button').nth(1).click();
        await this.button('kiosk.hand-now').click();
    }
    /** Digits, as slow as a person. */
    async type(keys) { await this.page.keyboard.type(keys, { delay: 110 }); await pause(110); }
    // A choice, and on to the next page.
    async choose(digit) {
        const before = await this.page.locator('.form-progress').innerText();
        await this.type(digit);
        await this.page.locator('.form-buttons .button-main').click();
        for (let i = 0; i < 40 && (await this.page.locator('.form-progress').innerText().catch(() => '')) === before; i++) await pause(25);
    }
}

async function tabletOf(browser, site, language, who) {
    const tablet = new Tablet(site, language, await site.context(browser, language, 1024, 768));
    await tablet.load();
    await tablet.login();
    await scan(tablet.page, who.card);
    await tablet.forms();
    return tablet;
}
const codesOf = (site, who) => site.taken(who).flatMap(({ resourceType, code }) => (resourceType === 'Observation' ? [code.coding?.[0]?.code] : []));

// At a station: digits choose in the question that has the focus, Tab leads on, Enter sends.
async function station(tablet, site, who) {
    const { page, language } = tablet, name = `station ${language}`;
    await tablet.row('tobacco').locator('button').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.form').waitFor();
    await page.locator('[data-field] button').first().focus();
    await tablet.type('4');
    check(`${name}: what was answered asks more`, await appears(page.locator('[data-field] input.number')));
    const to = async (locator) => {
        for (let i = 0; i < 40 && !(await locator.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press('Tab');
    };
    for (const [at, text] of ['15', '20', '22'].entries()) {
        await to(page.locator('[data-field] input.number').nth(at));
        await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    check(`${name}: it is saved`, await appears(page.locator('main [role=status]', { hasText: '✓' })), await page.locator('main').innerText());
    const kept = codesOf(site, who);
    same(`${name}: what was answered is in the record once`, [SMOKING, 'smoking-years', '8664-5'].map((code) => kept.filter((one) => one === code).length), [1, 1, 1]);
}

// In the hands of the person: a killed tab, a reload, the shade, the other language, and no way out.
async function alone(tablet, site, who, isTicked) {
    const { language } = tablet, name = `alone ${language}`;
    await tablet.hand('phq-9');
    await tablet.button('kiosk.yes-me').click();
    for (const digit of ['1', '2', '3']) await tablet.choose(digit);
    check(`${name}: nothing of the staff is there`, (await tablet.page.locator('nav.stations, .top-who, .person, a[href]:not(.skip)').count()) === 0);
    for (const key of ['Alt+2', '/', 'n', '?']) await tablet.page.keyboard.press(key);
    await scan(tablet.page, who.card);
    await pause(200);
    check(`${name}: neither keys nor a card lead out`, await tablet.page.locator('.form').isVisible());
    same(`${name}: a card that is scanned answers nothing`, await tablet.page.locator('[data-choice][aria-pressed=true]').count(), 0);
    await tablet.page.keyboard.press('Escape');
    check(`${name}: the shade hides the answers`, (await appears(tablet.button('kiosk.show'))) && (await tablet.page.locator('.form').count()) === 0);
    await tablet.button('kiosk.show').click();
    // The tab goes without a word; the tablet stays locked, and what was answered is there.
    const wire = await tablet.context.newCDPSession(tablet.page);
    void wire.send('Page.crash').catch(() => undefined);
    await tablet.page.close().catch(() => undefined);
    await tablet.load();
    check(`${name}: a killed tab comes back locked`, await appears(tablet.page.locator('main input[type=password]')));
    check(`${name}: and shows nobody`, (await tablet.page.locator('.person-name:visible').count()) === 0);
    await tablet.show();
    await tablet.forms();
    await tablet.hand('phq-9');
    await tablet.button('kiosk.yes-me').click();
    check(`${name}: it goes on behind the third answer`, await appears(tablet.page.locator('.form-progress', { hasText: '4' })), await tablet.page.locator('.form-progress').innerText());
    for (let i = 0; i < 5; i++) await tablet.choose('1');
    await tablet.choose('4');
    await tablet.page.locator('.form-buttons button').nth(1).click(); // skipped, and nobody asks why
    await tablet.button('kiosk.send').click();
    check(`${name}: the thanks say nothing of what was sent`, await appears(tablet.page.locator('h1', { hasText: tablet.words('kiosk.thanks', '') })));
    await pause(300);
    same(`${name}: and nothing else is on the tablet`, await tablet.page.locator('main button').count(), 1);
    same(`${name}: nothing is said aloud`, await tablet.page.locator('[aria-live=assertive]').innerText(), '');
    await tablet.button('kiosk.i-work-here').click();
    await tablet.page.locator('main input[type=password]').waitFor();
    await tablet.show();
    check(`${name}: what is urgent waits for who took it back`, await appears(tablet.page.locator('.urgent')));
    if (!isTicked) {
        for (const key of ['urgent.call-clinician', 'urgent.yes-call-clinician']) await tablet.button(key).click();
        check(`${name}: and that it is not kept`, await appears(tablet.page.locator('main .note', { hasText: tablet.words('unkept.not-kept', '') })));
        check(`${name}: a clinician has to look at it`, await appears(tablet.page.locator('main .note', { hasText: tablet.words('unkept.clinician', '') })));
        await tablet.page.reload();
        check(`${name}: a page that is loaded anew has it still`, await appears(tablet.page.locator('main .note', { hasText: tablet.words('unkept.clinician', '') })));
        await tablet.button('unkept.heard').click();
        await tablet.page.locator('main .note', { hasText: tablet.words('unkept.not-kept', '') }).waitFor({ state: 'detached' });
        await tablet.page.reload();
        await tablet.page.locator('.person-name').waitFor();
        same(`${name}: it ends where they heard it`, await tablet.page.locator('main .note', { hasText: tablet.words('unkept.not-kept', '') }).count(), 0);
    }
    // Kept apart, and so kept only where the person ticked that; judged it was either way.
    const kept = codesOf(site, who), times = isTicked ? 1 : 0;
    same(`${name}: each answer is kept ${times}`, [MOOD, HARM].map((code) => kept.filter((one) => one === code).length), [times, times]);
    check(`${name}: what was skipped is nowhere`, !kept.includes('self-harm-plan'));
}

// Stopped, and taken back: nothing of it is anywhere.
async function stopped(tablet, site, who) {
    const { language, page } = tablet, name = `taken back ${language}`;
    const count = codesOf(site, who).length;
    await tablet.hand('phq-9');
    await tablet.button('kiosk.yes-me').click();
    await tablet.choose('4');
    await tablet.button('kiosk.stop').click();
    await tablet.button('kiosk.stop-forget').click();
    await tablet.button('kiosk.i-work-here').click();
    await page.locator('main input[type=password]').waitFor();
    await tablet.show();
    same(`${name}: nothing was sent`, codesOf(site, who).length, count);
    await tablet.forms();
    await tablet.hand('phq-9');
    await tablet.button('kiosk.yes-me').click();
    same(`${name}: and no answer is on the tablet`, await page.locator('.form-progress').innerText().then((text) => /1/.test(text)), true);
    await tablet.button('kiosk.stop').click();
    await tablet.button('kiosk.stop-forget').click();
}

// Judged when it is given, and never sent: the person sees nothing of it, a page that is loaded anew holds it, and so does what they take back.
async function unsent(tablet, site, who) {
    const { language, page } = tablet, name = `not sent ${language}`, count = codesOf(site, who).length;
    const passOn = async () => {
        for (const key of ['urgent.call-clinician', 'urgent.yes-call-clinician']) await tablet.button(key).click();
        await page.locator('.urgent').waitFor({ state: 'detached' });
    };
    await tablet.button('kiosk.i-work-here').click();
    await page.locator('main input[type=password]').waitFor();
    await tablet.show();
    await tablet.forms();
    await tablet.hand('phq-9');
    await tablet.button('kiosk.yes-me').click();
    for (let i = 0; i < 8; i++) await tablet.choose('1');
    await tablet.type('4');
    await pause(900); // behind the moment in which nobody types on, and its answer
    check(`${name}: the person sees the next question and nothing else`, (await page.locator('.form').isVisible()) && (await page.locator('.urgent, .alarm').count()) === 0);
    await page.reload();
    await page.locator('main input[type=password]').waitFor();
    await tablet.show();
    check(`${name}: whoever unlocks a page that was loaded anew has the alarm`, await appears(page.locator('.urgent')));
    await passOn();
    await tablet.forms();
    await tablet.hand('phq-9');
    await tablet.button('kiosk.yes-me').click();
    await pause(900);
    await tablet.button('kiosk.stop').click();
    await tablet.button('kiosk.stop-forget').click();
    await pause(900);
    await tablet.button('kiosk.i-work-here').click();
    await page.locator('main input[type=password]').waitFor();
    await tablet.show();
    check(`${name}: what was taken back is asked about, not told`, await appears(page.locator('.urgent .alarm', { hasText: tablet.words('alarm.taken-back', '') })));
    await passOn();
    same(`${name}: and nothing is kept`, codesOf(site, who).length, count);
}

async function asking(browser, work) {
    const site = new Site(work);
    site.salve('settings', '--as', 'maria', '--set', 'packages=basic mind');
    for (const id of ['mood', 'tobacco']) site.salve('guideline', 'accept', id, '--as', 'dr-amina');
    await site.start();
    for (const [i, language] of LANGUAGES.entries()) {
        const who = site.enrol(`Amina Haddad ${'AB'[i]}`), isTicked = i === 0;
        if (isTicked) site.salve('consent', 'give', who.card, '--purpose', 'care', '--sensitive', '--read-back', '1', '--as', 'kofi');
        const tablet = await tabletOf(browser, site, language, who);
        await station(tablet, site, who);
        await tablet.page.locator('.form-row').nth(4).waitFor();
        if (isTicked || process.env.ALL === '1') {
            const other = site.enrol(`Leyla Haddad ${'AB'[i]}`), second = await tabletOf(browser, site, language, other);
            await stopped(second, site, other);
            await unsent(second, site, other);
            await second.context.close();
        }
        await alone(tablet, site, who, isTicked);
        await tablet.context.close();
    }
    site.calm('forms');
    same('the server ends clean', await site.stop(), 0);
    check('and the site verifies', /clean/.test(site.salve('verify')));
}
await run([asking]);
