// SPDX-License-Identifier: Apache-2.0
// What writes over FHIR do, are refused and tell, at a running server: requests by hand, then a client that nobody here wrote.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MedplumClient, OperationOutcomeError } from '@medplum/core';
import { App } from '../../support/app.mjs';
import { SECRET, Site, check, finish, same } from '../../support/browser.mjs';

const LOINC = 'http://loinc.org', UCUM = 'http://unitsofmeasure.org';
const FHIR = 'application/fhir+json', PATCH = 'application/json-patch+json';

// --- a view and its token ------------------------------------------------------------------------------------------------
class Desk {
    constructor(site, name) { Object.assign(this, { app: new App(site.origin), site, name }); }
    async call(name, body) {
        const { status, json } = await this.app.call(name, body);
        if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(json)}`);
        return json;
    }
    async open(card) {
        await this.call('login', { name: this.name, secret: SECRET });
        this.person = (await this.call('open', { who: card })).person;
        this.token = (await this.call('view-token', { person: this.person })).viewToken;
        const record = this.site.taken({ card, birthDate: '1972-03-14' });
        this.patient = `Patient/${record.find((one) => one.resourceType === 'Patient').id}`;
        return this;
    }
    async ask(method, path, body, headers = {}) {
        const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
        const answer = await fetch(`${this.site.origin}/fhir${path}`, {
            method, body: text, headers: { Authorization: `Bearer ${this.token}`, ...(text !== undefined && { 'Content-Type': FHIR }), ...headers },
        });
        const read = await answer.text();
        return { status: answer.status, headers: answer.headers, text: read, json: read.startsWith('{') ? JSON.parse(read) : null };
    }
    /** holds - does the session hold the person, for an alarm without an outcome? Then they cannot be closed. */
    async holds() { return (await this.app.call('close', { person: this.person })).status === 409; }
}

const began = Date.now(), later = (minutes) => new Date(began - (100 - minutes) * 1000).toISOString(); // moments that differ
const quantity = (value, unit) => ({ value, unit, system: UCUM, code: unit });
const observation = (desk, code, more) => ({
    resourceType: 'Observation', status: 'final', code: { coding: [{ system: LOINC, code }] }, subject: { reference: desk.patient },
    effectiveDateTime: later(0), ...more,
});
const weight = (desk, kg, more) => observation(desk, '29463-7', { valueQuantity: quantity(kg, 'kg'), ...more });
const pressure = (desk, systolic, diastolic, more) => observation(desk, '85354-9', {
    component: [['8480-6', systolic], ['8462-4', diastolic]].map(([code, value]) => (
        { code: { coding: [{ system: LOINC, code }] }, valueQuantity: quantity(value, 'mm[Hg]') })), ...more,
});

const rules = (answer) => (answer.json?.issue ?? []).flatMap((one) => one.details?.coding?.map((coding) => coding.code) ?? []);
const isAlarm = (answer) => rules(answer).some((rule) => rule.startsWith('salve-alarm/'));
const expressions = (answer) => (answer.json?.issue ?? []).flatMap((one) => one.expression ?? []);

// --- one resource --------------------------------------------------------------------------------------------------------
async function creates(desk) {
    const made = await desk.ask('POST', '/Observation', weight(desk, 71.5, { id: 'theirs', meta: { versionId: '9' } }));
    same('a create is 201', made.status, 201);
    const { id } = made.json, place = `${desk.site.origin}/fhir/Observation/${id}/_history/1`;
    same('its place is told with its version', made.headers.get('location'), place);
    same('and its tag', made.headers.get('etag'), 'W/"1"');
    check('the time of its saving is told', Date.parse(made.headers.get('last-modified')) > 0);
    check('its id is one of the record', /^[a-z2-7]{26}\.\d+$/.test(id) && id !== 'theirs');
    same('its version is the server’s', made.json.meta.versionId, '1');
    same('it can be read', (await desk.ask('GET', `/Observation/${id}`)).json.valueQuantity.value, 71.5);
    const again = await desk.ask('POST', '/Observation', weight(desk, 71.5));
    same('the same once more is here already', [again.status, again.json.id], [200, id]);
    const minimal = await desk.ask('POST', '/Observation', weight(desk, 71.6, { effectiveDateTime: later(1) }), { Prefer: 'return=minimal' });
    same('return=minimal has no body', [minimal.status, minimal.text, minimal.headers.get('etag')], [201, '', 'W/"1"']);
    const outcome = await desk.ask('POST', '/Observation', weight(desk, 71.7, { effectiveDateTime: later(2) }), { Prefer: 'return=OperationOutcome' });
    same('return=OperationOutcome has one', [outcome.status, outcome.json.resourceType], [201, 'OperationOutcome']);
    check('and says where it is', outcome.headers.get('location'));
    same('a person is not created', (await desk.ask('POST', '/Patient', { resourceType: 'Patient', name: [{ family: 'X' }] })).status, 403);
    return id;
}

async function updates(desk, id) {
    const at = `/Observation/${id}`, put = (kg, headers, more) => desk.ask('PUT', at, weight(desk, kg, { id, ...more }), headers);
    same('an update says of which version', (await put(72)).status, 400);
    same('another version is a failed precondition', (await put(72, { 'If-Match': 'W/"7"' })).status, 412);
    same('that of the body is a conflict', (await put(72, {}, { meta: { versionId: '7' } })).status, 409);
    const next = await put(72, { 'If-Match': 'W/"1"' });
    same('the newest one is taken', [next.status, next.json.meta.versionId, next.headers.get('etag')], [200, '2', 'W/"2"']);
    same('as meta says it, too', (await put(73, {}, { meta: { versionId: '2' } })).json.meta.versionId, '3');
    same('and back to what was', (await put(71.5, { 'If-Match': '3' })).json.meta.versionId, '4');
    const history = await desk.ask('GET', `${at}/_history`);
    same('all versions stay', history.json.entry.map((one) => one.resource.valueQuantity.value), [71.5, 73, 72, 71.5]);
    same('no client chooses an id', (await desk.ask('PUT', '/Observation/mine', weight(desk, 72, { id: 'mine' }), { 'If-Match': 'W/"1"' })).status, 405);
    const other = id.replace(/^./, (c) => (c === 'a' ? 'b' : 'a'));
    same('an id of another record is answered alike', (await desk.ask('PUT', `/Observation/${other}`, weight(desk, 72, { id: other }), { 'If-Match': 'W/"1"' })).status, 405);
    same('the id of the body is that of the address', (await desk.ask('PUT', at, weight(desk, 72, { id: 'x' }), { 'If-Match': 'W/"4"' })).status, 400);
    same('so is its type', (await desk.ask('PUT', at, { resourceType: 'Condition', id }, { 'If-Match': 'W/"4"' })).status, 400);
    same('a tag is a version', (await put(72, { 'If-Match': 'W/"x"' })).status, 400);
}

async function patches(desk, id) {
    const at = `/Observation/${id}`, patch = (operations, headers) => desk.ask('PATCH', at, operations, { 'Content-Type': PATCH, ...headers });
    const made = await patch([{ op: 'test', path: '/valueQuantity/value', value: 71.50 }, { op: 'replace', path: '/valueQuantity/value', value: 74 }]);
    same('a patch is the next version', [made.status, made.json.valueQuantity.value, made.json.meta.versionId], [200, 74, '5']);
    same('a test that fails', (await patch([{ op: 'test', path: '/status', value: 'amended' }])).status, 409);
    same('a path that is not there', (await patch([{ op: 'remove', path: '/note/0' }])).status, 409);
    same('an operation that is none', (await patch([{ op: 'increase', path: '/x' }])).status, 400);
    same('what is no patch', (await patch('{"op":')).status, 400);
    same('what makes no resource', (await patch([{ op: 'remove', path: '/status' }])).status, 422);
    same('another id', (await patch([{ op: 'replace', path: '/id', value: 'x' }])).status, 422);
    same('of another version', (await patch([{ op: 'replace', path: '/valueQuantity/value', value: 75 }], { 'If-Match': 'W/"4"' })).status, 412);
    const typed = await desk.ask('PATCH', at, [], { 'Content-Type': FHIR });
    same('other patches', [typed.status, typed.headers.get('accept-patch')], [415, PATCH]);
}

async function deletes(desk, id) {
    const at = `/Observation/${id}`;
    same('a delete of another version', (await desk.ask('DELETE', at, undefined, { 'If-Match': 'W/"1"' })).status, 412);
    const gone = await desk.ask('DELETE', at);
    same('a delete is 204', [gone.status, gone.text, gone.headers.get('etag')], [204, '', 'W/"6"']);
    same('then it is gone', (await desk.ask('GET', at)).status, 410);
    same('and no search finds it', (await desk.ask('GET', `/Observation?_id=${id}`)).json.total, 0);
    same('deleting it again changes nothing', [(await desk.ask('DELETE', at)).status, (await desk.ask('GET', `${at}/_history`)).json.total], [204, 6]);
    same('its earlier versions stay', (await desk.ask('GET', `${at}/_history/5`)).json.valueQuantity.value, 74);
    const newest = (await desk.ask('GET', `${at}/_history`)).json.entry[0];
    same('the history says that it was deleted', [newest.request.method, newest.resource], ['DELETE', undefined]);
    same('the version of its deletion is gone', (await desk.ask('GET', `${at}/_history/6`)).status, 410);
    same('it is not put anew', (await desk.ask('PUT', at, weight(desk, 72, { id }), { 'If-Match': 'W/"6"' })).status, 410);
    same('what is not here is not deleted', (await desk.ask('DELETE', '/Observation/mine')).status, 404);
    same('a person is not deleted', (await desk.ask('DELETE', `/${desk.patient}`)).status, 405);
}

// --- what is refused -----------------------------------------------------------------------------------------------------
async function refusals(desk) {
    const text = { text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' }, effectiveDateTime: later(3) };
    const refused = await desk.ask('POST', '/Observation', weight(desk, 70, text));
    same('what may not be kept is refused by rule and path', [refused.status, rules(refused), expressions(refused)],
        [422, ['salve-admit/element'], ['Observation.text']]);
    const lenient = await desk.ask('POST', '/Observation', weight(desk, 70, text), { Prefer: 'handling=lenient, return=representation' });
    same('or left out where that is asked for', [lenient.status, lenient.json.text], [201, undefined]);
    const told = await desk.ask('POST', '/Observation', weight(desk, 70.1, { ...text, effectiveDateTime: later(4) }), { Prefer: 'handling=lenient; return=OperationOutcome' });
    same('and said', [told.status, expressions(told)], [201, ['Observation.text']]);
    same('what R4 does not have', (await desk.ask('POST', '/Observation', weight(desk, 70, { colour: 'red' }))).status, 400);
    same('what is no JSON', (await desk.ask('POST', '/Observation', '{"resourceType":')).status, 400);
    same('another type than the address', (await desk.ask('POST', '/Condition', weight(desk, 70))).status, 400);
    same('another type of content', (await desk.ask('POST', '/Observation', weight(desk, 70), { 'Content-Type': 'text/plain' })).status, 415);
    const other = await desk.ask('POST', '/Observation', weight(desk, 70, { subject: { reference: `Patient/${'a'.repeat(26)}.1` } }));
    check('somebody else’s', other.status === 422 && rules(other).includes('salve-admit/subject'), other.text);
    const own = await desk.ask('POST', '/Observation', weight(desk, 70.2, { effectiveDateTime: later(5), subject: { reference: `${desk.site.origin}/fhir/${desk.patient}` } }));
    same('a reference by our own address is one of ours', [own.status, own.json.subject.reference], [201, desk.patient]);
    const likely = await desk.ask('POST', '/Observation', weight(desk, 290, { effectiveDateTime: later(6) }), { Prefer: 'return=OperationOutcome' });
    const id = likely.headers.get('location').split('/').at(-3);
    same('an unlikely number waits', [likely.status, rules(likely)], [201, ['salve-unlikely']]);
    const first = (await desk.ask('GET', `/Observation/${id}`)).json;
    same('as a first result', first.status, 'preliminary');
    same('until it is said to be final', (await desk.ask('PUT', `/Observation/${id}`, { ...first, status: 'final' }, { 'If-Match': 'W/"1"' })).json.status, 'final');
    const mine = await desk.ask('GET', `/${desk.patient}`);
    const both = await desk.ask('PUT', `/${desk.patient}`, { ...mine.json, name: [{ family: 'Another' }], birthDate: '1950-01-01' });
    same('another name and birth date are another person', both.status, 409);
    same('a birth date is not left out', (await desk.ask('PUT', `/${desk.patient}`, { ...mine.json, birthDate: undefined })).status, 422);
    const named = await desk.ask('PUT', `/${desk.patient}`, { ...mine.json, telecom: [{ system: 'phone', value: '+30 21 0555 0123' }] });
    same('a telephone number is put', [named.status, named.json.telecom?.[0].value], [200, '+30 21 0555 0123']);
}

async function validates(desk) {
    const ask = (body, path = '/Observation/$validate', headers = {}) => desk.ask('POST', path, body, headers);
    same('what is right', (await ask(weight(desk, 70))).json.issue.filter((one) => one.severity === 'error'), []);
    const bad = await ask({ ...weight(desk, 70), status: 'done', photo: 1 });
    check('what is wrong, by its path', bad.status === 200 && expressions(bad).includes('Observation.photo'), bad.text);
    const inside = await ask({ resourceType: 'Parameters', parameter: [{ name: 'resource', resource: observation(desk, '882-1', { valueString: 'x' }) }] });
    check('what would not be kept', rules(inside).includes('salve-never/N6'), inside.text);
}

// --- several -------------------------------------------------------------------------------------------------------------
const bundle = (type, ...entries) => ({ resourceType: 'Bundle', type, entry: entries.map(([request, resource, fullUrl]) => ({ fullUrl, resource, request })) });
const count = async (desk) => (await desk.site.taken({ card: desk.card, birthDate: '1972-03-14' })).filter((one) => one.resourceType === 'Observation').length;

async function transactions(desk) {
    const uuid = 'urn:uuid:3f9c6e0a-7c7e-4a39-9a0f-0d8d6a5a7d11', post = (type, more) => ({ method: 'POST', url: type, ...more });
    const report = (result) => ({
        resourceType: 'DiagnosticReport', status: 'final', code: { coding: [{ system: LOINC, code: '29463-7' }] },
        subject: { reference: desk.patient }, result: [{ reference: result }],
    });
    const made = await desk.ask('POST', '', bundle('transaction', [post('DiagnosticReport'), report(uuid)],
        [post('Observation'), weight(desk, 69, { effectiveDateTime: later(10) }), uuid], [{ method: 'GET', url: desk.patient }]));
    check('a transaction is taken', made.status === 200, made.text);
    same('a transaction', [made.status, made.json.type, made.json.entry.map((one) => one.response.status)],
        [200, 'transaction-response', ['201 Created', '201 Created', '200 OK']]);
    const [{ resource: kept }, { resource: result, response }, { resource: read }] = made.json.entry;
    same('refers to itself', kept.result[0].reference, `Observation/${result.id}`);
    same('a read in it is answered behind it', read.id, desk.patient.split('/')[1]);
    check('each has its place', response.location.endsWith(`/Observation/${result.id}/_history/1`) && response.etag === 'W/"1"', JSON.stringify(response));
    const before = await count(desk);
    const failed = await desk.ask('POST', '/', bundle('transaction', [post('Observation'), weight(desk, 68, { effectiveDateTime: later(11) })],
        [{ method: 'PUT', url: `Observation/${result.id}`, ifMatch: 'W/"9"' }, weight(desk, 68, { id: result.id })]));
    same('one that fails keeps nothing', [failed.status, failed.json.resourceType, await count(desk)], [412, 'OperationOutcome', before]);
    same('and says which', expressions(failed), ['Bundle.entry[1]']);
    const all = await desk.ask('POST', '', bundle('transaction',
        [{ method: 'DELETE', url: `DiagnosticReport/${kept.id}` }], [{ method: 'PUT', url: `Observation/${result.id}`, ifMatch: 'W/"1"' }, weight(desk, 67, { id: result.id, effectiveDateTime: later(10) })],
        [post('Observation', { ifNoneExist: `_id=${result.id}` }), weight(desk, 60)]));
    same('deletes, updates, conditions', all.json?.entry?.map((one) => one.response.status), ['204 No Content', '200 OK', '200 OK']);
    same('a condition that holds finds what is here', all.json?.entry?.[2].resource.id, result.id);
    const searched = await desk.ask('POST', '', bundle('transaction', [post('DiagnosticReport'), report(`Observation?_id=${result.id}`)]));
    same('a search may stand for a reference', searched.json?.entry?.[0].resource.result[0].reference, `Observation/${result.id}`);
    const twice = await desk.ask('POST', '', bundle('transaction', [{ method: 'DELETE', url: `Observation/${result.id}` }], [{ method: 'PUT', url: `Observation/${result.id}`, ifMatch: 'W/"2"' }, weight(desk, 61, { id: result.id })]));
    check('one resource stands in it once', twice.status >= 400 && twice.status < 500, twice.text);
    const same_url = await desk.ask('POST', '', bundle('transaction', ...[12, 13].map((at) => [post('Observation'), weight(desk, 60 + at, { effectiveDateTime: later(at) }), uuid])));
    same('an address stands in it once', [same_url.status, expressions(same_url)], [400, ['Bundle.entry[1].fullUrl']]);
    const people = await desk.ask('POST', '', bundle('transaction', [post('DiagnosticReport'), { ...report(uuid), subject: { reference: 'Patient?name=Haddad' }, result: undefined }]));
    same('no reference searches for people', [people.status, rules(people)], [403, ['salve-never/N12']]);
    same('a transaction of nothing', (await desk.ask('POST', '', { resourceType: 'Bundle', type: 'transaction' })).status, 200);
    same('a Bundle of another type', (await desk.ask('POST', '', bundle('collection', [undefined, weight(desk, 60)]))).status, 400);
    const person = await desk.ask('POST', '', bundle('transaction', [post('Patient'), { resourceType: 'Patient', name: [{ family: 'X' }] }]));
    check('no person is made by it', person.status === 400, `${person.status} ${person.text}`);
    return result.id;
}

async function batches(desk) {
    const made = await desk.ask('POST', '', bundle('batch', [{ method: 'POST', url: 'Observation' }, weight(desk, 66, { effectiveDateTime: later(20) })],
        [{ method: 'POST', url: 'Observation' }, observation(desk, '882-1', { valueString: 'x' })], [{ method: 'GET', url: 'Observation/none' }],
        [{ method: 'GET', url: 'metadata' }], [{ method: 'PUT', url: 'Observation/mine', ifMatch: 'W/"1"' }, weight(desk, 1, { id: 'mine' })]));
    same('a batch stands or falls one by one', [made.status, made.json.type, made.json.entry.map((one) => one.response.status.slice(0, 3))],
        [200, 'batch-response', ['201', '422', '404', '200', '405']]);
    same('what failed says why', made.json.entry[1].response.outcome.issue[0].details.coding[0].code, 'salve-never/N6');
    const never = await desk.ask('POST', '', bundle('batch', [{ method: 'GET', url: 'Patient/$export' }], [{ method: 'GET', url: '../call/person' }]));
    same('no way around the rules', never.json.entry.map((one) => one.response.status.slice(0, 3)), ['403', '404']);
}

async function conditions(desk, id) {
    const create = (query) => desk.ask('POST', '/Observation', weight(desk, 55, { effectiveDateTime: later(30) }), { 'If-None-Exist': query });
    const here = await create(`_id=${id}`);
    same('what is here is not made again', [here.status, here.json.id], [200, id]);
    same('more than one is not one', (await create('status=final')).status, 412);
    same('a parameter that R4 does not have', (await create('colour=red')).status, 400);
    same('none is one more', (await create('value-quantity=gt9000')).status, 201);
    for (const query of ['code=', '_format=json', '_count=1', '']) same(`a condition that names nothing: ${query}`, (await create(query)).status, 400);
}

// Of the one resource that a search finds.
async function searched(desk) {
    const put = (query, kg, more, headers) => desk.ask('PUT', `/Observation?${query}`, weight(desk, kg, { effectiveDateTime: later(50), identifier: [{ system: 'urn:salve:imported', value: 'corner-1' }], ...more }), headers);
    const mine = 'identifier=urn:salve:imported%7Ccorner-1', made = await put(mine, 91);
    same('nothing is found: it is made', [made.status, made.json?.meta?.versionId], [201, '1']);
    const { id } = made.json, next = await put(mine, 92);
    same('one is found: its next version', [next.status, next.json?.id, next.json?.meta?.versionId, next.json?.valueQuantity?.value], [200, id, '2', 92]);
    same('its id may be said', (await put(mine, 93, { id })).status, 200);
    same('another id is not that one', (await put(mine, 94, { id: 'another' })).status, 400);
    same('a version may be said', [(await put(mine, 94, {}, { 'If-Match': 'W/"2"' })).status, (await put(mine, 94, {}, { 'If-Match': 'W/"3"' })).status], [412, 200]);
    same('no client chooses an id', (await put('value-quantity=gt9002', 94, { id: 'another' })).status, 405);
    same('what is not there has no version', (await put('value-quantity=gt9002', 94, {}, { 'If-Match': 'W/"1"' })).status, 412);
    same('more than one is not one', (await put('status=final', 94)).status, 412);
    for (const query of ['code=', '_format=json', '_count=1']) same(`what names nothing is no condition: ${query}`, (await put(query, 94)).status, 400);
    same('nor is nothing', (await desk.ask('PUT', '/Observation', weight(desk, 94))).status, 400);
    same('a parameter that R4 does not have', (await put('colour=red', 94)).status, 400);
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const people = await desk.ask(method, '/Patient?name=Haddad', method === 'DELETE' ? undefined : { resourceType: 'Patient', name: [{ family: 'X' }] });
        check(`nobody is searched for: ${method}`, [403, 405].includes(people.status) && (people.status === 405 || rules(people).includes('salve-never/N12')), `${people.status} ${people.text}`);
    }
    check('nobody is enrolled by it', [400, 422].includes((await desk.ask('PUT', '/Patient?_id=none', { resourceType: 'Patient', name: [{ family: 'X' }] })).status));
    const patched = await desk.ask('PATCH', `/Observation?${mine}`, [{ op: 'replace', path: '/valueQuantity/value', value: 95 }], { 'Content-Type': PATCH });
    same('a patch of the one that is found', [patched.status, patched.json?.id, patched.json?.valueQuantity?.value], [200, id, 95]);
    const patch = (query) => desk.ask('PATCH', `/Observation?${query}`, [{ op: 'replace', path: '/status', value: 'amended' }], { 'Content-Type': PATCH });
    same('a patch of nothing, of more than one, of all', [(await patch('value-quantity=gt9003')).status, (await patch('status=final')).status, (await patch('code=')).status], [404, 412, 400]);
    const before = await count(desk), erase = (query) => desk.ask('DELETE', `/Observation${query}`);
    same('a delete of more than one, of all, of nothing named', [(await erase('?status=final')).status, (await erase('?code=')).status, (await erase('')).status, await count(desk)], [412, 400, 400, before]);
    same('a delete of what is not there', (await erase('?value-quantity=gt9004')).status, 204);
    same('a delete of the one that is found', [(await erase(`?${mine}`)).status, (await desk.ask('GET', `/Observation/${id}`)).status, (await erase(`?${mine}`)).status], [204, 410, 204]);

    const report = (result) => ({ resourceType: 'DiagnosticReport', status: 'final', code: { coding: [{ system: LOINC, code: '29463-7' }] }, subject: { reference: desk.patient }, result: [{ reference: result }] });
    const uuid = 'urn:uuid:3f9c6e0a-7c7e-4a39-9a0f-0d8d6a5a7d21', named = { identifier: [{ system: 'urn:salve:imported', value: 'corner-2' }], effectiveDateTime: later(51) }, theirs = 'Observation?identifier=urn:salve:imported%7Ccorner-2';
    const both = () => desk.ask('POST', '', bundle('transaction', [{ method: 'PUT', url: theirs }, weight(desk, 96, named), uuid], [{ method: 'POST', url: 'DiagnosticReport' }, report(uuid)], [{ method: 'DELETE', url: 'Observation?value-quantity=gt9005' }]));
    const first = await both();
    same('in a transaction', first.json?.entry?.map((one) => one.response.status.slice(0, 3)), ['201', '201', '204']);
    same('others refer to what is made so', first.json.entry[1].resource.result[0].reference, `Observation/${first.json.entry[0].resource.id}`);
    const second = await desk.ask('POST', '', bundle('transaction', [{ method: 'PUT', url: theirs }, weight(desk, 97, named), uuid], [{ method: 'POST', url: 'DiagnosticReport' }, { ...report(uuid), effectiveDateTime: later(52) }]));
    same('and to what is found so', [second.status, second.json?.entry?.[0].resource.id, second.json?.entry?.[1].resource.result[0].reference], [200, first.json.entry[0].resource.id, `Observation/${first.json.entry[0].resource.id}`]);
    const third = await desk.ask('POST', '', bundle('transaction', [{ method: 'POST', url: 'Observation', ifNoneExist: theirs.slice('Observation?'.length) }, weight(desk, 98, named), uuid], [{ method: 'POST', url: 'DiagnosticReport' }, { ...report(uuid), effectiveDateTime: later(53) }]));
    same('and to what its condition finds', [third.status, third.json?.entry?.[0].response.status, third.json?.entry?.[1].resource.result[0].reference], [200, '200 OK', `Observation/${first.json.entry[0].resource.id}`]);
    const batch = await desk.ask('POST', '', bundle('batch', [{ method: 'PUT', url: theirs }, weight(desk, 99, named)], [{ method: 'PUT', url: 'Observation?status=final' }, weight(desk, 99)], [{ method: 'DELETE', url: 'Observation?code=' }], [{ method: 'DELETE', url: theirs }]));
    same('in a batch', batch.json?.entry?.map((one) => one.response.status.slice(0, 3)), ['200', '412', '400', '204']);
    const failed = await desk.ask('POST', '', bundle('transaction', [{ method: 'POST', url: 'Observation' }, weight(desk, 61, { effectiveDateTime: later(54) })], [{ method: 'DELETE', url: 'Observation?status=final' }]));
    same('one that cannot be settled keeps nothing', failed.status, 412);
}

// A history of the moments that are asked for.
async function moments(desk) {
    const { id } = (await desk.ask('POST', '/Observation', weight(desk, 51, { effectiveDateTime: later(70) }))).json, times = [];
    for (const kg of [52, 53]) {
        await new Promise((done) => setTimeout(done, 5));
        await desk.ask('PATCH', `/Observation/${id}`, [{ op: 'replace', path: '/valueQuantity/value', value: kg }], { 'Content-Type': PATCH });
    }
    const versions = async (query) => { const answer = await desk.ask('GET', `/Observation/${id}/_history?${query}`); return answer.status === 200 ? (answer.json.entry ?? []).map((one) => Number(one.resource?.meta.versionId ?? 0)) : answer.status; };
    for (const version of [1, 2, 3]) times.push((await desk.ask('GET', `/Observation/${id}/_history/${version}`)).json.meta.lastUpdated);
    same('each version stands until the next', [await versions(`_at=${times[0]}`), await versions(`_at=${times[1]}`), await versions(`_at=${times[2]}`)], [[1], [2], [3]]);
    same('all that stood on a day, and the newest from then on', [await versions(`_at=${times[0].slice(0, 4)}`), await versions('_at=2100-01'), await versions('_at=2000')], [[3, 2, 1], [3], []]);
    same('of that the newer ones', await versions(`_at=${times[0].slice(0, 4)}&_since=${times[1]}`), [3, 2]);
    const page = await desk.ask('GET', `/Observation/${id}/_history?_at=${times[0].slice(0, 4)}&_count=2`), next = page.json.link.find((one) => one.relation === 'next')?.url ?? '';
    same('with pages', [page.json.total, (await desk.ask('GET', next.slice(next.indexOf('/fhir') + 5))).json?.entry?.length], [3, 1]);
    same('no moment', [await versions('_at=yesterday'), await versions('_at='), await versions('_at=gt2026')], [400, 400, 400]);
    await desk.ask('DELETE', `/Observation/${id}`);
    same('what was deleted since is not of then', [await versions(`_at=${times[1]}`), await versions('_at=2100')], [[2], [0]]);
}

// The input of operations: in the address, as Parameters, as a resource.
async function operations(desk) {
    const parameters = (...list) => ({ resourceType: 'Parameters', ...(list.length > 0 && { parameter: list }) }), post = (path, body) => desk.ask('POST', path, body);
    const all = (await desk.ask('GET', '/Patient/$everything?_summary=count')).json.total, weights = (await desk.ask('GET', '/Patient/$everything?_type=Observation&_summary=count')).json.total;
    const some = await post('/Patient/$everything', parameters({ name: '_type', valueString: 'Observation' }, { name: '_count', valueInteger: 2 }));
    same('$everything by POST', [some.status, some.json?.total, some.json?.entry?.length], [200, weights, 2]);
    const link = some.json.link.find((one) => one.relation === 'next').url;
    same('and its next page by GET', (await desk.ask('GET', link.slice(link.indexOf('/fhir') + 5))).json?.entry?.length, 2);
    same('without a body', (await desk.ask('POST', `/${desk.patient}/$everything`)).json?.total, all);
    same('since', (await post('/Patient/$everything', parameters({ name: '_since', valueInstant: '2100-01-01T00:00:00Z' }))).json?.total, 0);
    same('$summary', (await post('/Patient/$summary', parameters({ name: 'profile', valueUri: 'http://other' }))).status, 400);
    same('of the person who is open', [(await post('/Patient/$summary', parameters())).status, (await post('/Patient/none.1/$summary')).status], [200, 404]);
    same('$evaluate', (await post('/Patient/$evaluate', parameters({ name: 'guideline', valueString: 'none' }))).status, 404);
    const phq = (await desk.ask('GET', '/Questionnaire')).json.entry.map((one) => one.resource).find((one) => one.id === 'phq-9');
    for (const input of [{ name: 'canonical', valueCanonical: phq.url }, { name: 'canonical', valueUri: `${phq.url}|${phq.version}` }, { name: 'questionnaireRef', valueReference: { reference: 'Questionnaire/phq-9' } }])
        same(`$populate by ${input.name}`, (await post('/Questionnaire/$populate', parameters(input, { name: 'subject', valueReference: { reference: desk.patient } }))).json?.parameter?.[0].resource.resourceType, 'QuestionnaireResponse');
    same('$populate of what is not there', [(await post('/Questionnaire/$populate', parameters({ name: 'canonical', valueUri: `${phq.url}|0` }))).status, (await post('/Questionnaire/$populate', parameters())).status], [404, 400]);
    same('another body is none of these', [(await post('/Patient/$everything', weight(desk, 70))).status, (await post('/Patient/$summary', '[')).status, (await desk.ask('POST', '/Patient/$evaluate', 'a=b', { 'Content-Type': 'application/x-www-form-urlencoded' })).status], [400, 400, 415]);

    const stored = await desk.ask('POST', '/Observation', weight(desk, 72, { effectiveDateTime: later(60) })), { id } = stored.json, worst = (answer) => answer.json?.issue?.some((one) => one.severity === 'error');
    same('$validate of what is stored', [(await desk.ask('GET', `/Observation/${id}/$validate`)), await post(`/Observation/${id}/$validate`)].map((one) => [one.status, worst(one)]), [[200, false], [200, false]]);
    const mode = (code, path = `/Observation/${id}/$validate`, more = []) => post(path, parameters({ name: 'mode', valueCode: code }, ...more));
    same('of what may be done with it', [worst(await mode('delete')), worst(await mode('delete', `/${desk.patient}/$validate`)), worst(await mode('update', `/Observation/${id}/$validate`, [{ name: 'resource', resource: weight(desk, 70, { id: 'x' }) }])), (await mode('bend')).status], [false, true, true, 400]);
    check('a profile is not checked, and that is said', rules(await desk.ask('GET', `/Observation/${id}/$validate?profile=http://other`)).includes('salve-profile'));
    same('of nothing', (await post('/Observation/$validate', parameters())).status, 400);
}

