/* SPDX-License-Identifier: Apache-2.0
 * Empty forms from the words of the content. */
#include "visit/forms.h"

#include "letter/form.h"

/* A form while it is written. */
struct writing {
    const struct letter_frame *frame;
    struct letter_form *form;
    struct arena *mem;
};

static struct str word(const struct writing *w, const char *key) { return letter_frame_word(w->frame, key); }

static void put(const struct writing *w, enum letter_form_kind kind, struct str words)
{
    letter_form_add(w->form, (struct letter_form_row){.kind = kind, .words = words});
}

static enum salve_code render(const struct writing *w, struct visit_sheet *sheet, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, w->mem, 64 << 20);
    if (sheet->is_pdf) TRY(letter_form_pdf(w->form, &out, err));
    if (!sheet->is_pdf) letter_form_html(w->form, &out);
    return buf_done(&out, &sheet->bytes, err);
}

/* --- consent ------------------------------------------------------------------------------------------------------ */

static void read_back(const struct writing *w, const struct consent_form *form)
{
    put(w, LETTER_FORM_HEADING, word(w, "consent.read-back"));
    put(w, LETTER_FORM_SMALL, word(w, "consent.read-back.how"));
    for (size_t i = 0; i < form->read_back_count; i++)
        put(w, LETTER_FORM_TEXT, arena_printf(w->mem, "%zu. %.*s", i + 1, STR_ARGS(form->read_back[i].ask)));
    letter_form_add(w->form,
                    (struct letter_form_row){.kind = LETTER_FORM_ANSWER,
                                             .words = word(w, "consent.read-back.met"),
                                             .answers = {word(w, "consent.first"), word(w, "consent.second")}});
}

/* What is kept apart has a choice of its own where the purpose may have it. */
static void decision(const struct writing *w, const struct consent_form *form)
{
    put(w, LETTER_FORM_HEADING, word(w, "consent.decision"));
    put(w, LETTER_FORM_CHOICE,
        arena_printf(w->mem, "%.*s %.*s", STR_ARGS(word(w, "consent.yes")), STR_ARGS(form->yes)));
    put(w, LETTER_FORM_CHOICE, word(w, "consent.no"));
    if (consent_may_add_sensitive(form->purpose)) {
        put(w, LETTER_FORM_TEXT, word(w, "consent.apart"));
        put(w, LETTER_FORM_CHOICE, word(w, "consent.apart.yes"));
        put(w, LETTER_FORM_CHOICE, word(w, "consent.apart.no"));
    }
    put(w, LETTER_FORM_TEXT, word(w, "consent.no-trace"));
    put(w, LETTER_FORM_LINE, word(w, "consent.date"));
    put(w, LETTER_FORM_LINE, word(w, "consent.signature"));
    put(w, LETTER_FORM_LINE, word(w, "consent.witness"));
}

enum salve_code visit_consent_sheet(const struct visit_content *content, const struct consent_form *form,
                                    struct arena *mem, struct visit_sheet *sheet, struct salve_err *err)
{
    struct writing w = {.mem = mem};
    TRY(visit_frame(content, form->ref.lang, &w.frame, err));
    TRY(letter_form_open(w.frame, form->title, mem, &w.form, err));
    w.form->page.details = arena_printf(mem, "%s %u.%u", purpose_text(form->purpose), form->ref.major, form->ref.minor);
    put(&w, LETTER_FORM_SMALL, form->changes);
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++) {
        put(&w, LETTER_FORM_HEADING, form->sections[i].heading);
        put(&w, LETTER_FORM_TEXT, form->sections[i].text);
    }
    read_back(&w, form);
    decision(&w, form);
    return render(&w, sheet, err);
}
