/* SPDX-License-Identifier: Apache-2.0
 * What the web keeps of a session between two requests: who is open in it, and letters that wait to be fetched. Who
 * acts and whether the session stands is the gate's to say, each time. */
#include <string.h>
#include <time.h>

#include "pages/pages_int.h"

int64_t pages_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- letters and people ------------------------------------------------------------------------------------------- */

void pages_letters_end(struct pages_session *session, int64_t now_ms)
{
    for (size_t i = 0; i < PAGES_LETTERS; i++) {
        struct pages_letter *letter = &session->letters[i];
        if (letter->mem == NULL || now_ms < letter->until_ms) continue;
        arena_close(letter->mem);
        explicit_bzero(letter, sizeof *letter);
    }
}

void pages_enrolled_end(struct pages_session *session, int64_t now_ms)
{
    if (now_ms >= session->enrolled.until_ms) explicit_bzero(&session->enrolled, sizeof session->enrolled);
}

enum salve_code pages_person_end(struct pages_session *session, struct salve_err *err)
{
    enum salve_code code = visit_release(&session->held, err);
    pages_letters_end(session, INT64_MAX); /* they are of that person */
    atomic_store(&session->open_at, 0);
    explicit_bzero(session->person, sizeof session->person);
    session->sex[0] = '\0';
    session->is_urgent = session->is_pending = false;
    session->kept = '\0';
    pages_said_end(&session->said);
    session->passed_on = session->alarms = session->shown = 0;
    pages_view_token_end(session);
    return code;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void key_of(const uint8_t token[SESSION_TOKEN_BYTES], uint8_t key[CRYPTO_SHA256_BYTES])
{
    crypto_sha256(str_bytes(token, SESSION_TOKEN_BYTES), key);
}

/* Nobody uses it, and nothing is open in it. */
static bool is_idle(const struct pages_session *row)
{
    bool has_letter = false;
    if (row->users > 0) return false;
    for (size_t i = 0; i < PAGES_LETTERS; i++) has_letter = has_letter || row->letters[i].mem != NULL;
    return atomic_load(&row->open_at) == 0 && !has_letter && row->enrolled.key[0] == '\0';
}

/* The row of that key; else a free one; else the one that was idle for longest. pages->lock is held. */
static struct pages_session *find(struct pages *pages, const uint8_t key[CRYPTO_SHA256_BYTES])
{
    struct pages_session *found = NULL;
    for (size_t i = 0; i < PAGES_SESSIONS_MAX; i++) {
        struct pages_session *row = &pages->sessions[i];
        if (row->is_used && memcmp(row->key, key, CRYPTO_SHA256_BYTES) == 0) return row;
        if (!is_idle(row)) continue; /* also one that ended, while somebody waits for it */
        if (found == NULL || (found->is_used && (!row->is_used || row->used_ms < found->used_ms))) found = row;
    }
    if (found == NULL) return NULL;
    memcpy(found->key, key, CRYPTO_SHA256_BYTES);
    found->is_used = true;
    found->is_asked = found->is_for_view = false;
    found->is_urgent = found->is_pending = found->is_paper_pending = false;
    found->paper_alarms = found->paper_over = 0;
    found->passed_on = found->alarms = 0;
    return found;
}

/* Whoever waited for the turn may find that the session has ended meanwhile, or has another token. */
static bool is_still(struct pages *pages, const struct pages_session *row, const uint8_t key[CRYPTO_SHA256_BYTES])
{
    (void)pthread_mutex_lock(&pages->lock);
    bool is = row->is_used && memcmp(row->key, key, CRYPTO_SHA256_BYTES) == 0;
    (void)pthread_mutex_unlock(&pages->lock);
    return is;
}

enum salve_code pages_session_take(struct pages *pages, const uint8_t token[SESSION_TOKEN_BYTES],
                                   struct pages_session **out, struct salve_err *err)
{
    uint8_t key[CRYPTO_SHA256_BYTES];
    key_of(token, key);
    (void)pthread_mutex_lock(&pages->lock);
    struct pages_session *row = find(pages, key);
    if (row != NULL) row->users++;
    (void)pthread_mutex_unlock(&pages->lock);
    if (row == NULL) return salve_refuse(err, SALVE_E_BUSY, "too many sessions are at work", "session");
    (void)pthread_mutex_lock(&row->turn);
    if (!is_still(pages, row, key)) {
        pages_session_give(pages, row);
        return salve_refuse(err, SALVE_E_SESSION, "", "cookie");
    }
    row->used_ms = pages_now_ms();
    pages_letters_end(row, row->used_ms);
    pages_enrolled_end(row, row->used_ms);
    *out = row;
    return SALVE_OK;
}

void pages_session_give(struct pages *pages, struct pages_session *session)
{
    (void)pthread_mutex_unlock(&session->turn);
    (void)pthread_mutex_lock(&pages->lock);
    session->users--;
    (void)pthread_mutex_unlock(&pages->lock);
}

void pages_session_rename(struct pages *pages, struct pages_session *session, const uint8_t token[SESSION_TOKEN_BYTES])
{
    (void)pthread_mutex_lock(&pages->lock);
    pages_view_token_end(session); /* it leads to the token that was */
    key_of(token, session->key);
    (void)pthread_mutex_unlock(&pages->lock);
}

void pages_session_end(struct pages *pages, struct pages_session *session)
{
    (void)!pages_person_end(session, NULL); /* its closing note: the gate makes one of what was read, too */
    pages_enrolled_end(session, INT64_MAX);
    (void)pthread_mutex_lock(&pages->lock);
    session->is_used = false;
    explicit_bzero(session->key, sizeof session->key);
    (void)pthread_mutex_unlock(&pages->lock);
}

/* --- from outside ------------------------------------------------------------------------------------------------- */

void pages_drop(struct pages *pages, unsigned worker)
{
    for (size_t i = 0; i < PAGES_SESSIONS_MAX; i++) {
        struct pages_session *row = &pages->sessions[i];
        if (atomic_load(&row->open_at) == worker + 1) (void)!rec_close(&row->held.view, NULL); /* who it was stays */
    }
    struct pages_seat *at = &pages->workers[worker];
    arena_close(at->mem);
    at->mem = NULL;
    at->made_of = 0;
}

/* What is over by the gate's clock is closed here a little later: its tapes are people's data. */
static void tick_row(struct pages *pages, struct pages_session *row, int64_t now_ms)
{
    enum { OVER_MS = 31 * 60 * 1000 };
    if (pthread_mutex_trylock(&row->turn) != 0) return;
    pages_letters_end(row, now_ms);
    pages_enrolled_end(row, now_ms);
    unsigned open_at = atomic_load(&row->open_at);
    if (open_at != 0 && now_ms - row->used_ms > OVER_MS) {
        struct pages_seat *at = &pages->workers[open_at - 1];
        (void)pthread_mutex_lock(&at->turn);
        (void)!pages_person_end(row, NULL);
        (void)pthread_mutex_unlock(&at->turn);
    }
    (void)pthread_mutex_unlock(&row->turn);
}

void pages_tick(struct pages *pages)
{
    int64_t now_ms = pages_now_ms();
    for (size_t i = 0; i < PAGES_SESSIONS_MAX; i++) {
        struct pages_session *row = &pages->sessions[i];
        (void)pthread_mutex_lock(&pages->lock);
        bool is_used = row->is_used;
        if (is_used) row->users++;
        (void)pthread_mutex_unlock(&pages->lock);
        if (!is_used) continue;
        tick_row(pages, row, now_ms);
        (void)pthread_mutex_lock(&pages->lock);
        row->users--;
        (void)pthread_mutex_unlock(&pages->lock);
    }
}
