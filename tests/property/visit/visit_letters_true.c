/* SPDX-License-Identifier: Apache-2.0
 *
 * No letter says more than is true: over generated people and all guidelines together, in both languages. "As it should
 * be" stands with no value outside its usual band, none that nobody judged, no danger sign and nothing to do; a usual
 * mark with nothing that asks; nothing is said to have happened; an alarm has a frame, its action, no sentence that makes
 * less of it, and no check of next year below it. The same ask gives the same letter, and it keeps its pages. The seed
 * is printed; SALVE_SEED repeats a run. ALL=1: 20,000 people. Uses $BUILD/share. */
#include "t.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/zone.h"
#include "fhir/fhir.h"
#include "letter/letter.h"
#include "screen/screen.h"
#include "visit/visit_int.h"

#define NOW_UNIX_MS 1795426200000 /* 2026-11-23T09:30:00Z */
#define TODAY       "2026-11-23"
#define MEASURED    TODAY "T08:30:00Z"

enum { PEOPLE = 400, PEOPLE_ALL = 20000, TEXT_BYTES = 128 << 10, PRINTED = 15 /* one of so many is set on paper */ };
enum { PAGES_MAX = 3, PAGES_OF_EIGHT_MAX = 2 };

static uint64_t seed;

static uint64_t pick(uint64_t count) { return t_random(&seed) % count; }

/* --- people as FHIR ----------------------------------------------------------------------------------------------- */

/* Code, unit, a usual number and the least and greatest one, in tenths. */
static const struct {
    const char *code, *unit;
    unsigned usual, from, to;
} quantities[] = {
    {"8302-2", "cm", 1700, 1450, 1950},    {"29463-7", "kg", 640, 350, 1500},     {"8280-0", "cm", 740, 600, 1300},
    {"8867-4", "/min", 700, 250, 1900},    {"59408-5", "%", 970, 820, 1000},      {"8310-5", "Cel", 367, 330, 415},
    {"14743-9", "mmol/L", 52, 20, 400},    {"14771-0", "mmol/L", 50, 20, 300},    {"4548-4", "%", 52, 40, 150},
    {"718-7", "g/L", 1400, 450, 2200},     {"14682-9", "umol/L", 700, 500, 4500}, {"14585-4", "mg/mmol", 10, 1, 900},
    {"2823-3", "mmol/L", 42, 20, 72},      {"1742-6", "U/L", 250, 200, 5000},     {"1920-8", "U/L", 250, 200, 3000},
    {"777-3", "10*9/L", 2500, 100, 11000}, {"14647-2", "mmol/L", 45, 20, 110},    {"14646-4", "mmol/L", 14, 5, 30},
    {"14927-8", "mmol/L", 10, 10, 250},    {"2075-0", "mmol/L", 1020, 900, 1150}, {"3016-3", "m[IU]/L", 20, 1, 200},
    {"89025-1", "dB", 100, 0, 1000},       {"89017-8", "dB", 100, 0, 1000},       {"89019-4", "dB", 100, 0, 1000},
    {"89023-6", "dB", 100, 0, 1000},       {"89024-4", "dB", 100, 0, 1000},       {"89016-0", "dB", 100, 0, 1000},
    {"89018-6", "dB", 100, 0, 1000},       {"89022-8", "dB", 100, 0, 1000}};
enum { QUANTITY_COUNT = sizeof quantities / sizeof *quantities };

/* The danger signs first. */
static const char *const questions[] = {"chest-pain",
                                        "severe-headache",
                                        "fainting",
                                        "jaundice",
                                        "sudden-swelling",
                                        "heavy-bleeding",
                                        "danger-symptoms",
                                        "acute-illness",
                                        "known-diabetes",
                                        "birth-within-6-weeks",
                                        "bp-treatment",
                                        "smokeless-tobacco",
                                        "known-cardiovascular-disease",
                                        "after-menopause",
                                        "fragility-fracture-after-50",
                                        "tb-cough",
                                        "ear-signs",
                                        "liver-risk"};
enum { QUESTION_COUNT = sizeof questions / sizeof *questions, DANGER_COUNT = 7 };

static char text[TEXT_BYTES];
static size_t used;
static bool has_danger; /* a danger sign was told */

static void put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    used += (size_t)vsnprintf(text + used, sizeof text - used, fmt, args);
    va_end(args);
}

