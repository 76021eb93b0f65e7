// SPDX-License-Identifier: Apache-2.0
// Height, weight, waist on one screen, the last visit greyed beside. The body mass index is only shown here.
import { useLocation } from 'preact-iso/router';
import { dropDraft, useDraft } from '../../lib/draft.ts';
import { person } from '../../lib/session.ts';
import { timeTo } from '../../lib/timing.ts';
import { t } from '../../lib/words.ts';
import { Beside } from '../../parts/beside/beside.tsx';
import { newest } from '../../parts/beside/newest.ts';
import { Keypad, type BoxWords } from '../../parts/keypad/keypad.tsx';
import { padAgain, padOpen } from '../../parts/keypad/keypad.ts';
import { usePad } from '../../parts/keypad/use_pad.ts';
import { savingHolds } from '../../parts/measure/measure.ts';
import { nameText, Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { useSaving } from '../../parts/measure/use_saving.ts';
import { unitText } from '../../parts/units/units.ts';
import { routes } from '../../routes.ts';
import { BODY_UNITS, bodyBoxes, bodyMass, bodyReadings, bodyTexts, bodyWords } from './body.ts';

const words = (): readonly BoxWords[] =>
    bodyWords.map((word) => ({
        label: nameText(word),
        unit: unitText(BODY_UNITS[word]),
        beside: <Beside word={word} />,
    }));

// Of what stands in the boxes, else of what was measured today; a height of an earlier visit counts for nobody here.
function Mass({ texts }: { texts: readonly string[] }) {
    const [height = '', weight = ''] = bodyWords.map(
        (word, i) => texts[i] || newest(person.value?.today ?? [], word)?.numbers?.[0] || '',
    );
    const mass = bodyMass(height, weight);
    return (
        <p class="mass" role="status">
            {mass === null ? (
                t('body.no-mass')
            ) : (
                <>
                    {t('body.mass')}{' '}
                    <bdi dir="ltr" class="number">
                        {mass}
                    </bdi>{' '}
                    {unitText('kg/m2')}
                </>
            )}
        </p>
    );
}

export function BodyScreen() {
    const { route } = useLocation(),
        draft = useDraft<readonly string[]>('body', []);
    const use = useSaving('body', {
        onDone: () => {
            timeTo('body');
            pad.set(padOpen(bodyBoxes));
            void dropDraft('body');
        },
        onAgain: ({ reading }, readings) => {
            const at = bodyWords.findIndex((word) => word === readings[reading]?.word);
            pad.set(padAgain(padOpen(bodyBoxes, bodyTexts(readings)), Math.max(0, at)));
        },
    });
    const isOff = savingAsks(use) || savingHolds(use.saving);
    const pad = usePad(bodyBoxes, draft, {
        isOff,
        timed: 'body',
        onSave: (texts) => use.save(bodyReadings(texts)),
        onLeave: () => route(routes.scan),
    });
    return (
        <div class="station">
            <div class="station-about">
                <p>{t('body.how')}</p>
                <Mass texts={pad.pad.texts} />
                {!savingAsks(use) && <Saved use={use} />}
                {use.saving.step === 'stored' && (
                    <div class="next">
                        <button type="button" onClick={() => route(routes.scan)}>
                            {t('body.go-scan')}
                        </button>
                    </div>
                )}
            </div>
            {savingAsks(use) ? (
                <Saved use={use} />
            ) : (
                <Keypad use={pad} words={words()} save={t('body.save')} isOff={isOff} />
            )}
        </div>
    );
}
