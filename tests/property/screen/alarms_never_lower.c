/* SPDX-License-Identifier: Apache-2.0
 *
 * Nobody is made less urgent by what is not known: over generated people and all guidelines together, a birth date (or
 * its month and day), the sex or an answer that is taken away, a "no" that becomes a "yes", a pregnancy, a recent birth,
 * an illness or a known disease more never lowers an urgency of `soon` and above. Half of the people have nothing that
 * cannot wait. What is `routine` is classification: without its inputs it is not assessed. The seed is printed;
 * SALVE_SEED repeats a run. ALL=1: 100,000 people. Uses the guidelines of $BUILD/share. */
#include "t.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fhir/fhir.h"
#include "guideline/guideline.h"

#define NOW_UNIX_MS 1795426200000 /* 2026-11-23T09:30:00Z */
#define MEASURED    "2026-11-23T08:30:00Z"

enum { PEOPLE = 1000, PEOPLE_ALL = 100000, FACTS = 64, TEXT_BYTES = 128 << 10 };

static uint64_t seed;

static uint64_t pick(uint64_t count) { return t_random(&seed) % count; }

/* --- people ------------------------------------------------------------------------------------------------------- */

enum answer { UNKNOWN, NO, YES };

static const char *const questions[] = {"chest-pain",
                                        "breathless-at-rest",
                                        "stroke-signs",
                                        "new-confusion-or-drowsiness",
                                        "seizure",
                                        "face-neck-swelling",
                                        "eye-danger-signs",
                                        "self-harm-plan",
                                        "severe-headache",
                                        "visual-disturbance",
                                        "abdominal-pain",
                                        "persistent-vomiting",
                                        "sudden-swelling",
                                        "heavy-bleeding",
                                        "fainting",
                                        "coughing-blood",
                                        "jaundice",
                                        "passing-no-urine",
                                        "hiv-exposure-72h",
                                        "alcohol-withdrawal",
                                        "hearing-sudden-loss",
                                        "tb-danger-signs",
                                        "liver-danger-signs",
                                        "danger-symptoms",
                                        "high-glucose-danger-signs",
                                        "anaemia-danger-symptoms",
                                        "diabetes-classic-symptoms",
                                        "acute-illness",
                                        "known-diabetes",
                                        "immune-weak",
                                        "known-cardiovascular-disease",
                                        "known-heart-failure",
                                        "known-hiv",
                                        "known-hcv",
                                        "known-cirrhosis",
                                        "known-copd",
                                        "known-familial-hypercholesterolaemia",
                                        "platelet-disorder",
                                        "dialysis",
                                        "bp-treatment",
                                        "statin-treatment",
                                        "hba1c-not-valid",
                                        "liver-risk",
                                        "gestational-diabetes-ever",
                                        "high-glucose-ever",
                                        "unintended-weight-loss",
                                        "tb-cough",
                                        "tb-fever",
                                        "tb-night-sweats",
                                        "tb-weight-loss",
                                        "blood-virus-risk",
                                        "fragility-fracture-after-50",
                                        "bone-risk-factor",
                                        "after-menopause",
                                        "ear-signs",
                                        "birth-within-6-weeks"};
enum { QUESTION_COUNT = sizeof questions / sizeof *questions };
enum { FIRST_KNOWN = 27 }; /* acute-illness: from here on it is what is known, no sign of danger */

