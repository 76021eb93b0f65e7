// SPDX-License-Identifier: Apache-2.0
// Hearing: the short test, signs of the ears, and the tones in dB where there is a device for them.
import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso/router';
import { dropDraft, useDraft } from '../../lib/draft.ts';
import { person } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { Beside } from '../../parts/beside/beside.tsx';
import { Keypad, type BoxWords } from '../../parts/keypad/keypad.tsx';
import { padAgain, padOpen } from '../../parts/keypad/keypad.ts';
import { usePad } from '../../parts/keypad/use_pad.ts';
import { savingHolds } from '../../parts/measure/measure.ts';
import { Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { useSaving, type SavingUse } from '../../parts/measure/use_saving.ts';
import { Pick } from '../../parts/pick/pick.tsx';
import { routes } from '../../routes.ts';
import { hearingFrom, hearingQuestions, hearingReadings, hearingSaid, toneBoxes, tones, type Said } from './hearing.ts';

const words = (): readonly BoxWords[] =>
    tones.map(({ ear, pitch_hz, word }) => ({
        label: t(`hearing.${ear}`, { pitch: pitch_hz }),
        unit: 'dB',
        beside: <Beside word={word} />,
    }));

const answerOf = (word: string): 'yes' | 'no' | null => {
    const one = person.value?.today.find((reading) => reading.word === word && reading.answer !== null);
    return one?.answer === 'yes' || one?.answer === 'no' ? one.answer : null;
};

function Questions({ said, isOff, onSaid }: { said: Said; isOff: boolean; onSaid: (said: Said) => void }) {
    const options = (['yes', 'no'] as const).map((value) => ({ value, text: t(`questions.${value}`) }));
    return (
        <>
            {hearingQuestions.map((word) => {
                const stored = answerOf(word);
                return (
                    <Pick
                        key={word}
                        name={word}
                        label={t(`hearing.${word}`)}
                        options={options}
                        value={said[word] ?? null}
                        isOff={isOff}
                        beside={
                            stored && (
                                <span class="before">
                                    ✓ {t(`questions.${stored}`)} · {t('questions.stored')}
                                </span>
                            )
                        }
                        onPick={(value) => onSaid(hearingSaid(said, word, value as 'yes' | 'no' | null))}
                    />
                );
            })}
        </>
    );
}

function Save({ use, isOff, save }: { use: SavingUse; isOff: boolean; save: (() => void) | null }) {
    const { route } = useLocation();
    return (
        <div class="buttons">
            {save !== null && (
                <button type="button" class="button-main" disabled={isOff} onClick={save}>
                    {t('hearing.save')}
                </button>
            )}
            {use.saving.step === 'stored' && (
                <button type="button" onClick={() => route(routes.scan)}>
                    {t('hearing.go-scan')}
                </button>
            )}
        </div>
    );
}

export function HearingScreen() {
    const { route } = useLocation(),
        said = useDraft<Said>('hearing', {}),
        texts = useDraft<readonly string[]>('hearing-tones', []),
        isTones = useSignal(false);
    const use = useSaving('hearing', {
        onDone: () => {
            said.value = {};
            pad.set(padOpen(toneBoxes));
            void dropDraft('hearing');
            void dropDraft('hearing-tones');
        },
        onAgain: ({ reading }, readings) => {
            const before = hearingFrom(readings),
                at = tones.findIndex(({ word }) => word === readings[reading]?.word);
            said.value = before.said;
            pad.set(padAgain(padOpen(toneBoxes, before.texts), Math.max(0, at)));
            isTones.value = isTones.value || at >= 0;
        },
    });
    const isOff = savingAsks(use) || savingHolds(use.saving);
    const pad = usePad(toneBoxes, texts, {
        isOff: isOff || !isTones.value,
        onSave: (numbers) => use.save(hearingReadings(said.value, numbers)),
        onLeave: () => route(routes.scan),
    });
    const isShown = isTones.value || pad.pad.texts.some((text) => text !== ''),
        isEmpty = hearingReadings(said.value, pad.pad.texts).length === 0;
    return (
        <div class="station">
            <div class="station-about">
                <p>{t('hearing.how')}</p>
                <Saved use={use} />
                <Questions said={said.value} isOff={isOff} onSaid={(next) => void (said.value = next)} />
                <p class="small">{t('hearing.signs')}</p>
                {!isShown && (
                    <p>
                        <button type="button" class="wide" onClick={() => void (isTones.value = true)}>
                            {t('hearing.tones')}
                        </button>
                    </p>
                )}
                <Save
                    use={use}
                    isOff={isOff || isEmpty}
                    save={isShown ? null : () => use.save(hearingReadings(said.value, pad.pad.texts))}
                />
            </div>
            {isShown && !savingAsks(use) && (
                <Keypad use={pad} words={words()} save={t('hearing.save')} isOff={isOff} />
            )}
        </div>
    );
}
