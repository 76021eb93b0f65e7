/* SPDX-License-Identifier: Apache-2.0
 *
 * kept - passkeys and tablets as they are kept: small documents of JSON (docs/formats/site.md), read strictly and
 * written in one way. The second door of the room; what they show is in passkey.h.
 *
 *     TRY(passkey_kept_read(json, mem, &kept, err));                       // E_INTEGRITY
 *     TRY(passkey_kept_write(&kept, mem, &json, err)); */
#ifndef SALVE_PASSKEY_KEPT_H
#define SALVE_PASSKEY_KEPT_H

#include "base/arena.h"
#include "passkey/passkey.h"

/* One that was removed has a member of staff and nothing else. */
struct passkey_kept {
    struct str id; /* of the document; not in it */
    struct str staff, label, credential, key;
    int64_t added_unix_ms;
    bool is_removed;
};

enum tablet_state { TABLET_ENROLLED, TABLET_LOCKED, TABLET_REMOVED, TABLET_STATES };
struct tablet_kept {
    struct str id; /* of the document; not in it */
    struct str label, by;
    struct str key; /* PASSKEY_POINT_BYTES */
    int64_t at_unix_ms;
    enum tablet_state state;
};

/* *_read - texts and bytes in mem. E_INTEGRITY: it is none. *_write - the document, in mem. */
SALVE_MUST_USE enum salve_code passkey_kept_read(struct str json, struct arena *mem, struct passkey_kept *out,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code passkey_kept_write(const struct passkey_kept *kept, struct arena *mem, struct str *json,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code tablet_kept_read(struct str json, struct arena *mem, struct tablet_kept *out,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code tablet_kept_write(const struct tablet_kept *kept, struct arena *mem, struct str *json,
                                                 struct salve_err *err);

/* kept_id - of a document about these bytes: the beginning of their SHA-256 in hexadecimal. kept_is_id - a text of
 * that form. kept_label_check - a name that somebody gives to a thing, 1 to 64 bytes that can be read. E_INVALID. */
enum { KEPT_ID_BYTES = 32, KEPT_LABEL_BYTES_MAX = 64 };
void kept_id(struct str bytes, char id[KEPT_ID_BYTES + 1]);
bool kept_is_id(struct str text);
SALVE_MUST_USE enum salve_code kept_label_check(struct str label, struct salve_err *err);

/* tablet_text - what a tablet signs: the challenge and the name, in mem. E_MEMORY. */
SALVE_MUST_USE enum salve_code tablet_text(struct str challenge, struct str name, struct arena *mem, struct str *out,
                                           struct salve_err *err);

/* totp_uri - otpauth://totp/.., as generators read it out of a QR code; an issuer that is too long is "Salve". */
enum { TOTP_URI_BYTES = 700 };
void totp_uri(struct str issuer, struct str name, const char *secret, char out[TOTP_URI_BYTES]);

#endif
