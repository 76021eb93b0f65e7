#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A site with a name in Chromium: refused before the device was taught, the page that teaches, and the app afterwards.
exec tools/node tests/browser/serve/named.mjs
