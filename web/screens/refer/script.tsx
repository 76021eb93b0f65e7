// SPDX-License-Identifier: Apache-2.0
// What is said on the telephone, and what is not: nothing of the results goes to anybody but the person.
import { t } from '../../lib/words.ts';

export function CallScript({ telephones }: { telephones: string }) {
    return (
        <details class="card">
            <summary>{t('refer.call')}</summary>
            <p>
                {telephones === '' ? (
                    t('refer.no-telephone')
                ) : (
                    <>
                        {t('refer.telephone')}{' '}
                        <bdi dir="ltr" class="code">
                            {telephones}
                        </bdi>
                    </>
                )}
            </p>
            <h3>{t('refer.call-say')}</h3>
            <ol>
                <li>{t('refer.call-who')}</li>
                <li>{t('refer.call-born')}</li>
                <li>{t('refer.call-ask')}</li>
                <li>{t('refer.call-help')}</li>
            </ol>
            <h3>{t('refer.call-not')}</h3>
            <ul>
                <li>{t('refer.call-nobody')}</li>
                <li>{t('refer.call-machine')}</li>
                <li>{t('refer.call-press')}</li>
                <li>{t('refer.call-lost')}</li>
            </ul>
        </details>
    );
}
