/* SPDX-License-Identifier: Apache-2.0
 * What is kept apart: every row of the list (admit_apart.def, and the guidelines that are apart) is tried. Without the
 * person's tick nothing of such a resource is in anything that Salve keeps, shows or prints; with it, it is with the person and
 * with a clinician in care, and nowhere else. */
#include "../../unit/visit/visit_world.h"

#include "json/json.h"
#include "t_choices.h"

#define MARK_NUMBER "90210."      /* in every value */
#define MARK_TEXT   "quokkazebra" /* in every note */

enum { ROWS_MAX = 2000, AT_ONCE = 16 };

struct rows {
    struct str list[ROWS_MAX]; /* a resource each */
    size_t count;
    struct str allowed; /* the list as text */
};

/* --- a resource for each row -------------------------------------------------------------------------------------- */

static void add(struct rows *rows, struct arena *mem, const char *type, const char *where, const char *subject)
{
    struct str value = STR("");
    if (strcmp(type, "Observation") == 0)
        value = arena_printf(mem,
                             ",\"effectiveDateTime\":\"2026-11-23T09:00:00Z\",\"valueQuantity\":{\"value\":" MARK_NUMBER
                             "%zu,\"system\":\"http://unitsofmeasure.org\",\"code\":\"{score}\"}",
                             rows->count);
    assert_true(rows->count < ROWS_MAX);
    rows->list[rows->count] =
        arena_printf(mem,
                     "{\"resourceType\":\"%s\",%s,\"%s\":{\"reference\":\"Patient/p\"},\"note\":[{\"text\":\"" MARK_TEXT
                     " %zu\"}]%s}",
                     type, where, subject, rows->count, value.len == 0 ? "" : value.ptr);
    rows->count++;
}

static struct str coding(struct arena *mem, const char *element, struct str system, struct str code)
{
    return arena_printf(mem, "\"%s\":{\"coding\":[{\"system\":\"%.*s\",\"code\":\"%.*s\"}]}", element, STR_ARGS(system),
                        STR_ARGS(code));
}

/* A code that stands beside the weight, which is not kept apart. */
static void add_beside(struct rows *rows, struct arena *mem, struct str system, struct str code)
{
    struct str beside = arena_printf(
        mem, "\"status\":\"final\",%s,\"interpretation\":[{\"coding\":[{\"system\":\"%.*s\",\"code\":\"%.*s\"}]}]",
        coding(mem, "code", STR("http://loinc.org"), STR("29463-7")).ptr, STR_ARGS(system), STR_ARGS(code));
    add(rows, mem, "Observation", beside.ptr, "subject");
}

static void add_label(struct rows *rows, struct arena *mem, struct str code)
{
    struct str label = arena_printf(
        mem,
        "\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":"
        "\"%.*s\"}]},\"status\":\"final\",%s",
        STR_ARGS(code), coding(mem, "code", STR("http://loinc.org"), STR("29463-7")).ptr);
    add(rows, mem, "Observation", label.ptr, "subject");
}

static void add_coded(struct rows *rows, struct arena *mem, const char *type, struct str system, struct str code)
{
    bool is_medicine = strcmp(type, "MedicationStatement") == 0, is_request = strcmp(type, "ServiceRequest") == 0;
    struct str where = arena_printf(mem, "%s%s",
                                    is_request                         ? "\"status\":\"active\",\"intent\":\"order\","
                                    : strcmp(type, "Condition") == 0   ? ""
                                    : strcmp(type, "Observation") == 0 ? "\"status\":\"final\","
                                                                       : "\"status\":\"active\",",
                                    coding(mem, is_medicine ? "medicationCodeableConcept" : "code", system, code).ptr);
    add(rows, mem, type, where.ptr, "subject");
}

static void add_medicine(struct rows *rows, struct arena *mem, struct str name)
{
    struct str where = arena_printf(
        mem,
        "\"status\":\"active\",\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"http://www.nlm.nih.gov/research/"
        "umls/rxnorm\",\"code\":\"161\",\"display\":\"%.*s 20 MG Oral Tablet\"}]}",
        STR_ARGS(name));
    add(rows, mem, "MedicationStatement", where.ptr, "subject");
}

