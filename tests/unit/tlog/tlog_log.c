/* SPDX-License-Identifier: Apache-2.0
 * The log from append to receipt, over rows in memory. */
#include "t.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "log_memory.h"

static const struct str ORIGIN = {"salve.test/1", 12};

struct world {
    struct log_memory memory;
    struct tlog_io io;
    struct arena *mem;
    struct tlog *log;
};

static void world_open(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->io = log_memory_io(&world->memory);
    world->mem = arena_open(64 << 20);
    assert_ok(tlog_open(&world->io, ORIGIN, world->mem, &world->log, NULL));
}

static void world_reopen(struct world *world)
{
    arena_close(world->mem);
    world->mem = arena_open(64 << 20);
    assert_ok(tlog_open(&world->io, ORIGIN, world->mem, &world->log, NULL));
}

static void world_close(struct world *world)
{
    arena_close(world->mem);
    log_memory_drop(&world->memory);
}

static void append_text(struct world *world, const char *text)
{
    struct str entry = str_of(text);
    assert_ok(tlog_append(world->log, &entry, 1, NULL, NULL));
}

static void append_many(struct world *world, unsigned count)
{
    char text[32];
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "entry %llu", (unsigned long long)tlog_size(world->log));
        append_text(world, text);
    }
}

static void hash_is(struct tlog_hash hash, const char *hex)
{
    char text[TLOG_HASH_BYTES * 2 + 1];
    str_hex(hash.bytes, sizeof hash.bytes, text);
    assert_string_equal(text, hex);
}

