// SPDX-License-Identifier: Apache-2.0
// Is there anything in what a screen keeps of its boxes? Empty boxes are nothing, however many there are; a zero is a
// number.

export const isBlank = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (typeof value === 'object' && Object.values(value).every(isBlank));
