// SPDX-License-Identifier: Apache-2.0
// The settings of the site, to be read: they are changed on the command line.
import { useEffect, useState } from 'preact/hooks';
import { api, type Failure } from '../../lib/api.ts';
import { isKnown, t, type PlainKey } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { lines, type Line } from './settings.ts';

function Name({ name }: { name: string }) {
    const key = `settings.name-${name.replace(/^clinic\.(?:places\.)?/, '')}`;
    return isKnown(key) ? <>{t(key as PlainKey)}</> : <bdi dir="ltr">{name}</bdi>;
}

const shown = ({ value }: Line): string =>
    value === 'true' ? t('settings.yes') : value === 'false' ? t('settings.no') : value;

export function SettingsScreen() {
    const [list, setList] = useState<Line[]>([]),
        [failure, setFailure] = useState<Failure | null>(null);
    useEffect(
        () =>
            void api.settings().then((answer) => {
                setFailure(answer.ok ? null : answer.failure);
                if (answer.ok) setList(lines(answer.value.settings));
            }),
        [],
    );
    return (
        <section class="card">
            <FailureNote failure={failure} />
            <p class="small">{t('settings.how')}</p>
            <dl class="facts">
                {list.map((line) => (
                    <div key={line.name}>
                        <dt>
                            <Name name={line.name} />
                        </dt>
                        <dd>
                            <bdi>{shown(line)}</bdi>
                        </dd>
                    </div>
                ))}
            </dl>
        </section>
    );
}
