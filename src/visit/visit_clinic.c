/* SPDX-License-Identifier: Apache-2.0
 * What is known of the clinic itself: read, changed, kept. */
#include "visit/clinic.h"

#include "base/buf.h"
#include "base/limits.h"
#include "consent/may.h"
#include "json/json.h"
#include "letter/letter.h"
#include "records/commons.h"
#include "screen/screen.h"
#include "visit/content.h"
#include "visit/visit_int.h"

enum { TEXT_BYTES_MAX = 300, NAME_BYTES_MAX = 100, ACTION_BYTES_MAX = 64, MONTHS_MAX = 120, NAMED_MAX = 1000 };

#define DOCUMENT_KIND "clinic"
#define DOCUMENT_ID   "about"
#define HERE          "here" /* the name of a place that is the clinic's own */

static const struct {
    const char *name, *words;
} rows[] = {
#define CLINIC(field, name, words, what) {name, words},
#include "visit/clinic.def"
#undef CLINIC
};

static struct str *field_of(struct visit_clinic *clinic, size_t row)
{
    struct str *const fields[] = {
#define CLINIC(field, name, words, what) &clinic->field,
#include "visit/clinic.def"
#undef CLINIC
    };
    return fields[row];
}

static enum salve_code refuse(struct salve_err *err, const char *why, struct str what)
{
    return salve_refuse(err, SALVE_E_USAGE, why, "%.*s", STR_ARGS(str_cut(what, 0, ACTION_BYTES_MAX)));
}

/* --- one value ---------------------------------------------------------------------------------------------------- */

/* Is the text empty, or one of the words? */
static bool is_one_of(struct str text, const char *words)
{
    struct str word, rest = str_of(words);
    while (rest.len > 0) {
        struct str all = rest;
        if (!str_split(all, ' ', &word, &rest)) word = all, rest = STR("");
        if (str_eq(word, text)) return true;
    }
    return text.len == 0;
}

/* "P1Y", "P6M": years and months of a calendar, at most ten years. */
static bool months_of(struct str interval, uint32_t *out)
{
    int64_t number = 0;
    if (!str_starts(interval, STR("P")) || interval.len < 3) return false;
    char unit = interval.ptr[interval.len - 1];
    if (!str_to_i64(str_cut(interval, 1, interval.len - 2), &number) || number < 1 || number > MONTHS_MAX) return false;
    if (unit != 'Y' && unit != 'M') return false;
    *out = (uint32_t)number * (unit == 'Y' ? 12 : 1);
    return *out <= MONTHS_MAX;
}

/* Where the packages are at hand. */
static enum salve_code check_packages(const struct visit *visit, struct str words, struct salve_err *err)
{
    const struct letter_packages *packages = visit->content == NULL ? NULL : visit->content->packages;
    return packages == NULL ? SALVE_OK : letter_packages_know(packages, words, visit->mem, err);
}

/* The row of a name, its value checked. */
static enum salve_code put_value(const struct visit *visit, struct str name, struct str value,
                                 struct visit_clinic *clinic, struct salve_err *err)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!str_is(name, rows[i].name)) continue;
        if (!visit_is_line(value, TEXT_BYTES_MAX)) return refuse(err, "300 bytes at most, of one line", name);
        if (rows[i].words[0] != '\0' && !is_one_of(value, rows[i].words)) return refuse(err, rows[i].words, name);
        if (str_is(name, "interval") && value.len > 0 && !months_of(value, &clinic->interval_months))
            return refuse(err, "years or months, such as P1Y or P6M; ten years at most", name);
        if (str_is(name, "packages")) TRY(check_packages(visit, value, err));
        *field_of(clinic, i) = value;
        return SALVE_OK;
    }
    return refuse(err, "no such setting of the clinic; 'salve settings' shows them", name);
}

enum salve_code visit_clinic_set(const struct visit *visit, struct str name, struct str value,
                                 struct visit_clinic *clinic, struct salve_err *err)
{
    struct str kept;
    TRY(arena_str(visit->mem, str_trim(value), &kept, err));
    return put_value(visit, name, kept, clinic, err);
}

