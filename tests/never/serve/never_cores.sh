#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N14 on the running server: each of its processes ends by a signal that elsewhere leaves the memory in a file, while a person is
# open and a letter waits; on the way a full disk and bytes that are no request, with names in them. No core file, nothing of
# anybody in any file, in the log, or beside the site.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
. tests/support/canary.sh
made salve init "$site" --made-up --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
for id in alarms body-measures; do made salve guideline accept $id --as dr-amina; done
sed "s/Haddad/Zq00xcanary/; s/Amina/Vw00kcanary/" tests/conformance/cli/patient.json >"$work/patient.json"
card=$(salve enrol -q --as kofi "$work/patient.json" 2>/dev/null)
made salve consent give "$card" --purpose care --read-back 1 --as kofi
rm "$work/patient.json"
mkdir "$work/cwd" "$work/tmp" "$work/test"
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
repository=$PWD
ulimit -c unlimited 2>/dev/null
cores() { find "$work" "$repository" -maxdepth 2 -type f -newer "$work/pins" \( -name core -o -name 'core.*' \) | head -3; }
{ (cd "$work/test" && sh -c 'kill -ABRT $$'); } 2>/dev/null
if [ -n "$(cores)" ]; then
    rm "$work"/test/core*
    pass # a process like any other leaves one here
else
    skip 1
fi
in_folder() { cd "$work/cwd" && TMPDIR=$work/tmp exec "$program" serve --listen 127.0.0.1:0; }
export SALVE_SITE=$site
marks="Zq00xcanary|Vw00kcanary|1972-03-14|$card|${card//-/}"
lines=0
nothing() { # WHEN
    lines=$((lines + $(wc -l <"$work/log")))
    is "$1: no core file" "$(cores)" ""
    is "$1: nothing of anybody in the site, beside it, or in the log" \
        "$(LC_ALL=C grep -rlaE "$marks" "$site" "$work/cwd" "$work/tmp" "$work/log" | head -3)" ""
}
serve_start "a server" in_folder
# One after the other, the supervisor last.
number=0
for signal in ABRT SEGV; do
    for name in paper web gate serve; do
        for ((i = 0; i < 40; i++)); do
            rm -f "$work/session"
            login dr-amina
            grep -q '^200' "$work/answer" && break
            sleep 0.05
        done
        open_person
        number=$((number + 1))
        measure "$(key $number)" weight 70.5 >/dev/null
        ask letter '{"person":"'"$person"'","language":"en","untold":true}' >/dev/null
        ask open '{"who":"Zq00xcanary"}' >/dev/null
        tools/node -e '
            const s = require("node:net").connect(process.argv[1]);
            s.on("error", () => 0); s.on("close", () => 0); s.resume(); s.end("Zq00xcanary " + process.argv[2]);
        ' "$site.sock" "$card"
        tools/node -e '
            const s = require("node:net").connect(process.argv[1], "127.0.0.1");
            s.on("error", () => 0); s.on("close", () => 0); s.resume(); s.end(`GET /Zq00xcanary HTTP/1.1\r\nHost: ${process.argv[2]}\n\n`);
        ' "${origin##*:}" "$card"
        if [ $name = serve ]; then
            { kill -$signal "$server" && wait "$server"; } 2>/dev/null
            break
        fi
        before=$(process $name)
        kill -$signal "$before"
        for ((i = 0; i < 200; i++)); do
            now=$(process $name)
            [ -n "$now" ] && [ "$now" != "$before" ] && break
            sleep 0.02
        done
        is "$name is started again after SIG$signal" "$((${now:-0} > 0 && ${now:-0} != before))" 1
    done
    nothing "after SIG$signal"
    serve_start "a server again" in_folder || break
done
serve_end
nothing "in the end"
is "the log has lines" "$((lines > 50))" 1
is "nothing is left in the folder for temporary files, or in its own" "$(ls "$work/tmp" "$work/cwd" | grep -vE ':$|^$')" ""
is "the search finds what is there" "$(salve take "$card" --born $born 2>/dev/null | grep -cE "$marks" | sed 's/^[1-9].*/some/')" some
prints 'clean$' "the site is whole" salve verify
finish
