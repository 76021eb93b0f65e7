// SPDX-License-Identifier: Apache-2.0
// What tidy reads: the files, C without comments and text, functions, prototypes, and the plan that the Makefile writes down.
import { readFileSync, statSync, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

export const read = (file) => readFileSync(file, 'utf8');
export const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n').filter((f) => f && existsSync(f) && statSync(f).isFile());
export const sources = tracked.filter((f) => /^src\/.*\.[ch]$/.test(f));
export const testSources = tracked.filter((f) => /^tests\/.*\.[ch]$/.test(f));
export const text = new Map(sources.map((f) => [f, read(f)]));
export const lineOf = (code, index) => code.slice(0, index).split('\n').length;
export const moduleOf = (file) => file.split('/')[1];
export const stemOf = (file) => file.split('/').pop().replace(/\.\w+$/, '');

// Source text without comments and the inside of texts; line breaks stay, so that positions hold.
export function bare(code) {
    return code.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
        (piece) => (piece[0] === '"' ? '"' + ' '.repeat(piece.length - 2) + '"' : piece.replace(/[^\n]/g, ' ')));
}
export const bareText = new Map([...text].map(([f, code]) => [f, bare(code)]));

// The comments of a C file, each a list of [line, text].
export function commentsOf(code) {
    return [...code.matchAll(/"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g)].filter((hit) => hit[0][0] === '/')
        .map((hit) => hit[0].split('\n').map((line, i) => [lineOf(code, hit.index) + i, line]));
}

// --- the plan: rows NEEDS_x (what module x includes and links) and DOORS_x (which of its headers others include)
const makefile = read('Makefile');
export const modules = /^MODULES := (.*)$/m.exec(makefile)[1].split(' ');
const rows = (kind) => Object.fromEntries(
    [...makefile.matchAll(new RegExp(`^${kind}_(\\w+)[ \\t]*:=[ \\t]*(.*)$`, 'gm'))].map(([, m, list]) => [m, list.trim()]));
export const words = (list) => list.split(/\s+/).filter(Boolean);
const listed = (kind) => Object.fromEntries(Object.entries(rows(kind)).map(([m, list]) => [m, words(list)]));
export const needs = listed('NEEDS');
export const doors = listed('DOORS');
export const includes = [...text].flatMap(([file, code]) => [...code.matchAll(/^#include "([a-z]+)\/([^"]+)"/gm)]
    .map((hit) => ({ file, line: lineOf(code, hit.index), from: moduleOf(file), to: hit[1], header: hit[2] })));

// --- functions: a line that starts a definition at column 0 and the closing brace at column 0, or all of it in one line
const depthSplit = (list) => {
    let depth = 0, count = 1;
    for (const c of list) {
        if (c === '(') depth++;
        if (c === ')') depth--;
        if (c === ',' && depth === 0) count++;
    }
    return /^\s*(void)?\s*$/.test(list) ? 0 : count;
};
const headOf = (head) => {
    const hit = /(\w+)\s*\((.*)\)\s*$/s.exec(head);
    return hit ? { name: hit[1], parameters: depthSplit(hit[2]), isStatic: /\bstatic\b/.test(head) } : null;
};
function functionsOf(file) {
    const out = [], lines = bareText.get(file).split('\n'), whole = text.get(file).split('\n');
    for (let i = 0; i < lines.length; i++) {
        const isBlock = lines[i] === '{';
        if (!isBlock && !/^\w.*\)\s*\{.*\}$/.test(lines[i])) continue;
        const end = isBlock ? lines.indexOf('}', i) : i;
        if (end < 0) continue;
        let first = isBlock ? i - 1 : i;
        while (first > 0 && /^\s/.test(lines[first])) first--;
        const head = headOf(isBlock ? lines.slice(first, i).join('\n') : lines[i].replace(/\s*\{.*$/, ''));
        if (head) out.push({ ...head, file, line: first + 1, lines: end - first + 1, isBlock,
            opening: whole.slice(first, first + 8).join('\n') });
        i = end;
    }
    return out;
}
export const functions = sources.flatMap(functionsOf).sort((a, b) => b.lines - a.lines);

// --- prototypes of headers, each with the comment of its group: the lines above it up to an empty one or the one before
export const prototypes = sources.filter((f) => f.endsWith('.h')).flatMap((file) => {
    const code = bareText.get(file), whole = text.get(file).split('\n'), out = [];
    for (const hit of code.matchAll(/^(?!static|typedef|#|\s)[\w \t*]+?\b(\w+)\(([^;{}]*)\)[^;{}()]*(?:\([^;{}]*\))*;/gm)) {
        const line = lineOf(code, hit.index);
        let top = line - 1;
        while (top > 0 && whole[top - 1].trim() !== '') top--;
        out.push({ file, line, name: hit[1], parameters: depthSplit(hit[2]), comment: whole.slice(top, line - 1).join('\n') });
    }
    return out;
});
export const countOf = (code, name) => [...code.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length;

// --- the checks: find() gives findings, each "file:line: reason"
export const checks = [];
export const check = (name, find) => checks.push({ name, find });
// A table for the reader, printed before the checks.
export const figures = [];
