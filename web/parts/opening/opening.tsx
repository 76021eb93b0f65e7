// SPDX-License-Identifier: Apache-2.0
// What became of the last card, above every screen: wrong, refused, or numbers that are not saved yet.
import { answerUnsaved, opening } from '../../lib/opening.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../failure/failure.tsx';
import { UnsavedNote } from '../unsaved/unsaved.tsx';

export function OpeningNote() {
    const now = opening.value;
    if (now.is === 'failure') return <FailureNote failure={now.failure} />;
    if (now.is === 'unsaved') return <UnsavedNote why="next" onAnswer={(givesUp) => void answerUnsaved(givesUp)} />;
    if (now.is !== 'wrong') return null;
    return (
        <p class="note note-look" role="alert">
            {t(`opening.${now.what}`)}
        </p>
    );
}
