/* SPDX-License-Identifier: Apache-2.0
 * Formats of the R4 primitive types (R4, datatypes.html#primitive), on their text. Dates are also checked against the
 * calendar. Byte sets and positions instead of regular expressions: this runs for every value that is read. */
#include "base/clock.h"
#include "fhir/fhir.h"
#include "fhir/fhir_primitive_int.h"
#include "json/json_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { ID_CHARS_MAX = 64, STRING_BYTES_MAX = 1 << 20 };

/* Any byte up to and including the blank? */
static bool has_blank(struct str text)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i top = _mm_set1_epi8(' '), zero = _mm_setzero_si128();
    for (; i + 16 <= text.len; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(text.ptr + i));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_subs_epu8(v, top), zero)) != 0) return true;
    }
#endif
    for (; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ') return true;
    return false;
}

bool fhir_has_no_blank(struct str text) { return !has_blank(text); }

static bool is_uri(struct str text) { return text.len > 0 && !has_blank(text); }

/* No white space at the ends and no two in a row. */
static bool is_code(struct str text)
{
    if (text.len == 0 || text.len > STRING_BYTES_MAX) return false;
    if (!has_blank(text)) return true;
    bool was_blank = true;
    for (size_t i = 0; i < text.len; i++) {
        bool is_blank = (unsigned char)text.ptr[i] <= ' ';
        if (is_blank && was_blank) return false;
        was_blank = is_blank;
    }
    return !was_blank;
}

static const uint8_t ID_CHARS[256] = {
    ['-'] = 1, ['.'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
    ['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1,
    ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1,
    ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1,
    ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1,
    ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1,
    ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

#ifdef __SSE2__
/* Is each of 16 bytes in [low, high]? Both below 0x80. */
static inline __m128i are_between(__m128i v, char low, char high)
{
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8((char)(low - 1))),
                         _mm_cmplt_epi8(v, _mm_set1_epi8((char)(high + 1))));
}

static inline bool are_id_chars(const char *at)
{
    __m128i v = _mm_loadu_si128((const __m128i *)at);
    __m128i letters = are_between(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 'z');
    __m128i rest = _mm_or_si128(are_between(v, '0', '9'), are_between(v, '-', '.')); /* - and . are neighbours */
    return _mm_movemask_epi8(_mm_or_si128(letters, rest)) == 0xFFFF;
}
#endif

static bool is_id(struct str text)
{
    if (text.len == 0 || text.len > ID_CHARS_MAX) return false;
    size_t i = 0;
#ifdef __SSE2__
    for (; i + 16 <= text.len; i += 16)
        if (!are_id_chars(text.ptr + i)) return false;
    if (i > 0 && i < text.len) return are_id_chars(text.ptr + text.len - 16);
#endif
    for (; i < text.len; i++)
        if (!ID_CHARS[(unsigned char)text.ptr[i]]) return false;
    return true;
}

/* urn:oid:2.16.840.1: first arc 0 to 2, no leading zeros */
static bool is_oid(struct str text)
{
    if (!str_starts(text, STR("urn:oid:")) || text.len < 11) return false;
    const char *at = text.ptr + 8, *end = text.ptr + text.len;
    if (*at < '0' || *at > '2') return false;
    at++;
    if (at == end) return false;
    while (at < end) {
        if (*at++ != '.' || at == end || !str_is_digit(*at)) return false;
        if (*at == '0' && at + 1 < end && str_is_digit(at[1])) return false;
        while (at < end && str_is_digit(*at)) at++;
    }
    return true;
}

static bool is_uuid(struct str text)
{
    if (!str_starts(text, STR("urn:uuid:")) || text.len != 45) return false;
    for (size_t i = 0; i < 36; i++) {
        char c = text.ptr[9 + i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') return false;
        } else if (str_hex_digit(c) < 0) {
            return false;
        }
    }
    return true;
}

/* Groups of four, white space anywhere between characters. */
static bool is_base64(struct str text)
{
    size_t chars = 0, pads = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_char = (ID_CHARS[(unsigned char)c] && c != '-' && c != '.') || c == '+' || c == '/';
        if (is_char && pads == 0) {
            chars++;
            continue;
        }
        if (str_is_space(c)) continue;
        if (c != '=') return false;
        pads++;
        chars++;
    }
    return chars > 0 && chars % 4 == 0 && pads <= 2;
}

