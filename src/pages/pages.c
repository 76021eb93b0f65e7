/* SPDX-License-Identifier: Apache-2.0
 * Opening and closing of what answers. */
#include "pages/pages_int.h"

#include <stdlib.h>

#include "web_files.h"

enum { MEMORY_BYTES = 1 << 20 };

static enum salve_code make_rows(struct pages *pages, struct salve_err *err)
{
    pages->sessions = arena_array(pages->mem, struct pages_session, PAGES_SESSIONS_MAX);
    pages->workers = arena_array(pages->mem, struct pages_seat, pages->config.workers);
    if (pages->sessions == NULL || pages->workers == NULL) return salve_fail(err, SALVE_E_MEMORY, "pages");
    for (size_t i = 0; i < PAGES_SESSIONS_MAX; i++) {
        (void)pthread_mutex_init(&pages->sessions[i].turn, NULL);
        (void)pthread_mutex_init(&pages->sessions[i].view_lock, NULL);
    }
    for (unsigned i = 0; i < pages->config.workers; i++) {
        pages->workers[i].pages = pages;
        pages->workers[i].number = i;
        (void)pthread_mutex_init(&pages->workers[i].turn, NULL);
    }
    return SALVE_OK;
}

static enum salve_code first_content(struct pages *pages, struct salve_err *err)
{
    struct salve_err why = {0};
    if (pages->config.site == NULL) return SALVE_OK; /* nobody can ask for any */
    struct site *site = pages->config.site(pages->config.with, 0, &why);
    if (site != NULL) return pages_content_make(pages, site, err);
    if (err != NULL) *err = why;
    return why.code == SALVE_OK ? salve_fail(err, SALVE_E_BUSY, "site") : why.code;
}

enum salve_code pages_open(const struct pages_config *config, struct pages **out, struct salve_err *err)
{
    salve_assert(config->workers > 0 && config->workers <= PAGES_WORKERS_MAX);
    struct arena *mem = arena_open_private(MEMORY_BYTES);
    struct pages *pages = mem == NULL ? NULL : arena_new(mem, struct pages);
    if (pages == NULL) {
        arena_close(mem);
        return salve_fail(err, SALVE_E_MEMORY, "pages");
    }
    pages->config = *config;
    pages->mem = mem;
    if (config->files == NULL) {
        pages->config.files = web_files;
        pages->config.file_count = web_file_count;
    }
    if (pages->config.letter_seconds == 0) pages->config.letter_seconds = 300;
    (void)pthread_mutex_init(&pages->lock, NULL);
    enum salve_code code = make_rows(pages, err);
    if (code == SALVE_OK) code = first_content(pages, err);
    if (code == SALVE_OK)
        *out = pages;
    else
        arena_close(mem);
    return code;
}

void pages_close(struct pages **pages)
{
    struct pages *one = *pages;
    *pages = NULL;
    if (one == NULL) return;
    for (size_t i = 0; i < PAGES_SESSIONS_MAX; i++) {
        pages_session_end(one, &one->sessions[i]);
        (void)pthread_mutex_destroy(&one->sessions[i].turn);
        (void)pthread_mutex_destroy(&one->sessions[i].view_lock);
    }
    for (unsigned i = 0; i < one->config.workers; i++) {
        arena_close(one->workers[i].mem);
        (void)pthread_mutex_destroy(&one->workers[i].turn);
    }
    pages_content_give(one, one->content);
    (void)pthread_mutex_destroy(&one->lock);
    arena_close(one->mem);
}

void *pages_worker(struct pages *pages, unsigned worker)
{
    salve_assert(worker < pages->config.workers);
    return &pages->workers[worker];
}
