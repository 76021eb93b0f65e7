// SPDX-License-Identifier: Apache-2.0
// The card of a person, shown once: its code to read, to scan and to print in the size of a card. It has no name on it.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { site } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { QrCode } from '../qr/qr.tsx';

/** `onGiven`: the person has it, on paper. */
export function CardSlip({ card, onGiven, next }: { card: string; onGiven: () => void; next: string }) {
    const [isPrinted, printed] = useState(false),
        print = useRef<HTMLButtonElement>(null);
    useLayoutEffect(() => print.current?.focus(), []);
    return (
        <section class="card" aria-labelledby="slip-title">
            <h2 id="slip-title">{t('slip.title')}</h2>
            <p class="no-print">{t('slip.once')}</p>
            <div class="slip">
                <p class="slip-site">
                    <bdi>{site.value?.name ?? ''}</bdi>
                </p>
                <QrCode text={card} label={t('slip.code', { card })} />
                <div>
                    <p class="small">{t('slip.keep')}</p>
                    {site.value?.madeUp && <p class="small">{t('top.made-up')}</p>}
                </div>
                <p class="code slip-code">
                    <bdi dir="ltr">{card}</bdi>
                </p>
            </div>
            <div class="both no-print">
                <button
                    type="button"
                    ref={print}
                    class={isPrinted ? '' : 'button-main'}
                    onClick={() => {
                        globalThis.print();
                        printed(true);
                    }}
                >
                    {t(isPrinted ? 'slip.print-again' : 'slip.print')}
                </button>
                <button type="button" class={isPrinted ? 'button-main' : ''} onClick={onGiven}>
                    {t(isPrinted ? 'slip.given' : 'slip.written')}
                    <span class="small below"> {next}</span>
                </button>
            </div>
        </section>
    );
}