/* An item of a guideline is what an Observation is about; its categories stand in other places. */
static bool is_category(const struct rows *rows, struct arena *mem, struct str system, struct str code)
{
    struct str line = arena_printf(mem, "code observation %.*s %.*s\n", STR_ARGS(system), STR_ARGS(code));
    return str_starts(system, STR("urn:salve:guideline:")) && str_find(rows->allowed, line) < 0;
}

/* A code of a list, or a beginning that is made a code by zeros. */
static void add_row(struct rows *rows, struct arena *mem, struct str system, struct str code)
{
    char full[16] = {0};
    memcpy(full, code.ptr, code.len < sizeof full - 1 ? code.len : sizeof full - 1);
    if (code.len > 0 && code.ptr[code.len - 1] == '*') full[code.len - 1] = '\0';
    while (strlen(full) < 3) strcat(full, "0");
    if (str_is(system, "http://www.whocc.no/atc"))
        add_coded(rows, mem, "MedicationStatement", system, str_of(full));
    else if (str_find(system, STR("icd")) >= 0)
        add_coded(rows, mem, "Condition", system, str_of(full));
    else if (str_is(system, "http://snomed.info/sct"))
        add_coded(rows, mem, "Condition", system, code);
    else if (str_ends(system, STR("v3-Confidentiality")))
        add_label(rows, mem, code);
    else if (str_ends(system, STR("v3-ActCode")))
        add_beside(rows, mem, system, code);
    else if (str_ends(system, STR(":action")))
        add_coded(rows, mem, "ServiceRequest", system, code);
    else if (is_category(rows, mem, system, code))
        add_beside(rows, mem, system, code);
    else
        add_coded(rows, mem, "Observation", system, code);
}

static struct str next_word(struct str *rest)
{
    ptrdiff_t space = str_find(*rest, STR(" "));
    struct str word = space < 0 ? *rest : str_cut(*rest, 0, (size_t)space);
    *rest = str_cut(*rest, word.len + 1, rest->len);
    return word;
}

/* "apart <family> <system> <code>", "apart <family> <system> <beginning> <beginning> ...*", "apart <family> <name> ..." */
static void add_line(struct rows *rows, struct arena *mem, struct str line)
{
    (void)next_word(&line);
    struct str family = next_word(&line), first = next_word(&line);
    enum family ignored;
    assert_true(family_find(family, &ignored));
    bool has_system = str_find(first, STR(":")) >= 0;
    if (!has_system) add_medicine(rows, mem, first);
    while (line.len > 0) {
        struct str word = next_word(&line);
        if (has_system)
            add_row(rows, mem, first, word);
        else
            add_medicine(rows, mem, word);
    }
}

static struct rows *rows_of(struct world *w)
{
    struct arena *mem = w->t->mem;
    struct rows *rows = arena_new(mem, struct rows);
    const struct admit_rules *rules = site_admission(w->t->site);
    struct buf out;
    struct str text, line;
    buf_init(&out, mem, 4 << 20);
    admit_rules_text(rules, &out);
    t_must(buf_done(&out, &text, &err));
    rows->allowed = text;
    while (str_next_line(&text, &line))
        if (str_starts(line, STR("apart "))) add_line(rows, mem, line);
    return rows;
}

/* --- what gets out ------------------------------------------------------------------------------------------------ */

static size_t marks_in(struct str text)
{
    size_t count = 0;
    for (ptrdiff_t at = 0; (at = str_find(text, STR(MARK_TEXT))) >= 0; count++)
        text = str_cut(text, (size_t)at + sizeof MARK_TEXT - 1, text.len);
    return count;
}

static void is_clean(struct str text, const char *what)
{
    if (marks_in(text) == 0 && str_find(text, STR(MARK_NUMBER)) < 0) return;
    fail_msg("something that is kept apart is in %s", what);
}

struct told {
    struct world *w;
    struct str rejects;
    size_t told, kept, not_kept;
};

static void on_apart(void *with, const struct visit_apart *apart)
{
    struct told *told = with;
    told->told++;
    told->kept += apart->is_kept ? apart->count : 0;
    told->not_kept += apart->is_kept ? 0 : apart->count;
    assert_false(apart->may_see);
    assert_null(apart->found); /* an assistant hears how many, and whether a clinician has to come */
}

