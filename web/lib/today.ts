// SPDX-License-Identifier: Apache-2.0
// Where the open person stands in the queue of today, as the server said it last; what a station says of them.
import { signal } from '@preact/signals';
import type { Station, Why } from 'gen/lists.ts';
import { api, type Answer, type AtStation, type Queued, type QueuedPlace } from './api.ts';
import { closePerson, person } from './session.ts';

const heard = signal<{ person: string; queue: Queued } | null>(null);

/** The place of the open person; null: they are not in the queue. */
export function place(): QueuedPlace | null {
    const open = person.value,
        queue = heard.value?.person === open?.person && heard.value ? heard.value.queue : open?.queue;
    return queue?.ticket ? queue : null;
}

// One after the other: where somebody is, is known only when what was said before has been answered.
let before: Promise<unknown> = Promise.resolve();
function say(asked: (handle: string) => Promise<Answer<Queued>>): Promise<Answer<Queued>> {
    const handle = person.value?.person ?? '';
    const turn = before.then(async () => {
        const answer = await asked(handle);
        if (answer.ok) heard.value = { person: handle, queue: answer.value };
        return answer;
    });
    before = turn;
    return turn;
}

export const checkIn = (): Promise<Answer<Queued>> => say((handle) => api.checkIn(handle));
export const atStation = (station: Station, state: AtStation): Promise<Answer<Queued>> =>
    say((handle) => api.atStation(handle, station, state));
export const settle = (item: string, why: Why): Promise<Answer<Queued>> =>
    say((handle) => api.settle(handle, item, why));

/** The next card comes: who is at a station goes back to wait. What is left of them there, the plan says. Says where
 * they were, for a card that opens nobody. */
export async function stepBack(): Promise<Station | null> {
    await before;
    const at = place()?.at ?? null;
    if (at) await atStation(at, 'back');
    return at;
}

/** The station is done with them, and they are closed: one tap. */
export async function handOver(station: Station): Promise<Answer<unknown>> {
    const answer = place() === null ? null : await atStation(station, 'done');
    return answer === null || answer.ok ? closePerson() : answer;
}

/** They go home: the exit check is over, or they left before. */
export async function goHome(how: 'finished' | 'left'): Promise<Answer<unknown>> {
    const answer = await say((handle) => api.leave(handle, how));
    return answer.ok ? closePerson() : answer;
}
