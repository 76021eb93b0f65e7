/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests carried out beside the site. What comes here is of the right form; whether it may be is the near call's to
 * say, but for what a struct site of this process takes on trust from its callers: who has a view, who began a file,
 * and that a pass is the token of a session. */
#include <time.h>

#include "crypto/crypto.h"
#include "door/serve_int.h"

enum { IDS_PER_VIEW = 65536, ARENA_BYTES = 512 << 20 };

/* --- views -------------------------------------------------------------------------------------------------------- */

static enum salve_code no_view(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_CONSENT, "it was closed, or ended with who opened it", "view");
}

struct door_open *door_view_find(struct door_server *server, const struct door_conn *conn,
                                 const struct door_handle *handle)
{
    struct door_open *found = NULL;
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++) {
        struct door_open *open = &server->open[i];
        if (open->view == NULL || open->owner != conn->owner || open->left_until_ms != 0 || open->is_busy) continue;
        if (crypto_equal(open->handle.bytes, handle->bytes, sizeof handle->bytes)) found = open;
    }
    return found;
}

enum salve_code door_view_end(struct door_server *server, struct door_open *open, struct salve_err *err)
{
    enum salve_code code = rec_close(&open->view, err);
    crypto_zero(open, sizeof *open);
    server->figures.views--;
    return code;
}

static bool is_last_of_owner(const struct door_server *server, const struct door_conn *but)
{
    for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++) {
        const struct door_conn *conn = &server->conns[i];
        if (conn != but && conn->fd >= 0 && conn->owner == but->owner) return false;
    }
    return true;
}

/* Of a clock that goes on while the machine sleeps. */
static uint64_t boot_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* A web that ends as it should closes what it has open: what is open still was lost with it. A command says of what it
 * leaves that it is for web. */
static bool waits(const struct door_open *open)
{
    if ((!open->is_of_web && !open->is_handed_on) || rec_view_kept(open->view).len == 0) return false;
    enum salve_code code = rec_view_stands(open->view, NULL);
    return code == SALVE_OK || code == SALVE_E_LOCKED;
}

void door_views_end(struct door_server *server, const struct door_conn *conn)
{
    if (!is_last_of_owner(server, conn)) return;
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++) {
        struct door_open *open = &server->open[i];
        if (open->view == NULL || open->owner != conn->owner || open->left_until_ms != 0) continue;
        if (waits(open))
            open->left_until_ms = boot_ms() + server->left_ms;
        else
            (void)!door_view_end(server, open, NULL);
    }
}

void door_views_lapse(struct door_server *server)
{
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++) {
        struct door_open *open = &server->open[i];
        if (open->view == NULL || open->left_until_ms == 0) continue;
        if (boot_ms() >= open->left_until_ms || !waits(open)) (void)!door_view_end(server, open, NULL);
    }
}

void door_views_close(struct door_server *server)
{
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++)
        if (server->open[i].view != NULL) (void)!door_view_end(server, &server->open[i], NULL);
}

static void facts_of(const struct rec_view *view, struct door_facts *facts)
{
    facts->id = rec_compartment(view);
    facts->classes = rec_classes(view);
    facts->opened_at_unix_ms = rec_opened_at_unix_ms(view);
    facts->day_end_unix_ms = worklist_day_end_unix_ms(view);
    facts->proofs_from_unix_ms = rec_proofs_from_unix_ms(view);
    facts->until_unix_ms = rec_view_until_unix_ms(view);
    facts->keeps_apart = rec_keeps_apart(view);
}

/* Views that nobody closed although they are over. */
static void sweep(struct door_server *server)
{
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++) {
        struct door_open *open = &server->open[i];
        enum salve_code code = open->view == NULL || open->is_busy ? SALVE_OK : rec_view_stands(open->view, NULL);
        if (code == SALVE_E_CONSENT || code == SALVE_E_ROLE || code == SALVE_E_NOT_FOUND || code == SALVE_E_SESSION)
            (void)!door_view_end(server, open, NULL);
    }
}

