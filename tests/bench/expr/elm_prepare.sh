#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# elm_prepare.sh FOLDER - Screen.cql and FHIRHelpers.cql translated to FOLDER/elm, if they are newer than that.
set -eu
work=$1
here=$(dirname "$0")
[ "$work/elm/Screen.json" -nt "$here/Screen.cql" ] && [ "$work/elm/FHIRHelpers.json" -nt guidelines/lib/FHIRHelpers.cql ] && exit
mkdir -p "$work/cql"
cp "$here/Screen.cql" guidelines/lib/FHIRHelpers.cql "$work/cql/"
tools/node tools/translate.mjs "$work/cql" "$work/elm"
