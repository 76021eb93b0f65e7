// SPDX-License-Identifier: Apache-2.0
// How an answer is entered: choices that exclude others, a date in three boxes, which page comes after.
import { faultsOf, isInTheWay, type Fault } from '../../form/faults.ts';
import { questionsOf, type Page } from '../../form/pages.ts';
import { isAsked, type FormState, type Place } from '../../form/state.ts';
import type { Item } from '../../form/types.ts';

/** chosenWith - the options that are chosen once this one was pressed; pressed again it is taken back. */
export function chosenWith(item: Item, chosen: readonly string[], value: string): string[] {
    if (chosen.includes(value)) return chosen.filter((one) => one !== value);
    const isAlone = (one: string): boolean => item.options?.find((option) => option.value === one)?.alone === true;
    if (!item.repeats || isAlone(value)) return [value];
    return [...chosen.filter((one) => !isAlone(one)), value];
}

export interface DateParts {
    readonly day: string;
    readonly month: string;
    readonly year: string;
}

export function dateParts(text: string): DateParts {
    const [year = '', month = '', day = ''] = text.split('-');
    return { day, month, year };
}

const padded = (part: string): string => (part.length === 1 ? `0${part}` : part);

/** dateText - as an answer is written; what is typed half is half of it, and no answer. */
export function dateText({ day, month, year }: DateParts): string {
    if (day !== '') return `${year}-${padded(month)}-${padded(day)}`;
    return month === '' ? year : `${year}-${padded(month)}`;
}

// Groups that end with this page: their checks speak now.
function groupsEnding(state: FormState, page: Page): Place[] {
    const out: Place[] = [],
        onPage = new Set(page.places.map(({ key }) => key));
    const leavesOf = (place: Place): Place[] =>
        !isAsked(state, place) || place.def.item.hidden
            ? []
            : place.def.item.kind === 'group'
              ? place.children.flatMap(leavesOf)
              : [place];
    for (let at = page.places.at(-1)?.parent ?? null; at !== null; at = at.parent) {
        const last = leavesOf(at).at(-1);
        if (last && onPage.has(last.key)) out.push(at);
    }
    return out;
}

/** pageFaults - what is wrong on a page, and with the groups that end with it. */
export const pageFaults = (state: FormState, page: Page): Fault[] =>
    [...questionsOf(page), ...groupsEnding(state, page)].flatMap((place) => faultsOf(state, place));

/** isBeyond - a number that the server has to hear of though it cannot be kept: it may be one that endangers. */
export const isBeyond = ({ place, why }: Fault): boolean =>
    place.def.item.code !== undefined && (why === 'low' || why === 'high');

export const blocking = (faults: readonly Fault[]): Fault[] => faults.filter(isInTheWay);

const textsOf = (state: FormState, { key }: Place): string[] =>
    (state.texts.get(key) ?? []).filter((one) => one !== '');
/** isAnswered - is anything entered on this page? */
export const isAnswered = (state: FormState, page: Page): boolean =>
    questionsOf(page).some((place) => textsOf(state, place).length > 0);

/** firstOpen - where it goes on: the first page behind the last one that has an answer. */
export function firstOpen(state: FormState, pages: readonly Page[]): number {
    const last = pages.map((page) => isAnswered(state, page)).lastIndexOf(true);
    return Math.min(last + 1, Math.max(0, pages.length - 1));
}

/** counts - questions that are asked, and those with an answer. */
export function counts(state: FormState, pages: readonly Page[]): { asked: number; answered: number } {
    const all = pages.flatMap(questionsOf);
    return { asked: all.length, answered: all.filter((place) => textsOf(state, place).length > 0).length };
}
