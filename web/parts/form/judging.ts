// SPDX-License-Identifier: Apache-2.0
// Each answer of a form is judged by the server when it is given, also while the person alone has the tablet: what is
// urgent in it waits beside the open person from then on, whether or not the answers are ever sent. Nothing of it is
// kept, and nothing of it is shown here: the screens of staff show what waits.
import { useEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { api } from '../../lib/api.ts';
import { person, refreshPerson } from '../../lib/session.ts';
import type { FormAnswer } from '../../form/types.ts';

/** How many forms are on the screen: what is urgent in one is not held in its place while it is there. */
export const formsShown = signal(0);

/** A number is whole when nobody types on. */
const STILL_MS = 400;
const AGAIN_MS = 3_000;
/** How long a save waits for what is on its way. */
const ENDS_MS = 1_500;

export interface Judging {
    /** The answers changed. */
    readonly changed: () => void;
    /** Nothing is on its way any more: what is saved now is not judged once more behind it. */
    readonly ended: () => Promise<void>;
}

/** useJudging - of the answers that `answersOf` gives, of one form of the open person. */
export function useJudging(form: string, answersOf: () => readonly FormAnswer[]): Judging {
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined),
        judged = useRef('[]'),
        way = useRef<Promise<void>>(Promise.resolve()),
        isOver = useRef(false);
    const judge = async (): Promise<void> => {
        const open = person.peek(),
            answers = answersOf().map((one) => ({ ...one })),
            text = JSON.stringify(answers);
        if (open === null || text === judged.current) return;
        judged.current = text;
        const answer = await api.formJudge(open.person, form, answers);
        if (!answer.ok && answer.failure.kind === 'no-answer') {
            judged.current = '';
            if (!isOver.current) wait(AGAIN_MS);
            return;
        }
        const alarms = answer.ok ? answer.value.alarms : answer.failure.kind === 'refused' ? answer.failure.alarms : [];
        if (alarms.length > 0 || person.peek()?.waits) await refreshPerson();
    };
    const go = (): void => {
        timer.current = undefined;
        way.current = way.current.then(judge);
    };
    const stop = (): boolean => {
        const waited = timer.current !== undefined;
        clearTimeout(timer.current);
        timer.current = undefined;
        return waited;
    };
    const wait = (ms: number): void => {
        stop();
        timer.current = setTimeout(go, ms);
    };
    useEffect(() => {
        formsShown.value++;
        return () => {
            isOver.current = true;
            if (stop()) go();
            void way.current.then(() => void formsShown.value--);
        };
    }, []);
    return {
        changed: () => wait(STILL_MS),
        ended: () => {
            stop();
            return Promise.race([way.current, new Promise<void>((done) => setTimeout(done, ENDS_MS))]);
        },
    };
}
