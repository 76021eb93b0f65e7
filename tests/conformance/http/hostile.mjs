// SPDX-License-Identifier: Apache-2.0
// hostile.mjs PORT [COUNT [SEED]] - generated requests, most of them bent, to Node's own server (llhttp, strict) and to the one at PORT.
// Both answer "METHOD TARGET BODY" and a line end. What Salve takes must be what Node takes, in the same words and order: where Node
// refuses, Salve has refused. Prints each disagreement, and how often Salve alone refused.
import http from 'node:http';
import net from 'node:net';

const [port, count, seed] = process.argv.slice(2).map(Number);
let state = BigInt(seed || 20261130);
const random = (below) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number((state >> 33n) % BigInt(below));
};
const one = (list) => list[random(list.length)];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'get', 'BREW', 'CONNECT', 'PRI', ''];
const targets = ['/', '/a/b?c=d', '/%41', '/%4', '*', 'http://h/', '/a b', '/\u00e9', '/a#b', '//h/', '/a|b', '/\t', '/\x00', '/%00', '/%2e%2e/x',
  '/../x', 'x', '?x', '/?', '/??', 'a:80', '/"', '/<>', '/\\', '/^`{}', '/\x7f', `/${'x'.repeat(5000)}`, ''];
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.10', 'HTTP/11', ''];
const ends = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', ' \r\n', '\r\n ', '\n\r'];
const headers = ['Host: a', 'Host: a', 'Host: a', 'host:a', 'Host : a', ' Host: a', 'Host: a, b', 'X: y', 'X:', ':y', 'X', 'X: \x00', 'X: a\x7fb',
  'X: \u00ff', 'X\u00ff: a', 'Content-Length: 3', 'Content-Length: 3', 'Content-Length: 0', 'Content-Length: +3', 'Content-Length: 3,3',
  'Content-Length: 3 ',
  'Content-Length: 0x3', 'Content-Length: -1', 'Content-Length:', 'Content-Length: 99999999999999999999', 'Content-Length : 3', 'Content_Length: 3',
  'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', 'Transfer-Encoding: Chunked', 'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity', 'Transfer-Encoding: identity', 'Transfer-Encoding: xchunked', 'Transfer-Encoding : chunked',
  'Transfer-Encoding:\tchunked', 'Transfer-Encoding: "chunked"', 'Connection: close', 'Connection: keep-alive', 'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: x', 'Trailer: X', 'Host:', 'Host: a/b', 'Host: a@b', 'Host: [::1]:80', 'Host\t: a', 'Content-Length: 3\t', 'Content-Length: 3;',
  'Content-Length: 03',
  'Content-Length: 3, 4', 'Content-Length\x00: 3', 'Transfer-Encoding: chunked\x0b', 'Transfer-Encoding: chunked;q=1', 'Transfer-Encoding:',
  'Transfer-Encoding: ,chunked',
  'Transfer\x00-Encoding: chunked', 'Transfer-Encoding:\r\n chunked', 'X: a\r\n b', 'X: a\r\n\tContent-Length: 3', 'Connection: Transfer-Encoding',
  'Connection: upgrade',
  'Connection: close, keep-alive', 'X: \x0b', '"X": y', 'X: \x1bc', `X: ${'y'.repeat(5000)}`, `X: ${'y'.repeat(17000)}`, `${'X'.repeat(300)}: y`,
  'GET / HTTP/1.1'];
const bodies = ['', 'abc', 'abcd', '3\r\nabc\r\n0\r\n\r\n', '3\r\nabc\r\n0\r\n\r\n', '3;x=y\r\nabc\r\n0\r\n\r\n', '3 \r\nabc\r\n0\r\n\r\n',
  '0x3\r\nabc\r\n0\r\n\r\n',
  '3\nabc\n0\n\n', '3\r\nabcd\r\n0\r\n\r\n', '03\r\nabc\r\n00\r\n\r\n', '-3\r\nabc\r\n0\r\n\r\n', '3\r\nabc\r\n0\r\nX: y\r\n\r\n',
  'g\r\nabc\r\n0\r\n\r\n',
  'ffffffffffffffff\r\nabc', '3\r\nab', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', '3\r\nabc\r\n0\r\n\r\nx', '3\r\nabc\n0\r\n\r\n', '3\r\nabc\r\n0\r\n\n',
  '3\r\nabc\r\n0\n\r\n', '3\r\r\nabc\r\n0\r\n\r\n', '00000000000000003\r\nabc\r\n0\r\n\r\n', '10000000000000003\r\nabc\r\n0\r\n\r\n',
  ' 3\r\nabc\r\n0\r\n\r\n',
  '+3\r\nabc\r\n0\r\n\r\n', '3\x00\r\nabc\r\n0\r\n\r\n', '3;\nabc\r\n0\r\n\r\n', '3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\nabc',
  '\r\n3\r\nabc\r\n0\r\n\r\n', `${'0'.repeat(40)}\r\n\r\n`,
  '\r\n', '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'];

