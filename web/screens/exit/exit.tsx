// SPDX-License-Identifier: Apache-2.0
// S5: the exit check. What is missing and where; what becomes of the letter; and home. Whatever is missing, the check
// ends when the person wants it to; only an alarm that nobody told them of holds them.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Station } from 'gen/lists.ts';
import { api, type Exit, type ExitItem, type Failure } from '../../lib/api.ts';
import { me, person } from '../../lib/session.ts';
import { timeFrom, timeTo } from '../../lib/timing.ts';
import { atStation, goHome, place } from '../../lib/today.ts';
import { dayOf, number, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { missing, stationKeys, tally } from '../../parts/queue/items.ts';
import { NotToday, itemText } from '../../parts/queue/queue.tsx';
import { routes } from '../../routes.ts';

function Missing({ item, onChange }: { item: ExitItem; onChange: () => void }) {
    const [failure, setFailure] = useState<Failure | null>(null);
    const isDone = item.station !== null && place()?.done.includes(item.station);
    const again = async (station: Station): Promise<void> => {
        const answer = await atStation(station, 'again');
        setFailure(answer.ok ? null : answer.failure);
        onChange();
    };
    const station = item.station;
    return (
        <li>
            <strong>{itemText(item.item)}</strong>
            {station && <span class="small"> · {t(stationKeys[station])}</span>}
            {place() && (
                <span class="both">
                    {station && isDone && (
                        <button type="button" onClick={() => void again(station)}>
                            {t('exit.again', { station: t(stationKeys[station]) })}
                        </button>
                    )}
                    <NotToday item={item.item} onSettled={onChange} />
                </span>
            )}
            <FailureNote failure={failure} />
        </li>
    );
}

function Checked({ check, onChange }: { check: Exit; onChange: () => void }) {
    const open = missing(check.items),
        { done, of } = tally(check.items);
    return (
        <>
            {of > 0 && <p>{t('exit.tally', { done: number(done), of: number(of) })}</p>}
            {open.length === 0 ? (
                <p class="exit-all">✓ {t('exit.nothing-missing')}</p>
            ) : (
                <>
                    <h2>{t('exit.missing', { count: open.length })}</h2>
                    <ul class="plain exit-missing">
                        {open.map((item) => (
                            <Missing key={item.item} item={item} onChange={onChange} />
                        ))}
                    </ul>
                </>
            )}
        </>
    );
}

function LetterLine({ letter }: { letter: Exit['letter'] }) {
    if (letter === 'now')
        return (
            <p>
                {t('exit.letter-now')} <a class="button" href={routes.letter}>{t('exit.print')}</a>
            </p>
        );
    if (letter === 'nothing') return <p>{t('exit.letter-nothing')}</p>;
    return (
        <p>
            {t('exit.letter-clinician')}{' '}
            {me.value?.role === 'clinician' && <a class="button" href={routes.results}>{t('exit.sign')}</a>}
        </p>
    );
}

export function ExitScreen() {
    const [check, setCheck] = useState<Exit | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        [round, again] = useState(0),
        { route } = useLocation();
    const handle = person.value?.person,
        mine = place();
    useEffect(() => {
        timeFrom('exit');
        if (mine && mine.at !== 'exit') void atStation('exit', 'begin');
    }, [handle, mine?.ticket]);
    useEffect(() => {
        let isOver = false;
        const load = async (): Promise<void> => {
            if (!handle) return;
            const answer = await api.exit(handle);
            if (isOver) return;
            setFailure(answer.ok ? null : answer.failure);
            if (answer.ok) setCheck(answer.value);
        };
        void load();
        return () => void (isOver = true);
    }, [handle, round]);
    const leave = async (how: 'finished' | 'left'): Promise<void> => {
        timeTo('exit');
        const answer = await goHome(how);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.scan);
    };
    return (
        <section class="card">
            {check && <Checked check={check} onChange={() => again(round + 1)} />}
            {check && <LetterLine letter={check.letter} />}
            {check && (
                <p>
                    {t('exit.next', { date: dayOf(check.nextDate) })} <span class="small">{t('exit.next-call')}</span>
                </p>
            )}
            {check?.hold && (
                <p class="note note-look" role="alert">
                    {t('exit.hold')}
                </p>
            )}
            <div class="both">
                <button type="button" class="button-main" onClick={() => void leave('finished')}>
                    {t('exit.finish')}
                </button>
                {mine && (
                    <button type="button" onClick={() => void leave('left')}>
                        {t('exit.left')}
                    </button>
                )}
            </div>
            <FailureNote failure={failure} />
        </section>
    );
}
