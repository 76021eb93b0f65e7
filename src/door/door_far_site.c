/* SPDX-License-Identifier: Apache-2.0
 *
 * What a far site keeps of its settings, and the functions of a site that do more than carry. */
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "door/far_int.h"

/* --- settings ----------------------------------------------------------------------------------------------------- */

static void state_drop(struct far_state *state)
{
    if (state == NULL) return;
    arena_close(state->mem);
    free(state);
}

void far_states_drop(struct far_site *site)
{
    while (site->state != NULL) {
        struct far_state *before = site->state->before;
        state_drop(site->state);
        site->state = before;
    }
}

static enum salve_code ask_state(struct far_site *site, struct far_state *state, struct salve_err *err)
{
    state->mem = arena_open_private(4 * SALVE_CONFIG_BYTES_MAX);
    if (state->mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "settings");
    if (site->page != NULL) state->changes = atomic_load_explicit(&site->page->changes, memory_order_acquire);
    state->at_unix_ms = clock_ms(&site->clock);
    state->is.print = door_tables_print();
    return far_call(site, DOOR_ASK_door_state, &state->is, state->mem, err);
}

/* By the bytes that they are on the way: so no member is forgotten. */
static bool same(const struct site_settings *a, const struct site_settings *b)
{
    struct door_bytes of_a = {.max = DOOR_DOC_BYTES_MAX}, of_b = {.max = DOOR_DOC_BYTES_MAX};
    bool is_same = door_write(door_shape_site_settings.fields, a, &of_a, NULL) == SALVE_OK &&
                   door_write(door_shape_site_settings.fields, b, &of_b, NULL) == SALVE_OK &&
                   str_eq(str_bytes(of_a.at, of_a.len), str_bytes(of_b.at, of_b.len));
    door_bytes_drop(&of_a);
    door_bytes_drop(&of_b);
    return is_same;
}

/* What says the same as the newest only makes that one younger: nothing is made of it again. */
static bool is_known(struct far_site *site, const struct far_state *fresh)
{
    (void)pthread_mutex_lock(&site->lock);
    struct far_state *newest = site->state;
    bool is_same = newest != NULL && same(&newest->is.settings, &fresh->is.settings);
    if (is_same) newest->changes = fresh->changes;
    if (is_same) newest->at_unix_ms = fresh->at_unix_ms;
    (void)pthread_mutex_unlock(&site->lock);
    return is_same;
}

static enum salve_code make_of(struct far_state *state, struct salve_err *err)
{
    TRY(site_rules_of(&state->is.settings, state->mem, &state->rules, err));
    /* A machine without that zone still does all that needs no day (site_zone). */
    state->zone_code = site_zone_of(&state->is.settings, state->mem, &state->zone, &state->zone_err);
    return SALVE_OK;
}

static void keep(struct far_site *site, struct far_state *fresh)
{
    (void)pthread_mutex_lock(&site->lock);
    fresh->before = site->state;
    site->state = fresh;
    (void)pthread_mutex_unlock(&site->lock);
}

/* Where the gate cannot be asked, what is known stays. */
static enum salve_code look_anew(struct far_site *site, struct salve_err *err)
{
    struct far_state *state = calloc(1, sizeof *state);
    if (state == NULL) return salve_fail(err, SALVE_E_MEMORY, "settings");
    enum salve_code code = ask_state(site, state, err);
    bool is_new = code == SALVE_OK && !is_known(site, state);
    if (is_new) code = make_of(state, err);
    if (is_new && code == SALVE_OK)
        keep(site, state);
    else
        state_drop(state);
    return code;
}

enum salve_code far_state_first(struct far_site *site, struct salve_err *err)
{
    TRY(look_anew(site, err));
    site->is_made_up = site->state->is.is_made_up;
    return SALVE_OK;
}

static const struct far_state *newest_of(struct far_site *site, bool *is_fresh)
{
    (void)pthread_mutex_lock(&site->lock);
    const struct far_state *newest = site->state;
    *is_fresh = far_is_fresh(site, newest->changes, NULL, newest->at_unix_ms);
    (void)pthread_mutex_unlock(&site->lock);
    return newest;
}

static const struct far_state *state_of(const struct site *opened)
{
    bool is_fresh = false;
    struct far_site *site = far_of(opened);
    const struct far_state *newest = newest_of(site, &is_fresh);
    if (is_fresh) return newest;
    (void)!look_anew(site, NULL);
    return newest_of(site, &is_fresh);
}

bool far_site_is_made_up(const struct site *site) { return far_of(site)->is_made_up; }
const struct site_settings *far_site_settings(const struct site *site) { return &state_of(site)->is.settings; }
const struct admit_rules *far_site_admission(const struct site *site) { return state_of(site)->rules; }

enum salve_code far_site_zone(const struct site *site, const struct zone **out, struct salve_err *err)
{
    const struct far_state *state = state_of(site);
    *out = state->zone;
    if (state->zone_code != SALVE_OK && err != NULL) *err = state->zone_err;
    return state->zone_code;
}

/* --- the time ----------------------------------------------------------------------------------------------------- */

/* Where the gate cannot be asked, the time does not go back, and the clock is doubted: nothing is given or enrolled. */
static struct door_ask_door_time time_of(const struct site *opened)
{
    struct far_site *site = far_of(opened);
    struct door_ask_door_time ask = {0};
    enum salve_code code = far_call(site, DOOR_ASK_door_time, &ask, NULL, NULL);
    (void)pthread_mutex_lock(&site->lock);
    if (code != SALVE_OK) ask = (struct door_ask_door_time){.now_unix_ms = site->seen_unix_ms, .is_suspect = true};
    if (ask.now_unix_ms > site->seen_unix_ms) site->seen_unix_ms = ask.now_unix_ms;
    (void)pthread_mutex_unlock(&site->lock);
    return ask;
}

