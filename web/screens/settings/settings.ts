// SPDX-License-Identifier: Apache-2.0
// The settings of the site as they are in force, one line each; a place is its parts with commas between.
export interface Line {
    name: string;
    value: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: unknown): string {
    if (Array.isArray(value)) return value.map(textOf).join(', ');
    if (isObject(value)) return Object.values(value).map(textOf).filter(Boolean).join(', ');
    return value === null || value === undefined ? '' : String(value);
}

/** What is set, in the order of the server; what is in a group has the name of the group before its own. */
export function lines(settings: Readonly<Record<string, unknown>>, group = ''): Line[] {
    return Object.entries(settings).flatMap(([key, value]) => {
        const name = group === '' ? key : `${group}.${key}`;
        if (isObject(value) && group === '') return lines(value, name);
        if (isObject(value) && Object.values(value).some(isObject)) return lines(value, name);
        const text = textOf(value);
        return text === '' ? [] : [{ name, value: text }];
    });
}