/* Numbers around the lines of the alarms, and around those of classification: code, unit, least, greatest, in tenths. */
static const struct {
    const char *code, *unit;
    unsigned from, to, mild_from, mild_to;
} quantities[] = {{"8867-4", "/min", 250, 1900, 500, 1300},
                  {"59408-5", "%", 820, 1000, 940, 1000},
                  {"9279-1", "/min", 60, 650, 100, 240},
                  {"8310-5", "Cel", 330, 415, 355, 379},
                  {"14743-9", "mmol/L", 20, 400, 39, 160},
                  {"2345-7", "mg/dL", 400, 6500, 700, 3000},
                  {"66441-7", "mmol/L", 2, 40, 1, 14},
                  {"4548-4", "%", 40, 150, 45, 110},
                  {"59261-8", "mmol/mol", 250, 1400, 300, 1000},
                  {"718-7", "g/L", 450, 2200, 800, 1900},
                  {"14682-9", "umol/L", 500, 4500, 500, 3000},
                  {"2823-3", "mmol/L", 20, 72, 30, 59},
                  {"2951-2", "mmol/L", 1150, 1650, 1250, 1549},
                  {"20565-8", "mmol/L", 120, 250, 180, 300},
                  {"1742-6", "U/L", 200, 5000, 150, 3900},
                  {"777-3", "10*9/L", 100, 11000, 500, 4500},
                  {"14927-8", "mmol/L", 10, 250, 5, 190},
                  {"39156-5", "kg/m2", 110, 650, 140, 640},
                  {"44260-8", "{score}", 0, 30, 0, 10},
                  {"1988-5", "mg/L", 10, 3500, 10, 2500},
                  {"2000-8", "mmol/L", 15, 38, 20, 34},
                  {"98979-8", "mL/min/{1.73_m2}", 50, 900, 150, 900},
                  {"1558-6", "mg/dL", 400, 6500, 700, 3000},
                  {"1518-0", "mg/dL", 400, 6500, 700, 3000},
                  {"2160-0", "mg/dL", 4, 60, 5, 35},
                  {"9318-7", "mg/g", 0, 9000, 0, 9000},
                  {"14647-2", "mmol/L", 20, 120, 30, 100},
                  {"14646-4", "mmol/L", 5, 30, 6, 25},
                  {"18262-6", "mg/dL", 300, 3000, 400, 2500},
                  {"1920-8", "U/L", 200, 5000, 150, 3900},
                  {"44261-6", "{score}", 0, 270, 0, 200},
                  {"70274-6", "{score}", 0, 220, 0, 220},
                  {"75624-7", "{score}", 0, 410, 0, 410},
                  {"8302-2", "cm", 1300, 2000, 1500, 1900},
                  {"29463-7", "kg", 250, 1900, 400, 1500},
                  {"8280-0", "cm", 500, 1500, 600, 1300}};
enum { QUANTITY_COUNT = sizeof quantities / sizeof *quantities };

struct person {
    unsigned months; /* of age; known is said apart */
    bool is_born_known, is_year_alone, is_male_known, is_male;
    enum answer pregnant, answers[QUESTION_COUNT];
    unsigned systolic, diastolic; /* 0: none */
    struct {
        unsigned which, tenths;
    } values[6];
    unsigned value_count;
};

/* Half of the people have nothing that cannot wait: what is said of them is classification. */
static void make_mild(struct person *p)
{
    for (size_t i = 0; i < QUESTION_COUNT; i++) p->answers[i] = pick(12) == 0 ? UNKNOWN : NO;
    for (size_t i = FIRST_KNOWN; i < QUESTION_COUNT; i++) p->answers[i] = pick(6) == 0 ? YES : p->answers[i];
    if (p->systolic > 0) p->systolic = (unsigned)(95 + pick(84));
    if (p->systolic > 0) p->diastolic = (unsigned)(p->systolic / 2 + pick(30));
    p->value_count = (unsigned)(1 + pick(6));
}

