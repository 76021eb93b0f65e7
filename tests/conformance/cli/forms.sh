#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The words of a consent form stand for their number: the first agreement binds them, in each language, and whoever brings
# others under the same number (another folder, an edited file) is refused. New words come with a new number.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
share=$(cd build/share && pwd)
other=$work/other
ok "init" salve init --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff kofi:registrar --staff dr-amina:clinician
card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)
version=$(cd "$share/forms/care" && printf '%s\n' * | sort -t. -k1,1n -k2,2n | tail -1)
form=forms/care/$version/form
give() { salve consent give "$card" --purpose care --read-back 1 --as kofi "$@"; }
bound() { # LANG: how many leaves name the text of that file as the one in force
    grep -aoF "{\"id\":\"care-$version-$1\",\"kind\":\"form\",\"sha256\":\"$(sha256sum <"$share/$form.$1.json" | cut -d' ' -f1)\"}" \
        "$SALVE_SITE/site.db" | wc -l
}
cp -r "$share" "$other"
sed -i 's/not the police/now the police/' "$other/$form.en.json"
is "the words are others" "$(cmp -s "$share/$form.en.json" "$other/$form.en.json" && echo same)" ""

is "before anybody agreed no text is in force" "$(bound en)" 0
ok "somebody agrees" give
is "a leaf says which text was in force" "$(bound en)" 1
ok "again, under the same words" give
is "which leaves no second leaf" "$(bound en)" 1
looks=$(salve looked "$card" --born $born -q | wc -l)
fails 6 "other words under that number (--share)" give --share "$other"
is "the message says which form, and what to do" \
    "$(grep -cE "form care $version, en|a new version number" "$work/.out")" 2
SALVE_SHARE=$other fails 6 "other words under that number (SALVE_SHARE)" give
fails 6 "and by a clinician" salve consent give "$card" --purpose care --read-back 1 --as dr-amina --share "$other"
printf 'id,born,agreed\np-1,1972-03-14,%s/en signed %s none 1\n' "$version" "$(date -u +%F)" >"$work/rows.csv"
echo '{"format":"salve-csv-map","version":1,"subject":"id","patient":{"birthDate":{"column":"born"}},"observations":[],
    "consents":{"care":{"column":"agreed"}}}' >"$work/map.json"
fails 6 "and in the row of a file" salve import --enrol "$work/rows.csv" --map "$work/map.json" --as kofi --share "$other" \
    -o "$work/slips.csv"
is "no agreement was noted" "$(salve consent list "$card" --born $born -q | wc -l)" 2
is "what was tried stands in the history" "$(($(salve looked "$card" --born $born -q | wc -l) > looks))" 1

is "a language is bound at its own first use" "$(bound ar)" 0
ok "somebody agrees in Arabic" give --lang ar --share "$other"
is "a leaf for it" "$(bound ar)" 1
sed -i 's/  "title": "/&- /' "$other/$form.ar.json"
fails 6 "two letters more in that language" give --lang ar --share "$other"
ok "the words as they were" give --lang ar
ok "taking back needs no form" salve withdraw "$card" --born $born --purpose care --share "$other"

# A new version: every language under the next number.
mkdir "$other/forms/care/9.0"
for lang in ar en; do
    sed -e "s/\"version\": \"$version\"/\"version\": \"9.0\"/" -e 's/"changes": ""/"changes": "words"/' \
        "$other/$form.$lang.json" | sed '/^$/d' >"$other/forms/care/9.0/form.$lang.json"
done
ok "new words under a new number" give --share "$other"
is "the older version stays as it was" "$(bound en)" 1
fails 6 "and its number keeps its words" give --form "$version" --share "$other"
prints 'clean$' "verify is clean" salve verify
finish
