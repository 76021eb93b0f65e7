/* SPDX-License-Identifier: Apache-2.0
 *
 * tlog - the transparency log: a Merkle tree of commitments in which every look at a person's record leaves a leaf.
 *
 * Hashing is RFC 6962 / RFC 9162 (SHA-256), storage is C2SP tlog-tiles, heads are C2SP checkpoints in signed notes,
 * receipts are C2SP tlog-proof. Nothing in the log says who, what, when or whose: a private leaf is a salted hash, and
 * its opening (salt and event) lives only in the person's own AUDIT class. docs/formats/log.md has every byte.
 *
 * The log has no database of its own. It reads and writes through `struct tlog_io`, which `records` connects to the
 * store inside the transaction that also writes the record, so that record, opening and leaf commit together:
 *
 *     code = tlog_open(&io, origin, mem, &log, err);              // io bound to the open transaction
 *     tlog_commit_entry(salt, event, entry);                      // 34 bytes; keep (salt, event) for the person
 *     code = tlog_append(log, &entry_str, 1, &index, err);        // written through io
 *     ... commit the transaction; only then is the leaf durable and may a key be unwrapped ...
 *     code = tlog_sign(log, &signer, &guard, mem, &note, err);    // later: at the end of a command or an interval
 *
 * A `struct tlog` is a cursor over one transaction's view: open one per transaction (one block read), never keep one
 * across transactions. One thread at a time. Sizes and indices are counted in leaves, indices from 0. */
#ifndef SALVE_TLOG_TLOG_H
#define SALVE_TLOG_TLOG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    TLOG_HASH_BYTES = 32,
    TLOG_SALT_BYTES = 32,
    TLOG_SIGNATURE_BYTES = 64,
    TLOG_PUBLIC_KEY_BYTES = 32,
    TLOG_TILE_WIDTH = 256, /* hashes in a full tile, entries in a full bundle */
    TLOG_TILE_BYTES = TLOG_TILE_WIDTH * TLOG_HASH_BYTES,
    TLOG_ENTRY_BYTES_MAX = 65535, /* a bundle counts an entry's bytes in 16 bits */
    TLOG_PRIVATE_ENTRY_BYTES = 34,
    TLOG_PROOF_HASHES_MAX = 64, /* inclusion: the height of the largest tree; a
                                                                consistency proof has one more at most */
    TLOG_NAME_BYTES_MAX = 255,  /* origin and key names */
    TLOG_SIGNATURES_MAX = 64,   /* signature lines of one note; C2SP asks for 16 */
    TLOG_VKEY_BYTES_MAX = 400,
};

struct tlog_hash {
    uint8_t bytes[TLOG_HASH_BYTES];
};

/* --- hashing (RFC 9162, section 2.1) ------------------------------------------------------------------------------ */

struct tlog_hash tlog_hash_leaf(struct str entry);
struct tlog_hash tlog_hash_node(const struct tlog_hash *left, const struct tlog_hash *right);
struct tlog_hash tlog_empty_root(void); /* SHA-256 of nothing */
bool tlog_hash_eq(const struct tlog_hash *a, const struct tlog_hash *b);

/* --- entries (docs/formats/log.md) -------------------------------------------------------------------------------- */

/* clang-format off */
/*    name        type  what                                                                                          */
#define TLOG_ENTRIES(X)                                                                                                \
    X(PRIVATE,    0x01, "a commitment; the only type for anything about a person")                                     \
    X(KEYS,       0x04, "key rotation: counts of wraps and tombstones")                                                \
    X(STATISTICS, 0x05, "a statistics release: tables, budget spent, hash")                                            \
    X(SUCCESSOR,  0x06, "first leaf of a log that takes over from another one")                                        \
    X(HASH,       0x07, "hash of a build, a form or a policy")
/* clang-format on */

#define X(name, type, what) TLOG_ENTRY_##name = type,
enum tlog_entry_type { TLOG_ENTRIES(X) };
#undef X

