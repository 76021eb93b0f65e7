// SPDX-License-Identifier: Apache-2.0
// tidy: the floor plan - what may include what, by which door; rings of modules and of files; the share of a module.
import { bareText, check, doors, figures, functions, includes, moduleOf, modules, needs, sources, stemOf,
    text } from './tidy_source.mjs';

const MODULE_SHARE_MAX = 16; // per cent of the lines of src
const RING_FILES_MAX = 4;

check('includes go downwards only, and by doors', () => {
    const out = [];
    for (const { file, line, from, to, header } of includes) {
        if (from === to) {
            if (doors[to]?.includes(stemOf(file)) && file.endsWith('.h') && header.endsWith('.h') && !doors[to].includes(stemOf(header)))
                out.push(`${file}:${line}: a door shows ${to}/${header}, which is inside ${to}`);
            continue;
        }
        if (!needs[from]?.includes(to)) out.push(`${file}:${line}: ${from} may not include ${to}/${header}: not in NEEDS_${from}`);
        else if (!doors[to]?.includes(stemOf(header)))
            out.push(`${file}:${line}: ${header} is inside ${to}: not in DOORS_${to} of the Makefile (${(doors[to] ?? []).join(' ')})`);
    }
    return out;
});

check('every need and every door is used', () => {
    const out = [];
    for (const m of modules) {
        for (const other of needs[m] ?? []) {
            if (modules.indexOf(other) > modules.indexOf(m) || !modules.includes(other))
                out.push(`Makefile: NEEDS_${m}: ${other} does not stand below ${m} in MODULES`);
            if (!includes.some(({ from, to }) => from === m && to === other))
                out.push(`Makefile: NEEDS_${m}: nothing in ${m} includes ${other}`);
        }
        for (const door of doors[m] ?? []) {
            const isSeen = includes.some(({ from, to, file, header }) => to === m && stemOf(header) === door &&
                (from !== m || (doors[m].includes(stemOf(file)) && stemOf(file) !== door)));
            if (!isSeen) out.push(`Makefile: DOORS_${m}: no other module includes ${door}`);
        }
    }
    return out;
});

// Tarjan: the groups of names that reach each other.
function rings(graph) {
    const index = new Map(), low = new Map(), stack = [], out = [];
    const visit = (at) => {
        index.set(at, index.size);
        low.set(at, index.get(at));
        stack.push(at);
        for (const next of graph.get(at) ?? []) {
            if (!index.has(next)) visit(next);
            if (stack.includes(next)) low.set(at, Math.min(low.get(at), low.get(next)));
        }
        if (low.get(at) !== index.get(at)) return;
        const ring = stack.splice(stack.indexOf(at));
        if (ring.length > 1) out.push(ring.sort());
    };
    for (const at of graph.keys()) if (!index.has(at)) visit(at);
    return out.sort((a, b) => b.length - a.length);
}

check('no ring of modules', () => {
    const graph = new Map(modules.map((m) => [m, includes.filter(({ from, to }) => from === m && to !== m).map(({ to }) => to)]));
    return rings(graph).map((ring) => `src: these modules include each other: ${ring.join(' ')}`);
});

// A file of a module leads to another by an include, or by a use of a function that the other defines.
function fileRings() {
    const home = new Map(functions.filter((f) => !f.isStatic).map((f) => [`${moduleOf(f.file)} ${f.name}`, f.file]));
    const graph = new Map(sources.map((f) => [f, new Set()]));
    for (const { file, from, to, header } of includes) if (from === to) graph.get(file).add(`src/${to}/${header}`);
    for (const [file, code] of bareText) {
        if (!file.endsWith('.c')) continue;
        for (const [, name] of code.matchAll(/(?<![\w.]|->)([a-z]\w+)/g)) {
            const other = home.get(`${moduleOf(file)} ${name}`);
            if (other && other !== file) graph.get(file).add(other);
        }
    }
    return rings(graph);
}

check(`no ring of more than ${RING_FILES_MAX} files in a module`, () => {
    const all = fileRings();
    figures.push(`rings of files: ${all.length ? all.map((ring) => ring.length).join(', ') : 'none'}` +
        (all.length ? `; the largest: ${all[0].map((f) => f.replace('src/', '')).join(' ')}` : ''));
    return all.filter((ring) => ring.length > RING_FILES_MAX)
        .map((ring) => `${ring[0]}: a ring of ${ring.length} files: ${ring.map(stemOf).join(' ')}`);
});

check(`no module has more than ${MODULE_SHARE_MAX} % of the lines`, () => {
    const lines = Object.fromEntries(modules.map((m) => [m, 0]));
    for (const [file, code] of text) lines[moduleOf(file)] += code.split('\n').length - 1;
    const all = Object.values(lines).reduce((a, b) => a + b, 0), share = (m) => (100 * lines[m]) / all;
    figures.push(`${all} lines of src; by module: ` + [...modules].sort((a, b) => lines[b] - lines[a])
        .map((m) => `${m} ${lines[m]} (${share(m).toFixed(1)} %)`).join(', '));
    return modules.filter((m) => share(m) > MODULE_SHARE_MAX)
        .map((m) => `src/${m}: ${lines[m]} lines, ${share(m).toFixed(1)} % of all, over ${MODULE_SHARE_MAX} %`);
});
