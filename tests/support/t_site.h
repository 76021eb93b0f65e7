/* SPDX-License-Identifier: Apache-2.0
 *
 * t_site - a small site in a folder of its own for tests of the gate and above it: opened with a key file (quick),
 * with a fixed clock that the test moves, staff of every role, and made-up people. Include it from one test
 * program; everything is static. Each function stops the test when something fails, unless it returns a code. */
#ifndef SALVE_TESTS_T_SITE_H
#define SALVE_TESTS_T_SITE_H

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "records/commons.h"
#include "records/rights.h"
#include "records/site.h"
#include "records/staff.h"
#include "records/worklist.h"
#include "t.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

#define T_SITE_NOW 1795426200000 /* 2026-11-23T09:30:00Z */

struct t_far;
struct t_site {
    char folder[500], key_file[300];
    struct site_options options;
    struct site *site;
    struct arena *mem;
    struct t_far *far; /* with T_SITE_FAR: what serves the site, which is used from the other end */
    bool has_staff;
};

/* Who acts. Staff have logged in since t_site_make: a pass is good for the life of the site and its copies. */
static struct actor T_MANAGER = {.id = {"mia", 3}, .role = ROLE_MANAGER};
static struct actor T_REGISTRAR = {.id = {"desk-rosa", 9}, .role = ROLE_REGISTRAR};
static struct actor T_ASSISTANT = {.id = {"nurse-ben", 9}, .role = ROLE_ASSISTANT};
static struct actor T_CLINICIAN = {.id = {"dr-amina", 8}, .role = ROLE_CLINICIAN};
static struct actor T_TECHNICIAN = {.id = {"tech-li", 7}, .role = ROLE_TECHNICIAN};
static struct actor T_AUDITOR = {.id = {"eva", 3}, .role = ROLE_AUDITOR};
static const struct actor T_PERSON = {.role = ROLE_PARTICIPANT, .told = {"1980-01-01", 10}};
static struct actor T_BESIDE = {.role = ROLE_PARTICIPANT}; /* the person, with the registrar there */
#define T_PIN STR("246802")                                /* of everybody */

#define t_must(call)                                                                                                   \
    do {                                                                                                               \
        struct salve_err err = {0};                                                                                    \
        enum salve_code t_must_code = (call);                                                                          \
        if (t_must_code != SALVE_OK) {                                                                                 \
            fprintf(stderr, "%s:%d: %s: %s at \"%s\" (%s) %s:%d\n", __FILE__, __LINE__, #call,                         \
                    salve_code_name(t_must_code), t_where(&err), err.why, err.source_file ? err.source_file : "",      \
                    err.source_line);                                                                                  \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static void t_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[1024];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0) t_remove(path);
    }
    closedir(dir);
    rmdir(folder);
}

/* Copies the plain files of one folder into another one, which is made. */
static void t_copy(const char *from, const char *to)
{
    struct arena *mem = arena_open_private((size_t)1 << 30);
    struct str *names;
    size_t count;
    mkdir(to, 0700);
    t_must(file_list(from, mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        char path[1024];
        struct str bytes;
        (void)snprintf(path, sizeof path, "%s/%.*s", from, STR_ARGS(names[i]));
        t_must(file_read(path, (size_t)1 << 29, mem, &bytes, &err));
        (void)snprintf(path, sizeof path, "%s/%.*s", to, STR_ARGS(names[i]));
        int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len) abort();
        close(fd);
    }
    arena_close(mem);
}

static void t_site_paths(struct t_site *t, const char *folder)
{
    (void)snprintf(t->folder, sizeof t->folder, "%.480s", folder);
    t->options.path = t->folder;
    t->options.secret.key_file = t->key_file;
}

/* t_register - a new member, added by `actor` and confirmed by the clinician. */
static enum salve_code t_register(struct site *site, struct actor actor, struct str id, enum role role,
                                  struct salve_err *err)
{
    struct staff_new fresh = {.id = id, .role = role, .secret = T_PIN, .second = &T_CLINICIAN};
    return staff_register(site, actor, &fresh, err);
}

/* t_login - logs in; the texts of the actor stay as they are. */
static void t_login(struct t_site *t, struct actor *actor)
{
    struct actor made;
    t_must(staff_login(t->site, actor->id, T_PIN, t->mem, &made, &err));
    memcpy(actor->pass, made.pass, sizeof actor->pass);
}

static struct actor *const t_all_staff[] = {&T_MANAGER,   &T_REGISTRAR,  &T_ASSISTANT,
                                            &T_CLINICIAN, &T_TECHNICIAN, &T_AUDITOR};
enum { T_STAFF = sizeof t_all_staff / sizeof t_all_staff[0] };

