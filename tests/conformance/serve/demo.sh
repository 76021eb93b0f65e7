#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# salve demo: the site is gone through by the calls of the app and in the browser, and thrown away; the walk by command line.
set -u
. tests/support/sh.sh
export TMPDIR=$work
left() { find /tmp -maxdepth 1 -name 'salve-demo-*' -newer "$work/pins" | wc -l; }
prints "The letter, in Arabic: [0-9]+ bytes of PDF" "one visit, from the card to the letter" tools/node tools/demo_walk.mjs "$SALVE"
cp "$work/.out" "$work/told"
prints "clinician dr-amara .* proved" "who looked is proved by the log" cat "$work/told"
prints "ALARM: " "an alarm was told" cat "$work/told"
if command -v chromium >/dev/null; then
    prints "[0-9]+ pictures in" "the same in the browser, as 'make demo' shows it" tools/node tools/demo_walk.mjs "$SALVE" "$work/pictures"
else
    skip 1
fi
prints "^verify: .* clean$" "the walk by command line" salve demo --cli --keep "$work/walk"
before=$(left)
coproc SERVER { exec "$SALVE" demo --listen 127.0.0.1:0 2>&1; }
server=$SERVER_PID
while read -r line <&"${SERVER[0]}"; do [[ $line = Ctrl-C* ]] && break; done
is "it runs in a folder of its own" "$(($(left) - before))" 1
kill -TERM "$server"
wait "$server" 2>/dev/null
is "and is thrown away when it ends" "$(($(left) - before))" 0
finish
