#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A clinician's inbox in Chromium over the running server: open, Enter, next; a number that was wrong after the signing;
# letters that wait.
exec tools/node tests/browser/pages/review.mjs
