// SPDX-License-Identifier: Apache-2.0
// Before what needs it (a change of staff, say), whoever works here shows once more that it is them; then it is done. A
// dialog of the browser: the focus stays in it, Escape means "not now".
import { useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { api, whenStepUp, type Account, type Shown } from '../../lib/api.ts';
import { proved, type Proved, type Trouble } from '../../lib/prove.ts';
import { me, memberId, phase } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { NOTHING, PasskeyButton, ProofFields, TroubleNote, shownBy } from '../proof/proof.tsx';

type Done = (isShown: boolean) => void;
const waiting = signal<Done[]>([]);

function end(isShown: boolean): void {
    const all = waiting.value;
    waiting.value = [];
    for (const done of all) done(isShown);
}

/** Asks; true: it was shown. Who asks while it is asked gets the same answer. */
export const askStepUp = (): Promise<boolean> =>
    phase.value === 'in'
        ? new Promise((done) => void (waiting.value = [...waiting.value, done]))
        : Promise.resolve(false);

export const startStepUp = (): void => whenStepUp(askStepUp);

// What the member has: who asked for no codes is not asked for one.
function useAccount(isAsking: boolean): Account | null {
    const [account, setAccount] = useState<Account | null>(null);
    useEffect(() => {
        setAccount(null);
        if (isAsking) void api.account().then((answer) => answer.ok && setAccount(answer.value));
    }, [isAsking]);
    return account;
}

export function StepUp() {
    const box = useRef<HTMLDialogElement>(null),
        isAsking = waiting.value.length > 0,
        account = useAccount(isAsking);
    const [typed, setTyped] = useState(NOTHING),
        [trouble, setTrouble] = useState<Trouble | null>(null),
        [isBusy, busy] = useState(false);
    useEffect(() => {
        setTyped(NOTHING);
        setTrouble(null);
        if (isAsking) box.current?.showModal();
        else box.current?.close();
    }, [isAsking]);
    useEffect(() => {
        if (phase.value !== 'in') end(false);
    }, [phase.value]);
    const show = async (shown: Proved<Shown>): Promise<void> => {
        const answer = shown.ok ? proved(await api.stepUp(shown.value)) : shown;
        setTyped(NOTHING);
        setTrouble(answer.ok ? null : answer.trouble);
        if (!answer.ok) return;
        if (me.value) me.value = { ...me.value, freshUntil: answer.value.freshUntil };
        end(true);
    };
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        busy(true);
        await show(await shownBy(memberId.value, typed));
        busy(false);
    };
    const hasPasskeys = account === null || account.passkeys.length > 0;
    return (
        <dialog ref={box} class="card" aria-labelledby="stepup-title" onClose={() => end(false)}>
            <form onSubmit={(event) => void submit(event)}>
                <h2 id="stepup-title">{t('stepup.title')}</h2>
                <p>{t('stepup.why')}</p>
                {isAsking && (
                    <ProofFields typed={typed} onTyped={setTyped} hasFocus needsCode={account?.totp ?? undefined} />
                )}
                <TroubleNote trouble={trouble} />
                <div class="buttons">
                    <button class="button-main" disabled={isBusy}>
                        {t('stepup.show')}
                    </button>
                    {isAsking && hasPasskeys && <PasskeyButton label={t('stepup.passkey')} onPasskey={show} />}
                    <button type="button" onClick={() => end(false)}>
                        {t('stepup.not-now')}
                    </button>
                </div>
            </form>
        </dialog>
    );
}
