// SPDX-License-Identifier: Apache-2.0
// named - a site with an authority of its own, as a device meets it: nothing before it trusts, the plain page, the
// certificate in the browser's store as a person would put it there, and the app by name with a cookie of this host alone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from '../../support/app.mjs';
import { Site, check, run, same } from '../../support/browser.mjs';

const NAME = 'salve.home.arpa', PHRASE = 'seven green kettles sing';
const SALVE = resolve(process.env.SALVE ?? 'build/salve');

// Ports that the supervisor listens at, in the order in which it opened them.
function ports(pid) {
    const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/));
    return [3, 4].map((fd) => {
        const inode = /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        const row = rows.find((one) => one[9] === inode && one[3] === '0A');
        return parseInt(row[1].split(':')[1], 16);
    });
}

// A browser with a store of certificates of its own; `authority`: a file that it is taught.
async function device(work, authority) {
    const store = join(work, '.pki', 'nssdb');
    mkdirSync(store, { recursive: true });
    const nss = (...words) => spawnSync('certutil', ['-d', `sql:${store}`, ...words], { encoding: 'utf8' });
    check('certutil is here (tools/setup installs libnss3-tools)', nss('-N', '--empty-password').status === 0);
    if (authority) same('the device is taught', nss('-A', '-n', 'site', '-t', 'C,,', '-i', authority).status, 0);
    const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
    return chromium.launchPersistentContext(join(work, 'profile'), {
        executablePath, env: { ...process.env, HOME: work },
        args: ['--no-sandbox', `--host-resolver-rules=MAP ${NAME} 127.0.0.1, MAP my.${NAME} 127.0.0.1`],
    });
}

const refusal = (page, address) => page.goto(address).then(() => '', (error) => /ERR_\w+/.exec(error.message)?.[0] ?? error.message);
const call = (page, name, body = {}, token = '') => page.evaluate(async ([name, body, token]) => {
    const answer = await fetch(`/call/${name}`, { method: 'POST', body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', ...(token && { 'X-Salve-Token': token }) } });
    return { status: answer.status, json: await answer.json() };
}, [name, body, token]);

async function named(_, work) {
    const site = new Site(work), phrase = join(work, 'phrase'), authority = join(work, 'authority.crt');
    writeFileSync(phrase, `kofi ${PHRASE}\n`, { mode: 0o600 });
    site.salve('staff', 'passphrase', '--as', 'kofi', '--new-pin-file', phrase);
    const made = JSON.parse(site.salve('tls', 'make', '--host', NAME, '--as', 'maria', '--json'));
    site.salve('tls', 'authority', '-o', authority);
    const server = await serve([SALVE, 'serve', '--tls', 'site', '--host', NAME, '--listen', '127.0.0.1:0', '--plain', '127.0.0.1:0'],
        site.environment);
    const plain = `http://127.0.0.1:${ports(server.pid)[1]}`;

    const stranger = await device(join(work, 'stranger'));
    same('a device that was not taught goes nowhere', await refusal(await stranger.newPage(), server.origin), 'ERR_CERT_AUTHORITY_INVALID');
    const before = await stranger.newPage();
    await before.goto(plain);
    check('the plain page has the fingerprint of the sheet', (await before.locator('body').innerText()).replace(/\s/g, ':')
        .includes(made.fingerprint.slice(0, 47)));
    check('and no script and no form', await before.evaluate(() => document.querySelectorAll('script,form,iframe').length) === 0);
    const [download] = await Promise.all([before.waitForEvent('download'), before.locator('a').click()]);
    same('its certificate', spawnSync('openssl', ['x509', '-inform', 'der', '-in', await download.path(), '-outform', 'pem'],
        { encoding: 'utf8' }).stdout, readFileSync(authority, 'utf8'));
    await stranger.close();

    const tablet = await device(join(work, 'tablet'), authority);
    const page = await tablet.newPage(), troubles = [];
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    await page.goto(`${server.origin}/`);
    await page.locator('main').waitFor();
    check('a secure place for passkeys and storage', await page.evaluate(() => isSecureContext && 'credentials' in navigator));
    same('by its name', await page.evaluate(() => location.hostname), NAME);
    const is = await call(page, 'certificate');
    same('the page can say what identifies it', [is.json.fingerprint, is.json.words], [made.fingerprint, made.words]);
    same('a PIN alone logs nobody in', (await call(page, 'login', { name: 'kofi', secret: '246802' })).status, 401);
    const login = await call(page, 'login', { name: 'kofi', secret: PHRASE });
    same('a passphrase does', login.status, 200);
    const cookie = (await tablet.cookies()).find((one) => one.name === '__Host-sid');
    same('its cookie is of this host alone', cookie && [cookie.domain, cookie.path, cookie.secure, cookie.httpOnly, cookie.sameSite],
        [NAME, '/', true, true, 'Strict']);
    same('and no script reads it', await page.evaluate(() => document.cookie), '');
    same('the name of people has nothing of staff\'s', (await page.goto(server.origin.replace(NAME, `my.${NAME}`))).status(), 421);
    same('another name of this machine is refused', await refusal(await tablet.newPage(), server.origin.replace(NAME, '127.0.0.1')),
        'ERR_CERT_COMMON_NAME_INVALID');
    same('nothing went wrong on the way', troubles.filter((text) => !/status of (401|421)/.test(text)), []);
    await tablet.close();
    same('the server ends well', await server.end(), 0);
}

await run([named]);
