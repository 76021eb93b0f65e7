// SPDX-License-Identifier: Apache-2.0
// Blood pressure: two numbers side by side, the pulse where there is one, rest by a timer, and another reading where
// the rule asks for it. A reading goes to the server by itself; the next one starts at once.
import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { useLocation } from 'preact-iso/router';
import type { Reading } from '../../lib/api.ts';
import { dropDraft, useDraft } from '../../lib/draft.ts';
import { entries, readingsOf, type Entry } from '../../lib/outbox.ts';
import { me, person } from '../../lib/session.ts';
import { timeTo } from '../../lib/timing.ts';
import { clock, day, number, t } from '../../lib/words.ts';
import { Keypad, type BoxWords } from '../../parts/keypad/keypad.tsx';
import { padAgain, padOpen } from '../../parts/keypad/keypad.ts';
import { usePad } from '../../parts/keypad/use_pad.ts';
import { savingHolds } from '../../parts/measure/measure.ts';
import { Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { useSaving } from '../../parts/measure/use_saving.ts';
import { StateMark } from '../../parts/state/state.tsx';
import { unitText } from '../../parts/units/units.ts';
import { routes } from '../../routes.ts';
import {
    BETWEEN_SECONDS,
    inOrder,
    pressureBoxes,
    pressureNext,
    pressureOf,
    pressureReadings,
    pressureTexts,
    restSeconds,
    type Pressure,
    type PressureNext,
} from './pressure.ts';
import { timerStart, type Timer } from './timer.ts';
import { RestTimer } from './rest.tsx';

// The rest of the person who is open goes on while another screen is shown.
const rest = signal<{ person: string; timer: Timer } | null>(null);

const startRest = (seconds: number): void => {
    rest.value =
        person.value && seconds > 0 ? { person: person.value.person, timer: timerStart(Date.now(), seconds) } : null;
};
const zone = (): string | undefined => me.value?.site.zone;

function Before({ last }: { last: Reading | undefined }) {
    if (!last?.numbers) return null;
    return (
        <p class="before small">
            {t('pressure.before', { number: last.numbers.join('/'), date: day(Date.parse(last.at), zone()) })}
        </p>
    );
}

// Readings that are on this tablet and not stored count too: they were taken.
function keptHere(): Entry[] {
    const handle = person.value?.person;
    return entries.value.filter(
        (entry) =>
            entry.station === 'pressure' &&
            entry.state !== 'needs' &&
            entry.inside.ask.person === handle &&
            readingsOf(entry)[0]?.word === 'bp',
    );
}

function Taken({ readings, kept }: { readings: readonly Reading[]; kept: readonly Entry[] }) {
    if (readings.length + kept.length === 0) return null;
    return (
        <ol class="taken" aria-label={t('pressure.taken')}>
            {readings.map((one) => (
                <li key={one.at}>
                    <bdi dir="ltr" class="number">
                        {one.numbers?.join('/')}
                    </bdi>{' '}
                    <span class="small">
                        {unitText(one.unit)} · {clock(Date.parse(one.at), zone())}
                    </span>
                </li>
            ))}
            {kept.map((one) => (
                <li key={one.key}>
                    <bdi dir="ltr" class="number">
                        {readingsOf(one)[0]?.text}
                    </bdi>{' '}
                    <StateMark state={one.state} />
                </li>
            ))}
        </ol>
    );
}

function Next({ next, count }: { next: PressureNext; count: number }) {
    const { route } = useLocation();
    if (next !== 'enough')
        return (
            <p class="next" role="status">
                {t(`pressure.next-${next}`, { count: number(count + 1) })}
            </p>
        );
    return (
        <div class="next" role="status">
            <p>✓ {t('pressure.enough')}</p>
            <button type="button" onClick={() => route(routes.body)}>
                {t('pressure.go-body')}
            </button>
            <button type="button" onClick={() => route(routes.scan)}>
                {t('pressure.go-scan')}
            </button>
        </div>
    );
}

const words = (): readonly BoxWords[] => [
    { label: t('pressure.upper'), unit: unitText('mm[Hg]'), behind: '/' },
    { label: t('pressure.lower'), unit: unitText('mm[Hg]') },
    { label: t('pressure.pulse'), unit: unitText('/min') },
];

export function PressureScreen() {
    const { route } = useLocation(),
        open = person.value,
        draft = useDraft<readonly string[]>('pressure', []);
    const today = inOrder((open?.today ?? []).filter(({ word }) => word === 'bp'));
    const kept = keptHere(),
        here = kept.map((one) => ({ numbers: readingsOf(one)[0]?.text.split('/') ?? null }));
    const taken = [...today, ...here].map(pressureOf).filter((one): one is Pressure => one !== null),
        next = pressureNext(taken);
    const use = useSaving('pressure', {
        onDone: () => {
            timeTo('pressure');
            pad.set(padOpen(pressureBoxes));
            void dropDraft('pressure');
            startRest(BETWEEN_SECONDS);
        },
        // The pulse is the second reading, the lower number the second of the first.
        onAgain: ({ reading, which }, readings) =>
            pad.set(padAgain(padOpen(pressureBoxes, pressureTexts(readings)), reading === 1 ? 2 : which)),
    });
    const isOff = savingAsks(use) || savingHolds(use.saving);
    const pad = usePad(pressureBoxes, draft, {
        isOff,
        timed: 'pressure',
        onSave: (texts) => use.save(pressureReadings(texts)),
        onLeave: () => route(routes.scan),
    });
    useEffect(() => {
        if (rest.value && rest.value.person !== open?.person) rest.value = null;
    }, [open?.person]);
    return (
        <div class="station">
            <div class="station-about">
                <Before last={open?.last.find(({ word }) => word === 'bp')} />
                <Taken readings={today} kept={kept} />
                <Next next={next} count={taken.length} />
                <RestTimer
                    timer={next === 'enough' ? null : (rest.value?.timer ?? null)}
                    seconds={restSeconds(next)}
                    onStart={() => startRest(restSeconds(next))}
                />
                {!savingAsks(use) && <Saved use={use} />}
            </div>
            {savingAsks(use) ? (
                <Saved use={use} />
            ) : (
                <Keypad use={pad} words={words()} save={t('pressure.save')} isOff={isOff} />
            )}
        </div>
    );
}
