// SPDX-License-Identifier: Apache-2.0
// Where somebody shows that it is them: a passkey where the browser has any for this site, else a PIN or passphrase
// with the code that goes with it. Nothing of it is kept, here or by the browser's form memory.
import { useId, useState } from 'preact/hooks';
import type { Passkey, Shown } from '../../lib/api.ts';
import { plainDigits } from '../../lib/fill.ts';
import { canPasskey } from '../../lib/passkey.ts';
import { byPasskey, bySecret, type Proved, type Trouble } from '../../lib/prove.ts';
import { site } from '../../lib/session.ts';
import { tabletId } from '../../lib/tablet.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../failure/failure.tsx';
import { SecretField } from '../field/secret.tsx';

/** Why nothing was shown. */
export function TroubleNote({ trouble }: { trouble: Trouble | null }) {
    if (trouble === null || typeof trouble !== 'string') return <FailureNote failure={trouble} />;
    return (
        <div class="note note-look" role="alert">
            <p>{t(`proof.${trouble}`)}</p>
        </div>
    );
}

/** Six digits of a generator. */
export function CodeField({
    value,
    onValue,
    hint,
    required,
}: {
    value: string;
    onValue: (value: string) => void;
    hint?: string | undefined;
    required?: boolean;
}) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{t('proof.code')}</label>
            <input
                id={id}
                class="code"
                type="text"
                dir="ltr"
                inputMode="numeric"
                autocomplete="one-time-code"
                maxLength={6}
                required={required ?? false}
                value={value}
                aria-describedby={hint === undefined ? undefined : `${id}-how`}
                onInput={(e) => onValue(plainDigits(e.currentTarget.value).replace(/\D/g, ''))}
            />
            {hint !== undefined && (
                <p id={`${id}-how`} class="small">
                    {hint}
                </p>
            )}
        </div>
    );
}

export interface Typed {
    secret: string;
    code: string;
}
export const NOTHING: Typed = { secret: '', code: '' };
/** What was typed, as `name` shows it. */
export const shownBy = (name: string, { secret, code }: Typed): Promise<Proved<Shown>> => bySecret(name, secret, code);

/** Is there more to show at this site than a PIN? */
const wantsCode = (): boolean => site.value?.pin === false;

export function ProofFields({
    typed,
    onTyped,
    hasFocus,
    needsCode,
    isOptional,
}: {
    typed: Typed;
    onTyped: (typed: Typed) => void;
    hasFocus?: boolean;
    /** Whether who shows has a generator; not known: they are asked. */
    needsCode?: boolean | undefined;
    isOptional?: boolean;
}) {
    const hint = t(tabletId.value === null ? 'proof.code-how' : 'proof.code-tablet');
    return (
        <>
            <SecretField
                value={typed.secret}
                onValue={(secret) => onTyped({ ...typed, secret })}
                hasFocus={hasFocus ?? false}
                isOptional={isOptional ?? false}
            />
            {(needsCode ?? wantsCode()) && (
                <CodeField value={typed.code} onValue={(code) => onTyped({ ...typed, code })} hint={hint} />
            )}
        </>
    );
}

/** The browser asks for a passkey; nothing where it has none for this site. */
export function PasskeyButton({
    label,
    onPasskey,
    isMain,
}: {
    label: string;
    onPasskey: (proved: Proved<Passkey>) => void | Promise<void>;
    isMain?: boolean;
}) {
    const [isBusy, busy] = useState(false),
        rpId = site.value?.rpId;
    if (!canPasskey(rpId)) return null;
    const show = async (): Promise<void> => {
        busy(true);
        await onPasskey(await byPasskey(rpId ?? ''));
        busy(false);
    };
    return (
        <button
            type="button"
            class={isMain ? 'button-main' : undefined}
            disabled={isBusy}
            onClick={() => void show()}
        >
            {label}
        </button>
    );
}
