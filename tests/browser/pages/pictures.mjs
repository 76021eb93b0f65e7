// SPDX-License-Identifier: Apache-2.0
// Pictures of every screen and of every page that the browser prints, for somebody who looks at them: in each language, at 360x640,
// 768x1024, 1024x768 and 1280x800. It is no test and holds nothing; looks.mjs and its neighbours do.
//
//     tools/node tests/browser/pages/pictures.mjs [PART...]     ONLY=ar: one language; pictures in build/browser/pictures
//
// NAME.LANGUAGE.WIDTH.png is what is seen without scrolling, NAME.LANGUAGE.all.png the whole page at 768 px, *.pdf what is printed.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, LANGUAGES, SECRET, Site, run, said, scan } from '../../support/browser.mjs';

const FOLDER = join(BUILD, 'browser', 'pictures'), SIZES = [[360, 640], [768, 1024], [1024, 768], [1280, 800]];
const STAFF = ['dr-amina:clinician', 'kofi:registrar', 'lina:assistant', 'maria:manager', 'noor:auditor', 'theo:technician'];
const GUIDELINES = readdirSync('guidelines').filter((id) => id !== 'lib' && existsSync(join('guidelines', id, 'guideline.json')));

class Walk {
    constructor(site, browser, language) { Object.assign(this, { site, browser, language }); }
    said(key, start) { return said(this.language, key, start); }
    button(key) { return this.page.getByRole('button', { name: this.said(key) }).first(); }
    text(key) { return this.page.getByText(this.said(key)).first(); }
    /** Within the app: a reload would be another page. */
    async go(path) {
        await this.page.evaluate((to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }, path);
        await this.page.locator('h1').first().waitFor();
        await this.settle();
    }
    async settle() {
        await this.page.waitForLoadState('networkidle').catch(() => undefined);
        await this.page.evaluate(() => document.fonts.ready.then(() => new Promise((over) => requestAnimationFrame(() => requestAnimationFrame(over)))));
    }
    async at(name) {
        const { page, language } = this, file = (end) => join(FOLDER, `${name}.${language}.${end}`);
        await this.settle();
        for (const [width, height] of SIZES) {
            await page.setViewportSize({ width, height });
            await page.screenshot({ path: file(`${width}.png`), animations: 'disabled' });
            if (width === 768) await page.screenshot({ path: file('all.png'), fullPage: true, animations: 'disabled' });
        }
        await page.setViewportSize({ width: 1024, height: 768 });
    }
    async prints(name, page = this.page) {
        writeFileSync(join(FOLDER, `${name}.${this.language}.pdf`), await page.pdf({ preferCSSPageSize: true }));
    }
    /** A part that fails leaves the others their pictures. */
    async tries(name, part) {
        try { await part(); } catch (error) {
            console.log(`${this.language} ${name}: ${String(error.stack).slice(0, 900)}`);
            await this.page.screenshot({ path: join(FOLDER, `failed-${name}.${this.language}.png`), fullPage: true }).catch(() => undefined);
        }
    }
    async as(name) {
        await this.page?.context().close();
        this.page = await this.site.page(this.browser, this.language, 1024, 768);
        await this.page.addInitScript(() => { globalThis.print = () => undefined; });
        this.page.on('dialog', (dialog) => dialog.accept());
        this.page.setDefaultTimeout(8000);
        await this.page.goto(this.site.origin);
        const boxes = this.page.locator('form input');
        await boxes.nth(1).waitFor();
        if (!name) return;
        await boxes.nth(0).fill(name);
        await boxes.nth(1).fill(SECRET);
        await this.page.keyboard.press('Enter');
        await this.page.locator('.top-who').waitFor();
        await this.settle();
    }
    async opens({ card, name }) {
        await scan(this.page, card);
        await this.page.locator('.person-name', { hasText: name }).waitFor();
        await this.settle();
    }
    async numbers(texts) {
        for (const [at, text] of texts.entries()) {
            await this.page.locator('.box-number').nth(at).click();
            await this.page.locator('.box-number').nth(at).fill(text);
        }
        await this.page.locator('.pad-save').click();
    }
}

