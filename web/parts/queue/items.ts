// SPDX-License-Identifier: Apache-2.0
// What is missing of a visit, and how it is called.
import type { Station } from 'gen/lists.ts';
import type { ExitItem } from '../../lib/api.ts';
import type { PlainKey } from '../../lib/words.ts';

/** What is missing, by its station, in the order of the plan. */
export const missing = (items: readonly ExitItem[]): ExitItem[] => items.filter(({ state }) => state === 'missing');

/** How many are done, and how many are settled or missing. */
export const tally = (items: readonly ExitItem[]): { done: number; of: number } => ({
    done: items.filter(({ state }) => state === 'done').length,
    of: items.length,
});

const NAMES: Readonly<Record<string, PlainKey>> = {
    danger: 'queue.item-danger',
    'your-health': 'queue.item-your-health',
    tobacco: 'queue.item-tobacco',
    bp: 'queue.item-bp',
    height: 'queue.item-height',
    weight: 'queue.item-weight',
    waist: 'queue.item-waist',
    glucose: 'queue.item-glucose',
    cholesterol: 'queue.item-cholesterol',
    hdl: 'queue.item-hdl',
    haemoglobin: 'queue.item-haemoglobin',
    bones: 'queue.item-bones',
    'phq-9': 'queue.item-phq-9',
    'gad-7': 'queue.item-gad-7',
    audit: 'queue.item-audit',
    w4ss: 'queue.item-w4ss',
    'blood-viruses': 'queue.item-blood-viruses',
    'cancer-checks': 'queue.item-cancer-checks',
    vision: 'queue.item-vision',
    hearing: 'queue.item-hearing',
    findrisc: 'queue.item-findrisc',
    creatinine: 'queue.item-creatinine',
    uacr: 'queue.item-uacr',
    liver: 'queue.item-liver',
    ast: 'queue.item-ast',
    alt: 'queue.item-alt',
    platelets: 'queue.item-platelets',
    lungs: 'queue.item-lungs',
};
/** The key of its name; undefined: the site asks something of its own, which is called as its package does. */
export const itemKey = (item: string): PlainKey | undefined => NAMES[item];

/** How a station is called; one with a screen of its own as that is. */
export const stationKeys: Readonly<Record<Station, PlainKey>> = {
    reception: 'today.at-reception',
    questions: 'today.at-questions',
    body: 'today.at-body',
    pressure: 'pressure.title',
    vision: 'vision.title',
    hearing: 'hearing.title',
    samples: 'samples.title',
    exit: 'exit.title',
};
