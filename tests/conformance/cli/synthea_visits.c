/* SPDX-License-Identifier: Apache-2.0
 * Every Synthea person goes through a whole visit: enrol, consent, import with minimising, screen, sign, letter, take. What
 * is taken away equals what was admitted, resource by resource. */
#include "t.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "admit/import.h"
#include "fhir/tape_edit.h"
#include "letter/letter.h"
#include "records/records.h"
#include "screen/screen.h"

struct visits {
    struct site *site;
    struct admit_rules *rules;
    struct guideline **guidelines;
    size_t guideline_count;
    struct screen *screen;
    struct letter_frame *frame;
    struct consent_form form;
    struct actor registrar, assistant, clinician, person;
    uint64_t came, kept, findings;
};

static const char *build_folder(void) { return getenv("BUILD") == NULL ? "build" : getenv("BUILD"); }

/* The tests read public files that are gzipped; the program itself starts no shell. */
static enum salve_code unzip(const char *path, struct arena *mem, struct str *out)
{
    char command[8400];
    (void)snprintf(command, sizeof command, "zcat \"%s\"", path);
    FILE *pipe = popen(command, "r");
    struct buf text;
    buf_init(&text, mem, SALVE_RESOURCE_BYTES_MAX);
    for (size_t got = 1; pipe != NULL && got > 0;) {
        char *room = buf_room(&text, 1 << 16);
        got = room == NULL ? 0 : fread(room, 1, 1 << 16, pipe);
        buf_took(&text, got);
    }
    if (pipe == NULL || pclose(pipe) != 0) return SALVE_E_IO;
    return buf_done(&text, out, NULL);
}

/* --- one visit ------------------------------------------------------------------------------------------------------- */

static enum salve_code open_as(const struct visits *v, struct actor actor, struct str card, struct rec_view **view,
                               struct salve_err *err)
{
    enum purpose purpose = actor.role == ROLE_PARTICIPANT ? PURPOSE_SELF : PURPOSE_CARE;
    struct rec_ask ask = {.actor = actor, .purpose = purpose, .who = card};
    return rec_open(v->site, &ask, view, err);
}

static enum salve_code enrol(struct visits *v, const struct tape *bundle, struct arena *mem, struct str *card,
                             struct salve_err *err)
{
    struct admit_kept kept;
    struct tape patient;
    struct rec_enrolled enrolled;
    struct consent_grant grant = {.purpose = PURPOSE_CARE,
                                  .method = CONSENT_METHOD_SIGNED,
                                  .teach_back = CONSENT_TEACH_BACK_DONE,
                                  .teach_back_rounds = 1,
                                  .form = v->form.ref};
    enum salve_code code = admit_minimise(v->rules, bundle, STR(""), mem, &kept, err);
    if (code != SALVE_OK) return code;
    tape_at at = tape_get(&kept.tape, tape_root(&kept.tape), "entry.resource");
    code = tape_copy(&kept.tape, at, NULL, NULL, mem, &patient, err);
    /* A child needs a guardian, which is another test; here everybody is of age. */
    if (code == SALVE_OK) code = rec_enrol(v->site, v->registrar, &patient, mem, &enrolled, err);
    if (code == SALVE_OK) code = arena_str(mem, enrolled.card, card, err);
    if (code != SALVE_OK) return code;
    code = rec_consent_give(v->site, v->registrar, *card, &grant, mem, NULL, err);
    if (code != SALVE_E_INVALID && code != SALVE_E_CONSENT) return code;
    grant.by = CONSENT_BY_GUARDIAN;
    grant.assent = CONSENT_ASSENT_GIVEN;
    code = rec_consent_give(v->site, v->registrar, *card, &grant, mem, NULL, err);
    if (code == SALVE_OK) return code;
    grant.assent = CONSENT_ASSENT_NOT_ABLE;
    return rec_consent_give(v->site, v->registrar, *card, &grant, mem, NULL, err);
}

static enum salve_code import(struct visits *v, struct str card, const struct tape *bundle, struct arena *mem,
                              struct import_done *done, struct salve_err *err)
{
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    struct rec_view *view = NULL;
    enum salve_code code = open_as(v, v->assistant, card, &view, err);
    if (code != SALVE_OK) return code;
    compartment_text(rec_compartment(view), compartment);
    const struct rec_resource *known = NULL;
    size_t count = 0;
    struct import_ask ask = {
        .rules = v->rules, .compartment = str_of(compartment), .next = rec_next_number, .ctx = view, .minimise = true};
    code = rec_all(view, CLASS_BIT(CLASS_IDENT), &known, &count, err);
    if (code == SALVE_OK && count > 0) code = arena_str(mem, known[0].id, &ask.patient_id, err); /* outlives the view */
    if (code == SALVE_OK) code = import_run(&ask, bundle, mem, done, err);
    struct rec_item *items = arena_array(mem, struct rec_item, done->resource_count + 1);
    for (size_t i = 0; code == SALVE_OK && i < done->resource_count; i++) items[i].tape = &done->resources[i].tape;
    if (code == SALVE_OK) code = rec_save(view, items, done->resource_count, NULL, mem, err);
    struct salve_err ignored;
    enum salve_code closed = rec_close(&view, code == SALVE_OK ? err : &ignored);
    v->came += done->resources_in;
    v->kept += done->resource_count;
    return code == SALVE_OK ? closed : code;
}

