/* SPDX-License-Identifier: Apache-2.0
 *
 * How the site is (health.h). When it was last verified is a mark beside that of the newest signature: a number without
 * a leaf, since verifying changes nothing. */
#include "records/health_int.h"

#include <sys/statvfs.h>

#include "store/store.h"

#define MARK_VERIFIED_AT       "verified_at"
#define MARK_VERIFIED_FINDINGS "verified_findings"

enum salve_code rec_verified_note(struct site *site, uint64_t findings, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = store_mark_put(tx.store, STR(MARK_VERIFIED_AT), (uint64_t)tx.now_unix_ms, err);
    if (code == SALVE_OK) code = store_mark_put(tx.store, STR(MARK_VERIFIED_FINDINGS), findings, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code read_marks(struct rec_tx *tx, struct site_health *out, struct salve_err *err)
{
    uint64_t verified_at = 0, signed_at = 0;
    TRY(store_mark_get(tx->store, STR(MARK_VERIFIED_AT), &verified_at, err));
    TRY(store_mark_get(tx->store, STR(MARK_VERIFIED_FINDINGS), &out->verified_findings, err));
    TRY(store_mark_get(tx->store, STR("signed_at"), &signed_at, err));
    out->verified_at_unix_ms = (int64_t)verified_at;
    out->signed_at_unix_ms = (int64_t)signed_at;
    return SALVE_OK;
}

static void read_disk(const struct site *site, struct site_health *out)
{
    struct statvfs disk;
    if (statvfs(site->path, &disk) != 0) return;
    out->disk_free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    out->disk_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
}

enum salve_code near_site_health(struct site *site, struct actor actor, struct arena *mem, struct site_health *out,
                                 struct salve_err *err)
{
    struct rec_tx tx;
    *out = (struct site_health){.published_at_unix_ms = site->published_at_unix_ms};
    TRY(rec_may(site, actor, ACT_HEALTH, PURPOSE_NONE, err));
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = read_marks(&tx, out, err);
    out->now_unix_ms = tx.now_unix_ms;
    out->is_clock_doubted = tx.is_suspect;
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    read_disk(site, out);
    return arena_str(mem, str_of(site->build), &out->build, err);
}
