// SPDX-License-Identifier: Apache-2.0
// A form that is being filled in: its items as a tree of places, what was answered, what is asked and what is
// reckoned of it. An answer in, the next state out; only what reads it is reckoned anew.
import { plainOf, run, runTruth, type Collection, type Value } from './machine.ts';
import type { Form, FormAnswer, Item, Option, Program, Variable } from './types.ts';
import { valueOf, type AnswerValue } from './values.ts';
import {
    decimalCompare,
    decimalIsWhole,
    decimalParse,
    decimalRound,
    decimalText,
    decimalTrim,
    type Decimal,
} from './decimal.ts';

/** An item of the form, once. */
export interface Def {
    readonly item: Item;
    readonly parent: Def | null;
    readonly children: readonly Def[];
    /** Links of all items inside of it, at any depth. */
    readonly inside: ReadonlySet<string>;
}
/** An item in one row of each repeating group around it; the root is the form itself. */
export interface Place {
    readonly is: 'item';
    readonly def: Def;
    /** Its link and rows: what its answers are found under. */
    readonly key: string;
    readonly rows: readonly number[];
    readonly parent: Place | null;
    readonly children: readonly Place[];
}

/** What never changes while a form is filled in. */
interface Plan {
    readonly form: Form;
    readonly root: Def;
    readonly defs: ReadonlyMap<string, Def>;
    readonly order: readonly Def[];
    /** Links whose `when` or `calculated` reads the answers of a link. */
    readonly readers: ReadonlyMap<string, readonly string[]>;
}
export type Rows = ReadonlyMap<string, number>;
export interface FormState {
    readonly plan: Plan;
    /** YYYY-MM-DD. */
    readonly today: string;
    readonly root: Place;
    readonly places: ReadonlyMap<string, readonly Place[]>;
    /** How many rows a repeating group has, by key of the group without its own row; one where it does not say. */
    readonly rows: Rows;
    /** As it was entered, also what is no answer yet. */
    readonly texts: ReadonlyMap<string, readonly string[]>;
    readonly values: ReadonlyMap<string, readonly AnswerValue[]>;
    /** Keys of places whose own `when` is not true. */
    readonly off: ReadonlySet<string>;
}

const ROOT: Item = { link: '', kind: 'group' };
const ROWS_MOST = 50;

export const keyOf = (link: string, rows: readonly number[]): string => `${link}@${rows.join('.')}`;
export const isRepeatingGroup = ({ item }: Def): boolean => item.kind === 'group' && item.repeats === true;
export const rowsMost = ({ item }: Pick<Def, 'item'>): number => item.most ?? ROWS_MOST;

function defOf(item: Item, parent: Def | null, defs: Map<string, Def>): Def {
    const inside = new Set<string>(),
        children: Def[] = [],
        def: Def = { item, parent, children, inside };
    defs.set(item.link, def);
    for (const one of item.items ?? []) {
        const child = defOf(one, def, defs);
        children.push(child);
        inside.add(one.link);
        for (const link of child.inside) inside.add(link);
    }
    return def;
}

function planOf(form: Form): Plan {
    const defs = new Map<string, Def>(),
        variables = form.variables === undefined ? {} : { variables: form.variables },
        root = defOf({ ...ROOT, items: form.items, ...variables }, null, defs);
    const order = (form.order ?? []).flatMap((link) => defs.get(link) ?? []),
        readers = new Map<string, string[]>();
    for (const { item } of order)
        for (const link of [...(item.when?.reads ?? []), ...(item.calculated?.reads ?? [])]) {
            const known = readers.get(link);
            if (known) known.push(item.link);
            else readers.set(link, [item.link]);
        }
    return { form, root, defs, order, readers };
}

function placeOf(def: Def, rows: readonly number[], parent: Place | null, counts: Rows): Place {
    const children: Place[] = [],
        place: Place = { is: 'item', def, key: keyOf(def.item.link, rows), rows, parent, children };
    for (const child of def.children) {
        const count = isRepeatingGroup(child) ? (counts.get(keyOf(child.item.link, rows)) ?? 1) : 0;
        if (!isRepeatingGroup(child)) children.push(placeOf(child, rows, place, counts));
        for (let i = 0; i < count; i++) children.push(placeOf(child, [...rows, i], place, counts));
    }
    return place;
}

function placesOf(root: Place): Map<string, Place[]> {
    const out = new Map<string, Place[]>();
    const walk = (place: Place): void => {
        const known = out.get(place.def.item.link);
        if (known) known.push(place);
        else out.set(place.def.item.link, [place]);
        place.children.forEach(walk);
    };
    walk(root);
    return out;
}

