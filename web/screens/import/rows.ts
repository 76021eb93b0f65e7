// SPDX-License-Identifier: Apache-2.0
// A file of results as rows of bytes, and how far it came: pure functions. The bytes stay as they are: the map says in
// which encoding they are, and the server reads them.
import type { RowAnswer } from '../../lib/office.ts';

export interface FileRow {
    /** Of the file, from 1; a quoted cell may go over several lines. */
    readonly line: number;
    readonly bytes: Uint8Array;
}
export interface RowFile {
    readonly head: Uint8Array;
    readonly rows: readonly FileRow[];
}
export type BadFile = 'empty' | 'no-rows' | 'long-row' | 'too-big';

export const FILE_BYTES_MAX = 16 << 20;
/** What a call takes of a file: its head line and rows. */
export const PIECE_BYTES_MAX = 32_768;

const LF = 10,
    CR = 13,
    QUOTE = 34;

/** splitFile - head line and rows; empty lines are none. A line ends at LF outside of quotes. */
export function splitFile(bytes: Uint8Array): RowFile | BadFile {
    if (bytes.length > FILE_BYTES_MAX) return 'too-big';
    const parts: FileRow[] = [];
    let from = 0,
        line = 1,
        starts = 1,
        isQuoted = false;
    for (let at = 0; at <= bytes.length; at++) {
        const byte = bytes[at];
        if (byte === QUOTE) isQuoted = !isQuoted;
        if (byte !== LF && at < bytes.length) continue;
        line++;
        if (isQuoted && at < bytes.length) continue;
        const end = at > from && bytes[at - 1] === CR ? at - 1 : at;
        if (end > from) parts.push({ line: starts, bytes: bytes.slice(from, end) });
        from = at + 1;
        starts = line;
    }
    const [head, ...rows] = parts;
    if (head === undefined) return 'empty';
    if (rows.length === 0) return 'no-rows';
    return rows.some((row) => row.bytes.length + head.bytes.length + 2 > PIECE_BYTES_MAX)
        ? 'long-row'
        : { head: head.bytes, rows };
}

/** joined - head line and rows as one file again. */
export function joined(head: Uint8Array, rows: readonly FileRow[]): Uint8Array {
    const parts = [head, ...rows.map((row) => row.bytes)],
        out = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0));
    let at = 0;
    for (const part of parts) {
        out.set(part, at);
        out[at + part.length] = LF;
        at += part.length + 1;
    }
    return out;
}

/** pieces - as many rows together as a call takes. */
export function pieces({ head, rows }: RowFile): FileRow[][] {
    const out: FileRow[][] = [];
    let size = PIECE_BYTES_MAX;
    for (const row of rows) {
        if (size + row.bytes.length + 1 > PIECE_BYTES_MAX) {
            out.push([]);
            size = head.length + 1;
        }
        out[out.length - 1]?.push(row);
        size += row.bytes.length + 1;
    }
    return out;
}

/** lineOf - the line of the file of what a call says of one of its piece: its first row begins on line 2, behind the
 * head. */
export function lineOf(piece: readonly FileRow[], said: number): number {
    let starts = 2;
    for (const row of piece) {
        const lines = 1 + row.bytes.reduce((sum, byte) => sum + (byte === LF ? 1 : 0), 0);
        if (said < starts + lines) return row.line + Math.max(0, said - starts);
        starts += lines;
    }
    return piece[piece.length - 1]?.line ?? said;
}

// --- how far it came -------------------------------------------------------------------------------------------------
export interface Refused {
    readonly row: FileRow;
    readonly code: string;
    readonly element: string;
    readonly why: string;
}
export interface Urgent {
    readonly row: FileRow;
    readonly answer: RowAnswer;
    /** Somebody said that a clinician has it; only where nothing of it is in the inbox. */
    readonly isSeen: boolean;
}
export interface Doubtful {
    readonly row: FileRow;
    readonly answer: RowAnswer;
}
export interface Progress {
    readonly next: number;
    readonly kept: number;
    readonly here: number;
    readonly refused: readonly Refused[];
    readonly urgent: readonly Urgent[];
    readonly doubtful: readonly Doubtful[];
    /** Results that are kept apart, of which nothing more is shown to who may not see it. */
    readonly apartNotKept: number;
}
export const START: Progress = {
    next: 0,
    kept: 0,
    here: 0,
    refused: [],
    urgent: [],
    doubtful: [],
    apartNotKept: 0,
};

const isUrgent = ({ urgency, alarms, apart }: RowAnswer): boolean =>
    urgency !== null ||
    (apart?.urgency ?? null) !== null ||
    alarms.some((one) => one.urgency === 'emergency-now' || one.urgency === 'same-day');

/** went - the row at `progress.next` was answered. A row that came again as sure takes its doubt away. */
export function went(progress: Progress, row: FileRow, answer: RowAnswer, isAgain = false): Progress {
    const doubtful = progress.doubtful.filter((one) => one.row !== row);
    return {
        next: progress.next + (isAgain ? 0 : 1),
        kept: progress.kept + answer.kept,
        here: progress.here + answer.here,
        refused:
            answer.state === 'refused'
                ? [
                      ...progress.refused,
                      { row, code: answer.code ?? '', element: answer.element ?? '', why: answer.why ?? '' },
                  ]
                : progress.refused,
        urgent:
            isUrgent(answer) && !(isAgain && progress.urgent.some((one) => one.row === row))
                ? [...progress.urgent, { row, answer, isSeen: answer.ticket !== null }]
                : progress.urgent,
        doubtful: answer.doubts.length > 0 && !isAgain ? [...doubtful, { row, answer }] : doubtful,
        apartNotKept: progress.apartNotKept + (answer.apart !== null && !answer.apart.kept ? answer.apart.count : 0),
    };
}

export const seen = (progress: Progress, row: FileRow): Progress => ({
    ...progress,
    urgent: progress.urgent.map((one) => (one.row === row ? { ...one, isSeen: true } : one)),
});

/** Something urgent stands in no list: nothing goes on until somebody has it. */
export const mustStop = ({ urgent }: Progress): boolean => urgent.some((one) => !one.isSeen);
