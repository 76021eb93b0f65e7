// SPDX-License-Identifier: Apache-2.0
// Which stations of the row stand behind "More": what nothing is asked at today, so that what is asked is found. They
// keep their place and key, and one tap shows them.
import type { Role, Station } from 'gen/lists.ts';
import type { QueuedPlace } from '../../lib/api.ts';
import { routes, type Route } from '../../routes.ts';
import { stationOf } from '../../screens/today/today_rules.ts';

/** Is it folded? `place` is that of the open person in the queue of today, null where nobody knows what is asked: who
 * measures has every station then, a clinician none. The exit check is never folded. */
export function isFolded(path: Route, role: Role | undefined, place: QueuedPlace | null): boolean {
    const station: Station | undefined = path === routes.forms ? 'questions' : stationOf(path);
    if (station === undefined || station === 'exit') return false;
    if (place === null) return role === 'clinician';
    if (place.at === station || place.left.includes(station)) return false;
    return role === 'clinician' || !place.done.includes(station);
}
