// SPDX-License-Identifier: Apache-2.0
// How the health of a site is shown: which row has which detail, and sizes in words.
import type { Health } from '../../lib/api.ts';
import type { HealthCheck } from 'gen/lists.ts';

/** The time that a row is about; null: it has none, or it never was. */
export function timeOf({ backup, keys, verify, log }: Health, check: HealthCheck): string | null {
    switch (check) {
        case 'backup':
            return backup.at;
        case 'keys-copy':
            return keys.copiedAt;
        case 'verify':
            return verify.at;
        case 'keys':
            return keys.renewedAt;
        case 'log':
            return log.signedAt;
        default:
            return null;
    }
}

/** Bytes as a number of gigabytes with one digit behind the point, which is enough to know when to act. */
export const gigabytes = (bytes: number): number => Math.round((bytes / 2 ** 30) * 10) / 10;

/** The same of what is smaller: whole megabytes, one at least. */
export const megabytes = (bytes: number): number => Math.max(1, Math.round(bytes / 2 ** 20));

/** Days from now until then; negative: it is over. */
export const daysUntil = (until: string, now: string): number =>
    Math.floor((Date.parse(until) - Date.parse(now)) / 86_400_000);
