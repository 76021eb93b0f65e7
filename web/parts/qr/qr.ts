// SPDX-License-Identifier: Apache-2.0
// A QR code (ISO/IEC 18004) of a text as bytes, correction level M, versions 1 to 20: what a telephone reads from the
// screen. True is dark.

/** Codewords of correction in a block, and blocks, of level M by version (table 9 of the standard). */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26] as const;
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16] as const;
const LEVEL_M = 0;

type Grid = boolean[][];
const sizeOf = (version: number): number => 17 + 4 * version;

/** Rows and columns in whose crossings alignment patterns stand. */
function alignments(version: number): number[] {
    if (version === 1) return [];
    const count = Math.floor(version / 7) + 2,
        step = Math.ceil((4 * version + 4) / (2 * count - 2)) * 2;
    return [6, ...Array.from({ length: count - 1 }, (_, i) => sizeOf(version) - 7 - step * (count - 2 - i))];
}

/** Codewords that fit, correction among them. */
function room(version: number): number {
    const between = alignments(version).length;
    let bits = (16 * version + 128) * version + 64;
    if (between > 0) bits -= (25 * between - 10) * between - 55;
    if (version >= 7) bits -= 36;
    return bits >> 3;
}
const dataRoom = (version: number): number =>
    room(version) - (CORRECTION[version - 1] ?? 0) * (BLOCKS[version - 1] ?? 0);

// --- Reed-Solomon over GF(256), x^8 + x^4 + x^3 + x^2 + 1 ------------------------------------------------------------
function times(a: number, b: number): number {
    let product = 0;
    for (let bit = 7; bit >= 0; bit--) {
        product = (product << 1) ^ (product & 0x80 ? 0x11d : 0);
        if ((b >> bit) & 1) product ^= a;
    }
    return product;
}

// The product of (x - 2^i), its leading 1 left out.
function generator(degree: number): number[] {
    let poly: number[] = [...Array<number>(degree - 1).fill(0), 1],
        root = 1;
    for (let i = 0; i < degree; i++) {
        const scaled = poly.map((c) => times(c, root));
        poly = scaled.map((c, j) => c ^ (poly[j + 1] ?? 0));
        root = times(root, 2);
    }
    return poly;
}

function correction(data: readonly number[], degree: number): number[] {
    const poly = generator(degree);
    let rest = Array<number>(degree).fill(0);
    for (const byte of data) {
        const factor = byte ^ (rest[0] ?? 0);
        rest = poly.map((c, i) => (rest[i + 1] ?? 0) ^ times(c, factor));
    }
    return rest;
}

// --- codewords -------------------------------------------------------------------------------------------------------
// Mode "bytes", length, bytes, an end of four zeros, zeros to the byte; then two bytes by turns.
function dataOf(bytes: Uint8Array, version: number): number[] {
    const bits: number[] = [],
        put = (value: number, count: number): void => {
            for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1);
        };
    put(4, 4);
    put(bytes.length, version < 10 ? 8 : 16);
    for (const byte of bytes) put(byte, 8);
    const end = dataRoom(version) * 8;
    put(0, Math.min(4, end - bits.length));
    while (bits.length % 8 !== 0) bits.push(0);
    for (let pad = 0xec; bits.length < end; pad ^= 0xec ^ 0x11) put(pad, 8);
    return Array.from({ length: end / 8 }, (_, i) =>
        bits.slice(8 * i, 8 * i + 8).reduce((byte, bit) => (byte << 1) | bit, 0),
    );
}

// Blocks of nearly one length, the shorter ones first; read across.
function codewords(data: readonly number[], version: number): number[] {
    const count = BLOCKS[version - 1] ?? 1,
        degree = CORRECTION[version - 1] ?? 0,
        short = Math.floor(data.length / count),
        shortCount = count - (data.length % count);
    const blocks = Array.from({ length: count }, (_, i) => {
        const start = i * short + Math.max(0, i - shortCount);
        return data.slice(start, start + short + (i < shortCount ? 0 : 1));
    });
    const across = (lists: readonly (readonly number[])[]): number[] =>
        Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, i) =>
            lists.flatMap((list) => (i < list.length ? [list[i] ?? 0] : [])),
        ).flat();
    return [...across(blocks), ...across(blocks.map((block) => correction(block, degree)))];
}

// --- the picture -----------------------------------------------------------------------------------------------------
/** Remainder of a BCH code: of the format (5 + 10 bits) and of the version (6 + 12 bits). */
function withRest(value: number, poly: number, bits: number): number {
    let rest = value << bits;
    for (let i = 20; i >= bits; i--) if ((rest >> i) & 1) rest ^= poly << (i - bits);
    return (value << bits) | rest;
}

interface Picture {
    dark: Grid;
    /** What is no data: patterns, format, version. */
    fixed: Grid;
}

