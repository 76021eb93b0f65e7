/* SPDX-License-Identifier: Apache-2.0
 * The file of a sheet: passes over its pages, fonts and glyphs that have to be there, how large the type is. */
#include <cairo-pdf.h>

#include "letter/letter_sheet.h"

/* Type is set smaller, a step at a time, where a letter would else have more pages than this; results and steps
 * decide. */
enum { SHORT = 20, PAGES_SHORT = 2, PAGES_LONG = 3 };

static cairo_status_t to_buf(void *closure, const unsigned char *bytes, unsigned length)
{
    struct buf *out = closure;
    buf_add(out, str_bytes(bytes, length));
    return buf_code(out) == SALVE_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_metadata(cairo_surface_t *surface, const struct letter *letter)
{
    char title[256];
    (void)snprintf(title, sizeof title, "%.*s", STR_ARGS(letter->title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Salve");
}

static enum salve_code failed(cairo_status_t status, const struct buf *out, struct salve_err *err)
{
    bool is_written = out == NULL || buf_code(out) == SALVE_OK; /* cairo forgets a failed write when it finishes */
    if (status == CAIRO_STATUS_SUCCESS && is_written) return SALVE_OK;
    enum salve_code code = out != NULL && buf_code(out) != SALVE_OK ? buf_code(out) : SALVE_E_IO;
    if (status == CAIRO_STATUS_NO_MEMORY) code = SALVE_E_MEMORY;
    return salve_refuse(err, code, cairo_status_to_string(status), "PDF of the letter");
}

/* A character that no font here has: its script is named, and the package with the fonts. */
static enum salve_code no_glyph(gunichar character, struct salve_err *err)
{
    GEnumClass *scripts = g_type_class_ref(PANGO_TYPE_SCRIPT);
    GUnicodeScript script = g_unichar_get_script(character);
    const GEnumValue *value = g_enum_get_value(scripts, (int)script);
    bool is_cjk = script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HANGUL ||
                  script == G_UNICODE_SCRIPT_HIRAGANA || script == G_UNICODE_SCRIPT_KATAKANA ||
                  script == G_UNICODE_SCRIPT_BOPOMOFO;
    (void)salve_fail(err, SALVE_E_CONFIG, "letter: a text in the script \"%s\" (U+%04X)",
                     value == NULL ? "unknown" : value->value_nick, character);
    g_type_class_unref(scripts);
    return salve_why(err, SALVE_E_CONFIG,
                     "no font here has it: install the Debian package %s, or print the HTML letter",
                     is_cjk ? "fonts-noto-cjk" : "fonts-noto-core");
}

/* What a pass found out. */
struct extent {
    int pages;
    double last; /* share of the last page that is used */
};

/* Nothing is drawn inside an empty clip: a pass that counts pages makes no glyphs, and half the work. */
static void see_nothing(cairo_t *cr)
{
    cairo_rectangle(cr, 0, 0, 0, 0);
    cairo_clip(cr);
}

/* How texts are set, on a sheet like that of each pass. */
static PangoContext *context_of(const struct sheet *s)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(NULL, NULL, s->width, s->height);
    cairo_t *cr = cairo_create(surface);
    PangoContext *context = pango_cairo_create_context(cr);
    pango_context_set_base_dir(context, s->letter->is_rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_context_set_language(context, pango_language_from_string(s->language));
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return context;
}

/* One pass over all pages; with a page count of 0 it only finds out how many there are. */
static enum salve_code pass(struct sheet s, struct buf *out, struct extent *extent, struct salve_err *err)
{
    gunichar unknown = 0;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(out == NULL ? NULL : to_buf, out, s.width, s.height);
    set_metadata(surface, s.letter);
    s.cr = cairo_create(surface);
    if (out == NULL) see_nothing(s.cr);
    s.page_count = extent->pages;
    s.no_glyph = &unknown;
    enum salve_code code = s.draw(&s, err);
    *extent = (struct extent){s.page, (s.y - MARGIN) / (s.bottom - MARGIN)};
    cairo_destroy(s.cr);
    cairo_surface_finish(surface);
    if (code == SALVE_OK) code = failed(cairo_surface_status(surface), out, err);
    cairo_surface_destroy(surface);
    return code == SALVE_OK && unknown != 0 ? no_glyph(unknown, err) : code;
}

static bool has_family(struct str family)
{
    PangoFontFamily **families;
    int count;
    bool is_found = false;
    pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
    for (int i = 0; i < count; i++) is_found = is_found || str_is(family, pango_font_family_get_name(families[i]));
    g_free(families);
    return is_found;
}

/* Without its fonts a letter would be a page of boxes. */
static enum salve_code fonts_are_here(struct str fonts, struct salve_err *err)
{
    struct str family;
    while (letter_next_font(&fonts, &family)) {
        if (has_family(family)) continue;
        return salve_refuse(err, SALVE_E_CONFIG, "it is missing; install the Debian package fonts-noto-core",
                            "font %.*s", STR_ARGS(family));
    }
    return SALVE_OK;
}

/* The largest type with which the letter has no more pages than it may and none that is mostly white; where there is
 * no such, the largest with the fewest pages. Two pages that would be a little more than one are spread over both. */
static enum salve_code fit(struct sheet *sheet, struct extent *out, struct salve_err *err)
{
    static const double scales[] = {1, 0.94, 0.88, 0.83, 1.06, 1.12, 1.2};
    enum { COUNT = sizeof scales / sizeof *scales, SMALLER = 4 };
    static const double used_min = 0.4;
    const struct letter *letter = sheet->letter;
    int pages_max = letter->line_count + letter->step_count <= SHORT ? PAGES_SHORT : PAGES_LONG;
    struct extent extents[COUNT] = {0};
    size_t best = 0;
    for (size_t i = 0; i < COUNT; i++) {
        if (i >= SMALLER && extents[best].pages > pages_max) break; /* larger type takes no fewer pages */
        sheet->scale = scales[i];
        TRY(pass(*sheet, NULL, &extents[i], err));
        bool is_allowed = extents[i].pages <= pages_max && (i < SMALLER || extents[i].pages == extents[best].pages);
        bool is_full = extents[i].pages == 1 || extents[i].last >= used_min;
        if (is_allowed && is_full) {
            best = i;
            break;
        }
        if (i < SMALLER && extents[i].pages < extents[best].pages) best = i;
    }
    sheet->scale = scales[best];
    *out = extents[best];
    return SALVE_OK;
}

enum salve_code sheet_pdf(struct sheet *sheet, struct buf *out, struct salve_err *err)
{
    const struct letter *letter = sheet->letter;
    TRY(fonts_are_here(letter->fonts, err));
    struct arena *mem = arena_open_private(64 << 20);
    struct str fonts, language;
    struct extent extent = {0};
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "PDF of the letter");
    enum salve_code code = arena_str(mem, letter->fonts, &fonts, err);
    if (code == SALVE_OK) code = arena_str(mem, letter->language, &language, err);
    sheet->fonts = fonts.ptr;
    sheet->language = language.ptr;
    sheet->mem = mem;
    letter_paper_size(letter->paper, &sheet->width, &sheet->height);
    if (code == SALVE_OK) code = sheet_set_open(mem, &sheet->set, err);
    if (code == SALVE_OK) {
        sheet->pango = context_of(sheet);
        code = fit(sheet, &extent, err);
        if (code == SALVE_OK) code = pass(*sheet, out, &extent, err);
        sheet_set_empty(sheet->set);
        g_object_unref(sheet->pango);
    }
    arena_close(mem);
    return code;
}
