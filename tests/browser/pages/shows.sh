#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What Chromium's authenticators say of passkeys, and its WebCrypto of a tablet, against the running server.
exec tools/node tests/browser/pages/shows.mjs
