/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 at any moment of a reminder. A child lists one that is due, opens it, notes that nobody answered and then that
 * the person was reached; another one takes the agreement back. Each is killed just before its n-th system call that
 * changes a file. Then the site is opened again: what was acknowledged is there, row, entry and ticket come and go
 * together, who was reached or took it back is called no more, and verify finds nothing.
 *
 * Every n with ALL=1; else every fifth, and in the sanitizer build every thirteenth. */
#include "keys/keys.h"
#include "records/reminder.h"
#include "records/tx_int.h"
#include "records/worklist.h"
#include "store/store.h"
#include "t_kill_site.h"
#include "t_site.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define DUE_AT (T_SITE_NOW + 365 * DAY_MS)
static struct t_site *base;
static struct str card;
static char folder[520];

/* The ticket of the one reminder; empty: none is listed. */
static enum salve_code ticket_of(struct t_site *t, struct str *ticket, struct salve_err *err)
{
    struct work *list = NULL;
    size_t count = 0;
    *ticket = STR("");
    enum salve_code code = t_worklist(t->site, T_REGISTRAR, t->mem, &list, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++)
        if (list[i].entry_count == 1 && list[i].entries[0].task == WORK_REMIND) *ticket = list[i].ticket;
    return code;
}

/* l: it was listed; o: opened; r: reached. */
static int a_call(int acks, void *with)
{
    struct salve_err err = {0};
    struct t_site *t = with;
    struct rec_view *view = NULL;
    struct str ticket;
    if (site_open(&t->options, &t->site, &err) != SALVE_OK) return 91;
    if (ticket_of(t, &ticket, &err) != SALVE_OK || ticket.len == 0) return 92;
    t_kill_ack(acks, 'l');
    struct rec_ask ask = {.actor = T_REGISTRAR, .purpose = PURPOSE_FOLLOW_UP, .who = ticket, .is_reminder = true};
    if (rec_open(t->site, &ask, &view, &err) != SALVE_OK) return 93;
    t_kill_ack(acks, 'o');
    if (reminder_note(view, REMINDER_REACHED, &err) != SALVE_OK) return 94;
    t_kill_ack(acks, 'r');
    if (rec_close(&view, &err) != SALVE_OK || site_close(&t->site, &err) != SALVE_OK) return 97;
    return 0;
}

/* w: taken back. */
static int taking_back(int acks, void *with)
{
    struct salve_err err = {0};
    struct t_site *t = with;
    if (site_open(&t->options, &t->site, &err) != SALVE_OK) return 91;
    if (rec_consent_withdraw(t->site, T_PERSON, card, PURPOSE_FOLLOW_UP, t->mem, NULL, &err) != SALVE_OK) return 92;
    t_kill_ack(acks, 'w');
    return site_close(&t->site, &err) == SALVE_OK ? 0 : 97;
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

static bool stands(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct str ticket;
    struct rec_view *view = NULL;
    struct site_verify_result result;
    struct site_verify_ask verify = {.actor = T_TECHNICIAN};
    t_kill_want(ticket_of(t, &ticket, &err) == SALVE_OK);
    bool is_listed = ticket.len > 0, is_over = t_kill_has(job, 'r') || t_kill_has(job, 'w');
    t_kill_want(t_kill_rows(t, "remind/") == (is_listed ? 1 : 0) &&
                t_kill_rows(t, "work/") == t_kill_rows(t, "remind/"));
    t_kill_want(t_kill_rows(t, "ticket/") == t_kill_rows(t, "work/"));
    if (is_over) t_kill_want(!is_listed);
    if (t_kill_has(job, 'l') && !t_kill_has(job, 'o')) t_kill_want(is_listed);
    struct rec_ask ask = {.actor = T_REGISTRAR, .purpose = PURPOSE_FOLLOW_UP, .who = ticket, .is_reminder = true};
    if (is_listed) t_kill_want(rec_open(t->site, &ask, &view, &err) == SALVE_OK);
    if (is_listed) t_kill_want(rec_close(&view, &err) == SALVE_OK);
    t_kill_want(site_verify(t->site, &verify, &result, &err) == SALVE_OK && result.findings == 0);
    return true;
}

int main(void)
{
    base = t_site_make("kill-reminder", false);
    card = t_enrol(base, "Haddad", "1980-01-01").card;
    t_give(base, card, PURPOSE_CARE);
    struct consent_grant grant = t_grant(PURPOSE_FOLLOW_UP);
    grant.form.minor = 1;
    grant.remind_on = STR("2027-11-23");
    t_must(rec_consent_give(base->site, T_REGISTRAR, card, &grant, base->mem, NULL, &err));
    t_site_at(base, DUE_AT); /* the clock is confirmed, and the keys are renewed */
    t_site_close(base);
    (void)snprintf(folder, sizeof folder, "%s-run", base->folder);
    struct t_kill_case kill = {
        .base = base, .folder = folder, .work = a_call, .stands = stands, .step = 5, .sanitized_step = 13};
    t_kill_each(&kill);
    kill.work = taking_back;
    t_kill_each(&kill);
    t_remove(folder);
    t_site_drop(base);
    return t_end();
}
