// SPDX-License-Identifier: Apache-2.0
// Where things lie on a number line, in parts of its width: 0 is its start, in either direction of writing, 1 its end.
import type { Scale } from '../../screens/results/findings.ts';

export interface Piece {
    readonly start: number;
    readonly size: number;
    readonly name: string;
    readonly here: boolean;
}

const part = (scale: Scale, number: number): number =>
    Math.min(1, Math.max(0, (number - scale.from) / (scale.to - scale.from)));

/** scalePieces - the bands that are on the line, each from where the one before ends. */
export function scalePieces(scale: Scale): Piece[] {
    let start = 0;
    return scale.bands
        .map((band, i) => {
            const end = i + 1 === scale.bands.length ? 1 : part(scale, band.to),
                piece = { start, size: Math.max(0, end - start), name: band.name, here: band.here };
            start = Math.max(start, end);
            return piece;
        })
        .filter((piece) => piece.size > 0 || piece.here);
}

/** scaleMark - where the number lies; beyond the line it is drawn at its end, and `beyond` says so. */
export function scaleMark(scale: Scale): { at: number; beyond: 'below' | 'above' | null } {
    return {
        at: part(scale, scale.at),
        beyond: scale.at < scale.from ? 'below' : scale.at > scale.to ? 'above' : null,
    };
}

const APART = 0.11;

/** scaleTicks - the numbers under the line: both ends, and where bands meet as far as they stand apart. */
export function scaleTicks(scale: Scale): { at: number; number: number }[] {
    const out = [{ at: 0, number: scale.from }];
    for (const { to } of scale.bands.slice(0, -1)) {
        const at = part(scale, to);
        if (at - (out.at(-1)?.at ?? 0) >= APART && 1 - at >= APART) out.push({ at, number: to });
    }
    return [...out, { at: 1, number: scale.to }];
}

/** scaleRows - the same as a table: from, to and name of each band; null: open at that end. */
export function scaleRows(scale: Scale): { from: number | null; to: number | null; name: string; here: boolean }[] {
    return scale.bands.map((band, i) => ({
        from: scale.bands[i - 1]?.to ?? null,
        to: i + 1 === scale.bands.length ? null : band.to,
        name: band.name,
        here: band.here,
    }));
}
