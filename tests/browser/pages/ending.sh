#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What ends from elsewhere ends on the open page, in Chromium over the running server: withdrawal, retirement, lock.
exec tools/node tests/browser/pages/ending.mjs
