/* SPDX-License-Identifier: Apache-2.0
 *
 * shapes - what structs of the doors of records look like on the way (door_shapes.c has their tables), and the kinds of
 * members that requests are made of (door_calls.def). */
#ifndef SALVE_DOOR_SHAPES_INT_H
#define SALVE_DOOR_SHAPES_INT_H

#include "door/wire_int.h"
#include "records/ops.h"

enum {
    DOOR_NAME_BYTES_MAX = 64 << 10, /* a name, an id, a secret: what is too long for its place is refused there */
    DOOR_DOC_BYTES_MAX = 128 << 20, /* a document, a file, a receipt */
    DOOR_LIST_MAX = 1 << 20,        /* resources, lines of who looked */
    DOOR_SAVES_MAX = 64,            /* in one question */
    DOOR_SHORT_LIST_MAX = 64 << 10, /* staff, files of a document */
    DOOR_HANDLE_BYTES = 16,
};

/* A view that is open in the gate: random, so that nobody has one who was not given it. */
struct door_handle {
    uint8_t bytes[DOOR_HANDLE_BYTES];
};

/* What a view is, as it was opened, and what of it the gate reckons anew. */
struct door_facts {
    struct compartment id;
    class_mask classes;
    uint64_t first_number; /* of the ids that it gives */
    int64_t opened_at_unix_ms, day_end_unix_ms;
    int64_t proofs_from_unix_ms;
    int64_t until_unix_ms; /* the clock alone ends it then */
    bool keeps_apart;
};

/* What is saved through one view. The entries of a part that is meant take the place of what was there. */
struct door_saving {
    struct door_handle handle;
    uint64_t ids_given;
    struct rec_item *items;
    size_t items_count;
    uint32_t parts_meant; /* a bit for each enum work_part */
    struct work_entry *entries;
    size_t entries_count;
    bool wants_receipt;
};

/* A resource, and where it stands among all. */
struct door_placed {
    uint64_t at;
    struct rec_resource resource;
};

/* What comes before the answer of a long request. */
struct door_progress {
    struct str step;
    uint64_t done, of;
};

struct door_saved {
    enum salve_code code;
    struct salve_err err;
    struct rec_receipt receipt;
};

/* clang-format off */
#define DOOR_SHAPES(X)                                                                                                 \
    X(account) X(account_passkey) X(account_totp) X(actor) X(app_allow) X(app_grant) X(app_seen) X(app_token_ask)      \
    X(app_tokens) X(commons_file) X(compartment) X(consent_grant)                                                      \
    X(door_facts) X(door_placed) X(door_progress) X(door_saved) X(door_saving) X(passkey_new) X(proof) X(queue_entry)  \
    X(queue_step) X(rec_ask) X(rec_consent) X(rec_enrolled) X(rec_erasure) X(rec_item) X(rec_look)       \
    X(rec_receipt) X(rec_resource) X(rec_rows_state) X(salve_err) X(session) X(site_backup) X(site_backup_ask)         \
    X(site_backup_state) X(site_certificate) X(site_entries) X(site_entry) X(site_facts) X(site_finding)               \
    X(site_health) X(site_names) X(site_rotation) X(site_secret) X(site_settings) X(site_verify_result) X(staff)       \
    X(staff_new) X(str) X(tablet) X(tablet_new) X(work) X(work_ask) X(work_entry) X(work_page)      \
    X(referral_answer) X(share) X(share_ask) X(share_by) X(share_made) X(share_opened)
/* clang-format on */
#define DOOR_DECLARE(tag) extern const struct door_shape door_shape_##tag;
DOOR_SHAPES(DOOR_DECLARE)
#undef DOOR_DECLARE

/* --- rows of a table ---------------------------------------------------------------------------------------------- */

/* s: the type; m: its member */
#define DOOR_PLAIN(k, s, m, most)                                                                                      \
    {                                                                                                                  \
        .kind = (k), .offset = (uint16_t)offsetof(s, m), .bytes = (uint16_t)sizeof(((s *)NULL)->m), .max = (most)      \
    }
