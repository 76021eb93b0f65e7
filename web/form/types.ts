// SPDX-License-Identifier: Apache-2.0
// A form as the server compiles it, and its answers (docs/formats/questionnaires.md).
import type { FormOp } from 'gen/lists.ts';

export type ItemKind =
    'group' | 'display' | 'boolean' | 'integer' | 'decimal' | 'quantity' | 'date' | 'choice' | 'text';

/** An instruction and its operands; a body is a list of instructions. */
export type Instruction = readonly [FormOp, ...(string | number | boolean | readonly Instruction[])[]];
export interface Program {
    readonly run: readonly Instruction[];
    /** All links whose answers can change its result. */
    readonly reads: readonly string[];
}
export interface Variable {
    readonly name: string;
    readonly program: Program;
}
export interface Option {
    readonly value: string;
    readonly text: string;
    /** It is a code of that system. */
    readonly system?: string;
    /** It is a whole number; with neither it is a text. */
    readonly number?: boolean;
    readonly score?: number;
    /** Chosen, it takes the others back. */
    readonly alone?: boolean;
}
export interface Check {
    readonly program: Program;
    readonly say: string;
    /** It may stand. */
    readonly warns?: boolean;
}
export interface Unit {
    readonly code: string;
    readonly text: string;
    /** The bounds of the item in this unit, of another than the first. */
    readonly min?: string;
    readonly max?: string;
}
export interface Item {
    readonly link: string;
    readonly kind: ItemKind;
    readonly prefix?: string;
    readonly text?: string;
    readonly help?: string;
    readonly required?: boolean;
    readonly hidden?: boolean;
    readonly readOnly?: boolean;
    readonly repeats?: boolean;
    readonly most?: number;
    readonly length?: number;
    readonly lines?: boolean;
    readonly options?: readonly Option[];
    readonly units?: readonly Unit[];
    readonly min?: string;
    readonly max?: string;
    readonly decimals?: number;
    readonly when?: Program;
    readonly calculated?: Program;
    readonly checks?: readonly Check[];
    readonly code?: { readonly system: string; readonly code: string };
    readonly variables?: readonly Variable[];
    readonly items?: readonly Item[];
}
export interface Form {
    readonly id: string;
    readonly version: string;
    readonly language: string;
    readonly direction: 'ltr' | 'rtl';
    readonly title: string;
    readonly copyright?: string;
    readonly items: readonly Item[];
    readonly variables?: readonly Variable[];
    /** Links of items with `when` or `calculated`, each behind all that it reads. */
    readonly order?: readonly string[];
}

/** The answers of one item: texts, in order; `in` are the rows of the repeating groups around it. */
export interface FormAnswer {
    readonly link: string;
    readonly in?: readonly number[];
    readonly values: readonly string[];
}
