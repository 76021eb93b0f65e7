// SPDX-License-Identifier: Apache-2.0
// One of a few, as large buttons: nothing is chosen before somebody chooses. Native radio buttons, so that one Tab
// leads to it, the arrows go from one to the next, and a screen reader says which of how many.
import type { ComponentChildren } from 'preact';
import { t } from '../../lib/words.ts';

export interface Option {
    readonly value: string;
    readonly text: string;
}

export function Pick({
    name,
    label,
    options,
    value,
    isOff,
    isWide,
    beside,
    onPick,
}: {
    name: string;
    label: string;
    options: readonly Option[];
    value: string | null;
    isOff: boolean;
    /** Long texts: a row each. */
    isWide?: boolean;
    beside?: ComponentChildren;
    /** null: it is taken back. */
    onPick: (value: string | null) => void;
}) {
    return (
        <fieldset class="pick" disabled={isOff}>
            <legend>{label}</legend>
            {beside}
            <div class={isWide === true ? 'pick-row pick-wide' : 'pick-row'}>
                {options.map((one) => (
                    <label key={one.value} class={one.value === value ? 'pick-one choice-here' : 'pick-one'}>
                        <input
                            type="radio"
                            name={name}
                            value={one.value}
                            checked={one.value === value}
                            onChange={() => onPick(one.value)}
                        />
                        <span aria-hidden="true">{one.value === value ? '✓ ' : ''}</span>
                        <bdi>{one.text}</bdi>
                    </label>
                ))}
                {value !== null && (
                    <button type="button" disabled={isOff} onClick={() => onPick(null)}>
                        {t('pick.back')}
                    </button>
                )}
            </div>
        </fieldset>
    );
}
