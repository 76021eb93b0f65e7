// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFact } from '../../parts/questions/questions.ts';
import {
    dangerAnswer,
    dangerFrom,
    dangerIsUrgent,
    dangerLeft,
    dangerList,
    dangerNone,
    dangerOpen,
    dangerReadings,
    dangerState,
    dangerStored,
    dangerWith,
    sexOf,
} from './danger.ts';

const man = dangerOpen('male', 58),
    woman = dangerOpen('female', 30);

test('nothing is chosen for anybody, and nothing is sent that nobody said', () => {
    for (const danger of [man, woman]) {
        assert(dangerList(danger).every((question) => dangerState(danger, question) === 'not-asked'));
        assert.deepEqual(dangerReadings(danger), []);
        assert.equal(dangerLeft(danger), dangerList(danger).length);
    }
});

test('pregnancy is asked where it is possible, and its signs of the pregnant alone', () => {
    assert(!dangerList(man).includes('pregnant'));
    assert.deepEqual(dangerList(woman).slice(0, 2), ['pregnant', 'birth-within-6-weeks']);
    assert(!dangerList(woman).includes('waters-broken'));
    assert(dangerList(dangerAnswer(woman, 'pregnant', 'yes')).includes('waters-broken'));
});

test('"none of these" is one word, and answers no fact', () => {
    const none = dangerNone(woman);
    assert.deepEqual(dangerReadings(none), [{ word: 'no-danger-signs', text: 'yes' }]);
    assert.equal(dangerState(none, 'pregnant'), 'not-asked');
    assert.deepEqual(dangerReadings(dangerAnswer(none, 'pregnant', 'no')), [
        { word: 'pregnant', text: 'no' },
        { word: 'no-danger-signs', text: 'yes' },
    ]);
});

test('"none of these" behind a yes leaves the yes', () => {
    const danger = dangerNone(dangerAnswer(man, 'fainting', 'yes')),
        said = dangerReadings(danger);
    assert.equal(dangerState(danger, 'fainting'), 'yes');
    assert.equal(
        said.some(({ word }) => word === 'no-danger-signs'),
        false,
    );
    assert.deepEqual(
        said.filter(({ text }) => text === 'yes').map(({ word }) => word),
        ['fainting'],
    );
});

test('one question of many that was not asked is not sent as a no', () => {
    const [first, ...rest] = dangerList(man).filter((question) => !isFact(question));
    const all = rest.reduce((danger, question) => dangerAnswer(danger, question, 'no'), man);
    assert(
        first !== undefined && !dangerReadings(all).some(({ word }) => word === first || word === 'no-danger-signs'),
    );
    assert.equal(dangerLeft(all), 2);
});

test('an answer is taken back by itself while it is here, and stays once the server has it', () => {
    const yes = dangerAnswer(man, 'seizure', 'yes');
    assert.equal(dangerState(dangerAnswer(yes, 'seizure', 'yes'), 'seizure'), 'not-asked');
    assert.equal(dangerState(dangerAnswer(yes, 'seizure', 'no'), 'seizure'), 'no');
    const stored = dangerStored(yes, dangerReadings(yes));
    assert.deepEqual(dangerReadings(stored), []);
    assert.equal(dangerState(dangerAnswer(stored, 'seizure', 'no'), 'seizure'), 'yes');
});

test('the sex is what was asked at this visit, and nothing else', () => {
    assert.equal(sexOf([]), null);
    assert.equal(sexOf([{ word: 'sex', answer: 'female' }]), 'female');
    assert.equal(sexOf([{ word: 'sex', answer: 'yes' }]), null);
});

test('a yes can be said over a no that the server has, and goes as what is new', () => {
    const none = dangerNone(man),
        stored = dangerStored(none, dangerReadings(none)),
        yes = dangerAnswer(stored, 'fainting', 'yes');
    assert.deepEqual(dangerReadings(stored), []);
    assert.deepEqual(dangerReadings(yes), [{ word: 'fainting', text: 'yes' }]);
    assert.equal(dangerState(dangerAnswer(yes, 'fainting', 'yes'), 'fainting'), 'no');
});

test('what was typed here stands beside the record, and over its no as a yes alone', () => {
    const known = dangerStored(man, [
        { word: 'fainting', text: 'no' },
        { word: 'seizure', text: 'yes' },
        { word: 'jaundice', text: 'no' },
    ]);
    const both = dangerWith(known, { fainting: 'yes', seizure: 'no', jaundice: 'not-asked', 'chest-pain': 'no' });
    assert.deepEqual(
        (['fainting', 'seizure', 'jaundice', 'chest-pain'] as const).map((question) => dangerState(both, question)),
        ['yes', 'yes', 'no', 'no'],
    );
});

test('a yes to a sign goes by itself; a no and a fact wait for "save"', () => {
    assert.deepEqual(
        [dangerIsUrgent('chest-pain', 'yes'), dangerIsUrgent('chest-pain', 'no'), dangerIsUrgent('pregnant', 'yes')],
        [true, false, false],
    );
});

test('behind a yes that is stored, the rest is sent one by one', () => {
    const yes = dangerAnswer(man, 'jaundice', 'yes'),
        stored = dangerStored(yes, dangerReadings(yes)),
        rest = dangerReadings(dangerNone(stored));
    assert.equal(
        rest.some(({ word }) => word === 'no-danger-signs' || word === 'jaundice'),
        false,
    );
    assert.equal(rest.length, dangerList(man).filter((question) => !isFact(question)).length - 1);
});

test('what was answered at this visit is there again; a yes stands above "none"', () => {
    const danger = dangerFrom(woman, [
        { word: 'waters-broken', answer: 'yes' },
        { word: 'no-danger-signs', answer: 'yes' },
        { word: 'pregnant', answer: 'yes' },
        { word: 'height', answer: null },
        { word: 'fainting', answer: 'yes' },
        { word: 'fainting', answer: 'no' },
    ]);
    assert.deepEqual(
        ['pregnant', 'waters-broken', 'fainting', 'chest-pain'].map((question) =>
            dangerState(danger, question as 'fainting'),
        ),
        ['yes', 'yes', 'yes', 'no'],
    );
    assert.deepEqual(dangerReadings(danger), []);
    assert.equal(dangerState(danger, 'acute-illness'), 'not-asked');
});
