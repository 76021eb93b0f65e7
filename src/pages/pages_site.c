/* SPDX-License-Identifier: Apache-2.0
 * How the site is, its settings, and what its own log says: for who runs it and who audits it. Nothing of it is about a
 * person. */
#include "pages/pages_int.h"

#include "visit/health.h"
#include "visit/site.h"

/* --- health ------------------------------------------------------------------------------------------------------- */

/* 0: never, or nobody knows. */
static void put_time(struct pages_call *call, const char *name, int64_t unix_ms)
{
    if (unix_ms == 0)
        json_put_null(&call->w, name);
    else
        pages_put_instant(call, name, unix_ms);
}

static void put_checks(struct pages_call *call, const struct visit_health *health)
{
    struct json_writer *w = &call->w;
    json_open(w, "checks", '[');
    for (int row = 0; row < HEALTH_ROWS; row++) {
        json_open(w, NULL, '{');
        json_put_text(w, "check", str_of(visit_health_text((enum visit_health_row)row)));
        json_put_text(w, "state", str_of(visit_health_state_text(health->rows[row])));
        json_close(w);
    }
    json_close(w);
}

static void put_copies(struct pages_call *call, const struct visit_health *health)
{
    struct json_writer *w = &call->w;
    const struct site_backup_state *backup = &health->backup;
    json_open(w, "backup", '{');
    put_time(call, "at", backup->at_unix_ms);
    json_put_text(w, "place", backup->data.len > 0 ? backup->data : STR_NONE);
    json_close(w);
    json_open(w, "keys", '{');
    json_put_i64(w, "epoch", health->facts.kek_epoch);
    put_time(call, "renewedAt", health->facts.rotated_at_unix_ms);
    put_time(call, "copiedAt", backup->keys_at_unix_ms);
    json_put_text(w, "place", backup->keys.len > 0 ? backup->keys : STR_NONE);
    json_put_i64(w, "renewalsSince", backup->renewals_since);
    json_close(w);
}

static void put_numbers(struct pages_call *call, const struct visit_health *health)
{
    struct json_writer *w = &call->w;
    json_open(w, "verify", '{');
    put_time(call, "at", health->site.verified_at_unix_ms);
    json_put_i64(w, "findings", (int64_t)health->site.verified_findings);
    json_close(w);
    json_open(w, "disk", '{');
    json_put_i64(w, "freeBytes", (int64_t)health->site.disk_free_bytes);
    json_put_i64(w, "bytes", (int64_t)health->site.disk_bytes);
    json_put_i64(w, "siteBytes", (int64_t)(health->facts.site_db_bytes + health->facts.keys_db_bytes));
    json_close(w);
    json_open(w, "log", '{');
    json_put_text(w, "origin", health->facts.origin);
    json_put_i64(w, "size", (int64_t)health->facts.log_size);
    put_time(call, "signedAt", health->site.signed_at_unix_ms);
    put_time(call, "publishedAt", health->site.published_at_unix_ms);
    json_close(w);
    pages_put_instant(call, "now", health->site.now_unix_ms);
    json_put_i64(w, "guessedCodes", health->guessed_codes);
}

/* How long tasks take at the tablets, beside their aims; null where too few were timed to say. */
static void put_times(struct pages_call *call)
{
    struct json_writer *w = &call->w;
    json_open(w, "times", '[');
    for (int at = 0; at < PAGES_TASKS; at++) {
        enum pages_task task = (enum pages_task)at;
        struct pages_spread spread = pages_times_spread(&call->pages->times, task);
        const struct {
            const char *name;
            uint32_t ms;
        } said[] = {
            {"half", spread.half_ms}, {"low", spread.low_ms}, {"high", spread.high_ms}, {"most", spread.most_ms}};
        json_open(w, NULL, '{');
        json_put_text(w, "task", str_of(pages_task_text(task)));
        json_put_i64(w, "count", spread.count);
        for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
            if (spread.is_enough)
                json_put_i64(w, said[i].name, said[i].ms);
            else
                json_put_null(w, said[i].name);
        json_put_i64(w, "halfAim", pages_task_half_ms(task));
        json_put_i64(w, "mostAim", pages_task_most_ms(task));
        json_close(w);
    }
    json_close(w);
}

