// SPDX-License-Identifier: Apache-2.0
// Sight, hearing and samples: what is chosen is what is kept, a box that is over and a label of another tube hold the number
// back, a kit's code and a tube's label are no cards, and the labels that are printed name nobody. In each language, by mouse
// and by keyboard alone (by mouse in English, by keyboard in Arabic; with ALL=1 each in both); targets and words as on every screen.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, LANGUAGES, SECRET, Site, appears, check, goes, pause, run, said, same, scan, sheets } from '../../support/browser.mjs';
import { AXE, holds } from '../../support/web_holds.mjs';

const PACKAGES = 'basic heart women senses';

class Hands {
    constructor(page, isKeys) { Object.assign(this, { page, isKeys }); }
    async to(locator) {
        await locator.first().waitFor();
        for (let i = 0; i < 200; i++) {
            if (await locator.first().evaluate((element) => element === document.activeElement)) return;
            await this.page.keyboard.press('Tab');
        }
        throw new Error(`no Tab leads to ${locator}`);
    }
    async press(locator) {
        if (!this.isKeys) return locator.first().click();
        await this.to(locator);
        return this.page.keyboard.press('Enter');
    }
    /** One of a row of buttons: Tab leads to the row, an arrow to the next of it. */
    async pick(name, value) {
        const one = this.page.locator(`input[name="${name}"][value="${value}"]`), all = this.page.locator(`input[name="${name}"]`);
        if (!this.isKeys) return one.click();
        const values = await all.evaluateAll((boxes) => boxes.map(({ value: v }) => v)), at = values.indexOf(value);
        const chosen = await all.evaluateAll((boxes) => boxes.findIndex(({ checked }) => checked));
        await this.to(all.nth(Math.max(chosen, 0)));
        if (chosen < 0) await this.page.keyboard.press('Space');
        for (let i = Math.max(chosen, 0); i !== at; i += Math.sign(at - i)) await this.page.keyboard.press(i < at ? 'ArrowDown' : 'ArrowUp');
    }
    async tick(locator) {
        if (!this.isKeys) return locator.click();
        await this.to(locator);
        return this.page.keyboard.press('Space');
    }
    async write(locator, text) {
        if (!this.isKeys) return locator.fill(text);
        await this.to(locator);
        return this.page.keyboard.type(text, { delay: 75 });
    }
}

