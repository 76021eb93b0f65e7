// SPDX-License-Identifier: Apache-2.0
// One person with what was found: drafts to sign, or what was signed. Nothing is reckoned here; "judge again" asks
// the server.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Answer, type Failure, type Finding, type Findings } from '../../lib/api.ts';
import { say } from '../../lib/announce.ts';
import { ENTER, useEnter } from '../../lib/enter.ts';
import { me, person, refreshPerson } from '../../lib/session.ts';
import { timeFrom, timeTo } from '../../lib/timing.ts';
import { clock, day, number, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';
import { FindingCard, Unjudged } from './card.tsx';
import { Correct } from './correct.tsx';
import { SEEN_MS, byUrgency, correctedBy, isQuiet, staysWithheld } from './findings.ts';
import { signBody, signIsHeld, signLacks, signLeave, signOpen, signTake, type Signing } from './sign.ts';

function LeaveOut({
    finding,
    signing,
    change,
}: {
    finding: Finding;
    signing: Signing;
    change: (next: Signing) => void;
}) {
    const reason = signing.leave[finding.item],
        id = `reason-${finding.item}`;
    if (reason === undefined)
        return (
            <button type="button" onClick={() => change(signLeave(signing, finding.item, ''))}>
                {t('results.leave')}
            </button>
        );
    return (
        <div class="field">
            <label for={id}>{t('results.reason')}</label>
            <input
                id={id}
                type="text"
                maxLength={200}
                value={reason}
                required
                autocomplete="off"
                onInput={(event) => change(signLeave(signing, finding.item, event.currentTarget.value))}
            />
            <button type="button" onClick={() => change(signTake(signing, finding.item))}>
                {t('results.take')}
            </button>
        </div>
    );
}

function Sign({ signing, isOld, onSign }: { signing: Signing; isOld: boolean; onSign: () => void }) {
    const lacks = signLacks(signing),
        left = Object.keys(signing.leave).length;
    return (
        <section class="card" aria-label={t('results.sign')}>
            <p>
                {t('results.signs', { count: signing.drafts.length - left })}
                {left > 0 && ` ${t('results.leaves', { count: left })}`}
            </p>
            {lacks?.kind === 'reason' && <p role="status">{t('results.needs-reason')}</p>}
            {isOld && <p role="status">{t('results.old-first')}</p>}
            <button
                type="button"
                class="button-main"
                disabled={lacks !== null || isOld || signing.step === 'sending'}
                onClick={onSign}
            >
                {t('results.sign-all', { count: signing.drafts.length - left })} <kbd aria-hidden="true">{ENTER}</kbd>
            </button>
        </section>
    );
}

function About({ found, onScreen }: { found: Findings; onScreen: () => void }) {
    const { drafts, signed, signedAt, signedBy, age, unjudged } = found,
        zone = me.value?.site.zone,
        at = Date.parse(signedAt ?? '');
    const nothing = drafts.length + signed.length === 0;
    return (
        <section aria-label={t('results.about')}>
            {nothing && <p>{t('results.nothing')}</p>}
            {drafts.length > 0 && <p>{t('results.drafts', { count: number(drafts.length) })}</p>}
            {drafts.length === 0 && signedBy !== null && signed.length > 0 && (
                <p>
                    ✓{' '}
                    {t('results.signed', {
                        by: signedBy,
                        time: Number.isNaN(at) ? (signedAt ?? '') : `${day(at, zone)} ${clock(at, zone)}`,
                    })}
                </p>
            )}
            {age !== 'current' && (
                <p class="note note-look">{t(age === 'newer' ? 'results.newer' : 'results.corrected')}</p>
            )}
            {unjudged && <p class="note note-look">{t('results.unjudged')}</p>}
            {(nothing || age !== 'current' || unjudged) && (
                <button type="button" onClick={onScreen}>
                    {t('results.screen')}
                </button>
            )}
        </section>
    );
}

// The person did not tick that it is kept: whoever judged it now tells it, or nobody does.
function Said({ said }: { said: readonly Finding[] }) {
    if (said.length === 0) return null;
    return (
        <section aria-label={t('results.said')}>
            <p class="note note-look">{t('results.said')}</p>
            {byUrgency(said).map((finding) => (
                <FindingCard key={`said ${finding.item}`} finding={finding} />
            ))}
        </section>
    );
}

function Letter({ list }: { list: readonly Finding[] }) {
    const isHeld = signIsHeld(list);
    return (
        <p class="buttons">
            {isHeld && <span class="note note-look">{t('results.letter-held')}</span>}
            <a class="button" href={routes.letter}>
                {t('results.letter')}
            </a>
            {me.value?.role === 'clinician' && (
                <a class="button" href={routes.refer}>
                    {t('results.refer')}
                </a>
            )}
        </p>
    );
}

export function ResultsScreen() {
    const [found, setFound] = useState<Findings | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    const [signing, setSigning] = useState<Signing>(signOpen([])),
        { route } = useLocation();
    const handle = person.value?.person,
        isClinician = me.value?.role === 'clinician',
        seenAt = useRef(0);
    const take = (answer: Answer<Findings>): void => {
        if (!answer.ok) return setFailure(answer.failure);
        setFailure(null);
        setFound(answer.value);
        setSigning(signOpen(answer.value.drafts));
        if (isClinician && answer.value.drafts.length > 0) timeFrom('sign');
        seenAt.current = performance.now();
    };
    const talked = async (finding: Finding): Promise<void> => {
        if (handle === undefined) return;
        const answer = await api.told({
            person: handle,
            how: 'in-person',
            isGuardian: false,
            agreed: '',
            items: [finding.item],
        });
        if (!answer.ok) return setFailure(answer.failure);
        say(t('results.was-talked'));
        take(await api.findings(handle));
        await refreshPerson();
    };
    useEffect(() => {
        let isOver = false;
        setFound(null);
        if (handle !== undefined)
            void api.findings(handle).then((answer) => {
                if (!isOver && person.value?.person === handle) take(answer);
            });
        return () => void (isOver = true);
    }, [handle]);
    const screen = async (): Promise<void> => {
        if (handle === undefined) return;
        take(await api.screen(handle));
        await refreshPerson();
    };
    const sign = async (): Promise<void> => {
        if (handle === undefined || signLacks(signing) !== null) return;
        setSigning({ ...signing, step: 'sending' });
        const body = signBody(signing, handle),
            answer = await api.sign(body.person, body.leave);
        if (answer.ok) timeTo('sign');
        if (!answer.ok) {
            // What was signed has to be what was shown.
            if (answer.failure.kind === 'refused' && answer.failure.code === 'E_STALE')
                take(await api.findings(handle));
            setFailure(answer.failure);
            setSigning((now) => ({ ...now, step: 'failed' }));
            return;
        }
        say(t('results.was-signed', { count: answer.value.signed }));
        take(await api.findings(handle));
        await refreshPerson();
    };
    const drafts = found?.drafts ?? [],
        maySign = drafts.length > 0 && isClinician && found?.age === 'current' && signLacks(signing) === null;
    // What is signed by a key was on the screen, and not for the time of a double press alone.
    useEnter(maySign ? () => void (performance.now() - seenAt.current >= SEEN_MS && sign()) : null);
    const list = byUrgency(drafts.length > 0 ? drafts : (found?.signed ?? [])),
        isLine = (finding: Finding): boolean => isQuiet(finding) && correctedBy(finding, found?.signed ?? []) === null,
        leaveOut = (finding: Finding) =>
            drafts.length > 0 &&
            isClinician && <LeaveOut finding={finding} signing={signing} change={setSigning} />;
    return (
        <div class="results">
            <FailureNote failure={failure} />
            {found === null && failure === null && <p role="status">{t('results.loading')}</p>}
            {found !== null && <About found={found} onScreen={() => void screen()} />}
            <Said said={found?.said ?? []} />
            {list.filter((finding) => !isLine(finding)).map((finding) => (
                <FindingCard
                    key={`${finding.id} ${finding.item}`}
                    finding={finding}
                    was={drafts.length > 0 ? correctedBy(finding, found?.signed ?? []) : null}
                    onTalked={drafts.length === 0 && staysWithheld(finding) ? () => void talked(finding) : null}
                >
                    {leaveOut(finding)}
                </FindingCard>
            ))}
            <Unjudged findings={list.filter(isLine)}>{leaveOut}</Unjudged>
            {drafts.length > 0 && isClinician && found !== null && (
                <Sign signing={signing} isOld={found.age !== 'current'} onSign={() => void sign()} />
            )}
            {found !== null && found.signed.length > 0 && <Letter list={found.signed} />}
            {person.value?.by === 'ticket' && found !== null && (
                <p class="note" role="note">
                    <span aria-hidden="true">▣</span> {t('results.closed-box')}
                </p>
            )}
            {found !== null && <Correct onDone={screen} />}
            <p class="buttons">
                <button type="button" onClick={() => route(routes.inbox)}>
                    {t('results.inbox')}
                </button>
            </p>
        </div>
    );
}
