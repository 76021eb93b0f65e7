// SPDX-License-Identifier: Apache-2.0
// Forms and rules of the site: which guidelines are in force, by whom they were accepted, what another version that
// lies here would change in words and logic, and whether its cases pass. A clinician accepts what they were shown.
import { useEffect, useState } from 'preact/hooks';
import { api, type Failure } from '../../lib/api.ts';
import type { Rule, RuleRow, Rules } from '../../lib/office.ts';
import { say } from '../../lib/announce.ts';
import { me } from '../../lib/session.ts';
import { day, list, number, t } from '../../lib/words.ts';
import { CheckMark } from '../../parts/check/check.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { RuleFiles } from './files.tsx';
import { chosen, lacks, type Choices } from './rules.ts';

const STATES = {
    'in-force': 'good',
    words: 'look',
    other: 'look',
    new: 'look',
    broken: 'fault',
    gone: 'look',
} as const;

function InForce({ rule }: { rule: Pick<RuleRow, 'inForce' | 'by' | 'at'> }) {
    const zone = me.value?.site.zone;
    if (rule.inForce === null) return <>{t('rules.none-in-force')}</>;
    return (
        <>
            {t('rules.accepted', {
                version: rule.inForce,
                by: rule.by ?? '',
                day: rule.at === null ? '' : day(new Date(rule.at), zone),
            })}
        </>
    );
}

function Row({ rule, onShow }: { rule: RuleRow; onShow: () => void }) {
    return (
        <tr>
            <th scope="row">
                {rule.title ?? rule.id}
                <span class="small below">
                    <bdi dir="ltr">{rule.id}</bdi>
                </span>
            </th>
            <td>
                <CheckMark state={STATES[rule.state]} />
                <span class="small below">{t(`rules.state-${rule.state}`)}</span>
            </td>
            <td>
                <InForce rule={rule} />
                {rule.words.length > 0 && (
                    <span class="small below">{t('rules.words', { list: list(rule.words) })}</span>
                )}
                {rule.broken !== null && (
                    <span class="small below">
                        <bdi dir="ltr">{rule.broken}</bdi>
                    </span>
                )}
            </td>
            <td>
                {rule.version !== null && (
                    <button type="button" onClick={onShow}>
                        {t('rules.show', { version: rule.version })}
                    </button>
                )}
            </td>
        </tr>
    );
}

function Forms({ forms }: { forms: Rules['forms'] }) {
    return (
        <section class="card" aria-labelledby="rules-forms">
            <h2 id="rules-forms">{t('rules.forms')}</h2>
            <ul>
                {forms.map((form) => (
                    <li key={`${form.purpose} ${form.version}`}>
                        {t(`rules.purpose-${form.purpose}`)}, {t('rules.version', { version: form.version })}:{' '}
                        {form.whole ? list(form.languages) : t('rules.form-broken')}
                    </li>
                ))}
            </ul>
        </section>
    );
}

function Questionnaires({ all }: { all: Rules['questionnaires'] }) {
    return (
        <section class="card" aria-labelledby="rules-questionnaires">
            <h2 id="rules-questionnaires">{t('rules.questionnaires')}</h2>
            <p>{t('rules.questionnaires-what')}</p>
            <ul>
                {all.map(({ id, title, version, items, languages, broken }) => (
                    <li key={id}>
                        {title ?? id}
                        {version !== null && (
                            <>
                                , {t('rules.version', { version })}: {t('rules.items', { count: items })},{' '}
                                {list(languages)}
                            </>
                        )}
                        {broken !== null && (
                            <>
                                {' '}
                                <CheckMark state="fault" /> <bdi dir="ltr">{broken}</bdi>
                            </>
                        )}
                        <span class="small below">
                            <bdi dir="ltr">{id}</bdi>
                        </span>
                    </li>
                ))}
            </ul>
        </section>
    );
}

// --- one of them ---------------------------------------------------------------------------------------------------
function Sources({ rule }: { rule: Rule }) {
    return (
        <section class="card" aria-labelledby="rules-sources">
            <h2 id="rules-sources">{t('rules.sources')}</h2>
            <ul>
                {rule.sources.map((source) => (
                    <li key={`${source.issuer} ${source.title}`}>
                        <bdi dir="ltr">
                            {[source.issuer, source.year, source.title, source.table, source.doi]
                                .filter(Boolean)
                                .join(', ')}
                        </bdi>
                    </li>
                ))}
            </ul>
        </section>
    );
}

function Cases({ rule }: { rule: Rule }) {
    const isGood = rule.failed === 0 && rule.passed > 0;
    return (
        <section class="card" aria-labelledby="rules-cases">
            <h2 id="rules-cases">{t('rules.cases')}</h2>
            <p>
                <CheckMark state={isGood ? 'good' : 'fault'} />{' '}
                {t('rules.cases-count', { passed: number(rule.passed), failed: number(rule.failed) })}
            </p>
            {rule.failures.length > 0 && (
                <ul>
                    {rule.failures.map((line) => (
                        <li key={line}>
                            <bdi dir="ltr">{line}</bdi>
                        </li>
                    ))}
                </ul>
            )}
        </section>
    );
}

