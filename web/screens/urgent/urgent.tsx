// SPDX-License-Identifier: Apache-2.0
// An alarm of the open person: what was found and what to do, in order, and the outcome that alone ends it.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { hows, type ToldHow } from 'gen/lists.ts';
import type { Failure, Finding, Reading } from '../../lib/api.ts';
import { api } from '../../lib/api.ts';
import { sayNow } from '../../lib/announce.ts';
import { scanned } from '../../lib/scanner.ts';
import { me, person } from '../../lib/session.ts';
import { clock, t } from '../../lib/words.ts';
import { AlarmCards } from '../../parts/alarm/alarm.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { nameText, Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { savingHolds } from '../../parts/measure/measure.ts';
import { useSaving } from '../../parts/measure/use_saving.ts';
import { isFact, questionOf, type Question } from '../../parts/questions/questions.ts';
import { QuestionRow } from '../../parts/questions/row.tsx';
import { unitText } from '../../parts/units/units.ts';
import { routes } from '../../routes.ts';
import { closeAlarm, conclude, did, isHeld, leaveOpen, lookAgain, takeUp, urgent } from './held.ts';
import { isAlarm, passedSince, toAsk } from './urgent.ts';

const at = (ms: number): string => clock(ms, me.value?.site.zone);

// The browser's Back, and a card that is scanned, lead nowhere while it is held; each says why. Behind an outcome the
// screen of that address follows, which says what is left to do.
function useHeld(): string | null {
    const [tried, setTried] = useState<string | null>(null),
        { route } = useLocation();
    useEffect(() => {
        const hold = (): void => {
            route(routes.urgent);
            setTried(t('urgent.held-back'));
        };
        const unload = (event: BeforeUnloadEvent): void => event.preventDefault();
        route(routes.urgent);
        addEventListener('popstate', hold);
        addEventListener('beforeunload', unload);
        return () => {
            removeEventListener('popstate', hold);
            removeEventListener('beforeunload', unload);
        };
    }, []);
    useEffect(() => {
        if (!scanned.value) return;
        scanned.value = null;
        setTried(t('urgent.held-scan'));
        sayNow(t('urgent.held-scan'));
    }, [scanned.value]);
    return tried;
}

// What the alarm does not know yet. Each answer goes by itself; "none of these" is for the signs, not for facts.
function Ask({ questions }: { questions: readonly Question[] }) {
    const use = useSaving('urgent', { onStored: () => void lookAgain(), onAgain: () => undefined });
    const isOff = savingHolds(use.saving) || savingAsks(use),
        signs = questions.filter((one) => !isFact(one));
    const answer = (word: Question, text: 'yes' | 'no'): void => use.save([{ word, text }]);
    return (
        <section class="card">
            <h2>{t('urgent.ask')}</h2>
            <p>{t('urgent.ask-how')}</p>
            {(savingAsks(use) || use.saving.step === 'kept') && <Saved use={use} />}
            <ul class="plain">
                {questions.map((question) => (
                    <QuestionRow
                        key={question}
                        question={question}
                        state="not-asked"
                        isStored={false}
                        isOff={isOff}
                        onAnswer={(text) => answer(question, text)}
                    />
                ))}
            </ul>
            {signs.length > 1 && (
                <button
                    type="button"
                    class="wide"
                    disabled={isOff}
                    onClick={() => use.save(signs.map((word) => ({ word, text: 'no' })))}
                >
                    {t('urgent.ask-none')}
                </button>
            )}
        </section>
    );
}

function Steps() {
    const done = (what: 'called' | 'said'): string | null => {
        const one = urgent.value.done.find((row) => row.what === what);
        return one ? t('urgent.done-at', { time: at(one.at_ms) }) : null;
    };
    return (
        <ol class="steps">
            {(['called', 'said'] as const).map((what) => (
                <li key={what}>
                    <p>{t(`urgent.step-${what}`)}</p>
                    <button type="button" aria-pressed={done(what) !== null} onClick={() => did(what)}>
                        {t(`urgent.did-${what}`)}
                    </button>
                    {done(what) !== null && <span role="status">✓ {done(what)}</span>}
                </li>
            ))}
        </ol>
    );
}