/** isAsked - is it asked, and all that it stands in? */
export function isAsked({ off }: Pick<FormState, 'off'>, place: Place): boolean {
    for (let at: Place | null = place; at !== null; at = at.parent) if (off.has(at.key)) return false;
    return true;
}

type Known = Pick<FormState, 'off' | 'values'>;
const isFilled = (state: Known, place: Place): boolean =>
    !state.off.has(place.key) &&
    ((state.values.get(place.key)?.length ?? 0) > 0 || place.children.some((child) => isFilled(state, child)));

/** childrenOf - the places inside of one that count: those that are asked and have an answer, or one inside. */
export const childrenOf = (state: Known, place: Place): Place[] =>
    isAsked(state, place) ? place.children.filter((child) => isFilled(state, child)) : [];

const isEntered = ({ texts }: Pick<FormState, 'texts'>, place: Place): boolean =>
    (texts.get(place.key) ?? []).some((text) => text !== '') ||
    place.children.some((child) => isEntered({ texts }, child));

// A row that nobody wrote into is there where a later one was.
function isThere(state: Pick<FormState, 'texts'>, place: Place): boolean {
    for (let at: Place | null = place; at !== null; at = at.parent) {
        const row: Place = at,
            number = row.rows.at(-1) ?? 0;
        if (!isRepeatingGroup(row.def) || number === 0) continue;
        const later = row.parent?.children.filter(({ def, rows }) => def === row.def && (rows.at(-1) ?? 0) >= number);
        if (!later?.some((one) => isEntered(state, one))) return false;
    }
    return true;
}

/** isEmptyRow - does it stand in a row of a repeating group in which nothing is answered? */
export function isEmptyRow(state: Pick<FormState, 'texts'>, place: Place): boolean {
    for (let at: Place | null = place; at !== null; at = at.parent)
        if (isRepeatingGroup(at.def) && !isEntered(state, at)) return true;
    return false;
}

// --- reckoning -------------------------------------------------------------------------------------------------------
interface Draft {
    readonly plan: Plan;
    readonly today: string;
    readonly root: Place;
    readonly places: ReadonlyMap<string, readonly Place[]>;
    readonly texts: FormState['texts'];
    readonly values: Map<string, readonly AnswerValue[]>;
    readonly off: Set<string>;
    readonly dirty: Set<string>;
}

const touchReaders = (draft: Draft, link: string): void =>
    draft.plan.readers.get(link)?.forEach((reader) => draft.dirty.add(reader));

/** The answers of an item changed: what reads them, or the groups around them, is reckoned anew; and all of a row,
 * which may be there only now. */
function touch(draft: Draft, def: Def): void {
    for (let at: Def | null = def; at !== null; at = at.parent) {
        touchReaders(draft, at.item.link);
        if (isRepeatingGroup(at)) for (const link of at.inside) draft.dirty.add(link);
    }
}

function touchInside(draft: Draft, def: Def): void {
    touch(draft, def);
    for (const link of def.inside) touchReaders(draft, link);
}

function numberText(item: Item, number: Decimal): string | null {
    if (item.kind === 'integer' && !decimalIsWhole(number)) return null;
    const rounded = item.decimals === undefined ? number : decimalRound(number, item.decimals);
    return rounded === null ? null : decimalText(decimalTrim(rounded));
}

function optionText(item: Item, one: Value): string | null {
    const plain = plainOf(one),
        isIt = (option: Option): boolean => {
            if (typeof one === 'object' && one.is === 'choice' && one.option === option) return true;
            if (typeof plain === 'string') return plain === option.value;
            const number = option.number === true ? decimalParse(option.value) : null;
            return (
                typeof plain === 'object' &&
                plain.is === 'number' &&
                number !== null &&
                decimalCompare(plain.number, number) === 0
            );
        };
    return item.options?.find(isIt)?.value ?? null;
}

// What a program gives, as an answer of its item is written; null: it is none.
function resultText(item: Item, one: Value): string | null {
    if (item.kind === 'choice') return optionText(item, one);
    const plain = plainOf(one);
    if (typeof plain === 'boolean') return item.kind === 'boolean' ? String(plain) : null;
    if (typeof plain === 'string') return item.kind === 'text' ? plain : null;
    if (plain.is === 'date') return item.kind === 'date' ? plain.text : null;
    const isNumeric = item.kind === 'integer' || item.kind === 'decimal' || item.kind === 'quantity';
    return plain.is === 'number' && isNumeric ? numberText(item, plain.number) : null;
}

