// SPDX-License-Identifier: Apache-2.0
// What is followed up, by ticket: answers of places first, then what is overdue, then what is due. A ticket says no
// name and no reason; the person is opened by it, one at a time, and the look is in the log.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Failure } from '../../lib/api.ts';
import type { Due } from '../../lib/referrals.ts';
import { me, openPerson } from '../../lib/session.ts';
import { day, list, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';
import { dueOf, GROUPS, grouped, type Group } from './follow_rules.ts';

const AGAIN_MS = 60_000;

function Row({ due, onOpen }: { due: Due; onOpen: () => void }) {
    const at = dueOf(due);
    return (
        <tr>
            <th scope="row">
                <bdi dir="ltr" class="code">
                    {due.ticket}
                </bdi>
            </th>
            <td>{list(due.tasks.map(({ task }) => t(`inbox.task-${task}`)))}</td>
            <td>{Number.isNaN(at) ? '' : day(at, me.value?.site.zone)}</td>
            <td>
                {due.reach === 'next-visit' ? (
                    t('follow.card')
                ) : (
                    <button type="button" class="button-main" onClick={onOpen}>
                        {t('follow.open', { ticket: due.ticket })}
                    </button>
                )}
            </td>
        </tr>
    );
}

function Table({ group, rows, open }: { group: Group; rows: Due[]; open: (due: Due) => void }) {
    if (rows.length === 0) return null;
    return (
        <section class="card">
            <h2>{t(`follow.${group}`)}</h2>
            <table class="list">
                <caption class="small">{t('follow.count', { count: rows.length })}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t('inbox.ticket')}</th>
                        <th scope="col">{t('inbox.tasks')}</th>
                        <th scope="col">{t('follow.due')}</th>
                        <td />
                    </tr>
                </thead>
                <tbody>
                    {rows.map((one) => (
                        <Row key={one.ticket} due={one} onOpen={() => open(one)} />
                    ))}
                </tbody>
            </table>
        </section>
    );
}

export function FollowScreen() {
    const [tickets, setTickets] = useState<Due[] | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        { route } = useLocation();
    useEffect(() => {
        let isOver = false;
        const load = async (): Promise<void> => {
            const answer = await api.followList();
            if (isOver) return;
            setFailure(answer.ok ? null : answer.failure);
            if (answer.ok) setTickets(answer.value.tickets);
        };
        void load();
        const timer = setInterval(() => void load(), AGAIN_MS);
        return () => {
            isOver = true;
            clearInterval(timer);
        };
    }, []);
    const open = async (due: Due): Promise<void> => {
        const answer = await openPerson(due.ticket);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.refer);
    };
    const all = grouped(tickets ?? [], Date.now());
    return (
        <>
            <FailureNote failure={failure} />
            {tickets === null && failure === null && <p role="status">{t('follow.loading')}</p>}
            {tickets?.length === 0 && <p>{t('follow.none')}</p>}
            {GROUPS.map((group) => (
                <Table key={group} group={group} rows={all[group]} open={(due) => void open(due)} />
            ))}
            <p class="small">{t('follow.about')}</p>
        </>
    );
}
