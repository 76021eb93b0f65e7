/* SPDX-License-Identifier: Apache-2.0
 * The letter: from signed findings of a record, or from a file of somebody who wants nothing stored. */
#include "visit/result.h"

#include <stdlib.h>

#include "base/buf.h"
#include "consent/may.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "records/reminder.h"
#include "screen/told.h"
#include "visit/clinic.h"
#include "visit/content.h"
#include "visit/release.h"
#include "visit/visit_int.h"

/* --- the name ----------------------------------------------------------------------------------------------------- */

enum { NAME_BYTES_MAX = 2000 }; /* nobody's; what is longer keeps its start and its end */

static bool is_inside(struct str text, size_t at) { return ((unsigned char)text.ptr[at] & 0xc0) == 0x80; }

static enum salve_code leave_out_middle(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    size_t head = NAME_BYTES_MAX / 2, tail = text.len - NAME_BYTES_MAX / 2;
    while (is_inside(text, head)) head--;
    while (is_inside(text, tail)) tail++;
    *out = arena_printf(mem, "%.*s \u2026 %.*s", STR_ARGS(str_cut(text, 0, head)),
                        STR_ARGS(str_cut(text, tail, text.len)));
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "letter") : SALVE_OK;
}

enum salve_code visit_name_on_paper(struct str name, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct buf text;
    size_t bytes = 0;
    buf_init(&text, mem, 1 << 20);
    for (; name.len > 0; name = str_cut(name, bytes, name.len)) {
        bytes = str_unprintable(name);
        if (bytes > 0) continue;
        bytes = str_char_bytes(name);
        buf_add(&text, str_cut(name, 0, bytes));
    }
    TRY(buf_done(&text, out, err));
    return out->len <= NAME_BYTES_MAX ? SALVE_OK : leave_out_middle(*out, mem, out, err);
}

enum salve_code visit_name_of(const struct tape *tape, tape_at patient, struct arena *mem, struct str *out,
                              struct salve_err *err)
{
    struct buf text;
    *out = STR("");
    tape_at name = tape_get(tape, patient, "name");
    if (name == TAPE_NONE) return SALVE_OK;
    *out = tape_child_text(tape, name, "text");
    if (out->len > 0) return SALVE_OK;
    buf_init(&text, mem, 1 << 20);
    for (tape_at at = tape_first(tape, name); at != TAPE_NONE; at = tape_next(tape, name, at))
        if (tape_element(tape, at) == FHIR_E_HumanName_given)
            buf_addf(&text, "%s%.*s", text.len > 0 ? " " : "", STR_ARGS(tape_text(tape, at)));
    struct str family = tape_child_text(tape, name, "family");
    if (family.len > 0) buf_addf(&text, "%s%.*s", text.len > 0 ? " " : "", STR_ARGS(family));
    return buf_done(&text, out, err);
}

/* --- renderings --------------------------------------------------------------------------------------------------- */

/* A finding of a guideline whose folder is broken: the reason is said, not that there is no such guideline. */
static enum salve_code broken_reason(const struct visit_content *content, const struct letter_ask *ask,
                                     enum salve_code code, struct salve_err *err)
{
    for (size_t i = 0; i < content->broken_count; i++)
        for (size_t f = 0; f < ask->finding_count; f++)
            if (str_eq(ask->findings[f].guideline, content->broken[i].id)) {
                if (err != NULL) *err = content->broken[i].err;
                return content->broken[i].err.code;
            }
    return code;
}

static bool has_language(const struct guideline_info *info, struct str language)
{
    for (size_t i = 0; i < info->language_count; i++)
        if (str_eq(info->languages[i], language)) return true;
    return false;
}

