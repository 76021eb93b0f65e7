// SPDX-License-Identifier: Apache-2.0
// A value that was wrong is taken back, also after the signing: what rests on it is judged anew at once, and the next
// letter says what it corrects.
import { useState } from 'preact/hooks';
import { api, type Failure, type Reading } from '../../lib/api.ts';
import { person, refreshPerson } from '../../lib/session.ts';
import { day, isKnown, t, type PlainKey } from '../../lib/words.ts';
import { say } from '../../lib/announce.ts';
import { me } from '../../lib/session.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { unitText } from '../../parts/units/units.ts';
import { entered } from './findings.ts';

function nameOf({ word }: Reading): string {
    const key = [word === 'bp' ? 'pressure.title' : '', `measure.name-${word}`].find(isKnown);
    return key === undefined ? word : t(key as PlainKey);
}
const numberOf = ({ numbers, unit }: Reading): string => `${(numbers ?? []).join(' / ')} ${unitText(unit)}`;

function Row({ reading, onTake }: { reading: Reading; onTake: () => void }) {
    const [asks, ask] = useState(false),
        what = `${nameOf(reading)} ${numberOf(reading)}`,
        at = Date.parse(reading.at);
    return (
        <li>
            <p>
                {nameOf(reading)}: <bdi dir="ltr">{numberOf(reading)}</bdi>
                {!Number.isNaN(at) && <> · {day(at, me.value?.site.zone)}</>}
            </p>
            {!asks && (
                <button type="button" onClick={() => ask(true)}>
                    {t('results.take-back', { what })}
                </button>
            )}
            {asks && (
                <>
                    <p role="status">{t('results.take-back-sure', { what })}</p>
                    <div class="both">
                        <button type="button" onClick={onTake}>
                            {t('results.take-back-yes')}
                        </button>
                        <button type="button" onClick={() => ask(false)}>
                            {t('results.take-back-no')}
                        </button>
                    </div>
                </>
            )}
        </li>
    );
}

/** Correct - the numbers that stand; `onDone` judges what is left. */
export function Correct({ onDone }: { onDone: () => Promise<void> }) {
    const [failure, setFailure] = useState<Failure | null>(null),
        open = person.value,
        all = [...(open?.today ?? []), ...(open?.last ?? [])].filter(({ numbers }) => numbers !== null);
    const take = async (reading: Reading): Promise<void> => {
        if (!open) return;
        const answer = await api.wrong(open.person, [entered(reading)]);
        setFailure(answer.ok ? null : answer.failure);
        if (!answer.ok) return;
        say(t('results.was-taken-back'));
        await refreshPerson();
        await onDone();
    };
    if (all.length === 0) return null;
    return (
        <details class="card">
            <summary>{t('results.correct')}</summary>
            <p>{t('results.correct-how')}</p>
            <FailureNote failure={failure} />
            <ul class="plain">
                {all.map((reading) => (
                    <Row
                        key={`${reading.word} ${reading.at} ${numberOf(reading)}`}
                        reading={reading}
                        onTake={() => void take(reading)}
                    />
                ))}
            </ul>
        </details>
    );
}
