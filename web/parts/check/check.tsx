// SPDX-License-Identifier: Apache-2.0
// How something is: good, to be looked at, a fault; a shape and a word, and a colour that repeats them.
import type { CheckState } from '../../lib/api.ts';
import { t } from '../../lib/words.ts';

const SHAPES: Readonly<Record<CheckState, string>> = { good: '●', look: '▲', fault: '■' };

export function CheckMark({ state }: { state: CheckState }) {
    return (
        <span class={`state check-${state}`}>
            <span aria-hidden="true">{SHAPES[state]}</span> {t(`check.${state}`)}
        </span>
    );
}
