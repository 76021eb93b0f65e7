// SPDX-License-Identifier: Apache-2.0
// Locks by itself after the site's seconds without a key, a touch or a scan. The server does so too; whoever is first.
import { useEffect } from 'preact/hooks';
import { lock, me, person, phase, refreshPerson } from './session.ts';

/** Milliseconds until it locks; 0: now. A clock that was set back does not put it off. */
export function lockInMs(now: number, last: number, lockSeconds: number): number {
    const idle = now < last ? Infinity : now - last;
    return Math.max(0, lockSeconds * 1000 - idle);
}

/** Watches for as long as the component is there. A device that slept locks when it wakes. */
export function useAutoLock(): void {
    const seconds = me.value?.lockSeconds ?? 0;
    useEffect(() => {
        if (seconds <= 0) return;
        let last = Date.now();
        const used = (): void => {
            if (phase.value === 'in') last = Date.now();
        };
        const look = (): void => {
            if (phase.value !== 'in') last = Date.now();
            else if (lockInMs(Date.now(), last, seconds) === 0) void lock();
        };
        const timer = setInterval(look, 1000);
        const events = ['keydown', 'pointerdown', 'wheel', 'touchstart'];
        for (const name of events) addEventListener(name, used, { capture: true, passive: true });
        document.addEventListener('visibilitychange', look);
        return () => {
            clearInterval(timer);
            for (const name of events) removeEventListener(name, used, { capture: true });
            document.removeEventListener('visibilitychange', look);
        };
    }, [seconds]);
}

// A timer further away than a browser can count fires at once; a view never lasts that long.
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Asks for the person anew when their view has come to its end, so that the page is emptied without a touch. */
export function usePersonEnd(): void {
    const endsAt = person.value?.endsAt ?? '';
    useEffect(() => {
        const left = Date.parse(endsAt) - Date.now();
        if (Number.isNaN(left) || left > TIMER_MS_MAX) return;
        const timer = setTimeout(() => void refreshPerson(), Math.max(1000, left + 1000));
        return () => clearTimeout(timer);
    }, [endsAt]);
}
