// SPDX-License-Identifier: Apache-2.0
// Samples: a test done here with its kit and its countdown, tubes for the laboratory with their labels, and results
// that come back under a label.
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';
import { useLocation } from 'preact-iso/router';
import { api, type Range } from '../../lib/api.ts';
import type { Order } from '../../lib/asked.ts';
import { dropDraft, useDraft } from '../../lib/draft.ts';
import { takeScans } from '../../lib/scanner.ts';
import { me, person } from '../../lib/session.ts';
import { t, type PlainKey } from '../../lib/words.ts';
import { Beside } from '../../parts/beside/beside.tsx';
import { Keypad } from '../../parts/keypad/keypad.tsx';
import { padAgain, padOpen, type Box } from '../../parts/keypad/keypad.ts';
import { usePad } from '../../parts/keypad/use_pad.ts';
import { savingHolds } from '../../parts/measure/measure.ts';
import { nameText, Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { useSaving } from '../../parts/measure/use_saving.ts';
import { Pick } from '../../parts/pick/pick.tsx';
import { unitText } from '../../parts/units/units.ts';
import { routes } from '../../routes.ts';
import { Countdown } from './countdown.tsx';
import { KitBox } from './kit.tsx';
import { Labels, Tubes } from './tubes.tsx';
import { kitOf, kitState, labelIs, NO_KIT, sampleReading, testsOf, type Kit, type Test } from './samples.ts';

/** What is asked of the open person, and how each test is typed; null: it is not here yet. */
interface Asked {
    readonly tests: readonly Test[];
    readonly ranges: readonly Range[];
}

const stateText = (test: Test): string =>
    test.state === 'drawn'
        ? t('samples.drawn', { label: test.label })
        : t(`samples.state-${test.state}` as 'samples.state-missing' & PlainKey);

/** Today at the site, as kits write it. */
const todayText = (): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: me.value?.site.zone, dateStyle: 'short' }).format(Date.now());

const boxesOf = (word: string, ranges: readonly Range[]): readonly Box[] => {
    const range = ranges.find((one) => one.word === word);
    return [{ id: word, whole: 4, decimals: Math.max(range?.decimals ?? 1, range === undefined ? 1 : 0) }];
};

function useAsked(): { asked: Signal<Asked | null>; isFailed: Signal<boolean>; load: () => void } {
    const asked = useSignal<Asked | null>(null),
        isFailed = useSignal(false),
        handle = person.value?.person,
        count = person.value?.today.length;
    const load = (): void => {
        if (handle === undefined) return;
        void Promise.all([api.plan(handle), api.ranges()]).then(([plan, ranges]) => {
            isFailed.value = !plan.ok || !ranges.ok;
            if (plan.ok && ranges.ok)
                asked.value = { tests: testsOf(plan.value.asks), ranges: ranges.value.words };
        });
    };
    // What was stored since is asked no more.
    useEffect(load, [handle, count]);
    return { asked, isFailed, load };
}

/** What belongs to the number that is typed, and is kept while the person is open. */
interface Typing {
    readonly word: string | null;
    readonly kit: Kit;
    readonly label: string;
}
const NOTHING: Typing = { word: null, kit: NO_KIT, label: '' };

