// SPDX-License-Identifier: Apache-2.0
// A day with its queue, in Chromium over the running server: reception checks two people in, a station takes one by number,
// hands over with one tap, another station is at the same person at once, something is not done today, the exit check sends
// back and lets go, one leaves in the middle, a card is scanned in place of a tap, a slip is lost, a shift changes. Boards name
// nobody; by mouse and by keyboard alone, in each language.
import { LANGUAGES, SECRET, Site, appears, check, goes, run, said, same, scan } from '../../support/browser.mjs';
import { App, pause } from '../../support/app.mjs';

class Desk {
    constructor(site, page, language, isKeys) { Object.assign(this, { site, page, language, isKeys, name: `${isKeys ? 'keys' : 'mouse'} ${language}` }); }
    is(what, isTrue, more) { return check(`${this.name}: ${what}`, isTrue, more); }
    async sees(what, locator) { return this.is(what, await appears(locator), await this.page.locator('body').innerText()); }
    button(key) { return this.page.getByRole('button', { name: said(this.language, key) }); }
    text(key) { return this.page.getByText(said(this.language, key)); }
    async press(locator) {
        await locator.first().waitFor();
        if (!this.isKeys) return locator.first().click();
        for (let i = 0; i < 160; i++) {
            if (await locator.first().evaluate((element) => element === document.activeElement)) return this.page.keyboard.press('Enter');
            await this.page.keyboard.press('Tab');
        }
        throw new Error(`no Tab leads to ${locator}`);
    }
    async login(name) {
        const boxes = this.page.locator('form input');
        await this.page.goto(this.site.origin);
        await boxes.nth(1).waitFor();
        await boxes.nth(0).fill(name);
        await boxes.nth(1).fill(SECRET);
        await this.press(this.button('start.enter'));
        await this.sees(`${name} is in`, this.page.locator('.top-who', { hasText: name }));
        await this.page.locator('.stations a').first().waitFor({ state: 'attached' });
    }
    async to(path) {
        await this.page.locator('.stations a').first().waitFor({ state: 'attached' });
        if (!this.isKeys) return this.page.locator(`.stations a[href="${path}"]`).click();
        const paths = await this.page.locator('.stations a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
        const place = paths.indexOf(path), link = this.page.locator(`.stations a[href="${path}"]`);
        if (place >= 10) { // behind the keys: through the list, as a finger or Tab goes
            if (!(await link.isVisible())) await this.press(this.page.locator('.stations .top-more'));
            return this.press(link);
        }
        await this.page.keyboard.press(`Alt+${(place + 1) % 10}`);
        return pause(150); // a scanner is not as fast behind a key as a test is
    }
    async open({ card, name }) {
        await scan(this.page, card);
        await this.sees('the card opens its person', this.page.locator('.person-name', { hasText: name }));
    }
    async checkIn(number) {
        await this.press(this.button('queue.check-in'));
        await this.sees(`they are number ${number}`, this.page.locator('.queue-number', { hasText: String(number) }));
    }
    /** The rows of the board: number, where, next. */
    async board() {
        await this.to('/today');
        await this.page.locator('table.list').first().waitFor();
        await pause(150);
        return this.page.locator('table.list').first().locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].slice(0, 3).map((cell) => cell.innerText.trim())));
    }
    async picture(name) {
        if (process.env.PICTURES) await this.page.screenshot({ path: `build/browser/day-${name}-${this.language}.png`, fullPage: true });
    }
    async numbers(texts) {
        await this.page.locator('.box-number').first().click();
        for (const text of texts) { await this.page.keyboard.type(text, { delay: 60 }); await this.page.keyboard.press('Enter'); }
    }
}

