// SPDX-License-Identifier: Apache-2.0
// A QR code as a picture: black on white in every theme, with the quiet edge that readers need.
import { makeQr } from './qr.ts';

const EDGE = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
    const grid = makeQr(text);
    if (!grid) return null;
    const size = grid.length + 2 * EDGE,
        path = grid
            .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + EDGE} ${y + EDGE}h1v1h-1z` : '')))
            .join('');
    return (
        <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
            <rect class="qr-light" width={size} height={size} />
            <path class="qr-dark" d={path} />
        </svg>
    );
}
