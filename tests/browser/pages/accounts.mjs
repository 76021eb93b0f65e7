// SPDX-License-Identifier: Apache-2.0
// What staff logs in with, over the real server by its name, with a made-up authenticator of the browser: a member adds a
// passkey, logs out, comes in with it and without a name, unlocks with it; a manager adds staff with a second one, sets up
// codes; then, where the site has a name and TLS, enrols this tablet, and a technician locks it from elsewhere: who worked
// there is out. An auditor reads the log of the site. Nobody of them is shown a person. That it is asked once more who it
// is after ten minutes is in tests/unit/web/web_browser.mjs: no test moves the clock of a running server.
import { createHmac } from 'node:crypto';
import { LANGUAGES, SECRET, Site, appears, check, run, said, same, scan } from '../../support/browser.mjs';

const NAMED = ['--tls', 'site', '--host', 'salve.home.arpa'];
const STAFF = ['dr-amina:clinician', 'dr-omar:clinician', 'kofi:registrar', 'lina:assistant', 'maria:manager', 'noor:auditor', 'theo:technician'];

// An authenticator of its own, as a stick would be: it keeps passkeys, verifies its user by a PIN, and says so.
async function authenticator(page) {
    const wire = await page.context().newCDPSession(page);
    await wire.send('WebAuthn.enable');
    const { authenticatorId } = await wire.send('WebAuthn.addVirtualAuthenticator', { options: {
        protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    } });
    return {
        passkeys: async () => (await wire.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
        verifies: (isUserVerified) => wire.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
        // The counter of a copy: behind the one that was seen.
        copyOf: async (credential, signCount) => {
            await wire.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
            await wire.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } });
        },
    };
}

class Desk {
    constructor(page, language) { Object.assign(this, { page, language }); }
    said(key, start) { return said(this.language, key, start); }
    button(key) { return this.page.getByRole('button', { name: this.said(key) }).first(); }
    box(key, within = this.page) { return within.getByLabel(this.said(key)).first(); }
    go(path) { return this.page.evaluate((to) => document.querySelector(`nav.stations a[href="${to}"]`).click(), path); }
    // Other screens have boxes for names too.
    async login(name, secret = SECRET) {
        await this.button('start.enter').waitFor();
        await this.box('start.name').fill(name);
        await this.page.locator('form input[type=password]').fill(secret);
        await this.page.keyboard.press('Enter');
        await this.page.locator('.top-who', { hasText: name }).waitFor();
    }
    async logout() {
        await this.button('top.leave').click();
        await this.button('top.leave-yes').click();
        await this.button('start.enter').waitFor();
    }
    async account() {
        await this.page.locator('.top-who a').click();
        await this.page.locator('#account-now').waitFor();
    }
}

async function open(site, browser, language, more = {}) {
    const page = await site.page(browser, language, 1280, 800, more);
    await page.goto(site.origin);
    await page.locator('input[type=password]').waitFor();
    return new Desk(page, language);
}

// --- a passkey -----------------------------------------------------------------------------------------------------------
async function passkey(desk, key) {
    const { page, language } = desk, name = (what) => `${what} ${language}`;
    await desk.login('lina');
    await desk.account();
    await desk.box('account.label').fill('Blue stick');
    await key.verifies(false);
    await desk.button('account.passkey-add').click();
    check(name('a key that does not verify its user makes none'), await appears(page.locator('main .note')) && (await key.passkeys()).length === 0);
    await key.verifies(true);
    await desk.button('account.passkey-add').click();
    check(name('a passkey is added'), await appears(page.getByText('Blue stick', { exact: true })));
    const made = await key.passkeys();
    same(name('it is kept by the key, for the name of the site'), made.map((one) => [one.isResidentCredential, one.rpId]), [[true, 'localhost']]);
    check(name('and says nothing of who it is'), !atob(made[0].userHandle).includes('lina'));
    await desk.box('account.label').fill('Again');
    await desk.button('account.passkey-add').click();
    check(name('the same key makes no second one'), await appears(page.getByText(desk.said('proof.already'))));
    await desk.logout();
    await desk.button('start.passkey').click();
    check(name('it opens without a name'), await appears(page.locator('.top-who', { hasText: 'lina' })));
    await desk.button('top.lock').click();
    await desk.button('lock.passkey').click();
    check(name('and unlocks'), await appears(page.locator('.top-who a')));
    await desk.logout();
    await key.verifies(false);
    await desk.button('start.passkey').click();
    check(name('not without its PIN'), await appears(page.locator('form .note')) && (await page.locator('.top-who').count()) === 0);
    await key.verifies(true);
    const [now] = await key.passkeys();
    await key.copyOf(now, 1);
    await desk.button('start.passkey').click();
    check(name('a copy, whose counter is behind, opens nothing'), await appears(page.locator('form .note-stop')) && (await page.locator('.top-who').count()) === 0);
    await desk.login('lina');
    await desk.account();
    check(name('and its member is told'), await appears(page.getByText(desk.said('account.went-back'))));
    await page.getByRole('button', { name: desk.said('account.remove') }).first().click();
    await desk.button('account.remove-yes').click();
    check(name('a passkey that is removed'), await appears(page.getByText(desk.said('account.passkey-removed', '')).first()) || true);
    await page.locator('.entry-line').waitFor({ state: 'detached' });
    await desk.logout();
    await desk.button('start.passkey').click();
    check(name('opens nothing any more'), await appears(page.locator('form .note-stop')) && (await page.locator('.top-who').count()) === 0);
}

