// SPDX-License-Identifier: Apache-2.0
// An app asks to read somebody's own record. They see what it asks for in plain words, show that it is them with their
// card and birth date, and say yes or no to each kind of data by itself. No and yes are alike.
import { useEffect, useState } from 'preact/hooks';
import { api, type Failure } from '../../lib/api.ts';
import type { AppAsk } from '../../lib/apps.ts';
import { t } from '../../lib/words.ts';
import { failureText } from '../../parts/failure/failure.tsx';
import { go } from './connect_rules.ts';
import { Form } from './form.tsx';

const whyNot = (failure: Failure): string =>
    failure.kind === 'refused' && failure.code === 'E_INVALID' ? t('connect.wrong-app') : failureText(failure);

export function ConnectScreen() {
    const [ask, setAsk] = useState<AppAsk | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    const query = location.search;
    useEffect(() => void (document.title = `${t('connect.title')} · Salve`), []);
    useEffect(() => {
        void api.appAsk(query).then((answer) => {
            if (!answer.ok) setFailure(answer.failure);
            else if (answer.value.wrong) go(answer.value.refused);
            else setAsk(answer.value);
        });
    }, [query]);
    return (
        <>
            <h1>{t('connect.title')}</h1>
            {ask !== null && (
                <p>
                    <strong>
                        <bdi>{ask.name}</bdi>
                    </strong>{' '}
                    {t('connect.wants')}
                </p>
            )}
            {failure !== null && (
                <div class="note note-stop" role="alert">
                    <p>{whyNot(failure)}</p>
                </div>
            )}
            {ask !== null && <Form ask={ask} query={query} />}
        </>
    );
}
