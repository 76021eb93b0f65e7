// SPDX-License-Identifier: Apache-2.0
// A reader of SMART Health Links that has nothing of Salve's: node share_read.mjs LINK RECIPIENT PASSCODE [MAX].
// Prints the HTTP status, then what it got: the opened file, or what was answered. MAX: embeddedLengthMax.
import { createDecipheriv } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';

const [link, recipient, passcode, most] = process.argv.slice(2);
const text = link.slice(link.indexOf('shlink:/') + 'shlink:/'.length);
const payload = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
const bytes = (part) => Buffer.from(part, 'base64url');

function opened(jwe) {
    const [head, none, iv, sealed, tag] = jwe.split('.');
    const header = JSON.parse(bytes(head));
    if (header.alg !== 'dir' || header.enc !== 'A256GCM' || none !== '') throw new Error('not dir, A256GCM');
    const open = createDecipheriv('aes-256-gcm', bytes(payload.key), bytes(iv), { authTagLength: 16 });
    open.setAAD(Buffer.from(head, 'ascii'));
    open.setAuthTag(bytes(tag));
    const plain = Buffer.concat([open.update(bytes(sealed)), open.final()]);
    return { type: header.cty, text: (header.zip === 'DEF' ? inflateRawSync(plain) : plain).toString('utf8') };
}

if (payload.v !== undefined && payload.v !== 1) throw new Error('another version');
if (!/^[A-Za-z0-9_-]{43}$/.test(payload.key) || payload.url.length > 128 || !payload.flag?.includes('P')) throw new Error('no such link');
const ask = { recipient, ...(passcode ? { passcode } : {}), ...(most ? { embeddedLengthMax: Number(most) } : {}) };
const came = await fetch(payload.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ask) });
console.log(came.status);
const body = await came.text();
if (came.status !== 200) {
    console.log(body);
    process.exit(0);
}
for (const file of JSON.parse(body).files) {
    let jwe = file.embedded;
    if (jwe === undefined) {
        const fetched = await fetch(file.location);
        if (fetched.status !== 200 || fetched.headers.get('content-type') !== 'application/jose') throw new Error('no file');
        jwe = await fetched.text();
    }
    const { type, text: content } = opened(jwe);
    if (type !== 'application/fhir+json' || file.contentType !== type) throw new Error('another type');
    console.log(content);
}
