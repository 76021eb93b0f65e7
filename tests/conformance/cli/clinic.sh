#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What letters say of the clinic: places of actions, telephone and hours, printed names; and who may say it.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
ok "a site" salve init --key-file "$SALVE_KEY_FILE" --name 'North Clinic' --staff dr-amina:clinician --staff kofi:registrar \
    --staff maria:manager

# values
prints '^telephone +not given: number of the clinic$' "what is not given is said" salve settings
fails 7 "a registrar says nothing of the clinic" salve settings --as kofi --set telephone=1
fails 2 "who says it is asked" salve settings --set telephone=1
fails 2 "a name that is no setting" salve settings --as maria --set fax=1
fails 2 "a name without a value" salve settings --as maria --set telephone
fails 2 "of one line" salve settings --as maria --set telephone=$'1\n2'
fails 2 "an interval has its form" salve settings --as maria --set interval=yearly
fails 2 "of ten years at most" salve settings --as maria --set interval=P11Y
fails 2 "digits are one of two" salve settings --as maria --set digits=roman
ok "a manager does" salve settings --as maria --set telephone='+49 30 123456' --set hours='Mo-Fr 8-17' \
    --set address='Hill Road 1, Northtown' --set interval=P6M --set crisis=116123 --set digits=arabic
ok "and a clinician" salve settings --as dr-amina --set caller='Dr. Amina Haddad'
prints '^telephone +\+49 30 123456$' "it stands" salve settings
prints '^caller +Dr\. Amina Haddad$' "all of it" salve settings
ok "an empty value takes it away" salve settings --as maria --set crisis=
prints '^crisis +not given' "and that is said" salve settings

# places
fails 2 "an action that nobody has" salve settings --as maria --place call-everybody='A; b; c; d'
for wrong in 'Ambulance' 'A; b; c' 'A; b; c; d; e' 'A; -; -; day' '; b; c; d' 'A;; 1; 2'; do
    fails 2 "no place: $wrong" salve settings --as maria --place call-emergency="$wrong"
done
ok "a place" salve settings --as maria --place call-emergency='Ambulance; -; 112; day and night'
prints '^place of call-emergency: Ambulance; ; 112; day and night$' "it stands" salve settings
ok "the clinic itself for several" salve settings --as maria --place clinician-today,ask-now=here
prints '^place of ask-now: North Clinic; Hill Road 1, Northtown; \+49 30 123456; Mo-Fr 8-17$' "with what is known" salve settings
ok "what holds outside the hours" salve settings --as maria --place after-hours='General Hospital; Mill Lane 9; 555; always'
ok "an empty one goes" salve settings --as maria --place ask-now=
is "and the others stay" "$(salve settings | grep -c '^place of')" 3

# all at once
more='"ask-now":"here","ears-today":{"name":"Ear Clinic","telephone":"777","hours":"Mo 9-12"},'
salve settings --json | sed -e 's/.*"clinic"://' -e 's/}$//' -e "s/\"places\":{/&$more/" >"$work/places.json"
ok "a file with all of it" salve settings --as maria --places "$work/places.json"
is "takes the place of what was there" "$(salve settings | grep -c '^place of')" 5
prints '^place of ears-today: Ear Clinic; ; 777; Mo 9-12$' "with its parts" salve settings
for wrong in '[]' '{"fax":"1"}' '{"hours":1}' '{"places":{"call-everybody":"here"}}' '{"places":{"ask-now":{"name":"A"}}}' \
    '{"places":{"ask-now":{"name":"A","telephone":"1","fax":"2"}}}' '{"places":"here"}'; do
    echo "$wrong" >"$work/wrong.json"
    fails 2 "no such file: $wrong" salve settings --as maria --places "$work/wrong.json"
done
is "nothing of which stands" "$(salve settings | grep -c '^place of')" 5

# printed names
fails 4 "nobody of that name" salve staff name ida 'Dr. Ida' --as maria
fails 7 "a registrar sets none" salve staff name dr-amina 'Dr. Amina Haddad' --as kofi
prints 'dr-amina as Dr\. Amina Haddad' "a printed name" salve staff name dr-amina 'Dr. Amina Haddad' --as maria
prints '^dr-amina is printed as Dr\. Amina Haddad$' "it stands" salve settings
# an alarm never waits for a place; that there is none is said
today=$(date -u +%FT%TZ)
cat >"$work/alarm.json" <<J
{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","birthDate":"1980-02-03","gender":"male"}},
{"resource":{"resourceType":"Observation","status":"final","subject":{"reference":"Patient/p"},"effectiveDateTime":"$today",
"code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"valueQuantity":{"value":2.7,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}}]}
J
fails 11 "an alarm" salve screen --paper "$work/alarm.json"
is "with a place says no more" "$(grep -c 'No place is given' "$work/.out")" 0
ok "its place goes" salve settings --as maria --place clinician-today=
fails 11 "the alarm stays" salve screen --paper "$work/alarm.json"
is "and says that there is no place" "$(grep -c 'No place is given here for: clinician-today' "$work/.out")" 1

# what is missing before the site opens
prints 'not ready to open: actions without a place: .*maternity-today' "doctor names actions without a place" salve doctor
prints 'not ready to open: no number for somebody who thinks' "and the number for a crisis" salve doctor
prints '^The site is not ready to open' "and says so" salve doctor
is "in JSON too" "$(salve doctor --json | grep -oE '"ready": ?false' | wc -l | tr -d ' ')" 2
missing=$(salve doctor | sed -n 's/.*actions without a place: //p' | tr -d ' ')
ok "places for all of them" salve settings --as maria --place "$missing=here" --set crisis=116123
is "then it is ready" "$(salve doctor | grep -c 'ready to open')" 0
ok "all of it is in the log and whole" salve verify
finish
