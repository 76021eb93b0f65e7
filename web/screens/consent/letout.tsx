// SPDX-License-Identifier: Apache-2.0
// Apps and health links at the desk: the person sees and ends them by themselves, with their birth date; whoever works
// at the desk can end all apps for them, and is not told whether there was one.
import { useState } from 'preact/hooks';
import { say } from '../../lib/announce.ts';
import { api, type AtDesk, type Failure } from '../../lib/api.ts';
import { t } from '../../lib/words.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { routes } from '../../routes.ts';

export function LetOut({ desk }: { desk: AtDesk }) {
    const [step, setStep] = useState<'rest' | 'asks' | 'sending' | 'done'>('rest'),
        [failure, setFailure] = useState<Failure | null>(null);
    const off = async (): Promise<void> => {
        setStep('sending');
        const answer = await api.appsOff(desk);
        setFailure(answer.ok ? null : answer.failure);
        setStep(answer.ok ? 'done' : 'rest');
        if (answer.ok) say(t('consent.apps-done'));
    };
    return (
        <section class="card no-print" aria-labelledby="let-out">
            <h2 id="let-out">{t('consent.let-out')}</h2>
            <p>{t('consent.let-out-what')}</p>
            {failure !== null && <FailureNote failure={failure} />}
            {step === 'done' && <p role="status">{t('consent.apps-done')}</p>}
            {step === 'asks' && <p>{t('consent.apps-what')}</p>}
            <div class="buttons">
                <a class="button" href={routes.own}>
                    {t('consent.let-out-show')}
                </a>
                {step !== 'asks' && (
                    <button type="button" disabled={step === 'sending'} onClick={() => setStep('asks')}>
                        {t('consent.apps-off')}
                    </button>
                )}
                {step === 'asks' && (
                    <button type="button" onClick={() => void off()}>
                        {t('consent.apps-yes')}
                    </button>
                )}
                {step === 'asks' && (
                    <button type="button" onClick={() => setStep('rest')}>
                        {t('consent.apps-no')}
                    </button>
                )}
            </div>
        </section>
    );
}