static void t_site_staff(struct t_site *t)
{
    for (size_t i = 0; i < T_STAFF; i++) memset(t_all_staff[i]->pass, 0, ACTOR_PASS_BYTES); /* of another site */
    for (size_t i = 0; i < T_STAFF; i++) {
        t_must(t_register(t->site, T_MANAGER, t_all_staff[i]->id, t_all_staff[i]->role, &err));
        t_login(t, t_all_staff[i]);
    }
    t->has_staff = true;
    T_BESIDE.id = T_REGISTRAR.id;
    memcpy(T_BESIDE.pass, T_REGISTRAR.pass, sizeof T_BESIDE.pass);
}

#ifdef T_SITE_FAR
#include "t_far.h"
#else
static void t_site_open(struct t_site *t) { t_must(site_open(&t->options, &t->site, &err)); }
static void t_site_close(struct t_site *t) { t_must(site_close(&t->site, &err)); }
static void t_site_end(struct t_site *t) { (void)!site_close(&t->site, NULL); }
static void t_site_again(struct t_site *t) { (void)t; }
static void t_site_shown(struct t_site *t) { (void)t; } /* a pass of staff_login is as good as shown */
#endif

/* t_person - somebody who was born on another day than T_PERSON. */
static struct actor t_person(const char *birth_date)
{
    return (struct actor){.role = ROLE_PARTICIPANT, .told = str_of(birth_date)};
}

/* Where test sites live: memory where there is some, since hundreds of syncs are not what is tested. */
static const char *t_tmp(void)
{
    const char *tmp = getenv("TMPDIR");
    return tmp != NULL ? tmp : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

/* The next site that t_site_make makes is a made-up one. */
static bool t_made_up;

/* t_site_make - a new site, open, with its staff. */
static struct t_site *t_site_make(const char *name, bool name_index)
{
    struct t_site *t = calloc(1, sizeof *t);
    char folder[200];
    if (t == NULL) abort();
    (void)snprintf(folder, sizeof folder, "%s/salve-%s-%d", t_tmp(), name, (int)getpid());
    (void)snprintf(t->key_file, sizeof t->key_file, "%s.key", folder);
    t_remove(folder);
    unlink(t->key_file);
    t_site_paths(t, folder);
    t->options.clock = clock_fixed(T_SITE_NOW);
    t->options.is_made_up = t_made_up;
    t_made_up = false;
    t->options.pin_cost = CRYPTO_COST_MIN;
    t->mem = arena_open_private((size_t)1 << 30);
    struct site_settings settings = {
        .name = STR("Test site"), .log_name = STR("test"), .languages = STR("en ar"), .name_index = name_index};
    t_must(site_create(&t->options, &settings, NULL, &err));
    t_site_open(t);
    if (!t->has_staff) t_site_staff(t);
    return t;
}

static void t_site_drop(struct t_site *t)
{
    t_site_end(t);
    t_remove(t->folder);
    unlink(t->key_file);
    arena_close(t->mem);
    free(t);
}

/* t_site_at - moves the site's clock, and says that it is right where it is far ahead. */
static void t_site_at(struct t_site *t, int64_t unix_ms)
{
    t_site_close(t);
    t->options.clock = clock_fixed(unix_ms);
    t_site_open(t);
    if (site_clock_suspect(t->site) && unix_ms > site_now_unix_ms(t->site))
        t_must(site_clock_confirm(t->site, T_TECHNICIAN, &err));
    t_site_again(t);
}

/* t_sign - what is in the log is signed now, whatever the interval says, as upkeep does it. */
static void t_sign(struct t_site *t)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(t->site, &ask, &result, &err));
    t_site_close(t);
    t_site_open(t);
}

/* --- people ----------------------------------------------------------------------------------------------------- */

static struct tape t_read(struct arena *mem, const char *json)
{
    struct tape tape;
    t_must(fhir_read(str_of(json), NULL, mem, &tape, NULL, &err));
    return tape;
}

static struct rec_enrolled t_enrol(struct t_site *t, const char *family, const char *birth_date)
{
    struct rec_enrolled out;
    struct str json = arena_printf(t->mem,
                                   "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"%s\",\"given\":"
                                   "[\"Tala\"]}],\"gender\":\"female\",\"birthDate\":\"%s\"}",
                                   family, birth_date);
    struct tape patient = t_read(t->mem, json.ptr);
    t_must(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &out, &err));
    return out;
}