/* tlog_commit_entry - the 34 bytes 0x01 0x01 C of a private event.
 *   salt    32 random bytes, fresh for every event, kept only in the person's AUDIT class
 *   event   canonical JSON (RFC 8785) of the event; its bytes are hashed as they are */
void tlog_commit_entry(const uint8_t salt[TLOG_SALT_BYTES], struct str event, uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES]);

/* tlog_dummy_entry - 34 bytes that nobody can tell from a private event's; see tlog_pad. */
void tlog_dummy_entry(uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES]);

/* tlog_public_entry - type byte, format byte 0x01, then `payload` in clear (canonical JSON without personal data).
 *   type     TLOG_ENTRY_KEYS .. TLOG_ENTRY_HASH
 *   errors   E_RANGE for TLOG_ENTRY_PRIVATE or an unknown type, E_TOO_BIG */
SALVE_MUST_USE enum salve_code tlog_public_entry(enum tlog_entry_type type, struct str payload, struct arena *mem,
                                                 struct str *entry, struct salve_err *err);

/* tlog_entry_read - for tests and readers elsewhere: type and payload (a view of `entry`; for PRIVATE the 32-byte
 * commitment). E_INVALID. */
SALVE_MUST_USE enum salve_code tlog_entry_read(struct str entry, enum tlog_entry_type *type, struct str *payload,
                                               struct salve_err *err);

/* --- storage ------------------------------------------------------------------------------------------------------ */

/* What the log keeps, by (kind, number). Entries are rows of their own. A tile is kept when it can no longer grow at
 * level 0, and as far as it is filled above; partial level-0 tiles are made from the entries when asked for. */
enum tlog_block {
    TLOG_BLOCK_TILE_0 = 0,       /* .. TLOG_BLOCK_TILE_0 + 7: hash tiles of level 0..7; number = C2SP tile number */
    TLOG_BLOCK_STATE = 16,       /* number 0: size, frontier, checksum */
    TLOG_BLOCK_CHECKPOINT = 17,  /* number = size: the signed notes this log has published, kept for good */
    TLOG_BLOCK_CHECKPOINTS = 18, /* number 0: the size of the newest of them */
};

/* tlog_io - one log's rows in the caller's open transaction. A site that had to start a successor log has several; bind
 * `self` to the log's number. Callbacks fill *err themselves; the log passes their codes up untouched.
 *   read_entries   `count` entries from `first` on; E_NOT_FOUND if one is missing. Bytes live in mem or longer
 *   write_entries  appends rows that were not there before
 *   read_block     E_NOT_FOUND if there is none
 *   write_block    replaces */
struct tlog_io {
    void *self;
    enum salve_code (*read_entries)(void *self, uint64_t first, uint32_t count, struct arena *mem, struct str *entries,
                                    struct salve_err *err);
    enum salve_code (*write_entries)(void *self, uint64_t first, const struct str *entries, uint32_t count,
                                     struct salve_err *err);
    enum salve_code (*read_block)(void *self, enum tlog_block kind, uint64_t number, struct arena *mem,
                                  struct str *bytes, struct salve_err *err);
    enum salve_code (*write_block)(void *self, enum tlog_block kind, uint64_t number, struct str bytes,
                                   struct salve_err *err);
};

struct tlog; /* opaque */

/* tlog_open - a cursor at the newest state; an absent state is the empty log.
 *   io       copied; what it points to must outlive the cursor
 *   origin   "salve.<operator>/<log-id>"; must be the one the log was begun with
 *   errors   E_INTEGRITY (state damaged), E_CONFLICT (another origin), E_INVALID (origin), io's */
SALVE_MUST_USE enum salve_code tlog_open(const struct tlog_io *io, struct str origin, struct arena *mem,
                                         struct tlog **out, struct salve_err *err);

uint64_t tlog_size(const struct tlog *log);

/* tlog_append - adds entries in order; *first is the index of the first. Writes the entries, the tiles they complete
 * and the state; O(1) blocks for a small append. On an error abandon the transaction and the cursor.
 *   errors   E_TOO_BIG (entry), E_RANGE (no entry, or an empty one), io's */
