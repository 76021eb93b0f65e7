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

/** An app that the person let in; `on`: it reads still. */
export interface LetIn {
    app: string;
    name: string;
    at: string;
    until: string;
    on: boolean;
    scopes: AppAsk['scopes'];
    classes: DataClass[];
}
/** A health link that is good still. */
export interface HealthLink {
    number: number;
    label: string;
    made: string;
    until: string;
    opened: number;
    lastOpened?: string;
    triesLeft: number;
}
/** What others get of a record by the person's own word. */
export interface Own {
    apps: LetIn[];
    links: HealthLink[];
    /** This site has an address that a link could lead to. */
    mayLink: boolean;
}
/** Whoever has both has the copy; they are shown once. */
export interface MadeLink {
    link: string;
    passcode: string;
    number: number;
    until: string;
}
/** Who the person is: their card, and their birth date or word. */
export interface Cardholder {
    card: string;
    ownWord: string;
}

/** An app that is registered; `document`: the registration as JSON (docs/formats/apps.md). */
export interface Registered {
    id: string;
    name: string;
    document: string;
}
