// SPDX-License-Identifier: Apache-2.0
// tidy: the app for the browser - what its style sheets and sources may say.
import { check, lineOf, read, tracked } from './tidy_source.mjs';

const LINES_MAX = 800, COLUMNS_MAX = 120;
const styles = tracked.filter((f) => /^web\/.*\.css$/.test(f));
const scripts = tracked.filter((f) => /^web\/.*\.tsx?$/.test(f));
const isTest = (f) => /\.test\.tsx?$/.test(f);
const blank = (text) => text.replace(/[^\n]/g, ' ');
// Without comments; line breaks stay, so that positions hold.
const bareStyle = (f) => read(f).replace(/\/\*[\s\S]*?\*\//g, blank);
const bareScript = (f) => read(f).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm, blank);
const hits = (files, bare, pattern, why) => files.flatMap((f) => [...bare(f).matchAll(pattern)]
    .map((hit) => `${f}:${lineOf(bare(f), hit.index)}: ${why(hit)}`));

// Languages run both ways: a side has the name that turns round with them.
const SIDES = '(?:left|right|top|bottom)';
const PHYSICAL = new RegExp([
    `(?<![\\w-])(?:margin|padding|border|scroll-margin|scroll-padding)-${SIDES}\\b`, `(?<=[{;]\\s*)${SIDES}(?=\\s*:)`,
    `(?<![\\w-])(?:width|height|(?:min|max)-(?:width|height))(?=\\s*:)(?![^;{}]*\\))`,
    `border-(?:top|bottom)-(?:left|right)-radius`, `(?:text-align|float|clear)\\s*:\\s*(?:left|right)`,
].join('|'), 'g');
check('styles of the app name no side but by the direction of the text', () =>
    hits(styles, bareStyle, PHYSICAL, (hit) => `${hit[0]} does not turn round with the language; use its logical name`));

const COLOUR = /#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|color-mix)\(|:\s*(?:black|white|red|green|blue|orange|gr[ae]y)\b/g;
check('colours of the app stand in its themes', () =>
    hits(styles.filter((f) => f !== 'web/style/themes.css'), bareStyle, COLOUR, (hit) => `${hit[0]}: a colour is a name of themes.css`));

check('nothing of the app has a shadow or a long movement', () => [
    ...hits(styles, bareStyle, /\b(?:box|text|drop)-shadow\b/g, (hit) => `${hit[0]}: no shadows`),
    ...hits(styles, bareStyle, /(?:transition|animation)[^;{}]*?\b(\d+m?s)\b/g, (hit) => (Number.parseInt(hit[1], 10) <= 120 &&
        hit[1].endsWith('ms') ? '' : `${hit[1]}: at most 120 ms`)).filter((line) => !line.endsWith(': ')),
]);

// What a strict Content-Security-Policy and Trusted Types forbid, and what would keep data where it does not belong.
const BANNED = {
    'style=': 'a class', innerHTML: 'JSX', outerHTML: 'JSX', dangerouslySetInnerHTML: 'JSX', insertAdjacentHTML: 'JSX',
    'document.write': 'JSX', 'eval(': 'nothing', 'new Function': 'nothing', localStorage: 'lib/store.ts',
    sessionStorage: 'lib/store.ts', 'document.cookie': 'nothing', 'navigator.onLine': 'isThere of lib/api.ts',
    "from 'preact-iso'": "'preact-iso/router', which brings nothing else", XMLHttpRequest: 'lib/api.ts', 'console.': 'nothing: a console is a log',
};
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
check('the app does nothing that its policy forbids', () => Object.entries(BANNED).flatMap(([word, use]) =>
    hits(scripts, bareScript, new RegExp(`(?<![\\w.-])${quoted(word)}`, 'g'), () => `${word} is banned; use ${use}`)));

check('only lib/api.ts knows HTTP', () =>
    hits(scripts.filter((f) => f !== 'web/lib/api.ts'), bareScript, /\bfetch\(|\bWebSocket\b|\bEventSource\b|sendBeacon|\/call\//g,
        (hit) => `${hit[0]} belongs to web/lib/api.ts`));

check('words of the app stand in its words', () => hits(scripts.filter((f) => f.endsWith('.tsx')), bareScript,
    />[^<>{}=;()]*[A-Za-z\u0600-\u06ff]{3,}[^<>{}=;()]*<\//g, (hit) => `'${hit[0].slice(1, 40)}' is no word of words.<language>.json`));

check('files of the app stay in shape', () => [...styles, ...scripts].flatMap((f) => {
    const lines = read(f).split('\n'), out = [];
    if (!lines[0].includes('SPDX-License-Identifier: Apache-2.0')) out.push(`${f}:1: no SPDX line`);
    if (lines.length > LINES_MAX) out.push(`${f}: ${lines.length} lines, over ${LINES_MAX}`);
    lines.forEach((line, i) => {
        if ([...line].length > COLUMNS_MAX) out.push(`${f}:${i + 1}: ${[...line].length} columns`);
        if (/\t|\s$/.test(line)) out.push(`${f}:${i + 1}: a tab or trailing space`);
    });
    return out;
}));

check('each screen of the app has a test', () => [...new Set(tracked.filter((f) => /^web\/screens\/[^/]+\/[^/]+\.tsx$/.test(f))
    .map((f) => f.split('/').slice(0, 3).join('/')))]
    .filter((folder) => !tracked.some((f) => f.startsWith(`${folder}/`) && isTest(f)))
    .map((folder) => `${folder}: no test beside it`));
