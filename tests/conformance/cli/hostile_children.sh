#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Consent of children and of a helper; rights in an unknown language.
set -u
. tests/support/hostile.sh
make_site
make_people
printf '{"resourceType":"Patient","name":[{"family":"K"}],"birthDate":"%d-01-01"}' $(($(date -u +%Y) - 8)) >"$work/child.json"
child=$(salve enrol -q --as kofi "$work/child.json")
fails 7 "a child alone" salve consent give "$child" --purpose care --read-back 1 --as kofi
fails 7 "a child that was not asked" salve consent give "$child" --purpose care --read-back 1 --as kofi --guardian
fails 7 "a child that says no" salve consent give "$child" --purpose care --read-back 1 --as kofi --guardian --assent dissent
ok "a child and a guardian" salve consent give "$child" --purpose care --read-back 1 --as kofi --guardian --assent given
born() { # DATE: the card of somebody with this birth date; nothing: none is known
    printf '{"resourceType":"Patient","name":[{"family":"K"}]%s}' "${1:+,\"birthDate\":\"$1\"}" >"$work/born.json"
    salve enrol -q --as kofi "$work/born.json"
}
year=$(date -u +%Y)
kid=$(born $((year - 5)))
fails 7 "a year of birth: five or six years old, alone" salve consent give "$kid" --purpose care --read-back 1 --as kofi
fails 7 "nor because a clinician says so" salve consent give "$kid" --purpose care --read-back 1 --as dr-amina --of-age
ok "but with a guardian" salve consent give "$kid" --purpose care --read-back 1 --as kofi --guardian --assent given
fails 7 "a year and a month" salve consent give "$(born $((year - 9))-05)" --purpose care --read-back 1 --as kofi
unknown=$(born)
fails 7 "no birth date, alone" salve consent give "$unknown" --purpose care --read-back 1 --as kofi
fails 7 "a registrar states nothing" salve consent give "$unknown" --purpose care --read-back 1 --as kofi --of-age
ok "a clinician states that they are of age" salve consent give "$unknown" --purpose care --read-back 1 --as dr-amina --of-age
ok "no birth date, with a guardian" salve consent give "$(born)" --purpose care --read-back 1 --as kofi --guardian --assent given
ok "a year that is old enough" salve consent give "$(born 1950)" --purpose care --read-back 1 --as kofi
fails 2 "a helper without a name" salve consent give "$card" --purpose helper --read-back 1 --as kofi
ok "a helper" salve consent give "$card" --purpose helper --to daughter-1 --read-back 1 --as kofi
ok "what is kept apart has its own tick" salve consent give "$card" --purpose care --sensitive --read-back 1 --as kofi
fails 4 "withdrawing in an unknown language" salve withdraw "$card" --born $born --purpose helper --lang xx
prints 'helper +on' "has changed nothing" salve consent list "$card" --born $born
fails 4 "erasing in an unknown language" salve erase "$card" --as kofi --at-once --yes --lang xx
ok "has erased nothing" salve looked "$card" --born $born
finish