/* Words that no clinician accepted, or that nobody wrote yet, are said by their language and guideline. */
static enum salve_code words_are_there(const struct letter_ask *ask, struct str language, struct salve_err *err)
{
    for (size_t f = 0; f < ask->finding_count; f++)
        for (size_t g = 0; g < ask->guideline_count; g++) {
            const struct guideline_info *info = guideline_info(ask->guidelines[g]);
            if (!str_eq(info->id, ask->findings[f].guideline) || has_language(info, language)) continue;
            (void)salve_fail(err, SALVE_E_NOT_FOUND, "language %.*s: words of %.*s", STR_ARGS(language),
                             STR_ARGS(info->id));
            return salve_why(err, SALVE_E_NOT_FOUND,
                             "none are accepted here: 'salve guideline accept %.*s --words %.*s'; where the guideline "
                             "has no letter.%.*s.json yet, it has to be written",
                             STR_ARGS(info->id), STR_ARGS(language), STR_ARGS(language));
        }
    return SALVE_OK;
}

static enum salve_code render(const struct visit *visit, const struct letter_ask *ask, struct visit_sheet *sheet,
                              struct salve_err *err)
{
    const struct letter_frame *frame = NULL;
    struct letter *letter = NULL;
    struct buf out;
    struct letter_drawn drawn = {0};
    TRY(visit_frame(visit->content, sheet->language, &frame, err));
    TRY(words_are_there(ask, sheet->language, err));
    enum salve_code code = letter_compose(ask, frame, visit->mem, &letter, err);
    if (code == SALVE_E_INVALID) code = broken_reason(visit->content, ask, code, err);
    if (code != SALVE_OK) return code;
    drawn.letter = letter;
    sheet->next_day = letter->next_day;
    if (sheet->is_pdf) return letter_draw_pdf(&visit->draw, &drawn, visit->mem, &sheet->bytes, err);
    buf_init(&out, visit->mem, 64 << 20);
    if (sheet->is_text)
        letter_text(letter, &out);
    else
        letter_html(letter, &out);
    return buf_done(&out, &sheet->bytes, err);
}

static enum salve_code none_left(const struct letter_ask *ask, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND,
                        ask->is_withheld ? "they are told in person, and no record says that they were"
                                         : "none of them may stand in this letter",
                        "findings");
}

/* The findings that may stand in the letter: every family of one needs its yes, and what is told in person was told. On
 * paper (told: NULL) the clinician who prints it is with the person. */
