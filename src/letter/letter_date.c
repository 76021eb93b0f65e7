/* SPDX-License-Identifier: Apache-2.0
 * Dates in words and dates of the next check. */
#include "base/assert.h"
#include "base/clock.h"
#include "letter/letter_int.h"

static bool split(struct str iso, int64_t part[3], size_t *count)
{
    static const size_t starts[] = {0, 5, 8}, lens[] = {4, 2, 2};
    size_t t = iso.len >= 10 ? 10 : iso.len;
    *count = t == 10 ? 3 : t == 7 ? 2 : t == 4 ? 1 : 0;
    for (size_t i = 0; i < *count; i++)
        if (!str_to_i64(str_cut(iso, starts[i], lens[i]), &part[i])) return false;
    return *count > 0 && (*count < 2 || (part[1] >= 1 && part[1] <= 12)) &&
           (*count < 3 || (part[2] >= 1 && part[2] <= 31));
}

struct str letter_fill(struct str pattern, struct arena *mem, const char *key, struct str value)
{
    struct str mark = arena_printf(mem, "{%s}", key);
    ptrdiff_t at = mark.ptr == NULL ? -1 : str_find(pattern, mark);
    if (at < 0) return pattern;
    struct str head = str_cut(pattern, 0, (size_t)at), tail = str_cut(pattern, (size_t)at + mark.len, pattern.len);
    return arena_printf(mem, "%.*s%.*s%.*s", STR_ARGS(head), STR_ARGS(value), STR_ARGS(tail));
}

/* "month.levant.01" where the frame has such names, else "month.01". */
static struct str month_name(const struct letter_frame *frame, struct str months, int64_t month, struct arena *mem)
{
    struct str key = arena_printf(mem, "month.%.*s.%02d", STR_ARGS(months), (int)month);
    struct str name = months.len == 0 || key.ptr == NULL ? STR_NONE : letter_frame_word(frame, key.ptr);
    if (name.len > 0) return name;
    key = arena_printf(mem, "month.%02d", (int)month);
    return key.ptr == NULL ? STR("") : letter_frame_word(frame, key.ptr);
}

struct str letter_date_words(const struct letter_frame *frame, struct str months, struct str iso_date,
                             struct arena *mem)
{
    int64_t part[3];
    size_t count;
    if (!split(iso_date, part, &count)) return iso_date;
    if (count == 1) return str_cut(iso_date, 0, 4);
    salve_assert(part[1] >= 1 && part[1] <= 12); /* split saw to it: the frame has no other months */
    struct str month = month_name(frame, months, part[1], mem);
    if (count == 2) return arena_printf(mem, "%.*s %d", STR_ARGS(month), (int)part[0]);
    return arena_printf(mem, "%d %.*s %d", (int)part[2], STR_ARGS(month), (int)part[0]);
}

/* Duration parts that a guideline uses: whole years, months, weeks, days. */
static bool read_duration(struct str duration, int64_t *months, int64_t *days)
{
    int64_t number = 0;
    bool has_digit = false;
    *months = *days = 0;
    if (duration.len < 3 || duration.ptr[0] != 'P') return false;
    for (size_t i = 1; i < duration.len; i++) {
        char c = duration.ptr[i];
        if (str_is_digit(c)) {
            number = number * 10 + (c - '0');
            has_digit = true;
            if (number > 1200) return false;
            continue;
        }
        if (!has_digit) return false;
        if (c == 'Y')
            *months += number * 12;
        else if (c == 'M')
            *months += number;
        else if (c == 'W')
            *days += number * 7;
        else if (c == 'D')
            *days += number;
        else
            return false;
        number = 0;
        has_digit = false;
    }
    return !has_digit;
}

bool letter_day(struct str iso_date, int64_t *days)
{
    int64_t part[3];
    size_t count;
    if (!split(iso_date, part, &count) || count != 3) return false;
    *days = civil_days((int32_t)part[0], (int32_t)part[1], (int32_t)part[2]);
    return true;
}

struct str letter_date_in(struct str iso_date, int64_t days, struct arena *mem)
{
    int64_t start;
    char text[CLOCK_TEXT_BYTES];
    struct str out;
    if (!letter_day(iso_date, &start)) return iso_date;
    return arena_str(mem, clock_date_text((start + days) * 86400000, text), &out, NULL) == SALVE_OK ? out : iso_date;
}

bool letter_days_after(struct str iso_date, struct str duration, int64_t *out)
{
    int64_t part[3], months, days, start;
    size_t count;
    if (!letter_day(iso_date, &start) || !split(iso_date, part, &count) || !read_duration(duration, &months, &days))
        return false;
    int64_t month_index = part[0] * 12 + part[1] - 1 + months;
    int32_t year = (int32_t)(month_index / 12), month = (int32_t)(month_index % 12) + 1;
    int32_t last = civil_month_days(year, month);
    *out = civil_days(year, month, part[2] > last ? last : (int32_t)part[2]) + days - start;
    return true;
}
