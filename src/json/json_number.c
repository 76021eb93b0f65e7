/* SPDX-License-Identifier: Apache-2.0
 * Numbers by their value, whatever their text: no arithmetic, so none is too long or too exact. */
#include "json/json.h"

enum { EXPONENT_MAX = 1000 * 1000 * 1000 };

/* A number as its digits without zeros at either end, and the power of ten of the last one. */
struct number {
    struct str text;
    size_t from, to; /* of the digits that count; from == to: zero */
    int64_t last;    /* power of ten of the digit before `to` */
    bool is_negative;
    bool is_text; /* its exponent is beyond all measure: it equals its own text alone */
};

static struct number number_of(struct str text)
{
    struct number n = {.text = text, .is_negative = text.len > 0 && text.ptr[0] == '-'};
    size_t end = 0, point = SIZE_MAX;
    int64_t power = 0;
    while (end < text.len && text.ptr[end] != 'e' && text.ptr[end] != 'E') end++;
    struct str exponent = str_cut(text, end + 1, text.len);
    if (exponent.len > 0 && exponent.ptr[0] == '+') exponent = str_cut(exponent, 1, exponent.len);
    n.is_text = exponent.len > 0 && (!str_to_i64(exponent, &power) || power > EXPONENT_MAX || power < -EXPONENT_MAX);
    for (size_t i = 0; i < end; i++) {
        char c = text.ptr[i];
        if (c == '.') point = i;
        if (c < '1' || c > '9') continue;
        if (n.to == 0) n.from = i;
        n.to = i + 1;
    }
    if (point == SIZE_MAX) point = end;
    n.last = power + (n.to <= point ? (int64_t)(point - n.to) : -(int64_t)(n.to - 1 - point));
    if (n.to == 0) n.last = 0, n.is_negative = false;
    return n;
}

static bool next_digit(const struct number *n, size_t *at, char *digit)
{
    while (*at < n->to && n->text.ptr[*at] == '.') ++*at;
    if (*at >= n->to) return false;
    *digit = n->text.ptr[(*at)++];
    return true;
}

bool json_number_eq(struct str a, struct str b)
{
    struct number x = number_of(a), y = number_of(b);
    size_t i = x.from, k = y.from;
    char p = 0, q = 0;
    if (x.is_text || y.is_text) return str_eq(a, b);
    if (x.last != y.last || x.is_negative != y.is_negative) return false;
    for (;;) {
        bool more = next_digit(&x, &i, &p), also = next_digit(&y, &k, &q);
        if (more != also || (more && p != q)) return false;
        if (!more) return true;
    }
}
