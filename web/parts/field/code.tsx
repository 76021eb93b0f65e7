// SPDX-License-Identifier: Apache-2.0
// The box for a code that is typed: a card, a ticket, a slip.
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';

export function CodeField({
    box,
    label,
    how,
    text,
    isWrong,
    capitals,
    onText,
}: {
    box: RefObject<HTMLInputElement | null>;
    label: string;
    how: string;
    text: string;
    isWrong?: boolean;
    /** What the keyboard of a tablet begins with; an id of a record is small letters. */
    capitals?: 'characters';
    onText: (text: string) => void;
}) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <input
                id={id}
                ref={box}
                class="code"
                type="text"
                dir="ltr"
                autocomplete="off"
                autocapitalize={capitals}
                spellcheck={false}
                maxLength={64}
                value={text}
                aria-describedby={`${id}-how`}
                aria-invalid={isWrong}
                onInput={(e) => onText(e.currentTarget.value)}
            />
            <p id={`${id}-how`} class="small">
                {how}
            </p>
        </div>
    );
}
