// SPDX-License-Identifier: Apache-2.0
// Tubes: what was drawn is ticked, each tube gets a label with random letters, and the browser prints labels of label
// size. No name is on them.
import { useSignal } from '@preact/signals';
import { api, type Failure } from '../../lib/api.ts';
import type { Order } from '../../lib/asked.ts';
import { me, person } from '../../lib/session.ts';
import { day, isKnown, list, t, type PlainKey } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { nameText } from '../../parts/measure/saved.tsx';
import { QrCode } from '../../parts/qr/qr.tsx';
import { tubesOf, type Test } from './samples.ts';

const tubeText = (tube: string): string =>
    isKnown(`samples.tube-${tube}`) ? t(`samples.tube-${tube}` as PlainKey) : tube;

export function Tubes({ tests, onMade }: { tests: readonly Test[]; onMade: (orders: Order[]) => void }) {
    const chosen = useSignal<readonly string[]>([]),
        isBusy = useSignal(false),
        failure = useSignal<Failure | null>(null),
        sent = tests.filter(({ tube, state }) => tube !== '' && state !== 'done'),
        tubes = tubesOf(tests, chosen.value);
    const make = (): void => {
        const handle = person.value?.person;
        if (handle === undefined) return;
        isBusy.value = true;
        void api.order(handle, tubes.flatMap(({ words }) => words)).then((answer) => {
            isBusy.value = false;
            failure.value = answer.ok ? null : answer.failure;
            if (!answer.ok) return;
            chosen.value = [];
            onMade(answer.value.orders);
        });
    };
    if (sent.length === 0) return null;
    return (
        <section aria-labelledby="samples-tubes">
            <h2 id="samples-tubes">{t('samples.tubes')}</h2>
            <p>{t('samples.tubes-how')}</p>
            <ul class="plain ticks">
                {sent.map(({ word, tube, label }) => (
                    <li key={word}>
                        <label class="pick-one">
                            <input
                                type="checkbox"
                                checked={chosen.value.includes(word)}
                                disabled={isBusy.value}
                                onChange={(event) =>
                                    void (chosen.value = event.currentTarget.checked
                                        ? [...chosen.value, word]
                                        : chosen.value.filter((one) => one !== word))
                                }
                            />
                            <span aria-hidden="true">{chosen.value.includes(word) ? '☑' : '☐'}</span>
                            <span>
                                {nameText(word)} <span class="small">{tubeText(tube)}</span>
                                {label !== '' && <span class="small"> {t('samples.drawn', { label })}</span>}
                            </span>
                        </label>
                    </li>
                ))}
            </ul>
            {failure.value && <FailureNote failure={failure.value} />}
            <button type="button" disabled={isBusy.value || tubes.length === 0} onClick={make}>
                {t('samples.make')} {tubes.length > 0 && <bdi>({tubes.length})</bdi>}
            </button>
        </section>
    );
}

export function Labels({ orders }: { orders: readonly Order[] }) {
    if (orders.length === 0) return null;
    const today = day(Date.now(), me.value?.site.zone);
    return (
        <section class="labels" aria-labelledby="samples-made">
            <h2 id="samples-made">{t('samples.made')}</h2>
            <p>{t('samples.stick')}</p>
            <ul class="plain">
                {orders.map(({ label, tube, items }) => (
                    <li key={label} class="label">
                        <QrCode text={label} label={label} />
                        <div>
                            <p class="label-code" dir="ltr">
                                {label}
                            </p>
                            <p>
                                {tubeText(tube)} · {today}
                            </p>
                            <p>{list(items.map((word) => nameText(word)))}</p>
                        </div>
                    </li>
                ))}
            </ul>
            <button type="button" class="button-main" onClick={() => print()}>
                {t('samples.print')}
            </button>
        </section>
    );
}
