#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Syncs of a whole command, counted by strace: in the minute after a signature, and of a command that signs because the minute is
# over (the program is told a later time). What a signature shows comes after its guard is durable. Skipped where strace is not
# there or may not trace.
set -u
. tests/support/hostile.sh
traced() { strace -f -o "$work/trace" -e trace=fsync,fdatasync,sync_file_range,msync,write,rename,renameat,renameat2 -y "$@"; }
cat >"$work/later.c" <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *at)
{
    int (*next)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *seconds = getenv("LATER_SECONDS");
    int code = next(id, at);
    if (id == CLOCK_REALTIME && seconds != NULL) at->tv_sec += atol(seconds);
    return code;
}
EOF
if ! command -v strace >/dev/null || ! traced true 2>/dev/null ||
    ! cc -shared -fPIC -o "$work/later.so" "$work/later.c" -ldl 2>/dev/null || ldd "$SALVE" | grep -q asan; then
    echo "skipped: strace, a compiler or a plain build is missing"
    skip 27
    finish
fi
make_site
made salve enrol --as kofi tests/conformance/cli/patient.json
seconds=0
later() { env LD_PRELOAD="$work/later.so" LATER_SECONDS=$seconds "$SALVE" "$@"; }
syncs() { grep -cE '(fsync|fdatasync|sync_file_range|msync)\(' "$work/trace"; }
signs() { grep -c 'rename.*signed-head' "$work/trace"; }
at_most() { # LIMIT SIGNATURES NAME COMMAND...
    local limit=$1 signatures=$2 name=$3 count; shift 3
    ok "$name" traced env LD_PRELOAD="$work/later.so" LATER_SECONDS=$seconds "$SALVE" "$@"
    count=$(syncs)
    echo "    $name: $count syncs of at most $limit, $(signs) signatures"
    is "$name: at most $limit syncs" "$((count <= limit))" 1
    is "$name: signatures" "$(signs)" "$signatures"
}
card=$(later enrol -q --as kofi tests/conformance/cli/patient.json)
for signatures in 0 1; do
    for command in give screen looked; do
        seconds=$((seconds + 60 * signatures))
        case $command in
        give) at_most 10 $signatures give consent give "$card" --purpose care --read-back 1 --as kofi ;;
        screen) at_most 7 $signatures screen screen "$card" --as lina ;;
        looked) at_most 9 $signatures looked looked "$card" --born $born ;;
        esac
    done
done
at_most 0 0 staff staff
place() { grep -nE "$1" "$work/trace" | tail -n 1 | cut -d: -f1; }
seconds=$((seconds + 60))
at_most 10 1 "give that signs" consent give "$card" --purpose follow-up --read-back 1 --as kofi
guard=$(place 'rename.*signed-head')
is "the leaves are durable before the guard" "$(($(place 'fdatasync.*site.db-wal') < guard))" 1
is "the guard before the checkpoint" "$((guard < $(place 'fsync.*clinic>') && $(place 'fsync.*clinic>') < $(place 'rename.*checkpoint')))" 1
is "and before the receipt is printed" "$((guard < $(place 'write\(1<')))" 1
finish