static struct door_open *free_place(struct door_server *server)
{
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++)
        if (server->open[i].view == NULL) return &server->open[i];
    return NULL;
}

/* By a handle that nobody had before. */
static void hand_out(struct door_open *open, struct door_handle *handle, struct door_facts *facts)
{
    crypto_random(open->handle.bytes, sizeof open->handle.bytes);
    *handle = open->handle;
    facts_of(open->view, facts);
    facts->first_number = rec_next_number(open->view); /* the far end gives the ids from here on, says how many */
    open->numbers_given = 1;
}

enum salve_code door_view_keep(struct door_call *call, struct rec_view *view, struct door_handle *handle,
                               struct door_facts *facts)
{
    struct door_server *server = call->server;
    if (free_place(server) == NULL) sweep(server);
    struct door_open *open = free_place(server);
    if (open == NULL) {
        (void)!rec_close(&view, NULL);
        return salve_refuse(call->err, SALVE_E_QUOTA, "too many records are open at once", "view");
    }
    *open = (struct door_open){.view = view, .owner = call->conn->owner, .is_of_web = call->conn->kind == DOOR_WEB};
    server->figures.views++;
    hand_out(open, handle, facts);
    return SALVE_OK;
}

/* --- of a site ---------------------------------------------------------------------------------------------------- */

static enum salve_code door_near_state(struct door_call *call, struct door_ask_door_state *ask)
{
    if (ask->print != door_tables_print())
        return salve_refuse(call->err, SALVE_E_UNSUPPORTED, "another version of the program serves this site", "gate");
    ask->settings = *site_settings(call->site);
    ask->is_made_up = site_is_made_up(call->site);
    return SALVE_OK;
}

static enum salve_code door_near_time(struct door_call *call, struct door_ask_door_time *ask)
{
    ask->now_unix_ms = site_now_unix_ms(call->site);
    ask->is_suspect = site_clock_suspect(call->site);
    ask->guessed_codes = site_guessed_codes(call->site);
    return SALVE_OK;
}

static enum salve_code door_near_copy_error(struct door_call *call, struct door_ask_site_keys_copy_error *ask)
{
    const struct salve_err *error = site_keys_copy_error(call->site);
    if (error == NULL) return SALVE_OK;
    ask->error = arena_new(call->mem, struct salve_err);
    if (ask->error == NULL) return salve_fail(call->err, SALVE_E_MEMORY, "gate");
    *ask->error = *error;
    return SALVE_OK;
}

static enum salve_code door_near_files(struct door_call *call, struct door_ask_commons_files *ask)
{
    ask->found = ask->files;
    ask->found_count = ask->files_count;
    return commons_files(call->site, ask->files, ask->files_count, ask->bytes_max, call->mem, call->err);
}

static enum salve_code door_rows_begin(struct door_call *call, struct str first, struct rec_rows_state *out)
{
    if (call->conn->rows != NULL) return salve_fail(call->err, SALVE_E_CONFLICT, "file of many people");
    return rec_rows_begin(call->site, first, out, call->err);
}

enum salve_code door_held(struct door_call *call, enum salve_code code, struct actor *actor)
{
    struct session session;
    struct door_conn *conn = call->conn;
    if (code != SALVE_OK) return code;
    bool is_session = session_actor(call->site, actor->pass, call->mem, &session.actor, NULL) == SALVE_OK;
    if (conn->held_count == DOOR_SESSIONS_HELD) {
        if (is_session) (void)!session_end(call->site, actor->pass, NULL);
        return salve_refuse(call->err, SALVE_E_QUOTA, "too many have logged in over one connection", "session");
    }
    if (!is_session) TRY(session_hold(call->site, *actor, call->mem, &session, call->err)); /* staff_recall gives one */
    memcpy(conn->held[conn->held_count++], session.actor.pass, SESSION_TOKEN_BYTES);
    *actor = session.actor;
    return SALVE_OK;
}

