#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One station end to end in Chromium over the running server: by mouse, by keyboard alone, by a scanner, in every language.
exec tools/node tests/browser/pages/slice.mjs
