/* SPDX-License-Identifier: Apache-2.0
 * Certificates of web: see tls_int.h. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "serve/tls_int.h"

enum {
    DAY_MS = 24 * 60 * 60 * 1000,
    AGAIN_MS = 5 * 60 * 1000, /* behind a try that failed */
    WORK_BYTES = 64 << 10,
};

/* --- what was given ----------------------------------------------------------------------------------------------- */

/* From its beginning: whoever had it before moved on in it. */
static enum salve_code read_given(int fd, char bytes[TLS_FILE_BYTES_MAX], struct str *out, struct salve_err *err)
{
    size_t have = 0;
    ssize_t n = 1;
    while (n > 0 && have < TLS_FILE_BYTES_MAX) {
        n = pread(fd, bytes + have, TLS_FILE_BYTES_MAX - have, (off_t)have);
        if (n > 0) have += (size_t)n;
    }
    *out = str_make(bytes, have);
    return n < 0 ? salve_fail(err, SALVE_E_IO, "certificate") : SALVE_OK;
}

static enum salve_code use_given(struct serve_tls *tls, const int fds[2], struct salve_err *err)
{
    static const size_t size = TLS_FILE_BYTES_MAX;
    const struct clock clock = clock_system();
    struct tls_given given = {.now_unix_ms = clock_ms(&clock)};
    char *bytes = crypto_secret_alloc(2 * size);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "certificate");
    enum salve_code code = read_given(fds[0], bytes, &given.chain, err);
    if (code == SALVE_OK) code = read_given(fds[1], bytes + size, &given.key, err);
    if (code == SALVE_OK) code = tls_server_use_given(tls->server, &given, err);
    if (code == SALVE_OK) tls->fresh_unix_ms = given.now_unix_ms;
    crypto_secret_free(bytes);
    return code;
}

enum salve_code serve_tls_given(struct serve_tls *tls, struct serve_fds *fds, struct salve_err *err)
{
    bool are_there = fds->count == 2 && tls->server != NULL;
    enum salve_code code = are_there ? use_given(tls, fds->at, err) : salve_fail(err, SALVE_E_IO, "control");
    serve_fds_close(fds);
    return code;
}

/* --- beginning, ending -------------------------------------------------------------------------------------------- */

enum salve_code serve_tls_open(struct serve_tls *tls, const struct serve_job *job, struct salve_err *err)
{
    const struct serve_start *start = &job->start;
    *tls = (struct serve_tls){.job = job};
    if (pthread_mutex_init(&tls->lock, NULL) != 0) return salve_fail(err, SALVE_E_MEMORY, "TLS");
    if (start->mode != SITE_SITE && start->mode != SITE_PUBLIC) return SALVE_OK;
    TRY(tls_server_open(str_of(start->name), &tls->server, err));
    size_t at = start->has_plain ? 3 : 2;
    return start->has_given ? use_given(tls, job->fds.at + at, err) : SALVE_OK;
}

void serve_tls_close(struct serve_tls *tls) { tls_server_close(&tls->server); }

/* --- a certificate of the site's own ------------------------------------------------------------------------------ */

void serve_tls_hurry(struct serve_tls *tls)
{
    (void)pthread_mutex_lock(&tls->lock);
    tls->hurries = true;
    (void)pthread_mutex_unlock(&tls->lock);
}

/* A clock that was set back, too, is a reason. */
bool serve_tls_is_due(struct serve_tls *tls, int64_t now_unix_ms)
{
    struct tls_used used;
    if (tls->server == NULL) return false;
    (void)pthread_mutex_lock(&tls->lock);
    bool hurries = tls->hurries;
    tls->hurries = false;
    (void)pthread_mutex_unlock(&tls->lock);
    if (hurries) return true;
    int64_t since_ms = now_unix_ms - tls->fresh_unix_ms, tried_ms = now_unix_ms - tls->tried_unix_ms;
    if (tried_ms >= 0 && tried_ms < AGAIN_MS) return false;
    if (!tls_server_used(tls->server, &used) || since_ms < 0 || since_ms >= DAY_MS) return true;
    bool is_over = now_unix_ms < used.from_unix_ms || now_unix_ms >= used.until_unix_ms;
    return is_over && tls->job->start.mode == SITE_SITE;
}