/* --- of a view ---------------------------------------------------------------------------------------------------- */

static enum salve_code door_near_open(struct door_call *call, struct door_ask_rec_open *ask)
{
    struct rec_view *view = NULL;
    TRY(rec_open(call->site, &ask->given, &view, call->err));
    return door_view_keep(call, view, &ask->handle, &ask->facts);
}

static enum salve_code door_near_letter_open(struct door_call *call, struct door_ask_rec_letter_open *ask)
{
    struct rec_view *view = NULL;
    TRY(rec_letter_open(call->site, ask->code, ask->birth_date, &view, call->err));
    return door_view_keep(call, view, &ask->handle, &ask->facts);
}

static enum salve_code door_near_app_open(struct door_call *call, struct door_ask_app_open *ask)
{
    struct rec_view *view = NULL;
    TRY(app_open(call->site, ask->access, call->mem, &ask->seen, &view, call->err));
    return door_view_keep(call, view, &ask->handle, &ask->facts);
}

static enum salve_code door_near_close(struct door_call *call, struct door_ask_rec_close *ask)
{
    struct door_open *open = door_view_find(call->server, call->conn, &ask->handle);
    return open == NULL ? no_view(call->err) : door_view_end(call->server, open, call->err);
}

static enum salve_code door_near_stands(struct door_call *call, struct door_ask_view_stands *ask)
{
    TRY(rec_view_stands(call->view, call->err));
    facts_of(call->view, &ask->facts);
    return SALVE_OK;
}

static enum salve_code door_near_resume(struct door_call *call, struct door_ask_rec_resume *ask)
{
    TRY(rec_view_stands(call->view, call->err));
    rec_resume(call->view);
    facts_of(call->view, &ask->facts);
    return SALVE_OK;
}

static enum salve_code door_near_hand_on(struct door_call *call, struct door_ask_rec_hand_on *ask)
{
    TRY(rec_view_hand_on(call->view, ask->kept, call->err));
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++)
        if (call->server->open[i].view == call->view) call->server->open[i].is_handed_on = true;
    return SALVE_OK;
}

/* Noted before it is handed out; what cannot be is closed. */
static enum salve_code hand_again(struct door_call *call, struct door_open *open, struct door_ask_rec_again *ask)
{
    enum salve_code code = arena_str(call->mem, rec_view_kept(open->view), &ask->kept, call->err);
    if (code == SALVE_OK) code = rec_view_hand_again(open->view, call->err);
    if (code != SALVE_OK) {
        (void)!door_view_end(call->server, open, NULL);
        return code;
    }
    open->left_until_ms = 0;
    open->owner = call->conn->owner;
    hand_out(open, &ask->handle, &ask->facts);
    ask->is_there = true;
    return SALVE_OK;
}

static enum salve_code door_near_again(struct door_call *call, struct door_ask_rec_again *ask)
{
    struct rec_view *none = NULL;
    TRY(rec_again(call->site, ask->actor, call->mem, &none, &ask->kept, call->err)); /* is it a session? */
    door_views_lapse(call->server);
    for (size_t i = 0; i < DOOR_VIEWS_MAX && call->conn->kind == DOOR_WEB; i++) {
        struct door_open *open = &call->server->open[i];
        if (open->view == NULL || (open->left_until_ms == 0 && open->owner == call->conn->owner) || !waits(open))
            continue;
        if (rec_view_is_of(open->view, ask->actor.pass)) return hand_again(call, open, ask);
    }
    return SALVE_OK;
}

static enum salve_code door_near_all(struct door_call *call, struct door_ask_rec_all *ask)
{
    const struct rec_resource *all = NULL;
    size_t count = 0, n = 0;
    TRY(rec_all(call->view, ask->classes | ask->known, &all, &count, call->err));
    ask->fresh = arena_array(call->mem, struct door_placed, count + 1);
    if (ask->fresh == NULL) return salve_fail(call->err, SALVE_E_MEMORY, "view");
    for (size_t i = 0; i < count; i++) {
        bool is_known = (ask->known & CLASS_BIT(all[i].class)) != 0;
        if (is_known && all[i].record_seq <= ask->since[all[i].class]) continue;
        ask->fresh[n++] = (struct door_placed){.at = i, .resource = all[i]};
    }
    ask->whole = count;
    ask->fresh_count = n;
    return SALVE_OK;
}

