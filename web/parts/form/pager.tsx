// SPDX-License-Identifier: Apache-2.0
// A form in pages: back, skip, next, and what is wrong before it goes on. For the person who fills it in one question
// or one small group a page, at a station some more.
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { allFaults, faultsOf, type Fault } from '../../form/faults.ts';
import { headsOf, pageAt, pagesOf, questionsOf, rowEnding, shownIn, type Layout, type Page } from '../../form/pages.ts';
import { isRepeatingGroup, keyOf, rowsMost, rowsOf, type FormState, type Place } from '../../form/state.ts';
import type { FormFault } from '../../lib/api.ts';
import { isThere } from '../../lib/api.ts';
import { useKeys } from '../../lib/keys.ts';
import { t } from '../../lib/words.ts';
import { AlarmList } from '../alarm/alarm.tsx';
import { Saved, savingAsks } from '../measure/saved.tsx';
import { savingHolds } from '../measure/measure.ts';
import { blocking, firstOpen, isAnswered, isBeyond, pageFaults } from './entry.ts';
import { Field, Shown, faultText } from './field.tsx';
import type { FormUse } from './use_form.ts';

interface Ref<T> {
    current: T;
}
interface Where {
    readonly key: string;
    readonly at: number;
}

/** Where a form stands: its pages now, and which of them is shown. */
export interface PagerUse {
    readonly pages: readonly Page[];
    readonly at: number;
    readonly go: (at: number) => void;
    readonly goTo: (key: string) => void;
}

export function usePager(state: FormState | null, layout: Layout): PagerUse {
    const where = useSignal<Where | null>(null),
        pages = useMemo(() => (state === null ? [] : pagesOf(state, layout)), [state?.places, state?.off, layout]);
    // Where it goes on is told once, when the form has come: behind what was answered before.
    if (state !== null && where.peek() === null && pages.length > 0) {
        const first = firstOpen(state, pages);
        where.value = { key: pages[first]?.key ?? '', at: first };
    }
    const at = where.value === null ? 0 : pageAt(pages, where.value.key, where.value.at);
    const go = (next: number): void => void (where.value = { key: pages[next]?.key ?? '', at: next });
    const goTo = (key: string): void => {
        const found = pages.findIndex(({ places }) => places.some((place) => place.key === key));
        if (found >= 0) go(found);
    };
    return { pages, at, go, goTo };
}

// --- what the server found -------------------------------------------------------------------------------------------
const serverFaults = (use: FormUse): FormFault[] => {
    const { answer } = use.saving;
    return use.saving.saving.step === 'refused' &&
        answer?.ok &&
        answer.value.state === 'refused' &&
        'faults' in answer.value
        ? answer.value.faults
        : [];
};

// Of a row of a group the rows around it are told: then it is the first one.
const placeOf = (state: FormState, { link, in: rows = [] }: FormFault): Place | undefined => {
    const all = state.places.get(link) ?? [];
    return all.find(({ key }) => key === keyOf(link, rows)) ?? all[0];
};
/** leafOf - where something is entered: of a group its last question. */
const leafOf = (state: FormState, place: Place): Place =>
    place.def.item.kind === 'group' ? (shownIn(state, place).at(-1) ?? place) : place;

const WHYS: Readonly<Record<FormFault['why'], Fault['why']>> = {
    unknown: 'form',
    form: 'form',
    option: 'form',
    unit: 'form',
    range: 'form',
    many: 'many',
    length: 'length',
    required: 'required',
    check: 'check',
};

function Refused({ use, pager, layout }: { use: FormUse; pager: PagerUse; layout: Layout }) {
    const { state } = use,
        faults = serverFaults(use);
    if (state === null || use.saving.saving.step !== 'refused') return null;
    return (
        <section class="ask" role="alert">
            <h2>{t('form.refused')}</h2>
            <ul>
                {faults.map((fault) => {
                    const place = placeOf(state, fault);
                    if (place === undefined) return null;
                    const say = fault.say ?? '';
                    return (
                        <li key={place.key}>
                            <strong>
                                <bdi>{place.def.item.text}</bdi>
                            </strong>
                            <br />
                            {fault.why === 'range'
                                ? t('form.fault-other')
                                : faultText({ place, why: WHYS[fault.why], say })}
                        </li>
                    );
                })}
            </ul>
            {layout === 'some' && <AlarmList alarms={use.saving.alarms} title={t('measure.until')} />}
            <div class="both">
                <button
                    type="button"
                    class="button-main"
                    onClick={() => {
                        const first = faults.map((fault) => placeOf(state, fault)).find((place) => place !== undefined);
                        use.saving.again();
                        if (first) pager.goTo(leafOf(state, first).key);
                    }}
                >
                    {t('measure.again')}
                </button>
            </div>
        </section>
    );
}

