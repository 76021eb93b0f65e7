// SPDX-License-Identifier: Apache-2.0
// A registration as boxes of a form, and back (docs/formats/apps.md). Whether it may be is the server's to say.
import { toText } from '../../lib/bytes.ts';
import type { Registered } from '../../lib/apps.ts';

export interface Typed {
    id: string;
    name: string;
    redirects: string;
    origins: string;
    /** A JWK Set as text; empty: none. */
    jwks: string;
    idToken: string;
}
export const NOTHING: Typed = { id: '', name: '', redirects: '', origins: '', jwks: '', idToken: 'RS256' };

const lines = (text: string): string[] =>
    text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');

interface Document {
    id: string;
    name: string;
    redirects: string[];
    origins: string[];
    jwks?: object;
    idToken: string;
}
const read = ({ document }: Registered): Document => JSON.parse(document) as Document;

export function typedOf(app: Registered): Typed {
    const { id, name, redirects, origins, jwks, idToken } = read(app);
    return {
        id,
        name,
        redirects: redirects.join('\n'),
        origins: origins.join('\n'),
        jwks: jwks === undefined ? '' : JSON.stringify(jwks, null, 1),
        idToken,
    };
}
export const backOf = (app: Registered): string[] => read(app).redirects;
export const isSigning = (app: Registered): boolean => read(app).jwks !== undefined;

/** The keys that were typed; null: none; undefined: it is no object. */
export function keysOf(text: string): object | null | undefined {
    if (text.trim() === '') return null;
    try {
        const read: unknown = JSON.parse(text);
        return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : undefined;
    } catch {
        return undefined;
    }
}

/** As the call carries it; null: the keys cannot be read. */
export function documentOf({ id, name, redirects, origins, jwks, idToken }: Typed): string | null {
    const keys = keysOf(jwks);
    if (keys === undefined) return null;
    const app: Document = {
        id: id.trim(),
        name: name.trim(),
        redirects: lines(redirects),
        origins: lines(origins),
        idToken,
        ...(keys === null ? {} : { jwks: keys }),
    };
    return toText(new TextEncoder().encode(JSON.stringify(app)));
}
