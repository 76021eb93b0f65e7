// SPDX-License-Identifier: Apache-2.0
// How soon: a shape and a word, and a colour that only repeats them.
import type { Urgency } from 'gen/lists.ts';
import { t } from '../../lib/words.ts';

const SHAPES: Readonly<Record<Urgency, string>> = {
    'emergency-now': '■',
    'same-day': '■',
    soon: '▲',
    routine: '▲',
    'self-care': '●',
    none: '●',
};

export function UrgencyMark({ urgency }: { urgency: Urgency }) {
    return (
        <span class={`urgency urgency-${urgency}`}>
            <span aria-hidden="true">{SHAPES[urgency]}</span> {t(`urgency.${urgency}`)}
        </span>
    );
}
