#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sight, hearing, samples in Chromium over the running server, by mouse and by keyboard alone, in every language.
exec tools/node tests/browser/pages/samples.mjs
