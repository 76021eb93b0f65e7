# SPDX-License-Identifier: Apache-2.0
# What the hostile_*.sh tests start with: sh.sh, the name of a site, measurements of today. They are about hostile operands and files,
# bad moments, damaged sites: a clear error with its exit status, never a crash, nothing lost.
#   make_site [OPTION...]      a site with staff and accepted guidelines
#   make_people    two people with consent to care: $card, $other
# What these two do is counted where it is the matter of a test; here only a failure is told.
. tests/support/sh.sh
site=$work/clinic
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
sed "s/{today}/$(date -u +%Y-%m-%d)/g" tests/conformance/cli/measured.json >"$work/measured.json"
# Set-up that has to work; 10 and 11 say that something in it is urgent.
made() {
    local status
    "$@" >"$work/.out" 2>&1 </dev/null
    status=$?
    case $status in 0 | 10 | 11) ;; *) fail "set-up" "$*" ;; esac
}
make_site() {
    local id
    made salve init "$@" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
    for id in body-measures blood-pressure; do made salve guideline accept $id --as dr-amina; done
}
make_people() {
    local one
    card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
    other=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
    for one in "$card" "$other"; do made salve consent give "$one" --purpose care --read-back 1 --as kofi; done
}
