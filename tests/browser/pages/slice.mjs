// SPDX-License-Identifier: Apache-2.0
// One station end to end, in Chromium over the real server: log in, card, questions, two pressures of which the second is
// urgent, its outcome, body measures; then a clinician's look, sign, letter, the alarm closed. By mouse, by keyboard alone, by a
// scanner, in each language. What is in the record afterwards is what was typed.
import { LANGUAGES, SECRET, Site, appears, check, goes, run, said, same, scan } from '../../support/browser.mjs';

const FIRST = '148/92', SECOND = '195/121', PULSE = '72', BODY = ['168', '82.5', '96'], AGREED = 'A doctor today';

// --- hands: how a person works at the tablet -----------------------------------------------------------------------------
class Mouse {
    constructor(page) { this.page = page; }
    press(locator) { return locator.first().click(); }
    async write(locator, text) { await locator.click(); await locator.fill(text); }
    async card(code) {
        await this.page.locator('input.code').fill(code);
        await this.page.locator('form:has(input.code) .button-main').click();
    }
    station(path) { return this.press(this.page.locator(`.stations a[href="${path}"]`)); }
    /** Numbers by the keys on the screen, box after box. */
    async numbers(texts) {
        for (const [at, text] of texts.entries()) {
            await this.page.locator('.box-number').nth(at).click();
            for (const key of text) await this.page.locator('.keys .key', { hasText: key === '.' ? /^\.$/ : new RegExp(`^${key}$`) }).click();
        }
        await this.page.locator('.pad-save').click();
    }
}

