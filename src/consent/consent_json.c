/* SPDX-License-Identifier: Apache-2.0
 * A decision as canonical JSON: what a CONSENT record holds and what wraps are bound to. Every member is always
 * there but agreed_on, of_age_by and remind_on; in RFC 8785 order, so that equal decisions are equal bytes. The layout
 * is in docs/formats/consent.md. */
#include "consent/consent_int.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/json.h"

enum { GRANT_BYTES_MAX = 16 << 10 };

static void put_time(struct json_writer *w, const char *name, int64_t unix_s)
{
    char text[CLOCK_TEXT_BYTES];
    if (unix_s == 0)
        json_put_null(w, name);
    else
        json_put_text(w, name, clock_text(unix_s * 1000, text));
}

static void put_hex(struct json_writer *w, const char *name, const uint8_t *bytes, size_t len)
{
    char text[CONSENT_SHA256_BYTES * 2 + 1];
    str_hex(bytes, len, text);
    json_put_text(w, name, str_make(text, len * 2));
}

static void put_classes(struct json_writer *w, class_mask classes)
{
    json_open(w, "classes", '[');
    for (int class = 1; class <= CLASS_LAST; class ++)
        if ((classes & CLASS_BIT(class)) != 0) json_put_text(w, NULL, str_of(class_text((enum data_class) class)));
    json_close(w);
}

static void put_form(struct json_writer *w, const struct consent_form_ref *form)
{
    char version[32];
    int len = snprintf(version, sizeof version, "%u.%u", form->major, form->minor);
    json_open(w, "form", '{');
    json_put_text(w, "id", form->id);
    json_put_text(w, "lang", form->lang);
    put_hex(w, "sha256", form->sha256, sizeof form->sha256);
    json_put_text(w, "version", str_make(version, (size_t)len));
    json_close(w);
}

