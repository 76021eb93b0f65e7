// SPDX-License-Identifier: Apache-2.0
// What the person takes along on paper: the words that they agreed to, when, and the number of the step in the log. It
// is drawn for the printer alone. A no is not on it.
import type { Asked, Receipt } from '../../lib/api.ts';
import { me } from '../../lib/session.ts';
import { clock, day, dayOf, t } from '../../lib/words.ts';
import { PaperHead } from '../../parts/top/top.tsx';

export interface Noted {
    readonly asked: Asked;
    readonly keepApart: boolean;
    readonly remind: boolean;
    readonly receipt: Receipt;
}

/** Day and time as they are written here. */
export const when = (text: string): string => {
    const at = new Date(text),
        zone = me.value?.site.zone;
    return `${day(at, zone)}${t('consent.comma')} ${clock(at, zone)}`;
};

export function Proof({ receipt }: { receipt: Receipt }) {
    if (receipt.proof !== null) return <pre class="proof">{receipt.proof}</pre>;
    return (
        <p class="small">
            {receipt.proofFrom === null
                ? t('consent.leaf', { leaf: receipt.leaf })
                : t('consent.leaf-later', { leaf: receipt.leaf, from: when(receipt.proofFrom) })}
        </p>
    );
}

export function Copy({ noted, language }: { noted: readonly Noted[]; language: string }) {
    return (
        <section class="print-only" lang={language}>
            <PaperHead />
            <h1>{t('consent.copy')}</h1>
            {noted.map(({ asked, keepApart, remind, receipt }) => (
                <article key={asked.purpose} class="copy">
                    <h2>{asked.title}</h2>
                    {asked.sections.map(({ id, heading, text }) => (
                        <div key={id}>
                            <h3>{heading}</h3>
                            <p>{text}</p>
                        </div>
                    ))}
                    <p>
                        <strong>{asked.yes}</strong>
                    </p>
                    {keepApart && <p>{t('consent.copy-apart')}</p>}
                    {remind && asked.reminder && (
                        <>
                            <p>{asked.reminder.text}</p>
                            <p>
                                <strong>{asked.reminder.yes}</strong>{' '}
                                {t('consent.copy-remind', { date: dayOf(asked.reminder.nextDate) })}
                            </p>
                        </>
                    )}
                    <p>{t('consent.copy-when', { at: when(receipt.at) })}</p>
                    <Proof receipt={receipt} />
                </article>
            ))}
            <p>{t('consent.copy-back')}</p>
        </section>
    );
}
