// SPDX-License-Identifier: Apache-2.0
// The pages of the talk, one question each. The two answers of a question have one size, and none is chosen. The
// heading takes the focus when its page comes, so that it is read first.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { Agreed, Asked, Consents } from '../../lib/api.ts';
import { me } from '../../lib/session.ts';
import { dayOf, t } from '../../lib/words.ts';
import { Speak } from '../../parts/speak/speak.tsx';
import { spoken, talkNeedsWitness, type Asking, type By, type Talk } from './consent.ts';

export function Heading({ children, lang }: { children: ComponentChildren; lang?: string }) {
    const box = useRef<HTMLHeadingElement>(null);
    useLayoutEffect(() => box.current?.focus(), []);
    return (
        <h2 ref={box} tabIndex={-1} lang={lang}>
            {children}
        </h2>
    );
}

/** Two answers or more, of one size. */
export function Answers({ answers }: { answers: readonly { text: string; onAnswer: () => void }[] }) {
    return (
        <div class="both answers">
            {answers.map(({ text, onAnswer }) => (
                <button key={text} type="button" class="choice" onClick={onAnswer}>
                    {text}
                </button>
            ))}
        </div>
    );
}

export function WhoPage({
    who,
    onBy,
    onNobody,
}: {
    who: Consents['who'];
    onBy: (by: By) => void;
    onNobody: () => void;
}) {
    const mayState = who === 'either' && me.value?.role === 'clinician';
    return (
        <section class="card">
            <Heading>{t(who === 'guardian' ? 'consent.child' : 'consent.perhaps-child')}</Heading>
            <p>{t('consent.child-what')}</p>
            {who === 'either' && !mayState && <p>{t('consent.of-age-ask')}</p>}
            <Answers
                answers={[
                    { text: t('consent.guardian-here'), onAnswer: () => onBy('guardian') },
                    ...(mayState ? [{ text: t('consent.of-age'), onAnswer: () => onBy('of-age') }] : []),
                    { text: t('consent.guardian-not'), onAnswer: onNobody },
                ]}
            />
        </section>
    );
}

function Sections({ asked }: { asked: Asked }) {
    return asked.sections.map(({ id, heading, text }) => (
        <div key={id}>
            <h3>{heading}</h3>
            <p>{text}</p>
        </div>
    ));
}

export function AskPage({
    asked,
    language,
    isGuardian,
    onAnswer,
}: {
    asked: Asked;
    language: string;
    isGuardian: boolean;
    onAnswer: (isYes: boolean) => void;
}) {
    return (
        <section class="card">
            <Heading lang={language}>{asked.title}</Heading>
            <Speak text={spoken(asked)} language={language} />
            <div lang={language}>
                <Sections asked={asked} />
                <p class="consent-yes">
                    <strong>{asked.yes}</strong>
                </p>
            </div>
            <p>{t(isGuardian ? 'consent.ask-guardian' : 'consent.ask')}</p>
            <Answers
                answers={[
                    { text: t('consent.yes'), onAnswer: () => onAnswer(true) },
                    { text: t('consent.no'), onAnswer: () => onAnswer(false) },
                ]}
            />
        </section>
    );
}

export function ApartPage({ onAnswer }: { onAnswer: (isYes: boolean) => void }) {
    return (
        <section class="card">
            <Heading>{t('consent.apart')}</Heading>
            <p>{t('consent.apart-what')}</p>
            <Answers
                answers={[
                    { text: t('consent.yes'), onAnswer: () => onAnswer(true) },
                    { text: t('consent.no'), onAnswer: () => onAnswer(false) },
                ]}
            />
        </section>
    );
}

/** The question is the form's own, in its language, as it was bound to the agreement. */
export function RemindPage({
    asked,
    language,
    onAnswer,
}: {
    asked: Asked;
    language: string;
    onAnswer: (isYes: boolean) => void;
}) {
    const { reminder } = asked;
    if (!reminder) return null;
    return (
        <section class="card">
            <Heading lang={language}>{reminder.heading}</Heading>
            <Speak text={[reminder.heading, reminder.text, reminder.yes].join('\n')} language={language} />
            <div lang={language}>
                <p>{reminder.text}</p>
                <p class="consent-yes">
                    <strong>{reminder.yes}</strong>
                </p>
            </div>
            <p>{t('consent.remind-day', { date: dayOf(reminder.nextDate) })}</p>
            <Answers
                answers={[
                    { text: t('consent.yes'), onAnswer: () => onAnswer(true) },
                    { text: t('consent.no'), onAnswer: () => onAnswer(false) },
                ]}
            />
        </section>
    );
}