// --- alarms --------------------------------------------------------------------------------------------------------------
async function alarms(site) {
    const each = [
        ['of what is kept', (desk) => desk.ask('POST', '/Observation', pressure(desk, 240, 130)), 201],
        ['whatever was preferred', (desk) => desk.ask('POST', '/Observation', pressure(desk, 240, 130), { Prefer: 'return=minimal' }), 201],
        ['of what may not be kept', (desk) => desk.ask('POST', '/Observation', pressure(desk, 240, 130, { comment: 1 })), 400],
        ['of a type that it is not', (desk) => desk.ask('POST', '/Condition', pressure(desk, 240, 130)), 400],
        ['of another type of content', (desk) => desk.ask('POST', '/Observation', pressure(desk, 240, 130), { 'Content-Type': 'text/plain' }), 415],
        ['of an answer that is not made', (desk) => desk.ask('POST', '/Observation', pressure(desk, 240, 130), { Accept: 'application/fhir+xml' }), 406],
        ['of an update that is refused', (desk) => desk.ask('PUT', '/Observation/mine', pressure(desk, 240, 130, { id: 'mine' })), 405],
        ['of a Bundle of no known type', (desk) => desk.ask('POST', '', bundle('collection', [undefined, pressure(desk, 240, 130)])), 400],
        ['of a condition that is here already', async (desk) => {
            const { id } = (await desk.ask('POST', '/Observation', weight(desk, 70))).json;
            return desk.ask('POST', '/Observation', pressure(desk, 240, 130), { 'If-None-Exist': `_id=${id}` });
        }, 200],
        ['of a condition that is none', (desk) => desk.ask('PUT', '/Observation?code=', pressure(desk, 240, 130)), 400],
        ['of a transaction that finds it here', async (desk) => {
            const { id } = (await desk.ask('POST', '/Observation', weight(desk, 70))).json;
            const answer = await desk.ask('POST', '', bundle('transaction', [{ method: 'POST', url: 'Observation', ifNoneExist: `_id=${id}` }, pressure(desk, 240, 130)]));
            return { ...answer, json: answer.json?.entry?.[0].response.outcome };
        }, 200],
        ['of a resource in the place of a patch', (desk) => desk.ask('PATCH', '/Observation/none', pressure(desk, 240, 130)), 404],
        ['of a transaction that fails', (desk) => desk.ask('POST', '', bundle('transaction', [{ method: 'POST', url: 'Observation' }, pressure(desk, 240, 130)], [{ method: 'POST', url: 'Media' }, { resourceType: 'Media', status: 'completed' }])), 400],
    ];
    for (const [name, write, status] of each) {
        const { card } = site.enrol('Amina Haddad'), desk = await new Desk(site, 'lina').open(card);
        const answer = await write(desk);
        check(`an alarm ${name} is told`, answer.status === status && isAlarm(answer), `${answer.status} ${answer.text}`);
        same(`an alarm ${name} holds the person`, await desk.holds(), true);
    }
    const { card: third } = site.enrol('Amina Haddad'), trial = await new Desk(site, 'lina').open(third);
    const tried = await trial.ask('POST', '/Observation/$validate', pressure(trial, 240, 130));
    check('an alarm of what is only validated is told', isAlarm(tried), tried.text);
    for (const [name, path, body] of [['', '/Patient/$everything', pressure(trial, 240, 130)], [' of Parameters', '/Patient/$summary', { resourceType: 'Parameters', parameter: [{ name: 'x', resource: pressure(trial, 240, 130) }] }],
        [' of a Bundle in them', '/Questionnaire/phq-9/$populate', { resourceType: 'Parameters', parameter: [{ name: 'x', resource: bundle('collection', [undefined, pressure(trial, 240, 130)]) }] }]]) {
        const answer = await trial.ask('POST', path, body);
        check(`an alarm in the input${name} of ${path} is told`, answer.text.includes('salve-alarm/'), `${answer.status} ${answer.text}`);
    }
    same('and holds nobody', await trial.holds(), false);
    const { card: fourth } = site.enrol('Amina Haddad'), last = await new Desk(site, 'lina').open(fourth);
    const xml = await last.ask('POST', '/Observation/$validate', pressure(last, 240, 130), { Accept: 'application/fhir+xml' });
    check('also where the answer is none that is made', xml.status === 406 && isAlarm(xml), `${xml.status} ${xml.text}`);
    for (const [method, url] of [['GET', 'Observation/none'], ['POST', 'Observation/none'], ['PATCH', 'Observation/none'], ['DELETE', 'Observation/none'], ['POST', 'Media']]) {
        const answer = await last.ask('POST', '', bundle('batch', [{ method, url }, pressure(last, 240, 130)]));
        check(`an alarm in an entry that is ${method} ${url} is told`, isAlarm({ json: answer.json?.entry?.[0].response.outcome }), answer.text);
    }
    const { card } = site.enrol('Amina Haddad'), desk = await new Desk(site, 'lina').open(card);
    const whole = await desk.ask('POST', '', bundle('batch', [{ method: 'POST', url: 'Observation' }, pressure(desk, 240, 130)], [{ method: 'POST', url: 'Observation' }, weight(desk, 70)]));
    check('of a batch it stands with its entry', isAlarm({ json: whole.json.entry[0].response.outcome }), whole.text);
    const id = whole.json.entry[0].response.location.split('/').at(-3);
    const right = await desk.ask('PATCH', `/Observation/${id}`, [{ op: 'replace', path: '/component/0/valueQuantity/value', value: 124 }, { op: 'replace', path: '/component/1/valueQuantity/value', value: 78 }], { 'Content-Type': PATCH });
    check('what is put right alarms no more', right.status === 200 && right.json.resourceType === 'Observation', right.text);
}

