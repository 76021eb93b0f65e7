// SPDX-License-Identifier: Apache-2.0
// Who works here, and what they log in with. A manager adds members, changes roles, gives a new start. People who are
// examined are not here.
import { useEffect, useId, useState } from 'preact/hooks';
import type { Role } from 'gen/lists.ts';
import { api, type Failure, type Member, type Staff } from '../../lib/api.ts';
import { say } from '../../lib/announce.ts';
import { proved } from '../../lib/prove.ts';
import { me, memberId } from '../../lib/session.ts';
import { clock, day, list, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { ChangeForm } from './change.tsx';
import { STAFF_ROLES, firstSecret, inOrder, wantsSecond, waysOf } from './staff.ts';

const drawn = (): string => firstSecret((bytes) => crypto.getRandomValues(bytes));

function RoleField({ role, onRole }: { role: Role; onRole: (role: Role) => void }) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{t('staff.role')}</label>
            <select id={id} value={role} onChange={(e) => onRole(e.currentTarget.value as Role)}>
                {STAFF_ROLES.map((one) => (
                    <option key={one} value={one}>
                        {t(`role.${one}`)}: {t(`role.may-${one}`)}
                    </option>
                ))}
            </select>
        </div>
    );
}

/** A secret that is handed over once. */
function FirstSecret({ given, onSeen }: { given: { name: string; secret: string }; onSeen: () => void }) {
    return (
        <section class="card note-look note" role="alert">
            <p>{t('staff.hand-over', { name: given.name })}</p>
            <p>
                <bdi dir="ltr" class="code secret">
                    {given.secret}
                </bdi>
            </p>
            <button type="button" onClick={onSeen}>
                {t('staff.handed-over')}
            </button>
        </section>
    );
}

type Given = (given: { name: string; secret: string } | null) => Promise<void>;

function Add({ onDone }: { onDone: Given }) {
    const [name, setName] = useState(''),
        [role, setRole] = useState<Role>('assistant'),
        [secret, setSecret] = useState(drawn),
        id = useId();
    const done = async (): Promise<void> => {
        say(t('staff.added', { name }));
        await onDone({ name, secret });
        setName('');
        setSecret(drawn());
    };
    return (
        <ChangeForm
            title={t('staff.add')}
            action={t('staff.add-do')}
            wants={wantsSecond(role)}
            run={async (second) => proved(await api.staffAdd({ name, role, secret, ...second }))}
            onDone={done}
        >
            <div class="field">
                <label for={id}>{t('staff.name')}</label>
                <input
                    id={id}
                    type="text"
                    dir="ltr"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck={false}
                    required
                    maxLength={64}
                    pattern="[a-z0-9._\-]+"
                    value={name}
                    aria-describedby={`${id}-how`}
                    onInput={(e) => setName(e.currentTarget.value)}
                />
                <p id={`${id}-how`} class="small">
                    {t('staff.name-how')}
                </p>
            </div>
            <RoleField role={role} onRole={setRole} />
        </ChangeForm>
    );
}

type Act = 'role' | 'restart' | 'retire';

function ChangeMember({ member, act, onDone, onEnd }: { member: Member; act: Act; onDone: Given; onEnd: () => void }) {
    const [role, setRole] = useState<Role>(member.role),
        [secret] = useState(drawn),
        { name } = member,
        done = (given: string, secretOf: string | null) => async (): Promise<void> => {
            say(given);
            await onDone(secretOf === null ? null : { name, secret: secretOf });
        };
    if (act === 'role')
        return (
            <ChangeForm
                title={t('staff.role-of', { name })}
                action={t('staff.role-do')}
                wants={wantsSecond(member.role, role)}
                run={async (second) => proved(await api.staffRole({ name, role, ...second }))}
                onDone={done(t('staff.role-done', { name }), null)}
                onEnd={onEnd}
            >
                <RoleField role={role} onRole={setRole} />
            </ChangeForm>
        );
    if (act === 'restart')
        return (
            <ChangeForm
                title={t('staff.restart-of', { name })}
                action={t('staff.restart-do')}
                wants
                run={async (second) => proved(await api.staffRestart({ name, secret, ...second }))}
                onDone={done(t('staff.restart-done', { name }), secret)}
                onEnd={onEnd}
            >
                <p>{t('staff.restart-what')}</p>
            </ChangeForm>
        );
    return (
        <ChangeForm
            title={t('staff.retire-of', { name })}
            action={t('staff.retire-do')}
            isStop
            wants={wantsSecond(member.role)}
            run={async (second) => proved(await api.staffRetire({ name, ...second }))}
            onDone={done(t('staff.retire-done', { name }), null)}
            onEnd={onEnd}
        >
            <p>{t('staff.retire-what')}</p>
        </ChangeForm>
    );
}

