#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What uses threads, once more under ThreadSanitizer (V=tsan): nothing is written that another thread reads without
# waiting for it. base_crew and db_frozen each time; ALL=1 builds the rest too: verify, the desk of logins, the server
# and its workers, the ends of the door. languages_repeat is run so by tests/property/cli/threads_sanitized.sh.
set -u
. tests/support/sh.sh
build=${BUILD:-build}
tests=$build/tsan/tests
export TSAN_OPTIONS="exitcode=66 halt_on_error=1 suppressions=$PWD/tests/support/tsan.supp"

# It does see a race here; where it cannot run, there is nothing to be shown.
cat >"$work/race.c" <<'END'
#include <pthread.h>
static int shared;
static void *add(void *with) { for (int i = 0; i < 1000; i++) shared++; return with; }
int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, add, NULL) != 0) return 1;
    add(NULL);
    return pthread_join(thread, NULL);
}
END
if ! clang -fsanitize=thread -g "$work/race.c" -o "$work/race" 2>/dev/null; then
    echo "skipped: no clang with ThreadSanitizer"
    skip 1
    finish
fi
fails 66 "a race is seen" "$work/race"

# under MODULE NAME...
under() {
    local module=$1 name; shift
    ok "the sanitized build of $module" make --no-print-directory -s -j2 BUILD="$build" V=tsan "$tests/$module"
    for name; do ok "$name" env BUILD="$build" "$tests/$module" "$name"; done
}
under base base_crew
under db db_frozen
if [ "${ALL:-0}" = 1 ]; then
    under records records_verify records_session records_proof records_tick
    under http http_server_unit http_answers_unit http_workers_unit http_workers_tls_unit
    under door door_ends door_apps
else
    skip 3
fi
finish
