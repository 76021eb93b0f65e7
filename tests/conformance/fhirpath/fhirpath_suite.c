/* SPDX-License-Identifier: Apache-2.0
 * The official FHIRPath suite: fhirpath_suite [FILE.xml]. Inputs are read as JSON from the folder input-json beside it.
 * A test passes when its outputs come in order with the right type and value, or, where it says invalid="...", when the
 * expression is refused. Misses that are known stand in known-gaps.txt, each with its reason. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "fhirpath/fhirpath.h"
#include "fhir/fhir.h"
#include "t.h"

enum { ARENA_BYTES = 256 << 20, OUTPUTS_MAX = 64, INPUTS_MAX = 32 };

struct output {
    struct str type, text;
};
struct test {
    struct str name, input, mode, expression, invalid;
    bool predicate;
    struct output outputs[OUTPUTS_MAX];
    unsigned output_count;
};
struct input {
    struct str name;
    struct tape tape;
};
struct suite {
    struct arena *mem;
    const char *folder;
    struct input inputs[INPUTS_MAX];
    unsigned input_count;
    unsigned passed, failed, known;
};

static const char *gaps = "tests/conformance/fhirpath/known-gaps.txt";

/* --- a small strict XML reader: tags, attributes, text, comments, the five entities and numbered ones ------------- */
static struct str xml_text(struct suite *s, struct str raw)
{
    char *to = arena_alloc(s->mem, raw.len + 1), *start = to;
    static const struct {
        const char *entity;
        char c;
    } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < raw.len;) {
        struct str rest = str_cut(raw, i, SIZE_MAX);
        bool done = false;
        for (size_t e = 0; e < 5 && !done; e++) {
            if (!str_starts(rest, str_of(entities[e].entity))) continue;
            *to++ = entities[e].c;
            i += strlen(entities[e].entity);
            done = true;
        }
        if (!done && str_starts(rest, STR("&#"))) {
            bool hex = rest.len > 2 && rest.ptr[2] == 'x';
            char *end;
            long c = strtol(rest.ptr + (hex ? 3 : 2), &end, hex ? 16 : 10);
            if (c >= 0x80) {
                *to++ = (char)(0xC0 | c >> 6);
                *to++ = (char)(0x80 | (c & 63));
            } else
                *to++ = (char)c;
            i += (size_t)(end - rest.ptr) + 1;
            done = true;
        }
        if (!done) *to++ = raw.ptr[i++];
    }
    return str_make(start, (size_t)(to - start));
}

static struct str attribute(struct suite *s, struct str tag, const char *name)
{
    struct str key = arena_printf(s->mem, "%s=\"", name);
    for (size_t from = 0; from < tag.len;) {
        ptrdiff_t at = str_find(str_cut(tag, from, SIZE_MAX), key);
        if (at < 0) return STR_NONE;
        size_t start = from + (size_t)at;
        char before = start == 0 ? ' ' : tag.ptr[start - 1];
        from = start + key.len;
        if (before != ' ' && before != '\t' && before != '\n') continue;
        ptrdiff_t end = str_find(str_cut(tag, from, SIZE_MAX), STR("\""));
        return end < 0 ? STR_NONE : xml_text(s, str_cut(tag, from, (size_t)end));
    }
    return STR_NONE;
}

/* The next tag: its inside, and the text before it. Comments are skipped. */
static bool next_tag(struct str *rest, struct str *before, struct str *tag)
{
    const char *start = rest->ptr;
    for (;;) {
        ptrdiff_t open = str_find(*rest, STR("<"));
        if (open < 0) return false;
        *before = str_make(start, (size_t)(rest->ptr + open - start));
        *rest = str_cut(*rest, (size_t)open, SIZE_MAX);
        bool comment = str_starts(*rest, STR("<!--"));
        ptrdiff_t end = str_find(*rest, comment ? STR("-->") : STR(">"));
        if (end < 0) return false;
        *tag = str_cut(*rest, 1, (size_t)end - 1);
        *rest = str_cut(*rest, (size_t)end + (comment ? 3 : 1), SIZE_MAX);
        if (!comment) return true;
        start = rest->ptr;
    }
}

/* The suite's inputs are XML. Their JSON form writes one primitive, <valueUuid value="..."/>, as an object with a value,
 * which is no FHIR JSON; it is put right here, so that the element is what the suite asks about. */
