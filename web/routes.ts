// SPDX-License-Identifier: Apache-2.0
// The addresses of the screens. An address says which screen, never who: the person is in memory alone.
export const routes = {
    start: '/',
    scan: '/scan',
    enrol: '/new-person',
    newCard: '/new-card',
    consent: '/choices',
    inbox: '/inbox',
    waiting: '/waiting',
    questions: '/questions',
    forms: '/forms',
    pressure: '/pressure',
    body: '/body',
    urgent: '/urgent',
    results: '/results',
    letter: '/letter-page',
    account: '/account',
    health: '/health',
    staff: '/staff',
    tablets: '/tablets',
    rules: '/rules',
    siteLog: '/site-log',
    settings: '/settings',
} as const;
export type Route = (typeof routes)[keyof typeof routes];
