// SPDX-License-Identifier: Apache-2.0
// The rest before a reading, as a ring and as minutes. It holds nothing back: who has rested already is measured.
import { useEffect, useState } from 'preact/hooks';
import { say } from '../../lib/announce.ts';
import { t } from '../../lib/words.ts';
import { timerLeft, timerPart, timerText, type Timer } from './timer.ts';

const RADIUS = 44,
    ROUND = 2 * Math.PI * RADIUS;

function Ring({ part }: { part: number }) {
    return (
        <svg class="ring" viewBox="0 0 100 100" aria-hidden="true" focusable="false">
            <circle class="ring-all" cx="50" cy="50" r={RADIUS} />
            <circle
                class="ring-passed"
                cx="50"
                cy="50"
                r={RADIUS}
                stroke-dasharray={`${ROUND * part} ${ROUND}`}
                transform="rotate(-90 50 50)"
            />
        </svg>
    );
}

export function RestTimer({ timer, seconds, onStart }: { timer: Timer | null; seconds: number; onStart: () => void }) {
    const [now, setNow] = useState(Date.now()),
        left = timer === null ? 0 : timerLeft(timer, now);
    useEffect(() => {
        if (timer === null) return;
        const tick = setInterval(() => setNow(Date.now()), 250);
        setNow(Date.now());
        return () => clearInterval(tick);
    }, [timer]);
    useEffect(() => {
        if (timer !== null && left === 0) say(t('pressure.rested'));
    }, [timer, left === 0]);
    if (timer === null) {
        return seconds === 0 ? null : (
            <p>
                <button type="button" onClick={onStart}>
                    {t('pressure.rest-start', { time: timerText(seconds) })}
                </button>
            </p>
        );
    }
    return (
        <div class="rest" role="timer" aria-live="off" aria-label={t('pressure.rest')}>
            <Ring part={timerPart(timer, now)} />
            <p>{left > 0 ? t('pressure.rest-left', { time: timerText(left) }) : `✓ ${t('pressure.rested')}`}</p>
        </div>
    );
}
