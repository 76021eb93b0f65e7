#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Secrets that do not open a site.
set -u
. tests/support/hostile.sh
make_site
head -c 31 /dev/zero >"$work/31.key"; : >"$work/0.key"; echo wrong >"$work/wrong"
for key in 31.key 0.key; do fails 1 "a key file $key" salve --key-file "$work/$key" staff; done
fails 1 "a wrong passphrase" salve --passphrase-file "$work/wrong" staff
fails 4 "no key file" salve --key-file "$work/nowhere" staff
fails 1 "a folder for a key file" salve --key-file "$work" staff
finish
