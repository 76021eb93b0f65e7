/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 at any moment of the work of a site. A child enrols, takes consent, saves, withdraws, erases and rotates, and
 * acknowledges each step when the gate said OK; it is killed just before its n-th system call that changes a file. Then
 * the site is opened again: everything acknowledged is there, nothing is there half, no withdrawn or erased thing
 * opens, open work is there with its reason, the log goes on from every checkpoint that was signed before, and verify finds nothing.
 *
 * Every n with ALL=1; else a spread of 300 of them, in the sanitizer build of what twelve seconds allow. */
#include <time.h>

#include "records/worklist.h"
#include "t_kill_site.h"
#include "t_site.h"
#include "tlog/tlog.h"

enum { SAVES = 4, POINTS_MIN = T_IS_SANITIZED ? 1 : 300 };
static const struct work_entry OPEN = {.part = WORK_KEPT, .task = WORK_TELL, .urgency = 1};

static struct t_site *base; /* one person with consent for care, prepared once */
static struct str card, second_card;
static struct str id_text;
static char folder[520];

/* One line a step that the gate acknowledged. */
static void acknowledge(int acks, const char *what)
{
    if (write(acks, what, strlen(what)) != (ssize_t)strlen(what) || write(acks, "\n", 1) != 1) _exit(90);
}

static int work(int acks, void *with)
{
    struct t_site *t = with;
    struct rec_view *view = NULL;
    struct rec_erasure erasure;
    struct site_rotation rotation;
    struct salve_err err = {0};
    struct rec_ask ask = {.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = card};
    struct consent_grant grant = t_grant(PURPOSE_FOLLOW_UP);
    struct tape patient = t_read(t->mem, "{\"resourceType\":\"Patient\",\"birthDate\":\"1980-01-01\"}");
    struct rec_enrolled third;
    if (site_open(&t->options, &t->site, &err) != SALVE_OK) return 91;
    if (rec_open(t->site, &ask, &view, &err) != SALVE_OK) return 92;
    worklist_set(view, WORK_KEPT, &OPEN, 1); /* with the first save */
    for (int i = 0; i < SAVES; i++) {
        struct str id;
        char line[128], kilograms[16];
        (void)snprintf(kilograms, sizeof kilograms, "%d", 60 + i);
        if (rec_new_id(view, t->mem, &id, &err) != SALVE_OK) return 93;
        struct tape weight = t_weight(t, view, id, kilograms);
        struct rec_item item = {.tape = &weight};
        if (rec_save(view, &item, 1, NULL, t->mem, &err) != SALVE_OK) return 94;
        (void)snprintf(line, sizeof line, "saved %.*s", STR_ARGS(id));
        acknowledge(acks, line);
    }
    if (rec_close(&view, &err) != SALVE_OK) return 95;
    if (rec_consent_give(t->site, T_REGISTRAR, card, &grant, t->mem, NULL, &err) != SALVE_OK) return 96;
    acknowledge(acks, "follow-up given");
    if (rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &third, &err) != SALVE_OK) return 97;
    char line[128];
    (void)snprintf(line, sizeof line, "enrolled %.*s", STR_ARGS(third.card));
    acknowledge(acks, line);
    if (rec_consent_withdraw(t->site, T_PERSON, card, PURPOSE_FOLLOW_UP, t->mem, NULL, &err) != SALVE_OK) return 98;
    acknowledge(acks, "follow-up withdrawn");
    if (rec_erase(t->site, T_BESIDE, second_card, t->mem, &erasure, &err) != SALVE_OK) return 99;
    acknowledge(acks, "erased");
    if (site_rotate(t->site, T_TECHNICIAN, &rotation, &err) != SALVE_OK) return 100;
    acknowledge(acks, "rotated");
    if (site_close(&t->site, &err) != SALVE_OK) return 101;
    acknowledge(acks, "closed");
    return 0;
}

/* --- checking --------------------------------------------------------------------------------------------------- */

