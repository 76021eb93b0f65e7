// SPDX-License-Identifier: Apache-2.0
// The letter of the open person: in which language, then a page to read and a file to print. The browser prints.
import { useState } from 'preact/hooks';
import { api, type Failure } from '../../lib/api.ts';
import { me, person, refreshPerson, site } from '../../lib/session.ts';
import { language, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';
import { letterMake, letterTold, type LetterStep } from './letter_rules.ts';

/** The name of a language in itself. */
const nameOf = (code: string): string => new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;

function Open({ letter }: { letter: Extract<LetterStep, { step: 'ready' }> }) {
    return (
        <section class="card" aria-live="polite">
            <p>{t('letter.made', { language: nameOf(letter.language) })}</p>
            <div class="both">
                <a class="button" href={letter.html} target="_blank" rel="noopener">
                    {t('letter.read')}
                </a>
                <a class="button" href={letter.pdf} target="_blank" rel="noopener">
                    {t('letter.print')}
                </a>
            </div>
            <p class="small">{t('letter.short')}</p>
        </section>
    );
}

// Nobody was told of what cannot wait: the letter is held, and says so if it is printed all the same.
function HeldBack({ onAll }: { onAll: () => void }) {
    const [asks, ask] = useState(false);
    return (
        <section class="note note-stop" role="alert">
            <p>
                <strong>{t('letter.held')}</strong>
            </p>
            <div class="buttons">
                <a class="button" href={routes.urgent}>
                    {t('letter.tell-first')}
                </a>
                {!asks && (
                    <button type="button" onClick={() => ask(true)}>
                        {t('letter.untold')}
                    </button>
                )}
            </div>
            {asks && <p>{t('letter.untold-what')}</p>}
            {asks && (
                <div class="both">
                    <button type="button" onClick={onAll}>
                        {t('letter.untold-yes')}
                    </button>
                    <button type="button" onClick={() => ask(false)}>
                        {t('letter.untold-no')}
                    </button>
                </div>
            )}
        </section>
    );
}

export function LetterScreen() {
    const [letter, setLetter] = useState<LetterStep>({ step: 'choosing' });
    const [failure, setFailure] = useState<Failure | null>(null);
    const languages = site.value?.languages ?? [language()],
        chosen = letter.step === 'choosing' ? null : letter.language;
    const make = async (of: string, untold: boolean): Promise<void> => {
        const handle = person.value?.person,
            making = letterMake(letter, of);
        if (handle === undefined || making === letter) return;
        setLetter(making);
        const answer = await api.letter(handle, of, untold);
        if (person.value?.person !== handle) return setLetter({ step: 'choosing' });
        setFailure(answer.ok ? null : answer.failure);
        setLetter((now) => letterTold(now, answer));
        if (answer.ok) await refreshPerson();
    };
    return (
        <>
            <section class="card">
                <h2>{t('letter.language')}</h2>
                <div class="both">
                    {languages.map((one) => (
                        <button
                            key={one}
                            type="button"
                            lang={one}
                            disabled={letter.step === 'making'}
                            class={chosen === one ? 'choice choice-here' : 'choice'}
                            aria-pressed={chosen === one}
                            onClick={() => void make(one, false)}
                        >
                            <span aria-hidden="true">{chosen === one ? '✓ ' : ''}</span>
                            {nameOf(one)}
                        </button>
                    ))}
                </div>
            </section>
            {letter.step === 'held' && <HeldBack onAll={() => void make(letter.language, true)} />}
            {letter.step === 'failed' && <FailureNote failure={failure} />}
            {letter.step === 'ready' && <Open letter={letter} />}
            <p>
                <a class="button" href={me.value?.role === 'registrar' ? routes.scan : routes.results}>
                    {t('letter.back')}
                </a>
            </p>
        </>
    );
}
