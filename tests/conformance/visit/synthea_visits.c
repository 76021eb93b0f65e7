/* SPDX-License-Identifier: Apache-2.0
 * Every Synthea person goes through a whole visit: enrol, consent, import with minimising, screen, sign, letter, take. What
 * is taken away equals what was admitted, resource by resource. */
#include "t_choices.h"
#include "t.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "visit/content.h"
#include "visit/enrol.h"
#include "visit/import.h"
#include "visit/result.h"
#include "visit/rights.h"
#include "visit/site.h"

struct visits {
    struct visit visit;
    struct visit_screening screening;
    struct consent_grant grant;
    struct actor registrar, assistant, clinician, technician;
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

/* --- one visit --------------------------------------------------------------------------------------------------- */

/* The visits with another actor, and the memory of one person. */
static struct visit as(const struct visits *v, struct actor actor, struct arena *mem)
{
    struct visit visit = v->visit;
    visit.actor = actor;
    visit.mem = mem;
    return visit;
}

/* Of age alone, else with a guardian and the child's own word. */
static enum salve_code agree(struct visits *v, struct str card, struct arena *mem, struct salve_err *err)
{
    struct visit visit = as(v, v->registrar, mem);
    struct consent_grant grant = v->grant;
    enum salve_code code = visit_consent_give(&visit, card, &grant, NULL, err);
    if (code != SALVE_E_INVALID && code != SALVE_E_CONSENT) return code;
    grant.by = CONSENT_BY_GUARDIAN;
    grant.assent = CONSENT_ASSENT_GIVEN;
    code = visit_consent_give(&visit, card, &grant, NULL, err);
    if (code == SALVE_OK) return code;
    grant.assent = CONSENT_ASSENT_NOT_ABLE;
    return visit_consent_give(&visit, card, &grant, NULL, err);
}

static enum salve_code enrol(struct visits *v, struct str text, struct arena *mem, struct str *card,
                             struct salve_err *err)
{
    struct tape bundle, patient;
    struct admit_kept kept;
    struct rec_enrolled enrolled;
    struct visit visit = as(v, v->registrar, mem);
    TRY(import_read(text, mem, &bundle, NULL, err));
    TRY(admit_minimise(site_admission(visit.site), &bundle, STR(""), mem, &kept, err));
    TRY(tape_copy(&kept.tape, tape_get(&kept.tape, tape_root(&kept.tape), "entry.resource"), NULL, NULL, mem, &patient,
                  err));
    TRY(visit_enrol(&visit, &patient, STR(""), STR(""), &enrolled, err));
    *card = enrolled.card;
    return agree(v, *card, mem, err);
}

static enum salve_code screen_and_sign(struct visits *v, struct str card, struct arena *mem, struct salve_err *err)
{
    struct visit visit = as(v, v->clinician, mem);
    struct screen_found findings;
    struct visit_sheet sheet = {.language = STR("en")};
    struct visit_letters_ask one = {.sheets = &sheet, .count = 1, .is_untold = true};
    struct visit_signed done;
    TRY(visit_screen(&visit, &v->screening, card, &findings, err));
    TRY(visit_sign(&visit, card, NULL, &done, err));
    if (done.count != findings.count)
        return salve_fail(err, SALVE_E_INVALID, "%zu findings signed of %zu", done.count, findings.count);
    TRY(visit_letters(&visit, card, &one, NULL, err));
    v->findings += findings.count;
    return str_starts(sheet.bytes, STR("<!DOCTYPE html>")) ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "letter");
}

static struct str json_of(const struct tape *tape, tape_at at, struct arena *mem)
{
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, 64 << 20);
    fhir_write(tape, at, FHIR_COMPACT, &out);
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR_NONE;
}

/* What is taken away, by id. */
static tape_at taken_of(const struct tape *bundle, struct str id)
{
    for (tape_at at = tape_first(bundle, 0); at != TAPE_NONE; at = tape_next(bundle, 0, at)) {
        tape_at resource = tape_get(bundle, at, "resource");
        if (resource != TAPE_NONE && str_eq(tape_child_text(bundle, resource, "id"), id)) return resource;
    }
    return TAPE_NONE;
}

static enum salve_code compare(struct visits *v, struct str card, const struct visit_imported *sum, struct arena *mem,
                               struct salve_err *err)
{
    struct visit visit = as(v, visit_beside(v->visit.site, v->registrar), mem);
    struct visit_taken taken;
    struct tape bundle;
    size_t equal = 0;
    TRY(visit_take(&visit, card, &taken, err));
    TRY(fhir_read(taken.bundle, NULL, mem, &bundle, NULL, err));
    for (size_t i = 0; i < sum->resource_count; i++) {
        const struct import_resource *saved = &sum->resources[i];
        tape_at at = taken_of(&bundle, saved->id);
        bool is_equal = at != TAPE_NONE && str_eq(json_of(&bundle, at, mem), json_of(&saved->tape, 0, mem));
        equal += is_equal;
        if (!is_equal) printf("    %.*s/%.*s differs\n", STR_ARGS(saved->type), STR_ARGS(saved->id));
    }
    if (equal == sum->resource_count) return SALVE_OK;
    return salve_fail(err, SALVE_E_INVALID, "%zu of %zu resources came back equal", equal, sum->resource_count);
}

