#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A receipt says what its proof opens, and is made of nothing else: for every command that prints one, in words and as
# JSON, the event under `extra` is of the kind, purpose and day that the receipt names. What was not given is not taken back.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
ok "init" salve init --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff kofi:registrar
card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)

# KIND PURPOSE DAY of the event that the first proof in a file opens; nothing where there is none.
cat >"$work/opened.js" <<'EOF'
const text = require("fs").readFileSync(process.argv[2], "utf8");
const proof = text.startsWith("{") ? JSON.parse(text).proof ?? "" : text;
const extra = /^extra (.+)$/m.exec(proof);
if (extra) {
    const event = JSON.parse(Buffer.from(extra[1], "base64").subarray(32).toString());
    console.log(event.kind, event.purpose ?? "-", event.at.slice(0, 10));
}
EOF
said='const r = JSON.parse(require("fs").readFileSync(0, "utf8")); console.log(r.receipt, r.purpose ?? "-", r.at.slice(0, 10))'
receipt() { # KIND PURPOSE NAME COMMAND...
    local kind=$1 purpose=$2 name=$3; shift 3
    ok "$name" "$@"
    is "$name: the proof is of a $kind" "$(node "$work/opened.js" "$work/receipt" | cut -d' ' -f1,2)" "$kind $purpose"
}
run() { "$@" >"$work/receipt" 2>"$work/.err" </dev/null; }

for purpose in care follow-up statistics research-contact; do
    receipt consent $purpose "agreeing to $purpose" run salve consent give "$card" --purpose $purpose --read-back 1 --as kofi
    ok "as JSON" run salve consent give "$card" --purpose $purpose --read-back 1 --as kofi --json
    is "the JSON names what its proof opens" "$(node -e "$said" <"$work/receipt")" "$(node "$work/opened.js" "$work/receipt")"
done
for lang in en ar; do
    ok "agreeing again" salve consent give "$card" --purpose care --read-back 1 --as kofi
    ok "taking care back, in $lang" run salve withdraw "$card" --purpose care --lang $lang
    is "in $lang the proof is of a withdrawal" "$(node "$work/opened.js" "$work/receipt" | cut -d' ' -f1,2)" "withdrawal care"
    fails 4 "taking it back once more" run salve withdraw "$card" --purpose care --lang $lang
    is "leaves no receipt in $lang" "$(wc -c <"$work/receipt")" 0
done
ok "as JSON" run salve withdraw "$card" --purpose follow-up --json
is "the JSON names what its proof opens" "$(node -e "$said" <"$work/receipt")" "$(node "$work/opened.js" "$work/receipt")"

# Never given and taken back answer the same.
for purpose in helper care; do
    fails 4 "what is not on ($purpose) is not taken back" salve withdraw "$card" --purpose $purpose
    sed "s/$purpose/PURPOSE/g" "$work/.out" >"$work/said.$purpose"
done
is "the same words for both" "$(cat "$work/said.helper")" "$(cat "$work/said.care")"
is "they say so" "$(grep -c 'nothing was taken back' "$work/said.care")" 1
is "and no withdrawal stands in the history" "$(salve looked "$card" -q | grep -c ' withdrawal ')" 3

# The proofs of the person's history open what each line says.
salve looked "$card" -q --proofs "$work/proofs" >"$work/lines" 2>/dev/null
while read -r kind leaf; do
    is "line $leaf" "$(node "$work/opened.js" "$work/proofs/$leaf.tlog-proof" | cut -d' ' -f1)" "$kind"
done < <(sed -E 's/^[^ ]+  ([a-z-]+) .* leaf ([0-9]+) proved$/\1 \2/' "$work/lines")

ok "as JSON" run salve erase "$card" --yes --json
is "an erasure's receipt names what its proof opens" "$(node -e "$said" <"$work/receipt")" "$(node "$work/opened.js" "$work/receipt")"
is "which is an erasure" "$(node "$work/opened.js" "$work/receipt" | cut -d' ' -f1)" erasure
finish
