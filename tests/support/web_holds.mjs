// SPDX-License-Identifier: Apache-2.0
// What every page of the app is held to, in Chromium: targets, distances, nothing beside the page, no meaning by colour
// alone, language and direction, axe. `holds(page, name, language, check)`; check(name, isTrue, more) counts. `scan(page,
// code)` types as a scanner does, by the debugger.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// In the page: controls smaller than their target or closer than 8 px to each other, text under the edge, meaning by colour
// alone.
function looked() {
    // What is behind an open dialog cannot be pressed.
    const dialog = document.querySelector('dialog[open]');
    const boxes = [...(dialog ?? document).querySelectorAll('a, button, input, select, textarea')]
        .filter((e) => e.checkVisibility() && !e.matches('.skip')).map((e) => ({ e, box: e.getBoundingClientRect() }));
    const small = boxes.filter(({ box }) => box.width < 56 || box.height < 56).map(({ e }) => e.outerHTML.slice(0, 80));
    const close = [];
    for (const a of boxes)
        for (const b of boxes) {
            if (a === b || a.e.contains(b.e) || b.e.contains(a.e)) continue;
            const x = Math.max(a.box.left - b.box.right, b.box.left - a.box.right), y = Math.max(a.box.top - b.box.bottom, b.box.top - a.box.bottom);
            if (x < 7.5 && y < 7.5) close.push(`${a.e.textContent}|${b.e.textContent}`);
        }
    const ink = getComputedStyle(document.documentElement).color;
    const coloured = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && getComputedStyle(e).color !== ink);
    return {
        small, close, over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        wordless: coloured.filter((e) => !e.matches('svg *, input') && !/\p{L}/u.test(e.closest('span.state, span.urgency, .connection, a, button, p, td, th')?.textContent ?? e.textContent)).map((e) => e.outerHTML.slice(0, 80)),
        named: [document.documentElement.lang, document.documentElement.dir, ...['h1', 'main'].map((e) => [...document.querySelectorAll(e)].filter((one) => one.checkVisibility()).length),
            document.querySelectorAll('#main').length],
    };
}

export async function holds(page, name, language, check) {
    const seen = await page.evaluate(looked);
    check(`${name}: targets of 56 px`, seen.small.length === 0, seen.small.join('\n  '));
    check(`${name}: targets 8 px apart`, seen.close.length === 0, seen.close.join('\n  '));
    check(`${name}: nothing beside the page`, seen.over <= 0, `${seen.over} px`);
    check(`${name}: no meaning by colour alone`, seen.wordless.length === 0, seen.wordless.join('\n  '));
    check(`${name}: language, direction, one heading, one main`, JSON.stringify(seen.named) ===
        JSON.stringify([language, language === 'ar' ? 'rtl' : 'ltr', 1, 1, 1]), JSON.stringify(seen.named));
    const found = await page.evaluate(async () => (await window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 80)).join(' | ')}`));
    check(`${name}: axe`, found.length === 0, found.join('\n  '));
}

// As a scanner types: a character each 8 ms, and Enter. Each key carries its time, so that a busy machine is no slow finger.
const wires = new WeakMap();
export async function scan(page, code) {
    if (!wires.has(page)) wires.set(page, await page.context().newCDPSession(page));
    const keys = [...[...code].map((c) => ({ text: c, key: c })), { text: '\r', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 }];
    const start = Date.now() / 1000, wire = wires.get(page);
    await Promise.all(keys.flatMap(({ text, ...key }, i) => [
        wire.send('Input.dispatchKeyEvent', { ...key, text, type: 'keyDown', timestamp: start + i * 0.008 }),
        wire.send('Input.dispatchKeyEvent', { ...key, type: 'keyUp', timestamp: start + i * 0.008 + 0.002 }),
    ]));
}
