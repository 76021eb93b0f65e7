/* SPDX-License-Identifier: Apache-2.0
 * What a site stores, as it stands before compression, to train a dictionary on and to measure with: visit_samples
 * OUT SHARE CASE.json... A made-up person gets the results of one to six cases of guidelines, on a day of a made-up
 * year, through import, save, findings and, of half of them, signing; then the content of each of their records is
 * written to OUT, behind its length (4 bytes, big-endian). People agree to care, some to follow-up and statistics. */
#include "admit/import.h"
#include "base/limits.h"
#include "json/json.h"
#include "records/chain_int.h"
#include "records/gate_int.h"
#include "records/tx_int.h"
#include "store/store.h"
#include "visit_turns.h"

enum { CASES_MAX = 6, ITEMS_MAX = 512, PEOPLE_A_DAY = 12 };

static uint32_t seed = 12345;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* The days of the case become those of now. */
static struct str on_day(struct str text, const char *day, struct arena *mem)
{
    char *copy = arena_alloc_raw(mem, text.len + 1, 1);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    for (char *at = strstr(copy, "2026-11-23"); at != NULL; at = strstr(at + 10, "2026-11-23")) memcpy(at, day, 10);
    return str_make(copy, text.len);
}

/* The results of a case, under new ids of the view. */
static void add_case(struct t_site *t, struct rec_view *view, const char *path, struct rec_item *items, size_t *count)
{
    struct str text, day_text;
    struct tape bundle;
    struct fhir_issues issues;
    struct import_done done;
    const struct json *doc = NULL;
    struct buf out;
    char id[COMPARTMENT_TEXT_BYTES + 1], now[CLOCK_TEXT_BYTES];
    fhir_issues_init(&issues, t->mem);
    compartment_text(rec_compartment(view), id);
    struct import_ask ask = {.rules = t->site->rules,
                             .compartment = str_of(id),
                             .next = rec_next_number,
                             .ctx = view,
                             .patient_id = arena_printf(t->mem, "%s.1", id),
                             .minimise = true};
    t_must(file_read(path, SALVE_RESOURCE_BYTES_MAX, t->mem, &text, &err));
    (void)clock_text(t->options.clock.fixed_unix_ms, now);
    day_text = on_day(text, now, t->mem);
    t_must(json_read(day_text, NULL, t->mem, &doc, &err));
    if (json_get(doc, "subject") == NULL) return;
    buf_init(&out, t->mem, 1 << 22);
    json_write(json_get(doc, "subject"), false, &out);
    if (import_read(buf_str(&out), t->mem, &bundle, &issues, NULL) != SALVE_OK ||
        import_run(&ask, &bundle, t->mem, &done, NULL) != SALVE_OK)
        return; /* a case of what is refused */
    for (size_t i = 0; i < done.resource_count && *count < ITEMS_MAX; i++)
        if (tape_type(&done.resources[i].tape, 0) != FHIR_T_Patient)
            items[(*count)++] = (struct rec_item){.tape = &done.resources[i].tape};
}

static void put_body(FILE *out, struct str body)
{
    uint8_t length[4];
    crypto_put_u32(length, (uint32_t)body.len);
    if (body.len == 0) return;
    if (fwrite(length, 1, 4, out) != 4 || fwrite(body.ptr, 1, body.len, out) != body.len) abort();
}

/* Opened as the person would: all classes. */
static void put_records(struct t_site *t, FILE *out, struct compartment id)
{
    struct rec_gate gate;
    struct rec_tx tx;
    struct store_record *rows = NULL;
    size_t count = 0;
    class_mask all = purpose_classes(PURPOSE_SELF);
    struct rec_gate_ask ask = {
        .purpose = PURPOSE_SELF, .actor = {.role = ROLE_PARTICIPANT}, .classes = all, .id = id, .is_gates_own = true};
    t_must(rec_gate_open(t->site, &ask, t->mem, &gate, &err));
    t_must(rec_gate_deliver(&gate, PURPOSE_SELF, all, &err));
    t_must(rec_tx_begin(t->site, true, t->mem, &tx, &err));
    t_must(store_record_list(tx.store, id, all, 1, t->mem, &rows, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct payload payload;
        t_must(rec_unseal(&tx, &gate.chain, rows[i].seq, rows[i].class, t->mem, &payload, NULL, &err));
        put_body(out, payload.body);
    }
    rec_tx_abandon(&tx);
    rec_gate_close(&gate);
}

static void one(struct t_site *t, const struct screen *screen, char **cases, uint32_t case_count, FILE *out)
{
    static const char *const names[] = {"Haddad", "Mensah", "Flores", "Chen", "Okafor", "Silva", "Rahman", "Novak"};
    char birth[11];
    struct rec_item items[ITEMS_MAX];
    struct screen_found found;
    size_t count = 0, signed_count = 0;
    (void)snprintf(birth, sizeof birth, "19%02u-%02u-%02u", 40 + below(60), 1 + below(12), 1 + below(28));
    struct rec_enrolled who = t_enrol(t, names[below(8)], birth);
    t_give_apart(t, who.card);
    if (below(2) == 0) t_give(t, who.card, PURPOSE_FOLLOW_UP);
    if (below(2) == 0) t_give(t, who.card, PURPOSE_STATISTICS);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    for (uint32_t i = 1 + below(CASES_MAX); i > 0; i--) add_case(t, view, cases[below(case_count)], items, &count);
    if (count > 0 && rec_save(view, items, count, NULL, t->mem, NULL) == SALVE_OK &&
        screen_run(screen, view, NULL, t->mem, &found, NULL) == SALVE_OK && below(2) == 0)
        (void)!screen_sign(view, T_CLINICIAN, NULL, t->mem, &signed_count, NULL);
    t_close_view(&view);
    put_records(t, out, who.compartment);
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    FILE *out = fopen(argv[1], "w");
    struct t_site *t = t_site_make("samples", false);
    struct screen *screen = accept_all(t, argv[2]);
    int people = getenv("PEOPLE") != NULL ? atoi(getenv("PEOPLE")) : 600;
    if (out == NULL) return 1;
    for (int i = 0; i < people; i++) {
        struct arena_mark mark = arena_mark(t->mem);
        if (i % PEOPLE_A_DAY == PEOPLE_A_DAY - 1)
            t_site_at(t, t->options.clock.fixed_unix_ms + (1 + (int64_t)below(12)) * 86400000 + below(3600000));
        one(t, screen, argv + 3, (uint32_t)argc - 3, out);
        arena_rewind(t->mem, mark);
    }
    t_site_drop(t);
    return fclose(out) == 0 ? 0 : 1;
}