static enum salve_code screen_and_sign(struct visits *v, struct str card, struct arena *mem, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct finding *findings = NULL;
    struct screen_set set;
    struct letter *letter = NULL;
    struct buf html;
    struct str text;
    size_t count = 0, signed_count = 0;
    enum salve_code code = open_as(v, v->clinician, card, &view, err);
    if (code == SALVE_OK) code = screen_run(v->screen, view, mem, &findings, &count, err);
    if (code == SALVE_OK) code = screen_sign(view, v->clinician, mem, &signed_count, err);
    if (code == SALVE_OK) code = screen_findings(view, SCREEN_SIGNED, mem, &set, err);
    if (code == SALVE_OK && set.count != count)
        code = salve_fail(err, SALVE_E_INVALID, "%zu findings signed of %zu", set.count, count);
    if (code == SALVE_OK) {
        struct letter_ask ask = {.findings = set.findings,
                                 .finding_count = set.count,
                                 .clinician = set.signed_by,
                                 .card = card,
                                 .date = STR("2026-11-20"),
                                 .guidelines = v->guidelines,
                                 .guideline_count = v->guideline_count};
        code = letter_compose(&ask, v->frame, mem, &letter, err);
    }
    if (code == SALVE_OK) {
        buf_init(&html, mem, 4 << 20);
        letter_html(letter, &html);
        code = buf_done(&html, &text, err);
    }
    v->findings += count;
    struct salve_err ignored;
    enum salve_code closed = rec_close(&view, code == SALVE_OK ? err : &ignored);
    return code == SALVE_OK ? closed : code;
}

static struct str json_of(const struct tape *tape, struct arena *mem)
{
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, 64 << 20);
    fhir_write(tape, tape_root(tape), FHIR_COMPACT, &out);
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR_NONE;
}

static enum salve_code compare(struct visits *v, struct str card, const struct import_done *done, struct arena *mem,
                               struct salve_err *err)
{
    struct rec_view *view = NULL;
    const struct rec_resource *taken = NULL;
    size_t count = 0, equal = 0;
    enum salve_code code = open_as(v, v->person, card, &view, err);
    if (code == SALVE_OK) code = rec_take(view, mem, &taken, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < done->resource_count; i++) {
        struct str want = json_of(&done->resources[i].tape, mem);
        size_t at = 0;
        while (at < count && !str_eq(taken[at].id, done->resources[i].id)) at++;
        bool is_equal = at < count && str_eq(json_of(&taken[at].tape, mem), want);
        equal += is_equal;
        if (!is_equal)
            printf("    %.*s/%.*s differs\n", STR_ARGS(done->resources[i].type), STR_ARGS(done->resources[i].id));
    }
    if (code == SALVE_OK && equal != done->resource_count)
        code = salve_fail(err, SALVE_E_INVALID, "%zu of %zu resources came back equal", equal, done->resource_count);
    struct salve_err ignored;
    enum salve_code closed = rec_close(&view, code == SALVE_OK ? err : &ignored);
    return code == SALVE_OK ? closed : code;
}

static enum salve_code visit(struct visits *v, const char *path, struct arena *mem, struct salve_err *err)
{
    struct str text, card;
    struct tape bundle;
    struct fhir_issues issues;
    struct import_done done = {0};
    fhir_issues_init(&issues, mem);
    enum salve_code code = unzip(path, mem, &text);
    if (code == SALVE_OK) code = import_read(text, mem, &bundle, &issues, err);
    if (code == SALVE_OK) code = enrol(v, &bundle, mem, &card, err);
    if (code == SALVE_OK) code = import(v, card, &bundle, mem, &done, err);
    if (code == SALVE_OK) code = screen_and_sign(v, card, mem, err);
    return code == SALVE_OK ? compare(v, card, &done, mem, err) : code;
}

/* --- the site -------------------------------------------------------------------------------------------------------- */

