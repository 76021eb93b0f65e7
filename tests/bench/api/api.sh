#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The API over HTTP beside @medplum/fhir-router (docs/internals/api.md). ALL=1: the memory of a million requests.
set -u
[ "${ALL:-0}" = 1 ] && most=1000000 || most=200000
exec tools/node tests/bench/api/api.mjs "${SECONDS_A_TURN:-2}" "${READS:-$most}" "${WRITES:-2000}"
