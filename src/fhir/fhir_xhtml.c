/* SPDX-License-Identifier: Apache-2.0
 * The XHTML of narratives (R4, narrative.html): a small, strict scanner of the XML that may stand there. Elements and
 * attributes are those of rule txt-1 with the rest of the HTML 4 chapters that it names; no DTD, no processing
 * instruction, no CDATA, no named entities but the five of XML, nothing active. */
#include "fhir/fhir.h"
#include "json/json_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { XHTML_DEPTH_MAX = 100, ENTITY_CHARS_MAX = 10, NAME_ROW_BYTES = 16 };

struct xhtml {
    const char *at, *end;
    struct str open[XHTML_DEPTH_MAX];
    unsigned depth;
    bool has_content, has_namespace;
    const char *rule, *text;
};

static bool broken(struct xhtml *x, const char *rule, const char *text)
{
    x->rule = rule;
    x->text = text;
    return false;
}

static bool malformed(struct xhtml *x) { return broken(x, "fhir-xhtml-form", "the narrative must be well-formed XML"); }

/* Names filled with zeros, so that comparing is comparing two words. The frequent ones come first. */
typedef char name_row[NAME_ROW_BYTES];

static bool is_among(struct str name, const name_row *rows, size_t count)
{
    name_row row = {0};
    if (name.len == 0 || name.len >= NAME_ROW_BYTES) return false;
    memcpy(row, name.ptr, name.len);
    for (size_t i = 0; i < count; i++)
        if (memcmp(row, rows[i], NAME_ROW_BYTES) == 0) return true;
    return false;
}

static bool is_allowed_element(struct str name)
{
    static const name_row rows[] = {
        "p",       "b",        "td",         "span", "a",    "tr",   "div", "br",      "table",  "li",     "ul",
        "th",      "h1",       "h2",         "h3",   "h4",   "h5",   "h6",  "i",       "em",     "strong", "tbody",
        "thead",   "tfoot",    "ol",         "pre",  "code", "img",  "hr",  "sub",     "sup",    "small",  "big",
        "caption", "colgroup", "col",        "dl",   "dt",   "dd",   "dfn", "q",       "samp",   "kbd",    "tt",
        "var",     "cite",     "blockquote", "abbr", "map",  "area", "bdo", "acronym", "address"};
    return is_among(name, rows, sizeof rows / sizeof rows[0]);
}

static bool is_allowed_attribute(struct str name)
{
    static const name_row rows[] = {
        "href",   "class",    "style",     "xmlns", "title",   "colspan",    "id",          "lang",        "xml:lang",
        "dir",    "rowspan",  "src",       "alt",   "width",   "height",     "border",      "align",       "valign",
        "name",   "abbr",     "accesskey", "axis",  "bgcolor", "cellhalign", "cellpadding", "cellspacing", "cellvalign",
        "char",   "charoff",  "charset",   "cite",  "compact", "coords",     "frame",       "headers",     "hreflang",
        "hspace", "longdesc", "nowrap",    "rel",   "rev",     "rules",      "scope",       "shape",       "span",
        "start",  "summary",  "tabindex",  "type",  "value",   "vspace",     "idref",       "usemap"};
    return is_among(name, rows, sizeof rows / sizeof rows[0]);
}

static bool is_name_char(char c)
{
    return str_is_digit(c) || str_is_letter(c) || c == ':' || c == '-' || c == '_' || c == '.';
}

static struct str take_name(struct xhtml *x)
{
    const char *start = x->at;
    while (x->at < x->end && is_name_char(*x->at)) x->at++;
    return str_make(start, (size_t)(x->at - start));
}

static void skip_space(struct xhtml *x)
{
    while (x->at < x->end && str_is_space(*x->at)) x->at++;
}

static bool take(struct xhtml *x, const char *token)
{
    size_t len = strlen(token);
    if ((size_t)(x->end - x->at) < len || memcmp(x->at, token, len) != 0) return false;
    x->at += len;
    return true;
}

