// SPDX-License-Identifier: Apache-2.0
// Numbers that are typed and not saved are asked about before the person goes: the safe answer is the first.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../lib/words.ts';

export function UnsavedNote({ why, onAnswer }: { why: 'next' | 'close'; onAnswer: (givesUp: boolean) => void }) {
    const stay = useRef<HTMLButtonElement>(null);
    useLayoutEffect(() => stay.current?.focus(), []);
    return (
        <div class="note note-look" role="alert">
            <p>{t('unsaved.what')}</p>
            <div class="buttons">
                <button type="button" ref={stay} class="button-main" onClick={() => onAnswer(false)}>
                    {t('unsaved.stay')}
                </button>
                <button type="button" onClick={() => onAnswer(true)}>
                    {t(`unsaved.${why}`)}
                </button>
            </div>
        </div>
    );
}
