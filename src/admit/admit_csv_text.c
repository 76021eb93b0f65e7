/* SPDX-License-Identifier: Apache-2.0
 * How a laboratory writes: other letters than UTF-8, a decimal comma, "<0.5", dates of a country, times of a place. */
#include <inttypes.h>

#include "admit/admit_csv_int.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/zone.h"
#include "fhir/fhir.h"

/* --- letters ------------------------------------------------------------------------------------------------------ */

/* Windows-1252, 0x80 to 0x9F; 0: no letter. All else of it is Latin-1, whose numbers are those of Unicode. */
static const uint16_t windows_letters[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                             0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                             0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                             0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

size_t csv_windows_letter(unsigned char byte, char out[3])
{
    uint32_t letter = byte >= 0x80 && byte < 0xA0 ? windows_letters[byte - 0x80] : byte;
    if (letter == 0) return 0;
    if (letter < 0x80) {
        out[0] = (char)letter;
        return 1;
    }
    size_t len = 0;
    out[len++] = (char)(letter < 0x800 ? 0xC0 | letter >> 6 : 0xE0 | letter >> 12);
    if (letter >= 0x800) out[len++] = (char)(0x80 | (letter >> 6 & 0x3F));
    out[len++] = (char)(0x80 | (letter & 0x3F));
    return len;
}

enum salve_code csv_utf8(const struct csv_dialect *dialect, struct str *text, struct arena *mem, struct salve_err *err)
{
    struct buf out;
    char letter[3];
    if (!dialect->is_windows)
        return str_is_utf8(*text) ? SALVE_OK : salve_refuse(err, SALVE_E_INVALID, CSV_NOT_UTF8, "text");
    buf_init(&out, mem, 3 * text->len + 1);
    for (size_t i = 0; i < text->len; i++) {
        size_t len = csv_windows_letter((unsigned char)text->ptr[i], letter);
        if (len == 0) return salve_refuse(err, SALVE_E_INVALID, CSV_NOT_WINDOWS, "text");
        buf_add(&out, str_make(letter, len));
    }
    return buf_done(&out, text, err);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static void cut_comparator(struct csv_number *number, struct str *cell)
{
    static const struct {
        const char *written, *comparator;
    } rows[] = {{"<=", "<="}, {">=", ">="}, {"\xE2\x89\xA4", "<="}, {"\xE2\x89\xA5", ">="}, {"<", "<"}, {">", ">"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!str_starts(*cell, str_of(rows[i].written))) continue;
        number->comparator = str_of(rows[i].comparator);
        *cell = str_trim(str_cut(*cell, strlen(rows[i].written), cell->len));
        return;
    }
}

/* Digits may be grouped by nothing: with a decimal comma a point is a mistake, and the other way round. */
bool csv_number(const struct csv_dialect *dialect, struct str cell, struct arena *mem, struct csv_number *out)
{
    char text[64];
    size_t len = 0;
    *out = (struct csv_number){0};
    cut_comparator(out, &cell);
    if (cell.len >= sizeof text) return false;
    if (cell.len > 0 && cell.ptr[0] == '+') cell = str_cut(cell, 1, cell.len);
    for (; len < cell.len; len++) {
        char c = cell.ptr[len];
        if ((c == '.' || c == ',') && c != dialect->decimal) return false;
        text[len] = c == dialect->decimal ? '.' : c;
    }
    if (!fhir_primitive_ok(FHIR_T_decimal, str_make(text, len))) return false;
    struct salve_err err = {0};
    return arena_str(mem, str_make(text, len), &out->value, &err) == SALVE_OK;
}

/* --- dates -------------------------------------------------------------------------------------------------------- */

struct parts {
    int year, month, day, hour, minute, second;
    bool has_day, has_time;
};

/* The letters of a pattern: YYYY MM DD hh mm ss; all else stands for itself. */
static int *part_of(struct parts *parts, char letter)
{
    switch (letter) {
    case 'Y':
        return &parts->year;
    case 'M':
        return &parts->month;
    case 'D':
        return &parts->day;
    case 'h':
        return &parts->hour;
    case 'm':
        return &parts->minute;
    case 's':
        return &parts->second;
    default:
        return NULL;
    }
}

/* The cell by the pattern; it may end before the time of day, or before the seconds. */
static bool cut_parts(struct str pattern, struct str cell, struct parts *parts)
{
    size_t i = 0;
    for (; i < pattern.len && i < cell.len; i++) {
        int *part = part_of(parts, pattern.ptr[i]);
        if (part == NULL && pattern.ptr[i] != cell.ptr[i]) return false;
        if (part == NULL) continue;
        if (!str_is_digit(cell.ptr[i])) return false;
        *part = *part * 10 + (cell.ptr[i] - '0');
        parts->has_day |= pattern.ptr[i] == 'D';
        parts->has_time |= pattern.ptr[i] == 'm';
    }
    bool ends_well = i == pattern.len || pattern.ptr[i] == ' ' || pattern.ptr[i] == 'T' ||
                     (pattern.ptr[i] == ':' && str_ends(pattern, STR(":ss")));
    return i == cell.len && ends_well;
}

bool csv_pattern_ok(struct str pattern)
{
    static const char *const known[] = {"YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY",
                                        "DD-MM-YYYY", "YYYY/MM/DD", "YYYYMMDD"};
    static const char *const times[] = {"", " hh:mm", " hh:mm:ss", "Thh:mm", "Thh:mm:ss", "hhmm", "hhmmss"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct str date = str_of(known[i]);
        if (!str_starts(pattern, date)) continue;
        for (size_t t = 0; t < sizeof times / sizeof times[0]; t++)
            if (str_is(str_cut(pattern, date.len, pattern.len), times[t])) return true;
    }
    return false;
}

/* "+01:00", "-03:30" or "Z"; anything else is no offset. */
bool csv_offset(struct str text, int32_t *minutes)
{
    *minutes = 0;
    if (str_is(text, "Z")) return true;
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':') return false;
    for (size_t i = 1; i < 6; i++)
        if (i != 3 && !str_is_digit(text.ptr[i])) return false;
    int32_t hours = (text.ptr[1] - '0') * 10 + (text.ptr[2] - '0'), rest = (text.ptr[4] - '0') * 10 + text.ptr[5] - '0';
    *minutes = (text.ptr[0] == '-' ? -1 : 1) * (hours * 60 + rest);
    return hours <= 14 && rest < 60;
}

/* The offset of a place at its own time of day: guessed at that time in UTC, then at the instant of the guess. */
static int32_t offset_there(const struct zone *zone, struct str as_utc)
{
    int64_t unix_ms = 0;
    if (!clock_parse(as_utc, &unix_ms)) return 0;
    int32_t offset = zone_day(zone, unix_ms).offset_minutes;
    return zone_day(zone, unix_ms - (int64_t)offset * 60000).offset_minutes;
}

bool csv_date(const struct csv_dialect *dialect, const struct zone *zone, struct str cell, struct arena *mem,
              struct str *out)
{
    struct parts p = {0};
    if (dialect->dates.len == 0) {
        *out = cell;
        return fhir_primitive_ok(FHIR_T_dateTime, cell);
    }
    if (!cut_parts(dialect->dates, cell, &p) || !p.has_day) return false;
    struct str day = arena_printf(mem, "%04d-%02d-%02d", p.year, p.month, p.day);
    *out = day;
    if (day.ptr == NULL || !fhir_primitive_ok(FHIR_T_date, day)) return false;
    if (!p.has_time) return true;
    struct str time = arena_printf(mem, "%.*sT%02d:%02d:%02d", STR_ARGS(day), p.hour, p.minute, p.second);
    int32_t offset = dialect->is_site_zone ? offset_there(zone, arena_printf(mem, "%.*sZ", STR_ARGS(time)))
                                           : dialect->offset_minutes;
    uint32_t size = (uint32_t)(offset < 0 ? -offset : offset);
    *out = arena_printf(mem, "%.*s%c%02" PRIu32 ":%02" PRIu32, STR_ARGS(time), offset < 0 ? '-' : '+', size / 60,
                        size % 60);
    return out->ptr != NULL && fhir_primitive_ok(FHIR_T_dateTime, *out);
}
