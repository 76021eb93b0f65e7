#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The closed lists in TypeScript: the compiler takes what tools/lists.mjs makes of the rows, they are those of the program,
# and a row of an unknown shape is refused with its file and line.
set -u
. tests/support/sh.sh
made=${BUILD:-build}/gen/lists.ts
tsc() {
    tools/node node_modules/typescript/bin/tsc --strict --noUnusedLocals --target es2022 --module es2022 --lib es2022 "$@"
}
takes() { tsc --noEmit --moduleResolution bundler --allowImportingTsExtensions "$@"; }

ok "make has a rule for them" make -s BUILD="${BUILD:-build}" "$made"
cp "$made" tests/unit/base/lists_use.ts "$work"
ok "TypeScript takes them and their use" takes "$work/lists_use.ts"
sed '/@ts-expect-error/d' "$work/lists_use.ts" >"$work/wrong.ts"
fails 2 "and refuses each wrong use" takes "$work/wrong.ts"
is "once for each" "$(grep -c ': error TS' "$work/.out")" "$(grep -c '@ts-expect-error' "$work/lists_use.ts")"

cat >"$work/names.mjs" <<'END'
import { readFileSync } from 'node:fs';
import { commands, errors, options } from './lists.js';
const rows = JSON.parse(readFileSync(0, 'utf8'));
const same = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
console.log(same(rows.map((row) => row.command), Object.keys(commands)),
    rows.every((row) => commands[row.command].summary === row.summary),
    same(new Set(rows.flatMap((row) => row.options)), Object.keys(options)));
for (const code of Object.keys(errors)) console.log(code, errors[code].what);
END
echo '{"type":"module"}' >"$work/package.json"
ok "they become JavaScript" tsc --outDir "$work" "$work/lists.ts"
salve help --json | tools/node "$work/names.mjs" >"$work/names"
is "commands and options are those of the program" "$(head -n 1 "$work/names")" "true true true"
is "and so are the words of every error" "$(tail -n +2 "$work/names" | while read -r code what; do
    salve explain "$code" | grep -qF "$what" || echo "$code"
done)" ""

# NAME FILE ROW FROM TO: with FROM replaced by TO the row that begins with ROW is named.
refused() {
    local name=$1 file=$2 line
    line=$(grep -nF -- "$3" "src/$file" | head -n 1 | cut -d: -f1)
    rm -rf "$work/src" && mkdir "$work/src"
    (cd src && cp --parents */*.def "$work/src")
    tools/node -e 'const fs = require("node:fs"), [path, row, from, to] = process.argv.slice(1);
        const text = fs.readFileSync(path, "utf8"), at = text.indexOf(row);
        fs.writeFileSync(path, text.slice(0, at) + text.slice(at).replace(from, () => to));' "$work/src/$file" "${@:3}"
    fails 1 "$name" tools/node tools/lists.mjs "$work/refused.ts" "$work/src"
    is "$name: file and line" "$(grep -c "^$work/src/$file:$line: " "$work/.out")" 1
}
refused "a number in the place of a text" base/roles.def 'ROLE(REGISTRAR' '"registrar"' 7
refused "a column more" base/roles.def 'ROLE(REGISTRAR' '"registrar",' '"registrar", 7,'
refused "a column less" base/errors.def 'ERROR(E_CONFIG' '500,' ''
refused "another kind of row" base/classes.def 'CLASS(CLIN' 'CLASS(' 'GROUP('
refused "a class that there is not" base/purposes.def 'PURPOSE(STATISTICS' 'CLASS_STAT' 'CLASS_NONE'
refused "the same text twice" records/events.def 'EVENT(READ' '"read"' '"access"'
refused "the same number twice" base/classes.def 'CLASS(CLIN' '2,' '1,'
refused "a member that a command has not" cli/commands.def 'COMMAND(verify' '.summary' '.title'
refused "an option that there is not" cli/commands.def 'COMMAND(looked' 'BIT(PROOFS)' 'BIT(PROOF)'
refused "a letter that is two" cli/options.def 'OPTION(QUIET' "'q'" "'qu'"
refused "a status that there is not" guideline/finding.def 'FINDING_TEXT  (category' 'ASSESSED' 'JUDGED'
refused "a word that begins no row" base/roles.def 'ROLE(GUARDIAN' 'ROLE(' '7 ROLE('
is "and nothing was written" "$(ls "$work/refused.ts" 2>/dev/null)" ""
finish
