// SPDX-License-Identifier: Apache-2.0
// What became of the last card, above every screen: wrong, refused, or numbers that are not saved yet.
import { answerUnsaved, opening } from '../../lib/opening.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../failure/failure.tsx';

export function OpeningNote() {
    const now = opening.value;
    if (now.is === 'failure') return <FailureNote failure={now.failure} />;
    if (now.is === 'wrong')
        return (
            <p class="note note-look" role="alert">
                {t(`opening.${now.what}`)}
            </p>
        );
    if (now.is !== 'unsaved') return null;
    return (
        <div class="note note-look" role="alert">
            <p>{t('opening.unsaved')}</p>
            <div class="buttons">
                <button type="button" class="button-main" onClick={() => void answerUnsaved(false)}>
                    {t('opening.unsaved-stay')}
                </button>
                <button type="button" onClick={() => void answerUnsaved(true)}>
                    {t('opening.unsaved-go')}
                </button>
            </div>
        </div>
    );
}
