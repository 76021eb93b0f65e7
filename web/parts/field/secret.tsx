// SPDX-License-Identifier: Apache-2.0
// The box for a passphrase or PIN. It is never kept by the browser's form memory, and can be shown while it is typed.
import { useLayoutEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../../lib/words.ts';

export function SecretField({
    value,
    onValue,
    hasFocus,
    label,
    isOptional,
}: {
    value: string;
    onValue: (value: string) => void;
    hasFocus?: boolean;
    label?: string;
    isOptional?: boolean;
}) {
    const [isShown, show] = useState(false),
        id = useId();
    const box = useRef<HTMLInputElement>(null),
        type = isShown ? ({ type: 'text' } as const) : ({ type: 'password' } as const);
    useLayoutEffect(() => {
        if (hasFocus) box.current?.focus();
    }, []);
    return (
        <div class="field">
            <label for={id}>{label ?? t('field.secret')}</label>
            <div class="field-row">
                <input
                    id={id}
                    ref={box}
                    {...type}
                    dir="ltr"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck={false}
                    maxLength={128}
                    required={!isOptional}
                    value={value}
                    onInput={(e) => onValue(e.currentTarget.value)}
                />
                <button type="button" aria-pressed={isShown} onClick={() => show(!isShown)}>
                    {t(isShown ? 'field.hide' : 'field.show')}
                </button>
            </div>
        </div>
    );
}
