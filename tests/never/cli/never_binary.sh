#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N9, N13, N20 on the built program: no command, function or text that lists people, searches them, exports them in bulk, or
# keeps who refused or stayed away. A look at names: what the gate enforces is tested under tests/never/records.
set -u
. tests/support/sh.sh
none() { # NAME WHAT-CAME-OUT
    if [ -z "$2" ]; then pass; else fail "$1" "$2"; fi
}
commands=$(salve help | sed -n '/^  [A-Z]/p')
none "no command lists, searches or exports people" \
    "$(grep -oiwE 'list people|people|persons|search|find|export|dump|query|report|absent|refused|attendance' <<<"$commands")"
for word in export dump search people persons list find report absent refused attendance police; do
    fails 2 "there is no command $word" salve "$word"
done
if command -v nm >/dev/null && [ "$(nm "$SALVE" 2>/dev/null | wc -l)" -gt 100 ]; then
    symbols=$(nm "$SALVE" | awk '{print $3}')
    none "no function is about lists of people" \
        "$(grep -iE '(list|all|each|search|export|dump|count)_(people|persons|patients|compartments)|(people|person|patient)s?_(list|search|export|dump|find|each)' <<<"$symbols")"
    none "no function keeps refusals or absences" \
        "$(grep -iE 'refus(al|er|als|ers)|(is|was|list|note|mark|put|keep)_(refused|absent)|absent(ee|ees)|attendance|invit(ed|ation)s?_|no_show' <<<"$symbols")"
    none "no function is about biometrics or scoring of people" \
        "$(grep -iE 'biometr|finger_?print_(read|match)|face_|iris_|gait_|dedup|rank_(people|persons|patients)' <<<"$symbols")"
else
    skip 3
fi
none "no text names a bulk export or a population search" \
    "$(grep -aoE '\$export|Bulk Data|system/\*|_has:|Patient\?name=' "$SALVE" | sort -u)"
none "no file of the program is about who stayed away" \
    "$(find forms guidelines docs src -iname '*refus*' -o -iname '*absent*' -o -iname '*non-attend*' 2>/dev/null)"
finish
