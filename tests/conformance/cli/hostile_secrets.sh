#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Secrets that do not open a site.
set -u
. tests/support/hostile.sh
make_site
head -c 31 /dev/zero >"$work/31.key"; : >"$work/0.key"; echo wrong >"$work/wrong"
chmod 600 "$work/31.key" "$work/0.key"
for key in 31.key 0.key; do fails 1 "a key file $key" salve --key-file "$work/$key" staff; done
fails 1 "a wrong passphrase" salve --passphrase-file "$work/wrong" staff
fails 4 "no key file" salve --key-file "$work/nowhere" staff
fails 1 "a folder for a key file" salve --key-file "$work" staff
for mode in 640 604 660; do
    chmod $mode "$SALVE_KEY_FILE"
    fails 3 "a key file that others may read ($mode)" salve staff
    is "the line to mend it is told" "$(grep -c "chmod 600 '$SALVE_KEY_FILE'" "$work/.out")" 1
done
chmod 400 "$SALVE_KEY_FILE"
ok "a key file of one's own" salve staff
chmod 600 "$SALVE_KEY_FILE"
mkfifo "$work/pipe.key"
fails 1 "a pipe as key file does not hang" timeout 5 "$SALVE" --key-file "$work/pipe.key" staff
finish
