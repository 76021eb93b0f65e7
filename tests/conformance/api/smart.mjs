// SPDX-License-Identifier: Apache-2.0
// The launch of an app without a browser: what it is told, a request for a code, tokens, reading, refreshing, ending;
// and what is refused on the way. Origin, card, another card and the folder for files are arguments.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';

const [origin, card] = process.argv.slice(2);
let passed = 0,
    failed = 0;
async function check(name, run) {
    try {
        await run();
        passed += 1;
    } catch (error) {
        failed += 1;
        console.log(`FAIL smart: ${name}\n${error.stack}`);
    }
}

const fhir = `${origin}/fhir`,
    REDIRECT = 'https://heart.example/back';
const text = (bytes) => Buffer.from(bytes).toString('base64url');
const pkce = () => {
    const verifier = text(randomBytes(32));
    return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};
const asked = (more, challenge) =>
    new URLSearchParams({
        response_type: 'code',
        client_id: 'heart',
        redirect_uri: REDIRECT,
        scope: 'launch/patient openid fhirUser offline_access patient/*.rs',
        state: 'some state/1',
        aud: fhir,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        nonce: 'n-1',
        ...more,
    }).toString();
async function call(name, given) {
    const reply = await fetch(`${origin}/call/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: origin },
        body: JSON.stringify(given),
    });
    return { status: reply.status, body: await reply.json() };
}
const form = (path, given) =>
    fetch(`${origin}${path}`, { method: 'POST', body: new URLSearchParams(given) }).then(async (reply) => ({
        status: reply.status,
        body: await reply.json(),
    }));
const get = (path, token, headers = {}) =>
    fetch(`${fhir}${path}`, { headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers } });

/** The person lets it in: a code. */
async function allow(more = {}, choice = {}) {
    const { verifier, challenge } = pkce(),
        query = asked(more, challenge);
    const { status, body } = await call('app-allow', {
        query,
        card,
        ownWord: '1972-03-14',
        classes: 'identity clinical',
        days: '30',
        ...choice,
    });
    assert.equal(status, 200, JSON.stringify(body));
    const back = new URL(body.back);
    assert(body.back.startsWith(`${REDIRECT}?`) && back.searchParams.get('state') === 'some state/1');
    return { code: back.searchParams.get('code'), verifier };
}
const exchange = ({ code, verifier }, more = {}) =>
    form('/oauth/token', {
        grant_type: 'authorization_code',
        client_id: 'heart',
        code,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
        ...more,
    });

// --- what it is told -------------------------------------------------------------------------------------------------
await check('smart-configuration', async () => {
    const reply = await get('/.well-known/smart-configuration'),
        said = await reply.json();
    assert.equal(reply.headers.get('content-type'), 'application/json');
    assert.equal(said.issuer, fhir);
    assert.equal(said.authorization_endpoint, `${origin}/oauth/authorize`);
    assert.deepEqual(said.code_challenge_methods_supported, ['S256']);
    for (const one of ['launch-standalone', 'client-public', 'permission-v2', 'sso-openid-connect'])
        assert(said.capabilities.includes(one), one);
    for (const path of ['/fhir/.well-known/openid-configuration', '/.well-known/smart-configuration'])
        assert.equal((await (await fetch(origin + path)).json()).token_endpoint, `${origin}/oauth/token`);
});
await check('the page of the request is the app of this server', async () => {
    const reply = await fetch(`${origin}/oauth/authorize?client_id=x&state=a%20b`, { redirect: 'manual' });
    assert.equal(reply.status, 303);
    assert.equal(reply.headers.get('location'), '/connect?client_id=x&state=a%20b');
    assert.equal((await fetch(`${origin}/connect?client_id=x`)).status, 200);
});
await check('what is asked is shown', async () => {
    const { body } = await call('app-ask', { query: asked({}, pkce().challenge) });
    assert.equal(body.name, 'Heart Diary');
    assert.deepEqual(body.classes, ['identity', 'clinical', 'sensitive']);
    assert.deepEqual(body.scopes, [{ type: '*', where: '' }]);
    assert(body.offline && !body.wrong && body.refused.includes('error=access_denied'));
});
await check('a wrong request goes back to the app with its error, or nowhere', async () => {
    const wrong = async (more) => call('app-ask', { query: asked(more, pkce().challenge) });
    for (const [more, error] of [
        [{ response_type: 'token' }, 'unsupported_response_type'],
        [{ code_challenge_method: 'plain' }, 'invalid_request'],
        [{ aud: 'https://elsewhere.example/fhir' }, 'invalid_request'],
        [{ scope: 'user/*.rs system/*.rs patient/*.cud' }, 'invalid_scope'],
    ]) {
        const { body } = await wrong(more);
        assert(body.wrong && body.refused.startsWith(`${REDIRECT}?error=${error}&`), JSON.stringify([more, body]));
    }
    for (const more of [{ client_id: 'nobody' }, { redirect_uri: `${REDIRECT}/` }, { redirect_uri: 'https://evil.example' }]) {
        const { status, body } = await wrong(more);
        assert(status >= 400 && body.refused === undefined && body.error !== undefined, JSON.stringify(body));
    }
});

// --- the launch ------------------------------------------------------------------------------------------------------
await check('a code, tokens, a read, a refresh, a revocation', async () => {
    const first = await exchange(await allow());
    assert.equal(first.status, 200, JSON.stringify(first.body));
    const { access_token: access, refresh_token, id_token, patient, scope, token_type, expires_in } = first.body;
    assert(token_type === 'Bearer' && expires_in === 600 && /^[a-z2-7]{26}\.1$/.test(patient));
    assert.equal(scope, 'launch/patient openid fhirUser offline_access patient/*.rs');
    const read = await get(`/Patient/${patient}`, access);
    assert.equal(read.status, 200, await read.clone().text());
    assert.equal((await read.json()).id, patient);
    assert.equal((await get('/Patient/aaaaaaaaaaaaaaaaaaaaaaaaaa.1', access)).status, 404);
    assert.equal((await get(`/Patient/${patient}`)).status, 401);
    const [head, claims, signature] = id_token.split('.');
    const keys = (await (await fetch(`${origin}/.well-known/jwks.json`)).json()).keys,
        { kid, alg } = JSON.parse(Buffer.from(head, 'base64url')),
        key = keys.find((one) => one.kid === kid);
    assert.equal(alg, 'RS256');
    assert(
        verify(
            'sha256',
            `${head}.${claims}`,
            createPublicKey({ key, format: 'jwk' }),
            Buffer.from(signature, 'base64url'),
        ),
    );
    const said = JSON.parse(Buffer.from(claims, 'base64url'));
    assert(said.iss === fhir && said.aud === 'heart' && said.nonce === 'n-1');
    assert.equal(said.fhirUser, `${fhir}/Patient/${patient}`);
    const next = await form('/oauth/token', { grant_type: 'refresh_token', client_id: 'heart', refresh_token });
    assert.equal(next.status, 200, JSON.stringify(next.body));
    assert(next.body.refresh_token !== refresh_token && next.body.patient === patient);
    assert.equal((await get(`/Patient/${patient}`, next.body.access_token)).status, 200);
    const third = await form('/oauth/token', { grant_type: 'refresh_token', refresh_token: next.body.refresh_token });
    assert.equal(third.status, 200, 'a public app refreshes without its name');
    next.body = third.body;
    const seen = await form('/oauth/introspect', { client_id: 'heart', token: next.body.access_token });
    assert(seen.body.active && seen.body.scope === scope && seen.body.client_id === 'heart');
    const gone = await form('/oauth/revoke', { client_id: 'heart', token: next.body.refresh_token });
    assert.equal(gone.status, 200);
    for (const token of [access, next.body.access_token]) {
        const reply = await get(`/Patient/${patient}`, token);
        assert.equal(reply.status, 401);
        assert.match(reply.headers.get('www-authenticate'), /invalid_token/);
    }
});
await check('scopes are what is read', async () => {
    const { body } = await exchange(await allow({ scope: 'patient/Patient.r' }, { days: '0', classes: 'identity' }));
    assert(body.refresh_token === undefined && body.id_token === undefined);
    assert.equal((await get(`/Patient/${body.patient}`, body.access_token)).status, 200);
    assert.equal((await get('/Observation/x.1', body.access_token)).status, 403);
    const writes = await fetch(`${fhir}/Observation`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${body.access_token}`, 'Content-Type': 'application/fhir+json' },
        body: '{"resourceType":"Observation"}',
    });
    assert([403, 404, 405].includes(writes.status), String(writes.status));
});
await check('a scope lets nothing else come along', async () => {
    const of = async (scope, classes = 'clinical') => (await exchange(await allow({ scope }, { days: '0', classes }))).body;
    const list = async (path, token) => {
        const reply = await get(path, token);
        assert.equal(reply.status, 200, `${path}: ${reply.status}`);
        return ((await reply.json()).entry ?? []).filter((one) => one.search?.mode !== 'outcome').map((one) => one.resource);
    };
    // What is let in anew takes the place of what was before, so each is looked at in its turn.
    const isWeight = (one) => JSON.stringify(one.code ?? '').includes('29463-7');
    const whole = await of('patient/*.rs', 'identity clinical'), { patient } = whole;
    const all = await list('/Observation?_include=Observation:subject', whole.access_token);
    const other = all.find((one) => one.resourceType === 'Observation' && !isWeight(one));
    assert(other && all.some(isWeight) && all.some((one) => one.resourceType === 'Patient'), 'there is something to leave out');
    const refused = async (token) => {
        for (const path of [`/Patient/${patient}`, `/Patient/${patient}/$everything`, '/Patient/$everything', '/Patient/$summary', `/Patient/${patient}/*`,
            `/Patient/${patient}/Patient`, '/Patient', '/AuditEvent'])
            assert.equal((await get(path, token)).status, 403, path);
    };
    const part = await of('patient/Observation.rs');
    for (const path of ['/Observation?_include=Observation:subject', `/Observation?patient=${patient}`]) {
        const seen = await list(path, part.access_token);
        assert(seen.length > 1 && seen.every((one) => one.resourceType === 'Observation'), path);
    }
    await refused(part.access_token);
    const weights = await of('patient/Observation.rs?code=http://loinc.org|29463-7');
    const found = await list('/Observation', weights.access_token);
    assert(found.length > 0 && found.every(isWeight), 'weights alone');
    for (const path of [`/Observation/${other.id}`, `/Observation/${other.id}/_history`, `/Observation/${other.id}/_history/1`])
        assert.equal((await get(path, weights.access_token)).status, 404, path);
    await refused(weights.access_token);
});
await check('who looked, with its place in the log and its proof, where the person let it in', async () => {
    const { body } = await exchange(await allow({ scope: 'patient/AuditEvent.rs patient/Consent.rs' }, { days: '0', classes: 'audit' }));
    assert.equal(body.scope, 'patient/AuditEvent.rs', 'what was decided is let out to no app');
    const list = async (type) => {
        const reply = await get(`/${type}`, body.access_token);
        assert.equal(reply.status, 200, `${type}: ${await reply.clone().text()}`);
        return (await reply.json()).entry.map(({ resource }) => resource);
    };
    const looks = await list('AuditEvent');
    assert(looks.length > 3 && looks.every((one) => one.resourceType === 'AuditEvent' && one.agent?.length > 0));
    assert(looks.some((one) => JSON.stringify(one).includes('Heart Diary')), 'the app itself stands in it');
    const read = await get(`/AuditEvent/${looks[0].id}`, body.access_token);
    assert.deepEqual(await read.json(), looks[0]);
    assert([403, 404].includes((await get('/Consent', body.access_token)).status));
    assert.equal((await get('/Observation', body.access_token)).status, 403);
});
await check('errors are those of OAuth', async () => {
    const error = async (given) => (await form('/oauth/token', given)).body.error;
    assert.equal(await error({ grant_type: 'password', client_id: 'heart' }), 'unsupported_grant_type');
    assert.equal(await error({ grant_type: 'authorization_code', client_id: 'heart' }), 'invalid_request');
    assert.equal(await error({ grant_type: 'authorization_code', client_id: 'nobody', code: 'x' }), 'invalid_client');
    assert.equal(await error({ grant_type: 'refresh_token', client_id: 'heart', refresh_token: 'x' }), 'invalid_grant');
    const twice = await fetch(`${origin}/oauth/token`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=refresh_token&client_id=heart&client_id=other&refresh_token=x',
    });
    assert.equal((await twice.json()).error, 'invalid_request');
    const code = await allow();
    assert.equal((await exchange(code, { code_verifier: pkce().verifier })).body.error, 'invalid_grant');
    assert.equal((await exchange(code)).body.error, 'invalid_grant');
});

