#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A referral in Chromium over the running server: made, its slip, the answer of the place, followed up to its end.
exec tools/node tests/browser/pages/refer.mjs
