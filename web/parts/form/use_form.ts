// SPDX-License-Identifier: Apache-2.0
// A form tied to the open person: it comes from the server in the language that is shown, each answer is kept as a
// draft, and what is saved goes by the outbox.
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import {
    enteredOf,
    formAddRow,
    formAnswer,
    formAnswers,
    formDropRow,
    formEntered,
    formIn,
    formOpen,
    nothingEntered,
    type Entered,
    type FormState,
    type Place,
} from '../../form/state.ts';
import type { Form, FormAnswer } from '../../form/types.ts';
import { api, type Failure } from '../../lib/api.ts';
import { isBlank } from '../../lib/blank.ts';
import { dropDraft, useDraft } from '../../lib/draft.ts';
import { keepForm } from '../../lib/outbox.ts';
import { me, person } from '../../lib/session.ts';
import { language } from '../../lib/words.ts';
import { useSavingOf, type SavingUse } from '../measure/use_saving.ts';
import { useJudging } from './judging.ts';

export interface FormUse {
    readonly state: FormState | null;
    /** Why it is not there. */
    readonly failure: Failure | null;
    readonly saving: SavingUse;
    /** What was sent last, in its order: doubts and faults name its places. */
    readonly sent: readonly FormAnswer[];
    readonly answer: (place: Place, texts: readonly string[]) => void;
    readonly addRow: (row: Place) => void;
    readonly dropRow: (row: Place) => void;
    readonly save: () => void;
    /** All that was entered is taken back; nothing of it is sent. */
    readonly forget: () => void;
}

interface Ends {
    /** It is stored, or on this tablet for sure. */
    readonly onDone: () => void;
    /** An answer is entered again: its place among those that were sent. */
    readonly onAgain: (answer: number) => void;
}

/** today - the site's day, as answers write it. */
export const todayAt = (zone: string | undefined): string =>
    new Intl.DateTimeFormat('en-CA', {
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        ...(zone ? { timeZone: zone } : {}),
    }).format(Date.now());

export const draftName = (id: string): string => `form-${id}`;

// What the form came with is shown until something is entered; a draft stands over it.
const entered = (kept: Entered, form: Form, initial: readonly FormAnswer[]): Entered =>
    isBlank(kept) ? enteredOf(form, initial) : kept;

export function useForm(id: string, ends: Ends): FormUse {
    const state = useSignal<FormState | null>(null),
        failure = useSignal<Failure | null>(null),
        draft = useDraft<Entered>(draftName(id), nothingEntered),
        written = useRef<Entered | null>(null),
        sent = useRef<readonly FormAnswer[]>([]),
        now = useRef(ends);
    now.current = ends;
    const handle = person.value?.person,
        speaks = language();
    const judging = useJudging(id, () => {
        const open = state.peek();
        return open === null ? [] : formAnswers(open);
    });
    useEffect(() => {
        let isOver = false;
        void (async () => {
            if (handle === undefined) return;
            const answer = await api.form(handle, id, speaks);
            if (isOver) return;
            failure.value = answer.ok ? null : answer.failure;
            if (!answer.ok) return;
            const { form, initial } = answer.value,
                before = state.peek();
            state.value =
                before !== null
                    ? formIn(before, form)
                    : formOpen(form, todayAt(me.peek()?.site.zone), entered(draft.peek(), form, initial));
            // The page that had them may have ended before they were judged.
            if (!isBlank(draft.peek())) judging.changed();
        })();
        return () => void (isOver = true);
    }, [handle, id, speaks]);
    const become = (next: FormState): void => {
        state.value = next;
        written.current = formEntered(next);
        draft.value = written.current;
        judging.changed();
    };
    // The draft is read in a moment, before the form or behind it.
    useEffect(
        () =>
            draft.subscribe((kept) => {
                const open = state.peek();
                if (open === null || kept === written.current || isBlank(kept)) return;
                state.value = formOpen(open.plan.form, open.today, kept);
                judging.changed();
            }),
        [handle, id],
    );
    const change = (how: (open: FormState) => FormState): void => {
        const open = state.peek();
        if (open !== null) become(how(open));
    };
    const saving = useSavingOf(
        ({ confirmed }, told) =>
            keepForm(
                draftName(id),
                {
                    form: id,
                    answers: sent.current.map((one) => ({ ...one })),
                    confirmed: confirmed.map(([a, b]) => [a, b]),
                },
                told,
            ),
        {
            onDone: () => {
                draft.value = nothingEntered;
                void dropDraft(draftName(id));
                now.current.onDone();
            },
            onAgain: ({ reading }) => now.current.onAgain(reading),
        },
    );
    return {
        state: state.value,
        failure: failure.value,
        saving,
        sent: sent.current,
        answer: (place, texts) => change((open) => formAnswer(open, place, texts)),
        addRow: ({ def, rows }) => change((open) => formAddRow(open, def, rows.slice(0, -1))),
        dropRow: (row) => change((open) => formDropRow(open, row)),
        forget: () => {
            change((open) => formOpen(open.plan.form, open.today));
            draft.value = nothingEntered;
            void dropDraft(draftName(id));
        },
        save: () => {
            const open = state.peek();
            if (open === null) return;
            sent.current = formAnswers(open);
            const entered = sent.current.map(({ link, values }) => ({ word: link, text: values.join(', ') }));
            void judging.ended().then(() => saving.save(entered));
        },
    };
}