static enum salve_code door_near_read(struct door_call *call, struct door_ask_rec_read *ask)
{
    const struct rec_resource *one = NULL;
    TRY(rec_read(call->view, ask->id, &one, call->err));
    ask->one = *one;
    return SALVE_OK;
}

static enum salve_code door_near_history(struct door_call *call, struct door_ask_rec_history *ask)
{
    const struct rec_resource **versions = NULL;
    size_t count = 0;
    TRY(rec_history(call->view, ask->id, call->mem, &versions, &count, call->err));
    ask->versions = arena_array(call->mem, struct rec_resource, count + 1);
    if (ask->versions == NULL) return salve_fail(call->err, SALVE_E_MEMORY, "history");
    for (size_t i = 0; i < count; i++) ask->versions[i] = *versions[i];
    ask->versions_count = count;
    return SALVE_OK;
}

static enum salve_code door_near_take(struct door_call *call, struct door_ask_rec_take *ask)
{
    const struct rec_resource *all = NULL;
    TRY(rec_take(call->view, call->mem, &all, &ask->all_count, call->err));
    ask->all = (struct rec_resource *)(uintptr_t)all;
    return SALVE_OK;
}

/* The far end gave ids by itself, up to as many as a view has. */
static void catch_up(struct door_open *open, uint64_t ids_given)
{
    uint64_t most = ids_given > IDS_PER_VIEW ? IDS_PER_VIEW + 1u : ids_given;
    for (; open->numbers_given < most; open->numbers_given++) (void)rec_next_number(open->view);
}

/* What goes along with a save: the ids, and the open work, which waits in the view. */
static enum salve_code prepare(struct door_call *call, const struct door_saving *saving, struct rec_view **view,
                               struct salve_err *err)
{
    struct work_entry entries[WORK_ENTRIES_MAX];
    struct door_open *open = door_view_find(call->server, call->conn, &saving->handle);
    if (open == NULL) return no_view(err);
    catch_up(open, saving->ids_given);
    for (int part = 0; part < WORK_PARTS; part++) {
        size_t n = 0;
        for (size_t i = 0; i < saving->entries_count; i++)
            if (saving->entries[i].part == (enum work_part)part) entries[n++] = saving->entries[i];
        if ((saving->parts_meant >> part & 1) != 0) worklist_set(open->view, (enum work_part)part, entries, n);
    }
    *view = open->view;
    return SALVE_OK;
}

static bool has_tapes(const struct door_saving *saving)
{
    for (size_t i = 0; i < saving->items_count; i++)
        if (saving->items[i].tape == NULL || saving->items[i].tape->node_count == 0) return false;
    return true;
}

enum salve_code door_saving_view(struct door_call *call, const struct door_saving *saving, struct rec_view **view,
                                 struct salve_err *err)
{
    return has_tapes(saving) ? prepare(call, saving, view, err) : salve_fail(err, SALVE_E_INVALID, "batch");
}

void door_saved(struct door_server *server)
{
    if (server->page != NULL) atomic_fetch_add_explicit(&server->page->saves, 1, memory_order_release);
}

static enum salve_code door_near_save(struct door_call *call, struct door_ask_rec_save *ask)
{
    struct rec_view *view = NULL;
    const struct door_saving *saving = &ask->saving;
    TRY(door_saving_view(call, saving, &view, call->err));
    enum salve_code code = rec_save(view, saving->items, saving->items_count,
                                    saving->wants_receipt ? &ask->receipt : NULL, call->mem, call->err);
    door_saved(call->server); /* also where only its receipt could not be made */
    return code;
}

