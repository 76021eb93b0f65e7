// SPDX-License-Identifier: Apache-2.0
// Units as people write them. UCUM is what is kept.
import { t, type PlainKey } from '../../lib/words.ts';

export const unitKeys: Readonly<Record<string, PlainKey>> = {
    'mm[Hg]': 'units.mmhg',
    '/min': 'units.per-minute',
    cm: 'units.cm',
    m: 'units.m',
    kg: 'units.kg',
    'kg/m2': 'units.kg-m2',
    '%': 'units.percent',
    Cel: 'units.celsius',
    '[degF]': 'units.fahrenheit',
    '[in_i]': 'units.inch',
    '[lb_av]': 'units.pound',
    'mmol/L': 'units.mmol-l',
    'mg/dL': 'units.mg-dl',
    'mmol/mol': 'units.mmol-mol',
    'g/L': 'units.g-l',
    'g/dL': 'units.g-dl',
    'umol/L': 'units.umol-l',
};

/** unitText - in the words of the language; as it is where there are none, nothing for "no unit". */
export function unitText(ucum: string): string {
    const key = unitKeys[ucum];
    return key === undefined ? (ucum === '1' ? '' : ucum) : t(key);
}