class Walk {
    constructor(site, page, language, isKeys, person) {
        Object.assign(this, { site, page, language, person, hands: new Hands(page, isKeys), name: `${isKeys ? 'keys' : 'mouse'} ${language}` });
    }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }); }
    is(what, isTrue, more) { return check(`${this.name}: ${what}`, isTrue, more); }
    async sees(what, locator) { return this.is(what, await appears(locator), await this.page.locator('main').innerText()); }
    go(path) { return this.page.evaluate((to) => document.querySelector(`nav.stations a[href="${to}"]`).click(), path); }
    stored() { return this.page.locator('.saved', { hasText: said(this.language, 'state.stored') }); }

    /** look - the screen as a person finds it: targets, contrast, nothing cut at 320 px; and a picture of it. */
    async look(what) {
        if (this.hands.isKeys && this.language === 'en') return;
        const { page, language } = this;
        await page.waitForLoadState('networkidle');
        await page.evaluate(`window.axe ? 0 : (${'() => {'}${AXE}${'\n}'})(), 0`).catch(() => undefined);
        await holds(page, `${what} ${language}`, language, check);
        mkdirSync(join(BUILD, 'browser'), { recursive: true });
        for (const [size, width] of [['', 1024], ['.narrow', 320]]) {
            await page.setViewportSize({ width, height: 768 });
            const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            this.is(`${what}: nothing beside the page at ${width} px`, over <= 0, `${over} px`);
            await page.screenshot({ path: join(BUILD, 'browser', `${what}${size}.${language}.png`), fullPage: true, animations: 'disabled' });
        }
        await page.setViewportSize({ width: 1024, height: 768 });
    }

    async begin() {
        const { page, person } = this;
        await page.goto(this.site.origin);
        await page.locator('form input').nth(1).waitFor();
        await page.locator('form input').nth(0).fill('lina');
        await page.locator('form input').nth(1).fill(SECRET);
        await page.keyboard.press('Enter');
        await page.locator('.top-who').waitFor();
        await scan(page, person.card);
        await page.locator('.person-name', { hasText: person.name }).waitFor();
    }

    async vision() {
        const { hands } = this;
        await this.go('/vision');
        await this.button('vision.save').waitFor();
        this.is('nothing is chosen before somebody chooses', (await this.page.locator('input:checked').count()) === 0 && (await this.button('vision.save').isDisabled()));
        await hands.pick('distance-vision-right', '6/18');
        await hands.pick('distance-vision-left', '6/60');
        await hands.pick('near-vision', '8');
        await this.look('vision');
        await hands.press(this.button('vision.save'));
        await this.sees('sight is stored', this.stored());
        await this.sees('and stands beside', this.page.locator('.pick .before', { hasText: '6/18' }));
    }

    async hearing() {
        const { hands, page } = this;
        await this.go('/hearing');
        await hands.pick('hearing-screening-passed', 'no');
        await hands.pick('ear-signs', 'no');
        await hands.press(this.button('hearing.tones'));
        await page.locator('.box-number').nth(7).waitFor();
        await page.locator('.box-number').first().click();
        for (const [at, text] of ['25', '30', '35', '50'].entries()) {
            await page.keyboard.type(text, { delay: 75 });
            if (at < 3) await page.keyboard.press('Enter');
        }
        await this.look('hearing');
        for (let i = 0; i < 5; i++) await page.keyboard.press('Enter');
        await this.sees('hearing is stored', this.stored());
    }

    async rapid() {
        const { hands, page } = this;
        await this.go('/samples');
        await hands.pick('samples-test', 'glucose');
        await page.locator('.box-number').waitFor();
        await pause(200); // a hand lets go of the keys before it takes the scanner
        await scan(page, '(01)09506000134352(17)240131(10)OLD-1');
        await this.sees('a box that is over is told', page.locator('[role=alert]', { hasText: said(this.language, 'samples.kit-over', '') }));
        this.is('and no number can be typed', (await page.locator('.box-number').count()) === 0);
        await scan(page, '(01)09506000134352(17)311231(10)AB-12');
        await this.sees('a good box is taken', page.getByText(said(this.language, 'samples.kit-good')));
        this.is('its code opened nobody', (await page.locator('.person-name').innerText()).includes(this.person.name));
        await hands.press(this.button('samples.wait-start'));
        await this.sees('the countdown runs', page.locator('[role=timer]'));
        await page.locator('.box-number').click();
        await page.keyboard.type('6.1', { delay: 75 });
        await this.look('samples');
        await page.keyboard.press('Enter');
        await this.sees('the test is stored', this.stored());
    }

    async tubes() {
        const { hands, page } = this;
        this.is('no tube is ticked before somebody ticks it', (await page.locator('.ticks input:checked').count()) === 0);
        await hands.tick(page.locator('.ticks input').nth(0));
        await hands.tick(page.locator('.ticks input').nth(1));
        await hands.press(this.button('samples.make'));
        await page.locator('.label').first().waitFor();
        const label = (await page.locator('.label-code').first().innerText()).trim();
        this.is('a label is ten letters', /^[B-DF-HJ-NP-TV-X]{5}-[B-DF-HJ-NP-TV-X]{5}$/.test(label), label);
        this.is('it names nobody', !(await page.locator('.labels').innerText()).includes(this.person.name.split(' ')[0]));
        await this.look('samples-labels');
        const sizes = sheets(await page.pdf({ preferCSSPageSize: true })), labels = await page.locator('.label').count();
        same(`the browser prints a page of label size for each tube, and no more ${this.language}`, sizes, Array(labels).fill('50x25'));
        return label;
    }

    async result(label) {
        const { hands, page } = this, waits = page.locator('.pick-wide .pick-one', { hasText: label }).first();
        await waits.waitFor();
        const word = await waits.locator('input').getAttribute('value');
        await hands.pick('samples-test', word);
        this.is('without the label no number can be typed', (await page.locator('.box-number').count()) === 0);
        await hands.write(page.locator('#samples-label'), 'BBBBB-BBBBC');
        await this.sees('another label is told', page.locator('.field [role=alert]'));
        this.is('and holds the number back', (await page.locator('.box-number').count()) === 0);
        await page.locator('#samples-label').fill('');
        await scan(page, label.replace('-', ''));
        await page.locator('.box-number').waitFor();
        await page.keyboard.type('5.2', { delay: 75 });
        await page.keyboard.press('Enter');
        await this.sees('the result is stored', this.stored());
        this.is('and waits no more', await goes(page.locator('.pick-wide .pick-one', { hasText: said(this.language, 'samples.drawn', '') }).filter({ has: page.locator(`input[value="${word}"]`) })));
        return word;
    }

    async all() {
        await this.begin();
        await this.vision();
        await this.hearing();
        await this.rapid();
        const word = await this.result(await this.tubes());
        const all = this.site.taken(this.person), values = all.filter(({ resourceType }) => resourceType === 'Observation')
            .map(({ code, valueRatio, valueQuantity, valueBoolean, note }) => [code.coding[0].code,
                valueRatio ? `${valueRatio.numerator.value}/${valueRatio.denominator.value}` : String(valueQuantity?.value ?? valueBoolean), note?.[0].text].join(' ').trim());
        const has = (text) => this.is(`the record has ${text}`, values.includes(text), values.join('; '));
        for (const text of ['distance-vision-right 6/18', 'distance-vision-left 6/60', 'near-vision 8', 'hearing-screening-passed false', 'ear-signs false',
            '89025-1 25', '89023-6 50', '14743-9 6.1 lot AB-12, good until 2031-12-31']) has(text);
        this.is('the request has the label', all.some(({ resourceType, requisition }) => resourceType === 'ServiceRequest' && /-/.test(requisition?.value ?? '')), word);
        const findings = values.filter((text) => /^(?:distance-vision|hearing) /.test(text) || /urn/.test(text));
        same(`${this.name}: what was measured stands once`, new Set(values.filter((v) => v.startsWith('distance-vision-'))).size, 2, findings.join());
    }
}

async function samples(browser, work) {
    const site = new Site(work);
    site.salve('guideline', 'accept', 'vision', '--as', 'dr-amina');
    site.salve('settings', '--as', 'maria', '--set', `packages=${PACKAGES}`);
    await site.start();
    const walks = LANGUAGES.flatMap((language) => [false, true].map((isKeys) => [language, isKeys]))
        .filter(([language, isKeys]) => process.env.ALL === '1' || isKeys === (language === 'ar'));
    await Promise.all(walks.map(async ([language, isKeys]) => {
        const page = await site.page(browser, language, 1024, 768), person = site.enrol(`${isKeys ? 'Nadia' : 'Amina'} Haddad`);
        page.on('dialog', (dialog) => dialog.accept());
        await new Walk(site, page, language, isKeys, person).all();
        await page.context().close();
    }));
    site.calm('all walks');
    same('the server ends clean', await site.stop(), 0);
}
await run([samples]);
