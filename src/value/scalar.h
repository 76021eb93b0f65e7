/* SPDX-License-Identifier: Apache-2.0
 *
 * scalar - exact decimals, dates and times with precision, quantities with UCUM units: the values both languages of the
 * expression engine compute with. Plain structs, passed by value or const pointer, no allocation except where `mem` is
 * asked for. A function that returns bool answers "is there a result": false is the null of CQL and the empty
 * collection of FHIRPath (overflow, division by zero, not comparable), never an error.
 *
 *     struct expr_decimal a, b, sum;
 *     if (expr_decimal_parse(STR("1.50"), &a) && expr_decimal_parse(STR("2.25"), &b) && expr_decimal_add(a, b, &sum))
 *         ... expr_decimal_text(sum, text) is "3.75"
 *
 * Sources: CQL 1.5.3 appendix B (operators), FHIRPath 2.0.0 sections 5 and 6, UCUM 2.1. */
#ifndef SALVE_VALUE_SCALAR_H
#define SALVE_VALUE_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* --- three-valued comparison -------------------------------------------------------------------------------------- */
enum expr_order {
    EXPR_LESS = -1,
    EXPR_SAME = 0,
    EXPR_MORE = 1,
    EXPR_UNKNOWN = 2, /* not enough precision, or not comparable: null */
};

/* --- decimals: 28 digits, 8 after the point ----------------------------------------------------------------------- */
typedef __int128 expr_i128;

enum { EXPR_DECIMAL_DIGITS = 8, EXPR_DECIMAL_TEXT_BYTES = 48 };

/* 96-bit count of 1e-8 units in two's complement, and the digits after the point as written, for text and precision */
struct expr_decimal {
    uint64_t low;
    int32_t high;
    uint8_t digits; /* 0..8 */
};

static inline expr_i128 expr_decimal_units(struct expr_decimal d)
{
    return (expr_i128)(((unsigned __int128)(int64_t)d.high << 64) | d.low);
}
bool expr_decimal_of_units(expr_i128 units, unsigned digits, struct expr_decimal *out); /* false past 28 digits */
struct expr_decimal expr_decimal_of_int(int64_t number);
/* For tests: the nearest decimal of 8 digits (false if the number is not finite or too big), and back. */
bool expr_decimal_of_double(double number, struct expr_decimal *out);
double expr_decimal_to_double(struct expr_decimal d);
bool expr_decimal_to_i64(struct expr_decimal d, int64_t *out); /* false unless it is a whole number in range */
bool expr_decimal_is_whole(struct expr_decimal d);

/* expr_decimal_parse - [+-]digits[.digits][(e|E)[+-]digits]; digits past the 8th after the point are rounded (half away
 * from zero). False if it is not a number or has more than 20 digits before the point. */
bool expr_decimal_parse(struct str text, struct expr_decimal *out);
struct str expr_decimal_text(struct expr_decimal d, char text[EXPR_DECIMAL_TEXT_BYTES]); /* with its written digits */
struct expr_decimal expr_decimal_trim(struct expr_decimal d); /* same number, no trailing zeros after the point */

int expr_decimal_cmp(struct expr_decimal a, struct expr_decimal b);         /* <0 0 >0 */
bool expr_decimal_equivalent(struct expr_decimal a, struct expr_decimal b); /* rounded to the fewer digits of the two */
bool expr_decimal_add(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out);
bool expr_decimal_sub(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out);
bool expr_decimal_mul(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out);
bool expr_decimal_div(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out);     /* false by zero */
bool expr_decimal_int_div(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out); /* truncated */
bool expr_decimal_mod(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out);     /* sign of a */
bool expr_decimal_round(struct expr_decimal a, int digits, struct expr_decimal *out); /* half away from zero, as CQL and
                                                                                       * FHIRPath say: -0.5 is -1 */
bool expr_decimal_truncate(struct expr_decimal a, struct expr_decimal *out);
bool expr_decimal_ceiling(struct expr_decimal a, struct expr_decimal *out);
bool expr_decimal_floor(struct expr_decimal a, struct expr_decimal *out);
bool expr_decimal_negate(struct expr_decimal a, struct expr_decimal *out);
bool expr_decimal_abs(struct expr_decimal a, struct expr_decimal *out);
bool expr_decimal_power(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out); /* exact for whole b */
bool expr_decimal_exp(struct expr_decimal a, struct expr_decimal *out);
bool expr_decimal_ln(struct expr_decimal a, struct expr_decimal *out);
bool expr_decimal_log(struct expr_decimal a, struct expr_decimal base, struct expr_decimal *out);
bool expr_decimal_sqrt(struct expr_decimal a, struct expr_decimal *out);

/* FHIRPath lowBoundary/highBoundary: half a unit of the last written digit down or up, with `digits` digits (0..8; more
 * counts as 8; negative: false). CQL LowBoundary/HighBoundary fill the missing digits with 0 or 9. */
