// SPDX-License-Identifier: Apache-2.0
// Referring the open person, and what became of it: what the results ask for, the referrals that go on with their
// slips, and what is noted about them. A clinician refers; a station notes what the person in front of it tells.
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { api, type Answer, type Failure } from '../../lib/api.ts';
import type { Referral, Referrals, Request } from '../../lib/referrals.ts';
import type { ReferralState } from 'gen/lists.ts';
import { say } from '../../lib/announce.ts';
import { me, person, refreshPerson } from '../../lib/session.ts';
import { clock, day, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { UrgencyMark } from '../../parts/urgency/urgency.tsx';
import { routes } from '../../routes.ts';
import { CallScript } from './script.tsx';
import { SlipPage } from './slip.tsx';
import { asksDay, goesOn, inOrder, isDay, nextStates, offeredDay, suggested } from './refer_rules.ts';

const onDay = (text: string): string => (isDay(text) ? day(Date.parse(`${text}T12:00:00Z`), 'UTC') : text);
const onTime = (text: string): string => {
    const at = Date.parse(text),
        zone = me.value?.site.zone;
    return Number.isNaN(at) ? text : `${day(at, zone)} ${clock(at, zone)}`;
};

/** The site's day. */
const today = (): string =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: me.value?.site.zone ?? 'UTC' }).format(new Date());

type Do = (answer: Promise<Answer<Referrals>>, said: string) => Promise<boolean>;

/** What it is about, in the words of the finding; of what is kept apart and not shown here nothing. */
function About({ finding }: { finding: Referral['finding'] }) {
    if (!finding) return <h3>{t('refer.unseen')}</h3>;
    const { headline, name, action, when } = finding.words;
    return (
        <>
            <p class="card-marks">
                <UrgencyMark urgency={finding.urgency} />
            </p>
            <h3>{headline || name || finding.item}</h3>
            {action && <p>{[action, when].filter((text) => text).join(' ')}</p>}
        </>
    );
}

interface Box {
    id: string;
    label: string;
    value: string;
    change: (to: string) => void;
}
function DayBox({ id, label, value, change }: Box) {
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <input
                id={id}
                type="date"
                value={value}
                min={today()}
                required
                onInput={(event) => change((event.target as HTMLInputElement).value)}
            />
        </div>
    );
}

function NewReferral({ request, todo }: { request: Request; todo: Do }) {
    const [place, setPlace] = useState(request.place),
        [until, setUntil] = useState(offeredDay(request.until, today())),
        [isSending, setSending] = useState(false);
    const send = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (!person.value || isSending) return;
        setSending(true);
        await todo(
            api.refer({ person: person.value.person, id: request.id, place: place.trim(), until }),
            t('refer.was-made'),
        );
        setSending(false);
    };
    return (
        <form class="card" onSubmit={(event) => void send(event)}>
            <About finding={request.finding} />
            <div class="field">
                <label for={`place ${request.id}`}>{t('refer.place')}</label>
                <input
                    id={`place ${request.id}`}
                    value={place}
                    maxLength={100}
                    autocomplete="off"
                    onInput={(event) => setPlace((event.target as HTMLInputElement).value)}
                />
                <p class="small">{t('refer.place-how')}</p>
            </div>
            <DayBox id={`until ${request.id}`} label={t('refer.until')} value={until} change={setUntil} />
            <button type="submit" class="button-main" disabled={isSending || !isDay(until)}>
                {t('refer.make')}
            </button>
        </form>
    );
}

// What became of it: the state, with its day where it has one, and words where somebody has some.
interface ToNote {
    referral: Referral;
    state: ReferralState;
    todo: Do;
    back: () => void;
}
function Noting({ referral, state, todo, back }: ToNote) {
    const [until, setUntil] = useState(offeredDay(referral.until, today())),
        [words, setWords] = useState(''),
        [isSending, setSending] = useState(false);
    const send = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (!person.value || isSending) return;
        setSending(true);
        const given = {
            person: person.value.person,
            id: referral.id,
            state,
            ...(asksDay(state) ? { until } : {}),
            ...(words.trim() ? { words: words.trim() } : {}),
        };
        if (await todo(api.follow(given), t('refer.was-noted'))) back();
        else setSending(false);
    };
    return (
        <form class="note note-look" onSubmit={(event) => void send(event)}>
            <p>
                <strong>{t(`refer.state-${state}`)}</strong>
            </p>
            {asksDay(state) && (
                <DayBox
                    id={`day ${referral.id}`}
                    label={t(state === 'made' ? 'refer.day-made' : 'refer.until')}
                    value={until}
                    change={setUntil}
                />
            )}
            <div class="field">
                <label for={`words ${referral.id}`}>{t('refer.words')}</label>
                <input
                    id={`words ${referral.id}`}
                    value={words}
                    maxLength={500}
                    autocomplete="off"
                    onInput={(event) => setWords((event.target as HTMLInputElement).value)}
                />
            </div>
            <div class="both">
                <button type="submit" class="button-main" disabled={isSending || (asksDay(state) && !isDay(until))}>
                    {t('refer.note')}
                </button>
                <button type="button" onClick={back}>
                    {t('refer.not-now')}
                </button>
            </div>
        </form>
    );
}

