// SPDX-License-Identifier: Apache-2.0
// The place that a person was referred to answers: one tap, no account, and nothing about the person is told here or
// asked for.
import { useEffect, useState } from 'preact/hooks';
import { referralReplies, type ReferralReply } from 'gen/lists.ts';
import { api, type Failure } from '../../lib/api.ts';
import { say } from '../../lib/announce.ts';
import { t } from '../../lib/words.ts';
import { failureText } from '../../parts/failure/failure.tsx';
import { codeOf, isSlipCode, slipCode } from './reply_rules.ts';

const ANSWERS = Object.keys(referralReplies) as ReferralReply[];

type Step =
    | { step: 'asking' | 'sending' }
    | { step: 'noted'; said: ReferralReply }
    | { step: 'failed'; failure: Failure };

function Wrong({ failure }: { failure: Failure }) {
    const isUnknown = failure.kind === 'refused' && failure.code === 'E_NOT_FOUND',
        isMuch = failure.kind === 'refused' && failure.code === 'E_QUOTA';
    return (
        <div class="note note-stop" role="alert">
            <p>{isUnknown ? t('reply.unknown') : isMuch ? t('reply.often') : failureText(failure)}</p>
        </div>
    );
}

export function ReplyScreen() {
    const [code, setCode] = useState(codeOf(location.hash)),
        [now, setNow] = useState<Step>({ step: 'asking' });
    useEffect(() => void (document.title = `${t('reply.title')} · Salve`), []);
    const send = async (said: ReferralReply): Promise<void> => {
        if (now.step === 'sending' || !isSlipCode(code)) return;
        setNow({ step: 'sending' });
        const answer = await api.reply(slipCode(code), said);
        setNow(answer.ok ? { step: 'noted', said } : { step: 'failed', failure: answer.failure });
        if (answer.ok) say(t('reply.thanks'));
    };
    return (
        <>
            <h1>{t('reply.title')}</h1>
            <p>{t('reply.what')}</p>
            <div class="field">
                <label for="slip">{t('reply.code')}</label>
                <input
                    id="slip"
                    class="code"
                    dir="ltr"
                    value={code}
                    maxLength={40}
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck={false}
                    onInput={(event) => setCode((event.target as HTMLInputElement).value)}
                />
            </div>
            {now.step === 'failed' && <Wrong failure={now.failure} />}
            {now.step === 'noted' && (
                <div class="note note-look" role="status">
                    <p>
                        <strong>✓ {t('reply.thanks')}</strong>
                    </p>
                    <p>{t(`reply.said-${now.said}`)}</p>
                    <p class="small">{t('reply.change')}</p>
                </div>
            )}
            <div class="tiles" role="group" aria-label={t('reply.answers')}>
                {ANSWERS.map((said) => (
                    <button
                        key={said}
                        type="button"
                        class="tile"
                        disabled={now.step === 'sending' || !isSlipCode(code)}
                        onClick={() => void send(said)}
                    >
                        {t(`reply.said-${said}`)}
                    </button>
                ))}
            </div>
            <p class="small">{t('reply.nothing')}</p>
        </>
    );
}
