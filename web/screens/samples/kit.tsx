// SPDX-License-Identifier: Apache-2.0
// Lot and end of a test kit: scanned, or typed as the box says. A box that is over is not used.
import { day, t } from '../../lib/words.ts';
import { kitOf, type Kit, type KitState } from './samples.ts';

export function KitBox({
    kit,
    state,
    isOff,
    onKit,
}: {
    kit: Kit;
    state: KitState;
    isOff: boolean;
    onKit: (kit: Kit) => void;
}) {
    const date = /^\d{4}-\d{2}-\d{2}$/.test(kit.expires) ? day(Date.parse(kit.expires), 'UTC') : '';
    return (
        <div class="kit">
            <div class="field">
                <label for="samples-lot">{t('samples.kit')}</label>
                <input
                    id="samples-lot"
                    class="code"
                    dir="ltr"
                    autocomplete="off"
                    spellcheck={false}
                    value={kit.lot}
                    disabled={isOff}
                    onInput={(event) => {
                        const text = event.currentTarget.value.trim();
                        onKit(kitOf(text, new Date().getFullYear()) ?? { ...kit, lot: text });
                    }}
                />
            </div>
            <div class="field">
                <label for="samples-expires">{t('samples.expires')}</label>
                <input
                    id="samples-expires"
                    type="date"
                    value={kit.expires}
                    disabled={isOff}
                    onInput={(event) => onKit({ ...kit, expires: event.currentTarget.value })}
                />
            </div>
            {state === 'good' && <p role="status">✓ {t('samples.kit-good', { lot: kit.lot, date })}</p>}
            {state === 'unread' && <p role="status">{t('samples.kit-unread')}</p>}
            {state === 'over' && (
                <p class="note note-stop" role="alert">
                    {t('samples.kit-over', { date })}
                </p>
            )}
        </div>
    );
}
