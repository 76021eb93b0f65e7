#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The frame of the app in Chromium on made-up answers: screens in both languages and all themes, scanner and keyboard, lock,
# entries while tabs are killed and the server goes. Skipped where there is no Chromium (the set-up of `make check` has it).
set -u
. tests/support/sh.sh
chromium=$(command -v chromium)
if [ -z "$chromium" ]; then
    echo "no Chromium here"
    skip 1
    finish
fi
exec tools/node tests/unit/web/web_browser.mjs "${BUILD:-build}/web" "${BUILD:-build}/gen" "$chromium"
