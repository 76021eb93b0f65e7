// SPDX-License-Identifier: Apache-2.0
// What is known of a number, greyed beside its place: today's, else that of the last visit.
import type { Reading } from '../../lib/api.ts';
import { me, person } from '../../lib/session.ts';
import { clock, day, t } from '../../lib/words.ts';
import { unitText } from '../units/units.ts';
import { newest } from './newest.ts';

const numberText = (one: Reading): string =>
    `${one.numbers?.join('/') ?? ''} ${one.unit === '' ? '' : unitText(one.unit)}`.trim();

export function Beside({ word }: { word: string }) {
    const zone = me.value?.site.zone,
        today = newest(person.value?.today ?? [], word),
        last = newest(person.value?.last ?? [], word);
    if (today)
        return (
            <span class="before">
                ✓ {t('beside.today', { number: numberText(today), time: clock(Date.parse(today.at), zone) })}
            </span>
        );
    return last ? (
        <span class="before">
            {t('beside.before', { number: numberText(last), date: day(Date.parse(last.at), zone) })}
        </span>
    ) : null;
}
