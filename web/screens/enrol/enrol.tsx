// SPDX-License-Identifier: Apache-2.0
// A new person: five things to tell, then the card, which is shown once. While nobody knows whether it was kept, what
// was typed stays as it is and the same request is made again, so that nobody is enrolled twice.
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Failure } from '../../lib/api.ts';
import { deskCard } from '../../lib/desk.ts';
import { closePerson, person } from '../../lib/session.ts';
import { timeFrom, timeTo } from '../../lib/timing.ts';
import { LANGUAGES, language, ownName, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { CardSlip } from '../../parts/slip/slip.tsx';
import { routes } from '../../routes.ts';
import { asksWord, asSent, digitsIn, isFull, missing, NOBODY, type Missing, type Sex, type Told } from './enrol.ts';

const SEXES: readonly Sex[] = ['female', 'male', 'other', 'unknown'];
export type Set = (part: Partial<Told>) => void;

export function TextField({
    label,
    value,
    most,
    how,
    isTelephone,
    hasFocus,
    onValue,
}: {
    label: string;
    value: string;
    most: number;
    how?: string;
    isTelephone?: boolean;
    hasFocus?: boolean;
    onValue: (value: string) => void;
}) {
    const id = useId(),
        box = useRef<HTMLInputElement>(null);
    useLayoutEffect(() => {
        if (hasFocus) box.current?.focus();
    }, []);
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <input
                id={id}
                ref={box}
                type="text"
                inputMode={isTelephone ? 'tel' : 'text'}
                dir={isTelephone ? 'ltr' : 'auto'}
                autocomplete="off"
                spellcheck={false}
                maxLength={most}
                value={value}
                aria-describedby={how === undefined ? undefined : `${id}-how`}
                onInput={(e) => onValue(e.currentTarget.value)}
            />
            {how !== undefined && (
                <p id={`${id}-how`} class="small">
                    {how}
                </p>
            )}
        </div>
    );
}

const BOXES = ['day', 'month', 'year'] as const;
// Day, month, year: a full box leads on to the next one.
export function Born({ told, set }: { told: Told; set: Set }) {
    const id = useId(),
        boxes = useRef<Partial<Record<(typeof BOXES)[number], HTMLInputElement | null>>>({});
    const typed = (box: (typeof BOXES)[number], text: string): void => {
        const value = digitsIn(text, box === 'year' ? 4 : 2),
            next = BOXES[BOXES.indexOf(box) + 1];
        set({ [box]: value });
        if (next && isFull(box, value) && value.length > told[box].length) boxes.current[next]?.select();
    };
    return (
        <fieldset class="field">
            <legend>{t('enrol.born')}</legend>
            <div class="born">
                {BOXES.map((box) => (
                    <div key={box} class={`born-${box}`}>
                        <label for={`${id}-${box}`}>{t(`enrol.${box}`)}</label>
                        <input
                            id={`${id}-${box}`}
                            ref={(element) => void (boxes.current[box] = element)}
                            type="text"
                            dir="ltr"
                            inputMode="numeric"
                            autocomplete="off"
                            value={told[box]}
                            aria-describedby={`${id}-how`}
                            onInput={(e) => typed(box, e.currentTarget.value)}
                        />
                    </div>
                ))}
                <div class="born-age">
                    <label for={`${id}-age`}>{t('enrol.age')}</label>
                    <input
                        id={`${id}-age`}
                        type="text"
                        dir="ltr"
                        inputMode="numeric"
                        autocomplete="off"
                        value={told.age}
                        onInput={(e) => set({ age: digitsIn(e.currentTarget.value, 3) })}
                    />
                </div>
            </div>
            <p id={`${id}-how`} class="small">
                {t('enrol.born-how')}
            </p>
        </fieldset>
    );
}

export function SexChoice({
    sex,
    of = SEXES,
    onSex,
}: {
    sex: Sex | null;
    of?: readonly Sex[];
    onSex: (sex: Sex) => void;
}) {
    const id = useId();
    return (
        <div class="field">
            <p id={id}>
                <strong>{t('enrol.sex')}</strong>
            </p>
            <div class="both four" role="group" aria-labelledby={id}>
                {of.map((one) => (
                    <button
                        key={one}
                        type="button"
                        class={sex === one ? 'choice choice-here' : 'choice'}
                        aria-pressed={sex === one}
                        onClick={() => onSex(one)}
                    >
                        <span aria-hidden="true">{sex === one ? '✓ ' : ''}</span>
                        {t(`enrol.sex-${one}`)}
                    </button>
                ))}
            </div>
        </div>
    );
}