/* Those that are there, in the order in which they came; the others have their code already. */
static enum salve_code prepare_many(struct door_call *call, struct door_ask_rec_save_many *ask,
                                    struct rec_batch *batches, size_t *places, size_t *count)
{
    size_t n = 0;
    for (size_t i = 0; i < ask->savings_count; i++) {
        struct door_saved *saved = &ask->saved[i];
        const struct door_saving *saving = &ask->savings[i];
        struct rec_view *view = NULL;
        saved->code = door_saving_view(call, saving, &view, &saved->err);
        if (saved->code != SALVE_OK) continue;
        places[n] = i;
        batches[n++] = (struct rec_batch){.view = view,
                                          .items = saving->items,
                                          .item_count = saving->items_count,
                                          .receipt = saving->wants_receipt ? &saved->receipt : NULL};
    }
    *count = n;
    return SALVE_OK;
}

static enum salve_code door_near_save_many(struct door_call *call, struct door_ask_rec_save_many *ask)
{
    size_t count = 0, room = ask->savings_count + 1;
    struct rec_batch *batches = arena_array(call->mem, struct rec_batch, room);
    size_t *places = arena_array(call->mem, size_t, room);
    ask->saved = arena_array(call->mem, struct door_saved, room);
    ask->saved_count = ask->savings_count;
    if (batches == NULL || places == NULL || ask->saved == NULL) return salve_fail(call->err, SALVE_E_MEMORY, "save");
    TRY(prepare_many(call, ask, batches, places, &count));
    ask->code = rec_save_many(call->site, batches, count, call->mem, &ask->why);
    for (size_t i = 0; i < count; i++) {
        ask->saved[places[i]].code = batches[i].code;
        ask->saved[places[i]].err = batches[i].err;
    }
    door_saved(call->server);
    return SALVE_OK;
}

static enum salve_code door_near_write(struct door_call *call, struct door_ask_worklist_write *ask)
{
    struct rec_view *view = NULL;
    TRY(prepare(call, &ask->saving, &view, call->err));
    return worklist_write(view, call->err);
}

/* --- the near calls ----------------------------------------------------------------------------------------------- */

#define REQUEST(name, who)
#define FAR(name, parameters)
#define IN(name, kind, member, from)
#define IN_ONE(name, tag, member, from)
#define IN_MANY(name, tag, member, most, from)
#define CALL(name, through, arena)
#define OUT(name, kind, member, to)
#define OUT_ONE(name, tag, member, to)
#define OUT_MANY(name, tag, member, most, to)
#define NEAR(name, near)                                                                                               \
    static enum salve_code serve_##name(struct door_call *call)                                                        \
    {                                                                                                                  \
        SALVE_UNUSED struct door_ask_##name *ask = call->ask;                                                          \
        SALVE_UNUSED struct site *site = call->site;                                                                   \
        SALVE_UNUSED struct rec_view *view = call->view;                                                               \
        SALVE_UNUSED struct arena *mem = call->mem;                                                                    \
        SALVE_UNUSED struct salve_err *err = call->err;                                                                \
        return near;                                                                                                   \
    }
#include "door/door_calls.def"
#include "door/door_own.def"
#undef NEAR

#define NEAR(name, near) serve_##name,
static enum salve_code (*const serve[DOOR_ASKS])(struct door_call *call) = {
#include "door/door_calls.def"
#include "door/door_own.def"
};

static void set_busy(struct door_call *call, bool is_busy)
{
    call->conn->is_busy = is_busy;
    for (size_t i = 0; i < DOOR_VIEWS_MAX && call->view != NULL; i++)
        if (call->server->open[i].view == call->view) call->server->open[i].is_busy = is_busy;
}

