// SPDX-License-Identifier: Apache-2.0
// Each claim of the CapabilityStatement and each path of the OpenAPI file of a running server is tried, with the token of
// 'salve token'; then fhir-kit-client uses every interaction: reads, versions, writes, searches with pages, bundles, errors.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'fhir-kit-client';
import { Site, check, finish, same } from '../../support/browser.mjs';
import { sample, samples } from '../../support/fhir_samples.mjs';

const began = Date.now(), moment = (() => { let n = 0; return () => new Date(began - 3600000 + ++n * 1000).toISOString(); })();
let asked = 0;
const asks = (origin, token) => async (method, path, { body, type = 'application/fhir+json', headers = {} } = {}) => {
    asked++;
    const answer = await fetch(`${origin}${path}`, { method, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
        headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body !== undefined && { 'Content-Type': type }), ...headers } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: text.startsWith('{') ? JSON.parse(text) : null };
};

// --- what the server says of itself ---------------------------------------------------------------------------------------
async function claims(ask, patient) {
    const { json: statement, status } = await ask('GET', '/fhir/metadata');
    same('the statement', [status, statement.resourceType, statement.fhirVersion, statement.kind], [200, 'CapabilityStatement', '4.0.1', 'instance']);
    const [rest] = statement.rest, made = {};
    for (const { type, interaction = [], searchParam = [], operation = [], versioning, conditionalCreate, conditionalUpdate, conditionalDelete, documentation } of rest.resource) {
        if (documentation !== undefined) { // what is the person's own: the token of a member of staff is refused, by role
            const refused = await ask('GET', `/fhir/${type}`);
            same(`${type}: ${documentation}`, [refused.status, refused.json?.issue?.[0]?.details?.coding?.[0]?.code], [403, 'E_ROLE']);
            continue;
        }
        const can = new Set(interaction.map((one) => one.code)), told = (what) => `${type}: ${what}`;
        if (can.has('create')) {
            const { status: created, headers, json } = await ask('POST', `/fhir/${type}`, { body: sample(type, patient, moment()), headers: { Prefer: 'return=representation' } });
            same(told('create'), [created, json?.resourceType], [201, type]);
            made[type] = json?.id;
            check(told('create says where'), headers.get('location')?.includes(`/${type}/${json?.id}/_history/1`), headers.get('location'));
            check(told('its type and no other'), json?.meta?.versionId === '1', JSON.stringify(json?.meta));
        }
        if (conditionalCreate) {
            const again = await ask('POST', `/fhir/${type}`, { body: sample(type, patient, moment()), headers: { 'If-None-Exist': `_id=${made[type]}` } });
            same(told('conditional create of what is there'), again.status, 200);
        }
        const id = type === 'Patient' ? patient.slice('Patient/'.length) : made[type];
        const first = (await ask('GET', `/fhir/${type}?_count=1`)).json?.entry?.find((one) => one.search?.mode !== 'outcome')?.resource, known = id ?? first?.id;
        if (can.has('search-type')) {
            const found = await ask('GET', `/fhir/${type}`), posted = await ask('POST', `/fhir/${type}/_search`, { body: '_summary=count', type: 'application/x-www-form-urlencoded' });
            same(told('search'), [found.status, found.json?.type, posted.status], [200, 'searchset', 200]);
            for (const { name, type: kind } of searchParam) {
                const value = { date: 'gt1900-01-01', number: '1', quantity: '1', reference: patient, token: 'x', uri: 'http://none.example', composite: name.includes('date') ? 'x$2020' : 'x$1' }[kind] ?? 'x';
                const by = await ask('GET', `/fhir/${type}?${name}=${encodeURIComponent(value)}`, { headers: { Prefer: 'handling=strict' } });
                check(told(`search by ${name}`), by.status === 200, `${by.status} ${by.text.slice(0, 200)}`);
            }
        }
        if (known !== undefined) {
            const read = await ask('GET', `/fhir/${type}/${known}`);
            if (can.has('read')) same(told('read'), [read.status, read.json?.id], [200, known]);
            const tag = read.headers.get('etag'), spared = can.has('vread') ? await ask('GET', `/fhir/${type}/${known}`, { headers: { 'If-None-Match': tag } }) : null;
            if (can.has('vread')) same(told('read of what is known'), [spared.status, spared.text], [304, '']);
            if (can.has('vread')) same(told('vread'), (await ask('GET', `/fhir/${type}/${known}/_history/1`)).status, 200);
            if (can.has('history-instance')) same(told('history'), (await ask('GET', `/fhir/${type}/${known}/_history`)).json?.type, 'history');
            if (can.has('update')) {
                const { meta, ...rest_ } = read.json;
                const updated = await ask('PUT', `/fhir/${type}/${known}`, { body: { ...rest_, language: 'en' }, headers: { 'If-Match': tag } });
                check(told('update'), updated.status === 200, `${updated.status} ${updated.text.slice(0, 300)}`);
                if (conditionalUpdate) {
                    const found = await ask('PUT', `/fhir/${type}?_id=${known}`, { body: { ...rest_, language: 'ru' } });
                    same(told('conditional update'), found.status, 200);
                }
                if (versioning === 'versioned-update') {
                    const late = await ask('PUT', `/fhir/${type}/${known}`, { body: { ...rest_, language: 'fr' }, headers: { 'If-Match': tag } });
                    same(told('update of an old version'), late.status, 412);
                }
            }
            if (can.has('patch')) {
                const patched = await ask('PATCH', `/fhir/${type}/${known}`, { body: [{ op: 'add', path: '/language', value: 'ar' }], type: 'application/json-patch+json' });
                check(told('patch'), patched.status === 200, `${patched.status} ${patched.text.slice(0, 300)}`);
            }
        }
        for (const { name, definition } of operation) {
            check(told(`$${name} has a definition`), /^(?:http|urn:salve:)/.test(definition), definition);
            const paths = [[`/fhir/${type}/$${name}`], [`/fhir/${type}/${known}/$${name}`]];
            const tried = [];
            for (const [path] of paths) for (const method of ['GET', 'POST']) tried.push((await ask(method, path, method === 'POST' ? { body: sample(type, patient, moment()) } : {})).status);
            check(told(`$${name} is there`), tried.some((one) => one !== 404 && one !== 405), tried.join());
        }
        if (can.has('delete')) {
            const gone = await ask('DELETE', conditionalDelete === 'single' ? `/fhir/${type}?_id=${known}` : `/fhir/${type}/${known}`), after = await ask('GET', `/fhir/${type}/${known}`);
            same(told('delete'), [gone.status, after.status], [[200, 204].includes(gone.status) ? gone.status : 204, 410]);
        }
        const cannot = { create: ['POST', `/fhir/${type}`], update: ['PUT', `/fhir/${type}/${known ?? 1}`], delete: ['DELETE', `/fhir/${type}/${known ?? 1}`] };
        for (const [code, [method, path]] of Object.entries(cannot)) {
            if (can.has(code)) continue;
            const refused = await ask(method, path, { body: method === 'DELETE' ? undefined : { resourceType: type } });
            check(told(`no ${code}, and none is done`), [403, 405, 422].includes(refused.status), `${refused.status} ${refused.text.slice(0, 200)}`);
        }
    }
    for (const { code } of rest.interaction ?? []) {
        const bundle = { resourceType: 'Bundle', type: code, entry: [{ request: { method: 'GET', url: patient } }] };
        if (['transaction', 'batch'].includes(code)) same(`system: ${code}`, (await ask('POST', '/fhir', { body: bundle })).json?.type, `${code}-response`);
        else check(`system: ${code} is known to this test`, false, code);
    }
    same('every type that is written has a sample', rest.resource.filter((one) => one.interaction?.some(({ code }) => code === 'create') && !samples(patient)[one.type]).map((one) => one.type), []);
}

