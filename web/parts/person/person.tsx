// SPDX-License-Identifier: Apache-2.0
// The bar of the person who is open: who it is, since one person at a time is open and every number goes to them; and
// what is left of somebody who was closed from elsewhere.
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Failure } from '../../lib/api.ts';
import { closePerson, isUrgent, person, wasClosed } from '../../lib/session.ts';
import { day, number, t } from '../../lib/words.ts';
import { FailureNote } from '../failure/failure.tsx';
import { routes } from '../../routes.ts';

const bornOn = (birthDate: string): string =>
    /^\d{4}-\d\d-\d\d$/.test(birthDate) ? day(new Date(`${birthDate}T12:00:00Z`), 'UTC') : birthDate;

export function PersonBar() {
    const [failure, setFailure] = useState<Failure | null>(null),
        { route } = useLocation(),
        open = person.value;
    if (!open)
        return wasClosed.value ? (
            <p class="note note-look" role="alert">
                {t('person.closed-elsewhere')}
            </p>
        ) : null;
    const close = async (): Promise<void> => {
        const answer = await closePerson();
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.scan);
    };
    return (
        <section class="person" aria-label={t('person.label')}>
            <p class="person-name">
                <bdi>{open.name}</bdi>
            </p>
            <p>
                {open.ageYears === null ? t('person.age-unknown') : t('person.age', { age: number(open.ageYears) })}
                {' · '}
                {t('person.born', { date: bornOn(open.birthDate) })}
                {open.sex && ` · ${t(`person.${open.sex}`)}`}
            </p>
            {isUrgent.value && (
                <a class="button button-stop" href={routes.urgent}>
                    {t('person.urgent')}
                </a>
            )}
            <button type="button" onClick={() => void close()}>
                {t('person.close')}
            </button>
            <FailureNote failure={failure} />
        </section>
    );
}
