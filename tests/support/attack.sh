# SPDX-License-Identifier: Apache-2.0
# What the attack_*.sh tests start with: a site with a person who must not lose anything ($control), one to whom things are done
# ($victim), and the things that are done. ROUNDS says how often (`make attack` does it more often than `make check`).
#   attack_site            makes it, in $work/whole
#   attack_begin ROUND     a fresh copy as $site; $op is the operation of this round
#   attack_points          how many calls of $op change a file, counted once for each operation
#   attack_run WHAT        runs $op with SALVE_CALLS=WHAT; its status is in $status
#   attack_after           all that must hold afterwards
. tests/support/hostile.sh
RANDOM=${SEED:-1}
. tests/support/calls.sh
operations=(enrol agree measure screen sign letter withdraw card looked take erase rotate change settings accept staff)
declare -A points

# Whatever stands here is done with the victim's card or the site.
do_enrol() { salve enrol -q --as kofi tests/conformance/cli/patient.json; }
do_agree() { salve consent give "$victim" --purpose follow-up --read-back 1 --as kofi; }
do_measure() { salve import "$victim" "$work/measured.json" --as lina; }
do_screen() { salve screen "$victim" --as dr-amina; }
do_sign() { salve sign "$victim" --as dr-amina; }
do_letter() { salve letter "$victim" --born $born -o "$work/letter.html"; }
do_withdraw() { salve withdraw "$victim" --born $born --purpose care; }
do_card() { salve card "$victim" --born $born -q; }
do_looked() { salve looked "$victim" --born $born; }
do_take() { salve take "$victim" --born $born -o "$work/taken.json"; }
do_erase() { salve erase "$victim" --as kofi --at-once --yes; }
do_rotate() { salve keys rotate --as tom; }
do_change() { salve keys change --as tom --new-key-file "$work/new.key"; }
do_settings() { salve settings --as maria --ages 6,15,18; }
do_accept() { salve guideline accept glycaemia --as dr-amina; }
do_staff() { salve staff --as maria --staff ida:assistant; }

attack_site() {
    made salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant \
        --staff tom:technician --staff maria:manager
    for id in body-measures blood-pressure; do made salve guideline accept $id --as dr-amina; done
    make_people
    control=$card victim=$other
    for one in "$control" "$victim"; do
        made salve import "$one" "$work/measured.json" --as lina
        made salve screen "$one" --as lina
        made salve sign "$one" --as dr-amina
    done
    made salve screen "$victim" --as dr-amina
    mine=$(kept_of "$control")
    cp -r "$site" "$work/whole"
    cp "$SALVE_KEY_FILE" "$work/whole.key"
}

# How many resources the person can take away, and what they allow.
kept_of() { salve take "$1" --born $born 2>/dev/null | grep -cE '"resourceType": *"(Observation|Patient|Provenance)"'; salve consent list "$1" --born $born 2>/dev/null | grep -E ' (on|off)'; }

attack_begin() {
    op=${operations[$(($1 % ${#operations[@]}))]}
    rm -rf "$site" "$work/new.key"
    cp -r "$work/whole" "$site"
    cp "$work/whole.key" "$SALVE_KEY_FILE"
}

attack_run() { calls_run "$1" "do_$op"; }

attack_points() {
    if [ -z "${points[$op]:-}" ]; then
        attack_run "count:$work/count"
        points[$op]=$(cat "$work/count")
        attack_begin "$1"
    fi
    count=${points[$op]}
}

# A change of the secret may have come through or not: the key file that opens is the one to go on with.
attack_key() {
    [ "$op" = change ] || return 0
    salve staff >/dev/null 2>&1 || cp "$work/new.key" "$SALVE_KEY_FILE" 2>/dev/null
}

attack_after() { # NAME
    attack_key
    ok "$1: the site opens" salve staff
    prints 'clean$' "$1: it verifies" salve verify
    is "$1: nothing of another person is lost" "$(kept_of "$control")" "$mine"
    attack_stands "$1"
    [ "$op" = change ] && return # the new key file is there now
    "do_$op" >"$work/.out" 2>&1 </dev/null
    again=$?
    case $op.$again in
        *.0 | erase.4 | card.4 | withdraw.4 | sign.4 | staff.6) pass ;;
        *) fail "$1: the same command again" "exit status $again" ;;
    esac
    prints 'clean$' "$1: and it verifies" salve verify
}

# What was acknowledged holds; what was not is whole or was never begun.
attack_stands() {
    local told=$status
    case $op in
        withdraw) [ $told -ne 0 ] || fails 7 "$1: what was taken back is closed" salve screen "$victim" --as dr-amina ;;
        erase) [ $told -ne 0 ] || fails 4 "$1: what was erased is gone" salve looked "$victim" --born $born ;;
        agree) [ $told -ne 0 ] || prints 'follow-up +on' "$1: what was given stands" salve consent list "$victim" --born $born ;;
        enrol) [ $told -ne 0 ] || ok "$1: the card opens" salve looked "$(tail -1 "$work/enrolled")" --born $born ;;
    esac
}
