#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The API over HTTP beside @medplum/fhir-router (docs/internals/api.md). READS=1000000 for the memory of a million requests.
set -u
exec tools/node tests/bench/api/api.mjs "${SECONDS_A_TURN:-2}" "${READS:-20000}"
