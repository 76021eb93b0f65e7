// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asked, Consents, AskedPurpose } from '../../lib/api.ts';
import { drawn } from '../../drawn.tsx';
import {
    talkAgain,
    talkAnswer,
    talkApart,
    talkBegin,
    talkBy,
    talkChild,
    talkEnd,
    talkHeard,
    talkNeedsWitness,
    talkNext,
    talkOff,
    talkRemind,
    talkSent,
    receiptLines,
    withChoice,
    type Talk,
} from './consent.ts';
import { ApartPage, AskPage, BackPage, ChildPage, RemindPage, SayPage, WhoPage } from './pages.tsx';

const PURPOSES: readonly AskedPurpose[] = ['care', 'follow-up', 'statistics', 'research-contact'];
const asked = (purpose: AskedPurpose): Asked => ({
    purpose,
    version: '1.0',
    title: `About ${purpose}`,
    sections: [{ id: 'what', heading: 'What?', text: 'This.' }],
    yes: 'I agree.',
    readBack: [
        { ask: 'One?', points: ['a'] },
        { ask: 'Two?', points: ['b', 'c'] },
        { ask: 'Three?', points: ['d'] },
    ],
    days: 100,
    mayKeepApart: purpose === 'care',
    reminder:
        purpose === 'follow-up'
            ? { heading: 'A call?', text: 'We call you.', yes: 'I want a call.', nextDate: '2027-11-30' }
            : null,
    on: false,
    keepsApart: false,
    remindOn: null,
    until: null,
});
const consents: Consents = {
    language: 'en',
    languages: ['ar', 'en'],
    purposes: PURPOSES.map(asked),
    who: 'self',
    asksChild: false,
};
const CARE = asked('care'),
    FOLLOW = asked('follow-up');
const allSaid = (talk: Talk): Talk => [0, 1, 2].reduce((now, at) => talkHeard(now, at, true), talk);
const to = (talk: Talk) => talk.now && `${talk.now.purpose} ${talk.now.step}`;

