// SPDX-License-Identifier: Apache-2.0
// The open person in the queue of today: their number, checking in, what is missing at a station, and handing them
// over to the next with one tap.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { whys, type Station, type Why } from 'gen/lists.ts';
import { api, type Failure } from '../../lib/api.ts';
import { say } from '../../lib/announce.ts';
import { unsaved } from '../../lib/draft.ts';
import { person } from '../../lib/session.ts';
import { atStation, checkIn, handOver, place, settle } from '../../lib/today.ts';
import { number, t } from '../../lib/words.ts';
import { routes } from '../../routes.ts';
import { FailureNote } from '../failure/failure.tsx';
import { UnsavedNote } from '../unsaved/unsaved.tsx';
import { itemKey } from './items.ts';

/** itemText - what a person is asked or measured, as people say it. */
export function itemText(item: string): string {
    const key = itemKey(item);
    return key === undefined ? item : t(key);
}

/** The number of the open person, or the button that gives them one. */
export function QueueNumber() {
    const [failure, setFailure] = useState<Failure | null>(null);
    const mine = place();
    const begin = async (): Promise<void> => {
        const answer = await checkIn();
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok && answer.value.ticket !== null)
            say(t('queue.number', { number: number(answer.value.number) }));
    };
    if (mine)
        return (
            <p class="queue-number" role="status">
                {t('queue.number', { number: number(mine.number) })}
            </p>
        );
    if (person.value?.by !== 'card') return null;
    return (
        <>
            <button type="button" onClick={() => void begin()}>
                {t('queue.check-in')}
            </button>
            <FailureNote failure={failure} />
        </>
    );
}

/** Not today, and why: the answer is kept nowhere, so that nobody sees afterwards who did not want it. */
export function NotToday({ item, onSettled }: { item: string; onSettled: () => void }) {
    const [isAsking, ask] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null);
    const answer = async (why: Why): Promise<void> => {
        const got = await settle(item, why);
        setFailure(got.ok ? null : got.failure);
        if (got.ok) onSettled();
    };
    if (!isAsking)
        return (
            <button
                type="button"
                aria-label={t('queue.not-today-item', { item: itemText(item) })}
                onClick={() => ask(true)}
            >
                {t('queue.not-today')}
            </button>
        );
    return (
        <div role="group" aria-label={t('queue.why', { item: itemText(item) })}>
            <p>{t('queue.why', { item: itemText(item) })}</p>
            <div class="buttons">
                {(Object.keys(whys) as Why[]).map((why) => (
                    <button key={why} type="button" onClick={() => void answer(why)}>
                        {t(`queue.why-${why}`)}
                    </button>
                ))}
                <button type="button" onClick={() => ask(false)}>
                    {t('queue.back')}
                </button>
            </div>
            <p class="small">{t('queue.why-kept')}</p>
            <FailureNote failure={failure} />
        </div>
    );
}

// What the plan still wants here, read anew whenever something was stored about them.
function useMissing(station: Station): [readonly string[], () => void] {
    const [missing, setMissing] = useState<readonly string[]>([]),
        [round, again] = useState(0);
    const open = person.value,
        left = place()?.left.join(' ');
    useEffect(() => {
        let isOver = false;
        const load = async (): Promise<void> => {
            if (!open) return;
            const answer = await api.exit(open.person);
            if (isOver || !answer.ok) return;
            const here = answer.value.items.filter((one) => one.station === station && one.state === 'missing');
            setMissing(here.map(({ item }) => item));
        };
        void load();
        return () => void (isOver = true);
    }, [open, left, round]);
    return [missing, () => again(round + 1)];
}

/** At the foot of a station: what is missing here, and "done, next person". The station begins with them by being
 * shown. Who is not checked in is measured all the same, and there is nothing to hand over. */
export function HandOver({ station }: { station: Station }) {
    const [failure, setFailure] = useState<Failure | null>(null),
        [isAsking, ask] = useState(false),
        [missing, look] = useMissing(station),
        { route } = useLocation();
    const mine = place(),
        handle = person.value?.person;
    useEffect(() => {
        if (mine && mine.at !== station) void atStation(station, 'begin');
    }, [handle, mine?.ticket]);
    if (!mine) return null;
    const done = async (): Promise<void> => {
        const answer = await handOver(station);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.scan);
    };
    return (
        <section class="card hand-over" aria-label={t('queue.hand-over')}>
            {missing.length > 0 && (
                <ul class="plain">
                    {missing.map((item) => (
                        <li key={item}>
                            {t('queue.missing', { item: itemText(item) })} <NotToday item={item} onSettled={look} />
                        </li>
                    ))}
                </ul>
            )}
            {isAsking && <UnsavedNote why="close" onAnswer={(givesUp) => (ask(false), givesUp && void done())} />}
            <button
                type="button"
                class={missing.length === 0 ? 'button-main' : undefined}
                onClick={() => (unsaved.value ? ask(true) : void done())}
            >
                {t('queue.done')}
            </button>
            <FailureNote failure={failure} />
        </section>
    );
}