/* Two digits at `at` as a number; -1 if they are none. */
static int two(const char *at)
{
    return str_is_digit(at[0]) && str_is_digit(at[1]) ? (at[0] - '0') * 10 + (at[1] - '0') : -1;
}

/* Length of the date at the start: 4, 7 or 10; 0 if there is none. */
static size_t date_len(struct str text)
{
    if (text.len < 4) return 0;
    int high = two(text.ptr), low = two(text.ptr + 2);
    if (high < 0 || low < 0 || high + low == 0) return 0;
    if (text.len < 5 || text.ptr[4] != '-') return 4;
    if (text.len < 7) return 0;
    int month = two(text.ptr + 5);
    if (month < 1 || month > 12) return 0;
    if (text.len < 8 || text.ptr[7] != '-') return 7;
    if (text.len < 10) return 0;
    int day = two(text.ptr + 8);
    if (day < 1) return 0;
    if (day > 28 && day > civil_month_days(high * 100 + low, month)) return 0;
    return 10;
}

/* Length of hh:mm:ss[.fff] at `at`; 0 if there is none. 60 seconds are allowed for leap seconds. */
static size_t time_len(const char *at, size_t len)
{
    if (len < 8 || at[2] != ':' || at[5] != ':') return 0;
    int hour = two(at), minute = two(at + 3), second = two(at + 6);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return 0;
    if (len == 8 || at[8] != '.') return 8;
    size_t used = 9;
    while (used < len && str_is_digit(at[used])) used++;
    return used == 9 ? 0 : used;
}

/* Z or +hh:mm, at most 14:00 from UTC; all of it. */
static bool is_zone(const char *at, size_t len)
{
    if (len == 1) return *at == 'Z';
    if (len != 6 || (at[0] != '+' && at[0] != '-') || at[3] != ':') return false;
    int hour = two(at + 1), minute = two(at + 4);
    return hour >= 0 && minute >= 0 && minute <= 59 && hour * 60 + minute <= 14 * 60;
}

static bool is_date(struct str text) { return text.len > 0 && date_len(text) == text.len; }
static bool is_time(struct str text) { return text.len > 0 && time_len(text.ptr, text.len) == text.len; }

#ifdef __SSE2__
/* YYYY-MM-DDThh:mm:ss by its digits and what stands between them. */
static inline bool has_time_form(const char *at)
{
    const __m128i seps = _mm_setr_epi8(0, 0, 0, 0, '-', 0, 0, '-', 0, 0, 'T', 0, 0, ':', 0, 0);
    __m128i head = _mm_loadu_si128((const __m128i *)(const void *)at);
    unsigned digits = (unsigned)_mm_movemask_epi8(are_between(head, '0', '9'));
    unsigned marks = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(head, seps));
    return digits == 0xDB6F && marks == 0x2490 && at[16] == ':' && str_is_digit(at[17]) && str_is_digit(at[18]);
}

