// SPDX-License-Identifier: Apache-2.0
// The site's own log, newest first: staff, settings, guidelines, readings of lists. What is about a person stands in
// their record and is told to them; here it is one commitment among padding, and is not shown.
import { useEffect, useState } from 'preact/hooks';
import { roles, type Role } from 'gen/lists.ts';
import { api, type Failure, type SiteEntry } from '../../lib/api.ts';
import { me } from '../../lib/session.ts';
import { clock, day, number, t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { atOf, byOf, saidOf, textOf } from './sitelog.ts';

const isRole = (text: string): text is Role => Object.hasOwn(roles, text);

function Sentence({ entry }: { entry: SiteEntry }) {
    const said = saidOf(entry),
        role = textOf(entry, 'role'),
        about = {
            id: entry.id ?? '',
            kind: entry.kind ?? '',
            role: isRole(role) ? t(`role.${role}`) : role,
            label: textOf(entry, 'label') || (entry.id ?? ''),
            version: textOf(entry, 'version'),
            epoch: textOf(entry, 'epoch'),
            count: Number(entry.facts['tickets'] ?? 0),
        };
    return <>{t(`sitelog.said-${said}`, about)}</>;
}

function Row({ entry }: { entry: SiteEntry }) {
    const at = atOf(entry),
        zone = me.value?.site.zone;
    return (
        <tr>
            <th scope="row">{number(entry.number)}</th>
            <td>
                <Sentence entry={entry} />
            </td>
            <td>
                <bdi>{byOf(entry)}</bdi>
            </td>
            <td>{at && `${day(at, zone)} ${clock(at, zone)}`}</td>
        </tr>
    );
}

// Between public entries lie those of people, passed over in pieces: it is asked until something came.
const ASKS_MAX = 50;
async function read(from: string | null): Promise<{ entries: SiteEntry[]; next: string | null } | Failure> {
    let next = from;
    for (let asked = 0; asked < ASKS_MAX; asked++) {
        const answer = await api.siteLog(next);
        if (!answer.ok) return answer.failure;
        next = answer.value.next;
        if (answer.value.entries.length > 0 || next === null) return { entries: answer.value.entries, next };
    }
    return { entries: [], next };
}

export function SiteLogScreen() {
    const [entries, setEntries] = useState<SiteEntry[]>([]),
        [next, setNext] = useState<string | null>(null),
        [isBusy, busy] = useState(true),
        [failure, setFailure] = useState<Failure | null>(null);
    const more = async (from: string | null): Promise<void> => {
        busy(true);
        const page = await read(from);
        busy(false);
        if ('kind' in page) return setFailure(page);
        setFailure(null);
        setEntries((before) => (from === null ? page.entries : [...before, ...page.entries]));
        setNext(page.next);
    };
    useEffect(() => void more(null), []);
    return (
        <section class="card">
            <p>{t('sitelog.what')}</p>
            <FailureNote failure={failure} />
            {entries.length > 0 && (
                <table class="list">
                    <caption class="small">{t('sitelog.caption')}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{t('sitelog.number')}</th>
                            <th scope="col">{t('sitelog.entry')}</th>
                            <th scope="col">{t('sitelog.by')}</th>
                            <th scope="col">{t('sitelog.at')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {entries.map((entry) => (
                            <Row key={entry.number} entry={entry} />
                        ))}
                    </tbody>
                </table>
            )}
            <div class="buttons">
                {next !== null && (
                    <button type="button" disabled={isBusy} onClick={() => void more(next)}>
                        {t('sitelog.older')}
                    </button>
                )}
            </div>
        </section>
    );
}