function blank(version: number): Picture {
    const size = sizeOf(version),
        grid = (): Grid => Array.from({ length: size }, () => Array<boolean>(size).fill(false)),
        picture = { dark: grid(), fixed: grid() };
    const put = (x: number, y: number, isDark: boolean): void => {
        const row = picture.dark[y],
            fixed = picture.fixed[y];
        if (!row || !fixed || x < 0 || x >= size) return;
        row[x] = isDark;
        fixed[x] = true;
    };
    for (let i = 0; i < size; i++) {
        put(6, i, i % 2 === 0);
        put(i, 6, i % 2 === 0);
    }
    const ring = (x: number, y: number): number => Math.max(Math.abs(x), Math.abs(y));
    for (const [left, top] of [
        [3, 3],
        [size - 4, 3],
        [3, size - 4],
    ] as const)
        for (let y = -4; y <= 4; y++)
            for (let x = -4; x <= 4; x++) put(left + x, top + y, ring(x, y) !== 2 && ring(x, y) !== 4);
    const places = alignments(version),
        last = places.at(-1);
    for (const left of places)
        for (const top of places) {
            if ((left === 6 && (top === 6 || top === last)) || (left === last && top === 6)) continue;
            for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) put(left + x, top + y, ring(x, y) !== 1);
        }
    const seen = withRest(version, 0x1f25, 12);
    for (let i = 0; version >= 7 && i < 18; i++) {
        put(size - 11 + (i % 3), Math.floor(i / 3), ((seen >> i) & 1) === 1);
        put(Math.floor(i / 3), size - 11 + (i % 3), ((seen >> i) & 1) === 1);
    }
    return putFormat(picture, 0, put);
}

// Twice: around the first finder, and split over the other two.
function putFormat(picture: Picture, mask: number, put: (x: number, y: number, isDark: boolean) => void): Picture {
    const size = picture.dark.length,
        bits = withRest((LEVEL_M << 3) | mask, 0x537, 10) ^ 0x5412;
    for (let i = 0; i < 15; i++) {
        const isDark = ((bits >> i) & 1) === 1;
        if (i < 8) {
            put(8, i < 6 ? i : i + 1, isDark);
            put(size - 1 - i, 8, isDark);
        } else {
            put(i === 8 ? 7 : 14 - i, 8, isDark);
            put(8, size - 15 + i, isDark);
        }
    }
    put(8, size - 8, true);
    return picture;
}

// Upwards and downwards by turns, two columns at a time from the last one; the column of the timing is passed over.
function putData(picture: Picture, words: readonly number[]): void {
    const size = picture.dark.length;
    let at = 0,
        isUp = true;
    for (let right = size - 1; right > 0; right -= 2, isUp = !isUp) {
        if (right === 6) right = 5;
        for (let i = 0; i < size; i++)
            for (const x of [right, right - 1]) {
                const y = isUp ? size - 1 - i : i,
                    row = picture.dark[y];
                if (!row || picture.fixed[y]?.[x]) continue;
                row[x] = (((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1;
                at++;
            }
    }
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
    (x, y) => (x + y) % 2 === 0,
    (_, y) => y % 2 === 0,
    (x) => x % 3 === 0,
    (x, y) => (x + y) % 3 === 0,
    (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
    (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
    (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
    (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function masked({ dark, fixed }: Picture, mask: number): Grid {
    const is = MASKS[mask] ?? (() => false);
    const out = dark.map((row, y) => row.map((isDark, x) => (fixed[y]?.[x] ? isDark : isDark !== is(x, y))));
    putFormat({ dark: out, fixed }, mask, (x, y, isDark) => {
        const row = out[y];
        if (row) row[x] = isDark;
    });
    return out;
}

// --- which mask: what a reader could take for something else counts (7.8.3 of the standard) --------------------------
const FINDER = /(?=00001011101|10111010000)/g;
function faults(grid: Grid): number {
    const size = grid.length,
        rows = grid.map((row) => row.map(Number).join('')),
        columns = rows.map((_, x) => rows.map((row) => row[x]).join(''));
    let sum = 0;
    for (const line of [...rows, ...columns]) {
        for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
        sum += 40 * [...line.matchAll(FINDER)].length;
    }
    for (let y = 1; y < size; y++)
        for (let x = 1; x < size; x++) {
            const four = [rows[y]?.[x], rows[y]?.[x - 1], rows[y - 1]?.[x], rows[y - 1]?.[x - 1]];
            if (four.every((one) => one === four[0])) sum += 3;
        }
    const dark = rows.join('').replaceAll('0', '').length;
    return sum + 10 * Math.floor(Math.abs((dark * 20) / (size * size) - 10));
}

/** The code in each of its eight masks, which say the same; null: the text is too long. */
export function allQr(text: string): Grid[] | null {
    const bytes = new TextEncoder().encode(text),
        version = CORRECTION.findIndex((_, i) => dataRoom(i + 1) * 8 >= 4 + (i < 9 ? 8 : 16) + 8 * bytes.length) + 1;
    if (version === 0) return null;
    const picture = blank(version);
    putData(picture, codewords(dataOf(bytes, version), version));
    return MASKS.map((_, mask) => masked(picture, mask));
}

/** The code of a text in the mask that reads best. */
export function makeQr(text: string): Grid | null {
    const all = allQr(text)?.map((grid) => ({ grid, faults: faults(grid) }));
    return all ? all.reduce((best, one) => (one.faults < best.faults ? one : best)).grid : null;
}