// --- a page ----------------------------------------------------------------------------------------------------------
// Words of the groups that begin with this place.
function Heads({ state, place, before }: { state: FormState; place: Place; before: Place | undefined }) {
    const known = new Set(before === undefined ? [] : headsOf(before).map(({ key }) => key));
    return (
        <>
            {headsOf(place)
                .filter(({ key }) => !known.has(key))
                .map((head) => {
                    const count = isRepeatingGroup(head.def) ? rowsOf(state, head.def, head.rows.slice(0, -1)) : 1,
                        row = (head.rows.at(-1) ?? 0) + 1;
                    return (
                        <h2 key={head.key} class="form-head">
                            {head.def.item.text}
                            {count > 1 && ` ${t('form.row', { number: row, count })}`}
                        </h2>
                    );
                })}
        </>
    );
}

// What can be done with a row where it ends.
function RowButtons({
    use,
    place,
    isOff,
    onAdded,
}: {
    use: FormUse;
    place: Place;
    isOff: boolean;
    onAdded: (row: string) => void;
}) {
    const { state } = use,
        end = state === null ? null : rowEnding(state, place);
    if (state === null || end === null) return null;
    const { row, isLast } = end,
        above = row.rows.slice(0, -1),
        count = rowsOf(state, row.def, above);
    return (
        <div class="buttons">
            {isLast && (
                <button
                    type="button"
                    disabled={isOff || count >= rowsMost(row.def)}
                    onClick={() => {
                        onAdded(keyOf(row.def.item.link, [...above, count]));
                        use.addRow(row);
                    }}
                >
                    {t('form.another')}
                </button>
            )}
            {count > 1 && (
                <button type="button" disabled={isOff} onClick={() => use.dropRow(row)}>
                    {t('form.drop')}
                </button>
            )}
        </div>
    );
}

const fieldOf = (element: Element | null): HTMLElement | null => element?.closest<HTMLElement>('[data-field]') ?? null;

/** Digits choose: in the question that has the focus, or in the only one of the page. */
function useChoosing(page: Ref<HTMLElement | null>): void {
    const press = (number: number): void => {
        const fields = [...(page.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])],
            field = fieldOf(document.activeElement) ?? (fields.length === 1 ? fields[0] : undefined);
        field?.querySelector<HTMLButtonElement>(`[data-choice="${number}"]`)?.click();
    };
    const digits = Array.from({ length: 9 }, (_, i) => [String(i + 1), () => press(i + 1)] as const);
    useKeys(Object.fromEntries(digits));
}

const fieldIn = (body: HTMLElement | null, key: string): HTMLElement | null =>
    [...(body?.querySelectorAll<HTMLElement>('[data-field]') ?? [])]
        .find((one) => one.dataset['field'] === key)
        ?.querySelector<HTMLElement>('input, textarea, select, button') ?? null;

// A row that was added: its first question is where it goes on.
function useAdded(state: FormState | null, pager: PagerUse, added: Ref<string>, body: Ref<HTMLElement | null>): void {
    useLayoutEffect(() => {
        const link = added.current.split('@')[0] ?? '',
            row = state?.places.get(link)?.find(({ key }) => key === added.current),
            first = state && row ? shownIn(state, row)[0] : undefined;
        if (first === undefined) return;
        pager.goTo(first.key);
        const field = fieldIn(body.current, first.key);
        if (field === null) return;
        field.focus();
        added.current = '';
    });
}

// Words or a question with the heads in front of it, and what can be done with the row that it ends.
function PlaceView({
    use,
    state,
    place,
    before,
    isLooked,
    isOff,
    isAlone,
    onLook,
    onAdded,
}: {
    use: FormUse;
    state: FormState;
    place: Place;
    before: Place | undefined;
    /** What is wrong with it may be said; what only warns is said always. */
    isLooked: boolean;
    isOff: boolean;
    isAlone: boolean;
    onLook: () => void;
    onAdded: (row: string) => void;
}) {
    const texts = state.texts.get(place.key) ?? [];
    return (
        <>
            <Heads state={state} place={place} before={before} />
            <Shown state={state} place={place}>
                <Field
                    place={place}
                    texts={texts}
                    faults={faultsOf(state, place).filter(({ why }) => isLooked || why === 'warns')}
                    isOff={isOff}
                    isAlone={isAlone}
                    onAnswer={(next) => use.answer(place, next)}
                    onLeave={() => texts.length > 0 && onLook()}
                />
            </Shown>
            <RowButtons use={use} place={place} isOff={isOff} onAdded={onAdded} />
        </>
    );
}

