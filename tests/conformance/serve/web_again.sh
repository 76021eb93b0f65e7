#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Web is killed while a station has somebody open: the station goes on without the card, under the same leaf, and the person reads that
# it was handed out again. What ends a look ends it also while web is away.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
for id in alarms blood-pressure; do made salve guideline accept $id --as dr-amina; done
kill_web() {
    local before now i
    before=$(process web)
    kill -KILL "$before"
    for ((i = 0; i < 250; i++)); do
        now=$(process web)
        [ -n "$now" ] && [ "$now" != "$before" ] && break
        sleep 0.02
    done
    is "$1: web is another one" "$((${now:-0} > 0 && ${now:-0} != before))" 1
}
# told WHO KIND - lines of that kind about that member in what the person reads.
told() { salve looked "$card" --born $born -q 2>/dev/null | grep -w "$1" | grep -cw "$2"; }

serve_start "it starts" serve_usual
login lina
open_person
first=$person
is "somebody is open" "$((${#first} > 0))" 1
kill_web "between open and measure"
prints '^200 .*"state":"stored"' "what is measured under the same handle is stored" measure "$(key 1)" weight 70.5
prints '^200 .*"open":{"person":"'"$first"'","reminder":false},"urgent":false' "the session knows who is open" ask session
prints '^200 .*"person":"'"$first"'".*"weight"' "and shows them" ask person '{"person":"'"$first"'"}'
kill_web "once more"
prints '^200 .*"state":"stored"' "the same request again is the same" measure "$(key 1)" weight 70.5
prints '^200 ' "a danger is stored" ask measure '{"person":"'"$first"'","key":"'"$(key 2)"'","readings":[{"word":"bp","text":"210/130"}],"confirmed":[[0,0],[0,1]]}'
kill_web "with an alarm"
prints '^200 .*"open":{"person":"'"$first"'","reminder":false},"urgent":true' "its alarm waits for an outcome" ask session
prints '^409 .*E_CONFLICT' "and keeps the person open" ask close '{"person":"'"$first"'"}'
prints '^200 ' "it has one" ask told '{"person":"'"$first"'","how":"in-person","agreed":"goes to the hospital"}'
prints '^200 ' "they are closed" ask close '{"person":"'"$first"'"}'
kill_web "with nobody open"
prints '^200 .*"open":null' "who was closed is not open" ask session
is "three losses, one look" "$(told lina access)" 1
is "each is told, and the end" "$(told lina read)" 4

# --- what was shown is shown again before it is signed
login dr-amina
open_person
prints '^200 .*"drafts":\[{' "drafts are shown" ask screen '{"person":"'"$person"'"}'
kill_web "between showing and signing"
prints '^409 .*E_STALE' "what this web has not shown is not signed" ask sign '{"person":"'"$person"'","leave":[]}'
prints '^200 .*"drafts":\[{' "it is shown again" ask findings '{"person":"'"$person"'"}'
prints '^200 ' "and signed" ask sign '{"person":"'"$person"'","leave":[]}'
prints '^200 ' "they are closed, too" ask close '{"person":"'"$person"'"}'

# --- an alarm of what is kept nowhere
login lina
open_person
prints '"alarms":\[{' "a danger that is not kept" ask measure '{"person":"'"$person"'","key":"none","readings":[{"word":"bp","text":"212/131"}],"confirmed":[[0,0],[0,1]]}'
kill_web "with an alarm of what was typed"
prints '^200 .*"urgent":true' "waits for its outcome all the same" ask session
prints '^200 ' "which it gets" ask not-told '{"person":"'"$person"'","why":"left"}'
prints '^200 ' "so they are closed" ask close '{"person":"'"$person"'"}'

# --- ends while web is away
open_person
made salve withdraw "$card" --purpose care --born $born
kill_web "after a withdrawal"
prints '^403 .*E_CONSENT' "nothing is there again" ask person '{"person":"'"$person"'"}'
prints '^200 .*"open":null' "and nobody is open" ask session
serve_end
is "it ends" "$status" 0
prints 'clean$' "the site is whole" salve verify
finish
