// SPDX-License-Identifier: Apache-2.0
// What ends from elsewhere ends on the screen: a withdrawal by the command line beside the running server, a member who is
// retired or has another role, a tablet that nobody touches. At the latest with the next answer nothing of the
// person is on the page any more; a lock keeps what was typed, and shows nothing.
import { LANGUAGES, SECRET, Site, appears, check, goes, run, said, same, scan } from '../../support/browser.mjs';

const VALUE = '148', LOCK_SECONDS = 30; // the shortest that a site may have
const STAFF = ['dr-amina:clinician', 'kofi:registrar', 'lina:assistant', 'tom:assistant', 'joan:assistant', 'maria:manager'];

async function login(site, page, name) {
    await page.goto(site.origin);
    await page.locator('form input').nth(1).waitFor();
    await page.locator('form input').nth(0).fill(name);
    await page.locator('form input').nth(1).fill(SECRET);
    await page.keyboard.press('Enter');
    await page.locator('.top-who', { hasText: name }).waitFor();
}
const go = (page, path) => page.evaluate((to) => document.querySelector(`nav.stations a[href="${to}"]`).click(), path);
async function open(page, { card, name }) {
    await scan(page, card);
    await page.locator('.person-name', { hasText: name }).waitFor();
}
// Nothing of a person in the page, seen or unseen: no name, no birth date, no number.
async function isEmpty(page, { name }) {
    const text = await page.evaluate(() => [document.documentElement.textContent, document.title, ...[...document.querySelectorAll('input, textarea')].map((box) => box.value)].join('\n'));
    return [name, '1972', VALUE].filter((one) => text.includes(one));
}
async function pageOf(browser, site, language, name, person) {
    const page = await site.page(browser, language, 1024, 768);
    page.on('dialog', (dialog) => dialog.accept());
    await login(site, page, name);
    await open(page, person);
    return page;
}
async function typed(page) {
    await go(page, '/pressure');
    await page.locator('#box-systolic').waitFor();
    await page.locator('#box-systolic').fill(VALUE);
    await page.locator('#box-diastolic').fill('92');
}

async function withdrawn(browser, site, language) {
    const person = site.enrol('Amina Haddad'), name = (what) => `withdrawn, ${language}: ${what}`;
    const station = await pageOf(browser, site, language, 'lina', person), doctor = await pageOf(browser, site, language, 'dr-amina', person);
    await typed(station);
    site.salve('withdraw', person.card, '--born', person.birthDate, '--purpose', 'care', '--yes');
    await station.locator('.pad-save').click();
    check(name('the page of the station is emptied with the answer to its save'), await goes(station.locator('.person')));
    await appears(station.getByText(said(language, 'person.closed-elsewhere')));
    check(name('and says so'), await station.getByText(said(language, 'person.closed-elsewhere')).isVisible());
    same(name('nothing of the person is on it'), await isEmpty(station, person), []);
    await go(doctor, '/results');
    check(name('so is that of a clinician in another browser, at the next answer'), await goes(doctor.locator('.person')));
    same(name('nothing of the person is on that'), await isEmpty(doctor, person), []);
    await scan(station, person.card);
    check(name('the card opens nobody now'), await appears(station.locator('main .note-stop')) && (await station.locator('.person').count()) === 0);
    const kept = site.taken(person).filter(({ code }) => code?.coding?.[0]?.code === '85354-9');
    same(name('what was sent behind it is not in the record'), kept.length, 0);
    // What waits on the tablet for a card that opens nothing is given up by who entered it.
    await station.context().close();
    await doctor.context().close();
}

async function retired(browser, site) {
    const person = site.enrol('Amina Haddad');
    for (const [who, how, ...words] of [['tom', 'a retired member', 'staff', 'retire', 'tom'], ['joan', 'another role', 'staff', 'role', 'joan', 'registrar']]) {
        const page = await pageOf(browser, site, 'en', who, person);
        await typed(page);
        site.salve(...words, '--as', 'maria', '--yes');
        await page.locator('.pad-save').click();
        check(`${how}: the next answer is the log-in`, await appears(page.locator('input[type=password]')));
        same(`${how}: nothing of the person is left`, await isEmpty(page, person), []);
        check(`${how}: nobody is said to work here`, (await page.locator('.top-who').count()) === 0);
        if (who === 'tom') {
            await page.locator('form input').nth(0).fill(who);
            await page.locator('form input').nth(1).fill(SECRET);
            await page.keyboard.press('Enter');
            check('a retired member does not come in again', await appears(page.locator('.note-stop')) && (await page.locator('.top-who').count()) === 0);
        }
        await page.context().close();
    }
}

async function locked(browser, site) {
    const person = site.enrol('Amina Haddad');
    const page = await pageOf(browser, site, 'en', 'lina', person), secret = page.locator('input[type=password]');
    await typed(page);
    check('after the site\'s seconds without a touch it locks', await appears(secret, (LOCK_SECONDS + 10) * 1000));
    const shown = await page.evaluate(() => document.body.innerText);
    same('locked, it shows nothing of the person', [person.name, VALUE, '1972'].filter((one) => shown.includes(one)), []);
    check('no box but that of the secret can be reached', (await page.locator('.box-number').first().isVisible()) === false);
    check('the title names nobody', !(await page.title()).includes(person.name));
    for (let i = 0; i < 6; i++) await scan(page, person.card);
    check('a card that is scanned now is told so, and is no try at the secret', await appears(page.getByText(said('en', 'lock.scan'))) &&
        (await page.locator('main .note-stop').count()) === 0);
    check('it opens nothing', await secret.isVisible() && !(await page.evaluate(() => document.body.innerText)).includes(person.name));
    await secret.fill('135791');
    await page.keyboard.press('Enter');
    check('another secret does not open it', await appears(page.locator('main .note-stop')) && await secret.isVisible());
    await secret.fill(SECRET);
    await page.keyboard.press('Enter');
    check('the secret opens the same screen', await appears(page.locator('#box-systolic')) && page.url().endsWith('/pressure'));
    same('with what was typed', await page.locator('#box-systolic').inputValue(), VALUE);
    check('and the same person', await page.locator('.person-name', { hasText: person.name }).isVisible());
    await page.locator('.pad-save').click();
    check('which can be saved', await appears(page.locator('.saved .state-stored, section.urgent'), 10000));
    await page.context().close();
}

async function ending(browser, work) {
    const site = new Site(work, { staff: STAFF });
    site.salve('settings', '--as', 'maria', '--lock', String(LOCK_SECONDS));
    await site.start();
    const all = async () => {
        for (const language of LANGUAGES) await withdrawn(browser, site, language);
        await retired(browser, site);
    };
    await Promise.all([locked(browser, site), all()]);
    site.calm('ending');
    same('the server ends clean', await site.stop(), 0);
    check('and the site verifies', /clean/.test(site.salve('verify')));
}
await run([ending]);