/* &lt; &#160; &#xA0; */
static bool take_entity(struct xhtml *x)
{
    static const name_row names[] = {"lt", "gt", "amp", "quot", "apos"};
    const char *start = ++x->at;
    while (x->at < x->end && *x->at != ';' && x->at - start < ENTITY_CHARS_MAX) x->at++;
    if (x->at == x->end || *x->at != ';') return malformed(x);
    struct str name = str_make(start, (size_t)(x->at++ - start));
    if (is_among(name, names, sizeof names / sizeof names[0])) return true;
    bool is_hex = name.len > 2 && name.ptr[0] == '#' && name.ptr[1] == 'x';
    size_t i = is_hex ? 2 : 1;
    if (name.len < 2 || name.ptr[0] != '#')
        return broken(x, "fhir-xhtml-entity", "the narrative must not use named entities other than those of XML");
    for (; i < name.len; i++)
        if (!str_is_digit(name.ptr[i]) && !(is_hex && str_hex_digit(str_lower(name.ptr[i])) >= 0)) return malformed(x);
    return true;
}

/* The character of &#106; or &#x6A; at the start of a well-formed value; 0 for others. *bytes: of the entity. */
static unsigned entity_char(struct str value, size_t *bytes)
{
    ptrdiff_t end = str_find(value, STR(";"));
    bool is_hex = value.len > 2 && value.ptr[2] == 'x';
    unsigned c = 0;
    *bytes = end < 0 ? value.len : (size_t)end + 1;
    if (value.len < 2 || value.ptr[1] != '#') return 0;
    for (size_t i = is_hex ? 3 : 2; i + 1 < *bytes && c < 0x110000; i++) {
        c = c * (is_hex ? 16 : 10) + (unsigned)str_hex_digit(str_lower(value.ptr[i]));
    }
    return c;
}

/* Does the address begin with "javascript:", as browsers read it: entities resolved, white space left out? */
static bool is_active(struct str name, struct str value)
{
    static const char scheme[] = "javascript:";
    size_t seen = 0;
    if (!str_is(name, "href") && !str_is(name, "src")) return false;
    for (size_t at = 0, bytes = 1; at < value.len && seen < sizeof scheme - 1; at += bytes) {
        unsigned c = (unsigned char)value.ptr[at];
        bytes = 1;
        if (c == '&') c = entity_char(str_cut(value, at, SIZE_MAX), &bytes);
        if (c <= ' ') continue;
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != (unsigned char)scheme[seen]) return false;
        seen++;
    }
    return seen == sizeof scheme - 1;
}

static bool take_attribute_value(struct xhtml *x, struct str *value)
{
    if (x->at == x->end || (*x->at != '"' && *x->at != '\'')) return malformed(x);
    char quote = *x->at++;
    const char *start = x->at;
    while (x->at < x->end && *x->at != quote) {
        if (*x->at == '<') return malformed(x);
        if (*x->at != '&')
            x->at++;
        else if (!take_entity(x))
            return false;
    }
    if (x->at == x->end) return malformed(x);
    *value = str_make(start, (size_t)(x->at++ - start));
    return true;
}

static bool take_attribute(struct xhtml *x, struct str element)
{
    struct str name = take_name(x), value;
    skip_space(x);
    if (name.len == 0 || !take(x, "=")) return malformed(x);
    skip_space(x);
    if (!take_attribute_value(x, &value)) return false;
    if (!is_allowed_attribute(name))
        return broken(x, "txt-1", "the narrative must hold plain formatting only: attribute");
    if (is_active(name, value)) return broken(x, "txt-1", "the narrative must not hold active content");
    if (str_is(name, "src") && str_is(element, "img")) x->has_content = true;
    if (str_is(name, "xmlns")) {
        if (!str_is(value, "http://www.w3.org/1999/xhtml"))
            return broken(x, "fhir-xhtml-namespace", "the narrative must be in the XHTML namespace");
        x->has_namespace = true;
    }
    return true;
}

