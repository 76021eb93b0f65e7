// SPDX-License-Identifier: Apache-2.0
// What somebody shows to show that it is them: a secret with what goes with it here, or a passkey.
import { api, type Answer, type Failure, type Passkey, type ShownSecret } from './api.ts';
import { showPasskey, type Asked } from './passkey.ts';
import { signTablet, tabletId } from './tablet.ts';

/** Why nothing was shown: of the server, or of the browser. */
export type Trouble = Failure | 'stopped' | 'already' | 'unable';
export type Proved<T> = { ok: true; value: T } | { ok: false; trouble: Trouble };

export const proved = <T>(answer: Answer<T>): Proved<T> =>
    answer.ok ? answer : { ok: false, trouble: answer.failure };
const asked = <T>(answer: Asked<T>): Proved<T> => (answer.ok ? answer : { ok: false, trouble: answer.why });

export async function challenge(): Promise<Proved<string>> {
    const answer = proved(await api.challenge());
    return answer.ok ? { ok: true, value: answer.value.challenge } : answer;
}

/** A PIN or passphrase of `name`, with the code if there is one, and the signature of this tablet if it is enrolled. */
export async function bySecret(name: string, secret: string, code: string): Promise<Proved<ShownSecret>> {
    const shown: ShownSecret = code === '' ? { secret } : { secret, code };
    const tablet = tabletId.value;
    if (tablet === null) return { ok: true, value: shown };
    const given = await challenge();
    if (!given.ok) return given;
    const tabletSignature = await signTablet(given.value, name);
    if (tabletSignature === null) return { ok: true, value: shown };
    return { ok: true, value: { ...shown, challenge: given.value, tablet, tabletSignature } };
}

export async function byPasskey(rpId: string): Promise<Proved<Passkey>> {
    const given = await challenge();
    return given.ok ? asked(await showPasskey(given.value, rpId)) : given;
}
