// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowAnswer } from '../../lib/office.ts';
import {
    PIECE_BYTES_MAX,
    START,
    joined,
    lineOf,
    mustStop,
    pieces,
    seen,
    splitFile,
    went,
    type RowFile,
} from './rows.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text),
    text = (some: Uint8Array): string => new TextDecoder().decode(some);
const split = (some: string): RowFile => {
    const file = splitFile(bytes(some));
    assert(typeof file !== 'string', String(file));
    return file;
};
const taken: RowAnswer = {
    state: 'taken',
    code: null,
    element: null,
    why: null,
    kept: 1,
    here: 0,
    doubts: [],
    urgency: null,
    ticket: null,
    apart: null,
    alarms: [],
};

test('rows are lines, but for lines within quotes', () => {
    const file = split('a;b\r\n1;2\r\n"x\ny";3\n\n4;5');
    assert.equal(text(file.head), 'a;b');
    assert.deepEqual(
        file.rows.map((row) => [row.line, text(row.bytes)]),
        [
            [2, '1;2'],
            [3, '"x\ny";3'],
            [6, '4;5'],
        ],
    );
});
test('what is no file of rows is said', () => {
    assert.equal(splitFile(bytes('')), 'empty');
    assert.equal(splitFile(bytes('a;b\n')), 'no-rows');
    assert.equal(splitFile(bytes(`a\n${'x'.repeat(PIECE_BYTES_MAX)}`)), 'long-row');
});
test('a call takes whole rows, and all of them come', () => {
    const file = split(`head\n${Array.from({ length: 5000 }, (_, i) => `row ${i};${'x'.repeat(i % 90)}`).join('\n')}`);
    const all = pieces(file);
    assert(all.length > 3);
    assert(all.every((piece) => joined(file.head, piece).length <= PIECE_BYTES_MAX));
    assert.deepEqual(all.flat(), file.rows);
    assert.equal(text(joined(file.head, file.rows.slice(0, 2))), 'head\nrow 0;\nrow 1;x\n');
});
test('a line of a piece is the line of the file', () => {
    const file = split('h\n1\n"2\n3"\n\n6\n7');
    const piece = file.rows.slice(1); // it goes as h, "2 3", 6, 7
    assert.equal(lineOf(piece, 2), 3);
    assert.equal(lineOf(piece, 4), 6);
    assert.equal(lineOf(piece, 5), 7);
});
test('what became of each row is counted, and nothing urgent is passed over', () => {
    const { rows } = split('h\n1\n2\n3'),
        [a, b, c] = rows;
    assert(a && b && c);
    let now = went(START, a, taken);
    now = went(now, b, { ...taken, state: 'refused', kept: 0, code: 'E_INVALID', element: 'test', why: 'unknown' });
    assert.deepEqual([now.next, now.kept, now.refused.length, mustStop(now)], [2, 1, 1, false]);
    const inList = went(now, c, { ...taken, urgency: 'same-day', ticket: '4X7-K2M' });
    assert.equal(mustStop(inList), false);
    const apart = { count: 1, kept: false, judged: true, found: 1, urgency: 'emergency-now' as const, findings: [] };
    const inNone = went(now, c, { ...taken, state: 'refused', kept: 0, apart });
    assert.equal(mustStop(inNone), true);
    assert.equal(mustStop(seen(inNone, c)), false);
});
test('a doubt goes once somebody was sure, and counts once', () => {
    const [row] = split('h\n1').rows;
    assert(row);
    const soft: [string, string] = ['1', '2'],
        doubt = { quantity: 'x', unit: 'u', soft, otherUnit: null, isAgeNotKnown: false };
    const now = went(START, row, { ...taken, doubts: [doubt] });
    assert.equal(now.doubtful.length, 1);
    const sure = went(now, row, { ...taken, doubts: [doubt], kept: 0 }, true);
    assert.deepEqual([sure.doubtful.length, sure.next, sure.kept], [0, 1, 1]);
});
