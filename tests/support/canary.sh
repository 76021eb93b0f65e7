# SPDX-License-Identifier: Apache-2.0
# People who can be told apart wherever something of them comes out, behind hostile.sh and serve.sh.
#   canary_site COUNT     a site with staff of every role and COUNT people with consent to care; $cards, and a line each in $work/people:
#                         card, family name, given name, birth date, a weight that nobody else has; and in $work/staff: name, role
# Roles are those of roles.def, so that a new one is among them.
canary_site() {
    local i id family given date role staff='manager:manager dr-amina:clinician joan:clinician kofi:registrar lina:assistant
        maria:assistant tom:technician' words=()
    for role in $(sed -nE 's/^ROLE\([A-Z_]+, *"([a-z-]+)".*/\1/p' src/base/roles.def); do
        case " $staff " in *:"$role"[[:space:]]*) ;; *)
            case $role in participant | helper | guardian) ;; *)
                staff="$staff $role-1:$role"
                echo "$role-1 246802" >>"$SALVE_PIN_FILE" ;;
            esac ;;
        esac
    done
    for id in $staff; do
        [ "$id" = manager:manager ] || words+=(--staff "$id")
        echo "${id%:*} ${id#*:}"
    done >"$work/staff"
    made salve init "$site" --made-up --key-file "$SALVE_KEY_FILE" "${words[@]}"
    for id in alarms body-measures blood-pressure; do made salve guideline accept $id --as dr-amina; done
    cards=()
    for ((i = 0; i < $1; i++)); do
        family=Zq$(printf '%02d' $i)xcanary given=Vw$(printf '%02d' $i)kcanary date=$((1931 + i))-0$((1 + i % 9))-17
        sed "s/Haddad/$family/; s/Amina/$given/; s/1972-03-14/$date/" tests/conformance/cli/patient.json >"$work/patient.json"
        cards[i]=$(salve enrol -q --as kofi "$work/patient.json" 2>/dev/null)
        made salve consent give "${cards[i]}" --purpose care --read-back 1 --as kofi
        echo "${cards[i]} $family $given $date 7$((i % 10)).$((31 + i))"
    done >"$work/people"
    rm "$work/patient.json"
}
born_of() { grep -F "$1" "$work/people" | cut -d' ' -f4; }