static void on_rejects(void *with, struct str lines)
{
    struct told *told = with;
    told->rejects = arena_printf(told->w->t->mem, "%.*s%.*s", STR_ARGS(told->rejects), STR_ARGS(lines));
}

static struct visit_screening accept_all(struct world *w)
{
    struct visit_screening screening;
    const struct guideline *accepted = NULL;
    for (size_t i = 0; i < w->visit.content->guideline_count; i++) {
        struct guideline_choice choices[8];
        size_t chosen = t_choices(w->visit.content->guidelines[i], choices, 8);
        t_must(visit_accept(as(w, T_CLINICIAN), guideline_info(w->visit.content->guidelines[i])->id, choices, chosen,
                            &accepted, &err));
    }
    t_must(visit_screening(&w->visit, &screening, &err));
    return screening;
}

static void import_rows(struct world *w, const struct visit_screening *screening, const struct rows *rows,
                        struct told *told, struct visit_imported *sum)
{
    struct visit_import_ask ask = {.screening = screening, .minimise = true};
    ask.watch.apart = on_apart;
    ask.watch.rejects = on_rejects;
    ask.watch.with = told;
    *told = (struct told){.w = w, .rejects = STR("")};
    for (size_t i = 0; i < rows->count; i += AT_ONCE) {
        struct buf out;
        struct str file;
        size_t end = i + AT_ONCE < rows->count ? i + AT_ONCE : rows->count;
        buf_init(&out, w->t->mem, 1 << 20);
        buf_add(&out, STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
                          "\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Adeyemi\",\"given\":"
                          "[\"Tala\"]}],\"birthDate\":\"1980-01-01\"}}"));
        for (size_t r = i; r < end; r++) buf_addf(&out, ",{\"resource\":%.*s}", STR_ARGS(rows->list[r]));
        buf_add(&out, STR("]}"));
        t_must(buf_done(&out, &file, &err));
        size_t before = told->kept + told->not_kept;
        t_must(visit_import(as(w, T_ASSISTANT), w->card, file, &ask, sum, &err));
        if (told->kept + told->not_kept == before + end - i) continue;
        fail_msg("not all of these is kept apart: %.*s", STR_ARGS(file));
    }
}

static struct str json_of(struct world *w, const struct finding *findings, size_t count)
{
    struct buf out;
    struct str text;
    struct json_writer writer = {.out = &out};
    buf_init(&out, w->t->mem, 16 << 20);
    json_open(&writer, NULL, '[');
    for (size_t i = 0; i < count; i++) finding_json(&findings[i], &writer);
    json_close(&writer);
    t_must(buf_done(&out, &text, &err));
    return text;
}

static struct str view_text(struct world *w, struct actor actor, enum purpose purpose, struct str who)
{
    struct rec_view *view = t_open(w->t, actor, purpose, who);
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct buf out;
    struct str text;
    buf_init(&out, w->t->mem, 64 << 20);
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) fhir_write(&all[i].tape, tape_root(&all[i].tape), FHIR_COMPACT, &out);
    t_must(buf_done(&out, &text, &err));
    t_close_view(&view);
    return text;
}

static void letters_are_clean(struct world *w)
{
    struct visit_sheet sheets[] = {{.language = STR("en")}, {.language = STR("ar")}};
    t_must(
        visit_letters(as(w, T_PERSON), w->card, &(struct visit_letters_ask){.sheets = sheets, .count = 2}, NULL, &err));
    is_clean(sheets[0].bytes, "the letter");
    is_clean(sheets[1].bytes, "the Arabic letter");
    assert_false(holds(sheets[0].bytes, "PHQ") || holds(sheets[0].bytes, "AUDIT") ||
                 holds(sheets[0].bytes, "hepatitis"));
}

static struct str imported_text(struct world *w, struct visit_imported *sum)
{
    struct buf out;
    struct str text;
    struct json_writer writer = {.out = &out};
    buf_init(&out, w->t->mem, 1 << 20);
    visit_imported_json(sum, true, &writer);
    t_must(buf_done(&out, &text, &err));
    return text;
}

/* --- the tests ---------------------------------------------------------------------------------------------------- */

