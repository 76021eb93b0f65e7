#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A receipt says what its proof opens, and is made of nothing else: for every command that prints one, in words and as
# JSON, the event under `extra` is of the kind, purpose and day that the receipt names. What was not given is not taken back.
# In the minute after a signature a receipt names its leaf, and 'salve receipt' has the proof of it once the log is signed again.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
ok "init" salve init --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff kofi:registrar
card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)

# KIND PURPOSE DAY of the event that the first proof in a file opens, or the later one of the leaf that it names; nothing where
# there is none.
cat >"$work/opened.js" <<'EOF'
const read = file => require("fs").readFileSync(file, "utf8");
const text = read(process.argv[2]);
const said = text.startsWith("{") ? JSON.parse(text) : {};
let proof = text.startsWith("{") ? said.proof ?? "" : text;
if (!/^extra /m.test(proof) && process.argv[3]) {
    const leaf = said.leaf ?? Number(/leaf (\d+), proof from/.exec(text)?.[1] ?? /(?:is number|هو) (\d+)/.exec(text)?.[1]);
    proof = JSON.parse(read(process.argv[3])).find(one => one.leaf === leaf)?.proof ?? "";
}
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
    is "$name: the proof is of a $kind" "$(opened | cut -d' ' -f1,2)" "$kind $purpose"
}
run() { "$@" >"$work/receipt" 2>"$work/.err" </dev/null; }
opened() { # what the proof of the newest receipt opens, now or later
    if ! grep -q extra "$work/receipt"; then
        salve verify -q >/dev/null 2>&1
        salve receipt "$card" --born $born --json >"$work/later.json" 2>/dev/null
    fi
    node "$work/opened.js" "$work/receipt" "$work/later.json"
}

for purpose in care follow-up statistics research-contact; do
    receipt consent $purpose "agreeing to $purpose" run salve consent give "$card" --purpose $purpose --read-back 1 --as kofi
    ok "as JSON" run salve consent give "$card" --purpose $purpose --read-back 1 --as kofi --json
    is "the JSON names what its proof opens" "$(node -e "$said" <"$work/receipt")" "$(opened)"
done
for lang in en ar; do
    ok "agreeing again" salve consent give "$card" --purpose care --read-back 1 --as kofi
    ok "taking care back, in $lang" run salve withdraw "$card" --born $born --purpose care --lang $lang
    is "in $lang the proof is of a withdrawal" "$(opened | cut -d' ' -f1,2)" "withdrawal care"
    fails 4 "taking it back once more" run salve withdraw "$card" --born $born --purpose care --lang $lang
    is "leaves no receipt in $lang" "$(wc -c <"$work/receipt")" 0
done
ok "as JSON" run salve withdraw "$card" --born $born --purpose follow-up --json
is "the JSON names what its proof opens" "$(node -e "$said" <"$work/receipt")" "$(opened)"

# Never given and taken back answer the same.
for purpose in helper care; do
    fails 4 "what is not on ($purpose) is not taken back" salve withdraw "$card" --born $born --purpose $purpose
    sed "s/$purpose/PURPOSE/g" "$work/.out" >"$work/said.$purpose"
done
is "the same words for both" "$(cat "$work/said.helper")" "$(cat "$work/said.care")"
is "they say so" "$(grep -c 'nothing was taken back' "$work/said.care")" 1
is "and no withdrawal stands in the history" "$(salve looked "$card" --born $born -q | grep -c ' withdrawal ')" 3

# The proofs of the person's history open what each line says.
salve verify -q >/dev/null 2>&1
salve looked "$card" --born $born -q --proofs "$work/proofs" >"$work/lines" 2>/dev/null
while read -r kind leaf; do
    is "line $leaf" "$(node "$work/opened.js" "$work/proofs/$leaf.tlog-proof" | cut -d' ' -f1)" "$kind"
done < <(sed -nE 's/^[^ ]+  ([a-z-]+) .* leaf ([0-9]+) proved$/\1 \2/p' "$work/lines")

ok "as JSON" run salve erase "$card" --as kofi --at-once --yes --json
is "an erasure's receipt names what its proof opens" "$(node -e "$said" <"$work/receipt")" "$(opened)"
is "which is an erasure" "$(opened | cut -d' ' -f1)" erasure
finish
