#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a site costs as it grows (scale_bench.c): 1,000 and 10,000 made-up people, with ALL=1 also 100,000, and what 20 million
# would cost on these figures. x: how many times the last size costs what the one before did; a straight line is 10 of the
# site, 1 of a person. BENCH_DIR chooses the disk; PEOPLE="1000 5000" other sizes.
set -eu
people=${PEOPLE:-1000 10000}
[ "${ALL:-0}" != 1 ] || people="$people 100000"
make --no-print-directory -s BUILD="${BUILD:-build}" V=release "$TESTS/scale_bench"
[ -z "${BENCH_DIR:-}" ] || export TMPDIR=$BENCH_DIR
out=$(mktemp)
trap 'rm -f "$out"' EXIT
# shellcheck disable=SC2086
"$TESTS/scale_bench" tests/bench/scale/people.map.json $people >"$out"
awk -F'\t' -v sizes="$people" '
    BEGIN {
        n = split(sizes, size, " ")
        last = size[n]
        split("person_ms site_ms open_ms save_ms judge_ms looked_ms letter_en_ms letter_ar_ms inbox_ms inbox_page_ms inbox_orders_ms piece_ms verify_ms renew_ms backup_ms urgent memory_mb " \
              "data_bytes keys_bytes leaves records wraps", order, " ")
        what["person_ms"] = "a person from a file, judged"; what["site_ms"] = "opening the site"
        what["open_ms"] = "opening and reading a record"; what["save_ms"] = "a save of 20 results"
        what["judge_ms"] = "all guidelines over a record"; what["looked_ms"] = "who looked, with proofs"
        what["letter_en_ms"] = "a letter, English"; what["letter_ar_ms"] = "a letter, Arabic"
        what["inbox_ms"] = "the list of open work, all pages"; what["inbox_page_ms"] = "a page of it, the first"
        what["inbox_orders_ms"] = "its orders, once a start"; what["piece_ms"] = "longest piece of all that"
        what["verify_ms"] = "verify"; what["renew_ms"] = "renewing the keys"
        what["backup_ms"] = "a backup, verified"; what["urgent"] = "people with something of today"
        what["memory_mb"] = "peak memory behind the import"; what["data_bytes"] = "site.db, a person"
        what["keys_bytes"] = "keys.db, a person"; what["leaves"] = "leaves, a person"; what["records"] = "records, a person"
        what["wraps"] = "wraps, a person"
        unit["memory_mb"] = "MB"; unit["data_bytes"] = unit["keys_bytes"] = "B"
        unit["urgent"] = unit["leaves"] = unit["records"] = unit["wraps"] = ""
    }
    { value[$1, $2] = $3 }
    function of(key) { return value[key, last] }
    function hours(key) { return of(key) * 20e6 / last / 3.6e6 }
    END {
        printf "%-32s", "people"
        for (i = 1; i <= n; i++) printf " %12d", size[i]
        print "          x"
        for (k = 1; k in order; k++) {
            key = order[k]
            printf "%-32s", what[key]
            for (i = 1; i <= n; i++) printf " %12.5g", value[key, size[i]]
            if (n > 1 && value[key, size[n - 1]] > 0) printf " %10.2f", of(key) / value[key, size[n - 1]]
            else printf " %10s", "-"
            printf " %s\n", key in unit ? unit[key] : "ms CPU"
        }
        printf "\n20 million people on these figures, one core: brought in and judged %.0f h; site.db %.2f TB, keys.db %.0f GB; " \
               "verify %.1f h, keys %.2f h, backup %.1f h; a record opens in %.2g ms, 20 results are saved in %.2g ms\n", \
            hours("person_ms") * last, of("data_bytes") * 20e6 / 1e12, of("keys_bytes") * 20e6 / 1e9, hours("verify_ms"), \
            hours("renew_ms"), hours("backup_ms"), of("open_ms"), of("save_ms")
    }' "$out"
