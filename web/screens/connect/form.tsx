// SPDX-License-Identifier: Apache-2.0
// What an app asks for in plain words, who the person is, and what they say to it: yes or no to each kind of data by
// itself, nothing chosen before.
import { useState } from 'preact/hooks';
import type { DataClass } from 'gen/lists.ts';
import { say } from '../../lib/announce.ts';
import { api, type Failure } from '../../lib/api.ts';
import type { AppAsk } from '../../lib/apps.ts';
import { t } from '../../lib/words.ts';
import { failureText } from '../../parts/failure/failure.tsx';
import { Pick } from '../../parts/pick/pick.tsx';
import {
    chosen,
    DAYS,
    daysOf,
    go,
    missing,
    NOTHING,
    scopeText,
    type Choice,
    type Days,
    type Said,
} from './connect_rules.ts';

/** What was shown was not theirs, or who shows it may not. */
export function Wrong({ failure }: { failure: Failure }) {
    const code = failure.kind === 'refused' ? failure.code : '';
    const text =
        code === 'E_PIN'
            ? t('connect.not-you')
            : code === 'E_NOT_FOUND'
              ? t('connect.no-card')
              : code === 'E_CONSENT'
                ? t('connect.too-young')
                : failureText(failure);
    return (
        <div class="note note-stop" role="alert">
            <p>{text}</p>
        </div>
    );
}

function Asked({ ask }: { ask: AppAsk }) {
    return (
        <section class="card">
            <h2>{t('connect.what')}</h2>
            <ul>
                {ask.scopes.map((one) => (
                    <li key={`${one.type}?${one.where}`}>
                        <bdi>{scopeText(one)}</bdi>
                    </li>
                ))}
            </ul>
            <p>{t('connect.reads')}</p>
            <p>{t('connect.outside')}</p>
        </section>
    );
}

type Told = Pick<Choice, 'card' | 'told'>;

/** Who the person is, as they show it. */
export function Who({ choice, isOff, onChange }: { choice: Told; isOff: boolean; onChange: (told: Told) => void }) {
    return (
        <section class="card">
            <h2>{t('connect.who')}</h2>
            <div class="field">
                <label for="card">{t('connect.card')}</label>
                <input
                    id="card"
                    class="code"
                    dir="ltr"
                    value={choice.card}
                    maxLength={32}
                    disabled={isOff}
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck={false}
                    onInput={(event) => onChange({ card: (event.target as HTMLInputElement).value, told: choice.told })}
                />
            </div>
            <div class="field">
                <label for="told">{t('connect.told')}</label>
                <input
                    id="told"
                    dir="ltr"
                    value={choice.told}
                    maxLength={200}
                    disabled={isOff}
                    autocomplete="off"
                    spellcheck={false}
                    aria-describedby="told-how"
                    onInput={(event) => onChange({ card: choice.card, told: (event.target as HTMLInputElement).value })}
                />
                <p id="told-how" class="small">
                    {t('connect.told-how')}
                </p>
            </div>
        </section>
    );
}

function Choices({
    ask,
    choice,
    isOff,
    onChange,
}: {
    ask: AppAsk;
    choice: Choice;
    isOff: boolean;
    onChange: (choice: Choice) => void;
}) {
    const answers = (['yes', 'no'] as const).map((value) => ({ value, text: t(`connect.${value}`) }));
    const set = (one: DataClass, value: string | null): void => {
        const { [one]: _, ...rest } = choice.said;
        onChange({ ...choice, said: value === null ? rest : { ...rest, [one]: value as Said } });
    };
    return (
        <section class="card">
            <h2>{t('connect.choices')}</h2>
            {ask.classes.map((one) => (
                <Pick
                    key={one}
                    name={`class-${one}`}
                    label={t(`connect.class-${one as 'identity'}`)}
                    options={answers}
                    value={choice.said[one] ?? null}
                    isOff={isOff}
                    onPick={(value) => set(one, value)}
                />
            ))}
            {ask.offline && (
                <Pick
                    name="days"
                    label={t('connect.how-long')}
                    options={DAYS.map((value) => ({ value, text: t(`connect.days-${value}`) }))}
                    value={choice.days}
                    isOff={isOff}
                    onPick={(days) => onChange({ ...choice, days: days as Days | null })}
                />
            )}
            {!ask.offline && <p>{t('connect.once')}</p>}
            <p>{t('connect.end')}</p>
        </section>
    );
}

export function Form({ ask, query }: { ask: AppAsk; query: string }) {
    const [choice, setChoice] = useState<Choice>(NOTHING),
        [isSending, setSending] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null),
        [lacks, setLacks] = useState(false);
    const need = missing(ask, choice);
    const send = async (): Promise<void> => {
        const days = daysOf(ask, choice);
        setLacks(need !== null);
        if (need !== null || days === null || isSending) return;
        setSending(true);
        setFailure(null);
        const answer = await api.appAllow({
            query,
            card: choice.card.trim(),
            ownWord: choice.told.trim(),
            classes: chosen(ask, choice).join(' '),
            days,
        });
        setSending(false);
        if (answer.ok) {
            say(t('connect.done'));
            go(answer.value.back);
        } else setFailure(answer.failure);
    };
    return (
        <>
            <Asked ask={ask} />
            <Who choice={choice} isOff={isSending} onChange={(told) => setChoice({ ...choice, ...told })} />
            <Choices ask={ask} choice={choice} isOff={isSending} onChange={setChoice} />
            {failure !== null && <Wrong failure={failure} />}
            {lacks && need !== null && (
                <p class="note note-look" role="alert">
                    {t(need)}
                </p>
            )}
            <div class="buttons">
                <button type="button" disabled={isSending} onClick={() => void send()}>
                    {t('connect.allow')}
                </button>
                <button type="button" disabled={isSending} onClick={() => go(ask.refused)}>
                    {t('connect.refuse')}
                </button>
            </div>
        </>
    );
}
