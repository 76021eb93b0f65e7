// SPDX-License-Identifier: Apache-2.0
// Runs the programs of a form: the instructions of src/form/form_ops.def, by the rules of
// docs/formats/questionnaires.md. What ends a program there ends it here, and it gives nothing.
import type { FormOp } from 'gen/lists.ts';
import {
    decimalAbsolute,
    decimalAdd,
    decimalCeiling,
    decimalCompare,
    decimalDiv,
    decimalDivide,
    decimalFloor,
    decimalIsWhole,
    decimalMod,
    decimalMultiply,
    decimalNegate,
    decimalOf,
    decimalOfNumber,
    decimalParse,
    decimalRound,
    decimalSubtract,
    decimalTruncate,
    type Decimal,
} from './decimal.ts';
import { childrenOf, isAsked, variableOf, type FormState, type Place } from './state.ts';
import type { Instruction, Program } from './types.ts';
import { dateCompare, numberValue, type AnswerValue, type ChoiceValue } from './values.ts';

export type Value = AnswerValue | Place;
export type Collection = readonly Value[];
/** What a program reads. */
export type Reads = Pick<FormState, 'today' | 'root' | 'places' | 'values' | 'off'>;

const STEPS_MOST = 100_000,
    ITEMS_MOST = 10_000;

class Ended extends Error {}
const end = (): never => {
    throw new Ended();
};

interface Run {
    readonly state: Reads;
    steps: number;
    /** What is inside of an item, once a program. */
    readonly inside: Map<Place, readonly Place[]>;
}
/** Where a body stands: the item of the program, and the one at hand. */
interface Scope {
    readonly here: Place;
    readonly self: Value | null;
}

/** plainOf - a chosen option as what it is to programs: a code stays, else it is a number or a text. */
export function plainOf(value: Value): Value {
    if (typeof value !== 'object' || value.is !== 'choice' || value.option.system !== undefined) return value;
    const number = value.option.number === true ? decimalParse(value.option.value) : null;
    return number === null ? value.option.value : numberValue(number);
}

// --- one item is wanted ----------------------------------------------------------------------------------------------
function single(list: Collection): Value | null {
    if (list.length > 1) return end();
    return list[0] ?? null;
}

/** truthOf - true, false, or null for nothing; a single item that is no boolean is true. */
export function truthOf(list: Collection): boolean | null {
    const one = single(list);
    return one === null || typeof one === 'boolean' ? one : true;
}

const truth = (value: boolean | null): Collection => (value === null ? [] : [value]);
function numberIn(value: Value): Decimal {
    const plain = plainOf(value);
    return typeof plain === 'object' && plain.is === 'number' ? plain.number : end();
}
function textIn(value: Value): string {
    const plain = plainOf(value);
    return typeof plain === 'string' ? plain : end();
}
const numbers = (number: Decimal | null): Collection => (number === null ? [] : [numberValue(number)]);

// --- the same --------------------------------------------------------------------------------------------------------
const isUntold = (value: Value): boolean =>
    typeof value === 'object' && (value.is === 'item' || value.is === 'quantity');

/** isSame - true, false, or null where nobody can tell. */
function isSame(one: Value, other: Value): boolean | null {
    const [a, b] = [plainOf(one), plainOf(other)];
    if (isUntold(a) || isUntold(b)) return null;
    if (typeof a !== 'object' || typeof b !== 'object') return a === b;
    if (a.is !== b.is) return false;
    if (a.is === 'number' && b.is === 'number') return decimalCompare(a.number, b.number) === 0;
    if (a.is === 'date' && b.is === 'date') {
        const order = dateCompare(a.text, b.text);
        return order === null ? null : order === 0;
    }
    if (a.is === 'choice' && b.is === 'choice')
        return a.option.value === b.option.value && a.option.system === b.option.system;
    return null;
}

