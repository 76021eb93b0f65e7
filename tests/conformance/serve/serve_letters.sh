#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A letter through all processes: measured, signed, composed by web, drawn by paper, fetched; a name in another script; the process that
# draws is killed in between; without Landlock it may open nothing, and the letter is the same.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
for id in alarms body-measures; do made salve guideline accept $id --as dr-amina; done
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
bare() { exec "${TESTS:-build/tests}/serve" serve_unit host "$site" "$SALVE_KEY_FILE" "$program" "${BUILD:-build}/share" 0 -2; }
number=0
as() { rm -f "$work/session"; login "$1"; open_person; }
sign_new() { # a measurement of today, signed
    number=$((number + 1))
    as lina
    measure "$(key $number)" weight "7$number.5" >/dev/null
    as dr-amina
    sleep 1.1 # what is noted in a later second than that of the opening has its own time
    ask findings '{"person":"'"$person"'"}' >/dev/null
    ask sign '{"person":"'"$person"'","leave":[]}' >"$work/answer"
    grep -q '^200' "$work/answer" || fail "signed" "$(cat "$work/answer")"
}
letter() { # LANGUAGE: the paths of a new letter in $html and $pdf, its sheet in $work/letter.pdf
    ask letter '{"person":"'"$person"'","language":"'"$1"'","untold":true}' >"$work/answer"
    pdf=$(grep -oE '/letter/[^"]*\.pdf' "$work/answer")
    [ -n "$pdf" ] || { cp "$work/answer" "$work/.out"; fail "a letter in $1" "no path of it"; return 1; }
    tools/node -e '
        const [origin, file, path, out] = process.argv.slice(1), fs = require("node:fs");
        fetch(origin + path, { headers: { cookie: JSON.parse(fs.readFileSync(file, "utf8")).cookie } })
            .then(async (a) => { fs.writeFileSync(out, Buffer.from(await a.arrayBuffer())); console.log(a.status); });
    ' "$origin" "$work/session" "$pdf" "$work/letter.pdf"
}
whole() { # NAME: what was fetched is a whole sheet
    is "$1" "$(head -c 5 "$work/letter.pdf")$(tail -c 6 "$work/letter.pdf" | tr -d '\n')" "%PDF-%%EOF"
}
fonts() { grep -aoE '/FontName /[A-Z]+\+[A-Za-z-]+' "$work/letter.pdf" | sed 's/.*+//' | sort -u | tr '\n' ' '; }

serve_start "the server" serve_usual
sign_new
for language in en ar; do
    is "a letter in $language" "$(letter $language)" 200
    whole "it is whole in $language"
    fonts >"$work/fonts.$language"
    is "in its own fonts" "$(grep -c NotoSans "$work/fonts.$language")" 1
done
for i in 1 2 3; do
    kill -9 "$(process paper)"
    is "drawn by who takes the place of one that was killed" "$(letter en)" 200
    whole "whole again"
done
serve_end
is "it ends well" "$status" 0

serve_start "without Landlock" bare
sign_new
for language in en ar; do
    is "a letter in $language without any right to open a file" "$(letter $language)" 200
    whole "whole all the same"
    is "in the same fonts" "$(fonts)" "$(cat "$work/fonts.$language")"
done
serve_end
prints 'clean$' "the site is whole" salve verify
finish
