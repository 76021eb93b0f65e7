/* SPDX-License-Identifier: Apache-2.0
 *
 * Stored bytes a resource: people's Bundles (JSON files, or files cut out of them) go through enrolment, consent,
 * minimising import and rec_save into a real site; the bytes are those of the sealed records as they lie in
 * site.db, padding, seal and audit records included. records_size FILE... prints one line; the peer is 1,070 bytes
 * a resource (Blaze, Synthea). */
#include "admit/import.h"
#include "base/limits.h"
#include "records/tx_int.h"
#include "store/store.h"
#include "t_site.h"

struct totals {
    uint64_t people, resources, json_bytes, record_bytes, audit_bytes, records;
};

/* Sealed bytes of a compartment, and of them those of the audit class. */
static void measure(struct t_site *t, struct compartment id, struct totals *totals)
{
    struct rec_tx tx;
    struct store_record *rows;
    size_t count;
    t_must(rec_tx_begin(t->site, true, t->mem, &tx, &err));
    t_must(store_record_list(tx.store, id, ~(class_mask)0, 1, t->mem, &rows, &count, &err));
    rec_tx_abandon(&tx);
    totals->records += count;
    for (size_t i = 0; i < count; i++) {
        totals->record_bytes += rows[i].bytes_len;
        if (rows[i].class == CLASS_AUDIT) totals->audit_bytes += rows[i].bytes_len;
    }
}

static void one(struct t_site *t, const char *path, size_t batch, struct totals *totals)
{
    struct arena_mark mark = arena_mark(t->mem);
    struct salve_err err = {0};
    struct str bytes;
    struct tape bundle;
    struct fhir_issues issues;
    struct import_done done;
    char id[COMPARTMENT_TEXT_BYTES + 1];
    struct rec_enrolled who = t_enrol(t, "Bench", "1980-01-01");
    fhir_issues_init(&issues, t->mem);
    compartment_text(who.compartment, id);
    t_give_apart(t, who.card);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    struct import_ask ask = {.rules = t->site->rules,
                             .compartment = str_of(id),
                             .next = rec_next_number,
                             .ctx = view,
                             .patient_id = arena_printf(t->mem, "%s.1", id),
                             .minimise = true};
    t_must(file_read(path, SALVE_RESOURCE_BYTES_MAX, t->mem, &bytes, &err));
    t_must(import_read(bytes, t->mem, &bundle, &issues, &err));
    if (import_run(&ask, &bundle, t->mem, &done, &err) != SALVE_OK) {
        fprintf(stderr, "%s: %s %s\n", path, t_where(&err), err.why);
        t_close_view(&view);
        arena_rewind(t->mem, mark);
        return;
    }
    struct rec_item *items = arena_array(t->mem, struct rec_item, done.resource_count);
    for (size_t i = 0; i < done.resource_count; i++) {
        items[i].tape = &done.resources[i].tape;
        totals->json_bytes += t_json(t->mem, items[i].tape).len;
    }
    if (batch == 0) batch = done.resource_count;
    for (size_t at = 0; at < done.resource_count; at += batch) {
        size_t count = done.resource_count - at < batch ? done.resource_count - at : batch;
        t_must(rec_save(view, items + at, count, NULL, t->mem, &err));
    }
    t_close_view(&view);
    totals->people++;
    totals->resources += done.resource_count;
    measure(t, who.compartment, totals);
    arena_rewind(t->mem, mark);
}

static void report(const char *what, const struct totals *totals)
{
    double n = totals->resources == 0 ? 1 : (double)totals->resources;
    printf("%-32s %8llu resources  JSON %5.0f  sealed %5.0f B/resource (audit %.0f)  ratio to 1,070: %.3f\n", what,
           (unsigned long long)totals->resources, (double)totals->json_bytes / n, (double)totals->record_bytes / n,
           (double)totals->audit_bytes / n, (double)totals->record_bytes / n / 1070);
}

int main(int argc, char **argv)
{
    struct totals whole = {0}, tens = {0};
    if (argc < 2) return 2;
    struct t_site *t = t_site_make("size", false);
    for (int i = 1; i < argc; i++) one(t, argv[i], 0, &whole);
    for (int i = 1; i < argc; i++) one(t, argv[i], 10, &tens);
    report("one save a Bundle", &whole);
    report("saves of ten resources", &tens);
    t_site_close(t);
    struct stat info;
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/site.db", t->folder);
    if (stat(path, &info) == 0)
        printf("site.db %lld bytes, %.0f a resource, log and indexes included\n", (long long)info.st_size,
               (double)info.st_size / (double)(whole.resources + tens.resources));
    t_site_open(t);
    t_site_drop(t);
    return 0;
}
