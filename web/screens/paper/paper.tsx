// SPDX-License-Identifier: Apache-2.0
// A check that keeps nothing: the same questions and numbers, judged by the same rules, and a letter that is the only
// copy. Nothing is sent to be stored, and nothing waits on this tablet.
import { useId, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Doubt, type Failure, type Finding, type Judged } from '../../lib/api.ts';
import { confirmed, judged, paper, paperCame, paperDone } from '../../lib/paper.ts';
import { me, site } from '../../lib/session.ts';
import { language, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { nameText } from '../../parts/measure/saved.tsx';
import { isFact, type Question } from '../../parts/questions/questions.ts';
import { QuestionRow } from '../../parts/questions/row.tsx';
import { unitText } from '../../parts/units/units.ts';
import { routes } from '../../routes.ts';
import { dangerIsUrgent, dangerList, dangerNone, dangerOpen, dangerState } from '../danger/danger.ts';
import { Born, SexChoice, TextField } from '../enrol/enrol.tsx';
import { NOBODY } from '../enrol/enrol.ts';
import { FindingCard } from '../results/card.tsx';
import { ageOf, NUMBERS, paperReadings, paperSent, wordOf, type NumberBox } from './paper.ts';

const UNITS: Readonly<Record<string, string>> = {
    bp: 'mm[Hg]',
    pulse: '/min',
    height: 'cm',
    weight: 'kg',
    waist: 'cm',
};
const labelOf = (box: NumberBox): string =>
    box === 'bp-1' ? t('paper.bp-first') : box === 'bp-2' ? t('paper.bp-second') : nameText(wordOf(box));

function Numbers() {
    const id = useId();
    return (
        <div class="boxes">
            {NUMBERS.map((box) => (
                <div key={box} class="field">
                    <label for={`${id}-${box}`}>
                        {labelOf(box)} <span class="small">{unitText(UNITS[wordOf(box)] ?? '')}</span>
                    </label>
                    <input
                        id={`${id}-${box}`}
                        type="text"
                        dir="ltr"
                        inputMode="decimal"
                        autocomplete="off"
                        maxLength={12}
                        placeholder={box.startsWith('bp') ? '120/80' : undefined}
                        value={paper.value.numbers[box] ?? ''}
                        onInput={(e) => {
                            const numbers = { ...paper.value.numbers, [box]: e.currentTarget.value };
                            paper.value = { ...paper.value, numbers };
                        }}
                    />
                </div>
            ))}
        </div>
    );
}

function Questions({ onYes }: { onYes: (question: Question) => void }) {
    const form = paper.value,
        asked = { ...dangerOpen(form.sex, ageOf(form, new Date().getFullYear())), answers: form.answers };
    const put = (answers: object): void => void (paper.value = { ...paper.value, answers: { ...answers } });
    const answer = (question: Question, said: 'yes' | 'no'): void => {
        const answers: Record<string, 'yes' | 'no'> = { ...form.answers };
        if (answers[question] === said) delete answers[question];
        else answers[question] = said;
        put(answers);
        if (answers[question] === 'yes' && dangerIsUrgent(question, 'yes')) onYes(question);
    };
    const row = (question: Question) => (
        <QuestionRow
            key={question}
            question={question}
            state={dangerState(asked, question)}
            isStored={false}
            onAnswer={(said) => answer(question, said)}
        />
    );
    return (
        <>
            <ul class="plain">{dangerList(asked).filter(isFact).map(row)}</ul>
            <ul class="plain">
                {dangerList(asked)
                    .filter((one) => !isFact(one))
                    .map(row)}
            </ul>
            <button type="button" class="wide" onClick={() => put(dangerNone(asked).answers)}>
                {t('paper.none')}
            </button>
        </>
    );
}

function Doubts({ doubts, onRight, onAgain }: { doubts: readonly Doubt[]; onRight: () => void; onAgain: () => void }) {
    return (
        <section class="ask" role="alert">
            {doubts.map(({ reading, which, word, number, unit, soft }) => (
                <div key={`${reading} ${which}`}>
                    <h2>{t('measure.ask', { name: nameText(word, which), number, unit: unitText(unit) })}</h2>
                    <p>{t('measure.usual', { low: soft[0], high: soft[1], unit: unitText(unit) })}</p>
                </div>
            ))}
            <div class="both">
                <button type="button" onClick={onRight}>
                    {t('measure.right')}
                </button>
                <button type="button" onClick={onAgain}>
                    {t('measure.again')}
                </button>
            </div>
        </section>
    );
}

function Letter({ html, pdf }: { html: string; pdf: string }) {
    return (
        <section class="card" role="status">
            <p>{t('paper.letter-made')}</p>
            <div class="both">
                <a class="button" href={html} target="_blank" rel="noopener">
                    {t('letter.read')}
                </a>
                <a class="button" href={pdf} target="_blank" rel="noopener">
                    {t('letter.print')}
                </a>
            </div>
        </section>
    );
}

function Result({ findings, onLetter }: { findings: readonly Finding[]; onLetter: (language: string) => void }) {
    return (
        <section aria-label={t('paper.found')}>
            <h2>{t('paper.found')}</h2>
            {findings.map((finding, at) => (
                <FindingCard key={at} finding={finding} />
            ))}
            {me.value?.role !== 'clinician' && <p class="note note-look">{t('paper.clinician')}</p>}
            {me.value?.role === 'clinician' && (
                <div class="card">
                    <h2>{t('letter.language')}</h2>
                    <div class="both">
                        {(site.value?.languages ?? [language()]).map((one) => (
                            <button key={one} type="button" lang={one} onClick={() => onLetter(one)}>
                                {new Intl.DisplayNames([one], { type: 'language' }).of(one) ?? one}
                            </button>
                        ))}
                    </div>
                </div>
            )}
        </section>
    );
}

export function PaperScreen() {
    const [failure, setFailure] = useState<Failure | null>(null),
        [isBusy, busy] = useState(false),
        { route } = useLocation(),
        form = paper.value,
        now = judged.value;
    const setJudged = (next: Judged | null): void => void (judged.value = next),
        confirm = (next: [number, number][]): void => void (confirmed.value = next);
    const mayJudge = me.value?.role !== 'registrar';
    const judge = async (sure: [number, number][], of: string | null, only?: Question): Promise<void> => {
        if (!mayJudge) return;
        const sent = paperSent(paper.value, sure, of);
        busy(true);
        const one = { ...sent, readings: [{ word: only ?? '', text: 'yes' }], confirmed: [] };
        const answer = await api.paper(only ? one : sent);
        busy(false);
        confirm(sure);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) paperCame(answer.value.alarms, answer.value.holds);
        else if (answer.failure.kind === 'refused') paperCame(answer.failure.alarms);
        if (!only) setJudged(answer.ok ? answer.value : null);
    };
    const right = (doubts: readonly Doubt[]): void => {
        const more = doubts.map(({ reading, which }): [number, number] => [reading, which]);
        void judge([...confirmed.value, ...more], null);
    };
    const done = (): void => {
        paperDone();
        route(routes.scan);
    };
    const set = (part: Partial<typeof form>): void => {
        setJudged(null);
        paper.value = { ...paper.value, ...part };
    };
    const { sex, ...told } = form;
    return (
        <>
            <p class="note note-look">{t('paper.what')}</p>
            <section class="card">
                <h2>{t('paper.about')}</h2>
                <p>{t('paper.about-how')}</p>
                <TextField label={t('enrol.given')} value={form.given} most={100} onValue={(given) => set({ given })} />
                <TextField
                    label={t('enrol.family')}
                    value={form.family}
                    most={100}
                    onValue={(family) => set({ family })}
                />
                <Born
                    told={{ ...NOBODY, ...told }}
                    set={({ day = form.day, month = form.month, year = form.year, age = form.age }) =>
                        set({ day, month, year, age })
                    }
                />
                <SexChoice
                    sex={sex}
                    of={['female', 'male']}
                    onSex={(one) => one !== 'other' && one !== 'unknown' && set({ sex: one })}
                />
            </section>
            {mayJudge && (
                <section class="card">
                    <h2>{t('danger.title')}</h2>
                    <Questions onYes={(question) => void judge([], null, question)} />
                </section>
            )}
            {mayJudge && (
                <section class="card" onInput={() => (setJudged(null), confirm([]))}>
                    <h2>{t('paper.numbers')}</h2>
                    <Numbers />
                </section>
            )}
            {!mayJudge && <p>{t('paper.registrar')}</p>}
            <FailureNote failure={failure} />
            {now?.state === 'asks' && (
                <Doubts doubts={now.doubts} onRight={() => right(now.doubts)} onAgain={() => setJudged(null)} />
            )}
            {now?.state === 'refused' && (
                <p class="note note-stop" role="alert">
                    {t('paper.refused', { name: nameText(now.word, now.which ?? 0) })}
                </p>
            )}
            {now?.state === 'judged' && (
                <Result findings={now.findings} onLetter={(of) => void judge(confirmed.value, of)} />
            )}
            {now?.state === 'judged' && now.html && now.pdf && <Letter html={now.html} pdf={now.pdf} />}
            <div class="buttons">
                {mayJudge && (
                    <button
                        type="button"
                        class="button-main"
                        disabled={isBusy || paperReadings(form).length === 0}
                        onClick={() => void judge(confirmed.value, null)}
                    >
                        {t('paper.judge')}
                    </button>
                )}
                <button type="button" onClick={done}>
                    {t('paper.done')}
                </button>
            </div>
        </>
    );
}