/* The eight leaves and nine roots that the tests of certificate transparency have used since 2013. */
static void roots_are_those_of_certificate_transparency(void **state)
{
    (void)state;
    static const struct {
        const char *leaf_hex, *root_hex;
    } STEPS[] = {
        {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct tlog_hash hashes[8], row[8];
    hash_is(tlog_empty_root(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < 8; i++) {
        uint8_t leaf[16];
        size_t len = strlen(STEPS[i].leaf_hex) / 2;
        assert_true(str_hex_parse(str_of(STEPS[i].leaf_hex), leaf, len));
        hashes[i] = tlog_hash_leaf(str_make((const char *)leaf, len));
        size_t count = i + 1; /* pairs from the left, an odd one moves up: the same tree, built the other way */
        memcpy(row, hashes, sizeof row);
        for (; count > 1; count = (count + 1) / 2) {
            for (size_t j = 0; j < count / 2; j++) row[j] = tlog_hash_node(&row[2 * j], &row[2 * j + 1]);
            if (count % 2 == 1) row[count / 2] = row[count - 1];
        }
        hash_is(row[0], STEPS[i].root_hex);
    }
}

static void an_append_gives_the_known_root(void **state)
{
    (void)state;
    struct world world;
    static const char *LEAVES[] = {"\x10", "20!", "@ABC"};
    world_open(&world);
    assert_true(tlog_size(world.log) == 0);
    struct tlog_hash root = tlog_root(world.log), empty = tlog_empty_root();
    assert_true(tlog_hash_eq(&root, &empty));
    struct tlog_hash hashes[3];
    for (size_t i = 0; i < 3; i++) {
        append_text(&world, LEAVES[i]);
        hashes[i] = tlog_hash_leaf(str_of(LEAVES[i]));
    }
    struct tlog_hash left = tlog_hash_node(&hashes[0], &hashes[1]), want = tlog_hash_node(&left, &hashes[2]);
    root = tlog_root(world.log);
    assert_true(tlog_hash_eq(&root, &want));
    world_close(&world);
}

static void a_private_entry_is_the_known_commitment(void **state)
{
    (void)state;
    uint8_t salt[TLOG_SALT_BYTES], entry[TLOG_PRIVATE_ENTRY_BYTES];
    char hex[sizeof entry * 2 + 1];
    memset(salt, 0xaa, sizeof salt);
    tlog_commit_entry(salt, STR("{}"), entry);
    str_hex(entry, sizeof entry, hex);
    assert_string_equal(hex, "0101329f24917c22dd3b8393b67019b2f577feb342772433cc64beb11e50f3952de1");
}

static void a_dummy_looks_like_a_private_entry(void **state)
{
    (void)state;
    uint8_t one[TLOG_PRIVATE_ENTRY_BYTES], two[TLOG_PRIVATE_ENTRY_BYTES];
    enum tlog_entry_type type;
    struct str payload;
    tlog_dummy_entry(one);
    tlog_dummy_entry(two);
    assert_memory_not_equal(one + 2, two + 2, 32);
    assert_ok(tlog_entry_read(str_make((char *)one, sizeof one), &type, &payload, NULL));
    assert_int_equal(type, TLOG_ENTRY_PRIVATE);
    assert_int_equal(payload.len, 32);
}

static void public_entries_keep_their_payload_and_unknown_types_are_refused(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct str entry, payload;
    enum tlog_entry_type type;
    assert_ok(tlog_public_entry(TLOG_ENTRY_HASH, STR("{\"build\":\"x\"}"), mem, &entry, NULL));
    assert_ok(tlog_entry_read(entry, &type, &payload, NULL));
    assert_int_equal(type, TLOG_ENTRY_HASH);
    assert_str(payload, "{\"build\":\"x\"}");
    assert_code(tlog_public_entry(TLOG_ENTRY_PRIVATE, STR("x"), mem, &entry, NULL), SALVE_E_RANGE);
    assert_code(tlog_public_entry((enum tlog_entry_type)2, STR("x"), mem, &entry, NULL), SALVE_E_RANGE);
    assert_code(tlog_entry_read(STR("\x02\x01x"), &type, &payload, NULL), SALVE_E_INVALID);
    assert_code(tlog_entry_read(STR("\x01\x01x"), &type, &payload, NULL), SALVE_E_INVALID);
    assert_code(tlog_entry_read(STR("\x04"), &type, &payload, NULL), SALVE_E_INVALID);
    assert_code(tlog_entry_read(STR("\x04\x02y"), &type, &payload, NULL), SALVE_E_INVALID);
    arena_close(mem);
}

static void what_cannot_be_an_entry_is_refused(void **state)
{
    (void)state;
    struct world world;
    char *large = calloc(1, TLOG_ENTRY_BYTES_MAX + 1);
    struct str entry = STR("");
    world_open(&world);
    assert_code(tlog_append(world.log, &entry, 0, NULL, NULL), SALVE_E_RANGE);
    assert_code(tlog_append(world.log, &entry, 1, NULL, NULL), SALVE_E_RANGE);
    entry = str_make(large, TLOG_ENTRY_BYTES_MAX + 1);
    assert_code(tlog_append(world.log, &entry, 1, NULL, NULL), SALVE_E_TOO_BIG);
    entry.len--;
    assert_ok(tlog_append(world.log, &entry, 1, NULL, NULL));
    free(large);
    world_close(&world);
}

static void a_reopened_log_goes_on(void **state)
{
    (void)state;
    struct world world;
    uint64_t first = 0;
    world_open(&world);
    append_many(&world, 300);
    struct tlog_hash root = tlog_root(world.log);
    world_reopen(&world);
    assert_true(tlog_size(world.log) == 300);
    struct tlog_hash again = tlog_root(world.log);
    assert_true(tlog_hash_eq(&root, &again));
    struct str entry = STR("next");
    assert_ok(tlog_append(world.log, &entry, 1, &first, NULL));
    assert_true(first == 300);
    assert_ok(tlog_root_at(world.log, 300, &again, NULL));
    assert_true(tlog_hash_eq(&root, &again));
    world_close(&world);
}

static void a_log_of_another_origin_or_with_a_changed_state_does_not_open(void **state)
{
    (void)state;
    struct world world;
    struct tlog *other;
    world_open(&world);
    append_many(&world, 5);
    assert_code(tlog_open(&world.io, STR("salve.test/2"), world.mem, &other, NULL), SALVE_E_CONFLICT);
    assert_code(tlog_open(&world.io, STR("salve test"), world.mem, &other, NULL), SALVE_E_INVALID);
    assert_code(tlog_open(&world.io, STR(""), world.mem, &other, NULL), SALVE_E_INVALID);
    struct log_row *row = log_memory_block(&world.memory, TLOG_BLOCK_STATE, 0);
    for (size_t bit = 0; bit < row->len * 8; bit++) {
        row->bytes[bit / 8] = (char)(row->bytes[bit / 8] ^ 1 << bit % 8);
        assert_code(tlog_open(&world.io, ORIGIN, world.mem, &other, NULL), SALVE_E_INTEGRITY);
        row->bytes[bit / 8] = (char)(row->bytes[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t len = 0; len < row->len; len++) {
        size_t full = row->len;
        row->len = len;
        assert_code(tlog_open(&world.io, ORIGIN, world.mem, &other, NULL), SALVE_E_INTEGRITY);
        row->len = full;
    }
    world_close(&world);
}

static void padding_fills_up_to_a_multiple(void **state)
{
    (void)state;
    struct world world;
    uint32_t added = 99;
    world_open(&world);
    assert_ok(tlog_pad(world.log, TLOG_PAD_MULTIPLE, &added, NULL));
    assert_int_equal(added, 0);
    append_many(&world, 3);
    assert_ok(tlog_pad(world.log, TLOG_PAD_MULTIPLE, &added, NULL));
    assert_int_equal(added, 13);
    assert_true(tlog_size(world.log) == 16);
    assert_ok(tlog_pad(world.log, TLOG_PAD_MULTIPLE, &added, NULL));
    assert_int_equal(added, 0);
    world_close(&world);
}

static void an_append_writes_few_blocks(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    append_many(&world, 1000);
    /* one entry and one state each; three full tiles, each with one hash for the tile above */
    assert_int_equal(world.memory.writes, 1000 * 2 + 3 * 2);
    world_close(&world);
}

static void a_failed_write_is_passed_up(void **state)
{
    (void)state;
    for (unsigned nth = 1; nth <= 4; nth++) {
        struct world world;
        struct str entry = STR("x");
        world_open(&world);
        append_many(&world, 255);
        world.memory.fail_write = world.memory.writes + nth; /* entry, tile 0, tile 1, state */
        assert_code(tlog_append(world.log, &entry, 1, NULL, NULL), SALVE_E_IO);
        world_close(&world);
    }
}

/* --- checkpoints -------------------------------------------------------------------------------------------------- */

static void a_checkpoint_is_signed_and_archived(void **state)
{
    (void)state;
    struct world world;
    struct str note, newest, again;
    struct tlog_checkpoint head;
    uint64_t signed_by = 0;
    world_open(&world);
    struct tlog_signer signer = log_memory_signer(&world.memory, "salve.test/1", 7);
    struct tlog_guard guard = log_memory_guard(&world.memory);
    assert_code(tlog_sign(world.log, &signer, &guard, world.mem, &note, NULL), SALVE_E_RANGE);
    assert_code(tlog_newest_checkpoint(world.log, world.mem, &newest, NULL), SALVE_E_NOT_FOUND);
    append_many(&world, 21);
    assert_ok(tlog_sign(world.log, &signer, &guard, world.mem, &note, NULL));
    assert_ok(tlog_note_verify(note, &signer.vkey, 1, &signed_by, NULL, NULL));
    assert_true(signed_by == 1);
    assert_ok(tlog_checkpoint_parse(note, &head, NULL));
    struct tlog_hash root = tlog_root(world.log);
    assert_true(head.size == 21 && str_eq(head.origin, ORIGIN) && tlog_hash_eq(&head.root, &root));
    assert_ok(tlog_newest_checkpoint(world.log, world.mem, &newest, NULL));
    assert_true(str_eq(note, newest));
    assert_ok(tlog_sign(world.log, &signer, &guard, world.mem, &again, NULL));
    assert_true(str_eq(note, again));
    assert_int_equal(world.memory.guard_writes, 1);
    world_close(&world);
}

static void an_older_log_never_signs_again(void **state)
{
    (void)state;
    struct world world, restored;
    struct str note;
    struct salve_err err = {0};
    world_open(&world);
    world_open(&restored);
    struct tlog_signer signer = log_memory_signer(&world.memory, "salve.test/1", 7);
    struct tlog_guard guard = log_memory_guard(&world.memory);
    append_many(&world, 40);
    assert_ok(tlog_sign(world.log, &signer, &guard, world.mem, &note, NULL));
    append_many(&restored, 39); /* a backup from before the last leaf */
    assert_code(tlog_check_guard(restored.log, &guard, NULL), SALVE_E_CONFLICT);
    assert_code(tlog_sign(restored.log, &signer, &guard, restored.mem, &note, &err), SALVE_E_CONFLICT);
    append_text(&restored, "something else"); /* grown again to the same size and beyond: another history */
    assert_code(tlog_sign(restored.log, &signer, &guard, restored.mem, &note, &err), SALVE_E_CONFLICT);
    append_many(&restored, 10);
    assert_code(tlog_sign(restored.log, &signer, &guard, restored.mem, &note, &err), SALVE_E_CONFLICT);
    assert_ok(tlog_check_guard(world.log, &guard, NULL));
    world_close(&world);
    world_close(&restored);
}

static void a_signer_with_the_wrong_key_signs_nothing(void **state)
{
    (void)state;
    struct world world;
    struct str note;
    world_open(&world);
    struct tlog_signer signer = log_memory_signer(&world.memory, "salve.test/1", 7);
    struct tlog_guard guard = log_memory_guard(&world.memory);
    append_many(&world, 2);
    crypto_key_random(crypto_keys_at(world.memory.keys, 0));
    assert_code(tlog_sign(world.log, &signer, &guard, world.mem, &note, NULL), SALVE_E_CRYPTO);
    world_close(&world);
}

static void a_successor_names_what_was_lost(void **state)
{
    (void)state;
    struct world world;
    struct tlog_checkpoint last = {STR("salve.test/0"), 100, tlog_empty_root()};
    struct str entry, payload, origin;
    enum tlog_entry_type type;
    world_open(&world);
    assert_code(tlog_succeed(world.log, &last, 101, 5, NULL), SALVE_E_RANGE);
    assert_ok(tlog_succeed(world.log, &last, 90, 1790000000, NULL));
    assert_ok(tlog_entry(world.log, 0, world.mem, &entry, NULL));
    assert_ok(tlog_entry_read(entry, &type, &payload, NULL));
    assert_int_equal(type, TLOG_ENTRY_SUCCESSOR);
    assert_str(payload, "{\"at\":1790000000,\"kept\":90,\"log\":\"salve.test/1\",\"old\":\"salve.test/0\","
                        "\"old_root\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\",\"old_size\":100}");
    assert_code(tlog_succeed(world.log, &last, 90, 5, NULL), SALVE_E_CONFLICT);
    assert_ok(tlog_next_origin(STR("salve.x/9"), world.mem, &origin, NULL));
    assert_str(origin, "salve.x/10");
    assert_ok(tlog_next_origin(STR("salve.x2"), world.mem, &origin, NULL));
    assert_str(origin, "salve.x2/2");
    world_close(&world);
}

/* --- notes -------------------------------------------------------------------------------------------------------- */

/* A witness's line: time and Ed25519 over "cosignature/v1", the time and the checkpoint. */
static struct str cosigned(struct world *world, struct str note, uint64_t time, struct tlog_vkey *witness)
{
    uint8_t bytes[4 + 8 + 64], public_key[32];
    char line[128];
    struct tlog_note parsed;
    struct str out;
    struct crypto_keys *keys = NULL;
    assert_ok(crypto_keys_new(1, &keys, NULL));
    crypto_key_random(crypto_keys_at(keys, 0));
    crypto_sign_public(crypto_keys_at(keys, 0), public_key);
    assert_ok(tlog_vkey_make(STR("witness.example/w1"), TLOG_KEY_COSIGNATURE, public_key, witness, NULL));
    assert_ok(tlog_note_parse(note, &parsed, NULL));
    struct str message =
        arena_printf(world->mem, "cosignature/v1\ntime %llu\n%.*s", (unsigned long long)time, STR_ARGS(parsed.text));
    crypto_put_u32(bytes, witness->id);
    crypto_put_u64(bytes + 4, time);
    crypto_sign_make(crypto_keys_at(keys, 0), message, bytes + 12);
    crypto_keys_drop(&keys);
    crypto_base64(bytes, sizeof bytes, line);
    struct str whole = arena_printf(world->mem, "\xe2\x80\x94 witness.example/w1 %s\n", line);
    assert_ok(tlog_note_add(note, whole, world->mem, &out, NULL));
    return out;
}

static void a_witness_is_verified_with_its_time(void **state)
{
    (void)state;
    struct world world;
    struct str note;
    uint64_t signed_by = 0, times[2] = {9, 9};
    world_open(&world);
    struct tlog_signer signer = log_memory_signer(&world.memory, "salve.test/1", 7);
    struct tlog_guard guard = log_memory_guard(&world.memory);
    append_many(&world, 3);
    assert_ok(tlog_sign(world.log, &signer, &guard, world.mem, &note, NULL));
    struct tlog_vkey keys[2] = {signer.vkey};
    struct str both = cosigned(&world, note, 1790000000, &keys[1]);
    assert_ok(tlog_note_verify(both, keys, 2, &signed_by, times, NULL));
    assert_true(signed_by == 3 && times[0] == 0 && times[1] == 1790000000);
    assert_ok(tlog_note_verify(both, keys, 1, &signed_by, NULL, NULL)); /* an unknown witness is ignored */
    assert_true(signed_by == 1);
    struct str bad = cosigned(&world, note, UINT64_MAX, &keys[1]); /* signed, but a time that cannot be */
    assert_code(tlog_note_verify(bad, keys, 2, &signed_by, NULL, NULL), SALVE_E_INTEGRITY);
    assert_ok(tlog_note_verify(bad, keys, 1, &signed_by, NULL, NULL));
    assert_code(tlog_note_verify(note, &keys[1], 1, &signed_by, NULL, NULL), SALVE_E_INTEGRITY); /* nobody known */
    world_close(&world);
}

static void what_is_no_note_is_refused(void **state)
{
    (void)state;
#define LINE "\xe2\x80\x94 a AAAAAAAAAAA=\n"
    struct tlog_note note;
    assert_ok(tlog_note_parse(STR("text\n\n" LINE), &note, NULL));
    assert_str(note.text, "text\n");
    assert_ok(tlog_note_parse(STR("a\n\nb\n\n" LINE LINE), &note, NULL));
    assert_str(note.text, "a\n\nb\n");
    assert_int_equal(note.count, 2);
    static const char *const BAD[] = {"",
                                      "text\n",
                                      "text\n\n",
                                      "text\n" LINE,
                                      "te\txt\n\n" LINE,
                                      "t\r\n\n" LINE,
                                      "text\n\n- a AAAAAAAAAAA=\n",
                                      "text\n\n\xe2\x80\x94 a+b AAAAAAAAAAA=\n",
                                      "text\n\n\xe2\x80\x94  AAAAAAAAAAA=\n",
                                      "text\n\n\xe2\x80\x94 a AAAAAA==\n",
                                      "text\n\n\xe2\x80\x94 a AAAAAAAAAAB=\n",
                                      "text\n\n\xe2\x80\x94 a AAAAAAAAAAA\n",
                                      "text\n\n\xe2\x80\x94 a\xc2\xa0"
                                      "b AAAAAAAAAAA=\n",
                                      "\xff\n\n" LINE,
                                      "text\n\n" LINE "x",
                                      "text\n\n" LINE "\xe2\x80\x94 a b AAAAAAAAAAA=\n"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        if (tlog_note_parse(str_of(BAD[i]), &note, NULL) == SALVE_OK) fail_msg("accepted number %zu", i);
#undef LINE
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void sealed_world(struct world *world, struct tlog_signer *signer)
{
    struct str note;
    world_open(world);
    *signer = log_memory_signer(&world->memory, "salve.test/1", 7);
    struct tlog_guard guard = log_memory_guard(&world->memory);
    static const unsigned STEPS[] = {1, 15, 240, 1, 300};
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        append_many(world, STEPS[i]);
        assert_ok(tlog_sign(world->log, signer, &guard, world->mem, &note, NULL));
    }
}

static void verify_passes_a_sound_log(void **state)
{
    (void)state;
    struct world world;
    struct tlog_signer signer;
    struct tlog_report report;
    sealed_world(&world, &signer);
    assert_ok(tlog_verify(world.log, &signer.vkey, NULL, NULL, &report, NULL));
    assert_true(report.entries == 557 && report.tiles == 3 && report.checkpoints == 5);
    world_close(&world);
}

static void verify_finds_every_flipped_bit(void **state)
{
    (void)state;
    struct world world;
    struct tlog_signer signer;
    struct tlog_report report;
    uint64_t seed = 1;
    sealed_world(&world, &signer);
    unsigned undetected = 0, tried = 0;
    for (size_t i = 0; i < world.memory.block_count + world.memory.entry_count; i += i < 16 ? 1 : 23) {
        bool is_block = i < world.memory.block_count;
        struct log_row *row = is_block ? &world.memory.blocks[i] : &world.memory.entries[i - world.memory.block_count];
        if (is_block && row->kind == TLOG_BLOCK_STATE) continue; /* opening finds that: see above */
        for (unsigned nth = 0; nth < 40; nth++, tried++) {
            size_t bit = t_random(&seed) % (row->len * 8);
            row->bytes[bit / 8] = (char)(row->bytes[bit / 8] ^ 1 << bit % 8);
            undetected += tlog_verify(world.log, &signer.vkey, NULL, NULL, &report, NULL) == SALVE_OK;
            row->bytes[bit / 8] = (char)(row->bytes[bit / 8] ^ 1 << bit % 8);
        }
    }
    assert_int_equal(undetected, 0);
    assert_true(tried > 1000);
    assert_ok(tlog_verify(world.log, &signer.vkey, NULL, NULL, &report, NULL));
    world_close(&world);
}

static void verify_finds_lost_and_surplus_rows(void **state)
{
    (void)state;
    struct world world;
    struct tlog_signer signer;
    struct tlog_report report;
    sealed_world(&world, &signer);
    world.memory.entry_count--;
    assert_code(tlog_verify(world.log, &signer.vkey, NULL, NULL, &report, NULL), SALVE_E_INTEGRITY);
    world.memory.entry_count++;
    for (size_t i = 0; i < world.memory.block_count; i++) {
        if (world.memory.blocks[i].kind == TLOG_BLOCK_STATE || world.memory.blocks[i].kind == TLOG_BLOCK_CHECKPOINTS)
            continue;
        int kind = world.memory.blocks[i].kind;
        world.memory.blocks[i].kind = 99;
        assert_code(tlog_verify(world.log, &signer.vkey, NULL, NULL, &report, NULL), SALVE_E_INTEGRITY);
        world.memory.blocks[i].kind = kind;
    }
    log_memory_fill(log_memory_add(&world.memory.entries, &world.memory.entry_count, &world.memory.entry_cap),
                    STR("x"));
    assert_code(tlog_verify(world.log, &signer.vkey, NULL, NULL, &report, NULL), SALVE_E_INTEGRITY);
    world_close(&world);
}

/* --- receipts ----------------------------------------------------------------------------------------------------- */

static void a_receipt_holds_by_itself_and_no_changed_one_does(void **state)
{
    (void)state;
    struct world world;
    uint8_t salt[TLOG_SALT_BYTES], entry[TLOG_PRIVATE_ENTRY_BYTES];
    struct str event = STR("{\"actor\":\"dr-amina\",\"kind\":\"access\"}"), opened, note, receipt;
    uint64_t index = 0;
    world_open(&world);
    struct tlog_signer signer = log_memory_signer(&world.memory, "salve.test/1", 7);
    struct tlog_guard guard = log_memory_guard(&world.memory);
    append_many(&world, 37);
    memset(salt, 0x5a, sizeof salt);
    tlog_commit_entry(salt, event, entry);
    struct str bytes = str_make((const char *)entry, sizeof entry);
    assert_ok(tlog_append(world.log, &bytes, 1, &index, NULL));
    append_many(&world, 30);
    assert_ok(tlog_sign(world.log, &signer, &guard, world.mem, &note, NULL));
    append_many(&world, 9);
    assert_ok(tlog_receipt(world.log, index, salt, event, note, world.mem, &receipt, NULL));
    assert_true(str_starts(receipt, STR("c2sp.org/tlog-proof@v1\nextra ")));
    assert_ok(tlog_receipt_verify(receipt, &signer.vkey, 1, STR_NONE, world.mem, &opened, NULL));
    assert_true(str_eq(opened, event));
    char *changed = malloc(receipt.len);
    struct arena *scratch = arena_open(1 << 20);
    struct arena_mark mark = arena_mark(scratch);
    for (size_t bit = 0; bit < receipt.len * 8; bit++) {
        memcpy(changed, receipt.ptr, receipt.len);
        changed[bit / 8] = (char)(changed[bit / 8] ^ 1 << bit % 8);
        struct str text = str_make(changed, receipt.len);
        if (tlog_receipt_verify(text, &signer.vkey, 1, STR_NONE, scratch, &opened, NULL) == SALVE_OK)
            fail_msg("bit %zu of the receipt does not matter", bit);
        arena_rewind(scratch, mark);
    }
    for (size_t len = 0; len < receipt.len; len++) {
        assert_true(tlog_receipt_verify(str_cut(receipt, 0, len), &signer.vkey, 1, STR_NONE, scratch, &opened, NULL) !=
                    SALVE_OK);
        arena_rewind(scratch, mark);
    }
    free(changed);
    arena_close(scratch);
    salt[0] ^= 1;
    assert_code(tlog_receipt(world.log, index, salt, event, note, world.mem, &receipt, NULL), SALVE_E_INTEGRITY);
    assert_code(tlog_receipt(world.log, 68, salt, event, note, world.mem, &receipt, NULL), SALVE_E_RANGE);
    world_close(&world);
}

static void a_receipt_of_a_public_leaf_needs_the_entry(void **state)
{
    (void)state;
    struct world world;
    struct str entry, note, receipt;
    world_open(&world);
    struct tlog_signer signer = log_memory_signer(&world.memory, "salve.test/1", 7);
    struct tlog_guard guard = log_memory_guard(&world.memory);
    assert_ok(tlog_public_entry(TLOG_ENTRY_HASH, STR("{}"), world.mem, &entry, NULL));
    assert_ok(tlog_append(world.log, &entry, 1, NULL, NULL));
    assert_ok(tlog_sign(world.log, &signer, &guard, world.mem, &note, NULL));
    assert_ok(tlog_receipt(world.log, 0, NULL, STR_NONE, note, world.mem, &receipt, NULL));
    assert_ok(tlog_receipt_verify(receipt, &signer.vkey, 1, entry, world.mem, NULL, NULL));
    assert_code(tlog_receipt_verify(receipt, &signer.vkey, 1, STR("x"), world.mem, NULL, NULL), SALVE_E_INTEGRITY);
    assert_code(tlog_receipt_verify(receipt, &signer.vkey, 1, STR_NONE, world.mem, NULL, NULL), SALVE_E_INVALID);
    world_close(&world);
}

static void a_receipt_needs_the_logs_own_signature(void **state)
{
    (void)state;
    struct world world, other;
    struct str entry = STR("\x07\x01{}"), note, receipt;
    world_open(&world);
    world_open(&other);
    /* a known key signs another log's name: known, valid, but not this log's */
    struct tlog_signer stranger = log_memory_signer(&world.memory, "witness.example/w", 9);
    struct tlog_guard guard = log_memory_guard(&world.memory);
    assert_ok(tlog_append(world.log, &entry, 1, NULL, NULL));
    assert_ok(tlog_sign(world.log, &stranger, &guard, world.mem, &note, NULL));
    assert_ok(tlog_receipt(world.log, 0, NULL, STR_NONE, note, world.mem, &receipt, NULL));
    assert_code(tlog_receipt_verify(receipt, &stranger.vkey, 1, entry, world.mem, NULL, NULL), SALVE_E_INTEGRITY);
    world_close(&world);
    world_close(&other);
}

/* --- tiles and files ---------------------------------------------------------------------------------------------- */

static void tile_paths_are_those_of_c2sp(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    static const struct {
        int32_t level;
        uint64_t number;
        uint32_t width;
        const char *path;
    } CASES[] = {
        {0, 1234067, 0, "tile/0/x001/x234/067"},
        {0, 0, 256, "tile/0/000"},
        {1, 999, 1, "tile/1/999.p/1"},
        {-1, 1000, 255, "tile/entries/x001/000.p/255"},
        {63, UINT64_MAX, 0, "tile/63/x018/x446/x744/x073/x709/x551/615"},
    };
    static const char *BAD[] = {"",
                                "tile",
                                "tile/0",
                                "tile/0/",
                                "tile/00/000",
                                "tile/64/000",
                                "tile/0/00",
                                "tile/0/0000",
                                "tile/0/x000/001",
                                "tile/0/000.p",
                                "tile/0/000.p/0",
                                "tile/0/000.p/256",
                                "tile/0/000.p/01",
                                "tile/0/000/",
                                "tile/0/x001",
                                "tile/-1/000",
                                "tile/0/000.p/1/",
                                "x/0/000",
                                "tile/0/x018/x446/x744/x073/x709/x551/616"};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct str path;
        int32_t level;
        uint64_t number;
        uint32_t width;
        assert_ok(tlog_tile_path(CASES[i].level, CASES[i].number, CASES[i].width, mem, &path, NULL));
        assert_str(path, CASES[i].path);
        assert_ok(tlog_tile_path_parse(path, &level, &number, &width, NULL));
        assert_true(level == CASES[i].level && number == CASES[i].number);
        assert_int_equal(width, CASES[i].width == 0 ? 256 : CASES[i].width);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        int32_t level;
        uint64_t number;
        uint32_t width;
        if (tlog_tile_path_parse(str_of(BAD[i]), &level, &number, &width, NULL) == SALVE_OK)
            fail_msg("accepted %s", BAD[i]);
    }
    arena_close(mem);
}

static void an_exported_log_can_be_checked_from_its_files_alone(void **state)
{
    (void)state;
    struct world world;
    struct tlog_signer signer;
    struct str note, tile, bundle;
    struct tlog_checkpoint head;
    char folder[] = "/tmp/salve-tlog-XXXXXX", path[128];
    uint64_t files = 0;
    sealed_world(&world, &signer); /* 557 leaves */
    assert_non_null(mkdtemp(folder));
    assert_ok(tlog_newest_checkpoint(world.log, world.mem, &note, NULL));
    append_many(&world, 300);
    assert_ok(tlog_export(world.log, note, folder, &files, NULL));
    assert_int_equal(files, 3 + 3 + 1 + 1);
    (void)snprintf(path, sizeof path, "%s/checkpoint", folder);
    assert_ok(file_read(path, 1 << 16, world.mem, &note, NULL));
    assert_ok(tlog_checkpoint_parse(note, &head, NULL));
    struct tlog_hash leaves[3 * 256], parts[3];
    static const char *NAMES[] = {"000", "001", "002.p/45"};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/tile/0/%s", folder, NAMES[i]);
        assert_ok(file_read(path, TLOG_TILE_BYTES, world.mem, &tile, NULL));
        (void)snprintf(path, sizeof path, "%s/tile/entries/%s", folder, NAMES[i]);
        assert_ok(file_read(path, 1 << 20, world.mem, &bundle, NULL));
        assert_ok(tlog_tiles_check(tile, (uint32_t)(tile.len / 32), bundle, NULL));
        memcpy(&leaves[count], tile.ptr, tile.len);
        count += tile.len / 32;
    }
    assert_true(count == head.size);
    for (size_t i = 0; i < 2; i++) { /* full tiles fold to what the level above says */
        struct tlog_hash row[256];
        memcpy(row, &leaves[i * 256], sizeof row);
        for (size_t width = 256; width > 1; width /= 2)
            for (size_t j = 0; j < width / 2; j++) row[j] = tlog_hash_node(&row[2 * j], &row[2 * j + 1]);
        parts[i] = row[0];
    }
    (void)snprintf(path, sizeof path, "%s/tile/1/000.p/2", folder);
    assert_ok(file_read(path, TLOG_TILE_BYTES, world.mem, &tile, NULL));
    assert_int_equal(tile.len, 64);
    assert_memory_equal(tile.ptr, parts, 64);
    assert_ok(tlog_export(world.log, note, folder, &files, NULL)); /* again: full tiles are there already */
    assert_int_equal(files, 1 + 1 + 1 + 1);
    (void)snprintf(path, sizeof path, "rm -rf %s", folder);
    assert_int_equal(system(path), 0);
    world_close(&world);
}

static void a_tile_of_an_earlier_size_is_as_narrow_as_it_was(void **state)
{
    (void)state;
    struct world world;
    struct str narrow, wide;
    world_open(&world);
    append_many(&world, 100);
    assert_ok(tlog_tile(world.log, 0, 0, 100, world.mem, &narrow, NULL));
    assert_int_equal(narrow.len, 3200);
    append_many(&world, 200);
    assert_ok(tlog_tile(world.log, 0, 0, 100, world.mem, &wide, NULL));
    assert_true(str_eq(narrow, wide));
    assert_ok(tlog_tile(world.log, 0, 0, 300, world.mem, &wide, NULL));
    assert_int_equal(wide.len, TLOG_TILE_BYTES);
    assert_code(tlog_tile(world.log, 1, 0, 255, world.mem, &wide, NULL), SALVE_E_RANGE);
    assert_code(tlog_tile(world.log, 0, 2, 300, world.mem, &wide, NULL), SALVE_E_RANGE);
    assert_code(tlog_tile(world.log, 0, 0, 301, world.mem, &wide, NULL), SALVE_E_RANGE);
    world_close(&world);
}

static void tiles_from_elsewhere_are_compared_with_their_entries(void **state)
{
    (void)state;
    struct world world;
    struct str tile, bundle;
    world_open(&world);
    append_many(&world, 10);
    assert_ok(tlog_tile(world.log, 0, 0, 10, world.mem, &tile, NULL));
    assert_ok(tlog_tile(world.log, -1, 0, 10, world.mem, &bundle, NULL));
    assert_ok(tlog_tiles_check(tile, 10, bundle, NULL));
    assert_ok(tlog_tiles_check(tile, 10, STR_NONE, NULL));
    assert_code(tlog_tiles_check(tile, 9, bundle, NULL), SALVE_E_INVALID);
    assert_code(tlog_tiles_check(tile, 10, str_cut(bundle, 0, bundle.len - 1), NULL), SALVE_E_INVALID);
    assert_code(tlog_tiles_check(tile, 10, str_cut(bundle, 0, 9), NULL), SALVE_E_INVALID);
    ((char *)bundle.ptr)[2] ^= 1;
    assert_code(tlog_tiles_check(tile, 10, bundle, NULL), SALVE_E_INTEGRITY);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_those_of_certificate_transparency),
        cmocka_unit_test(an_append_gives_the_known_root),
        cmocka_unit_test(a_private_entry_is_the_known_commitment),
        cmocka_unit_test(a_dummy_looks_like_a_private_entry),
        cmocka_unit_test(public_entries_keep_their_payload_and_unknown_types_are_refused),
        cmocka_unit_test(what_cannot_be_an_entry_is_refused),
        cmocka_unit_test(a_reopened_log_goes_on),
        cmocka_unit_test(a_log_of_another_origin_or_with_a_changed_state_does_not_open),
        cmocka_unit_test(padding_fills_up_to_a_multiple),
        cmocka_unit_test(an_append_writes_few_blocks),
        cmocka_unit_test(a_failed_write_is_passed_up),
        cmocka_unit_test(a_checkpoint_is_signed_and_archived),
        cmocka_unit_test(an_older_log_never_signs_again),
        cmocka_unit_test(a_signer_with_the_wrong_key_signs_nothing),
        cmocka_unit_test(a_successor_names_what_was_lost),
        cmocka_unit_test(a_witness_is_verified_with_its_time),
        cmocka_unit_test(what_is_no_note_is_refused),
        cmocka_unit_test(verify_passes_a_sound_log),
        cmocka_unit_test(verify_finds_every_flipped_bit),
        cmocka_unit_test(verify_finds_lost_and_surplus_rows),
        cmocka_unit_test(a_receipt_holds_by_itself_and_no_changed_one_does),
        cmocka_unit_test(a_receipt_of_a_public_leaf_needs_the_entry),
        cmocka_unit_test(a_receipt_needs_the_logs_own_signature),
        cmocka_unit_test(tile_paths_are_those_of_c2sp),
        cmocka_unit_test(an_exported_log_can_be_checked_from_its_files_alone),
        cmocka_unit_test(a_tile_of_an_earlier_size_is_as_narrow_as_it_was),
        cmocka_unit_test(tiles_from_elsewhere_are_compared_with_their_entries),
    };
    if (crypto_init(NULL) != SALVE_OK) return 1;
    return t_run(tests);
}
