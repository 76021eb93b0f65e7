/* SPDX-License-Identifier: Apache-2.0
 * Empty forms from the words of the content. */
#include "visit/forms.h"

#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"
#include "letter/form.h"
#include "visit/measure.h"

/* A form while it is written. */
struct writing {
    const struct letter_frame *frame;
    struct letter_form *form;
    struct arena *mem;
    const struct letter_draw *draw;
};

static struct str word(const struct writing *w, const char *key) { return letter_frame_word(w->frame, key); }

static void put(const struct writing *w, enum letter_form_kind kind, struct str words)
{
    letter_form_add(w->form, (struct letter_form_row){.kind = kind, .words = words});
}

static enum salve_code render(const struct writing *w, struct visit_sheet *sheet, struct salve_err *err)
{
    struct buf out;
    const struct letter_drawn drawn = {.form = w->form};
    if (sheet->is_pdf) return letter_draw_pdf(w->draw, &drawn, w->mem, &sheet->bytes, err);
    buf_init(&out, w->mem, 64 << 20);
    letter_form_html(w->form, &out);
    return buf_done(&out, &sheet->bytes, err);
}

/* --- consent ------------------------------------------------------------------------------------------------------ */

static void read_back(const struct writing *w, const struct consent_form *form)
{
    put(w, LETTER_FORM_HEADING, word(w, "consent.read-back"));
    put(w, LETTER_FORM_SMALL, word(w, "consent.read-back.how"));
    for (size_t i = 0; i < form->read_back_count; i++)
        put(w, LETTER_FORM_TEXT, arena_printf(w->mem, "%zu. %.*s", i + 1, STR_ARGS(form->read_back[i].ask)));
    letter_form_add(w->form,
                    (struct letter_form_row){.kind = LETTER_FORM_ANSWER,
                                             .words = word(w, "consent.read-back.met"),
                                             .answers = {word(w, "consent.first"), word(w, "consent.second")}});
}

/* What is kept apart, and a reminder, have a choice of their own where the purpose or the form has it. */
static void decision(const struct writing *w, const struct consent_form *form)
{
    put(w, LETTER_FORM_HEADING, word(w, "consent.decision"));
    put(w, LETTER_FORM_CHOICE,
        arena_printf(w->mem, "%.*s %.*s", STR_ARGS(word(w, "consent.yes")), STR_ARGS(form->yes)));
    put(w, LETTER_FORM_CHOICE, word(w, "consent.no"));
    if (consent_may_add_sensitive(form->purpose)) {
        put(w, LETTER_FORM_TEXT, word(w, "consent.apart"));
        put(w, LETTER_FORM_CHOICE, word(w, "consent.apart.yes"));
        put(w, LETTER_FORM_CHOICE, word(w, "consent.apart.no"));
    }
    if (form->reminder.yes.len > 0) {
        put(w, LETTER_FORM_TEXT, form->reminder.heading); /* no heading: all choices and the date on one page */
        put(w, LETTER_FORM_TEXT, form->reminder.text);
        put(w, LETTER_FORM_CHOICE,
            arena_printf(w->mem, "%.*s %.*s", STR_ARGS(word(w, "consent.yes")), STR_ARGS(form->reminder.yes)));
        put(w, LETTER_FORM_CHOICE, word(w, "consent.apart.no"));
    }
    put(w, LETTER_FORM_TEXT, word(w, "consent.no-trace"));
    put(w, LETTER_FORM_LINE, word(w, "consent.date"));
    put(w, LETTER_FORM_LINE, word(w, "consent.signature"));
    put(w, LETTER_FORM_LINE, word(w, "consent.witness"));
}

enum salve_code visit_consent_sheet(const struct visit *visit, const struct consent_form *form,
                                    struct visit_sheet *sheet, struct salve_err *err)
{
    struct arena *mem = visit->mem;
    struct writing w = {.mem = mem, .draw = &visit->draw};
    TRY(visit_frame(visit->content, form->ref.lang, &w.frame, err));
    TRY(letter_form_open(w.frame, form->title, mem, &w.form, err));
    w.form->page.details = arena_printf(mem, "%s %u.%u", purpose_text(form->purpose), form->ref.major, form->ref.minor);
    put(&w, LETTER_FORM_SMALL, form->changes);
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++) {
        put(&w, LETTER_FORM_HEADING, form->sections[i].heading);
        put(&w, LETTER_FORM_TEXT, form->sections[i].text);
    }
    read_back(&w, form);
    decision(&w, form);
    return render(&w, sheet, err);
}

/* --- stations ----------------------------------------------------------------------------------------------------- */

#define PRESSURE_WORD "bp"
#define PRESSURE_CODE "85354-9"
enum { READINGS = 2 }; /* boxes for a blood pressure, which is measured twice */

/* A sheet while it is written. */
struct station {
    struct writing w;
    const struct visit_content *content;
    const struct guideline *alarms;
    struct str packages, language, units;
};

static bool takes(const struct guideline_info *info, struct str typed)
{
    for (size_t i = 0; i < info->input_count; i++) {
        struct str code = info->inputs[i].code;
        bool is_word = str_is(typed, PRESSURE_WORD) ? str_is(code, PRESSURE_CODE) : visit_measure_has(typed, code);
        if (is_word && !info->inputs[i].is_question) return true;
    }
    return false;
}

