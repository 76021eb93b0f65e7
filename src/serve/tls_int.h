/* SPDX-License-Identifier: Apache-2.0
 * Inside web: what it identifies itself with. A key of its own, made here and nowhere else, with a certificate of the
 * site's authority that is new each day; or what the supervisor hands over. */
#ifndef SALVE_SERVE_TLS_INT_H
#define SALVE_SERVE_TLS_INT_H

#include <pthread.h>

#include "pages/pages.h"
#include "records/certify.h"
#include "serve/serve_int.h"
#include "tls/tls.h"

struct serve_tls {
    const struct serve_job *job;
    struct tls_server *server; /* NULL: no TLS here */
    int64_t fresh_unix_ms;     /* when its certificate, or the keys of its tickets, were last new */
    int64_t tried_unix_ms;
    pthread_mutex_t lock; /* of what follows */
    bool hurries;
    char authority[TLS_DER_BYTES_MAX];
    size_t authority_bytes;
    int64_t authority_until_unix_ms;
};

/* serve_tls_open - for the mode of the job; with what was given, where something is. serve_tls_close - behind the last
 * connection.
 *   errors  E_CONFIG as tls_server_use_given, E_MEMORY, E_CRYPTO */
SALVE_MUST_USE enum salve_code serve_tls_open(struct serve_tls *tls, const struct serve_job *job,
                                              struct salve_err *err);
void serve_tls_close(struct serve_tls *tls);

/* serve_tls_is_due - a day is over, or the certificate's time, or the last try failed some minutes ago.
 * serve_tls_renew - another key and certificate, or other keys of tickets for one that was given; in between what was
 * goes on. site NULL: it cannot be asked now.
 *   errors  those of site_certify */
bool serve_tls_is_due(struct serve_tls *tls, int64_t now_unix_ms);
void serve_tls_hurry(struct serve_tls *tls); /* it is due now; on any thread */
SALVE_MUST_USE enum salve_code serve_tls_renew(struct serve_tls *tls, struct site *site, int64_t now_unix_ms,
                                               struct salve_err *err);

/* serve_tls_given - what the supervisor read; the descriptors are closed. errors as serve_tls_open. */
SALVE_MUST_USE enum salve_code serve_tls_given(struct serve_tls *tls, struct serve_fds *fds, struct salve_err *err);

/* serve_tls_tell - of struct pages_config. */
enum salve_code serve_tls_tell(struct serve_tls *tls, struct arena *mem, struct pages_certificate *out,
                               struct salve_err *err);

#endif