static struct person made(void)
{
    struct person p = {
        .months = (unsigned)(60 + pick(840)), .is_born_known = pick(6) > 0, .is_male_known = pick(6) > 0};
    static const enum answer often_no[] = {NO, NO, NO, NO, NO, NO, NO, UNKNOWN, YES, NO};
    p.is_male = pick(2) == 0;
    p.pregnant = p.is_male ? NO : (enum answer)pick(3);
    for (size_t i = 0; i < QUESTION_COUNT; i++) p.answers[i] = often_no[pick(pick(3) == 0 ? 10 : 7)];
    if (pick(2) == 0) {
        p.systolic = (unsigned)(60 + pick(160));
        p.diastolic = (unsigned)(p.systolic - 10 - pick(p.systolic > 120 ? 70 : 25));
    }
    p.value_count = (unsigned)(1 + pick(3));
    bool is_mild = pick(2) == 0;
    if (is_mild) make_mild(&p);
    for (unsigned i = 0; i < p.value_count; i++) {
        unsigned which = (unsigned)pick(QUANTITY_COUNT);
        unsigned from = is_mild ? quantities[which].mild_from : quantities[which].from;
        unsigned to = is_mild ? quantities[which].mild_to : quantities[which].to;
        p.values[i].which = which;
        p.values[i].tenths = (unsigned)(from + pick(to - from));
        if (strcmp(quantities[which].unit, "{score}") == 0) p.values[i].tenths = p.values[i].tenths / 10 * 10;
    }
    return p;
}

/* --- as FHIR ------------------------------------------------------------------------------------------------------ */

static char text[TEXT_BYTES];
static size_t used;

static void put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int bytes = vsnprintf(text + used, sizeof text - used, fmt, args);
    va_end(args);
    used += (size_t)bytes;
}

static void observation(const char *system, const char *code)
{
    static unsigned number;
    put(",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o%u\",\"status\":\"final\",\"subject\":{\"reference\":"
        "\"Patient/p\"},\"effectiveDateTime\":\"" MEASURED
        "\",\"code\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},",
        number++, system, code);
}

static void quantity(const char *value, const char *unit)
{
    put("\"valueQuantity\":{\"value\":%s,\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"}", value, unit);
}

static void coded(const char *code)
{
    put("\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"%s\"}]}}}", code);
}

static void pressure(const struct person *p)
{
    char number[16];
    if (p->systolic == 0) return;
    observation("http://loinc.org", "85354-9");
    put("\"component\":[");
    for (int i = 0; i < 2; i++) {
        (void)snprintf(number, sizeof number, "%u", i == 0 ? p->systolic : p->diastolic);
        put("%s{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\"}]},", i == 0 ? "" : ",",
            i == 0 ? "8480-6" : "8462-4");
        quantity(number, "mm[Hg]");
        put("}");
    }
    put("]}}");
}

