// SPDX-License-Identifier: Apache-2.0
// What I log in with: passkeys, codes, PIN or passphrase. Each change is made by the member themselves, who shows once
// more that it is them where that was long ago.
import { useId, useState } from 'preact/hooks';
import { api, type Account } from '../../lib/api.ts';
import { canPasskey, makePasskey } from '../../lib/passkey.ts';
import { challenge, proved, type Proved, type Trouble } from '../../lib/prove.ts';
import { me, resume, sessionIsOver, site } from '../../lib/session.ts';
import { say } from '../../lib/announce.ts';
import { day, t } from '../../lib/words.ts';
import { SecretField } from '../../parts/field/secret.tsx';
import { CodeField, TroubleNote } from '../../parts/proof/proof.tsx';
import { useChanges, type Change } from '../../parts/proof/use_changes.ts';
import { QrCode } from '../../parts/qr/qr.tsx';
import { inFours, whatIsThere } from './account.ts';

async function addPasskey(account: Account, label: string): Promise<Proved<unknown>> {
    const given = await challenge();
    if (!given.ok) return given;
    const place = { rpId: site.value?.rpId ?? '', name: site.value?.name ?? 'Salve' };
    const made = await makePasskey(given.value, account, place);
    if (!made.ok) return { ok: false, trouble: made.why };
    return proved(await api.passkeyAdd({ challenge: given.value, label, ...made.value }));
}

function NewPasskey({ account, change }: { account: Account; change: Change }) {
    const [label, setLabel] = useState(''),
        [isBusy, busy] = useState(false),
        id = useId();
    if (!canPasskey(site.value?.rpId)) return <p class="note note-look">{t('account.no-passkey-here')}</p>;
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        busy(true);
        if (await change(() => addPasskey(account, label.trim()), t('account.passkey-added'))) setLabel('');
        busy(false);
    };
    return (
        <form onSubmit={(event) => void submit(event)}>
            <div class="field">
                <label for={id}>{t('account.label')}</label>
                <input
                    id={id}
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    maxLength={32}
                    required
                    value={label}
                    aria-describedby={`${id}-how`}
                    onInput={(e) => setLabel(e.currentTarget.value)}
                />
                <p id={`${id}-how`} class="small">
                    {t('account.label-how')}
                </p>
            </div>
            <button class="button-main" disabled={isBusy}>
                {t('account.passkey-add')}
            </button>
        </form>
    );
}

function OnePasskey({ passkey, change }: { passkey: Account['passkeys'][number]; change: Change }) {
    const [isAsking, ask] = useState(false),
        added = new Date(passkey.added);
    const remove = (): Promise<boolean> =>
        change(async () => proved(await api.passkeyRemove(passkey.id)), t('account.passkey-removed'));
    return (
        <li class="entry-line">
            <p>
                <strong>
                    <bdi>{passkey.label}</bdi>
                </strong>{' '}
                <span class="small">{t('account.since', { day: day(added, me.value?.site.zone) })}</span>
            </p>
            {passkey.wentBack !== null && <p class="note note-stop">{t('account.went-back')}</p>}
            <div class="buttons">
                {!isAsking && (
                    <button type="button" onClick={() => ask(true)}>
                        {t('account.remove', { label: passkey.label })}
                    </button>
                )}
                {isAsking && (
                    <>
                        <button type="button" class="button-stop" onClick={() => void remove()}>
                            {t('account.remove-yes')}
                        </button>
                        <button type="button" onClick={() => ask(false)}>
                            {t('account.remove-no')}
                        </button>
                    </>
                )}
            </div>
        </li>
    );
}

function Passkeys({ account, change }: { account: Account; change: Change }) {
    return (
        <section class="card" aria-labelledby="account-passkeys">
            <h2 id="account-passkeys">{t('account.passkeys')}</h2>
            <p>{t('account.passkeys-what')}</p>
            <ul class="plain">
                {account.passkeys.map((passkey) => (
                    <OnePasskey key={passkey.id} passkey={passkey} change={change} />
                ))}
            </ul>
            <NewPasskey account={account} change={change} />
        </section>
    );
}

type Made = { secret: string; uri: string };

function NewCodes({ made, change, onDone }: { made: Made; change: Change; onDone: () => void }) {
    const [code, setCode] = useState('');
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        const isDone = await change(async () => proved(await api.totpConfirm(code)), t('account.codes-done'));
        setCode('');
        if (isDone) onDone();
    };
    return (
        <form onSubmit={(event) => void submit(event)}>
            <p>{t('account.codes-scan')}</p>
            <QrCode text={made.uri} label={t('account.codes-picture')} />
            <p>
                {t('account.codes-type')}{' '}
                <bdi dir="ltr" class="code">
                    {inFours(made.secret)}
                </bdi>
            </p>
            <CodeField value={code} onValue={setCode} required />
            <button class="button-main">{t('account.codes-confirm')}</button>
        </form>
    );
}

function Codes({ account, change }: { account: Account; change: Change }) {
    const [made, setMade] = useState<Made | null>(null);
    const begin = (): Promise<boolean> =>
        change(async () => {
            const answer = proved(await api.totpBegin());
            if (answer.ok) setMade(answer.value);
            return answer;
        }, '');
    return (
        <section class="card" aria-labelledby="account-codes">
            <h2 id="account-codes">{t('account.codes')}</h2>
            <p>{t(account.totp ? 'account.codes-there' : 'account.codes-what')}</p>
            {made === null && (
                <button type="button" onClick={() => void begin()}>
                    {t(account.totp ? 'account.codes-anew' : 'account.codes-begin')}
                </button>
            )}
            {made !== null && <NewCodes made={made} change={change} onDone={() => setMade(null)} />}
        </section>
    );
}

// All sessions of the member end with it, this one too.
function Secret({ onTrouble }: { onTrouble: (trouble: Trouble) => void }) {
    const [secret, setSecret] = useState('');
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        const answer = proved(await api.secretSet(secret));
        setSecret('');
        if (!answer.ok) return onTrouble(answer.trouble);
        say(t('account.secret-done'));
        await sessionIsOver();
    };
    return (
        <section class="card" aria-labelledby="account-secret">
            <h2 id="account-secret">{t('account.secret')}</h2>
            <p>{t('account.secret-what')}</p>
            <form onSubmit={(event) => void submit(event)}>
                <SecretField value={secret} onValue={setSecret} label={t('account.secret-new')} />
                <button class="button-main">{t('account.secret-set')}</button>
            </form>
        </section>
    );
}

export function AccountScreen() {
    const { shown: account, trouble, setTrouble, change: changed } = useChanges(() => api.account());
    const change: Change = async (run, done) => {
        const isDone = await changed(run, done);
        if (isDone && me.value?.mustSetUp) await resume();
        return isDone;
    };
    return (
        <>
            {me.value?.mustSetUp && (
                <p class="note note-look" role="alert">
                    {t('account.must')}
                </p>
            )}
            <TroubleNote trouble={trouble} />
            {account !== null && (
                <>
                    <section class="card" aria-labelledby="account-now">
                        <h2 id="account-now">{t('account.now')}</h2>
                        <ul>
                            {whatIsThere(account).map(({ key, count }) => (
                                <li key={key}>{t(`account.has-${key}`, { count })}</li>
                            ))}
                        </ul>
                    </section>
                    <Passkeys account={account} change={change} />
                    <Codes account={account} change={change} />
                    <Secret onTrouble={setTrouble} />
                </>
            )}
        </>
    );
}
