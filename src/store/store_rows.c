/* SPDX-License-Identifier: Apache-2.0
 * The rows of the log, the commons with their checksums, marks, and the guarded clock. */
#include "base/assert.h"
#include "crypto/crypto.h"
#include "store/store_int.h"

/* --- log --- */
enum salve_code store_log_size(struct store_tx *tx, uint64_t *out, struct salve_err *err)
{
    return store_mark_get(tx, STR("log size"), out, err);
}

enum salve_code store_log_append(struct store_tx *tx, uint64_t first, const struct str *entries, size_t count,
                                 struct salve_err *err)
{
    uint64_t size = 0;
    enum salve_code code = store_log_size(tx, &size, err);
    if (code == SALVE_OK && size != first)
        return salve_refuse(err, SALVE_E_CONFLICT, "it is not the next one", "log entry");
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        struct store_row row = {.table = STORE_LOG_ENTRY, .key.number = first + i, .bytes = entries[i]};
        code = store_put(tx, &row, true, err);
    }
    if (code == SALVE_OK) code = store_mark_put(tx, STR("log size"), first + count, err);
    return code;
}

static enum salve_code get_bytes(struct store_tx *tx, struct store_row row, struct arena *mem, struct str *out,
                                 struct salve_err *err)
{
    enum salve_code code = store_get(tx, &row, mem, err);
    if (code == SALVE_OK) *out = row.bytes;
    return code;
}

enum salve_code store_log_list(struct store_tx *tx, uint64_t first, size_t count, struct arena *mem,
                               struct str *entries, struct salve_err *err)
{
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {
        .table = STORE_LOG_ENTRY, .from = {STR(""), first}, .to = {STR(""), first + count}, .with_bytes = true};
    for (size_t used = 0, done = 0; done < count; done += used) {
        if (scan.is_done) return salve_fail(err, SALVE_E_NOT_FOUND, "log entry");
        TRY(store_scan_rows(tx, &scan, rows, STORE_PAGE_ROWS, &used, mem, err));
        for (size_t i = 0; i < used; i++) {
            if (rows[i].key.number != first + done + i) return salve_fail(err, SALVE_E_NOT_FOUND, "log entry");
            entries[done + i] = rows[i].bytes;
        }
    }
    return SALVE_OK;
}

enum { ENTRIES_BYTES_MAX = 32 << 20 };

enum salve_code store_entries_open(struct store_tx *tx, struct store_entries *out, struct salve_err *err)
{
    *out = (struct store_entries){.tx = tx, .mem = arena_open(ENTRIES_BYTES_MAX)};
    if (out->mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "log entries");
    out->start = arena_mark(out->mem);
    return store_log_size(tx, &out->size, err);
}

enum salve_code store_entries_at(struct store_entries *entries, uint64_t index, struct str *out, struct salve_err *err)
{
    if (index < entries->first || index >= entries->first + entries->count) {
        size_t wanted = entries->is_dense && index + STORE_ENTRIES <= entries->size ? STORE_ENTRIES : 1;
        entries->count = 0;
        entries->first = index;
        arena_rewind(entries->mem, entries->start);
        enum salve_code code = store_log_list(entries->tx, index, wanted, entries->mem, entries->bytes, err);
        if (code != SALVE_OK && wanted > 1) /* what is wrong with another one is nothing to this one */
            code = store_log_list(entries->tx, index, wanted = 1, entries->mem, entries->bytes, err);
        if (code != SALVE_OK) return code;
        entries->count = wanted;
    }
    *out = entries->bytes[index - entries->first];
    return SALVE_OK;
}

void store_entries_close(struct store_entries *entries) { arena_close(entries->mem); }

static uint64_t tile_number(uint32_t level, uint64_t index)
{
    salve_assert(level < 64 && index < (uint64_t)1 << 56);
    return (uint64_t)level << 56 | index;
}