/* --- places ------------------------------------------------------------------------------------------------------- */

bool visit_place_of(const struct visit *visit, const struct visit_clinic *clinic, struct str action,
                    struct visit_place *out)
{
    for (size_t i = 0; i < clinic->place_count; i++) {
        if (!str_eq(clinic->places[i].action, action)) continue;
        *out = clinic->places[i];
        if (str_is(out->name, HERE))
            *out = (struct visit_place){action, site_settings(visit->site)->name, clinic->address, clinic->telephone,
                                        clinic->hours};
        return true;
    }
    return false;
}

static bool is_action(struct str text)
{
    bool is_good = text.len > 0 && text.len <= ACTION_BYTES_MAX;
    for (size_t i = 0; i < text.len; i++)
        is_good = is_good && (str_is_lower(text.ptr[i]) || str_is_digit(text.ptr[i]) || text.ptr[i] == '-');
    return is_good;
}

static bool has_action(const struct guideline_info *info, struct str action)
{
    for (size_t i = 0; i < info->item_count; i++)
        for (size_t a = 0; a < info->items[i].action_count; a++)
            if (str_eq(info->items[i].actions[a], action)) return true;
    return false;
}

/* Of a guideline that is loaded; where none is, every name in the right form. */
static bool is_known_action(const struct visit *visit, struct str action)
{
    const struct visit_content *content = visit->content;
    bool is_known = content == NULL || content->guideline_count == 0 || str_is(action, VISIT_AFTER_HOURS);
    for (size_t i = 0; !is_known && i < content->guideline_count; i++)
        is_known = has_action(guideline_info(content->guidelines[i]), action);
    return is_known && is_action(action);
}

/* Puts a place in the list, which is a new one with room; a place without a name takes the action's away. */
static enum salve_code put_place(const struct visit *visit, const struct visit_place *place,
                                 struct visit_clinic *clinic, struct salve_err *err)
{
    size_t n = 0;
    struct visit_place *list = arena_array(visit->mem, struct visit_place, clinic->place_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "places");
    for (size_t i = 0; i < clinic->place_count; i++)
        if (!str_eq(clinic->places[i].action, place->action)) list[n++] = clinic->places[i];
    if (place->name.len > 0) list[n++] = *place;
    if (n > NAMED_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "places");
    clinic->places = list;
    clinic->place_count = n;
    return SALVE_OK;
}

/* "name; address; telephone; hours": a part is there or is "-". A place that nobody can ring or find is none. */
static enum salve_code place_of(struct str text, struct visit_place *out, struct salve_err *err)
{
    static const char why[] = "write it as 'name; address; telephone; hours', with - for a part that it has not "
                              "(a name and an address or telephone are needed), or 'here'";
    struct str *const parts[] = {&out->name, &out->address, &out->telephone, &out->hours};
    struct str rest = text;
    if (str_is(text, HERE) || text.len == 0) return out->name = text, SALVE_OK;
    for (int i = 0; i < 4; i++) {
        struct str part = rest, behind = STR_NONE;
        bool is_split = str_split(rest, ';', &part, &behind);
        if (is_split == (i == 3)) return refuse(err, why, out->action);
        *parts[i] = is_split ? str_trim(part) : str_trim(rest);
        if (parts[i]->len == 0) return refuse(err, why, out->action);
        if (str_is(*parts[i], "-")) *parts[i] = STR("");
        rest = behind;
    }
    bool is_reached = out->name.len > 0 && (out->address.len > 0 || out->telephone.len > 0);
    return is_reached ? SALVE_OK : refuse(err, why, out->action);
}