static void screen_and_sign(struct world *w, const struct visit_screening *screening, struct actor actor,
                            struct screen_found *found)
{
    struct visit_signed done;
    t_must(visit_screen(as(w, actor), screening, w->card, found, &err));
    t_must(visit_sign(as(w, T_CLINICIAN), w->card, NULL, &done, &err));
}

static void without_the_tick_nothing_of_it_is_anywhere(void **state)
{
    struct world w = world_make("apart-none", "");
    struct visit_screening screening = accept_all(&w);
    struct rows *rows = rows_of(&w);
    struct visit_imported sum = {0};
    struct told told;
    struct screen_found found;
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    (void)state;
    t_give(w.t, w.card, PURPOSE_FOLLOW_UP);
    assert_true(rows->count > 250);
    import_rows(&w, &screening, rows, &told, &sum);
    assert_int_equal(told.not_kept, rows->count);
    assert_int_equal(sum.apart_not_kept, rows->count);
    assert_int_equal(sum.findings.count, 0);
    is_clean(told.rejects, "what was left out");
    is_clean(imported_text(&w, &sum), "the counts of the import");
    is_clean(record_of(&w, w.card), "the record");
    screen_and_sign(&w, &screening, T_ASSISTANT, &found);
    is_clean(json_of(&w, found.list, found.count), "what an assistant sees");
    screen_and_sign(&w, &screening, T_CLINICIAN, &found);
    is_clean(json_of(&w, found.list, found.count), "what a clinician sees");
    letters_are_clean(&w);
    is_clean(view_text(&w, T_CLINICIAN, PURPOSE_CARE, w.card), "care");
    struct rec_view *view = t_open(w.t, T_PERSON, PURPOSE_SELF, w.card);
    compartment_text(rec_compartment(view), compartment);
    t_close_view(&view);
    is_clean(view_text(&w, T_CLINICIAN, PURPOSE_FOLLOW_UP, str_of(compartment)), "follow-up");
    is_clean(record_of(&w, w.card), "the record after all that");
    world_drop(&w);
}

static void with_the_tick_it_is_for_the_person_and_a_clinician_in_care(void **state)
{
    struct world w = world_make("apart-all", "");
    struct visit_screening screening = accept_all(&w);
    struct rows *rows = rows_of(&w);
    struct visit_imported sum = {0};
    struct told told;
    struct screen_found found;
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    (void)state;
    t_give_apart(w.t, w.card);
    t_give(w.t, w.card, PURPOSE_FOLLOW_UP);
    import_rows(&w, &screening, rows, &told, &sum);
    assert_int_equal(told.kept, rows->count);
    assert_int_equal(marks_in(record_of(&w, w.card)), rows->count);
    assert_int_equal(marks_in(view_text(&w, T_CLINICIAN, PURPOSE_CARE, w.card)), rows->count);
    is_clean(view_text(&w, T_ASSISTANT, PURPOSE_CARE, w.card), "what an assistant opens");
    is_clean(told.rejects, "what was left out");
    t_must(visit_screen(as(&w, T_ASSISTANT), &screening, w.card, &found, &err));
    assert_true(found.is_blind && found.said_count == 0);
    is_clean(json_of(&w, found.list, found.count), "what an assistant sees");
    for (size_t i = 0; i < found.count; i++) assert_int_equal(found.list[i].apart, 0);
    screen_and_sign(&w, &screening, T_CLINICIAN, &found);
    assert_false(found.is_blind);
    letters_are_clean(&w);
    is_clean(view_text(&w, T_ASSISTANT, PURPOSE_CARE, w.card), "what an assistant opens after the findings");
    struct rec_view *view = t_open(w.t, T_PERSON, PURPOSE_SELF, w.card);
    compartment_text(rec_compartment(view), compartment);
    t_close_view(&view);
    is_clean(view_text(&w, T_CLINICIAN, PURPOSE_FOLLOW_UP, str_of(compartment)), "follow-up");
    t_give(w.t, w.card, PURPOSE_CARE); /* the tick is taken back */
    is_clean(view_text(&w, T_CLINICIAN, PURPOSE_CARE, w.card), "care without the tick");
    struct visit_sheet sheet = {.language = STR("en")};
    struct visit_letters_ask ask = {.families = FAMILY_BIT(FAMILY_MOOD), .sheets = &sheet, .count = 1};
    assert_int_equal(visit_letters(as(&w, T_PERSON), w.card, &ask, NULL, NULL), SALVE_E_CONSENT);
    letters_are_clean(&w);
    world_drop(&w);
}

