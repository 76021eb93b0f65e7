// SPDX-License-Identifier: Apache-2.0
// What is shown to a person before a sample is taken: each test of this site, and when they hear of its result. It is
// about nobody, and can be printed.
import { useEffect, useState } from 'preact/hooks';
import type { Release } from 'gen/lists.ts';
import { api, type Failure } from '../../lib/api.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { PaperHead } from '../../parts/top/top.tsx';
import { byRelease, type Test } from './tests_rules.ts';

const SHAPES: Readonly<Record<Release, string>> = { 'at-once': '◔', 'after-review': '✉', 'in-person': '☍' };

export function TestsScreen() {
    const [tests, setTests] = useState<Test[] | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    useEffect(() => {
        let isOver = false;
        void api.releases().then((answer) => {
            if (isOver) return;
            setFailure(answer.ok ? null : answer.failure);
            if (answer.ok) setTests(answer.value.tests);
        });
        return () => void (isOver = true);
    }, []);
    return (
        <>
            <PaperHead />
            <FailureNote failure={failure} />
            <p>{t('tests.what')}</p>
            {tests?.length === 0 && <p>{t('tests.none')}</p>}
            {byRelease(tests ?? []).map(({ release, names }) => (
                <section key={release} class="card">
                    <h2>
                        <span aria-hidden="true">{SHAPES[release]}</span> {t(`tests.${release}`)}
                    </h2>
                    <p>{t(`tests.${release}-what`)}</p>
                    <ul>
                        {names.map((name) => (
                            <li key={name}>{name}</li>
                        ))}
                    </ul>
                </section>
            ))}
            <p>{t('tests.alarm')}</p>
            <p class="buttons">
                <button type="button" onClick={() => print()}>
                    {t('tests.print')}
                </button>
            </p>
        </>
    );
}

