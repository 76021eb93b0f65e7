/* SPDX-License-Identifier: Apache-2.0
 * Signed notes, verifier keys and checkpoints. Whatever parses must also hold together: a note that gets another line
 * still has its text, and a checkpoint written again reads back the same. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "tlog/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

static void checkpoint_reads_back(struct str text, struct arena *mem)
{
    struct tlog_checkpoint head, again;
    struct str written;
    if (tlog_checkpoint_parse(text, &head, NULL) != SALVE_OK) return;
    need(tlog_checkpoint_text(&head, mem, &written, NULL) == SALVE_OK);
    need(tlog_checkpoint_parse(written, &again, NULL) == SALVE_OK);
    need(again.size == head.size && str_eq(again.origin, head.origin) && tlog_hash_eq(&again.root, &head.root));
    need(str_starts(text, written));
}

static void vkey_reads_back(struct str text, struct arena *mem)
{
    struct tlog_vkey vkey;
    struct str written;
    if (tlog_vkey_parse(text, &vkey, NULL) != SALVE_OK) return;
    need(tlog_vkey_text(&vkey, mem, &written, NULL) == SALVE_OK);
    need(str_eq(text, written));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char VKEY[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    struct arena *mem = arena_open(4 << 20);
    struct str text = str_make((const char *)data, size), more;
    struct tlog_vkey keys[2];
    struct tlog_note note, again;
    uint64_t signed_by = 0, times[2];
    if (crypto_init(NULL) != SALVE_OK) abort();
    need(tlog_vkey_parse(str_of(VKEY), &keys[0], NULL) == SALVE_OK);
    need(tlog_vkey_make(STR("w"), TLOG_KEY_COSIGNATURE, keys[0].key, &keys[1], NULL) == SALVE_OK);
    if (tlog_note_parse(text, &note, NULL) == SALVE_OK) {
        need(note.count > 0 && note.text.len + note.lines.len + 1 == size);
        if (tlog_note_add(text, str_cut(note.lines, 0, (size_t)str_find(note.lines, STR("\n"))), mem, &more, NULL) ==
            SALVE_OK)
            need(tlog_note_parse(more, &again, NULL) == SALVE_OK && again.count == note.count + 1 &&
                 str_eq(again.text, note.text));
    }
    if (tlog_note_verify(text, keys, 2, &signed_by, times, NULL) == SALVE_OK) need(signed_by != 0);
    checkpoint_reads_back(text, mem);
    vkey_reads_back(text, mem);
    arena_close(mem);
    return 0;
}