// --- a client that nobody here wrote --------------------------------------------------------------------------------------
const refused = async (promise) => promise.then(() => 'it was done', (error) => (error instanceof OperationOutcomeError ? error.outcome.issue[0].code : String(error)));

/** raw - the answer to the head of a request alone. */
const raw = (origin, head) => new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(new URL(origin).port, '127.0.0.1', () => socket.write(head));
    socket.setEncoding('utf8').on('data', (part) => (text += part)).on('close', () => resolve(text)).on('error', reject);
});
async function tooBig(desk) {
    const { host, origin } = new URL(desk.site.origin), ask = (path) => raw(origin, `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${desk.token}\r\nContent-Type: ${FHIR}\r\nContent-Length: ${(1 << 20) + 1}\r\n\r\n`);
    const [head, body] = (await ask('/fhir')).split('\r\n\r\n'), outcome = JSON.parse(body || '{}');
    check('over 1 MiB: 413', head.startsWith('HTTP/1.1 413 ') && /content-type: application\/fhir\+json/i.test(head), head);
    same('over 1 MiB: what is too big', [outcome.resourceType, outcome.issue?.[0]?.details?.coding?.[0]?.code], ['OperationOutcome', 'E_TOO_BIG']);
    check('over 1 MiB: the app has words of its own', (await ask('/call/measure')).includes('Content Too Large'));
}
async function medplum(desk) {
    const client = new MedplumClient({ baseUrl: `${desk.site.origin}/`, fhirUrlPath: 'fhir', fetch, accessToken: desk.token });
    const made = await client.createResource(weight(desk, 80, { effectiveDateTime: later(40) }));
    check('medplum: createResource', made.id && made.meta.versionId === '1');
    same('medplum: readResource', (await client.readResource('Observation', made.id)).valueQuantity.value, 80);
    same('medplum: readReference', (await client.readReference({ reference: desk.patient })).resourceType, 'Patient');
    const next = await client.updateResource({ ...made, valueQuantity: quantity(81, 'kg') });
    same('medplum: updateResource knows its version', [next.meta.versionId, next.valueQuantity.value], ['2', 81]);
    same('medplum: an older copy is refused', await refused(client.updateResource({ ...made, valueQuantity: quantity(90, 'kg') })), 'conflict');
    const patched = await client.patchResource('Observation', made.id, [{ op: 'replace', path: '/valueQuantity/value', value: 82 }]);
    same('medplum: patchResource', patched.valueQuantity.value, 82);
    same('medplum: readHistory', (await client.readHistory('Observation', made.id)).entry.length, 3);
    same('medplum: readVersion', (await client.readVersion('Observation', made.id, '1')).valueQuantity.value, 80);
    same('medplum: createResourceIfNoneExist finds it', (await client.createResourceIfNoneExist(weight(desk, 1), `_id=${made.id}`)).id, made.id);
    same('medplum: validateResource', (await client.validateResource(weight(desk, 80))).resourceType, 'OperationOutcome');
    const batch = await client.executeBatch(bundle('transaction', [{ method: 'POST', url: 'Observation' }, weight(desk, 83, { effectiveDateTime: later(41) }), 'urn:uuid:5d5c0a5e-0d6f-4f0f-8d7b-2f0e1c9b7a10'],
        [{ method: 'GET', url: `Observation/${made.id}` }]));
    same('medplum: executeBatch', batch.entry.map((one) => one.response.status), ['201 Created', '200 OK']);
    same('medplum: search', (await client.search('Observation', { _id: made.id })).entry.length, 1);
    same('medplum: searchResources', (await client.searchResources('Observation', `_id=${made.id}&code=29463-7`)).map((one) => one.id), [made.id]);
    same('medplum: searchOne', (await client.searchOne('Observation', `_id=${made.id}`)).id, made.id);
    same('medplum: deleteResource', await client.deleteResource('Observation', made.id).then(() => 'done'), 'done');
    same('medplum: what was deleted is gone', await refused(client.readResource('Observation', made.id, { cache: 'reload' })), 'not-found');
    same('medplum: what is not there', await refused(client.readResource('Observation', 'none')), 'not-found');
    same('medplum: nobody is enrolled', await refused(client.createResource({ resourceType: 'Patient', name: [{ family: 'X' }] })), 'forbidden');
    const again = await client.createResource(weight(desk, 84, { effectiveDateTime: later(42) }));
    same('medplum: upsertResource of what is here', await client.upsertResource(weight(desk, 85, { effectiveDateTime: later(42) }), `_id=${again.id}`).then((one) => [one.id, one.meta.versionId, one.valueQuantity.value]), [again.id, '2', 85]);
    same('medplum: upsertResource of what is not', (await client.upsertResource(weight(desk, 86, { effectiveDateTime: later(43) }), 'value-quantity=gt9001')).meta.versionId, '1');
}

const work = mkdtempSync(join(tmpdir(), 'salve-api-writes-'));
const site = new Site(join(work, 'site'));
try {
    await site.start();
    const { card } = site.enrol('Amina Haddad'), desk = await new Desk(site, 'dr-amina').open(card);
    desk.card = card;
    const id = await creates(desk);
    await updates(desk, id);
    await patches(desk, id);
    await deletes(desk, id);
    await refusals(desk);
    await validates(desk);
    const result = await transactions(desk);
    await batches(desk);
    await conditions(desk, result);
    await searched(desk);
    await operations(desk);
    await moments(desk);
    await tooBig(desk);
    await medplum(desk);
    await alarms(site);
} catch (error) {
    check('it went to its end', false, error.stack);
}
await site.stop();
rmSync(work, { recursive: true, force: true });
finish();
