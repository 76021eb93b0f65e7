#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A file of rows is read as its rows are taken, and what was promised of a whole one holds: other letters at its end refuse it
# before anybody is enrolled; it may come through a pipe, as standard input, in the letters of Windows; a run that was cut off goes on.
set -u
. tests/support/hostile.sh
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
made salve init --made-up --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician
map_of() {
    printf '{"format": "salve-csv-map", "version": 1, %s "subject": "id", "patient": {"birthDate": {"column": "born"}},
"observations": [{"column": "kg", "loinc": "29463-7", "type": "quantity", "unit": "kg", "category": "vital-signs"}]}\n' "$1"
}
map_of "" >"$work/map.json"
map_of '"dialect": {"encoding": "windows-1252", "delimiter": ";"},' >"$work/windows.json"
# shellcheck disable=SC2016
rows() { awk -v from="$1" -v count="$2" 'BEGIN {print "id,born,kg,note"; for (i = from; i < from + count; i++) printf "p%d,1970,60,%0200d\n", i, 0}'; }
windows() { awk -v count="$1" 'BEGIN {print "id;born;kg;Gr\366\337e"; for (i = 0; i < count; i++) printf "w%d;1970;60;J\366rg \200\n", i}'; }
people() { salve verify --json 2>/dev/null | tr -d ' \n' | grep -oE '"compartments":[0-9]+' | cut -d: -f2; }
enrol() { "$SALVE" import --enrol "$1" --map "$work/${3:-map}.json" --purpose care --read-back 1 --of-age --as dr-amina -q -o "$work/$2"; }

# The first window ends long before its end.
{ rows 0 1500; printf 'p,1970,60,\377\n'; } >"$work/letters.csv"
fails 1 "a file with other letters at its end" enrol "$work/letters.csv" none.csv
is "says which letters" "$(grep -c 'not UTF-8' "$work/.out")" 1
is "and enrols nobody" "$(people) $(cat "$work/none.csv" 2>/dev/null | wc -l)" "0 0"
{ windows 3; printf 'p;1970;60;\201\n'; } >"$work/letters.csv"
fails 1 "no letter of Windows" enrol "$work/letters.csv" none.csv windows
is "enrols nobody either" "$(people)" 0

rows 0 20 >"$work/rows.csv"
through_pipe() { cat "$work/rows.csv" | enrol - pipe.csv; }
through_fifo() { mkfifo "$work/fifo" && { cat "$work/rows.csv" >"$work/fifo" & enrol "$work/fifo" fifo.csv; }; }
through_stdin() { enrol - stdin.csv <"$work/rows.csv"; }
ok "through a pipe" through_pipe
ok "through a pipe with a name" through_fifo
through_stdin >"$work/.out" 2>&1 && pass || fail "as standard input" "exit status $?"
is "each time everybody" "$(people) $(wc -l <"$work/pipe.csv") $(wc -l <"$work/fifo.csv") $(wc -l <"$work/stdin.csv")" "60 21 21 21"

# In the letters of Windows, and cut off: the rows are known again.
windows 40 >"$work/windows.csv"
windows 20 | sed '$d' >"$work/half.csv"
printf 'w19;1970;?;cut\n' >>"$work/half.csv"
fails 1 "a row that is wrong ends it" enrol "$work/half.csv" windows.cards windows
ok "mended, it goes on" enrol "$work/windows.csv" windows.cards windows
is "with everybody once" "$(people) $(sed 1d "$work/windows.cards" | cut -d, -f1 | sort -u | wc -l)" "100 40"

# Rows that do not end: the first in reach, the second past the window.
{ rows 0 3; printf 'p,1970,60,"open\n'; } >"$work/open.csv"
fails 1 "a quote that does not close" enrol "$work/open.csv" open.cards
{ rows 100 3; printf 'p,1970,60,"open\n'; rows 200 900; } >"$work/open.csv"
fails 1 "a quote that swallows the rest" enrol "$work/open.csv" open2.cards
is "by its line" "$(grep -c 'open.csv:5' "$work/.out")" 1
is "behind those before it" "$(wc -l <"$work/open2.cards")" 4
finish
