// SPDX-License-Identifier: Apache-2.0
// Screens that come behind the first one: each is a file of its own, so that a login does not wait for what it may
// never show. They are fetched as soon as somebody works here and nothing else is to be done, so that they are there
// when the server is not.
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { t } from './words.ts';

type Load = () => Promise<FunctionComponent>;
export interface Later extends FunctionComponent {
    /** Brings the file, if it is not there. */
    readonly bring: () => Promise<void>;
}

/** later - a view that is brought when it is shown, or before. */
export function later(load: Load): Later {
    const view = signal<FunctionComponent | null>(null),
        isAway = signal(false);
    const bring = async (): Promise<void> => {
        if (view.peek() !== null) return;
        try {
            view.value = await load();
            isAway.value = false;
        } catch {
            isAway.value = true;
        }
    };
    function View() {
        useEffect(() => void bring(), []);
        const Shown = view.value;
        if (Shown !== null) return <Shown />;
        if (!isAway.value) return null;
        return (
            <div class="note note-look" role="alert">
                <p>{t('error.not-brought')}</p>
                <button type="button" onClick={() => void bring()}>
                    {t('error.bring')}
                </button>
            </div>
        );
    }
    return Object.assign(View, { bring });
}

const isLater = (view: FunctionComponent): view is Later => 'bring' in view;
const SOON_MS = 1_500;

/** useBringing - brings the views that come later, one after the other, a moment after the first screen stands. */
export function useBringing(views: readonly FunctionComponent[], key: string): void {
    useEffect(() => {
        let isOver = false;
        const timer = setTimeout(
            () =>
                void (async () => {
                    for (const view of views) if (!isOver && isLater(view)) await view.bring();
                })(),
            SOON_MS,
        );
        return () => {
            isOver = true;
            clearTimeout(timer);
        };
    }, [key]);
}
