#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server that a file configures: its address, its socket for a group, and reading the file anew.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
key_file=$SALVE_KEY_FILE
unset SALVE_SITE SALVE_KEY_FILE
conf=$work/salve.conf run=$work/run
mkdir "$run"
chmod 750 "$run"
configure() {
    printf '[store]\npath = %s\nkey_file = %s\n[listen]\naddress = %s\nsocket = %s\n' \
        "$site" "$key_file" "${1:-127.0.0.1:0}" "$run/gate.sock" >"$conf"
}
configure
configured() { exec "$SALVE" serve --config "$conf"; }
serve_start "it starts by its file alone" configured
is "its socket is that of the file" "$(stat -c %a:%F "$run/gate.sock" 2>/dev/null)" 660:socket
is "not the one beside the folder" "$(ls "$site.sock" 2>/dev/null)" ''
prints 'lina' "a command finds it by the same file" salve --config "$conf" staff
chmod 777 "$run"
fails 3 "a folder where others may make sockets is not believed" salve --config "$conf" staff
chmod 750 "$run"

# Somebody who may use the socket and may look into nothing of the site.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    chmod 711 "$work"; chgrp 12345 "$run" "$run/gate.sock"; chmod 644 "$conf"; chown 23456 "$SALVE_PIN_FILE"
    user() { local groups=$1; shift; setpriv --reuid 23456 --regid 23456 --groups "$groups" "$SALVE" --config "$conf" "$@"; }
    prints 'lina' "a member of its group" user 12345 staff
    ok "acts through it" user 12345 consent list "$card" --as kofi
    fails 1 "nobody else" user 23456 staff
    is "and is told why" "$(grep -c 'only root and members of its group' "$work/.out")" 1
    chown 0 "$SALVE_PIN_FILE"
else
    skip 4
fi

# --- SIGHUP
said() { local i; for ((i = 0; i < 100; i++)); do grep -qF "$1" "$work/log" && return 0; sleep 0.05; done; return 1; }
kill -HUP "$server"
ok "nothing changed" said 'nothing of the configuration is changed'
configure 127.0.0.1:1
kill -HUP "$server"
ok "what needs a start is named" said 'listen.address is changed; it counts from the next start on'
printf 'certificate = /c\n' >>"$conf"
kill -HUP "$server"
ok "what counts at once, too" said 'listen.certificate is changed; it counts from now on'
printf 'nothing = 1\n' >>"$conf"
kill -HUP "$server"
ok "a fault changes nothing" said 'the configuration stays as it was'
is "and names its line" "$(grep -c '"line":8' "$work/log")" 1
is "no value is logged" "$(grep -c '127.0.0.1:1"' "$work/log")" 0
ok "it serves on" login lina
serve_end
is "it ends" "$status" 0
is "and takes its socket away" "$(ls "$run")" ''
configure
prints 'lina' "then the command opens the site itself" salve --config "$conf" staff
finish
