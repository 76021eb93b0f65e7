// SPDX-License-Identifier: Apache-2.0
// What a person is asked at a visit, and samples that were drawn, as the server tells (docs/formats/calls.md).
import type { AskedState } from 'gen/lists.ts';

/** Something that a person is asked or measured at this visit. */
export interface AskedItem {
    item: string;
    /** Of a form that this site has, in the language of the page; else null. */
    title: string | null;
    station: string;
    kind: 'value' | 'form';
    state: AskedState;
    /** Words and forms of which each does for it, the item itself first. */
    any: string[];
    /** Of each of these what a sample is drawn into, '' where no laboratory does it. */
    tubes: string[];
    /** Of each of these the label of a sample whose result has not come, or ''. */
    labels: string[];
}
export interface Order {
    label: string;
    tube: string;
    items: string[];
}