static void observation(const char *system, const char *code)
{
    static unsigned number;
    put(",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o%u\",\"status\":\"final\",\"subject\":{\"reference\":"
        "\"Patient/p\"},\"effectiveDateTime\":\"" MEASURED
        "\",\"code\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},",
        number++, system, code);
}

static void coded(const char *code, const char *value)
{
    observation("http://loinc.org", code);
    put("\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"%s\"}]}}}", value);
}

static void quantity(unsigned tenths, const char *unit)
{
    put("\"valueQuantity\":{\"value\":%u.%u,\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"}", tenths / 10,
        tenths % 10, unit);
}

static void pressure(unsigned systolic, unsigned diastolic)
{
    observation("http://loinc.org", "85354-9");
    put("\"component\":[");
    for (int i = 0; i < 2; i++) {
        put("%s{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\"}]},", i == 0 ? "" : ",",
            i == 0 ? "8480-6" : "8462-4");
        quantity((i == 0 ? systolic : diastolic) * 10, "mm[Hg]");
        put("}");
    }
    put("]}}");
}

/* Every second person is measured with usual numbers, and every fifth is asked and measured with nothing that has no
 * usual band: so good letters are made as well. */
static struct str person(void)
{
    bool is_plain = pick(5) == 0, is_usual = is_plain || pick(2) == 0, is_whole = pick(4) == 0;
    unsigned year = (unsigned)(!is_plain && pick(8) == 0 ? 2009 + pick(12) : 1935 + pick(70));
    used = 0;
    has_danger = false;
    put("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":"
        "\"p\",\"birthDate\":\"%u-03-04\"}}",
        year);
    bool is_male = pick(2) == 0;
    coded("46098-0", is_male ? "248153007" : "248152002");
    if (!is_male) coded("82810-3", !is_plain && pick(12) == 0 ? "77386006" : "60001007");
    coded("72166-2", !is_plain && pick(5) == 0 ? "449868002" : "266919005");
    for (size_t i = 0; i < QUESTION_COUNT; i++) {
        bool is_yes = !is_plain && pick(i < DANGER_COUNT ? 60 : 12) == 0;
        if (!is_plain && pick(10) == 0) continue;
        observation("urn:salve:question", questions[i]);
        put("\"valueBoolean\":%s}}", is_yes ? "true" : "false");
        has_danger = has_danger || (is_yes && i < DANGER_COUNT);
    }
    if (pick(4) > 0) {
        unsigned systolic = (unsigned)(is_usual ? 112 : 75 + pick(140)), diastolic = systolic * 3 / 5;
        for (unsigned n = 0; n < 2; n++) pressure(systolic + 2 * n, diastolic + n);
    }
    for (size_t i = 0; i < QUANTITY_COUNT; i++) {
        bool is_far = !is_usual && pick(3) == 0;
        bool has_band = i < 3 || strcmp(quantities[i].code, "4548-4") == 0;
        if (is_plain ? !has_band : !is_whole && pick(3) > 0) continue;
        observation("http://loinc.org", quantities[i].code);
        quantity(is_far ? (unsigned)(quantities[i].from + pick(quantities[i].to - quantities[i].from))
                        : quantities[i].usual,
                 quantities[i].unit);
        put("}}");
    }
    put("]}");
    return str_make(text, used);
}

/* --- letters ------------------------------------------------------------------------------------------------------ */

static struct guideline **list;
static size_t guideline_count;
static struct letter_packages *packages;
static struct letter_frame *frames[2]; /* English, Arabic */
static uint64_t own;                   /* the seed of this person */
static unsigned well, urgent, printed;

static void wrong(const char *rule, const struct letter *letter)
{
    t_fail(rule, "SALVE_SEED=%llu: %.*s", (unsigned long long)own, STR_ARGS(letter->answer));
}

static void must(enum salve_code code, const struct salve_err *err)
{
    if (code != SALVE_OK) t_fail("letter", "SALVE_SEED=%llu: %s %s", (unsigned long long)own, t_where(err), err->why);
}

