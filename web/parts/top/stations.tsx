// SPDX-License-Identifier: Apache-2.0
// The row of stations; Alt and its place in the row goes to one, Alt and 0 to the tenth.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { useKeys } from '../../lib/keys.ts';
import { t } from '../../lib/words.ts';
import { me, person } from '../../lib/session.ts';
import { isWithPeople, seldomOf, stationsOf } from '../../screens.tsx';
import { isShown } from '../keys/keys.tsx';
import { routes } from '../../routes.ts';

// On a narrow screen the one that is shown and a button stand for the row.
export function Stations() {
    const { path, route } = useLocation(),
        [isOpen, open] = useState(false),
        stations = stationsOf(me.value?.role);
    const go = stations.slice(0, 10).map(({ path: to }, i) => [`Alt+${(i + 1) % 10}`, () => route(to)] as const);
    useKeys({ ...Object.fromEntries(go), '/': () => route(routes.scan), '?': () => void (isShown.value = true) });
    useEffect(() => open(false), [path]);
    const name = t(isWithPeople(me.value?.role) ? 'top.stations' : 'top.pages');
    return (
        <nav class={isOpen ? 'stations stations-open' : 'stations'} aria-label={name}>
            {stations.map((screen) => (
                <a key={screen.path} href={screen.path} aria-current={path === screen.path ? 'page' : undefined}>
                    {t(screen.title)}
                </a>
            ))}
            <button type="button" class="top-more" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
                {name}
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
    const stations = stationsOf(me.value?.role).filter((screen) => screen.needsPerson);
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
