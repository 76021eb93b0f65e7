// SPDX-License-Identifier: Apache-2.0
// Who works here: a passkey, or name and secret with what goes with it. On a site of made-up people that was made to be
// tried out, tiles that come in at once.
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Login, Passkey, Tile } from '../../lib/api.ts';
import { bySecret, proved, type Proved, type Trouble } from '../../lib/prove.ts';
import { login, loginPasskey, site } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { NOTHING, PasskeyButton, ProofFields, TroubleNote, type Typed } from '../../parts/proof/proof.tsx';
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
        [typed, setTyped] = useState(NOTHING),
        [isBusy, busy] = useState(false);
    const [trouble, setTrouble] = useState<Trouble | null>(null),
        id = useId(),
        box = useRef<HTMLInputElement>(null),
        { path, route } = useLocation();
    const came = (answer: Proved<Login>): void => {
        setTyped(NOTHING);
        setTrouble(answer.ok ? null : answer.trouble);
        if (answer.ok && path === routes.start) route(routes.start, true);
    };
    const enter = async (name: string, what: Typed): Promise<void> => {
        if (isBusy) return;
        busy(true);
        const who = name.trim(),
            shown = await bySecret(who, what.secret, what.code);
        came(shown.ok ? proved(await login(who, shown.value)) : shown);
        busy(false);
    };
    const enterBy = async (shown: Proved<Passkey>): Promise<void> =>
        came(shown.ok ? proved(await loginPasskey(shown.value)) : shown);
    const tiles = site.value?.demo ?? [];
    useLayoutEffect(() => {
        if (tiles.length === 0) box.current?.focus();
    }, []);
    const submit = (event: Event): void => {
        event.preventDefault();
        void enter(name, typed);
    };
    return (
        <>
            {tiles.length > 0 && (
                <Tiles
                    tiles={tiles}
                    onTile={({ name: who, secret }) => void enter(who, { secret, code: '' })}
                />
            )}
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
                <ProofFields typed={typed} onTyped={setTyped} />
                <TroubleNote trouble={trouble} />
                <div class="buttons">
                    <button class="button-main" disabled={isBusy}>
                        {t('start.enter')}
                    </button>
                    <PasskeyButton label={t('start.passkey')} onPasskey={enterBy} />
                </div>
            </form>
        </>
    );
}
