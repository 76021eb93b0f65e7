// SPDX-License-Identifier: Apache-2.0
// For tests: a view drawn without a browser, in a language, as the HTML that it would be.
import type { VNode } from 'preact';
import { LocationProvider } from 'preact-iso/router';
import { renderToString } from 'preact-render-to-string';
import { speak, type Language } from './lib/words.ts';

/** The HTML of a view at an address. */
export async function drawn(view: VNode, language: Language = 'en', path = '/'): Promise<string> {
    const page = { documentElement: { lang: '', dir: '', dataset: {} } };
    Object.assign(globalThis, { document: page, location: new URL(path, 'http://localhost') });
    await speak(language);
    return renderToString(<LocationProvider>{view}</LocationProvider>);
}

/** The words of it alone. */
export const wordsOf = (html: string): string =>
    html
        .replace(/<[^>]*>/g, ' ')
        .replace(/[\u2068\u2069]/g, '')
        .replace(/\s+/g, ' ')
        .trim();
