/* SPDX-License-Identifier: Apache-2.0
 * A consent form from its bytes. A form that is not complete or not plain enough is not used at all: people must be
 * able to read what they agree to. */
#include "consent/consent_int.h"

#include <math.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/clock.h"
#include "json/json.h"

/* The reading age aimed at is 9 to 11 years: school grades 4 to 6. */
static const double GRADE_MAX = 6.0, GRADE_TOLERANCE = 0.05;

enum { FORM_MEMBERS = 14 };

/* One file while it is read. */
struct reading {
    const char *name;
    struct salve_err *err;
};

static enum salve_code bad(const struct reading *reading, const char *element, const char *rule)
{
    (void)salve_refuse(reading->err, SALVE_E_INVALID, rule, "%s", element);
    salve_err_in(reading->err, "%s", reading->name);
    return SALVE_E_INVALID;
}

static enum salve_code want_text(const struct reading *reading, const struct json *object, const char *name,
                                 struct str *out)
{
    *out = json_get_text(object, name);
    if (out->ptr == NULL || str_trim(*out).len == 0) return bad(reading, name, "a text that is not empty");
    return SALVE_OK;
}

/* --- the parts ---------------------------------------------------------------------------------------------------- */

static bool is_lang(struct str lang)
{
    if (lang.len < 2 || lang.len > 35) return false;
    for (size_t i = 0; i < lang.len; i++) {
        char c = lang.ptr[i];
        if (!(str_is_letter(c) || str_is_digit(c) || c == '-')) return false;
    }
    return true;
}

static enum salve_code read_head(const struct reading *reading, const struct json *doc, struct consent_form *out)
{
    struct str version = STR_NONE, purpose = STR_NONE;
    int64_t days = 0, at = 0;
    enum salve_code code = want_text(reading, doc, "form", &out->ref.id);
    if (code == SALVE_OK) code = want_text(reading, doc, "version", &version);
    if (code == SALVE_OK) code = want_text(reading, doc, "lang", &out->ref.lang);
    if (code == SALVE_OK) code = want_text(reading, doc, "direction", &out->direction);
    if (code == SALVE_OK) code = want_text(reading, doc, "purpose", &purpose);
    if (code == SALVE_OK) code = want_text(reading, doc, "title", &out->title);
    if (code == SALVE_OK) code = want_text(reading, doc, "yes", &out->yes);
    if (code == SALVE_OK) code = want_text(reading, doc, "dpia", &out->dpia);
    if (code == SALVE_OK) code = want_text(reading, doc, "in_force", &out->in_force);
    if (code != SALVE_OK) return code;
    if (!consent_version_read(version, &out->ref.major, &out->ref.minor)) return bad(reading, "version", "major.minor");
    if (!is_lang(out->ref.lang)) return bad(reading, "lang", "a BCP 47 language tag");
    if (!str_is(out->direction, "ltr") && !str_is(out->direction, "rtl"))
        return bad(reading, "direction", "ltr or rtl");
    if (out->in_force.len != 10 || !clock_parse(out->in_force, &at)) return bad(reading, "in_force", "a date");
    if (!purpose_find(purpose, &out->purpose) || !consent_is_asked(out->purpose))
        return bad(reading, "purpose", "exactly one purpose that people agree to");
    if (!str_eq(out->ref.id, purpose)) return bad(reading, "form", "the same as its purpose: one form, one purpose");
    if (!json_i64(json_get(doc, "days"), &days) || days < 1 || days > consent_days_max(out->purpose))
        return bad(reading, "days", "at least 1, at most what the purpose may last");
    out->days = (int32_t)days;
    out->changes = json_get_text(doc, "changes");
    if (out->changes.ptr == NULL) return bad(reading, "changes", "a text, empty for the first version");
    if (out->ref.major > 1 && out->changes.len == 0)
        return bad(reading, "changes", "what is new, for people who agreed to the version before");
    return SALVE_OK;
}

