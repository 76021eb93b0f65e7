// SPDX-License-Identifier: Apache-2.0
// The person answers alone, on a tablet that was handed to them: their language, one question at a time, a shade, and
// nothing of anybody else. What they sent leads to the same thanks whatever it says; what is urgent in it is told to
// whoever takes the tablet back.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { useSignal, useSignalEffect } from '@preact/signals';
import { useAutoLock, usePersonEnd } from '../../lib/lock.ts';
import { useKeys } from '../../lib/keys.ts';
import { chooseWords, handOver, lock, person, phase, refreshPerson } from '../../lib/session.ts';
import { LANGUAGES, language, ownName, t } from '../../lib/words.ts';
import { AlarmList } from '../../parts/alarm/alarm.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { counts } from '../../parts/form/entry.ts';
import { Pager, usePager, type PagerUse } from '../../parts/form/pager.tsx';
import { useForm, type FormUse } from '../../parts/form/use_form.ts';
import { Saved, savingAsks } from '../../parts/measure/saved.tsx';
import { handed, handedDid, isTheirs, type Handed } from './handed.ts';

// The server counts a session as unused without a call, however much is typed here.
const USED_MS = 30_000;
function useStayingAwake(): void {
    useEffect(() => {
        let last = Date.now();
        const used = (): void => {
            if (Date.now() - last < USED_MS || phase.value !== 'in') return;
            last = Date.now();
            void refreshPerson();
        };
        for (const name of ['keydown', 'pointerdown']) addEventListener(name, used, { capture: true, passive: true });
        return () => {
            for (const name of ['keydown', 'pointerdown']) removeEventListener(name, used, { capture: true });
        };
    }, []);
}

// Whoever takes the tablet back shows who they are; their language is there again.
async function takeBack(language_before: Handed['language']): Promise<void> {
    await chooseWords(language_before);
    await lock();
}

function Head({ text, focus }: { text: string; focus: string }) {
    const head = useRef<HTMLHeadingElement>(null);
    useLayoutEffect(() => head.current?.focus(), [focus]);
    return (
        <h1 ref={head} tabIndex={-1}>
            {text}
        </h1>
    );
}

function Languages() {
    return (
        <span class="languages">
            {LANGUAGES.map((one) => (
                <button
                    key={one}
                    type="button"
                    lang={one}
                    class={one === language() ? 'choice choice-here' : 'choice'}
                    aria-pressed={one === language()}
                    onClick={() => void chooseWords(one)}
                >
                    {ownName(one)}
                </button>
            ))}
        </span>
    );
}

function Same({ children }: { children: ComponentChildren }) {
    return <div class="options">{children}</div>;
}

function Handing({ title }: { title: string }) {
    const start = async (): Promise<void> => {
        await handOver(true);
        handedDid('start');
    };
    return (
        <section class="card">
            <Head text={t('kiosk.hand', { title })} focus="handing" />
            <p>{t('kiosk.hand-how')}</p>
            <p>{t('kiosk.language')}</p>
            <Languages />
            <div class="buttons">
                <button type="button" class="button-main" onClick={() => void start()}>
                    {t('kiosk.hand-now')}
                </button>
                <button type="button" onClick={() => handedDid('take-back')}>
                    {t('kiosk.hand-not')}
                </button>
            </div>
        </section>
    );
}

function Greeting() {
    return (
        <section class="card">
            <Head text={t('kiosk.for', { name: person.value?.name ?? '' })} focus="greeting" />
            <p>{t('kiosk.you-may')}</p>
            <p>{t('kiosk.who-reads')}</p>
            <p>{t('kiosk.judged')}</p>
            <p>{t('kiosk.kept-if')}</p>
            <Same>
                <button type="button" class="button-main" onClick={() => handedDid('yes-me')}>
                    {t('kiosk.yes-me')}
                </button>
                <button type="button" onClick={() => handedDid('not-me')}>
                    {t('kiosk.not-me')}
                </button>
            </Same>
        </section>
    );
}

function Ending({ use, pager }: { use: FormUse; pager: PagerUse }) {
    const { answered, asked } = use.state === null ? { answered: 0, asked: 0 } : counts(use.state, pager.pages);
    return (
        <section class="card">
            <Head text={t('kiosk.end')} focus="ending" />
            <p>{t('kiosk.counts', { answered, asked })}</p>
            <Same>
                <button type="button" class="button-main" onClick={() => send(use)}>
                    {t('kiosk.send')}
                </button>
                <button type="button" onClick={() => handedDid('more')}>
                    {t('kiosk.look-again')}
                </button>
            </Same>
            <p class="small">
                <bdi>{use.state?.plan.form.copyright}</bdi>
            </p>
        </section>
    );
}

// Nothing answered is nothing to send.
function send(use: FormUse): void {
    const isEmpty = use.state === null || use.state.texts.size === 0;
    if (isEmpty) handedDid('done');
    else use.save();
}

function Stopping({ use }: { use: FormUse }) {
    return (
        <section class="card">
            <Head text={t('kiosk.stop-what')} focus="stopping" />
            <p>{t('kiosk.stop-how')}</p>
            <Same>
                <button type="button" onClick={() => send(use)}>
                    {t('kiosk.stop-send')}
                </button>
                <button
                    type="button"
                    onClick={() => {
                        use.forget();
                        handedDid('forgot');
                    }}
                >
                    {t('kiosk.stop-forget')}
                </button>
                <button type="button" onClick={() => handedDid('go-on')}>
                    {t('kiosk.stop-go-on')}
                </button>
            </Same>
        </section>
    );
}

