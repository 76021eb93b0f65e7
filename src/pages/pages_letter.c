/* SPDX-License-Identifier: Apache-2.0
 * The letter: made by a look of its own, kept in private memory for some minutes, fetched by the session that asked
 * for it and by no other, while its person is open there and the gate still lets them be read (N16). */
#include <stdio.h>

#include "pages/pages_int.h"

#include "visit/result.h"

enum { LETTER_BYTES_MAX = 64 << 20 };

/* What the page says of its own looks: the hash of its style sheet, so that no other one is taken. */
void pages_style_hash(struct str html, char out[PAGES_HASH_TEXT_BYTES])
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    struct str open = STR("<style>"), close = STR("</style>");
    ptrdiff_t from = str_find(html, open), to = str_find(html, close);
    size_t start = from < 0 ? 0 : (size_t)from + open.len, end = to < from ? start : (size_t)to;
    crypto_sha256(str_cut(html, start, end - start), hash);
    crypto_base64(hash, sizeof hash, out);
}

/* The row for a new letter: a free one, else that of the older. */
static struct pages_letter *free_row(struct pages_session *session)
{
    struct pages_letter *found = &session->letters[0];
    for (size_t i = 0; i < PAGES_LETTERS; i++) {
        struct pages_letter *one = &session->letters[i];
        if (found->mem != NULL && (one->mem == NULL || one->until_ms < found->until_ms)) found = one;
    }
    arena_close(found->mem);
    explicit_bzero(found, sizeof *found);
    return found;
}

static enum salve_code keep(struct pages_call *call, const struct visit_sheet *sheets, struct pages_letter *letter,
                            struct salve_err *err)
{
    uint8_t name[16];
    struct arena *mem = arena_open_private(LETTER_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    letter->mem = mem;
    crypto_random(name, sizeof name);
    crypto_base64url(name, sizeof name, letter->name);
    letter->until_ms = pages_now_ms() + (int64_t)call->pages->config.letter_seconds * 1000;
    TRY(arena_str(mem, sheets[0].bytes, &letter->html, err));
    TRY(arena_str(mem, sheets[1].bytes, &letter->pdf, err));
    pages_style_hash(letter->html, letter->style);
    return SALVE_OK;
}

struct keeping {
    struct pages_call *call;
    const struct visit_sheet *sheets;
    struct pages_letter *letter;
};

/* Before the record says that it is printed. */
static enum salve_code keep_sheets(void *with, struct salve_err *err)
{
    struct keeping *keeping = with;
    return keep(keeping->call, keeping->sheets, keeping->letter, err);
}

static void put_address(struct json_writer *w, const char *name, const struct pages_letter *letter, const char *end)
{
    char text[sizeof "/letter/.pdf" + PAGES_NAME_BYTES];
    (void)snprintf(text, sizeof text, "/letter/%s%s", letter->name, end);
    json_put_text(w, name, str_of(text));
}

enum salve_code pages_letter_keep(struct pages_call *call, const struct visit_sheet *sheets, bool is_paper,
                                  struct salve_err *err)
{
    struct pages_letter *letter = free_row(call->session);
    enum salve_code code = keep(call, sheets, letter, err);
    if (code != SALVE_OK) {
        arena_close(letter->mem);
        explicit_bzero(letter, sizeof *letter);
        return code;
    }
    letter->is_paper = is_paper;
    put_address(&call->w, "html", letter, "");
    put_address(&call->w, "pdf", letter, ".pdf");
    return SALVE_OK;
}

enum salve_code pages_call_letter(struct pages_call *call, struct salve_err *err)
{
    struct visit own = call->visit; /* a look of its own */
    struct pages_letter *letter = free_row(call->session);
    struct visit_sheet sheets[] = {{.language = call->in.language}, {.language = call->in.language, .is_pdf = true}};
    struct keeping keeping = {call, sheets, letter};
    struct visit_letters_ask ask = {
        .sheets = sheets, .count = 2, .keep = keep_sheets, .context = &keeping, .is_untold = call->in.untold};
    own.held = NULL;
    if (call->pages->config.draw != NULL) own.draw = call->pages->config.draw[call->at->number];
    enum salve_code code = visit_letters(&own, call->session->held.who, &ask, NULL, err);
    if (code != SALVE_OK && letter->mem != NULL) {
        arena_close(letter->mem);
        explicit_bzero(letter, sizeof *letter);
    }
    if (code != SALVE_OK) return code;
    put_address(&call->w, "html", letter, "");
    put_address(&call->w, "pdf", letter, ".pdf");
    return SALVE_OK;
}

/* --- fetching ----------------------------------------------------------------------------------------------------- */

static const struct pages_letter *find(const struct pages_session *session, struct str name)
{
    for (size_t i = 0; i < PAGES_LETTERS; i++)
        if (session->letters[i].mem != NULL && str_is(name, session->letters[i].name)) return &session->letters[i];
    return NULL;
}

enum salve_code pages_letter_get(struct pages_call *call, struct str name, struct salve_err *err)
{
    struct http_reply *reply = call->reply;
    bool is_pdf = str_ends(name, STR(".pdf"));
    const struct pages_letter *letter = find(call->session, is_pdf ? str_cut(name, 0, name.len - 4) : name);
    if (letter == NULL) return salve_refuse(err, SALVE_E_NOT_FOUND, "", "letter");
    enum salve_code code = letter->is_paper ? SALVE_OK : visit_hold_stands(&call->session->held, err);
    if (code != SALVE_OK) {
        pages_letters_end(call->session, INT64_MAX);
        return code;
    }
    /* a copy: the letter may be gone before the answer is sent */
    TRY(arena_str(reply->mem, is_pdf ? letter->pdf : letter->html, &reply->body, err));
    pages_guard_lines(call->pages, reply, is_pdf ? "" : letter->style);
    reply->type = is_pdf ? STR("application/pdf") : STR("text/html; charset=utf-8");
    if (is_pdf) http_reply_header(reply, "Content-Disposition", STR("inline; filename=\"letter.pdf\""));
    return SALVE_OK;
}
