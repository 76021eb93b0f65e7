/* SPDX-License-Identifier: Apache-2.0
 * The process that draws: fonts, and one end of a socket. Fonts and the frames of letters are read before it is
 * confined, since they are the machine's; what it hears afterwards is not. */
#include "letter/draw.h"
#include "paper/paper.h"
#include "serve/serve_int.h"

enum { PATHS_MAX = 64, PATHS_BYTES_MAX = 1 << 20 };

/* The folders of fonts, for a name in a script that no letter is written in. */
static enum salve_code find_paths(struct arena *mem, struct confine_path *paths, size_t *count, struct salve_err *err)
{
    struct str *folders = NULL;
    TRY(letter_fonts_folders(mem, &folders, count, err));
    if (*count > PATHS_MAX) *count = PATHS_MAX;
    for (size_t i = 0; i < *count; i++) {
        struct str path; /* with its NUL */
        TRY(arena_str(mem, folders[i], &path, err));
        paths[i] = (struct confine_path){.path = path.ptr};
    }
    return SALVE_OK;
}

/* Without Landlock nothing would keep it to its folders: then it opens nothing more at all, and a name in a script that
 * no letter is written in gets no PDF. */
static unsigned may_not(const struct serve_job *job)
{
    return job->start.landlock_abi_max < 0 || confine_landlock_abi() == 0 ? CONFINE_FILES : 0;
}

static enum salve_code enter(struct serve_job *job, struct arena *mem, struct salve_err *err)
{
    struct confine_path paths[PATHS_MAX];
    struct serve_confined confined = {.paths = paths, .may_not = may_not(job)};
    if (job->fds.count != 1) return salve_fail(err, SALVE_E_IO, "control");
    TRY(paper_warm(job->start.share, err));
    TRY(find_paths(mem, paths, &confined.path_count, err));
    return serve_confine(job, &confined, err);
}

int serve_paper(struct serve_job *job)
{
    struct salve_err err = {0};
    struct serve_watch watch = {.job = job};
    struct arena *mem = arena_open(PATHS_BYTES_MAX);
    enum salve_code code = mem == NULL ? salve_fail(&err, SALVE_E_MEMORY, "paper") : enter(job, mem, &err);
    arena_close(mem);
    if (code == SALVE_OK) code = serve_watch_start(&watch, &err);
    if (code == SALVE_OK) code = serve_ready(job, -1, &err);
    if (code == SALVE_OK) code = paper_serve(job->fds.at[0], &err);
    return code == SALVE_OK ? 0 : serve_fail(&err);
}
