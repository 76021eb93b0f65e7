#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every clinical check of clinical-checks.txt has its case, and the case expects what the check calls right.
set -u
. tests/support/sh.sh
list=tests/conformance/guideline/clinical-checks.txt
while IFS='|' read -r row input case item want; do
    [[ $row = \#* ]] && continue
    read -r row <<<"$row"; read -r case <<<"$case"; read -r item <<<"$item"; read -r want <<<"$want"
    file=guidelines/${case%%/*}/cases/${case#*/}.json
    head=$(sed '/"subject": *{/,$d' "$file" 2>/dev/null | tr -d '\n')
    if [ "$want" = - ]; then
        is "$row:$input is silent in $file" "$(grep -cE "\"absent\": *\[[^]]*\"$item\"" <<<"$head")" 1
    else
        finding=$(grep -oE "\{[^{}]*\"item\": *\"$item\"[^{}]*\}" <<<"$head")
        is "$row:$input in $file" "$(grep -cE "\"$want\"" <<<"$finding")" 1
    fi
done <$list
is "every row has a line" "$(sed -n 's/^\([0-9]*\) |.*/\1/p' $list | sort -n | uniq | tr '\n' ' ')" "$(seq 54 | tr '\n' ' ')"
finish
