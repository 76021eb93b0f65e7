// SPDX-License-Identifier: Apache-2.0
// Letters that wait: signed and not printed since. One ticket at a time is opened, and its letter made; nothing here
// says who it is. What waits for its card is printed when the person shows it.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Failure, type Waiting } from '../../lib/api.ts';
import { useEnter } from '../../lib/enter.ts';
import { me, openPerson } from '../../lib/session.ts';
import { clock, day, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';
import { byWaiting, canOpen } from './printing_rules.ts';

const AGAIN_MS = 30_000;

function Row({ waiting, onOpen }: { waiting: Waiting; onOpen: () => void }) {
    const since = new Date(waiting.since),
        zone = me.value?.site.zone;
    return (
        <tr>
            <th scope="row">
                <bdi dir="ltr" class="code">
                    {waiting.ticket}
                </bdi>
            </th>
            <td>{Number.isNaN(since.getTime()) ? '' : `${day(since, zone)} ${clock(since, zone)}`}</td>
            <td>
                {canOpen(waiting) ? (
                    <button type="button" class="button-main" onClick={onOpen}>
                        {t('printing.open', { ticket: waiting.ticket })}
                    </button>
                ) : (
                    <span>
                        <span aria-hidden="true">▣</span> {t('printing.by-card')}
                    </span>
                )}
            </td>
        </tr>
    );
}

export function Printing() {
    const [list, setList] = useState<Waiting[] | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        { route } = useLocation();
    useEffect(() => {
        let isOver = false;
        const load = async (): Promise<void> => {
            const answer = await api.letters();
            if (isOver) return;
            setFailure(answer.ok ? null : answer.failure);
            if (answer.ok) setList(byWaiting(answer.value.tickets));
        };
        void load();
        const timer = setInterval(() => void load(), AGAIN_MS);
        return () => {
            isOver = true;
            clearInterval(timer);
        };
    }, []);
    const open = async ({ ticket }: Waiting): Promise<void> => {
        const answer = await openPerson(ticket);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.letter);
    };
    const first = list?.find(canOpen);
    useEnter(first === undefined ? null : () => void open(first));
    return (
        <section class="card">
            <FailureNote failure={failure} />
            <p>{t('printing.what')}</p>
            {list?.length === 0 && <p>{t('printing.none')}</p>}
            {list && list.length > 0 && (
                <table class="list">
                    <caption class="small">{t('printing.count', { count: list.length })}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{t('printing.ticket')}</th>
                            <th scope="col">{t('printing.since')}</th>
                            <td />
                        </tr>
                    </thead>
                    <tbody>
                        {list.map((waiting) => (
                            <Row key={waiting.ticket} waiting={waiting} onOpen={() => void open(waiting)} />
                        ))}
                    </tbody>
                </table>
            )}
        </section>
    );
}
