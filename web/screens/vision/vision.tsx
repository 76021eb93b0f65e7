// SPDX-License-Identifier: Apache-2.0
// Sight: right eye, left eye, print. What was read at the last visit stands greyed beside.
import { useLocation } from 'preact-iso/router';
import { dropDraft, useDraft } from '../../lib/draft.ts';
import { t } from '../../lib/words.ts';
import { Beside } from '../../parts/beside/beside.tsx';
import { savingHolds } from '../../parts/measure/measure.ts';
import { Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { useSaving } from '../../parts/measure/use_saving.ts';
import { Pick } from '../../parts/pick/pick.tsx';
import { routes } from '../../routes.ts';
import {
    NO_LINE,
    NO_SIGHT,
    visionFrom,
    visionOptions,
    visionReadings,
    visionWith,
    visionWords,
    type Sight,
    type VisionWord,
} from './vision.ts';

const optionText = (word: VisionWord, value: string): string =>
    word === 'near-vision' ? `N${value}` : value === NO_LINE ? t('vision.no-line') : value;

export function VisionScreen() {
    const { route } = useLocation(),
        draft = useDraft<Sight>('vision', NO_SIGHT);
    const use = useSaving('vision', {
        onDone: () => {
            draft.value = NO_SIGHT;
            void dropDraft('vision');
        },
        onAgain: (_, readings) => void (draft.value = visionFrom(readings)),
    });
    const isOff = savingAsks(use) || savingHolds(use.saving),
        sight = draft.value,
        readings = visionReadings(sight);
    return (
        <div class="senses">
            <p>{t('vision.how')}</p>
            <Saved use={use} />
            {visionWords.map((word) => (
                <Pick
                    key={word}
                    name={word}
                    label={t(`vision.${word}`)}
                    options={visionOptions(word).map((value) => ({ value, text: optionText(word, value) }))}
                    value={sight[word]}
                    isOff={isOff}
                    beside={<Beside word={word} />}
                    onPick={(value) => void (draft.value = visionWith(sight, word, value))}
                />
            ))}
            <p class="small">{t('vision.signs')}</p>
            <div class="buttons">
                <button
                    type="button"
                    class="button-main"
                    disabled={isOff || readings.length === 0}
                    onClick={() => use.save(readings)}
                >
                    {t('vision.save')}
                </button>
                {use.saving.step === 'stored' && (
                    <button type="button" onClick={() => route(routes.scan)}>
                        {t('vision.go-scan')}
                    </button>
                )}
            </div>
        </div>
    );
}