static bool is_of_package(const struct station *st, struct str typed)
{
    for (size_t i = 0; i < st->content->guideline_count; i++) {
        const struct guideline_info *info = guideline_info(st->content->guidelines[i]);
        if (letter_packages_have(st->content->packages, st->packages, info->id) && takes(info, typed)) return true;
    }
    return false;
}

/* "Waist (waist)": in brackets what is typed; one name may stand for several words. */
static void put_value(const struct station *st, struct str typed, struct str unit, struct str code, unsigned boxes)
{
    struct str name = letter_frame_value(st->w.frame, code);
    struct str shown = guideline_word(st->alarms, st->language, "units", unit);
    struct str words =
        arena_printf(st->w.mem, "%.*s%s(%.*s)", STR_ARGS(name), name.len > 0 ? " " : "", STR_ARGS(typed));
    letter_form_add(st->w.form, (struct letter_form_row){.kind = LETTER_FORM_VALUE,
                                                         .words = words,
                                                         .unit = shown.len > 0 ? shown : unit,
                                                         .boxes = boxes});
}

static void put_measured(const struct station *st)
{
    struct str typed = STR_NONE, unit = STR_NONE, code = STR_NONE;
    put(&st->w, LETTER_FORM_HEADING, word(&st->w, "sheet.measured"));
    if (is_of_package(st, STR(PRESSURE_WORD)))
        put_value(st, STR(PRESSURE_WORD), STR("mm[Hg]"), STR(PRESSURE_CODE), READINGS);
    for (size_t at = 0; visit_measure_word(st->units, &at, &typed, &unit, &code);)
        if (is_of_package(st, typed)) put_value(st, typed, unit, code, 1);
    put(&st->w, LETTER_FORM_LINE, word(&st->w, "sheet.more"));
}

static bool is_true(const struct json *question, const char *member)
{
    bool is = false;
    return json_bool(json_get(question, member), &is) && is;
}

/* What is asked in private stays out; a question that is several at once is asked one by one. */
static enum salve_code put_questions(const struct station *st, struct salve_err *err)
{
    struct str bytes;
    const struct json *lines = NULL;
    struct str path = arena_printf(st->w.mem, "%.*s/guidelines/alarms/lines.json", STR_ARGS(st->content->share));
    if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "sheet");
    TRY(file_read(path.ptr, SALVE_CONFIG_BYTES_MAX, st->w.mem, &bytes, err));
    TRY(json_read(bytes, NULL, st->w.mem, &lines, err));
    put(&st->w, LETTER_FORM_HEADING, word(&st->w, "sheet.questions"));
    put(&st->w, LETTER_FORM_TEXT, word(&st->w, "sheet.questions.how"));
    for (const struct json *it = json_first(json_get(lines, "questions")); it != NULL; it = it->next) {
        if (is_true(it, "private") || is_true(it, "composite")) continue;
        struct str name = json_get_text(it, "name");
        struct str words = guideline_word(st->alarms, st->language, "inputs", name);
        if (words.len == 0)
            return salve_refuse(err, SALVE_E_NOT_FOUND, "the alarms have no words for it in this language",
                                "question %.*s", STR_ARGS(name));
        letter_form_add(st->w.form,
                        (struct letter_form_row){.kind = LETTER_FORM_ANSWER,
                                                 .words = words,
                                                 .answers = {word(&st->w, "sheet.yes"), word(&st->w, "sheet.no")}});
    }
    put(&st->w, LETTER_FORM_CHOICE, word(&st->w, "sheet.none"));
    return SALVE_OK;
}

static enum salve_code check_packages(const struct station *st, struct salve_err *err)
{
    const struct visit_content *content = st->content;
    if (content->packages == NULL && content->packages_err.code != SALVE_OK) {
        if (err != NULL) *err = content->packages_err;
        return content->packages_err.code;
    }
    if (content->packages == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "packages.json");
    return letter_packages_know(content->packages, st->packages, st->w.mem, err);
}

enum salve_code visit_station_sheet(const struct visit *visit, struct str packages, struct visit_sheet *sheet,
                                    struct salve_err *err)
{
    const struct visit_content *content = visit->content;
    struct station st = {.w = {.mem = visit->mem, .draw = &visit->draw},
                         .content = content,
                         .packages = packages,
                         .language = sheet->language,
                         .units = site_settings(visit->site)->units};
    TRY(check_packages(&st, err));
    TRY(visit_frame(content, sheet->language, &st.w.frame, err));
    TRY(visit_guideline(content, STR(SCREEN_ALARMS), &st.alarms, err));
    TRY(letter_form_open(st.w.frame, word(&st.w, "sheet.title"), visit->mem, &st.w.form, err));
    st.w.form->page.details = packages;
    put(&st.w, LETTER_FORM_LINE, word(&st.w, "sheet.card"));
    put(&st.w, LETTER_FORM_LINE, word(&st.w, "sheet.day"));
    TRY(put_questions(&st, err));
    put_measured(&st);
    return render(&st.w, sheet, err);
}
