// SPDX-License-Identifier: Apache-2.0
// The first pages of what is open, as one list.
import { api, type Answer, type OpenPage } from '../../lib/api.ts';
import { merged } from './inbox_rules.ts';

/** readPages - so many pages from the front, or until `isEnough`; `next`, counts and the rest as the last page says. */
export async function readPages(
    pages: number,
    isEnough: (so: OpenPage) => boolean = () => false,
): Promise<Answer<OpenPage>> {
    let tickets: OpenPage['tickets'] = [];
    let next = '';
    for (let i = 0; ; i++) {
        const answer: Answer<OpenPage> = await api.inbox(next);
        if (!answer.ok) return answer;
        const all = { ...answer.value, tickets: merged(tickets, answer.value) };
        if (i + 1 >= pages || all.next === '' || isEnough(all)) return { ok: true, value: all };
        ({ tickets, next } = all);
    }
}
