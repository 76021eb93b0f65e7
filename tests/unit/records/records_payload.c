/* SPDX-License-Identifier: Apache-2.0
 *
 * What is inside a record: payloads and events come back as they went in, and damaged ones are refused. */
#include "crypto/crypto.h"
#include "json/json.h"
#include "records/event_int.h"
#include "payload/payload.h"
#include "payload/payload_dictionary.h"
#include "tlog/tlog.h"
#include "t.h"

static struct payload_codec *codec;

static struct rec_event sample_event(void)
{
    return (struct rec_event){
        .kind = REC_EVENT_READ,
        .at_unix_s = 1795426200,
        .is_suspect = true,
        .actor = {.id = STR("dr-amina"), .role = ROLE_CLINICIAN, .site = STR("Tent \"4\"\nnorth")},
        .purpose = PURPOSE_CARE,
        .classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN),
        .consent_seq = 7,
        .resource_count = 12,
        .head = {.seq = 4, .sha256 = {1, 2, 3}}};
}

static void an_event_is_canonical_json_and_comes_back(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct rec_event event = sample_event(), again;
    struct str json;
    struct buf canonical;
    const struct json *doc;
    assert_ok(rec_event_write(&event, mem, &json, NULL));
    assert_ok(json_read(json, NULL, mem, &doc, NULL));
    buf_init(&canonical, mem, 1 << 16);
    assert_ok(json_canonical(doc, mem, &canonical, NULL));
    assert_true(str_eq(buf_str(&canonical), json));
    assert_ok(rec_event_read(json, mem, &again, NULL));
    assert_int_equal(again.kind, event.kind);
    assert_int_equal(again.at_unix_s, event.at_unix_s);
    assert_true(again.is_suspect);
    assert_str(again.actor.id, "dr-amina");
    assert_true(str_eq(again.actor.site, event.actor.site));
    assert_int_equal(again.actor.role, event.actor.role);
    assert_int_equal(again.purpose, event.purpose);
    assert_int_equal(again.classes, event.classes);
    assert_int_equal(again.consent_seq, 7);
    assert_int_equal(again.resource_count, 12);
    assert_memory_equal(&again.head, &event.head, sizeof event.head);
    arena_close(mem);
}

static void an_event_of_nobody_leaves_out_what_is_absent(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct rec_event event = {.kind = REC_EVENT_ERASURE, .actor = {.role = ROLE_PARTICIPANT, .site = STR("x")}};
    struct str json;
    assert_ok(rec_event_write(&event, mem, &json, NULL));
    assert_str(json, "{\"at\":\"1970-01-01T00:00:00Z\",\"kind\":\"erasure\",\"role\":\"participant\",\"site\":\"x\"}");
    arena_close(mem);
}

static void damaged_events_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        "{\"at\":\"yesterday\",\"kind\":\"read\",\"role\":\"clinician\",\"site\":\"x\"}",
        "{\"at\":\"1970-01-01T00:00:00Z\",\"kind\":\"spied\",\"role\":\"clinician\",\"site\":\"x\"}",
        "{\"at\":\"1970-01-01T00:00:00Z\",\"kind\":\"read\",\"role\":\"police\",\"site\":\"x\"}",
        "{\"at\":\"1970-01-01T00:00:00Z\",\"kind\":\"read\",\"purpose\":\"threat\",\"role\":\"clinician\",\"site\":\"x\"}",
        "{\"at\":\"1970-01-01T00:00:00Z\",\"classes\":[\"all\"],\"kind\":\"read\",\"role\":\"clinician\",\"site\":\"x\"}",
        "{\"at\":\"1970-01-01T00:00:00Z\",\"head\":{\"seq\":1,\"sha256\":\"00\"},\"kind\":\"read\",\"role\":\"clinician\"}"};
    struct rec_event event;
    struct arena *mem = arena_open(1 << 20);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_code(rec_event_read(str_of(texts[i]), mem, &event, NULL), SALVE_E_INTEGRITY);
    arena_close(mem);
}

