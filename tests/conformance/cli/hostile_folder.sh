#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Links, pipes and laxer modes in the folder of a site: nothing is read or written through them, nothing hangs.
set -u
. tests/support/hostile.sh
mkdir -m 755 "$site"
make_site
make_people
ok "keys are renewed" salve keys rotate --as manager
made salve withdraw "$card" --born $born --purpose care
is "an empty folder that was there is closed to others" "$(stat -c %a "$site")" 700
for file in site.db keys.db keys.epoch keys.signed revoked lock; do
    is "$file is its owner's alone" "$(stat -c %a "$site/$file")" 600
done
chmod 755 "$site"
fails 1 "doctor tells of a folder that others may enter" salve doctor
is "and how to close it" "$(grep -c 'chmod 700' "$work/.out")" 1
chmod 700 "$site"
chmod 644 "$site/site.db" "$site/keys.db"
ok "a site whose files came back with other modes opens" salve staff
is "its files are closed again" "$(stat -c %a "$site/site.db" "$site/keys.db" | sort -u)" 600
# A link to elsewhere, a link to nothing and a pipe, in place of each file in turn.
victim=$work/victim
for file in site.db keys.db keys.epoch keys.signed revoked signed-head checkpoint; do
    mv "$site/$file" "$work/kept"
    for kind in link dangling pipe; do
        cp "$work/kept" "$victim"; chmod 600 "$victim"
        case $kind in
        link) ln -s "$victim" "$site/$file" ;;
        dangling) ln -s "$work/nowhere" "$site/$file" ;;
        pipe) mkfifo "$site/$file" ;;
        esac
        timeout 10 "$SALVE" withdraw "$other" --purpose follow-up >"$work/.out" 2>&1 </dev/null
        status=$?
        is "$file as a $kind does not hang" "$((status == 124 || status > 128))" 0
        case $file in
        checkpoint | keys.signed) ;; # written anew, or of no use
        *) is "$file as a $kind is refused" "$((status != 0))" 1 ;;
        esac
        is "$file as a $kind: nothing is written through it" "$(cmp -s "$work/kept" "$victim" && [ ! -e "$work/nowhere" ] && echo same)" same
        rm -f "$site/$file"
    done
    mv "$work/kept" "$site/$file"
    ok "with $file back it opens" salve staff
done
for file in site.db-wal keys.db-wal keys.epoch.next; do
    mkfifo "$site/$file"
    timeout 10 "$SALVE" staff >"$work/.out" 2>&1 </dev/null
    is "a pipe named $file does not hang" "$(($? == 124))" 0
    rm -f "$site/$file"
done
ok "it verifies" salve verify
finish
