/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a link, as what is asked of a manifest, and as a file: what is taken for a link is written and read back
 * to the same, and what was sealed opens to itself. */
#include <stdlib.h>
#include <string.h>

#include "shl/shl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

static void link_twice(struct str text, struct arena *mem)
{
    struct shl_link link, again;
    uint8_t key[SHL_KEY_BYTES], key_again[SHL_KEY_BYTES];
    struct str out;
    if (shl_read(text, mem, &link, key, NULL) != SALVE_OK) return;
    need(shl_write(&link, key, mem, &out, NULL) == SALVE_OK);
    need(shl_read(out, mem, &again, key_again, NULL) == SALVE_OK);
    need(memcmp(key, key_again, sizeof key) == 0 && str_eq(link.url, again.url) && str_eq(link.label, again.label));
    need(link.needs_passcode == again.needs_passcode && link.until_unix_s == again.until_unix_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[SHL_KEY_BYTES] = {1, 2, 3};
    struct arena *mem = arena_open(256 << 20);
    struct str text = str_bytes(data, size), type, content, jwe;
    struct shl_ask ask;
    need(mem != NULL);
    link_twice(text, mem);
    if (shl_ask_read(text, mem, &ask, NULL) == SALVE_OK) need(ask.recipient.len > 0 && ask.embedded_max >= -1);
    (void)!shl_open(key, text, mem, &type, &content, NULL);
    need(shl_seal(key, SHL_FHIR, text, mem, &jwe, NULL) == SALVE_OK);
    need(shl_open(key, jwe, mem, &type, &content, NULL) == SALVE_OK && str_eq(content, text));
    arena_close(mem);
    return 0;
}
