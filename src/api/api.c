/* SPDX-License-Identifier: Apache-2.0
 * Opening and closing. */
#include "api/api_int.h"

enum { MEMORY_BYTES = 1 << 20 };

enum salve_code api_open(const struct api_config *config, struct api **out, struct salve_err *err)
{
    struct arena *mem = arena_open_private(MEMORY_BYTES);
    struct api *api = mem == NULL ? NULL : arena_new(mem, struct api);
    if (api == NULL) {
        arena_close(mem);
        return salve_fail(err, SALVE_E_MEMORY, "api");
    }
    *api = (struct api){.config = *config, .mem = mem};
    enum salve_code code = api_apps_open(api, err);
    if (code != SALVE_OK)
        arena_close(mem);
    else
        *out = api;
    return code;
}

void api_close(struct api **api)
{
    struct api *one = *api;
    *api = NULL;
    if (one == NULL) return;
    api_apps_close(one);
    arena_close(one->mem);
}
