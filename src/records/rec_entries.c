/* SPDX-License-Identifier: Apache-2.0
 *
 * What the site's own log says (health.h): its public entries, newest first, each with what its document says of who
 * and when. Leaves of people are passed over without being opened. */
#include "json/json.h"
#include "records/health_int.h"
#include "records/log_int.h"
#include "records/owner_int.h"
#include "store/store.h"

_Static_assert(SITE_ENTRY_KEYS == (int)TLOG_ENTRY_KEYS && SITE_ENTRY_DOCUMENT == (int)TLOG_ENTRY_HASH, "types");

enum { CHUNK_ROWS = 256, WORK_BYTES = 64 << 20, VERSION_MAX = 99999999 };

/* --- which version of a document ---------------------------------------------------------------------------------- */

static enum salve_code row_of(struct rec_tx *tx, const struct site_entry *entry, uint64_t version, uint64_t *row,
                              struct salve_err *err)
{
    bool found = false;
    struct rec_owner owner = rec_owner_document(tx->site, entry->kind, entry->id, version);
    TRY(rec_owner_row(tx, owner, &found, row, err));
    if (!found) *row = UINT64_MAX;
    return SALVE_OK;
}

/* Rows grow with versions: looked for by halves, from 1 upwards. 0: it is of before there were owners. */
static enum salve_code find_version(struct rec_tx *tx, struct site_entry *entry, struct salve_err *err)
{
    uint64_t low = 1, high = 1, row = 0;
    TRY(row_of(tx, entry, high, &row, err));
    while (row < entry->row && high < VERSION_MAX) {
        low = high + 1;
        high *= 2;
        TRY(row_of(tx, entry, high, &row, err));
    }
    while (row != entry->row && low < high) {
        uint64_t middle = low + (high - low) / 2;
        TRY(row_of(tx, entry, middle, &row, err));
        if (row < entry->row)
            low = middle + 1;
        else
            high = middle;
        if (low == high) TRY(row_of(tx, entry, low, &row, err));
    }
    if (row == entry->row) entry->version = high;
    return SALVE_OK;
}

/* --- what it says ------------------------------------------------------------------------------------------------- */

