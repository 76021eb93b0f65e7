// SPDX-License-Identifier: Apache-2.0
// The slip that the person takes to the other place, as a page that the browser prints. Each time that it is shown it
// has a new code, and the slips before it answer no more.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api, type Failure } from '../../lib/api.ts';
import type { Slip } from '../../lib/referrals.ts';
import { person, site } from '../../lib/session.ts';
import { day, language, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { QrCode } from '../../parts/qr/qr.tsx';
import { isDay, replyAddress } from './refer_rules.ts';

const onDay = (text: string): string => (isDay(text) ? day(Date.parse(`${text}T12:00:00Z`), 'UTC') : text);

function Line({ name, text }: { name: string; text: string }) {
    if (text === '') return null;
    return (
        <div>
            <dt>{name}</dt>
            <dd>
                <bdi>{text}</bdi>
            </dd>
        </div>
    );
}

function Who({ slip }: { slip: Slip }) {
    const about = [slip.bornYear && t('refer.slip-born', { year: slip.bornYear }), slip.sex && t(`person.${slip.sex}`)];
    return (
        <p class="referral-slip-who">
            <strong>
                <bdi>{slip.name}</bdi>
            </strong>
            {about.filter((part) => part).map((part) => ` · ${part}`)}
        </p>
    );
}

/** SlipSheet - the slip on paper. */
export function SlipSheet({ slip, origin }: { slip: Slip; origin: string }) {
    const { referral } = slip,
        words = referral.finding?.words,
        asks = [slip.siteTelephone, slip.siteAddress].filter((text) => text).join(', ');
    return (
        <article class="referral-slip" aria-label={t('refer.slip-title')}>
            {site.value?.madeUp && <p class="made-up">{t('refer.slip-made-up')}</p>}
            <h2>{t('refer.slip-title')}</h2>
            <p>{t('refer.slip-from', { site: slip.site })}</p>
            <Who slip={slip} />
            <dl>
                <Line name={t('refer.slip-to')} text={referral.place || '________________________'} />
                <Line name={t('refer.slip-address')} text={slip.placeAddress} />
                <Line name={t('refer.slip-telephone')} text={slip.placeTelephone} />
                <Line name={t('refer.slip-hours')} text={slip.placeHours} />
                <Line name={t('refer.slip-until')} text={onDay(referral.until)} />
                <Line name={t('refer.slip-reason')} text={words?.headline || words?.name || ''} />
                <Line name={t('refer.slip-do')} text={[words?.action, words?.when].filter((text) => text).join(' ')} />
                <Line name={t('refer.slip-by')} text={slip.by} />
                <Line name={t('refer.slip-ask')} text={asks} />
            </dl>
            <p class="small">{t('refer.slip-screening')}</p>
            <section class="referral-slip-reply">
                <QrCode text={replyAddress(origin, slip.code)} label={t('refer.slip-qr')} />
                <div>
                    <h3>{t('refer.slip-place')}</h3>
                    <p>{t('refer.slip-how')}</p>
                    <p>
                        <bdi dir="ltr">{replyAddress(origin, '').slice(0, -1)}</bdi>
                        <br />
                        <bdi dir="ltr" class="code">
                            {slip.code}
                        </bdi>
                    </p>
                    <p class="small">{t('refer.slip-nothing')}</p>
                </div>
            </section>
        </article>
    );
}

export function SlipPage({ id, back }: { id: string; back: () => void }) {
    const [slip, setSlip] = useState<Slip | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        first = useRef<HTMLButtonElement>(null),
        handle = person.value?.person,
        speaks = language();
    useEffect(() => {
        let isOver = false;
        setSlip(null);
        if (handle !== undefined)
            void api.referSlip(handle, id, speaks).then((answer) => {
                if (isOver || person.value?.person !== handle) return;
                if (answer.ok) setSlip(answer.value);
                else setFailure(answer.failure);
            });
        return () => void (isOver = true);
    }, [handle, id, speaks]);
    useLayoutEffect(() => first.current?.focus(), [slip]);
    return (
        <>
            <FailureNote failure={failure} />
            <p class="small not-printed">{t('refer.slip-new')}</p>
            <div class="both not-printed">
                <button ref={first} type="button" class="button-main" disabled={slip === null} onClick={() => print()}>
                    {t('refer.slip-print')}
                </button>
                <button type="button" onClick={back}>
                    {t('refer.slip-back')}
                </button>
            </div>
            {slip === null && failure === null && <p role="status">{t('refer.loading')}</p>}
            {slip !== null && <SlipSheet slip={slip} origin={location.origin} />}
        </>
    );
}