static struct str as_in_xml(struct arena *mem, struct str json)
{
    static const char key[] = "\"valueUuid\": ", inner[] = "\"value\": ";
    ptrdiff_t at = str_find(json, str_of(key));
    if (at < 0 || json.ptr[(size_t)at + sizeof key - 1] != '{') return json;
    struct str rest = str_cut(json, (size_t)at + sizeof key - 1, SIZE_MAX);
    ptrdiff_t value = str_find(rest, str_of(inner)), end = str_find(rest, STR("}"));
    if (value < 0 || end < value) return json;
    struct str text =
        str_trim(str_cut(rest, (size_t)value + sizeof inner - 1, (size_t)(end - value) - sizeof inner + 1));
    return arena_printf(mem, "%.*s%.*s%.*s", (int)((size_t)at + sizeof key - 1), json.ptr, STR_ARGS(text),
                        STR_ARGS(str_cut(rest, (size_t)end + 1, SIZE_MAX)));
}

/* --- running ------------------------------------------------------------------------------------------------------ */
static const struct tape *input_of(struct suite *s, struct str name)
{
    for (unsigned i = 0; i < s->input_count; i++)
        if (str_eq(s->inputs[i].name, name)) return &s->inputs[i].tape;
    struct str stem = name;
    ptrdiff_t dot = str_find(name, STR("."));
    if (dot >= 0) stem = str_cut(name, 0, (size_t)dot);
    struct str path = arena_printf(s->mem, "%s/input-json/%.*s.json", s->folder, STR_ARGS(stem)), json;
    struct salve_err err = {0};
    struct input *in = &s->inputs[s->input_count];
    struct fhir_issues issues;
    fhir_issues_init(&issues, s->mem);
    if (s->input_count == INPUTS_MAX || file_read(path.ptr, 64 << 20, s->mem, &json, &err) != SALVE_OK) return NULL;
    json = as_in_xml(s->mem, json);
    enum salve_code code = fhir_read(json, NULL, s->mem, &in->tape, &issues, &err);
    if (code != SALVE_OK && code != SALVE_E_INVALID) return NULL;
    in->name = name;
    s->input_count++;
    return &in->tape;
}

static bool same_temporal(struct str a, struct str b)
{
    struct expr_temporal ta, tb;
    if (a.len > 0 && a.ptr[0] == '@') a = str_cut(a, 1, SIZE_MAX);
    if (b.len > 0 && b.ptr[0] == '@') b = str_cut(b, 1, SIZE_MAX);
    return expr_temporal_parse(a, &ta) && expr_temporal_parse(b, &tb) &&
           expr_temporal_cmp(&ta, &tb, EXPR_MILLISECOND, 0) == EXPR_SAME;
}

static struct str item_text(struct suite *s, struct expr_value item)
{
    struct expr_value value;
    struct salve_err err = {0};
    if (expr_system(item, s->mem, &value, &err) != SALVE_OK) return STR_NONE;
    if (value.kind == VALUE_STRING) return expr_text(value);
    if (value.kind == VALUE_QUANTITY) return expr_quantity_text(value.as.quantity, s->mem);
    struct buf buf;
    struct str text;
    buf_init(&buf, s->mem, 1 << 20);
    expr_json_value(&value, &buf);
    if (buf_done(&buf, &text, &err) != SALVE_OK) return STR_NONE;
    if (text.len >= 2 && text.ptr[0] == '"') return str_cut(text, 1, text.len - 2);
    return text;
}

static bool same_output(struct suite *s, struct expr_value item, const struct output *want)
{
    struct str got = item_text(s, item);
    struct expr_decimal dg, dw;
    struct str type = fhirpath_type_text(item, s->mem);
    if (want->type.ptr != NULL && str_is(want->type, "integer") &&
        !(str_is(type, "System.Integer") || str_is(type, "FHIR.integer") || str_is(type, "FHIR.positiveInt") ||
          str_is(type, "FHIR.unsignedInt")))
        return false;
    if (want->type.ptr != NULL && str_is(want->type, "boolean") && !str_is(type, "System.Boolean") &&
        !str_is(type, "FHIR.boolean"))
        return false;
    if (str_eq(got, want->text)) return true;
    if (want->text.len > 0 && want->text.ptr[0] == '@') return same_temporal(want->text, got);
    if (want->type.ptr == NULL || str_is(want->type, "decimal"))
        return expr_decimal_parse(got, &dg) && expr_decimal_parse(want->text, &dw) && expr_decimal_cmp(dg, dw) == 0;
    return false;
}

static bool outputs_match(struct suite *s, const struct test *test, const struct expr_value *result)
{
    struct expr_items got = expr_items(result);
    if (test->predicate) {
        bool is = got.count > 0 && !(got.count == 1 && str_is(item_text(s, got.items[0]), "false"));
        return test->output_count == 1 && str_is(test->outputs[0].text, is ? "true" : "false");
    }
    if (got.count != test->output_count) return false;
    for (uint32_t i = 0; i < got.count; i++)
        if (!same_output(s, got.items[i], &test->outputs[i])) return false;
    return true;
}