/* In its middle others may be served, whose connections and views are others. */
enum salve_code door_carry_out(struct door_call *call)
{
    struct door_server *server = call->server;
    struct door_call *outer = server->running;
    struct rec_rows *others = rec_rows_swap(call->site, call->conn->rows);
    server->running = (call->row->who & DOOR_AT_ONCE) != 0 ? NULL : call;
    set_busy(call, true);
    if (call->view != NULL) rec_rest(call->view); /* its last request is answered */
    enum salve_code code = serve[call->request](call);
    set_busy(call, false);
    server->running = outer;
    call->conn->rows = rec_rows_swap(call->site, others);
    return code;
}

/* --- what a site of this process takes on trust ------------------------------------------------------------------- */

static bool is_nobody(const struct actor *actor)
{
    static const uint8_t none[ACTOR_PASS_BYTES] = {0};
    return crypto_equal(actor->pass, none, sizeof none);
}

/* A pass that comes from outside is the token of a session: that of staff_login never left this process. What is no
 * token is nobody's pass, in the words of the near call. */
static enum salve_code check_actor(struct door_call *call, struct actor *actor)
{
    struct actor ignored;
    if (is_nobody(actor)) return SALVE_OK;
    enum salve_code code = session_actor(call->site, actor->pass, call->mem, &ignored, call->err);
    if (code != SALVE_E_SESSION) return code;
    memset(actor->pass, 0, sizeof actor->pass);
    return SALVE_OK;
}

static enum salve_code check_actors(struct door_call *call, const struct door_field *fields, char *from)
{
    for (; fields->kind != DOOR_END; fields++) {
        char *at = from + fields->offset;
        if (fields->kind != DOOR_ONE && fields->kind != DOOR_MAYBE) continue;
        if (fields->kind == DOOR_MAYBE) memcpy(&at, from + fields->offset, sizeof at);
        if (at == NULL) continue;
        if (fields->shape == &door_shape_actor) TRY(check_actor(call, (struct actor *)(void *)at));
        TRY(check_actors(call, fields->shape->fields, at));
    }
    return SALVE_OK;
}

static enum salve_code may_ask(struct door_call *call)
{
    unsigned who = call->row->who, by = call->conn->kind == DOOR_WEB ? DOOR_BY_WEB : DOOR_BY_COMMAND;
    if (who == DOOR_BY_NOBODY)
        return salve_refuse(call->err, SALVE_E_BUSY,
                            "it takes what opens the site, and is done while nothing serves it: end the service first",
                            "%s", call->row->name);
    if ((who & by) == 0)
        return salve_refuse(call->err, SALVE_E_ROLE,
                            by == DOOR_BY_WEB ? "it is asked for at the command line alone"
                                              : "it is for the process that faces the browsers alone",
                            "%s", call->row->name);
    if ((who & DOOR_OF_ROWS) != 0 && call->conn->rows == NULL)
        return salve_refuse(call->err, SALVE_E_CONFLICT, "this connection began none", "file of many people");
    if ((who & DOOR_OF_VIEW) != 0) {
        struct door_open *open = door_view_find(call->server, call->conn, call->ask);
        if (open == NULL) return no_view(call->err);
        call->view = open->view;
    }
    TRY(check_actors(call, call->row->in, call->ask));
    const struct actor *actor = call->ask;
    if ((who & DOOR_OF_STAFF) != 0 && is_nobody(actor))
        return salve_refuse(call->err, SALVE_E_ROLE, "nobody logged in under that name and role", "%s",
                            role_text(actor->role));
    return SALVE_OK;
}

/* --- one request -------------------------------------------------------------------------------------------------- */

enum salve_code door_answer(struct door_call *call, enum salve_code code, struct salve_err *err)
{
    struct salve_err too_big = {0};
    call->server->figures.requests++;
    call->server->figures.refused += code != SALVE_OK;
    enum salve_code put = door_answer_put(&call->conn->out, call->request, code, call->err, call->ask, &too_big);
    if (put == SALVE_E_TOO_BIG && code == SALVE_OK)
        put = door_answer_put(&call->conn->out, call->request, put, &too_big, call->ask, err);
    return put;
}

