// SPDX-License-Identifier: Apache-2.0
// A question with its two answers, of the same size, none of them chosen. Not asked, yes and no differ by word and
// shape.
import { useId } from 'preact/hooks';
import { t } from '../../lib/words.ts';
import { isFact, type Question } from './questions.ts';

export type AnswerState = 'not-asked' | 'yes' | 'no';
const SHAPES: Readonly<Record<AnswerState, string>> = { 'not-asked': '○', yes: '▲', no: '●' };

function Choice({
    answer,
    isChosen,
    isFixed,
    label,
    onAnswer,
}: {
    answer: 'yes' | 'no';
    isChosen: boolean;
    isFixed: boolean;
    label: string;
    onAnswer: () => void;
}) {
    return (
        <button
            type="button"
            class={isChosen ? 'choice choice-here' : 'choice'}
            aria-pressed={isChosen}
            aria-describedby={label}
            disabled={isFixed && !isChosen}
            onClick={() => !isFixed && onAnswer()}
        >
            <span aria-hidden="true">{isChosen ? '✓ ' : ''}</span>
            {t(`questions.${answer}`)}
        </button>
    );
}

export function QuestionRow({
    question,
    state,
    isStored,
    isOff,
    onAnswer,
}: {
    question: Question;
    state: AnswerState;
    /** The server has it; over a no a yes can still be said. */
    isStored: boolean;
    /** An answer is on its way: another one waits. */
    isOff?: boolean;
    onAnswer: (answer: 'yes' | 'no') => void;
}) {
    const id = useId();
    return (
        <li class={`question question-${state}${isFact(question) ? ' question-fact' : ''}`}>
            <div class="question-words">
                <p id={id} class="question-text">
                    {t(`questions.ask.${question}`)}
                </p>
                <p class="question-state small">
                    <span aria-hidden="true">{SHAPES[state]}</span> {t(`questions.state.${state}`)}
                    {isStored && ` · ${t('questions.stored')}`}
                </p>
            </div>
            <div class="both" role="group" aria-labelledby={id}>
                {(['yes', 'no'] as const).map((answer) => (
                    <Choice
                        key={answer}
                        answer={answer}
                        label={id}
                        isChosen={state === answer}
                        isFixed={isOff === true || (isStored && !(state === 'no' && answer === 'yes'))}
                        onAnswer={() => onAnswer(answer)}
                    />
                ))}
            </div>
        </li>
    );
}