function answerOf(item: Item, found: Collection): readonly AnswerValue[] {
    const values = found.flatMap((one) => valueOf(item, resultText(item, one) ?? '') ?? []);
    return values.slice(0, item.repeats ? rowsMost({ item }) : 1);
}

const isEqual = (a: readonly AnswerValue[], b: readonly AnswerValue[]): boolean =>
    a.length === b.length && a.every((one, i) => textOf(one) === textOf(b[i]!));

/** textOf - an answer as it is written. */
export function textOf(value: AnswerValue): string {
    if (typeof value !== 'object') return String(value);
    if (value.is === 'date') return value.text;
    if (value.is === 'choice') return value.option.value;
    const number = decimalText(value.number);
    return value.is === 'quantity' && !value.isUsual ? `${number} ${value.code}` : number;
}

function look(draft: Draft, place: Place): void {
    const { item } = place.def;
    if (item.when) {
        const isOff = runTruth(item.when, draft, place) !== true;
        if (isOff !== draft.off.has(place.key)) {
            if (isOff) draft.off.add(place.key);
            else draft.off.delete(place.key);
            touchInside(draft, place.def);
        }
    }
    if (item.calculated === undefined) return;
    const next =
        isAsked(draft, place) && isThere(draft, place) ? answerOf(item, run(item.calculated, draft, place)) : [];
    if (isEqual(next, draft.values.get(place.key) ?? [])) return;
    draft.values.set(place.key, next);
    touch(draft, place.def);
}

// Each item of the order stands behind all that it reads: once through is enough.
function settle(draft: Draft): Pick<FormState, 'values' | 'off'> {
    for (const def of draft.plan.order) {
        if (!draft.dirty.has(def.item.link)) continue;
        for (const place of draft.places.get(def.item.link) ?? []) look(draft, place);
    }
    return { values: draft.values, off: draft.off };
}

const draftOf = (state: FormState, dirty: Set<string> = new Set()): Draft => ({
    ...state,
    values: new Map(state.values),
    off: new Set(state.off),
    dirty,
});

// All of it, from the texts on.
function reckonAll(state: FormState): FormState {
    const places = placesOf(state.root),
        values = new Map<string, readonly AnswerValue[]>();
    for (const [link, list] of places) {
        const item = state.plan.defs.get(link)?.item;
        if (item === undefined || item.calculated !== undefined) continue;
        for (const { key } of list) values.set(key, valuesOf(item, state.texts.get(key) ?? []));
    }
    const all = new Set(state.plan.order.map(({ item }) => item.link)),
        next = { ...state, places, values, off: new Set<string>() };
    return { ...next, ...settle(draftOf(next, all)) };
}

const valuesOf = (item: Item, texts: readonly string[]): AnswerValue[] =>
    texts.flatMap((text) => (text === '' ? [] : (valueOf(item, text) ?? [])));

// --- what can be done ------------------------------------------------------------------------------------------------
/** What was entered, as a draft keeps it. */
export interface Entered {
    readonly rows: Readonly<Record<string, number>>;
    readonly texts: Readonly<Record<string, readonly string[]>>;
}
export const nothingEntered: Entered = { rows: {}, texts: {} };

/** formOpen - a form with what was entered into it before. */
export function formOpen(form: Form, today: string, entered: Entered = nothingEntered): FormState {
    const plan = planOf(form),
        rows = new Map(Object.entries(entered.rows)),
        root = placeOf(plan.root, [], null, rows);
    const texts = new Map(Object.entries(entered.texts));
    return reckonAll({ plan, today, root, places: new Map(), rows, texts, values: new Map(), off: new Set() });
}

export const formEntered = ({ rows, texts }: FormState): Entered => ({
    rows: Object.fromEntries(rows),
    texts: Object.fromEntries([...texts].filter(([, list]) => list.some((text) => text !== ''))),
});

/** formAnswer - the answers of a place, as texts; none takes them back. */
export function formAnswer(state: FormState, place: Place, texts: readonly string[]): FormState {
    const next = { ...state, texts: new Map(state.texts).set(place.key, texts) },
        values = valuesOf(place.def.item, texts);
    if (isEqual(values, state.values.get(place.key) ?? [])) return next;
    const draft = draftOf(next);
    draft.values.set(place.key, values);
    touch(draft, place.def);
    const settled = settle(draft),
        isOffSame = settled.off.size === state.off.size && [...settled.off].every((key) => state.off.has(key));
    // What is asked stays the same object while it does, so that its pages stay too.
    return { ...next, ...settled, off: isOffSame ? state.off : settled.off };
}

