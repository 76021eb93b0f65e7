/* SPDX-License-Identifier: Apache-2.0
 * An entry of the day: what reads is written as the same, and any steps keep it within its bounds. */
#include <stdlib.h>

#include "day/day.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

static void steps(struct day_entry *entry, const uint8_t *data, size_t size)
{
    bool is_there = false;
    for (size_t i = 0; i + 4 <= size; i += 4) {
        struct day_step step = {.event = (enum day_event)(data[i] % (DAY_EVENTS + 1)),
                                .station = (enum day_station)(data[i + 1] % (STATION_COUNT + 1)),
                                .item = str_make((const char *)data + i, 1u + data[i + 2] % 4),
                                .is_held = (data[i + 3] & 1) != 0,
                                .has_left = (data[i + 3] & 2) != 0,
                                .left = data[i + 3],
                                .now_unix_ms = (int64_t)i};
        bool was_there = entry->number > 0;
        bool finishes = step.event == DAY_FINISH;
        enum salve_code code = day_take(entry, &step, &is_there, NULL);
        need(!(code == SALVE_OK && was_there && finishes && step.is_held));
        if (code == SALVE_OK) entry->number = is_there ? 17 : 0;
        need(entry->item_count <= DAY_ITEMS_MAX && (entry->left & ~station_way()) == 0);
        need(entry->number == 0 || entry->at == STATION_NONE || entry->at < STATION_COUNT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct day_entry entry = {.at = STATION_NONE};
    uint8_t bytes[DAY_ENTRY_BYTES], again[DAY_ENTRY_BYTES];
    if (size >= DAY_ENTRY_BYTES && day_read(data, &entry)) {
        day_write(&entry, bytes);
        need(day_read(bytes, &entry));
        day_write(&entry, again);
        need(memcmp(bytes, again, sizeof bytes) == 0);
        entry.left &= station_way();
        steps(&entry, data + DAY_ENTRY_BYTES, size - DAY_ENTRY_BYTES);
        return 0;
    }
    entry = (struct day_entry){.at = STATION_NONE};
    steps(&entry, data, size);
    return 0;
}