function equal(a: Collection, b: Collection): boolean | null {
    if (a.length === 0 || b.length === 0) return null;
    if (a.length !== b.length) return false;
    const same = a.map((one, i) => isSame(one, b[i] ?? end()));
    return same.includes(false) ? false : same.includes(null) ? null : true;
}

const isIn = (list: Collection, one: Value): boolean =>
    list.some((other) => (isPlace(one) ? other === one : isSame(one, other) === true));

// What is the same has the same name; of dates and quantities, which are compared by pairs, there is none.
function nameOf(value: Value): unknown {
    const plain = plainOf(value);
    if (typeof plain !== 'object') return plain;
    if (plain.is === 'number') return plain.number.units;
    if (plain.is === 'item') return plain;
    return plain.is === 'choice' ? `${plain.option.system} ${plain.option.value}` : null;
}

function distinct(list: Collection): Collection {
    const out: Value[] = [],
        known = new Map<string, Set<unknown>>();
    for (const one of list) {
        const name = nameOf(one),
            plain = plainOf(one),
            kind = typeof plain === 'object' ? plain.is : typeof plain;
        if (name === null ? isIn(out, one) : known.get(kind)?.has(name)) continue;
        out.push(one);
        known.set(kind, (known.get(kind) ?? new Set()).add(name));
    }
    return out;
}

// --- order -----------------------------------------------------------------------------------------------------------
function textCompare(a: string, b: string): number {
    const [x, y] = [[...a], [...b]],
        at = x.findIndex((c, i) => c !== y[i]);
    if (at < 0) return x.length === y.length ? 0 : -1;
    return y[at] === undefined || (x[at]?.codePointAt(0) ?? 0) > (y[at]?.codePointAt(0) ?? 0) ? 1 : -1;
}

function compare(one: Value, other: Value): number | null {
    const [a, b] = [plainOf(one), plainOf(other)];
    if (typeof a === 'string' && typeof b === 'string') return textCompare(a, b);
    if (typeof a !== 'object' || typeof b !== 'object') return end();
    if (a.is === 'number' && b.is === 'number') return decimalCompare(a.number, b.number);
    return a.is === 'date' && b.is === 'date' ? dateCompare(a.text, b.text) : end();
}

type Relation = '<' | '<=' | '>' | '>=';
const RELATIONS: Readonly<Record<Relation, (order: number) => boolean>> = {
    '<': (order) => order < 0,
    '<=': (order) => order <= 0,
    '>': (order) => order > 0,
    '>=': (order) => order >= 0,
};

function related(relation: Relation, a: Collection, b: Collection): Collection {
    const [x, y] = [single(a), single(b)];
    if (x === null || y === null) return [];
    const order = compare(x, y);
    return truth(order === null ? null : RELATIONS[relation](order));
}

// enableWhen: an answer as what it is compared by; null: it stands in no relation to the constant.
function plain(answer: Value): Value | null {
    if (typeof answer !== 'object') return answer;
    if (answer.is === 'choice') return answer.option.value;
    if (answer.is === 'quantity') return answer.isUsual ? numberValue(answer.number) : null;
    return answer;
}

const isKind = (a: Value, b: Value): boolean =>
    typeof a === 'object' && typeof b === 'object' ? a.is === b.is : typeof a === typeof b;

function stands(operator: string, answer: Value, constant: Value): boolean {
    const one = plain(answer);
    if (one === null || !isKind(one, constant)) return false;
    if (operator === '=') return isSame(one, constant) === true;
    const order = typeof one === 'boolean' ? null : compare(one, constant);
    return order !== null && RELATIONS[operator as Relation](order);
}

function answered(operator: string, answers: Collection, constant: Value | null): Collection {
    if (constant === null) return end();
    if (operator === 'exists') return [answers.length > 0 === constant];
    if (operator === '!=') return [!answers.some((one) => stands('=', one, constant))];
    return [answers.some((one) => stands(operator, one, constant))];
}

