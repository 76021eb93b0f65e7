// SPDX-License-Identifier: Apache-2.0
// What is told at a desk: guidelines and forms of the site, rows of a file of results, how long tasks take.
import type { Purpose, RuleState, Timed, Urgency } from 'gen/lists.ts';
import type { Finding } from './api.ts';

/** A map for files whose rows name people who have a record. */
export interface ResultMap {
    map: string;
    title: string;
}
export interface RowWrong {
    line: number;
    code: string;
    element: string;
    why: string;
}
/** What became of one row of a file: about one person, without a name. */
export interface RowAnswer {
    state: 'taken' | 'refused';
    code: string | null;
    element: string | null;
    why: string | null;
    kept: number;
    here: number;
    doubts: {
        quantity: string;
        unit: string;
        soft: [string, string];
        otherUnit: string | null;
        isAgeNotKnown: boolean;
    }[];
    urgency: Urgency | null;
    ticket: string | null;
    apart: {
        count: number;
        kept: boolean;
        judged: boolean;
        found: number;
        urgency: Urgency | null;
        findings: Finding[];
    } | null;
    alarms: Finding[];
}

/** A guideline of the site: what lies here, and what is in force. */
export interface RuleRow {
    id: string;
    title: string | null;
    version: string | null;
    state: RuleState;
    inForce: string | null;
    by: string | null;
    at: string | null;
    words: string[];
    broken: string | null;
}
export interface Rules {
    rules: RuleRow[];
    /** Forms with questions, as they are in use; `broken`: why one cannot be. */
    questionnaires: {
        id: string;
        title: string | null;
        version: string | null;
        items: number;
        languages: string[];
        broken: string | null;
    }[];
    forms: { purpose: Purpose; version: string; languages: string[]; whole: boolean }[];
}
export interface Rule {
    id: string;
    version: string;
    title: string;
    digest: string;
    inForce: string | null;
    by: string | null;
    at: string | null;
    apart: boolean;
    sources: { issuer: string; title: string; year: string; table: string | null; doi: string | null }[];
    choices: { name: string; about: string | null; value: string | null; values: string[] }[];
    changes: string[];
    files: { name: string; before: string | null; now: string | null }[];
    passed: number;
    failed: number;
    failures: string[];
}

/** How long a task takes at the tablets, in ms; null: too few were timed to say. */
export interface TaskTimes {
    task: Timed;
    count: number;
    half: number | null;
    low: number | null;
    high: number | null;
    most: number | null;
    halfAim: number;
    mostAim: number;
}
