// SPDX-License-Identifier: Apache-2.0
// Locked: the secret of who works here opens the same screen again. An alarm that is open is said here too, without a
// name.
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { isThere, type Failure } from '../../lib/api.ts';
import { readCode } from '../../lib/codes.ts';
import { isUrgent, logout, me, unlock } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { SecretField } from '../../parts/field/secret.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';

/** A scanner types into the box that has the focus: a card is no try at the secret, of which there are five. */
export const isCardScanned = (text: string): boolean => {
    const code = readCode(text);
    return code.kind === 'card' && code.text === text.trim();
};

export function LockScreen() {
    const [secret, setSecret] = useState(''),
        [failure, setFailure] = useState<Failure | null>(null),
        [isBusy, busy] = useState(false),
        [isScan, setScan] = useState(false);
    const { route } = useLocation();
    const open = async (event: Event): Promise<void> => {
        event.preventDefault();
        // What is typed while the answer comes is the next try.
        setSecret('');
        setScan(isCardScanned(secret));
        if (isCardScanned(secret)) return;
        busy(true);
        const answer = await unlock(secret);
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
    };
    const other = async (): Promise<void> => {
        const answer = await logout();
        setFailure(answer.ok ? null : answer.failure);
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
            <SecretField value={secret} onValue={setSecret} hasFocus />
            {isScan && (
                <p class="note note-look" role="alert">
                    {t('lock.scan')}
                </p>
            )}
            <FailureNote failure={failure} />
            <div class="buttons">
                <button class="button-main" disabled={isBusy}>
                    {t('lock.open')}
                </button>
                <button type="button" onClick={() => void other()}>
                    {t('lock.other')}
                </button>
            </div>
        </form>
    );
}