static enum salve_code read_sections(const struct reading *reading, const struct json *doc, struct consent_form *out)
{
    static const char *const IDS[CONSENT_SECTION_COUNT] = {
#define X(name, what) #name,
        CONSENT_SECTIONS(X)
#undef X
    };
    const struct json *array = json_get(doc, "sections"), *it = json_first(array);
    if (!json_is(array, JSON_ARRAY) || array->count != CONSENT_SECTION_COUNT)
        return bad(reading, "sections", "what, who, how_long, if_no, withdraw: all five, in this order");
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++, it = it->next) {
        struct consent_section *section = &out->sections[i];
        enum salve_code code = want_text(reading, it, "id", &section->id);
        if (code == SALVE_OK) code = want_text(reading, it, "heading", &section->heading);
        if (code == SALVE_OK) code = want_text(reading, it, "text", &section->text);
        if (code != SALVE_OK) return code;
        if (!str_is(section->id, IDS[i]) || it->count != 3)
            return bad(reading, "sections", "what, who, how_long, if_no, withdraw: all five, in this order");
    }
    return SALVE_OK;
}

static enum salve_code read_question(const struct reading *reading, const struct json *object, struct arena *mem,
                                     struct consent_read_back *out)
{
    const struct json *points = json_get(object, "points");
    enum salve_code code = want_text(reading, object, "ask", &out->ask);
    if (code != SALVE_OK) return code;
    if (!json_is(points, JSON_ARRAY) || points->count < 1 || points->count > CONSENT_POINTS_MAX || object->count != 2)
        return bad(reading, "read_back.points", "1 to 6 points that a right answer holds, and nothing else");
    out->points = arena_array(mem, struct str, points->count);
    if (out->points == NULL) return salve_fail(reading->err, SALVE_E_MEMORY, "%s", reading->name);
    for (const struct json *it = json_first(points); it != NULL; it = it->next) {
        struct str point = json_text(it);
        if (str_trim(point).len == 0) return bad(reading, "read_back.points", "a text that is not empty");
        out->points[out->point_count++] = point;
    }
    return SALVE_OK;
}

static enum salve_code read_questions(const struct reading *reading, const struct json *doc, struct arena *mem,
                                      struct consent_form *out)
{
    const struct json *array = json_get(doc, "read_back");
    if (!json_is(array, JSON_ARRAY) || array->count < CONSENT_READ_BACKS_MIN || array->count > CONSENT_READ_BACKS_MAX)
        return bad(reading, "read_back", "3 to 5 questions");
    for (const struct json *it = json_first(array); it != NULL; it = it->next) {
        enum salve_code code = read_question(reading, it, mem, &out->read_back[out->read_back_count++]);
        if (code != SALVE_OK) return code;
    }
    return SALVE_OK;
}

/* A form of follow-up may have it; nothing in it is ticked in advance. */
static enum salve_code read_reminder(const struct reading *reading, const struct json *doc, struct consent_form *out)
{
    const struct json *reminder = json_get(doc, "reminder");
    if (reminder == NULL) return SALVE_OK;
    if (out->purpose != PURPOSE_FOLLOW_UP || !json_is(reminder, JSON_OBJECT) || reminder->count != 3)
        return bad(reading, "reminder", "of follow-up alone: heading, text and yes, and nothing else");
    TRY(want_text(reading, reminder, "heading", &out->reminder.heading));
    TRY(want_text(reading, reminder, "text", &out->reminder.text));
    return want_text(reading, reminder, "yes", &out->reminder.yes);
}

/* The running text, a section a line; with headings also all else that the person hears. */
static enum salve_code spoken_text(const struct consent_form *form, bool with_headings, struct arena *mem,
                                   struct str *out, struct salve_err *err)
{
    struct buf buf;
    buf_init(&buf, mem, SALVE_FORM_BYTES_MAX);
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++) {
        if (with_headings) buf_add(&buf, i == 0 ? form->title : STR(""));
        if (with_headings) buf_add_char(&buf, '\n');
        if (with_headings) buf_add(&buf, form->sections[i].heading);
        buf_add_char(&buf, '\n');
        buf_add(&buf, form->sections[i].text);
    }
    buf_add_char(&buf, '\n');
    buf_add(&buf, form->yes);
    const struct consent_reminder *reminder = &form->reminder;
    const struct str more[] = {with_headings ? reminder->heading : STR(""), reminder->text, reminder->yes};
    for (size_t i = 0; i < 3 && reminder->yes.len > 0; i++) {
        buf_add_char(&buf, '\n');
        buf_add(&buf, more[i]);
    }
    return buf_done(&buf, out, err);
}

