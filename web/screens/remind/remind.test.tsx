// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remindersSaid } from 'gen/lists.ts';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { Reminder } from '../../lib/reminders.ts';
import { screens, stationsOf } from '../../screens.tsx';
import { CallPage, ListPage } from './remind.tsx';

const none = (): void => undefined;
const somebody: Reminder = {
    person: 'h',
    name: 'Amal Haddad',
    telephones: '+20 100 5550000',
    language: 'ar',
    nextDate: '2027-11-30',
    siteTelephone: '0123 456',
};

test('the list has tickets and days, and no other word of anybody', async () => {
    const tickets = [{ ticket: 'K7M-2QX', due: '2027-11-30' }],
        html = await drawn(<ListPage tickets={tickets} isBusy={false} onOpen={none} />);
    assert.match(wordsOf(html), /K7M-2QX/);
    assert.match(wordsOf(html), /30 November 2027/);
    assert.equal((html.match(/<button/g) ?? []).length, 1);
});
test('a call has each outcome as a button of one size, none of them chosen, in both languages', async () => {
    for (const language of ['en', 'ar'] as const) {
        const page = <CallPage reminder={somebody} ticket="K7M-2QX" isBusy={false} onSaid={none} onLeave={none} />,
            html = await drawn(page, language);
        const said = html.match(/<button type="button" class="choice">/g) ?? [];
        assert.equal(said.length, Object.keys(remindersSaid).length);
        assert.doesNotMatch(html, /checked|aria-pressed="true"|choice-here|button-main/);
        assert.match(wordsOf(html), /Amal Haddad/);
    }
});
test('without a telephone, a name or a language of theirs the page says so and has no empty line', async () => {
    const bare = { ...somebody, name: '', telephones: '', language: '', siteTelephone: '' },
        html = await drawn(<CallPage reminder={bare} ticket="K7M-2QX" isBusy={false} onSaid={none} onLeave={none} />);
    assert.match(wordsOf(html), /No telephone is recorded/);
    assert.match(wordsOf(html), /K7M-2QX/);
    assert.doesNotMatch(html, /<li><\/li>/);
});
test('registrars alone have the screen', () => {
    const path = '/reminders';
    assert.deepEqual(screens.find((one) => one.path === path)?.roles, ['registrar']);
    assert.ok(stationsOf('registrar').some((one) => one.path === path));
    assert.ok(!stationsOf('clinician').some((one) => one.path === path));
});