enum salve_code visit_clinic_place(const struct visit *visit, struct str actions, struct str place,
                                   struct visit_clinic *clinic, struct salve_err *err)
{
    struct str rest, text;
    TRY(arena_str(visit->mem, actions, &rest, err));
    TRY(arena_str(visit->mem, str_trim(place), &text, err));
    if (!visit_is_line(text, 4 * TEXT_BYTES_MAX)) return refuse(err, "1,200 bytes at most, of one line", rest);
    do {
        struct visit_place one = {.action = rest};
        struct str all = rest;
        if (!str_split(all, ',', &one.action, &rest)) one.action = all, rest = STR("");
        one.action = str_trim(one.action);
        if (!is_known_action(visit, one.action)) return refuse(err, "no guideline has such an action", one.action);
        TRY(place_of(text, &one, err));
        TRY(put_place(visit, &one, clinic, err));
    } while (rest.len > 0);
    return SALVE_OK;
}

/* --- printed names ------------------------------------------------------------------------------------------------ */

struct str visit_printed_name(const struct visit_clinic *clinic, struct str id)
{
    for (size_t i = 0; i < clinic->name_count; i++)
        if (str_eq(clinic->names[i].id, id)) return clinic->names[i].name;
    return id;
}

static enum salve_code put_name(const struct visit *visit, struct visit_printed one, struct visit_clinic *clinic,
                                struct salve_err *err)
{
    size_t n = 0;
    struct visit_printed *list = arena_array(visit->mem, struct visit_printed, clinic->name_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "printed names");
    if (one.id.len == 0 || !visit_is_line(one.name, NAME_BYTES_MAX))
        return refuse(err, "a printed name has 100 bytes at most, of one line", one.id);
    for (size_t i = 0; i < clinic->name_count; i++)
        if (!str_eq(clinic->names[i].id, one.id)) list[n++] = clinic->names[i];
    if (one.name.len > 0) list[n++] = one;
    if (n > NAMED_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "printed names");
    clinic->names = list;
    clinic->name_count = n;
    return SALVE_OK;
}

enum salve_code visit_clinic_name(const struct visit *visit, struct str id, struct str name,
                                  struct visit_clinic *clinic, struct salve_err *err)
{
    struct staff *staff = NULL;
    size_t count = 0;
    struct visit_printed one;
    TRY(staff_list(visit->site, visit->mem, &staff, &count, err));
    bool is_member = false;
    for (size_t i = 0; i < count; i++) is_member = is_member || str_eq(staff[i].id, id);
    if (!is_member) return salve_refuse(err, SALVE_E_NOT_FOUND, "nobody of that name works here", "staff name");
    TRY(arena_str(visit->mem, id, &one.id, err));
    TRY(arena_str(visit->mem, str_trim(name), &one.name, err));
    return put_name(visit, one, clinic, err);
}

/* --- the document ------------------------------------------------------------------------------------------------- */

/* A place in the file: an object, or "here". */
static enum salve_code json_place(const struct visit *visit, const struct json *it, struct visit_clinic *clinic,
                                  struct salve_err *err)
{
    static const char *const parts[] = {"name", "address", "telephone", "hours"};
    struct visit_place one = {.action = it->name};
    struct str *const texts[] = {&one.name, &one.address, &one.telephone, &one.hours};
    if (!is_known_action(visit, it->name)) return refuse(err, "no guideline has such an action", it->name);
    if (json_is(it, JSON_STRING) && str_is(json_text(it), HERE)) {
        one.name = STR(HERE);
        return put_place(visit, &one, clinic, err);
    }
    for (const struct json *part = json_first(it); part != NULL; part = part->next) {
        int at = 0;
        while (at < 4 && !str_is(part->name, parts[at])) at++;
        if (at == 4 || !json_is(part, JSON_STRING) || !visit_is_line(json_text(part), TEXT_BYTES_MAX))
            return refuse(err, "a place has name, address, telephone and hours, each a line of text", it->name);
        *texts[at] = str_trim(json_text(part));
    }
    if (one.name.len == 0 || (one.address.len == 0 && one.telephone.len == 0))
        return refuse(err, "a place has a name, and an address or a telephone", it->name);
    return put_place(visit, &one, clinic, err);
}

