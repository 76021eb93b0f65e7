// SPDX-License-Identifier: Apache-2.0
// One change of the register. A second member of staff may confirm it here: with what they log in with, or a passkey,
// which sends it at once.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Passkey, With } from '../../lib/api.ts';
import type { Proved, Trouble } from '../../lib/prove.ts';
import { t } from '../../lib/words.ts';
import { NOTHING, PasskeyButton, ProofFields, TroubleNote, shownBy, type Typed } from '../../parts/proof/proof.tsx';
import { asWith } from './staff.ts';

interface Second {
    name: string;
    typed: Typed;
}
const NOBODY: Second = { name: '', typed: NOTHING };

async function secondShows({ name, typed }: Second): Promise<Proved<With>> {
    const who = name.trim();
    if (who === '') return { ok: true, value: {} };
    const shown = await shownBy(who, typed);
    return shown.ok ? { ok: true, value: asWith(who, shown.value) } : shown;
}

function SecondFields({
    second,
    onSecond,
    onPasskey,
}: {
    second: Second;
    onSecond: (second: Second) => void;
    onPasskey: (shown: Proved<Passkey>) => Promise<void>;
}) {
    const id = useId();
    return (
        <fieldset class="second">
            <legend>{t('staff.second')}</legend>
            <p class="small">{t('staff.second-how')}</p>
            <div class="field">
                <label for={id}>{t('staff.second-name')}</label>
                <input
                    id={id}
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck={false}
                    maxLength={64}
                    value={second.name}
                    onInput={(e) => onSecond({ ...second, name: e.currentTarget.value })}
                />
            </div>
            <ProofFields typed={second.typed} onTyped={(typed) => onSecond({ ...second, typed })} isOptional />
            <PasskeyButton label={t('staff.second-passkey')} onPasskey={onPasskey} />
        </fieldset>
    );
}

const isRole = (trouble: Trouble | null): boolean =>
    typeof trouble === 'object' && trouble?.kind === 'refused' && trouble.code === 'E_ROLE';

export function ChangeForm({
    title,
    action,
    isStop,
    wants,
    run,
    onDone,
    onEnd,
    children,
}: {
    title: string;
    action: string;
    isStop?: boolean;
    /** A second one is asked for from the beginning; else once the server says so. */
    wants: boolean;
    run: (second: With) => Promise<Proved<unknown>>;
    onDone: () => void | Promise<void>;
    onEnd?: () => void;
    children?: ComponentChildren;
}) {
    const [second, setSecond] = useState(NOBODY),
        [trouble, setTrouble] = useState<Trouble | null>(null),
        [isBusy, busy] = useState(false),
        id = useId();
    const send = async (shown: Proved<With>): Promise<void> => {
        const answer = shown.ok ? await run(shown.value) : shown;
        setSecond({ ...second, typed: NOTHING });
        setTrouble(answer.ok ? null : answer.trouble);
        if (!answer.ok) return;
        setSecond(NOBODY);
        await onDone();
    };
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        busy(true);
        await send(await secondShows(second));
        busy(false);
    };
    return (
        <form class="card" aria-labelledby={id} onSubmit={(event) => void submit(event)}>
            <h2 id={id}>{title}</h2>
            {children}
            {(wants || isRole(trouble)) && <SecondFields second={second} onSecond={setSecond} onPasskey={send} />}
            <TroubleNote trouble={trouble} />
            <div class="buttons">
                <button class={isStop ? 'button-stop' : 'button-main'} disabled={isBusy}>
                    {action}
                </button>
                {onEnd && (
                    <button type="button" onClick={onEnd}>
                        {t('staff.not-now')}
                    </button>
                )}
            </div>
        </form>
    );
}
