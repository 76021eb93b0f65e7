// SPDX-License-Identifier: Apache-2.0
// The letter of the open person: in which language, then a page to read and a file to print. The browser prints.
import { useState } from 'preact/hooks';
import { api, type Failure } from '../../lib/api.ts';
import { me, person, refreshPerson, site } from '../../lib/session.ts';
import { language, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';

/** The name of a language in itself. */
const nameOf = (code: string): string => new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;

interface Made {
    readonly language: string;
    readonly html: string;
    readonly pdf: string;
}

function Open({ made }: { made: Made }) {
    return (
        <section class="card" aria-live="polite">
            <p>{t('letter.made', { language: nameOf(made.language) })}</p>
            <div class="both">
                <a class="button" href={made.html} target="_blank" rel="noopener">
                    {t('letter.read')}
                </a>
                <a class="button" href={made.pdf} target="_blank" rel="noopener">
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
            <p>
                <a class="button" href={routes.urgent}>
                    {t('letter.tell-first')}
                </a>
            </p>
            {!asks && (
                <button type="button" onClick={() => ask(true)}>
                    {t('letter.untold')}
                </button>
            )}
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
    const [chosen, choose] = useState<string | null>(null),
        [made, setMade] = useState<Made | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null),
        [isBusy, busy] = useState(false);
    const languages = site.value?.languages ?? [language()];
    const make = async (of: string, untold: boolean): Promise<void> => {
        const handle = person.value?.person;
        if (handle === undefined || isBusy) return;
        busy(true);
        choose(of);
        setMade(null);
        const answer = await api.letter(handle, of, untold);
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (!answer.ok) return;
        setMade({ language: of, ...answer.value });
        await refreshPerson();
    };
    const isHeld = failure?.kind === 'refused' && failure.code === 'E_CONFLICT';
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
                            disabled={isBusy}
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
            {isHeld && chosen !== null ? (
                <HeldBack onAll={() => void make(chosen, true)} />
            ) : (
                <FailureNote failure={failure} />
            )}
            {made !== null && <Open made={made} />}
            <p>
                <a class="button" href={me.value?.role === 'registrar' ? routes.scan : routes.results}>
                    {t('letter.back')}
                </a>
            </p>
        </>
    );
}