SALVE_MUST_USE enum salve_code tlog_append(struct tlog *log, const struct str *entries, uint32_t count, uint64_t *first,
                                           struct salve_err *err);

/* tlog_pad - dummy leaves until the size is a multiple of `multiple` (16 is the policy, docs/internals/tlog.md), so
 * that checkpoints do not tell how busy a clinic is. Adds nothing if the size already is. */
enum { TLOG_PAD_MULTIPLE = 16 };
/* tlog_fill - so many dummy leaves, 256 at most. */
SALVE_MUST_USE enum salve_code tlog_fill(struct tlog *log, uint32_t count, struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_pad(struct tlog *log, uint32_t multiple, uint32_t *added, struct salve_err *err);

/* tlog_root - root at the present size, folded from the frontier: no reads, at most 63 hashes. */
struct tlog_hash tlog_root(const struct tlog *log);

/* tlog_root_at - root at an earlier size, from tiles. E_RANGE if size is above tlog_size. */
SALVE_MUST_USE enum salve_code tlog_root_at(struct tlog *log, uint64_t size, struct tlog_hash *out,
                                            struct salve_err *err);

/* tlog_entry - one entry's bytes, in mem. E_RANGE, io's. */
SALVE_MUST_USE enum salve_code tlog_entry(struct tlog *log, uint64_t index, struct arena *mem, struct str *out,
                                          struct salve_err *err);

/* --- proofs (RFC 9162, sections 2.1.3 and 2.1.4) ------------------------------------------------------------------ */

struct tlog_proof {
    struct tlog_hash hashes[TLOG_PROOF_HASHES_MAX + 1];
    uint32_t count;
};

/* tlog_prove - inclusion proof of leaf `index` in the tree of `size`; leaf side first.
 * tlog_prove_consistency - for tests and witnesses: that the tree of `size_old` is a prefix of the tree of `size_new`.
 *   errors   E_RANGE (index >= size, size above tlog_size, size_old 0 or above size_new), io's
 *   reads    about two tiles a level */
SALVE_MUST_USE enum salve_code tlog_prove(struct tlog *log, uint64_t index, uint64_t size, struct tlog_proof *out,
                                          struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_prove_consistency(struct tlog *log, uint64_t size_old, uint64_t size_new,
                                                      struct tlog_proof *out, struct salve_err *err);

/* tlog_check_* - pure verification; nothing but the arguments is used. E_INTEGRITY if the proof does not hold.
 * Hashes are 32 bytes by type: a text form with another length never gets here. An old size of 0 proves nothing and is
 * refused. Consistency is for tests and witnesses. */
SALVE_MUST_USE enum salve_code tlog_check_inclusion(uint64_t index, uint64_t size, const struct tlog_hash *leaf,
                                                    const struct tlog_hash *hashes, size_t count,
                                                    const struct tlog_hash *root, struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_check_consistency(uint64_t size_old, uint64_t size_new,
                                                      const struct tlog_hash *root_old,
                                                      const struct tlog_hash *root_new, const struct tlog_hash *hashes,
                                                      size_t count, struct salve_err *err);

/* The same for a subtree [start, end), for tests and readers elsewhere: start must be a multiple of the smallest
 * power of two >= end - start (draft-ietf-plants-merkle-tree-certs, subtrees). An empty subtree holds only with the
 * empty root and an empty proof. */
SALVE_MUST_USE enum salve_code tlog_check_subtree_inclusion(uint64_t index, uint64_t start, uint64_t end,
                                                            const struct tlog_hash *leaf,
                                                            const struct tlog_hash *hashes, size_t count,
                                                            const struct tlog_hash *root, struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_check_subtree_consistency(uint64_t start, uint64_t end, uint64_t size,
                                                              const struct tlog_hash *root_subtree,
                                                              const struct tlog_hash *root,
                                                              const struct tlog_hash *hashes, size_t count,
                                                              struct salve_err *err);

/* --- signed notes (C2SP signed-note) ------------------------------------------------------------------------------ */

/* clang-format off */
/*    name         type  bytes  what */
#define TLOG_KEY_TYPES(X)                                                                                              \
    X(ED25519,     0x01, 64, "Ed25519 over the note text")                                                             \
    X(COSIGNATURE, 0x04, 72, "Ed25519 over cosignature/v1, the time and the note text")
/* clang-format on */

#define X(name, type, bytes, what) TLOG_KEY_##name = type,
enum tlog_key_type { TLOG_KEY_TYPES(X) };
#undef X

/* A verifier key: what one must know to check a signature line. `name` views what it was read from. */
struct tlog_vkey {
    struct str name;
    uint32_t id; /* first 4 bytes of SHA-256(name 0x0A type key), big-endian */
    enum tlog_key_type type;
    uint8_t key[TLOG_PUBLIC_KEY_BYTES];
};

/* tlog_vkey_make - fills *out from its parts. E_INVALID for a name that is empty, too long, or holds a space or '+'.
 * tlog_vkey_text - "name+hex8+base64". tlog_vkey_parse - the reverse; checks the id. E_INVALID, E_UNSUPPORTED: type */
SALVE_MUST_USE enum salve_code tlog_vkey_make(struct str name, enum tlog_key_type type,
                                              const uint8_t key[TLOG_PUBLIC_KEY_BYTES], struct tlog_vkey *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_vkey_text(const struct tlog_vkey *vkey, struct arena *mem, struct str *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_vkey_parse(struct str text, struct tlog_vkey *out, struct salve_err *err);

/* Who signs. The secret key stays with the caller (the keys module): the log sees a callback. */
struct tlog_signer {
    struct tlog_vkey vkey; /* TLOG_KEY_ED25519; its name should be the log's origin */
    void *self;
    enum salve_code (*sign)(void *self, struct str message, uint8_t signature[TLOG_SIGNATURE_BYTES],
                            struct salve_err *err);
};

struct tlog_note {
    struct str text;  /* with its last newline; a view */
    struct str lines; /* the signature lines; a view */
    uint32_t count;   /* of them */
};

/* tlog_note_parse - splits and checks the form; verifies nothing. Views of `note`. E_TOO_BIG, E_INVALID. */
SALVE_MUST_USE enum salve_code tlog_note_parse(struct str note, struct tlog_note *out, struct salve_err *err);

/* tlog_note_verify - signatures of known keys must all verify, and at least one must be there.
 *   *signed_by   bit i set: keys[i] signed (count is 64 at most)
 *   times        NULL, or per key the unix second of its cosignature (0 for plain signatures)
 *   errors       E_INVALID (form), E_INTEGRITY (a known key's signature fails, or no known key signed) */
SALVE_MUST_USE enum salve_code tlog_note_verify(struct str note, const struct tlog_vkey *keys, size_t count,
                                                uint64_t *signed_by, uint64_t *times, struct salve_err *err);

/* tlog_note_sign - text (ends in newline, no control characters) and one signature line, in mem.
 * tlog_note_add - for tests, until there are witnesses: a note with one more line, as a witness returned it. */
SALVE_MUST_USE enum salve_code tlog_note_sign(struct str text, const struct tlog_signer *signer, struct arena *mem,
                                              struct str *note, struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_note_add(struct str note, struct str line, struct arena *mem, struct str *out,
                                             struct salve_err *err);

/* --- checkpoints (C2SP tlog-checkpoint) --------------------------------------------------------------------------- */

struct tlog_checkpoint {
    struct str origin;
    uint64_t size;
    struct tlog_hash root;
};

/* Heads in a text, whatever stands around them; each call gives the next one and moves *rest on. tlog_find_note - a
 * signed note: three lines, an empty one, and signatures. tlog_find_state - "size root" as letters print it: digits,
 * white space, 64 hexadecimal characters. tlog_find_lines - the text with its "\\n" as line ends, as a receipt in JSON
 * has its note. E_TOO_BIG. */
bool tlog_find_note(struct str *rest, struct str *note);
bool tlog_find_state(struct str *rest, uint64_t *size, struct tlog_hash *root);
SALVE_MUST_USE enum salve_code tlog_find_lines(struct str text, struct arena *mem, struct str *out,
                                               struct salve_err *err);

/* tlog_checkpoint_text - three lines. tlog_checkpoint_parse - takes the text or a whole note (views of it; signatures
 * are not checked); extension lines are allowed and ignored. E_INVALID. */
SALVE_MUST_USE enum salve_code tlog_checkpoint_text(const struct tlog_checkpoint *head, struct arena *mem,
                                                    struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_checkpoint_parse(struct str text, struct tlog_checkpoint *out,
                                                     struct salve_err *err);

/* tlog_guard - where the largest signed head is remembered apart from the database (a file beside it, a witness), so
 * that a restored, older database cannot sign a fork. read: E_NOT_FOUND if nothing was ever signed. write: durable when
 * it returns. Both carry checkpoint text (tlog_checkpoint_text). */
struct tlog_guard {
    void *self;
    enum salve_code (*read)(void *self, struct arena *mem, struct str *text, struct salve_err *err);
    enum salve_code (*write)(void *self, struct str text, struct salve_err *err);
};

/* tlog_sign - a signed checkpoint of the present size; also archived as a block in the open transaction.
 * Order: compare with the guard, make the guard durable, sign. Call it in a transaction of its own AFTER the one that
 * appended the leaves has committed, so that nothing is signed that could still be lost.
 * If the guard already holds this size and root, the note is made again (Ed25519 is deterministic): same bytes.
 *   errors   E_CONFLICT  the guard knows a larger size, or another root at its size: this database is older than or
 *                        different from what was signed. Start a successor log (tlog_succeed), never sign
 *            E_RANGE     the log is empty */
SALVE_MUST_USE enum salve_code tlog_sign(struct tlog *log, const struct tlog_signer *signer,
                                         const struct tlog_guard *guard, struct arena *mem, struct str *note,
                                         struct salve_err *err);

/* tlog_check_guard - the first half of tlog_sign alone, for start-up and `verify`: E_CONFLICT if the guard's head is
 * not a prefix of this log (or equal to it); OK if nothing was signed yet. */
SALVE_MUST_USE enum salve_code tlog_check_guard(struct tlog *log, const struct tlog_guard *guard,
                                                struct salve_err *err);

/* tlog_newest_checkpoint - the archived note with the largest size. E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code tlog_newest_checkpoint(struct tlog *log, struct arena *mem, struct str *note,
                                                      struct salve_err *err);

/* --- after a restore ---------------------------------------------------------------------------------------------- */

/* tlog_succeed - begins log `log` (empty, with its own new origin) as the successor of `last`, the largest head that
 * the old origin is known to have signed; `size_kept` leaves of the old log are still here. Appends leaf 0x06, index 0.
 * The caller retires the old signing key.
 *   errors   E_CONFLICT if log is not empty or has last's origin; E_RANGE if size_kept is above last's size. Where they
 *            are equal, nobody knows whether more was signed */
SALVE_MUST_USE enum salve_code tlog_succeed(struct tlog *log, const struct tlog_checkpoint *last, uint64_t size_kept,
                                            int64_t at_unix_s, struct salve_err *err);

/* tlog_next_origin - "salve.op/7" gives "salve.op/8"; an origin without a number at the end gets "/2". */
SALVE_MUST_USE enum salve_code tlog_next_origin(struct str origin, struct arena *mem, struct str *out,
                                                struct salve_err *err);

/* --- verification of the whole ------------------------------------------------------------------------------------ */

struct tlog_report {
    uint64_t entries;     /* re-hashed */
    uint64_t tiles;       /* compared */
    uint64_t checkpoints; /* archived ones whose signature and root hold */
    struct tlog_hash root;
};

/* tlog_verify - re-hashes every entry, compares every tile, the state, and every archived checkpoint (signature by
 * `vkey`, root at its size).
 *   progress   NULL, or called now and then with (done, total) entries
 *   errors     E_INTEGRITY naming the first thing that differs ("log entry 1234", "log tile 1/0", "checkpoint 800") */
SALVE_MUST_USE enum salve_code tlog_verify(struct tlog *log, const struct tlog_vkey *vkey,
                                           void (*progress)(void *self, uint64_t done, uint64_t total), void *self,
                                           struct tlog_report *report, struct salve_err *err);

/* --- receipts (C2SP tlog-proof) ----------------------------------------------------------------------------------- */

/* tlog_receipt - the text a person takes home: extra = base64(salt, event), index, proof, signed checkpoint. With the
 * log's vkey alone it can be checked offline.
 *   note   a checkpoint whose size is above `index`
 *   salt   NULL for a public leaf; then extra is left out */
SALVE_MUST_USE enum salve_code tlog_receipt(struct tlog *log, uint64_t index, const uint8_t salt[TLOG_SALT_BYTES],
                                            struct str event, struct str note, struct arena *mem, struct str *out,
                                            struct salve_err *err);

struct tlog_receipt_view {
    struct str extra; /* decoded, in mem; STR_NONE if there was none */
    uint64_t index;
    struct tlog_proof proof;
    struct str note;             /* a view */
    struct tlog_checkpoint head; /* of the note */
};

/* tlog_receipt_parse - the form only.
 * tlog_receipt_verify - for tests and readers elsewhere: all of it. Signatures of `keys` (a log key whose name is the
 * origin must be among the signers), commitment recomputed from extra, inclusion in the signed root.
 *   entry     the entry's bytes if known (a public leaf); STR_NONE: recompute it from extra
 *   *event    view of the event in extra (in mem)
 *   errors    E_INVALID (form), E_INTEGRITY */
SALVE_MUST_USE enum salve_code tlog_receipt_parse(struct str text, struct arena *mem, struct tlog_receipt_view *out,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_receipt_verify(struct str text, const struct tlog_vkey *keys, size_t count,
                                                   struct str entry, struct arena *mem, struct str *event,
                                                   struct salve_err *err);

/* --- C2SP static files -------------------------------------------------------------------------------------------- */

/* tlog_tile_path - "tile/<L>/<N>[.p/<W>]"; level -1 is "tile/entries/...". width 0 or 256: the full tile. */
SALVE_MUST_USE enum salve_code tlog_tile_path(int32_t level, uint64_t number, uint32_t width, struct arena *mem,
                                              struct str *out, struct salve_err *err);
/* For tests and readers elsewhere. */
SALVE_MUST_USE enum salve_code tlog_tile_path_parse(struct str path, int32_t *level, uint64_t *number, uint32_t *width,
                                                    struct salve_err *err);

/* tlog_tile - bytes of tile (level, number) in the tree of `size`: as wide as that size makes it (256 when full); level
 * -1 gives the entry bundle. E_RANGE if the tree of that size has no such tile. */
SALVE_MUST_USE enum salve_code tlog_tile(struct tlog *log, int32_t level, uint64_t number, uint64_t size,
                                         struct arena *mem, struct str *out, struct salve_err *err);

/* tlog_bundle_next - cuts the next entry off a bundle; false at its end. E_INVALID in *code if the bundle is cut
 * short. */
bool tlog_bundle_next(struct str *rest, struct str *entry, enum salve_code *code, struct salve_err *err);

/* tlog_tiles_check - for tests and readers of files from elsewhere: that `bytes` is a well-formed tile of `width`
 * hashes, and (level 0) that the entries of `bundle` hash to them. E_INVALID, E_INTEGRITY. */
SALVE_MUST_USE enum salve_code tlog_tiles_check(struct str bytes, uint32_t width, struct str bundle,
                                                struct salve_err *err);

/* tlog_export - for tests, until a log is published: writes checkpoint, tile/... and tile/entries/... for the note's
 * size into folder `path` (made if absent), as any C2SP client reads them. Files hold commitments only. Full tiles
 * that are there already are left.
 *   *files   how many were written */
SALVE_MUST_USE enum salve_code tlog_export(struct tlog *log, struct str note, const char *path, uint64_t *files,
                                           struct salve_err *err);

#endif
