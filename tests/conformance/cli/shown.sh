#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What staff shows in a browser, as it is set up at the command line: passphrase, code generator, a new start; tablets.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/site SALVE_KEY_FILE=$work/key
ok 'a site is made' salve init "$SALVE_SITE" --made-up --key-file "$SALVE_KEY_FILE" --staff maria:manager \
    --staff lina:assistant --staff kofi:registrar
with() { # NAME SECRET: a file with the new one
    (umask 077; echo "$1 $2" >"$work/new")
    echo "$work/new"
}
as() { # NAME SECRET: what somebody types from now on
    (umask 077; sed "s/^$1 .*/$1 $2/" "$SALVE_PIN_FILE" >"$work/pins.next"; mv "$work/pins.next" "$SALVE_PIN_FILE")
}
code() { # SECRET SECONDS: what a generator shows then, reckoned by other programs
    local key step mac at
    key=$(printf %s "$1" | base32 -d | od -An -tx1 | tr -d ' \n')
    step=$(printf %016x $(($2 / 30)))
    mac=$(printf %b "$(printf %s "$step" | sed 's/../\\x&/g')" | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$key" | sed 's/.* //')
    at=$((16#${mac:39:1}))
    printf %06d $(((16#${mac:$((at * 2)):8} & 0x7fffffff) % 1000000))
}

# --- a passphrase -------------------------------------------------------------------------------------------------------
fails 1 'digits are no passphrase' salve staff passphrase --as lina --new-pin-file "$(with lina 13579135791357)"
fails 1 'a short text is none' salve staff passphrase --as lina --new-pin-file "$(with lina 'too short')"
prints 'a new passphrase' 'one is set' salve staff passphrase --as lina --new-pin-file "$(with lina 'a river under the bridge')"
prints '"phrase": true' 'and is told' salve staff --json
ok 'the PIN stands beside it' salve staff totp --as lina
as lina 'a river under the bridge'
ok 'either is enough here' salve staff totp --as lina

# --- a code generator ---------------------------------------------------------------------------------------------------
secret=$(salve staff totp --as lina --json 2>"$work/.err" | sed -n 's/.*"secret": *"\([A-Z2-7]*\)".*/\1/p')
is 'the secret is 20 bytes' "${#secret}" 32
fails 7 'another code is refused' salve staff totp 000000 --as lina
fails 7 'and one of an hour ago' salve staff totp "$(code "$secret" $(($(date +%s) - 3600)))" --as lina
prints 'From now on' 'its code confirms it' salve staff totp "$(code "$secret" "$(date +%s)")" --as lina
fails 4 'there is none to confirm any more' salve staff totp "$(code "$secret" "$(date +%s)")" --as lina
prints '"totp": true' 'it is told' salve staff --json
is 'the secret stands in no file' "$(grep -rlc "$secret" "$SALVE_SITE" | wc -l)" 0

# --- tablets, a new start -----------------------------------------------------------------------------------------------
prints 'No tablet' 'there are no tablets' salve staff tablets --as maria
fails 7 'who they are not for' salve staff tablets --as kofi
fails 4 'one that is none' salve staff tablet 0f3c29a1d5e8b7460f3c29a1d5e8b746 lock --as maria
fails 2 'what can be done with one' salve staff tablet 0f3c29a1d5e8b7460f3c29a1d5e8b746 open --as maria
fails 7 'a new start takes two' salve staff restart lina --as maria --new-pin-file "$(with lina 864209)"
fails 7 'one of them a manager' salve staff restart lina --as kofi --with maria --new-pin-file "$(with lina 864209)"
prints 'begins anew' 'a new start' salve staff restart lina --as maria --with kofi --new-pin-file "$(with lina 864209)"
is 'nothing from before is left' "$(salve staff --json 2>"$work/.err" | grep -cE 'phrase|totp|passkeys')" 0
fails 7 'the passphrase opens nothing' salve staff totp --as lina
as lina 864209
ok 'the new PIN does' salve staff totp --as lina
ok 'the site is whole' salve verify
finish
