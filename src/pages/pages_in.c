/* SPDX-License-Identifier: Apache-2.0
 * Reading the JSON of a call, by the rows of pages_in.def. */
#include "pages/pages_in_int.h"

#include "crypto/crypto.h"
#include "json/json.h"
#include "pages/pages.h"

enum { DEPTH_MAX = 4, WORD_BYTES_MAX = 64, REASON_BYTES_MAX = 1000, ITEM_BYTES_MAX = 100, INDEX_MAX = 1000 };

struct reading_in {
    struct pages_in *out;
    struct arena *mem;
    struct salve_err *err;
};

static enum salve_code invalid(struct reading_in *in, const char *name, const char *why)
{
    return salve_refuse(in->err, SALVE_E_INVALID, why, "%s", name);
}

static enum salve_code read_text(struct reading_in *in, const struct json *value, const char *name, size_t bytes_max,
                                 struct str *out)
{
    if (!json_is(value, JSON_STRING)) return invalid(in, name, "a text is wanted");
    struct str text = json_text(value);
    if (text.len > bytes_max) return invalid(in, name, "it is too long");
    *out = text;
    return SALVE_OK;
}

static enum salve_code read_bytes(struct reading_in *in, const struct json *value, const char *name, size_t bytes_max,
                                  struct str *out)
{
    struct str text = STR_NONE;
    size_t len = 0;
    TRY(read_text(in, value, name, crypto_base64url_bytes(bytes_max) - 1, &text));
    uint8_t *bytes = arena_alloc(in->mem, bytes_max);
    if (bytes == NULL) return salve_fail(in->err, SALVE_E_MEMORY, "%s", name);
    if (!crypto_base64url_parse(text, bytes, bytes_max, &len)) return invalid(in, name, "base64url is wanted");
    *out = str_bytes(bytes, len);
    return SALVE_OK;
}

static enum salve_code read_flag(struct reading_in *in, const struct json *value, const char *name, bool *out)
{
    return json_bool(value, out) ? SALVE_OK : invalid(in, name, "true or false is wanted");
}

/* --- items of lists ----------------------------------------------------------------------------------------------- */

/* A text of an object that has exactly `count` members. */
static enum salve_code read_member(struct reading_in *in, const struct json *object, size_t count, const char *name,
                                   size_t bytes_max, struct str *out)
{
    if (!json_is(object, JSON_OBJECT) || object->count != count) return invalid(in, name, "it has other members");
    return read_text(in, json_get(object, name), name, bytes_max, out);
}

static enum salve_code pages_in_reading(struct reading_in *in, const struct json *item, struct visit_typed *out)
{
    const struct json *lot = json_get(item, "lot"), *expires = json_get(item, "expires");
    size_t count = 2u + (lot != NULL) + (expires != NULL);
    TRY(read_member(in, item, count, "word", WORD_BYTES_MAX, &out->word));
    TRY(read_member(in, item, count, "text", WORD_BYTES_MAX, &out->text));
    if (lot != NULL) TRY(read_text(in, lot, "lot", WORD_BYTES_MAX, &out->lot));
    return expires == NULL ? SALVE_OK : read_text(in, expires, "expires", WORD_BYTES_MAX, &out->expires);
}

static enum salve_code pages_in_confirmed(struct reading_in *in, const struct json *item, struct pages_pair *out)
{
    int64_t reading = -1, which = -1;
    bool is_pair = json_is(item, JSON_ARRAY) && item->count == 2 && json_i64(json_item(item, 0), &reading) &&
                   json_i64(json_item(item, 1), &which);
    if (!is_pair || reading < 0 || reading > INDEX_MAX || which < 0 || which > 1)
        return invalid(in, "confirmed", "two numbers are wanted: of the reading, and 0 or 1");
    *out = (struct pages_pair){(uint32_t)reading, (uint32_t)which};
    return SALVE_OK;
}

static enum salve_code pages_in_leave(struct reading_in *in, const struct json *item, struct screen_leave *out)
{
    TRY(read_member(in, item, 2, "item", ITEM_BYTES_MAX, &out->item));
    return read_member(in, item, 2, "reason", REASON_BYTES_MAX, &out->reason);
}

static enum salve_code pages_in_item(struct reading_in *in, const struct json *item, struct str *out)
{
    return read_text(in, item, "items", ITEM_BYTES_MAX, out);
}

static enum salve_code pages_in_choice(struct reading_in *in, const struct json *item, struct guideline_choice *out)
{
    TRY(read_member(in, item, 2, "name", WORD_BYTES_MAX, &out->name));
    return read_member(in, item, 2, "value", WORD_BYTES_MAX, &out->value);
}

static enum salve_code pages_in_time(struct reading_in *in, const struct json *item, struct pages_time *out)
{
    TRY(read_member(in, item, 2, "task", WORD_BYTES_MAX, &out->task));
    return json_i64(json_get(item, "ms"), &out->ms) ? SALVE_OK : invalid(in, "ms", "a whole number is wanted");
}

static enum salve_code pages_in_answer(struct reading_in *in, const struct json *item, struct form_answer *out)
{
    return form_answer_read(item, in->mem, out, in->err);
}