static enum salve_code choose_findings(const struct visit *visit, family_mask families, const struct finding *findings,
                                       const struct screen_told *told, size_t count, struct letter_ask *ask,
                                       struct salve_err *err)
{
    if (screen_holds(findings, count))
        return salve_refuse(err, SALVE_E_CONFLICT,
                            "the alarms could not be judged: the letter is held until they are; a clinician sees the "
                            "person today",
                            SCREEN_ALARMS_NOT_JUDGED);
    struct finding *chosen = arena_array(visit->mem, struct finding, count + 1);
    if (chosen == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    ask->findings = chosen;
    ask->finding_count = 0;
    for (size_t i = 0; i < count; i++) {
        if ((findings[i].apart & ~families) != 0) continue;
        bool waits = told != NULL && visit_is_withheld(visit->content, &findings[i], &told[i]);
        ask->is_withheld = ask->is_withheld || waits;
        if (!waits) chosen[ask->finding_count++] = findings[i];
    }
    return ask->finding_count > 0 ? SALVE_OK : none_left(ask, err);
}

/* What the site gave for its letters. */
static enum salve_code fill_clinic(const struct visit *visit, struct letter_ask *ask, struct salve_err *err)
{
    struct visit_clinic clinic;
    TRY(visit_clinic(visit, &clinic, err));
    struct letter_place *places = arena_array(visit->mem, struct letter_place, clinic.place_count + 1);
    if (places == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    for (size_t i = 0; i < clinic.place_count; i++) {
        const struct visit_place *at = &clinic.places[i];
        places[i] = (struct letter_place){at->action, at->name, at->address, at->telephone, at->hours};
    }
    ask->clinic = (struct letter_clinic){.address = clinic.address,
                                         .telephone = clinic.telephone,
                                         .hours = clinic.hours,
                                         .crisis = clinic.crisis,
                                         .interval = clinic.interval,
                                         .packages = clinic.packages,
                                         .digits = clinic.digits,
                                         .months = clinic.months,
                                         .paper = clinic.paper,
                                         .places = places,
                                         .place_count = clinic.place_count};
    if (ask->clinician.len > 0) ask->clinician = visit_printed_name(&clinic, ask->clinician);
    return SALVE_OK;
}

static enum salve_code fill_person(const struct visit *visit, struct letter_ask *ask, const struct tape *patient,
                                   struct salve_err *err)
{
    struct str name;
    if (patient == NULL) return SALVE_OK;
    TRY(visit_name_of(patient, tape_root(patient), visit->mem, &name, err));
    TRY(arena_str(visit->mem, tape_child_text(patient, tape_root(patient), "birthDate"), &ask->birth_date, err));
    TRY(arena_str(visit->mem, tape_child_text(patient, tape_root(patient), "gender"), &ask->sex, err));
    if (!str_is(ask->sex, "female") && !str_is(ask->sex, "male")) ask->sex = STR("");
    return visit_name_on_paper(name, visit->mem, &ask->person_name, err);
}

static enum salve_code fill_ask(const struct visit *visit, struct letter_ask *ask, const struct tape *patient,
                                struct salve_err *err)
{
    const struct visit_content *content = visit->content;
    if (content->packages_err.code != SALVE_OK) {
        if (err != NULL) *err = content->packages_err;
        return content->packages_err.code;
    }
    ask->site = site_settings(visit->site)->name;
    ask->guidelines = content->guidelines;
    ask->guideline_count = content->guideline_count;
    ask->packages = content->packages;
    ask->is_demo = site_is_made_up(visit->site);
    TRY(fill_clinic(visit, ask, err));
    return fill_person(visit, ask, patient, err);
}

/* --- told --------------------------------------------------------------------------------------------------------- */

/* The telling of the most urgent finding, where everything in the letter that needs one has its own. */
static enum salve_code fill_told(const struct visit *visit, const struct screen_set *set,
                                 const struct screen_told *told, family_mask families, struct letter_ask *ask,
                                 struct salve_err *err)
{
    const struct screen_told *first = NULL;
    enum urgency urgency = URGENCY_COUNT;
    struct visit_clinic clinic;
    TRY(visit_clinic(visit, &clinic, err));
    for (size_t i = 0; i < set->count; i++) {
        const struct finding *finding = &set->findings[i];
        if (!screen_needs_told(finding) || (finding->apart & ~families) != 0) continue;
        if (!told[i].is_told) return SALVE_OK;
        if (finding->urgency < urgency) first = &told[i], urgency = finding->urgency;
    }
    if (first == NULL) return SALVE_OK;
    struct letter_told *out = arena_new(visit->mem, struct letter_told);
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    *out = (struct letter_told){.by = visit_printed_name(&clinic, first->by),
                                .at = first->at,
                                .how = str_of(screen_how_text(first->how)),
                                .agreed = first->agreed,
                                .is_guardian = first->is_guardian};
    ask->told = out;
    return SALVE_OK;
}

/* What cannot wait is told to the person before it is printed; a letter alone is never enough. */
static enum salve_code hold(const struct visit *visit, const struct letter_ask *ask, struct visit_sheet *sheets,
                            size_t count, struct salve_err *err)
{
    const struct letter_frame *frame = NULL;
    struct letter_tally tally;
    if (count == 0) return SALVE_OK;
    TRY(visit_frame(visit->content, sheets[0].language, &frame, err));
    TRY(words_are_there(ask, sheets[0].language, err));
    enum salve_code code = letter_tally_of(ask, frame, visit->mem, &tally, err);
    if (code == SALVE_E_INVALID) code = broken_reason(visit->content, ask, code, err);
    if (code != SALVE_OK || !letter_is_held(&tally)) return code;
    return salve_refuse(
        err, SALVE_E_CONFLICT,
        "something in it cannot wait and no record says that the person was told: tell them and note it "
        "('salve told'); if they have left, print it as not yet told (--untold)",
        "the letter is held");
}

static enum salve_code write_letters(const struct visit *visit, const struct letter_ask *ask,
                                     struct visit_sheet *sheets, size_t count, struct salve_err *err)
{
    for (size_t i = 0; i < count; i++) TRY(render(visit, ask, &sheets[i], err));
    return SALVE_OK;
}

/* "size root": enough to tell two states of the log apart on paper. */
static enum salve_code log_head(const struct visit *visit, struct str *out, struct salve_err *err)
{
    struct site_facts facts;
    char hex[2 * sizeof facts.log_root + 1];
    TRY(site_facts(visit->site, visit->mem, &facts, err));
    str_hex(facts.log_root, sizeof facts.log_root, hex);
    *out = arena_printf(visit->mem, "%llu %s", (unsigned long long)facts.log_size, hex);
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "letter") : SALVE_OK;
}

/* What is kept apart is opened for a letter only where the person wants it there, and ticked it for their care. */
static enum salve_code open_for_letter(const struct visit *visit, struct str card, family_mask families,
                                       struct rec_view **view, struct salve_err *err)
{
    class_mask classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN);
    if (families != 0) classes |= CLASS_BIT(CLASS_SENS);
    TRY(visit_view_open(visit, card, classes, view, err)); /* a look of its own: it names its classes */
    if (families == 0 || rec_keeps_apart(*view)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT, "the agreement to care has no tick for what is kept apart", "letter");
}

