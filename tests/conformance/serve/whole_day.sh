#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A day through the calls of the app, person by person against what was entered; with ALL=1 of 20 stations and 300 people.
if [ "${ALL:-}" = 1 ]; then exec tools/node tests/conformance/serve/whole_day.mjs 300 20; fi
exec tools/node tests/conformance/serve/whole_day.mjs 12 6
