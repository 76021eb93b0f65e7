/* SPDX-License-Identifier: Apache-2.0
 *
 * What is inside a record, from anybody: the first byte chooses the reader (payload, tapes, event, settings, card). An
 * event that is read is written again and must come back the same. */
#include "records/event_int.h"
#include "payload/payload.h"
#include "records/site_int.h"
#include "records/who_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_payload(struct str bytes, struct arena *mem)
{
    struct payload_codec *codec = NULL;
    struct payload payload;
    struct tape *tapes;
    size_t count;
    if (payload_codec_open(&codec, NULL) != SALVE_OK) return;
    if (payload_unpack(codec, bytes, mem, &payload, NULL) == SALVE_OK && payload.kind == PAYLOAD_RESOURCES)
        (void)!payload_tapes_unpack(payload.body, mem, &tapes, &count, NULL);
    payload_codec_close(&codec);
}

static void read_event(struct str bytes, struct arena *mem)
{
    struct rec_event event, again;
    struct str json;
    if (rec_event_read(bytes, mem, &event, NULL) != SALVE_OK) return;
    if (rec_event_write(&event, mem, &json, NULL) != SALVE_OK) return;
    salve_assert(rec_event_read(json, mem, &again, NULL) == SALVE_OK);
    salve_assert(again.kind == event.kind && again.classes == event.classes && again.purpose == event.purpose);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct site_settings settings;
    struct rec_code code;
    struct tape *tapes;
    size_t count;
    if (size == 0) return 0;
    struct arena *mem = arena_open(64 << 20);
    struct str bytes = str_make((const char *)data + 1, size - 1);
    switch (data[0] % 5) {
    case 0:
        read_payload(bytes, mem);
        break;
    case 1:
        (void)!payload_tapes_unpack(bytes, mem, &tapes, &count, NULL);
        break;
    case 2:
        read_event(bytes, mem);
        break;
    case 3:
        (void)!rec_settings_read(bytes, mem, &settings, NULL);
        break;
    default:
        (void)rec_code_read(REC_CODE_CARD, bytes, &code);
        (void)rec_code_read(REC_CODE_LETTER, bytes, &code);
        (void)rec_code_read(REC_CODE_SLIP, bytes, &code);
    }
    arena_close(mem);
    return 0;
}