/* What was measured at the visit of the signed findings. */
static enum salve_code read_values(const struct visit *visit, struct rec_view *view, const struct screen_set *set,
                                   family_mask families, struct letter_ask *ask, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct screen_ask from = {0};
    const struct zone *zone = NULL;
    TRY(rec_all(view, 0, &all, &count, err));
    struct tape *tapes = arena_array(visit->mem, struct tape, count + 1);
    family_mask *own = arena_array(visit->mem, family_mask, count + 1);
    if (tapes == NULL || own == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    for (size_t i = 0; i < count; i++) {
        tapes[i] = all[i].tape;
        own[i] = all[i].class != CLASS_SENS ? 0 : all[i].families != 0 ? all[i].families : FAMILY_ALL;
    }
    from = (struct screen_ask){.tapes = tapes, .tape_count = count, .families = own};
    if (!clock_parse(set->checked_at, &from.now_unix_ms)) return SALVE_OK; /* the findings stand for the values */
    TRY(site_zone(visit->site, &zone, err));
    return visit_letter_values(zone, &from, families, visit->mem, ask, err);
}

/* A value of a test that is told in person stands in the letter with a finding that was, and nowhere else. */
static bool is_released(const struct visit *visit, const struct screen_set *set, const struct screen_told *told,
                        const struct letter_value *value)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct finding *finding = &set->findings[i];
        if (visit_is_withheld(visit->content, finding, &told[i])) continue;
        for (size_t k = 0; k < finding->input_count; k++)
            if (str_eq(finding->inputs[k].reference, value->reference)) return true;
    }
    return !visit_is_told_in_person(visit->content, value->code);
}

static void withhold_values(const struct visit *visit, const struct screen_set *set, const struct screen_told *told,
                            struct letter_ask *ask)
{
    struct letter_value *values = (struct letter_value *)ask->values; /* of visit_letter_values, our own */
    size_t kept = 0;
    for (size_t i = 0; i < ask->value_count; i++)
        if (is_released(visit, set, told, &values[i])) values[kept++] = values[i];
    ask->value_count = kept;
}

/* Something that an earlier letter may say was wrong. */
static enum salve_code fill_corrects(const struct visit *visit, struct rec_view *view, struct letter_ask *ask,
                                     struct salve_err *err)
{
    struct str checked_at;
    int64_t unix_ms = 0;
    TRY(screen_corrected(view, visit->mem, &checked_at, err));
    if (checked_at.len == 0 || !clock_parse(checked_at, &unix_ms)) return SALVE_OK;
    return visit_date(visit, unix_ms, &ask->corrects, err);
}

