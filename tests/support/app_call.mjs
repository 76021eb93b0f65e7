// SPDX-License-Identifier: Apache-2.0
// app_call ORIGIN SESSION NAME JSON - one call of the app; SESSION is a file that keeps cookie and token between calls. It prints the
// status and the answer: 200 {"name":..}.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { App } from './app.mjs';

const [origin, file, name, body] = process.argv.slice(2);
const app = new App(origin);
if (existsSync(file)) Object.assign(app, JSON.parse(readFileSync(file, 'utf8')), { origin });
const { status, json } = await app.call(name, JSON.parse(body ?? '{}'));
writeFileSync(file, JSON.stringify({ cookie: app.cookie, token: app.token }), { mode: 0o600 });
console.log(status, JSON.stringify(json));
