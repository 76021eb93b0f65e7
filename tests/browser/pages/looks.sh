#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every screen in Chromium over the running server: axe, targets, narrow screens, large text, and where each box stands.
exec tools/node tests/browser/pages/looks.mjs