// --- the desk --------------------------------------------------------------------------------------------------------------
async function desk(walk) {
    const { page } = walk, box = (at) => page.locator('form:has(.born) input').nth(at);
    await walk.at('scan-desk');
    await walk.go('/new-person');
    await walk.at('enrol');
    await page.locator('form:has(.born) .button-main').click();
    await walk.at('enrol-missing');
    for (const [at, text] of ['Amina', 'Haddad', '14', '3', '1972'].entries()) await box(at).fill(text);
    await walk.button('enrol.sex-female').click();
    await page.locator('form:has(.born) .button-main').click();
    await page.locator('.slip-code').waitFor();
    await walk.at('card');
    await walk.prints('card');
    await walk.button('slip.print').click();
    await walk.button('slip.given').click();
    await walk.button('consent.no').waitFor();
    await walk.at('consent-ask');
    await walk.button('consent.yes').click();
    await walk.at('consent-apart');
    await walk.button('consent.yes').click();
    await page.locator('.question').first().waitFor();
    await walk.at('consent-back');
    for (let i = 0, rows = await page.locator('.question').count(); i < rows; i++) await page.locator('.question').nth(i).locator('.both button').nth(1).click();
    await walk.button('consent.again-on').waitFor();
    await walk.at('consent-again');
    await walk.button('consent.again-on').click();
    await page.locator('.question').first().waitFor();
    for (let i = 0, rows = await page.locator('.question').count(); i < rows; i++) await page.locator('.question').nth(i).locator('.both button').first().click();
    await walk.button('consent.note-card').waitFor();
    await walk.at('consent-say');
    await walk.button('consent.note-card').click();
    await walk.button('consent.no').waitFor();
    await walk.at('consent-next');
    await walk.button('consent.no').click();
    await walk.settle();
    await page.locator('main section button').last().click().catch(() => undefined);
    if (await walk.button('consent.stop').count()) await walk.button('consent.stop').click();
    await walk.settle();
    for (let i = 0; i < 4 && (await walk.button('consent.go-on').count()) === 0; i++) { await walk.button('consent.no').click(); await walk.settle(); }
    await walk.at('consent-list');
    await walk.prints('consent-copy');
    await walk.button('consent.go-on').click();
    await page.locator('.person-name').waitFor();
    await walk.at('scan-open-desk');
    await walk.button('queue.check-in').click();
    await page.locator('.queue-number').waitFor();
    await walk.at('checked-in');
    await walk.go('/today');
    await walk.at('today-desk');
    await walk.go('/inbox');
    await walk.at('inbox-desk');
    await walk.go('/choices');
    await walk.button('consent.take-back').click();
    await walk.at('consent-take');
    await walk.button('consent.take-yes').click();
    await page.locator('.receipt').waitFor();
    await walk.at('receipt');
    await walk.prints('receipt');
    await walk.button('consent.done').click();
    await walk.settle();
    await walk.go('/new-card');
    await walk.at('newcard');
}
async function child(walk) {
    const { page } = walk;
    await walk.go('/new-person');
    await page.locator('form .born').waitFor();
    for (const [at, text] of ['Sam', 'Okoro', '2', '5', String(new Date().getFullYear() - 10)].entries()) await page.locator('form:has(.born) input').nth(at).fill(text);
    await walk.button('enrol.sex-male').click();
    await page.locator('form:has(.born) .button-main').click();
    await walk.button('slip.written').click();
    await walk.button('consent.guardian-here').waitFor();
    await walk.at('consent-who');
    await walk.button('consent.guardian-here').click();
    await walk.settle();
    await walk.button('consent.yes').click();
    await walk.button('consent.child-no').waitFor();
    await walk.at('consent-child');
}
async function paper(walk) {
    const { page } = walk, box = (key) => page.getByLabel(walk.said(key)).first();
    await walk.go('/nothing-kept');
    await page.locator('.boxes').waitFor();
    await walk.at('paper');
    await box('enrol.given').fill('Nia');
    await box('enrol.year').fill('1970');
    await walk.button('enrol.sex-female').click();
    for (const fact of await page.locator('.question-fact').all()) await fact.locator('button').nth(1).click();
    await walk.button('paper.none').click();
    await box('paper.bp-first').fill('128/82');
    await box('paper.bp-second').fill('126/80');
    await walk.button('paper.judge').click();
    await page.locator('.finding').first().waitFor();
    await walk.at('paper-judged');
    await page.locator('section[aria-label] .both button[lang]').first().click();
    await page.locator('a[href^="/letter/"]').first().waitFor();
    await walk.at('paper-letter');
    await box('paper.bp-second').fill('232/141');
    await walk.button('paper.judge').click();
    await page.locator('section.urgent').waitFor();
    await walk.at('paper-alarm');
    await walk.button('paper.told').click();
}

