// SPDX-License-Identifier: Apache-2.0
// A walk through the stations in Chromium, over a running server. Usage: node stations.mjs CHROMIUM ORIGIN CARD... Each check
// prints a line when it fails; lines "keys:" say what a task cost; the last line counts.
import { chromium } from 'playwright-core';
import { AXE, holds, scan } from '../../support/web_holds.mjs';

const [, , executablePath, origin, ...cards] = process.argv;
const KEY_MS = 75; // a finger; a scanner is faster than 60
let passed = 0, failed = 0;
const check = (name, isTrue, more = '') => {
    if (isTrue) passed++;
    else failed++;
    if (!isTrue) console.log(`FAILED ${name} ${more}`);
};

// --- a page that is watched ----------------------------------------------------------------------------------------------
const troubles = [];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
async function pageAs(name, language, width) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, locale: language });
    const page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (line) => line.type() === 'error' && !/status of (401|403|409)/.test(line.text()) && troubles.push(line.text()));
    page.on('request', (request) => request.url().startsWith(origin) || troubles.push(`asked of ${request.url()}`));
    if (process.env.CALLS)
        page.on('response', (answer) => answer.url().includes('/call/') && console.log(name, answer.status(), answer.url().slice(origin.length), (answer.request().postData() ?? '').slice(0, 90)));
    await page.goto(origin);
    await page.locator('form input').first().fill(name);
    await page.locator('input[type=password]').fill('246802');
    await page.keyboard.press('Enter');
    await page.locator('.stations').waitFor();
    return page;
}
// axe comes in by the debugger, which the page's policy does not bind.
const looks = async (page, name, language) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: AXE });
    await holds(page, `${name} ${language}`, language, check);
};
// Who is open is closed first; on a busy machine the page may not listen yet when the first scan comes.
const open = async (page, code) => {
    if ((await page.locator('.person').count()) > 0) await page.locator('.person button').last().click();
    await page.locator('.person').waitFor({ state: 'detached' });
    for (let i = 0; i < 5 && (await page.locator('.person-name').count()) === 0; i++) {
        await scan(page, code);
        await page.locator('.person-name').waitFor({ timeout: 4000 }).catch(() => undefined);
    }
    await page.locator('.person-name').waitFor();
};
let pressed = 0;
const type = async (page, keys) => {
    for (const key of keys) {
        await page.keyboard.press(key);
        await page.waitForTimeout(KEY_MS);
        pressed++;
    }
};
// By its link, which a narrow screen may keep behind a button.
const go = (page, path) => page.evaluate((to) => document.querySelector(`nav.stations a[href="${to}"]`).click(), path);
const stored = (page) => page.locator('.saved .state-stored').waitFor().then(() => true, () => false);
const readings = (page, count) => page.waitForFunction((n) => document.querySelectorAll('.taken li').length === n, count).then(() => true, () => false);
const isHeld = async (page) => (await page.locator('.urgent').count()) === 1;

// --- the stations --------------------------------------------------------------------------------------------------------
async function pressure(page, language) {
    await go(page, '/pressure');
    await page.locator('.box-number').first().waitFor();
    await looks(page, 'pressure', language);
    pressed = 0;
    await type(page, ['1', '4', '8', '9', '2', 'Enter']);
    check('the first reading is stored', (await stored(page)) && (await readings(page, 1)));
    check('a second one is asked for, after a rest', (await page.locator('.rest').count()) === 1);
    await type(page, ['1', '4', '6', '9', '0', 'Enter']);
    check('two readings are enough', await page.locator('.next button').first().waitFor().then(() => true, () => false));
    const others = pressed - 10;
    console.log(`keys: two pressures, ${pressed} in all, ${others} beside the 10 digits`);
    check('two pressures cost at most 9 keys beside their digits', others <= 9, `${others}`);
    await type(page, ['2', '1', '2', '9', '8', 'Enter']);
    await page.locator('.ask .both').waitFor();
    await looks(page, 'a number that is asked about', language);
    const boxes = await page.locator('.ask .both button').evaluateAll((all) => all.map((one) => [one.offsetWidth, one.offsetHeight].join()));
    check('both answers are of one size, and none is chosen', boxes.length === 2 && boxes[0] === boxes[1] &&
        (await page.evaluate(() => !document.activeElement?.matches('button'))), boxes.join(' '));
    await page.locator('.ask .both button').nth(1).click();
    check('"enter again" keeps what was typed', (await page.locator('.box-number').nth(1).inputValue()) === '98');
}

// A number that is gone back to is taken whole by one Backspace.
async function empty(page) {
    for (const at of [2, 1, 0]) {
        await page.locator('.box-number').nth(at).click();
        for (let i = 0; i < 3; i++) await page.keyboard.press('Backspace');
    }
}

async function refused(page, language) {
    await page.waitForTimeout(500); // what was typed, and what is no more, is written
    await page.reload();
    await page.locator('.box-number').first().waitFor();
    check('what was typed survives a reload', await page.waitForFunction(() => document.querySelectorAll('.box-number')[1]?.value === '98').then(() => true, () => false));
    await empty(page);
    await type(page, ['3', '9']);
    await type(page, ['3', '8', 'Enter']);
    await page.locator('.ask[role=alert]').waitFor();
    await looks(page, 'a number that cannot be right', language);
    check('nothing of it is kept', await readings(page, 2));
    await page.locator('.ask button').click();
    check('and nothing typed is lost', (await page.locator('.box-number').nth(1).inputValue()) === '38');
    await empty(page);
}

