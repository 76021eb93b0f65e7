#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SIGTERM while a station saves: what came is answered, the log is signed, every process ends by itself and in time; what was
# acknowledged is there, once. ROUNDS: how often (default 8; with ALL=1 60).
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
rounds=${ROUNDS:-$([ "${ALL:-0}" = 1 ] && echo 60 || echo 8)}
serve_site
tools/node tests/crash/serve/serve_ends.mjs "$card" "$rounds" "${SEED:-1}" "$SALVE" serve --listen 127.0.0.1:0 >"$work/saves" 2>"$work/why"
is "it went on from one server to the next" "$?" 0
head -3 "$work/why"
grep '^seen' "$work/saves"
is "each ended well" "$(grep -c '^ended 0$' "$work/saves")" "$rounds"
prints 'clean$' "the log is signed up to its end, and the site whole" salve verify
salve take "$card" --born $born -o "$work/mine.json" >/dev/null 2>&1
grep -oE '"value":[0-9]+\.[0-9]' "$work/mine.json" | cut -d: -f2 | sort >"$work/there"
sed -n 's/^stored //p' "$work/saves" | sort >"$work/acknowledged"
is "what was acknowledged is there" "$(comm -23 "$work/acknowledged" "$work/there" | wc -l)" 0
is "nothing is there twice" "$(uniq -d "$work/there" | wc -l)" 0
is "and no more than the one without an answer" "$(($(comm -13 "$work/acknowledged" "$work/there" | wc -l) < 2))" 1
is "they were many" "$(($(wc -l <"$work/acknowledged") > rounds))" 1
finish
