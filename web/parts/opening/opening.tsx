// SPDX-License-Identifier: Apache-2.0
// What became of the last card, above every screen: wrong, refused, or numbers that are not saved yet.
import { useLocation } from 'preact-iso/router';
import { deskCard, slipAtDesk } from '../../lib/desk.ts';
import { answerUnsaved, opening } from '../../lib/opening.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../failure/failure.tsx';
import { UnsavedNote } from '../unsaved/unsaved.tsx';
import { routes } from '../../routes.ts';

export function OpeningNote() {
    const now = opening.value,
        { route } = useLocation();
    const lead = (to: string): void => {
        opening.value = { is: 'idle' };
        route(to);
    };
    if (now.is === 'failure' && now.card !== undefined) {
        const card = now.card;
        return (
            <div class="note note-stop" role="alert">
                <p>{t('opening.not-open')}</p>
                <button type="button" onClick={() => ((deskCard.value = card), lead(routes.consent))}>
                    {t('opening.choices')}
                </button>
            </div>
        );
    }
    if (now.is === 'failure') return <FailureNote failure={now.failure} />;
    if (now.is === 'unsaved') return <UnsavedNote why="next" onAnswer={(givesUp) => void answerUnsaved(givesUp)} />;
    if (now.is !== 'wrong') return null;
    const slip = now.code;
    return (
        <div class="note note-look" role="alert">
            <p>{t(`opening.${now.what}`)}</p>
            {slip !== undefined && (
                <button type="button" onClick={() => ((slipAtDesk.value = slip), lead(routes.newCard))}>
                    {t('opening.change-slip')}
                </button>
            )}
        </div>
    );
}