static struct str written(const struct person *p)
{
    char number[16];
    used = 0;
    put("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":"
        "\"p\"");
    if (p->is_born_known) {
        unsigned month = 2026 * 12 + 9 - p->months; /* born on the 20th: so many completed months on 23 November */
        put(",\"birthDate\":\"%04u", (month + 1) / 12);
        if (!p->is_year_alone) put("-%02u-20", (month + 1) % 12 + 1);
        put("\"");
    }
    put("}}");
    if (p->is_male_known) {
        observation("http://loinc.org", "46098-0");
        coded(p->is_male ? "248153007" : "248152002");
    }
    if (p->pregnant != UNKNOWN) {
        observation("http://loinc.org", "82810-3");
        coded(p->pregnant == YES ? "77386006" : "60001007");
    }
    for (size_t i = 0; i < QUESTION_COUNT; i++) {
        if (p->answers[i] == UNKNOWN) continue;
        observation("urn:salve:question", questions[i]);
        put("\"valueBoolean\":%s}}", p->answers[i] == YES ? "true" : "false");
    }
    pressure(p);
    for (unsigned i = 0; i < p->value_count; i++) {
        observation("http://loinc.org", quantities[p->values[i].which].code);
        (void)snprintf(number, sizeof number, "%u.%u", p->values[i].tenths / 10, p->values[i].tenths % 10);
        quantity(number, quantities[p->values[i].which].unit);
        put("}}");
    }
    put("]}");
    return str_make(text, used);
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

static struct guideline **list;
static size_t guideline_count;

static enum urgency judged(const struct person *p, struct arena *mem)
{
    struct salve_err err = {0};
    struct tape tape;
    enum urgency worst = URGENCY_NONE;
    struct arena_mark mark = arena_mark(mem);
    if (fhir_read(written(p), NULL, mem, &tape, NULL, &err) != SALVE_OK)
        t_fail("person", "%s %s", t_where(&err), err.why);
    for (size_t g = 0; g < guideline_count; g++) {
        struct guideline_ask ask = {.tapes = &tape, .tape_count = 1, .now_unix_ms = NOW_UNIX_MS};
        struct finding *found = NULL;
        size_t count = 0;
        if (guideline_evaluate(list[g], &ask, mem, &found, &count, &err) != SALVE_OK)
            t_fail("evaluation", "%s %s", t_where(&err), err.why);
        for (size_t i = 0; i < count; i++)
            if (found[i].urgency < worst) worst = found[i].urgency;
    }
    arena_rewind(mem, mark);
    return worst;
}

/* One change towards what is not known, or towards a yes; *what says which. */
static struct person changed(const struct person *p, char what[64])
{
    struct person q = *p;
    size_t i = pick(QUESTION_COUNT + 5);
    if (i == QUESTION_COUNT) {
        q.is_born_known = false;
        (void)snprintf(what, 64, "the birth date is taken away");
    } else if (i == QUESTION_COUNT + 1) {
        q.is_male_known = false;
        (void)snprintf(what, 64, "the sex is taken away");
    } else if (i == QUESTION_COUNT + 4) {
        q.is_year_alone = true;
        (void)snprintf(what, 64, "the birth date becomes a year");
    } else if (i >= QUESTION_COUNT + 2) {
        q.pregnant = i == QUESTION_COUNT + 2 && p->pregnant != YES ? UNKNOWN : YES;
        (void)snprintf(what, 64, "pregnancy: %s", q.pregnant == YES ? "yes" : "not asked");
    } else {
        q.answers[i] = p->answers[i] == NO && pick(2) == 0 ? UNKNOWN : YES;
        (void)snprintf(what, 64, "%s: %s", questions[i], q.answers[i] == YES ? "yes" : "not asked");
    }
    return q;
}

/* A contradiction is asked about, not judged: a pregnancy or a birth in a man, or outside 10 to 55. */
static bool is_contradiction(const struct person *q)
{
    bool has_birth = q->pregnant == YES || q->answers[QUESTION_COUNT - 1] == YES;
    return has_birth && (q->is_male || q->months < 120 || q->months >= 672);
}

int main(void)
{
    char share[512], what[64];
    struct salve_err err = {0};
    const char *build = getenv("BUILD"), *given = getenv("SALVE_SEED");
    unsigned people = t_is_all() ? PEOPLE_ALL : PEOPLE, lower = 0, urgent = 0;
    struct arena *mem = arena_open((size_t)1 << 30), *run = arena_open((size_t)256 << 20);
    (void)snprintf(share, sizeof share, "%s/share", build == NULL ? "build" : build);
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("seed %llu\n", (unsigned long long)seed);
    if (guideline_load_all(share, mem, &list, &guideline_count, &err) != SALVE_OK)
        t_fail("load", "%s %s", t_where(&err), err.why);
    for (unsigned i = 0; i < people; i++) {
        uint64_t own = seed;
        struct person p = made(), q = changed(&p, what);
        if (is_contradiction(&q)) continue;
        enum urgency before = judged(&p, run);
        if (before > URGENCY_SOON) {
            t_pass();
            continue;
        }
        urgent++;
        enum urgency after = judged(&q, run);
        if (after <= before) {
            t_pass();
            continue;
        }
        if (lower++ < 5)
            t_fail("lower", "SALVE_SEED=%llu, %s: %s becomes %s\n%s", (unsigned long long)own, what,
                   urgency_text(before), urgency_text(after), text);
        else
            t_fail("lower", "%s", what);
    }
    printf("%u people, %u of them urgent and changed once, %u lower\n", people, urgent, lower);
    arena_close(run);
    arena_close(mem);
    return t_end();
}
