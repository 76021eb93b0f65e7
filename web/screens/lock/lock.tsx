// SPDX-License-Identifier: Apache-2.0
// Locked: who works here shows that it is them, and the same screen is there again. An alarm that is open is said here
// too, without a name.
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { isThere, type Shown } from '../../lib/api.ts';
import { readCode } from '../../lib/codes.ts';
import { proved, type Proved, type Trouble } from '../../lib/prove.ts';
import { isUrgent, logout, me, memberId, unlock } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { NOTHING, PasskeyButton, ProofFields, TroubleNote, shownBy } from '../../parts/proof/proof.tsx';
import { routes } from '../../routes.ts';

/** A scanner types into the box that has the focus: a card is no try at the secret, of which there are five. */
export const isCardScanned = (text: string): boolean => {
    const code = readCode(text);
    return code.kind === 'card' && code.text === text.trim();
};

export function LockScreen() {
    const [typed, setTyped] = useState(NOTHING),
        [trouble, setTrouble] = useState<Trouble | null>(null),
        [isBusy, busy] = useState(false),
        [isScan, setScan] = useState(false);
    const { route } = useLocation();
    const show = async (shown: Proved<Shown>): Promise<void> => {
        const answer = shown.ok ? proved(await unlock(shown.value)) : shown;
        setTrouble(answer.ok ? null : answer.trouble);
    };
    const open = async (event: Event): Promise<void> => {
        event.preventDefault();
        // What is typed while the answer comes is the next try.
        setTyped(NOTHING);
        setScan(isCardScanned(typed.secret));
        if (isCardScanned(typed.secret)) return;
        busy(true);
        await show(await shownBy(memberId.value, typed));
        busy(false);
    };
    const other = async (): Promise<void> => {
        const answer = await logout();
        setTrouble(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.start);
    };
    return (
        <form class="card" onSubmit={(event) => void open(event)}>
            <h1>{t('lock.title')}</h1>
            {isUrgent.value && (
                <p class="note note-stop" role="alert">
                    {t('lock.urgent')}
                </p>
            )}
            {!isThere.value && <p class="note note-look">{t('error.away-keeps')}</p>}
            {me.value && <p>{t('lock.who', { name: me.value.name })}</p>}
            <ProofFields typed={typed} onTyped={setTyped} hasFocus />
            {isScan && (
                <p class="note note-look" role="alert">
                    {t('lock.scan')}
                </p>
            )}
            <TroubleNote trouble={trouble} />
            <div class="buttons">
                <button class="button-main" disabled={isBusy}>
                    {t('lock.open')}
                </button>
                <PasskeyButton label={t('lock.passkey')} onPasskey={show} />
                <button type="button" onClick={() => void other()}>
                    {t('lock.other')}
                </button>
            </div>
        </form>
    );
}
