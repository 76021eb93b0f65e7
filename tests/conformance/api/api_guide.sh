#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/guide/api.md: every command in it is run as it stands, in order; each line behind it has to be in what it prints.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
serve_start "the server" serve_usual || finish
PATH=$(cd "$(dirname "$SALVE")" && pwd):$PATH
export TOKEN patient='' written='' ran=0
check_lines() { # the lines that the command before has to have printed
    local line
    for line in "${wanted[@]}"; do
        is "$command prints $line" "$(grep -cF -- "$line" "$work/printed" | sed 's/^[1-9].*/1/')" 1
    done
}
run() {
    command=$1
    local line=${1//http:\/\/127.0.0.1:8080/$origin}
    line=${line//CARD/$card} line=${line//PATIENT/$patient} line=${line//\/ID/\/$written}
    bash -c "$line" >"$work/printed" 2>"$work/.err" </dev/null || { cp "$work/.err" "$work/.out"; fail "$command" "it ended with an error"; }
    ran=$((ran + 1))
    case $1 in
    *' token '*) TOKEN=$(tr -d '\n' <"$work/printed") ;;
    *Patient) [ -n "$patient" ] || patient=$(grep -oE '"id":"[a-z0-9]+\.[0-9]+"' "$work/printed" | head -1 | cut -d'"' -f4) ;;
    *fhir/Observation) written=$(grep -oE '"id":"[^"]*"' "$work/printed" | head -1 | cut -d'"' -f4) ;;
    esac
}
wanted=() command=''
while IFS= read -r line; do
    case $line in
    '    $ '*) check_lines; wanted=(); run "${line#    \$ }" ;;
    '    '*) [ -z "$command" ] || wanted+=("${line#    }") ;;
    *) check_lines; wanted=() command='' ;; # what is indented for itself is no answer
    esac
done <docs/guide/api.md
check_lines
is "commands of the guide" "$([ "$ran" -ge 17 ] && echo enough)" enough
serve_end
is "the server ends well" "$status" 0
finish