static bool has(const struct t_kill *job, const char *what)
{
    size_t len = strlen(what);
    for (size_t at = 0; at + len < job->acks_len; at++)
        if ((at == 0 || job->acks[at - 1] == '\n') && memcmp(job->acks + at, what, len) == 0) return true;
    return false;
}

static struct str word_after(const struct t_kill *job, const char *what)
{
    size_t len = strlen(what);
    for (size_t at = 0; at + len < job->acks_len; at++)
        if ((at == 0 || job->acks[at - 1] == '\n') && memcmp(job->acks + at, what, len) == 0) {
            const char *end = memchr(job->acks + at + len, '\n', job->acks_len - at - len);
            return str_make(job->acks + at + len, (size_t)(end - job->acks) - at - len);
        }
    return STR_NONE;
}

/* Open work came with the first save and not without it, and its ticket leads to the person. */
static bool work_is_there(struct t_site *t, const struct t_kill *job, bool is_saved)
{
    struct salve_err err = {0};
    struct work *list = NULL;
    struct rec_view *view = NULL;
    size_t count = 0;
    t_kill_want(t_worklist(t->site, T_CLINICIAN, t->mem, &list, &count, &err) == SALVE_OK);
    t_kill_want(count == (is_saved ? 1 : 0));
    if (!is_saved) return true;
    t_kill_want(list[0].entry_count == 1 && list[0].entries[0].task == WORK_TELL);
    struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = PURPOSE_CARE, .who = list[0].ticket};
    t_kill_want(rec_open(t->site, &ask, &view, &err) == SALVE_OK);
    t_kill_want(rec_close(&view, &err) == SALVE_OK);
    return true;
}

static bool saves_are_whole(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct rec_view *view = NULL;
    const struct rec_resource *all = NULL;
    size_t count = 0, weights = 0, acknowledged = 0;
    struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = PURPOSE_CARE, .who = card};
    t_kill_want(rec_open(t->site, &ask, &view, &err) == SALVE_OK);
    t_kill_want(rec_all(view, 0, &all, &count, &err) == SALVE_OK);
    for (size_t i = 0; i < count; i++) {
        char line[128];
        if (!str_is(all[i].type, "Observation")) continue;
        t_kill_want(str_eq(tape_text(&all[i].tape, tape_get(&all[i].tape, 0, "valueQuantity.value")),
                           arena_printf(t->mem, "%d", 60 + (int)weights)));
        (void)snprintf(line, sizeof line, "saved %.*s", STR_ARGS(all[i].id));
        weights++;
        acknowledged += has(job, line);
    }
    size_t told = 0;
    for (size_t at = 0; at + 6 < job->acks_len; at++) told += memcmp(job->acks + at, "saved ", 6) == 0;
    t_kill_want(acknowledged == told);
    t_kill_want(weights == told || weights == told + 1);
    t_kill_want(rec_close(&view, &err) == SALVE_OK);
    return work_is_there(t, job, weights > 0);
}

static bool choices_stand(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = PURPOSE_FOLLOW_UP, .who = id_text};
    enum salve_code code = rec_open(t->site, &ask, &view, &err);
    t_kill_want(code == SALVE_OK || code == SALVE_E_CONSENT);
    if (has(job, "follow-up given") && !has(job, "enrolled")) t_kill_want(code == SALVE_OK);
    if (has(job, "follow-up withdrawn")) t_kill_want(code == SALVE_E_CONSENT);
    t_kill_want(rec_close(&view, &err) == SALVE_OK);
    ask = (struct rec_ask){.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = second_card};
    code = rec_open(t->site, &ask, &view, &err);
    t_kill_want(code == SALVE_OK || code == SALVE_E_NOT_FOUND);
    if (has(job, "erased")) t_kill_want(code == SALVE_E_NOT_FOUND);
    if (!has(job, "follow-up withdrawn")) t_kill_want(code == SALVE_OK);
    t_kill_want(rec_close(&view, &err) == SALVE_OK);
    struct str third = word_after(job, "enrolled ");
    if (third.ptr != NULL) {
        ask.who = third;
        t_kill_want(rec_open(t->site, &ask, &view, &err) == SALVE_OK);
        t_kill_want(rec_close(&view, &err) == SALVE_OK);
    }
    return true;
}

