/* SPDX-License-Identifier: Apache-2.0
 * The sheet and the page by which devices learn to trust a site: an empty form with the facts of its certificate. */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"
#include "letter/form.h"
#include "visit/trust.h"

enum {
    FINGERPRINT_PART = 8 /* bytes */,
    LANGUAGE_BYTES_MAX = 20,
    TEXT_BYTES_MAX = 4096,
    PAGE_BYTES_MAX = 1 << 20,
    PATH_BYTES = 4096
};

/* A sheet while it is written. */
struct writing {
    const struct json *words;
    const struct visit_trust *facts;
    struct letter_form *form;
    struct arena *mem;
    struct salve_err *err;
    enum salve_code code;
};

/* --- words -------------------------------------------------------------------------------------------------------- */

/* A language comes from a browser: letters and hyphens alone make a name of a file. */
static bool is_language(struct str text)
{
    bool is = text.len > 0 && text.len <= LANGUAGE_BYTES_MAX;
    for (size_t i = 0; is && i < text.len; i++) is = str_is_letter(text.ptr[i]) || text.ptr[i] == '-';
    return is;
}

static enum salve_code load_words(const char *share, struct str language, struct arena *mem, const struct json **out,
                                  struct salve_err *err)
{
    struct str bytes;
    char path[PATH_BYTES];
    if (!is_language(language)) return salve_fail(err, SALVE_E_NOT_FOUND, "language");
    int len = snprintf(path, sizeof path, "%s/letters/trust.%.*s.json", share, STR_ARGS(language));
    if (len < 0 || (size_t)len >= sizeof path) return salve_fail(err, SALVE_E_NOT_FOUND, "language");
    TRY(file_read(path, SALVE_CONFIG_BYTES_MAX, mem, &bytes, err));
    return json_read(bytes, NULL, mem, out, err);
}

/* Latin text keeps its order within any other (UAX 9: FSI, PDI). */
static struct str apart(const struct writing *w, struct str text)
{
    return arena_printf(w->mem, "\xe2\x81\xa8%.*s\xe2\x81\xa9", STR_ARGS(text));
}

/* In four parts, for eyes that compare. */
static struct str in_parts(const struct writing *w, struct str fingerprint)
{
    struct str copy;
    if (arena_str(w->mem, fingerprint, &copy, NULL) != SALVE_OK) return fingerprint;
    char *text = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 3 * FINGERPRINT_PART - 1; i < copy.len; i += 3 * (size_t)FINGERPRINT_PART) text[i] = ' ';
    return copy;
}

/* What stands in braces. */
static struct str fact(const struct writing *w, struct str name)
{
    char until[CLOCK_TEXT_BYTES];
    if (str_is(name, "name")) return w->facts->name;
    if (str_is(name, "origin")) return w->facts->origin;
    if (str_is(name, "plain")) return w->facts->plain;
    if (!str_is(name, "until")) return STR("");
    return arena_printf(w->mem, "%.*s", STR_ARGS(clock_date_text(w->facts->until_unix_ms, until)));
}

static struct str filled(const struct writing *w, struct str text)
{
    struct buf out;
    buf_init(&out, w->mem, TEXT_BYTES_MAX);
    while (text.len > 0) {
        struct str before = text, behind, name, rest;
        bool has = str_split(text, '{', &before, &behind) && str_split(behind, '}', &name, &rest);
        buf_add(&out, has ? before : text);
        if (has) buf_add(&out, apart(w, fact(w, name)));
        text = has ? rest : STR_NONE;
    }
    return buf_code(&out) == SALVE_OK ? buf_str(&out) : STR("");
}

static struct str word(struct writing *w, const char *key)
{
    struct str text = json_get_text(w->words, key);
    if (text.len == 0 && w->code == SALVE_OK) w->code = salve_fail(w->err, SALVE_E_INVALID, "trust: %s", key);
    return filled(w, text);
}

static void put(struct writing *w, enum letter_form_kind kind, const char *key)
{
    letter_form_add(w->form, (struct letter_form_row){.kind = kind, .words = word(w, key)});
}

static void put_fact(struct writing *w, const char *key, struct str text)
{
    put(w, LETTER_FORM_SMALL, key);
    letter_form_add(w->form, (struct letter_form_row){.kind = LETTER_FORM_TEXT, .words = apart(w, text)});
}

/* --- the sheet ---------------------------------------------------------------------------------------------------- */

static void put_getting(struct writing *w)
{
    const struct visit_trust *facts = w->facts;
    put(w, LETTER_FORM_HEADING, "get");
    if (facts->link.len > 0)
        letter_form_add(w->form, (struct letter_form_row){
                                     .kind = LETTER_FORM_LINK, .words = word(w, "get.link"), .unit = facts->link});
    else
        put(w, LETTER_FORM_TEXT, facts->plain.len > 0 ? "get.paper" : "get.stick");
    if (facts->plain.len > 0)
        letter_form_add(w->form, (struct letter_form_row){.kind = LETTER_FORM_CODE, .words = facts->plain});
}

static void put_rest(struct writing *w)
{
    put(w, LETTER_FORM_HEADING, "compare");
    put(w, LETTER_FORM_TEXT, "compare.how");
    put(w, LETTER_FORM_TEXT, "compare.differs");
    put_fact(w, "fingerprint", in_parts(w, w->facts->fingerprint));
    put_fact(w, "words", w->facts->words);
    put(w, LETTER_FORM_HEADING, "trust");
    put(w, LETTER_FORM_TEXT, "trust.android");
    put(w, LETTER_FORM_TEXT, "trust.apple");
    put(w, LETTER_FORM_TEXT, "trust.windows");
    put(w, LETTER_FORM_TEXT, "trust.others");
    put(w, LETTER_FORM_HEADING, "open");
    put(w, LETTER_FORM_TEXT, "open.how");
    if (w->facts->link.len == 0) put(w, LETTER_FORM_SMALL, "keep");
}

static enum salve_code render(const struct writing *w, const struct visit_trust_ask *ask, struct str *bytes,
                              struct salve_err *err)
{
    struct buf out;
    const struct letter_drawn drawn = {.form = w->form};
    if (ask->is_pdf) return letter_draw_pdf(ask->draw, &drawn, w->mem, bytes, err);
    buf_init(&out, w->mem, PAGE_BYTES_MAX);
    letter_form_html(w->form, &out);
    return buf_done(&out, bytes, err);
}

enum salve_code visit_trust_sheet(const struct visit_trust_ask *ask, const struct visit_trust *facts, struct arena *mem,
                                  struct str *bytes, struct salve_err *err)
{
    static const struct letter_draw here = {NULL, NULL};
    struct letter_frame *frame;
    struct visit_trust_ask drawn = *ask;
    struct writing w = {.facts = facts, .mem = mem, .err = err};
    if (drawn.draw == NULL) drawn.draw = &here;
    TRY(load_words(ask->share, ask->language, mem, &w.words, err));
    TRY(letter_frame_load(ask->share, ask->language, mem, &frame, err));
    TRY(letter_form_open(frame, word(&w, "title"), mem, &w.form, err));
    put(&w, LETTER_FORM_TEXT, "lead");
    put_getting(&w);
    put_rest(&w);
    TRY(w.code);
    return render(&w, &drawn, bytes, err);
}
