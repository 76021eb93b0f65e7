// SPDX-License-Identifier: Apache-2.0
// The box for a card or a ticket that is typed; a scanner is heard on every screen (lib/scanner.ts).
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { openCode, opening } from '../../lib/opening.ts';
import { person } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { CodeField } from '../../parts/field/code.tsx';
import { routes } from '../../routes.ts';

export function Scan() {
    const [text, setText] = useState(''),
        box = useRef<HTMLInputElement>(null);
    const open = async (): Promise<void> => {
        await openCode(text);
        if (opening.value.is !== 'wrong') setText('');
        box.current?.select();
    };
    useLayoutEffect(() => box.current?.focus(), []);
    return (
        <>
            <form class="card" onSubmit={(event) => (event.preventDefault(), void open())}>
                <CodeField
                    box={box}
                    label={t('scan.box')}
                    how={t('scan.how')}
                    text={text}
                    isWrong={opening.value.is === 'wrong'}
                    capitals="characters"
                    onText={setText}
                />
                <button class="button-main" disabled={opening.value.is === 'busy'}>
                    {t('scan.open')}
                </button>
                {person.value && <p class="small">{t('scan.is-open')}</p>}
            </form>
            <nav class="card" aria-label={t('scan.without')}>
                <h2>{t('scan.without')}</h2>
                <div class="both">
                    <a class="button" href={routes.enrol}>
                        {t('enrol.title')}
                    </a>
                    <a class="button" href={routes.newCard}>
                        {t('newcard.title')}
                    </a>
                    <a class="button" href={routes.paper}>
                        {t('paper.title')}
                    </a>
                </div>
            </nav>
        </>
    );
}
