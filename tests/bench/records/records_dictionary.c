/* SPDX-License-Identifier: Apache-2.0
 *
 * Trains a compression dictionary of record contents: records_dictionary OUT.c NUMBER BYTES SAMPLES... Of SAMPLES those
 * that end in .bin are what tests/bench/screen/visit_samples.c wrote, the others what tools/dictionary_samples.mjs
 * prints. Used once a dictionary; its bytes are then part of the stored format. */
#include <stdio.h>
#include <stdlib.h>

#define ZDICT_STATIC_LINKING_ONLY /* for its faster way of choosing */
#include <zdict.h>

#include "fhir/tape_edit.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "payload/payload.h"
#include "tlog/tlog.h"

enum { SAMPLES_MAX = 60000, TAPES_MAX = 64, FILE_BYTES_MAX = 128 << 20, ROOM_BYTES = 256 << 20 };

struct samples {
    char *bytes;
    size_t len, count;
    size_t sizes[SAMPLES_MAX];
};

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

static void add(struct samples *samples, struct str body)
{
    if (samples->count == SAMPLES_MAX || body.len > ROOM_BYTES - samples->len) return;
    memcpy(samples->bytes + samples->len, body.ptr, body.len);
    samples->sizes[samples->count++] = body.len;
    samples->len += body.len;
}

static bool add_file(struct samples *samples, const char *path, struct arena *mem)
{
    struct salve_err err = {0};
    struct str text, line, body;
    if (file_read(path, FILE_BYTES_MAX, mem, &text, &err) != SALVE_OK) return false;
    if (str_ends(str_of(path), STR(".bin"))) {
        while (text.len > 4) {
            size_t len = crypto_get_u32((const uint8_t *)text.ptr);
            if (len > text.len - 4) return false;
            add(samples, str_cut(text, 4, 4 + len));
            text = str_cut(text, 4 + len, text.len);
        }
        return true;
    }
    while (str_next_line(&text, &line)) {
        if (!body_of(line, mem, &body)) return false;
        add(samples, body);
    }
    return true;
}

/* As texts, which take half the room that numbers take. */
static void write_texts(FILE *out, const unsigned char *bytes, size_t len)
{
    size_t column = 0;
    for (size_t i = 0; i < len; i++) {
        bool is_plain = bytes[i] >= 32 && bytes[i] < 127 && bytes[i] != '"' && bytes[i] != '\\' && bytes[i] != '?';
        bool is_short = i + 1 < len && (bytes[i + 1] < '0' || bytes[i + 1] > '7');
        if (column == 0) fprintf(out, "    \"");
        column +=
            (size_t)(is_plain ? fprintf(out, "%c", bytes[i]) : fprintf(out, is_short ? "\\%o" : "\\%03o", bytes[i]));
        if (column > 108 || i + 1 == len) {
            fprintf(out, "\"%s\n", i + 1 == len ? ";" : "");
            column = 0;
        }
    }
}

static bool write_c(const char *path, int number, const unsigned char *bytes, size_t len)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) return false;
    fprintf(
        out,
        "/* SPDX-License-Identifier: Apache-2.0\n *\n"
        " * Dictionary %d (see payload_dictionary.h), made by tests/bench/records/records_dictionary.c. Stored format:\n"
        " * never change these bytes. */\n"
        "#include \"payload/payload_dictionary.h\"\n\n"
        "/* clang-format off */\nconst unsigned char rec_dictionary_%d[] =\n",
        number, number);
    write_texts(out, bytes, len);
    fprintf(out, "/* clang-format on */\nconst size_t rec_dictionary_%d_bytes = sizeof rec_dictionary_%d - 1;\n",
            number, number);
    return fclose(out) == 0;
}

int main(int argc, char **argv)
{
    static struct samples samples;
    if (argc < 5) return 2;
    size_t room = (size_t)atol(argv[3]);
    struct arena *mem = arena_open((size_t)1 << 30);
    unsigned char *dictionary = malloc(room);
    samples.bytes = malloc(ROOM_BYTES);
    for (int i = 4; i < argc; i++)
        if (!add_file(&samples, argv[i], mem)) return 1;
    ZDICT_fastCover_params_t how = {.k = 1000, .d = 8, .f = 20, .accel = 1, .zParams = {.compressionLevel = 6}};
    size_t got =
        ZDICT_trainFromBuffer_fastCover(dictionary, room, samples.bytes, samples.sizes, (unsigned)samples.count, how);
    if (ZDICT_isError(got)) {
        fprintf(stderr, "%s\n", ZDICT_getErrorName(got));
        return 1;
    }
    printf("%zu samples, %zu bytes, dictionary %zu bytes\n", samples.count, samples.len, got);
    return write_c(argv[1], atoi(argv[2]), dictionary, got) ? 0 : 1;
}
