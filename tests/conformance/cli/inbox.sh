#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a value that cannot wait to an alarm that is closed: the list of open work, told and closed by card and by ticket, what is
# signed and what is left out. The list names tickets, and nobody.
set -u
. tests/support/hostile.sh
make_site
make_people # $card, $other: care, no follow-up
inbox() { salve inbox --as dr-amina "$@" 2>/dev/null </dev/null; }
ticket() { inbox --json | tr -d ' \n' | grep -oE '"ticket":"[^"]*"' | cut -d'"' -f4 | head -n 1; }
tasks() { inbox --json | tr -d ' \n' | grep -oE '"task":"[a-z]+"' | cut -d'"' -f4 | sort | tr '\n' ' '; }
reach() { inbox --json | tr -d ' \n' | grep -oE '"reach":"[a-z-]+"' | cut -d'"' -f4 | tr '\n' ' '; }

prints '^Nothing is open' "nothing is open" salve inbox --as lina
fails 7 "a manager does not work on the list" salve inbox --as manager
fails 11 "an alarm is measured" salve measure "$card" bp 186/96 no-danger-signs yes sex male --as lina
fails 11 "the list says that something of today is open" salve inbox --as lina
is "what came is to be screened" "$(tasks)" "screen "
is "a ticket can be said aloud" "$(ticket | grep -cE '^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$')" 1
is "the card was just used" "$(reach)" "card-shown "
fails 11 "it is screened, by the ticket" salve screen "$(ticket)" --as lina
is "then to be told and signed" "$(tasks)" "sign tell "
t=$(ticket)
salve inbox --as dr-amina >"$work/list" 2>&1
is "first what is of today" "$(head -n 1 "$work/list")" "SAME DAY"
is "no name, no item, no value, no card" "$(grep -ciE "haddad|amina h|bp|pressure|186|96|mm|$card" "$work/list")" 0
is "as JSON neither" "$(inbox --json | grep -ciE "haddad|bp|pressure|186|mm.Hg|$card")" 0

fails 6 "nothing is closed that nobody was told of" salve close "$t" --as dr-amina
fails 2 "how they were told has to be said" salve told "$card" bp-very-high --as dr-amina
fails 4 "an item that nobody found" salve told "$card" bp-very-low --how in-person --as dr-amina
fails 5 "what was agreed is judged as every text" salve told "$card" --how in-person --agreed 'his religion forbids it' --as dr-amina
ok "told by the ticket" salve told "$t" --how telephone --agreed 'comes at two with her sister' --as dr-amina
is "it is to be closed" "$(tasks)" "close sign "
prints 'told by dr-amina, .*, telephone: comes at two with her sister' "what is known of it" salve told "$card" --as lina
fails 4 "nothing more is to be told" salve told "$t" --how in-person --as dr-amina
fails 7 "an assistant closes no alarm" salve close "$t" --as lina
salve take "$card" --born $born -o "$work/mine.json" 2>"$work/err"
heard='^20[0-9-]* [0-9:]*: dr-amina told the person, telephone\. Agreed: comes at two with her sister$'
is "it says in words who told them" "$(grep -c "$heard" "$work/err")" 1
note=$(grep -o 'record.invalid/Communication/[^"]*' "$work/mine.json" | head -n 1)
prints "$heard" "and so does its history" salve history "$card" "${note##*invalid/}" --born $born
ok "what is kept is valid FHIR" salve fhir validate "$work/mine.json"
is "it is the person's own to take" "$(grep -c '"resourceType": *"Communication"' "$work/mine.json")" 1

