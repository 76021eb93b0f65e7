// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    CALM,
    passedSince,
    urgentCame,
    urgentDid,
    urgentEnd,
    urgentFailed,
    urgentHeld,
    urgentLets,
    urgentNow,
    urgentSend,
    urgentSent,
    type Alarm,
    type Leaving,
    type Outcome,
    type Urgent,
} from './urgent.ts';

const high: Alarm = { id: '1', item: 'bp-very-high', urgency: 'same-day' };
const pain: Alarm = { id: '2', item: 'q-chest-pain', urgency: 'emergency-now' };
const told: Outcome = { kind: 'told', how: 'in-person', isGuardian: false, agreed: '' };
const start: Urgent = CALM;
const ways: Leaving[] = ['back', 'escape', 'scan', 'link', 'close', 'sign-out'];

test('an alarm opens it, and what is less urgent does not', () => {
    assert.equal(urgentHeld(urgentCame(start, 'p', [high])), true);
    for (const urgency of ['soon', 'routine', 'self-care', 'none'])
        assert.equal(urgentHeld(urgentCame(start, 'p', [{ ...high, urgency }])), false, urgency);
});

test('a number that cannot be right is measured again and holds nobody; told or closed is over', () => {
    for (const one of [
        { ...high, item: 'refused-value' },
        { ...high, told: { by: 'lina' } },
        { ...high, closed: true },
    ])
        assert.equal(urgentHeld(urgentCame(start, 'p', [one])), false);
});

test('nothing leaves it but an outcome that the server has', () => {
    let urgent = urgentCame(start, 'p', [high]);
    for (const way of ways) assert.equal(urgentLets(urgent, way), false, way);
    urgent = urgentSend(urgent, told);
    assert.equal(urgentLets(urgent, 'back'), false);
    urgent = urgentFailed(urgent, 'E_ROLE');
    assert.deepEqual([urgentHeld(urgent), urgent.failed], [true, 'E_ROLE']);
    urgent = urgentSent(urgentSend(urgent, { kind: 'left' }), false);
    for (const way of ways) assert.equal(urgentLets(urgent, way), true, way);
});

test('an outcome is about the alarms that were shown: one that came meanwhile holds on', () => {
    const sending = urgentSend(urgentCame(start, 'p', [high]), told);
    const after = urgentSent(urgentCame(sending, 'p', [pain]), false);
    assert.deepEqual([urgentHeld(after), after.alarms], [true, [pain]]);
});

test('one outcome at a time', () => {
    const sending = urgentSend(urgentCame(start, 'p', [high]), told);
    assert.equal(urgentSend(sending, { kind: 'left' }), sending);
    assert.equal(urgentSent(start, false), start);
});

test('the most urgent stands first, the same one once, and no other person among them', () => {
    const both = urgentCame(urgentCame(start, 'p', [high]), 'p', [pain, high]);
    assert.deepEqual(
        both.alarms.map(({ id }) => id),
        ['2', '1'],
    );
    // The record knows it by a name that the answer did not have yet.
    assert.equal(urgentCame(both, 'p', [{ item: 'bp-very-high', urgency: 'same-day' }]).alarms.length, 2);
    assert.equal(urgentCame(both, 'another', [{ ...high, id: '3' }]), both);
    assert.equal(urgentNow(both, 'another', []), both);
});

test('what the server says is open now is what there is: answers can end an alarm', () => {
    const both = urgentDid(urgentCame(start, 'p', [pain, high]), 'called', 5);
    const fewer = urgentNow(both, 'p', [high]);
    assert.deepEqual([fewer.alarms, fewer.done], [[high], [{ what: 'called', at_ms: 5 }]]);
    assert.equal(urgentHeld(urgentNow(both, 'p', [])), false);
    assert.equal(urgentHeld(urgentNow(start, 'p', [pain])), true);
});

test('what had its outcome does not open it again; what is new does', () => {
    const over = urgentSent(urgentSend(urgentCame(start, 'p', [high]), { kind: 'call-clinician' }), false);
    assert.equal(urgentHeld(urgentCame(over, 'p', [high])), false);
    assert.equal(urgentHeld(urgentNow(over, 'p', [high])), false);
    assert.equal(urgentHeld(urgentCame(over, 'p', [{ ...high, urgency: 'emergency-now' }])), true);
    assert.equal(urgentHeld(urgentCame(over, 'p', [pain])), true);
    assert.equal(urgentHeld(urgentCame(over, 'another', [high])), true);
});

test('what may not be seen here ends by an outcome alone', () => {
    const apart: Alarm = { item: 'kept-apart', urgency: 'same-day' };
    assert.deepEqual(urgentNow(urgentCame(start, 'p', [apart, pain]), 'p', []).alarms, [apart]);
});

test('a clinician who told the person may close the alarm, and is not held to it', () => {
    const after = urgentSent(urgentSend(urgentCame(start, 'p', [high]), told), true);
    assert.deepEqual([after.mayClose, urgentHeld(after), after.person], [true, false, 'p']);
    assert.equal(urgentEnd(after).mayClose, false);
    assert.equal(urgentSent(urgentSend(urgentCame(start, 'p', [high]), { kind: 'left' }), true).mayClose, false);
    const held = urgentCame(start, 'p', [high]);
    assert.equal(urgentEnd(held), held);
});

test('what was done has its time, the newest one', () => {
    const did = urgentDid(urgentDid(urgentCame(start, 'p', [high]), 'called', 5), 'called', 9);
    assert.deepEqual(did.done, [{ what: 'called', at_ms: 9 }]);
    assert.equal(urgentDid(start, 'called', 5), start);
});

test('what was passed on is asked in short, since the first time; one that came new is asked in full', () => {
    const passed = (since: string): Alarm => ({ ...high, passedOn: { since } });
    assert.equal(passedSince([]), null);
    assert.equal(passedSince([passed('2026-11-30T10:42:00Z'), passed('2026-11-30T09:10:00Z')]), '2026-11-30T09:10:00Z');
    assert.equal(passedSince([passed('2026-11-30T10:42:00Z'), pain]), null);
    assert.equal(passedSince([pain, passed('2026-11-30T10:42:00Z')]), null);
});
