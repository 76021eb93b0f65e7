/* SPDX-License-Identifier: Apache-2.0
 *
 * load_plan - what stations do with a person, call by call as the app does it, and with which numbers. People go from one
 * kind of station to the next; after the last they leave, and may come back another time. */
#ifndef SALVE_TESTS_LOAD_PLAN_H
#define SALVE_TESTS_LOAD_PLAN_H

#include "base/buf.h"
#include "t.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* When a step is taken: an alarm without an outcome needs one before the person leaves. */
enum plan_when { PLAN_ALWAYS, PLAN_IF_ALARM };

/* `call`: of pages.def, or a page. In `body`: %C card, %P handle of the open person, %K a new key, other letters numbers
 * of the person (plan_number). */
struct plan_step {
    const char *call, *body;
    enum plan_when when;
};

#define PLAN_OPEN                                                                                                      \
    {                                                                                                                  \
        "open", "{\"who\":\"%C\"}", PLAN_ALWAYS                                                                        \
    }
#define PLAN_READ                                                                                                      \
    {                                                                                                                  \
        "person", "{\"person\":\"%P\"}", PLAN_ALWAYS                                                                   \
    }
#define PLAN_FINDINGS                                                                                                  \
    {                                                                                                                  \
        "findings", "{\"person\":\"%P\"}", PLAN_ALWAYS                                                                 \
    }
#define PLAN_CLOSE                                                                                                     \
    {                                                                                                                  \
        "close", "{\"person\":\"%P\"}", PLAN_ALWAYS                                                                    \
    }
#define PLAN_PASS_ON                                                                                                   \
    {                                                                                                                  \
        "not-told", "{\"person\":\"%P\",\"why\":\"call-clinician\"}", PLAN_IF_ALARM                                    \
    }
#define PLAN_SAVE(readings)                                                                                            \
    {                                                                                                                  \
        "measure",                                                                                                     \
            "{\"person\":\"%P\",\"key\":\"%K\",\"readings\":[" readings                                                \
            "],\"confirmed\":[[0,0],[0,1],[1,0],[2,0],[3,0],[4,0],[5,0]]}",                                            \
            PLAN_ALWAYS                                                                                                \
    }
#define PLAN_WORD(word, text) "{\"word\":\"" word "\",\"text\":\"" text "\"}"

static const struct plan_step plan_pressure[] = {PLAN_OPEN,  PLAN_SAVE(PLAN_WORD("no-danger-signs", "yes")),
                                                 PLAN_READ,  PLAN_SAVE(PLAN_WORD("bp", "%S")),
                                                 PLAN_READ,  PLAN_SAVE(PLAN_WORD("bp", "%S")),
                                                 PLAN_READ,  PLAN_PASS_ON,
                                                 PLAN_CLOSE, {0}};
static const struct plan_step plan_body[] = {
    PLAN_OPEN,  PLAN_SAVE(PLAN_WORD("height", "%G") "," PLAN_WORD("weight", "%W") "," PLAN_WORD("waist", "%A")),
    PLAN_READ,  PLAN_PASS_ON,
    PLAN_CLOSE, {0}};
static const struct plan_step plan_signs[] = {
    PLAN_OPEN,  PLAN_SAVE(PLAN_WORD("pulse", "%U") "," PLAN_WORD("oxygen", "%O") "," PLAN_WORD("temperature", "%T")),
    PLAN_READ,  PLAN_PASS_ON,
    PLAN_CLOSE, {0}};
static const struct plan_step plan_blood[] = {
    PLAN_OPEN,
    PLAN_SAVE(
        PLAN_WORD("hba1c", "%h%%") "," PLAN_WORD("creatinine", "%c") "," PLAN_WORD("cholesterol", "%L") "," PLAN_WORD(
            "hdl", "%l") "," PLAN_WORD("triglycerides", "%t") "," PLAN_WORD("haemoglobin", "%b")),
    PLAN_READ,
    PLAN_PASS_ON,
    PLAN_CLOSE,
    {0}};
