// SPDX-License-Identifier: Apache-2.0
// Forms and rules in Chromium over the real server: a clinician looks at what lies here, accepts it, and it is in force; a
// manager sees the same and accepts nothing. By keyboard alone, in each language.
import { LANGUAGES, SECRET, Site, appears, check, run, said, same } from '../../support/browser.mjs';

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
    await press(page, page.locator('.stations a[href="/rules"]'));
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

async function rules(browser, work) {
    const site = new Site(work);
    await site.start();
    for (const [at, language] of LANGUAGES.entries()) await accept(browser, site, language, ['bone', 'kidney'][at]);
    const page = await site.page(browser, 'en', 1024, 768);
    await login(site, page, 'maria');
    await press(page, page.locator('.stations a[href="/rules"]'));
    await press(page, page.locator('.list tbody tr', { hasText: 'vision' }).getByRole('button'));
    await page.locator('#rules-cases').waitFor();
    check('a manager looks and is offered no acceptance', (await page.locator('#rules-accept').count()) === 0);
    site.calm('rules');
    same('the server ends clean', await site.stop(), 0);
    check('and the site verifies', /clean/.test(site.salve('verify')));
}
await run([rules]);
