// SPDX-License-Identifier: Apache-2.0
// What is open, by ticket: who waits to be told, seen, signed. A ticket says no name and no result; the person is
// opened by it, one at a time, and the look is in the log.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Failure, type Ticket } from '../../lib/api.ts';
import { sayNow } from '../../lib/announce.ts';
import { me, openPerson } from '../../lib/session.ts';
import { clock, day, list, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { UrgencyMark } from '../../parts/urgency/urgency.tsx';
import { byUrgency, nextRoute } from './inbox_rules.ts';

const AGAIN_MS = 30_000;

function Row({ ticket, onOpen }: { ticket: Ticket; onOpen: () => void }) {
    const since = new Date(ticket.tasks[0]?.since ?? NaN),
        zone = me.value?.site.zone;
    return (
        <tr>
            <th scope="row">
                <bdi dir="ltr" class="code">
                    {ticket.ticket}
                </bdi>
            </th>
            <td>
                <UrgencyMark urgency={ticket.urgency} />
            </td>
            <td>{list(ticket.tasks.map(({ task }) => t(`inbox.task-${task}`)))}</td>
            <td>{Number.isNaN(since.getTime()) ? '' : `${day(since, zone)} ${clock(since, zone)}`}</td>
            <td>
                <button type="button" class="button-main" onClick={onOpen}>
                    {t('inbox.open', { ticket: ticket.ticket })}
                </button>
            </td>
        </tr>
    );
}

export function Inbox() {
    const [tickets, setTickets] = useState<Ticket[] | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    const { route } = useLocation();
    useEffect(() => {
        let isOver = false,
            urgent = 0;
        const load = async (): Promise<void> => {
            const answer = await api.inbox();
            if (isOver) return;
            setFailure(answer.ok ? null : answer.failure);
            if (!answer.ok) return;
            const list = byUrgency(answer.value.tickets),
                now = list.filter(({ urgency }) => urgency === 'emergency-now').length;
            if (now > urgent) sayNow(t('inbox.urgent', { count: now }));
            urgent = now;
            setTickets(list);
        };
        void load();
        const timer = setInterval(() => void load(), AGAIN_MS);
        return () => {
            isOver = true;
            clearInterval(timer);
        };
    }, []);
    const open = async (ticket: Ticket): Promise<void> => {
        const answer = await openPerson(ticket.ticket);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(nextRoute(ticket.tasks));
    };
    return (
        <section class="card">
            <FailureNote failure={failure} />
            {tickets?.length === 0 && <p>{t('inbox.none')}</p>}
            {tickets && tickets.length > 0 && (
                <table class="list">
                    <caption class="small">{t('inbox.count', { count: tickets.length })}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{t('inbox.ticket')}</th>
                            <th scope="col">{t('inbox.urgency')}</th>
                            <th scope="col">{t('inbox.tasks')}</th>
                            <th scope="col">{t('inbox.since')}</th>
                            <td />
                        </tr>
                    </thead>
                    <tbody>
                        {tickets.map((ticket) => (
                            <Row key={ticket.ticket} ticket={ticket} onOpen={() => void open(ticket)} />
                        ))}
                    </tbody>
                </table>
            )}
        </section>
    );
}
