// SPDX-License-Identifier: Apache-2.0
// canary - marked texts, and whether bytes have one of them in any of the ways in which it could stand there.
//
//     const marks = [{ name: 'a name', text: 'Zqcanary' }];
//     found(marks, bytes)        // names of those that are in there
//     foundIn(marks, folder)     // 'path: name' of each file below
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

// Text as it is, of two bytes a character, in hexadecimal, in base64 from each of three places.
const formsOf = (text) => {
    const bytes = Buffer.from(text), hex = bytes.toString('hex');
    const forms = [bytes, Buffer.from(text, 'utf16le'), Buffer.from(hex), Buffer.from(hex.toUpperCase())];
    for (let before = 0; before < 3; before++) {
        const shifted = Buffer.concat([Buffer.alloc(before), bytes]), whole = Math.floor(shifted.length / 3) * 3;
        const base64 = shifted.subarray(before ? 3 : 0, whole).toString('base64');
        if (base64.length >= 8) forms.push(Buffer.from(base64), Buffer.from(base64.replaceAll('+', '-').replaceAll('/', '_')));
    }
    return forms;
};

// A mark is a text, or bytes as they are; one that is only digits must not be part of a longer number.
const isThere = (bytes, mark) => {
    mark.forms ??= mark.bytes ? [mark.bytes] : /^[\d.]+$/.test(mark.text) ? [Buffer.from(mark.text)] : formsOf(mark.text);
    const isDigit = (at) => bytes[at] >= 0x30 && bytes[at] <= 0x39;
    for (const form of mark.forms) {
        for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + 1))
            if (mark.bytes || !/^[\d.]+$/.test(mark.text) || !(isDigit(at - 1) || isDigit(at + form.length))) return true;
    }
    return false;
};

export const found = (marks, bytes) => {
    const where = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
    return marks.filter((mark) => isThere(where, mark)).map((mark) => mark.name);
};

// filesIn - regular files below a folder that are there when they are read.
export const filesIn = (folder) => {
    const files = [];
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        try {
            if (lstatSync(path).isDirectory()) files.push(...filesIn(path));
            else if (lstatSync(path).isFile()) files.push([path, readFileSync(path)]);
        } catch (error) { if (error.code !== 'ENOENT') throw error; }
    }
    return files;
};

export const foundIn = (marks, folder) =>
    filesIn(folder).flatMap(([path, bytes]) => found(marks, bytes).map((name) => `${path}: ${name}`));
