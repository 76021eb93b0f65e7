#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the server says of itself is tried, claim by claim; then a client that nobody here wrote (fhir-kit-client) uses all of it.
exec tools/node tests/conformance/api/clients.mjs
