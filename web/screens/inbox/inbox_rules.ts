// SPDX-License-Identifier: Apache-2.0
// The groups and the order of the inbox, where its tickets lead, and which one is next.
import { urgencies, type Urgency } from 'gen/lists.ts';
import type { Task, Ticket } from '../../lib/api.ts';
import { routes, type Route } from '../../routes.ts';

const ORDER = Object.keys(urgencies) as Urgency[];
const since = ({ tasks }: Ticket): string => tasks.map((task) => task.since).sort()[0] ?? '';

/** The most urgent of what is open, drafts too. */
export function urgencyOf({ urgency, tasks }: Ticket): Urgency {
    const all = [urgency, ...tasks.map((task) => task.urgency)].map((one) => ORDER.indexOf(one));
    const first: Urgency = 'emergency-now'; // what nobody knows stands there too
    return all.includes(-1) ? first : (ORDER[Math.min(...all)] ?? first);
}

/** Most urgent first; of the same urgency, who waits longest. */
export const byUrgency = (tickets: readonly Ticket[]): Ticket[] =>
    [...tickets].sort(
        (a, b) =>
            ORDER.indexOf(urgencyOf(a)) - ORDER.indexOf(urgencyOf(b)) || since(a).localeCompare(since(b)),
    );

/** What came and was not judged yet is incomplete; it stands before what can wait, behind what cannot. */
export const groups = ['emergency', 'today', 'soon', 'incomplete', 'normal'] as const;
export type Group = (typeof groups)[number];
export function groupOf(ticket: Ticket): Group {
    const urgency = urgencyOf(ticket);
    if (urgency === 'emergency-now') return 'emergency';
    if (urgency === 'same-day') return 'today';
    if (urgency === 'soon') return 'soon';
    return ticket.tasks.some(({ task }) => task === 'screen') ? 'incomplete' : 'normal';
}

/** The groups that have tickets, in their order; within one as byUrgency has them. */
export function grouped(tickets: readonly Ticket[]): { group: Group; tickets: Ticket[] }[] {
    const sorted = byUrgency(tickets);
    return groups
        .map((group) => ({ group, tickets: sorted.filter((one) => groupOf(one) === group) }))
        .filter(({ tickets: some }) => some.length > 0);
}

/** With a page more: who is on it again is as it says now. */
export function merged(tickets: readonly Ticket[], page: { tickets: readonly Ticket[]; again: boolean }): Ticket[] {
    const fresh = new Set(page.tickets.map(({ ticket }) => ticket));
    return [...(page.again ? [] : tickets.filter(({ ticket }) => !fresh.has(ticket))), ...page.tickets];
}

/** Can its record be opened now? Else it waits for the card. */
export const opens = ({ reach }: Ticket): boolean => reach !== 'next-visit';

/** The tickets to open, the first one first, but for the one that was just done with. */
export const inOrder = (tickets: readonly Ticket[], done: string): Ticket[] =>
    grouped(tickets)
        .flatMap(({ tickets: some }) => some)
        .filter((one) => opens(one) && one.ticket !== done);

/** Where the first thing to do is done. */
export function nextRoute(tasks: readonly Task[]): Route {
    const open = new Set(tasks.map(({ task }) => task)),
        today = ORDER.indexOf('same-day'),
        isAlarm = tasks.some(({ task, urgency }) => task === 'tell' && ORDER.indexOf(urgency) <= today);
    if (isAlarm || open.has('close')) return routes.urgent;
    if (open.has('tell')) return routes.results; // a result that is told in person
    if (open.has('letter') && !open.has('sign') && !open.has('screen')) return routes.letter;
    return routes.results;
}