/* An item that cannot be read leaves the others: the first error is told behind them. */
#define PAGES_LIST(name, items_max, read)                                                                              \
    static enum salve_code read_##name(struct reading_in *in, const struct json *value)                                \
    {                                                                                                                  \
        struct salve_err *err = in->err, first = {0}, now = {0};                                                       \
        struct pages_in *out = in->out;                                                                                \
        if (!json_is(value, JSON_ARRAY)) return invalid(in, #name, "a list is wanted");                                \
        size_t room = value->count < (items_max) ? value->count : (items_max);                                         \
        out->name = arena_alloc_array(in->mem, sizeof *out->name, room + 1);                                           \
        if (out->name == NULL) return salve_fail(err, SALVE_E_MEMORY, #name);                                          \
        in->err = &now;                                                                                                \
        for (const struct json *item = json_first(value); item != NULL && out->name##_count < room; item = item->next) \
            if (read(in, item, &out->name[out->name##_count]) == SALVE_OK)                                             \
                out->name##_count++;                                                                                   \
            else if (first.code == SALVE_OK)                                                                           \
                first = now;                                                                                           \
        in->err = err;                                                                                                 \
        if (first.code != SALVE_OK && err != NULL) *err = first;                                                       \
        if (first.code != SALVE_OK) return first.code;                                                                 \
        return value->count > (items_max) ? salve_refuse(err, SALVE_E_TOO_BIG, "too many items", #name) : SALVE_OK;    \
    }
#define PAGES_TEXT(name, bytes_max)
#define PAGES_BYTES(name, bytes_max)
#define PAGES_FLAG(name)
#include "pages/pages_in.def"
#undef PAGES_TEXT
#undef PAGES_BYTES
#undef PAGES_FLAG
#undef PAGES_LIST

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static const char *const names[PAGES_MEMBERS] = {
#define PAGES_TEXT(name, bytes_max)       #name,
#define PAGES_BYTES(name, bytes_max)      #name,
#define PAGES_FLAG(name)                  #name,
#define PAGES_LIST(name, items_max, read) #name,
#include "pages/pages_in.def"
#undef PAGES_TEXT
#undef PAGES_BYTES
#undef PAGES_FLAG
#undef PAGES_LIST
};

static enum salve_code read_one(struct reading_in *in, enum pages_member member, const struct json *value)
{
    switch (member) {
#define PAGES_TEXT(name, bytes_max)                                                                                    \
    case PAGES_IN_##name:                                                                                              \
        return read_text(in, value, #name, bytes_max, &in->out->name);
#define PAGES_BYTES(name, bytes_max)                                                                                   \
    case PAGES_IN_##name:                                                                                              \
        return read_bytes(in, value, #name, bytes_max, &in->out->name);
#define PAGES_FLAG(name)                                                                                               \
    case PAGES_IN_##name:                                                                                              \
        return read_flag(in, value, #name, &in->out->name);
#define PAGES_LIST(name, items_max, read)                                                                              \
    case PAGES_IN_##name:                                                                                              \
        return read_##name(in, value);
#include "pages/pages_in.def"
#undef PAGES_TEXT
#undef PAGES_BYTES
#undef PAGES_FLAG
#undef PAGES_LIST
    default:
        return SALVE_OK;
    }
}

static enum pages_member member_of(struct str name)
{
    int member = 0;
    while (member < PAGES_MEMBERS && !str_is(name, names[member])) member++;
    return (enum pages_member)member;
}

static enum salve_code read_members(struct reading_in *in, const struct json *object, pages_members known)
{
    struct salve_err *err = in->err, first = {0}, now = {0};
    in->err = &now;
    for (const struct json *value = json_first(object); value != NULL; value = value->next) {
        enum pages_member member = member_of(value->name);
        bool is_known = member < PAGES_MEMBERS && (known >> member & 1) != 0;
        enum salve_code code = is_known ? read_one(in, member, value)
                                        : invalid(in, "body", "it has a member that this call does not know");
        if (is_known) in->out->given |= (pages_members)1 << member;
        if (code != SALVE_OK && first.code == SALVE_OK) first = now;
    }
    in->err = err;
    if (first.code != SALVE_OK && err != NULL) *err = first;
    return first.code;
}

enum salve_code pages_in_read(struct str body, pages_members must, pages_members may, struct arena *mem,
                              struct pages_in *out, struct salve_err *err)
{
    const struct json *object = NULL;
    struct json_opts opts = {.bytes_max = PAGES_BODY_BYTES_MAX, .depth_max = DEPTH_MAX};
    struct reading_in in = {out, mem, err};
    *out = (struct pages_in){.given = 0};
    enum salve_code code = json_read(body, &opts, mem, &object, NULL);
    if (code != SALVE_OK) return salve_fail(err, code, "body"); /* no name of what came is told */
    if (!json_is(object, JSON_OBJECT)) return invalid(&in, "body", "an object is wanted");
    TRY(read_members(&in, object, must | may));
    for (int member = 0; member < PAGES_MEMBERS; member++)
        if ((must & ~out->given) >> member & 1) return invalid(&in, names[member], "it is missing");
    return SALVE_OK;
}