/* Members of the gate's own documents that say who, when and what; others have salts, paths and settings. */
static bool is_told(struct str name)
{
    static const char *const told[] = {"at",      "by",      "due_ms",  "enrolledBy", "label", "locked", "lost",
                                       "dropped", "removed", "retired", "role",       "state", "tickets"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (str_is(name, told[i])) return true;
    return false;
}

static enum salve_code own_facts(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    struct buf text;
    TRY(json_read(bytes, NULL, mem, &doc, err));
    buf_init(&text, mem, SITE_ENTRY_FACTS_BYTES_MAX);
    struct json_writer w = {.out = &text};
    json_open(&w, NULL, '{');
    for (const struct json *value = json_first(doc); value != NULL; value = value->next) {
        int64_t number = 0;
        if (!is_told(value->name)) continue;
        json_put_name(&w, value->name);
        if (json_is(value, JSON_STRING))
            json_put_text(&w, NULL, json_text(value));
        else if (json_i64(value, &number))
            json_put_i64(&w, NULL, number);
        else
            json_put_bool(&w, NULL, json_is_true(value));
    }
    json_close(&w);
    return buf_done(&text, out, err);
}

/* What another process put is not read here. */
static enum salve_code read_facts(struct rec_tx *tx, struct site_entry *entry, struct arena *mem, struct salve_err *err)
{
    struct str bytes, facts = STR_NONE;
    if (entry->version == 0 || str_is(entry->kind, "form")) return SALVE_OK;
    struct str key = arena_printf(tx->mem, "doc/%.*s/%.*s/%08llu", STR_ARGS(entry->kind), STR_ARGS(entry->id),
                                  (unsigned long long)entry->version);
    if (key.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    enum salve_code code = store_commons_get(tx->store, key, tx->mem, &bytes, err);
    if (code != SALVE_OK) return code == SALVE_E_NOT_FOUND ? salve_fail(err, SALVE_E_INTEGRITY, "commons") : code;
    if (rec_doc_has_door(entry->kind))
        TRY(own_facts(bytes, tx->mem, &facts, err));
    else if (bytes.len <= SITE_ENTRY_FACTS_BYTES_MAX)
        facts = bytes;
    return facts.len == 0 ? SALVE_OK : arena_str(mem, facts, &entry->facts, err);
}

static enum salve_code read_document(struct rec_tx *tx, struct site_entry *entry, struct str payload, struct arena *mem,
                                     struct salve_err *err)
{
    const struct json *doc = NULL;
    TRY(json_read(payload, NULL, tx->mem, &doc, err));
    TRY(arena_str(mem, json_get_text(doc, "kind"), &entry->kind, err));
    TRY(arena_str(mem, json_get_text(doc, "id"), &entry->id, err));
    if (!rec_doc_is_name(entry->kind) || !rec_doc_is_name(entry->id))
        return salve_fail(err, SALVE_E_INTEGRITY, "log entry");
    TRY(find_version(tx, entry, err));
    return read_facts(tx, entry, mem, err);
}

static enum salve_code read_entry(struct rec_tx *tx, struct str bytes, struct site_entry *entry, struct arena *mem,
                                  struct salve_err *err)
{
    enum tlog_entry_type type;
    struct str payload;
    TRY(tlog_entry_read(bytes, &type, &payload, err));
    entry->type = (uint8_t)type;
    if (type == TLOG_ENTRY_HASH) return read_document(tx, entry, payload, mem, err);
    return arena_str(mem, payload, &entry->facts, err);
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static bool is_public(struct str entry) { return entry.len > 0 && (uint8_t)entry.ptr[0] != TLOG_ENTRY_PRIVATE; }

/* `count` rows that end below `end`, from the last to the first; out->next is where it stopped. */
static enum salve_code read_rows(struct rec_tx *tx, uint64_t end, uint32_t count, struct arena *mem,
                                 struct site_entries *out, struct salve_err *err)
{
    struct str rows[CHUNK_ROWS];
    TRY(store_log_list(tx->store, end - count, count, tx->mem, rows, err));
    for (uint32_t i = count; i-- > 0 && out->count < SITE_ENTRIES_MAX;) {
        out->next = end - count + i;
        if (!is_public(rows[i])) continue;
        struct site_entry *entry = &out->list[out->count++];
        *entry = (struct site_entry){.row = out->next};
        TRY(read_entry(tx, rows[i], entry, mem, err));
    }
    return SALVE_OK;
}

static enum salve_code read_page(struct rec_tx *tx, uint64_t before, struct arena *mem, struct site_entries *out,
                                 struct salve_err *err)
{
    uint64_t size = 0;
    uint32_t looked = 0;
    TRY(store_log_size(tx->store, &size, err));
    out->next = before < size ? before : size;
    while (out->next > 0 && out->count < SITE_ENTRIES_MAX && looked < SITE_ENTRIES_LOOKED_MAX) {
        struct arena_mark mark = arena_mark(tx->mem);
        uint32_t count = out->next < CHUNK_ROWS ? (uint32_t)out->next : CHUNK_ROWS;
        TRY(read_rows(tx, out->next, count, mem, out, err));
        arena_rewind(tx->mem, mark);
        looked += count;
    }
    return SALVE_OK;
}

static enum salve_code read_all(struct site *site, struct actor actor, uint64_t before, struct arena *work,
                                struct arena *mem, struct site_entries *out, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(site, true, work, &tx, err));
    enum salve_code code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = read_page(&tx, before, mem, out, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code near_site_entries(struct site *site, struct actor actor, uint64_t before, struct arena *mem,
                                  struct site_entries *out, struct salve_err *err)
{
    *out = (struct site_entries){.list = arena_array(mem, struct site_entry, SITE_ENTRIES_MAX)};
    if (out->list == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    TRY(rec_may(site, actor, ACT_SITE_LOG, PURPOSE_NONE, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    enum salve_code code = read_all(site, actor, before, work, mem, out, err);
    arena_close(work);
    return code;
}
