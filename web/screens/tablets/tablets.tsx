// SPDX-License-Identifier: Apache-2.0
// The tablets at which a PIN is enough: which there are, when they were used last, lock and removal; and enrolling this
// one, once its name, its certificate and its clock were looked at.
import { useEffect, useId, useState } from 'preact/hooks';
import { api, type Certificate, type Tablet } from '../../lib/api.ts';
import { proved, type Proved } from '../../lib/prove.ts';
import { me, site } from '../../lib/session.ts';
import { forgetTablet, makeTablet, tabletId } from '../../lib/tablet.ts';
import { clock, day, t } from '../../lib/words.ts';
import { CheckMark } from '../../parts/check/check.tsx';
import { TroubleNote } from '../../parts/proof/proof.tsx';
import { useChanges, type Change } from '../../parts/proof/use_changes.ts';
import { mayEnrol, steps, type Seen, type Step, type StepState } from './tablets.ts';

function When({ at }: { at: string | null }) {
    const zone = me.value?.site.zone;
    if (at === null) return <>{t('tablets.never')}</>;
    return <>{t('tablets.when', { day: day(new Date(at), zone), time: clock(new Date(at), zone) })}</>;
}

function Row({ tablet, change }: { tablet: Tablet; change: Change }) {
    const [isAsking, ask] = useState(false),
        { id, label, locked, here } = tablet;
    const lock = (): Promise<boolean> =>
        change(
            async () => proved(await api.tabletLock(id, !locked)),
            t(locked ? 'tablets.is-open' : 'tablets.is-locked', { label }),
        );
    const remove = (): Promise<boolean> =>
        change(
            async () => {
                const answer = proved(await api.tabletRemove(id));
                if (answer.ok && id === tabletId.value) await forgetTablet();
                return answer;
            },
            t('tablets.is-removed', { label }),
        );
    return (
        <tr>
            <th scope="row">
                <bdi>{label}</bdi>
                {here && <span class="small below">{t('tablets.here')}</span>}
            </th>
            <td>{locked ? t('tablets.locked') : t('tablets.open')}</td>
            <td>
                <When at={tablet.lastSeen} />
            </td>
            <td>
                <span class="asking">
                    {!isAsking && (
                        <button type="button" onClick={() => void lock()}>
                            {t(locked ? 'tablets.unlock' : 'tablets.lock', { label })}
                        </button>
                    )}
                    {!isAsking && (
                        <button type="button" onClick={() => ask(true)}>
                            {t('tablets.remove', { label })}
                        </button>
                    )}
                    {isAsking && (
                        <button type="button" class="button-stop" onClick={() => void remove()}>
                            {t('tablets.remove-yes')}
                        </button>
                    )}
                    {isAsking && (
                        <button type="button" onClick={() => ask(false)}>
                            {t('tablets.remove-no')}
                        </button>
                    )}
                </span>
            </td>
        </tr>
    );
}

// --- this tablet -----------------------------------------------------------------------------------------------------
function StepMark({ state }: { state: StepState }) {
    if (state !== 'ask') return <CheckMark state={state} />;
    return (
        <span class="state">
            <span aria-hidden="true">◔</span> {t('tablets.asked')}
        </span>
    );
}

function Words({ certificate, onCompared }: { certificate: Certificate; onCompared: (isSame: boolean) => void }) {
    return (
        <div class="note note-look">
            <p>{t('tablets.compare')}</p>
            <p class="words">
                <bdi>{certificate.words ?? ''}</bdi>
            </p>
            <div class="buttons">
                <button type="button" onClick={() => onCompared(true)}>
                    {t('tablets.same')}
                </button>
                <button type="button" onClick={() => onCompared(false)}>
                    {t('tablets.other')}
                </button>
            </div>
        </div>
    );
}

