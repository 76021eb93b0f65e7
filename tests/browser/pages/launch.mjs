// SPDX-License-Identifier: Apache-2.0
// The whole standalone launch of an app that nobody here wrote, made with fhirclient as it is published: its page on another
// origin sends the browser here, the person says yes to what they choose, the app reads and refreshes, and the person ends it.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packed } from '../../support/packed.mjs';
import { AXE, holds } from '../../support/web_holds.mjs';
import { BORN, LANGUAGES, Site, appears, check, run, said, same } from '../../support/browser.mjs';

const library = packed('fhirclient', 'build/fhir-client.min.js');
if (library === null) {
    console.log('0 passed, 0 failed, 1 skipped');
    process.exit(0);
}

const SCOPE = 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs';
/** The pages of the app: one that asks, one that comes back and shows what it got. */
function pages(iss) {
    const begins = `FHIR.oauth2.authorize({ iss: ${JSON.stringify(iss)}, clientId: 'diary', scope: ${JSON.stringify(SCOPE)},
        redirectUri: 'back.html', pkceMode: 'required' }).catch((error) => { document.body.textContent = 'ERROR ' + error; });`;
    const back = `const show = (text) => { document.body.textContent = text; };
        const wrong = (error) => show('ERROR ' + (error.message ?? error));
        FHIR.oauth2.ready().then(async (client) => {
            globalThis.client = client;
            const patient = await client.patient.read(),
                found = await client.request('Observation?patient=' + client.patient.id + '&_count=5');
            show(JSON.stringify({ id: patient.id, name: patient.name?.[0]?.family, total: found.total, scope: client.state.tokenResponse.scope,
                user: client.getFhirUser(), refresh: Boolean(client.state.tokenResponse.refresh_token) }));
        }).catch(wrong);`;
    const page = (script) => `<!doctype html><title>Diary</title><body>…</body><script src="fhir-client.js"></script><script>${script}</script>`;
    return { '/launch.html': page(begins), '/back.html': page(back), '/fhir-client.js': library };
}
async function serveApp(iss) {
    const files = pages(iss);
    const server = createServer((request, reply) => {
        const { pathname } = new URL(request.url, 'http://x'), body = files[pathname];
        reply.writeHead(body === undefined ? 404 : 200, { 'Content-Type': pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8' });
        reply.end(body ?? '');
    });
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

async function launch(browser, work) {
    const site = new Site(work), person = site.enrol('Amina Haddad');
    await site.start();
    const here = site.origin.replace('127.0.0.1', 'localhost'), app = await serveApp(`${here}/fhir`);
    const file = join(work, 'diary.json');
    writeFileSync(file, JSON.stringify({ id: 'diary', name: 'Heart Diary', redirects: [`${app.origin}/back.html`], origins: [app.origin] }));
    site.salve('app', 'add', file, '--as', 'maria');
    for (const language of LANGUAGES) await letIn(browser, site, person, app, language);
    app.server.close();
    await site.stop();
}

async function letIn(browser, site, person, app, language) {
    const context = await browser.newContext({ locale: language, viewport: { width: 360, height: 640 } }), page = await context.newPage();
    const sees = async (what, locator) => check(`${language}: ${what}`, await appears(locator), await page.locator('body').innerText().catch(() => ''));
    const text = (key) => page.getByText(said(language, key)).first(), button = (key) => page.getByRole('button', { name: said(language, key) }).first();
    const results = async () => {
        await page.waitForFunction(() => location.pathname === '/back.html' && /^(?:ERROR|\{)/.test(document.body.textContent), undefined, { timeout: 20_000 });
        return page.locator('body').innerText();
    };

    // --- no
    await page.goto(`${app.origin}/launch.html`);
    await sees('the person is asked', text('connect.title'));
    await sees('by name', page.getByText('Heart Diary').first());
    await button('connect.refuse').click();
    same(`${language}: a no goes back as a no`, (await results()).startsWith('ERROR') && page.url().includes('access_denied'), true);

    // --- yes, to a part
    await page.goto(`${app.origin}/launch.html`);
    await button('connect.allow').waitFor();
    const wire = await context.newCDPSession(page);
    await wire.send('Runtime.evaluate', { expression: `window.axe ? 0 : (() => {${AXE}\n})(), 0`, awaitPromise: true });
    await wire.detach();
    await holds(page, `connect ${language}`, language, check);
    check(`${language}: nothing beside the page`, await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
    same(`${language}: nothing is chosen`, await page.locator('input[type=radio]:checked').count(), 0);
    await button('connect.allow').click();
    await sees('what is missing is said', text('connect.need-card'));
    await page.locator('#card').fill(person.card);
    await page.locator('#told').fill('1980-01-01');
    for (const [name, at] of [['class-identity', 0], ['class-clinical', 0], ['class-sensitive', 1], ['days', 2]])
        await page.locator(`input[name=${name}]`).nth(at).check();
    await button('connect.allow').click();
    await sees('a wrong birth date is refused', text('connect.not-you'));
    await page.locator('#told').fill(BORN);
    await button('connect.allow').click();
    const got = await results();
    if (!check(`${language}: the app reads`, got.startsWith('{'), got)) return context.close();
    const read = JSON.parse(got);
    same(`${language}: it is them`, read.name, 'Haddad');
    same(`${language}: the scopes are what was allowed`, read.scope, 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs');
    check(`${language}: the id token names them`, read.user === `Patient/${read.id}`, read.user);
    check(`${language}: it may go on`, read.refresh);

    // --- it goes on, until the person ends it
    const again = () => page.evaluate(() => globalThis.client.refresh().then(() => globalThis.client.patient.read()).then((one) => one.id, (error) => `ERROR ${error.status ?? error.message}`));
    const before = await page.evaluate(() => globalThis.client.state.tokenResponse.access_token);
    same(`${language}: it refreshes and reads`, await again(), read.id);
    check(`${language}: with another token`, before !== (await page.evaluate(() => globalThis.client.state.tokenResponse.access_token)));
    const looked = site.salve('looked', person.card, '--born', BORN);
    check(`${language}: its looks stand under its name`, /access +app Heart Diary, which was let in/.test(looked), looked);
    site.salve('apps', 'end', person.card, 'diary', '--born', BORN);
    check(`${language}: it is over`, /^ERROR/.test(await again()));
    const old = await page.evaluate((token) => fetch(globalThis.client.state.serverUrl + '/Patient', { headers: { Authorization: `Bearer ${token}` } }).then(({ status }) => status),
        await page.evaluate(() => globalThis.client.state.tokenResponse.access_token ?? 'none'));
    same(`${language}: and opens nothing`, old, 401);
    await context.close();
}

await run([launch]);