/* What is shown in a request for the desk; NULL: a secret alone is. */
static const struct proof *shown_in(const struct door_call *call)
{
    const struct door_ask_session_begin_by *begin = call->ask;
    const struct door_ask_session_unlock_by *unlock = call->ask;
    const struct door_ask_session_step_up *step = call->ask;
    if (call->request == DOOR_ASK_session_begin_by) return &begin->shown;
    if (call->request == DOOR_ASK_session_unlock_by) return &unlock->shown;
    return call->request == DOOR_ASK_session_step_up ? &step->shown : NULL;
}

static struct desk_ask wish_of(const struct door_call *call)
{
    const struct door_ask_session_begin *begin = call->ask;
    const struct door_ask_session_begin_by *begin_by = call->ask;
    const struct door_ask_session_unlock *unlock = call->ask;
    const struct door_ask_session_unlock_by *unlock_by = call->ask;
    const struct door_ask_session_step_up *step = call->ask;
    const struct door_ask_staff_login *login = call->ask;
    switch (call->request) {
    case DOOR_ASK_session_begin:
        return (struct desk_ask){.wish = DESK_SESSION, .id = begin->id, .secret = begin->secret};
    case DOOR_ASK_session_begin_by:
        return (struct desk_ask){.wish = DESK_SESSION, .id = begin_by->id, .secret = begin_by->shown.secret};
    case DOOR_ASK_session_unlock:
        return (struct desk_ask){.wish = DESK_UNLOCK, .token = unlock->token, .secret = unlock->secret};
    case DOOR_ASK_session_unlock_by:
        return (struct desk_ask){.wish = DESK_UNLOCK, .token = unlock_by->token, .secret = unlock_by->shown.secret};
    case DOOR_ASK_session_step_up:
        return (struct desk_ask){.wish = DESK_STEP_UP, .token = step->token, .secret = step->shown.secret};
    default:
        return (struct desk_ask){.wish = DESK_LOGIN, .id = login->id, .secret = login->secret};
    }
}

/* What is waited for is counted as of this connection, which waits. A passkey is looked at at once: nothing of it takes
 * long. */
static enum salve_code ask_desk(struct door_call *call)
{
    struct desk_ask ask = wish_of(call);
    ask.shown = shown_in(call);
    if (ask.shown != NULL && ask.shown->credential.len > 0) return door_carry_out(call);
    ask.source = ask.tag = call->conn->number;
    TRY(desk_begin(call->server->desk, &ask, call->err));
    call->conn->asked = call->request;
    call->conn->is_waiting = true;
    return SALVE_OK;
}

/* In its arena, so that it can wait in a group. */
static struct door_call *call_open(struct door_server *server, struct door_conn *conn, enum door_request request)
{
    struct arena *mem = arena_open_private(ARENA_BYTES);
    struct door_call *call = mem == NULL ? NULL : arena_new(mem, struct door_call);
    struct salve_err *why = call == NULL ? NULL : arena_new(mem, struct salve_err);
    void *ask = why == NULL ? NULL : arena_alloc(mem, door_rows[request].bytes);
    if (ask == NULL) {
        arena_close(mem);
        return NULL;
    }
    *call = (struct door_call){.server = server,
                               .conn = conn,
                               .site = server->site,
                               .row = &door_rows[request],
                               .request = request,
                               .ask = ask,
                               .mem = mem,
                               .err = why};
    return call;
}

void door_finish(struct door_call *call, enum salve_code code)
{
    struct door_conn *conn = call->conn;
    if (door_answer(call, code, NULL) != SALVE_OK) conn->is_broken = true;
    conn->saving = NULL;
    conn->is_waiting = false;
    door_bytes_cut(&conn->in, DOOR_HEAD_BYTES + call->bytes);
    arena_close(call->mem);
}

/* Rows of a file of many people are each a commit of their own. */
static bool waits_for_group(const struct door_call *call)
{
    return (call->row->who & DOOR_IN_GROUP) != 0 && call->conn->rows == NULL;
}

