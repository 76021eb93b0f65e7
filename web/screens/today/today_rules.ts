// SPDX-License-Identifier: Apache-2.0
// The order of the board, how long somebody waits, and where their ticket leads.
import type { Station } from 'gen/lists.ts';
import type { Today } from '../../lib/api.ts';
import { routes, stationRoutes, type Route } from '../../routes.ts';

export type Row = Today['tickets'][number];

/** Who is held by an alarm comes first, then who waits longest, then who is at a station. */
export const byWaiting = (tickets: readonly Row[]): Row[] =>
    [...tickets].sort(
        (a, b) =>
            Number(b.hold) - Number(a.hold) ||
            Number(a.at !== null) - Number(b.at !== null) ||
            a.atSince.localeCompare(b.atSince) ||
            a.number - b.number,
    );

/** Whole minutes from an instant to now; never below 0. */
export const minutes = (since: string, now: string): number =>
    Math.max(0, Math.floor((Date.parse(now) - Date.parse(since)) / 60_000)) || 0;

/** The screen of a station, where this app has one. */
export const screenOf = (station: Station): Route => stationRoutes[station] ?? routes.scan;
/** The station of a screen. */
export const stationOf = (path: string): Station | undefined =>
    (Object.keys(stationRoutes) as Station[]).find((station) => stationRoutes[station] === path);
