// SPDX-License-Identifier: Apache-2.0
// An alarm of somebody of whom nothing is kept. It stands in place of everything else until its outcome; nothing of
// it is written anywhere, so whoever is here sees to it now.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Failure } from '../../lib/api.ts';
import { paperAlarms, paperOutcome } from '../../lib/paper.ts';
import { t } from '../../lib/words.ts';
import { AlarmCards } from '../../parts/alarm/alarm.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';

export function PaperHeld() {
    const [failure, setFailure] = useState<Failure | null>(null),
        { route } = useLocation(),
        head = useRef<HTMLHeadingElement>(null),
        alarms = paperAlarms(),
        isNow = alarms.length === 0 || alarms.some(({ urgency }) => urgency === 'emergency-now');
    useLayoutEffect(() => head.current?.focus(), []);
    const end = async (why: 'told' | 'left' | 'call-clinician'): Promise<void> => {
        const answer = await paperOutcome(why);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.paper);
    };
    return (
        <section class="urgent" aria-labelledby="paper-urgent">
            <h1 id="paper-urgent" ref={head} tabIndex={-1}>
                <span aria-hidden="true">■ </span>
                {t(isNow ? 'urgent.title-now' : 'urgent.title-today')}
            </h1>
            <AlarmCards alarms={alarms} />
            {alarms.length === 0 && <p>{t('paper.unknown-alarm')}</p>}
            <section class="card" aria-label={t('urgent.outcome')}>
                <h2>{t('urgent.outcome')}</h2>
                <p>{t('paper.outcome-what')}</p>
                <FailureNote failure={failure} />
                <div class="both">
                    <button type="button" onClick={() => void end('told')}>
                        {t('paper.told')}
                    </button>
                    <button type="button" onClick={() => void end('call-clinician')}>
                        {t('paper.called')}
                    </button>
                    <button type="button" onClick={() => void end('left')}>
                        {t('paper.left')}
                    </button>
                </div>
            </section>
        </section>
    );
}