static enum salve_code json_member(const struct visit *visit, const struct json *it, struct visit_clinic *clinic,
                                   struct salve_err *err)
{
    bool is_places = str_is(it->name, "places"), is_names = str_is(it->name, "names");
    if (!is_places && !is_names) {
        if (!json_is(it, JSON_STRING)) return refuse(err, "must be text", it->name);
        return put_value(visit, it->name, json_text(it), clinic, err);
    }
    if (!json_is(it, JSON_OBJECT)) return refuse(err, "must be an object", it->name);
    if (is_places) clinic->place_count = 0;
    if (is_names) clinic->name_count = 0;
    for (const struct json *one = json_first(it); one != NULL; one = one->next) {
        if (is_places) TRY(json_place(visit, one, clinic, err));
        if (is_names) TRY(put_name(visit, (struct visit_printed){one->name, json_text(one)}, clinic, err));
    }
    return SALVE_OK;
}

enum salve_code visit_clinic_json(const struct visit *visit, struct str json, struct visit_clinic *clinic,
                                  struct salve_err *err)
{
    const struct json *doc = NULL;
    TRY(json_read(json, NULL, visit->mem, &doc, err));
    if (!json_is(doc, JSON_OBJECT)) return refuse(err, "must be an object", STR("clinic"));
    for (const struct json *it = json_first(doc); it != NULL; it = it->next) TRY(json_member(visit, it, clinic, err));
    return SALVE_OK;
}

static void write_place(const struct visit_place *place, struct json_writer *w)
{
    json_put_name(w, place->action);
    if (str_is(place->name, HERE)) {
        json_put_text(w, NULL, place->name);
        return;
    }
    json_open(w, NULL, '{');
    json_put_text(w, "name", place->name);
    if (place->address.len > 0) json_put_text(w, "address", place->address);
    if (place->telephone.len > 0) json_put_text(w, "telephone", place->telephone);
    if (place->hours.len > 0) json_put_text(w, "hours", place->hours);
    json_close(w);
}

void visit_clinic_write(const struct visit_clinic *clinic, struct json_writer *w)
{
    struct visit_clinic copy = *clinic;
    json_open(w, NULL, '{');
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (field_of(&copy, i)->len > 0) json_put_text(w, rows[i].name, *field_of(&copy, i));
    json_open(w, "places", '{');
    for (size_t i = 0; i < clinic->place_count; i++) write_place(&clinic->places[i], w);
    json_close(w);
    json_open(w, "names", '{');
    for (size_t i = 0; i < clinic->name_count; i++) {
        json_put_name(w, clinic->names[i].id);
        json_put_text(w, NULL, clinic->names[i].name);
    }
    json_close(w);
    json_close(w);
}

enum salve_code visit_clinic(const struct visit *visit, struct visit_clinic *out, struct salve_err *err)
{
    struct salve_err none = {0};
    struct str bytes;
    struct visit no_words = *visit;
    *out = (struct visit_clinic){.interval_months = 12};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) *field_of(out, i) = STR("");
    enum salve_code code = commons_get(visit->site, STR(DOCUMENT_KIND), STR(DOCUMENT_ID), visit->mem, &bytes, &none);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK && err != NULL) *err = none;
    if (code != SALVE_OK) return code;
    no_words.content = NULL; /* an action that guidelines have no more is no reason to read nothing */
    return visit_clinic_json(&no_words, bytes, out, err);
}

enum salve_code visit_clinic_keep(const struct visit *visit, const struct visit_clinic *clinic, struct salve_err *err)
{
    struct buf out;
    struct str text;
    struct json_writer w = {.out = &out};
    if (consent_may(visit->actor.role, ACT_CLINIC, PURPOSE_NONE) == NULL)
        return salve_refuse(err, SALVE_E_ROLE, "a manager or a clinician says what is known of the clinic", "clinic");
    buf_init(&out, visit->mem, SALVE_CONFIG_BYTES_MAX);
    visit_clinic_write(clinic, &w);
    TRY(buf_done(&out, &text, err));
    return commons_put(visit->site, visit->actor, STR(DOCUMENT_KIND), STR(DOCUMENT_ID), text, err);
}

/* --- what is missing ---------------------------------------------------------------------------------------------- */

static bool is_listed(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], text)) return true;
    return false;
}

