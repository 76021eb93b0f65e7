// SPDX-License-Identifier: Apache-2.0
// What others get of a record by the person's own word: apps and health links. The person shows card and birth date, at
// the desk or at home; sees what there is, ends it, makes a link. What is shown is forgotten when they are done, and
// when nobody touches the page.
import { useEffect, useState } from 'preact/hooks';
import type { DataClass } from 'gen/lists.ts';
import { say } from '../../lib/announce.ts';
import { api, type Answer, type Failure } from '../../lib/api.ts';
import type { Cardholder, HealthLink, LetIn, MadeLink, Own } from '../../lib/apps.ts';
import { deskCard } from '../../lib/desk.ts';
import { takeScans } from '../../lib/scanner.ts';
import { list, t } from '../../lib/words.ts';
import { scopeText } from '../connect/connect_rules.ts';
import { Who, Wrong } from '../connect/form.tsx';
import { Made, MakeLink, when } from './link.tsx';
import { IDLE_MS, lettingIn, mayMake, over, showMissing, type LinkChoice } from './own_rules.ts';

const classText = (one: DataClass): string => t(`connect.class-${one as 'identity'}`);

type Run = <T>(call: Promise<Answer<T>>, done: string) => Promise<T | null>;

/** A button that asks once more before it does what cannot be undone. */
function EndButton({ what, isOff, onEnd }: { what: string; isOff: boolean; onEnd: () => void }) {
    const [isAsking, ask] = useState(false);
    if (!isAsking)
        return (
            <button type="button" disabled={isOff} onClick={() => ask(true)}>
                {what}
            </button>
        );
    return (
        <div class="both" role="group" aria-label={what}>
            <button type="button" disabled={isOff} onClick={onEnd}>
                {t('own.end-yes')}
            </button>
            <button type="button" disabled={isOff} onClick={() => ask(false)}>
                {t('own.end-no')}
            </button>
        </div>
    );
}

function App({ app, isOff, onEnd }: { app: LetIn; isOff: boolean; onEnd: () => void }) {
    return (
        <li class="entry-line">
            <p>
                <strong>
                    <bdi>{app.name}</bdi>
                </strong>
            </p>
            <p>{t('own.reads', { what: list(app.scopes.map(scopeText)) })}</p>
            <p>{t('own.said-yes', { classes: list(app.classes.map(classText)) })}</p>
            <p>{t('own.from-until', { from: when(app.at), until: when(app.until) })}</p>
            <EndButton what={t('own.end-app-of', { name: app.name })} isOff={isOff} onEnd={onEnd} />
        </li>
    );
}

function Link({ link, isOff, onEnd }: { link: HealthLink; isOff: boolean; onEnd: () => void }) {
    const name = link.label === '' ? t('own.link-number', { number: link.number }) : link.label;
    return (
        <li class="entry-line">
            <p>
                <strong>
                    <bdi>{name}</bdi>
                </strong>
            </p>
            <p>{t('own.from-until', { from: when(link.made), until: when(link.until) })}</p>
            <p>
                {link.lastOpened === undefined
                    ? t('own.never-opened')
                    : t('own.opened', { count: link.opened, when: when(link.lastOpened) })}{' '}
                {t('own.tries', { count: link.triesLeft })}
            </p>
            <EndButton what={t('own.end-link-of', { name })} isOff={isOff} onEnd={onEnd} />
        </li>
    );
}

function Apps({ own, isOff, onEnd }: { own: Own; isOff: boolean; onEnd: (app: LetIn) => void }) {
    const on = lettingIn(own.apps),
        past = over(own.apps);
    return (
        <section class="card" aria-labelledby="own-apps">
            <h2 id="own-apps">{t('own.apps')}</h2>
            {on.length === 0 && <p>{t('own.no-app')}</p>}
            {on.length > 0 && (
                <ul class="plain">
                    {on.map((app) => (
                        <App key={app.app} app={app} isOff={isOff} onEnd={() => onEnd(app)} />
                    ))}
                </ul>
            )}
            <p>{t('own.apps-gone')}</p>
            {past.length > 0 && (
                <details>
                    <summary>{t('own.past')}</summary>
                    <ul>
                        {past.map((app) => (
                            <li key={`${app.app} ${app.at}`}>
                                <bdi>{app.name}</bdi>: {t('own.let-in-at', { when: when(app.at) })}
                            </li>
                        ))}
                    </ul>
                </details>
            )}
        </section>
    );
}