enum salve_code store_tile_put(struct store_tx *tx, uint32_t level, uint64_t index, struct str bytes,
                               struct salve_err *err)
{
    struct store_row row = {.table = STORE_LOG_TILE, .key.number = tile_number(level, index), .bytes = bytes};
    return store_put(tx, &row, false, err);
}

enum salve_code store_tile_get(struct store_tx *tx, uint32_t level, uint64_t index, struct arena *mem, struct str *out,
                               struct salve_err *err)
{
    return get_bytes(tx, (struct store_row){.table = STORE_LOG_TILE, .key.number = tile_number(level, index)}, mem, out,
                     err);
}

/* --- owners of the rows of the log --- */
enum salve_code store_owner_put(struct store_tx *tx, const struct store_owner *owner, struct salve_err *err)
{
    struct store_row row = {.table = STORE_OWNER,
                            .key = {str_bytes(owner->name, sizeof owner->name), owner->index},
                            .bytes = str_bytes(owner->bytes, owner->bytes_len)};
    return store_put(tx, &row, true, err);
}

/* The key and the bytes of a row; a row of another form is read as one that opens to nobody. */
static void owner_read(const struct store_row *row, struct store_owner *out)
{
    *out = (struct store_owner){.index = row->key.number};
    if (row->key.name.len == sizeof out->name) memcpy(out->name, row->key.name.ptr, sizeof out->name);
    if (row->bytes.ptr == NULL || row->bytes.len > sizeof out->bytes) return;
    out->bytes_len = row->bytes.len;
    memcpy(out->bytes, row->bytes.ptr, row->bytes.len);
}

enum salve_code store_owner_find(struct store_tx *tx, const uint8_t name[STORE_OWNER_NAME_BYTES], bool *found,
                                 uint64_t *index, struct salve_err *err)
{
    struct store_row row;
    size_t used = 0;
    struct str key = str_bytes(name, STORE_OWNER_NAME_BYTES);
    struct store_scan scan = {.table = STORE_OWNER, .from.name = key, .to = {key, STORE_NUMBER_END}};
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = store_scan_rows(tx, &scan, &row, 1, &used, tx->scratch, err);
    *found = code == SALVE_OK && used > 0;
    if (*found) *index = row.key.number;
    arena_rewind(tx->scratch, mark);
    return code;
}

enum salve_code store_owner_drop(struct store_tx *tx, const uint8_t name[STORE_OWNER_NAME_BYTES], struct salve_err *err)
{
    return store_drop(tx, STORE_OWNER, str_bytes(name, STORE_OWNER_NAME_BYTES), err);
}

enum salve_code store_owner_list(struct store_tx *tx, const struct store_owner *after, struct store_owner out[],
                                 size_t max, size_t *count, struct salve_err *err)
{
    static const uint8_t start[STORE_OWNER_NAME_BYTES];
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = STORE_OWNER, .with_bytes = true};
    bool is_start = memcmp(after->name, start, sizeof start) == 0;
    struct arena_mark mark = arena_mark(tx->scratch);
    salve_assert(max > 0 && max <= STORE_PAGE_ROWS);
    if (!is_start) scan.from = (struct store_key){str_bytes(after->name, sizeof after->name), after->index + 1};
    *count = 0;
    enum salve_code code = store_scan_rows(tx, &scan, rows, max, count, tx->scratch, err);
    for (size_t i = 0; code == SALVE_OK && i < *count; i++) owner_read(&rows[i], &out[i]);
    arena_rewind(tx->scratch, mark);
    return code;
}

/* --- commons --- */
enum salve_code store_commons_put(struct store_tx *tx, struct str key, struct str bytes, bool expect_new,
                                  struct salve_err *err)
{
    struct store_row row = {.table = STORE_COMMONS, .key.name = key, .bytes = bytes};
    return store_put(tx, &row, expect_new, err);
}