static void judge(const struct tape *tape, struct letter_ask *ask, struct arena *mem)
{
    struct finding *all = arena_array(mem, struct finding, 1000);
    struct salve_err err = {0};
    struct screen_ask from = {.tapes = tape, .tape_count = 1, .now_unix_ms = NOW_UNIX_MS};
    size_t total = 0;
    for (size_t g = 0; g < guideline_count; g++) {
        struct guideline_ask one = {.tapes = tape, .tape_count = 1, .now_unix_ms = NOW_UNIX_MS};
        struct finding *found = NULL;
        size_t count = 0;
        must(guideline_evaluate(list[g], &one, mem, &found, &count, &err), &err);
        for (size_t i = 0; i < count && total < 1000; i++) all[total++] = found[i];
    }
    *ask = (struct letter_ask){.date = STR(TODAY),
                               .clinician = STR("Dr Amina Said"),
                               .findings = all,
                               .finding_count = total,
                               .guidelines = list,
                               .guideline_count = guideline_count,
                               .packages = packages};
    ask->clinic.packages = STR("basic heart women men cancer senses");
    must(visit_letter_values(zone_utc(), &from, 0, mem, ask, &err), &err);
}

/* Words of English letters that a thing may not be said in. */
static bool says(const struct letter *letter, const char *words)
{
    struct buf out;
    struct arena *mem = arena_open(4 << 20);
    buf_init(&out, mem, 2 << 20);
    letter_text(letter, &out);
    bool is_said = str_find(buf_str(&out), str_of(words)) >= 0;
    arena_close(mem);
    return is_said;
}

static void check_good_letter(const struct letter *letter, const struct letter_tally *tally)
{
    if (tally->measured == 0 || tally->usual != tally->measured) wrong("as it should be, and not all of it is", letter);
    if (has_danger) wrong("as it should be, and a danger sign", letter);
    for (size_t i = 0; i < letter->line_count; i++)
        if (letter->lines[i].mark == LETTER_MARK_WATCH || letter->lines[i].mark == LETTER_MARK_SEE)
            wrong("as it should be, and a value outside its band", letter);
    for (size_t i = 0; i < letter->step_count; i++)
        if (letter->steps[i].urgency <= URGENCY_ROUTINE) wrong("as it should be, and something to do", letter);
}

static void check_urgent_letter(const struct letter *letter)
{
    if (letter->urgent_step_count == 0 && letter->line_count > 0) wrong("urgent, and nothing to do", letter);
    if (letter->told.len == 0) wrong("urgent, and not said whether somebody spoke with them", letter);
    if (says(letter, "spoke with you about this on")) wrong("said to have happened", letter);
    if (says(letter, "on or soon after")) wrong("urgent, and next year as if all were well", letter);
    for (size_t i = 0; i < letter->line_count && letter->lines[i].urgency <= URGENCY_SAME_DAY; i++)
        if (str_find(letter->lines[i].meaning, STR("not enough to be sure")) >= 0)
            wrong("makes less of an alarm", letter);
}

static void check_any_letter(const struct letter *letter, const struct letter_ask *ask)
{
    enum urgency before = URGENCY_EMERGENCY_NOW;
    for (size_t i = 0; i < letter->step_count; i++) {
        if (letter->steps[i].urgency < before) wrong("steps out of order", letter);
        before = letter->steps[i].urgency;
        for (size_t k = 0; k < i; k++)
            if (str_eq(letter->steps[k].what, letter->steps[i].what) &&
                str_eq(letter->steps[k].when, letter->steps[i].when))
                wrong("a step is said twice", letter);
    }
    for (size_t i = 0; i < letter->line_count; i++)
        if (letter->lines[i].mark == LETTER_MARK_USUAL && letter->lines[i].urgency <= URGENCY_ROUTINE)
            wrong("usual, and asks for something", letter);
    bool has_alarm = false;
    for (size_t i = 0; i < ask->finding_count; i++)
        has_alarm =
            has_alarm || (str_is(ask->findings[i].guideline, "alarms") && ask->findings[i].urgency <= URGENCY_SOON);
    if (has_alarm && (says(letter, "are for adults") || says(letter, "already know that you have")))
        wrong("explained away beside an alarm", letter);
    if (says(letter, "logic.cql") || says(letter, "{")) wrong("not words for people", letter);
}

static size_t pages_of(const struct letter *letter)
{
    struct buf out;
    struct salve_err err = {0};
    struct arena *mem = arena_open(32 << 20);
    size_t count = 0;
    buf_init(&out, mem, 16 << 20);
    must(letter_pdf(letter, &out, &err), &err);
    struct str pdf = buf_str(&out), mark = STR("/Type /Page % ");
    for (ptrdiff_t at; (at = str_find(pdf, mark)) >= 0; count++) pdf = str_cut(pdf, (size_t)at + mark.len, pdf.len);
    arena_close(mem);
    return count;
}

