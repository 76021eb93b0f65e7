// SPDX-License-Identifier: Apache-2.0
// A number line as the server places it (src/chart): shares of its width, 0 its start and 1 its end, in either
// direction of writing.
import type { Scale } from '../../screens/results/findings.ts';

export interface Placed {
    readonly start: number;
    readonly size: number;
    readonly name: string;
    readonly here: boolean;
}

/** scalePieces - the bands that are on the line, with their names. */
export const scalePieces = (scale: Scale): Placed[] =>
    scale.drawn.pieces.map(({ band, start, size }) => ({
        start,
        size,
        name: scale.bands[band]?.name ?? '',
        here: scale.bands[band]?.here ?? false,
    }));

/** scaleRows - the same as a table: from, to and name of each band; null: open at that end. */
export function scaleRows(scale: Scale): { from: number | null; to: number | null; name: string; here: boolean }[] {
    return scale.bands.map((band, i) => ({
        from: scale.bands[i - 1]?.to ?? null,
        to: i + 1 === scale.bands.length ? null : band.to,
        name: band.name,
        here: band.here,
    }));
}