# What is signed is shown; an alarm that is left out stays open.
fails 4 "a draft that is not there cannot be left out" salve sign "$card" --leave-out 'no-such-item=why' --as dr-amina
fails 2 "nor one without a reason" salve sign "$card" --leave-out 'bmi=' --as dr-amina
fails 2 "or without a word of it" salve sign "$card" --leave-out bmi --as dr-amina
ok "signing, with one left out" salve sign "$card" --leave-out 'bp-very-high=the cuff was the wrong one' --yes --as dr-amina
cp "$work/.out" "$work/signed"
is "it shows what is signed, urgent first" "$(grep -nE '^SAME DAY|bp-very-high' "$work/signed" | head -n 2 | cut -d: -f2- | cut -c1-14 | tr '\n' '|')" "SAME DAY|  bp-very-high|"
is "with the value" "$(grep -c '186/96' "$work/signed" | sed 's/^[1-9].*/some/')" some
is "the ticket stands below" "$(grep -c "^  $t" "$work/signed")" 1
is "it is still to be closed" "$(tasks)" "close "
salve take "$card" --born $born -o "$work/mine.json" 2>/dev/null
is "the reason is kept" "$(grep -c 'the cuff was the wrong one' "$work/mine.json")" 1
ok "closed by a clinician" salve close "$t" --as dr-amina
prints '^Nothing is open' "then nothing is open" salve inbox --as dr-amina
fails 4 "and the ticket means nothing" salve close "$t" --as dr-amina
fails 4 "nothing to close" salve close "$card" --as dr-amina

# The looks say what they were for.
made salve consent give "$other" --purpose follow-up --read-back 1 --as kofi
made salve measure "$other" bp 212/120 chest-pain yes --yes --as lina
made salve screen "$other" --as lina
fails 10 "an emergency" salve inbox --as lina
is "reached by follow-up" "$(reach)" "ticket "
t=$(ticket)
ok "told by follow-up or by the card that was shown" salve told "$t" --how messenger --as dr-amina
is "a ticket is no card of the person" "$(salve looked "$t" --born $born >/dev/null 2>&1; echo $?)" 4
is "nor for a choice" "$(salve consent give "$t" --purpose statistics --read-back 1 --as kofi >/dev/null 2>&1; echo $?)" 4
is "nor for a new card" "$(salve card "$t" --as kofi >/dev/null 2>&1; echo $?)" 7
ok "closed" salve close "$t" --as dr-amina
is "drafts stay" "$(tasks)" "sign "
made salve withdraw "$other" --purpose follow-up --born $born
made salve withdraw "$other" --purpose care --born $born
prints '^Nothing is open' "with the last agreement the work ends" salve inbox --as dr-amina

# An erased person has no open work.
third=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
made salve consent give "$third" --purpose care --read-back 1 --as kofi
made salve measure "$third" oxygen 84 --yes --as lina
fails 10 "somebody's emergency" salve inbox --as lina
ok "erased, and told that there was something" salve erase "$third" --as kofi --at-once --yes
is "said to whoever is there" "$(grep -c '^SOMETHING URGENT' "$work/.out")" 1
prints '^Nothing is open' "nothing of them is open" salve inbox --as lina

# A file that may not be kept, with an alarm in it: it waits to be told, though nothing of it is there.
fourth=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
made salve consent give "$fourth" --purpose care --read-back 1 --as kofi
cat >"$work/refused.json" <<JSON
{"resourceType":"Bundle","type":"collection","entry":[
{"resource":{"resourceType":"Observation","id":"k","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"effectiveDateTime":"$(date -u +%F)T00:00:01Z","subject":{"reference":"Patient/p"},"valueQuantity":{"value":7.1,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}},
{"resource":{"resourceType":"Observation","id":"x","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"99999-9"}]},"subject":{"reference":"Patient/p"},"valueString":"?"}},
{"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Haddad","given":["Amina"]}],"birthDate":"$born"}}]}
JSON
fails 5 "the file is refused" salve import "$fourth" "$work/refused.json" --as lina
is "its alarm waits" "$(tasks)" "tell "
made salve screen "$fourth" --as lina
is "also behind a screening that finds nothing of it" "$(tasks)" "sign tell "
fails 7 "what is not kept has nothing agreed beside it" salve told "$fourth" --how in-person --agreed 'goes now' --as dr-amina
ok "told" salve told "$fourth" --how in-person --as dr-amina
is "to be closed" "$(tasks)" "close sign "
ok "and closed" salve close "$fourth" --as dr-amina
is "drafts alone" "$(tasks)" "sign "
ok "the site verifies" salve verify

# A backup holds it, under the keys of the site.
t=$(ticket)
mkdir "$work/disk" "$work/stick"
made salve backup "$work/disk" --keys "$work/stick" --as manager
made salve restore "$work/disk" "$work/again" --keys "$work/stick"
export SALVE_SITE=$work/again
is "the ticket is in what is restored" "$(ticket)" "$t"
ok "which verifies" salve verify
finish
