/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 at any moment of what a person lets out and takes back. A child lets an app in, fetches its tokens, renews
 * them, makes a health link, ends the link and the app; another one guesses at a link until it ends, and ends the app's
 * registration. Each is killed just before its n-th system call that changes a file. Then the site is opened again:
 * what was acknowledged is there, what was ended opens nothing, what is shown as on opens and nothing else does, and
 * verify finds nothing.
 *
 * Every n with ALL=1; else every ninth, and in the sanitizer build every nineteenth. */
#include "records/share.h"
#include "records/site_int.h"
#include "records/tx_int.h"
#include "store/store.h"
#include "t_app.h"
#include "t_kill_site.h"

#define PASSCODE STR("7QK4-M2ZP")
enum { LINK_BYTES = 43 };

static struct t_site *base;
static struct str card;
static char folder[520];

static const struct share_by right = {.recipient = {"Dr. Okafor", 10}, .passcode = {"7QK4-M2ZP", 9}};
static const struct share_by wrong = {.recipient = {"Dr. Okafor", 10}, .passcode = {"0000-0000", 9}};

/* A letter, and what the parent has to know of it. */
static void tell(int acks, char what, struct str text)
{
    t_kill_ack(acks, what);
    if (write(acks, text.ptr, text.len) != (ssize_t)text.len) _exit(90);
}

static enum salve_code begin(struct t_site *t, struct salve_err *err)
{
    struct site_names names = {.rp_id = STR("localhost"), .origins = {STR(T_APP_BASE)}, .origin_count = 1};
    enum salve_code code = site_open(&t->options, &t->site, err);
    return code == SALVE_OK ? site_names_use(t->site, &names, err) : code;
}

static enum salve_code refresh(struct t_site *t, struct str token, struct app_tokens *out, struct salve_err *err)
{
    const struct app_token_ask ask = {.client = STR("heart"), .refresh = token};
    return app_token(t->site, &ask, t->mem, out, err);
}

static enum salve_code own(struct t_site *t, struct rec_view **view, struct salve_err *err)
{
    const struct rec_ask ask = {.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = card};
    return rec_open(t->site, &ask, view, err);
}

/* a: it was let in; t, r: a refresh token, and the next one; m: a link; x: it was ended; e: the app was ended. */
static int a_life(int acks, void *with)
{
    struct salve_err err = {0};
    struct t_site *t = with;
    struct str code;
    struct app_tokens tokens;
    struct share_made made;
    struct rec_view *view = NULL;
    const struct share_ask share = {.copy = STR("header..iv.text.tag"), .passcode = PASSCODE};
    const struct app_allow asked = t_app_asked(t, T_APP_PLAIN, 30);
    if (begin(t, &err) != SALVE_OK) return 91;
    if (app_allow(t->site, T_PERSON, card, &asked, t->mem, &code, &err) != SALVE_OK) return 92;
    t_kill_ack(acks, 'a');
    const struct app_token_ask ask = t_app_by_code(code);
    if (app_token(t->site, &ask, t->mem, &tokens, &err) != SALVE_OK) return 93;
    tell(acks, 't', tokens.refresh);
    if (refresh(t, tokens.refresh, &tokens, &err) != SALVE_OK) return 94;
    tell(acks, 'r', tokens.refresh);
    if (own(t, &view, &err) != SALVE_OK || share_make(view, &share, t->mem, &made, &err) != SALVE_OK) return 95;
    tell(acks, 'm', made.token);
    if (share_end(view, made.number, &err) != SALVE_OK) return 96;
    t_kill_ack(acks, 'x');
    if (rec_close(&view, &err) != SALVE_OK) return 97;
    if (app_end(t->site, T_PERSON, card, STR("heart"), &err) != SALVE_OK) return 98;
    t_kill_ack(acks, 'e');
    return site_close(&t->site, &err) == SALVE_OK ? 0 : 99;
}

/* What the other child finds there. */
static struct app_tokens given;
static struct share_made link_made;