class Keys extends Mouse {
    /** Tab until it has the focus: whatever is not reached so does not exist for a keyboard. */
    async to(locator) {
        await locator.first().waitFor();
        for (let i = 0; i < 160; i++) {
            if (await locator.first().evaluate((element) => element === document.activeElement)) return true;
            await this.page.keyboard.press('Tab');
        }
        throw new Error(`no Tab leads to ${locator}`);
    }
    async press(locator) { await this.to(locator); await this.page.keyboard.press('Enter'); }
    async write(locator, text) { await this.to(locator); await this.type(text); }
    type(text) { return this.page.keyboard.type(text, { delay: 75 }); }
    async card(code) { await this.to(this.page.locator('input.code')); await this.type(code); await this.page.keyboard.press('Enter'); }
    async station(path) {
        const paths = await this.page.locator('.stations a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
        await this.page.keyboard.press(`Alt+${(paths.indexOf(path) + 1) % 10}`);
    }
    // Pressure: the third digit leads on by itself, Tab goes to the pulse. Body: Enter leads on.
    async numbers(texts) {
        const isPressure = await this.page.locator('#box-pulse').count();
        await this.to(this.page.locator('.box-number').first());
        await this.type(texts[0]);
        if (!isPressure) await this.page.keyboard.press('Enter');
        await this.type(texts[1]);
        if (texts[2] !== undefined) await this.page.keyboard.press(isPressure ? 'Tab' : 'Enter');
        if (texts[2] !== undefined) await this.type(texts[2]);
        await this.page.keyboard.press('Enter');
    }
}

// A finger at the screen, and a scanner at the tablet, which is heard wherever the focus is.
class Scanner extends Mouse {
    card(code) { return scan(this.page, code); }
    async numbers(texts) {
        for (const key of texts[0]) await this.page.keyboard.press(key, { delay: 75 });
        // A damaged card in the middle of a number: told, and the number is as it was.
        await scan(this.page, 'KG36-69AW-W2BF-4P7E-B4J0');
        check('a burst between two numbers takes nothing from them', (await this.page.locator('.box-number').first().inputValue()) === texts[0]);
        await super.numbers(texts);
    }
}
const HANDS = { mouse: Mouse, keys: Keys, scanner: Scanner };

// --- the walk ------------------------------------------------------------------------------------------------------------
class Walk {
    constructor(site, page, language, hands, person) {
        Object.assign(this, { site, page, language, person, hands: new HANDS[hands](page), name: `${hands} ${language}` });
    }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }); }
    text(key) { return this.page.getByText(said(this.language, key)); }
    is(what, isTrue, more) { return check(`${this.name}: ${what}`, isTrue, more); }
    async sees(what, locator) { return this.is(what, await appears(locator), await this.page.locator('body').innerText()); }
    async stored(what) {
        return this.is(`${what}: "Stored"`, await appears(this.page.locator('.saved', { hasText: said(this.language, 'state.stored') }), 10000),
            await this.page.locator('main').innerText());
    }

    async login(name) {
        const { page, hands } = this, boxes = page.locator('form input');
        await page.goto(this.site.origin);
        await boxes.nth(1).waitFor();
        await hands.write(boxes.nth(0), name);
        await hands.write(boxes.nth(1), SECRET);
        await hands.press(this.button('start.enter'));
        await this.sees(`${name} is in`, page.locator('.top-who', { hasText: name }));
    }
    async logout() {
        await this.hands.press(this.button('top.leave'));
        await this.hands.press(this.button('top.leave-yes'));
        await this.sees('the way out leads to the log-in', this.page.locator('input[type=password]'));
        this.is('nothing of the person is left', !(await this.page.content()).includes(this.person.name));
    }
    async open() {
        await this.page.locator('input.code').waitFor();
        await this.hands.card(this.person.card);
        await this.sees('the card opens its person', this.page.locator('.person-name', { hasText: this.person.name }));
    }

    async questions() {
        const { page, hands } = this;
        await hands.station('/questions');
        await hands.press(this.button('danger.female'));
        await this.stored('sex');
        for (const word of ['pregnant', 'birth-within-6-weeks', 'acute-illness'])
            await hands.press(page.locator('.question', { hasText: said(this.language, `questions.ask.${word}`) }).getByRole('button', { name: said(this.language, 'questions.no') }));
        await hands.press(this.button('danger.none'));
        await this.sees('the questions are stored', this.text('danger.all'));
        await hands.press(this.button('danger.go-on'));
    }

    async pressures() {
        const { page, hands } = this;
        await page.locator('#box-systolic').waitFor();
        await this.sees('the first reading is asked for', this.text('pressure.next-first'));
        await hands.numbers([...FIRST.split('/'), PULSE]);
        await this.stored('first pressure');
        await this.sees('the second reading is asked for by the rule', this.text('pressure.next-second'));
        await this.sees('and the rest before it is counted', page.locator('.rest'));
        await hands.numbers(SECOND.split('/'));
        // Far above what is usual: it is asked about before anything is kept.
        for (let i = 0; i < 2 && (await appears(this.button('measure.right'), 1500)); i++) await hands.press(this.button('measure.right'));
        await this.sees('the alarm stands in place of everything', page.locator('section.urgent h1'));
        this.is('it says the number', (await page.locator('section.urgent').innerText()).includes(SECOND));
        this.is('its text is in the language', (await page.locator('.alarm :is(h2, h3)').first().innerText()).match(this.language === 'ar' ? /\p{Script=Arabic}/u : /[a-z]/));
    }

    async held(other) {
        const { page } = this, alarm = page.locator('section.urgent'), still = async (what) => {
            this.is(`${what} does not end the alarm`, (await appears(alarm)) && (await page.locator('input.code, .box-number').count()) === 0);
        };
        await page.goBack().catch(() => undefined);
        await still('Back');
        await this.sees('and says why', this.text('urgent.held-back'));
        await page.keyboard.press('Escape');
        await still('Escape');
        await page.keyboard.press('n');
        await still('N');
        await scan(page, other.card);
        await this.sees('another card is told no', this.text('urgent.held-scan'));
        await still('another card');
        this.is('the other person is not shown', !(await page.content()).includes(other.name));
        await page.reload();
        await still('loading the page again');
        await page.goto(`${this.site.origin}/scan`);
        await still('another address');
        this.is('nobody can log out of it', (await this.button('top.leave').count()) === 0);
        await this.hands.press(this.button('top.lock'));
        await this.sees('locked, it is said without a name', this.text('lock.urgent'));
        this.is('and without the number', !(await page.locator('body').innerText()).includes(SECOND) && !(await page.locator('body').innerText()).includes(this.person.name));
        await this.hands.write(page.locator('input[type=password]'), SECRET);
        await this.hands.press(this.button('lock.open'));
        await still('the lock');
    }

    async told() {
        const { page, hands } = this;
        await hands.press(this.button('urgent.did-called'));
        await hands.press(this.button('urgent.did-said'));
        this.is('without a how there is no outcome', await this.button('urgent.told-save').isDisabled());
        await hands.press(this.button('urgent.how-in-person'));
        await hands.write(page.locator('textarea'), AGREED);
        await hands.press(this.button('urgent.told-save'));
        this.is('the outcome ends the alarm', await goes(page.locator('section.urgent')));
        await this.sees('who has to close it is said', this.text('urgent.waits-clinician'));
        await hands.press(page.locator('main a.button-main'));
    }

    async body() {
        const { page, hands } = this;
        await hands.station('/body');
        await page.locator('#box-height').waitFor();
        await hands.numbers(BODY);
        await this.stored('body measures');
        await this.sees('the body mass index is shown', page.locator('.mass', { hasText: '29.2' }));
    }

    // --- the clinician
    async inbox() {
        const { page, hands } = this, row = page.locator('.list tbody tr').first();
        await this.sees('the inbox has a ticket', row);
        this.ticket = (await row.locator('th').innerText()).trim();
        this.is('it names nobody', !(await page.locator('main').innerText()).includes(this.person.name));
        await hands.press(row.getByRole('button'));
        await this.sees('the ticket leads to the alarm', this.button('urgent.close-yes'));
        await this.sees('what was agreed is shown', page.locator('main', { hasText: AGREED }));
    }
    async sign() {
        const { page, hands } = this;
        await hands.station('/results');
        await page.locator('article.finding').first().waitFor();
        const pressure = page.locator('article.finding', { hasText: /19[0-9]\/121|17\d\/10\d/ }).first();
        await this.sees('the pressure is among the findings', pressure);
        await hands.press(pressure.locator('details.why summary').first());
        await this.sees('why: the rule and its values', pressure.locator('details.why[open]'));
        this.is('why: the values that were typed', /195|121/.test(await pressure.locator('details.why').innerText()), await pressure.innerText());
        await hands.press(this.button('results.sign-all'));
        await this.sees('it is signed', this.text('results.signed'));
        this.is('by who is here', (await page.locator('main').innerText()).includes('dr-amina'));
    }
    async letter() {
        const { page, hands, language } = this;
        await hands.press(page.locator('.results a[href="/letter-page"]'));
        await hands.press(page.locator(`button[lang="${language}"].choice, button[lang="${language}"]`).last());
        await this.sees('the letter is made', this.text('letter.made'));
        const links = page.locator('main a[target=_blank]'), [html, pdf] = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')));
        const [shown] = await Promise.all([page.context().waitForEvent('page'), hands.press(links.first())]);
        await shown.locator('body').waitFor();
        this.is('the letter is to the person', (await shown.locator('body').innerText()).includes(this.person.name));
        same(`${this.name}: the letter's language and direction`, await shown.evaluate(() => [document.documentElement.lang.slice(0, 2), document.documentElement.dir || 'ltr']),
            [language, language === 'ar' ? 'rtl' : 'ltr']);
        await shown.close();
        const start = await page.evaluate(async (address) => {
            const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
            return [String.fromCharCode(...bytes.slice(0, 5)), bytes.length > 5000];
        }, pdf);
        same(`${this.name}: the file to print is a PDF`, start, ['%PDF-', true]);
        const other = await (await this.site.context(page.context().browser(), language, 800, 600)).request.get(`${this.site.origin}${html}`);
        this.is('another browser does not get it', other.status() >= 400, other.status());
    }
    async close() {
        const { page, hands } = this;
        await hands.station('/inbox');
        await hands.press(page.locator('.list tbody tr', { hasText: this.ticket }).getByRole('button'));
        await hands.press(this.button('urgent.close-yes'));
        await this.sees('closed, it goes on to the results', page.locator('article.finding'));
        await this.sees('where it says so', page.getByText(said(this.language, 'results.closed', '')));
        await hands.station('/inbox');
        await page.locator('h1', { hasText: said(this.language, 'inbox.title') }).waitFor();
        await appears(page.locator('.list, main .card p'));
        this.is('the inbox has it no more', (await page.locator('.list', { hasText: this.ticket }).count()) === 0, await page.locator('main').innerText());
    }

    async all(other) {
        await this.login('lina');
        for (const step of ['open', 'questions', 'pressures']) await this[step]();
        await this.held(other);
        for (const step of ['told', 'body', 'logout']) await this[step]();
        await this.login('dr-amina');
        for (const step of ['inbox', 'sign', 'letter', 'close', 'logout']) await this[step]();
    }
}