function ChoiceFields({ rule, made, change }: { rule: Rule; made: Choices; change: (made: Choices) => void }) {
    return (
        <>
            {rule.choices.map(({ name, about, value, values }) => (
                <fieldset key={name}>
                    <legend>
                        <bdi dir="ltr">{name}</bdi>
                        {about !== null && <span class="small below">{about}</span>}
                    </legend>
                    <div class="buttons">
                        {values.map((one) => (
                            <button
                                key={one}
                                type="button"
                                aria-pressed={(made[name] ?? value) === one}
                                class={(made[name] ?? value) === one ? 'choice choice-here' : 'choice'}
                                onClick={() => change({ ...made, [name]: one })}
                            >
                                <bdi dir="ltr">{one}</bdi>
                            </button>
                        ))}
                    </div>
                </fieldset>
            ))}
        </>
    );
}

function Accept({ rule, onDone }: { rule: Rule; onDone: () => void }) {
    const [made, change] = useState<Choices>({}),
        [isSure, ask] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null),
        lack = lacks(rule, made);
    const accept = async (): Promise<void> => {
        const answer = await api.ruleAccept({ id: rule.id, digest: rule.digest, choices: chosen(rule, made) });
        ask(false);
        if (!answer.ok) return setFailure(answer.failure);
        say(t('rules.was-accepted', { title: rule.title }));
        onDone();
    };
    return (
        <section class="card" aria-labelledby="rules-accept">
            <h2 id="rules-accept">{t('rules.accept')}</h2>
            <ChoiceFields rule={rule} made={made} change={change} />
            {rule.apart && <p>{t('rules.apart')}</p>}
            {lack !== null && <p class="note note-look">{t(`rules.lacks-${lack}`)}</p>}
            <FailureNote failure={failure} />
            <p>{t('rules.means')}</p>
            <div class="buttons">
                {!isSure && (
                    <button type="button" disabled={lack !== null} onClick={() => ask(true)}>
                        {t('rules.accept-ask', { version: rule.version })}
                    </button>
                )}
                {isSure && (
                    <>
                        <button type="button" class="button-main" onClick={() => void accept()}>
                            {t('rules.accept-yes')}
                        </button>
                        <button type="button" onClick={() => ask(false)}>
                            {t('rules.accept-no')}
                        </button>
                    </>
                )}
            </div>
        </section>
    );
}

function One({ rule, onBack, onDone }: { rule: Rule; onBack: () => void; onDone: () => void }) {
    const isSame = rule.inForce !== null && rule.files.length === 0 && rule.changes.length === 0;
    return (
        <>
            <section class="card">
                <h2>{t('rules.one', { title: rule.title, version: rule.version })}</h2>
                <p>
                    <InForce rule={rule} />
                </p>
                {isSame && <p>{t('rules.same')}</p>}
                {rule.changes.length > 0 && (
                    <>
                        <h3>{t('rules.changes')}</h3>
                        <ul>
                            {rule.changes.map((line) => (
                                <li key={line}>
                                    <bdi dir="ltr">{line}</bdi>
                                </li>
                            ))}
                        </ul>
                    </>
                )}
                <button type="button" onClick={onBack}>
                    {t('rules.back')}
                </button>
            </section>
            <Cases rule={rule} />
            <Sources rule={rule} />
            <RuleFiles rule={rule} />
            {me.value?.role === 'clinician' && <Accept key={rule.digest} rule={rule} onDone={onDone} />}
        </>
    );
}

export function RulesScreen() {
    const [rules, setRules] = useState<Rules | null>(null),
        [rule, setRule] = useState<Rule | null>(null),
        [isBusy, busy] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null);
    const load = async (): Promise<void> => {
        const answer = await api.rules();
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setRules(answer.value);
    };
    const show = async (id: string): Promise<void> => {
        busy(true);
        const answer = await api.rule(id);
        busy(false);
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setRule(answer.value);
    };
    useEffect(() => void load(), []);
    const back = (): void => {
        setRule(null);
        void load();
    };
    if (rule !== null)
        return (
            <>
                <FailureNote failure={failure} />
                <One rule={rule} onBack={back} onDone={back} />
            </>
        );
    return (
        <>
            <FailureNote failure={failure} />
            {rules === null && failure === null && <p role="status">{t('rules.loading')}</p>}
            {rules !== null && (
                <>
                    <section class="card" aria-busy={isBusy}>
                        <p>{t('rules.what')}</p>
                        <table class="list list-wraps">
                            <caption class="small">{t('rules.caption')}</caption>
                            <thead>
                                <tr>
                                    <th scope="col">{t('rules.guideline')}</th>
                                    <th scope="col">{t('rules.state')}</th>
                                    <th scope="col">{t('rules.in-force')}</th>
                                    <th scope="col">{t('rules.here')}</th>
                                </tr>
                            </thead>
                            <tbody>
                                {rules.rules.map((row) => (
                                    <Row key={row.id} rule={row} onShow={() => void show(row.id)} />
                                ))}
                            </tbody>
                        </table>
                    </section>
                    <Forms forms={rules.forms} />
                    <Questionnaires all={rules.questionnaires} />
                </>
            )}
        </>
    );
}
