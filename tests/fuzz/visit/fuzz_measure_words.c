/* SPDX-License-Identifier: Apache-2.0
 * Any words of a station: refused with the number of the word, or readings of which each number is a decimal, or an answer. */
#include <stdlib.h>

#include "visit/measure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char table[] =
    "{\"format\":\"salve-ranges\",\"kinds\":{\"k\":0},\"quantities\":["
    "{\"name\":\"systolic\",\"codes\":{\"8480-6\":\"k\"},\"units\":[{\"unit\":\"mm[Hg]\",\"soft\":"
    "[\"85\",\"200\"],\"hard\":[\"40\",\"320\"]}]},"
    "{\"name\":\"diastolic\",\"codes\":{\"8462-4\":\"k\"},\"units\":[{\"unit\":\"mm[Hg]\",\"soft\":"
    "[\"45\",\"120\"],\"hard\":[\"20\",\"200\"]}]}],\"pairs\":[{\"larger\":\"systolic\","
    "\"smaller\":\"diastolic\",\"by\":\"5\",\"at-least\":true}]}";

static size_t split(struct str text, struct str *words, size_t max)
{
    size_t count = 0;
    while (text.len > 0 && count < max) {
        size_t len = 0;
        while (len < text.len && text.ptr[len] != ' ') len++;
        words[count++] = str_cut(text, 0, len);
        text = str_cut(text, len + 1, text.len);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str words[300];
    struct visit_content content = {0};
    struct visit_reading *readings = NULL;
    struct expr_decimal value;
    size_t count = 0;
    struct arena *mem = arena_open(16 << 20);
    if (ranges_read(str_of(table), mem, &content.ranges, NULL) != SALVE_OK) abort();
    struct str units = size > 40 ? str_make((const char *)data, 20) : STR("hba1c=%");
    size_t n = split(str_make((const char *)data, size), words, 300);
    (void)!visit_units_check(units, NULL);
    if (visit_measure_read(&content, units, words, n, mem, &readings, &count, NULL) == SALVE_OK)
        for (size_t i = 0; i < count; i++)
            if (readings[i].answer.len == 0 && !expr_decimal_parse(readings[i].numbers[0], &value)) abort();
    arena_close(mem);
    return 0;
}