static const struct plan_step plan_clinician[] = {
    PLAN_OPEN,
    PLAN_FINDINGS,
    {"screen", "{\"person\":\"%P\"}", PLAN_ALWAYS},
    PLAN_READ,
    {"told", "{\"person\":\"%P\",\"how\":\"in-person\",\"isGuardian\":false,\"agreed\":\"as usual\"}", PLAN_IF_ALARM},
    {"end-alarm", "{\"person\":\"%P\"}", PLAN_IF_ALARM},
    PLAN_FINDINGS,
    {"sign", "{\"person\":\"%P\",\"leave\":[]}", PLAN_ALWAYS},
    PLAN_FINDINGS,
    PLAN_READ,
    {"letter", "{\"person\":\"%P\",\"language\":\"en\",\"untold\":true}", PLAN_ALWAYS},
    {"GET html", "", PLAN_ALWAYS},
    {"GET pdf", "", PLAN_ALWAYS},
    PLAN_CLOSE,
    {0}};

/* Of 20 stations each kind has four. */
enum { PLAN_KINDS = 5 };
static const struct plan_kind {
    const char *name, *role;
    const struct plan_step *steps;
} plan_kinds[PLAN_KINDS] = {{"pressure", "assistant", plan_pressure},
                            {"body", "assistant", plan_body},
                            {"signs", "assistant", plan_signs},
                            {"blood", "assistant", plan_blood},
                            {"clinician", "clinician", plan_clinician}};

static size_t plan_steps(const struct plan_step *steps)
{
    size_t count = 0;
    while (steps[count].call != NULL) count++;
    return count;
}

/* --- people ------------------------------------------------------------------------------------------------------- */

struct plan_person {
    char card[40];
    unsigned visits;
    uint64_t seed; /* what they are like */
};

/* Around the person's own middle, which lies evenly between low and high. */
static double around(const struct plan_person *person, char what, double low, double high, double spread,
                     uint64_t *random)
{
    uint64_t own = person->seed ^ ((uint64_t)(unsigned char)what << 32);
    double middle = low + (high - low) * (double)(t_random(&own) >> 11) * 0x1p-53;
    return middle + spread * ((double)(t_random(random) >> 11) * 0x1p-52 - 1);
}

/* plan_number - the next value of that letter, as it is typed. One of forty has a pressure that is an alarm. */
static void plan_number(const struct plan_person *person, char what, uint64_t *random, struct buf *out)
{
    static const struct {
        char what;
        double low, high, spread;
        int decimals;
    } rows[] = {{'G', 152, 186, 0, 0},   {'W', 52, 98, 1, 1},     {'A', 70, 108, 1, 0},    {'U', 62, 88, 6, 0},
                {'O', 96, 98, 1, 0},     {'T', 36.3, 37, 0.2, 1}, {'h', 4.9, 7.6, 0.1, 1}, {'c', 58, 112, 4, 0},
                {'L', 3.6, 6.9, 0.3, 1}, {'l', 1, 1.9, 0.1, 1},   {'t', 0.8, 2.3, 0.2, 1}, {'b', 118, 152, 4, 0}};
    uint64_t own = person->seed;
    if (what == 'S') {
        bool is_alarm = t_random(&own) % 40 == 0;
        double high = is_alarm ? around(person, what, 184, 192, 2, random) : around(person, what, 108, 158, 6, random);
        buf_addf(out, "%.0f/%.0f", high, high * 0.62);
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].what == what)
            buf_addf(out, "%.*f", rows[i].decimals,
                     around(person, what, rows[i].low, rows[i].high, rows[i].spread, random));
}

static void plan_key(uint64_t *random, struct buf *out)
{
    uint64_t a = t_random(random), b = t_random(random);
    buf_addf(out, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
             (unsigned)(a & 0xfff), (unsigned)(b >> 52), (unsigned long long)(b & 0xffffffffffff));
}

/* plan_body_of - the JSON of a step. */
static void plan_body_of(const char *body, const struct plan_person *person, const char *handle, uint64_t *random,
                         struct buf *out)
{
    for (const char *at = body; *at != '\0'; at++) {
        if (*at != '%') {
            buf_add_char(out, *at);
            continue;
        }
        switch (*++at) {
        case '%':
            buf_add_char(out, '%');
            break;
        case 'C':
            buf_add(out, str_of(person->card));
            break;
        case 'P':
            buf_add(out, str_of(handle));
            break;
        case 'K':
            plan_key(random, out);
            break;
        default:
            plan_number(person, *at, random, out);
        }
    }
}

#pragma GCC diagnostic pop
#endif
