// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { LetIn, Own } from '../../lib/apps.ts';
import { Made, MakeLink } from './link.tsx';
import { linkMissing, lettingIn, mayMake, NO_LINK, over, showMissing } from './own_rules.ts';
import { OwnScreen, Shown } from './own.tsx';

const app = (name: string, on: boolean): LetIn => ({
    app: name.toLowerCase(),
    name,
    at: '2026-11-30T09:30:00Z',
    until: '2026-12-30T09:30:00Z',
    on,
    scopes: [{ type: 'Observation', where: '' }],
    classes: ['clinical'],
});
const OWN: Own = {
    apps: [app('Heart Diary', true), app('Old Diary', false), app('Older Diary', false)],
    links: [
        { number: 3, label: '', made: '2026-11-29T09:30:00Z', until: '2026-12-01T09:30:00Z', opened: 0, triesLeft: 10 },
        {
            number: 4,
            label: 'for Dr. O',
            made: '2026-11-29T09:30:00Z',
            until: '2026-12-01T09:30:00Z',
            opened: 2,
            lastOpened: '2026-11-30T08:00:00Z',
            triesLeft: 9,
        },
    ],
    mayLink: true,
};
const WHO = { card: '7QK4-M2ZP-9XTR-C5HW-A3NE', ownWord: '1980-06-15' };
const MADE = {
    link: 'shlink:/eyJ1cmwiOiJodHRwczovL3gifQ',
    passcode: '7QK4-M2ZP',
    number: 5,
    until: '2026-12-01T09:30:00Z',
};
const none = (): void => undefined;

test('nothing is shown before card and birth date, and what is missing is said one by one', async () => {
    assert.equal(showMissing(' ', '1980-06-15'), 'connect.need-card');
    assert.equal(showMissing('7QK4', ''), 'connect.need-told');
    assert.equal(showMissing('7QK4', '1980-06-15'), null);
    const html = await drawn(<OwnScreen />);
    assert(html.includes('id="card"') && html.includes('id="told"') && !html.includes('class="plain"'));
});
test('an app that is over is not shown as one that reads', async () => {
    assert.deepEqual(lettingIn(OWN.apps).map(({ name }) => name), ['Heart Diary']);
    assert.deepEqual(over(OWN.apps).map(({ name }) => name), ['Older Diary', 'Old Diary']);
    const text = wordsOf(await drawn(<Shown who={WHO} own={OWN} onOwn={none} onDone={none} />));
    assert.match(text, /Heart Diary It reads: Measurements, answers and results/);
    assert.match(text, /You said yes to: Measurements, results/);
    assert.equal(text.match(/It reads:/g)?.length, 1);
    assert.match(text, /Link 3 .*Nobody opened it\. 10 wrong passcodes end it\./);
    assert.match(text, /for Dr\. O .*Opened 2 times, last on 30 November 2026, .* 9 wrong passcodes end it\./);
});
test('nothing of a link is chosen before the person chooses', async () => {
    assert.equal(linkMissing(NO_LINK), 'own.need-apart');
    assert.equal(linkMissing({ ...NO_LINK, apart: 'no' }), 'own.need-days');
    assert.equal(linkMissing({ ...NO_LINK, apart: 'yes', days: '7' }), null);
    for (const language of ['en', 'ar'] as const) {
        const html = await drawn(<MakeLink isOff={false} onMake={none} />, language);
        assert(!/checked|choice-here|button-main/.test(html));
        assert.equal(html.match(/name="apart"/g)?.length, 2);
    }
});
test('a link is made only where it leads somewhere, and eight at a time', async () => {
    assert.equal(mayMake(OWN), 'yes');
    assert.equal(mayMake({ ...OWN, mayLink: false }), 'no-address');
    assert.equal(mayMake({ ...OWN, links: Array(8).fill(OWN.links[0]) as Own['links'] }), 'full');
    const html = await drawn(<Shown who={WHO} own={{ ...OWN, mayLink: false }} onOwn={none} onDone={none} />);
    assert(!html.includes('own-make') && html.includes('cannot be reached by an address'));
});
test('the passcode is on the screen and not on the paper with the link', async () => {
    const html = await drawn(<Made made={MADE} onDone={none} />);
    const kept = html.indexOf(MADE.passcode),
        hidden = html.lastIndexOf('class="no-print"', kept);
    assert(kept > 0 && hidden > 0 && html.indexOf(MADE.passcode, kept + 1) === -1);
    assert(!html.slice(hidden, kept).includes('</div>'), 'it stands in what is not printed');
    assert(html.indexOf(MADE.link) < hidden && html.includes('class="qr"'));
});
