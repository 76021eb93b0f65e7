#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The memory of an import does not grow with its file: the same command over 300 and over 1,200 people, whose rows have 32 KB in a
# column that nobody reads (a file of 10 and one of 39 MB). The page caches of the two databases alone may grow, to 8 MB each.
set -u
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm # it is not about disks
. tests/support/hostile.sh
if ldd "$SALVE" | grep -q asan || [ ! -r /proc/self/status ]; then
    echo "skipped: memory is counted by the system, of a plain build"
    skip 5
    finish
fi
made salve init --made-up --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician
for id in body-measures blood-pressure; do made salve guideline accept $id --as dr-amina; done
cat >"$work/map.json" <<'EOF'
{"format": "salve-csv-map", "version": 1, "subject": "id", "patient": {"birthDate": {"column": "born"}},
 "observations": [
  {"column": "kg", "loinc": "29463-7", "type": "quantity", "unit": "kg", "category": "vital-signs"},
  {"column": "cm", "loinc": "8302-2", "type": "quantity", "unit": "cm", "category": "vital-signs"}],
 "consents": {"care": {"column": "care"}}}
EOF
file_of() {
    awk -v count="$1" -v from="$2" 'BEGIN {
        pad = "0123456789abcdef"
        while (length(pad) < 32768) pad = pad pad
        print "id,born,kg,cm,care,more"
        for (i = from; i < from + count; i++)
            printf "p%d,%d-02-01,%d,%d,1.0/en signed 2026-01-20 none 1,%s\n", i, 1940 + i % 60, 50 + i % 60, 150 + i % 40, pad
    }'
}
# The highest that was seen while it ran, in kB: the last look is as good as any, because it never falls.
peak_kb=0
peak_of() {
    local seen
    "$SALVE" import --enrol "$1" --map "$work/map.json" --as dr-amina -q -o "$1.cards" >"$work/.out" 2>&1 </dev/null &
    local process=$!
    peak_kb=0
    while kill -0 $process 2>/dev/null; do
        seen=$(awk '/^VmHWM/ {print $2}' "/proc/$process/status" 2>/dev/null)
        [ "${seen:-0}" -le "$peak_kb" ] || peak_kb=$seen
        sleep 0.05
    done
    wait $process
}
file_of 300 0 >"$work/small.csv"
file_of 1200 1000 >"$work/large.csv"
ok "300 people" peak_of "$work/small.csv"
small=$peak_kb
ok "1,200 people" peak_of "$work/large.csv"
large=$peak_kb
is "everybody has a card" "$(($(wc -l <"$work/small.csv.cards") + $(wc -l <"$work/large.csv.cards")))" 1502
echo "    peak of 300 people $small kB, of 1,200 $large kB"
is "it was seen" "$((small > 10000))" 1
is "four times the people, four times the file: no more than the caches" "$((large - small < 8000))" 1
finish
