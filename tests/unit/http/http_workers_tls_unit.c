/* SPDX-License-Identifier: Apache-2.0
 * http_workers_unit once more, over TLS. */
#include "t_http_tls.h"

#include "http_workers_unit.c"
