#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The days of a site are those of its time zone: asked at init or taken from the machine, changed with settings, and what
# decides whether a value is of this visit, whatever offset it is written with and wherever the machine stands.
set -u
. tests/support/sh.sh
if [ ! -r /usr/share/zoneinfo/Pacific/Auckland ]; then skip 1; finish; fi
export SALVE_SITE=$work/site SALVE_KEY_FILE=$work/key

prints 'time zone of the site is Asia/Tokyo, as this machine is set' "the machine's zone is taken" \
    env TZ=Asia/Tokyo "$SALVE" init "$work/tokyo" --key-file "$work/tokyo.key" --made-up
prints 'time zone of the site is UTC: this machine says none' "a machine that says none makes UTC, and that is said" \
    env TZ=JST-9 "$SALVE" init "$work/none" --key-file "$work/none.key" --made-up
fails 3 "a zone that there is not is refused" salve init "$work/nowhere" --key-file "$work/nowhere.key" --zone Mars/Olympus
fails 3 "and so is a way out of the database" salve init "$work/nowhere" --key-file "$work/nowhere.key" --zone ../../../etc/passwd
is "and nothing is made" "$(ls "$work" | grep -c nowhere)" 0
ok "a zone is given" salve init "$SALVE_SITE" --key-file "$SALVE_KEY_FILE" --made-up --zone Pacific/Auckland --staff dr-amina:clinician
prints '^time zone +Pacific/Auckland$' "and shown" salve settings
fails 3 "settings refuse one that there is not" salve settings --zone Auckland --as manager
ok "a manager changes it" salve settings --zone Pacific/Honolulu --as manager
is "as JSON too" "$(salve settings --json | grep -o '"zone":"[^"]*"')" '"zone":"Pacific/Honolulu"'

# Ten hours ago was today where it is noon now, and yesterday where it is past midnight.
hour=$((10#$(date -u +%H)))
zone() { # LOCAL HOUR: a zone where it is that hour now
    local west=$((hour - $1))
    [ $west -gt 12 ] && west=$((west - 24))
    [ $west -lt -12 ] && west=$((west + 24))
    if [ $west -ge 0 ]; then echo "Etc/GMT+$west"; else echo "Etc/GMT$west"; fi
}
pressure() { # TIME
    cat >"$work/person.json" <<END
{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","birthDate":"1960-05-01"}},
 {"resource":{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/p"},"effectiveDateTime":"$1",
 "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"component":[
 {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":192,"code":"mm[Hg]"}},
 {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":121,"code":"mm[Hg]"}}]}}]}
END
}
told() { salve screen --paper "$work/person.json" --as dr-amina 2>/dev/null | grep -c '^  bp-very-high'; }
ago=$(($(date +%s) - 36000))
for offset in +00:00 +13:00 -10:00; do
    shift_s=$((${offset:0:1}$((10#${offset:1:2})) * 3600))
    pressure "$(date -u -d "@$((ago + shift_s))" +%FT%T)$offset"
    ok "to noon" salve settings --zone "$(zone 12)" --as manager
    is "ten hours ago is of today at noon, written with $offset" "$(told)" 1
    is "wherever the machine stands" "$(TZ=Pacific/Kiritimati told)" 1
    ok "past midnight" salve settings --zone "$(zone 0)" --as manager
    is "and of yesterday past midnight, written with $offset" "$(told)" 0
    pressure "$(date -u -d "@$((ago + 28800 + shift_s))" +%FT%T)$offset"
    is "but two hours ago is of this visit there, too" "$(told)" 1
done
finish