// --- an app with keys ------------------------------------------------------------------------------------------------
await check('an app with keys signs', async () => {
    const { KEYED } = process.env,
        { verifier, challenge } = pkce(),
        query = asked({ client_id: 'keyed' }, challenge);
    const { createPrivateKey } = await import('node:crypto');
    const key = createPrivateKey(KEYED.replaceAll('|', '\n'));
    const { body } = await call('app-allow', { query, card, ownWord: '1972-03-14', classes: 'identity', days: '1' });
    const code = new URL(body.back).searchParams.get('code');
    const assertion = (claims) => {
        const parts = [{ alg: 'ES384', typ: 'JWT', kid: 'k1' }, claims].map((one) => text(JSON.stringify(one)));
        const made = sign('sha384', parts.join('.'), { key, dsaEncoding: 'ieee-p1363' });
        return [...parts, text(made)].join('.');
    };
    const claims = {
        iss: 'keyed',
        sub: 'keyed',
        aud: `${origin}/oauth/token`,
        exp: Math.floor(Date.now() / 1000) + 120,
        jti: text(randomBytes(16)),
    };
    const ask = (signed) =>
        form('/oauth/token', {
            grant_type: 'authorization_code',
            code,
            redirect_uri: REDIRECT,
            code_verifier: verifier,
            ...(signed && {
                client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
                client_assertion: signed,
            }),
            ...(!signed && { client_id: 'keyed' }),
        });
    assert.equal((await ask()).status, 401);
    assert.equal((await ask(assertion({ ...claims, aud: fhir }))).body.error, 'invalid_client');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const forged = assertion(claims).split('.').slice(0, 2);
    forged.push(text(sign('sha384', forged.join('.'), { key: other, dsaEncoding: 'ieee-p1363' })));
    assert.equal((await ask(forged.join('.'))).body.error, 'invalid_client');
    const good = await ask(assertion(claims));
    assert.equal(good.status, 200, JSON.stringify(good.body));
    assert.equal((await get(`/Patient/${good.body.patient}`, good.body.access_token)).status, 200);
});

// --- pages of other origins ------------------------------------------------------------------------------------------
await check('pages of registered apps may call, others not', async () => {
    for (const [from, may] of [
        ['https://heart.example', true],
        ['https://evil.example', false],
    ]) {
        const before = await fetch(`${fhir}/Patient/x`, {
            method: 'OPTIONS',
            headers: { Origin: from, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' },
        });
        assert.equal(before.status, 204);
        assert.equal(before.headers.get('access-control-allow-origin'), may ? from : null);
        assert.equal(before.headers.get('access-control-allow-credentials'), null);
        const reply = await get('/metadata', '', { Origin: from });
        assert.equal(reply.headers.get('access-control-allow-origin'), may ? from : null);
    }
    const page = await fetch(`${origin}/oauth/authorize`, { redirect: 'manual', headers: { Origin: 'https://heart.example' } });
    assert.equal(page.headers.get('access-control-allow-origin'), null);
});

console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
