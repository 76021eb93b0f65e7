#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server under a service manager, by the protocol of sd_notify; and one that a passphrase opens, which is asked for once however
# often the gate is started again.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
"${TESTS:-build/tests}/serve" serve_unit hear "$work/notify" >"$work/heard" 2>&1 &
hearer=$!
for ((i = 0; i < 100; i++)); do [ -S "$work/notify" ] && break; sleep 0.02; done
heard() { for ((i = 0; i < 150; i++)); do grep -qE "$1" "$work/heard" && return 0; sleep 0.02; done; return 1; }
managed() { NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=400000 exec "$SALVE" serve --listen 127.0.0.1:0; }
serve_start "it starts" managed
ok "it says that it is ready" heard '^READY=1$'
ok "and where" heard "^STATUS=serves $origin/$"
ok "that it lives" heard '^WATCHDOG=1$'
before=$(grep -c '^WATCHDOG=1$' "$work/heard")
sleep 1
is "about twice as often as it has to" "$((now = $(grep -c '^WATCHDOG=1$' "$work/heard") - before, now >= 3 && now <= 7))" 1
kill -KILL "$(process paper)"
ok "what it mends" heard '^STATUS=mends what ended by itself$'
for name in gate web; do
    is "$name: has nothing of the manager's" "$(cat "/proc/$(process $name)/environ" 2>/dev/null | tr '\0' '\n' | grep -c NOTIFY_SOCKET)" 0
done
serve_end
is "it ends" "$status" 0
ok "and says so" heard '^STOPPING=1$'
kill $hearer
wait $hearer 2>/dev/null

# --- a passphrase
site=$work/other
export SALVE_SITE=$site
(umask 077 && printf 'a passphrase of this site\n' >"$work/phrase")
unset SALVE_KEY_FILE
export SALVE_PASSPHRASE_FILE=$work/phrase
made salve init "$site" --made-up --staff lina:assistant
serve_start "a passphrase opens it" serve_usual
rm "$work/phrase" # it was read; nobody is there to type it again
before=$(process gate)
kill -KILL "$before"
for ((i = 0; i < 400; i++)); do
    now=$(process gate)
    [ -n "$now" ] && [ "$now" != "$before" ] && break
    sleep 0.02
done
login lina
for ((i = 0; i < 10; i++)); do grep -q '^200' "$work/answer" && break; login lina; done
prints '"name":"lina"' "the gate comes up again by itself" cat "$work/answer"
is "no process shows it" "$(cat /proc/"$server"/cmdline /proc/"$(process gate)"/cmdline /proc/"$(process gate)"/environ 2>/dev/null | grep -c 'a passphrase of')" 0
serve_end
is "it ends" "$status" 0
finish
