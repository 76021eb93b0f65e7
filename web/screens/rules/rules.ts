// SPDX-License-Identifier: Apache-2.0
// What is shown of a guideline before it is accepted, and when it may be.
import type { Rule } from '../../lib/office.ts';

export type Choices = Readonly<Record<string, string>>;

/** The choices as they would stand: those that were made now over those that stood before. */
export const chosen = ({ choices }: Rule, made: Choices): { name: string; value: string }[] =>
    choices
        .map(({ name, value }) => ({ name, value: made[name] ?? value ?? '' }))
        .filter(({ value }) => value !== '');

export type Lacks = 'cases' | 'choice' | null;
/** What stands in the way of an acceptance; null: nothing. */
export function lacks(rule: Rule, made: Choices): Lacks {
    if (rule.failed > 0 || rule.passed === 0) return 'cases';
    return chosen(rule, made).length < rule.choices.length ? 'choice' : null;
}

/** Is the file read as lines? Else by its texts. */
export const isLines = (name: string): boolean => name.endsWith('.cql');