enum salve_code pages_call_times(struct pages_call *call, struct salve_err *err)
{
    for (size_t i = 0; i < call->in.times_count; i++)
        if (!pages_times_note(&call->pages->times, call->in.times[i].task, call->in.times[i].ms))
            return salve_refuse(err, SALVE_E_INVALID, "a task of the list, and ten minutes at most", "times");
    return SALVE_OK;
}

enum salve_code pages_call_health(struct pages_call *call, struct salve_err *err)
{
    struct visit_health health;
    const struct pages_config *config = &call->pages->config;
    TRY(visit_health(&call->visit, &health, err));
    json_put_text(&call->w, "version", config->version.len > 0 ? config->version : STR(""));
    json_put_text(&call->w, "build", health.site.build.len > 0 ? health.site.build : STR_NONE);
    json_put_bool(&call->w, "landlock", config->health.len == 0);
    json_put_text(&call->w, "worst", str_of(visit_health_state_text(health.worst)));
    put_checks(call, &health);
    put_copies(call, &health);
    put_numbers(call, &health);
    put_times(call);
    return SALVE_OK;
}

/* --- settings ----------------------------------------------------------------------------------------------------- */

enum salve_code pages_call_settings(struct pages_call *call, struct salve_err *err)
{
    TRY(visit_may(&call->visit, ACT_HEALTH, err));
    json_put_name(&call->w, STR("settings"));
    visit_settings_json(site_settings(call->visit.site), &call->clinic, &call->w);
    return SALVE_OK;
}

/* --- the site's own log ------------------------------------------------------------------------------------------- */

static const char *what_of(const struct site_entry *entry)
{
    switch (entry->type) {
    case SITE_ENTRY_KEYS:
        return "keys";
    case SITE_ENTRY_STATISTICS:
        return "statistics";
    case SITE_ENTRY_SUCCESSOR:
        return "successor";
    default:
        return "document";
    }
}

/* Of what a document says, only this is handed on: texts of other kinds of documents may be long, or be paths. */
static void put_facts(struct pages_call *call, const struct site_entry *entry)
{
    static const char *const names[] = {"acceptedBy", "by",         "at",      "dropped", "due_ms",
                                        "enrolledBy", "epoch",      "label",   "locked",  "lost",
                                        "removed",    "retired",    "role",    "state",   "takenBack",
                                        "tickets",    "tombstones", "version", "wraps"};
    const struct json *facts = NULL;
    struct json_writer *w = &call->w;
    json_open(w, "facts", '{');
    if (entry->facts.len > 0 && json_read(entry->facts, NULL, call->visit.mem, &facts, NULL) == SALVE_OK)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            const struct json *value = json_get(facts, names[i]);
            if (json_is(value, JSON_STRING)) json_put_text(w, names[i], json_text(value));
            if (json_is(value, JSON_NUMBER)) json_put_raw(w, names[i], json_number(value));
            if (json_is(value, JSON_TRUE) || json_is(value, JSON_FALSE))
                json_put_bool(w, names[i], json_is_true(value));
        }
    json_close(w);
}

static enum salve_code read_from(struct str text, uint64_t *out, struct salve_err *err)
{
    int64_t number = 0;
    *out = SITE_ENTRIES_NEWEST;
    if (text.len == 0) return SALVE_OK;
    if (!str_to_i64(text, &number) || number < 0)
        return salve_refuse(err, SALVE_E_INVALID, "the number of an entry is wanted", "from");
    *out = (uint64_t)number;
    return SALVE_OK;
}

enum salve_code pages_call_site_log(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct site_entries page;
    uint64_t from;
    TRY(read_from(call->in.from, &from, err));
    TRY(site_entries(call->visit.site, call->visit.actor, from, call->visit.mem, &page, err));
    json_open(w, "entries", '[');
    for (size_t i = 0; i < page.count; i++) {
        const struct site_entry *entry = &page.list[i];
        json_open(w, NULL, '{');
        json_put_i64(w, "number", (int64_t)entry->row);
        json_put_text(w, "what", str_of(what_of(entry)));
        json_put_text(w, "kind", entry->kind.len > 0 ? entry->kind : STR_NONE);
        json_put_text(w, "id", entry->id.len > 0 ? entry->id : STR_NONE);
        json_put_i64(w, "version", (int64_t)entry->version);
        put_facts(call, entry);
        json_close(w);
    }
    json_close(w);
    json_put_text(w, "next",
                  page.next == 0 ? STR_NONE : arena_printf(call->visit.mem, "%llu", (unsigned long long)page.next));
    return SALVE_OK;
}
