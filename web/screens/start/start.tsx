// SPDX-License-Identifier: Apache-2.0
// Who works here: name and secret. On a site of made-up people that was made to be tried out, tiles that come in at
// once.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Failure, Tile } from '../../lib/api.ts';
import { login, site } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { SecretField } from '../../parts/field/secret.tsx';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';

function Tiles({ tiles, onTile }: { tiles: readonly Tile[]; onTile: (tile: Tile) => void }) {
    return (
        <section class="card" aria-labelledby="who">
            <h1 id="who">{t('start.who')}</h1>
            <p>{t('start.who-how')}</p>
            <div class="tiles">
                {tiles.map((tile) => (
                    <button key={tile.name} type="button" class="tile" onClick={() => onTile(tile)}>
                        <strong>{t(`role.${tile.role}`)}</strong>
                        <span>{t(`role.may-${tile.role}`)}</span>
                        <span class="small">
                            <bdi>{tile.name}</bdi>
                        </span>
                    </button>
                ))}
            </div>
        </section>
    );
}

export function Start() {
    const [name, setName] = useState(''),
        [secret, setSecret] = useState(''),
        [isBusy, busy] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(null),
        id = useId(),
        box = useRef<HTMLInputElement>(null),
        { path, route } = useLocation();
    const enter = async (who: string, shown: string): Promise<void> => {
        if (isBusy) return;
        busy(true);
        const answer = await login(who.trim(), shown);
        busy(false);
        setSecret('');
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok && path === routes.start) route(routes.start, true);
    };
    const tiles = site.value?.demo ?? [];
    useEffect(() => {
        if (tiles.length === 0) box.current?.focus();
    }, []);
    const submit = (event: Event): void => {
        event.preventDefault();
        void enter(name, secret);
    };
    return (
        <>
            {tiles.length > 0 && <Tiles tiles={tiles} onTile={(tile) => void enter(tile.name, tile.secret)} />}
            <form class="card" onSubmit={submit}>
                {tiles.length > 0 ? <h2>{t('start.by-name')}</h2> : <h1>{t('start.title')}</h1>}
                <div class="field">
                    <label for={id}>{t('start.name')}</label>
                    <input
                        id={id}
                        ref={box}
                        type="text"
                        dir="auto"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck={false}
                        required
                        maxLength={64}
                        value={name}
                        onInput={(e) => setName(e.currentTarget.value)}
                    />
                </div>
                <SecretField value={secret} onValue={setSecret} />
                <FailureNote failure={failure} />
                <button class="button-main" disabled={isBusy}>
                    {t('start.enter')}
                </button>
            </form>
        </>
    );
}
