#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What staff logs in with, staff, tablets, health and log of the site, in Chromium over the running server.
exec tools/node tests/browser/pages/accounts.mjs