static struct consent_grant t_grant(enum purpose purpose)
{
    struct consent_grant grant = {.purpose = purpose,
                                  .form = {.id = str_of(purpose_text(purpose)), .major = 1, .lang = STR("en")},
                                  .method = CONSENT_METHOD_SIGNED,
                                  .witness = CONSENT_WITNESS_NONE,
                                  .teach_back = CONSENT_TEACH_BACK_DONE,
                                  .teach_back_rounds = 1,
                                  .by = CONSENT_BY_PARTICIPANT,
                                  .assent = CONSENT_ASSENT_NONE,
                                  .to = purpose == PURPOSE_HELPER     ? STR("sister")
                                        : purpose == PURPOSE_TRANSFER ? STR("clinic-of-the-river")
                                                                      : STR("")};
    grant.form.text = STR("{\"yes\":\"I agree.\"}");
    crypto_sha256(grant.form.text, grant.form.sha256);
    return grant;
}

static enum salve_code t_give_code(struct t_site *t, struct str card, enum purpose purpose)
{
    struct consent_grant grant = t_grant(purpose);
    return rec_consent_give(t->site, T_REGISTRAR, card, &grant, t->mem, NULL, NULL);
}

static void t_give(struct t_site *t, struct str card, enum purpose purpose)
{
    struct consent_grant grant = t_grant(purpose);
    t_must(rec_consent_give(t->site, T_REGISTRAR, card, &grant, t->mem, NULL, &err));
}

/* Care, with the tick for what is kept apart. */
static void t_give_apart(struct t_site *t, struct str card)
{
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    grant.classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS);
    t_must(rec_consent_give(t->site, T_REGISTRAR, card, &grant, t->mem, NULL, &err));
}

static void t_withdraw(struct t_site *t, struct str card, enum purpose purpose)
{
    t_must(rec_consent_withdraw(t->site, T_PERSON, card, purpose, t->mem, NULL, &err));
}

static enum salve_code t_open_code(struct t_site *t, struct actor actor, enum purpose purpose, struct str who,
                                   struct rec_view **view)
{
    struct rec_ask ask = {.actor = actor, .purpose = purpose, .who = who};
    *view = NULL;
    return rec_open(t->site, &ask, view, NULL);
}

static struct rec_view *t_open(struct t_site *t, struct actor actor, enum purpose purpose, struct str who)
{
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = actor, .purpose = purpose, .who = who};
    t_must(rec_open(t->site, &ask, &view, &err));
    return view;
}

static void t_close_view(struct rec_view **view) { t_must(rec_close(view, &err)); }

/* What was measured or asked: a LOINC code with a number and its UCUM unit or, where unit is NULL, with a SNOMED
 * CT code; a question with "true" or "false". */
struct t_value {
    const char *code, *value, *unit;
};

/* Codes of LOINC begin with a digit, questions with a letter. */
static struct str t_code_json(struct arena *mem, const char *code)
{
    const char *system = code[0] > '9' ? "urn:salve:question" : "http://loinc.org";
    return arena_printf(mem, "\"code\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]}", system, code);
}

static struct str t_value_json(struct arena *mem, struct t_value value)
{
    if (value.code[0] > '9') return arena_printf(mem, "\"valueBoolean\":%s", value.value);
    if (value.unit == NULL)
        return arena_printf(mem,
                            "\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":"
                            "\"%s\"}]}",
                            value.value);
    return arena_printf(mem,
                        "\"valueQuantity\":{\"value\":%s,\"unit\":\"%s\",\"system\":\"http://unitsofmeasure.org\","
                        "\"code\":\"%s\"}",
                        value.value, value.unit, value.unit);
}

static struct tape t_observation_on(struct t_site *t, struct rec_view *view, const char *taken, const char *code,
                                    struct str value_json)
{
    char person[COMPARTMENT_TEXT_BYTES + 1];
    struct str id;
    t_must(rec_new_id(view, t->mem, &id, &err));
    compartment_text(rec_compartment(view), person);
    struct str json =
        arena_printf(t->mem,
                     "{\"resourceType\":\"Observation\",\"id\":\"%.*s\",\"status\":\"final\",%.*s,\"subject\":"
                     "{\"reference\":\"Patient/%s.1\"},\"effectiveDateTime\":\"%s\",%.*s}",
                     STR_ARGS(id), STR_ARGS(t_code_json(t->mem, code)), person, taken, STR_ARGS(value_json));
    return t_read(t->mem, json.ptr);
}

static struct tape t_observation_of(struct t_site *t, struct rec_view *view, int minute, const char *code,
                                    struct str value_json)
{
    struct str taken = arena_printf(t->mem, "2026-11-23T09:%02d:00Z", minute);
    return t_observation_on(t, view, taken.ptr, code, value_json);
}

/* t_observation - an Observation of the view's person so many minutes after nine, with a new id, not saved yet. */
static struct tape t_observation(struct t_site *t, struct rec_view *view, int minute, struct t_value value)
{
    return t_observation_of(t, view, minute, value.code, t_value_json(t->mem, value));
}

