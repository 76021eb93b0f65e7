// SPDX-License-Identifier: Apache-2.0
// Calls before the next check, of those who chose one: tickets and days, one opened at a time for its call, and what
// became of it. The look ends with the call, or when this screen is left; nothing tells who came and who did not.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { remindersSaid, type ReminderSaid } from 'gen/lists.ts';
import { api, type Failure } from '../../lib/api.ts';
import type { Reminder, ToRemind } from '../../lib/reminders.ts';
import { closePerson, site } from '../../lib/session.ts';
import { dayOf, languageName, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';

const AGAIN_MS = 60_000;
const SAID = Object.keys(remindersSaid) as ReminderSaid[];

// It takes the focus when its page comes, so that it is read first.
function Heading({ children }: { children: ComponentChildren }) {
    const box = useRef<HTMLHeadingElement>(null);
    useLayoutEffect(() => box.current?.focus(), []);
    return (
        <h2 ref={box} tabIndex={-1}>
            {children}
        </h2>
    );
}

export function CallPage({
    reminder,
    ticket,
    isBusy,
    onSaid,
    onLeave,
}: {
    reminder: Reminder;
    ticket: string;
    isBusy: boolean;
    onSaid: (said: ReminderSaid) => void;
    onLeave: () => void;
}) {
    const { name, telephones, language, nextDate, siteTelephone } = reminder;
    return (
        <section class="card">
            <Heading>{name === '' ? ticket : <bdi>{name}</bdi>}</Heading>
            <p>
                {telephones === '' ? (
                    t('remind.no-telephone')
                ) : (
                    <>
                        {t('remind.telephone')}{' '}
                        <bdi dir="ltr" class="code">
                            {telephones}
                        </bdi>
                    </>
                )}
            </p>
            {language !== '' && <p>{t('remind.language', { language: languageName(language) })}</p>}
            <h3>{t('remind.say')}</h3>
            <ol>
                <li>{t('remind.say-who')}</li>
                <li>{t('remind.say-from', { site: site.value?.name ?? '' })}</li>
                <li>{t('remind.say-day', { date: dayOf(nextDate) })}</li>
                {siteTelephone !== '' && <li>{t('remind.say-back', { telephone: `\u2066${siteTelephone}\u2069` })}</li>}
                <li>{t('remind.say-no')}</li>
            </ol>
            <h3>{t('remind.not')}</h3>
            <ul>
                <li>{t('remind.not-others')}</li>
                <li>{t('remind.not-machine')}</li>
                <li>{t('remind.not-why')}</li>
            </ul>
            <h3>{t('remind.became')}</h3>
            <div class="both answers">
                {SAID.map((said) => (
                    <button key={said} type="button" class="choice" disabled={isBusy} onClick={() => onSaid(said)}>
                        {t(`remind.said-${said}`)}
                    </button>
                ))}
            </div>
            <p class="small">{t('remind.not-kept')}</p>
            <p>
                <button type="button" disabled={isBusy} onClick={onLeave}>
                    {t('remind.later')}
                </button>
            </p>
        </section>
    );
}

export function ListPage({
    tickets,
    isBusy,
    onOpen,
}: {
    tickets: readonly ToRemind[];
    isBusy: boolean;
    onOpen: (ticket: string) => void;
}) {
    if (tickets.length === 0) return <p>{t('remind.none')}</p>;
    return (
        <table class="list">
            <caption class="small">{t('remind.count', { count: tickets.length })}</caption>
            <thead>
                <tr>
                    <th scope="col">{t('inbox.ticket')}</th>
                    <th scope="col">{t('remind.due')}</th>
                    <td />
                </tr>
            </thead>
            <tbody>
                {tickets.map(({ ticket, due }) => (
                    <tr key={ticket}>
                        <th scope="row">
                            <bdi dir="ltr" class="code">
                                {ticket}
                            </bdi>
                        </th>
                        <td>{dayOf(due)}</td>
                        <td>
                            <button type="button" disabled={isBusy} onClick={() => onOpen(ticket)}>
                                {t('remind.open', { ticket })}
                            </button>
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

export function RemindScreen() {
    const [tickets, setTickets] = useState<ToRemind[] | null>(null),
        [open, setOpen] = useState<{ ticket: string; reminder: Reminder } | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        [isBusy, busy] = useState(false),
        [noted, setNoted] = useState(false),
        handle = useRef<string | null>(null);
    const load = async (): Promise<void> => {
        const answer = await api.reminders();
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setTickets(answer.value.tickets);
    };
    const show = (next: { ticket: string; reminder: Reminder } | null): void => {
        handle.current = next?.reminder.person ?? null;
        setOpen(next);
    };
    useEffect(() => {
        void load();
        const timer = setInterval(() => void (handle.current === null && load()), AGAIN_MS);
        return () => {
            clearInterval(timer);
            if (handle.current !== null) void api.close(handle.current);
            handle.current = null;
        };
    }, []);
    const call = async (ticket: string): Promise<void> => {
        if (isBusy) return;
        busy(true);
        setNoted(false);
        const closed = await closePerson(), // whoever was open: an alarm of theirs comes first
            answer = closed.ok ? await api.remind(ticket) : closed;
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) show({ ticket, reminder: answer.value as Reminder });
        else if (closed.ok) void load();
    };
    const end = async (said: ReminderSaid | null): Promise<void> => {
        if (!open || isBusy) return;
        busy(true);
        const { person } = open.reminder,
            answer = said === null ? await api.close(person) : await api.reminded(person, said);
        busy(false);
        // A look that is over ends here as well; the ticket is opened again for the outcome.
        setFailure(answer.ok ? null : answer.failure);
        show(null);
        setNoted(answer.ok && said !== null);
        if (answer.ok) void load();
    };
    return (
        <>
            <FailureNote failure={failure} />
            <p role="status">{noted ? t('remind.noted') : ''}</p>
            {open ? (
                <CallPage
                    key={open.ticket}
                    reminder={open.reminder}
                    ticket={open.ticket}
                    isBusy={isBusy}
                    onSaid={(said) => void end(said)}
                    onLeave={() => void end(null)}
                />
            ) : (
                <section class="card">
                    {tickets === null && failure === null && <p>{t('remind.loading')}</p>}
                    {tickets && <ListPage tickets={tickets} isBusy={isBusy} onOpen={(ticket) => void call(ticket)} />}
                    <p class="small">{t('remind.about')}</p>
                </section>
            )}
        </>
    );
}
