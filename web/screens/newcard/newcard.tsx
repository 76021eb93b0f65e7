// SPDX-License-Identifier: Apache-2.0
// Another card: for a slip, in place of one that others saw, or of one that is lost. It is shown once; the old one
// opens nothing any more. What does not open in that way looks the same as what is not there.
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Answer, type Failure } from '../../lib/api.ts';
import { slipAtDesk } from '../../lib/desk.ts';
import { openCode } from '../../lib/opening.ts';
import { me } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { CodeField } from '../../parts/field/code.tsx';
import { CardSlip } from '../../parts/slip/slip.tsx';
import { routes } from '../../routes.ts';
import { wayOf } from './newcard.ts';

type Made = Answer<{ card: string }>;

type Ask = (make: () => Promise<Made>) => void;

function ByCode({ isBusy, onAsk, onWrong }: { isBusy: boolean; onAsk: Ask; onWrong: () => void }) {
    const [text, setText] = useState(slipAtDesk.value ?? ''),
        box = useRef<HTMLInputElement>(null);
    useLayoutEffect(() => {
        slipAtDesk.value = null;
        box.current?.focus();
    }, []);
    const submit = (): void => {
        const way = wayOf(text);
        if (way.by === 'nothing') return onWrong();
        onAsk(() => (way.by === 'slip' ? api.slip(way.code) : api.cardNew(way.code)));
    };
    return (
        <form class="card" onSubmit={(event) => (event.preventDefault(), submit())}>
            <h2>{t('newcard.by-code')}</h2>
            <CodeField
                box={box}
                label={t('newcard.code')}
                how={t('newcard.code-how')}
                text={text}
                onText={setText}
            />
            <button class="button-main" disabled={isBusy}>
                {t('newcard.make')}
            </button>
        </form>
    );
}

function ByName({ isBusy, onAsk }: { isBusy: boolean; onAsk: Ask }) {
    const [names, setNames] = useState(''),
        [born, setBorn] = useState(''),
        id = useId();
    return (
        <form
            class="card"
            onSubmit={(event) => (event.preventDefault(), onAsk(() => api.cardByName(names.trim(), born.trim())))}
        >
            <h2>{t('newcard.by-name')}</h2>
            <p>{t('newcard.by-name-how')}</p>
            <div class="field">
                <label for={id}>{t('newcard.names')}</label>
                <input
                    id={id}
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    required
                    maxLength={200}
                    value={names}
                    onInput={(e) => setNames(e.currentTarget.value)}
                />
            </div>
            <div class="field">
                <label for={`${id}-born`}>{t('newcard.born')}</label>
                <input
                    id={`${id}-born`}
                    type="text"
                    dir="ltr"
                    autocomplete="off"
                    required
                    maxLength={10}
                    placeholder="1972-03-14"
                    value={born}
                    onInput={(e) => setBorn(e.currentTarget.value)}
                />
            </div>
            <button class="button-main" disabled={isBusy}>
                {t('newcard.make')}
            </button>
        </form>
    );
}

export function NewCardScreen() {
    const [card, setCard] = useState<string | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        [isWrong, wrong] = useState(false),
        [isBusy, busy] = useState(false),
        { route } = useLocation();
    const ask = async (make: () => Promise<Made>): Promise<void> => {
        busy(true);
        wrong(false);
        const answer = await make();
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setCard(answer.value.card);
    };
    const given = (code: string): void => {
        route(routes.scan);
        void openCode(code);
    };
    if (card !== null) return <CardSlip card={card} next={t('newcard.then')} onGiven={() => given(card)} />;
    const isNotThere = failure?.kind === 'refused' && (failure.code === 'E_NOT_FOUND' || failure.code === 'E_CONSENT');
    return (
        <>
            <p>{t('newcard.how')}</p>
            {isWrong && (
                <p class="note note-look" role="alert">
                    {t('newcard.wrong')}
                </p>
            )}
            {isNotThere ? (
                <div class="note note-look" role="alert">
                    <p>{t('newcard.not-there')}</p>
                    <a class="button" href={routes.enrol}>
                        {t('enrol.title')}
                    </a>
                </div>
            ) : (
                <FailureNote failure={failure} />
            )}
            <ByCode isBusy={isBusy} onAsk={(make) => void ask(make)} onWrong={() => wrong(true)} />
            {me.value?.site.lookUp && <ByName isBusy={isBusy} onAsk={(make) => void ask(make)} />}
        </>
    );
}
