/* SPDX-License-Identifier: Apache-2.0
 *
 * How browsers reach the site, as whoever serves it says. */
#include <stdlib.h>

#include "records/gate.h"
#include "records/proof_int.h"

static const char *const modes[] = {
#define SITE_MODE(name, text, what) text,
#include "records/site_modes.def"
#undef SITE_MODE
};

const char *site_mode_text(enum site_mode mode) { return modes[mode]; }

bool site_mode_find(struct str text, enum site_mode *out)
{
    for (int mode = 0; mode < SITE_MODES; mode++) {
        if (!str_is(text, modes[mode])) continue;
        *out = (enum site_mode)mode;
        return true;
    }
    return false;
}

enum salve_code rec_proofs_of(struct site *site, struct rec_proofs **out, struct salve_err *err)
{
    if (site->proofs == NULL) {
        struct rec_proofs *fresh = calloc(1, sizeof *fresh);
        if (fresh == NULL) return salve_fail(err, SALVE_E_MEMORY, "site");
        enum salve_code code = passkey_challenges_new(&fresh->challenges, err);
        if (code != SALVE_OK) {
            free(fresh);
            return code;
        }
        memcpy(fresh->rp_id, "localhost", sizeof "localhost");
        site->proofs = fresh;
    }
    *out = site->proofs;
    return SALVE_OK;
}

void rec_proofs_drop(struct site *site)
{
    if (site->proofs == NULL) return;
    passkey_challenges_drop(&site->proofs->challenges);
    free(site->proofs);
    site->proofs = NULL;
}

enum site_mode rec_mode(const struct site *site) { return site->proofs == NULL ? SITE_LOCAL : site->proofs->mode; }

/* What stands in a name or an origin; nothing of it has another form in JSON. */
static bool is_plain(struct str text, size_t bytes_max)
{
    if (text.len == 0 || text.len > bytes_max) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_good = str_is_lower(c) || str_is_digit(c) || c == '.' || c == '-' || c == ':' || c == '/';
        if (!is_good) return false;
    }
    return true;
}

static enum salve_code names_check(const struct site_names *names, struct salve_err *err)
{
    bool is_good = names->mode < SITE_MODES && is_plain(names->rp_id, SITE_NAME_BYTES_MAX) &&
                   names->origin_count <= SITE_ORIGINS_MAX;
    for (size_t i = 0; is_good && i < names->origin_count; i++)
        is_good = is_plain(names->origins[i], SITE_ORIGIN_BYTES_MAX);
    return is_good ? SALVE_OK : salve_refuse(err, SALVE_E_RANGE, "a-z, 0-9, '.', '-'", "name of the site");
}

enum salve_code site_names_use(struct site *site, const struct site_names *names, struct salve_err *err)
{
    struct rec_proofs *proofs = NULL;
    salve_assert(site->ops == &rec_near_ops);
    TRY(names_check(names, err));
    TRY(rec_proofs_of(site, &proofs, err));
    memset(proofs->rp_id, 0, sizeof proofs->rp_id);
    memset(proofs->origins, 0, sizeof proofs->origins);
    proofs->mode = names->mode;
    memcpy(proofs->rp_id, names->rp_id.ptr, names->rp_id.len);
    proofs->origin_count = names->origin_count;
    for (size_t i = 0; i < names->origin_count; i++)
        memcpy(proofs->origins[i], names->origins[i].ptr, names->origins[i].len);
    return SALVE_OK;
}

enum salve_code near_site_names_get(struct site *site, struct arena *mem, struct site_names *out, struct salve_err *err)
{
    struct rec_proofs *proofs = NULL;
    TRY(rec_proofs_of(site, &proofs, err));
    *out = (struct site_names){.mode = proofs->mode, .origin_count = proofs->origin_count};
    TRY(arena_str(mem, str_of(proofs->rp_id), &out->rp_id, err));
    for (size_t i = 0; i < proofs->origin_count; i++)
        TRY(arena_str(mem, str_of(proofs->origins[i]), &out->origins[i], err));
    return SALVE_OK;
}