enum salve_code door_begin(struct door_server *server, struct door_conn *conn, enum door_request request,
                           struct str body, struct salve_err *err)
{
    struct door_call *call = call_open(server, conn, request);
    if (call == NULL) return salve_fail(err, SALVE_E_MEMORY, "request");
    call->bytes = body.len;
    enum salve_code read = door_read(call->row->in, body, DOOR_VIEWED, call->mem, call->ask, call->err);
    enum salve_code code = read, done = SALVE_OK;
    if (read == SALVE_OK) code = may_ask(call);
    if (code == SALVE_OK && waits_for_group(call)) {
        door_group_add(call);
        return SALVE_OK;
    }
    if (code == SALVE_OK) code = (call->row->who & DOOR_AT_DESK) != 0 ? ask_desk(call) : door_carry_out(call);
    if (conn->saving == call) return SALVE_OK; /* it is answered later */
    if (read == SALVE_E_INVALID)
        done = salve_fail(err, read, "request");
    else if (!conn->is_waiting)
        done = door_answer(call, code, err);
    arena_close(call->mem);
    return done;
}

/* --- the desk ----------------------------------------------------------------------------------------------------- */

/* Whose answer it is: the number of the connection, which no other one gets. */
static struct door_conn *conn_of(struct door_server *server, uint64_t number)
{
    for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++)
        if (server->conns[i].fd >= 0 && server->conns[i].number == number) return &server->conns[i];
    return NULL;
}

static enum salve_code finish(struct door_call *call, enum salve_code code, const struct session *session)
{
    struct door_ask_staff_login *login = call->ask;
    struct door_ask_session_begin *begin = call->ask;
    struct door_ask_session_begin_by *begin_by = call->ask;
    struct door_ask_session_unlock *unlock = call->ask;
    struct door_ask_session_unlock_by *unlock_by = call->ask;
    struct door_ask_session_step_up *step = call->ask;
    if (code != SALVE_OK) return code;
    if (call->request == DOOR_ASK_session_begin) begin->session = *session;
    if (call->request == DOOR_ASK_session_begin_by) begin_by->session = *session;
    if (call->request == DOOR_ASK_session_unlock) unlock->session = *session;
    if (call->request == DOOR_ASK_session_unlock_by) unlock_by->session = *session;
    if (call->request == DOOR_ASK_session_step_up) step->session = *session;
    if (call->request != DOOR_ASK_staff_login) return SALVE_OK;
    login->actor = session->actor;
    return door_held(call, SALVE_OK, &login->actor);
}

/* A session that nobody waits for any more is nobody's. */
static void drop_session(struct door_server *server, enum salve_code code, const struct session *session)
{
    if (code == SALVE_OK) (void)!session_end(server->site, session->token, NULL);
}

static bool desk_one(struct door_server *server)
{
    bool has = false;
    uint64_t tag = 0;
    struct session session = {0};
    struct salve_err why = {0};
    struct door_call call = {.server = server, .site = server->site, .err = &why};
    call.mem = arena_open_private(ARENA_BYTES);
    if (call.mem == NULL) return false;
    enum salve_code code = desk_finish(server->desk, call.mem, &has, &tag, &session, &why);
    call.conn = has ? conn_of(server, tag) : NULL;
    if (has && call.conn == NULL) drop_session(server, code, &session);
    if (call.conn != NULL) {
        call.request = call.conn->asked;
        call.row = &door_rows[call.request];
        call.ask = arena_alloc(call.mem, call.row->bytes);
        code = call.ask == NULL ? salve_fail(&why, SALVE_E_MEMORY, "request") : finish(&call, code, &session);
        call.conn->is_waiting = false;
        call.conn->is_broken = call.conn->is_broken || door_answer(&call, code, NULL) != SALVE_OK;
    }
    crypto_zero(&session, sizeof session);
    arena_close(call.mem);
    return has;
}

void door_desk_done(struct door_server *server)
{
    while (desk_one(server)) continue;
}