static void show(struct suite *s, const struct test *test, enum salve_code code, const struct salve_err *err,
                 const struct expr_value *result)
{
    struct buf buf;
    struct str text = STR("");
    struct salve_err ignored = {0};
    buf_init(&buf, s->mem, 1 << 20);
    if (code == SALVE_OK) expr_json(result, &buf);
    (void)!buf_done(&buf, &text, &ignored);
    struct str want = test->output_count > 0 ? test->outputs[0].text : STR("");
    t_fail(arena_printf(s->mem, "%.*s", STR_ARGS(test->name)).ptr, "%.*s\n    got %.120s%s %s %s; want %s%.*s (%u)",
           STR_ARGS(test->expression), text.len > 0 ? text.ptr : "", code == SALVE_OK ? "" : salve_code_name(code),
           t_where(err), err->why, test->invalid.ptr != NULL ? "refusal" : "", STR_ARGS(want), test->output_count);
}

static void run_case(struct suite *s, const struct test *test)
{
    struct arena_mark mark = arena_mark(s->mem);
    struct salve_err err = {0};
    struct fhirpath *path;
    struct expr_value result = EXPR_NONE, focus = EXPR_NONE;
    const struct tape *tape = test->input.len > 0 ? input_of(s, test->input) : NULL;
    if (tape != NULL) {
        mark = arena_mark(s->mem);
        focus = expr_node(tape, 0);
    }
    struct clock clock = clock_fixed(1763900000000);
    struct expr_env env = {.clock = &clock};
    enum salve_code code =
        fhirpath_compile(test->expression, tape == NULL ? 0 : tape_type(tape, 0), s->mem, &path, &err);
    if (code == SALVE_OK) code = fhirpath_run(path, &env, focus, s->mem, &result, &err);
    bool good = test->invalid.ptr != NULL ? code != SALVE_OK : code == SALVE_OK && outputs_match(s, test, &result);
    struct str name = arena_printf(s->mem, "%.*s", STR_ARGS(test->name));
    bool known = t_known_gap(gaps, name.ptr);
    if (good && known)
        t_gap_passed(name.ptr);
    else if (good)
        t_pass();
    else if (known)
        t_skipped(1);
    else
        show(s, test, code, &err, &result);
    s->passed += good;
    s->known += !good && known;
    s->failed += !good;
    arena_rewind(s->mem, mark);
}

static void run_suite(struct suite *s, struct str xml)
{
    struct test *test = NULL;
    struct str rest = xml, before, tag, output_type = STR_NONE;
    while (next_tag(&rest, &before, &tag)) {
        if (str_starts(tag, STR("test ")) || str_starts(tag, STR("modeTest "))) {
            test = tag.ptr[0] == 'm' ? NULL : arena_new(s->mem, struct test); /* modeTest: optional behaviours */
            if (test == NULL) continue;
            test->name = attribute(s, tag, "name");
            test->input = attribute(s, tag, "inputfile");
            test->mode = attribute(s, tag, "mode");
            test->predicate = str_is(attribute(s, tag, "predicate"), "true");
        } else if (test == NULL)
            continue;
        else if (str_starts(tag, STR("expression")))
            test->invalid = attribute(s, tag, "invalid");
        else if (str_is(tag, "/expression"))
            test->expression = xml_text(s, before);
        else if (str_starts(tag, STR("output"))) {
            output_type = attribute(s, tag, "type");
            if (tag.ptr[tag.len - 1] == '/')
                test->outputs[test->output_count++] = (struct output){output_type, STR("")};
        } else if (str_is(tag, "/output") && test->output_count < OUTPUTS_MAX)
            test->outputs[test->output_count++] = (struct output){output_type, xml_text(s, before)};
        else if (str_is(tag, "/test")) {
            run_case(s, test);
            test = NULL;
        }
    }
}

int main(int argc, char **argv)
{
    struct suite s = {.mem = arena_open(ARENA_BYTES)};
    const char *given = t_suite(argc, argv, "fhirpath");
    struct str path = given == NULL ? STR_NONE : str_of(given), xml;
    if (given != NULL && argc < 2) path = arena_printf(s.mem, "%s/tests-fhir-r4.xml", given);
    if (path.ptr == NULL) {
        arena_close(s.mem);
        t_skipped(935);
        return t_end();
    }
    struct str parent = path;
    while (parent.len > 0 && parent.ptr[parent.len - 1] != '/') parent.len--;
    s.folder = arena_printf(s.mem, "%.*s.", STR_ARGS(parent)).ptr;
    struct salve_err err = {0};
    if (file_read(path.ptr, 64 << 20, s.mem, &xml, &err) != SALVE_OK)
        t_fail(path.ptr, "cannot be read");
    else
        run_suite(&s, xml);
    printf("fhirpath suite: %u of %u as the suite says, %u known gaps\n", s.passed, s.passed + s.failed, s.known);
    arena_close(s.mem);
    return t_end();
}