// --- items -----------------------------------------------------------------------------------------------------------
const isPlace = (value: Value): value is Place => typeof value === 'object' && value.is === 'item';
const places = (list: Collection): Place[] => list.map((one) => (isPlace(one) ? one : end()));

function addInside(state: Reads, place: Place, to: Place[]): Place[] {
    for (const child of childrenOf(state, place)) {
        to.push(child);
        addInside(state, child, to);
    }
    return to;
}
function allInside(run: Run, place: Place): readonly Place[] {
    const known = run.inside.get(place) ?? addInside(run.state, place, []);
    run.inside.set(place, known);
    return known;
}

const answersOf = (state: Reads, list: readonly Place[]): Collection =>
    list.flatMap((place) => (isAsked(state, place) ? [...(state.values.get(place.key) ?? [])] : []));

function nearest(state: Reads, here: Place, link: string): Collection {
    for (let at: Place | null = here; at !== null; at = at.parent) {
        if (!at.def.inside.has(link)) continue;
        const group = at,
            isWithin = (place: Place): boolean => group.rows.every((row, i) => place.rows[i] === row);
        return answersOf(state, (state.places.get(link) ?? []).filter(isWithin));
    }
    return [];
}

const choices = (list: Collection): ChoiceValue[] =>
    list.filter((one): one is ChoiceValue => typeof one === 'object' && one.is === 'choice');

function codesOf(list: Collection): Collection {
    return list.flatMap((one): Value[] => {
        if (typeof one !== 'object') return [];
        if (one.is === 'quantity') return [one.code];
        return one.is === 'choice' && one.option.system !== undefined ? [one.option.value] : [];
    });
}

// --- collections -----------------------------------------------------------------------------------------------------
function sum(list: Collection): Collection {
    if (list.length === 0) return [];
    return numbers(list.map(numberIn).reduce<Decimal | null>((so, one) => so && decimalAdd(so, one), decimalOf(0)));
}

function extreme(list: Collection, sign: 1 | -1): Collection {
    const all = list.map(numberIn);
    return numbers(all.reduce<Decimal | null>((so, a) => (so && sign * decimalCompare(so, a) >= 0 ? so : a), null));
}

const booleanIn = (value: Value): boolean => (typeof value === 'boolean' ? value : end());

// --- arithmetic ------------------------------------------------------------------------------------------------------
type Reckons = (a: Decimal, b: Decimal) => Decimal | null;
function reckoned(a: Collection, b: Collection, reckon: Reckons): Collection {
    const [x, y] = [single(a), single(b)];
    return x === null || y === null ? [] : numbers(reckon(numberIn(x), numberIn(y)));
}
function changed(list: Collection, change: (number: Decimal) => Decimal | null): Collection {
    const one = single(list);
    return one === null ? [] : numbers(change(numberIn(one)));
}
function added(a: Collection, b: Collection): Collection {
    const both = [a, b].map((list) => (list.length === 1 && list[0] !== undefined ? plainOf(list[0]) : null));
    if (!both.some((one) => typeof one === 'string')) return reckoned(a, b, decimalAdd);
    const [x, y] = [single(a), single(b)].map((one) => (one === null ? null : textIn(one)));
    return typeof x === 'string' && typeof y === 'string' ? [x + y] : [];
}
function concat(a: Collection, b: Collection): Collection {
    const [x, y] = [single(a), single(b)];
    return [(x === null ? '' : textIn(x)) + (y === null ? '' : textIn(y))];
}
function toInteger(list: Collection): Collection {
    const one = single(list);
    if (typeof one === 'boolean') return numbers(decimalOf(one ? 1 : 0));
    const plain = one === null ? null : plainOf(one);
    const isWhole =
        plain !== null && typeof plain === 'object' && plain.is === 'number' && decimalIsWhole(plain.number);
    return isWhole ? [plain] : [];
}
function lengthOf(list: Collection): Collection {
    const one = single(list);
    return one === null ? [] : numbers(decimalOf([...textIn(one)].length));
}