function Thanks({ before }: { before: Handed['language'] }) {
    return (
        <section class="card">
            <Head text={t('kiosk.thanks')} focus="thanks" />
            <p>{t('kiosk.give-back')}</p>
            <p>{t('kiosk.thanks-kept')}</p>
            <div class="buttons">
                <button type="button" onClick={() => void takeBack(before)}>
                    {t('kiosk.i-work-here')}
                </button>
            </div>
        </section>
    );
}

function Paused({ use, pager, title }: { use: FormUse; pager: PagerUse; title: string }) {
    const { answered, asked } = use.state === null ? { answered: 0, asked: 0 } : counts(use.state, pager.pages);
    const again = async (): Promise<void> => {
        await handOver(true);
        handedDid('give-again');
    };
    return (
        <section class="card">
            <Head text={t('kiosk.paused', { title })} focus="paused" />
            <p>{t('kiosk.counts-staff', { answered, asked })}</p>
            <AlarmList alarms={person.value?.pending ?? []} title={t('measure.until')} />
            <p>{t('kiosk.language')}</p>
            <Languages />
            <Same>
                <button type="button" class="button-main" onClick={() => void again()}>
                    {t('kiosk.give-again')}
                </button>
                {answered > 0 && (
                    <button type="button" onClick={() => send(use)}>
                        {t('kiosk.save-so-far')}
                    </button>
                )}
                <button type="button" onClick={() => handedDid('take-back')}>
                    {t('kiosk.later')}
                </button>
            </Same>
        </section>
    );
}

function Shade({ onShow }: { onShow: () => void }) {
    return (
        <section class="card kiosk-shade">
            <Head text={t('kiosk.shaded')} focus="shade" />
            <button type="button" class="button-main" onClick={onShow}>
                {t('kiosk.show')}
            </button>
        </section>
    );
}

function Bar({ onShade }: { onShade: () => void }) {
    return (
        <div class="top kiosk-bar">
            <Languages />
            <span class="top-buttons">
                <button type="button" onClick={onShade}>
                    {t('kiosk.shade')}
                </button>
                <button type="button" onClick={() => handedDid('stop')}>
                    {t('kiosk.stop')}
                </button>
            </span>
        </div>
    );
}

function Asking({ use, pager, title }: { use: FormUse; pager: PagerUse; title: string }) {
    return (
        <section class="kiosk-asking">
            <h1 class="small">{title}</h1>
            <Pager use={use} pager={pager} layout="one" end={t('form.next')} onEnd={() => handedDid('asked')} />
        </section>
    );
}

function Step({ now, use, pager, title }: { now: Handed; use: FormUse; pager: PagerUse; title: string }) {
    // What the server asks about is answered where it stands.
    if (savingAsks(use.saving) && now.step !== 'handing' && now.step !== 'thanks')
        return <Asking use={use} pager={pager} title={title} />;
    if (now.step === 'handing') return <Handing title={title} />;
    if (now.step === 'greeting') return <Greeting />;
    if (now.step === 'asking') return <Asking use={use} pager={pager} title={title} />;
    if (now.step === 'ending') return <Ending use={use} pager={pager} />;
    if (now.step === 'stopping') return <Stopping use={use} />;
    if (now.step === 'paused') return <Paused use={use} pager={pager} title={title} />;
    return <Thanks before={now.language} />;
}

export function Kiosk({ now }: { now: Handed }) {
    const isShaded = useSignal(false);
    const use = useForm(now.form, {
        onDone: () => handedDid('done'),
        onAgain: (answer) => {
            const again = use.sent[answer];
            if (now.step !== 'asking') handedDid(now.step === 'ending' ? 'more' : 'go-on');
            if (again) pager.goTo(`${again.link}@${(again.in ?? []).join('.')}`);
        },
    });
    const pager = usePager(use.state, 'one');
    useAutoLock();
    usePersonEnd();
    useStayingAwake();
    useSignalEffect(() => {
        if (phase.value === 'locked') handedDid('locked');
        if (person.value === null && handed.peek() !== null) {
            handed.value = null;
            void takeBack(now.language);
        }
    });
    const shade = (is: boolean): void => void (isShaded.value = is);
    useKeys({ Escape: () => isTheirs(now.step) && shade(!isShaded.peek()) });
    const title = use.state?.plan.form.title ?? '',
        isAsking = now.step === 'asking' || now.step === 'ending';
    if (use.state === null && use.failure) return <Broken use={use} />;
    if (use.state === null) return <p role="status">{t('form.loading')}</p>;
    if (isShaded.value && isTheirs(now.step)) return <Shade onShow={() => shade(false)} />;
    return (
        <>
            {isAsking && <Bar onShade={() => shade(true)} />}
            <Step now={now} use={use} pager={pager} title={title} />
            {!isAsking && !savingAsks(use.saving) && use.saving.saving.step === 'sending' && <Saved use={use.saving} />}
        </>
    );
}

export function KioskNow() {
    const now = handed.value;
    return now === null ? null : <Kiosk key={now.form} now={now} />;
}

function Broken({ use }: { use: FormUse }) {
    return (
        <>
            <FailureNote failure={use.failure} />
            <button type="button" onClick={() => void (handed.value = null)}>
                {t('kiosk.hand-not')}
            </button>
        </>
    );
}