static inline unsigned two_digits(const char *at) { return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0'); }

/* A time with a zone on a day that every month has, as most are; false says nothing. */
static bool is_usual_time(struct str text)
{
    const char *at = text.ptr;
    size_t zone = 19;
    if (text.len < zone + 1 || !has_time_form(at)) return false;
    unsigned year = two_digits(at) + two_digits(at + 2), month = two_digits(at + 5), day = two_digits(at + 8);
    bool is_time = two_digits(at + 11) < 24 && two_digits(at + 14) < 60 && two_digits(at + 17) <= 60;
    if (year == 0 || month - 1 >= 12 || day - 1 >= 28 || !is_time) return false;
    if (at[zone] == '.')
        for (zone++; zone < text.len && str_is_digit(at[zone]);) zone++;
    return zone != 20 && zone < text.len && is_zone(at + zone, text.len - zone);
}
#endif

static bool is_date_time(struct str text, bool must_have_time)
{
#ifdef __SSE2__
    if (is_usual_time(text)) return true;
#endif
    size_t date = date_len(text);
    if (date == 0) return false;
    if (date == text.len) return !must_have_time;
    if (date != 10 || text.ptr[10] != 'T') return false;
    size_t time = time_len(text.ptr + 11, text.len - 11);
    return time != 0 && is_zone(text.ptr + 11 + time, text.len - 11 - time);
}

static bool is_integer(struct str text, int64_t min)
{
    int64_t value;
    if (text.len == 0 || text.len > 11 || text.ptr[0] == '+' || !str_to_i64(text, &value)) return false;
    const char *digits = text.ptr + (text.ptr[0] == '-');
    size_t count = text.len - (text.ptr[0] == '-');
    if (digits[0] == '0' && (count > 1 || digits != text.ptr)) return false;
    return value >= min && value <= INT32_MAX;
}

static bool is_decimal(struct str text)
{
    const char *end = text.ptr + text.len;
    return text.len > 0 && text.len <= FHIR_NUMBER_CHARS_MAX && json_scan_number(text.ptr, end) == end;
}

bool fhir_primitive_ok(fhir_type_id type, struct str text)
{
    switch (type) {
    case FHIR_T_string:
    case FHIR_T_markdown:
        return text.len > 0 && text.len <= STRING_BYTES_MAX;
    case FHIR_T_code:
        return is_code(text);
    case FHIR_T_id:
        return is_id(text);
    case FHIR_T_uri:
    case FHIR_T_url:
    case FHIR_T_canonical:
        return is_uri(text);
    case FHIR_T_oid:
        return is_oid(text);
    case FHIR_T_uuid:
        return is_uuid(text);
    case FHIR_T_base64Binary:
        return is_base64(text);
    case FHIR_T_date:
        return is_date(text);
    case FHIR_T_dateTime:
        return is_date_time(text, false);
    case FHIR_T_instant:
        return is_date_time(text, true);
    case FHIR_T_time:
        return is_time(text);
    case FHIR_T_boolean:
        return str_eq(text, STR("true")) || str_eq(text, STR("false"));
    case FHIR_T_decimal:
        return is_decimal(text);
    case FHIR_T_integer:
        return is_integer(text, INT32_MIN);
    case FHIR_T_unsignedInt:
        return is_integer(text, 0);
    case FHIR_T_positiveInt:
        return is_integer(text, 1);
    default:
        return text.len > 0;
    }
}

const struct fhir_format *fhir_primitive_format(fhir_type_id type)
{
    static const struct fhir_format formats[] = {
        [FHIR_T_string] = {FHIR_JSON_STRING, "must not be empty nor longer than 1 MiB"},
        [FHIR_T_markdown] = {FHIR_JSON_STRING, "must not be empty nor longer than 1 MiB"},
        [FHIR_T_code] = {FHIR_JSON_STRING,
                         "must be a code: not empty, no white space at its ends, single blanks inside"},
        [FHIR_T_id] = {FHIR_JSON_STRING, "must be an id: 1 to 64 characters of A-Z a-z 0-9 - ."},
        [FHIR_T_uri] = {FHIR_JSON_STRING, "must be a URI: not empty, no white space"},
        [FHIR_T_url] = {FHIR_JSON_STRING, "must be a URL: not empty, no white space"},
        [FHIR_T_canonical] = {FHIR_JSON_STRING, "must be a canonical URL: not empty, no white space"},
        [FHIR_T_oid] = {FHIR_JSON_STRING, "must be an OID: urn:oid: and numbers with dots"},
        [FHIR_T_uuid] = {FHIR_JSON_STRING, "must be a UUID: urn:uuid: and lower-case hexadecimal digits"},
        [FHIR_T_base64Binary] = {FHIR_JSON_STRING, "must be base64 with padding"},
        [FHIR_T_date] = {FHIR_JSON_STRING, "must be a date: YYYY, YYYY-MM or YYYY-MM-DD, and exist in the calendar"},
        [FHIR_T_dateTime] = {FHIR_JSON_STRING, "must be a date, or date and time to the second with a time zone"},
        [FHIR_T_instant] = {FHIR_JSON_STRING, "must be a date and time to the second with a time zone"},
        [FHIR_T_time] = {FHIR_JSON_STRING, "must be a time: hh:mm:ss"},
        [FHIR_T_xhtml] = {FHIR_JSON_STRING, "must be XHTML"},
        [FHIR_T_boolean] = {FHIR_JSON_BOOLEAN, "must be true or false"},
        [FHIR_T_decimal] = {FHIR_JSON_NUMBER, "must be a decimal number of at most 64 characters"},
        [FHIR_T_integer] = {FHIR_JSON_NUMBER, "must be a whole number of 32 bits"},
        [FHIR_T_unsignedInt] = {FHIR_JSON_NUMBER, "must be a whole number from 0 to 2147483647"},
        [FHIR_T_positiveInt] = {FHIR_JSON_NUMBER, "must be a whole number from 1 to 2147483647"},
    };
    return &formats[type];
}
