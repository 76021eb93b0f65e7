// SPDX-License-Identifier: Apache-2.0
// Apps that people let read their own record: what one asks for.
import type { DataClass } from 'gen/lists.ts';

/** What an app asks for. `refused` is where the browser goes when the person says no, or when the request is wrong. */
export interface AppAsk {
    name: string;
    refused: string;
    wrong: boolean;
    /** It asks to go on reading. */
    offline: boolean;
    scopes: { type: string; where: string }[];
    classes: DataClass[];
}
