// SPDX-License-Identifier: Apache-2.0
// "Read aloud": there only where the device has a voice for the language. It stops with the page, and with the lock.
import { useEffect, useState } from 'preact/hooks';
import { phase } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { voiceFor } from './speak.ts';

export function Speak({ text, language }: { text: string; language: string }) {
    const [voices, setVoices] = useState<readonly SpeechSynthesisVoice[]>([]),
        [isReading, reads] = useState(false),
        speech = globalThis.speechSynthesis as SpeechSynthesis | undefined;
    useEffect(() => {
        const look = (): void => setVoices(speech?.getVoices() ?? []);
        look();
        speech?.addEventListener?.('voiceschanged', look);
        return () => speech?.removeEventListener?.('voiceschanged', look);
    }, []);
    useEffect(() => {
        if (phase.value !== 'in') speech?.cancel();
        return () => speech?.cancel();
    }, [text, phase.value]);
    const voice = voiceFor(voices, language);
    if (!speech || !voice) return null;
    const read = (): void => {
        speech.cancel();
        if (isReading) return;
        const words = new SpeechSynthesisUtterance(text);
        words.voice = voice;
        words.lang = voice.lang;
        words.onend = words.onerror = () => reads(false);
        reads(true);
        speech.speak(words);
    };
    return (
        <button type="button" class="no-print" aria-pressed={isReading} onClick={read}>
            <span aria-hidden="true">{isReading ? '■' : '▶'}</span> {t(isReading ? 'speak.stop' : 'speak.read')}
        </button>
    );
}
