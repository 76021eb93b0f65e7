// SPDX-License-Identifier: Apache-2.0
// Results of a laboratory for people who have a record, out of a file that stays on this tablet: first the file is
// checked, then one row after the other goes into the record that its key opens. It can stop and go on; the same file
// again keeps nothing twice. Rows are told by their line, never by a name.
import { useEffect, useId, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { api, type ErrorName, type Failure } from '../../lib/api.ts';
import type { ResultMap, RowWrong } from '../../lib/office.ts';
import { say } from '../../lib/announce.ts';
import { toText } from '../../lib/bytes.ts';
import { phase, whenOut } from '../../lib/session.ts';
import { language, number, t } from '../../lib/words.ts';
import { AlarmCards } from '../../parts/alarm/alarm.tsx';
import { FailureNote, codeText } from '../../parts/failure/failure.tsx';
import { UrgencyMark } from '../../parts/urgency/urgency.tsx';
import { routes } from '../../routes.ts';
import {
    START,
    joined,
    lineOf,
    mustStop,
    pieces,
    seen,
    splitFile,
    went,
    type BadFile,
    type Doubtful,
    type FileRow,
    type Progress,
    type RowFile,
    type Urgent,
} from './rows.ts';

type Step = 'choose' | 'checking' | 'checked' | 'running' | 'paused' | 'done';
interface Work {
    readonly step: Step;
    readonly map: string;
    readonly name: string;
    readonly file: RowFile | null;
    readonly bad: BadFile | null;
    readonly checked: number;
    readonly wrong: readonly RowWrong[];
    readonly progress: Progress;
    readonly failure: Failure | null;
}
const NOTHING: Work = {
    step: 'choose',
    map: '',
    name: '',
    file: null,
    bad: null,
    checked: 0,
    wrong: [],
    progress: START,
    failure: null,
};

// It outlives the screen, so that a ticket can be seen to in between; it goes with the session.
const work = signal<Work>(NOTHING);
const put = (more: Partial<Work>): void => void (work.value = { ...work.peek(), ...more });
whenOut(() => void (work.value = NOTHING));

const rowsText = (head: Uint8Array, rows: readonly FileRow[]): string => toText(new Uint8Array(joined(head, rows)));

async function check(): Promise<void> {
    const { file, map } = work.peek();
    if (file === null) return;
    put({ step: 'checking', checked: 0, wrong: [], failure: null, progress: START });
    for (const piece of pieces(file)) {
        const answer = await api.importCheck(map, rowsText(file.head, piece));
        if (work.peek().file !== file) return;
        if (!answer.ok) return put({ step: 'choose', failure: answer.failure });
        const { checked, wrong } = work.peek();
        put({
            checked: checked + answer.value.rows,
            wrong: [...wrong, ...answer.value.wrong.map((one) => ({ ...one, line: lineOf(piece, one.line) }))],
        });
    }
    put({ step: 'checked' });
    say(t('import.was-checked', { count: work.peek().checked }));
}

/** One row after the other, until it is over, somebody stops it, the page locks, or something urgent is in no list. */
async function go(): Promise<void> {
    put({ step: 'running', failure: null });
    for (;;) {
        const { file, map, progress, step } = work.peek();
        if (file === null || step !== 'running') return;
        if (progress.next >= file.rows.length) break;
        if (phase.value !== 'in' || mustStop(progress)) return put({ step: 'paused' });
        const row = file.rows[progress.next] as FileRow,
            answer = await api.importRow({ map, rows: rowsText(file.head, [row]) });
        if (work.peek().file !== file) return;
        if (!answer.ok) {
            // What is urgent stands in a refusal, too.
            return put({ step: 'paused', failure: answer.failure });
        }
        put({ progress: went(work.peek().progress, row, answer.value) });
    }
    put({ step: mustStop(work.peek().progress) ? 'paused' : 'done' });
    say(t('import.was-done'));
}

async function sure(row: FileRow): Promise<void> {
    const { file, map } = work.peek();
    if (file === null) return;
    const answer = await api.importRow({ map, rows: rowsText(file.head, [row]), sure: true });
    if (answer.ok) put({ progress: went(work.peek().progress, row, answer.value, true), failure: null });
    else put({ failure: answer.failure });
}

/** The rows that were not taken, as they stood in the file: to be put right there and given again. */
function saveRefused({ file, progress, name }: Work): void {
    if (file === null) return;
    const bytes = joined(
            file.head,
            progress.refused.map(({ row }) => row),
        ),
        link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'text/csv' }));
    link.download = name.replace(/(\.\w+)?$/, '-not-taken.csv');
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// --- what is shown ---------------------------------------------------------------------------------------------------
function Choose({ maps, now }: { maps: readonly ResultMap[]; now: Work }) {
    const id = useId();
    const take = async (files: FileList | null): Promise<void> => {
        const file = files?.[0];
        if (file === undefined) return;
        const rows = splitFile(new Uint8Array(await file.arrayBuffer()));
        if (typeof rows === 'string') return put({ ...NOTHING, map: now.map, bad: rows });
        put({ ...NOTHING, map: now.map, name: file.name, file: rows });
    };
    return (
        <section class="card">
            <p>{t('import.what')}</p>
            <div class="field">
                <label for={`${id}-map`}>{t('import.map')}</label>
                <select id={`${id}-map`} value={now.map} onChange={(e) => put({ map: e.currentTarget.value })}>
                    <option value="">{t('import.map-none')}</option>
                    {maps.map((one) => (
                        <option key={one.map} value={one.map}>
                            {one.map}
                        </option>
                    ))}
                </select>
                <p class="small">
                    <bdi dir="ltr">{maps.find((one) => one.map === now.map)?.title ?? ''}</bdi>
                </p>
            </div>
            <div class="field">
                <label for={`${id}-file`}>{t('import.file')}</label>
                <input
                    id={`${id}-file`}
                    type="file"
                    accept=".csv,.txt,text/csv"
                    onChange={(e) => void take(e.currentTarget.files)}
                />
            </div>
            {now.bad !== null && (
                <p class="note note-look" role="alert">
                    {t(`import.bad-${now.bad}`)}
                </p>
            )}
            <button
                type="button"
                class="button-main"
                disabled={now.file === null || now.map === ''}
                onClick={() => void check()}
            >
                {t('import.check')}
            </button>
        </section>
    );
}

