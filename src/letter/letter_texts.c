/* SPDX-License-Identifier: Apache-2.0
 * Words, values and reasons of one finding in the language of the letter. */
#include "letter/letter_int.h"

enum { SHORT_MAX = 6 };

/* "{m|f} ...": the first form, the second where the person is a woman. The words of a language that has no such forms
 * hold none. Places to fill ("{date}") have no bar. */
struct str letter_addressed(struct str text, struct str sex, struct arena *mem)
{
    struct buf out;
    struct str rest = text, done = text;
    ptrdiff_t bar = str_find(text, STR("|"));
    if (bar < 0) return text;
    buf_init(&out, mem, 1 << 16);
    for (ptrdiff_t open; (open = str_find(rest, STR("{"))) >= 0;) {
        struct str inside = str_cut(rest, (size_t)open + 1, rest.len), first, second;
        ptrdiff_t close = str_find(inside, STR("}"));
        if (close < 0) break;
        buf_add(&out, str_cut(rest, 0, (size_t)open));
        rest = str_cut(inside, (size_t)close + 1, inside.len);
        inside = str_cut(inside, 0, (size_t)close);
        if (str_split(inside, '|', &first, &second))
            buf_add(&out, str_is(sex, "female") ? second : first);
        else
            buf_addf(&out, "{%.*s}", STR_ARGS(inside));
    }
    buf_add(&out, rest);
    return buf_done(&out, &done, NULL) == SALVE_OK ? done : text;
}

struct str letter_address(const struct composer *c, struct str text)
{
    return letter_addressed(text, c->ask->sex, c->mem);
}

struct str letter_word(const struct composer *c, const char *key)
{
    return letter_address(c, letter_frame_word(c->frame, key));
}

struct str letter_date(const struct composer *c, struct str iso_date)
{
    return letter_date_words(c->frame, c->ask->clinic.months, iso_date, c->mem);
}

struct guideline_words letter_finding_words(const struct composer *c, const struct guideline *guideline,
                                            const struct finding *finding)
{
    struct guideline_words words = guideline_words(guideline, c->letter->language, finding);
    struct str *const texts[] = {&words.name, &words.about,    &words.headline, &words.meaning, &words.next,
                                 &words.when, &words.excluded, &words.missing,  &words.queried};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i]->len > 0) *texts[i] = letter_address(c, *texts[i]);
    return words;
}

struct str letter_label(const struct composer *c, const struct guideline *guideline, struct str key)
{
    struct str label = guideline_word(guideline, c->letter->language, "inputs", key);
    return label.ptr == NULL ? key : letter_address(c, label);
}

static struct str unit_of(const struct composer *c, const struct guideline *guideline, struct str ucum)
{
    struct str unit = guideline == NULL ? STR_NONE : guideline_word(guideline, c->letter->language, "units", ucum);
    if (unit.ptr == NULL && c->alarms != NULL) unit = guideline_word(c->alarms, c->letter->language, "units", ucum);
    return unit.ptr == NULL ? ucum : unit;
}

/* Numbers and units stay left to right inside Arabic text: an isolate keeps "148 / 92 mmHg" in order. */
struct str letter_isolated(const struct composer *c, struct str text)
{
    if (!c->letter->is_rtl || text.len == 0) return text;
    return arena_printf(c->mem, LETTER_NUMBER_START "%.*s" LETTER_ISOLATE_END, STR_ARGS(text));
}

/* Has it letters that run right to left? Hebrew to the end of the Arabic blocks, and their presentation forms. */
static bool has_rtl(struct str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned char a = (unsigned char)text.ptr[i], b = (unsigned char)text.ptr[i + 1];
        if (a >= 0xd6 && a <= 0xdf) return true;                                          /* U+0580 to U+07FF */
        if (a == 0xe0 && (b == 0xa0 || b == 0xa1 || b == 0xa2 || b == 0xa3)) return true; /* U+0800 to U+08FF */
        if (a == 0xef &&
            (b == 0xac || b == 0xad || b == 0xae || b == 0xaf || b == 0xb7 || b == 0xb9 || b == 0xba || b == 0xbb))
            return true;                                        /* U+FB00 to U+FDFF, U+FE40 to U+FEFF */
        if (a == 0xf0 && (b == 0x90 || b == 0x9e)) return true; /* U+10000 to U+10FFF, U+1E000 to U+1EFFF */
    }
    return false;
}

/* A name with letters of the other direction would take its full stop, or the words after it, to the wrong end. */
struct str letter_name(const struct composer *c, struct str text)
{
    if (text.len == 0 || (!c->letter->is_rtl && !has_rtl(text))) return text;
    return arena_printf(c->mem, LETTER_NAME_START "%.*s" LETTER_ISOLATE_END, STR_ARGS(text));
}

/* "148 mmHg": the number keeps its order, the unit follows it in the direction of the language. */
struct str letter_number(const struct composer *c, const struct guideline *guideline, struct str number,
                         struct str unit)
{
    struct str shown = letter_isolated(c, number), words = unit_of(c, guideline, unit);
    if (words.len == 0 || shown.len == 0) return shown;
    return arena_printf(c->mem, "%.*s %.*s", STR_ARGS(shown), STR_ARGS(words));
}

