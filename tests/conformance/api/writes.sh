#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes over FHIR at a running server, by hand and by a client that nobody here wrote (@medplum/core).
exec tools/node tests/conformance/api/writes.mjs
