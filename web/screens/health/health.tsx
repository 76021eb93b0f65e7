// SPDX-License-Identifier: Apache-2.0
// How the system is: the last verified backup, keys, disk, clock, log, certificate, and what to do where something is
// wrong. Nothing here is about a person who is examined.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, type Certificate, type CheckState, type Failure, type Health } from '../../lib/api.ts';
import type { TaskTimes } from '../../lib/office.ts';
import { me } from '../../lib/session.ts';
import { clock, day, number, t } from '../../lib/words.ts';
import { CheckMark } from '../../parts/check/check.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { intervalState } from '../../parts/interval/interval.ts';
import { IntervalBar } from '../../parts/interval/interval.tsx';
import { daysUntil, gigabytes, megabytes, timeOf } from './health.ts';

const AGAIN_MS = 60_000;

function Time({ at }: { at: string | null }) {
    const zone = me.value?.site.zone;
    if (at === null) return <>{t('health.never')}</>;
    return <>{t('health.when', { day: day(new Date(at), zone), time: clock(new Date(at), zone) })}</>;
}

function Detail({ health, check }: { health: Health; check: Health['checks'][number]['check'] }) {
    const { disk, verify, keys, backup } = health;
    if (check === 'disk') {
        const sizes = { free: gigabytes(disk.freeBytes), all: gigabytes(disk.bytes) };
        return <>{disk.bytes > 0 ? t('health.disk-free', sizes) : t('health.not-known')}</>;
    }
    if (check === 'codes') return <>{t('health.codes-count', { count: health.guessedCodes })}</>;
    if (check === 'clock') return <Time at={health.now} />;
    if (check === 'zone') return <bdi dir="ltr">{me.value?.site.zone ?? ''}</bdi>;
    const place = check === 'backup' ? backup.place : check === 'keys-copy' ? keys.place : null;
    return (
        <>
            <Time at={timeOf(health, check)} />
            {check === 'verify' && verify.at !== null && ` · ${t('health.findings', { count: verify.findings })}`}
            {place !== null && (
                <span class="small below">
                    <bdi dir="ltr">{place}</bdi>
                </span>
            )}
        </>
    );
}

function Row({ name, state, next, children }: {
    name: string;
    state: CheckState;
    next: string;
    children: ComponentChildren;
}) {
    return (
        <tr>
            <th scope="row">{name}</th>
            <td>
                <CheckMark state={state} />
            </td>
            <td>
                {children}
                {state !== 'good' && <p class="small">{next}</p>}
            </td>
        </tr>
    );
}

function CertificateRow({ certificate, now }: { certificate: Certificate; now: string }) {
    if (certificate.until === null) return null;
    const days = daysUntil(certificate.until, now),
        state = days <= 7 ? 'fault' : days <= 21 ? 'look' : 'good';
    return (
        <Row name={t('health.name-certificate')} state={state} next={t('health.next-certificate')}>
            {days >= 0 ? t('health.days-left', { count: days }) : t('health.is-over')}
        </Row>
    );
}

// How long tasks take at the tablets, beside what is aimed at: a bar where enough were timed, and all of it as a table.
const seconds = (ms: number): string => t('health.seconds', { count: number(Math.round(ms / 100) / 10) });
const ends = (end: number): readonly [string, string] => ['0', t('health.seconds', { count: number(end) })];

function TaskRow({ times }: { times: TaskTimes }) {
    const { half, low, high, most, halfAim, mostAim, task } = times;
    if (half === null || low === null || high === null || most === null) return null;
    const interval = {
        half: half / 1000,
        low: low / 1000,
        high: high / 1000,
        most: most / 1000,
        halfAim: halfAim / 1000,
        mostAim: mostAim / 1000,
    };
    const said = { half: seconds(half), low: seconds(low), high: seconds(high), most: seconds(most) };
    return (
        <figure class="scale">
            <figcaption>
                {t(`health.task-${task}`)} <CheckMark state={intervalState(interval)} />
                <span class="small below">{t('health.times-said', said)}</span>
            </figcaption>
            <IntervalBar interval={interval} title={t(`health.task-${task}`)} ends={ends} />
        </figure>
    );
}

function Against({ time, aim }: { time: number | null; aim: number }) {
    return (
        <>
            {time === null ? t('health.times-few') : seconds(time)}
            <span class="small below">{t('health.times-aim', { aim: seconds(aim) })}</span>
        </>
    );
}

