/* SPDX-License-Identifier: Apache-2.0
 *
 * Events: what a leaf commits to, as canonical JSON. The person reads them under "who looked"; docs/formats/site.md. */
#include "base/buf.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "records/event_int.h"

const char *rec_event_text(enum rec_event_kind kind)
{
    static const char *const texts[] = {
#define EVENT(name, text, what) text,
#include "records/events.def"
#undef EVENT
    };
    return kind < REC_EVENT_COUNT ? texts[kind] : "";
}

static void put_classes(struct json_writer *w, class_mask classes)
{
    json_open(w, "classes", '[');
    for (int c = CLASS_IDENT; c <= CLASS_LAST; c++)
        if (classes & CLASS_BIT(c)) json_put_text(w, NULL, str_of(class_text((enum data_class)c)));
    json_close(w);
}

static void put_head(struct json_writer *w, const struct store_head *head)
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    str_hex(head->sha256, sizeof head->sha256, hex);
    json_open(w, "head", '{');
    json_put_i64(w, "seq", (int64_t)head->seq);
    json_put_text(w, "sha256", str_of(hex));
    json_close(w);
}

/* Names in the order of RFC 8785 (all ASCII); what is absent is left out. */
enum salve_code rec_event_write(const struct rec_event *event, struct arena *mem, struct str *json,
                                struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    char at[CLOCK_TEXT_BYTES];
    buf_init(&out, mem, 4096);
    json_open(&w, NULL, '{');
    if (event->actor.id.len > 0) json_put_text(&w, "actor", event->actor.id);
    if (event->app.len > 0) json_put_text(&w, "app", event->app);
    json_put_text(&w, "at", clock_text(event->at_unix_s * 1000, at));
    if (event->by.len > 0) json_put_text(&w, "by", event->by);
    if (event->classes != 0) put_classes(&w, event->classes);
    if (event->is_suspect) json_put_bool(&w, "clock_suspect", true);
    if (event->consent_seq != 0) json_put_i64(&w, "consent", (int64_t)event->consent_seq);
    if (event->head.seq != 0) put_head(&w, &event->head);
    json_put_text(&w, "kind", str_of(rec_event_text(event->kind)));
    if (event->is_made_up) json_put_bool(&w, "made_up", true);
    if (event->purpose != 0) json_put_text(&w, "purpose", str_of(purpose_text(event->purpose)));
    if (event->is_reminder) json_put_bool(&w, "reminder", true);
    if (event->resource_count != 0) json_put_i64(&w, "resources", (int64_t)event->resource_count);
    json_put_text(&w, "role", str_of(role_text(event->actor.role)));
    json_put_text(&w, "site", event->actor.site);
    json_close(&w);
    return buf_done(&out, json, err);
}

static bool kind_find(struct str text, enum rec_event_kind *out)
{
    for (int k = 0; k < REC_EVENT_COUNT; k++)
        if (str_is(text, rec_event_text((enum rec_event_kind)k))) {
            *out = (enum rec_event_kind)k;
            return true;
        }
    return false;
}

static bool classes_find(const struct json *list, class_mask *out)
{
    for (const struct json *it = json_first(list); it != NULL; it = it->next) {
        enum data_class class;
        if (!class_find(json_text(it), &class)) return false;
        *out |= CLASS_BIT(class);
    }
    return true;
}

static bool count_find(const struct json *value, uint64_t *out)
{
    int64_t number = 0;
    if (value == NULL) return true;
    if (!json_i64(value, &number) || number < 0) return false;
    *out = (uint64_t)number;
    return true;
}

static bool head_find(const struct json *head, struct store_head *out)
{
    if (head == NULL) return true;
    return count_find(json_get(head, "seq"), &out->seq) &&
           str_hex_parse(json_get_text(head, "sha256"), out->sha256, sizeof out->sha256);
}

enum salve_code rec_event_read(struct str json, struct arena *mem, struct rec_event *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    int64_t at_ms = 0;
    enum salve_code code = json_read(json, NULL, mem, &doc, err);
    if (code != SALVE_OK) return code;
    memset(out, 0, sizeof *out);
    out->actor.id = json_get_text(doc, "actor");
    out->actor.site = json_get_text(doc, "site");
    out->app = json_get_text(doc, "app");
    out->by = json_get_text(doc, "by");
    out->is_suspect = json_is_true(json_get(doc, "clock_suspect"));
    out->is_made_up = json_is_true(json_get(doc, "made_up"));
    out->is_reminder = json_is_true(json_get(doc, "reminder"));
    struct str purpose = json_get_text(doc, "purpose");
    bool good = kind_find(json_get_text(doc, "kind"), &out->kind) && clock_parse(json_get_text(doc, "at"), &at_ms) &&
                role_find(json_get_text(doc, "role"), &out->actor.role) &&
                (purpose.ptr == NULL || purpose_find(purpose, &out->purpose)) &&
                classes_find(json_get(doc, "classes"), &out->classes) &&
                count_find(json_get(doc, "consent"), &out->consent_seq) &&
                count_find(json_get(doc, "resources"), &out->resource_count) &&
                head_find(json_get(doc, "head"), &out->head);
    out->at_unix_s = at_ms / 1000;
    return good ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "audit event");
}