/* Layout 1: a SHA-256 over the length of the key, the key and the document stands before it. */
static enum salve_code commons_earlier(struct str key, struct str *bytes, struct salve_err *err)
{
    uint8_t len[8], sum[STORE_HASH_BYTES];
    struct str document = str_cut(*bytes, STORE_HASH_BYTES, bytes->len);
    crypto_put_u64(len, key.len);
    const struct str parts[] = {str_bytes(len, sizeof len), key, document};
    crypto_sha256_parts(NULL, parts, 3, sum);
    if (bytes->len < STORE_HASH_BYTES || memcmp(sum, bytes->ptr, sizeof sum) != 0)
        return salve_fail(err, SALVE_E_INTEGRITY, "commons/%.*s", STR_ARGS(key));
    *bytes = document;
    return SALVE_OK;
}

enum salve_code store_commons_get(struct store_tx *tx, struct str key, struct arena *mem, struct str *out,
                                  struct salve_err *err)
{
    struct store_row row = {.table = STORE_COMMONS, .key.name = key};
    enum salve_code code = store_get(tx, &row, mem, err);
    if (code == SALVE_E_NOT_FOUND) return salve_fail(err, code, "commons/%.*s", STR_ARGS(key));
    if (code == SALVE_OK && tx->store->layout != STORE_LAYOUT) code = commons_earlier(key, &row.bytes, err);
    if (code == SALVE_OK) *out = row.bytes;
    return code;
}

enum salve_code store_commons_delete(struct store_tx *tx, struct str key, struct salve_err *err)
{
    return store_drop(tx, STORE_COMMONS, key, err);
}

enum { UNSCRUBBED_MAX = 16 };

enum salve_code store_commons_delete_soon(struct store_tx *tx, struct str key, struct salve_err *err)
{
    bool has_dropped = tx->has_dropped;
    TRY(store_drop(tx, STORE_COMMONS, key, err));
    tx->has_dropped = has_dropped || ++tx->store->unscrubbed >= UNSCRUBBED_MAX;
    return SALVE_OK;
}

/* The end of all names that start with prefix: the prefix with its last byte one more. NULL: the last row. */
static enum salve_code prefix_end(struct str prefix, struct arena *mem, struct str *out, struct salve_err *err)
{
    *out = STR_NONE;
    while (prefix.len > 0 && (uint8_t)prefix.ptr[prefix.len - 1] == 0xff) prefix.len--;
    if (prefix.len == 0) return SALVE_OK;
    char *end = arena_alloc_raw(mem, prefix.len, 1);
    if (end == NULL) return salve_fail(err, SALVE_E_MEMORY, "list of commons");
    memcpy(end, prefix.ptr, prefix.len);
    end[prefix.len - 1]++;
    *out = str_make(end, prefix.len);
    return SALVE_OK;
}

enum salve_code store_commons_page(struct store_tx *tx, struct str prefix, struct str from, size_t max,
                                   struct arena *mem, struct str **keys, size_t *count, struct salve_err *err)
{
    struct str *list = NULL;
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = STORE_COMMONS, .from.name = from.len > 0 ? from : prefix};
    size_t all = 0, used = 0, cap = 0;
    TRY(prefix_end(prefix, mem, &scan.to.name, err));
    for (; !scan.is_done && all < max; all += used) {
        size_t wanted = max - all < STORE_PAGE_ROWS ? max - all : STORE_PAGE_ROWS;
        TRY(store_scan_rows(tx, &scan, rows, wanted, &used, mem, err));
        if (all + used > cap) {
            size_t grown = cap == 0 ? STORE_PAGE_ROWS : cap * 2;
            list = arena_grow(mem, list, cap * sizeof *list, grown * sizeof *list);
            if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "list of commons");
            cap = grown;
        }
        for (size_t i = 0; i < used; i++) list[all + i] = rows[i].key.name;
    }
    *keys = list;
    *count = all;
    return SALVE_OK;
}

enum salve_code store_commons_list(struct store_tx *tx, struct str prefix, struct arena *mem, struct str **keys,
                                   size_t *count, struct salve_err *err)
{
    return store_commons_page(tx, prefix, STR(""), SIZE_MAX, mem, keys, count, err);
}

