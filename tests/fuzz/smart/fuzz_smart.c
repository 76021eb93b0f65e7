/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a registration, a request for a code, a scope text and a grant, by the first byte. What is read is within its limits,
 * and what is written of it reads the same. */
#include <stdlib.h>

#include "base/arena.h"
#include "smart/smart.h"

static void try_app(struct str text, struct arena *mem)
{
    struct smart_app app, again;
    struct str json;
    if (smart_app_read(text, mem, &app, NULL) != SALVE_OK) return;
    if (app.redirect_count == 0 || app.redirect_count > SMART_URIS_MAX || app.id.len > SMART_ID_BYTES_MAX) abort();
    if (smart_app_write(&app, STR("mia"), STR("2026-11-30T09:30:00Z"), mem, &json, NULL) != SALVE_OK) return;
    if (smart_app_read(json, mem, &again, NULL) != SALVE_OK || !str_eq(app.name, again.name)) abort();
}

static void try_ask(struct str text, struct arena *mem)
{
    struct smart_ask ask;
    struct str back;
    if (smart_ask_read(text, mem, &ask, NULL) != SALVE_OK) return;
    if (ask.redirect.len <= SMART_URI_BYTES_MAX && ask.state.len <= SMART_STATE_BYTES_MAX &&
        smart_back(&ask, "error", STR("access_denied"), mem, &back, NULL) != SALVE_OK)
        abort();
}

static void try_scopes(struct str text, struct arena *mem)
{
    struct smart_scopes scopes, again;
    struct str out;
    struct smart_sight *sight = NULL;
    if (smart_scopes_read(text, &scopes, NULL) != SALVE_OK) return;
    (void)!smart_sight_make(text, NULL, mem, &sight, NULL);
    if (scopes.count == 0 || scopes.count > SMART_SCOPES_MAX) abort();
    if (smart_scopes_text(&scopes, smart_scopes_classes(&scopes), scopes.offline, mem, &out, NULL) != SALVE_OK) abort();
    if (out.len > SMART_SCOPE_BYTES_MAX) return;
    if (smart_scopes_read(out, &again, NULL) != SALVE_OK || !smart_scopes_within(&again, &scopes) ||
        !smart_scopes_within(&scopes, &again))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smart_grant grant;
    if (size < 1) return 0;
    struct str text = str_bytes(data + 1, size - 1);
    struct arena *mem = arena_open(4 << 20);
    if (mem == NULL) return 0;
    if (data[0] == 'a') try_app(text, mem);
    if (data[0] == 'q') try_ask(text, mem);
    if (data[0] == 's') try_scopes(text, mem);
    if (data[0] == 'g') (void)!smart_grant_read(text, mem, &grant, NULL);
    arena_close(mem);
    return 0;
}