// --- truth -----------------------------------------------------------------------------------------------------------
const both = (a: boolean | null, b: boolean | null): boolean | null =>
    a === false || b === false ? false : a === null || b === null ? null : true;
const either = (a: boolean | null, b: boolean | null): boolean | null =>
    a === true || b === true ? true : a === null || b === null ? null : false;
const not = (a: boolean | null): boolean | null => (a === null ? null : !a);
const implied = (a: boolean | null, b: boolean | null): boolean | null => either(not(a), b);

// --- instructions ----------------------------------------------------------------------------------------------------
type Operand = Instruction[number];
const constant = (value: Operand): Collection =>
    typeof value === 'number' ? numbers(decimalOfNumber(value)) : [value as boolean | string];

function collection(run: Run, op: FormOp, list: Collection, operand: Operand): Collection | null {
    const { state } = run;
    switch (op) {
        case 'items':
            return places(list).flatMap((place) => childrenOf(state, place));
        case 'all-items':
            return places(list).flatMap((place) => [...allInside(run, place)]);
        case 'link':
            return places(list).flatMap(({ def }) => (def.parent === null ? [] : [def.item.link]));
        case 'answers':
            return answersOf(state, places(list));
        case 'score':
            return choices(list).flatMap(({ option: { score } }) =>
                score === undefined ? [] : numbers(decimalOfNumber(score)),
            );
        case 'code':
            return codesOf(list);
        case 'system':
            return choices(list).flatMap(({ option: { system } }) => system ?? []);
        case 'number':
            return list.flatMap((one) =>
                typeof one === 'object' && one.is === 'quantity' ? [numberValue(one.number)] : [],
            );
        case 'exists':
            return [list.length > 0];
        case 'empty':
            return [list.length === 0];
        case 'count':
            return numbers(decimalOf(list.length));
        case 'first':
            return list.slice(0, 1);
        case 'last':
            return list.slice(-1);
        case 'distinct':
            return distinct(list);
        case 'all-true':
            return [list.map(booleanIn).every(Boolean)];
        case 'any-true':
            return [list.map(booleanIn).some(Boolean)];
        case 'sum':
            return sum(list);
        case 'min':
            return extreme(list, -1);
        case 'max':
            return extreme(list, 1);
        case 'not':
            return truth(not(truthOf(list)));
        case 'negate':
            return changed(list, decimalNegate);
        case 'abs':
            return changed(list, decimalAbsolute);
        case 'ceiling':
            return changed(list, decimalCeiling);
        case 'floor':
            return changed(list, decimalFloor);
        case 'truncate':
            return changed(list, decimalTruncate);
        case 'round':
            return changed(list, (number) => decimalRound(number, Number(operand)));
        case 'to-integer':
            return toInteger(list);
        case 'length':
            return lengthOf(list);
        default:
            return null;
    }
}

function pair(op: FormOp, a: Collection, b: Collection, operand: Operand): Collection | null {
    switch (op) {
        case 'union':
            return distinct([...a, ...b]);
        case 'in': {
            const one = single(a);
            return one === null ? [] : [isIn(b, one)];
        }
        case 'and':
            return truth(both(truthOf(a), truthOf(b)));
        case 'or':
            return truth(either(truthOf(a), truthOf(b)));
        case 'xor': {
            const [x, y] = [truthOf(a), truthOf(b)];
            return truth(x === null || y === null ? null : x !== y);
        }
        case 'implies':
            return truth(implied(truthOf(a), truthOf(b)));
        case '=':
            return truth(equal(a, b));
        case '!=':
            return truth(not(equal(a, b)));
        case '<':
        case '<=':
        case '>':
        case '>=':
            return related(op, a, b);
        case 'answered':
            return answered(String(operand), a, single(b));
        case '+':
            return added(a, b);
        case '-':
            return reckoned(a, b, decimalSubtract);
        case '*':
            return reckoned(a, b, decimalMultiply);
        case '/':
            return reckoned(a, b, decimalDivide);
        case 'div':
            return reckoned(a, b, decimalDiv);
        case 'mod':
            return reckoned(a, b, decimalMod);
        case '&':
            return concat(a, b);
        default:
            return null;
    }
}