const WRONG_MAX = 200;
// What the server adds is English.
function Wrong({ wrong }: { wrong: readonly { line: number; code: string; element: string; why: string }[] }) {
    return (
        <ul>
            {wrong.slice(0, WRONG_MAX).map(({ line, code, element, why }) => (
                <li key={line}>
                    {t('import.line', { line: number(line) })}:{' '}
                    {language() !== 'en' && `${codeText(code as ErrorName)} `}
                    <bdi dir="ltr" lang="en" class={language() === 'en' ? undefined : 'small'}>
                        {element === '' ? why : `${element}: ${why}`}
                    </bdi>
                </li>
            ))}
            {wrong.length > WRONG_MAX && <li>{t('import.more', { count: wrong.length - WRONG_MAX })}</li>}
        </ul>
    );
}

function Checked({ now }: { now: Work }) {
    return (
        <section class="card" aria-labelledby="import-checked">
            <h2 id="import-checked">{t('import.checked')}</h2>
            <p>
                <bdi>{now.name}</bdi>: {t('import.rows', { count: now.checked })}.{' '}
                {now.wrong.length === 0 ? t('import.none-wrong') : t('import.wrong', { count: now.wrong.length })}
            </p>
            {now.wrong.length > 0 && <Wrong wrong={now.wrong} />}
            <p>{t('import.before')}</p>
            <div class="buttons">
                <button type="button" class="button-main" onClick={() => void go()}>
                    {t('import.start')}
                </button>
                <button type="button" onClick={() => put({ ...NOTHING, map: now.map })}>
                    {t('import.other')}
                </button>
            </div>
        </section>
    );
}

function UrgentRow({ one }: { one: Urgent }) {
    const { answer, row } = one,
        urgency = answer.urgency ?? answer.apart?.urgency ?? answer.alarms[0]?.urgency ?? 'same-day';
    return (
        <li>
            <strong>{t('import.line', { line: number(row.line) })}</strong>{' '}
            <UrgencyMark urgency={urgency} />{' '}
            {answer.ticket !== null && t('import.ticket', { ticket: answer.ticket })}
            {answer.ticket === null && (
                <>
                    {t('import.no-ticket')}
                    <AlarmCards alarms={answer.alarms} head="h3" />
                    {answer.apart !== null && <p>{t('import.apart-urgent')}</p>}
                    {!one.isSeen && (
                        <button
                            type="button"
                            class="button-main"
                            onClick={() => put({ progress: seen(work.peek().progress, row) })}
                        >
                            {t('import.seen')}
                        </button>
                    )}
                </>
            )}
        </li>
    );
}

