// SPDX-License-Identifier: Apache-2.0
// Answers that are not kept, and what was found in them, for whoever is with the person.
import { person } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { AlarmCards } from '../alarm/alarm.tsx';
import { unkept, unkeptHeard } from './held.ts';

/** An item of whoever may not see what it is. */
const KEPT_APART = 'kept-apart';

export function UnkeptNote() {
    const now = unkept.value;
    if (now === null) return null;
    const seen = now.said.filter(({ item }) => item !== KEPT_APART);
    return (
        <section class="note note-look" role="alert">
            <p>
                <strong>{t('unkept.not-kept')}</strong>
            </p>
            {now.lost && <p>{t('unkept.lost')}</p>}
            {person.value === null && <p>{t('unkept.closed')}</p>}
            {seen.length > 0 && <p>{t('unkept.say-now')}</p>}
            <AlarmCards alarms={seen} head="h3" />
            {seen.length < now.said.length && <p>{t('unkept.clinician')}</p>}
            <button type="button" onClick={() => void unkeptHeard()}>
                {t(now.said.length > 0 ? 'unkept.heard' : 'unkept.read')}
            </button>
        </section>
    );
}
