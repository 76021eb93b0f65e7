// SPDX-License-Identifier: Apache-2.0
// The bar of the person who is open: who it is, since one person at a time is open and every number goes to them; and
// what is left of somebody who was closed from elsewhere.
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Failure, Person } from '../../lib/api.ts';
import { unsaved } from '../../lib/draft.ts';
import { useKeys } from '../../lib/keys.ts';
import { theirs } from '../../lib/outbox.ts';
import { closePerson, isUrgent, me, person, wasClosed } from '../../lib/session.ts';
import { atStation, stepBack } from '../../lib/today.ts';
import { day, number, t } from '../../lib/words.ts';
import { FailureNote } from '../failure/failure.tsx';
import { QueueNumber } from '../queue/queue.tsx';
import { UnsavedNote } from '../unsaved/unsaved.tsx';
import { routes } from '../../routes.ts';
import { openNext } from '../../screens/inbox/next.ts';

const bornOn = (birthDate: string): string =>
    /^\d{4}-\d\d-\d\d$/.test(birthDate) ? day(new Date(`${birthDate}T12:00:00Z`), 'UTC') : birthDate;

const sayWho = ({ ageYears, birthDate, sex }: Person): string =>
    [
        ageYears === null ? t('person.age-unknown') : t('person.age', { age: number(ageYears) }),
        t('person.born', { date: bornOn(birthDate) }),
        ...(sex ? [t(`person.${sex}`)] : []),
    ].join(' · ');

const isReviewing = (): boolean => me.value?.role === 'clinician';

// Somebody who was referred tells what became of it where they are; a clinician has it among the results.
const REFERRAL_TASKS = ['refer', 'follow', 'reply'];
const isAtStation = (): boolean => me.value?.role === 'assistant';
export const isReferred = ({ work }: Pick<Person, 'work'>): boolean =>
    work.tasks.some(({ task }) => REFERRAL_TASKS.includes(task));

export function PersonBar() {
    const [failure, setFailure] = useState<Failure | null>(null),
        [isAsking, ask] = useState(false),
        { route } = useLocation(),
        open = person.value;
    const close = async (givesUp: boolean): Promise<void> => {
        if (!person.value) return;
        ask(unsaved.value && !givesUp);
        if (unsaved.value && !givesUp) return;
        const { by, work } = person.value,
            at = await stepBack(),
            answer = await closePerson();
        if (!answer.ok && at) await atStation(at, 'begin');
        setFailure(answer.ok ? null : answer.failure);
        // A clinician who works through the inbox goes on there.
        if (answer.ok) route(by === 'ticket' && isReviewing() ? await openNext(work.ticket ?? '') : routes.scan);
    };
    useKeys({ n: () => void close(false) });
    if (!open)
        return wasClosed.value ? (
            <p class="note note-look page-note" role="alert">
                {t('person.closed-elsewhere')}
            </p>
        ) : null;
    return (
        <section class="person" aria-label={t('person.label')}>
            <p class="person-name">
                <bdi>{open.name}</bdi>
            </p>
            <p class="person-who">{sayWho(open)}</p>
            <QueueNumber />
            {isUrgent.value && (
                <a class="button button-stop" href={routes.urgent}>
                    {t('person.urgent')}
                </a>
            )}
            {isAtStation() && isReferred(open) && (
                <a class="button" href={routes.refer}>
                    {t('person.referral')}
                </a>
            )}
            {theirs.value.length > 0 && (
                <a class="button" href={routes.waiting}>
                    {t('person.waits')}
                </a>
            )}
            <button type="button" class="person-close" onClick={() => void close(false)}>
                {t('person.close')}
            </button>
            {isAsking && <UnsavedNote why="close" onAnswer={(givesUp) => (ask(false), givesUp && void close(true))} />}
            <FailureNote failure={failure} />
        </section>
    );
}