bool far_site_clock_suspect(const struct site *site) { return time_of(site).is_suspect; }
int64_t far_site_now_unix_ms(const struct site *site) { return time_of(site).now_unix_ms; }
uint32_t far_site_guessed_codes(struct site *site) { return (uint32_t)time_of(site).guessed_codes; }

static void add_held(struct buf *out, const char *name, const char *what, const struct door_held *held)
{
    uint64_t sum = 0;
    uint64_t us = atomic_load_explicit(&held->us, memory_order_relaxed);
    buf_addf(out, "# HELP %s %s\n# TYPE %s histogram\n", name, what, name);
    for (size_t i = 0; i <= DOOR_STEPS; i++) {
        const char *step = i == DOOR_STEPS ? "+Inf" : door_steps[i].seconds;
        sum += atomic_load_explicit(&held->steps[i], memory_order_relaxed);
        buf_addf(out, "%s_bucket{le=\"%s\"} %llu\n", name, step, (unsigned long long)sum);
    }
    buf_addf(out, "%s_sum %llu.%06llu\n%s_count %llu\n", name, (unsigned long long)(us / 1000000),
             (unsigned long long)(us % 1000000), name, (unsigned long long)sum);
}

void door_metrics(const struct site *site, struct buf *out)
{
    const struct door_page *page = far_of(site)->page;
    if (page == NULL) return;
    add_held(out, "salve_gate_held_seconds", "how long a request, or saves of one commit, held the gate", &page->held);
    add_held(out, "salve_gate_worked_seconds", "the same by the processor's time, without the disk", &page->worked);
    add_held(out, "salve_gate_tick_seconds", "how long a piece of the clock's work held the gate", &page->ticks);
}

/* --- upkeep ------------------------------------------------------------------------------------------------------- */

const struct salve_err *far_site_keys_copy_error(const struct site *opened)
{
    struct far_site *site = far_of(opened);
    struct door_ask_site_keys_copy_error ask = {0};
    struct arena *mem = arena_open(SALVE_CONFIG_BYTES_MAX);
    bool is_there =
        mem != NULL && far_call(site, DOOR_ASK_site_keys_copy_error, &ask, mem, NULL) == SALVE_OK && ask.error != NULL;
    (void)pthread_mutex_lock(&site->lock);
    if (is_there) site->copy_error = *ask.error;
    (void)pthread_mutex_unlock(&site->lock);
    arena_close(mem);
    return is_there ? &site->copy_error : NULL;
}

enum salve_code far_site_verify(struct site *site, const struct site_verify_ask *given, struct site_verify_result *out,
                                struct salve_err *err)
{
    struct far_steps steps = {0};
    const struct far_events events = {
        .steps = &steps, .finding = given->finding, .progress = given->progress, .with = given->with};
    struct door_ask_site_verify ask = {.actor = given->actor,
                                       .against = given->against,
                                       .wants_progress = given->progress != NULL,
                                       .wants_findings = given->finding != NULL};
    TRY(far_call_with(far_of(site), DOOR_ASK_site_verify, &ask, NULL, &events, err));
    *out = ask.result;
    if (ask.code != SALVE_OK && err != NULL) *err = ask.why;
    return ask.code;
}

/* From the folder that this process is in. */
static const char *whole_path(const char *path, struct arena *mem)
{
    char here[4096];
    if (path == NULL || path[0] == '/') return path;
    return getcwd(here, sizeof here) == NULL ? NULL : arena_printf(mem, "%s/%s", here, path).ptr;
}

enum salve_code far_site_backup(struct site *site, const struct site_backup_ask *given, struct arena *mem,
                                struct site_backup *out, struct salve_err *err)
{
    struct door_ask_site_backup ask = {.given = *given};
    ask.given.data = whole_path(given->data, mem);
    ask.given.keys = whole_path(given->keys, mem);
    if (ask.given.data == NULL || (ask.given.keys == NULL && given->keys != NULL))
        return salve_fail(err, SALVE_E_IO, "folder of this process");
    TRY(far_call(far_of(site), DOOR_ASK_site_backup, &ask, mem, err));
    *out = ask.backup;
    return SALVE_OK;
}

enum salve_code far_commons_files(struct site *site, struct commons_file *files, size_t count, size_t bytes_max,
                                  struct arena *mem, struct salve_err *err)
{
    struct door_ask_commons_files ask = {.files = files, .files_count = count, .bytes_max = bytes_max};
    for (size_t i = 0; i < count; i++) files[i].bytes = STR_NONE;
    TRY(far_call(far_of(site), DOOR_ASK_commons_files, &ask, mem, err));
    if (ask.found_count != count) return salve_fail(err, SALVE_E_IO, "gate");
    for (size_t i = 0; i < count; i++) files[i].bytes = ask.found[i].bytes;
    return SALVE_OK;
}

void far_rec_rows_done(struct site *site)
{
    struct door_ask_rec_rows_done ask = {0};
    (void)!far_call(far_of(site), DOOR_ASK_rec_rows_done, &ask, NULL, NULL); /* what comes next meets the same error */
}

/* What such a session stands for is a pass of the gate's own process; staff_login over the door gives one already. */
enum salve_code far_session_hold(struct site *site, struct actor actor, struct arena *mem, struct session *out,
                                 struct salve_err *err)
{
    (void)site, (void)actor, (void)mem, (void)out;
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "only where the site is open itself", "session");
}
