// SPDX-License-Identifier: Apache-2.0
// One finding: what was found, how it lies to what is usual, what is to be done, and why. Each sign has a word beside
// it.
import type { ComponentChildren } from 'preact';
import type { Finding } from '../../lib/api.ts';
import { me, person } from '../../lib/session.ts';
import { clock, day, list, t } from '../../lib/words.ts';
import { NumberLine } from '../../parts/scale/scale.tsx';
import { TrendChart } from '../../parts/trend/trend.tsx';
import { unitText } from '../../parts/units/units.ts';
import { UrgencyMark } from '../../parts/urgency/urgency.tsx';
import { routes } from '../../routes.ts';
import {
    confidenceOf,
    isApart,
    labelOf,
    markOf,
    staysWithheld,
    trendOf,
    unmetOf,
    valueOf,
    type Mark,
    type Shown,
    type UnmetKind,
} from './findings.ts';

const MARKS: Readonly<Record<Exclude<Mark, 'neutral'>, string>> = { usual: '●', watch: '▲', see: '■' };
const UNMET: Readonly<Record<UnmetKind, string>> = { 'not-asked': '?', queried: '▲', 'too-old': '◷', missing: '○' };
const WAYS = { higher: '↑', lower: '↓', same: '=' } as const;
const WHYS = [
    'out-of-range',
    'bound',
    'unit',
    'no-number',
    'past-decimal',
    'unconfirmed',
    'status',
    'dated-ahead',
    'no-answer',
    'implausible',
] as const;

const zone = (): string | undefined => me.value?.site.zone;
const when = (at: string): string => (Number.isNaN(Date.parse(at)) ? at : day(Date.parse(at), zone()));
const unitOf = (finding: Shown, ucum: string): string =>
    ucum === '1' ? '' : (finding.words.units?.[ucum] ?? unitText(ucum));

function noteText(kind: UnmetKind, note: string): string {
    if (note === '') return '';
    if (kind === 'too-old') return ` (${when(note)})`;
    const why = WHYS.find((one) => one === note);
    return ` (${why === undefined ? note : t(`results.why-${why}`)})`;
}

function Unmet({ finding }: { finding: Shown }) {
    const all = unmetOf(finding),
        kinds = [...new Set(all.map(({ kind }) => kind))];
    if (all.length === 0) return null;
    return (
        <dl class="unmet">
            {kinds.map((kind) => (
                <div key={kind}>
                    <dt>
                        <span aria-hidden="true">{UNMET[kind]}</span> {t(`results.${kind}`)}
                    </dt>
                    {all
                        .filter((one) => one.kind === kind)
                        .map(({ label, note }) => (
                            <dd key={label}>
                                {labelOf(finding, label)}
                                {noteText(kind, note)}
                            </dd>
                        ))}
                </div>
            ))}
        </dl>
    );
}

