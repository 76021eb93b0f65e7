#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N15 on the running server: each opening has exactly one leaf, whose proof is in the person's own view, and one closing note that
# counts what was read; with a log that cannot be written, from a moment on or at one write, nothing of a person is handed out.
# LOOKS: how many (default 60; with ALL=1 2,000).
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
. tests/support/calls.sh
. tests/support/canary.sh
all=${ALL:-0} seed=${SEED:-15} looks=${LOOKS:-$([ "${ALL:-0}" = 1 ] && echo 2000 || echo 60)}
canary_site 5
last=${cards[4]} # who is opened by no random look
sed -i '$d' "$work/people"
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
tools/node tests/never/serve/never_looks.mjs "$work/people" "$looks" "$seed" "$program" "$program" serve --listen 127.0.0.1:0 >"$work/said" 2>&1
status=$?
cp "$work/said" "$work/.out"
is "looks, and then none (seed $seed)" "$(grep -c FAULT "$work/said") $status" "0 0"
grep -E 'seen|ended|FAULT' "$work/said"
serve_start "with room it starts, and signs when it ends" serve_usual
serve_end
prints 'clean$' "the site is whole" salve verify

# KIND NAME: how many lines of it by that member of staff the person sees, each proved.
seen() { grep -cE "^[^ ]+  $1 +[a-z]+ $2  care: .* leaf [0-9]+ proved$" "$work/lines"; }
total=0
for card in "${cards[@]:0:4}"; do
    salve looked "$card" --born "$(born_of "$card")" -q --proofs "$work/proofs" >"$work/lines" 2>/dev/null
    while read -r _ _ name access read; do
        is "$name: a leaf an opening" "$(seen access "$name")" "$access"
        is "$name: a note a closing" "$(seen read "$name")" "$read"
        total=$((total + access))
    done < <(grep -F "looks $card" "$work/said")
    is "its own looks are proved but for the last" "$(grep -cv ' proved$' "$work/lines")" 1
    is "and each has a proof to take along" "$(ls "$work/proofs" | wc -l)" "$(grep -c ' proved$' "$work/lines")"
    rm -r "$work/proofs"
done
is "as many as were made" "$((total >= looks))" 1

# --- what is read is counted: the Patient alone; then with what was written meanwhile, however often it was read
serve_start "a server" serve_usual
card=$last born=1935-05-17
login lina
open_person
prints '^200' "closed" ask close '{"person":"'"$person"'"}'
open_person
prints '^200 .*"stored"' "measured" measure "$(key 1)" height 161
for i in 1 2 3; do prints '"161"' "read" ask person '{"person":"'"$person"'"}'; done
prints '^200' "closed" ask close '{"person":"'"$person"'"}'
is "closings count what was read" "$(salve looked "$card" --born $born -q 2>/dev/null | grep -E 'lina .* (read|written)\)' | grep -oE '[0-9]+ (read|written)' | tr '\n' ' ')" \
    "1 read 2 written 4 written 7 read "
serve_end

# --- one write fails, somewhere between the start and the second look
failing() { LD_PRELOAD=$calls SALVE_CALLS=error:$1 exec "$SALVE" serve --listen 127.0.0.1:0; }
marks=Zq04xcanary'|'Vw04kcanary'|'1935-05-17
opened=$(salve looked "$card" --born $born -q 2>/dev/null | grep -cE '  access +assistant lina ') refusals=0
for at in $([ "$all" = 1 ] && seq 1 80 || echo 12 30 36 42 48 60); do
    rm -f "$work/session"
    : >"$work/log"
    failing "$at" >"$work/log" 2>&1 </dev/null &
    server=$! origin=''
    for ((i = 0; i < 200; i++)); do
        origin=$(grep -oE 'http://[^ /]+' "$work/log" | head -1)
        [ -z "$origin" ] && kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    [ -n "$origin" ] || { wait "$server"; refusals=$((refusals + 1)); continue; }
    login lina
    for i in 1 2; do
        ask open '{"who":"'"$card"'"}' >"$work/answer"
        case $(cat "$work/answer") in
            '200 '*) opened=$((opened + 1)) ;;
            *) refusals=$((refusals + 1)); is "error at write $at: nothing of them" "$(grep -cE "$marks" "$work/answer")" 0 ;;
        esac
    done
    serve_end
    is "error at write $at: the log says nothing of them" "$(grep -cE "$marks|$card" "$work/log")" 0
done
found=$(salve looked "$card" --born $born -q 2>/dev/null | grep -cE '  access +assistant lina ')
is "each that was answered has its leaf" "$((found >= opened))" 1
is "none has two" "$((found <= opened + refusals))" 1
is "some were refused" "$((refusals > 0))" 1
prints 'clean$' "the site is whole" salve verify
finish