bool expr_decimal_boundary(struct expr_decimal a, int digits, bool is_high, struct expr_decimal *out);
bool expr_decimal_fill(struct expr_decimal a, int digits, bool is_high, struct expr_decimal *out);

extern const struct expr_decimal EXPR_DECIMAL_MIN, EXPR_DECIMAL_MAX, EXPR_DECIMAL_STEP; /* +-(1e20 - 1e-8), 1e-8 */

/* --- dates and times with precision ------------------------------------------------------------------------------- */
enum expr_temporal_kind { EXPR_DATE, EXPR_DATETIME, EXPR_TIME };

enum expr_precision { /* of the value, and the unit of a duration */
                      EXPR_YEAR,
                      EXPR_MONTH,
                      EXPR_DAY,
                      EXPR_HOUR,
                      EXPR_MINUTE,
                      EXPR_SECOND,
                      EXPR_MILLISECOND,
                      EXPR_WEEK, /* only a unit of durations */
                      EXPR_PRECISION_NONE,
};

enum { EXPR_NO_OFFSET = INT16_MIN, EXPR_TEMPORAL_TEXT_BYTES = 40 };

struct expr_temporal {
    int16_t year; /* 1..9999; 0 for a time */
    uint16_t millisecond;
    int16_t offset_minutes; /* of a dateTime, -840..840, or EXPR_NO_OFFSET */
    uint8_t month, day;     /* 1..; components past the precision are the lowest ones (1, 1, 0, 0, 0, 0) */
    uint8_t hour, minute, second;
    uint8_t kind, precision; /* enum expr_temporal_kind, enum expr_precision */
};

/* Parsing. FHIR and FHIRPath texts: "2014", "2014-01", "2014-01-25", "2014-01-25T14:30:14.559Z", "T14:30", "14:30:00";
 * a leading @ is accepted; "2014T" and "2014-01-25T" are dateTimes. More than three digits of a second are truncated.
 * expr_temporal_parse takes any of them; _parse_as wants the named kind (a date text gives a dateTime of that precision
 * when EXPR_DATETIME is wanted; a time may lack its T). False if it is not one, or the day does not exist. */
bool expr_temporal_parse(struct str text, struct expr_temporal *out);
bool expr_temporal_parse_as(struct str text, enum expr_temporal_kind kind, struct expr_temporal *out);
/* Without a leading @ or T. A dateTime of day precision or coarser prints as a date ("2014-01-25"); offset 0 is
 * "+00:00" unless `as_z`. */
struct str expr_temporal_text(const struct expr_temporal *t, bool as_z, char text[EXPR_TEMPORAL_TEXT_BYTES]);

struct expr_temporal expr_temporal_of_unix_ms(int64_t unix_ms,
                                              int offset_minutes); /* dateTime, millisecond precision */
bool expr_temporal_valid(const struct expr_temporal *t);           /* components exist */
struct expr_temporal expr_temporal_cut(struct expr_temporal t, enum expr_precision p); /* no finer than p */
struct expr_temporal expr_temporal_to_date(struct expr_temporal t);                    /* from a dateTime, date part */
struct expr_temporal expr_temporal_to_time(struct expr_temporal t);

/* expr_temporal_at_offset - the same moment at another offset; a dateTime without hours, or without an offset, is
 * returned as it is. */
struct expr_temporal expr_temporal_at_offset(struct expr_temporal t, int offset_minutes);

/* expr_temporal_cmp - compares to the precision `to` (EXPR_MILLISECOND: fully). A component that only one of them has
 * makes the answer EXPR_UNKNOWN, unless a coarser component already decides. Seconds and milliseconds count as one
 * decimal (so 10:00:00 and 10:00:00.000 are the same) when `to` is EXPR_MILLISECOND. DateTimes with different offsets
 * are normalised to UTC first; one without an offset takes `default_offset_minutes`, and where that is EXPR_NO_OFFSET
 * too, comparing it with one that has an offset is EXPR_UNKNOWN unless they differ by more than a day. Date with
 * dateTime: the date counts as a dateTime of day precision. Time with the others: EXPR_UNKNOWN. */
enum expr_order expr_temporal_cmp(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision to,
                                  int default_offset_minutes);
/* expr_temporal_cmp_parts - as expr_temporal_cmp, but seconds without milliseconds are less precise than with them:
 * what CQL engines do and the CQL suite asks for. */
enum expr_order expr_temporal_cmp_parts(const struct expr_temporal *a, const struct expr_temporal *b,
                                        enum expr_precision to, int default_offset_minutes);
/* For tests: are all fields the same? */
bool expr_temporal_same_fields(const struct expr_temporal *a, const struct expr_temporal *b);

/* expr_temporal_add - calendar addition of `amount` whole units (negative subtracts). A unit finer than the precision
 * is turned into whole units of the precision, truncated (CQL 1.5 add, FHIRPath 6.6.7). The last day of a month is kept
 * inside the month. Times wrap round. False if the year leaves 1..9999. */