static void keep_authority(struct serve_tls *tls, const struct site_certificate *authority)
{
    (void)pthread_mutex_lock(&tls->lock);
    memcpy(tls->authority, authority->der.ptr, authority->der.len);
    tls->authority_bytes = authority->der.len;
    tls->authority_until_unix_ms = authority->until_unix_ms;
    (void)pthread_mutex_unlock(&tls->lock);
}

static enum salve_code certify(struct serve_tls *tls, struct site *site, const struct tls_key *key, struct arena *mem,
                               struct salve_err *err)
{
    struct site_certificate authority, leaf;
    TRY(site_authority(site, mem, &authority, err));
    if (!str_is(authority.name, tls->job->start.name))
        return salve_refuse(err, SALVE_E_CONFIG, "the site's authority is for another name; 'salve tls make' makes one",
                            "name %s", tls->job->start.name);
    if (authority.der.len > sizeof tls->authority) return salve_fail(err, SALVE_E_INTEGRITY, "authority");
    TRY(site_certify(site, str_bytes(tls_key_point(key), TLS_POINT_BYTES), mem, &leaf, err));
    const struct tls_own own = {.key = key, .leaf = leaf.der, .authority = authority.der};
    TRY(tls_server_use_own(tls->server, &own, err));
    keep_authority(tls, &authority);
    return SALVE_OK;
}

static enum salve_code renew_own(struct serve_tls *tls, struct site *site, struct salve_err *err)
{
    struct tls_key *key = NULL;
    if (site == NULL) return salve_fail(err, SALVE_E_BUSY, "gate");
    struct arena *mem = arena_open(WORK_BYTES);
    enum salve_code code = mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "certificate") : tls_key_make(&key, err);
    if (code == SALVE_OK) code = certify(tls, site, key, mem, err);
    tls_key_drop(&key);
    arena_close(mem);
    if (code == SALVE_E_NOT_FOUND)
        return salve_refuse(err, SALVE_E_CONFIG, "the site has no authority yet; 'salve tls make' makes one", "name %s",
                            tls->job->start.name);
    return code;
}

enum salve_code serve_tls_renew(struct serve_tls *tls, struct site *site, int64_t now_unix_ms, struct salve_err *err)
{
    if (tls->server == NULL) return SALVE_OK;
    tls->tried_unix_ms = now_unix_ms;
    TRY(tls->job->start.mode == SITE_SITE ? renew_own(tls, site, err) : tls_server_fresh(tls->server, err));
    tls->fresh_unix_ms = now_unix_ms;
    tls->tried_unix_ms = 0;
    return SALVE_OK;
}

/* --- what pages may tell ------------------------------------------------------------------------------------------ */

static enum salve_code tell_used(struct serve_tls *tls, struct arena *mem, struct pages_certificate *out,
                                 struct salve_err *err)
{
    struct tls_used used;
    char words[TLS_WORDS_BYTES], fingerprint[TLS_FINGERPRINT_TEXT_BYTES];
    if (!tls_server_used(tls->server, &used)) return SALVE_OK;
    (void)pthread_mutex_lock(&tls->lock);
    struct str authority = str_make(tls->authority, tls->authority_bytes);
    out->until_unix_ms = authority.len > 0 ? tls->authority_until_unix_ms : used.until_unix_ms;
    enum salve_code code = arena_str(mem, authority, &out->authority, err);
    (void)pthread_mutex_unlock(&tls->lock);
    tls_words(used.fingerprint, words);
    tls_fingerprint_text(used.fingerprint, fingerprint);
    if (code == SALVE_OK) code = arena_str(mem, str_of(words), &out->words, err);
    return code == SALVE_OK ? arena_str(mem, str_of(fingerprint), &out->fingerprint, err) : code;
}

enum salve_code serve_tls_tell(struct serve_tls *tls, struct arena *mem, struct pages_certificate *out,
                               struct salve_err *err)
{
    const struct serve_start *start = &tls->job->start;
    *out = (struct pages_certificate){.mode = str_of(site_mode_text(start->mode)),
                                      .name = str_of(start->name),
                                      .origin = str_of(start->origin),
                                      .words = STR(""),
                                      .fingerprint = STR(""),
                                      .authority = STR("")};
    return tls->server == NULL ? SALVE_OK : tell_used(tls, mem, out, err);
}