/* Every head that was published before is a prefix of the log now (site_open proves it for the newest one), every look
 * is proved, and verify has nothing to say. */
static bool log_goes_on(struct t_site *t, const struct t_kill *job, const struct tlog_checkpoint *before)
{
    struct salve_err err = {0};
    struct rec_view *view = NULL;
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0;
    struct site_facts facts;
    struct site_verify_result result;
    struct site_verify_ask verify = {.actor = T_TECHNICIAN};
    struct rec_ask ask = {.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = card};
    t_kill_want(rec_open(t->site, &ask, &view, &err) == SALVE_OK);
    t_kill_want(rec_looked(view, t->mem, &looks, &count, &missing, &err) == SALVE_OK);
    t_kill_want(missing == 0 && count > 0);
    t_kill_want(rec_close(&view, &err) == SALVE_OK);
    t_kill_want(site_facts(t->site, t->mem, &facts, &err) == SALVE_OK);
    t_kill_want(facts.log_size >= before->size);
    t_kill_want(site_verify(t->site, &verify, &result, &err) == SALVE_OK);
    return true;
}

static bool check_after(struct t_site *t, const struct t_kill *job, const struct tlog_checkpoint *before)
{
    struct salve_err err = {0};
    struct arena_mark mark = arena_mark(t->mem);
    t_kill_want(job->killed || job->status == 0);
    t_kill_want(site_open(&t->options, &t->site, &err) == SALVE_OK);
    bool good = saves_are_whole(t, job) && choices_stand(t, job) && log_goes_on(t, job, before);
    if (!good) {
        (void)!site_close(&t->site, NULL);
        return false;
    }
    t_kill_want(site_close(&t->site, &err) == SALVE_OK);
    arena_rewind(t->mem, mark);
    return true;
}

/* --- running ---------------------------------------------------------------------------------------------------- */

static void prepare(void)
{
    base = t_site_make("kill", false);
    struct rec_enrolled first = t_enrol(base, "Haddad", "1980-01-01"), second = t_enrol(base, "Okafor", "1980-01-01");
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(first.compartment, id);
    id_text = arena_printf(base->mem, "%s", id);
    card = first.card;
    second_card = second.card;
    t_give(base, card, PURPOSE_CARE);
    t_give(base, second_card, PURPOSE_CARE);
    t_site_close(base);
    (void)snprintf(folder, sizeof folder, "%s-run", base->folder);
}

static struct tlog_checkpoint published(struct arena *mem)
{
    struct tlog_checkpoint head;
    struct str note;
    t_must(file_read(arena_printf(mem, "%s/checkpoint", base->folder).ptr, 1 << 16, mem, &note, &err));
    t_must(tlog_checkpoint_parse(note, &head, &err));
    return head;
}

static int run_one(struct t_kill *job, uint64_t nth)
{
    struct t_site run;
    int code = t_kill_copy(base, folder, work, nth, job, &run);
    if (code == 0) {
        struct tlog_checkpoint before = published(run.mem);
        if (check_after(&run, job, &before)) t_pass();
    }
    arena_close(run.mem);
    return code;
}

int main(void)
{
    static struct t_kill job;
    time_t end = time(NULL) + (t_is_all() ? 3600 : 12);
    prepare();
    if (run_one(&job, 0) != 0) {
        t_skipped(1);
        t_site_drop(base);
        return t_end();
    }
    uint64_t calls = job.calls, tried = 0, step = t_is_all() ? 1 : 7;
    /* every step-th point first, then the ones between, until they are enough and the time is up */
    for (uint64_t from = 1; from <= step; from++)
        for (uint64_t nth = from; nth <= calls && (tried < POINTS_MIN || time(NULL) < end); nth += step, tried++)
            run_one(&job, nth);
    printf("%llu of %llu points\n", (unsigned long long)tried, (unsigned long long)calls);
    t_remove(folder);
    t_site_drop(base);
    return t_end();
}