export interface PagerProps {
    readonly use: FormUse;
    readonly pager: PagerUse;
    readonly layout: Layout;
    /** What the last button does, and says. */
    readonly end: string;
    readonly onEnd: () => void;
}

export function Pager({ use, pager, layout, end, onEnd }: PagerProps) {
    const { state } = use,
        { pages, at } = pager,
        page = pages[at],
        looked = useSignal<ReadonlySet<string>>(new Set()),
        body = useRef<HTMLDivElement>(null),
        top = useRef<HTMLParagraphElement>(null),
        isFirst = useRef(true),
        added = useRef(''),
        isTrial = useRef(false);
    const isOff = savingHolds(use.saving.saving) || savingAsks(use.saving);
    useLayoutEffect(() => {
        const input =
            layout === 'some' ? body.current?.querySelector<HTMLElement>('input, textarea, button, select') : null;
        if (!isFirst.current || layout === 'one') (input ?? top.current)?.focus();
        isFirst.current = false;
    }, [page?.key]);
    // What this page has said already is not asked twice, if nothing of it is urgent.
    useLayoutEffect(() => {
        const { saving, alarms, again } = use.saving;
        if (saving.step === 'sending' || !isTrial.current) return;
        isTrial.current = false;
        if (saving.step === 'refused' && alarms.length === 0) again();
    }, [use.saving.saving.step]);
    useChoosing(body);
    useAdded(state, pager, added, body);
    if (state === null || page === undefined) return <p>{t('form.no-questions')}</p>;
    const look = (keys: readonly string[]): void => void (looked.value = new Set([...looked.value, ...keys]));
    const groupFaults = looked.value.has(page.key)
        ? pageFaults(state, page).filter(({ place }) => place.def.item.kind === 'group')
        : [];
    const isLast = at === pages.length - 1;
    const forward = (): void => (isLast ? onEnd() : pager.go(at + 1));
    const next = (): void => {
        const faults = blocking(isLast ? allFaults(state) : pageFaults(state, page)),
            first = faults[0];
        look([page.key, ...questionsOf(page).map(({ key }) => key), ...faults.map(({ place }) => place.key)]);
        if (first === undefined) return forward();
        // A number that cannot be kept is judged all the same.
        if (faults.some(isBeyond) && isThere.value) {
            isTrial.current = true;
            use.save();
        }
        const leaf = leafOf(state, first.place).key;
        pager.goTo(leaf);
        fieldIn(body.current, leaf)?.focus();
    };
    // An answer that is there is taken back; where none is, it goes on.
    const skip = (): void => {
        if (!isAnswered(state, page)) return forward();
        for (const place of questionsOf(page)) use.answer(place, []);
    };
    return (
        <form
            class={`form form-${layout}`}
            onSubmit={(event) => {
                event.preventDefault();
                next();
            }}
        >
            <p ref={top} tabIndex={-1} class="form-progress" role="status">
                {pages.length > 1 && t('form.question-of', { number: at + 1, count: pages.length })}
            </p>
            {pages.length > 1 && <progress class="form-bar" value={at + 1} max={pages.length} aria-hidden="true" />}
            <Refused use={use} pager={pager} layout={layout} />
            {use.saving.saving.step !== 'refused' && (
                <Saved
                    use={layout === 'some' ? use.saving : { ...use.saving, alarms: [] }}
                    names={(link) => state.plan.defs.get(link)?.item.text ?? ''}
                />
            )}
            <div ref={body} key={page.key}>
                {page.places.map((place, i) => (
                    <PlaceView
                        key={place.key}
                        use={use}
                        state={state}
                        place={place}
                        before={page.places[i - 1]}
                        isLooked={looked.value.has(place.key)}
                        isOff={isOff}
                        isAlone={layout === 'one'}
                        onLook={() => look([place.key])}
                        onAdded={(row) => void (added.current = row)}
                    />
                ))}
                {groupFaults.map((fault) => (
                    <p key={fault.place.key + fault.say} class="form-faults" role="alert">
                        <span aria-hidden="true">▲</span> <strong>{faultText(fault)}</strong>
                    </p>
                ))}
            </div>
            <div class="form-buttons">
                <button type="button" disabled={isOff || at === 0} onClick={() => pager.go(at - 1)}>
                    {t('form.back')}
                </button>
                {layout === 'one' && (
                    <button type="button" disabled={isOff} onClick={skip}>
                        {t(isAnswered(state, page) ? 'form.clear' : 'form.skip')}
                    </button>
                )}
                <button class="button-main" disabled={isOff}>
                    {isLast ? end : t('form.next')}
                </button>
            </div>
        </form>
    );
}