// What looks at no collection.
function leaf(run: Run, op: FormOp, operand: Operand, scope: Scope): Collection | null {
    switch (op) {
        case 'const':
            return constant(operand);
        case 'date':
            return [{ is: 'date', text: String(operand) }];
        case 'none':
            return [];
        case 'today':
            return [{ is: 'date', text: run.state.today }];
        case 'root':
            return [run.state.root];
        case 'here':
            return [scope.here];
        case 'this':
            return scope.self === null ? end() : [scope.self];
        case 'nearest':
            return nearest(run.state, scope.here, String(operand));
        case 'var': {
            const found = variableOf(scope.here, String(operand));
            return found === null ? end() : body(run, found.program.run, { here: found.at, self: null });
        }
        default:
            return null;
    }
}

// where(linkId = '..') is most of what forms say: its link, by the body; null: it is another one.
const wanted = new WeakMap<readonly Instruction[], string | null>();
function linkWanted(instructions: readonly Instruction[]): string | null {
    const known = wanted.get(instructions);
    if (known !== undefined) return known;
    const [text, isIt] = [instructions[2]?.[1], instructions.map(([op]) => op).join(' ') === 'this link const ='],
        link = isIt && typeof text === 'string' ? text : null;
    wanted.set(instructions, link);
    return link;
}

// What runs a body.
function bodies(run: Run, [op, first, second]: Instruction, list: Collection, scope: Scope): Collection | null {
    const each = (one: Value): Collection => body(run, first as readonly Instruction[], { ...scope, self: one });
    const link = op === 'where' ? linkWanted(first as readonly Instruction[]) : null;
    if (link !== null) return places(list).filter(({ def }) => def.item.link === link && def.parent !== null);
    switch (op) {
        case 'where':
            return list.filter((one) => truthOf(each(one)) === true);
        case 'select':
            return list.flatMap((one) => [...each(one)]);
        case 'all':
            return [list.map((one) => truthOf(each(one))).every((one) => one === true)];
        case 'iif':
            return body(run, (truthOf(list) === true ? first : second) as readonly Instruction[], scope);
        default:
            return null;
    }
}

function body(run: Run, instructions: readonly Instruction[], scope: Scope): Collection {
    const stack: Collection[] = [];
    const pop = (): Collection => stack.pop() ?? end();
    for (const instruction of instructions) {
        const [op, operand = ''] = instruction;
        let result = leaf(run, op, operand, scope);
        if (result === null) {
            const last = pop();
            result = collection(run, op, last, operand) ?? bodies(run, instruction, last, scope);
            result ??= pair(op, pop(), last, operand) ?? end();
        }
        run.steps += 1 + result.length;
        if (run.steps > STEPS_MOST || result.length > ITEMS_MOST) end();
        stack.push(result);
    }
    return stack.length === 1 ? (stack[0] ?? []) : end();
}

/** runFor - what a program gives for its item, by `use`; null: it ended, and gives nothing. */
function runFor<T>(program: Program, state: Reads, here: Place, use: (result: Collection) => T): T | null {
    try {
        return use(body({ state, steps: 0, inside: new Map() }, program.run, { here, self: null }));
    } catch (error) {
        if (error instanceof Ended) return null;
        throw error;
    }
}

/** run - what a program of an item gives. */
export const run = (program: Program, state: Reads, here: Place): Collection =>
    runFor(program, state, here, (result) => result) ?? [];

/** runTruth - what a program says: true, false, or null for nothing. */
export const runTruth = (program: Program, state: Reads, here: Place): boolean | null =>
    runFor(program, state, here, truthOf);