function Number({ test, typing, ranges }: { test: Test; typing: Signal<Typing>; ranges: readonly Range[] }) {
    const { route } = useLocation(),
        texts = useDraft<readonly string[]>(`samples-${test.word}`, []),
        boxes = boxesOf(test.word, ranges);
    const use = useSaving('samples', {
        onDone: () => {
            pad.set(padOpen(boxes));
            typing.value = { ...NOTHING, word: test.word };
            void dropDraft(`samples-${test.word}`);
        },
        onAgain: (_, readings) => {
            const [again] = readings;
            typing.value = { ...typing.value, kit: { lot: again?.lot ?? '', expires: again?.expires ?? '' } };
            pad.set(padAgain(padOpen(boxes, [again?.text ?? '']), 0));
        },
    });
    const { kit, label } = typing.value,
        kitIs = kitState(kit, todayText()),
        isOthers = test.state === 'drawn' && label !== '' && !labelIs(label, test.label),
        isMissing = test.state === 'drawn' && label === '';
    const isOff = savingAsks(use) || savingHolds(use.saving);
    const isHeld = kitIs === 'over' || kitIs === 'unread' || isOthers || isMissing;
    const pad = usePad(boxes, texts, {
        isOff: isOff || isHeld,
        onSave: ([text = '']) => use.save([sampleReading(test.word, text, kit)]),
        onLeave: () => route(routes.scan),
    });
    const unit = unitText(ranges.find(({ word }) => word === test.word)?.unit ?? '');
    return (
        <>
            <Saved use={use} />
            {test.state === 'drawn' ? (
                <div class="field">
                    <label for="samples-label">{t('samples.label')}</label>
                    <input
                        id="samples-label"
                        class="code"
                        dir="ltr"
                        autocomplete="off"
                        value={label}
                        disabled={isOff}
                        onInput={(event) => void (typing.value = { ...typing.value, label: event.currentTarget.value })}
                    />
                    {isOthers && (
                        <p class="note note-stop" role="alert">
                            {t('samples.label-wrong')}
                        </p>
                    )}
                </div>
            ) : (
                <KitBox
                    kit={kit}
                    state={kitIs}
                    isOff={isOff}
                    onKit={(next) => void (typing.value = { ...typing.value, kit: next })}
                />
            )}
            {test.state !== 'drawn' && <Countdown />}
            {!savingAsks(use) && !isHeld && (
                <Keypad
                    use={pad}
                    words={[{ label: nameText(test.word), unit, beside: <Beside word={test.word} /> }]}
                    save={t('samples.save')}
                    isOff={isOff}
                />
            )}
            {use.saving.step === 'stored' && (
                <div class="next">
                    <button type="button" onClick={() => route(routes.scan)}>
                        {t('samples.go-scan')}
                    </button>
                </div>
            )}
        </>
    );
}

function Here({ asked }: { asked: Asked }) {
    const typing = useDraft<Typing>('samples', NOTHING),
        test = asked.tests.find(({ word }) => word === typing.value.word);
    // A code of a test's box, and the label of a tube, are no cards.
    useLayoutEffect(
        () =>
            takeScans((text) => {
                const kit = kitOf(text, new Date().getFullYear());
                if (kit !== null) typing.value = { ...typing.value, kit };
                const labelled = asked.tests.find(({ label }) => labelIs(text, label));
                if (labelled) typing.value = { ...typing.value, word: labelled.word, label: labelled.label };
                return kit !== null || labelled !== undefined;
            }),
        [asked],
    );
    return (
        <section aria-labelledby="samples-here">
            <h2 id="samples-here">{t('samples.here')}</h2>
            <Pick
                name="samples-test"
                label={t('samples.which')}
                options={asked.tests.map((one) => ({
                    value: one.word,
                    text: `${nameText(one.word)} · ${stateText(one)}`,
                }))}
                value={typing.value.word}
                isOff={false}
                isWide
                onPick={(word) => void (typing.value = { ...NOTHING, word })}
            />
            {test && <Number key={test.word} test={test} typing={typing} ranges={asked.ranges} />}
        </section>
    );
}

export function SamplesScreen() {
    const { asked, isFailed, load } = useAsked(),
        orders = useSignal<readonly Order[]>([]);
    if (isFailed.value)
        return (
            <div class="note note-look" role="alert">
                <p>{t('samples.unknown')}</p>
                <button type="button" onClick={load}>
                    {t('samples.again')}
                </button>
            </div>
        );
    if (asked.value === null) return null;
    return (
        <div class="samples">
            <p>{t('samples.how')}</p>
            {asked.value.tests.length === 0 && <p>{t('samples.nothing')}</p>}
            <Labels orders={orders.value} />
            <Here asked={asked.value} />
            <Tubes
                tests={asked.value.tests}
                onMade={(made) => {
                    orders.value = made;
                    load();
                }}
            />
        </div>
    );
}
