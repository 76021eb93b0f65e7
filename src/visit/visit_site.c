/* SPDX-License-Identifier: Apache-2.0
 * A new site and its staff. */
#include "visit/site.h"

#include <string.h>

#include "base/buf.h"
#include "crypto/crypto.h"
#include "records/certify.h"
#include "visit/visit_int.h"

enum { STAFF_NAME_BYTES_MAX = 64, SITE_NAME_BYTES_MAX = 200, LOG_NAME_BYTES_MAX = 40 };
static const char staff_name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

static enum salve_code check_members(const struct visit_member *members, size_t count, struct salve_err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct str id = members[i].id;
        bool is_good = id.len > 0 && id.len <= STAFF_NAME_BYTES_MAX;
        for (size_t c = 0; c < id.len; c++)
            is_good = is_good && id.ptr[c] != '\0' && strchr(staff_name_characters, id.ptr[c]) != NULL;
        if (!is_good)
            return salve_refuse(err, SALVE_E_USAGE, "the name is a pseudonym of 1 to 64 of a-z, 0-9, '.', '_', '-'",
                                "name of staff %zu", i + 1); /* by its place: it may be anybody's */
    }
    return SALVE_OK;
}

bool visit_is_line(struct str text, size_t bytes_max)
{
    bool is_good = text.len <= bytes_max && str_is_utf8(text);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_c1 = c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0;
        is_good = is_good && c >= 0x20 && c != 0x7f && !is_c1;
    }
    return is_good;
}

enum salve_code visit_site_check(struct str name, const struct visit_member *members, size_t count,
                                 struct salve_err *err)
{
    TRY(check_members(members, count, err));
    if (name.len > 0 && visit_is_line(name, SITE_NAME_BYTES_MAX)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "1 to 200 bytes of text without control characters", "name");
}

/* Lower-case letters, digits and '-'. */
static enum salve_code log_name_of(struct str name, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct buf text;
    buf_init(&text, mem, LOG_NAME_BYTES_MAX + 1);
    for (size_t i = 0; i < name.len && i < LOG_NAME_BYTES_MAX; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        buf_add_char(&text, (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-');
    }
    return buf_done(&text, out, err);
}

void visit_manager_add(struct visit_member *members, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (members[i].role == ROLE_MANAGER) return;
    members[(*count)++] = (struct visit_member){.id = STR("manager"), .role = ROLE_MANAGER};
}

enum salve_code visit_pin_make(struct arena *mem, struct str *out, struct salve_err *err)
{
    enum { DIGITS = 8, RANGE = 100 * 1000 * 1000 };
    uint8_t bytes[8];
    crypto_random(bytes, sizeof bytes); /* 64 bits for 27: no number is likelier by more than 2^-37 */
    *out = arena_printf(mem, "%0*u", DIGITS, (unsigned)(crypto_get_u64(bytes) % RANGE));
    crypto_zero(bytes, sizeof bytes);
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "PIN") : SALVE_OK;
}

enum salve_code visit_phrase_make(struct arena *mem, struct str *out, struct salve_err *err)
{
    enum { GROUPS = 4, GROUP_CHARS = 5, CHARS = GROUPS * GROUP_CHARS };
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* 32, none like another */
    uint8_t bytes[CHARS];
    char text[CHARS + GROUPS];
    size_t at = 0;
    crypto_random(bytes, sizeof bytes);
    for (size_t i = 0; i < CHARS; i++) {
        if (i > 0 && i % GROUP_CHARS == 0) text[at++] = '-';
        text[at++] = alphabet[bytes[i] % 32];
    }
    *out = arena_printf(mem, "%.*s", (int)at, text);
    crypto_zero(bytes, sizeof bytes);
    crypto_zero(text, sizeof text);
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "passphrase") : SALVE_OK;
}

/* --- making ------------------------------------------------------------------------------------------------------- */

static enum salve_code register_one(struct site *site, struct actor actor, const struct actor *second,
                                    const struct visit_member *member, struct salve_err *err)
{
    struct staff_new fresh = {.id = member->id, .role = member->role, .secret = member->secret, .second = second};
    return staff_register(site, actor, &fresh, err);
}

struct making {
    const struct visit_site_ask *ask;
    struct arena *mem;
};

/* The first manager, who then adds the others. */
static enum salve_code first_staff(struct site *site, void *with, struct salve_err *err)
{
    const struct making *making = with;
    const struct visit_site_ask *ask = making->ask;
    struct actor actor = {.role = ROLE_MANAGER};
    size_t first = 0;
    while (first < ask->count && ask->members[first].role != ROLE_MANAGER) first++;
    if (first == ask->count) return salve_fail(err, SALVE_E_USAGE, "a manager");
    actor.id = ask->members[first].id;
    TRY(register_one(site, actor, NULL, &ask->members[first], err));
    TRY(staff_login(site, actor.id, ask->members[first].secret, making->mem, &actor, err));
    for (size_t i = 0; i < ask->count; i++)
        if (i != first) TRY(register_one(site, actor, NULL, &ask->members[i], err));
    if (ask->authority != NULL) {
        TRY(site_authority_make(site, actor, ask->host, err));
        TRY(site_authority(site, making->mem, ask->authority, err));
    }
    return ask->told == NULL ? SALVE_OK : ask->told(ask->with, err);
}

enum salve_code visit_site_make(const struct site_options *options, const struct visit_site_ask *ask, struct arena *mem,
                                struct salve_err *err)
{
    struct making making = {ask, mem};
    struct site_first first = {first_staff, &making};
    struct site_settings settings = {
        .name = ask->name, .languages = ask->languages.len > 0 ? ask->languages : STR("en ar"), .zone = ask->zone};
    TRY(visit_site_check(ask->name, ask->members, ask->count, err));
    for (size_t i = 0; i < ask->count; i++) TRY(staff_secret_check(ask->members[i].secret, err));
    TRY(log_name_of(ask->name, mem, &settings.log_name, err));
    return site_create(options, &settings, &first, err);
}

/* --- later -------------------------------------------------------------------------------------------------------- */

enum salve_code visit_staff_add(const struct visit *visit, const struct actor *second,
                                const struct visit_member *members, size_t count, struct salve_err *err)
{
    TRY(check_members(members, count, err));
    for (size_t i = 0; i < count; i++) TRY(staff_secret_check(members[i].secret, err));
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++)
            if ((members[i].role == ROLE_MANAGER) == (pass == 0))
                TRY(register_one(visit->site, visit->actor, second, &members[i], err));
    return SALVE_OK;
}
