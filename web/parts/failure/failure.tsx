// SPDX-License-Identifier: Apache-2.0
// Why something was not done, in words. What it names is an element or a rule, never a value of a person.
import type { ErrorName, Failure } from '../../lib/api.ts';
import { isKnown, language, t } from '../../lib/words.ts';

/** The sentence for what a code of the server means. */
export const codeText = (code: ErrorName): string => t(isKnown(`failure.${code}`) ? `failure.${code}` : 'failure.E_IO');

/** The sentence for a failure. */
export const failureText = (failure: Failure): string =>
    failure.kind === 'no-answer' ? t('failure.no-answer') : codeText(failure.code);

// What the server adds is English, and of a secret it adds nothing that helps.
export function FailureNote({ failure }: { failure: Failure | null }) {
    if (!failure) return null;
    return (
        <div class="note note-stop" role="alert">
            <p>{failureText(failure)}</p>
            {failure.kind === 'refused' && failure.why !== '' && language() === 'en' && failure.code !== 'E_PIN' && (
                <p class="small">
                    <bdi>{failure.why}</bdi>
                </p>
            )}
        </div>
    );
}
