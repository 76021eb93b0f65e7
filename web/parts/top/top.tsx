// SPDX-License-Identifier: Apache-2.0
// The bar on top of every screen: where this is, who works here, whether the server is there, what is on this tablet;
// theme, language, lock. A site of made-up people says so on every screen.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { sayNow } from '../../lib/announce.ts';
import { isThere, type Failure, type Login } from '../../lib/api.ts';
import { entries, lost, type Entry } from '../../lib/outbox.ts';
import { chooseWords, lock, logout, me, phase, site } from '../../lib/session.ts';
import { nextTheme, theme } from '../../lib/themes.ts';
import { LANGUAGES, language, ownName, t } from '../../lib/words.ts';
import { FailureNote } from '../failure/failure.tsx';
import { isShown } from '../keys/keys.tsx';
import { routes } from '../../routes.ts';
import { isHeld } from '../../screens/urgent/held.ts';

function Languages() {
    return (
        <span class="languages">
            {LANGUAGES.filter((one) => one !== language()).map((one) => (
                <button key={one} type="button" lang={one} onClick={() => void chooseWords(one)}>
                    {ownName(one)}
                </button>
            ))}
        </span>
    );
}

function Connection() {
    const isAway = !isThere.value || phase.value === 'away';
    return (
        <span class={isAway ? 'connection connection-away' : 'connection'} role="status">
            <span aria-hidden="true">{isAway ? '○' : '●'}</span>{' '}
            <span class={isAway ? undefined : 'aloud aloud-narrow'}>{t(isAway ? 'top.away' : 'top.there')}</span>
        </span>
    );
}

// What is on its way for a moment only is said by its screen: the bar does not move under a finger with each save.
const SOON_MS = 2_000;
function useFresh(): number {
    const [, tick] = useState(0),
        isFresh = ({ state, answer, at }: Entry): boolean => state !== 'needs' && !answer && Date.now() - at < SOON_MS,
        fresh = entries.value.filter(isFresh).length;
    useEffect(() => {
        const timer = fresh > 0 ? setTimeout(() => tick(Date.now()), SOON_MS) : undefined;
        return () => clearTimeout(timer);
    }, [entries.value]);
    return fresh;
}

function WaitingCount() {
    const fresh = useFresh();
    const needs = entries.value.filter((entry) => entry.state === 'needs').length + lost.value;
    const waits = entries.value.length + lost.value - needs - fresh;
    const before = useRef(0);
    useEffect(() => {
        if (needs > before.current) sayNow(t('top.needs', { count: needs }));
        before.current = needs;
    }, [needs]);
    if (needs + waits === 0 || phase.value !== 'in') return null;
    return (
        <a class="button" href={routes.waiting}>
            {waits > 0 && <span>{t('top.waiting', { count: waits })}</span>}
            {needs > 0 && <strong>{t('top.needs', { count: needs })}</strong>}
        </a>
    );
}

function Leaving() {
    const [isAsking, ask] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null),
        { route } = useLocation();
    const leave = async (): Promise<void> => {
        ask(false);
        const answer = await logout();
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) route(routes.start);
    };
    if (phase.value !== 'in' || isHeld()) return null;
    if (!isAsking) {
        return (
            <>
                <button type="button" onClick={() => ask(true)}>
                    {t('top.leave')}
                </button>
                <FailureNote failure={failure} />
            </>
        );
    }
    return (
        <span class="asking">
            <button type="button" class="button-main" onClick={() => void leave()}>
                {t('top.leave-yes')}
            </button>
            <button type="button" onClick={() => ask(false)}>
                {t('top.leave-no')}
            </button>
        </span>
    );
}

function Settings() {
    return (
        <>
            <button type="button" onClick={nextTheme}>
                {t(`top.theme-${theme.value}`)}
            </button>
            <Languages />
        </>
    );
}

// Where there is room, all buttons stand; on a narrow screen what is seldom needed stands behind "More".
function Buttons() {
    const [isOpen, open] = useState(false);
    if (!me.value || phase.value === 'locked')
        return (
            <span class="top-buttons">
                <Settings />
            </span>
        );
    return (
        <span class="top-buttons">
            <button type="button" onClick={() => void lock()}>
                {t('top.lock')}
            </button>
            <button
                type="button"
                class="top-more"
                aria-expanded={isOpen}
                aria-controls="top-rest"
                onClick={() => open(!isOpen)}
            >
                {t('top.more')}
            </button>
            <span id="top-rest" class={isOpen ? 'top-rest top-rest-open' : 'top-rest'}>
                <Settings />
                {!isHeld() && (
                    <>
                        <a class="button narrow-only" href={routes.account} onClick={() => open(false)}>
                            {t('top.account')}
                        </a>
                        <button type="button" onClick={() => void (isShown.value = true)}>
                            {t('top.keys')}
                        </button>
                    </>
                )}
                <Leaving />
            </span>
        </span>
    );
}

// Who works here; it leads to what they log in with. On a narrow screen that stands behind "More".
function Who({ who }: { who: Login }) {
    const text = (
        <>
            <bdi>{who.name}</bdi> · {t(`role.${who.role}`)}
        </>
    );
    if (phase.value !== 'in' || isHeld()) return <p class="top-who">{text}</p>;
    return (
        <p class="top-who">
            <a class="wide-only" href={routes.account} title={t('top.account')}>
                {text}
            </a>
            <span class="narrow-only">{text}</span>
        </p>
    );
}

export function MadeUp() {
    return site.value?.madeUp ? <p class="made-up">{t('top.made-up')}</p> : null;
}

/** On paper, where the bar is not: whose page it is, and that its people are made up. */
export function PaperHead() {
    return (
        <div class="paper-head">
            {site.value?.madeUp && <p>{t('top.made-up')}</p>}
            <p>
                <bdi>{site.value?.name ?? ''}</bdi>
            </p>
        </div>
    );
}

export function TopBar() {
    return (
        <header>
            <MadeUp />
            <div class="top">
                <p class="top-where">
                    <bdi>{site.value?.name ?? 'Salve'}</bdi>
                </p>
                {me.value && <Who who={me.value} />}
                <Connection />
                <WaitingCount />
                <Buttons />
            </div>
        </header>
    );
}
