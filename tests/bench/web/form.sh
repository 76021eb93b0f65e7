#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A form of 300 questions in Chromium at 6 times CPU throttling: how long it takes to open, and to answer a key.
exec tools/node tests/bench/web/form.mjs