async function day(browser, work, language, isKeys) {
    const site = new Site(work), size = language === 'ar' ? [360, 640] : [1024, 768];
    const amina = site.enrol('Amina Haddad'), nia = site.enrol('Nia Okoro');
    await site.start();
    const desk = new Desk(site, await site.page(browser, language, ...size), language, isKeys);
    const lina = new Desk(site, await site.page(browser, language, ...size), language, isKeys);
    await desk.login('kofi');
    await desk.open(amina);
    await desk.checkIn(1);
    await desk.open(nia);
    await desk.checkIn(2);
    let board = await desk.board();
    same(`${desk.name}: two wait, by their numbers`, board.map(([number]) => number), ['1', '2']);
    desk.is('the board names nobody', !/Amina|Nia|Haddad|Okoro|1972/.test(await desk.page.locator('main').innerText()));
    // a lost slip: the card again, the same number
    await desk.open(amina);
    await desk.sees('a lost slip is the same number', desk.page.locator('.queue-number', { hasText: '1' }));

    // a station takes the first by number, and has them while it is shown
    await lina.login('lina');
    await lina.board();
    await lina.press(lina.button('today.open'));
    await lina.sees('a number opens a person', lina.page.locator('.person-name'));
    // answers that are stored are not unsaved, though others were not asked; one that is not is asked about
    await lina.to('/questions');
    await lina.page.locator('.danger .wide').first().waitFor();
    await lina.press(lina.button('danger.none'));
    await lina.sees('stored', lina.page.locator('.saved', { hasText: said(language, 'state.stored') }));
    await lina.press(lina.page.locator('.danger ul.plain').first().locator('li').nth(3).getByRole('button').last());
    await lina.press(lina.button('queue.done'));
    await lina.sees('what is not saved is asked about', lina.text('unsaved.what'));
    await lina.press(lina.button('unsaved.stay'));
    await lina.press(lina.button('danger.save'));
    await lina.sees('stored', lina.page.locator('.saved', { hasText: said(language, 'state.stored') }));
    await lina.page.locator('.danger .button-main:disabled').waitFor();
    await lina.press(lina.button('queue.done'));
    lina.is('nothing is asked about then', await goes(lina.page.locator('.person-name')), await lina.page.locator('.hand-over').innerText().catch(() => ''));
    await lina.board();
    await lina.press(lina.page.locator('table.list').first().locator('tbody tr', { hasText: /^1(?!\d)/ }).getByRole('button'));
    await lina.sees('they are opened again by the number', lina.page.locator('.person-name'));
    await lina.to('/body');
    await lina.sees('what is missing here stands there', lina.page.locator('.hand-over li'));
    await desk.page.reload();
    board = await desk.board();
    await desk.picture('board');
    await lina.picture('station');
    desk.is('the board says where they are', board.find(([number]) => number === '1')[1].match(said(language, 'today.at-body', '')), JSON.stringify(board));
    await lina.numbers(['168', '82.5']);
    await lina.page.keyboard.press('Enter');
    await lina.sees('stored', lina.page.locator('.saved', { hasText: said(language, 'state.stored') }));
    lina.is('the waist alone is missing', await goes(lina.page.locator('.hand-over li').nth(1)) && (await lina.page.locator('.hand-over li').count()) === 1);
    await lina.press(lina.button('queue.not-today-item'));
    await lina.picture('why');
    await lina.press(lina.button('queue.why-wish'));
    lina.is('it is settled', await goes(lina.page.locator('.hand-over li')));

    // another station at the same time, over the same calls as the app
    const other = new App(site.origin);
    await other.call('login', { name: 'dr-amina', secret: SECRET });
    const { json: theirs } = await other.call('open', { who: amina.card });
    same(`${desk.name}: two stations at once`, (await other.call('at-station', { person: theirs.person, station: 'pressure', state: 'begin' })).json.at, 'pressure');
    await lina.press(lina.button('queue.done'));
    lina.is('one tap hands over', await goes(lina.page.locator('.person-name')) && lina.page.url().endsWith('/scan'), lina.page.url());
    const { json: both } = await other.call('at-station', { person: theirs.person, station: 'pressure', state: 'done' });
    same(`${desk.name}: all three are done`, both.done, ['questions', 'body', 'pressure']);
    desk.is('the station that is done is not asked for again', !both.left.includes('body'), JSON.stringify(both));

    // the next card in place of a tap: who was there goes back to wait
    await lina.open(nia);
    await lina.to('/pressure');
    await lina.page.locator('.hand-over').waitFor();
    await lina.open(amina);
    const { json: now } = await other.call('queue');
    same(`${desk.name}: the next card sends back to wait`, now.tickets.find(({ number }) => number === 2).at, null);
    desk.is('and what is left of them there is left', now.tickets.find(({ number }) => number === 2).left.includes('pressure'));

    // the exit check: what is missing, sent back, and home whatever is missing
    await lina.to('/exit');
    await lina.sees('the pressure is missing, though its station was done', lina.page.locator('.exit-missing li', { hasText: said(language, 'queue.item-bp', '') }));
    await lina.picture('exit');
    lina.is('the waist is not missing', (await lina.page.locator('.exit-missing li', { hasText: said(language, 'queue.item-waist', '') }).count()) === 0);
    lina.is('why it was not done is nowhere', !(await lina.page.locator('main').innerText()).match(said(language, 'queue.why-wish', '')));
    await lina.press(lina.page.locator('.exit-missing li', { hasText: said(language, 'queue.item-bp', '') }).getByRole('button', { name: said(language, 'exit.again') }));
    await pause(300);
    const { json: again } = await other.call('queue');
    desk.is('they are sent back', again.tickets.find(({ number }) => number === 1).left.includes('pressure'), JSON.stringify(again));
    // another member goes on: the entry is the site's, not the tablet's
    if (isKeys) await lina.press(lina.button('top.more'));
    await lina.press(lina.button('top.leave'));
    await lina.press(lina.button('top.leave-yes'));
    await lina.page.locator('input[type=password]').waitFor();
    await lina.login('dr-amina');
    await lina.open(amina);
    await lina.to('/exit');
    await lina.press(lina.button('exit.finish'));
    lina.is('whatever is missing, the check ends', await goes(lina.page.locator('.person-name')));
    // and one leaves in the middle
    await lina.open(nia);
    await lina.to('/exit');
    await lina.press(lina.button('exit.left'));
    lina.is('who leaves is closed', await goes(lina.page.locator('.person-name')));
    same(`${desk.name}: nobody is here, and no list says who was`, (await other.call('queue')).json.tickets, []);
    await desk.page.reload();
    await desk.to('/today');
    await desk.sees('the board is empty', desk.text('today.nobody'));
    site.calm(desk.name);
    await site.stop();
}

