/* SPDX-License-Identifier: Apache-2.0
 * What a person let an app do, as canonical JSON: members in this order, no white space; all but scope, classes
 * and ends are always there (docs/formats/apps.md). */
#include "base/buf.h"
#include "base/clock.h"
#include "smart/smart.h"

enum { GRANT_BYTES_MAX = 4 << 10 };

static void put_classes(struct json_writer *w, class_mask classes)
{
    json_open(w, "classes", '[');
    for (int c = CLASS_IDENT; c <= CLASS_LAST; c++)
        if (classes & CLASS_BIT(c)) json_put_text(w, NULL, str_of(class_text((enum data_class)c)));
    json_close(w);
}

enum salve_code smart_grant_write(const struct smart_grant *grant, struct arena *mem, struct str *json,
                                  struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    char at[CLOCK_TEXT_BYTES];
    buf_init(&out, mem, GRANT_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "app", grant->app);
    json_put_text(&w, "at", clock_text(grant->at_unix_s * 1000, at));
    if (!grant->is_ended) put_classes(&w, grant->classes);
    if (grant->ends > 0) json_put_i64(&w, "ends", grant->ends);
    json_put_text(&w, "name", grant->name);
    json_put_text(&w, "not_after", clock_text(grant->not_after_unix_s * 1000, at));
    if (!grant->is_ended) json_put_text(&w, "scope", grant->scope);
    json_put_text(&w, "state", grant->is_ended ? STR("ended") : STR("given"));
    json_close(&w);
    return buf_done(&out, json, err);
}

static bool classes_find(const struct json *list, class_mask *out)
{
    *out = 0;
    for (const struct json *it = json_first(list); it != NULL; it = it->next) {
        enum data_class class;
        if (!class_find(json_text(it), &class)) return false;
        *out |= CLASS_BIT(class);
    }
    return true;
}

enum salve_code smart_grant_read(struct str json, struct arena *mem, struct smart_grant *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    int64_t at_ms = 0, until_ms = 0;
    TRY(json_read(json, NULL, mem, &doc, err));
    struct str state = json_get_text(doc, "state");
    *out = (struct smart_grant){.app = json_get_text(doc, "app"),
                                .name = json_get_text(doc, "name"),
                                .scope = json_get_text(doc, "scope"),
                                .is_ended = str_is(state, "ended")};
    bool is_good = out->app.len > 0 && (out->is_ended || (str_is(state, "given") && out->scope.len > 0)) &&
                   clock_parse(json_get_text(doc, "at"), &at_ms) &&
                   clock_parse(json_get_text(doc, "not_after"), &until_ms) &&
                   classes_find(json_get(doc, "classes"), &out->classes);
    int64_t ends = 0;
    if (json_get(doc, "ends") != NULL)
        is_good = is_good && json_i64(json_get(doc, "ends"), &ends) && ends > 0 && ends <= SMART_ENDS_MAX;
    out->ends = (uint32_t)ends;
    out->at_unix_s = at_ms / 1000;
    out->not_after_unix_s = until_ms / 1000;
    return is_good ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "grant of an app");
}
