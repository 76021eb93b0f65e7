/* SPDX-License-Identifier: Apache-2.0
 * Views that were lent to another face, found again by their token without asking anybody: who holds the turns looks,
 * and whoever finds them taken asks as for the first time. */
#include "pages/pages_int.h"

static const uint8_t none[CRYPTO_SHA256_BYTES];

void pages_known_note(struct pages *pages, struct pages_session *session, struct str token)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(token, hash);
    memcpy(session->known, hash, sizeof session->known);
    atomic_store(&pages->known[hash[0]], (uint16_t)(session - pages->sessions + 1));
}

void pages_known_end(struct pages_session *session) { explicit_bzero(session->known, sizeof session->known); }

/* Both turns are held: is it the view of that token, open on a site that is still there? */
static bool is_of(struct pages *pages, const struct pages_session *session, unsigned worker,
                  const uint8_t hash[CRYPTO_SHA256_BYTES])
{
    return !crypto_equal(session->known, none, sizeof none) &&
           crypto_equal(session->known, hash, CRYPTO_SHA256_BYTES) && session->held.view != NULL &&
           atomic_load(&session->open_at) == worker + 1 && pages->config.site_is(pages->config.with, worker);
}

bool pages_lend_known(struct pages *pages, struct str token, struct pages_known *out)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    if (pages->config.site_is == NULL || token.len == 0) return false;
    crypto_sha256(token, hash);
    unsigned place = atomic_load(&pages->known[hash[0]]);
    struct pages_session *session = place == 0 ? NULL : &pages->sessions[place - 1];
    if (session == NULL || pthread_mutex_trylock(&session->turn) != 0) return false;
    unsigned open_at = atomic_load(&session->open_at);
    struct pages_seat *at = open_at == 0 ? NULL : &pages->workers[open_at - 1];
    if (at != NULL && pthread_mutex_trylock(&at->turn) == 0) {
        *out = (struct pages_known){session, at, session->held.view};
        if (is_of(pages, session, at->number, hash)) return true;
        (void)pthread_mutex_unlock(&at->turn);
    }
    (void)pthread_mutex_unlock(&session->turn);
    return false;
}

void pages_lend_known_back(struct pages_known *known)
{
    struct pages_session *session = known->session;
    struct pages_seat *at = known->at;
    (void)pthread_mutex_unlock(&at->turn);
    (void)pthread_mutex_unlock(&session->turn);
    *known = (struct pages_known){.view = NULL};
}