/* FIB-4 is offered to people at risk, and one risk is how they drink: the finding is then made of it. */
static const char LIVER[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\","
    "\"name\":[{\"family\":\"Adeyemi\",\"given\":[\"Tala\"]}],\"birthDate\":\"1980-01-01\"}}%s%s%s%s]}";

static struct str result_of(struct arena *mem, const char *code, const char *value, const char *unit)
{
    return arena_printf(
        mem,
        ",{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",%s,\"subject\":{"
        "\"reference\":\"Patient/p\"},\"effectiveDateTime\":\"2026-11-23T09:00:00Z\",\"valueQuantity\":{"
        "\"value\":%s,\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"}}}",
        coding(mem, "code", STR("http://loinc.org"), str_of(code)).ptr, value, unit);
}

static const struct finding *fib4_of(const struct screen_found *found)
{
    for (size_t i = 0; i < found->count; i++)
        if (str_is(found->list[i].guideline, "liver") && str_is(found->list[i].item, "fib4")) return &found->list[i];
    fail_msg("there is no FIB-4");
    return NULL;
}

static struct str letter_with(struct world *w, family_mask families)
{
    struct visit_sheet sheet = {.language = STR("en")};
    struct visit_letters_ask ask = {.families = families, .sheets = &sheet, .count = 1};
    t_must(visit_letters(as(w, T_PERSON), w->card, &ask, NULL, &err));
    return sheet.bytes;
}

static void a_finding_made_of_it_is_kept_apart_whatever_its_guideline(void **state)
{
    struct world w = world_make("apart-made", "");
    struct visit_screening screening = accept_all(&w);
    struct arena *mem = w.t->mem;
    struct visit_imported sum = {0};
    struct visit_import_ask ask = {.screening = &screening};
    struct screen_found found;
    (void)state;
    t_give_apart(w.t, w.card);
    struct str file =
        arena_printf(mem, LIVER, result_of(mem, "1742-6", "30", "U/L").ptr, result_of(mem, "1920-8", "32", "U/L").ptr,
                     result_of(mem, "777-3", "250", "10*3/uL").ptr, result_of(mem, "75624-7", "21", "{score}").ptr);
    t_must(visit_import(as(&w, T_CLINICIAN), w.card, file, &ask, &sum, &err));

    /* An assistant judges without it; the clinician's finding takes that draft's place. */
    t_must(visit_screen(as(&w, T_ASSISTANT), &screening, w.card, &found, &err));
    assert_int_equal(fib4_of(&found)->apart, 0);
    assert_int_not_equal(fib4_of(&found)->status, FINDING_ASSESSED);
    screen_and_sign(&w, &screening, T_CLINICIAN, &found);
    assert_int_equal(fib4_of(&found)->apart, FAMILY_BIT(FAMILY_ALCOHOL));
    assert_int_equal(fib4_of(&found)->status, FINDING_ASSESSED);
    for (size_t i = 0; i < found.count; i++) {
        const struct finding *one = &found.list[i];
        if (str_is(one->guideline, "body-measures") || str_is(one->guideline, "kidney"))
            assert_int_equal(one->apart, 0);
    }

    struct str assistant = view_text(&w, T_ASSISTANT, PURPOSE_CARE, w.card);
    assert_true(holds(assistant, "\"fib4\"")); /* the draft that was ended, and says what is missing */
    assert_false(holds(assistant, "75624-7") || holds(assistant, "hazardous"));
    assert_false(holds(letter_with(&w, 0), "Liver scarring"));
    assert_false(
        holds(letter_with(&w, FAMILY_BIT(FAMILY_ALCOHOL)), "Liver scarring")); /* none of its codes says which family */
    assert_true(holds(letter_with(&w, FAMILY_ALL), "Liver scarring"));
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_tick_nothing_of_it_is_anywhere),
        cmocka_unit_test(with_the_tick_it_is_for_the_person_and_a_clinician_in_care),
        cmocka_unit_test(a_finding_made_of_it_is_kept_apart_whatever_its_guideline),
    };
    return t_run(tests);
}
