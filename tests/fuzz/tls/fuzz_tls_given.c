/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a certificate and a key that somebody gave, as one that was kept, and as a point: none of them is taken
 * for one of this site's authority, and what is refused leaves what is in use. */
#include <stdint.h>
#include <stdlib.h>

#include "tls/tls.h"
#include "tls_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_case run;
    struct tls_certificate read;
    struct tls_used used;
    if (run.server == NULL) {
        if (crypto_init(NULL) != SALVE_OK) abort();
        tls_case_open(&run);
    }
    struct arena *mem = arena_open(1 << 16);
    if (mem == NULL) return 0;
    struct str all = str_bytes(data, size);
    struct str half = str_cut(all, 0, size / 2), rest = str_cut(all, size / 2, size);
    const struct tls_given given = {.chain = half, .key = rest, .now_unix_ms = TLS_CASE_NOW};
    (void)!tls_server_use_given(run.server, &given, NULL);
    if (!tls_server_used(run.server, &used)) abort();
    if (tls_authority_read(all, tls_case_seed(&run), mem, &read, NULL) == SALVE_OK) abort();
    (void)!tls_certificate_read(all, mem, &read, NULL);
    if (size >= TLS_POINT_BYTES)
        (void)!tls_certify(&run.authority, tls_case_seed(&run), data, TLS_CASE_NOW, mem, &read, NULL);
    arena_close(mem);
    return 0;
}
