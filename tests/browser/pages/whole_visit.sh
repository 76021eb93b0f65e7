#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The whole visit in Chromium, from a new person to the signed letter, with what each task costs in keys and taps.
exec tools/node tests/browser/pages/whole_visit.mjs
