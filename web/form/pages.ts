// SPDX-License-Identifier: Apache-2.0
// A form in pages: for the person who fills it in one question or one small group a page, at a station some more.
import { isAsked, isRepeatingGroup, type FormState, type Place } from './state.ts';

export interface Page {
    /** Key of its first question or words; it stays while the form changes around it. */
    readonly key: string;
    /** Words and questions, in the order of the form. */
    readonly places: readonly Place[];
    /** Words of the groups around it, outermost first. */
    readonly heads: readonly Place[];
}
/** one: for the person; some: at a station. */
export type Layout = 'one' | 'some';

const SMALL_GROUP = 3,
    SOME = 10;

/** isOutput - what is shown and not asked: it is reckoned, or known. */
export const isOutput = ({ def: { item } }: Place): boolean => item.calculated !== undefined || item.readOnly === true;
const isQuestion = (place: Place): boolean =>
    place.def.item.kind !== 'display' && place.def.item.kind !== 'group' && !isOutput(place);

function shownIn(state: FormState, place: Place): Place[] {
    if (place.def.item.hidden || !isAsked(state, place)) return [];
    return place.def.item.kind === 'group' ? place.children.flatMap((child) => shownIn(state, child)) : [place];
}

/** Questions and words that stand together on a page, whatever its layout. */
interface Block {
    readonly places: readonly Place[];
    readonly top: Place | null;
}

// A small group stands together. Words stand with the question behind them, what is reckoned with the one before.
function blocksOf(state: FormState, place: Place, top: Place | null): Block[] {
    const shown = shownIn(state, place);
    if (shown.length === 0) return [];
    const isSmall = place.parent !== null && shown.filter(isQuestion).length <= SMALL_GROUP;
    if (place.def.item.kind !== 'group' || isSmall) return [{ places: shown, top }];
    return place.children.flatMap((child) => blocksOf(state, child, top ?? (child.def.item.kind === 'group' ? child : null)));
}

function joined(blocks: readonly Block[]): Block[] {
    const out: { places: Place[]; top: Place | null }[] = [];
    let words: Place[] = [];
    for (const { places, top } of blocks) {
        const last = out.at(-1);
        if (places.some(isQuestion)) {
            out.push({ places: [...words, ...places], top });
            words = [];
        } else if (last && words.length === 0 && places.every(isOutput)) last.places.push(...places);
        else words = [...words, ...places];
    }
    if (words.length > 0) out.push({ places: words, top: null });
    return out;
}

function headsOf(places: readonly Place[]): Place[] {
    const out: Place[] = [];
    for (let at = places[0]?.parent ?? null; at !== null; at = at.parent)
        if (at.def.item.text || isRepeatingGroup(at.def)) out.unshift(at);
    return out;
}

const pageOf = (places: readonly Place[]): Page => ({ key: places[0]?.key ?? '', places, heads: headsOf(places) });

/** pagesOf - the pages of what is asked now. */
export function pagesOf(state: FormState, layout: Layout): Page[] {
    const blocks = joined(blocksOf(state, state.root, null));
    if (layout === 'one') return blocks.map(({ places }) => pageOf(places));
    const pages: { places: Place[]; top: Place | null }[] = [];
    for (const { places, top } of blocks) {
        const last = pages.at(-1);
        if (last && last.top === top && last.places.length + places.length <= SOME) last.places.push(...places);
        else pages.push({ places: [...places], top });
    }
    return pages.map(({ places }) => pageOf(places));
}

/** pageAt - the number of the page with that key, or of the one that holds that place now; else as near as it was. */
export function pageAt(pages: readonly Page[], key: string, near: number): number {
    const at = pages.findIndex((page) => page.key === key || page.places.some((place) => place.key === key));
    return at >= 0 ? at : Math.max(0, Math.min(near, pages.length - 1));
}

/** questionsOf - the questions of a page. */
export const questionsOf = (page: Page): Place[] => page.places.filter(isQuestion);

/** rowEnd - the row of a repeating group that ends with this page, if it is the last row: there another is added. */
export function rowEnd(pages: readonly Page[], at: number): Place | null {
    const groupOf = (place: Place | undefined): Place | null => {
        for (let one = place?.parent ?? null; one !== null; one = one.parent) if (isRepeatingGroup(one.def)) return one;
        return null;
    };
    const row = groupOf(pages[at]?.places.filter(isQuestion).at(-1)),
        next = pages[at + 1]?.places[0];
    for (let one: Place | null = next ?? null; row !== null && one !== null; one = one.parent)
        if (one.def === row.def && one.parent === row.parent) return null;
    return row;
}