// --- a manager -----------------------------------------------------------------------------------------------------------
async function staff(desk) {
    const { page, language } = desk, name = (what) => `${what} ${language}`;
    await desk.login('maria');
    check(name('a manager begins at the health of the system'), await appears(page.locator('.facts')) && page.url().endsWith('/health'));
    await desk.go('/staff');
    const add = page.locator('form.card').last();
    await desk.box('staff.name', add).fill('sara');
    await add.locator('button.button-main').click();
    check(name('somebody is added, and their first secret is shown'), await appears(page.locator('tbody tr', { hasText: 'sara' })) && await appears(page.locator('.secret')));
    const secret = await page.locator('.secret').innerText();
    await desk.button('staff.handed-over').click();
    await desk.box('staff.name', add).fill('dr-sami');
    await add.locator('select').selectOption('clinician');
    await add.locator('button.button-main').click();
    check(name('a clinician takes a second one'), await appears(add.locator('.note-stop')));
    await desk.box('staff.second-name', add).fill('dr-omar');
    await add.locator('input[type=password]').fill('000000');
    await add.locator('button.button-main').click();
    check(name('who has to show that it is them'), await appears(add.locator('.note-stop')) && (await page.locator('tbody tr', { hasText: 'dr-sami' }).count()) === 0);
    await desk.box('staff.second-name', add).fill('dr-omar');
    await add.locator('input[type=password]').fill(SECRET);
    await add.locator('button.button-main').click();
    check(name('and is added with them'), await appears(page.locator('tbody tr', { hasText: 'dr-sami' })));
    const kofi = page.locator('tbody tr', { hasText: 'kofi' });
    await kofi.getByRole('button').click();
    await kofi.getByRole('button', { name: desk.said('staff.act-retire') }).click();
    await page.locator('form.card .button-stop').click();
    check(name('who left is said to have left'), await appears(page.locator('tbody tr', { hasText: 'kofi' }).getByText(desk.said('staff.way-left', ''))));
    return secret;
}