test('every combination of yes and no: what was said yes to is sent, one purpose a time, and nothing of a no', () => {
    for (let said = 0; said < 1 << PURPOSES.length; said++) {
        let talk = talkBegin(talkOff(consents), 'self');
        const sent: AskedPurpose[] = [];
        for (let steps = 0; talk.now !== null; steps++) {
            assert(steps < 100);
            const of = asked(talk.now.purpose),
                isYes = (said >> PURPOSES.indexOf(of.purpose)) & 1;
            if (talk.now.step === 'ask') talk = talkAnswer(talk, isYes === 1, of, false);
            else if (talk.now.step === 'apart') talk = talkApart(talk, false, of, false);
            else if (talk.now.step === 'remind') talk = talkRemind(talk, false, of, false);
            else if (talk.now.step === 'back') talk = allSaid(talk);
            else {
                const one = talkSent(talk, of, 'en', 'card', false);
                assert(one !== null);
                const { purpose } = of;
                assert.deepEqual(one, { purpose, version: '1.0', language: 'en', rounds: '1', method: 'card' });
                sent.push(one.purpose);
                talk = talkNext(talk);
            }
        }
        assert.deepEqual(sent, PURPOSES.filter((_, at) => (said >> at) & 1));
    }
});
test('nothing is sent before it was said yes, said back and shown', () => {
    let talk = talkBegin(['care'], 'self');
    const none = (what: string): void => assert.equal(talkSent(talk, CARE, 'en', 'card', false), null, what);
    none('not asked');
    talk = talkAnswer(talk, true, CARE, false);
    none('what is kept apart is not answered');
    assert.equal(to(talk), 'care apart');
    talk = talkApart(talk, true, CARE, false);
    none('nothing said back');
    talk = talkHeard(talkHeard(talk, 0, true), 1, true);
    none('two of three');
    talk = talkHeard(talk, 2, true);
    assert.equal(talkSent(talk, CARE, 'en', 'card', false)?.keepApart, true);
    assert.equal(talkSent(talk, FOLLOW, 'en', 'card', false), null, 'another purpose');
});
test('a call before the next check is a yes of its own: no, or nothing said, sends none', () => {
    const asking = talkAnswer(talkBegin(['follow-up'], 'self'), true, FOLLOW, false);
    assert.equal(talkSent(asking, FOLLOW, 'en', 'card', false), null, 'not answered yet');
    for (const isYes of [true, false]) {
        const sent = talkSent(allSaid(talkRemind(asking, isYes, FOLLOW, false)), FOLLOW, 'en', 'card', false);
        assert.equal(sent?.remind, isYes ? true : undefined);
    }
    const given = talkSent(allSaid(talkRemind(asking, true, FOLLOW, false)), FOLLOW, 'en', 'card', false);
    const on = withChoice(consents, 'follow-up', true, given ?? undefined).purposes[1];
    assert.equal(on?.remindOn, '2027-11-30');
    const unasked = talkAnswer(talkBegin(['follow-up'], 'self'), true, { ...FOLLOW, reminder: null }, false);
    assert.equal(to(unasked), 'follow-up back', 'a form without the question');
    const guardian = talkAnswer(talkBy(talkBegin(['follow-up'], 'guardian'), 'guardian'), true, FOLLOW, true);
    assert.equal(to(talkRemind(guardian, true, FOLLOW, true)), 'follow-up child', 'the child is asked');
});
test('what is not clear is explained once more; not clear then, it stays off', () => {
    let talk = talkAnswer(talkBegin(['follow-up', 'statistics'], 'self'), true, FOLLOW, false);
    assert.equal(to(talk), 'follow-up remind');
    talk = talkRemind(talk, false, FOLLOW, false);
    talk = talkHeard(talkHeard(talkHeard(talk, 0, true), 1, false), 2, true);
    assert.equal(to(talk), 'follow-up again');
    talk = talkAgain(talk, FOLLOW);
    assert.deepEqual(talk.now?.heard, [null, null, null]);
    assert.equal(talkSent(allSaid(talk), FOLLOW, 'en', 'signed', false)?.rounds, '2');
    assert.equal(to(talkHeard(talkHeard(talkHeard(talk, 0, true), 1, true), 2, false)), 'statistics ask');
});
test('a child: somebody who decides is there first, the child is asked, and a no of the child decides', () => {
    const begun = talkBegin(['care', 'follow-up'], 'guardian');
    assert.equal(begun.by, null);
    const talk = talkAnswer(talkBy(begun, 'guardian'), true, CARE, true);
    assert.equal(to(talk), 'care child', 'a guardian is not asked about what is kept apart');
    assert.equal(to(talkChild(talk, 'dissent', CARE)), 'follow-up ask');
    const given = talkSent(allSaid(talkChild(talk, 'given', CARE)), CARE, 'en', 'card', true);
    assert.deepEqual([given?.isGuardian, given?.assent, given?.witness], [true, 'given', undefined]);
    const unable = allSaid(talkChild(talk, 'not-able', CARE));
    assert(talkNeedsWitness(unable, true));
    assert.equal(talkSent(unable, CARE, 'en', 'card', true)?.witness, 'independent');
    const small = talkAnswer(talkBy(begun, 'guardian'), true, CARE, false);
    assert.equal(to(small), 'care back', 'too young to be asked');
    assert.deepEqual(talkSent(allSaid(small), CARE, 'en', 'card', false)?.assent, 'not-able');
});
test('a spoken yes has a witness, a statement of age is said, and the end asks nothing more', () => {
    const yes = talkAnswer(talkBy(talkBegin(['follow-up'], 'either'), 'of-age'), true, FOLLOW, true),
        talk = allSaid(talkRemind(yes, false, FOLLOW, true));
    assert.equal(talkSent(talk, FOLLOW, 'en', 'spoken', true)?.witness, 'independent');
    assert.equal(talkSent(talk, FOLLOW, 'en', 'card', true)?.ofAge, true);
    assert.equal(talkSent({ ...talk, by: null }, FOLLOW, 'en', 'card', true), null);
    assert.equal(talkEnd(talkBegin(PURPOSES, 'self')).now, null);
});
test('off says nothing of how it came to be off', () => {
    const words = { purpose: 'care', version: '1.0', language: 'en' } as const,
        given = { ...words, rounds: '1', method: 'card', keepApart: true } as const,
        after = withChoice(withChoice(consents, 'care', true, given), 'care', false);
    assert.deepEqual(after, consents);
    assert.deepEqual(talkOff(withChoice(consents, 'care', true)), PURPOSES.slice(1));
});

test('an instant in a receipt is written as people write it', () => {
    const body = 'At 2026-11-30T12:30:17Z you took it back.\nKeep this.';
    const lines = receiptLines(body, (at) => `<${at.slice(11, 16)}>`);
    assert.deepEqual(lines, ['At \u2068<12:30>\u2069 you took it back.', 'Keep this.']);
});

const none = (): void => undefined;
test('on no page anything is chosen, and the answers stand in one row of one size', async () => {
    const now = talkRemind(talkAnswer(talkBegin(['follow-up'], 'self'), true, FOLLOW, false), false, FOLLOW, false);
    assert(now.now);
    const pages = {
        ask: <AskPage asked={CARE} language="en" isGuardian={false} onAnswer={none} />,
        apart: <ApartPage onAnswer={none} />,
        remind: <RemindPage asked={FOLLOW} language="en" onAnswer={none} />,
        child: <ChildPage onSays={none} />,
        who: <WhoPage who="guardian" onBy={none} onNobody={none} />,
        back: <BackPage asked={FOLLOW} now={now.now} language="en" onHeard={none} />,
        say: (
            <SayPage
                asked={FOLLOW}
                talk={allSaid(now)}
                asksChild={false}
                language="en"
                isBusy={false}
                onNote={none}
                onNo={none}
            />
        ),
    };
    for (const language of ['en', 'ar'] as const)
        for (const [name, page] of Object.entries(pages)) {
            const html = await drawn(page, language);
            assert(!/checked|selected|aria-pressed="true"|choice-here|button-main/.test(html), `${name} ${language}`);
            assert(html.includes('class="both'), name);
        }
    const answers = (await drawn(pages.ask)).match(/<button type="button" class="choice">([^<]*)</g) ?? [];
    assert.equal(answers.length, 2, 'yes and no, alike');
});
