// SPDX-License-Identifier: Apache-2.0
// Bytes as calls carry them: base64url without padding.
type Bytes = ArrayBuffer | Uint8Array<ArrayBuffer>;
const view = (bytes: Bytes): Uint8Array<ArrayBuffer> => (bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));

export const toText = (bytes: Bytes): string =>
    btoa(String.fromCharCode(...view(bytes)))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');

export const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
