// SPDX-License-Identifier: Apache-2.0
// Reading aloud with the voices of the device, where there is one for the language that works without a network.
export interface Voice {
    readonly lang: string;
    readonly localService: boolean;
}

/** The voice for a language: of the device itself, so that nothing that is read leaves it. */
export const voiceFor = <V extends Voice>(voices: readonly V[], language: string): V | undefined =>
    voices.find(({ lang, localService }) => localService && lang.toLowerCase().split(/[-_]/)[0] === language);
