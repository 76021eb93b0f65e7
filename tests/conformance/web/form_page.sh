#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The page and the server make the same of a form: made-up answers to each questionnaire, by `salve form try` and by the
# programs of web/form. What is asked, what is calculated, what is wrong. ALL=1: many more answers.
exec tools/node tests/conformance/web/form_page.mjs
