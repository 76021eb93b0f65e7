#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server with all guidelines accepted: from the command to its first answer, what its processes hold when nobody asks, the size of the
# program as it is shipped (stripped), and what a browser loads first.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SALVE_PIN_FILE=$work/pins SALVE_SHARE=$BUILD/share SALVE_SITE=$work/site SALVE_KEY_FILE=$work/key
(umask 077; printf 'manager 246802\ndr-amina 246802\n' >"$work/pins")
"$SALVE" init --made-up --key-file "$work/key" --staff dr-amina:clinician >/dev/null 2>&1 || exit 1
accepted=0
for about in "$BUILD"/share/guidelines/*/guideline.json; do
    id=$(basename "$(dirname "$about")")
    mapfile -t open < <(tools/node -e 'for (const s of JSON.parse(require("fs").readFileSync(process.argv[1])).switches ?? [])
        if (!s.initial) console.log("--choose\n" + s.name + "=" + s.values[0])' "$about")
    "$SALVE" guideline accept "$id" "${open[@]}" --as dr-amina >/dev/null 2>&1 && accepted=$((accepted + 1))
done
cp "$SALVE" "$work/salve" && strip "$work/salve"
unset SALVE_SITE SALVE_KEY_FILE
tools/node tests/bench/serve/start.mjs "$accepted" "$work/salve" serve -C "$work/site" --key-file "$work/key" --listen 127.0.0.1:0
