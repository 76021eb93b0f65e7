#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A day with its queue in Chromium over the running server: check-in, stations, exit check, the edges of a day.
exec tools/node tests/browser/pages/queued.mjs