function request() {
  const straight = random(3) !== 0;
  const end = () => (straight ? '\r\n' : one(ends));
  let text = straight ? `${one(methods.slice(0, 7))} ${one(targets.slice(0, 3))} HTTP/1.1`
    : `${one(methods)}${one([' ', ' ', ' ', '  ', '\t'])}${one(targets)} ${one(versions)}`;
  text += end();
  if (straight) text += 'Host: a\r\n';
  if (straight && random(2) === 0)
    return text + one(['\r\n', 'Content-Length: 3\r\n\r\nabc', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n']);
  for (let n = random(4); n > 0; n--) text += one(headers) + end();
  text += end() + one(bodies);
  if (random(6) === 0) {
    const at = random(text.length + 1);
    text = text.slice(0, at) + one(['\x00', '\r', '\n', ' ', ':', '\x0b', '%', '\u00a0', '"', '\x1f']) + text.slice(at + random(2));
  }
  return text;
}
const pipeline = () => Array.from({ length: 1 + random(3) }, request).join('') + (random(2) ? 'GET /last HTTP/1.1\r\nHost: a\r\n\r\n' : '');

// What was answered with 200, in order, by the words of its body; for HEAD "HEAD".
function answers(text) {
  const list = [];
  for (;;) {
    const head = /^HTTP\/1\.1 (\d+) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(text);
    if (!head) return list;
    text = text.slice(head[0].length);
    if (head[1] === '100') continue;
    const length = Number(/content-length: (\d+)/i.exec(head[2])?.[1] ?? 0);
    if (head[1] !== '200') return list;
    if (/^X-Head: 1/im.test(head[2])) {
      list.push('HEAD');
    } else {
      list.push(text.slice(0, length));
      text = text.slice(length);
    }
  }
}

function ask(at, bytes) {
  return new Promise((done) => {
    const socket = net.connect(at, '127.0.0.1');
    const parts = [];
    let from;
    socket.on('connect', () => { from = socket.localPort; });
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => {});
    socket.on('close', () => done({ from, answers: answers(Buffer.concat(parts).toString('latin1')) }));
    socket.setTimeout(20000, () => socket.destroy());
    socket.end(Buffer.from(bytes, 'latin1'));
  });
}

// What Node took, by connection: a request whose head it took, and its body once it was whole. Its answers are no measure: behind
// a mistake it drops those that are under way.
const seen = new Map();
const peer = http.createServer({ insecureHTTPParser: false, keepAliveTimeout: 1000 }, (req, res) => {
  const parts = [];
  const list = seen.get(req.socket.remotePort) ?? [];
  const taken = { head: `${req.method} ${req.url}` };
  seen.set(req.socket.remotePort, list);
  list.push(taken);
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    taken.body = Buffer.concat(parts).toString('latin1');
    res.end();
  });
});
const is_one = (answer, taken) => taken !== undefined && (answer === 'HEAD' ? taken.head.startsWith('HEAD ')
  : taken.body === undefined ? answer.startsWith(`${taken.head} `) : answer === `${taken.head} ${taken.body}\n`);
peer.listen(0, '127.0.0.1', async () => {
  let failed = 0, stricter = 0, taken = 0;
  const total = count || 10000;
  for (let n = 0; n < total; n += 20) {
    await Promise.all(Array.from({ length: Math.min(20, total - n) }, async () => {
      const bytes = pipeline();
      const [{ from }, { answers: ours }] = await Promise.all([ask(peer.address().port, bytes), ask(port, bytes)]);
      const theirs = seen.get(from) ?? [];
      seen.delete(from);
      const agrees = ours.every((answer, i) => is_one(answer, theirs[i]));
      taken += ours.length;
      stricter += agrees && ours.length < theirs.length;
      failed += !agrees;
      if (!agrees && failed <= 10)
        console.log('FAILED', JSON.stringify(bytes), '\n  Node ', JSON.stringify(theirs), '\n  Salve', JSON.stringify(ours));
    }));
  }
  console.log(`${total} inputs: ${taken} requests taken by both, ${stricter} inputs of which Salve alone refused something`);
  console.log(`${total - failed} passed, ${failed} failed, 0 skipped`);
  process.exit(failed > 0 || taken < total / 20 ? 1 : 0);
});
