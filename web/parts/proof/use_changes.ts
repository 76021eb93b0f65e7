// SPDX-License-Identifier: Apache-2.0
// A screen that shows what the server has and changes it: read at the start and again behind each change. A trouble
// stays until something went well.
import { useEffect, useState } from 'preact/hooks';
import { say } from '../../lib/announce.ts';
import type { Answer } from '../../lib/api.ts';
import { proved, type Proved, type Trouble } from '../../lib/prove.ts';

/** Runs one change and tells its trouble; where it went well says `done` (empty: nothing) and reads anew. */
export type Change = (run: () => Promise<Proved<unknown>>, done: string) => Promise<boolean>;

/** `ask` reads what is shown; `then` is called behind each change that went well, before it is read anew. */
export function useChanges<T>(ask: () => Promise<Answer<T>>, then?: () => void) {
    const [shown, show] = useState<T | null>(null),
        [trouble, setTrouble] = useState<Trouble | null>(null);
    const load = async (): Promise<void> => {
        const answer = proved(await ask());
        if (answer.ok) show(answer.value);
        else setTrouble(answer.trouble);
    };
    const change: Change = async (run, done) => {
        const answer = await run();
        setTrouble(answer.ok ? null : answer.trouble);
        if (!answer.ok) return false;
        if (done !== '') say(done);
        then?.();
        await load();
        return true;
    };
    useEffect(() => void load(), []);
    return { shown, trouble, setTrouble, change };
}
