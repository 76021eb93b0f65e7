// SPDX-License-Identifier: Apache-2.0
// The outbox of the app without a screen, for web_browser.mjs: what a station does when it saves, on a page of its own.
import { entries, keep, startOutbox } from '../../../web/lib/outbox.ts';
import { login, openPerson, person, phase, start } from '../../../web/lib/session.ts';

declare global {
    interface Window {
        outbox: object;
        saved: (key: string) => void;
    }
}
window.outbox = {
    start: async (): Promise<string> => {
        startOutbox();
        await start();
        return phase.value;
    },
    login: (name: string, secret: string) => login(name, { secret }),
    open: async (card: string): Promise<boolean> => (await openPerson(card)).ok,
    isOpen: (): boolean => person.value !== null,
    // Says the key as soon as the entry is on this tablet.
    save: async (text: string): Promise<void> => {
        await keep('pressure', [{ word: 'bp', text }], [], (entry) => {
            if (entry.state === 'tablet') window.saved(entry.key);
        });
    },
    waiting: (): number => entries.value.length,
    needs: (): (string | null)[] => entries.value.map((entry) => entry.need),
};
