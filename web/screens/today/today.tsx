// SPDX-License-Identifier: Apache-2.0
// R1: who is here, as numbers and tickets: how many wait at each station, and which station is free for whom. No name
// stands here; a person is opened by their ticket, one at a time.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { stations, type Station } from 'gen/lists.ts';
import { api, type Failure, type StationCount, type Today } from '../../lib/api.ts';
import { openPerson } from '../../lib/session.ts';
import { stepBack } from '../../lib/today.ts';
import { number, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { stationKeys } from '../../parts/queue/items.ts';
import { byWaiting, minutes, screenOf, type Row } from './today_rules.ts';

const AGAIN_MS = 10_000;
const nameOf = (station: Station): string => t(stationKeys[station]);

function Counts({ counts }: { counts: readonly StationCount[] }) {
    return (
        <table class="list">
            <caption class="small">{t('today.stations')}</caption>
            <thead>
                <tr>
                    <th scope="col">{t('today.station')}</th>
                    <th scope="col">{t('today.waiting')}</th>
                    <th scope="col">{t('today.now')}</th>
                </tr>
            </thead>
            <tbody>
                {counts
                    .filter(({ station }) => stations[station].isOnWay || station === 'exit')
                    .map(({ station, waiting, busy }) => (
                        <tr key={station}>
                            <th scope="row">{nameOf(station)}</th>
                            <td>{waiting === 0 ? t('today.none-waits') : t('today.wait', { count: waiting })}</td>
                            <td>{busy === 0 ? t('today.free') : t('today.busy', { count: busy })}</td>
                        </tr>
                    ))}
            </tbody>
        </table>
    );
}

function whereText({ at }: Row, waits: number): string {
    if (at !== null) return t('today.is-at', { station: nameOf(at), count: waits });
    return waits === 0 ? t('today.just-came') : t('today.waits', { count: waits });
}

function Line({ row, now, onOpen }: { row: Row; now: string; onOpen: () => void }) {
    const waits = minutes(row.atSince, now);
    return (
        <tr>
            <th scope="row" class="number">
                {number(row.number)}
            </th>
            <td>
                {row.hold && <strong class="mark-hold">■ {t('today.hold')} </strong>}
                {whereText(row, waits)}
            </td>
            <td>{row.at === null ? t('today.free-for', { station: nameOf(row.next) }) : ''}</td>
            <td>
                <button type="button" onClick={onOpen}>
                    {t('today.open', { number: number(row.number) })}
                </button>
            </td>
        </tr>
    );
}

function Board({ board, onOpen }: { board: Today; onOpen: (row: Row) => void }) {
    if (board.tickets.length === 0) return <p>{t('today.nobody')}</p>;
    return (
        <table class="list">
            <caption class="small">{t('today.count', { count: board.tickets.length })}</caption>
            <thead>
                <tr>
                    <th scope="col">{t('today.number')}</th>
                    <th scope="col">{t('today.where')}</th>
                    <th scope="col">{t('today.next')}</th>
                    <td />
                </tr>
            </thead>
            <tbody>
                {byWaiting(board.tickets).map((row) => (
                    <Line key={row.ticket} row={row} now={board.now} onOpen={() => onOpen(row)} />
                ))}
            </tbody>
        </table>
    );
}

const isLapsed = (failure: Failure | null): boolean => failure?.kind === 'refused' && failure.code === 'E_CONSENT';

export function TodayScreen() {
    const [board, setBoard] = useState<Today | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    const { route } = useLocation();
    useEffect(() => {
        let isOver = false;
        const load = async (): Promise<void> => {
            const answer = await api.queue();
            if (isOver) return;
            if (answer.ok) setBoard(answer.value);
            else setFailure(answer.failure);
        };
        void load();
        const timer = setInterval(() => void load(), AGAIN_MS);
        return () => {
            isOver = true;
            clearInterval(timer);
        };
    }, []);
    const open = async (row: Row): Promise<void> => {
        await stepBack();
        const answer = await openPerson(row.ticket);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(screenOf(row.at ?? row.next));
    };
    return (
        <section class="card">
            {isLapsed(failure) ? (
                <p class="note note-look" role="alert">
                    {t('today.show-card')}
                </p>
            ) : (
                <FailureNote failure={failure} />
            )}
            {board && <Board board={board} onOpen={(row) => void open(row)} />}
            {board && board.tickets.length > 0 && <Counts counts={board.stations} />}
        </section>
    );
}
