// SPDX-License-Identifier: Apache-2.0
// A form in pages: for the person who fills it in one question or one small group a page, at a station some more.
import { isAsked, isRepeatingGroup, type FormState, type Place } from './state.ts';

export interface Page {
    /** Key of its first question or words; it stays while the form changes around it. */
    readonly key: string;
    /** Words and questions, in the order of the form. */
    readonly places: readonly Place[];
}
/** one: for the person; some: at a station. */
export type Layout = 'one' | 'some';

const SMALL_GROUP = 3,
    SOME = 10;

/** isOutput - what is shown and not asked: it is reckoned, or known. */
export const isOutput = ({ def: { item } }: Place): boolean => item.calculated !== undefined || item.readOnly === true;
const isQuestion = (place: Place): boolean =>
    place.def.item.kind !== 'display' && place.def.item.kind !== 'group' && !isOutput(place);

/** shownIn - words and questions that are shown of a place, in their order. */
export function shownIn(state: FormState, place: Place): Place[] {
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
    return place.children.flatMap((child) =>
        blocksOf(state, child, top ?? (child.def.item.kind === 'group' ? child : null)),
    );
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

/** headsOf - the groups around a place that have words, outermost first. */
export function headsOf(place: Place): Place[] {
    const out: Place[] = [];
    for (let at = place.parent; at !== null; at = at.parent)
        if (at.def.item.text || isRepeatingGroup(at.def)) out.unshift(at);
    return out;
}

const pageOf = (places: readonly Place[]): Page => ({ key: places[0]?.key ?? '', places });
const questionCount = (places: readonly Place[]): number => places.filter(isQuestion).length;

// A group that fits on a page is not torn.
function units(blocks: readonly Block[]): Place[][] {
    const out: { places: Place[]; top: Place | null }[] = [];
    for (const { places, top } of blocks) {
        const last = out.at(-1);
        if (last && top !== null && last.top === top) last.places.push(...places);
        else out.push({ places: [...places], top });
    }
    return out.flatMap(({ places, top }) =>
        questionCount(places) <= SOME
            ? [places]
            : blocks.filter((one) => one.top === top).map((one) => [...one.places]),
    );
}

function filled(blocks: readonly Block[]): Page[] {
    const pages: Place[][] = [];
    for (const places of units(blocks)) {
        const last = pages.at(-1);
        if (last && questionCount(last) + questionCount(places) <= SOME) last.push(...places);
        else pages.push([...places]);
    }
    return pages.map(pageOf);
}

/** pagesOf - the pages of what is asked now. */
export function pagesOf(state: FormState, layout: Layout): Page[] {
    const blocks = joined(blocksOf(state, state.root, null));
    return layout === 'one' ? blocks.map(({ places }) => pageOf(places)) : filled(blocks);
}

/** pageAt - the number of the page with that key, or of the one that holds that place now; else as near as it was. */
export function pageAt(pages: readonly Page[], key: string, near: number): number {
    const at = pages.findIndex((page) => page.key === key || page.places.some((place) => place.key === key));
    return at >= 0 ? at : Math.max(0, Math.min(near, pages.length - 1));
}

/** questionsOf - the questions of a page. */
export const questionsOf = (page: Page): Place[] => page.places.filter(isQuestion);

/** rowEnding - the row of a repeating group that ends with this place: there it is taken out, and behind the last one
 * another is added. Null: none. */
export function rowEnding(state: FormState, place: Place): { row: Place; isLast: boolean } | null {
    for (let at = place.parent; at !== null; at = at.parent) {
        if (!isRepeatingGroup(at.def) || shownIn(state, at).at(-1) !== place) continue;
        const row = at,
            rows = row.parent?.children.filter(({ def }) => def === row.def) ?? [];
        return { row, isLast: rows.at(-1) === row };
    }
    return null;
}