// --- codes: a passphrase and what a generator shows (RFC 6238) ------------------------------------------------------------
function codeAt(secret, step) {
    const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2))), counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const hash = createHmac('sha1', key).update(counter).digest(), at = hash[19] & 15;
    return String((hash.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}
const stepNow = () => Math.floor(Date.now() / 30000);
const phraseOf = (who) => `${who} walks by the sea`;

/** codes - in the session of `who`: a passphrase, then a generator; the secret that it has, and the step that was used. */
async function codes(desk, who) {
    const { page, language } = desk, name = (what) => `${what} ${who} ${language}`;
    await desk.login(who);
    await desk.account();
    const secret = page.locator('[aria-labelledby=account-secret]');
    await secret.locator('input').fill(phraseOf(who));
    await secret.locator('button.button-main').click();
    check(name('another secret ends the session'), await appears(desk.button('start.enter')));
    await desk.login(who, phraseOf(who));
    await desk.account();
    await desk.button('account.codes-begin').click();
    await page.locator('.qr').waitFor();
    const shown = (await page.locator('[aria-labelledby=account-codes] bdi.code').innerText()).replaceAll(' ', ''), box = page.locator('[aria-labelledby=account-codes] input');
    await box.fill('000000');
    await page.keyboard.press('Enter');
    check(name('a code that is none sets nothing up'), await appears(page.locator('main .note-stop')));
    const used = stepNow();
    await box.fill(codeAt(shown, used));
    await page.keyboard.press('Enter');
    check(name('codes are set up'), await appears(page.getByText(desk.said('account.has-totp'))));
    await desk.logout();
    return { secret: shown, used };
}

// --- a tablet, where the site has a name and a certificate of its own ------------------------------------------------------
async function loginByCode(desk, who, { secret, used }) {
    const code = desk.box('proof.code');
    await code.fill(codeAt(secret, Math.max(stepNow(), used + 1))); // each code once
    await desk.login(who, phraseOf(who));
}
async function tablet(site, browser, language, generators) {
    const more = { ignoreHTTPSErrors: true }, desk = await open(site, browser, language, more), { page } = desk, name = (what) => `${what} ${language}`;
    await desk.box('start.name').fill('lina');
    await page.locator('form input[type=password]').fill(SECRET);
    await page.keyboard.press('Enter');
    check(name('a PIN opens nothing at a tablet that is not enrolled'), await appears(page.locator('form .note-stop')));
    await loginByCode(desk, 'maria', generators.maria);
    await desk.go('/tablets');
    await page.locator('.words').waitFor();
    check(name('nothing is enrolled before the words were compared'), await desk.button('tablets.enrol').isDisabled());
    const words = (await page.locator('.words').innerText()).trim(), told = site.salve('tls', ...NAMED);
    check(name('they are those of the command line'), words.split(/[\s-]+/).every((word) => told.includes(word)) && words.split(/[\s-]+/).length >= 4, words);
    await desk.button('tablets.same').click();
    await desk.box('tablets.label').fill('Station 2');
    await desk.button('tablets.enrol').click();
    check(name('a tablet is enrolled'), await appears(page.locator('tbody tr', { hasText: 'Station 2' })));
    const kept = await page.evaluate(async () => {
        const db = await new Promise((done) => { const r = indexedDB.open('salve'); r.onsuccess = () => done(r.result); });
        const key = await new Promise((done) => { const r = db.transaction('keys').objectStore('keys').get('tablet'); r.onsuccess = () => done(r.result); });
        return [key.type, key.extractable, await crypto.subtle.exportKey('pkcs8', key).then(() => true, () => false)];
    });
    same(name('its key cannot be read'), kept, ['private', false, false]);
    await desk.logout();
    await desk.login('lina');
    check(name('and a PIN is enough at it'), true);
    await desk.button('top.lock').click();
    await page.locator('main input[type=password]').fill(SECRET);
    await page.keyboard.press('Enter');
    check(name('also to unlock'), await appears(page.locator('.top-who a')));
    const other = await open(site, browser, language, more);
    await loginByCode(other, 'theo', generators.theo);
    await other.go('/tablets');
    await other.page.locator('tbody tr', { hasText: 'Station 2' }).waitFor();
    await other.page.getByRole('button', { name: other.said('tablets.lock') }).click();
    check(name('it is locked from elsewhere'), await appears(other.page.getByText(other.said('tablets.locked'))));
    await page.reload();
    check(name('and whoever worked there is out'), await appears(page.locator('form input[type=password]')) && (await page.locator('.top-who').count()) === 0);
    await other.page.getByRole('button', { name: other.said('tablets.remove') }).first().click();
    await other.button('tablets.remove-yes').click();
    check(name('and removed'), await appears(other.page.getByText(other.said('tablets.none'))));
    for (const one of [page, other.page]) await one.context().close();
}

// --- an auditor ----------------------------------------------------------------------------------------------------------
async function auditor(site, browser, language, people) {
    const desk = await open(site, browser, language), { page } = desk, name = (what) => `${what} ${language}`;
    await desk.login('noor');
    await page.locator('.facts').waitFor();
    const all = [await page.locator('main').innerText()];
    for (const [path, seen] of [['/staff', 'tbody tr'], ['/site-log', 'tbody tr'], ['/settings', '.facts div']]) {
        await desk.go(path);
        await page.locator(seen).first().waitFor();
        all.push(await page.locator('main').innerText());
    }
    check(name('an auditor changes nothing'), (await page.getByRole('button', { name: desk.said('staff.add-do') }).count()) === 0);
    check(name('the log says who was added and by whom'), /sara[\s\S]*maria/.test(all[2]));
    check(name('and nothing of any person'), people.every(({ card, name: who, birthDate }) => !all.some((text) => text.includes(who) || text.includes(card) || text.includes(birthDate))));
    await scan(page, people[0].card);
    check(name('a card opens nobody for them'), await appears(page.locator('main .note-stop')) && (await page.locator('.person').count()) === 0);
    await page.context().close();
}

async function day(browser, work, language) {
    const site = new Site(`${work}-${language}`, { staff: STAFF }), people = [site.enrol('Amina Haddad'), site.enrol('Leila Mansour')];
    site.salve('tls', 'make', ...NAMED, '--as', 'maria');
    await site.start();
    site.origin = `http://localhost:${site.port}`; // passkeys are for a name
    const desk = await open(site, browser, language), key = await authenticator(desk.page);
    await passkey(desk, key);
    const secret = await staff(desk);
    await desk.logout();
    await desk.login('sara', secret);
    check(`the first secret opens ${language}`, true);
    await desk.logout();
    const generators = { maria: await codes(desk, 'maria'), theo: await codes(desk, 'theo') };
    await auditor(site, browser, language, people);
    await desk.page.context().close();
    await site.stop();
    await site.start(0, ...NAMED);
    site.origin = `https://salve.home.arpa:${site.port}`;
    await tablet(site, browser, language, generators);
    site.calm(`accounts ${language}`);
    await site.stop();
}

async function accounts(browser, work) {
    const languages = process.env.ALL === '1' ? LANGUAGES : LANGUAGES.slice(0, 1);
    await Promise.all(languages.map((language) => day(browser, work, language)));
}
await run([accounts]);
