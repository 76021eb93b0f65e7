// SPDX-License-Identifier: Apache-2.0
// What can be done with a letter: nothing yet, ready, held until the person was told, or refused for another reason.
import type { Answer } from '../../lib/api.ts';

export type LetterStep =
    | { readonly step: 'choosing' }
    | { readonly step: 'making'; readonly language: string }
    | { readonly step: 'ready'; readonly language: string; readonly html: string; readonly pdf: string }
    /** Something in it cannot wait and nobody has told the person. */
    | { readonly step: 'held'; readonly language: string }
    | { readonly step: 'failed'; readonly language: string };

/** letterMake - one at a time. */
export const letterMake = (now: LetterStep, language: string): LetterStep =>
    now.step === 'making' ? now : { step: 'making', language };

/** letterTold - the server's answer to what is being made; links to any other place than a letter are no letter. */
export function letterTold(now: LetterStep, answer: Answer<{ html: string; pdf: string }>): LetterStep {
    if (now.step !== 'making') return now;
    const { language } = now;
    if (answer.ok) {
        const { html, pdf } = answer.value;
        const isLetter = /^\/letter\/[\w-]+$/.test(html) && /^\/letter\/[\w-]+\.pdf$/.test(pdf);
        return isLetter ? { step: 'ready', language, html, pdf } : { step: 'failed', language };
    }
    const isHeld = answer.failure.kind === 'refused' && answer.failure.code === 'E_CONFLICT';
    return { step: isHeld ? 'held' : 'failed', language };
}