enum salve_code consent_write(const struct consent_grant *grant, struct arena *mem, struct str *json,
                              struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    buf_init(&out, mem, GRANT_BYTES_MAX);
    json_open(&w, NULL, '{');
    if (grant->agreed_on.len > 0) json_put_text(&w, "agreed_on", grant->agreed_on);
    json_put_text(&w, "assent", str_of(consent_assent_text(grant->assent)));
    put_time(&w, "at", grant->at_unix_s);
    json_put_text(&w, "by", str_of(consent_decider_text(grant->by)));
    put_classes(&w, grant->classes);
    put_form(&w, &grant->form);
    put_time(&w, "majority", grant->majority_unix_s);
    json_put_text(&w, "method", str_of(consent_method_text(grant->method)));
    put_time(&w, "not_after", grant->not_after_unix_s);
    if (grant->of_age_by.len > 0) json_put_text(&w, "of_age_by", grant->of_age_by);
    json_put_text(&w, "purpose", str_of(purpose_text(grant->purpose)));
    if (grant->remind_on.len > 0) json_put_text(&w, "remind_on", grant->remind_on);
    json_put_text(&w, "state", str_of(consent_state_text(grant->state)));
    json_put_text(&w, "taken_by", grant->taken_by.ptr == NULL ? STR("") : grant->taken_by);
    json_put_text(&w, "teach_back", str_of(consent_teach_back_text(grant->teach_back)));
    json_put_i64(&w, "teach_back_rounds", grant->teach_back_rounds);
    json_put_text(&w, "to", grant->to.ptr == NULL ? STR("") : grant->to);
    json_put_text(&w, "witness", str_of(consent_witness_text(grant->witness)));
    json_close(&w);
    return buf_done(&out, json, err);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool read_time(const struct json *value, int64_t *unix_s)
{
    int64_t ms = 0;
    *unix_s = 0;
    if (json_is(value, JSON_NULL)) return true;
    if (!json_is(value, JSON_STRING) || !clock_parse(json_text(value), &ms) || ms <= 0 || ms % 1000 != 0) return false;
    *unix_s = ms / 1000;
    return true;
}

static bool read_classes(const struct json *array, class_mask *classes)
{
    *classes = 0;
    if (!json_is(array, JSON_ARRAY)) return false;
    for (const struct json *it = json_first(array); it != NULL; it = it->next) {
        enum data_class class;
        if (!class_find(json_text(it), &class) || *classes >= CLASS_BIT(class))
            return false; /* unknown, twice, or out of order */
        *classes |= CLASS_BIT(class);
    }
    return true;
}

bool consent_version_read(struct str text, uint32_t *major, uint32_t *minor)
{
    int64_t high = 0, low = 0;
    ptrdiff_t dot = str_find(text, STR("."));
    if (dot <= 0 || text.len > 12) return false;
    struct str a = str_cut(text, 0, (size_t)dot), b = str_cut(text, (size_t)dot + 1, text.len);
    if (b.len == 0 || (a.ptr[0] == '0') || (b.ptr[0] == '0' && b.len > 1)) return false;
    if (!str_to_i64(a, &high) || !str_to_i64(b, &low) || high < 1 || low < 0 || high > 99999 || low > 99999)
        return false;
    if (!str_is_digit(a.ptr[0]) || !str_is_digit(b.ptr[0])) return false;
    *major = (uint32_t)high;
    *minor = (uint32_t)low;
    return true;
}

static bool read_name(const struct json *value, struct str *out)
{
    *out = json_text(value);
    return out->ptr != NULL && out->len <= CONSENT_NAME_BYTES_MAX;
}

static bool read_form(const struct json *object, struct consent_form_ref *form)
{
    return json_is(object, JSON_OBJECT) && object->count == 4 && read_name(json_get(object, "id"), &form->id) &&
           read_name(json_get(object, "lang"), &form->lang) &&
           str_hex_parse(json_get_text(object, "sha256"), form->sha256, sizeof form->sha256) &&
           consent_version_read(json_get_text(object, "version"), &form->major, &form->minor);
}

enum { MEMBER_COUNT = 15 }; /* that are always there */

/* NULL, or the name of the first member that is wrong. */
static const char *read_members(const struct json *doc, struct consent_grant *out)
{
    int64_t rounds = 0;
    if (!consent_assent_find(json_get_text(doc, "assent"), &out->assent)) return "assent";
    if (!read_time(json_get(doc, "at"), &out->at_unix_s) || out->at_unix_s == 0) return "at";
    if (!consent_decider_find(json_get_text(doc, "by"), &out->by)) return "by";
    if (!read_classes(json_get(doc, "classes"), &out->classes)) return "classes";
    if (!read_form(json_get(doc, "form"), &out->form)) return "form";
    if (!read_time(json_get(doc, "majority"), &out->majority_unix_s)) return "majority";
    if (!consent_method_find(json_get_text(doc, "method"), &out->method)) return "method";
    if (!read_time(json_get(doc, "not_after"), &out->not_after_unix_s)) return "not_after";
    if (!purpose_find(json_get_text(doc, "purpose"), &out->purpose)) return "purpose";
    if (!consent_state_find(json_get_text(doc, "state"), &out->state)) return "state";
    if (!read_name(json_get(doc, "taken_by"), &out->taken_by)) return "taken_by";
    if (!consent_teach_back_find(json_get_text(doc, "teach_back"), &out->teach_back)) return "teach_back";
    if (!json_i64(json_get(doc, "teach_back_rounds"), &rounds) || rounds < 0 || rounds > 2) return "teach_back_rounds";
    if (!read_name(json_get(doc, "to"), &out->to)) return "to";
    if (!consent_witness_find(json_get_text(doc, "witness"), &out->witness)) return "witness";
    out->teach_back_rounds = (uint32_t)rounds;
    return NULL;
}

enum salve_code consent_read(struct str json, struct arena *mem, struct consent_grant *out, struct salve_err *err)
{
    const struct json_opts opts = {.bytes_max = GRANT_BYTES_MAX};
    const struct json *doc = NULL;
    struct consent_grant grant = {.seq = 0};
    struct str kept = STR_NONE;
    enum salve_code code = arena_str(mem, json, &kept, err);
    if (code == SALVE_OK) code = json_read(kept, &opts, mem, &doc, err);
    if (code != SALVE_OK) return code;
    if (!json_is(doc, JSON_OBJECT)) return consent_refuse(err, SALVE_E_INVALID, "Consent", "an object");
    const char *wrong = read_members(doc, &grant);
    if (wrong != NULL) {
        (void)salve_fail(err, SALVE_E_INVALID, "Consent.%s", wrong);
        return SALVE_E_INVALID;
    }
    const struct json *of_age_by = json_get(doc, "of_age_by");
    if (of_age_by != NULL && (!read_name(of_age_by, &grant.of_age_by) || grant.of_age_by.len == 0))
        return consent_refuse(err, SALVE_E_INVALID, "Consent.of_age_by", "a name");
    const struct json *agreed_on = json_get(doc, "agreed_on");
    if (agreed_on != NULL && (!read_name(agreed_on, &grant.agreed_on) || grant.agreed_on.len == 0))
        return consent_refuse(err, SALVE_E_INVALID, "Consent.agreed_on", "a date");
    const struct json *remind_on = json_get(doc, "remind_on");
    if (remind_on != NULL && (!read_name(remind_on, &grant.remind_on) || grant.remind_on.len == 0))
        return consent_refuse(err, SALVE_E_INVALID, "Consent.remind_on", "a date");
    uint32_t count = MEMBER_COUNT + (of_age_by != NULL ? 1u : 0u) + (agreed_on != NULL ? 1u : 0u);
    if (remind_on != NULL) count++;
    if (doc->count != count) return consent_refuse(err, SALVE_E_INVALID, "Consent", "unknown members");
    *out = grant;
    return SALVE_OK;
}