export function ChildPage({ onSays }: { onSays: (says: 'given' | 'not-able' | 'dissent') => void }) {
    return (
        <section class="card">
            <Heading>{t('consent.child-says')}</Heading>
            <p>{t('consent.child-says-what')}</p>
            <Answers
                answers={[
                    { text: t('consent.child-yes'), onAnswer: () => onSays('given') },
                    { text: t('consent.child-no'), onAnswer: () => onSays('dissent') },
                    { text: t('consent.child-unable'), onAnswer: () => onSays('not-able') },
                ]}
            />
        </section>
    );
}

export function BackPage({
    asked,
    now,
    language,
    onHeard,
}: {
    asked: Asked;
    now: Asking;
    language: string;
    onHeard: (at: number, isSaid: boolean) => void;
}) {
    return (
        <section class="card">
            <Heading>{t('consent.back')}</Heading>
            <p>{t('consent.back-what')}</p>
            <ul class="plain">
                {asked.readBack.map(({ ask, points }, at) => (
                    <li key={ask} class="question">
                        <div class="question-words">
                            <p lang={language}>
                                <strong>{ask}</strong>
                            </p>
                            <ul class="small points" lang={language}>
                                {points.map((point) => (
                                    <li key={point}>{point}</li>
                                ))}
                            </ul>
                        </div>
                        <div class="both" role="group" aria-label={ask}>
                            {([true, false] as const).map((isSaid) => (
                                <button
                                    key={String(isSaid)}
                                    type="button"
                                    class={now.heard[at] === isSaid ? 'choice choice-here' : 'choice'}
                                    aria-pressed={now.heard[at] === isSaid}
                                    onClick={() => onHeard(at, isSaid)}
                                >
                                    <span aria-hidden="true">{now.heard[at] === isSaid ? '✓ ' : ''}</span>
                                    {t(isSaid ? 'consent.back-said' : 'consent.back-not')}
                                </button>
                            ))}
                        </div>
                    </li>
                ))}
            </ul>
        </section>
    );
}

export function AgainPage({ asked, language, onGoOn }: { asked: Asked; language: string; onGoOn: () => void }) {
    return (
        <section class="card">
            <Heading>{t('consent.again')}</Heading>
            <p>{t('consent.again-what')}</p>
            <Speak text={spoken(asked)} language={language} />
            <div lang={language}>
                <Sections asked={asked} />
            </div>
            <button type="button" class="button-main" onClick={onGoOn}>
                {t('consent.again-on')}
            </button>
        </section>
    );
}

const METHODS: readonly Agreed['method'][] = ['card', 'signed', 'spoken'];
export function SayPage({
    asked,
    talk,
    asksChild,
    language,
    isBusy,
    onNote,
    onNo,
}: {
    asked: Asked;
    talk: Talk;
    asksChild: boolean;
    language: string;
    isBusy: boolean;
    onNote: (method: Agreed['method']) => void;
    onNo: () => void;
}) {
    const needsWitness = talkNeedsWitness(talk, asksChild);
    return (
        <section class="card">
            <Heading>{t(talk.by === 'guardian' ? 'consent.said-guardian' : 'consent.said')}</Heading>
            <p class="consent-yes" lang={language}>
                <strong>{asked.yes}</strong>
            </p>
            {talk.now?.keepApart && <p>{t('consent.said-apart')}</p>}
            {talk.now?.remind && asked.reminder && (
                <p class="consent-yes" lang={language}>
                    <strong>{asked.reminder.yes}</strong>
                </p>
            )}
            {needsWitness && <p>{t('consent.witness-child')}</p>}
            <p>{t('consent.how')}</p>
            <div class="both answers">
                {METHODS.map((method) => (
                    <button key={method} type="button" disabled={isBusy} onClick={() => onNote(method)}>
                        {t(`consent.note-${method}`)}
                    </button>
                ))}
                <button type="button" disabled={isBusy} onClick={onNo}>
                    {t('consent.after-all')}
                </button>
            </div>
            <p class="small">{t('consent.witness-who')}</p>
        </section>
    );
}