function Links({ own, isOff, onEnd }: { own: Own; isOff: boolean; onEnd: (link: HealthLink) => void }) {
    return (
        <section class="card" aria-labelledby="own-links">
            <h2 id="own-links">{t('own.links')}</h2>
            {own.links.length === 0 && <p>{t('own.no-link')}</p>}
            {own.links.length > 0 && (
                <ul class="plain">
                    {own.links.map((link) => (
                        <Link key={link.number} link={link} isOff={isOff} onEnd={() => onEnd(link)} />
                    ))}
                </ul>
            )}
            <p>{t('own.links-gone')}</p>
        </section>
    );
}

export function Shown({
    who,
    own,
    onOwn,
    onDone,
}: {
    who: Cardholder;
    own: Own;
    onOwn: (own: Own) => void;
    onDone: () => void;
}) {
    const [isBusy, busy] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null),
        [made, setMade] = useState<MadeLink | null>(null);
    const run: Run = async (call, done) => {
        busy(true);
        setFailure(null);
        const answer = await call,
            next = answer.ok ? await api.own(who) : null;
        busy(false);
        if (!answer.ok) return (setFailure(answer.failure), null);
        say(done);
        if (next?.ok) onOwn(next.value);
        else if (next) setFailure(next.failure);
        return answer.value;
    };
    const make = async ({ label, days, apart }: LinkChoice): Promise<void> => {
        if (days === null || apart === null) return;
        const given = { ...who, days, keepApart: apart === 'yes', label: label.trim() };
        setMade(await run(api.ownLink(given), t('own.made')));
    };
    if (made !== null) return <Made made={made} onDone={() => setMade(null)} />;
    const may = mayMake(own);
    return (
        <>
            {failure !== null && <Wrong failure={failure} />}
            <Apps
                own={own}
                isOff={isBusy}
                onEnd={({ app, name }) => void run(api.ownAppEnd(who, app), t('own.app-ended', { name }))}
            />
            <Links
                own={own}
                isOff={isBusy}
                onEnd={({ number }) => void run(api.ownLinkEnd(who, number), t('own.link-ended'))}
            />
            {may === 'yes' && <MakeLink isOff={isBusy} onMake={(choice) => void make(choice)} />}
            {may !== 'yes' && <p class="note note-look">{t(`own.${may}`)}</p>}
            <button type="button" class="button-main" onClick={onDone}>
                {t('own.done')}
            </button>
        </>
    );
}

// Nobody touched the page for a while: whoever comes next sees nothing.
function useIdle(isShown: boolean, onIdle: () => void): void {
    useEffect(() => {
        if (!isShown) return undefined;
        let timer = setTimeout(onIdle, IDLE_MS);
        const touched = (): void => {
            clearTimeout(timer);
            timer = setTimeout(onIdle, IDLE_MS);
        };
        const kinds = ['keydown', 'pointerdown', 'scroll'] as const;
        for (const kind of kinds) addEventListener(kind, touched, { passive: true });
        return () => {
            clearTimeout(timer);
            for (const kind of kinds) removeEventListener(kind, touched);
        };
    }, [isShown]);
}

export function OwnScreen() {
    const [told, setTold] = useState({ card: deskCard.value ?? '', told: '' }),
        [own, setOwn] = useState<Own | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        [lacks, setLacks] = useState(false),
        [isBusy, busy] = useState(false);
    const need = showMissing(told.card, told.told),
        who = { card: told.card.trim(), ownWord: told.told.trim() };
    const forget = (): void => {
        setOwn(null);
        setTold({ card: '', told: '' });
        setFailure(null);
        setLacks(false);
    };
    useEffect(() => void (document.title = `${t('own.title')} · Salve`), []);
    useEffect(() => (own !== null ? undefined : takeScans((card) => (setTold({ card, told: '' }), true))), [own]);
    useIdle(own !== null, forget);
    const show = async (event: Event): Promise<void> => {
        event.preventDefault();
        setLacks(need !== null);
        if (need !== null || isBusy) return;
        busy(true);
        const answer = await api.own(who);
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setOwn(answer.value);
    };
    return (
        <>
            <h1 class="no-print">{t('own.title')}</h1>
            {own === null && (
                <form onSubmit={(event) => void show(event)}>
                    <p>{t('own.what')}</p>
                    <Who choice={told} isOff={isBusy} onChange={setTold} />
                    {failure !== null && <Wrong failure={failure} />}
                    {lacks && need !== null && (
                        <p class="note note-look" role="alert">
                            {t(need)}
                        </p>
                    )}
                    <p class="small">{t('own.look')}</p>
                    <button class="button-main" disabled={isBusy}>
                        {t('own.show')}
                    </button>
                </form>
            )}
            {own !== null && <Shown who={who} own={own} onOwn={setOwn} onDone={forget} />}
        </>
    );
}
