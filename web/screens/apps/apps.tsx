// SPDX-License-Identifier: Apache-2.0
// The apps that people may let read their record: which are registered, registering, changing and ending one. Who let
// one in is not here, nor how many did.
import { useId, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { api } from '../../lib/api.ts';
import type { Registered } from '../../lib/apps.ts';
import { proved } from '../../lib/prove.ts';
import { t } from '../../lib/words.ts';
import { TroubleNote } from '../../parts/proof/proof.tsx';
import { useChanges, type Change } from '../../parts/proof/use_changes.ts';
import { backOf, documentOf, isSigning, NOTHING, typedOf, type Typed } from './apps_rules.ts';

const KEYS_SHAPE = '{"keys":[…]}';

function Row({ app, change, onChange }: { app: Registered; change: Change; onChange: () => void }) {
    const [isAsking, ask] = useState(false),
        { id, name } = app;
    return (
        <li class="entry-line">
            <p>
                <strong>
                    <bdi>{name}</bdi>
                </strong>{' '}
                <bdi dir="ltr" class="code">
                    {id}
                </bdi>
            </p>
            <p>{t(isSigning(app) ? 'apps.kind-keys' : 'apps.kind-public')}</p>
            <p>{t('apps.back')}:</p>
            <ul>
                {backOf(app).map((address) => (
                    <li key={address}>
                        <bdi dir="ltr" class="address">
                            {address}
                        </bdi>
                    </li>
                ))}
            </ul>
            {!isAsking && (
                <div class="buttons">
                    <button type="button" onClick={onChange}>
                        {t('apps.change', { name })}
                    </button>
                    <button type="button" onClick={() => ask(true)}>
                        {t('apps.end', { name })}
                    </button>
                </div>
            )}
            {isAsking && (
                <div class="note note-stop">
                    <p>{t('apps.end-what')}</p>
                    <div class="buttons">
                        <button
                            type="button"
                            class="button-stop"
                            onClick={() =>
                                void change(async () => proved(await api.appEnd(id)), t('apps.ended', { name }))
                            }
                        >
                            {t('apps.end-yes')}
                        </button>
                        <button type="button" onClick={() => ask(false)}>
                            {t('apps.end-no')}
                        </button>
                    </div>
                </div>
            )}
        </li>
    );
}

function Field({ label, how, children }: { label: string; how?: string; children: (id: string) => ComponentChildren }) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{label}</label>
            {children(id)}
            {how !== undefined && (
                <p id={`${id}-how`} class="small">
                    {how}
                </p>
            )}
        </div>
    );
}

function Area({
    label,
    how,
    value,
    isRequired,
    onValue,
}: {
    label: string;
    how: string;
    value: string;
    isRequired?: boolean;
    onValue: (value: string) => void;
}) {
    return (
        <Field label={label} how={how}>
            {(id) => (
                <textarea
                    id={id}
                    dir="ltr"
                    rows={3}
                    required={isRequired === true}
                    spellcheck={false}
                    autocapitalize="off"
                    value={value}
                    aria-describedby={`${id}-how`}
                    onInput={(e) => onValue(e.currentTarget.value)}
                />
            )}
        </Field>
    );
}

/** `before`: the one that is changed; null: a new one. */
function Register({
    before,
    ids,
    change,
    onEnd,
}: {
    before: Registered | null;
    ids: readonly string[];
    change: Change;
    onEnd: () => void;
}) {
    const [typed, setTyped] = useState<Typed>(before === null ? NOTHING : typedOf(before)),
        [isBusy, busy] = useState(false),
        [wrong, setWrong] = useState<string | null>(null),
        titleId = useId();
    const set = (part: Partial<Typed>): void => setTyped({ ...typed, ...part });
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        const document = documentOf(typed),
            isTaken = before === null && ids.includes(typed.id.trim()),
            name = typed.name.trim();
        setWrong(
            isTaken
                ? t('apps.id-taken')
                : document === null
                  ? t('apps.wrong-keys', { shape: KEYS_SHAPE })
                  : null,
        );
        if (isTaken || document === null || isBusy) return;
        busy(true);
        const done = before === null ? t('apps.added', { name }) : t('apps.changed', { name });
        const isDone = await change(async () => proved(await api.appAdd(document)), done);
        busy(false);
        if (!isDone) return;
        setTyped(NOTHING);
        onEnd();
    };
    return (
        <form class="card" aria-labelledby={titleId} onSubmit={(event) => void submit(event)}>
            <h2 id={titleId}>{before === null ? t('apps.add') : t('apps.change-title', { name: before.name })}</h2>
            <Field label={t('apps.name')}>
                {(id) => (
                    <input
                        id={id}
                        type="text"
                        dir="auto"
                        autocomplete="off"
                        required
                        maxLength={80}
                        value={typed.name}
                        onInput={(e) => set({ name: e.currentTarget.value })}
                    />
                )}
            </Field>
            <Field label={t('apps.id')} how={t('apps.id-how')}>
                {(id) => (
                    <input
                        id={id}
                        type="text"
                        dir="ltr"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck={false}
                        required
                        maxLength={64}
                        pattern="[a-z0-9._\-]+"
                        readOnly={before !== null}
                        value={typed.id}
                        aria-describedby={`${id}-how`}
                        onInput={(e) => set({ id: e.currentTarget.value })}
                    />
                )}
            </Field>
            <Area
                label={t('apps.redirects')}
                how={t('apps.redirects-how')}
                value={typed.redirects}
                isRequired
                onValue={(redirects) => set({ redirects })}
            />
            <Area
                label={t('apps.origins')}
                how={t('apps.origins-how')}
                value={typed.origins}
                onValue={(origins) => set({ origins })}
            />
            <Area
                label={t('apps.keys')}
                how={t('apps.keys-how')}
                value={typed.jwks}
                onValue={(jwks) => set({ jwks })}
            />
            {wrong !== null && (
                <p class="note note-look" role="alert">
                    {wrong}
                </p>
            )}
            <div class="buttons">
                <button class="button-main" disabled={isBusy}>
                    {t(before === null ? 'apps.do' : 'apps.do-change')}
                </button>
                {before !== null && (
                    <button type="button" onClick={onEnd}>
                        {t('apps.leave')}
                    </button>
                )}
            </div>
        </form>
    );
}

export function AppsScreen() {
    const [changing, setChanging] = useState<Registered | null>(null),
        { shown, trouble, change } = useChanges(
            () => api.apps(),
            () => setChanging(null),
        ),
        apps = shown?.apps ?? null;
    return (
        <>
            <p>{t('apps.what')}</p>
            <TroubleNote trouble={trouble} />
            {apps && apps.length === 0 && <p>{t('apps.none')}</p>}
            {apps && apps.length > 0 && (
                <section class="card">
                    <p class="small">{t('apps.caption', { count: apps.length })}</p>
                    <ul class="plain">
                        {apps.map((app) => (
                            <Row key={app.document} app={app} change={change} onChange={() => setChanging(app)} />
                        ))}
                    </ul>
                </section>
            )}
            {apps && (
                <Register
                    key={changing?.id ?? ''}
                    before={changing}
                    ids={apps.map(({ id }) => id)}
                    change={change}
                    onEnd={() => setChanging(null)}
                />
            )}
        </>
    );
}