// --- stations --------------------------------------------------------------------------------------------------------------
async function stations(walk, { amina, leila }) {
    const { page } = walk;
    await walk.at('scan');
    await scan(page, 'KG36-69AW-W2BF-4P7E-B4J0');
    await page.locator('main .note').waitFor();
    await walk.at('scan-wrong');
    await walk.opens(amina);
    await walk.button('queue.check-in').click();
    await page.locator('.queue-number').waitFor();
    await walk.at('scan-open');
    await walk.go('/questions');
    await walk.at('questions');
    await walk.button('danger.female').click();
    await page.locator('.saved .state-stored').waitFor();
    for (const question of await page.locator('.question-fact').all()) {
        const no = question.getByRole('button', { name: walk.said('questions.no') });
        if (await no.count()) await no.click();
    }
    await walk.button('danger.none').click();
    await walk.text('danger.all').waitFor();
    await walk.at('questions-stored');
    await walk.go('/pressure');
    await page.locator('#box-systolic').waitFor();
    await walk.at('pressure');
    await walk.numbers(['265', '121']);
    await walk.button('measure.right').waitFor();
    await walk.at('pressure-asked');
    await walk.button('measure.again').click();
    await walk.numbers(['330', '92']);
    await walk.button('measure.again').waitFor();
    await walk.at('pressure-refused');
    await walk.button('measure.again').click();
    await page.context().setOffline(true);
    await walk.numbers(['148', '92', '72']);
    await walk.text('measure.not-judged').waitFor();
    await walk.at('pressure-away');
    await walk.go('/waiting');
    await walk.at('waiting');
    await page.context().setOffline(false);
    await walk.text('waiting.none').waitFor({ timeout: 30000 });
    await walk.at('waiting-none');
    await walk.go('/pressure');
    await page.locator('.rest').waitFor();
    await walk.at('pressure-second');
    await walk.go('/body');
    await page.locator('#box-height').waitFor();
    await walk.numbers(['168', '82.5', '96']);
    await page.locator('.saved .state-stored').waitFor();
    await walk.at('body');
    await walk.go('/vision');
    await walk.at('vision');
    await walk.go('/hearing');
    await walk.at('hearing');
    await page.locator('input[name="hearing-screening-passed"][value="no"]').click();
    await walk.button('hearing.tones').click();
    await walk.at('hearing-tones');
    await walk.go('/samples');
    await walk.at('samples');
    await page.locator('.ticks input').nth(0).click();
    await page.locator('.ticks input').nth(1).click();
    await walk.button('samples.make').click();
    await page.locator('.label').first().waitFor();
    await walk.at('samples-labels');
    await walk.prints('labels');
    await page.locator('input[name="samples-test"][value="glucose"]').click();
    await walk.settle();
    await walk.at('samples-rapid');
    await walk.go('/results');
    await walk.at('results-station');
    await walk.go('/exit');
    await walk.at('exit');
    await page.locator('.exit-missing').getByRole('button', { name: walk.said('queue.not-today-item') }).first().click();
    await walk.at('exit-why');
    await walk.go('/today');
    await walk.at('today');
    await walk.go('/urgent');
    await walk.at('urgent-none');
    await scan(page, leila.card);
    if (await walk.button('unsaved.next').waitFor({ timeout: 3000 }).then(() => true, () => false)) await walk.at('unsaved').then(() => walk.button('unsaved.next').click());
    await page.locator('.person-name', { hasText: leila.name }).waitFor();
    await walk.settle();
    await walk.go('/pressure');
    await page.locator('#box-systolic').waitFor();
    await walk.numbers(['195', '121']);
    await walk.button('measure.right').click();
    await page.locator('section.urgent').waitFor();
    await walk.at('urgent');
    await walk.button('urgent.left').click();
    await walk.at('urgent-sure');
    await walk.button('top.lock').click();
    await walk.text('lock.urgent').waitFor();
    await walk.at('lock');
    await page.locator('main input').first().fill(SECRET);
    await page.keyboard.press('Enter');
    await walk.settle();
    if (await walk.button('urgent.no-back').count()) await walk.button('urgent.no-back').click();
    await walk.button('urgent.call-clinician').click();
    await walk.button('urgent.yes-call-clinician').click();
    await walk.text('urgent.untold').waitFor();
    await walk.at('urgent-untold');
    await walk.go('/account');
    await walk.at('account');
    await walk.go('/import');
    await walk.at('import');
}
async function forms(walk, { nadia }) {
    const { page } = walk;
    await walk.opens(nadia);
    await walk.go('/forms');
    await page.locator('.form-row').nth(3).waitFor();
    await walk.at('forms');
    await page.locator('.form-row').nth(0).locator('button').first().click();
    await page.locator('.form').waitFor();
    await walk.at('form-station');
    await walk.go('/scan');
    await walk.go('/forms');
    await page.locator('.form-row').nth(3).waitFor();
    const { title } = JSON.parse(walk.site.salve('form', 'show', 'forms/questionnaires/phq-9.json', '--lang', walk.language));
    await page.locator('.form-row', { hasText: title }).locator('button').nth(1).click();
    await walk.button('kiosk.hand-now').waitFor();
    await walk.at('kiosk-hand');
    await walk.button('kiosk.hand-now').click();
    await walk.button('kiosk.yes-me').waitFor();
    await walk.at('kiosk-greeting');
    await walk.button('kiosk.yes-me').click();
    await page.locator('.form').waitFor();
    await walk.at('kiosk-one');
    for (let i = 0; i < 9; i++) {
        await page.waitForTimeout(150);
        await page.locator('[data-choice]').nth(i === 8 ? 2 : 1).click();
        await page.waitForTimeout(150);
        if (i === 2) await walk.at('kiosk-chosen');
        await page.locator('.form-buttons .button-main').click();
    }
    await walk.settle();
    await page.locator('.form-buttons button').nth(1).click({ timeout: 2000 }).catch(() => undefined);
    await walk.button('kiosk.send').waitFor();
    await walk.at('kiosk-end');
    await page.getByRole('button', { name: walk.said('kiosk.stop') }).first().click();
    await walk.at('kiosk-stop');
    await walk.button('kiosk.stop-go-on').click();
    await page.keyboard.press('Escape');
    await walk.at('kiosk-shade');
    await walk.button('kiosk.show').click();
    for (let i = 0; i < 4 && (await walk.button('kiosk.send').count()) === 0; i++) await page.locator('.form-buttons .button-main').click();
    await walk.button('kiosk.send').click();
    await page.locator('h1', { hasText: walk.said('kiosk.thanks', '') }).waitFor();
    await walk.at('kiosk-thanks');
    await walk.button('kiosk.i-work-here').click();
    await page.locator('main input[type=password]').fill(SECRET);
    await page.keyboard.press('Enter');
    await page.locator('.urgent').waitFor();
    await walk.at('urgent-mood');
    for (const key of ['urgent.call-clinician', 'urgent.yes-call-clinician']) await walk.button(key).click();
    await walk.settle();
    await walk.at('unkept');
}