function OneReferral({ referral, todo, onSlip }: { referral: Referral; todo: Do; onSlip: (() => void) | null }) {
    const [noting, note] = useState<ReferralState | null>(null),
        { state, reply } = referral;
    return (
        <article class="card">
            <About finding={referral.finding} />
            <p>
                <strong>{t(`refer.state-${state}`)}</strong>
                {goesOn(state) && referral.until !== '' && (
                    <> · {t(`refer.until-${state as 'sent' | 'made' | 'seen'}`, { day: onDay(referral.until) })}</>
                )}
            </p>
            <p>{referral.place === '' ? t('refer.no-place') : t('refer.at-place', { place: referral.place })}</p>
            <p class="small">{t('refer.noted', { by: referral.by, time: onTime(referral.at) })}</p>
            {referral.words !== '' && (
                <p>
                    <bdi>{referral.words}</bdi>
                </p>
            )}
            {reply !== null && (
                <p class="note note-look" role="status">
                    {t('refer.reply', { said: t(`reply.said-${reply.said}`), time: onTime(reply.at) })}
                </p>
            )}
            {noting === null ? (
                <div class="buttons" role="group" aria-label={t('refer.became')}>
                    {nextStates(state).map((one) => (
                        <button
                            key={one}
                            type="button"
                            class={suggested(referral) === one ? 'button-main' : ''}
                            onClick={() => note(one)}
                        >
                            {t(`refer.to-${one}`)}
                        </button>
                    ))}
                    {goesOn(state) && onSlip !== null && (
                        <button type="button" onClick={onSlip}>
                            {t('refer.slip')}
                        </button>
                    )}
                </div>
            ) : (
                <Noting key={noting} referral={referral} state={noting} todo={todo} back={() => note(null)} />
            )}
        </article>
    );
}

export function ReferScreen() {
    const [all, setAll] = useState<Referrals | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        [slip, setSlip] = useState<string | null>(null),
        { route } = useLocation(),
        handle = person.value?.person;
    useEffect(() => {
        let isOver = false;
        if (handle !== undefined)
            void api.referrals(handle).then((answer) => {
                if (isOver || person.value?.person !== handle) return;
                if (answer.ok) setAll(answer.value);
                else setFailure(answer.failure);
            });
        return () => void (isOver = true);
    }, [handle]);
    const todo: Do = async (asked, said) => {
        const answer = await asked;
        if (person.value?.person !== handle) return false;
        setFailure(answer.ok ? null : answer.failure);
        if (!answer.ok) return false;
        setAll(answer.value);
        say(said);
        await refreshPerson();
        return true;
    };
    if (slip !== null) return <SlipPage id={slip} back={() => setSlip(null)} />;
    const isReferring = me.value?.role === 'clinician',
        requests = (isReferring ? (all?.requests ?? []) : []).filter(({ referred }) => !referred),
        referrals = inOrder(all?.referrals ?? []);
    return (
        <>
            <FailureNote failure={failure} />
            {all === null && failure === null && <p role="status">{t('refer.loading')}</p>}
            {all !== null && requests.length + referrals.length === 0 && <p>{t('refer.nothing')}</p>}
            {referrals.length > 0 && (
                <section aria-labelledby="refer-gone">
                    <h2 id="refer-gone">{t('refer.referrals')}</h2>
                    {isReferring && referrals.some(({ state }) => goesOn(state)) && (
                        <CallScript telephones={all?.telephones ?? ''} />
                    )}
                    {referrals.map((one) => (
                        <OneReferral
                            key={`${one.id} ${one.at}`}
                            referral={one}
                            todo={todo}
                            onSlip={isReferring ? () => setSlip(one.id) : null}
                        />
                    ))}
                </section>
            )}
            {requests.length > 0 && (
                <section aria-labelledby="refer-asked">
                    <h2 id="refer-asked">{t('refer.requests')}</h2>
                    <p>{t('refer.consent')}</p>
                    {requests.map((one) => (
                        <NewReferral key={one.id} request={one} todo={todo} />
                    ))}
                </section>
            )}
            <p class="buttons">
                <button type="button" onClick={() => route(routes.results)}>
                    {t('refer.results')}
                </button>
                {isReferring && (
                    <button type="button" onClick={() => route(routes.follow)}>
                        {t('refer.list')}
                    </button>
                )}
            </p>
        </>
    );
}