bool letter_is_number(struct str text)
{
    size_t at = text.len > 0 && (text.ptr[0] == '<' || text.ptr[0] == '>') ? 1 : 0;
    if (at == 1 && text.len > 1 && text.ptr[1] == '=') at = 2;
    return text.len > at && (str_is_digit(text.ptr[at]) || (text.ptr[at] == '-' && text.len > at + 1));
}

/* A bound (">33.3") is no number of the finding: it stands among its inputs, first. */
struct str letter_value_words(const struct composer *c, const struct letter_item *item)
{
    const struct finding *finding = item->finding;
    struct str number = finding->value;
    bool has_bound =
        item->is_alarm && number.len == 0 && finding->input_count > 0 && letter_is_number(finding->inputs[0].value);
    if (has_bound) return letter_number(c, item->guideline, finding->inputs[0].value, finding->inputs[0].unit);
    if (number.len > 0 && finding->value2.len > 0)
        number = arena_printf(c->mem, "%.*s / %.*s", STR_ARGS(number), STR_ARGS(finding->value2));
    return letter_number(c, item->guideline, number, finding->unit);
}

static bool is_last_of_date(const struct finding *finding, size_t i)
{
    return i + 1 == finding->input_count ||
           !str_eq(str_cut(finding->inputs[i + 1].date, 0, 10), str_cut(finding->inputs[i].date, 0, 10));
}

/* "upper number 148 mmHg, lower number 92 mmHg, on 3 June 2026". Inputs of one date share it. */
struct str letter_why_words(const struct composer *c, const struct letter_item *item)
{
    const struct finding *finding = item->finding;
    struct buf out;
    struct str text = STR("");
    buf_init(&out, c->mem, 1 << 16);
    for (size_t i = 0; i < finding->input_count; i++) {
        const struct finding_input *input = &finding->inputs[i];
        struct str label = letter_label(c, item->guideline, input->label);
        struct str shown = guideline_word(item->guideline, c->letter->language, "answers", input->value);
        if (i > 0) buf_add(&out, c->letter->comma);
        buf_addf(&out, "%.*s ", STR_ARGS(label));
        buf_add(&out, letter_number(c, item->guideline, shown.ptr == NULL ? input->value : shown, input->unit));
        if (!is_last_of_date(finding, i) || input->date.len == 0) continue;
        struct str on = letter_fill(letter_word(c, "on"), c->mem, "date", letter_date(c, input->date));
        buf_addf(&out, " (%.*s)", STR_ARGS(on));
    }
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

/* The word of a guideline that has the code among its inputs, else that of the frame, else as the record has it. */
struct str letter_value_name(const struct composer *c, const struct letter_value *value)
{
    struct str word = letter_frame_value(c->frame, value->code);
    for (size_t g = 0; g < c->ask->guideline_count && word.ptr == NULL; g++) {
        const struct guideline_info *info = guideline_info(c->ask->guidelines[g]);
        for (size_t i = 0; i < info->input_count && word.ptr == NULL; i++)
            if (str_eq(info->inputs[i].code, value->code))
                word = guideline_word(c->ask->guidelines[g], c->letter->language, "inputs", info->inputs[i].label);
    }
    if (word.ptr != NULL) return word;
    return letter_name(c, value->name.len > 0 ? value->name : value->code);
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

enum salve_code letter_list_make(struct composer *c, size_t room, struct letter_list *out, struct salve_err *err)
{
    *out = (struct letter_list){.texts = arena_array(c->mem, struct str, room + 1), .room = room};
    return out->texts == NULL ? salve_fail(err, SALVE_E_MEMORY, "letter") : SALVE_OK;
}

void letter_list_add(struct letter_list *list, struct str text)
{
    bool is_new = text.len > 0 && list->count < list->room;
    for (size_t i = 0; i < list->count; i++) is_new = is_new && !str_eq(list->texts[i], text);
    if (is_new) list->texts[list->count++] = text;
}

static struct str words_of(const struct composer *c, const struct letter_list *list, size_t count)
{
    struct buf out;
    struct str text = STR("");
    buf_init(&out, c->mem, 1 << 16);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_add(&out, c->letter->comma);
        buf_add(&out, list->texts[i]);
    }
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

struct str letter_list_words(const struct composer *c, const struct letter_list *list)
{
    return words_of(c, list, list->count);
}

struct str letter_list_short(const struct composer *c, const struct letter_list *list)
{
    if (list->count <= SHORT_MAX + 1) return words_of(c, list, list->count);
    struct str rest = arena_printf(c->mem, "%zu", list->count - SHORT_MAX);
    struct str more = letter_fill(letter_word(c, "more"), c->mem, "count", letter_isolated(c, rest));
    return arena_printf(c->mem, "%.*s %.*s", STR_ARGS(words_of(c, list, SHORT_MAX)), STR_ARGS(more));
}