// --- the clinician ---------------------------------------------------------------------------------------------------------
async function clinician(walk, { amina, omar }) {
    const { page } = walk;
    await walk.go('/inbox');
    await walk.at('inbox');
    await walk.opens(amina);
    await walk.go('/results');
    await page.locator('article.finding').first().waitFor();
    await walk.at('results');
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
    await walk.button('results.leave').click();
    await walk.at('results-why');
    await walk.button('results.take').click();
    await walk.button('results.sign-all').click();
    await walk.text('results.signed').waitFor();
    await walk.at('results-signed');
    await walk.go('/letter-page');
    await walk.at('letter');
    await page.locator(`main button[lang="${walk.language}"]`).click();
    await walk.text('letter.made').waitFor();
    await walk.at('letter-made');
    const [shown] = await Promise.all([page.context().waitForEvent('page'), page.locator('main a[target=_blank]').first().click()]);
    await shown.locator('body').waitFor();
    for (const width of [360, 768]) {
        await shown.setViewportSize({ width, height: 1024 });
        await shown.screenshot({ path: join(FOLDER, `letter-shown.${walk.language}.${width === 768 ? 'all' : width}.png`), fullPage: true });
    }
    await walk.prints('letter-html', shown);
    await shown.close();
    await walk.opens(omar);
    await walk.go('/refer');
    await walk.at('refer-new');
    const form = page.locator('form.card').first();
    await form.locator('input').first().fill('Lake Hospital');
    await form.getByRole('button').click();
    await walk.text('refer.state-sent').waitFor();
    await walk.at('refer-sent');
    await walk.button('refer.slip').click();
    await page.locator('.referral-slip').waitFor();
    await walk.at('refer-slip');
    await walk.prints('refer-slip');
    const code = (await page.locator('.referral-slip .code').innerText()).trim();
    await walk.button('refer.slip-back').click();
    await walk.button('refer.to-made').click();
    await walk.at('refer-noting');
    const reply = await walk.site.page(walk.browser, walk.language, 360, 640), mine = walk.page;
    await reply.goto(`${walk.site.origin}/reply#${code}`);
    walk.page = reply;
    await walk.button('reply.said-seen').waitFor();
    await walk.at('reply');
    await walk.button('reply.said-seen').click();
    await walk.text('reply.thanks').waitFor();
    await walk.at('reply-thanks');
    walk.page = mine;
    await reply.context().close();
    await walk.button('person.close').click();
    await page.locator('section.person').waitFor({ state: 'detached' });
    await walk.go('/follow');
    await walk.at('follow');
    await walk.go('/letters-to-print');
    await walk.at('printing');
    await walk.go('/tests');
    await walk.at('tests');
    await walk.prints('tests');
    await walk.go('/account');
    await walk.at('account-clinician');
    await walk.go('/rules');
    await page.locator('.list tbody tr').first().waitFor();
    await walk.at('rules');
    await page.locator('.list tbody tr', { hasText: 'kidney' }).getByRole('button').click();
    await page.locator('#rules-cases').waitFor();
    await walk.at('rules-one');
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await walk.at('keys');
    await page.keyboard.press('Escape');
}

