// SPDX-License-Identifier: Apache-2.0
// The screens: one row each. A screen is a folder of screens/ with its view, its words and its test.
import type { FunctionComponent } from 'preact';
import type { Role } from 'gen/lists.ts';
import type { PlainKey } from './lib/words.ts';
import { routes, type Route } from './routes.ts';
import { Inbox } from './screens/inbox/inbox.tsx';
import { Scan } from './screens/scan/scan.tsx';
import { Waiting } from './screens/waiting/waiting.tsx';

export interface Screen {
    path: Route;
    /** Its heading, and its name in the list of stations. */
    title: PlainKey;
    view: FunctionComponent;
    roles: readonly Role[];
    /** Shown only while somebody is open; else the card is asked for first. */
    needsPerson: boolean;
    /** Stands in the row of stations, Alt and its place there being its key. */
    isStation: boolean;
}

const STAFF = ['registrar', 'assistant', 'clinician'] as const;

export const screens: readonly Screen[] = [
    { path: routes.scan, title: 'scan.title', view: Scan, roles: STAFF, needsPerson: false, isStation: true },
    { path: routes.inbox, title: 'inbox.title', view: Inbox, roles: STAFF, needsPerson: false, isStation: true },
    { path: routes.waiting, title: 'waiting.title', view: Waiting, roles: STAFF, needsPerson: false, isStation: false },
];
