// SPDX-License-Identifier: Apache-2.0
// Light, dark and sun (black on white with strong borders, for a tablet outdoors). Without a choice: what the system
// wants.
import { signal } from '@preact/signals';
import { deviceGet, deviceSet } from './store.ts';

export const THEMES = ['light', 'dark', 'sun'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>('light');

function show(next: Theme): void {
    theme.value = next;
    document.documentElement.dataset['theme'] = next;
}

/** What was chosen on this device, else what the system wants. */
export async function startTheme(): Promise<void> {
    const kept = await deviceGet('theme').catch(() => undefined);
    const known = THEMES.find((name) => name === kept);
    show(known ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
}

/** Light, dark, sun, and light again. */
export function nextTheme(): Theme {
    const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'light';
    show(next);
    void deviceSet('theme', next).catch(() => undefined);
    return next;
}
