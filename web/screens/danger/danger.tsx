// SPDX-License-Identifier: Apache-2.0
// The questions in front of the measuring. What is answered stays while the person is open; a yes to a danger sign
// goes to the server at once, all the rest with "save".
import { useEffect, useId, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { dropDraft, useDraft } from '../../lib/draft.ts';
import { person } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { savingHolds } from '../../parts/measure/measure.ts';
import { Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { useSaving } from '../../parts/measure/use_saving.ts';
import { isFact, type Question } from '../../parts/questions/questions.ts';
import { QuestionRow } from '../../parts/questions/row.tsx';
import { routes } from '../../routes.ts';
import {
    dangerAnswer,
    dangerFrom,
    dangerIsUrgent,
    dangerLeft,
    dangerList,
    dangerNone,
    dangerOpen,
    dangerReadings,
    dangerState,
    dangerStored,
    dangerWith,
    sexOf,
    type Asked,
    type Sex,
} from './danger.ts';

type Answers = Readonly<Partial<Record<Question, Asked>>>;

// Which ranges and equations fit: it is asked at the check, and nothing is taken over from anywhere.
function SexRow({ state, isOff, onAnswer }: { state: Sex | null; isOff: boolean; onAnswer: (sex: Sex) => void }) {
    const id = useId();
    return (
        <li class={`question question-fact ${state === null ? 'question-not-asked' : ''}`}>
            <div class="question-words">
                <p id={id}>{t('danger.sex')}</p>
                <p class="small">
                    <span aria-hidden="true">{state === null ? '○' : '●'}</span>{' '}
                    {state === null
                        ? t('questions.state.not-asked')
                        : `${t(`danger.${state}`)} · ${t('questions.stored')}`}
                </p>
            </div>
            <div class="both" role="group" aria-labelledby={id}>
                {(['female', 'male'] as const).map((sex) => (
                    <button
                        key={sex}
                        type="button"
                        class={state === sex ? 'choice choice-here' : 'choice'}
                        aria-pressed={state === sex}
                        disabled={isOff || (state !== null && state !== sex)}
                        onClick={() => state === null && onAnswer(sex)}
                    >
                        <span aria-hidden="true">{state === sex ? '✓ ' : ''}</span>
                        {t(`danger.${sex}`)}
                    </button>
                ))}
            </div>
        </li>
    );
}

export function DangerScreen() {
    const { route } = useLocation(),
        open = person.value,
        draft = useDraft<Answers>('danger', {});
    const known = dangerFrom(dangerOpen(open?.sex ?? null, open?.ageYears ?? null), open?.today ?? []);
    const danger = dangerWith(known, draft.value);
    const latest = useRef(danger);
    latest.current = danger;
    const use = useSaving('danger', {
        onStored: (sent) => void (draft.value = dangerStored(latest.current, sent).answers),
        onAgain: () => undefined,
    });
    const isBusy = savingHolds(use.saving) || savingAsks(use),
        sex = sexOf(open?.today ?? []),
        left = dangerLeft(danger) + (sex === null ? 1 : 0),
        waits = dangerReadings(danger).length;
    // What is stored is not unsaved, whatever was not asked. Before the draft is loaded there is nothing to drop.
    useEffect(() => {
        if (waits === 0 && Object.keys(draft.value).length > 0) void dropDraft('danger');
    }, [waits, draft.value]);
    const answer = (question: Question, said: 'yes' | 'no'): void => {
        const next = dangerAnswer(danger, question, said);
        draft.value = next.answers;
        if (dangerIsUrgent(question, said) && dangerState(next, question) === 'yes')
            use.save([{ word: question, text: 'yes' }]);
    };
    const row = (question: Question) => (
        <QuestionRow
            key={question}
            question={question}
            state={dangerState(danger, question)}
            isStored={danger.stored[question] === dangerState(danger, question)}
            isOff={isBusy}
            onAnswer={(said) => answer(question, said)}
        />
    );
    const list = dangerList(danger),
        hasYes = list.some((question) => !isFact(question) && dangerState(danger, question) === 'yes'),
        none = (): void => {
            const next = dangerNone(danger);
            draft.value = next.answers;
            use.save(dangerReadings(next));
        };
    return (
        <div class="danger">
            <p>{t('danger.how')}</p>
            <Saved use={use} />
            <h2>{t('danger.facts')}</h2>
            <ul class="plain">
                <SexRow state={sex} isOff={isBusy} onAnswer={(text) => use.save([{ word: 'sex', text }])} />
                {list.filter(isFact).map(row)}
            </ul>
            <h2>{t('danger.signs')}</h2>
            <p>{t('danger.now')}</p>
            <ul class="plain">{list.filter((question) => !isFact(question)).map(row)}</ul>
            <button type="button" class="wide" disabled={isBusy} onClick={none}>
                {t(hasYes ? 'danger.none-else' : 'danger.none')}
            </button>
            <div class="buttons">
                <p role="status">
                    {left === 0 && waits === 0 ? `✓ ${t('danger.all')}` : t('danger.left', { count: left })}
                </p>
                <button
                    type="button"
                    class="button-main"
                    disabled={isBusy || waits === 0}
                    onClick={() => use.save(dangerReadings(danger))}
                >
                    {t('danger.save')}
                </button>
                <button
                    type="button"
                    class={left === 0 && waits === 0 ? 'button-main' : ''}
                    onClick={() => route(routes.pressure)}
                >
                    {t('danger.go-on')}
                </button>
            </div>
        </div>
    );
}
