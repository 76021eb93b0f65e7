/* SPDX-License-Identifier: Apache-2.0
 *
 * Trains the compression dictionary of record contents: records_dictionary SAMPLES OUT.c BYTES. SAMPLES is what
 * tools/dictionary_samples.mjs prints. Used once a dictionary; its bytes are then part of the stored format. */
#include <stdio.h>
#include <stdlib.h>

#include <zdict.h>

#include "fhir/tape_edit.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "payload/payload.h"
#include "tlog/tlog.h"

enum { SAMPLES_MAX = 20000, TAPES_MAX = 64 };

/* The bodies of one line: a JSON array of resources, or a JSON string. */
static bool body_of(struct str line, struct arena *mem, struct str *body)
{
    struct salve_err err = {0};
    const struct json *doc = NULL;
    struct tape tapes[TAPES_MAX];
    const struct tape *list[TAPES_MAX];
    size_t count = 0;
    if (json_read(line, NULL, mem, &doc, &err) != SALVE_OK) return false;
    if (doc->type == JSON_STRING) {
        struct buf out;
        buf_init(&out, mem, 1 << 16);
        char *salt = buf_room(&out, TLOG_SALT_BYTES);
        crypto_random(salt, TLOG_SALT_BYTES);
        buf_took(&out, TLOG_SALT_BYTES);
        buf_add(&out, doc->text);
        *body = buf_str(&out);
        return true;
    }
    for (const struct json *it = json_first(doc); it != NULL && count < TAPES_MAX; it = it->next) {
        struct buf out;
        buf_init(&out, mem, 1 << 20);
        json_write(it, false, &out);
        if (fhir_read(buf_str(&out), NULL, mem, &tapes[count], NULL, &err) != SALVE_OK) {
            fprintf(stderr, "sample: %s %s\n", err.element, err.why);
            return false;
        }
        list[count] = &tapes[count];
        count++;
    }
    return payload_tapes_pack(list, count, mem, body, &err) == SALVE_OK;
}

static bool write_c(const char *path, const unsigned char *bytes, size_t len)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) return false;
    fprintf(out, "/* SPDX-License-Identifier: Apache-2.0\n *\n"
                 " * Dictionary 1 (see payload_dictionary.h), made by tests/bench/records/records_dictionary.c from\n"
                 " * tools/dictionary_samples.mjs. Stored format: never change these bytes. */\n"
                 "#include \"records/payload_dictionary.h\"\n\n"
                 "/* clang-format off */\nconst unsigned char rec_dictionary_1[] = {");
    for (size_t i = 0; i < len; i++) fprintf(out, "%s%u,", i % 28 == 0 ? "\n    " : "", bytes[i]);
    fprintf(out, "\n};\n/* clang-format on */\nconst size_t rec_dictionary_1_bytes = sizeof rec_dictionary_1;\n");
    return fclose(out) == 0;
}

int main(int argc, char **argv)
{
    struct salve_err err = {0};
    struct str text, line;
    static size_t sizes[SAMPLES_MAX];
    size_t count = 0, total = 0;
    if (argc != 4) return 2;
    size_t room = (size_t)atol(argv[3]);
    struct arena *mem = arena_open((size_t)1 << 30);
    char *samples = malloc(64 << 20);
    unsigned char *dictionary = malloc(room);
    if (file_read(argv[1], 64 << 20, mem, &text, &err) != SALVE_OK) return 1;
    while (str_next_line(&text, &line) && count < SAMPLES_MAX) {
        struct str body;
        if (!body_of(line, mem, &body)) return 1;
        memcpy(samples + total, body.ptr, body.len);
        sizes[count++] = body.len;
        total += body.len;
    }
    size_t got = ZDICT_trainFromBuffer(dictionary, room, samples, sizes, (unsigned)count);
    if (ZDICT_isError(got)) {
        fprintf(stderr, "%s\n", ZDICT_getErrorName(got));
        return 1;
    }
    printf("%zu samples, %zu bytes, dictionary %zu bytes\n", count, total, got);
    return write_c(argv[2], dictionary, got) ? 0 : 1;
}
