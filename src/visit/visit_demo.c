/* SPDX-License-Identifier: Apache-2.0
 * Made-up people and their site. */
#include "visit/demo.h"

#include "admit/import.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/tape_edit.h"
#include "json/json.h"
#include "visit/check.h"
#include "visit/content.h"

static const struct visit_member members[VISIT_DEMO_STAFF] = {{{"maria", 5}, ROLE_MANAGER, {NULL, 0}},
                                                              {{"dr-amara", 8}, ROLE_CLINICIAN, {NULL, 0}},
                                                              {{"kofi", 4}, ROLE_REGISTRAR, {NULL, 0}},
                                                              {{"lina", 4}, ROLE_ASSISTANT, {NULL, 0}},
                                                              {{"tom", 3}, ROLE_TECHNICIAN, {NULL, 0}}};

struct visit *visit_demo_as(struct visit *visit, const struct visit_demo *demo, enum role role)
{
    enum role staff = role == ROLE_PARTICIPANT ? ROLE_REGISTRAR : role; /* who stands beside the person */
    for (size_t i = 0; i < VISIT_DEMO_STAFF; i++)
        if (demo->staff[i].role == staff) visit->actor = demo->staff[i];
    if (role == ROLE_PARTICIPANT) visit->actor = visit_beside(visit->site, visit->actor);
    return visit;
}

enum salve_code visit_demo_site(struct visit *visit, const struct site_options *options, struct visit_demo *demo,
                                struct salve_err *err)
{
    struct visit_site_ask ask = {
        .name = STR("Demonstration Clinic"), .members = demo->members, .count = VISIT_DEMO_STAFF};
    memcpy(demo->members, members, sizeof members);
    for (size_t i = 0; i < VISIT_DEMO_STAFF; i++) TRY(visit_pin_make(visit->mem, &demo->members[i].secret, err));
    TRY(visit_site_make(options, &ask, visit->mem, err));
    TRY(site_open(options, &visit->site, err));
    for (size_t i = 0; i < VISIT_DEMO_STAFF; i++)
        TRY(staff_login(visit->site, members[i].id, demo->members[i].secret, visit->mem, &demo->staff[i], err));
    for (size_t i = 0; i < demo->guideline_count; i++) {
        const struct guideline *ignored = NULL;
        TRY(visit_accept(visit_demo_as(visit, demo, ROLE_CLINICIAN), demo->guidelines[i], NULL, 0, &ignored, err));
    }
    return SALVE_OK;
}

/* --- the people --------------------------------------------------------------------------------------------------- */

/* The files say {today} where a date of the check belongs. */
static enum salve_code with_today(struct str text, int64_t now_unix_ms, struct arena *mem, struct str *filled,
                                  struct salve_err *err)
{
    char when[CLOCK_TEXT_BYTES];
    struct str today = clock_date_text(now_unix_ms, when), mark = STR("{today}");
    struct buf out;
    buf_init(&out, mem, SALVE_CONFIG_BYTES_MAX);
    for (ptrdiff_t at; (at = str_find(text, mark)) >= 0; text = str_cut(text, (size_t)at + mark.len, text.len)) {
        buf_add(&out, str_cut(text, 0, (size_t)at));
        buf_add(&out, today);
    }
    buf_add(&out, text);
    return buf_done(&out, filled, err);
}

static enum salve_code read_json(const struct visit *visit, struct str name, int64_t now_unix_ms,
                                 const struct json **out, struct salve_err *err)
{
    struct str text, path = arena_printf(visit->mem, "%.*s/demo/%.*s", STR_ARGS(visit->content->share), STR_ARGS(name));
    if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "demo");
    TRY(file_read(path.ptr, SALVE_CONFIG_BYTES_MAX, visit->mem, &text, err));
    TRY(with_today(text, now_unix_ms, visit->mem, &text, err));
    return json_read(text, NULL, visit->mem, out, err);
}

static enum salve_code read_choices(const struct json *doc, struct arena *mem, struct visit_demo_person *out,
                                    struct salve_err *err)
{
    const struct json *list = json_get(doc, "consents");
    enum purpose *agrees = arena_array(mem, enum purpose, list == NULL ? 1 : list->count + 1);
    if (agrees == NULL) return salve_fail(err, SALVE_E_MEMORY, "demo");
    out->agrees = agrees;
    for (const struct json *it = json_first(list); it != NULL; it = it->next)
        if (!purpose_find(json_text(it), &agrees[out->agrees_count++]))
            return salve_fail(err, SALVE_E_INVALID, "demo consent");
    if (!purpose_find(json_get_text(doc, "withdraw"), &out->withdraws)) out->withdraws = 0;
    return SALVE_OK;
}

static enum salve_code read_measured(const struct json *bundle, struct arena *mem, struct visit_demo_person *out,
                                     struct salve_err *err)
{
    struct buf text;
    struct tape tape;
    buf_init(&text, mem, SALVE_CONFIG_BYTES_MAX);
    json_write(bundle, false, &text);
    TRY(buf_done(&text, &out->bundle, err));
    TRY(import_read(out->bundle, mem, &tape, NULL, err));
    tape_at patient = tape_get(&tape, tape_root(&tape), "entry.resource");
    if (patient == TAPE_NONE) return salve_fail(err, SALVE_E_INVALID, "demo person without a Patient");
    return tape_copy(&tape, patient, NULL, NULL, mem, &out->patient, err);
}

static enum salve_code read_person(const struct json *doc, struct arena *mem, struct visit_demo_person *out,
                                   struct salve_err *err)
{
    *out = (struct visit_demo_person){.name = json_text(json_path(doc, "bundle.entry.0.resource.name.0.given.0")),
                                      .about = json_get_text(doc, "about"),
                                      .language = json_get_text(doc, "lang"),
                                      .is_paper = json_is_true(json_get(doc, "paper")),
                                      .is_erased = json_is_true(json_get(doc, "erase"))};
    TRY(read_choices(doc, mem, out, err));
    return read_measured(json_get(doc, "bundle"), mem, out, err);
}

enum salve_code visit_demo_read(const struct visit *visit, int64_t now_unix_ms, struct visit_demo *out,
                                struct salve_err *err)
{
    const struct json *about = NULL, *person = NULL;
    *out = (struct visit_demo){0};
    TRY(read_json(visit, STR("demo.json"), now_unix_ms, &about, err));
    const struct json *ids = json_get(about, "guidelines");
    struct str *guidelines = arena_array(visit->mem, struct str, ids == NULL ? 1 : ids->count + 1);
    if (guidelines == NULL) return salve_fail(err, SALVE_E_MEMORY, "demo");
    for (const struct json *it = json_first(ids); it != NULL; it = it->next)
        guidelines[out->guideline_count++] = json_text(it);
    out->guidelines = guidelines;
    for (const struct json *it = json_first(json_get(about, "people")); it != NULL; it = it->next) {
        if (out->people_count == VISIT_DEMO_PEOPLE_MAX) break;
        TRY(read_json(visit, json_text(it), now_unix_ms, &person, err));
        TRY(read_person(person, visit->mem, &out->people[out->people_count++], err));
    }
    return SALVE_OK;
}