/** rowsOf - how many rows a repeating group has, in the place that it stands in. */
export const rowsOf = (state: FormState, group: Def, rows: readonly number[]): number =>
    state.rows.get(keyOf(group.item.link, rows)) ?? 1;

const withRows = (state: FormState, rows: Rows, texts: FormState['texts']): FormState =>
    reckonAll({ ...state, rows, texts, root: placeOf(state.plan.root, [], null, rows) });

/** formAddRow - one more row of a repeating group, at its end. */
export function formAddRow(state: FormState, group: Def, rows: readonly number[]): FormState {
    const count = rowsOf(state, group, rows);
    if (count >= rowsMost(group)) return state;
    return withRows(state, new Map(state.rows).set(keyOf(group.item.link, rows), count + 1), state.texts);
}

/** formDropRow - a row goes with what stands in it; those behind it move up. The last one is emptied. */
export function formDropRow(state: FormState, row: Place): FormState {
    const { def, rows } = row,
        depth = rows.length - 1,
        at = rows[depth] ?? 0,
        above = rows.slice(0, depth);
    const isWithin = (link: string, its: readonly number[]): boolean =>
        (link === def.item.link || def.inside.has(link)) && above.every((one, i) => its[i] === one);
    // Keys of what stands in the group, with the row that is gone taken out of them.
    const moved = <T>(map: ReadonlyMap<string, T>): Map<string, T> => {
        const out = new Map<string, T>();
        for (const [key, value] of map) {
            const split = key.lastIndexOf('@'),
                link = key.slice(0, split),
                its =
                    key.slice(split + 1) === ''
                        ? []
                        : key
                              .slice(split + 1)
                              .split('.')
                              .map(Number),
                its_row = its[depth];
            if (its_row === undefined || !isWithin(link, its) || its_row < at) out.set(key, value);
            else if (its_row > at)
                out.set(
                    keyOf(
                        link,
                        its.map((one, i) => (i === depth ? one - 1 : one)),
                    ),
                    value,
                );
        }
        return out;
    };
    const counts = moved(state.rows).set(keyOf(def.item.link, above), Math.max(1, rowsOf(state, def, above) - 1));
    return withRows(state, counts, moved(state.texts));
}

/** formIn - the same answers in another language of the form. */
export const formIn = (state: FormState, form: Form): FormState => formOpen(form, state.today, formEntered(state));

// --- answers on the wire ---------------------------------------------------------------------------------------------
/** enteredOf - answers that the server gave, as they would have been entered. */
export function enteredOf(form: Form, answers: readonly FormAnswer[]): Entered {
    const { defs } = planOf(form),
        rows: Record<string, number> = {},
        texts: Record<string, readonly string[]> = {};
    for (const { link, in: its = [], values } of answers) {
        texts[keyOf(link, its)] = values;
        const groups: Def[] = [];
        for (let at = defs.get(link) ?? null; at !== null; at = at.parent) if (isRepeatingGroup(at)) groups.unshift(at);
        groups.forEach((group, depth) => {
            const key = keyOf(group.item.link, its.slice(0, depth));
            rows[key] = Math.max(rows[key] ?? 1, (its[depth] ?? 0) + 1);
        });
    }
    return { rows, texts };
}

/** formAnswers - all that was entered, in the order of the form: also what is not asked any more, so that nothing that
 * was said goes unjudged. What is reckoned is not sent: the server reckons it. */
export function formAnswers(state: FormState): FormAnswer[] {
    const out: FormAnswer[] = [];
    const walk = (place: Place): void => {
        const { item } = place.def,
            values = item.calculated ? [] : (state.texts.get(place.key) ?? []).filter((text) => text !== '');
        if (values.length > 0)
            out.push({ link: item.link, ...(place.rows.length > 0 ? { in: place.rows } : {}), values });
        place.children.forEach(walk);
    };
    walk(state.root);
    return out;
}

/** variableOf - the nearest item around that declares a variable, and its program. */
export function variableOf(place: Place, name: string): { at: Place; program: Program } | null {
    for (let at: Place | null = place; at !== null; at = at.parent) {
        const known: Variable | undefined = at.def.item.variables?.find((one) => one.name === name);
        if (known) return { at, program: known.program };
    }
    return null;
}
