// SPDX-License-Identifier: Apache-2.0
// A referral in Chromium over the real server: a clinician refers by a signed result, the slip has a code, the place
// answers with it in another browser that has no account, and the clinician, by ticket and without the card, notes what
// became of it, to its end. The list names nobody; what is in the record afterwards is what was noted.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AXE, holds } from '../../support/web_holds.mjs';
import { BUILD, LANGUAGES, SECRET, Site, appears, check, run, said, same, scan } from '../../support/browser.mjs';

const PLACE = 'Lake Hospital', WORDS = 'Takes tablets now';

class Clinician {
    constructor(site, page, language) { Object.assign(this, { site, page, language }); }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }).first(); }
    text(key) { return this.page.getByText(said(this.language, key)).first(); }
    async sees(what, locator) { return check(`${this.language}: ${what}`, await appears(locator), await this.page.locator('main').innerText().catch(() => '')); }
    async evaluate(expression) {
        const wire = await this.page.context().newCDPSession(this.page);
        await wire.send('Runtime.evaluate', { expression, awaitPromise: true });
        await wire.detach();
    }
    /** What every page is held to; then that nothing is beside it at 320 px and with text of twice the size. With PICTURES also a
     * picture of it. */
    async picture(name) {
        const { page, language } = this, was = page.viewportSize();
        const fits = async (what) => check(`${name} ${language} ${what}: nothing beside the page`,
            await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
        await this.evaluate(`window.axe ? 0 : (${'() => {'}${AXE}${'\n}'})(), 0`);
        await holds(page, `${name} ${language}`, language, check);
        await page.setViewportSize({ width: 320, height: 640 });
        await fits('320 px');
        await page.setViewportSize(was);
        await page.evaluate(() => void (document.documentElement.style.fontSize = '225%'));
        await fits('200 % text');
        await page.evaluate(() => void (document.documentElement.style.fontSize = ''));
        if (!process.env.PICTURES) return;
        mkdirSync(join(BUILD, 'browser'), { recursive: true });
        await this.page.screenshot({ path: join(BUILD, 'browser', `${name}.${this.language}.png`), fullPage: true, animations: 'disabled' });
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
    /** Within the app: a reload would be another page. */
    go(path) { return this.page.evaluate((to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }, path); }
    async close() {
        await this.button('person.close').click();
        await this.page.locator('section.person').waitFor({ state: 'detached' });
        await this.page.waitForFunction(() => location.pathname !== '/refer'); // it leads on by itself
    }
}

function somebody(site, name) {
    const person = site.enrol(name, { gender: 'male', birthDate: '1948-03-14' });
    site.salve('consent', 'give', person.card, '--purpose', 'follow-up', '--read-back', '1', '--as', 'kofi');
    site.salve('measure', person.card, 'bp', '152/96', '150/94', '--as', 'lina', '--yes');
    site.salve('screen', person.card, '--as', 'lina');
    site.salve('sign', person.card, '--as', 'dr-amina', '--yes');
    return person;
}
const tasksOf = (site, person) => site.taken(person).filter(({ resourceType, code }) =>
    resourceType === 'Task' && code.coding[0].code === 'fulfill');

async function refers(it, person) {
    const { page } = it;
    await scan(page, person.card);
    await page.locator('.person-name', { hasText: person.name }).waitFor();
    await page.waitForFunction(() => location.pathname === '/scan'); // it leads there by itself
    await it.go('/refer');
    await it.sees('what the results ask for is there', it.text('refer.requests'));
    check(`${it.language}: nothing was referred yet`, (await page.locator('article.card').count()) === 0);
    await it.picture('refer-new');
    const form = page.locator('form.card').first();
    await form.locator('input').first().fill(PLACE);
    check(`${it.language}: the last day is filled in`, /^\d{4}-\d\d-\d\d$/.test(await form.locator('input[type=date]').inputValue()));
    await form.getByRole('button').click();
    await it.sees('it is referred', it.text('refer.state-sent'));
    await it.sees('with its place', page.locator('article.card', { hasText: PLACE }));
    await it.picture('refer-sent');
}

async function slip(it, person) {
    const { page } = it, sheet = page.locator('.referral-slip');
    await it.button('refer.slip').click();
    await it.sees('the slip is shown', sheet);
    await it.sees('with a picture to point a telephone at', sheet.locator('svg.qr'));
    const words = await sheet.innerText(), code = (await sheet.locator('.code').innerText()).trim();
    check(`${it.language}: the slip says who and where`, words.includes(person.name) && words.includes(PLACE), words);
    check(`${it.language}: of the birth date only the year`, words.includes('1948') && !words.includes('03-14'), words);
    check(`${it.language}: and a code`, /^[0-9A-Z]{8}-[0-9A-Z]{8}-[0-9A-Z]{6}$/.test(code), code);
    await it.picture('refer-slip');
    await page.emulateMedia({ media: 'print' });
    check(`${it.language}: nothing but the slip is printed`, !(await it.button('refer.slip-print').isVisible()) && (await sheet.isVisible()) &&
        !(await page.locator('section.person').isVisible()));
    if (process.env.PICTURES) await page.screenshot({ path: join(BUILD, 'browser', `refer-slip-print.${it.language}.png`), fullPage: true });
    await page.emulateMedia({ media: null });
    await it.button('refer.slip-back').click();
    return code;
}

// Another browser, at the place: no account, no name, one tap.
async function answers(it, browser, code, key) {
    const page = await it.site.page(browser, it.language, 360, 640);
    await page.goto(`${it.site.origin}/reply#${code}`);
    const place = new Clinician(it.site, page, it.language);
    await place.sees('the page of the place', place.button(key));
    const before = await page.locator('body').innerText();
    check(`${it.language}: it says no name and no reason`, !/Haddad|Lake|152/.test(before), before);
    await place.picture('reply');
    await place.button(key).click();
    await place.sees('it is noted', place.text('reply.thanks'));
    await place.picture('reply-noted');
    await page.goto(`${it.site.origin}/reply#${code.slice(0, -6)}000000`);
    await page.reload();
    await place.button(key).click();
    await place.sees('another code says nothing of anybody', place.text('reply.unknown'));
    await page.context().close();
}

async function follows(it, person) {
    const { page } = it;
    await it.close();
    await it.go('/follow');
    await it.sees('the answer stands first', it.text('follow.answered'));
    const list = await page.locator('main').innerText();
    check(`${it.language}: the list names nobody`, !list.includes('Haddad') && !list.includes(PLACE), list);
    await it.picture('follow');
    await page.locator('.list .button-main').first().click();
    await it.sees('the ticket opens its person', page.locator('.person-name', { hasText: person.name }));
    await it.sees('with what the place answered', page.locator('article .note', { hasText: said(it.language, 'reply.said-seen', '') }));
    await page.locator('details summary').first().click();
    await it.sees('and what is not said on the telephone', it.text('refer.call-nobody'));
    await it.picture('refer-answered');
    await it.button('refer.to-seen').click();
    await it.button('refer.note').click();
    await it.sees('it is noted', it.text('refer.state-seen'));
    await it.close();
    await it.go('/follow');
    await it.sees('it is asked later what came of it', it.text('follow.later'));
    await page.locator('.list .button-main').first().click();
    await it.button('refer.to-known').click();
    await page.locator('form.note input').last().fill(WORDS);
    await it.picture('refer-noting');
    await it.button('refer.note').click();
    await it.sees('its end is known', it.text('refer.state-known'));
    await it.picture('refer-known');
    await it.close();
    await it.go('/follow');
    await it.sees('nothing is followed up any more', it.text('follow.none'));
}

// Somebody comes back with their card: the station sees that they were referred, and notes what they tell; it refers nobody.
async function tells(browser, site) {
    const person = somebody(site, 'Nadia Haddad'), it = new Clinician(site, await site.page(browser, 'en', 1024, 768), 'en');
    await it.login('dr-amina');
    await scan(it.page, person.card);
    await it.page.locator('.person-name', { hasText: person.name }).waitFor();
    await it.page.waitForFunction(() => location.pathname === '/scan');
    await it.go('/refer');
    await it.button('refer.make').click();
    await it.sees('it is referred', it.text('refer.state-sent'));
    await it.page.context().close();
    const station = new Clinician(site, await site.page(browser, 'en', 360, 640), 'en');
    await station.login('lina');
    await scan(station.page, person.card);
    await station.page.locator('a[href="/refer"]').click();
    await station.sees('the station sees the referral', station.text('refer.state-sent'));
    check('and refers nobody', (await station.page.locator('form.card').count()) === 0 && !(await station.button('refer.slip').isVisible()));
    await station.picture('refer-station');
    await station.button('refer.to-made').click();
    await station.button('refer.note').click();
    await station.sees('an appointment is noted', station.text('refer.state-made'));
    same('in the name of who noted it', tasksOf(site, person).map((task) => [task.status, task.owner.identifier.value]), [['accepted', 'lina']]);
    await station.page.context().close();
}

async function referral(browser, work) {
    const site = new Site(work), people = LANGUAGES.map((language) => somebody(site, language === 'ar' ? 'Bilal Haddad' : 'Omar Haddad'));
    await site.start();
    for (const [at, language] of LANGUAGES.entries()) {
        const page = await site.page(browser, language, language === 'ar' ? 360 : 1024, 768), it = new Clinician(site, page, language);
        await it.login('dr-amina');
        await refers(it, people[at]);
        const first = await slip(it, people[at]), code = await slip(it, people[at]);
        check(`${language}: each slip has a code of its own`, first !== code);
        await answers(it, browser, code, 'reply.said-seen');
        await follows(it, people[at]);
        await page.context().close();
    }
    for (const person of people) {
        const [task, ...others] = tasksOf(site, person);
        same(`${person.name}: one referral`, others.length, 0);
        same(`${person.name}: as it was noted`, [task.status, task.description, task.note?.[0]?.text, task.owner.identifier.value],
            ['completed', PLACE, WORDS, 'dr-amina']);
    }
    await tells(browser, site);
    // The page of the place is no way past an alarm.
    const woman = site.enrol('Leila Haddad'), it = new Clinician(site, await site.page(browser, 'en', 1024, 768), 'en');
    site.salveStatus([0, 10, 11], 'measure', woman.card, 'bp', '195/121', '196/122', '--as', 'lina', '--yes');
    site.salveStatus([0, 10, 11], 'screen', woman.card, '--as', 'lina');
    await it.login('dr-amina');
    await scan(it.page, woman.card);
    await it.page.locator('section.urgent').waitFor();
    for (const way of [() => it.go('/reply'), () => it.page.goto(`${site.origin}/reply`)]) {
        await way();
        await it.sees('an alarm stands in place of the page of the place', it.page.locator('section.urgent'));
        check('and that page is not there', (await it.page.locator('#slip').count()) === 0);
    }
    await it.page.context().close();
    // Who works at the desk has no such list.
    const desk = new Clinician(site, await site.page(browser, 'en', 1024, 768), 'en');
    await desk.login('kofi');
    check('the desk has no list of it', (await desk.page.locator('.stations a[href="/follow"]').count()) === 0);
    site.calm('referral');
    await site.stop();
}

await run([referral]);
