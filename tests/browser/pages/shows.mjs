// SPDX-License-Identifier: Apache-2.0
// What Chromium says of a passkey is what the gate takes, on this machine: made, shown to log in and again, of a browser's
// own authenticator (a virtual one, with a PIN and no sensor); and the key of a tablet, as WebCrypto keeps it.
import { Site, check, run, same, SECRET } from '../../support/browser.mjs';

/** in the page: bytes and base64url, a call, a passkey made and shown. */
const helpers = () => {
    const from = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const to = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
    let token = '';
    const call = async (name, body = {}) => {
        const answer = await fetch(`/call/${name}`, {
            method: 'POST', headers: { 'Content-Type': 'application/json', ...(token && { 'X-Salve-Token': token }) }, body: JSON.stringify(body),
        });
        const json = await answer.json();
        if (json.token) token = json.token;
        return { status: answer.status, json };
    };
    const challenge = async () => (await call('challenge')).json.challenge;
    const make = async (alg) => {
        const { json: account } = await call('account'), asked = await challenge(), { json: site } = await call('site');
        const made = await navigator.credentials.create({ publicKey: {
            challenge: from(asked), rp: { id: site.rpId, name: site.name },
            user: { id: from(account.handle), name: account.name, displayName: account.name },
            pubKeyCredParams: [{ type: 'public-key', alg }], attestation: 'none',
            authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        } });
        return call('passkey-add', {
            challenge: asked, label: `made by ${alg}`, authenticatorData: to(made.response.getAuthenticatorData()),
            clientData: to(made.response.clientDataJSON),
        });
    };
    const show = async (name) => {
        const asked = await challenge(), { json: site } = await call('site');
        const shown = await navigator.credentials.get({ publicKey: { challenge: from(asked), rpId: site.rpId, userVerification: 'required' } });
        const body = {
            challenge: asked, credential: to(shown.rawId), authenticatorData: to(shown.response.authenticatorData),
            clientData: to(shown.response.clientDataJSON), signature: to(shown.response.signature),
        };
        return { ...await call(name, body), again: (await call(name, body)).status };
    };
    const enrol = async () => {
        const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
        return call('tablet-enrol', { label: 'Tablet 3', publicKey: to(await crypto.subtle.exportKey('raw', publicKey)) });
    };
    globalThis.salve = { call, make, show, enrol };
};

async function passkeys(browser, work) {
    const site = new Site(work);
    await site.start();
    site.origin = `http://localhost:${site.port}`; // passkeys are for names
    const page = await site.page(browser, 'en', 1280, 800), devices = await page.context().newCDPSession(page);
    await page.addInitScript(helpers);
    await page.goto(site.origin);
    await devices.send('WebAuthn.enable');
    for (const [alg, more] of [[-7, {}], [-8, { ctap2Version: 'ctap2_1' }], [-257, { defaultBackupEligibility: true, defaultBackupState: true }]]) {
        const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', { options: {
            protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, ...more,
        } });
        const login = await page.evaluate((secret) => salve.call('login', { name: 'lina', secret }), SECRET);
        same(`${alg}: a PIN is enough at this machine`, [login.status, login.json.mustSetUp], [200, false]);
        const made = await page.evaluate((number) => salve.make(number), alg);
        check(`${alg}: what the browser made is taken`, made.status === 200, JSON.stringify(made.json));
        await page.evaluate(() => salve.call('logout'));
        const shown = await page.evaluate(() => salve.show('login-passkey'));
        same(`${alg}: what it shows is who it is`, [shown.status, shown.json.id], [200, 'lina']);
        same(`${alg}: and is good once`, shown.again, 401);
        same(`${alg}: it is shown again`, (await page.evaluate(() => salve.show('step-up'))).status, 200);
        const { json } = await page.evaluate(() => salve.call('account'));
        same(`${alg}: the counter goes on`, json.passkeys.map((one) => one.wentBack), json.passkeys.map(() => null));
        await page.evaluate(() => salve.call('logout'));
        await devices.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    }
    await page.evaluate((secret) => salve.call('login', { name: 'maria', secret }), SECRET);
    same('a key of WebCrypto is a tablet', (await page.evaluate(() => salve.enrol())).status, 200);
    const { json } = await page.evaluate(() => salve.call('tablets'));
    same('which is the one that it is', json.tablets.map(({ label, here }) => [label, here]), [['Tablet 3', true]]);
    site.calm('passkeys');
}

await run([passkeys]);
