// SPDX-License-Identifier: Apache-2.0
// The row of stations; Alt and its place in the row goes to one.
import { useLocation } from 'preact-iso/router';
import { useKeys } from '../../lib/keys.ts';
import { t } from '../../lib/words.ts';
import type { Screen } from '../../screens.tsx';
import { routes } from '../../routes.ts';

export function Stations({ screens }: { screens: readonly Screen[] }) {
    const { path, route } = useLocation(), stations = screens.filter((screen) => screen.isStation);
    const go = stations.map(({ path: to }, i) => [`Alt+${i + 1}`, () => route(to)] as const);
    useKeys({ ...Object.fromEntries(go), '/': () => route(routes.scan) });
    return (
        <nav class="stations" aria-label={t('top.stations')}>
            {stations.map((screen) => (
                <a key={screen.path} href={screen.path} aria-current={path === screen.path ? 'page' : undefined}>{t(screen.title)}</a>
            ))}
        </nav>
    );
}