// --- what the record has afterwards, read by the command line --------------------------------------------------------------
const codeOf = ({ code }) => code?.coding?.[0]?.code;
const textOf = ({ component, valueQuantity, valueBoolean, valueCodeableConcept }) =>
    component ? component.map((one) => one.valueQuantity.value).join('/')
        : String(valueQuantity?.value ?? valueBoolean ?? codeOf({ code: valueCodeableConcept }));
const SNOMED_FEMALE = '248152002', SNOMED_NOT_PREGNANT = '60001007';

function compare(site, name, person) {
    const all = site.taken(person), of = (type) => all.filter(({ resourceType }) => resourceType === type);
    const isTyped = ({ identifier }) => identifier?.some(({ system }) => system === 'urn:salve:imported') === true;
    same(`${name}: the record has what was typed, once`, of('Observation').filter(isTyped).map((one) => `${codeOf(one)} ${textOf(one)}`).sort(), [
        `46098-0 ${SNOMED_FEMALE}`, `82810-3 ${SNOMED_NOT_PREGNANT}`, 'birth-within-6-weeks false', 'acute-illness false', 'no-danger-signs true',
        `85354-9 ${FIRST}`, `8867-4 ${PULSE}`, `85354-9 ${SECOND}`, `8302-2 ${BODY[0]}`, `29463-7 ${BODY[1]}`, `8280-0 ${BODY[2]}`,
    ].sort());
    const findings = of('Observation').filter((one) => !isTyped(one));
    check(`${name}: the alarm is a result, like all findings`, findings.some((one) => codeOf(one) === 'bp-very-high') &&
        findings.every(({ status }) => status === 'final'), JSON.stringify(findings.map((one) => [codeOf(one), one.status])));
    same(`${name}: the person was told once, of that`, of('Communication').map(({ about, payload }) => [about.length, payload?.[0]?.contentString]), [[1, AGREED]]);
    same(`${name}: signed once, closed once`, of('Provenance').map(({ activity }) => activity.coding[0].code).sort(), ['COMPLETE', 'sign']);
    check(`${name}: no work is left but the letter's`, !site.salve('inbox', '--as', 'dr-amina', '--json').includes('"close"'));
}

async function walk(browser, site, language, hands, person, other) {
    const page = await site.page(browser, language, 1024, 768);
    page.on('dialog', (dialog) => dialog.accept());
    await new Walk(site, page, language, hands, person).all(other);
    await page.context().close();
    compare(site, `${hands} ${language}`, person);
    site.calm(`${hands} ${language}`);
}

// One site a language, so that the inbox of a walk holds its own tickets alone.
async function slice(browser, work) {
    await Promise.all(LANGUAGES.map(async (language) => {
        const site = new Site(`${work}-${language}`), other = site.enrol('Leila Mansour');
        await site.start();
        for (const hands of Object.keys(HANDS))
            if (!process.env.ONLY || process.env.ONLY === `${hands} ${language}`)
                await walk(browser, site, language, hands, site.enrol('Amina Haddad'), other);
        same('the server ends clean', await site.stop(), 0);
        check('and the site verifies', /clean/.test(site.salve('verify')));
    }));
}
await run([slice]);
