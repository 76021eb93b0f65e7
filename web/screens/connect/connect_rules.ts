// SPDX-License-Identifier: Apache-2.0
// What an app asks for, and what the person says to it: nothing is chosen before they choose.
import type { DataClass } from 'gen/lists.ts';
import type { AppAsk } from '../../lib/apps.ts';
import { isKnown, t, type PlainKey } from '../../lib/words.ts';

export type Said = 'yes' | 'no';
/** How long, in days: 0 is once, for ten minutes. */
export const DAYS = ['0', '1', '30', '365'] as const;
export type Days = (typeof DAYS)[number];

export interface Choice {
    card: string;
    told: string;
    said: Partial<Record<DataClass, Said>>;
    days: Days | null;
}
export const NOTHING: Choice = { card: '', told: '', said: {}, days: null };

/** The classes that the person said yes to. */
export const chosen = (ask: AppAsk, { said }: Choice): DataClass[] => ask.classes.filter((one) => said[one] === 'yes');

/** An app that did not ask to go on reading reads once. */
export const daysOf = (ask: AppAsk, choice: Choice): Days | null => (ask.offline ? choice.days : '0');

/** What is missing before it can be sent; null: nothing. */
export function missing(ask: AppAsk, choice: Choice): PlainKey | null {
    if (choice.card.trim() === '') return 'connect.need-card';
    if (choice.told.trim() === '') return 'connect.need-told';
    if (ask.classes.some((one) => choice.said[one] === undefined)) return 'connect.need-said';
    if (chosen(ask, choice).length === 0) return 'connect.need-yes';
    if (daysOf(ask, choice) === null) return 'connect.need-days';
    return null;
}

/** A kind of data in plain words; one that has none is named as it is. */
export function typeText(type: string): string {
    const key = `connect.type-${type}`;
    return isKnown(key) ? t(key as PlainKey) : t('connect.type-other', { type });
}

/** "category=laboratory": only the part of it with this mark. */
export function scopeText({ type, where }: AppAsk['scopes'][number]): string {
    const what = type === '*' ? t('connect.type-all') : typeText(type);
    return where === '' ? what : t('connect.only', { what, where });
}

/** The browser goes nowhere but to an address that the server made of the app's own. */
export const isAddress = (back: string): boolean =>
    /^[a-z][a-z0-9+.-]*:\//.test(back) && !/^(?:javascript|data|blob):/.test(back);
export const go = (back: string): void => {
    if (isAddress(back)) location.assign(back);
};
