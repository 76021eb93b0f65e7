#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the build of the app refuses: words that a language lacks or has otherwise, words that nothing says, a first load
# that is too large; and what it makes of the rest.
set -u
. tests/support/sh.sh
gen=${BUILD:-build}/gen
build() { tools/node tools/web.mjs "$work/web" "$work/gen" "$work/out"; }
fresh() {
    rm -rf "$work/web" "$work/gen" "$work/out"
    cp -R web "$work/web"
    mkdir -p "$work/gen"
    cp "$gen/lists.ts" "$work/gen/"
    [ -e "$work/node_modules" ] || ln -s "$PWD/node_modules" "$work/node_modules"
}
# NAME REGEX FILE SED: the words of FILE changed by SED are refused, with a line that matches.
refused() {
    fresh
    sed -i "$4" "$work/web/$3"
    fails 1 "$1" build
    is "$1: said" "$(grep -cE "$2" "$work/.out")" 1
}

fresh
ok "it builds" build
is "and says how much is loaded first" "$(grep -cE '^app: first load [0-9]+ of at most 120000 bytes gzip$' "$work/.out")" 1
is "every script and style has its hash in its name" "$(cd "$work/out" && ls | grep -E '\.(js|css|svg)$' | grep -cvE -- '-[A-Za-z0-9]{8}\.')" 0
is "the page names no other origin" "$(grep -coE '(https?:)?//' "$work/out/index.html")" 0
is "and has nothing inline" "$(grep -cE '<script>|<style|style=| on[a-z]+=' "$work/out/index.html")" 0
is "rows are sorted by path" "$(grep -oE '\.path = \{"[^"]*' "$work/gen/web_files.c" | LC_ALL=C sort -c 2>&1)" ""
cp "$work/gen/web_files.c" "$work/first.c"
ok "it builds again" build
ok "to the same bytes" cmp "$work/first.c" "$work/gen/web_files.c"

w=screens/inbox/words
refused "a key that Arabic lacks" 'words.ar.json: none is missing' $w.ar.json '/"none"/d'
refused "a key that English lacks" 'words.ar.json: none is not in' $w.en.json '/"none"/d'
refused "a key that is there twice" 'none is there twice' $w.en.json 's/^\( *"none".*\)$/\1\n\1/'
refused "braces that differ" "open: braces are 'card'" $w.ar.json '/"open"/s/{ticket}/{card}/'
refused "a brace without its partner" 'a brace without its partner' $w.ar.json '/"open"/s/{ticket}/{ticket} }/'
refused "a plural form that Arabic has" 'count: plural forms are .*; ar has few many one other two zero' $w.ar.json '/"count"/s/"few": "[^"]*", //'
refused "a form that English has not" 'count: plural forms are' $w.en.json '/"count"/s/"one"/"few"/'
refused "a text that was not translated" 'none: not in this language' $w.ar.json '/"none"/s/: ".*"/: "Nothing is open."/'
refused "an empty text" 'none: an empty or loose text' $w.ar.json '/"none"/s/: ".*"/: ""/'
fresh
rm "$work/web/$w.ar.json"
fails 1 "a folder without Arabic" build
fresh
for language in en ar; do sed -i 's/^{$/{\n    "unsaid": "X",/' "$work/web/$w.$language.json"; done
sed -i 's/"unsaid": "X"/"unsaid": "المزيد"/' "$work/web/$w.ar.json"
fails 1 "a word that nothing says" build
is "a word that nothing says: named" "$(grep -c 'words that nothing says: inbox.unsaid' "$work/.out")" 1
fresh
tools/node -e 'const { randomBytes } = require("node:crypto");
    console.log("export const ballast = \"" + randomBytes(150000).toString("base64") + "\";")' >"$work/web/lib/ballast.ts"
printf "import { ballast } from './lib/ballast.ts';\nObject.assign(globalThis, { ballast });\n" >>"$work/web/app.tsx"
fails 1 "a first load over 120 kB" build
is "a first load over 120 kB: said" "$(grep -c 'app: too large for its first load' "$work/.out")" 1
finish
