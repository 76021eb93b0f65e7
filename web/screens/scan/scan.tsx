// SPDX-License-Identifier: Apache-2.0
// A card or a ticket, scanned or typed into one box, opens a person. The scanner is heard wherever the focus is; cards that
// come while one is being opened wait for their turn, and only the last of them is opened.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Failure } from '../../lib/api.ts';
import { say } from '../../lib/announce.ts';
import { readCode } from '../../lib/codes.ts';
import { scanned } from '../../lib/scanner.ts';
import { openPerson, person } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { wrongCode, type WrongCode } from './scan_rules.ts';

type Said = { is: 'wrong'; what: WrongCode } | { is: 'failure'; failure: Failure } | null;

/** The box alone: opens whoever is scanned, and calls `onOpen`. */
export function Scan() {
    const [text, setText] = useState(''), [said, setSaid] = useState<Said>(null), [isBusy, busy] = useState(false);
    const id = useId(), box = useRef<HTMLInputElement>(null), next = useRef<string | null>(null);
    const open = async (typed: string): Promise<void> => {
        next.current = typed;
        if (isBusy) return;
        busy(true);
        while (next.current !== null) {
            const code = readCode(next.current), wrong = wrongCode(code);
            next.current = null;
            if (wrong || code.kind === 'wrong') {
                setSaid({ is: 'wrong', what: wrong ?? 'check' });
                continue;
            }
            const answer = await openPerson(code.text);
            setSaid(answer.ok ? null : { is: 'failure', failure: answer.failure });
            if (answer.ok) say(t('scan.opened', { name: answer.value.name }));
        }
        setText('');
        busy(false);
        box.current?.focus();
    };
    useEffect(() => {
        if (scanned.value) void open(scanned.value.text);
    }, [scanned.value]);
    useEffect(() => box.current?.focus(), []);
    const submit = (event: Event): void => {
        event.preventDefault();
        void open(text);
    };
    return (
        <form class="card" onSubmit={submit}>
            <div class="field">
                <label for={id}>{t('scan.box')}</label>
                <input id={id} ref={box} class="code" type="text" dir="ltr" inputMode="text" autocomplete="off" autocapitalize="characters"
                    spellcheck={false} maxLength={64} value={text} aria-describedby={`${id}-how`}
                    onInput={(e) => setText(e.currentTarget.value)} />
                <p id={`${id}-how`} class="small">{t('scan.how')}</p>
            </div>
            {said?.is === 'wrong' && <p class="note note-look" role="alert">{t(`scan.wrong-${said.what}`)}</p>}
            <FailureNote failure={said?.is === 'failure' ? said.failure : null} />
            <button class="button-main" disabled={isBusy}>{t('scan.open')}</button>
            {person.value && <p role="status">{t('scan.is-open')}</p>}
        </form>
    );
}