function Times({ times }: { times: readonly TaskTimes[] }) {
    return (
        <section class="card" aria-labelledby="health-times">
            <h2 id="health-times">{t('health.times')}</h2>
            <p class="small">{t('health.times-what')}</p>
            {times.map((one) => (
                <TaskRow key={one.task} times={one} />
            ))}
            <details>
                <summary>{t('health.times-table')}</summary>
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">{t('health.times-task')}</th>
                            <th scope="col">{t('health.times-count')}</th>
                            <th scope="col">{t('health.times-half')}</th>
                            <th scope="col">{t('health.times-most')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {times.map((one) => (
                            <tr key={one.task}>
                                <th scope="row">{t(`health.task-${one.task}`)}</th>
                                <td>{number(one.count)}</td>
                                <td>
                                    <Against time={one.half} aim={one.halfAim} />
                                </td>
                                <td>
                                    <Against time={one.most} aim={one.mostAim} />
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </details>
        </section>
    );
}

function Facts({ health }: { health: Health }) {
    const { log, disk, version, build } = health;
    return (
        <section class="card" aria-labelledby="health-facts">
            <h2 id="health-facts">{t('health.facts')}</h2>
            <dl class="facts">
                <div>
                    <dt>{t('health.version')}</dt>
                    <dd>
                        <bdi dir="ltr">{version}</bdi>
                    </dd>
                </div>
                {build !== null && (
                    <div>
                        <dt>{t('health.build')}</dt>
                        <dd>
                            <bdi dir="ltr" class="code">
                                {build}
                            </bdi>
                        </dd>
                    </div>
                )}
                <div>
                    <dt>{t('health.confined')}</dt>
                    <dd>{t(health.landlock ? 'health.confined-yes' : 'health.confined-no')}</dd>
                </div>
                <div>
                    <dt>{t('health.log')}</dt>
                    <dd>
                        {t('health.log-size', { count: log.size })} <bdi dir="ltr">{log.origin}</bdi>
                    </dd>
                </div>
                <div>
                    <dt>{t('health.published')}</dt>
                    <dd>
                        <Time at={log.publishedAt} />
                    </dd>
                </div>
                <div>
                    <dt>{t('health.epoch')}</dt>
                    <dd>{String(health.keys.epoch)}</dd>
                </div>
                <div>
                    <dt>{t('health.size')}</dt>
                    <dd>
                        {disk.siteBytes < 2 ** 30
                            ? t('health.size-small', { size: megabytes(disk.siteBytes) })
                            : t('health.size-is', { size: gigabytes(disk.siteBytes) })}
                    </dd>
                </div>
            </dl>
        </section>
    );
}

export function HealthScreen() {
    const [health, setHealth] = useState<Health | null>(null),
        [certificate, setCertificate] = useState<Certificate | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    useEffect(() => {
        let isOver = false;
        const load = async (): Promise<void> => {
            const answer = await api.health(),
                shown = await api.certificate();
            if (isOver) return;
            setFailure(answer.ok ? null : answer.failure);
            if (answer.ok) setHealth(answer.value);
            setCertificate(shown.ok ? shown.value : null);
        };
        void load();
        const timer = setInterval(() => void load(), AGAIN_MS);
        return () => {
            isOver = true;
            clearInterval(timer);
        };
    }, []);
    return (
        <>
            <FailureNote failure={failure} />
            {health !== null && (
                <>
                    <section class="card">
                        <p class="health-all">
                            <CheckMark state={health.worst} /> {t(`health.all-${health.worst}`)}
                        </p>
                        <table class="list">
                            <caption class="small">{t('health.caption')}</caption>
                            <thead>
                                <tr>
                                    <th scope="col">{t('health.what')}</th>
                                    <th scope="col">{t('health.how')}</th>
                                    <th scope="col">{t('health.more')}</th>
                                </tr>
                            </thead>
                            <tbody>
                                {health.checks.map(({ check, state }) => (
                                    <Row
                                        key={check}
                                        name={t(`health.name-${check}`)}
                                        state={state}
                                        next={t(`health.next-${check}`)}
                                    >
                                        <Detail health={health} check={check} />
                                    </Row>
                                ))}
                                {certificate !== null && <CertificateRow certificate={certificate} now={health.now} />}
                            </tbody>
                        </table>
                    </section>
                    <Times times={health.times} />
                    <Facts health={health} />
                </>
            )}
        </>
    );
}