function Told() {
    const [how, setHow] = useState<ToldHow | null>(null),
        [isGuardian, setGuardian] = useState(false),
        [agreed, setAgreed] = useState('');
    const age = person.value?.ageYears ?? null,
        isBusy = urgent.value.sending !== null;
    return (
        <form
            class="outcome"
            onSubmit={(event) => {
                event.preventDefault();
                if (how) void conclude({ kind: 'told', how, isGuardian, agreed: agreed.trim() });
            }}
        >
            <h3>{t('urgent.told')}</h3>
            <fieldset>
                <legend>{t('urgent.how')}</legend>
                <div class="both">
                    {(Object.keys(hows) as ToldHow[]).map((one) => (
                        <button
                            key={one}
                            type="button"
                            class={how === one ? 'choice choice-here' : 'choice'}
                            aria-pressed={how === one}
                            onClick={() => setHow(one)}
                        >
                            <span aria-hidden="true">{how === one ? '✓ ' : ''}</span>
                            {t(`urgent.how-${one}`)}
                        </button>
                    ))}
                </div>
            </fieldset>
            {(age === null || age < 18) && (
                <button
                    type="button"
                    class={isGuardian ? 'choice choice-here' : 'choice'}
                    aria-pressed={isGuardian}
                    onClick={() => setGuardian(!isGuardian)}
                >
                    <span aria-hidden="true">{isGuardian ? '✓ ' : ''}</span>
                    {t('urgent.guardian')}
                </button>
            )}
            <div class="field">
                <label for="agreed">{t('urgent.agreed')}</label>
                <textarea
                    id="agreed"
                    rows={3}
                    maxLength={500}
                    value={agreed}
                    onInput={(event) => setAgreed(event.currentTarget.value)}
                />
            </div>
            <button class="button-main" disabled={how === null || isBusy}>
                {t('urgent.told-save')}
            </button>
            {how === null && <p class="small">{t('urgent.how-first')}</p>}
        </form>
    );
}

// Leaving without having told is asked about once more; it ends nothing for the person.
function NotTold() {
    const [asks, ask] = useState<'left' | 'call-clinician' | null>(null),
        isBusy = urgent.value.sending !== null;
    return (
        <div class="outcome">
            <h3>{t('urgent.not-told')}</h3>
            <p>{t('urgent.not-told-what')}</p>
            {asks === null && (
                <div class="both">
                    <button type="button" onClick={() => ask('call-clinician')}>
                        {t('urgent.call-clinician')}
                    </button>
                    <button type="button" onClick={() => ask('left')}>
                        {t('urgent.left')}
                    </button>
                </div>
            )}
            {asks !== null && (
                <>
                    <p role="alert">
                        <strong>{t(`urgent.sure-${asks}`)}</strong>
                    </p>
                    <div class="both">
                        <button
                            type="button"
                            class="button-stop"
                            disabled={isBusy}
                            onClick={() => void conclude({ kind: asks })}
                        >
                            {t(`urgent.yes-${asks}`)}
                        </button>
                        <button type="button" onClick={() => ask(null)}>
                            {t('urgent.no-back')}
                        </button>
                    </div>
                </>
            )}
        </div>
    );
}

const textOf = ({ numbers, answer }: Reading): string => (numbers ? numbers.join('/') : (answer ?? ''));

