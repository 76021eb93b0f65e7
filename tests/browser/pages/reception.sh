#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The desk in Chromium over the running server: new people, their cards, their choices; a no that leaves nothing, a child, taking back.
exec tools/node tests/browser/pages/reception.mjs
