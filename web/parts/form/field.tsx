// SPDX-License-Identifier: Apache-2.0
// One question of a form, of whatever kind. Nothing is chosen for anybody; an answer is taken back by itself. What is
// wrong is said in words beneath it.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Fault } from '../../form/faults.ts';
import { isOutput } from '../../form/pages.ts';
import { textOf, type FormState, type Place } from '../../form/state.ts';
import type { Item } from '../../form/types.ts';
import { plainDigits } from '../../lib/fill.ts';
import { t } from '../../lib/words.ts';
import { chosenWith, dateParts, dateText, type DateParts } from './entry.ts';

/** What is wrong with an answer, in words. */
export function faultText({ place, why, say, bound }: Fault): string {
    const { item } = place.def;
    if (why === 'check' || why === 'warns') return say;
    if (why === 'decimals') return t('form.fault-decimals', { count: item.decimals ?? 0 });
    if (why === 'low') return t('form.fault-low', { number: bound ?? '' });
    if (why === 'high') return t('form.fault-high', { number: bound ?? '' });
    if (why === 'length' || why === 'many' || why === 'required') return t(`form.fault-${why}`);
    if (item.kind === 'integer') return t('form.fault-form-whole');
    if (item.kind === 'decimal' || item.kind === 'quantity') return t('form.fault-form-number');
    return t(item.kind === 'date' ? 'form.fault-form-date' : 'form.fault-form');
}

export interface FieldProps {
    readonly place: Place;
    readonly texts: readonly string[];
    readonly faults: readonly Fault[];
    readonly isOff: boolean;
    /** The person reads it alone: help stands open. */
    readonly isAlone: boolean;
    readonly onAnswer: (texts: readonly string[]) => void;
    /** It was left: what is wrong with it may be said. */
    readonly onLeave: () => void;
}
/** What a control is named by and described by. */
interface Named extends FieldProps {
    readonly id: string;
    readonly item: Item;
    readonly isWrong: boolean;
}

function Choice({
    text,
    isHere,
    isOff,
    onPress,
    number,
}: {
    text: string;
    isHere: boolean;
    isOff: boolean;
    onPress: () => void;
    number: number;
}) {
    return (
        <button
            type="button"
            class={isHere ? 'choice choice-here' : 'choice'}
            aria-pressed={isHere}
            data-choice={number}
            disabled={isOff}
            onClick={onPress}
        >
            <span aria-hidden="true">{isHere ? '✓ ' : ''}</span>
            {text}
        </button>
    );
}

function YesNo({ texts, isOff, onAnswer }: Named) {
    return (
        <div class="both yes-no">
            {(['true', 'false'] as const).map((one, i) => (
                <Choice
                    key={one}
                    number={i + 1}
                    text={t(one === 'true' ? 'form.yes' : 'form.no')}
                    isHere={texts[0] === one}
                    isOff={isOff}
                    onPress={() => onAnswer(texts[0] === one ? [] : [one])}
                />
            ))}
        </div>
    );
}

const SELECT_FROM = 13;

function Options({ item, texts, isOff, onAnswer, id }: Named) {
    const options = item.options ?? [];
    if (options.length >= SELECT_FROM && !item.repeats)
        return (
            <select
                aria-labelledby={id}
                disabled={isOff}
                value={texts[0] ?? ''}
                onChange={(event) => onAnswer(event.currentTarget.value === '' ? [] : [event.currentTarget.value])}
            >
                <option value="">{t('form.nothing-chosen')}</option>
                {options.map(({ value, text }) => (
                    <option key={value} value={value}>
                        {text}
                    </option>
                ))}
            </select>
        );
    return (
        <>
            {item.repeats && <p class="small">{t('form.more-than-one')}</p>}
            <div class={options.every(({ text }) => text.length <= 14) ? 'both' : 'options'}>
                {options.map(({ value, text }, i) => (
                    <Choice
                        key={value}
                        number={i + 1}
                        text={text}
                        isHere={texts.includes(value)}
                        isOff={isOff}
                        onPress={() => onAnswer(chosenWith(item, texts, value))}
                    />
                ))}
            </div>
        </>
    );
}

