// SPDX-License-Identifier: Apache-2.0
// What is wrong with the answers of a form, before it is sent; the server looks again at all of it.
import { runTruth } from './machine.ts';
import { isAsked, isEmptyRow, type FormState, type Place } from './state.ts';
import { boundText, valueFault, type ValueFault } from './values.ts';

export type FaultWhy = ValueFault | 'required' | 'many' | 'check' | 'warns';
export interface Fault {
    readonly place: Place;
    readonly why: FaultWhy;
    /** What a check says, in the words of the form. */
    readonly say: string;
    /** Of a number beyond its bounds: the bound, in the unit of the answer. */
    readonly bound?: string;
}

const textsOf = ({ texts }: FormState, { key }: Place): string[] => (texts.get(key) ?? []).filter((one) => one !== '');

type Wrong = Omit<Fault, 'place'>;
const wrong = (why: FaultWhy): Wrong => ({ why, say: '' });

function answerFault(state: FormState, place: Place): Wrong | null {
    const { item } = place.def,
        texts = textsOf(state, place);
    if (item.calculated !== undefined) return null;
    for (const text of texts) {
        const why = valueFault(item, text);
        if (why === 'low' || why === 'high') return { why, say: '', bound: boundText(item, text, why) };
        if (why !== null) return wrong(why);
    }
    if (texts.length > 1 && (!item.repeats || texts.length > (item.most ?? Infinity))) return wrong('many');
    const isMissing = texts.length === 0 && item.required === true && item.kind !== 'group';
    return isMissing && !isEmptyRow(state, place) ? wrong('required') : null;
}

// A check that gives nothing says nothing: of a question without an answer too.
function checkFaults(state: FormState, place: Place): Fault[] {
    const { item } = place.def,
        isLooked = item.kind === 'group' || (state.values.get(place.key)?.length ?? 0) > 0;
    return (isLooked ? (item.checks ?? []) : [])
        .filter(({ program }) => runTruth(program, state, place) === false)
        .map(({ say, warns }) => ({ place, why: warns ? 'warns' : 'check', say }));
}

/** faultsOf - what is wrong at a place that is asked. */
export function faultsOf(state: FormState, place: Place): Fault[] {
    if (!isAsked(state, place)) return [];
    const first = answerFault(state, place);
    return first === null ? checkFaults(state, place) : [{ place, ...first }];
}

/** isInTheWay - does it have to be mended before the answer can be kept? */
export const isInTheWay = ({ why }: Fault): boolean => why !== 'warns';

/** allFaults - of the whole form, in its order. */
export function allFaults(state: FormState): Fault[] {
    const walk = (place: Place): Fault[] => [...faultsOf(state, place), ...place.children.flatMap(walk)];
    return walk(state.root);
}
