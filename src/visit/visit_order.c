/* SPDX-License-Identifier: Apache-2.0
 * Samples for a laboratory: labels, and what was drawn under them. */
#include "visit/order.h"

#include "base/buf.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "letter/letter.h"
#include "records/rec.h"
#include "screen/screen.h"
#include "visit/import.h"
#include "visit/measure.h"
#include "visit/visit_int.h"

/* Consonants alone: no word comes of them, and nothing that looks like a number of somebody (N7). A prime number of
 * them, so that a check letter finds each wrong one and each two that changed places. */
static const char LETTERS[] = "BCDFGHJKMNPQRTVWX";
enum { LETTER_KINDS = sizeof LETTERS - 1, HALF = VISIT_LABEL_LETTERS / 2 };

static char check_of(const uint8_t at[VISIT_LABEL_LETTERS - 1])
{
    unsigned sum = 0;
    for (unsigned i = 0; i < VISIT_LABEL_LETTERS - 1; i++) sum += (i + 1) * at[i];
    return LETTERS[sum % LETTER_KINDS];
}

static bool label_at(struct str label, uint8_t at[VISIT_LABEL_LETTERS])
{
    if (label.len != VISIT_LABEL_LETTERS + 1 || label.ptr[HALF] != '-') return false;
    for (size_t i = 0, from = 0; i < VISIT_LABEL_LETTERS; i++, from++) {
        if (i == HALF) from++;
        ptrdiff_t found = str_find(str_of(LETTERS), str_cut(label, from, 1));
        if (found < 0) return false;
        at[i] = (uint8_t)found;
    }
    return true;
}

bool visit_label_fits(struct str label)
{
    uint8_t at[VISIT_LABEL_LETTERS];
    return label_at(label, at) && LETTERS[at[VISIT_LABEL_LETTERS - 1]] == check_of(at);
}

/* 9 letters of chance: 2^36 labels. A byte beyond the last whole round of the alphabet is drawn again. */
static struct str make_label(struct arena *mem)
{
    enum { FAIR = 256 / LETTER_KINDS * LETTER_KINDS };
    uint8_t at[VISIT_LABEL_LETTERS - 1];
    char text[VISIT_LABEL_LETTERS + 1];
    for (size_t i = 0; i < VISIT_LABEL_LETTERS - 1; i++) {
        uint8_t byte = 0;
        do crypto_random(&byte, 1);
        while (byte >= FAIR);
        at[i] = byte % LETTER_KINDS;
    }
    for (size_t i = 0; i < VISIT_LABEL_LETTERS - 1; i++) text[i] = LETTERS[at[i]];
    text[VISIT_LABEL_LETTERS - 1] = check_of(at);
    return arena_printf(mem, "%.*s-%.*s", (int)HALF, text, (int)HALF, text + HALF);
}

/* --- tubes -------------------------------------------------------------------------------------------------------- */

struct ordering {
    const struct visit *visit;
    struct visit_order *list;
    size_t count;
};

static enum salve_code add_test(struct ordering *in, struct str test, struct salve_err *err)
{
    size_t at = 0;
    const struct letter_packages *packages = in->visit->content->packages;
    struct str tube = packages == NULL ? STR_NONE : letter_packages_tube(packages, test);
    if (tube.len == 0) return salve_refuse(err, SALVE_E_USAGE, "no laboratory does this test", "items");
    while (at < in->count && !str_eq(in->list[at].tube, tube)) at++;
    struct visit_order *order = &in->list[at];
    if (at == in->count) {
        *order = (struct visit_order){.label = make_label(in->visit->mem), .tube = tube};
        if (order->label.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "order");
        in->count++;
    }
    for (size_t i = 0; i < order->test_count; i++)
        if (str_eq(order->tests[i], test)) return SALVE_OK;
    if (order->test_count == VISIT_ORDER_TESTS_MAX) return salve_fail(err, SALVE_E_INVALID, "items");
    order->tests[order->test_count++] = test;
    return SALVE_OK;
}

/* --- what is kept ------------------------------------------------------------------------------------------------- */

static struct str code_of(const struct visit *visit, struct str test)
{
    struct str word, unit, code, units = site_settings(visit->site)->units;
    for (size_t at = 0; visit_measure_word(units, &at, &word, &unit, &code);)
        if (str_eq(word, test)) return code;
    return STR_NONE;
}

static void put_request(struct json_writer *w, const struct ordering *in, const struct visit_order *order,
                        struct str test, struct str patient_id)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(w, NULL, '{');
    json_open(w, "resource", '{');
    json_put_text(w, "resourceType", STR("ServiceRequest"));
    json_put_text(w, "status", STR("active"));
    json_put_text(w, "intent", STR("order"));
    json_open(w, "requisition", '{');
    json_put_text(w, "system", STR("urn:salve:imported"));
    json_put_text(w, "value", order->label);
    json_close(w);
    json_open(w, "code", '{');
    json_open(w, "coding", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "system", STR("http://loinc.org"));
    json_put_text(w, "code", code_of(in->visit, test));
    json_close(w);
    json_close(w);
    json_close(w);
    json_open(w, "subject", '{');
    json_put_text(w, "reference", arena_printf(in->visit->mem, "Patient/%.*s", STR_ARGS(patient_id)));
    json_close(w);
    json_put_text(w, "authoredOn", clock_text(site_now_unix_ms(in->visit->site), when));
    json_close(w);
    json_close(w);
}

static enum salve_code bundle_of(const struct ordering *in, struct str patient_id, struct str *out,
                                 struct salve_err *err)
{
    struct buf text;
    buf_init(&text, in->visit->mem, 1 << 20);
    struct json_writer w = {.out = &text};
    visit_bundle_begin(&w);
    for (size_t i = 0; i < in->count; i++)
        for (size_t k = 0; k < in->list[i].test_count; k++)
            put_request(&w, in, &in->list[i], in->list[i].tests[k], patient_id);
    json_close(&w);
    json_close(&w);
    return buf_done(&text, out, err);
}

static enum salve_code keep(const struct ordering *in, struct rec_view *view, struct salve_err *err)
{
    const struct rec_resource *patient = NULL;
    struct screen_found none = {0};
    struct visit_imported sum = {0};
    struct str bytes;
    TRY(visit_patient(view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    TRY(bundle_of(in, patient->id, &bytes, err));
    return visit_import_into(in->visit, view, bytes, &none, &sum, err);
}

enum salve_code visit_order(const struct visit *visit, struct str who, const struct str *tests, size_t count,
                            struct visit_order **out, size_t *out_count, struct salve_err *err)
{
    struct ordering in = {.visit = visit, .list = arena_array(visit->mem, struct visit_order, count + 1)};
    struct rec_view *view = NULL;
    *out_count = 0;
    if (in.list == NULL) return salve_fail(err, SALVE_E_MEMORY, "order");
    if (count == 0 || count > VISIT_ORDER_TESTS_MAX)
        return salve_refuse(err, SALVE_E_INVALID, count == 0 ? "it is empty" : "too many", "items");
    for (size_t i = 0; i < count; i++) TRY(add_test(&in, tests[i], err));
    enum salve_code code = visit_view_open(visit, who, 0, &view, err);
    if (code == SALVE_OK) code = keep(&in, view, err);
    code = visit_view_close(visit, &view, code, err);
    if (code != SALVE_OK) return code;
    *out = in.list;
    *out_count = in.count;
    return SALVE_OK;
}