/* Room for each action of the guidelines that are loaded. */
static size_t action_room(const struct visit_content *content)
{
    size_t room = 1;
    for (size_t i = 0; i < content->guideline_count; i++) {
        const struct guideline_info *info = guideline_info(content->guidelines[i]);
        for (size_t n = 0; n < info->item_count; n++) room += info->items[n].action_count;
    }
    return room;
}

/* Actions of the alarm layer that have no place, with commas between. */
static void add_homeless(const struct visit *visit, const struct visit_clinic *clinic, struct str *seen,
                         struct buf *out)
{
    const struct visit_content *content = visit->content;
    struct visit_place place;
    size_t n = 0;
    for (size_t i = 0; i < content->guideline_count; i++) {
        const struct guideline_info *info = guideline_info(content->guidelines[i]);
        for (size_t k = 0; screen_is_alarms(info->id) && k < info->item_count; k++)
            for (size_t a = 0; a < info->items[k].action_count; a++) {
                struct str action = info->items[k].actions[a];
                if (visit_place_of(visit, clinic, action, &place) || is_listed(seen, n, action)) continue;
                buf_addf(out, "%s%.*s", n > 0 ? ", " : "", STR_ARGS(action));
                seen[n++] = action;
            }
    }
}

struct str visit_places_open(const struct visit *visit, const struct screen_found *findings)
{
    struct visit_clinic clinic = {0};
    struct visit_place place;
    struct buf out;
    struct str text = STR(""), *seen = arena_array(visit->mem, struct str, findings->count + 1);
    size_t n = 0;
    if (seen == NULL || visit_clinic(visit, &clinic, NULL) != SALVE_OK) clinic = (struct visit_clinic){0};
    buf_init(&out, visit->mem, SALVE_CONFIG_BYTES_MAX);
    for (size_t i = 0; seen != NULL && i < findings->count; i++) {
        const struct finding *one = &findings->list[i];
        bool is_urgent = one->urgency == URGENCY_EMERGENCY_NOW || one->urgency == URGENCY_SAME_DAY;
        if (!is_urgent || one->action.len == 0 || is_listed(seen, n, one->action)) continue;
        if (visit_place_of(visit, &clinic, one->action, &place)) continue;
        buf_addf(&out, "%s%.*s", n > 0 ? ", " : "", STR_ARGS(one->action));
        seen[n++] = one->action;
    }
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

static enum salve_code has_clinician(const struct visit *visit, bool *out, struct salve_err *err)
{
    struct staff *staff = NULL;
    size_t count = 0;
    *out = false;
    TRY(staff_list(visit->site, visit->mem, &staff, &count, err));
    for (size_t i = 0; i < count; i++) *out = *out || (staff[i].role == ROLE_CLINICIAN && !staff[i].retired);
    return SALVE_OK;
}

enum salve_code visit_clinic_lacks(const struct visit *visit, const struct visit_clinic *clinic,
                                   struct visit_lacks *out, struct salve_err *err)
{
    struct visit_place after;
    struct buf homeless;
    struct str *seen = arena_array(visit->mem, struct str, action_room(visit->content));
    if (seen == NULL) return salve_fail(err, SALVE_E_MEMORY, "places");
    *out = (struct visit_lacks){.after_hours = !visit_place_of(visit, clinic, STR(VISIT_AFTER_HOURS), &after)};
    buf_init(&homeless, visit->mem, SALVE_CONFIG_BYTES_MAX);
    add_homeless(visit, clinic, seen, &homeless);
    TRY(buf_done(&homeless, &out->places, err));
    out->caller = clinic->caller.len == 0;
    out->crisis = clinic->crisis.len == 0;
    out->telephone = clinic->telephone.len == 0 || clinic->address.len == 0 || clinic->hours.len == 0;
    TRY(has_clinician(visit, &out->clinician, err));
    out->clinician = !out->clinician;
    out->is_ready =
        !out->after_hours && !out->caller && !out->crisis && !out->telephone && !out->clinician && out->places.len == 0;
    return SALVE_OK;
}