bool expr_temporal_add(struct expr_temporal t, int64_t amount, enum expr_precision unit, struct expr_temporal *out);

/* Duration (whole periods passed) and difference (boundaries crossed) from a to b. Where a precision is missing the
 * answer is a range low..high (CQL uncertainty). Different offsets are brought to one, but for a difference in days or
 * longer: those are counted as they are written (CQL 1.5.3 B.8, appendix H). Durations: a day that the last month does
 * not have is its last day, as in expr_temporal_add. False if not comparable. */
bool expr_temporal_duration(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit,
                            int default_offset_minutes, int64_t *low, int64_t *high);
bool expr_temporal_difference(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit,
                              int default_offset_minutes, int64_t *low, int64_t *high);

/* Lowest and highest moment that t may stand for, at precision p. */
struct expr_temporal expr_temporal_low(struct expr_temporal t, enum expr_precision p);
struct expr_temporal expr_temporal_high(struct expr_temporal t, enum expr_precision p);
/* FHIRPath/CQL boundary by count of digits: 4 year, 6 month, 8 day, 10 hour, 12 minute, 14 second, 17 millisecond;
 * times: 2, 4, 6, 9. 0 digits: the full default. False for other counts. */
bool expr_temporal_boundary(struct expr_temporal t, int digits, bool is_high, struct expr_temporal *out);
int expr_temporal_digits(const struct expr_temporal *t); /* precision() */

/* One step of the value's own precision up or down (CQL successor, predecessor). False at the limits. */
bool expr_temporal_successor(struct expr_temporal t, struct expr_temporal *out);
bool expr_temporal_predecessor(struct expr_temporal t, struct expr_temporal *out);

/* expr_temporal_component - the named part; false if the value is not so precise (or a time has no such part). */
bool expr_temporal_component(const struct expr_temporal *t, enum expr_precision part, int *out);

/* "year", "years", "'a'"-free UCUM codes "a", "mo", "wk", "d", "h", "min", "s", "ms" -> precision; *is_calendar tells
 * the words from the codes. False if it is neither. */
bool expr_duration_unit(struct str unit, enum expr_precision *out, bool *is_calendar);
const char *expr_precision_name(enum expr_precision p);              /* "year" */
bool expr_precision_find(struct str name, enum expr_precision *out); /* "Year", "year", "years", "Week" */

/* --- quantities --------------------------------------------------------------------------------------------------- */
/* The unit is UCUM text, "1" or empty for none, or a calendar word ("year", "days"): a calendar word and the UCUM code
 * differ for year and month (equivalent, not equal), and are the same for week and below. */
struct expr_quantity {
    struct expr_decimal value;
    struct str unit; /* view */
};

/* expr_ucum_valid - is it a UCUM unit (case sensitive)? Bounded: 256 bytes, 16 levels of parentheses. */
bool expr_ucum_valid(struct str unit);
/* For tests: are the units of one dimension and size, of one dimension? */
bool expr_ucum_same(struct str a, struct str b);
bool expr_ucum_comparable(struct str a, struct str b);

/* expr_ucum_convert - the value in the other unit, exact where the factor is rational, special units included (Cel,
 * [degF], [pH], B[SPL], ...). False if the dimensions differ or a unit is not known. */
bool expr_ucum_convert(struct expr_decimal value, struct str from, struct str to, struct expr_decimal *out);

enum expr_order expr_quantity_cmp(const struct expr_quantity *a, const struct expr_quantity *b);
bool expr_quantity_equivalent(const struct expr_quantity *a, const struct expr_quantity *b); /* ~ */
bool expr_quantity_to_unit(const struct expr_quantity *a, struct str unit, struct expr_quantity *out);
bool expr_quantity_add(const struct expr_quantity *a, const struct expr_quantity *b, struct expr_quantity *out);
bool expr_quantity_sub(const struct expr_quantity *a, const struct expr_quantity *b, struct expr_quantity *out);
/* Products and quotients have a new unit text, made in `mem` and simplified ("g/L" / "g/L" -> "1"). */
bool expr_quantity_mul(const struct expr_quantity *a, const struct expr_quantity *b, struct arena *mem,
                       struct expr_quantity *out);
bool expr_quantity_div(const struct expr_quantity *a, const struct expr_quantity *b, struct arena *mem,
                       struct expr_quantity *out);
/* expr_quantity_parse - "5.5 'mg'", "5.5 days", "5.5", with `bare_unit` "5.5 mg" too. The unit is a view of text. */
bool expr_quantity_parse(struct str text, bool bare_unit, struct expr_quantity *out);
/* "5.5 'mg'", "4 days"; in mem */
struct str expr_quantity_text(const struct expr_quantity *q, struct arena *mem);

#endif
