// SPDX-License-Identifier: Apache-2.0
// What is open, by ticket: who waits to be told, seen, signed. A ticket says no name and no result; the person is
// opened by it, one at a time, and the look is in the log. Enter opens the first.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Failure, OpenPage, Ticket } from '../../lib/api.ts';
import { sayNow } from '../../lib/announce.ts';
import { me, openPerson } from '../../lib/session.ts';
import { clock, day, list, number, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { UrgencyMark } from '../../parts/urgency/urgency.tsx';
import { routes } from '../../routes.ts';
import { ENTER, useEnter } from '../../lib/enter.ts';
import { grouped, inOrder, nextRoute, opens, urgencyOf, type Group } from './inbox_rules.ts';
import { readPages } from './pages.ts';

const AGAIN_MS = 30_000;
const SHAPES: Readonly<Record<Group, string>> = { emergency: '■', today: '■', soon: '▲', incomplete: '○', normal: '●' };

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
                <UrgencyMark urgency={urgencyOf(ticket)} />
            </td>
            <td>{list(ticket.tasks.map(({ task }) => t(`inbox.task-${task}`)))}</td>
            <td>{Number.isNaN(since.getTime()) ? '' : `${day(since, zone)} ${clock(since, zone)}`}</td>
            <td>
                {opens(ticket) ? (
                    <button type="button" onClick={onOpen}>
                        {t('inbox.open', { ticket: ticket.ticket })}
                    </button>
                ) : (
                    <span>
                        <span aria-hidden="true">▣</span> {t('inbox.by-card')}
                    </span>
                )}
            </td>
        </tr>
    );
}

export function Inbox() {
    const [page, setPage] = useState<OpenPage | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        pages = useRef(1),
        load = useRef<() => Promise<void>>(async () => undefined);
    const { route } = useLocation();
    useEffect(() => {
        let isOver = false,
            urgent = 0;
        load.current = async (): Promise<void> => {
            const answer = await readPages(pages.current);
            if (isOver) return;
            setFailure(answer.ok ? null : answer.failure);
            if (!answer.ok) return;
            const now = answer.value.groups.emergency;
            if (now > urgent) sayNow(t('inbox.urgent', { count: now }));
            urgent = now;
            setPage(answer.value);
        };
        void load.current();
        const timer = setInterval(() => void load.current(), AGAIN_MS);
        return () => {
            isOver = true;
            clearInterval(timer);
        };
    }, []);
    const more = (): void => {
        pages.current++;
        void load.current();
    };
    const tickets = page?.tickets ?? [];
    const open = async (ticket: Ticket): Promise<void> => {
        const answer = await openPerson(ticket.ticket);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(nextRoute(ticket.tasks));
    };
    const first = inOrder(tickets, '')[0];
    useEnter(first === undefined ? null : () => void open(first));
    return (
        <section class="card">
            <FailureNote failure={failure} />
            {first !== undefined && (
                <p class="buttons">
                    <button type="button" class="button-main" onClick={() => void open(first)}>
                        {t('inbox.open-first')} <kbd aria-hidden="true">{ENTER}</kbd>
                    </button>
                </p>
            )}
            {page !== null && page.unreadable > 0 && (
                <p class="note note-stop" role="alert">
                    {t('inbox.unreadable', { count: page.unreadable })}
                </p>
            )}
            {page?.total === 0 && page.unreadable === 0 && <p>{t('inbox.none')}</p>}
            {page !== null && page.total > 0 && <p class="small">{t('inbox.count', { count: page.total })}</p>}
            {grouped(tickets).map(({ group, tickets: some }) => (
                <table key={group} class="list list-group">
                    <caption>
                        <span aria-hidden="true">{SHAPES[group]}</span>{' '}
                        {t(`inbox.group-${group}`, { count: number(Math.max(some.length, page?.groups[group] ?? 0)) })}
                    </caption>
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
                        {some.map((ticket) => (
                            <Row key={ticket.ticket} ticket={ticket} onOpen={() => void open(ticket)} />
                        ))}
                    </tbody>
                </table>
            ))}
            {page !== null && page.next !== '' && (
                <p class="buttons">
                    <button type="button" onClick={more}>
                        {t('inbox.more', { count: page.total - tickets.length })}
                    </button>
                </p>
            )}
            <p class="buttons">
                <a class="button" href={routes.printing}>
                    {t('printing.title')}
                </a>
                <a class="button" href={routes.tests}>
                    {t('tests.title')}
                </a>
            </p>
        </section>
    );
}
