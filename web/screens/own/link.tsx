// SPDX-License-Identifier: Apache-2.0
// A health link: what is asked before it is made, and the link once it is. The passcode is shown and not printed, so
// that no sheet of paper opens the copy by itself.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { MadeLink } from '../../lib/apps.ts';
import { clock, day, t } from '../../lib/words.ts';
import { Pick } from '../../parts/pick/pick.tsx';
import { QrCode } from '../../parts/qr/qr.tsx';
import { PaperHead } from '../../parts/top/top.tsx';
import { LINK_DAYS, linkMissing, NO_LINK, type LinkChoice, type LinkDays } from './own_rules.ts';

export const when = (at: string): string => t('own.when', { day: day(new Date(at)), time: clock(new Date(at)) });

export function MakeLink({ isOff, onMake }: { isOff: boolean; onMake: (choice: LinkChoice) => void }) {
    const [choice, setChoice] = useState<LinkChoice>(NO_LINK),
        [lacks, setLacks] = useState(false);
    const need = linkMissing(choice),
        answers = (['yes', 'no'] as const).map((value) => ({ value, text: t(`own.apart-${value}`) }));
    const make = (): void => {
        setLacks(need !== null);
        if (need === null) onMake(choice);
    };
    return (
        <section class="card" aria-labelledby="own-make">
            <h2 id="own-make">{t('own.make')}</h2>
            <p>{t('own.make-what')}</p>
            <p>
                <strong>{t('own.make-gone')}</strong>
            </p>
            <Pick
                name="apart"
                label={t('own.apart')}
                options={answers}
                value={choice.apart}
                isOff={isOff}
                onPick={(apart) => setChoice({ ...choice, apart: apart as LinkChoice['apart'] })}
            />
            <Pick
                name="days"
                label={t('own.days')}
                options={LINK_DAYS.map((value) => ({ value, text: t(`own.days-${value}`) }))}
                value={choice.days}
                isOff={isOff}
                onPick={(days) => setChoice({ ...choice, days: days as LinkDays | null })}
            />
            <div class="field">
                <label for="own-label">{t('own.label')}</label>
                <input
                    id="own-label"
                    dir="auto"
                    value={choice.label}
                    maxLength={30}
                    disabled={isOff}
                    autocomplete="off"
                    aria-describedby="own-label-how"
                    onInput={(event) => setChoice({ ...choice, label: event.currentTarget.value })}
                />
                <p id="own-label-how" class="small">
                    {t('own.label-how')}
                </p>
            </div>
            {lacks && need !== null && (
                <p class="note note-look" role="alert">
                    {t(need)}
                </p>
            )}
            <button type="button" disabled={isOff} onClick={make}>
                {t('own.make-do')}
            </button>
        </section>
    );
}

export function Made({ made, onDone }: { made: MadeLink; onDone: () => void }) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    return (
        <section class="card print-page" aria-labelledby="own-made">
            <PaperHead />
            <h2 id="own-made" ref={heading} tabIndex={-1}>
                {t('own.made')}
            </h2>
            <p class="no-print">{t('own.once')}</p>
            <QrCode text={made.link} label={t('own.code')} />
            <p class="code own-link">
                <bdi dir="ltr">{made.link}</bdi>
            </p>
            <p>{t('own.until', { when: when(made.until) })}</p>
            <p>{t('own.both')}</p>
            <div class="no-print">
                <h3>{t('own.passcode')}</h3>
                <p>
                    <bdi dir="ltr" class="code secret">
                        {made.passcode}
                    </bdi>
                </p>
                <p>{t('own.passcode-how')}</p>
            </div>
            <div class="both no-print">
                <button type="button" onClick={() => globalThis.print()}>
                    {t('own.print')}
                </button>
                <button type="button" onClick={onDone}>
                    {t('own.have-both')}
                </button>
            </div>
        </section>
    );
}