async function openapi(ask, anybody) {
    const { json: file } = await ask('GET', '/fhir/openapi.json');
    same('the OpenAPI file', [file.openapi.split('.')[0], file.servers.length], ['3', 1]);
    for (const [path, methods] of Object.entries(file.paths)) {
        const filled = path.replace('{type}', 'Observation').replace('{id}', 'none').replace('{version}', '1').replace('{name}', 'Observation');
        for (const [method, { security }] of Object.entries(methods)) {
            const body = ['post', 'put', 'patch'].includes(method) ? {} : undefined, [mine, theirs] = [await ask(method.toUpperCase(), filled, { body }), await anybody(method.toUpperCase(), filled, { body })];
            check(`${method} ${path} is there`, mine.status !== 405 && mine.status < 500, `${mine.status} ${mine.text.slice(0, 200)}`);
            check(`${method} ${path} asks who it is, or not`, security !== undefined ? theirs.status !== 403 : theirs.status === 401, String(theirs.status));
        }
    }
}

// --- fhir-kit-client -------------------------------------------------------------------------------------------------------
async function kit(origin, token, patient) {
    let calls = 0;
    const client = new Client({ baseUrl: `${origin}/fhir`, bearerToken: token }), id = patient.slice('Patient/'.length);
    const does = async (name, promise) => { calls++; return promise.catch((error) => { check(`kit: ${name}`, false, `${error.message} ${JSON.stringify(error.response?.data ?? '')}`.slice(0, 300)); return {}; }); };
    const refused = async (name, promise, status, rule) => {
        calls++;
        const error = await promise.then(() => null, (why) => why);
        const issue = error?.response?.data?.issue?.[0];
        same(`kit: ${name}`, [error?.response?.status, issue?.severity, rule === undefined || issue?.details?.coding?.[0]?.code === rule], [status, 'error', true]);
    };
    const weight = (kg) => ({ ...sample('Observation', patient, moment()), valueQuantity: { value: kg, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } });
    same('kit: capabilityStatement', (await does('capabilityStatement', client.capabilityStatement())).resourceType, 'CapabilityStatement');
    same('kit: read', (await does('read', client.read({ resourceType: 'Patient', id }))).id, id);
    same('kit: resolve', (await does('resolve', client.resolve({ reference: patient }))).id, id);
    same('kit: request', (await does('request', client.request(`Patient/${id}`))).id, id);

    const made = [];
    for (let i = 0; i < 25; i++) made.push(await does('create', client.create({ resourceType: 'Observation', body: weight(60 + i), options: { headers: { Prefer: 'return=representation' } } })));
    same('kit: create', made.filter((one) => one.meta?.versionId === '1').length, 25);
    for (const one of made.slice(0, 5)) {
        const changed = await does('update', client.update({ resourceType: 'Observation', id: one.id, body: { ...one, language: 'en' }, options: { headers: { 'If-Match': `W/"${one.meta.versionId}"`, Prefer: 'return=representation' } } }));
        same('kit: update', [changed.id, changed.meta?.versionId], [one.id, '2']);
        same('kit: vread', (await does('vread', client.vread({ resourceType: 'Observation', id: one.id, version: '1' }))).language, undefined);
        same('kit: history', (await does('history', client.resourceHistory({ resourceType: 'Observation', id: one.id }))).total, 2);
        same('kit: patch', (await does('patch', client.patch({ resourceType: 'Observation', id: one.id, jsonPatch: [{ op: 'replace', path: '/language', value: 'ar' }], options: { headers: { Prefer: 'return=representation' } } }))).meta?.versionId, '3');
    }
    for (const one of made.slice(20, 23)) {
        await does('delete', client.delete({ resourceType: 'Observation', id: one.id }));
        await refused('what was deleted is gone', client.read({ resourceType: 'Observation', id: one.id }), 410);
    }

    let page = await does('search', client.search({ resourceType: 'Observation', searchParams: { code: 'http://loinc.org|29463-7', _count: 6, _sort: '-date' } })), seen = [], pages = 0;
    const total = page.total;
    while (page?.entry) {
        seen.push(...page.entry.map((one) => one.resource.id));
        pages++;
        if (pages === 2) await does('create', client.create({ resourceType: 'Observation', body: weight(99) })); // while pages are read
        const next = client.nextPage({ bundle: page });
        page = next ? await does('nextPage', next) : null;
    }
    same('kit: pages have each once, while others write', [seen.length, new Set(seen).size, pages], [total, total, Math.ceil(total / 6)]);
    const second = await does('search', client.resourceSearch({ resourceType: 'Observation', searchParams: { _count: 6 } })), third = await does('nextPage', client.nextPage({ bundle: second }));
    const back = client.prevPage({ bundle: third });
    if (back) same('kit: prevPage', (await does('prevPage', back)).entry[0].resource.id, second.entry[0].resource.id);
    same('kit: POST _search', (await does('search', client.search({ resourceType: 'Observation', searchParams: { _id: made[0].id }, options: { postSearch: true } }))).total, 1);
    same('kit: compartmentSearch', (await does('compartmentSearch', client.compartmentSearch({ resourceType: 'Observation', compartment: { resourceType: 'Patient', id }, searchParams: { _summary: 'count' } }))).type, 'searchset');
    const included = await does('search', client.search({ resourceType: 'Observation', searchParams: { _id: made[6].id, _include: 'Observation:subject' } }));
    same('kit: _include', included.entry.map((one) => one.search.mode), ['match', 'include']);
    same('kit: _elements', Object.keys((await does('search', client.search({ resourceType: 'Observation', searchParams: { _id: made[6].id, _elements: 'status' } }))).entry[0].resource).includes('valueQuantity'), false);

    const entries = (type) => ({ resourceType: 'Bundle', type, entry: [
        { fullUrl: 'urn:uuid:1f7e3f52-6f0f-4f4b-8a44-4f1f3a1f7a01', resource: weight(70), request: { method: 'POST', url: 'Observation' } },
        { request: { method: 'GET', url: patient } }, { request: { method: 'GET', url: `Observation?_id=${made[6].id}` } }] });
    same('kit: transaction', (await does('transaction', client.transaction({ body: entries('transaction') }))).entry?.length, 3);
    same('kit: batch', (await does('batch', client.batch({ body: entries('batch') }))).entry?.length, 3);
    same('kit: $everything', (await does('operation', client.operation({ name: '$everything', resourceType: 'Patient', id, method: 'GET' }))).type, 'searchset');
    same('kit: $validate', (await does('operation', client.operation({ name: '$validate', resourceType: 'Observation', input: weight(70) }))).resourceType, 'OperationOutcome');

    await refused('another id', client.read({ resourceType: 'Patient', id: 'none' }), 404, 'E_NOT_FOUND');
    await refused('another type', client.read({ resourceType: 'Basic', id: '1' }), 404, 'E_NOT_FOUND');
    await refused('another version', client.vread({ resourceType: 'Patient', id, version: '99' }), 404, 'E_NOT_FOUND');
    await refused('nobody is enrolled', client.create({ resourceType: 'Patient', body: { resourceType: 'Patient' } }), 403, 'salve-never/N12');
    await refused('a history of all', client.systemHistory(), 403, 'salve-never/N13');
    await refused('people by name', client.search({ resourceType: 'Patient', searchParams: { name: 'Haddad' } }), 403, 'salve-never/N12');
    await refused('a chain over people', client.search({ resourceType: 'Observation', searchParams: { 'subject:Patient.name': 'Haddad' } }), 403, 'salve-never/N12');
    await refused('an export', client.operation({ name: '$export', resourceType: 'Patient', method: 'GET' }), 403, 'salve-never/N13');
    await refused('an old version', client.update({ resourceType: 'Observation', id: made[0].id, body: made[0], options: { headers: { 'If-Match': 'W/"1"' } } }), 412);
    await refused('what is no resource', client.create({ resourceType: 'Observation', body: { resourceType: 'Observation', status: 'x' } }), 400);
    await refused('what is not kept', client.create({ resourceType: 'Observation', body: { ...weight(70), code: { coding: [{ system: 'http://loinc.org', code: '883-9' }] } } }), 422);
    const other = new Client({ baseUrl: `${origin}/fhir`, bearerToken: `${token.slice(0, -3)}AAA` });
    await refused('a token that is none', other.read({ resourceType: 'Patient', id }), 401, 'E_SESSION');
    check(`kit: ${calls} calls, 80 at least`, calls >= 80, String(calls));
    console.log(`fhir-kit-client: ${calls} calls`);
}

const work = mkdtempSync(join(tmpdir(), 'salve-api-clients-'));
const site = new Site(join(work, 'site'));
try {
    await site.start();
    const person = site.enrol('Amina Haddad'), token = JSON.parse(site.salve('token', person.card, '--as', 'dr-amina', '--json')).token;
    const ask = asks(site.origin, token), anybody = asks(site.origin);
    const { json } = await ask('GET', '/fhir/Patient'), patient = `Patient/${json.entry[0].resource.id}`;
    await claims(ask, patient);
    await openapi(ask, anybody);
    console.log(`claims of the statement and of the OpenAPI file: ${asked} requests`);
    await kit(site.origin, token, patient);
} catch (error) {
    check('it went to its end', false, error.stack);
}
await site.stop();
rmSync(work, { recursive: true, force: true });
finish();