/* <name ...> or <name .../>; x->at is behind the bracket. */
static bool take_start(struct xhtml *x)
{
    struct str name = take_name(x);
    if (name.len == 0) return malformed(x);
    if (!is_allowed_element(name)) return broken(x, "txt-1", "the narrative must hold plain formatting only: element");
    if (x->depth == 0 && !str_is(name, "div")) return broken(x, "fhir-xhtml-div", "the narrative must be one div");
    for (;;) {
        const char *before = x->at;
        skip_space(x);
        if (take(x, "/>")) return true;
        if (take(x, ">")) break;
        if (x->at == before) return malformed(x);
        if (!take_attribute(x, name)) return false;
    }
    if (x->depth == XHTML_DEPTH_MAX) return broken(x, "fhir-xhtml-depth", "the narrative is nested too deeply");
    x->open[x->depth++] = name;
    return true;
}

static bool take_end(struct xhtml *x)
{
    struct str name = take_name(x);
    skip_space(x);
    if (x->depth == 0 || !take(x, ">") || !str_eq(name, x->open[x->depth - 1])) return malformed(x);
    x->depth--;
    return true;
}

static bool take_comment(struct xhtml *x)
{
    ptrdiff_t close = str_find(str_make(x->at, (size_t)(x->end - x->at)), STR("-->"));
    if (close < 0) return malformed(x);
    x->at += close + 3;
    return true;
}

static bool take_markup(struct xhtml *x)
{
    if (take(x, "<!--")) return take_comment(x);
    if (take(x, "</")) return take_end(x);
    x->at++;
    return take_start(x);
}

/* Plain text up to the next markup or entity. */
static void take_text(struct xhtml *x)
{
#ifdef __SSE2__
    const __m128i less = _mm_set1_epi8('<'), amp = _mm_set1_epi8('&'), top = _mm_set1_epi8(' ');
    while (x->end - x->at >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)x->at);
        unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, less), _mm_cmpeq_epi8(v, amp)));
        unsigned dark = 0xFFFF & ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, top), v));
        unsigned len = stop == 0 ? 16 : (unsigned)__builtin_ctz(stop);
        if ((dark & ((1u << len) - 1)) != 0) x->has_content = true;
        x->at += len;
        if (stop != 0) return;
    }
#endif
    for (; x->at < x->end && *x->at != '<' && *x->at != '&'; x->at++)
        if ((unsigned char)*x->at > ' ') x->has_content = true;
}

/* Everything between the tags of the div. */
static bool take_content(struct xhtml *x)
{
    while (x->depth > 0) {
        if (x->at == x->end) return malformed(x);
        if (*x->at == '<') {
            if (!take_markup(x)) return false;
            continue;
        }
        if (*x->at != '&') {
            take_text(x);
            continue;
        }
        x->has_content = true;
        if (!take_entity(x)) return false;
    }
    return true;
}

static bool scan(struct xhtml *x)
{
    skip_space(x);
    if (!take(x, "<")) return broken(x, "fhir-xhtml-div", "the narrative must be one div");
    if (!take_start(x) || !take_content(x)) return false;
    skip_space(x);
    if (x->at != x->end) return broken(x, "fhir-xhtml-div", "the narrative must be one div");
    if (!x->has_namespace) return broken(x, "fhir-xhtml-namespace", "the narrative must be in the XHTML namespace");
    if (!x->has_content) return broken(x, "txt-2", "the narrative must have some content");
    return true;
}

bool fhir_xhtml_ok(struct str xhtml, const char **rule, const char **text)
{
    struct xhtml x;
    x.at = xhtml.ptr;
    x.end = xhtml.ptr + xhtml.len;
    x.depth = 0;
    x.has_content = x.has_namespace = false;
    x.rule = x.text = NULL;
    bool is_ok = scan(&x);
    *rule = x.rule;
    *text = x.text;
    return is_ok;
}