function Why({ finding }: { finding: Shown }) {
    const { define, guideline, version, source, inputs, because } = finding;
    return (
        <details class="why">
            <summary>{t('results.why')}</summary>
            <p>{t('results.rule', { rule: define, guideline, version })}</p>
            {source !== '' && (
                <p class="small">
                    <bdi>{source}</bdi>
                </p>
            )}
            {inputs.length > 0 && (
                <table class="bands">
                    <caption>{t('results.inputs')}</caption>
                    <tbody>
                        {inputs.map((input, i) => (
                            <tr key={i}>
                                <th scope="row">{labelOf(finding, input.label)}</th>
                                <td>
                                    <bdi>
                                        {input.value} {unitOf(finding, input.unit)}
                                    </bdi>
                                </td>
                                <td>{input.date !== '' && when(input.date)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            )}
            {because.length > 0 && (
                <>
                    <p>{t('results.because')}</p>
                    <ul class="clauses" dir="ltr" lang="en">
                        {because.map((clause) => (
                            <li key={clause}>
                                <code>{clause}</code>
                            </li>
                        ))}
                    </ul>
                </>
            )}
        </details>
    );
}

function Trend({ finding }: { finding: Shown }) {
    const trend = trendOf(finding, person.value?.last ?? []);
    if (trend === null) return null;
    return (
        <p class="trend">
            <span aria-hidden="true">{WAYS[trend.way]}</span>{' '}
            {t(`results.trend-${trend.way}`, { before: trend.before, date: when(trend.at) })}
        </p>
    );
}

// When the person hears of it; and what stands in no letter before they were told in person.
function ReleaseNote({ finding, onTalked }: { finding: Finding; onTalked: (() => void) | null }) {
    const { release } = finding;
    if (release === undefined || finding.status !== 'assessed') return null;
    if (release !== 'in-person')
        return (
            <p class="small">
                <span aria-hidden="true">{release === 'at-once' ? '◔' : '✉'}</span> {t(`results.release-${release}`)}
            </p>
        );
    if (!staysWithheld(finding)) return <p class="small">{t('results.release-told')}</p>;
    return (
        <div class="note note-look">
            <p>
                <span aria-hidden="true">☍</span> {t('results.release-in-person')}
            </p>
            {onTalked !== null && (
                <button type="button" onClick={onTalked}>
                    {t('results.talked')}
                </button>
            )}
        </div>
    );
}

function Corrected({ was }: { was: Finding | null }) {
    if (was === null) return null;
    return (
        <p class="note note-look">
            {t('results.corrects', {
                was: valueOf(was) === '' ? was.words.headline : `${valueOf(was)} ${unitOf(was, was.unit)}`,
            })}
        </p>
    );
}

function ToldNote({ finding }: { finding: Finding }) {
    const { told, closed } = finding;
    if (told === null) {
        const isUrgent = finding.urgency === 'emergency-now' || finding.urgency === 'same-day';
        return isUrgent && finding.item !== 'refused-value' ? (
            <p class="note note-stop">
                <strong>{t('results.not-told')}</strong>{' '}
                <a class="button" href={routes.urgent}>
                    {t('results.tell')}
                </a>
            </p>
        ) : null;
    }
    const at = Date.parse(told.at),
        time = Number.isNaN(at) ? told.at : `${day(at, zone())} ${clock(at, zone())}`;
    return (
        <p class="note note-look">
            ✓ {t('results.told', { by: told.by, time, how: t(`urgent.how-${told.how}`) })}
            {told.agreed !== '' && <> {t('results.agreed', { agreed: told.agreed })}</>}{' '}
            {t(closed ? 'results.closed' : 'results.not-closed')}
        </p>
    );
}

export interface CardProps {
    finding: Finding;
    /** What was signed before, where this corrects it. */
    was?: Finding | null;
    /** Notes that the person was told in person; null: not here. */
    onTalked?: (() => void) | null;
    children?: ComponentChildren;
}

function Body({ finding, was = null, onTalked = null, children }: CardProps) {
    const mark = markOf(finding),
        sure = confidenceOf(finding),
        { words } = finding,
        number = valueOf(finding);
    return (
        <>
            <p class="card-marks">
                {finding.urgency !== 'none' && <UrgencyMark urgency={finding.urgency} />}
                {mark !== 'neutral' && (
                    <span class={`mark mark-${mark}`}>
                        <span aria-hidden="true">{MARKS[mark]}</span> {t(`results.mark-${mark}`)}
                    </span>
                )}
                <span class="small">
                    {sure === 'not-judged' && <span aria-hidden="true">◇ </span>}
                    {t(`results.sure-${sure}`)}
                </span>
            </p>
            <h2>
                {(finding.status === 'assessed' ? words.headline : words.name) ||
                    words.headline ||
                    words.name ||
                    finding.item}
            </h2>
            {number !== '' && (
                <p>
                    <bdi dir="ltr" class="number">
                        {number}
                    </bdi>{' '}
                    {unitOf(finding, finding.unit)}
                </p>
            )}
            {(finding.scales ?? []).map((scale) => (
                <NumberLine key={scale.label} scale={scale} unit={unitOf(finding, finding.unit)} />
            ))}
            <Corrected was={was} />
            {(finding.trends ?? []).map((trend) => (
                <TrendChart
                    key={trend.label}
                    trend={trend}
                    unit={unitOf(finding, finding.unit)}
                    dayOf={(date) => day(new Date(`${date}T12:00:00Z`), 'UTC')}
                />
            ))}
            {(finding.trends ?? []).length === 0 && <Trend finding={finding} />}
            {finding.status === 'excluded' && words.excluded && <p>{words.excluded}</p>}
            {words.meaning && <p>{words.meaning}</p>}
            {words.action && <p class="alarm-do">{[words.action, words.when].filter((text) => text).join(' ')}</p>}
            <Unmet finding={finding} />
            {finding.standing !== '' && (
                <p class="small">
                    {t(finding.standing === 'site-lines' ? 'results.site-lines' : 'results.unconfirmed')}
                </p>
            )}
            <ToldNote finding={finding} />
            <ReleaseNote finding={finding} onTalked={onTalked} />
            <Why finding={finding} />
            {children}
        </>
    );
}

// What it lacks, in one line.
function lackText(finding: Shown): string {
    if (finding.status === 'excluded' && finding.words.excluded) return finding.words.excluded;
    const all = unmetOf(finding),
        kinds = [...new Set(all.map(({ kind }) => kind))];
    return kinds
        .map((kind) => {
            const ones = all.filter((one) => one.kind === kind).map(({ label }) => labelOf(finding, label));
            return `${t(`results.${kind}`)}: ${list(ones)}`;
        })
        .join(' · ');
}

/** Unjudged - what could not be judged: a line each, which opens to all of it, so that what was found has the room. */
export function Unjudged({
    findings,
    children,
}: {
    findings: readonly Finding[];
    children: (finding: Finding) => ComponentChildren;
}) {
    if (findings.length === 0) return null;
    return (
        <section class="card unjudged" aria-labelledby="results-unjudged">
            <h2 id="results-unjudged">
                <span aria-hidden="true">◇</span> {t('results.unjudged-count', { count: findings.length })}
            </h2>
            {findings.map((finding) => (
                <details key={`${finding.id} ${finding.item}`}>
                    <summary>
                        {finding.words.name || finding.words.headline || finding.item}
                        <span class="small"> {lackText(finding)}</span>
                    </summary>
                    <Body finding={finding}>{children(finding)}</Body>
                </details>
            ))}
        </section>
    );
}

/** FindingCard - what is kept apart stands in a box that is closed until somebody opens it. */
export function FindingCard(props: CardProps) {
    const { finding } = props,
        body = <Body {...props} />;
    if (!isApart(finding)) return <article class="card finding">{body}</article>;
    return (
        <article class="card finding">
            <details class="apart">
                <summary>
                    <span aria-hidden="true">▣</span> {t('results.apart')}
                </summary>
                {body}
            </details>
        </article>
    );
}
