/* SPDX-License-Identifier: Apache-2.0
 * A text as it is judged: Unicode's compatibility forms (full-width letters, ligatures, mathematical letters), without
 * accents, zero-width and bidi marks, with look-alike letters of other scripts as the Latin ones that are meant, and
 * all decimal digits as 0 to 9. Nothing that is kept is changed by this. */
#include <utf8proc.h>

#include "admit/admit_int.h"

enum { POINTS_MAX = ADMIT_TEXT_BYTES_MAX };

struct look_alike {
    utf8proc_int32_t from, to;
};
static const struct look_alike look_alikes[] = {
#define X(from, to) {from, to},
    ADMIT_LOOK_ALIKES(X)
#undef X
};
static const utf8proc_int32_t zeros[] = {
#define X(zero) zero,
    ADMIT_ZEROS(X)
#undef X
};

/* The letter that is meant, or 0 for none. */
static utf8proc_int32_t meant(utf8proc_int32_t c)
{
    if (c < 0x80) return c;
    for (size_t i = 0; i < sizeof look_alikes / sizeof look_alikes[0]; i++)
        if (look_alikes[i].from == c) return look_alikes[i].to;
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        if (c >= zeros[i] && c < zeros[i] + 10) return '0' + (c - zeros[i]);
    return c;
}

static bool is_ascii(struct str text)
{
    size_t i = 0;
    for (uint64_t bytes; i + sizeof bytes <= text.len; i += sizeof bytes) {
        memcpy(&bytes, text.ptr + i, sizeof bytes);
        if ((bytes & 0x8080808080808080U) != 0) return false;
    }
    for (; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

static struct str fold(struct str text, char room[static ADMIT_FOLD_BYTES_MAX])
{
    utf8proc_int32_t points[POINTS_MAX];
    size_t len = 0;
    utf8proc_ssize_t count =
        utf8proc_decompose((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, points, POINTS_MAX,
                           UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE | UTF8PROC_STRIPMARK | UTF8PROC_LUMP);
    if (count < 0 || count > POINTS_MAX) return STR_NONE;
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        utf8proc_int32_t c = meant(points[i]);
        if (c == 0) continue;
        if (len + 4 > ADMIT_FOLD_BYTES_MAX) return STR_NONE;
        len += (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)room + len);
    }
    return str_make(room, len);
}

static enum admit_rule folded_rule(const struct admit_rules *rules, struct str text, enum admit_text kind)
{
    char room[ADMIT_FOLD_BYTES_MAX];
    struct str folded = fold(text, room);
    return folded.ptr == NULL ? ADMIT_TEXT : admit_folded_rule(rules, folded, kind);
}

enum admit_rule admit_text_rule(const struct admit_rules *rules, struct str text, enum admit_text kind)
{
    if (admit_has_embedded(text)) return ADMIT_N2;
    if (text.len > ADMIT_TEXT_BYTES_MAX) return ADMIT_TEXT;
    return is_ascii(text) ? admit_folded_rule(rules, text, kind) : folded_rule(rules, text, kind);
}
