#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Forms and rules, and results out of a file, in Chromium over the running server.
exec tools/node tests/browser/pages/office.mjs