function Row({ member, onAct }: { member: Member; onAct: ((act: Act) => void) | null }) {
    const [isOpen, open] = useState(false),
        { name, printed, role, retired } = member;
    const act = (which: Act): void => {
        open(false);
        onAct?.(which);
    };
    return (
        <tr>
            <th scope="row">
                <bdi>{name}</bdi>
                {printed !== name && (
                    <span class="small below">
                        <bdi>{printed}</bdi>
                    </span>
                )}
            </th>
            <td>{t(`role.${role}`)}</td>
            <td>{list(waysOf(member).map(({ key, count }) => t(`staff.way-${key}`, { count })))}</td>
            <td>
                {onAct && !retired && !isOpen && (
                    <button type="button" onClick={() => open(true)}>
                        {t('staff.change', { name })}
                    </button>
                )}
                {isOpen && (
                    <span class="asking">
                        <button type="button" onClick={() => act('role')}>
                            {t('staff.act-role')}
                        </button>
                        <button type="button" onClick={() => act('restart')}>
                            {t('staff.act-restart')}
                        </button>
                        <button type="button" onClick={() => act('retire')}>
                            {t('staff.act-retire')}
                        </button>
                        <button type="button" onClick={() => open(false)}>
                            {t('staff.not-now')}
                        </button>
                    </span>
                )}
            </td>
        </tr>
    );
}

function Recovery({ recovery, onStop }: { recovery: NonNullable<Staff['recovery']>; onStop: (() => void) | null }) {
    const due = new Date(recovery.due),
        zone = me.value?.site.zone;
    return (
        <div class="note note-stop" role="alert">
            <p>{t('staff.recovery', { name: recovery.name, day: day(due, zone), time: clock(due, zone) })}</p>
            {onStop && (
                <button type="button" class="button-stop" onClick={onStop}>
                    {t('staff.recovery-stop')}
                </button>
            )}
        </div>
    );
}

export function StaffScreen() {
    const [staff, setStaff] = useState<Staff | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        [given, setGiven] = useState<{ name: string; secret: string } | null>(null),
        [chosen, choose] = useState<{ member: Member; act: Act } | null>(null),
        isManager = me.value?.role === 'manager';
    const load = async (): Promise<void> => {
        const answer = await api.staff();
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) setStaff(answer.value);
    };
    const done: Given = async (secret) => {
        choose(null);
        setGiven(secret);
        await load();
    };
    const stop = async (): Promise<void> => {
        const answer = await api.staffRecoverStop();
        await load();
        if (!answer.ok) setFailure(answer.failure);
    };
    useEffect(() => void load(), []);
    return (
        <>
            <FailureNote failure={failure} />
            {staff?.recovery && <Recovery recovery={staff.recovery} onStop={isManager ? () => void stop() : null} />}
            {given && <FirstSecret given={given} onSeen={() => setGiven(null)} />}
            {chosen && (
                <ChangeMember
                    key={`${chosen.member.name} ${chosen.act}`}
                    {...chosen}
                    onDone={done}
                    onEnd={() => choose(null)}
                />
            )}
            {staff && (
                <section class="card">
                    <table class="list">
                        <caption class="small">{t('staff.caption', { count: staff.staff.length })}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{t('staff.name')}</th>
                                <th scope="col">{t('staff.role')}</th>
                                <th scope="col">{t('staff.ways')}</th>
                                <td />
                            </tr>
                        </thead>
                        <tbody>
                            {inOrder(staff.staff).map((member) => (
                                <Row
                                    key={member.name}
                                    member={member}
                                    onAct={
                                        isManager && member.name !== memberId.value
                                            ? (act) => choose({ member, act })
                                            : null
                                    }
                                />
                            ))}
                        </tbody>
                    </table>
                </section>
            )}
            {staff && isManager && <Add onDone={done} />}
        </>
    );
}
