#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Forms and rules in Chromium over the running server.
exec tools/node tests/browser/pages/rules.mjs