// --- the office ------------------------------------------------------------------------------------------------------------
const WHEN = (() => { const now = new Date(Date.now() - 7200e3); return `${String(now.getUTCDate()).padStart(2, '0')}.${String(now.getUTCMonth() + 1).padStart(2, '0')}.${now.getUTCFullYear()} ${String(now.getUTCHours()).padStart(2, '0')}:00`; })();
async function file(walk, { amina, leila }) {
    const { page } = walk, row = (who, test, result, unit, id) => `${who.card};${WHEN};${test};${result};${unit};F;${walk.language}-${id}`;
    const rows = [row(amina, 'creatinine', '0,9', 'mg/dl', 1), row(amina, 'magic', '1', 'mg/dl', 2), row(amina, 'cholesterol', '900', 'mg/dl', 3),
        row(leila, 'potassium', '6,8', 'mmol/l', 4), row({ card: 'KG36-69AW-W2BF-4P7E-B4J0' }, 'potassium', '6,9', 'mmol/l', 5), row(amina, 'HDL', '52', 'mg/dl', 6)];
    await walk.go('/import');
    await page.locator('select').selectOption('laboratory');
    await page.locator('input[type=file]').setInputFiles({ name: 'results.csv', mimeType: 'text/csv', buffer: Buffer.from(`card;sample_time;test;result;unit;status;result_id\n${rows.join('\n')}\n`) });
    await walk.button('import.check').click();
    await page.locator('#import-checked').waitFor();
    await walk.at('import-checked');
    await walk.button('import.start').click();
    await walk.button('import.seen').waitFor({ timeout: 20000 });
    await walk.at('import-urgent');
    await walk.button('import.seen').click();
    if (await walk.button('import.go-on').count()) await walk.button('import.go-on').click();
    await walk.text('import.step-done').waitFor();
    await walk.at('import-done');
}
async function office(walk) {
    const { page } = walk;
    for (const [path, name] of [['/health', 'health'], ['/staff', 'staff'], ['/tablets', 'tablets'], ['/settings', 'settings'], ['/site-log', 'sitelog'], ['/rules', 'rules-manager'], ['/account', 'account-manager']]) {
        await walk.go(path);
        await walk.at(name);
        if (name !== 'staff') continue;
        await page.locator('main table button').first().click();
        await walk.at('staff-change');
        const retire = walk.button('staff.act-restart');
        if (await retire.count()) { await retire.click(); await walk.at('staff-restart'); }
    }
}
async function outside(walk) {
    const { page } = walk;
    await walk.at('start');
    await page.locator('form input').nth(0).fill('lina');
    await page.locator('form input').nth(1).fill('135791');
    await page.keyboard.press('Enter');
    await page.locator('.note-stop').waitFor();
    await walk.at('start-refused');
    await page.goto(`${walk.site.origin}/reply`);
    await walk.settle();
    await walk.at('reply-empty');
    await page.route('**/call/*', (route) => route.abort());
    await page.goto(`${walk.site.origin}/scan`);
    await walk.text('error.away').waitFor();
    await walk.at('away');
}

