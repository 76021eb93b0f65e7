#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Forms in Chromium over the running server: asked at a station by keyboard alone, answered alone by the person on a tablet that
# was handed over, through a lock, a reload and a killed tab; what is urgent in it waits for whoever takes the tablet back.
exec tools/node tests/browser/pages/asking.mjs
