// SPDX-License-Identifier: Apache-2.0
// The app: theme, words, session, then the frame.
import { render } from 'preact';
import { Frame } from './frame.tsx';
import { startDesk } from './lib/desk.ts';
import { startDrafts } from './lib/draft.ts';
import { startPaper } from './lib/paper.ts';
import { startOutbox } from './lib/outbox.ts';
import { start } from './lib/session.ts';
import { startTablet } from './lib/tablet.ts';
import { startTheme } from './lib/themes.ts';
import { startUnkept } from './parts/unkept/held.ts';
import { startStepUp } from './parts/stepup/stepup.tsx';
import { startUrgent } from './screens/urgent/held.ts';

// A page that the browser kept and shows again (Back, after a log-out) is asked for anew.
addEventListener('pageshow', (event) => event.persisted && location.reload());

async function main(): Promise<void> {
    startOutbox();
    startDrafts();
    startDesk();
    startPaper();
    startUrgent();
    startUnkept();
    startStepUp();
    await startTheme();
    await startTablet();
    await start();
    const place = document.getElementById('app');
    if (place) render(<Frame />, place);
}
void main();
