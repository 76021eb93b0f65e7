// SPDX-License-Identifier: Apache-2.0
// The addresses of the screens. An address says which screen, never who: the person is in memory alone.
import type { Station } from 'gen/lists.ts';

export const routes = {
    start: '/',
    scan: '/scan',
    enrol: '/new-person',
    newCard: '/new-card',
    consent: '/choices',
    paper: '/nothing-kept',
    inbox: '/inbox',
    waiting: '/waiting',
    printing: '/letters-to-print',
    tests: '/tests',
    questions: '/questions',
    forms: '/forms',
    pressure: '/pressure',
    body: '/body',
    vision: '/vision',
    hearing: '/hearing',
    samples: '/samples',
    urgent: '/urgent',
    results: '/results',
    letter: '/letter-page',
    refer: '/refer',
    follow: '/follow',
    remind: '/reminders',
    reply: '/reply',
    connect: '/connect',
    own: '/my-record',
    apps: '/apps',
    exit: '/exit',
    today: '/today',
    account: '/account',
    health: '/health',
    staff: '/staff',
    tablets: '/tablets',
    import: '/import',
    rules: '/rules',
    siteLog: '/site-log',
    settings: '/settings',
} as const;
export type Route = (typeof routes)[keyof typeof routes];

/** The screens of stations: where a ticket of today leads, and which station a screen speaks for. */
export const stationRoutes: Partial<Record<Station, Route>> = {
    questions: routes.questions,
    pressure: routes.pressure,
    body: routes.body,
    vision: routes.vision,
    hearing: routes.hearing,
    samples: routes.samples,
    exit: routes.exit,
};