function NumberField({ item, texts, isOff, onAnswer, id, isWrong }: Named) {
    const [number = '', unit = ''] = (texts[0] ?? '').split(' '),
        units = item.units ?? [];
    const write = (written: string, in_unit: string): void => {
        const isUsual = in_unit === '' || in_unit === units[0]?.code;
        onAnswer(written === '' && isUsual ? [] : [isUsual ? written : `${written} ${in_unit}`]);
    };
    return (
        <>
            <span class="form-number">
                <input
                    type="text"
                    dir="ltr"
                    class="number"
                    inputMode={item.kind === 'integer' ? 'numeric' : 'decimal'}
                    autocomplete="off"
                    aria-labelledby={id}
                    aria-describedby={`${id}-more`}
                    aria-invalid={isWrong}
                    readOnly={isOff}
                    value={number}
                    onInput={(event) => write(plainDigits(event.currentTarget.value).replace(/\s/g, ''), unit)}
                />
                {units.length === 1 && <bdi>{units[0]?.text}</bdi>}
            </span>
            {units.length > 1 && (
                <div class="both" role="group" aria-label={t('form.unit')}>
                    {units.map(({ code, text }, i) => (
                        <Choice
                            key={code}
                            number={0}
                            text={text}
                            isHere={unit === code || (unit === '' && i === 0)}
                            isOff={isOff}
                            onPress={() => write(number, code)}
                        />
                    ))}
                </div>
            )}
        </>
    );
}

const PARTS = ['day', 'month', 'year'] as const;

function DateField({ texts, isOff, onAnswer, id, isWrong }: Named) {
    const [typed, type] = useState<DateParts>(dateParts(texts[0] ?? ''));
    // What came from elsewhere (a draft, taken back) stands over what was typed here.
    const parts = dateText(typed) === (texts[0] ?? '') ? typed : dateParts(texts[0] ?? '');
    const write = (part: keyof DateParts, text: string): void => {
        const next = { ...parts, [part]: plainDigits(text).replace(/\D/g, '') };
        type(next);
        onAnswer(dateText(next) === '' ? [] : [dateText(next)]);
    };
    return (
        <>
            <div class="form-date">
                {PARTS.map((part) => (
                    <span key={part}>
                        <label for={`${id}-${part}`}>{t(`form.${part}`)}</label>
                        <input
                            id={`${id}-${part}`}
                            type="text"
                            dir="ltr"
                            inputMode="numeric"
                            autocomplete="off"
                            maxLength={part === 'year' ? 4 : 2}
                            aria-describedby={`${id} ${id}-more`}
                            aria-invalid={isWrong}
                            readOnly={isOff}
                            value={parts[part]}
                            onInput={(event) => write(part, event.currentTarget.value)}
                        />
                    </span>
                ))}
            </div>
            <p class="small">{t('form.date-part')}</p>
        </>
    );
}

function TextBox({
    item,
    text,
    isOff,
    isWrong,
    id,
    onText,
}: {
    item: Item;
    text: string;
    isOff: boolean;
    isWrong: boolean;
    id: string;
    onText: (text: string) => void;
}) {
    const shared = {
        'aria-labelledby': id,
        'aria-describedby': `${id}-more`,
        'aria-invalid': isWrong,
        dir: 'auto' as const,
        readOnly: isOff,
        value: text,
    };
    return item.lines ? (
        <textarea {...shared} rows={4} onInput={(event) => onText(event.currentTarget.value)} />
    ) : (
        <input {...shared} type="text" autocomplete="off" onInput={(event) => onText(event.currentTarget.value)} />
    );
}

