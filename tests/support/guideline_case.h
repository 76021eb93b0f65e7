/* SPDX-License-Identifier: Apache-2.0
 * The smallest guideline that has vectors: one family "f", whose one define gives its one parameter back. */
#ifndef SALVE_TESTS_GUIDELINE_CASE_H
#define SALVE_TESTS_GUIDELINE_CASE_H

#include "guideline/guideline_int.h"

static const char logic[] =
    "{\"library\":{\"identifier\":{\"id\":\"L\",\"version\":\"1\"},\"schemaIdentifier\":{\"id\":"
    "\"urn:hl7-org:elm\",\"version\":\"r1\"},\"usings\":{\"def\":[{\"localIdentifier\":\"System\","
    "\"uri\":\"urn:hl7-org:elm-types:r1\"}]}}}";
static const char vectors[] =
    "{\"library\":{\"identifier\":{\"id\":\"V\",\"version\":\"1\"},\"schemaIdentifier\":{\"id\":\"urn:hl7-org:elm\","
    "\"version\":\"r1\"},\"usings\":{\"def\":[{\"localIdentifier\":\"System\",\"uri\":\"urn:hl7-org:elm-types:r1\"}]},"
    "\"parameters\":{\"def\":[{\"name\":\"a\",\"accessLevel\":\"Public\",\"parameterTypeSpecifier\":{\"type\":"
    "\"NamedTypeSpecifier\",\"name\":\"{urn:hl7-org:elm-types:r1}Decimal\"}}]},\"statements\":"
    "{\"def\":[{\"name\":\"b\","
    "\"context\":\"Unfiltered\",\"accessLevel\":\"Public\","
    "\"expression\":{\"type\":\"ParameterRef\",\"name\":\"a\"}}]}}}";

static struct guideline_file files[] = {{{"logic.json", 10}, {logic, sizeof logic - 1}}};
static const struct guideline_column columns[] = {
    {.name = {"a", 1}, .target = {"a", 1}, .type = GUIDELINE_DECIMAL},
    {.name = {"exp_b", 5}, .target = {"b", 1}, .is_output = true},
};
static struct str names[] = {{"f", 1}};
static struct guideline_family families[] = {{.name = {"f", 1}, .columns = columns, .column_count = 2}};
static const struct guideline one_line = {.files = files,
                                          .file_count = 1,
                                          .families = families,
                                          .vectors = {vectors, sizeof vectors - 1},
                                          .info = {.families = names, .family_count = 1}};

#endif
