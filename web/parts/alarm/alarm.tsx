// SPDX-License-Identifier: Apache-2.0
// What is urgent, in the words of the alarm: what was found, what it can mean, what to do by when, and where. It
// names the finding and its number, never a person.
import type { Finding, Place } from '../../lib/api.ts';
import { t } from '../../lib/words.ts';
import { UrgencyMark } from '../urgency/urgency.tsx';
import { unitText } from '../units/units.ts';

const telephoneOf = (place: Place): string => place.telephone.replace(/[^+0-9]/g, '');

function Where({ place }: { place: Place }) {
    return (
        <address class="place">
            <strong>
                <bdi>{place.name}</bdi>
            </strong>
            {place.address !== '' && (
                <span>
                    <bdi>{place.address}</bdi>
                </span>
            )}
            {place.hours !== '' && (
                <span>
                    <bdi>{place.hours}</bdi>
                </span>
            )}
            {place.telephone !== '' && (
                <a class="button" href={`tel:${telephoneOf(place)}`}>
                    {t('alarm.ring', { number: place.telephone })}
                </a>
            )}
        </address>
    );
}

function numberOf({ value, value2, inputs, unit }: Finding): string {
    const bare = value === '' ? (inputs[0]?.value ?? '') : value2 === '' ? value : `${value}/${value2}`;
    return /^[<>]?=?[0-9]/.test(bare) ? `${bare} ${unitText(value === '' ? (inputs[0]?.unit ?? '') : unit)}` : '';
}

/** An alarm of answers that were taken back: what it was is not said. */
const TAKEN_BACK = 'taken-back';

/** One alarm. What is kept apart, for who may not see it, has no words: a clinician has to come. */
function AlarmCard({ alarm, place, Head }: { alarm: Finding; place: Place | null; Head: 'h2' | 'h3' }) {
    // What could not be judged has no answer for a heading: its name and its number say what it is about.
    const { words, status } = alarm,
        bare = alarm.item === TAKEN_BACK ? t('alarm.taken-back') : t('alarm.no-words'),
        headline = (status === 'not-assessed' ? words.name : words.headline) || words.headline || bare,
        number = numberOf(alarm),
        next = [words.meanwhile, words.action, words.when].filter((text) => text);
    return (
        <article class="alarm">
            <p>
                <UrgencyMark urgency={alarm.urgency} />
            </p>
            <Head>
                {headline}
                {number !== '' && (
                    <>
                        {/[:\uff1a]$/.test(headline) ? ' ' : ' · '}
                        <bdi>{number}</bdi>
                    </>
                )}
            </Head>
            {words.meaning && <p>{words.meaning}</p>}
            {next.length > 0 && <p class="alarm-do">{next.join(' ')}</p>}
            {place && <Where place={place} />}
        </article>
    );
}

/** The cards of alarms, the same place once. */
export function AlarmCards({ alarms, head = 'h2' }: { alarms: readonly Finding[]; head?: 'h2' | 'h3' }) {
    const places = alarms.map(({ place }) => (place === null ? '' : JSON.stringify(place)));
    return (
        <>
            {alarms.map((alarm, i) => (
                <AlarmCard
                    key={i}
                    alarm={alarm}
                    Head={head}
                    place={places.indexOf(places[i] ?? '') === i ? alarm.place : null}
                />
            ))}
        </>
    );
}

/** Alarms under a sentence; nothing where there are none. */
export function AlarmList({ alarms, title }: { alarms: readonly Finding[]; title: string }) {
    if (alarms.length === 0) return null;
    return (
        <div class="note note-stop" role="alert">
            <p>
                <strong>{title}</strong>
            </p>
            <AlarmCards alarms={alarms} head="h3" />
        </div>
    );
}