/* Nothing is signed: the step that comes next is said. */
static enum salve_code not_signed(const struct visit *visit, struct rec_view *view, struct salve_err *err)
{
    struct screen_set drafts = {0};
    bool has_drafts = screen_findings(view, SCREEN_DRAFT, visit->mem, &drafts, NULL) == SALVE_OK;
    return salve_refuse(err, SALVE_E_NOT_FOUND,
                        has_drafts ? "there are drafts and nothing is signed; next: 'salve sign' by a clinician"
                                   : "nothing was judged yet; next: 'salve screen', then 'salve sign' by a clinician",
                        "signed findings");
}

/* A letter says what was signed; what rests on a value that was taken back is printed no more. */
static enum salve_code is_up_to_date(const struct visit *visit, struct rec_view *view, struct letter_ask *ask,
                                     struct salve_err *err)
{
    enum screen_age age;
    TRY(screen_age(view, SCREEN_SIGNED, visit->mem, &age, err));
    ask->is_outdated = age != SCREEN_CURRENT;
    if (age != SCREEN_CORRECTED) return SALVE_OK;
    return salve_refuse(err, SALVE_E_STALE, "a value that these results rest on was taken back or changed", "letter");
}

/* What a view has for a letter. */
static enum salve_code read_letter(const struct visit *visit, struct rec_view *view, family_mask families,
                                   struct letter_ask *ask, struct salve_err *err)
{
    struct screen_set set = {0};
    struct screen_told *told = NULL;
    const struct rec_resource *patient = NULL;
    int64_t checked_unix_ms = 0;
    enum salve_code code = screen_findings(view, SCREEN_SIGNED, visit->mem, &set, err);
    if (code == SALVE_E_NOT_FOUND) return not_signed(visit, view, err);
    if (code != SALVE_OK) return code;
    TRY(is_up_to_date(visit, view, ask, err));
    TRY(screen_told_read(view, &set, visit->mem, &told, err));
    TRY(choose_findings(visit, families, set.findings, told, set.count, ask, err));
    TRY(fill_corrects(visit, view, ask, err));
    TRY(visit_patient(view, &patient, err));
    TRY(log_head(visit, &ask->log_head, err));
    TRY(read_values(visit, view, &set, families, ask, err));
    withhold_values(visit, &set, told, ask);
    TRY(fill_told(visit, &set, told, families, ask, err));
    ask->clinician = set.signed_by;
    if (clock_parse(set.checked_at, &checked_unix_ms)) TRY(visit_date(visit, checked_unix_ms, &ask->date, err));
    return fill_ask(visit, ask, patient == NULL ? NULL : &patient->tape, err);
}

static int by_time_newest(const void *a, const void *b)
{
    int64_t x = 0, y = 0;
    (void)clock_parse(((const struct screen_earlier *)a)->checked_at, &x);
    (void)clock_parse(((const struct screen_earlier *)b)->checked_at, &y);
    return x < y ? 1 : x > y ? -1 : 0;
}

/* The numbers of earlier checks, those kept apart only for the families of this letter. */
static enum salve_code read_earlier(const struct visit *visit, struct rec_view *view, family_mask families,
                                    struct letter_ask *ask, struct salve_err *err)
{
    struct screen_earlier *list = NULL;
    size_t count = 0;
    int64_t checked_unix_ms = 0;
    TRY(screen_earlier(view, visit->mem, &list, &count, err));
    struct letter_earlier *out = arena_array(visit->mem, struct letter_earlier, count + 1);
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    if (count > 1) qsort(list, count, sizeof *list, by_time_newest);
    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &list[i].finding;
        struct letter_earlier *to = &out[ask->earlier_count];
        if ((finding->apart & ~families) != 0 || !clock_parse(list[i].checked_at, &checked_unix_ms)) continue;
        *to = (struct letter_earlier){.guideline = finding->guideline,
                                      .item = finding->item,
                                      .value = finding->value,
                                      .value2 = finding->value2,
                                      .unit = finding->unit};
        TRY(visit_date(visit, checked_unix_ms, &to->date, err));
        ask->earlier_count++;
    }
    ask->earlier = out;
    return SALVE_OK;
}

