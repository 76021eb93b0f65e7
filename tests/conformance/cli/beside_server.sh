#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command line beside a running server: it works through the gate, without what opens the site, and both see what the
# other did.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site --staff maria:manager
made salve guideline accept body-measures --as dr-amina
mkdir "$work/data" "$work/keys" "$work/elsewhere"
beside() { env -u SALVE_KEY_FILE "$SALVE" "$@"; } # nobody tells it the secret
serve_start "a server that was told where backups go" serve_usual --backup "$work/data" --keys "$work/keys"
fails 1 "no backup elsewhere" beside backup "$work/elsewhere" --keys "$work/keys" --as maria
prints '^Backed up' "the first backup beside a server" beside backup "$work/data" --keys "$work/keys" --as maria
serve_end

serve_start "a server" serve_usual

# --- upkeep
prints 'No fault was found' "doctor" beside doctor
prints 'clean$' "verify, by nobody" beside verify
prints 'clean$' "verify, by a manager" beside verify --as maria
is "verify as JSON" "$(beside verify --json 2>/dev/null | grep -c '"finished":true')" 1
fails 7 "a PIN is asked for as ever" beside keys rotate --as kofi
prints '^Epoch [0-9]+: ' "the keys turn" beside keys rotate --as maria
prints '^Backed up' "a backup where the last one went" beside backup "$work/data" --as maria
fails 1 "no backup elsewhere" beside backup "$work/elsewhere" --as maria
is "and why" "$(grep -c 'writes only where the last backup' "$work/.out")" 1
prints 'lina +assistant' "who works here" beside staff
ok "somebody new" beside staff --as maria --staff tom:technician
ok "settings" beside settings --as maria --name-index on

metrics() { tools/node -e 'fetch(process.argv[1]).then(async (a) => console.log(await a.text()))' "$origin/metrics"; }
prints '^salve_gate_held_seconds_count [1-9]' "how long requests held the gate" metrics

# --- what takes the secret waits for the end of the service
printf 'another passphrase of this site\n' >"$work/phrase" && chmod 600 "$work/phrase"
fails 6 "another secret" salve keys change --new-passphrase-file "$work/phrase" --as maria
is "and why" "$(grep -c 'end the service first' "$work/.out")" 1
fails 6 "a manager where none can log in" salve staff recover joan
fails 6 "a new log" salve log successor --yes
fails 6 "an upgrade" salve upgrade

# --- people, from both sides
login lina
open_person
prints '^200 .*"state":"stored"' "a station saves" measure "$(key 1)" weight 70.5
is "the command line has it" "$(beside take "$card" --born $born 2>/dev/null | grep -c '"value":70.5')" 1
ok "the command line measures" beside measure "$card" height 161 --as lina
prints '"161"' "the open page of the station has it" ask person '{"person":"'"$person"'"}'
second=$(beside enrol -q --as kofi tests/conformance/cli/patient.json)
is "somebody is enrolled" "${#second}" 24
ok "agrees" beside consent give "$second" --purpose care --read-back 1 --as kofi
ok "is examined" beside measure "$second" height 170 weight 80 --as lina
ok "findings" beside screen "$second" --as lina
ok "signed" beside sign "$second" --as dr-amina
ok "a letter" beside letter "$second" --born $born -o "$work/letter.pdf"
is "it is one" "$(head -c 5 "$work/letter.pdf")" %PDF-
prints 'assistant lina' "who looked" beside looked "$second" --born $born
ok "care is taken back" beside withdraw "$card" --purpose care --born $born
prints '^403 .*E_CONSENT' "and the open page reads nothing more" ask person '{"person":"'"$person"'"}'

# --- the gate crashes: the command hears of it, the next one is served
gate=$(process gate)
kill -KILL "$gate"
for ((i = 0; i < 200; i++)); do
    now=$(process gate)
    [ -n "$now" ] && [ "$now" != "$gate" ] && break
    sleep 0.05
done
prints 'clean$' "a new gate serves it" beside verify
is "what was said to be kept is" "$(beside take "$second" --born $born 2>/dev/null | grep -c '"value":80')" 1

serve_end
is "it ends" "$status" 0
prints 'clean$' "the site is whole" salve verify
finish
