// SPDX-License-Identifier: Apache-2.0
// What is done at a desk, in Chromium over the real server. Forms and rules: a clinician looks at what lies here, accepts it, and
// it is in force; a manager sees the same and accepts nothing; by keyboard alone. Results out of a file: checked, row after row,
// stopped, gone on with, given again; an alarm in a row has its ticket, or stops everything. In each language.
import { readFileSync } from 'node:fs';
import { LANGUAGES, SECRET, Site, appears, check, goes, run, said, same } from '../../support/browser.mjs';

async function login(site, page, name) {
    await page.goto(site.origin);
    await page.locator('form input').nth(1).waitFor();
    await page.locator('form input').nth(0).fill(name);
    await page.locator('form input').nth(1).fill(SECRET);
    await page.keyboard.press('Enter');
    await page.locator('.top-who').waitFor();
}
// Tab until it has the focus: whatever is not reached so does not exist for a keyboard.
async function press(page, locator) {
    await locator.first().waitFor();
    for (let i = 0; i < 200; i++) {
        if (await locator.first().evaluate((element) => element === document.activeElement)) return page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
    }
    throw new Error(`no Tab leads to ${locator}`);
}
const inForce = (site, id) => JSON.parse(site.salve('guideline', 'list', '--json')).find((one) => one.id === id);

async function accept(browser, site, language, id) {
    const page = await site.page(browser, language, 1024, 768), name = (what) => `${language}: ${what}`;
    const button = (key) => page.getByRole('button', { name: said(language, key) }), row = page.locator('.list tbody tr', { hasText: id });
    await login(site, page, 'dr-amina');
    await press(page, page.locator('.top-who a'));
    await press(page, page.locator('main a[href="/rules"]'));
    check(name('it is not accepted yet'), await appears(row.getByText(said(language, 'rules.state-new'))));
    await press(page, row.getByRole('button'));
    await page.locator('#rules-accept').waitFor();
    check(name('its cases passed'), (await page.locator('section:has(#rules-cases) .check-good').count()) === 1);
    await press(page, page.locator('details', { hasText: 'logic.cql' }).locator('summary'));
    check(name('its logic is shown, all of it new'), (await page.locator('details[open] ins').count()) > 20);
    await press(page, button('rules.accept-ask'));
    check(name('one press accepts nothing'), inForce(site, id).accepted === false);
    await press(page, button('rules.accept-yes'));
    check(name('it is in force'), await appears(row.getByText(said(language, 'rules.state-in-force'))));
    const now = inForce(site, id);
    same(name('by who pressed'), [now.accepted, now.acceptedBy, now.inForce], [true, 'dr-amina', now.version]);
    await page.context().close();
}

// --- results out of a file ------------------------------------------------------------------------------------------------
const HEAD = 'card;sample_time;test;result;unit;status;result_id', NOWHERE = 'KG36-69AW-W2BF-4P7E-B4J0';
const WHEN = (() => { const now = new Date(Date.now() - 7200e3); return `${String(now.getUTCDate()).padStart(2, '0')}.${String(now.getUTCMonth() + 1).padStart(2, '0')}.${now.getUTCFullYear()} ${String(now.getUTCHours()).padStart(2, '0')}:00`; })();

// Rows of four people: usual ones, an unlikely one, an urgent one; of nobody an urgent one; and one with a test that nobody knows.
function rowsOf(people, seed) {
    const row = (who, test, result, unit, id) => `${who.card};${WHEN};${test};${result};${unit};F;${seed}-${id}`;
    const usual = Array.from({ length: 24 }, (_, i) => row(people[i % 3], 'creatinine', `0,${70 + i}`, 'mg/dl', i));
    return [...usual, row(people[0], 'magic', '1', 'mg/dl', 90), row(people[1], 'cholesterol', '900', 'mg/dl', 91),
        row(people[3], 'potassium', '6,8', 'mmol/l', 92), row({ card: NOWHERE }, 'potassium', '6,9', 'mmol/l', 93), row(people[2], 'HDL', '52', 'mg/dl', 94)];
}
const results = (site, person) => site.taken(person).filter(({ resourceType, identifier }) => resourceType === 'Observation' && identifier?.length > 0)
    .map(({ code, valueQuantity }) => `${code.coding[0].code} ${valueQuantity.value}`).sort();

