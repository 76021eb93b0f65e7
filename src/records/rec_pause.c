/* SPDX-License-Identifier: Apache-2.0
 *
 * Long requests let others in between: where nothing is half done, and while a secret is hashed on a thread. */
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/crew.h"
#include "records/gate.h"
#include "records/site_int.h"

void site_pause_use(struct site *site, void (*pause)(void *with, int until_fd), void *with)
{
    site->pause = pause;
    site->pause_with = with;
}

void rec_breathe(struct site *site)
{
    if (site->pause != NULL && !site->has_tx) site->pause(site->pause_with, -1);
}

/* One hashing on its way. It touches nothing of the site. */
struct slow {
    struct str secret;
    const uint8_t *salt;
    enum crypto_cost cost;
    struct crypto_key *out;
    int done_fd;
    enum salve_code code;
    struct salve_err err;
};

static void *hash(void *with)
{
    struct slow *slow = with;
    slow->code = crypto_key_from_passphrase(slow->out, slow->secret, slow->salt, slow->cost, &slow->err);
    (void)!eventfd_write(slow->done_fd, 1);
    return NULL;
}

static bool start(struct slow *slow, pthread_t *thread)
{
    slow->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (slow->done_fd < 0) return false;
    bool is_started = crew_thread(thread, hash, slow);
    if (!is_started) (void)close(slow->done_fd);
    return is_started;
}

/* Without a thread it is done here: late is better than not at all. */
enum salve_code rec_slow_key(struct site *site, struct str secret, const uint8_t *salt, enum crypto_cost cost,
                             struct crypto_key *out, struct salve_err *err)
{
    pthread_t thread;
    struct slow slow = {.secret = secret, .salt = salt, .cost = cost, .out = out};
    if (site->pause == NULL || site->has_tx || !start(&slow, &thread))
        return crypto_key_from_passphrase(out, secret, salt, cost, err);
    site->pause(site->pause_with, slow.done_fd);
    (void)pthread_join(thread, NULL);
    (void)close(slow.done_fd);
    if (slow.code != SALVE_OK && err != NULL) *err = slow.err;
    return slow.code;
}