static void payloads_of_any_size_come_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 28, 200, 1000, 70000, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int noise = 0; noise < 2; noise++) {
            struct arena *mem = arena_open(64 << 20);
            char *body = arena_alloc(mem, sizes[i] + 1);
            if (noise) crypto_random(body, sizes[i]);
            struct payload in = {.kind = PAYLOAD_OPENING,
                                 .is_suspect = i % 2 == 0,
                                 .at_unix_ms = 1795426200123,
                                 .log_number = 3,
                                 .leaf_index = 1ull << 40,
                                 .body = str_make(body, sizes[i])},
                           out;
            struct str bytes;
            assert_ok(payload_pack(codec, &in, mem, &bytes, NULL));
            assert_ok(payload_unpack(codec, bytes, mem, &out, NULL));
            assert_true(str_eq(in.body, out.body));
            assert_int_equal(out.kind, in.kind);
            assert_int_equal(out.is_suspect, in.is_suspect);
            assert_int_equal(out.at_unix_ms, in.at_unix_ms);
            assert_int_equal(out.log_number, in.log_number);
            assert_int_equal(out.leaf_index, in.leaf_index);
            if (!noise && sizes[i] > 100) assert_true(bytes.len < sizes[i] / 2);
            arena_close(mem);
        }
}

static void a_payload_cut_short_or_of_another_version_is_refused(void **state)
{
    (void)state;
    struct arena *mem = arena_open(8 << 20);
    char body[600] = "the same again and again, the same again and again";
    struct payload in = {.kind = PAYLOAD_RESOURCES, .body = str_make(body, sizeof body)}, out;
    struct str bytes;
    assert_ok(payload_pack(codec, &in, mem, &bytes, NULL));
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_not_equal(payload_unpack(codec, str_cut(bytes, 0, len), mem, &out, NULL), SALVE_OK);
    char *changed = arena_alloc(mem, bytes.len);
    memcpy(changed, bytes.ptr, bytes.len);
    changed[0] = 2;
    assert_code(payload_unpack(codec, str_make(changed, bytes.len), mem, &out, NULL), SALVE_E_UNSUPPORTED);
    arena_close(mem);
}

/* One small result fits the smallest record: its size tells nothing (256 bytes with padding). */
static void an_audit_event_fits_the_smallest_record(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct rec_event event = sample_event();
    char body[2048];
    struct str json, bytes;
    crypto_random(event.head.sha256, sizeof event.head.sha256);
    assert_ok(rec_event_write(&event, mem, &json, NULL));
    crypto_random(body, TLOG_SALT_BYTES);
    memcpy(body + TLOG_SALT_BYTES, json.ptr, json.len);
    struct payload in = {.kind = PAYLOAD_OPENING, .body = str_make(body, TLOG_SALT_BYTES + json.len)};
    assert_ok(payload_pack(codec, &in, mem, &bytes, NULL));
    assert_true(bytes.len < CRYPTO_RECORD_PAD_BYTES);
    arena_close(mem);
}

enum { CODING_AT = 2, HEADER_BYTES = 28, DICTIONARY_1 = 2, DICTIONARY_2 = 3 };