/* w: a passcode was wrong; x: the last one; e: the app is registered no more. */
static int endings(int acks, void *with)
{
    struct salve_err err = {0};
    struct t_site *t = with;
    struct share_opened opened;
    tell(acks, 'r', given.refresh);
    tell(acks, 'm', link_made.token);
    if (begin(t, &err) != SALVE_OK) return 91;
    for (int i = 0; i < SHARE_TRIES_MAX; i++) {
        if (share_open(t->site, link_made.token, &wrong, t->mem, &opened, &err) != SALVE_OK) return 92;
        t_kill_ack(acks, 'w');
    }
    t_kill_ack(acks, 'x');
    if (app_register(t->site, T_MANAGER, t_app_json(t, "heart", ",\"ended\":true"), &err) != SALVE_OK) return 93;
    t_kill_ack(acks, 'e');
    return site_close(&t->site, &err) == SALVE_OK ? 0 : 99;
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

/* What the child told: the newest token of each kind, and which letters. */
struct told {
    struct str first, next, link;
    bool is_let_in, is_link_over, is_app_over;
    unsigned guesses;
};

static struct told read_told(const struct t_kill *job)
{
    struct told told = {.guesses = 0};
    for (size_t at = 0; at < job->acks_len;) {
        char what = job->acks[at++];
        size_t len = what == 't' || what == 'r' ? APP_REFRESH_BYTES : what == 'm' ? LINK_BYTES : 0;
        struct str text = str_make(job->acks + at, len);
        at += len;
        if (what == 't') told.first = text;
        if (what == 'r') told.next = text;
        if (what == 'm') told.link = text;
        told.is_let_in |= what == 'a' || what == 'r';
        told.is_link_over |= what == 'x';
        told.is_app_over |= what == 'e';
        told.guesses += what == 'w';
    }
    return told;
}

static bool app_is_right(struct t_site *t, const struct t_kill *job, const struct told *told)
{
    struct salve_err err = {0};
    struct app_tokens next;
    size_t on = t_app_standing(t, card);
    t_kill_want(t_kill_rows(t, "app/") == t_kill_rows(t, "apps/"));
    if (told->is_let_in && !told->is_app_over && told->next.len == 0) t_kill_want(on == 1);
    if (told->is_app_over) t_kill_want(on == 0);
    struct str token = told->next.len > 0 ? told->next : told->first;
    if (token.len == 0) return true;
    enum salve_code code = refresh(t, token, &next, &err);
    if (on == 0) t_kill_want(code == SALVE_E_INVALID);
    if (on == 1 && told->next.len > 0) t_kill_want(code == SALVE_OK); /* else the next one may be on its way */
    t_kill_want(code == SALVE_OK || code == SALVE_E_INVALID);
    return true;
}

static bool link_is_right(struct t_site *t, const struct t_kill *job, const struct told *told)
{
    struct salve_err err = {0};
    struct rec_view *view = NULL;
    struct share *list = NULL;
    struct share_opened opened;
    size_t count = 0;
    t_kill_want(own(t, &view, &err) == SALVE_OK && share_list(view, t->mem, &list, &count, &err) == SALVE_OK);
    t_kill_want(rec_close(&view, &err) == SALVE_OK);
    t_kill_want(t_kill_rows(t, "share/") == t_kill_rows(t, "share-copy/"));
    if (count == 1) t_kill_want(list[0].tries_left <= SHARE_TRIES_MAX - told->guesses);
    if (told->is_link_over) t_kill_want(count == 0);
    if (told->link.len == 0) return true;
    enum salve_code code = share_open(t->site, told->link, &right, t->mem, &opened, &err);
    t_kill_want(code == (count == 1 ? SALVE_OK : SALVE_E_NOT_FOUND));
    return true;
}

static bool stands(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct site_verify_result result;
    const struct site_verify_ask verify = {.actor = T_TECHNICIAN};
    const struct told told = read_told(job);
    if (!app_is_right(t, job, &told) || !link_is_right(t, job, &told)) return false;
    t_kill_want(site_verify(t->site, &verify, &result, &err) == SALVE_OK && result.findings == 0);
    return true;
}

static void let_in_before(void)
{
    struct rec_view *view;
    const struct share_ask share = {.copy = STR("header..iv.text.tag"), .passcode = PASSCODE};
    t_site_open(base);
    t_app_names(base);
    given = t_app_let_in(base, card, 30);
    view = t_open(base, T_PERSON, PURPOSE_SELF, card);
    t_must(share_make(view, &share, base->mem, &link_made, &err));
    t_close_view(&view);
    t_site_close(base);
}

int main(void)
{
    base = t_site_make("kill-let-in", false);
    t_app_names(base);
    t_must(app_register(base->site, T_MANAGER, t_app_json(base, "heart", ""), &err));
    card = t_enrol(base, "Haddad", "1980-01-01").card;
    t_site_close(base);
    (void)snprintf(folder, sizeof folder, "%s-run", base->folder);
    struct t_kill_case kill = {.base = base,
                               .folder = folder,
                               .work = a_life,
                               .begin = begin,
                               .stands = stands,
                               .step = 9,
                               .sanitized_step = 19};
    t_kill_each(&kill);
    let_in_before();
    kill.work = endings;
    t_kill_each(&kill);
    t_remove(folder);
    t_site_drop(base);
    return t_end();
}