// A number that was typed wrongly is no alarm of the person; whoever takes it back sees at once what is left.
function Wrong() {
    const [isOpen, open] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null),
        today = person.value?.today ?? [];
    const take = async (reading: Reading): Promise<void> => {
        const handle = person.value?.person;
        if (handle === undefined) return;
        const answer = await api.wrong(handle, [{ word: reading.word, text: textOf(reading) }]);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) await lookAgain();
    };
    if (today.length === 0 || me.value?.role === 'registrar') return null;
    return (
        <div class="outcome">
            <button type="button" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
                {t('urgent.wrong')}
            </button>
            <FailureNote failure={failure} />
            {isOpen && (
                <ul class="plain">
                    {today.map((reading) => (
                        <li key={`${reading.word} ${reading.at} ${textOf(reading)}`} class="wrong-row">
                            <span>
                                {readingName(reading)}: <bdi>{readingText(reading)}</bdi> · {at(Date.parse(reading.at))}
                            </span>
                            <button type="button" onClick={() => void take(reading)}>
                                {t('urgent.take-back', { what: `${readingName(reading)} ${readingText(reading)}` })}
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

function readingName({ word, answer }: Reading): string {
    const question = answer === null ? null : questionOf(word);
    return question !== null ? t(`questions.ask.${question}`) : word === 'bp' ? t('urgent.pressure') : nameText(word);
}
const readingText = ({ numbers, answer, unit }: Reading): string =>
    numbers
        ? `${numbers.join('/')} ${unitText(unit)}`
        : answer === 'yes' || answer === 'no'
          ? t(`questions.${answer}`)
          : (answer ?? '');

// Passed on at another station: it is seen, and since when; what is asked here is the outcome alone.
function PassedOn({ alarms, since }: { alarms: readonly Finding[]; since: string }) {
    const last = alarms[0]?.passedOn;
    if (!last) return null;
    return (
        <p class="note note-look">
            <strong>{t('urgent.passed-since', { time: at(Date.parse(since)) })}</strong>{' '}
            {t(`urgent.passed-${last.why}`, { by: last.by, time: at(Date.parse(last.at)) })}
        </p>
    );
}

function Outcomes() {
    const { failed } = urgent.value;
    return (
        <section class="card" aria-label={t('urgent.outcome')}>
            <h2>{t('urgent.outcome')}</h2>
            {failed !== null && (
                <p class="note note-stop" role="alert">
                    {t(failed === 'E_NOT_FOUND' ? 'urgent.outcome-not-kept' : 'urgent.outcome-failed')}
                </p>
            )}
            <Told />
            <NotTold />
            <Wrong />
        </section>
    );
}

function titleOf(alarms: readonly Finding[], since: string | null): string {
    if (since !== null) return t('urgent.title-passed');
    return t(alarms[0]?.urgency === 'emergency-now' ? 'urgent.title-now' : 'urgent.title-today');
}

function Held() {
    const { alarms } = urgent.value,
        head = useRef<HTMLHeadingElement>(null),
        tried = useHeld(),
        open = person.value,
        since = passedSince(alarms);
    const questions = toAsk(alarms)
            .map(questionOf)
            .filter((one) => one !== null),
        isAsking = questions.length > 0 && since === null;
    useLayoutEffect(() => head.current?.focus(), []);
    return (
        <section class="urgent" aria-labelledby="urgent-title">
            <h1 id="urgent-title" ref={head} tabIndex={-1}>
                <span aria-hidden="true">■ </span>
                {titleOf(alarms, since)}
            </h1>
            {open && (
                <p class="person-name">
                    <bdi>{open.name}</bdi>
                </p>
            )}
            {tried !== null && (
                <p class="note note-look" role="alert">
                    {tried}
                </p>
            )}
            {since !== null && <PassedOn alarms={alarms} since={since} />}
            <div class="urgent-two">
                <div>
                    <AlarmCards alarms={alarms} />
                    {isAsking && <Ask questions={questions} />}
                    {!isAsking && since === null && <Steps />}
                    {since !== null && questions.length > 0 && (
                        <details>
                            <summary>{t('urgent.ask')}</summary>
                            <Ask questions={questions} />
                        </details>
                    )}
                </div>
                <div>
                    {isAsking && <Steps />}
                    <Outcomes />
                </div>
            </div>
        </section>
    );
}

// What is closed is shown: what was found, who told the person, what was agreed.
function useTold(): readonly Finding[] {
    const [told, setTold] = useState<readonly Finding[]>([]),
        handle = person.value?.person;
    useEffect(() => {
        let isOver = false;
        if (handle !== undefined)
            void api.findings(handle).then((answer) => {
                const all = answer.ok ? [...answer.value.drafts, ...answer.value.signed] : [];
                if (!isOver) setTold(all.filter((one) => isAlarm(one) && one.told !== null && !one.closed));
            });
        return () => void (isOver = true);
    }, [handle]);
    return told;
}

function Close() {
    const [failure, setFailure] = useState<Failure | null>(null),
        { route } = useLocation(),
        told = useTold();
    const close = async (): Promise<void> => {
        const answer = await closeAlarm();
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.results);
    };
    const leave = (): void => {
        leaveOpen();
        route(routes.results);
    };
    return (
        <section class="card">
            <h2>{t('urgent.close')}</h2>
            <AlarmCards alarms={told} head="h3" />
            {[...new Set(told.map((one) => one.told?.agreed ?? ''))]
                .filter((text) => text !== '')
                .map((agreed) => (
                    <p key={agreed}>{t('results.agreed', { agreed })}</p>
                ))}
            <p>{t('urgent.close-what')}</p>
            <FailureNote failure={failure} />
            <div class="both">
                <button type="button" onClick={() => void close()}>
                    {t('urgent.close-yes')}
                </button>
                <button type="button" onClick={leave}>
                    {t('urgent.close-later')}
                </button>
            </div>
        </section>
    );
}

/** The screen while an alarm is held; the frame shows it instead of everything else. */
export const UrgentHeld = Held;

/** The screen at its address: what is left to do about an alarm that has its outcome. */
export function UrgentScreen() {
    const waits = urgent.value.mayClose || person.value?.work.tasks.some(({ task }) => task === 'close') === true;
    if (isHeld()) return <Held />;
    if (waits && me.value?.role === 'clinician') return <Close />;
    const isUntold = (person.value?.urgent.length ?? 0) > 0;
    return (
        <section class="card">
            <p>{t(isUntold ? 'urgent.untold' : waits ? 'urgent.waits-clinician' : 'urgent.nothing')}</p>
            <div class="buttons">
                {isUntold && (
                    <button type="button" onClick={takeUp}>
                        {t('urgent.take-up')}
                    </button>
                )}
                <a class="button button-main" href={me.value?.role === 'clinician' ? routes.results : routes.scan}>
                    {t('urgent.go-on')}
                </a>
            </div>
        </section>
    );
}