static enum salve_code check_plainness(const struct reading *reading, const struct json *doc, struct arena *mem,
                                       struct consent_form *out)
{
    struct str text = STR_NONE;
    const struct json *grade = json_get(doc, "grade");
    enum salve_code code = spoken_text(out, true, mem, &text, reading->err);
    if (code != SALVE_OK) return code;
    out->words = consent_word_count(text);
    if (out->words > CONSENT_FORM_WORDS_MAX) return bad(reading, "sections", "400 words at most, title to yes");
    bool is_english = str_is(out->ref.lang, "en") || str_starts(out->ref.lang, STR("en-"));
    if (!json_double(grade, &out->grade))
        return is_english || !json_is(grade, JSON_NULL)
                   ? bad(reading, "grade", "the reading grade; null where no measure of the language is agreed")
                   : SALVE_OK;
    if (!is_english) return SALVE_OK;
    code = spoken_text(out, false, mem, &text, reading->err); /* headings would make it look easier than it is */
    if (code != SALVE_OK) return code;
    double computed = consent_form_grade(text);
    if (computed > GRADE_MAX) return bad(reading, "grade", "the text is harder than school grade 6: shorter sentences");
    if (fabs(computed - out->grade) > GRADE_TOLERANCE) {
        (void)bad(reading, "grade", "");
        return salve_why(reading->err, SALVE_E_INVALID, "the text has grade %.1f", computed);
    }
    return SALVE_OK;
}

/* One spelling of a file, so that its hash is that of its words: UTF-8 (json_read checks), LF only, a newline last. */
static enum salve_code check_bytes(const struct reading *reading, struct str text)
{
    if (memchr(text.ptr, '\r', text.len) != NULL) return bad(reading, "the file", "lines end with LF alone");
    if (!str_ends(text, STR("}\n"))) return bad(reading, "the file", "it ends with } and one newline");
    return SALVE_OK;
}

enum salve_code consent_form_parse(struct str text, const char *name, struct arena *mem, struct consent_form *out,
                                   struct salve_err *err)
{
    const struct json_opts opts = {.bytes_max = SALVE_FORM_BYTES_MAX};
    const struct reading reading = {name, err};
    const struct json *doc = NULL;
    struct consent_form form = {.purpose = 0};
    if (text.len > SALVE_FORM_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "%s", name);
    enum salve_code code = arena_str(mem, text, &form.bytes, err);
    if (code == SALVE_OK) code = check_bytes(&reading, form.bytes);
    if (code != SALVE_OK) return code;
    code = json_read(form.bytes, &opts, mem, &doc, err);
    if (code != SALVE_OK) {
        salve_err_in(err, "%s", name);
        return code;
    }
    if (!json_is(doc, JSON_OBJECT)) return bad(&reading, "the file", "one object");
    code = read_head(&reading, doc, &form);
    if (code == SALVE_OK) code = read_sections(&reading, doc, &form);
    if (code == SALVE_OK) code = read_questions(&reading, doc, mem, &form);
    if (code == SALVE_OK) code = read_reminder(&reading, doc, &form);
    if (code == SALVE_OK) code = check_plainness(&reading, doc, mem, &form);
    if (code != SALVE_OK) return code;
    if (doc->count != FORM_MEMBERS + (form.reminder.yes.len >
                                      0)) /* no place for a tick in advance, a second purpose, or anything else */
        return bad(&reading, "the file", "members that a form does not have");
    *out = form;
    return SALVE_OK;
}
