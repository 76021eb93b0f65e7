// SPDX-License-Identifier: Apache-2.0
import type { Reading } from '../../lib/api.ts';

/** newest - the newest number of a word; undefined: there is none. */
export const newest = (list: readonly Reading[], word: string): Reading | undefined =>
    list.filter((one) => one.word === word && one.numbers !== null).sort((a, b) => b.at.localeCompare(a.at))[0];
