#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N24 on the running server: the program that runs is the one that the newest entry of the log about it names, and anybody who
# looks at the app is told; another program leaves another entry before it answers anybody, and so does the one before.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
export SALVE_SITE=$site
hash_of() { sha256sum "$1" | cut -d' ' -f1; }
# Versions of the document `build program`, and what the newest says; of a site that nobody has open.
versions() { LC_ALL=C grep -aohE 'doc/build/program/[0-9]{8}' "$site/site.db" | sort -u | wc -l; }
newest() { "$SALVE" verify >/dev/null 2>&1; LC_ALL=C grep -aoE '\{"sha256":"[0-9a-f]{64}","version":"[^"]*"\}' "$site/site.db" | grep -c "$1"; }
runs() { # PROGRAM NAME VERSIONS
    SALVE=$1 serve_start "$2" serve_usual || return
    prints "\"build\":\"$(hash_of "$1")\"" "$2 tells what it is" ask site
    serve_end
    is "$2 ends" "$status" 0
    is "$2: so many changes are in the log" "$(versions)" "$3"
    is "$2 is in the log" "$(($(newest "$(hash_of "$1")") > 0))" 1
    ok "$2: and verified" "$SALVE" verify
}
is "a command is none" "$(versions)" 0
runs "$SALVE" "the program" 1
runs "$SALVE" "the same again" 1
mkdir "$work/other"
cp "$SALVE" "$work/other/salve" && printf x >>"$work/other/salve"
ln -s "$(cd "${BUILD:-build}/share" && pwd)" "$work/other/share"
runs "$work/other/salve" "another one" 2
runs "$SALVE" "the first one" 3
finish
