// SPDX-License-Identifier: Apache-2.0
// The row of stations; Alt and its place in the row goes to one, Alt and 0 to the tenth.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { useKeys } from '../../lib/keys.ts';
import { t } from '../../lib/words.ts';
import { me, person } from '../../lib/session.ts';
import { place } from '../../lib/today.ts';
import { isWithPeople, seldomOf, stationsOf, type Screen } from '../../screens.tsx';
import { isShown, stationKeys } from '../keys/keys.tsx';
import { routes, type Route } from '../../routes.ts';
import { isFolded } from './row_rules.ts';

const foldedNow = (path: Route): boolean => isFolded(path, me.value?.role, place());

// On a narrow screen the one that is shown and a button stand for the row.
export function Stations() {
    const { path, route } = useLocation(),
        [isOpen, open] = useState(false),
        stations = stationsOf(me.value?.role),
        folds = stations.some((screen) => foldedNow(screen.path) && screen.path !== path);
    const go = stationKeys().map(([key, { path: to }]) => [key, () => route(to)] as const);
    useKeys({ ...Object.fromEntries(go), '/': () => route(routes.scan), '?': () => void (isShown.value = true) });
    useEffect(() => open(false), [path]);
    const name = t(isWithPeople(me.value?.role) ? 'top.stations' : 'top.pages');
    return (
        <nav class={`stations${isOpen ? ' stations-open' : ''}${folds ? ' stations-folded' : ''}`} aria-label={name}>
            {stations.map((screen) => (
                <a
                    key={screen.path}
                    href={screen.path}
                    class={foldedNow(screen.path) ? 'folded' : undefined}
                    aria-current={path === screen.path ? 'page' : undefined}
                >
                    {t(screen.title)}
                </a>
            ))}
            <button type="button" class="top-more" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
                <span class="narrow-only">{name}</span>
                <span class="wide-only">{t(isOpen ? 'top.less' : 'top.more')}</span>
            </button>
        </nav>
    );
}

/** What is seldom needed, with the account of who works here. */
export function Seldom() {
    const screens = me.value?.mustSetUp ? [] : seldomOf(me.value?.role);
    if (screens.length === 0) return null;
    return (
        <nav class="card" aria-label={t('top.seldom')}>
            <h2>{t('top.seldom')}</h2>
            <div class="tiles">
                {screens.map((screen) => (
                    <a key={screen.path} class="button tile" href={screen.path}>
                        {t(screen.title)}
                    </a>
                ))}
            </div>
        </nav>
    );
}

/** Where it goes on with the person who was opened: the stations as tiles. */
export function GoOn() {
    const role = me.value?.role,
        isAsked = ({ path }: Screen): boolean => place() === null || !foldedNow(path);
    const stations = stationsOf(role).filter((screen) => screen.needsPerson && isAsked(screen));
    if (!person.value || stations.length === 0) return null;
    return (
        <nav class="card" aria-label={t('top.go-on')}>
            <h2>{t('top.go-on')}</h2>
            <div class="tiles">
                {stations.map((screen) => (
                    <a key={screen.path} class="button tile" href={screen.path}>
                        {t(screen.title)}
                    </a>
                ))}
            </div>
        </nav>
    );
}