/* t_panel - an Observation of the LOINC panel `code` with two components, such as a blood pressure. */
static struct tape t_panel(struct t_site *t, struct rec_view *view, int minute, const char *code,
                           const struct t_value parts[2])
{
    struct str json =
        arena_printf(t->mem, "\"component\":[{%.*s,%.*s},{%.*s,%.*s}]", STR_ARGS(t_code_json(t->mem, parts[0].code)),
                     STR_ARGS(t_value_json(t->mem, parts[0])), STR_ARGS(t_code_json(t->mem, parts[1].code)),
                     STR_ARGS(t_value_json(t->mem, parts[1])));
    return t_observation_of(t, view, minute, code, json);
}

/* t_weight - a body weight, not saved yet. */
static struct tape t_weight(struct t_site *t, struct rec_view *view, struct str id, const char *kilograms)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(view), text);
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Observation\",\"id\":\"%.*s\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\"}]}],\"code\":{"
        "\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}]},\"subject\":{\"reference\":\"Patient/"
        "%s.1\"},\"effectiveDateTime\":\"2026-11-23T09:30:00Z\",\"valueQuantity\":{\"value\":%s,\"unit\":\"kg\","
        "\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}",
        STR_ARGS(id), text, kilograms);
    return t_read(t->mem, json.ptr);
}

static enum salve_code t_save_code(struct t_site *t, struct rec_view *view, const struct tape *tape,
                                   enum data_class class)
{
    struct rec_item item = {.tape = tape, .class = class};
    return rec_save(view, &item, 1, NULL, t->mem, NULL);
}

/* t_save_weight - saves one, returns its id. */
static struct str t_save_weight(struct t_site *t, struct rec_view *view, const char *kilograms)
{
    struct str id;
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape tape = t_weight(t, view, id, kilograms);
    struct rec_item item = {.tape = &tape};
    t_must(rec_save(view, &item, 1, NULL, t->mem, &err));
    return id;
}

static struct str t_json(struct arena *mem, const struct tape *tape)
{
    struct buf out;
    buf_init(&out, mem, 1 << 24);
    fhir_write(tape, tape_root(tape), FHIR_COMPACT, &out);
    return buf_str(&out);
}

static size_t t_count(struct rec_view *view)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_must(rec_all(view, 0, &all, &count, &err));
    return count;
}

/* t_fill - a large record: so many saves of T_FILL_EACH weights each by that member of staff. */
enum { T_FILL_EACH = 20 };
static void t_fill(struct t_site *t, struct actor actor, struct str card, int saves)
{
    struct tape tapes[T_FILL_EACH];
    struct rec_item items[T_FILL_EACH];
    struct rec_view *view = t_open(t, actor, PURPOSE_CARE, card);
    for (int b = 0; b < saves; b++) {
        for (size_t i = 0; i < T_FILL_EACH; i++) {
            tapes[i] = t_observation(t, view, (int)i, (struct t_value){"29463-7", "82.5", "kg"});
            items[i] = (struct rec_item){.tape = &tapes[i]};
        }
        t_must(rec_save(view, items, T_FILL_EACH, NULL, t->mem, &err));
    }
    t_close_view(&view);
}

#pragma GCC diagnostic pop

/* All open work that the actor may read, of all lists, each ticket once. */
static inline enum salve_code t_worklist(struct site *site, struct actor actor, struct arena *mem, struct work **out,
                                         size_t *count, struct salve_err *err)
{
    struct work *lists[WORK_LISTS] = {0};
    size_t counts[WORK_LISTS] = {0}, all = 0, kept = 0;
    for (int list = 0; list < WORK_LISTS; list++) {
        enum salve_code code = worklist_all(site, actor, (enum work_list)list, mem, &lists[list], &counts[list], NULL,
                                            list == WORK_LIST_REMINDERS ? NULL : err);
        if (code != SALVE_OK && (code != SALVE_E_ROLE || list != WORK_LIST_REMINDERS)) return code;
        all += counts[list];
    }
    *out = arena_array(mem, struct work, all + 1);
    if (*out == NULL) return SALVE_E_MEMORY;
    for (int list = 0; list < WORK_LISTS; list++)
        for (size_t i = 0; i < counts[list]; i++) {
            bool is_new = true;
            for (int other = 0; other < list && is_new; other++)
                for (size_t at = 0; at < counts[other] && is_new; at++)
                    is_new = !str_eq(lists[other][at].ticket, lists[list][i].ticket);
            if (is_new) (*out)[kept++] = lists[list][i];
        }
    *count = kept;
    return SALVE_OK;
}

#endif
