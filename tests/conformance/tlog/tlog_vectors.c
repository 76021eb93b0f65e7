/* SPDX-License-Identifier: Apache-2.0
 * Proof vectors of transparency-dev/merkle and the examples of the C2SP texts: `tlog_vectors [DIR]`. Folders inclusion,
 * consistency, subtreeinclusion and subtreeconsistency hold JSON cases at any depth; c2sp-examples.json holds notes. */
#include "t.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "tlog/tlog.h"

static const char GAPS[] = "tests/conformance/tlog/known-gaps.txt";

enum { PROOF_MAX = 256 };

enum kind { INCLUSION, CONSISTENCY, SUBTREE_INCLUSION, SUBTREE_CONSISTENCY, KIND_COUNT };
static const char *const FOLDERS[KIND_COUNT] = {"inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"};

static uint64_t number_of(const struct json *doc, const char *name)
{
    struct str text = json_number(json_get(doc, name));
    char digits[32] = "";
    if (text.len < sizeof digits && text.len > 0) memcpy(digits, text.ptr, text.len);
    return strtoull(digits, NULL, 10); /* some sizes are near 2^64 */
}

/* Anything but 32 bytes is not a hash: such a proof is refused before any arithmetic. */
static bool hash_of(struct str text, struct tlog_hash *out)
{
    uint8_t bytes[256];
    size_t len = 0;
    if (!crypto_base64_parse(text, bytes, sizeof bytes, &len) || len != TLOG_HASH_BYTES) return false;
    memcpy(out->bytes, bytes, TLOG_HASH_BYTES);
    return true;
}

static bool proof_of(const struct json *doc, struct tlog_hash *out, size_t *count)
{
    *count = 0;
    for (const struct json *it = json_first(json_get(doc, "proof")); it != NULL; it = it->next)
        if (*count == PROOF_MAX || !hash_of(json_text(it), &out[(*count)++])) return false;
    return true;
}

static bool holds(enum kind kind, const struct json *doc)
{
    static struct tlog_hash proof[PROOF_MAX];
    struct tlog_hash one, two;
    size_t count = 0;
    bool is_inclusion = kind == INCLUSION || kind == SUBTREE_INCLUSION;
    if (!hash_of(json_get_text(doc, is_inclusion ? "leafHash" : "root1"), &one)) return false;
    if (!hash_of(json_get_text(doc, is_inclusion ? "root" : "root2"), &two) || !proof_of(doc, proof, &count))
        return false;
    switch (kind) {
    case INCLUSION:
        return tlog_check_inclusion(number_of(doc, "leafIdx"), number_of(doc, "treeSize"), &one, proof, count, &two,
                                    NULL) == SALVE_OK;
    case CONSISTENCY:
        return tlog_check_consistency(number_of(doc, "size1"), number_of(doc, "size2"), &one, &two, proof, count,
                                      NULL) == SALVE_OK;
    case SUBTREE_INCLUSION:
        return tlog_check_subtree_inclusion(number_of(doc, "leafIdx"), number_of(doc, "start"), number_of(doc, "end"),
                                            &one, proof, count, &two, NULL) == SALVE_OK;
    default:
        return tlog_check_subtree_consistency(number_of(doc, "start"), number_of(doc, "end"), number_of(doc, "size"),
                                              &one, &two, proof, count, NULL) == SALVE_OK;
    }
}

static void report(const char *name, bool is_right, const char *why)
{
    bool is_gap = t_known_gap(GAPS, name);
    if (is_right && is_gap)
        t_gap_passed(name);
    else if (is_right)
        t_pass();
    else if (is_gap)
        t_skipped(1);
    else
        t_fail(name, "%s", why);
}

static void run_file(enum kind kind, const char *path, const char *name)
{
    struct arena *mem = arena_open(1 << 20);
    struct salve_err err = {0};
    struct str text;
    const struct json *doc = NULL;
    bool want_err = false;
    if (file_read(path, 1 << 18, mem, &text, &err) != SALVE_OK || json_read(text, NULL, mem, &doc, &err) != SALVE_OK ||
        !json_bool(json_get(doc, "wantErr"), &want_err))
        t_fail(name, "not a vector: %s %s", t_where(&err), err.why);
    else
        report(name, holds(kind, doc) != want_err, want_err ? "a bad proof was accepted" : "a good proof was refused");
    arena_close(mem);
}

static void run_folder(enum kind kind, const char *path, const char *name)
{
    struct arena *mem = arena_open(1 << 20);
    struct str *names = NULL;
    size_t count = 0;
    if (file_list(path, mem, &names, &count, NULL) != SALVE_OK) {
        printf("%s: not there\n", name);
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        struct str below = arena_printf(mem, "%s/%.*s", path, STR_ARGS(names[i]));
        struct str label = arena_printf(mem, "%s/%.*s", name, STR_ARGS(names[i]));
        struct stat info;
        if (stat(below.ptr, &info) == 0 && S_ISDIR(info.st_mode))
            run_folder(kind, below.ptr, label.ptr);
        else if (str_ends(names[i], STR(".json")))
            run_file(kind, below.ptr, label.ptr);
    }
    arena_close(mem);
}

/* A note with a published key must verify, and must not after one changed byte; one without must at least parse. */
static void run_example(const struct json *example, const char *name)
{
    struct str note = json_get_text(example, "note"), vkey_text = json_get_text(example, "vkey");
    const struct json *want = json_get(example, "checkpoint");
    struct tlog_note parsed;
    struct tlog_vkey vkey;
    struct tlog_checkpoint head;
    uint64_t signed_by = 0;
    bool is_right = tlog_note_parse(note, &parsed, NULL) == SALVE_OK && parsed.count == 1;
    if (vkey_text.ptr != NULL)
        is_right = is_right && tlog_vkey_parse(vkey_text, &vkey, NULL) == SALVE_OK &&
                   (tlog_note_verify(note, &vkey, 1, &signed_by, NULL, NULL) == SALVE_OK) ==
                       json_is_true(json_get(example, "verifies"));
    if (want != NULL) {
        char root[64];
        is_right = is_right && tlog_checkpoint_parse(note, &head, NULL) == SALVE_OK;
        if (is_right) crypto_base64(head.root.bytes, sizeof head.root.bytes, root);
        is_right = is_right && str_eq(head.origin, json_get_text(want, "origin")) &&
                   head.size == number_of(want, "size") && str_is(json_get_text(want, "root"), root);
    }
    report(name, is_right, "the example does not read as its text says");
}

static void run_examples(const char *path)
{
    struct arena *mem = arena_open(1 << 20);
    struct str text;
    const struct json *doc = NULL;
    unsigned number = 0;
    if (file_read(path, 1 << 18, mem, &text, NULL) == SALVE_OK && json_read(text, NULL, mem, &doc, NULL) == SALVE_OK)
        for (const struct json *it = json_first(doc); it != NULL; it = it->next) {
            struct str name = arena_printf(mem, "c2sp-examples/%u", number++);
            run_example(it, name.ptr);
        }
    arena_close(mem);
}

int main(int argc, char **argv)
{
    const char *folder = t_suite(argc, argv, "merkle");
    char path[4200];
    if (folder == NULL) {
        t_skipped(248);
        return t_end();
    }
    if (crypto_init(NULL) != SALVE_OK) return 1;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, FOLDERS[kind]);
        run_folder((enum kind)kind, path, FOLDERS[kind]);
    }
    (void)snprintf(path, sizeof path, "%s/c2sp-examples.json", folder);
    run_examples(path);
    return t_end();
}
