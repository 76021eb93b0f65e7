/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 at any moment of a referral. A child refers somebody by what was signed, makes the code of the slip, the place
 * answers with it, an assistant notes the appointment, and the outcome ends it. Each is killed just before its n-th
 * system call that changes a file. Then the site is opened again: what was acknowledged is there, the work list has the
 * referral exactly while it goes on, and verify finds nothing.
 *
 * Every n with ALL=1; else every third, and in the sanitizer build every eleventh. */
#include "t_kill_site.h"
#include "t_referral.h"

static struct world base;
static char folder[520];

/* One state of the referral, in a look of its own. */
static bool say(struct world *w, struct actor actor, struct str *id, const char *status)
{
    struct salve_err err = {0};
    struct rec_view *view = NULL;
    struct said said = AS_IT_IS;
    struct rec_ask ask = {.actor = actor, .purpose = PURPOSE_CARE, .who = w->person.card};
    said.status = status;
    said.owner = arena_printf(w->t->mem, "%.*s", STR_ARGS(actor.id)).ptr;
    if (rec_open(w->t->site, &ask, &view, &err) != SALVE_OK) return false;
    bool has_id = id->len > 0 || rec_new_id(view, w->t->mem, id, &err) == SALVE_OK;
    struct tape tape = task_of(w, view, *id, &said);
    bool is_saved = has_id && save(w, view, &tape) == SALVE_OK;
    return rec_close(&view, &err) == SALVE_OK && is_saved;
}

/* r: referred; k: the slip has a code; a: the place answered; m: an appointment; o: it is known what became of it. */
static int a_referral(int acks, void *with)
{
    struct salve_err err = {0};
    struct t_site *t = with;
    struct world w = base;
    struct str id = STR(""), code = STR("");
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = PURPOSE_CARE, .who = w.person.card};
    w.t = t;
    if (site_open(&t->options, &t->site, &err) != SALVE_OK) return 91;
    if (!say(&w, T_CLINICIAN, &id, "requested")) return 92;
    t_kill_ack(acks, 'r');
    if (rec_open(t->site, &ask, &view, &err) != SALVE_OK) return 93;
    if (referral_code(view, id, t->mem, &code, &err) != SALVE_OK || rec_close(&view, &err) != SALVE_OK) return 94;
    t_kill_ack(acks, 'k');
    if (referral_answer(t->site, code, REFERRAL_SAID_SEEN, &err) != SALVE_OK) return 95;
    t_kill_ack(acks, 'a');
    if (!say(&w, T_CLINICIAN, &id, "accepted")) return 96;
    t_kill_ack(acks, 'm');
    if (!say(&w, T_CLINICIAN, &id, "completed")) return 97;
    t_kill_ack(acks, 'o');
    return site_close(&t->site, &err) == SALVE_OK ? 0 : 98;
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

/* The state that the record has; empty: nobody was referred. */
static enum salve_code state_of(struct t_site *t, struct str *status, size_t *answers, struct salve_err *err)
{
    struct rec_view *view = NULL;
    const struct rec_resource *all = NULL;
    struct referral_answer *said = NULL;
    size_t count = 0;
    struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = PURPOSE_CARE, .who = base.person.card};
    *status = STR("");
    enum salve_code code = rec_open(t->site, &ask, &view, err);
    if (code == SALVE_OK) code = rec_all(view, 0, &all, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++)
        if (str_is(all[i].type, "Task"))
            code = arena_str(t->mem, tape_child_text(&all[i].tape, tape_root(&all[i].tape), "status"), status, err);
    if (code == SALVE_OK) code = referral_answers(view, t->mem, &said, answers, err);
    enum salve_code closed = rec_close(&view, code == SALVE_OK ? err : NULL);
    return code == SALVE_OK ? closed : code;
}

static bool is_listed(const struct work *work, size_t count, enum work_task task)
{
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; e < work[i].entry_count; e++)
            if (work[i].entries[e].task == task) return true;
    return false;
}

static bool stands(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct site_verify_result result;
    struct site_verify_ask verify = {.actor = T_TECHNICIAN};
    struct work *work = NULL;
    struct str status;
    size_t count = 0, answers = 0;
    t_kill_want(state_of(t, &status, &answers, &err) == SALVE_OK);
    t_kill_want(t_worklist(t->site, T_CLINICIAN, t->mem, &work, &count, &err) == SALVE_OK);
    bool is_over = str_is(status, "completed"), goes_on = status.len > 0 && !is_over;
    if (t_kill_has(job, 'r')) t_kill_want(status.len > 0);
    if (t_kill_has(job, 'm')) t_kill_want(str_is(status, "accepted") || is_over);
    if (t_kill_has(job, 'o')) t_kill_want(is_over);
    t_kill_want((is_listed(work, count, WORK_REFER) || is_listed(work, count, WORK_FOLLOW)) == goes_on);
    if (t_kill_has(job, 'a') && !t_kill_has(job, 'm') && str_is(status, "requested"))
        t_kill_want(answers == 1 && is_listed(work, count, WORK_REPLY));
    if (!t_kill_has(job, 'k')) t_kill_want(answers == 0);
    if (is_over) t_kill_want(answers == 0 && !is_listed(work, count, WORK_REPLY));
    t_kill_want(site_verify(t->site, &verify, &result, &err) == SALVE_OK && result.findings == 0);
    return true;
}

int main(void)
{
    base = world_make("kill-referral", true);
    t_site_close(base.t);
    (void)snprintf(folder, sizeof folder, "%s-run", base.t->folder);
    const struct t_kill_case kill = {
        .base = base.t, .folder = folder, .work = a_referral, .stands = stands, .step = 3, .sanitized_step = 11};
    t_kill_each(&kill);
    t_remove(folder);
    t_site_drop(base.t);
    return t_end();
}
