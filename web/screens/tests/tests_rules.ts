// SPDX-License-Identifier: Apache-2.0
// Tests by when people hear of them.
import { releases, type Release } from 'gen/lists.ts';

export interface Test {
    readonly name: string;
    readonly release: Release;
}

/** From what is told at once to what is told in person; groups without a test are left out. */
export const byRelease = (tests: readonly Test[]): { release: Release; names: string[] }[] =>
    (Object.keys(releases) as Release[])
        .map((release) => ({
            release,
            names: tests.filter((one) => one.release === release).map(({ name }) => name),
        }))
        .filter(({ names }) => names.length > 0);