function TextField({ item, texts, isOff, isWrong, onAnswer, id }: Named) {
    const shown = texts.length === 0 ? [''] : texts;
    const write = (at: number, text: string): void => onAnswer(shown.map((one, i) => (i === at ? text : one)));
    return (
        <>
            {shown.map((text, i) => (
                <TextBox
                    key={i}
                    item={item}
                    text={text}
                    isOff={isOff}
                    isWrong={isWrong}
                    id={id}
                    onText={(next) => write(i, next)}
                />
            ))}
            {item.repeats && shown.at(-1) !== '' && (
                <button type="button" disabled={isOff} onClick={() => onAnswer([...shown, ''])}>
                    {t('form.another')}
                </button>
            )}
        </>
    );
}

const CONTROLS = {
    boolean: YesNo,
    choice: Options,
    integer: NumberField,
    decimal: NumberField,
    quantity: NumberField,
    date: DateField,
    text: TextField,
} as const;

/** The words of a question: number, text, help. */
export function ItemWords({ item, id, isAlone }: { item: Item; id: string; isAlone: boolean }) {
    return (
        <>
            <span id={id} class="form-text">
                {item.prefix && (
                    <span class="form-prefix">
                        <bdi>{item.prefix}</bdi>{' '}
                    </span>
                )}
                {item.text}
            </span>
            {item.help && isAlone && <p>{item.help}</p>}
            {item.help && !isAlone && (
                <details class="form-help">
                    <summary>{t('form.help')}</summary>
                    <p>{item.help}</p>
                </details>
            )}
        </>
    );
}

function Faults({ id, faults }: { id: string; faults: readonly Fault[] }) {
    return (
        <div id={`${id}-more`} class="form-faults" role={faults.length > 0 ? 'alert' : undefined}>
            {faults.map((fault) => (
                <p key={fault.why + fault.say}>
                    <span aria-hidden="true">▲</span> <strong>{faultText(fault)}</strong>
                </p>
            ))}
        </div>
    );
}

export function Field(props: FieldProps) {
    const id = useId(),
        { place, faults } = props,
        { item } = place.def,
        Control = CONTROLS[item.kind as keyof typeof CONTROLS];
    const leave = (event: FocusEvent): void => {
        const field = event.currentTarget as HTMLElement;
        if (!field.contains(event.relatedTarget as Node | null)) props.onLeave();
    };
    return (
        <div class="form-field" role="group" aria-labelledby={id} data-field={place.key} onFocusOut={leave}>
            <ItemWords item={item} id={id} isAlone={props.isAlone} />
            <Control {...props} id={id} item={item} isWrong={faults.some(({ why }) => why !== 'warns')} />
            <Faults id={id} faults={faults} />
        </div>
    );
}

// What is reckoned or known: shown, not asked.
export function Output({ state, place }: { state: FormState; place: Place }) {
    const { item } = place.def,
        values = state.values.get(place.key) ?? [];
    const texts = values.map((value): string => {
        if (typeof value === 'boolean') return t(value ? 'form.yes' : 'form.no');
        if (typeof value === 'object' && value.is === 'choice') return value.option.text;
        if (typeof value !== 'object' || value.is !== 'quantity') return textOf(value);
        const unit = item.units?.find(({ code }) => code === value.code)?.text ?? value.code;
        return `${textOf({ ...value, isUsual: true })} ${unit}`;
    });
    return (
        <p class="form-output" role="status">
            {item.text} <strong>{texts.length === 0 ? '–' : texts.map((text) => <bdi key={text}>{text}</bdi>)}</strong>
        </p>
    );
}

/** Words or a question, as it is. */
export function Shown({ state, place, children }: { state: FormState; place: Place; children: ComponentChildren }) {
    if (place.def.item.kind === 'display') return <p class="form-words">{place.def.item.text}</p>;
    return isOutput(place) ? <Output state={state} place={place} /> : <>{children}</>;
}
