// SPDX-License-Identifier: Apache-2.0
// What the tests use of Node; the app itself runs in a browser alone.
declare module 'node:test' {
    export function test(name: string, run: () => void | Promise<void>): void;
}
declare module 'node:assert/strict' {
    interface Assert {
        (value: unknown, message?: string): asserts value;
        equal<T>(got: unknown, want: T, message?: string): asserts got is T;
        deepEqual(got: unknown, want: unknown, message?: string): void;
        match(text: string, pattern: RegExp, message?: string): void;
        rejects(promise: Promise<unknown>): Promise<void>;
    }
    const assert: Assert;
    export default assert;
}
