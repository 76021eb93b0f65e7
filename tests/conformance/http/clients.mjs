// SPDX-License-Identifier: Apache-2.0
// clients.mjs PORT - clients as people have them (Node's http and fetch, curl where it is there) must be understood: strictness is for
// what no client sends. The server echoes "METHOD TARGET BODY"; /file has a gzip form and a tag.
import http from 'node:http';
import { spawnSync } from 'node:child_process';

const port = Number(process.argv[2]), base = `http://127.0.0.1:${port}`;
let passed = 0, failed = 0, skipped = 0;
const is = (name, got, want) => {
  if (JSON.stringify(got) === JSON.stringify(want)) passed++;
  else failed++, console.log(`FAILED ${name}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
};

// One request by node:http; resolves to status, headers and body.
const ask = (options, parts = []) => new Promise((done, fail) => {
  const request = http.request({ host: '127.0.0.1', port, ...options }, (answer) => {
    const body = [];
    answer.on('data', (part) => body.push(part));
    answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(body).toString('latin1'),
      reused: request.reusedSocket }));
  });
  request.on('error', fail);
  const send = () => { parts.forEach((part) => request.write(part)); request.end(); };
  if (options.headers?.Expect) request.on('continue', send);
  else send();
});

async function byNode() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  is('GET', (await ask({ path: '/a?b=c' })).body, 'GET /a?b=c \n');
  is('a body of a length', (await ask({ method: 'POST', path: '/x', headers: { 'Content-Length': 3 } }, ['abc'])).body, 'POST /x abc\n');
  is('a body in chunks', (await ask({ method: 'PUT', path: '/x' }, ['ab', 'c', 'd'.repeat(9000)])).body, `PUT /x abc${'d'.repeat(9000)}\n`);
  is('100-continue', (await ask({ method: 'POST', path: '/x', headers: { Expect: '100-continue', 'Content-Length': 2 } }, ['hi'])).body,
    'POST /x hi\n');
  is('HEAD', (await ask({ method: 'HEAD', path: '/x' })).headers['content-length'], '9');
  for (let n = 0; n < 30; n++) {
    const answer = await ask({ method: n % 2 ? 'POST' : 'GET', path: `/${n}`, agent }, n % 2 ? ['x'] : []);
    is(`kept alive ${n}`, [answer.body, answer.reused], [`${n % 2 ? 'POST' : 'GET'} /${n} ${n % 2 ? 'x' : ''}\n`, n > 0]);
  }
  agent.destroy();
}

async function byFetch() {
  const json = JSON.stringify({ who: 'é', list: [1, 2, 3] });
  const post = await fetch(`${base}/call/x`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: json });
  is('fetch POST', await post.text(), `POST /call/x ${json}\n`);
  const many = await Promise.all(Array.from({ length: 60 }, async (_, n) => (await fetch(`${base}/${n}`)).text()));
  is('60 at once', many, many.map((_, n) => `GET /${n} \n`));
  const file = await fetch(`${base}/file`);
  is('gzip', [await file.text(), file.headers.get('content-encoding'), file.headers.get('vary')], ['the file', 'gzip', 'Accept-Encoding']);
  const again = await fetch(`${base}/file`, { headers: { 'If-None-Match': file.headers.get('etag') } });
  is('known', [again.status, await again.text()], [304, '']);
  const stream = new ReadableStream({
    start(to) {
      for (const part of ['in ', 'pieces']) to.enqueue(new TextEncoder().encode(part));
      to.close();
    },
  });
  is('a stream', await (await fetch(`${base}/s`, { method: 'POST', body: stream, duplex: 'half' })).text(), 'POST /s in pieces\n');
  const stop = new AbortController();
  const broken = fetch(`${base}/x`, { signal: stop.signal }).then(() => 'whole', () => 'broken');
  stop.abort();
  is('broken off', await broken, 'broken');
}

function byCurl() {
  if (spawnSync('curl', ['--version']).error) {
    skipped += 6;
    return;
  }
  const curl = (...words) => spawnSync('curl', ['-s', '--max-time', '20', ...words], { encoding: 'latin1', input: 'from a pipe' }).stdout;
  is('curl', curl(`${base}/a?b`), 'GET /a?b \n');
  is('curl -0', curl('-0', `${base}/a`), 'GET /a \n');
  is('curl -d', curl('-d', 'a=b', `${base}/a`), 'POST /a a=b\n');
  is('curl -T -', curl('-T', '-', `${base}/a`), 'PUT /a from a pipe\n');
  is('curl --compressed', curl('--compressed', `${base}/file`), 'the file');
  is('curl -H Expect', curl('-d', 'x'.repeat(2000), '-H', 'Expect: 100-continue', `${base}/a`), `POST /a ${'x'.repeat(2000)}\n`);
}

await byNode();
await byFetch();
byCurl();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
