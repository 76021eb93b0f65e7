// SPDX-License-Identifier: Apache-2.0
// What became of the numbers: asked about, refused, not kept, on this tablet, stored. It takes the place of the keys
// where somebody has to decide.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Finding } from '../../lib/api.ts';
import { isKnown, t, type PlainKey } from '../../lib/words.ts';
import { AlarmList } from '../alarm/alarm.tsx';
import { unitText } from '../units/units.ts';
import { StateMark } from '../state/state.tsx';
import { savingDoubt, type Doubt, type Refusal } from './measure.ts';
import type { SavingUse } from './use_saving.ts';

const NAMES: Readonly<Record<string, readonly PlainKey[]>> = {
    bp: ['measure.name-systolic', 'measure.name-diastolic'],
    pulse: ['measure.name-pulse'],
    height: ['measure.name-height'],
    weight: ['measure.name-weight'],
    waist: ['measure.name-waist'],
};

/** nameText - the name of a number of a word: "upper blood pressure". */
export function nameText(word: string, which: 0 | 1 = 0): string {
    const key = NAMES[word]?.[which] ?? [`samples.test-${word}`, `vision.${word}`].find(isKnown);
    return key === undefined ? word : t(key as PlainKey);
}

// A heading that takes the focus: who reads by ear starts with the question.
function Head({ text }: { text: string }) {
    const head = useRef<HTMLHeadingElement>(null);
    useLayoutEffect(() => head.current?.focus(), [text]);
    return (
        <h2 ref={head} tabIndex={-1}>
            {text}
        </h2>
    );
}

/** What a number is called that somebody is asked about. */
type Names = (word: string, which: 0 | 1) => string;

function Question({ doubt, use, names }: { doubt: Doubt; use: SavingUse; names: Names }) {
    const unit = unitText(doubt.unit),
        name = names(doubt.word, doubt.which);
    return (
        <section class="ask" aria-live="assertive">
            <Head text={t('measure.ask', { name, number: doubt.number, unit })} />
            <p>{t('measure.usual', { low: doubt.soft[0], high: doubt.soft[1], unit })}</p>
            {doubt.otherUnit !== null && (
                <p>{t('measure.other-unit', { number: doubt.number, unit: unitText(doubt.otherUnit) })}</p>
            )}
            {doubt.isAgeNotKnown && <p>{t('measure.child')}</p>}
            <AlarmList alarms={use.alarms} title={t('measure.if-right')} />
            <div class="both">
                <button type="button" onClick={use.right}>
                    {t('measure.right')}
                </button>
                <button type="button" onClick={use.again}>
                    {t('measure.again')}
                </button>
            </div>
        </section>
    );
}

function refusalText({ why, hard, unit, word, which }: Refusal): string {
    if (hard && hard.length === 2)
        return t('measure.hard', {
            name: nameText(word, which ?? 0),
            low: hard[0],
            high: hard[1],
            unit: unitText(unit ?? ''),
        });
    if (why === 'pair') return t('measure.pair');
    return why === 'pairs' ? t('measure.pairs') : t('measure.cannot', { name: nameText(word, which ?? 0) });
}

function Refused({ refusal, use }: { refusal: Refusal; use: SavingUse }) {
    return (
        <section class="ask" role="alert">
            <Head text={t('measure.refused')} />
            <p>{refusalText(refusal)}</p>
            {refusal.otherUnit && <p>{t('measure.other-unit-refused', { unit: unitText(refusal.otherUnit) })}</p>}
            <p>{t('measure.nothing-lost')}</p>
            <AlarmList alarms={use.alarms} title={t('measure.until')} />
            <div class="both">
                <button type="button" class="button-main" onClick={use.again}>
                    {t('measure.again')}
                </button>
            </div>
        </section>
    );
}

function Failed({ code, alarms, use }: { code: string; alarms: readonly Finding[]; use: SavingUse }) {
    return (
        <section class="ask" role="alert">
            <Head text={t(code === 'E_FULL' ? 'measure.not-even-here' : 'measure.not-stored')} />
            <p>{t(code === 'E_FULL' ? 'measure.write-down' : 'measure.look-waiting')}</p>
            <AlarmList alarms={alarms} title={t('measure.all-the-same')} />
            <div class="both">
                <button type="button" class="button-main" onClick={use.again}>
                    {t('measure.go-on')}
                </button>
            </div>
        </section>
    );
}

/** Does somebody have to decide before anything else is typed? */
export const savingAsks = ({ saving }: SavingUse): boolean =>
    saving.step === 'asking' || saving.step === 'refused' || saving.step === 'failed';

export function Saved({ use, names = nameText }: { use: SavingUse; names?: Names }) {
    const { saving } = use,
        doubt = savingDoubt(saving);
    if (doubt !== null)
        return <Question key={`${doubt.reading} ${doubt.which}`} doubt={doubt} use={use} names={names} />;
    if (saving.step === 'refused') return <Refused refusal={saving.refusal} use={use} />;
    if (saving.step === 'failed') return <Failed code={saving.code} alarms={use.alarms} use={use} />;
    if (saving.step === 'typing') return null;
    if (saving.step === 'kept')
        return (
            <div class="note note-look" role="alert">
                <p class="saved">
                    <StateMark state={use.state ?? 'tablet'} />
                </p>
                <p>{t('measure.not-judged')}</p>
            </div>
        );
    // Until it is on the disk of this tablet nothing is promised.
    const state = saving.step === 'stored' ? 'stored' : use.state;
    return (
        <p class="saved" role="status">
            {state !== null && <StateMark state={state} />}
        </p>
    );
}
