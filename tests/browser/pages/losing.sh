#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Killed tabs, killed processes, a network that goes, in Chromium over the running server: nothing is lost, nothing doubled.
exec tools/node tests/browser/pages/losing.mjs
