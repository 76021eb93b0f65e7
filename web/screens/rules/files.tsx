// SPDX-License-Identifier: Apache-2.0
// The files of a guideline that are not the same as those in force: a program by its lines, words by their places.
import type { Rule } from '../../lib/office.ts';
import { number, t } from '../../lib/words.ts';
import { jsonChanges, lineChanges, shortened, type Change, type Leaf } from './diff.ts';
import { isLines } from './rules.ts';

const SIGNS = { same: ' ', gone: '−', new: '+' } as const;

function Line({ change }: { change: Change | null }) {
    if (change === null) return <div class="diff-more">⋯</div>;
    const { kind, text } = change;
    const inside = `${SIGNS[kind]} ${text}`;
    if (kind === 'gone') return <del class="diff-line">{inside}</del>;
    if (kind === 'new') return <ins class="diff-line">{inside}</ins>;
    return <div class="diff-line">{inside}</div>;
}

function Lines({ before, now }: { before: string | null; now: string | null }) {
    return (
        <div dir="ltr" lang="en" class="diff" tabIndex={0} role="region" aria-label={t('rules.lines')}>
            {shortened(lineChanges(before ?? '', now ?? '')).map((change, i) => (
                <Line key={i} change={change} />
            ))}
        </div>
    );
}

function Texts({ leaves }: { leaves: readonly Leaf[] }) {
    return (
        <dl class="diff-texts">
            {leaves.map(({ place, before, now }) => (
                <div key={place}>
                    <dt>
                        <bdi dir="ltr" class="small">
                            {place}
                        </bdi>
                    </dt>
                    {before !== null && (
                        <dd>
                            <del dir="auto">{before}</del>
                        </dd>
                    )}
                    {now !== null && (
                        <dd>
                            <ins dir="auto">{now}</ins>
                        </dd>
                    )}
                </div>
            ))}
        </dl>
    );
}

function lineCount(before: string | null, now: string | null): string {
    const changes = lineChanges(before ?? '', now ?? ''),
        count = (kind: Change['kind']): string => number(changes.filter((one) => one.kind === kind).length);
    return t('rules.line-count', { added: count('new'), gone: count('gone') });
}

export function RuleFiles({ rule }: { rule: Rule }) {
    if (rule.files.length === 0) return null;
    return (
        <section class="card" aria-labelledby="rules-files">
            <h2 id="rules-files">{t('rules.files')}</h2>
            {rule.files.map(({ name, before, now }) => {
                const leaves = isLines(name) ? null : jsonChanges(before, now);
                return (
                    <details key={name}>
                        <summary>
                            <bdi dir="ltr">{name}</bdi>{' '}
                            {leaves !== null && t('rules.places', { count: leaves.length })}
                            {leaves === null && lineCount(before, now)}
                        </summary>
                        {leaves === null ? <Lines before={before} now={now} /> : <Texts leaves={leaves} />}
                    </details>
                );
            })}
        </section>
    );
}