static enum salve_code set_up(struct visits *v, const char *folder, struct arena *mem, struct salve_err *err)
{
    char key[256], site[256], share[4096], forms[4200];
    struct site_settings settings = {.name = STR("Test"), .log_name = STR("test"), .languages = STR("en ar")};
    struct consent_form_set forms_set;
    const struct str langs[] = {STR("en"), STR("ar")};
    (void)snprintf(key, sizeof key, "%s/key", folder);
    (void)snprintf(site, sizeof site, "%s/site", folder);
    (void)snprintf(share, sizeof share, "%s/share", build_folder());
    (void)snprintf(forms, sizeof forms, "%s/forms", share);
    struct site_options options = {.path = site, .secret = {.key_file = key}, .clock = clock_system()};
    struct actor manager = {STR("maria"), ROLE_MANAGER, STR("Test")};
    v->registrar = (struct actor){STR("kofi"), ROLE_REGISTRAR, STR("Test")};
    v->assistant = (struct actor){STR("lina"), ROLE_ASSISTANT, STR("Test")};
    v->clinician = (struct actor){STR("dr-amina"), ROLE_CLINICIAN, STR("Test")};
    v->person = (struct actor){.role = ROLE_PARTICIPANT, .site = STR("Test")};
    enum salve_code code = site_create(&options, &settings, err);
    if (code == SALVE_OK) code = site_open(&options, &v->site, err);
    const struct actor *staff[] = {&manager, &v->registrar, &v->assistant, &v->clinician};
    for (size_t i = 0; i < 4 && code == SALVE_OK; i++)
        code = staff_register(v->site, manager, staff[i]->id, staff[i]->role, err);
    if (code == SALVE_OK) code = admit_rules_make(NULL, mem, &v->rules, err);
    if (code == SALVE_OK) code = guideline_load_all(share, mem, &v->guidelines, &v->guideline_count, err);
    for (size_t i = 0; i < v->guideline_count && code == SALVE_OK; i++)
        code = screen_accept(v->site, v->clinician, v->guidelines[i], NULL, 0, mem, err);
    if (code == SALVE_OK) code = screen_open(v->site, v->guidelines, v->guideline_count, mem, &v->screen, NULL, err);
    if (code == SALVE_OK) code = letter_frame_load(share, STR("en"), mem, &v->frame, err);
    if (code == SALVE_OK) code = consent_form_load(forms, PURPOSE_CARE, STR_NONE, langs, 2, mem, &forms_set, err);
    if (code != SALVE_OK) return code;
    v->form = *consent_form_in(&forms_set, STR("en"));
    crypto_sha256(v->form.bytes, v->form.ref.sha256);
    return SALVE_OK;
}

static bool is_person(struct str name)
{
    return str_ends(name, STR(".json.gz")) && !str_starts(name, STR("hospitalInformation")) &&
           !str_starts(name, STR("practitionerInformation"));
}

int main(void)
{
    const char *data = t_data("synthea");
    struct arena *mem = arena_open(512 << 20);
    struct visits v = {0};
    struct salve_err err = {0};
    struct str *names = NULL;
    size_t count = 0, people = 0;
    char folder[] = "/tmp/salve-visits-XXXXXX", source[4096];
    if (data == NULL) {
        arena_close(mem);
        t_skipped(120);
        return t_end();
    }
    (void)snprintf(source, sizeof source, "%s", data);
    if (crypto_init(&err) != SALVE_OK || mkdtemp(folder) == NULL ||
        file_list(source, mem, &names, &count, &err) != SALVE_OK || set_up(&v, folder, mem, &err) != SALVE_OK) {
        t_fail("set-up", "%s: %s: %s", salve_code_name(err.code), t_where(&err), err.why);
        return t_end();
    }
    bool is_all = getenv("ALL") != NULL && strcmp(getenv("ALL"), "1") == 0;
    bool is_slow = strstr(build_folder(), "asan") != NULL;
    for (size_t i = 0; i < count; i++) {
        if (!is_person(names[i]) || people++ >= (is_slow && !is_all ? 10 : 1000)) continue;
        char path[8192];
        struct arena *visit_mem = arena_open(SALVE_REQUEST_BYTES_MAX);
        (void)snprintf(path, sizeof path, "%s/%s", source, names[i].ptr);
        err = (struct salve_err){0};
        enum salve_code code = visit(&v, path, visit_mem, &err);
        if (code == SALVE_OK)
            t_pass();
        else
            t_fail(names[i].ptr, "%s: %s: %s (%s:%d)", salve_code_name(code), t_where(&err), err.why, err.source_file,
                   err.source_line);
        arena_close(visit_mem);
    }
    printf("%llu resources came, %llu admitted, %llu findings signed\n", (unsigned long long)v.came,
           (unsigned long long)v.kept, (unsigned long long)v.findings);
    struct site_verify_result result;
    struct actor technician = {STR("tom"), ROLE_TECHNICIAN, STR("Test")};
    struct site_verify_ask ask = {.actor = technician};
    if (staff_register(v.site, (struct actor){STR("maria"), ROLE_MANAGER, STR("Test")}, STR("tom"), ROLE_TECHNICIAN,
                       &err) == SALVE_OK &&
        site_verify(v.site, &ask, &result, &err) == SALVE_OK)
        t_pass();
    else
        t_fail("verify", "%s: %s", t_where(&err), err.why);
    if (site_close(&v.site, &err) != SALVE_OK) t_fail("close", "%s", t_where(&err));
    arena_close(mem);
    char command[256];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? t_end() : t_end();
}
