// SPDX-License-Identifier: Apache-2.0
// The next ticket of the inbox, opened; one at a time.
import { openPerson, person } from '../../lib/session.ts';
import { routes, type Route } from '../../routes.ts';
import { inOrder, nextRoute } from './inbox_rules.ts';
import { readPages } from './pages.ts';

const TRIES = 3; // of tickets that do not open, such as one that waits for its card since
const PAGES = 20; // that are looked at for one that opens

/** openNext - the first ticket but `done`; where it led. The inbox itself where there is none, or none opens. */
export async function openNext(done: string): Promise<Route> {
    const answer = await readPages(PAGES, ({ tickets }) => inOrder(tickets, done).length > 0);
    if (!answer.ok) return routes.inbox;
    for (const ticket of inOrder(answer.value.tickets, done).slice(0, TRIES)) {
        const opened = await openPerson(ticket.ticket);
        if (opened.ok) return nextRoute(ticket.tasks);
        if (person.value) break; // an alarm holds who is open
    }
    return routes.inbox;
}