/* Last of all, and after a look at whether the letter can be written: it ends the code of the letter before. */
static enum salve_code add_code(const struct visit *visit, struct rec_view *view, struct letter_ask *ask,
                                struct visit_sheet *sheets, size_t count, struct salve_err *err)
{
    int64_t until_unix_s = 0;
    for (size_t i = 0; i < count; i++) {
        struct visit_sheet look = {.language = sheets[i].language, .is_text = true};
        TRY(render(visit, ask, &look, err));
    }
    TRY(rec_letter_code(view, visit->mem, &ask->code, &until_unix_s, err));
    return visit_date(visit, until_unix_s * 1000, &ask->code_until, err);
}

/* A reminder follows the letter, where that asks for an earlier check. */
static enum salve_code remind_as_said(struct rec_view *view, const struct visit_sheet *sheets, size_t count,
                                      struct salve_err *err)
{
    if (count == 0 || sheets[0].next_day.len == 0) return SALVE_OK;
    return reminder_earlier(view, sheets[0].next_day, err);
}

enum salve_code visit_letters(const struct visit *visit, struct str card, const struct visit_letters_ask *letters,
                              bool *has_code, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct letter_ask ask = {0};
    enum salve_code code = open_for_letter(visit, card, letters->families, &view, err);
    if (code == SALVE_OK) code = read_letter(visit, view, letters->families, &ask, err);
    if (code == SALVE_OK) code = read_earlier(visit, view, letters->families, &ask, err);
    if (code == SALVE_OK && !letters->is_untold) code = hold(visit, &ask, letters->sheets, letters->count, err);
    if (code == SALVE_OK) code = add_code(visit, view, &ask, letters->sheets, letters->count, err);
    if (code == SALVE_OK) code = write_letters(visit, &ask, letters->sheets, letters->count, err);
    if (code == SALVE_OK && letters->keep != NULL) code = letters->keep(letters->context, err);
    if (code == SALVE_OK) code = remind_as_said(view, letters->sheets, letters->count, err);
    if (code == SALVE_OK) code = screen_work_printed(view, visit->mem, err);
    if (has_code != NULL) *has_code = ask.code.len > 0;
    if (letters->is_outdated != NULL) *letters->is_outdated = ask.is_outdated;
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_results(const struct visit *visit, struct str code, struct str birth_date,
                              struct visit_sheet *sheets, size_t count, struct screen_found *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct letter_ask ask = {0};
    enum salve_code result = rec_letter_open(visit->site, code, birth_date, &view, err);
    if (result == SALVE_OK) result = read_letter(visit, view, 0, &ask, err);
    if (result == SALVE_OK) result = write_letters(visit, &ask, sheets, count, err);
    *out = (struct screen_found){.list = ask.findings, .count = ask.finding_count};
    return visit_view_close(visit, &view, result, err);
}

enum salve_code visit_paper_letters(const struct visit *visit, const struct visit_screening *screening,
                                    struct visit_paper *paper, const struct visit_letters_ask *letters,
                                    struct salve_err *err)
{
    struct screen_ask file;
    struct finding *findings = NULL;
    const struct tape *patient = NULL;
    const struct zone *zone = NULL;
    size_t count = 0;
    uint32_t unread = 0;
    struct letter_ask ask = {.clinician = visit->actor.id, .is_paper = true};
    if (consent_may(visit->actor.role, ACT_SIGN, PURPOSE_CARE) == NULL)
        return salve_refuse(err, SALVE_E_ROLE, "on paper a clinician answers for the results", "actor");
    TRY(visit_paper_read(visit, screening, paper, &file, &unread, err));
    TRY(screen_evaluate(screening->screen, &file, visit->mem, &findings, &count, err));
    TRY(choose_findings(visit, letters->families, findings, NULL, count, &ask, err));
    TRY(visit_date(visit, file.now_unix_ms, &ask.date, err));
    TRY(site_zone(visit->site, &zone, err));
    TRY(visit_letter_values(zone, &file, letters->families, visit->mem, &ask, err));
    for (size_t i = 0; i < file.tape_count; i++)
        if (tape_patient(&file.tapes[i]) != TAPE_NONE) patient = &file.tapes[i];
    TRY(fill_ask(visit, &ask, patient, err));
    return write_letters(visit, &ask, letters->sheets, letters->count, err);
}