static enum salve_code visit(struct visits *v, const char *path, struct arena *mem, struct salve_err *err)
{
    struct str text, card;
    struct visit_import_ask ask = {.minimise = true};
    struct visit_imported sum = {0};
    struct visit assistant = as(v, v->assistant, mem);
    TRY(unzip(path, mem, &text));
    TRY(enrol(v, text, mem, &card, err));
    TRY(visit_import(&assistant, card, text, &ask, &sum, err));
    v->came += sum.resources_in;
    v->kept += sum.kept;
    TRY(screen_and_sign(v, card, mem, err));
    return compare(v, card, &sum, mem, err);
}

/* --- the site ---------------------------------------------------------------------------------------------------- */

static enum salve_code accept_all(struct visits *v, struct salve_err *err)
{
    const struct visit_content *content = v->visit.content;
    struct visit visit = as(v, v->clinician, v->visit.mem);
    for (size_t i = 0; i < content->guideline_count; i++) {
        const struct guideline *ignored = NULL;
        struct guideline_choice choices[8];
        size_t chosen = t_choices(content->guidelines[i], choices, 8);
        TRY(visit_accept(&visit, guideline_info(content->guidelines[i])->id, choices, chosen, &ignored, err));
    }
    if (content->broken_count > 0) *err = content->broken[0].err;
    return content->broken_count > 0 ? err->code : visit_screening(&visit, &v->screening, err);
}

static enum salve_code set_up(struct visits *v, const char *folder, struct arena *mem, struct salve_err *err)
{
#define PIN                                                                                                            \
    {                                                                                                                  \
        "246802", 6                                                                                                    \
    }
    static const struct visit_member members[] = {{{"maria", sizeof "maria" - 1}, ROLE_MANAGER, PIN},
                                                  {{"kofi", sizeof "kofi" - 1}, ROLE_REGISTRAR, PIN},
                                                  {{"lina", sizeof "lina" - 1}, ROLE_ASSISTANT, PIN},
                                                  {{"dr-amina", sizeof "dr-amina" - 1}, ROLE_CLINICIAN, PIN},
                                                  {{"tom", sizeof "tom" - 1}, ROLE_TECHNICIAN, PIN}};
    char key[256], site[256], share[4096];
    struct visit_content *content = NULL;
    (void)snprintf(key, sizeof key, "%s/key", folder);
    (void)snprintf(site, sizeof site, "%s/site", folder);
    (void)snprintf(share, sizeof share, "%s/share", build_folder());
    struct visit_content_ask ask = {.share = share, .parts = VISIT_ALL};
    struct visit_grant_ask grant = {
        .purpose = PURPOSE_CARE, .language = STR("en"), .method = STR("signed"), .read_back_rounds = 1};
    struct site_options options = {.path = site, .secret = {.key_file = key}, .clock = clock_system()};
    struct visit_site_ask made = {.name = STR("Test"), .members = members, .count = 5};
    TRY(visit_content_open(&ask, mem, &content, err));
    TRY(visit_site_make(&options, &made, mem, err));
    v->visit = (struct visit){.content = content, .mem = mem};
    TRY(site_open(&options, &v->visit.site, err));
    TRY(staff_login(v->visit.site, STR("kofi"), members[0].secret, mem, &v->registrar, err));
    TRY(staff_login(v->visit.site, STR("lina"), members[0].secret, mem, &v->assistant, err));
    TRY(staff_login(v->visit.site, STR("dr-amina"), members[0].secret, mem, &v->clinician, err));
    TRY(staff_login(v->visit.site, STR("tom"), members[0].secret, mem, &v->technician, err));
    TRY(visit_grant(content, &grant, &v->grant, err));
    return accept_all(v, err);
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
    bool is_all = t_is_all();
    for (size_t i = 0; i < count; i++) {
        if (!is_person(names[i]) || people++ >= (T_IS_SANITIZED && !is_all ? 10 : 1000)) continue;
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
    struct site_verify_ask ask = {.actor = v.technician};
    if (site_verify(v.visit.site, &ask, &result, &err) == SALVE_OK)
        t_pass();
    else
        t_fail("verify", "%s: %s", t_where(&err), err.why);
    if (site_close(&v.visit.site, &err) != SALVE_OK) t_fail("close", "%s", t_where(&err));
    arena_close(mem);
    char command[256];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? t_end() : t_end();
}
