#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manual has a page for each command and one for the configuration, without a fault of troff; completion of bash knows the
# commands, their options, and what an option takes.
set -u
. tests/support/sh.sh
SALVE=$(realpath "$SALVE")
mapfile -t commands < <("$SALVE" help --json | grep -oE '"command": *"[^"]*"' | cut -d'"' -f4)
is "there are commands" "$((${#commands[@]} > 40))" 1
pages=0 faults=''
for command in "${commands[@]}" salve.conf; do
    # shellcheck disable=SC2086
    "$SALVE" man $command >"$work/page" 2>"$work/.err" || { faults+=" [$command: no page]"; continue; }
    for part in '.TH' '.SH NAME' '.SH SYNOPSIS' '.SH DESCRIPTION'; do
        grep -qF -- "$part" "$work/page" || faults+=" [$command: no $part]"
    done
    if command -v groff >/dev/null; then
        groff -man -Tutf8 -ww "$work/page" >"$work/shown" 2>"$work/.err"
        [ ! -s "$work/.err" ] || faults+=" [$command: $(head -n 1 "$work/.err")]"
    fi
    pages=$((pages + 1))
done
is "each has its page" "$pages" "$((${#commands[@]} + 1))"
is "without a fault" "$faults" ''
"$SALVE" man salve.conf >"$work/page"
missing=''
while read -r key; do grep -qF -- "\\fB${key#*.}\\fR" "$work/page" || missing+=" $key"; done \
    < <("$SALVE" config show 2>/dev/null | grep -oE '^[a-z]+\.[a-z_]+')
is "every key of the configuration stands in it" "$missing" ''
fails 2 "no page of what is no command" salve man frobnicate
fails 2 "nor of two words that are none" salve man import now

# --- completion
cat >"$work/complete.sh" <<END
$("$SALVE" completion bash)
END
complete_bash() { # WORDS...: what could stand in place of the last one
    bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _salve; printf "%s\n" "${COMPREPLY[@]}"' _ "$work/complete.sh" "$@"
}
cd "$work" || exit 1
touch one.json
is "a command" "$(complete_bash salve impo)" import
is "its second word" "$(complete_bash salve staff re | sort | tr '\n' ' ')" 'recover restart retire '
is "an option of the command" "$(complete_bash salve import CARD --mini)" --minimise
is "not of another one" "$(complete_bash salve verify --mini)" ''
is "of two words" "$(complete_bash salve staff pin --new)" --new-pin-file
is "behind an option with an argument" "$(complete_bash salve -C import verify --aga)" --against
is "what an option takes" "$(complete_bash salve verify --progress p)" plain
is "a file" "$(complete_bash salve import CARD one)" one.json
is "a file of an option" "$(complete_bash salve import --rejects one)" one.json
is "nothing where anything may stand" "$(complete_bash salve verify --as o)" ''
for shell in zsh fish; do
    missing=''
    "$SALVE" completion $shell >"$work/complete.$shell"
    for command in "${commands[@]}"; do grep -qE "(^|[^a-z])${command%% *}([^a-z]|$)" "$work/complete.$shell" || missing+=" $command"; done
    is "$shell knows every command" "$missing" ''
    if command -v $shell >/dev/null; then ok "$shell reads it" $shell -n "$work/complete.$shell"; else skip 1; fi
done
finish
