/* SPDX-License-Identifier: Apache-2.0
 * What goes along with reviewing: letters that wait to be printed, and when people hear of which test. */
#include "pages/pages_int.h"

#include "visit/release.h"
#include "visit/result.h"

/* By ticket: who it is, is asked one at a time. */
enum salve_code pages_call_letters(struct pages_call *call, struct salve_err *err)
{
    struct visit_waiting *list = NULL;
    size_t count = 0;
    uint64_t unreadable = 0;
    struct json_writer *w = &call->w;
    TRY(visit_letter_queue(&call->visit, &list, &count, &unreadable, err));
    json_put_i64(w, "unreadable", (int64_t)unreadable);
    json_open(w, "tickets", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "ticket", list[i].ticket);
        json_put_text(w, "reach", str_of(pages_reach_text(list[i].reach)));
        pages_put_instant(call, "since", list[i].since_unix_ms);
        json_close(w);
    }
    json_close(w);
    return SALVE_OK;
}

/* About nobody: it is shown to people before a sample is taken. */
enum salve_code pages_call_releases(struct pages_call *call, struct salve_err *err)
{
    struct visit_test *tests = NULL;
    size_t count = 0;
    struct json_writer *w = &call->w;
    TRY(visit_releases(&call->visit, call->languages, call->language_count, &tests, &count, err));
    json_open(w, "tests", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "name", tests[i].name);
        json_put_text(w, "release", str_of(guideline_release_text(tests[i].release)));
        json_close(w);
    }
    json_close(w);
    return SALVE_OK;
}