async function file(browser, site, language, people) {
    const page = await site.page(browser, language, 1024, 768), name = (what) => `${language}: ${what}`;
    const button = (key) => page.getByRole('button', { name: said(language, key) }), rows = rowsOf(people, language);
    const choose = async () => {
        await page.locator('select').selectOption('laboratory');
        await page.locator('input[type=file]').setInputFiles({ name: 'results.csv', mimeType: 'text/csv', buffer: Buffer.from(`${HEAD}\n${rows.join('\n')}\n`) });
        await button('import.check').click();
        await page.locator('#import-checked').waitFor();
    };
    await login(site, page, 'lina');
    await page.locator('.top-who a').click();
    await page.locator('main a[href="/import"]').click();
    await choose();
    const wrong = await page.locator('section:has(#import-checked) li').allInnerTexts();
    check(name('the check names the lines of an unknown test and of a mistyped key, and nothing of the rows'),
        wrong.length === 2 && /\b26\b/.test(wrong[0]) && /\b29\b/.test(wrong[1]) && !wrong.join().includes('magic') && !wrong.join().includes(NOWHERE), wrong.join());
    await button('import.start').click();
    await button('import.pause').click();
    const goOn = button('import.go-on');
    if (await appears(goOn, 2000)) await goOn.click();
    check(name('an alarm that is in no list stops it'), await appears(button('import.seen'), 20000), await page.locator('main').innerText());
    check(name('and it does not go on'), await button('import.go-on').isDisabled());
    const urgent = page.locator('section:has(#import-urgent) li');
    same(name('two rows are urgent'), await urgent.count(), 2);
    check(name('one has a ticket'), /[0-9A-Z]{3}-[0-9A-Z]{3}/.test(await urgent.nth(0).innerText()));
    check(name('nobody is named'), !people.some(((text) => (one) => text.includes(one.name))(await page.locator('main').innerText())));
    await button('import.seen').click();
    await button('import.go-on').click();
    check(name('all rows were looked at'), await appears(page.locator('#import-going', { hasText: said(language, 'import.step-done') })));
    for (let left = await button('import.sure').count(); left > 0; left--) {
        await button('import.sure').first().click();
        await page.waitForFunction((n) => document.querySelectorAll('[aria-labelledby=import-doubts] button').length < n, left);
    }
    check(name('what somebody is sure of is no doubt any more'), await goes(page.locator('#import-doubts')));
    const [saved] = await Promise.all([page.waitForEvent('download'), button('import.save-refused').click()]);
    const kept = readFileSync(await saved.path(), 'utf8').trim().split('\n');
    same(name('the rows that were not taken are saved as they stood'), kept, [HEAD, rows[24], rows[27]]);
    await button('import.other').click();
    await choose();
    await button('import.start').click();
    await button('import.seen').click({ timeout: 20000 });
    await button('import.go-on').click();
    await page.locator('#import-going', { hasText: said(language, 'import.step-done') }).waitFor();
    check(name('the same file again keeps nothing twice'), /\b0\b/.test((await page.locator('section:has(#import-going) [role=status]').innerText()).split(':')[1] ?? ''));
    await page.context().close();
}
const numbersOf = (rows, who, code, test) => rows.filter((row) => row.startsWith(`${who.card};`) && row.includes(`;${test};`))
    .map((row) => `${code} ${Number(row.split(';')[3].replace(',', '.'))}`);

async function office(browser, work) {
    const site = new Site(work), people = ['Amina Haddad', 'Leila Mansour', 'Sara Khoury', 'Nour Aziz'].map((one) => site.enrol(one));
    await site.start();
    for (const language of LANGUAGES) {
        await file(browser, site, language, people);
        const rows = rowsOf(people, language), mine = rowsOf(people, LANGUAGES[0]);
        const all = language === LANGUAGES[0] ? rows : [...mine, ...rows];
        same(`${language}: the record has each row once`, results(site, people[0]), numbersOf(all, people[0], '2160-0', 'creatinine').sort());
    }
    for (const [at, language] of LANGUAGES.entries()) await accept(browser, site, language, ['bone', 'kidney'][at]);
    const page = await site.page(browser, 'en', 1024, 768);
    await login(site, page, 'maria');
    await press(page, page.locator('.stations a[href="/rules"]'));
    await press(page, page.locator('.list tbody tr', { hasText: 'vision' }).getByRole('button'));
    await page.locator('#rules-cases').waitFor();
    check('a manager looks and is offered no acceptance', (await page.locator('#rules-accept').count()) === 0);
    site.calm('office');
    same('the server ends clean', await site.stop(), 0);
    check('and the site verifies', /clean/.test(site.salve('verify')));
}
await run([office]);
