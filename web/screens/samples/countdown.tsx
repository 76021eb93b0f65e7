// SPDX-License-Identifier: Apache-2.0
// The time that a strip is left, by the clock. It holds nothing back; its end is said aloud.
import { useEffect, useState } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { say } from '../../lib/announce.ts';
import { t } from '../../lib/words.ts';
import { timerLeft, timerStart, timerText, type Timer } from '../pressure/timer.ts';
import { WAITS_S } from './samples.ts';

export function Countdown() {
    const timer = useSignal<Timer | null>(null),
        [now, setNow] = useState(Date.now()),
        left = timer.value === null ? -1 : timerLeft(timer.value, now);
    useEffect(() => {
        if (timer.value === null) return;
        const tick = setInterval(() => setNow(Date.now()), 250);
        setNow(Date.now());
        return () => clearInterval(tick);
    }, [timer.value]);
    useEffect(() => {
        if (left === 0) say(t('samples.wait-over'));
    }, [left === 0]);
    if (timer.value === null)
        return (
            <div class="waits" role="group" aria-label={t('samples.wait')}>
                {WAITS_S.map((seconds) => (
                    <button
                        key={seconds}
                        type="button"
                        onClick={() => void (timer.value = timerStart(Date.now(), seconds))}
                    >
                        {t('samples.wait-start', { time: timerText(seconds) })}
                    </button>
                ))}
            </div>
        );
    return (
        <div class={left === 0 ? 'note note-look' : 'note'} role="timer" aria-live="off" aria-label={t('samples.wait')}>
            <p class="number" dir="auto">
                {left > 0 ? t('samples.wait-left', { time: timerText(left) }) : `✓ ${t('samples.wait-over')}`}
            </p>
            <button type="button" onClick={() => void (timer.value = null)}>
                {t('samples.wait-stop')}
            </button>
        </div>
    );
}