// --- what the program prints ------------------------------------------------------------------------------------------------
function sheets({ site, language }, { amina, omar }) {
    if (process.env.PARTS) {
        site.salve('screen', amina.card, '--as', 'lina');
        site.salve('sign', amina.card, '--as', 'dr-amina', '--yes');
    }
    const to = (name) => join(FOLDER, `${name}.${language}.pdf`);
    site.salve('letter', amina.card, '--lang', language, '-o', to('letter'), '--as', 'dr-amina', '--yes');
    site.salve('letter', omar.card, '--lang', language, '-o', to('letter-omar'), '--as', 'dr-amina', '--yes');
    for (const purpose of ['care', 'follow-up', 'statistics']) site.salve('consent', 'form', '--purpose', purpose, '--lang', language, '-o', to(`form-${purpose}`));
    site.salve('sheet', '--package', 'basic', '--lang', language, '-o', to('sheet'));
    writeFileSync(join(site.work, 'paper.json'), JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [] }));
}

function world(work) {
    const site = new Site(work, { staff: STAFF });
    for (const id of GUIDELINES) try { site.salve('guideline', 'accept', id, '--as', 'dr-amina'); } catch { /* another set of guidelines */ }
    site.salve('settings', '--as', 'maria', '--set', 'packages=basic heart women senses mind');
    const people = { amina: site.enrol('Amina Haddad'), leila: site.enrol('Leila Mansour'), nadia: site.enrol('Nadia Khoury'), omar: site.enrol('Omar Haddad', { gender: 'male', birthDate: '1948-03-14' }) };
    site.salve('consent', 'give', people.omar.card, '--purpose', 'follow-up', '--read-back', '1', '--as', 'kofi');
    site.salve('measure', people.omar.card, 'bp', '152/96', '150/94', 'height', '171', 'weight', '88', '--as', 'lina', '--yes');
    site.salve('screen', people.omar.card, '--as', 'lina');
    site.salve('sign', people.omar.card, '--as', 'dr-amina', '--yes');
    return { site, people };
}

async function pictures(browser, work) {
    mkdirSync(FOLDER, { recursive: true });
    const parts = process.env.PARTS ? process.env.PARTS.split(',') : null;
    const PARTS = [[null, outside], ['kofi', desk], ['kofi', child], ['dr-amina', paper], ['lina', stations], ['lina', forms], ['dr-amina', clinician], ['lina', file], ['maria', office]];
    for (const language of process.env.ONLY ? [process.env.ONLY] : LANGUAGES) {
        const { site, people } = world(`${work}-${language}`);
        await site.start();
        const walk = new Walk(site, browser, language);
        for (const [who, part] of PARTS) {
            if (parts && !parts.includes(part.name)) continue;
            await walk.tries(part.name, async () => { await walk.as(who); await part(walk, people); });
        }
        await walk.page?.context().close();
        if (!parts || parts.includes('sheets')) await walk.tries('sheets', async () => sheets(walk, people));
        await site.stop();
        if (site.troubles.length) console.log(site.troubles.join('\n'));
    }
}
await run([pictures]);