/* --- marks, clock --- */
enum salve_code store_mark_read(struct store_tx *tx, struct str name, struct arena *mem, struct str *out,
                                struct salve_err *err)
{
    struct salve_err ignored = {0};
    struct store_row row = {.table = STORE_MARK, .key.name = name};
    enum salve_code code = store_get(tx, &row, mem, &ignored);
    *out = code == SALVE_OK ? row.bytes : STR_NONE;
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK && err != NULL) *err = ignored;
    return code;
}

/* Those that stand together in the row of marks; STORE_HOT_COUNT: the mark has a row of its own. */
static enum store_hot hot_of(const struct store_tx *tx, struct str name)
{
    static const char *const names[STORE_HOT_COUNT] = {"log size", "max_seen", "open", "revoked"};
    int i = 0;
    while (i < STORE_HOT_COUNT && !str_is(name, names[i])) i++;
    return tx->store->layout == STORE_LAYOUT ? (enum store_hot)i : STORE_HOT_COUNT;
}

static enum salve_code mark_of_row(struct store_tx *tx, struct str name, uint64_t *out, struct salve_err *err)
{
    struct str bytes = STR_NONE;
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = store_mark_read(tx, name, tx->scratch, &bytes, err);
    *out = 0;
    if (code == SALVE_OK && bytes.ptr != NULL && bytes.len != 8)
        code = salve_fail(err, SALVE_E_INTEGRITY, "mark %.*s", STR_ARGS(name));
    else if (code == SALVE_OK && bytes.ptr != NULL)
        *out = crypto_get_u64((const uint8_t *)bytes.ptr);
    arena_rewind(tx->scratch, mark);
    return code;
}

enum salve_code store_mark_get(struct store_tx *tx, struct str name, uint64_t *out, struct salve_err *err)
{
    enum store_hot hot = hot_of(tx, name);
    if (hot == STORE_HOT_COUNT) return mark_of_row(tx, name, out, err);
    enum salve_code code = store_marks_load(tx, err);
    *out = code == SALVE_OK ? tx->marks.numbers[hot] : 0;
    return code;
}

enum salve_code store_mark_put(struct store_tx *tx, struct str name, uint64_t number, struct salve_err *err)
{
    uint8_t bytes[8];
    enum store_hot hot = hot_of(tx, name);
    crypto_put_u64(bytes, number);
    struct store_row row = {.table = STORE_MARK, .key.name = name, .bytes = str_bytes(bytes, sizeof bytes)};
    if (hot == STORE_HOT_COUNT) return store_put(tx, &row, false, err);
    salve_assert(!tx->read_only);
    TRY(store_marks_load(tx, err));
    if (tx->marks.numbers[hot] == number) return SALVE_OK;
    tx->marks.numbers[hot] = number;
    tx->marks.is_changed = true;
    return SALVE_OK;
}

enum { CLOCK_SLACK_MS = 2000 }; /* what correcting a sound clock may take back */

enum salve_code store_clock(struct store_tx *tx, int64_t wall_unix_ms, int64_t *guarded_unix_ms, bool *is_suspect,
                            struct salve_err *err)
{
    uint64_t seen = 0;
    enum salve_code code = store_mark_get(tx, STR("max_seen"), &seen, err);
    if (code != SALVE_OK) return code;
    int64_t max_seen = (int64_t)seen;
    bool is_far_ahead = max_seen > 0 && wall_unix_ms > max_seen + STORE_CLOCK_JUMP_MS;
    *is_suspect = is_far_ahead || wall_unix_ms < max_seen - CLOCK_SLACK_MS;
    *guarded_unix_ms = wall_unix_ms > max_seen && !is_far_ahead ? wall_unix_ms : max_seen;
    if (tx->read_only || *guarded_unix_ms <= max_seen) return SALVE_OK;
    return store_mark_put(tx, STR("max_seen"), (uint64_t)wall_unix_ms, err);
}
