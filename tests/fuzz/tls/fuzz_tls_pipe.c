/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a client of TLS, in two pieces: nothing that they say comes out in clear unless a handshake was whole, and
 * what waits is bounded. */
#include <stdint.h>
#include <stdlib.h>

#include "tls/tls.h"
#include "tls_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_case run;
    char out[64];
    if (run.server == NULL) {
        if (crypto_init(NULL) != SALVE_OK) abort();
        tls_case_open(&run);
    }
    struct tls_pipe *pipe = tls_pipe_open(run.server);
    if (pipe == NULL) return 0;
    size_t first = size > 0 ? data[0] % size : 0;
    tls_pipe_came(pipe, (const char *)data, first);
    tls_pipe_came(pipe, (const char *)data + first, size - first);
    /* no client that is not one has the keys of a whole handshake */
    if (tls_pipe_state(pipe) == TLS_OPEN || tls_pipe_take(pipe, out, sizeof out) > 0) abort();
    if (tls_pipe_put(pipe, STR("answer")) > 0 || tls_pipe_waits(pipe).len > TLS_SEALED_BYTES_MAX) abort();
    if (size > TLS_HELLO_BYTES_MAX && tls_pipe_state(pipe) != TLS_BROKEN) abort();
    tls_pipe_sent(pipe, tls_pipe_waits(pipe).len);
    tls_pipe_close(pipe);
    return 0;
}
