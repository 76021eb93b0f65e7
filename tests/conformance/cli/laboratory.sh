# SPDX-License-Identifier: Apache-2.0
# Results of a laboratory for people who have a record: as laboratories write them, a row, a key; a row that fails stops no other.
. tests/support/hostile.sh
make_site
make_people
day=$(date +%d.%m.%Y)
map=maps/laboratory.json
head='card;sample_time;test;result;unit;status;result_id'
rows() { printf '%s\n' "$head" "$@" >"$work/rows.csv"; }
lab() { salve import "$work/rows.csv" --map "$map" --as lina "$@" >"$work/out" 2>"$work/err"; status=$?; }
taken() { salve take "$1" --born "$born" 2>/dev/null | tr -d '\n '; }

rows "$card;$day 00:05;glucose;6,1;mmol/l;F;g1" "$other;$day;creatinine;<0,5;mg/dl;F;" "$card;$day;ALT;>= 60;U/l;F;"
lab
is "rows of two people are taken" "$status" 0
ok "and counted" grep -q "^3 rows, 3 resources came, 3 kept" "$work/out"
taken "$card" >"$work/one"; taken "$other" >"$work/two"
ok "a decimal comma" grep -q '"value":6.1,"unit":"mmol/L"' "$work/one"
ok "in the code of its unit" grep -q '"code":"14749-6"' "$work/one"
ok "a time of the site" grep -qE '"effectiveDateTime":"[0-9-]{10}T00:05:00[+-][0-9]{2}:[0-9]{2}"' "$work/one"
ok "a bound" grep -q '"value":0.5,"comparator":"<"' "$work/two"
ok "with a space too" grep -q '"value":60,"comparator":">="' "$work/one"

rows "$card;$day;glucose;6.1;mmol/l;F;x1" "$card;$day;sugar;6,1;mmol/l;F;x2" "$card;$day;glucose;6,1;stone;F;x3" \
    "$card;31.02.2026;glucose;6,1;mmol/l;F;x4" "AAAA;$day;glucose;6,1;mmol/l;F;x5" "$card;$day;glucose;6,1;mmol/l;Q;x6" \
    "$card;$day;potassium;7,1;mmol/l;F;k1" "$card;$day;glucose" ";$day;glucose;6,1;mmol/l;F;x7" "$other;$day;sodium;140;mmol/l;F;n1"
lab
is "an alarm in them is the exit status, before rows that fail" "$status" 10
is "each by its line" "$(grep -oE '^line [0-9]+ was not taken' "$work/err" | grep -oE '[0-9]+' | tr '\n' ' ')" "2 3 4 5 6 7 9 10 "
ok "the others are taken" grep -q "^2 rows, 2 resources came, 2 kept" "$work/out"
ok "an alarm of a row is told with its line" grep -qiE 'line 8: same-day: .*potassium|line 8: emergency-now: .*potassium' "$work/err"
is "no value is in a message" "$(grep -cE '7,1|6,1|6\.1|stone' "$work/err")" 0

rows "$card;$day;glucose;6,1;mmol/l;F;y1;more"
lab
is "a row that is too long" "$status" 5
fails 2 "a map for new people without --enrol" salve import "$work/rows.csv" --map maps/nhanes.json --as lina
fails 2 "a map for people who have a record with --enrol" \
    salve import "$work/rows.csv" --map "$map" --enrol --as dr-amina -o "$work/slips"
printf '%s\n' 'card;sample_time;test;result;unit;status' >"$work/rows.csv"
fails 1 "a column that is not there" salve import "$work/rows.csv" --map "$map" --as lina
map=maps/laboratory.json
rows "$card;$day;haemoglobin;80;g/l;F;h1" "$card;$day;creatinine;1,9;mmol/l;F;h2" "$card;$day;HbA1c;6,5;mmol/mol;F;h3"
lab
is "an unlikely number is kept" "$(grep -oE '[0-9]+ kept' "$work/out")" "2 kept"
ok "and named by its line, without itself" grep -q '^line 2: haemoglobin is unlikely: 90 to 185 g/L is usual' "$work/err"
ok "it waits" grep -q '1 results with unlikely numbers wait to be confirmed' "$work/out"
taken "$card" >"$work/one"
ok "as a first result" grep -q '"status":"preliminary".*"code":"718-7"' "$work/one"
lab --yes
is "until somebody confirms it" "$(grep -c '^1 next versions of what was here' "$work/out")" 1
lab
is "once" "$(grep -cE 'next versions|wait to be confirmed' "$work/out")" 0
map=maps/laboratory.json
sed 's/utf-8/windows-1252/' "$map" >"$work/latin.json"
{ echo "$head"; printf '%s;%s;creatinine;80;\265mol/l;F;u1\n' "$other" "$day"; } >"$work/rows.csv"
map=$work/latin.json
lab
is "a file of Windows-1252" "$status" 0
finish
