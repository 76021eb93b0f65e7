// SPDX-License-Identifier: Apache-2.0
// The whole standalone launch of an app that nobody here wrote, made with fhirclient as it is published: its page on another
// origin sends the browser here, the person says yes to what they choose, the app reads and refreshes, and the person ends it. A manager
// registers it before and ends it after, on the page for that; the person makes a health link and ends it.
import { createServer } from 'node:http';
import { packed } from '../../support/packed.mjs';
import { AXE, holds } from '../../support/web_holds.mjs';
import { BORN, LANGUAGES, SECRET, Site, appears, check, run, said, same } from '../../support/browser.mjs';

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
    await register(browser, site, here, app);
    for (const language of LANGUAGES) await letIn(browser, site, person, app, language);
    await endForAll(browser, site, here, person);
    app.server.close();
    site.calm('apps and links');
    await site.stop();
}

/** A page with axe in it. */
async function opened(browser, site, language, width, origin, path) {
    const context = await browser.newContext({ locale: language, viewport: { width, height: 700 } }), page = await context.newPage();
    page.on('pageerror', (error) => site.troubles.push(error.stack));
    await page.goto(origin + path);
    return page;
}
async function lookedAt(page, name, language) {
    const wire = await page.context().newCDPSession(page);
    await wire.send('Runtime.evaluate', { expression: `window.axe ? 0 : (() => {${AXE}\n})(), 0`, awaitPromise: true });
    await wire.detach();
    await holds(page, name, language, check);
    check(`${name}: nothing beside the page`, await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
}

async function manager(browser, site, language, here) {
    const page = await opened(browser, site, language, 1024, here, '/');
    await page.locator('form input').nth(0).fill('maria');
    await page.locator('form input').nth(1).fill(SECRET);
    await page.keyboard.press('Enter');
    await page.locator('.stations a[href="/apps"]').first().click();
    await page.locator('main form').first().waitFor();
    await page.setViewportSize({ width: 320, height: 700 });
    return page;
}

async function register(browser, site, here, app) {
    const page = await manager(browser, site, 'en', here), box = (key) => page.getByLabel(said('en', key)).first();
    check('no app is registered', await appears(page.getByText(said('en', 'apps.none'))));
    await box('apps.name').fill('Heart Diary');
    await box('apps.id').fill('diary');
    await box('apps.redirects').fill('http://elsewhere.example/back');
    await box('apps.origins').fill(app.origin);
    const send = page.getByRole('button', { name: said('en', 'apps.do') });
    await send.click();
    check('an address without TLS is refused', await appears(page.getByRole('alert')));
    await box('apps.redirects').fill(`${app.origin}/back.html`);
    await send.click();
    check('it is registered', await appears(page.getByRole('button', { name: said('en', 'apps.end') })), await page.locator('main').innerText());
    await lookedAt(page, 'apps en', 'en');
    same('and the command line knows it', JSON.parse(site.salve('app', '--json')).map(({ id, redirects }) => [id, ...redirects]), [['diary', `${app.origin}/back.html`]]);
    await page.context().close();
}

async function endForAll(browser, site, here, person) {
    const page = await manager(browser, site, 'ar', here), button = (key) => page.getByRole('button', { name: said('ar', key) }).first();
    await button('apps.end').click();
    await lookedAt(page, 'apps ar', 'ar');
    await button('apps.end-yes').click();
    check('the manager ended it', await appears(page.getByText(said('ar', 'apps.none'))));
    same('nothing is shown as on', JSON.parse(site.salve('apps', person.card, '--born', BORN, '--json')).filter(({ on }) => on).length, 0);
    await page.context().close();
}

/** What others get of the record, as the person sees and ends it; links in the second language alone. */
async function own(page, site, person, language, here) {
    const text = (key) => page.getByText(said(language, key)).first(), button = (key) => page.getByRole('button', { name: said(language, key) }).first();
    const sees = async (what, locator) => check(`${language}: ${what}`, await appears(locator), await page.locator('body').innerText().catch(() => ''));
    await page.goto(`${here}/my-record`);
    await button('own.show').click();
    await sees('card and birth date are asked for', text('connect.need-card'));
    await page.locator('#card').fill(person.card);
    await page.locator('#told').fill('1980-01-01');
    await button('own.show').click();
    await sees('a wrong birth date shows nothing', text('connect.not-you'));
    await page.locator('#told').fill(BORN);
    await page.keyboard.press('Enter');
    await sees('the app is shown', page.getByText('Heart Diary').first());
    await lookedAt(page, `own ${language}`, language);
    if (language === 'ar') await link(page, site, person, language, { text, button, sees });
    await button('own.end-app-of').click();
    await button('own.end-yes').click();
    await sees('the app is ended', text('own.no-app'));
    await button('own.done').click();
    check(`${language}: nothing is left on the page`, (await appears(button('own.show'))) && (await page.locator('#card').inputValue()) === '');
}
async function link(page, site, person, language, { text, button, sees }) {
    same(`${language}: nothing of a link is chosen`, await page.locator('input[type=radio]:checked').count(), 0);
    await button('own.make-do').click();
    await sees('what is missing of a link is said', text('own.need-apart'));
    await page.locator('input[name=apart]').nth(1).check();
    await page.locator('input[name=days]').nth(0).check();
    await button('own.make-do').click();
    await sees('the link is shown', page.getByText('shlink:/').first());
    check(`${language}: with its code and passcode`, (await page.locator('svg.qr').count()) === 1 && /[0-9A-Z]{4}-[0-9A-Z]{4}/.test(await page.locator('.secret').innerText()));
    await lookedAt(page, `link ${language}`, language);
    await page.emulateMedia({ media: 'print' });
    check(`${language}: the passcode is not printed with it`, !(await page.locator('.secret').isVisible()) && (await page.getByText('shlink:/').first().isVisible()));
    await page.emulateMedia({ media: 'screen' });
    await button('own.have-both').click();
    await sees('and stands in the list', text('own.never-opened'));
    same(`${language}: as the command line says`, JSON.parse(site.salve('shares', person.card, '--born', BORN, '--json')).length, 1);
    await page.locator('section:has(#own-links)').getByRole('button').first().click();
    await button('own.end-yes').click();
    await sees('it is ended', text('own.no-link'));
}

async function letIn(browser, site, person, app, language) {
    const here = site.origin.replace('127.0.0.1', 'localhost');
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
    await lookedAt(page, `connect ${language}`, language);
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
    const mine = await opened(browser, site, language, 320, here, '/my-record');
    await own(mine, site, person, language, here);
    await mine.context().close();
    check(`${language}: it is over`, /^ERROR/.test(await again()));
    const old = await page.evaluate((token) => fetch(globalThis.client.state.serverUrl + '/Patient', { headers: { Authorization: `Bearer ${token}` } }).then(({ status }) => status),
        await page.evaluate(() => globalThis.client.state.tokenResponse.access_token ?? 'none'));
    same(`${language}: and opens nothing`, old, 401);
    await context.close();
}

await run([launch]);
