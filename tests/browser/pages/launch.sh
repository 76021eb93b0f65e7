#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An app of somebody else, made with fhirclient, in Chromium over the running server: the person lets it in, it reads, refreshes, is ended.
exec tools/node tests/browser/pages/launch.mjs