/* What is stored was packed with these bytes. */
static void the_dictionaries_are_those_that_records_were_packed_with(void **state)
{
    (void)state;
    uint8_t hash[CRYPTO_SHA256_BYTES];
    char text[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256(str_bytes(rec_dictionary_1, rec_dictionary_1_bytes), hash);
    str_hex(hash, sizeof hash, text);
    assert_string_equal(text, "be1ed753482ae4432b9392e2bb642d801149fc9bed51ebf882c3a577c2fecbed");
    crypto_sha256(str_bytes(rec_dictionary_2, rec_dictionary_2_bytes), hash);
    str_hex(hash, sizeof hash, text);
    assert_string_equal(text, "338f8a06c3214af48787d43e562aad08f9a4a3f52a27b61b4b391fe6a5d1bd58");
}

/* As it lies in sites from before dictionary 2: coding 2, zstd with dictionary 1. */
static void what_dictionary_1_packed_is_read(void **state)
{
    (void)state;
    static const char body[] =
        "{\"at\":\"2026-11-23T09:30:00Z\",\"classes\":[\"identity\",\"clinical\"],\"kind\":\"read\",\"purpose\":\"care\",\"resources\":12,\"role\":\"clinician\",\"site\":\"Tent 4\"}";
    static const char hex[] =
        "01020200000001a207bdaa3b0000000100000000000000070000009028b52ffd0000450100783632333330313254656e7420"
        "34227d08f045052c9ded36b588ef08862a203860bb255ba86ded52";
    uint8_t bytes[sizeof hex / 2];
    struct arena *mem = arena_open(1 << 20);
    struct payload out;
    assert_true(str_hex_parse(str_of(hex), bytes, sizeof bytes));
    assert_int_equal(bytes[CODING_AT], DICTIONARY_1);
    assert_ok(payload_unpack(codec, str_bytes(bytes, sizeof bytes), mem, &out, NULL));
    assert_str(out.body, body);
    bytes[CODING_AT] = DICTIONARY_2;
    enum salve_code code = payload_unpack(codec, str_bytes(bytes, sizeof bytes), mem, &out, NULL);
    assert_true(code == SALVE_E_INTEGRITY || !str_is(out.body, body));
    arena_close(mem);
}

/* The rooms of the codec are large enough for every body that goes through them, also after a wipe; none is stored plain
 * for want of room. Where it ends, another context takes over. */
static void bodies_of_every_length_are_packed_with_the_dictionary(void **state)
{
    (void)state;
    enum { STEP = 61, LEN_MAX = 48 << 10 };
    struct arena *mem = arena_open(64 << 20);
    char *body = arena_alloc(mem, LEN_MAX);
    uint32_t seed = 1;
    for (size_t i = 0; i < LEN_MAX; i++) {
        seed = seed * 1664525u + 1013904223u;
        body[i] = "0123456789abcdef"[seed >> 28];
    }
    for (size_t len = 64; len < LEN_MAX; len += len < 8000 ? STEP : 7 * STEP) {
        struct arena_mark mark = arena_mark(mem);
        struct payload in = {.kind = PAYLOAD_RESOURCES, .body = str_make(body, len)}, out;
        struct str bytes;
        assert_ok(payload_pack(codec, &in, mem, &bytes, NULL));
        assert_int_equal(bytes.ptr[CODING_AT], DICTIONARY_2);
        assert_true(bytes.len < HEADER_BYTES + len);
        if (len % 3 == 0) payload_codec_wipe(codec);
        assert_ok(payload_unpack(codec, bytes, mem, &out, NULL));
        assert_true(str_eq(out.body, in.body));
        arena_rewind(mem, mark);
    }
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_canonical_json_and_comes_back),
        cmocka_unit_test(an_event_of_nobody_leaves_out_what_is_absent),
        cmocka_unit_test(damaged_events_are_refused),
        cmocka_unit_test(payloads_of_any_size_come_back),
        cmocka_unit_test(a_payload_cut_short_or_of_another_version_is_refused),
        cmocka_unit_test(an_audit_event_fits_the_smallest_record),
        cmocka_unit_test(the_dictionaries_are_those_that_records_were_packed_with),
        cmocka_unit_test(what_dictionary_1_packed_is_read),
        cmocka_unit_test(bodies_of_every_length_are_packed_with_the_dictionary),
    };
    if (payload_codec_open(&codec, NULL) != SALVE_OK) return 1;
    int status = t_run(tests);
    payload_codec_close(&codec);
    return status;
}
