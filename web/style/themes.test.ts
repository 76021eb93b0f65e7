// SPDX-License-Identifier: Apache-2.0
// Contrasts of the themes by the formula of WCAG 2.2. The style sheet stands beside this test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sheet from './themes.css';

const themes = [...sheet.matchAll(/:root\[data-theme='(\w+)'\] \{([^}]*)\}/g)].map((hit) => ({
    name: hit[1],
    colours: Object.fromEntries(
        [...(hit[2] ?? '').matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((row) => [row[1] ?? '', row[2] ?? '']),
    ),
}));

// Relative luminance of a colour.
const light = (hex: string): number => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
    const [r = 0, g = 0, b = 0] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
function contrast(a: string, b: string): number {
    const [high = 0, low = 0] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
}

// Text on its ground; then borders and signs.
const TEXT = [
    ['ink', 'ground'],
    ['ink', 'raised'],
    ['quiet', 'ground'],
    ['quiet', 'raised'],
    ['main', 'ground'],
    ['main', 'raised'],
    ['on-main', 'main'],
    ['look', 'raised'],
    ['look', 'ground'],
    ['stop', 'raised'],
    ['stop', 'ground'],
    ['on-stop', 'stop'],
    ['good', 'ground'],
    ['good', 'raised'],
    ['ink', 'look-ground'],
    ['ink', 'stop-ground'],
    ['ground', 'look'],
] as const;
const SIGN = [
    ['border', 'ground'],
    ['border', 'raised'],
    ['main', 'ground'],
    ['look', 'look-ground'],
    ['stop', 'stop-ground'],
] as const;

test('there are three themes', () => assert.deepEqual(themes.map(({ name }) => name).sort(), ['dark', 'light', 'sun']));
for (const { name, colours } of themes) {
    const of = (pair: readonly [string, string]): number => contrast(colours[pair[0]] ?? '', colours[pair[1]] ?? '');
    test(`${name}: text has 4.5 to 1, in the sun 7 to 1`, () => {
        for (const pair of TEXT)
            assert(of(pair) >= (name === 'sun' ? 7 : 4.5), `${pair.join(' on ')}: ${of(pair).toFixed(2)}`);
    });
    test(`${name}: borders and signs have 3 to 1`, () => {
        for (const pair of SIGN) assert(of(pair) >= 3, `${pair.join(' on ')}: ${of(pair).toFixed(2)}`);
    });
}