async function body(page, language) {
    await go(page, '/body');
    await page.locator('.box-number').nth(2).waitFor();
    await type(page, ['1', '6', '1', 'Enter', '8', '0', '.', '5', 'Enter', 'Enter']);
    check('height and weight are stored, the waist left out', await stored(page));
    await page.getByText('31.1').waitFor();
    await looks(page, 'body', language);
}

async function questions(page, language) {
    await go(page, '/questions');
    await page.locator('.question').first().waitFor();
    check('nothing is chosen for anybody', (await page.locator('.question [aria-pressed=true]').count()) === 0);
    await looks(page, 'questions', language);
    for (const fact of await page.locator('.question-fact').all()) {
        await fact.locator('button').nth(1).click();
        await page.waitForTimeout(200);
    }
    await page.locator('.wide').click();
    check('"none of these" is stored', await stored(page));
    check('what was asked is asked no more', await page.waitForFunction(() => document.querySelectorAll('.question-not-asked').length === 0).then(() => true, () => false));
}

// --- the alarm -----------------------------------------------------------------------------------------------------------
async function alarm(page, language, other) {
    await go(page, '/pressure');
    await page.locator('.box-number').first().waitFor();
    await type(page, ['1', '8', '2', '1', '1', '2', 'Enter']);
    await page.locator('.urgent').waitFor();
    await looks(page, 'alarm', language);
    await page.goBack().catch(() => undefined);
    check('Back leaves no alarm', await isHeld(page));
    await page.keyboard.press('Escape');
    check('Esc neither', await isHeld(page));
    await scan(page, other);
    await page.waitForTimeout(300);
    check('another card neither, and says so', (await isHeld(page)) && (await page.locator('.urgent [role=alert]').count()) > 0);
    check('nobody can log out of it', (await page.locator('.top-rest button').allTextContents()).every((text) => !/Log out|تسجيل الخروج/.test(text)));
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    check('it is there again after a reload', await page.locator('.urgent').waitFor().then(() => true, () => false));
    for (let i = 0; i < 3 && (await page.locator('.question-fact').count()) > 0; i++) {
        const left = await page.locator('.question').count();
        await page.locator('.question-fact button').nth(1).click();
        await page.waitForFunction((n) => document.querySelectorAll('.question').length < n, left).catch(() => undefined);
    }
    check('an answer lowers what rested on it', (await page.locator('.urgency-emergency-now').count()) === 0);
    await page.locator('.urgent .wide').click();
    check('what was asked for is answered', await page.waitForFunction(() => document.querySelectorAll('.question').length === 0).then(() => true, () => false));
    check('and the alarm stands', await isHeld(page));
    check('"told" needs to say how', await page.locator('.outcome .button-main').first().isDisabled());
    await page.locator('fieldset button').first().click();
    await page.locator('textarea').fill('Sees the doctor now');
    await page.locator('.outcome .button-main').first().click();
    check('told ends it', await page.waitForFunction(() => document.querySelector('.urgent') === null).then(() => true, () => false));
}

async function notTold(page) {
    await go(page, '/pressure');
    await page.locator('.box-number').first().waitFor();
    await type(page, ['1', '8', '4', '1', '1', '4', 'Enter']);
    await page.locator('.urgent').waitFor();
    const left = page.locator('.outcome').nth(1).locator('button');
    await left.nth(1).click();
    await left.first().click();
    check('"the person left" ends it too', await page.waitForFunction(() => document.querySelector('.urgent') === null).then(() => true, () => false));
    check('and the alarm can be taken up again', await page.locator('main button').first().waitFor().then(() => true, () => false));
}

// --- the clinician -------------------------------------------------------------------------------------------------------
async function clinician(card, language, width) {
    const page = await pageAs('dr-amina', language, width);
    await open(page, card);
    await go(page, '/results');
    await page.locator('.finding').first().waitFor();
    await page.locator('.why > summary').first().click();
    await looks(page, 'results', language);
    check('a number line has its table', (await page.locator('.scale table').count()) > 0);
    check('why names rule and values', (await page.locator('.why[open] table tr').count()) > 0);
    await page.locator('.finding button').last().click();
    check('what is left out needs a reason', await page.locator('.results .button-main').last().isDisabled());
    await page.locator('.finding input').fill('Not asked about');
    await page.locator('.results .button-main').last().click();
    check('the rest is signed', await page.locator('a[href="/letter-page"].button').waitFor().then(() => true, () => false));
    await page.goto(`${origin}/urgent`);
    await page.locator('.both button').first().waitFor();
    await looks(page, 'closing', language);
    await page.locator('.both button').first().click();
    await page.locator('.finding').first().waitFor();
    await go(page, '/letter-page');
    await page.locator(`.both button[lang=${language}]`).click();
    const link = page.locator('main a[href^="/letter/"]').first();
    await link.waitFor();
    await looks(page, 'letter', language);
    const [letter] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await letter.waitForLoadState();
    check('the letter opens, in its language', (await letter.evaluate(() => document.documentElement.lang)) === language);
    await page.context().close();
}

async function walk(language, width, [first, second, third]) {
    const page = await pageAs('lina', language, width);
    await open(page, first);
    await questions(page, language);
    await pressure(page, language);
    await refused(page, language);
    await body(page, language);
    await open(page, second);
    await alarm(page, language, third);
    await open(page, third);
    await notTold(page);
    await page.context().close();
    await clinician(second, language, width);
}

try {
    await walk('en', 1280, cards.slice(0, 3));
    await walk('ar', 320, cards.slice(3, 6));
} catch (error) {
    check('the walk goes through', false, error.stack);
    for (const context of browser.contexts())
        for (const page of context.pages()) console.log(page.url(), await page.locator('body').innerText().catch(() => ''));
}
check('no error, nothing asked of anybody else', troubles.length === 0, [...new Set(troubles)].join('\n  '));
await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
