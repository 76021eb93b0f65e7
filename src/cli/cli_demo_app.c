/* SPDX-License-Identifier: Apache-2.0
 * The throw-away site in the browser: who comes today has a card, some were measured already, and anybody may be
 * whoever works there. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/cli_demo.h"
#include "cli/cli_open.h"
#include "serve/serve.h"
#include "visit/clinic.h"

enum { CARDS_BYTES_MAX = 8192, WALK_FDS = 16 };

#define USUAL "127.0.0.1:8080"

/* Made-up numbers too: what an alarm says to ring. */
static enum salve_code tell_places(struct demo *demo, struct salve_err *err)
{
    static const struct {
        const char *actions, *place;
    } places[] = {{"call-emergency", "Ambulance; -; 112; day and night"},
                  {"clinician-today,ask-now,measure-again-now", "here"},
                  {VISIT_AFTER_HOURS, "Night service; 2 Hill Road; +00 555 0199; 17-8"}};
    struct visit *visit = visit_demo_as(demo->visit, &demo->about, ROLE_MANAGER);
    struct visit_clinic clinic;
    TRY(visit_clinic(visit, &clinic, err));
    TRY(visit_clinic_set(visit, STR("telephone"), STR("+00 555 0100"), &clinic, err));
    TRY(visit_clinic_set(visit, STR("address"), STR("1 Market Street"), &clinic, err));
    TRY(visit_clinic_set(visit, STR("hours"), STR("Monday to Friday 8-17"), &clinic, err));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        TRY(visit_clinic_place(visit, str_of(places[i].actions), str_of(places[i].place), &clinic, err));
    return visit_clinic_keep(visit, &clinic, err);
}

/* The first one comes to be measured now; the others were, and wait for the clinician. */
static enum salve_code receive(struct demo *demo, struct salve_err *err)
{
    for (size_t i = 0; i < demo->about.people_count; i++) {
        struct screen_found ignored;
        if (demo->about.people[i].is_paper) continue;
        TRY(demo_enrol(demo, i, err));
        if (i > 0) TRY(demo_measure(demo, i, &ignored, err));
    }
    return SALVE_OK;
}

static enum salve_code write_cards(struct demo *demo, struct str *out, struct salve_err *err)
{
    struct buf cards;
    unsigned number = 0;
    struct str path = arena_printf(demo->cli->mem, "%s/cards", demo->folder.ptr);
    if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "cards");
    buf_init(&cards, demo->cli->mem, CARDS_BYTES_MAX);
    for (size_t i = 0; i < demo->about.people_count; i++) {
        const struct visit_demo_person *person = &demo->about.people[i];
        if (person->is_paper) continue;
        buf_addf(&cards, "  card %u  %.*s  %.*s: %.*s%s\n", ++number, STR_ARGS(demo->enrolled[i].card),
                 STR_ARGS(person->name), STR_ARGS(person->about), i == 0 ? " Comes to be measured." : "");
    }
    TRY(buf_done(&cards, out, err));
    return file_write(path.ptr, *out, 0600, err);
}

static void say_ready(void *with, const char *address)
{
    const struct demo *demo = with;
    cli_print("Open in a browser of this machine:  %s\n\n"
              "Nobody there is real. Choose who you are today, then scan a card, or type it:\n%s\n"
              "Ctrl-C ends it%s.\n",
              address, demo->cards, cli_option(demo->cli, OPT_KEEP) == NULL ? " and throws the site away" : "");
    (void)!cli_flush(NULL);
}

/* Who has screens to work with. */
static size_t tiles(const struct demo *demo, struct serve_demo out[SERVE_DEMO_MAX])
{
    static const enum role roles[] = {ROLE_REGISTRAR, ROLE_ASSISTANT, ROLE_CLINICIAN};
    struct arena *mem = demo->cli->mem;
    size_t count = 0;
    for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++)
        for (size_t i = 0; i < VISIT_DEMO_STAFF; i++) {
            const struct visit_member *member = &demo->about.members[i];
            if (member->role != roles[r]) continue;
            out[count++] =
                (struct serve_demo){arena_printf(mem, "%.*s", STR_ARGS(member->id)).ptr, role_text(member->role),
                                    arena_printf(mem, "%.*s", STR_ARGS(member->secret)).ptr};
        }
    return count;
}

static enum salve_code serve(struct demo *demo, const char *share, struct salve_err *err)
{
    struct serve_demo staff[SERVE_DEMO_MAX];
    struct arena *mem = demo->cli->mem;
    size_t count = tiles(demo, staff);
    struct serve_options options = {.dir = arena_printf(mem, "%s/site", demo->folder.ptr).ptr,
                                    .key_file = arena_printf(mem, "%s/site.key", demo->folder.ptr).ptr,
                                    .share = share,
                                    .listen = cli_option_or(demo->cli, OPT_LISTEN, USUAL).ptr,
                                    .version = STR(SALVE_VERSION),
                                    .demo = staff,
                                    .demo_count = count,
                                    .may_lack_landlock = cli_has(demo->cli, OPT_WITHOUT_LANDLOCK),
                                    .ready = say_ready,
                                    .is_over = cli_interrupted,
                                    .with = demo};
    enum salve_code code = serve_run(&options, err);
    if (code != SALVE_E_CONFLICT || cli_has(demo->cli, OPT_LISTEN)) return code;
    options.listen = "127.0.0.1:0"; /* somebody listens there already: any other */
    return serve_run(&options, err);
}

/* A line of the log for each request is for a service; here it goes into a file beside the site. */
static enum salve_code run(struct demo *demo, const char *share, struct salve_err *err)
{
    const char *path = arena_printf(demo->cli->mem, "%s/log", demo->folder.ptr).ptr;
    int talk = dup(STDERR_FILENO), log = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    enum salve_code code = talk >= 0 && log >= 0 && dup2(log, STDERR_FILENO) >= 0 ? SALVE_OK : file_fail(err, path);
    if (code == SALVE_OK) code = serve(demo, share, err);
    if (talk >= 0) (void)dup2(talk, STDERR_FILENO);
    if (talk >= 0) (void)close(talk);
    if (log >= 0) (void)close(log);
    return code;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    return remove(path);
}

enum salve_code demo_app(struct demo *demo, struct salve_err *err)
{
    struct str share, cards;
    TRY(cli_share_dir(demo->cli, &share, err));
    enum salve_code code = demo_begin(demo, err);
    if (code == SALVE_OK) code = tell_places(demo, err);
    if (code == SALVE_OK) code = receive(demo, err);
    if (code == SALVE_OK) code = write_cards(demo, &cards, err);
    if (code == SALVE_OK) demo->cards = cards.ptr;
    code = cli_close(demo->cli, code, err);
    if (code == SALVE_OK) code = run(demo, share.ptr, err);
    bool is_thrown_away = cli_option(demo->cli, OPT_KEEP) == NULL && demo->folder.len > 0;
    if (is_thrown_away && nftw(demo->folder.ptr, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS) != 0 && code == SALVE_OK)
        code = file_fail(err, demo->folder.ptr);
    return code;
}