#define DOOR_NESTED(k, s, m, tag)                                                                                      \
    {                                                                                                                  \
        .kind = (k), .offset = (uint16_t)offsetof(s, m), .bytes = (uint16_t)sizeof(((s *)NULL)->m),                    \
        .shape = &door_shape_##tag                                                                                     \
    }
#define DOOR_LISTED(k, s, m, count, tag, most)                                                                         \
    {                                                                                                                  \
        .kind = (k), .offset = (uint16_t)offsetof(s, m), .bytes = (uint16_t)sizeof(((s *)NULL)->m),                    \
        .count_offset = (uint16_t)offsetof(s, count), .max = (most), .shape = &door_shape_##tag                        \
    }

/* --- members of requests: how each is declared, and its row ------------------------------------------------------- */

#define DOOR_MEMBER_HANDLE(m)    struct door_handle m;
#define DOOR_MEMBER_TEXT(m)      struct str m;
#define DOOR_MEMBER_DOC(m)       struct str m;
#define DOOR_MEMBER_TAPE(m)      struct tape m;
#define DOOR_MEMBER_FLAG(m)      bool m;
#define DOOR_MEMBER_TIME(m)      int64_t m;
#define DOOR_MEMBER_NUMBER(m)    uint64_t m;
#define DOOR_MEMBER_CLASSES(m)   class_mask m;
#define DOOR_MEMBER_PURPOSE(m)   enum purpose m;
#define DOOR_MEMBER_ROLE(m)      enum role m;
#define DOOR_MEMBER_TOKEN(m)     uint8_t m[SESSION_TOKEN_BYTES];
#define DOOR_MEMBER_CHALLENGE(m) uint8_t m[PROOF_CHALLENGE_BYTES];
#define DOOR_MEMBER_SECOND(m)    const struct actor *m;
#define DOOR_MEMBER_ERROR(m)     struct salve_err *m;
#define DOOR_MEMBER_CODE(m)      enum salve_code m;
#define DOOR_MEMBER_SINCE(m)     uint64_t m[CLASS_END];

#define DOOR_FIELD_HANDLE(s, m)    DOOR_PLAIN(DOOR_BYTES, s, m, 0)
#define DOOR_FIELD_TEXT(s, m)      DOOR_PLAIN(DOOR_TEXT, s, m, DOOR_NAME_BYTES_MAX)
#define DOOR_FIELD_DOC(s, m)       DOOR_PLAIN(DOOR_TEXT, s, m, DOOR_DOC_BYTES_MAX)
#define DOOR_FIELD_TAPE(s, m)      DOOR_PLAIN(DOOR_TAPE, s, m, 0)
#define DOOR_FIELD_FLAG(s, m)      DOOR_PLAIN(DOOR_BOOL, s, m, 0)
#define DOOR_FIELD_TIME(s, m)      DOOR_PLAIN(DOOR_INT, s, m, 0)
#define DOOR_FIELD_NUMBER(s, m)    DOOR_PLAIN(DOOR_INT, s, m, 0)
#define DOOR_FIELD_CLASSES(s, m)   DOOR_PLAIN(DOOR_INT, s, m, CLASS_BIT(CLASS_END))
#define DOOR_FIELD_PURPOSE(s, m)   DOOR_PLAIN(DOOR_INT, s, m, PURPOSE_END)
#define DOOR_FIELD_ROLE(s, m)      DOOR_PLAIN(DOOR_INT, s, m, ROLE_COUNT)
#define DOOR_FIELD_TOKEN(s, m)     DOOR_PLAIN(DOOR_BYTES, s, m, 0)
#define DOOR_FIELD_CHALLENGE(s, m) DOOR_PLAIN(DOOR_BYTES, s, m, 0)
#define DOOR_FIELD_SECOND(s, m)    DOOR_NESTED(DOOR_MAYBE, s, m, actor)
#define DOOR_FIELD_ERROR(s, m)     DOOR_NESTED(DOOR_MAYBE, s, m, salve_err)
#define DOOR_FIELD_CODE(s, m)      DOOR_PLAIN(DOOR_INT, s, m, SALVE_CODE_COUNT)
#define DOOR_FIELD_SINCE(s, m)     DOOR_PLAIN(DOOR_BYTES, s, m, 0)

#endif
