/* SPDX-License-Identifier: Apache-2.0
 * Scopes: "patient/Observation.rs?category=laboratory". SMART App Launch 2.2, "Scopes and Launch Context"; v1 in its
 * "Scopes for requesting FHIR Resources (STU1)". */
#include <string.h>

#include "base/buf.h"
#include "smart/smart.h"

enum { TYPE_BYTES_MAX = 64 };

static enum salve_code refuse(const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "invalid_scope");
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool is_type(struct str type)
{
    bool is = type.len > 0 && type.len <= TYPE_BYTES_MAX && str_is_upper(type.ptr[0]);
    for (size_t i = 0; is && i < type.len; i++) is = str_is_letter(type.ptr[i]);
    return is || str_is(type, "*");
}

/* "cruds" in this order, each once; what it may of reading. */
static bool read_letters(struct str letters, struct smart_scope *out)
{
    const char *order = "cruds";
    if (letters.len == 0) return false;
    for (size_t i = 0; i < letters.len; i++) {
        const char *at = letters.ptr[i] == '\0' ? NULL : strchr(order, letters.ptr[i]);
        if (at == NULL) return false;
        order = at + 1;
        out->reads = out->reads || *at == 'r';
        out->searches = out->searches || *at == 's';
    }
    return true;
}

static bool read_may(struct str may, struct smart_scope *out)
{
    bool is_first = str_is(may, "read") || str_is(may, "*");
    if (is_first) out->reads = out->searches = true;
    return is_first || str_is(may, "write") || read_letters(may, out);
}

/* False: it cannot be granted, or is none. */
static bool read_scope(struct str text, struct smart_scope *out)
{
    struct str rest, may;
    *out = (struct smart_scope){.reads = false};
    if (!str_starts(text, STR("patient/"))) return false;
    if (!str_split(str_cut(text, 8, text.len), '.', &out->type, &rest)) return false;
    if (!str_split(rest, '?', &may, &out->where)) {
        may = rest;
        out->where = STR("");
    } else if (out->where.len == 0) {
        return false;
    }
    bool is_own = str_is(out->type, "Consent"); /* what was decided is the person's alone to see: N17 */
    return is_type(out->type) && !is_own && read_may(may, out) && (out->reads || out->searches);
}

static bool read_other(struct str text, struct smart_scopes *out)
{
    out->openid = out->openid || str_is(text, "openid");
    out->fhir_user = out->fhir_user || str_is(text, "fhirUser");
    out->launch = out->launch || str_is(text, "launch/patient");
    out->offline = out->offline || str_is(text, "offline_access");
    return str_find(text, STR("/")) < 0 || str_is(text, "launch/patient");
}

/* %x21 / %x23-5B / %x5D-7E (RFC 6749, 3.3) */
static bool is_scope_text(struct str text)
{
    bool is = text.len > 0 && text.len <= SMART_SCOPE_BYTES_MAX;
    for (size_t i = 0; is && i < text.len; i++)
        is = text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7e && text.ptr[i] != '"' && text.ptr[i] != '\\';
    return is;
}

static bool same(const struct smart_scope *a, const struct smart_scope *b)
{
    return str_eq(a->type, b->type) && str_eq(a->where, b->where);
}

/* Twice the same type and condition is one scope with what both may. */
static enum salve_code add(struct smart_scopes *out, const struct smart_scope *scope, struct salve_err *err)
{
    for (size_t i = 0; i < out->count; i++) {
        if (!same(&out->list[i], scope)) continue;
        out->list[i].reads = out->list[i].reads || scope->reads;
        out->list[i].searches = out->list[i].searches || scope->searches;
        return SALVE_OK;
    }
    if (out->count == SMART_SCOPES_MAX) return refuse("at most 32 scopes", err);
    out->list[out->count++] = *scope;
    return SALVE_OK;
}

enum salve_code smart_scopes_read(struct str text, struct smart_scopes *out, struct salve_err *err)
{
    struct str rest = text;
    *out = (struct smart_scopes){.count = 0};
    if (!is_scope_text(text)) return refuse("1 to 1024 characters, words with a space between", err);
    while (rest.len > 0) {
        size_t end = 0;
        struct smart_scope scope;
        while (end < rest.len && rest.ptr[end] != ' ') end++;
        struct str one = str_cut(rest, 0, end);
        rest = str_cut(rest, end + 1, rest.len);
        if (one.len == 0 || read_other(one, out)) continue;
        if (read_scope(one, &scope)) TRY(add(out, &scope, err));
    }
    return out->count > 0 ? SALVE_OK : refuse("nothing of patient/ that reads is asked for", err);
}

/* --- classes ------------------------------------------------------------------------------------------------------ */

class_mask smart_type_classes(struct str type)
{
    if (str_is(type, "Patient")) return CLASS_BIT(CLASS_IDENT);
    if (str_is(type, "AuditEvent")) return CLASS_BIT(CLASS_AUDIT);
    if (str_is(type, "*")) return CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS);
    return CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS);
}

class_mask smart_scopes_classes(const struct smart_scopes *scopes)
{
    class_mask all = 0;
    for (size_t i = 0; i < scopes->count; i++) all |= smart_type_classes(scopes->list[i].type);
    return all;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void put(struct buf *out, const char *text)
{
    if (out->len > 0) buf_add_char(out, ' ');
    buf_add(out, str_of(text));
}

static void put_scope(struct buf *out, const struct smart_scope *scope)
{
    put(out, "patient/");
    buf_addf(out, "%.*s.%s%s", STR_ARGS(scope->type), scope->reads ? "r" : "", scope->searches ? "s" : "");
    if (scope->where.len > 0) buf_addf(out, "?%.*s", STR_ARGS(scope->where));
}

enum salve_code smart_scopes_text(const struct smart_scopes *scopes, class_mask classes, bool has_refresh,
                                  struct arena *mem, struct str *out, struct salve_err *err)
{
    struct buf text;
    size_t left = 0;
    buf_init(&text, mem, 2 * SMART_SCOPE_BYTES_MAX);
    if (scopes->launch) put(&text, "launch/patient");
    if (scopes->openid) put(&text, "openid");
    if (scopes->fhir_user) put(&text, "fhirUser");
    if (has_refresh) put(&text, "offline_access");
    for (size_t i = 0; i < scopes->count; i++) {
        if ((smart_type_classes(scopes->list[i].type) & classes) == 0) continue;
        put_scope(&text, &scopes->list[i]);
        left++;
    }
    if (left > 0) return buf_done(&text, out, err);
    *out = STR("");
    return SALVE_OK;
}

/* "*" is what it stands for, and no more. */
static bool covers(const struct smart_scope *has, const struct smart_scope *scope)
{
    bool is_all = str_is(has->type, "*") && (smart_type_classes(scope->type) & ~smart_type_classes(has->type)) == 0;
    return same(has, scope) || (has->where.len == 0 && (is_all || str_eq(has->type, scope->type)));
}

static bool is_within(const struct smart_scope *scope, const struct smart_scopes *outer)
{
    for (size_t i = 0; i < outer->count; i++) {
        const struct smart_scope *has = &outer->list[i];
        bool is_enough = (has->reads || !scope->reads) && (has->searches || !scope->searches);
        if (covers(has, scope) && is_enough) return true;
    }
    return false;
}

bool smart_scopes_within(const struct smart_scopes *inner, const struct smart_scopes *outer)
{
    bool is = (outer->openid || !inner->openid) && (outer->fhir_user || !inner->fhir_user);
    for (size_t i = 0; is && i < inner->count; i++) is = is_within(&inner->list[i], outer);
    return is;
}
