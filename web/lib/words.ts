// SPDX-License-Identifier: Apache-2.0
// The words of the app in the language that is shown. A view that says t('scan.title') is drawn anew when it changes.
import { signal } from '@preact/signals';
import { languages, type Forms, type Language, type Words } from 'gen/words.ts';
import { digits, fill, type Filling } from './fill.ts';

export type { Language, Words };
/** A key whose text has no braces. */
export type PlainKey = { [K in keyof Words]: Words[K] extends null ? K : never }[keyof Words];
/** A language's own name. */
export const ownName = (one: Language): string => languages[one].name;
export const LANGUAGES = Object.keys(languages) as Language[];

const shown = signal<{ language: Language; words: Readonly<Record<string, Forms>> }>({ language: 'en', words: {} });

/** The language that is shown. */
export const language = (): Language => shown.value.language;

/** The text of a key, with what its braces hold. */
export function t<K extends keyof Words>(key: K, ...filling: Words[K] extends null ? [] : [Words[K]]): string {
    const forms = shown.value.words[key];
    return forms === undefined ? key : fill(shown.value.language, forms, filling[0] as Filling | undefined);
}

/** Are there words for it? A server that is newer may send what these words do not know. */
export const isKnown = (key: string): boolean => Object.hasOwn(shown.value.words, key);

/** Shows another language: loads its words, then turns the page round. */
export async function speak(next: Language): Promise<void> {
    const { default: words } = await languages[next].load();
    shown.value = { language: next, words };
    document.documentElement.lang = next;
    document.documentElement.dir = languages[next].direction;
}

/** The first of what a browser asks for that the app has. */
export function chooseLanguage(asked: readonly string[]): Language {
    const bases = asked.map((tag) => tag.toLowerCase().split('-')[0]);
    return LANGUAGES.find((known) => known === bases.find((base) => LANGUAGES.some((l) => l === base))) ?? 'en';
}

/** A number, a time of day and a day as they are written here, with the digits 0 to 9. */
export const number = (value: number): string => digits(language(), value);
// Days and months of English as most of the world writes them.
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', ar: 'ar' };
const written =
    (options: Intl.DateTimeFormatOptions) =>
    (at: Date | number, zone?: string): string =>
        new Intl.DateTimeFormat(`${LOCALES[language()]}-u-nu-latn-ca-gregory`, {
            ...options,
            ...(zone ? { timeZone: zone } : {}),
        }).format(at);
export const clock = written({ hour: '2-digit', minute: '2-digit', hour12: false });
export const day = written({ day: 'numeric', month: 'long', year: 'numeric' });

/** A date such as 2027-11-30, as it is written here. */
export const dayOf = (date: string): string => {
    const at = Date.parse(`${date}T12:00:00Z`);
    return Number.isNaN(at) ? date : day(at, 'UTC');
};
/** The name of a language in the language of the app; its code where there is none. */
export const languageName = (code: string): string => {
    try {
        return new Intl.DisplayNames([language()], { type: 'language' }).of(code) ?? code;
    } catch {
        return code; // no code of a language
    }
};

/** Things in a row, as the language joins them. */
export const list = (parts: readonly string[]): string =>
    new Intl.ListFormat(language(), { type: 'unit', style: 'long' }).format(parts);
