// SPDX-License-Identifier: Apache-2.0
// The keys that work on every screen, shown by "?" or the button. A dialog of the browser: the focus stays in it,
// Escape ends it.
import { useEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { me, phase } from '../../lib/session.ts';
import { t, type PlainKey } from '../../lib/words.ts';
import { stationsOf, type Screen } from '../../screens.tsx';

export const isShown = signal(false);

const KEYS: readonly (readonly [string, PlainKey])[] = [
    ['/', 'keys.slash'],
    ['N', 'keys.next'],
    ['Enter', 'keys.enter'],
    ['?', 'keys.help'],
];

/** The stations that a key goes to, in the order of the row: Alt and 1 to 9, then 0; also what is folded away. */
export const stationKeys = (): (readonly [string, Screen])[] =>
    stationsOf(me.value?.role)
        .slice(0, 10)
        .map((screen, at) => [`Alt+${(at + 1) % 10}`, screen]);

const Key = ({ name, what }: { name: string; what: PlainKey }) => (
    <div>
        <dt>
            <kbd dir="ltr">{name}</kbd>
        </dt>
        <dd>{t(what)}</dd>
    </div>
);

export function KeysHelp() {
    const box = useRef<HTMLDialogElement>(null);
    // A dialog that stays open behind the lock would hold the focus, and nobody could unlock.
    useEffect(() => {
        if (isShown.value && phase.value === 'in') box.current?.showModal();
        else box.current?.close();
    }, [isShown.value, phase.value]);
    return (
        <dialog ref={box} class="card" aria-labelledby="keys-title" onClose={() => void (isShown.value = false)}>
            <h2 id="keys-title">{t('keys.title')}</h2>
            <p>{t('keys.scanner')}</p>
            <dl>
                {KEYS.map(([key, what]) => (
                    <Key key={key} name={key} what={what} />
                ))}
            </dl>
            <h3>{t('keys.stations')}</h3>
            <dl class="keys-stations">
                {stationKeys().map(([key, screen]) => (
                    <Key key={key} name={key.replace('+', ' + ')} what={screen.title} />
                ))}
            </dl>
            <div class="buttons">
                <button type="button" class="button-main" onClick={() => void (isShown.value = false)}>
                    {t('keys.close')}
                </button>
                <a class="button" href="/licences.txt" target="_blank" rel="noreferrer">
                    {t('keys.licences')}
                </a>
            </div>
        </dialog>
    );
}
