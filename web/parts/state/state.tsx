// SPDX-License-Identifier: Apache-2.0
// Where an entry is: on this tablet, sent, stored, or it needs somebody. The words are these four and no others.
import type { State } from '../../lib/outbox.ts';
import { t } from '../../lib/words.ts';

const SHAPES: Readonly<Record<State, string>> = { tablet: '◔', sent: '◑', stored: '●', needs: '▲' };

export function StateMark({ state }: { state: State }) {
    return (
        <span class={`state state-${state}`}>
            <span aria-hidden="true">{SHAPES[state]}</span> {t(`state.${state}`)}
        </span>
    );
}
