// SPDX-License-Identifier: Apache-2.0
// Number boxes and the keys under them. The box in use has the focus, so that a keyboard, a finger and a screen
// reader are always at the same place; the browser's own keyboard stays away.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { t } from '../../lib/words.ts';
import { padFocus, padPress, type PadKey } from './keypad.ts';
import type { PadUse } from './use_pad.ts';

/** What stands about a box: its name, its unit, and something greyed beside it. */
export interface BoxWords {
    readonly label: string;
    readonly unit: string;
    /** A sign between this box and the next. */
    readonly behind?: string;
    readonly beside?: ComponentChildren;
}

function NumberBox({ use, at, words, isOff }: { use: PadUse; at: number; words: BoxWords; isOff: boolean }) {
    const box = useRef<HTMLInputElement>(null),
        { pad } = use,
        id = `box-${pad.boxes[at]?.id ?? at}`;
    const isHere = pad.at === at && !isOff,
        isWanted = pad.wants === at;
    useLayoutEffect(() => {
        if (isHere && document.activeElement !== box.current) box.current?.focus();
    }, [isHere, pad.wants]);
    return (
        <div class={isHere ? 'box box-here' : 'box'}>
            <label for={id}>{words.label}</label>
            <span class="box-row">
                <input
                    id={id}
                    ref={box}
                    data-pad=""
                    class="box-number"
                    type="text"
                    dir="ltr"
                    inputMode="none"
                    autocomplete="off"
                    spellcheck={false}
                    value={pad.texts[at] ?? ''}
                    aria-invalid={isWanted}
                    aria-describedby={`${id}-more`}
                    readOnly={isOff}
                    onFocus={() => use.pad.at !== at && use.set(padFocus(use.pad, at))}
                    onPointerDown={() => use.set(padFocus(use.pad, at))}
                    onInput={(event) => use.write(at, event.currentTarget.value)}
                />
                {words.behind && (
                    <span class="box-behind" aria-hidden="true">
                        {words.behind}
                    </span>
                )}
            </span>
            <span id={`${id}-more`} class="small">
                <bdi>{words.unit}</bdi>{' '}
                {isWanted && (
                    <strong class="box-wanted">
                        <span aria-hidden="true">▲</span> {t('keypad.wanted')}{' '}
                    </strong>
                )}
                {words.beside}
            </span>
        </div>
    );
}

const KEYS: readonly PadKey[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', 'back'];

function Key({ name, use, isOff }: { name: PadKey; use: PadUse; isOff: boolean }) {
    const isPoint = name === '.',
        isBack = name === 'back',
        isUseless = isPoint && (use.pad.boxes[use.pad.at]?.decimals ?? 0) === 0;
    return (
        <button
            type="button"
            class="key"
            tabIndex={-1}
            disabled={isOff || isUseless}
            aria-label={isBack ? t('keypad.back') : isPoint ? t('keypad.point') : name}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => use.press(name)}
        >
            <span aria-hidden="true">{isBack ? '⌫' : name}</span>
        </button>
    );
}

export function Keypad({
    use,
    words,
    save,
    isOff,
    children,
}: {
    use: PadUse;
    words: readonly BoxWords[];
    save: string;
    isOff: boolean;
    children?: ComponentChildren;
}) {
    return (
        <div class="pad">
            <div class="boxes">
                {words.map((one, at) => (
                    <NumberBox key={use.pad.boxes[at]?.id ?? at} use={use} at={at} words={one} isOff={isOff} />
                ))}
                {children}
            </div>
            <div class="keys" dir="ltr" role="group" aria-label={t('keypad.keys')}>
                {KEYS.map((name) => (
                    <Key key={name} name={name} use={use} isOff={isOff} />
                ))}
            </div>
            <button
                type="button"
                class="button-main pad-save"
                disabled={isOff}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => use.press('enter')}
            >
                {padPress(use.pad, 'enter').then === 'save' ? save : t('keypad.next')}
            </button>
        </div>
    );
}