// An alarm holds its person at the exit, until somebody told them.
async function held(browser, work) {
    const site = new Site(work), amina = site.enrol('Amina Haddad');
    await site.start();
    const desk = new Desk(site, await site.page(browser, 'en', 1024, 768), 'en', false), app = new App(site.origin);
    await app.call('login', { name: 'lina', secret: SECRET });
    const { json: { person } } = await app.call('open', { who: amina.card });
    await app.call('check-in', { person });
    const key = '0b6d1c2e-7f1a-4c3d-9e21-000000000001', readings = [{ word: 'bp', text: '195/121' }];
    await app.call('measure', { person, key, readings, confirmed: [[0, 0], [0, 1]] });
    for (const how of ['finished', 'left']) same(`held: nobody goes ${how}`, (await app.call('leave', { person, how })).status, 409);
    await desk.login('kofi');
    const board = await desk.board();
    desk.is('the board says that an alarm waits', /An alarm waits/.test(board[0][1]), JSON.stringify(board));
    desk.is('and nothing of it', !/195|121|pressure/i.test(board[0].join(' ')), JSON.stringify(board));
    same('held: told', (await app.call('told', { person, how: 'in-person', isGuardian: false, agreed: '' })).status, 200);
    same('told: they go', (await app.call('leave', { person, how: 'finished' })).json.ticket, null);
    site.calm('held');
    await site.stop();
}

const parts = [];
// By keyboard on a narrow screen in Arabic; ALL=1: both ways in each language.
for (const language of process.env.ALL === '1' ? LANGUAGES : ['ar'])
    for (const isKeys of process.env.ALL === '1' ? [false, true] : [true])
        parts.push(Object.defineProperty((browser, work) => day(browser, work, language, isKeys), 'name', { value: `day-${language}-${isKeys ? 'keys' : 'mouse'}` }));
await run([...parts, held]);
