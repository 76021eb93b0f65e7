// SPDX-License-Identifier: Apache-2.0
// Pages for what is not there: the server, or a screen.
import { routes } from '../../routes.ts';
import { t } from '../../lib/words.ts';

/** The server has not answered since this page was loaded. It is asked again and again. */
export function Away() {
    return (
        <div role="alert">
            <h1>{t('error.away')}</h1>
            <p>{t('error.away-what')}</p>
            <p>{t('error.away-keeps')}</p>
        </div>
    );
}

export function NoScreen() {
    return (
        <>
            <h1>{t('error.no-screen')}</h1>
            <p>
                <a class="button button-main" href={routes.start}>
                    {t('error.to-start')}
                </a>
            </p>
        </>
    );
}
