// SPDX-License-Identifier: Apache-2.0
// The order of the inbox, and where its tickets lead.
import { urgencies, type Urgency } from 'gen/lists.ts';
import type { Task, Ticket } from '../../lib/api.ts';
import { routes, type Route } from '../../routes.ts';

const ORDER = Object.keys(urgencies) as Urgency[];
const since = ({ tasks }: Ticket): string => tasks.map((task) => task.since).sort()[0] ?? '';

/** Most urgent first; of the same urgency, who waits longest. */
export const byUrgency = (tickets: readonly Ticket[]): Ticket[] =>
    [...tickets].sort(
        (a, b) => ORDER.indexOf(a.urgency) - ORDER.indexOf(b.urgency) || since(a).localeCompare(since(b)),
    );

/** Where the first thing to do is done. */
export function nextRoute(tasks: readonly Task[]): Route {
    const open = new Set(tasks.map(({ task }) => task));
    if (open.has('tell') || open.has('close')) return routes.urgent;
    if (open.has('letter') && !open.has('sign') && !open.has('screen')) return routes.letter;
    return routes.results;
}