function Doubts({ list }: { list: readonly Doubtful[] }) {
    if (list.length === 0) return null;
    return (
        <section class="card" aria-labelledby="import-doubts">
            <h2 id="import-doubts">{t('import.doubts')}</h2>
            <p>{t('import.doubts-what')}</p>
            <ul class="doubts">
                {list.map(({ row, answer }) => (
                    <li key={row.line}>
                        {t('import.line', { line: number(row.line) })}:{' '}
                        {answer.doubts.map(({ quantity, unit, soft }) => (
                            <span key={quantity}>
                                {t('import.usual', { quantity, from: soft[0], to: soft[1], unit })}{' '}
                            </span>
                        ))}
                        <button type="button" onClick={() => void sure(row)}>
                            {t('import.sure')}
                        </button>
                    </li>
                ))}
            </ul>
        </section>
    );
}

type GoingStep = 'running' | 'paused' | 'done';
const isGoingStep = (step: Step): step is GoingStep => step === 'running' || step === 'paused' || step === 'done';

function Going({ now, step }: { now: Work; step: GoingStep }) {
    const { progress, file } = now,
        all = file?.rows.length ?? 0;
    return (
        <section class="card" aria-labelledby="import-going">
            <h2 id="import-going">{t(`import.step-${step}`)}</h2>
            <progress max={all} value={progress.next} aria-label={t('import.going')} />
            <p role="status">
                {t('import.so-far', {
                    next: number(progress.next),
                    all: number(all),
                    kept: number(progress.kept),
                    here: number(progress.here),
                    refused: number(progress.refused.length),
                })}
            </p>
            {progress.apartNotKept > 0 && <p>{t('import.apart', { count: progress.apartNotKept })}</p>}
            <div class="buttons">
                {step === 'running' && (
                    <button type="button" class="button-main" onClick={() => put({ step: 'paused' })}>
                        {t('import.pause')}
                    </button>
                )}
                {step === 'paused' && (
                    <button
                        type="button"
                        class="button-main"
                        disabled={mustStop(progress)}
                        onClick={() => void go()}
                    >
                        {t('import.go-on')}
                    </button>
                )}
                {step !== 'running' && progress.refused.length > 0 && (
                    <button type="button" onClick={() => saveRefused(now)}>
                        {t('import.save-refused', { count: progress.refused.length })}
                    </button>
                )}
                {(step === 'done' || (step === 'paused' && !mustStop(progress))) && (
                    <button type="button" onClick={() => put({ ...NOTHING, map: now.map })}>
                        {t('import.other')}
                    </button>
                )}
            </div>
        </section>
    );
}

export function ImportScreen() {
    const [maps, setMaps] = useState<readonly ResultMap[]>([]),
        [failure, setFailure] = useState<Failure | null>(null),
        now = work.value;
    useEffect(() => {
        void api.importMaps().then((answer) => {
            setFailure(answer.ok ? null : answer.failure);
            if (answer.ok) setMaps(answer.value.maps);
        });
        // Somewhere else nobody sees what comes: it waits until somebody is here again.
        return () => {
            if (work.peek().step === 'running') put({ step: 'paused' });
        };
    }, []);
    const isGoing = isGoingStep(now.step);
    return (
        <>
            <FailureNote failure={failure ?? now.failure} />
            {now.failure?.kind === 'refused' && <AlarmCards alarms={now.failure.alarms} />}
            {now.step === 'choose' && <Choose maps={maps} now={now} />}
            {now.step === 'checking' && <p role="status">{t('import.checking', { count: now.checked })}</p>}
            {now.step === 'checked' && <Checked now={now} />}
            {isGoingStep(now.step) && <Going now={now} step={now.step} />}
            {isGoing && now.progress.urgent.length > 0 && (
                <section class="card note note-stop" aria-labelledby="import-urgent">
                    <h2 id="import-urgent">{t('import.urgent')}</h2>
                    <ul>
                        {now.progress.urgent.map((one) => (
                            <UrgentRow key={one.row.line} one={one} />
                        ))}
                    </ul>
                    <a class="button" href={routes.inbox}>
                        {t('import.inbox')}
                    </a>
                </section>
            )}
            {isGoing && <Doubts list={now.progress.doubtful} />}
            {isGoing && now.progress.refused.length > 0 && (
                <section class="card" aria-labelledby="import-refused">
                    <h2 id="import-refused">{t('import.refused')}</h2>
                    <Wrong
                        wrong={now.progress.refused.map(({ row, ...refusal }) => ({ line: row.line, ...refusal }))}
                    />
                </section>
            )}
        </>
    );
}
