// SPDX-License-Identifier: Apache-2.0
// What the tests use of Node; the app itself runs in a browser alone.
declare module 'node:test' {
    export function test(name: string, run: (t: { diagnostic(text: string): void }) => void | Promise<void>): void;
}
declare module 'node:assert/strict' {
    interface Assert {
        (value: unknown, message?: string): asserts value;
        equal<T>(got: unknown, want: T, message?: string): asserts got is T;
        notEqual(got: unknown, want: unknown, message?: string): void;
        fail(message: string): never;
        ok(value: unknown, message?: string): asserts value;
        doesNotMatch(text: string, pattern: RegExp, message?: string): void;
        deepEqual(got: unknown, want: unknown, message?: string): void;
        match(text: string, pattern: RegExp, message?: string): void;
        rejects(promise: Promise<unknown>): Promise<void>;
    }
    const assert: Assert;
    export default assert;
}
declare module '*.css' {
    const text: string;
    export default text;
}
declare module 'node:fs' {
    export function readFileSync(path: string, encoding: 'utf8'): string;
}