/* A check without hearing measures no thresholds of it. */
static const struct letter_value *without_hearing(struct letter_ask *ask, struct arena *mem)
{
    struct letter_value *values = arena_array(mem, struct letter_value, ask->value_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ask->value_count; i++)
        if (!str_starts(ask->values[i].code, STR("890"))) values[count++] = ask->values[i];
    ask->value_count = count;
    return values;
}

/* A package of eight families has two pages, all of them have three, and so has what cannot wait. */
static void check_pages(struct letter_ask ask, struct arena *mem)
{
    static const char *const eight[] = {"alarms", "body-measures", "blood-pressure", "glycaemia", "kidney",
                                        "lipids", "cvd-risk",      "anaemia",        "tobacco"};
    struct finding *few = arena_array(mem, struct finding, ask.finding_count + 1);
    struct salve_err err = {0};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++, printed++) {
            struct letter *letter = NULL;
            must(letter_compose(&ask, frames[i], mem, &letter, &err), &err);
            bool is_short = round == 1 && !letter->is_urgent; /* alarms take the room that they need */
            if (pages_of(letter) > (size_t)(is_short ? PAGES_OF_EIGHT_MAX : PAGES_MAX))
                wrong(round == 0 ? "pages" : "pages of eight", letter);
        }
        size_t count = 0;
        for (size_t f = 0; f < ask.finding_count; f++)
            for (size_t g = 0; g < sizeof eight / sizeof *eight; g++)
                if (str_is(ask.findings[f].guideline, eight[g])) few[count++] = ask.findings[f];
        ask.findings = few;
        ask.finding_count = count;
        ask.values = without_hearing(&ask, mem);
    }
}

static void check_person(struct arena *mem, bool is_printed)
{
    struct tape tape;
    struct salve_err err = {0};
    struct letter_ask ask;
    struct letter_tally tally;
    struct letter *letters[2] = {NULL}, *again = NULL;
    must(fhir_read(person(), NULL, mem, &tape, NULL, &err), &err);
    judge(&tape, &ask, mem);
    must(letter_tally_of(&ask, frames[0], mem, &tally, &err), &err);
    for (int i = 0; i < 2; i++) must(letter_compose(&ask, frames[i], mem, &letters[i], &err), &err);
    must(letter_compose(&ask, frames[0], mem, &again, &err), &err);
    enum letter_headline headline = letter_headline(&tally);
    if (headline == LETTER_AS_IT_SHOULD_BE) check_good_letter(letters[0], &tally), well++;
    if (headline <= LETTER_TODAY) check_urgent_letter(letters[0]), urgent++;
    if ((headline <= LETTER_TODAY) != letters[0]->is_urgent) wrong("frame", letters[0]);
    check_any_letter(letters[0], &ask);
    if (letters[0]->step_count != letters[1]->step_count || letters[0]->line_count != letters[1]->line_count ||
        letters[0]->note_count != letters[1]->note_count)
        wrong("the languages differ", letters[0]);
    if (!str_eq(again->answer, letters[0]->answer) || again->step_count != letters[0]->step_count)
        wrong("the same ask gives another letter", letters[0]);
    if (is_printed) check_pages(ask, mem);
    t_pass();
}

int main(void)
{
    char share[512];
    struct salve_err err = {0};
    const char *build = getenv("BUILD"), *given = getenv("SALVE_SEED");
    unsigned people = t_is_all() ? PEOPLE_ALL : PEOPLE;
    struct arena *mem = arena_open((size_t)1 << 30), *run = arena_open((size_t)256 << 20);
    (void)snprintf(share, sizeof share, "%s/share", build == NULL ? "build" : build);
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("seed %llu\n", (unsigned long long)seed);
    must(guideline_load_all(share, mem, &list, &guideline_count, &err), &err);
    must(letter_packages_load(share, mem, &packages, &err), &err);
    must(letter_frame_load(share, STR("en"), mem, &frames[0], &err), &err);
    must(letter_frame_load(share, STR("ar"), mem, &frames[1], &err), &err);
    for (unsigned i = 0; i < people; i++) {
        struct arena_mark mark = arena_mark(run);
        own = seed;
        check_person(run, i % PRINTED == 0);
        arena_rewind(run, mark);
    }
    printf("%u people: %u letters say that all is as it should be, %u are urgent, %u were printed\n", people, well,
           urgent, printed);
    if (well == 0 || urgent == 0) t_fail("people", "of one kind only");
    arena_close(run);
    arena_close(mem);
    return t_end();
}