function SpeaksChoice({ speaks, onSpeaks }: { speaks: string; onSpeaks: (one: string) => void }) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{t('enrol.language')}</label>
            <select id={id} value={speaks} onChange={(e) => onSpeaks(e.currentTarget.value)}>
                {LANGUAGES.map((one) => (
                    <option key={one} value={one} lang={one}>
                        {ownName(one)}
                    </option>
                ))}
                <option value="">{t('enrol.language-other')}</option>
            </select>
        </div>
    );
}

function SureNote({ onSure, onBack }: { onSure: () => void; onBack: () => void }) {
    const box = useRef<HTMLHeadingElement>(null);
    useLayoutEffect(() => box.current?.focus(), []);
    return (
        <section class="ask" role="alert">
            <h2 ref={box} tabIndex={-1}>
                {t('enrol.old')}
            </h2>
            <div class="both">
                <button type="button" onClick={onSure}>
                    {t('enrol.old-yes')}
                </button>
                <button type="button" onClick={onBack}>
                    {t('enrol.old-no')}
                </button>
            </div>
        </section>
    );
}

type Step =
    | { is: 'typing' }
    | { is: 'sending' }
    /** No answer came: nobody knows. */
    | { is: 'unknown' }
    | { is: 'asks' }
    | { is: 'enrolled'; card: string };

export function EnrolScreen() {
    const [told, setTold] = useState<Told>(NOBODY),
        [speaks, setSpeaks] = useState<string>(language()),
        [step, setStep] = useState<Step>({ is: 'typing' }),
        [failure, setFailure] = useState<Failure | null>(null),
        [lacks, setLacks] = useState<Missing | null>(null),
        key = useRef(''),
        { route } = useLocation();
    const set: Set = (part) => {
        timeFrom('register');
        setLacks(null);
        setTold((now) => ({ ...now, ...part }));
    };
    const send = async (sure: boolean): Promise<void> => {
        const gap = missing(told);
        setLacks(gap);
        if (gap !== null || step.is === 'sending') return;
        if (step.is !== 'unknown') key.current = crypto.randomUUID();
        setStep({ is: 'sending' });
        const answer = await api.enrol(asSent(told, speaks), key.current, sure);
        setFailure(answer.ok ? null : answer.failure);
        if (!answer.ok) return setStep({ is: answer.failure.kind === 'no-answer' ? 'unknown' : 'typing' });
        if (answer.value.state === 'asks') return setStep({ is: 'asks' });
        timeTo('register');
        setTold(NOBODY);
        setStep({ is: 'enrolled', card: answer.value.card });
    };
    const goOn = async (card: string): Promise<void> => {
        const closed = person.value === null ? null : await closePerson();
        if (closed && !closed.ok) return setFailure(closed.failure);
        deskCard.value = card;
        route(routes.consent);
    };
    if (step.is === 'enrolled')
        return (
            <>
                <FailureNote failure={failure} />
                <CardSlip card={step.card} next={t('enrol.then')} onGiven={() => void goOn(step.card)} />
            </>
        );
    if (step.is === 'asks')
        return <SureNote onSure={() => void send(true)} onBack={() => setStep({ is: 'typing' })} />;
    return (
        <form class="card" onSubmit={(event) => (event.preventDefault(), void send(false))}>
            <p>{t('enrol.how')}</p>
            <fieldset disabled={step.is !== 'typing'}>
                <TextField
                    label={t('enrol.given')}
                    value={told.given}
                    most={100}
                    hasFocus
                    onValue={(given) => set({ given })}
                />
                <TextField
                    label={t('enrol.family')}
                    value={told.family}
                    most={100}
                    onValue={(family) => set({ family })}
                />
                <Born told={told} set={set} />
                <SexChoice sex={told.sex} onSex={(sex) => set({ sex })} />
                <TextField
                    label={t('enrol.telephone')}
                    value={told.telephone}
                    most={40}
                    isTelephone
                    how={t('enrol.telephone-how')}
                    onValue={(telephone) => set({ telephone })}
                />
                <SpeaksChoice speaks={speaks} onSpeaks={setSpeaks} />
                {asksWord(told) && (
                    <TextField
                        label={t('enrol.word')}
                        value={told.ownWord}
                        most={100}
                        how={t('enrol.word-how')}
                        onValue={(ownWord) => set({ ownWord })}
                    />
                )}
            </fieldset>
            {lacks !== null && (
                <p class="note note-look" role="alert">
                    {t(`enrol.missing-${lacks}`)}
                </p>
            )}
            {step.is === 'unknown' ? (
                <p class="note note-look" role="alert">
                    {t('enrol.unknown')}
                </p>
            ) : (
                <FailureNote failure={failure} />
            )}
            <button class="button-main" disabled={step.is === 'sending'}>
                {t(step.is === 'unknown' ? 'enrol.again' : 'enrol.save')}
            </button>
        </form>
    );
}
