// SPDX-License-Identifier: Apache-2.0
// The person's choices at the desk: what is on, the talk about what is off, taking back, a printed copy. It is about
// who is open by their card, or about a card that opens nothing yet.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import {
    api,
    type Agreed,
    type Asked,
    type Consents,
    type Failure,
    type AskedPurpose,
    type Receipt,
} from '../../lib/api.ts';
import { atDesk, deskCard } from '../../lib/desk.ts';
import { openCode } from '../../lib/opening.ts';
import { chooseWords, closePerson, person } from '../../lib/session.ts';
import { timeFrom, timeTo } from '../../lib/timing.ts';
import { LANGUAGES, day, dayOf, language, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { PaperHead } from '../../parts/top/top.tsx';
import { routes } from '../../routes.ts';
import { Scan } from '../scan/scan.tsx';
import {
    talkAgain,
    talkAnswer,
    talkApart,
    talkBegin,
    talkBy,
    talkChild,
    talkEnd,
    talkHeard,
    talkNext,
    talkOff,
    talkRemind,
    receiptLines,
    talkSent,
    withChoice,
    type Talk,
} from './consent.ts';
import { Copy, Proof, when, type Noted } from './copy.tsx';
import { LetOut } from './letout.tsx';
import {
    AgainPage,
    Answers,
    ApartPage,
    AskPage,
    BackPage,
    ChildPage,
    Heading,
    RemindPage,
    SayPage,
    WhoPage,
} from './pages.tsx';

/** The name of a language in itself. */
const nameOf = (code: string): string => new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;

function FormLanguages({
    languages,
    chosen,
    onLanguage,
}: {
    languages: readonly string[];
    chosen: string;
    onLanguage: (one: string) => void;
}) {
    return (
        <div class="languages no-print" role="group" aria-label={t('consent.language')}>
            {languages.map((one) => (
                <button
                    key={one}
                    type="button"
                    lang={one}
                    class={chosen === one ? 'choice choice-here' : 'choice'}
                    aria-pressed={chosen === one}
                    onClick={() => onLanguage(one)}
                >
                    {nameOf(one)}
                </button>
            ))}
        </div>
    );
}

// On or off, and nothing else: what is off says nothing of how it came to be off.
function Choice({ asked, onAsk, onBack }: { asked: Asked; onAsk: () => void; onBack: () => void }) {
    const isOn = asked.on === true;
    return (
        <li class="entry-line">
            <p>
                <strong>{asked.title}</strong>
            </p>
            <p>
                <span aria-hidden="true">{isOn ? '●' : '○'}</span> {t(isOn ? 'consent.on' : 'consent.off')}
                {isOn && asked.keepsApart && ` · ${t('consent.on-apart')}`}
                {isOn && asked.remindOn && ` · ${t('consent.on-remind', { date: dayOf(asked.remindOn) })}`}
                {isOn && asked.until && ` · ${t('consent.until', { date: day(new Date(asked.until)) })}`}
            </p>
            <div class="buttons no-print">
                {!isOn && (
                    <button type="button" aria-label={t('consent.ask-this', { title: asked.title })} onClick={onAsk}>
                        {t('consent.ask-one')}
                    </button>
                )}
                {isOn && (
                    <button type="button" aria-label={t('consent.take-back', { title: asked.title })} onClick={onBack}>
                        {t('consent.take-one')}
                    </button>
                )}
            </div>
        </li>
    );
}

function ListPage({
    consents,
    noted,
    onAsk,
    onBack,
    onLeave,
}: {
    consents: Consents;
    noted: readonly Noted[];
    onAsk: (purposes: readonly AskedPurpose[]) => void;
    onBack: (purpose: AskedPurpose) => void;
    onLeave: () => void;
}) {
    const off = talkOff(consents),
        hasCare = consents.purposes.some(({ purpose, on }) => purpose === 'care' && on === true);
    return (
        <section class="card no-print">
            <Heading>{t('consent.list')}</Heading>
            <ul class="plain">
                {consents.purposes.map((asked) => (
                    <Choice
                        key={asked.purpose}
                        asked={asked}
                        onAsk={() => onAsk([asked.purpose])}
                        onBack={() => onBack(asked.purpose)}
                    />
                ))}
            </ul>
            {!hasCare && <p class="note note-look">{t('consent.no-care')}</p>}
            <div class="buttons">
                <button type="button" class="button-main" onClick={onLeave}>
                    {t(hasCare ? 'consent.go-on' : 'consent.go-paper')}
                </button>
                {off.length > 1 && (
                    <button type="button" onClick={() => onAsk(off)}>
                        {t('consent.ask-all')}
                    </button>
                )}
                {noted.length > 0 && (
                    <button type="button" onClick={() => globalThis.print()}>
                        {t('consent.print')}
                    </button>
                )}
            </div>
        </section>
    );
}

function TakePage({
    asked,
    isBusy,
    onTake,
    onKeep,
}: {
    asked: Asked;
    isBusy: boolean;
    onTake: () => void;
    onKeep: () => void;
}) {
    return (
        <section class="card">
            <Heading>{t('consent.take', { title: asked.title })}</Heading>
            <p>{t('consent.take-what')}</p>
            {!isBusy && (
                <Answers
                    answers={[
                        { text: t('consent.take-yes'), onAnswer: onTake },
                        { text: t('consent.take-no'), onAnswer: onKeep },
                    ]}
                />
            )}
        </section>
    );
}

function TakenPage({ receipt, onDone }: { receipt: Receipt; onDone: () => void }) {
    return (
        <section class="card receipt">
            <PaperHead />
            <Heading>{receipt.title ?? t('consent.taken')}</Heading>
            {receipt.endsUntold && (
                <p class="note note-stop" role="alert">
                    {t('consent.untold')}
                </p>
            )}
            {receiptLines(receipt.body ?? '', when).map((line) => (
                <p key={line}>{line}</p>
            ))}
            <Proof receipt={receipt} />
            <div class="buttons no-print">
                <button type="button" onClick={() => globalThis.print()}>
                    {t('consent.print-receipt')}
                </button>
                <button type="button" class="button-main" onClick={onDone}>
                    {t('consent.done')}
                </button>
            </div>
        </section>
    );
}

type Page =
    | { is: 'list' }
    | { is: 'talk'; talk: Talk }
    | { is: 'take'; purpose: AskedPurpose }
    | { is: 'taken'; receipt: Receipt };

// The talk itself: which page it is at.
function TalkPage({
    talk,
    consents,
    isBusy,
    set,
    onNote,
}: {
    talk: Talk;
    consents: Consents;
    isBusy: boolean;
    set: (talk: Talk) => void;
    onNote: (asked: Asked, method: Agreed['method']) => void;
}) {
    const now = talk.now,
        asked = consents.purposes.find(({ purpose }) => purpose === now?.purpose),
        asksChild = consents.asksChild === true,
        of = consents.language;
    if (!now || !asked) return null;
    if (talk.by === null)
        return <WhoPage who={consents.who} onBy={(by) => set(talkBy(talk, by))} onNobody={() => set(talkEnd(talk))} />;
    const key = `${now.purpose} ${now.step} ${now.round}`;
    switch (now.step) {
        case 'ask':
            return (
                <AskPage
                    key={key}
                    asked={asked}
                    language={of}
                    isGuardian={talk.by === 'guardian'}
                    onAnswer={(isYes) => set(talkAnswer(talk, isYes, asked, asksChild))}
                />
            );
        case 'apart':
            return <ApartPage key={key} onAnswer={(isYes) => set(talkApart(talk, isYes, asked, asksChild))} />;
        case 'remind':
            return (
                <RemindPage
                    key={key}
                    asked={asked}
                    language={of}
                    onAnswer={(isYes) => set(talkRemind(talk, isYes, asked, asksChild))}
                />
            );
        case 'child':
            return <ChildPage key={key} onSays={(says) => set(talkChild(talk, says, asked))} />;
        case 'back':
            return (
                <BackPage
                    key={key}
                    asked={asked}
                    now={now}
                    language={of}
                    onHeard={(at, isSaid) => set(talkHeard(talk, at, isSaid))}
                />
            );
        case 'again':
            return <AgainPage key={key} asked={asked} language={of} onGoOn={() => set(talkAgain(talk, asked))} />;
        case 'say':
            return (
                <SayPage
                    key={key}
                    asked={asked}
                    talk={talk}
                    asksChild={asksChild}
                    language={of}
                    isBusy={isBusy}
                    onNote={(method) => onNote(asked, method)}
                    onNo={() => set(talkNext(talk))}
                />
            );
    }
}

function Desk() {
    const desk = atDesk(),
        { route } = useLocation(),
        [consents, setConsents] = useState<Consents | null>(null),
        [page, setPage] = useState<Page>({ is: 'list' }),
        [noted, setNoted] = useState<readonly Noted[]>([]),
        [failure, setFailure] = useState<Failure | null>(null),
        [isBusy, busy] = useState(false);
    const of = consents?.language ?? language();
    const show = (talk: Talk): void => {
        if (talk.now) timeFrom('consent');
        else timeTo('consent');
        setPage(talk.now ? { is: 'talk', talk } : { is: 'list' });
    };
    const load = async (language: string): Promise<void> => {
        if (!desk) return;
        const isFirst = consents === null,
            answer = await api.consent(language, desk);
        setFailure(answer.ok ? null : answer.failure);
        if (!answer.ok) return;
        setConsents(answer.value);
        const off = talkOff(answer.value);
        // Nothing was agreed to yet: the first question comes at once.
        if (isFirst && off.length === answer.value.purposes.length) show(talkBegin(off, answer.value.who ?? 'self'));
    };
    useEffect(() => void load(language()), []);
    if (!desk || !consents) return <FailureNote failure={failure} />;
    const choose = async (next: string): Promise<void> => {
        const own = LANGUAGES.find((one) => one === next);
        if (own) await chooseWords(own);
        await load(next);
    };
    const note = async (talk: Talk, asked: Asked, method: Agreed['method']): Promise<void> => {
        const given = talkSent(talk, asked, of, method, consents.asksChild === true);
        if (given === null || isBusy) return;
        busy(true);
        const answer = await api.consentGive(desk, given);
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (!answer.ok) return;
        const keepApart = given.keepApart === true,
            remind = given.remind === true;
        setConsents(withChoice(consents, asked.purpose, true, given));
        setNoted([
            ...noted.filter((one) => one.asked.purpose !== asked.purpose),
            { asked, keepApart, remind, receipt: answer.value.receipt },
        ]);
        show(talkNext(talk));
    };
    const take = async (purpose: AskedPurpose): Promise<void> => {
        busy(true);
        const answer = await api.consentWithdraw(desk, purpose, of);
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (!answer.ok) return setPage({ is: 'list' });
        setConsents(withChoice(consents, purpose, false));
        setNoted(noted.filter((one) => one.asked.purpose !== purpose));
        setPage({ is: 'taken', receipt: answer.value.receipt });
    };
    // With care taken back the record is not open any more.
    const done = async (receipt: Receipt): Promise<void> => {
        setPage({ is: 'list' });
        if (receipt.purpose !== 'care' || person.value === null) return;
        const closed = await closePerson();
        if (closed.ok) route(routes.scan);
    };
    const leave = async (): Promise<void> => {
        const card = deskCard.value,
            hasCare = consents.purposes.some(({ purpose, on }) => purpose === 'care' && on === true);
        if (card !== null && hasCare) return openCode(card);
        deskCard.value = null;
        route(hasCare ? routes.scan : routes.paper);
    };
    const taken = page.is === 'take' ? consents.purposes.find(({ purpose }) => purpose === page.purpose) : undefined;
    return (
        <>
            <FormLanguages languages={consents.languages} chosen={of} onLanguage={(one) => void choose(one)} />
            <FailureNote failure={failure} />
            {page.is === 'list' && (
                <ListPage
                    consents={consents}
                    noted={noted}
                    onAsk={(purposes) => show(talkBegin(purposes, consents.who ?? 'self'))}
                    onBack={(purpose) => setPage({ is: 'take', purpose })}
                    onLeave={() => void leave()}
                />
            )}
            {page.is === 'list' && <LetOut desk={desk} />}
            {page.is === 'list' && noted.length > 0 && <Copy noted={noted} language={of} />}
            {page.is === 'talk' && (
                <TalkPage
                    talk={page.talk}
                    consents={consents}
                    isBusy={isBusy}
                    set={show}
                    onNote={(asked, method) => void note(page.talk, asked, method)}
                />
            )}
            {page.is === 'talk' && (
                <p class="no-print">
                    <button type="button" disabled={isBusy} onClick={() => setPage({ is: 'list' })}>
                        {t('consent.stop')}
                    </button>
                </p>
            )}
            {taken && (
                <TakePage
                    asked={taken}
                    isBusy={isBusy}
                    onTake={() => void take(taken.purpose)}
                    onKeep={() => setPage({ is: 'list' })}
                />
            )}
            {page.is === 'taken' && <TakenPage receipt={page.receipt} onDone={() => void done(page.receipt)} />}
        </>
    );
}

export function ConsentScreen() {
    if (atDesk() !== null) return <Desk key={deskCard.value ?? person.value?.person} />;
    return (
        <>
            <p class="note note-look">{t(person.value ? 'consent.by-ticket' : 'consent.nobody')}</p>
            <Scan />
        </>
    );
}
