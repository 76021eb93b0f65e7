// SPDX-License-Identifier: Apache-2.0
// The forms that are asked of the open person: asked by staff here, or answered by the person alone on this tablet.
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { api, type Failure } from '../../lib/api.ts';
import type { AskedItem } from '../../lib/asked.ts';
import { person, phase } from '../../lib/session.ts';
import { language, t } from '../../lib/words.ts';
import { AlarmList } from '../../parts/alarm/alarm.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { Pager, usePager } from '../../parts/form/pager.tsx';
import { useForm, type FormUse } from '../../parts/form/use_form.ts';
import { savingHolds } from '../../parts/measure/measure.ts';
import { listed, type Listed } from './forms.ts';
import { hand } from '../kiosk/handed.ts';
// It is there before the tablet is handed over.
import '../kiosk/kiosk.tsx';

/** One form, asked by staff at a station: what is saved, and what comes then. */
export function StationForm({ id, onDone }: { id: string; onDone: () => void }) {
    const use = useForm(id, {
        onDone,
        onAgain: (answer) => {
            const again = use.sent[answer];
            if (again) pager.goTo(`${again.link}@${(again.in ?? []).join('.')}`);
        },
    });
    const pager = usePager(use.state, 'some');
    if (use.failure) return <FailureNote failure={use.failure} />;
    if (use.state === null) return <p role="status">{t('form.loading')}</p>;
    const { title, copyright } = use.state.plan.form;
    return (
        <section class="form-station" aria-label={title}>
            <h2>{title}</h2>
            <UrgentHere use={use} />
            <Pager use={use} pager={pager} layout="some" end={t('form.save')} onEnd={use.save} />
            {copyright && (
                <p class="small">
                    <bdi>{copyright}</bdi>
                </p>
            )}
        </section>
    );
}

// What is urgent among the answers so far. Leaving the form holds it; saving takes it into the record.
function UrgentHere({ use }: { use: FormUse }) {
    const alarms = person.value?.pending ?? [];
    if (alarms.length === 0 || use.saving.alarms.length > 0) return null;
    return (
        <>
            <AlarmList alarms={alarms} title={t('form.urgent')} />
            <div class="buttons">
                <button type="button" class="button-main" disabled={savingHolds(use.saving.saving)} onClick={use.save}>
                    {t('form.save-now')}
                </button>
            </div>
        </>
    );
}

function Row({ one, onAsk }: { one: Listed; onAsk: () => void }) {
    const isDone = one.state === 'done';
    return (
        <li class="card form-row">
            <h2>{one.title}</h2>
            {one.state !== 'unseen' && (
                <p>
                    <span aria-hidden="true">{isDone ? '✓' : '○'}</span> {t(isDone ? 'forms.done' : 'forms.missing')}
                </p>
            )}
            <div class="both">
                <button type="button" onClick={onAsk}>
                    {t('forms.ask')}
                </button>
                <button type="button" onClick={() => hand(one.id, language())}>
                    {t('forms.hand')}
                </button>
            </div>
        </li>
    );
}

export function FormsScreen() {
    const asks = useSignal<readonly AskedItem[] | null>(null),
        failure = useSignal<Failure | null>(null),
        asking = useSignal<string | null>(null),
        saved = useSignal(''),
        handle = person.value?.person,
        speaks = language();
    const load = async (): Promise<void> => {
        if (handle === undefined) return;
        const plan = await api.plan(handle);
        failure.value = plan.ok ? null : plan.failure;
        if (!plan.ok || person.peek()?.person !== handle) return;
        asks.value = plan.value.asks;
    };
    // A tablet that comes back is locked first: nothing is asked of the server before somebody is there.
    const isIn = phase.value === 'in';
    useEffect(() => void (isIn && load()), [handle, speaks, isIn]);
    if (asking.value !== null) {
        const id = asking.value;
        const done = (): void => {
            saved.value = asks.value?.find(({ item }) => item === id)?.title ?? '';
            asking.value = null;
            void load();
        };
        return (
            <>
                <p>
                    <button type="button" onClick={() => void (asking.value = null)}>
                        {t('forms.back')}
                    </button>
                </p>
                <StationForm key={id} id={id} onDone={done} />
            </>
        );
    }
    const list = listed(asks.value ?? []);
    return (
        <>
            <p>{t('forms.how')}</p>
            {saved.value !== '' && <p role="status">{t('forms.saved', { title: saved.value })}</p>}
            <FailureNote failure={failure.value} />
            {asks.value !== null && list.length === 0 && <p>{t('forms.none')}</p>}
            <ul class="plain">
                {list.map((one) => (
                    <Row key={one.id} one={one} onAsk={() => void (asking.value = one.id)} />
                ))}
            </ul>
        </>
    );
}
