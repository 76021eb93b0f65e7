// SPDX-License-Identifier: Apache-2.0
// What is on this tablet and not stored: when it was entered, where it is, and what somebody has to do.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Finding } from '../../lib/api.ts';
import { deliver, discard, entries, forgetLost, lost, readingsOf, send, theirs, type Entry } from '../../lib/outbox.ts';
import { me } from '../../lib/session.ts';
import { clock, day, isKnown, t, type PlainKey } from '../../lib/words.ts';
import { AlarmList } from '../../parts/alarm/alarm.tsx';
import { failureText } from '../../parts/failure/failure.tsx';
import { StateMark } from '../../parts/state/state.tsx';
import { routes } from '../../routes.ts';

// What a word of an entry is called: a measurement, a question; one that this app does not know stays as it is.
function wordName(word: string): string {
    const key = [word === 'bp' ? 'pressure.title' : '', `measure.name-${word}`, `questions.ask.${word}`].find(isKnown);
    return key === undefined ? word : t(key as PlainKey);
}
const wordAnswer = (text: string): string | null => (text === 'yes' || text === 'no' ? t(`questions.${text}`) : null);

function Numbers({ entry }: { entry: Entry }) {
    const { ask } = entry.inside;
    if ('form' in ask) return <p>{t('waiting.form', { count: ask.answers.length })}</p>;
    return (
        <ul>
            {readingsOf(entry).map(({ word, text }) => (
                <li key={`${word} ${text}`}>
                    {wordName(word)}: {wordAnswer(text) ?? <bdi dir="ltr">{text}</bdi>}
                </li>
            ))}
        </ul>
    );
}

// What is urgent in an entry that is not stored is said here too: its screen may be gone.
function alarmsOf({ answer }: Entry): readonly Finding[] {
    if (answer === null) return [];
    if (answer.ok) return answer.value.alarms;
    return answer.failure.kind === 'refused' ? answer.failure.alarms : [];
}

function Needs({ entry, isTheirs }: { entry: Entry; isTheirs: boolean }) {
    const [isAsking, ask] = useState(false),
        [isOther, setOther] = useState(false);
    const give = async (): Promise<void> => setOther(!(await deliver(entry.key)));
    const failure = entry.answer && !entry.answer.ok ? entry.answer.failure : null;
    return (
        <>
            {entry.need && (
                <p>
                    <strong>{t(`waiting.need-${entry.need}`)}</strong>
                </p>
            )}
            {failure && entry.need === 'rejected' && <p>{failureText(failure)}</p>}
            <AlarmList alarms={alarmsOf(entry)} title={t('measure.all-the-same')} />
            {isOther && <p role="alert">{t('waiting.other-person')}</p>}
            <div class="buttons">
                {isTheirs && (
                    <button type="button" class="button-main" onClick={() => void give()}>
                        {t('waiting.deliver')}
                    </button>
                )}
                {!isAsking && (
                    <button type="button" onClick={() => ask(true)}>
                        {t('waiting.discard')}
                    </button>
                )}
                {isAsking && (
                    <button type="button" class="button-stop" onClick={() => void discard(entry.key)}>
                        {t('waiting.discard-yes')}
                    </button>
                )}
                {isAsking && (
                    <button type="button" onClick={() => ask(false)}>
                        {t('waiting.discard-no')}
                    </button>
                )}
            </div>
        </>
    );
}

function Item({ entry, isTheirs }: { entry: Entry; isTheirs: boolean }) {
    const isMine = entry.inside.by === me.value?.name,
        at = new Date(entry.at),
        zone = me.value?.site.zone;
    return (
        <li class="card">
            <h2>
                {t('waiting.entered', { day: day(at, zone), time: clock(at, zone) })} <StateMark state={entry.state} />
            </h2>
            {!isMine && <p>{t('waiting.of-other', { name: entry.inside.by })}</p>}
            {isMine && <Numbers entry={entry} />}
            {isMine && entry.state === 'needs' && <Needs entry={entry} isTheirs={isTheirs} />}
        </li>
    );
}

export function Waiting() {
    const [isPersisted, setPersisted] = useState<boolean | null>(null),
        { route } = useLocation();
    const canSend = entries.value.some((entry) => entry.state === 'tablet' || entry.need === 'paper');
    useEffect(() => void navigator.storage?.persisted().then(setPersisted), []);
    return (
        <>
            {lost.value > 0 && (
                <div class="note note-stop" role="alert">
                    <p>{t('waiting.lost', { count: lost.value })}</p>
                    <button type="button" onClick={() => void forgetLost()}>
                        {t('waiting.lost-seen')}
                    </button>
                </div>
            )}
            {entries.value.length === 0 && <p>{t('waiting.none')}</p>}
            <ul class="plain">
                {entries.value.map((entry) => (
                    <Item key={entry.key} entry={entry} isTheirs={theirs.value.includes(entry.key)} />
                ))}
            </ul>
            {entries.value.length > 0 && isPersisted !== null && (
                <p class="small">{t(isPersisted ? 'waiting.kept-yes' : 'waiting.kept-no')}</p>
            )}
            <div class="buttons">
                {canSend && (
                    <button type="button" class="button-main" onClick={() => void send()}>
                        {t('waiting.send')}
                    </button>
                )}
                <button type="button" onClick={() => route(routes.scan)}>
                    {t('waiting.scan')}
                </button>
            </div>
        </>
    );
}
