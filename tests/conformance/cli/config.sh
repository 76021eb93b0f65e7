#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The configuration from outside: which file counts, who counts more, and what is refused.
set -u
. tests/support/sh.sh
unset SALVE_SITE SALVE_KEY_FILE
SALVE=$(realpath "$SALVE")
conf=$work/salve.conf
value() { "$SALVE" config show --json "$@" 2>/dev/null | tr -d ' \n' | grep -oE '"key":"'"$key"'","value":("[^"]*"|null),"source":"[a-z]*"' | cut -d: -f3- | tr -d '"'; }

key=address
is "the default" "$(cd "$work" && value)" '127.0.0.1:8080,source:default'
printf '[listen]\naddress = 127.0.0.1:1\n[store]\npath = %s/clinic\n' "$work" >"$conf"
is "the file" "$(value --config "$conf")" '127.0.0.1:1,source:file'
is "the file, by the environment" "$(SALVE_CONFIG=$conf value)" '127.0.0.1:1,source:file'
is "the environment" "$(SALVE_LISTEN_ADDRESS=127.0.0.1:2 value --config "$conf")" '127.0.0.1:2,source:environment'
is "an option" "$(SALVE_LISTEN_ADDRESS=127.0.0.1:2 value --config "$conf" --listen '[::1]:3')" '[::1]:3,source:option'
key=landlock
is "an option without an argument" "$(value --config "$conf" --without-landlock)" 'wanted,source:option'
prints "^listen.address +127.0.0.1:1 +$conf:2$" "people see who said it" salve config show --config "$conf"
prints "^file: $conf$" "and which file it was" salve config show --config "$conf"

# --- the file of a site
site=$work/clinic
ok "a site" salve init "$site" --made-up --key-file "$work/key" --staff lina:assistant
printf '[store]\nkey_file = %s\n' "$work/key" >"$site/salve.conf"
key=key_file
is "the file in the folder" "$(value -C "$site")" "$work/key,source:file"
prints 'lina' "opens it without an option" salve -C "$site" staff
prints 'lina' "SALVE_SITE names it as well" env SALVE_SITE="$site" "$SALVE" staff
prints 'lina' "and a file that names the site" salve --config "$conf" --key-file "$work/key" staff
ok "a file more in the folder is no fault" salve -C "$site" verify
(umask 077; printf 'wrong passphrase 123\n' >"$work/phrase"; head -c 32 /dev/zero >"$work/other.key")
fails 1 "an option counts more than the folder" salve -C "$site" --key-file "$work/other.key" staff
fails 1 "a passphrase of an option counts more than the key file of the folder" salve -C "$site" --passphrase-file "$work/phrase" staff

# --- refused
fails 3 "an unknown key" salve -C "$site" verify --config <(printf '[listen]\nadress = 127.0.0.1:1\n')
is "names the nearest, with file and line" "$(grep -cE ':2: \[listen\] adress$|did you mean address in \[listen\]' "$work/.out")" 2
printf '[listen]\nadress = 1\n' >"$conf"
fails 3 "a command that opens a site" salve -C "$site" verify --config "$conf"
fails 3 "the list" salve config show --config "$conf"
fails 3 "doctor" salve doctor --config "$conf"
ok "not one that needs nothing of it" salve version --config "$conf"
fails 4 "a file that is not there" salve config show --config "$work/none"
fails 3 "a variable that is no key" env SALVE_BACKUP_TOO=/x "$SALVE" config show
fails 2 "an address of everybody, by an option" salve -C "$site" serve --listen 0.0.0.0:0
fails 2 "an empty option" salve -C '' verify
printf '[listen]\naddress = 0.0.0.0:0\n' >"$conf"
fails 3 "an address of everybody, by the file" salve config show --config "$conf"
is "names the line" "$(grep -c "$conf:2: \[listen\] address" "$work/.out")" 1

# --- where backups go
printf '[store]\npath = %s\nkey_file = %s\n[backup]\nto = %s\nkeys = %s\n' "$site" "$work/key" "$work/data" "$work/keys" >"$conf"
mkdir "$work/data" "$work/keys"
ok "backup goes where the file says" salve --config "$conf" backup --as manager
backups() { ls -d "$1"/20* 2>/dev/null | wc -l; }
is "the data" "$(backups "$work/data")" 1
ok "the keys" test -s "$work/keys/keys.db"
mkdir "$work/other"
ok "an operand counts more" salve --config "$conf" backup "$work/other" --as manager
is "it is there" "$(backups "$work/other")" 1
finish
