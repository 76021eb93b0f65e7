// SPDX-License-Identifier: Apache-2.0
// Looks whether the server is there: while it is away every three seconds, else every twenty, and at once when the
// page is looked at again. When it comes back, what waits is done.
import { useEffect } from 'preact/hooks';
import { isThere, probe } from './api.ts';
import { phase, resume } from './session.ts';

const AWAY_MS = 3_000,
    THERE_MS = 20_000;

type Hook = () => void;
const back: Hook[] = [];
/** Called each time the server was away and is there again. */
export const whenBack = (hook: Hook): void => void back.push(hook);

async function look(): Promise<void> {
    const was = isThere.value;
    const is = await probe();
    if (!is) return;
    if (phase.value === 'away') await resume();
    if (!was) for (const hook of back) hook();
}

/** Looks for as long as the component is there. */
export function useConnection(): void {
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout>,
            isOver = false;
        const next = async (): Promise<void> => {
            await look();
            if (!isOver)
                timer = setTimeout(() => void next(), isThere.value && phase.value !== 'away' ? THERE_MS : AWAY_MS);
        };
        const now = (): void => {
            if (document.visibilityState !== 'visible') return;
            clearTimeout(timer);
            void next();
        };
        timer = setTimeout(() => void next(), AWAY_MS);
        document.addEventListener('visibilitychange', now);
        return () => {
            isOver = true;
            clearTimeout(timer);
            document.removeEventListener('visibilitychange', now);
        };
    }, []);
}
