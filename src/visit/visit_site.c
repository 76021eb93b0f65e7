/* SPDX-License-Identifier: Apache-2.0
 * A new site and its staff. */
#include "visit/site.h"

#include <string.h>

#include "base/buf.h"
#include "records/commons.h"

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
                                "staff %.*s", STR_ARGS(id));
    }
    return SALVE_OK;
}

static bool is_site_name(struct str name)
{
    bool is_good = name.len > 0 && name.len <= SITE_NAME_BYTES_MAX && str_is_utf8(name);
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool is_c1 = c == 0xc2 && i + 1 < name.len && (unsigned char)name.ptr[i + 1] < 0xa0;
        is_good = is_good && c >= 0x20 && c != 0x7f && !is_c1;
    }
    return is_good;
}

enum salve_code visit_site_check(struct str name, const struct visit_member *members, size_t count,
                                 struct salve_err *err)
{
    TRY(check_members(members, count, err));
    if (is_site_name(name)) return SALVE_OK;
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

/* Managers first: they may add the others. */
static enum salve_code register_all(struct site *site, struct actor actor, const struct visit_member *members,
                                    size_t count, struct salve_err *err)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++)
            if ((members[i].role == ROLE_MANAGER) == (pass == 0))
                TRY(staff_register(site, actor, members[i].id, members[i].role, err));
    return SALVE_OK;
}

struct members {
    const struct visit_member *all;
    size_t count;
};

static enum salve_code first_staff(struct site *site, void *with, struct salve_err *err)
{
    const struct members *members = with;
    struct actor first = {.id = STR("manager"), .role = ROLE_MANAGER, .site = site_settings(site)->name};
    bool is_named = false;
    for (size_t i = 0; i < members->count && !is_named; i++) {
        if (members->all[i].role != ROLE_MANAGER) continue;
        first.id = members->all[i].id;
        is_named = true;
    }
    if (!is_named) TRY(staff_register(site, first, first.id, first.role, err));
    return register_all(site, first, members->all, members->count, err);
}

enum salve_code visit_site_make(const struct site_options *options, struct str name, const struct visit_member *members,
                                size_t count, struct arena *mem, struct salve_err *err)
{
    struct members all = {members, count};
    struct site_first first = {first_staff, &all};
    struct site_settings settings = {.name = name, .languages = STR("en ar")};
    TRY(visit_site_check(name, members, count, err));
    TRY(log_name_of(name, mem, &settings.log_name, err));
    return site_create(options, &settings, &first, err);
}

enum salve_code visit_staff_add(const struct visit *visit, const struct visit_member *members, size_t count,
                                struct salve_err *err)
{
    TRY(check_members(members, count, err));
    return register_all(visit->site, visit->actor, members, count, err);
}

enum salve_code visit_staff_retire(const struct visit *visit, struct str id, struct salve_err *err)
{
    struct staff *staff = NULL;
    size_t count = 0, others = 0;
    bool is_manager = false;
    TRY(staff_list(visit->site, visit->mem, &staff, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (staff[i].retired || staff[i].role != ROLE_MANAGER) continue;
        is_manager = is_manager || str_eq(staff[i].id, id);
        others += !str_eq(staff[i].id, id);
    }
    if (is_manager && others == 0)
        return salve_refuse(err, SALVE_E_CONFLICT, "the last manager stays until there is another", "staff %.*s",
                            STR_ARGS(id));
    return staff_retire(visit->site, visit->actor, id, err);
}
