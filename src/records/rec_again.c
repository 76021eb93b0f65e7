/* SPDX-License-Identifier: Apache-2.0
 *
 * A view that goes on for another process of the same session: what it has with it, and the note that it was handed out
 * again. Who waits for whom, and how long, is the matter of who serves it (door). */
#include <string.h>

#include "records/closing_int.h"
#include "records/session_int.h"
#include "records/view_int.h"

enum salve_code near_rec_keep(struct rec_view *view, struct str kept, struct salve_err *err)
{
    TRY(rec_view_stands(view, err));
    if (kept.len > sizeof view->kept) return salve_fail(err, SALVE_E_TOO_BIG, "text beside a view");
    crypto_zero(view->kept, sizeof view->kept);
    if (kept.len > 0) memcpy(view->kept, kept.ptr, kept.len);
    view->kept_bytes = kept.len;
    return SALVE_OK;
}

/* Who would take it over is another process, and there is none. */
enum salve_code near_rec_hand_on(struct rec_view **view, struct str kept, struct salve_err *err)
{
    (void)kept;
    (void)!near_rec_close(view, NULL);
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "no server runs that could take it", "view");
}

enum salve_code rec_view_hand_on(struct rec_view *view, struct str kept, struct salve_err *err)
{
    if (kept.len == 0) return salve_refuse(err, SALVE_E_INVALID, "nobody would get it again", "text beside a view");
    TRY(near_rec_keep(view, kept, err));
    if (rec_session_for_view(view->site, view->stand.session)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_SESSION, "it was not opened in a session of its own", "view");
}

/* Views of a site of this process end with the process. */
enum salve_code near_rec_again(struct site *site, struct actor actor, struct arena *mem, struct rec_view **out,
                               struct str *kept, struct salve_err *err)
{
    struct actor ignored;
    *out = NULL;
    *kept = STR_NONE;
    return near_session_actor(site, actor.pass, mem, &ignored, err);
}

struct str rec_view_kept(const struct rec_view *view) { return str_make(view->kept, view->kept_bytes); }

bool rec_view_is_of(const struct rec_view *view, const uint8_t token[SESSION_TOKEN_BYTES])
{
    uint64_t number = rec_session_number(view->site, token);
    return number != 0 && view->stand.session == number;
}

/* What was handed out before is handed out a second time: it counts again. */
static void count_anew(struct rec_view *view)
{
    for (size_t i = 0; i < view->shelf.count; i++) view->shelf.all[i].is_handed_out = false;
    rec_lists_end(&view->lists);
    view->read_classes = 0;
    view->read_count = 0;
}

enum salve_code rec_view_hand_again(struct rec_view *view, struct salve_err *err)
{
    TRY(rec_view_stands(view, err));
    TRY(rec_view_note_read(view, err));
    count_anew(view);
    return rec_closing_flush(view->site, err);
}