// What this tablet sees of itself and of the server; the certificate where the site has one of its own.
function useSeen(): { seen: Seen; certificate: Certificate | null; compared: (isSame: boolean) => void } {
    const [areWords, compared] = useState<boolean | null>(null),
        [clockOffMs, setClock] = useState<number | null>(null),
        [isPersisted, setPersisted] = useState<boolean | null>(null),
        [certificate, setCertificate] = useState<Certificate | null>(null);
    useEffect(() => {
        void api.health().then((answer) => answer.ok && setClock(Date.parse(answer.value.now) - Date.now()));
        void api.certificate().then((answer) => answer.ok && setCertificate(answer.value));
        void navigator.storage?.persist().then(setPersisted);
    }, []);
    const { mode = 'local', rpId = '' } = site.value ?? {};
    const seen = {
        mode,
        rpId,
        host: location.hostname,
        isSecure: globalThis.isSecureContext,
        areWords,
        clockOffMs,
        isPersisted,
    };
    return { seen, certificate, compared };
}

async function enrol(label: string): Promise<Proved<unknown>> {
    const { publicKey, keep } = await makeTablet();
    const answer = proved(await api.tabletEnrol(label, publicKey));
    if (answer.ok) await keep(answer.value.id);
    return answer;
}

function ThisTablet({ change }: { change: Change }) {
    const { seen, certificate, compared } = useSeen(),
        [label, setLabel] = useState(''),
        [isBusy, busy] = useState(false),
        id = useId();
    const list = steps(seen),
        next = (step: Step): string => t(`tablets.next-${step}`);
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        busy(true);
        if (await change(() => enrol(label.trim()), t('tablets.is-enrolled'))) setLabel('');
        busy(false);
    };
    return (
        <form class="card" aria-labelledby={`${id}-title`} onSubmit={(event) => void submit(event)}>
            <h2 id={`${id}-title`}>{t('tablets.this')}</h2>
            <p>{t('tablets.this-what')}</p>
            <ul class="plain">
                {list.map(({ step, state }) => (
                    <li key={step} class="entry-line">
                        <strong>{t(`tablets.step-${step}`)}</strong> <StepMark state={state} />
                        {(state === 'look' || state === 'fault') && <p class="small">{next(step)}</p>}
                        {step === 'words' && state === 'ask' && certificate && (
                            <Words certificate={certificate} onCompared={compared} />
                        )}
                    </li>
                ))}
            </ul>
            <div class="field">
                <label for={id}>{t('tablets.label')}</label>
                <input
                    id={id}
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    required
                    maxLength={32}
                    value={label}
                    aria-describedby={`${id}-how`}
                    onInput={(e) => setLabel(e.currentTarget.value)}
                />
                <p id={`${id}-how`} class="small">
                    {t('tablets.label-how')}
                </p>
            </div>
            <button class="button-main" disabled={isBusy || !mayEnrol(list)}>
                {t('tablets.enrol')}
            </button>
        </form>
    );
}

export function TabletsScreen() {
    const { shown, trouble, change } = useChanges(() => api.tablets()),
        tablets = shown?.tablets ?? null;
    const isLocal = (site.value?.mode ?? 'local') === 'local';
    const isEnrolled = tabletId.value !== null && (tablets ?? []).some(({ id }) => id === tabletId.value);
    return (
        <>
            <TroubleNote trouble={trouble} />
            {tablets && tablets.length === 0 && <p>{t('tablets.none')}</p>}
            {tablets && tablets.length > 0 && (
                <section class="card">
                    <table class="list">
                        <caption class="small">{t('tablets.caption', { count: tablets.length })}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{t('tablets.name')}</th>
                                <th scope="col">{t('tablets.state')}</th>
                                <th scope="col">{t('tablets.seen')}</th>
                                <td />
                            </tr>
                        </thead>
                        <tbody>
                            {tablets.map((tablet) => (
                                <Row key={tablet.id} tablet={tablet} change={change} />
                            ))}
                        </tbody>
                    </table>
                </section>
            )}
            {isEnrolled && <p class="note note-look">{t('tablets.this-is')}</p>}
            {isLocal && <p class="note note-look">{t('tablets.local')}</p>}
            {tablets && !isEnrolled && !isLocal && <ThisTablet change={change} />}
        </>
    );
}
