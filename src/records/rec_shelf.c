/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading through a gate. Records are opened class by class when first asked for and stay in the gate's memory; the
 * newest version of an id stands. */
#include <stdlib.h>

#include "admit/admit.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "records/ids_int.h"
#include "records/gate_int.h"
#include "records/revoked_int.h"

enum { RECORDS_AT_ONCE = 16 };

/* A gate and the shelf that is being filled from it. */
struct reading {
    struct rec_gate *gate;
    struct rec_shelf *shelf;
    struct rec_tx tx;
    struct arena *work; /* what is over with this reading */
};

/* --- loading ---------------------------------------------------------------------------------------------------- */

static enum salve_code add_version(struct reading *r, const struct tape *tape, const struct store_record *row,
                                   int64_t at_unix_ms, struct salve_err *err)
{
    struct rec_shelf *shelf = r->shelf;
    if (shelf->count == shelf->room) {
        size_t room = shelf->room == 0 ? 64 : 2 * shelf->room;
        void *more = arena_grow(r->gate->mem, shelf->all, shelf->room * sizeof *shelf->all, room * sizeof *shelf->all);
        if (more == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
        shelf->all = more;
        shelf->room = room;
    }
    struct rec_version *version = &shelf->all[shelf->count];
    family_mask families = admit_families(r->gate->site->rules, tape, tape_root(tape));
    bool is_apart = families != 0 && row->class == CLASS_CLIN; /* saved before its code was a row */
    *version = (struct rec_version){.is = {.id = tape_child_text(tape, tape_root(tape), "id"),
                                           .type = fhir_type_name(tape_type(tape, tape_root(tape))),
                                           .class = is_apart ? CLASS_SENS : row->class,
                                           .families = families,
                                           .saved_at_unix_ms = at_unix_ms,
                                           .record_seq = row->seq,
                                           .tape = *tape},
                                    .order = (uint32_t)shelf->count};
    enum salve_code code = rec_id_number(r->gate->chain.id, version->is.id, &version->number, err);
    if (code == SALVE_OK) shelf->count++;
    return code == SALVE_E_INVALID ? salve_fail(err, SALVE_E_INTEGRITY, "record content: id") : code;
}

static enum salve_code read_record(struct reading *r, const struct store_record *row, struct salve_err *err)
{
    struct payload payload;
    struct str body;
    struct tape *tapes = NULL;
    size_t count = 0;
    struct arena_mark mark = arena_mark(r->work);
    enum salve_code code = rec_unseal(&r->tx, &r->gate->chain, row->seq, row->class, r->work, &payload, NULL, err);
    bool has_any = code == SALVE_OK && payload.kind == PAYLOAD_RESOURCES;
    if (has_any) code = arena_str(r->gate->mem, payload.body, &body, err);
    arena_rewind(r->work, mark);
    if (code != SALVE_OK || !has_any) return code;
    code = payload_tapes_unpack(body, r->gate->mem, &tapes, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        code = add_version(r, &tapes[i], row, payload.at_unix_ms, err);
    return code;
}

/* Others, between two records. Who was erased meanwhile is not here. */
static enum salve_code let_others(struct reading *r, struct salve_err *err)
{
    bool is_erased = false;
    struct rec_gate *gate = r->gate;
    if (gate->site->pause == NULL) return SALVE_OK;
    rec_tx_abandon(&r->tx);
    rec_breathe(gate->site);
    if (gate->site->revoked != NULL)
        TRY(rec_revoked_has_erasure(gate->site, gate->site->revoked, gate->chain.id, &is_erased, err));
    return is_erased ? rec_not_here(err) : rec_tx_begin(gate->site, true, r->work, &r->tx, err);
}

/* What is new of these classes, all of which were read up to `from`. Behind it the records up to the head of now are
 * looked at, whatever class they have: who asks again begins there. One that does not open is not read: it is met
 * again, so that nobody goes on without it. */
static enum salve_code read_new(struct reading *r, class_mask classes, uint64_t from, struct salve_err *err)
{
    struct store_record *rows = NULL;
    struct store_head head;
    size_t count = 0;
    uint64_t *loaded_seq = r->shelf->loaded_seq, through = r->gate->through_seq;
    TRY(store_head_get(r->tx.store, r->gate->chain.id, &head, err));
    TRY(store_record_list(r->tx.store, r->gate->chain.id, classes, from + 1, r->work, &rows, &count, err));
    for (size_t i = 0; i < count && (through == 0 || rows[i].seq <= through); i++) {
        size_t had = r->shelf->count;
        enum salve_code code = rows[i].is_blank ? SALVE_OK : read_record(r, &rows[i], err);
        if (code != SALVE_OK) r->shelf->count = had;
        if (code != SALVE_OK) return code;
        loaded_seq[rows[i].class] = rows[i].seq;
        if (i % RECORDS_AT_ONCE == RECORDS_AT_ONCE - 1) TRY(let_others(r, err));
    }
    for (int c = CLASS_IDENT; c <= CLASS_LAST && through == 0; c++)
        if ((classes & CLASS_BIT(c)) != 0 && loaded_seq[c] < head.seq) loaded_seq[c] = head.seq;
    return SALVE_OK;
}

/* --- versions --------------------------------------------------------------------------------------------------- */

static int by_saving(const void *a, const void *b)
{
    const struct rec_version *x = a, *y = b;
    if (x->is.record_seq != y->is.record_seq) return x->is.record_seq < y->is.record_seq ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Numbers versions of equal ids, through a table of the newest index so far. */
static enum salve_code number_versions(struct rec_shelf *shelf, struct arena *mem, struct salve_err *err)
{
    size_t room = 16;
    while (room < 2 * shelf->count) room *= 2;
    uint32_t *table = arena_array(mem, uint32_t, room); /* index + 1 of the first version */
    if (table == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    for (uint32_t i = 0; i < shelf->count; i++) {
        struct rec_version *v = &shelf->all[i];
        size_t at = (size_t)(v->number * 0x9E3779B97F4A7C15u >> 20) & (room - 1);
        while (table[at] != 0 && shelf->all[table[at] - 1].number != v->number) at = (at + 1) & (room - 1);
        v->is_first = table[at] == 0;
        if (v->is_first) table[at] = i + 1;
        struct rec_version *first = &shelf->all[table[at] - 1];
        v->is.version = v->is_first ? 1 : shelf->all[first->newest].is.version + 1;
        first->newest = i;
    }
    return SALVE_OK;
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

/* Those of the classes that were read as far as the first of them. */
static class_mask read_alike(const struct rec_shelf *shelf, class_mask classes, uint64_t *from)
{
    class_mask alike = 0;
    for (int c = CLASS_IDENT; c <= CLASS_LAST; c++) {
        if ((classes & CLASS_BIT(c)) == 0) continue;
        if (alike == 0) *from = shelf->loaded_seq[c];
        if (shelf->loaded_seq[c] == *from) alike |= CLASS_BIT(c);
    }
    return alike;
}

/* A walk over the rows of the person for each state of reading, not for each class: mostly one. */
static enum salve_code read_classes(struct reading *r, class_mask classes, struct salve_err *err)
{
    uint64_t from = 0;
    TRY(rec_tx_begin(r->gate->site, true, r->work, &r->tx, err));
    enum salve_code code = SALVE_OK;
    for (class_mask alike; classes != 0 && code == SALVE_OK; classes &= ~alike) {
        alike = read_alike(r->shelf, classes, &from);
        code = read_new(r, alike, from, err);
    }
    rec_tx_abandon(&r->tx);
    return code;
}

/* Are there only new resources behind all of record `seq` and before? */
static bool is_longer(const struct rec_shelf *shelf, size_t had, uint64_t seq)
{
    bool is = true;
    for (size_t i = had; is && i < shelf->count; i++) is = shelf->all[i].is_first && shelf->all[i].is.record_seq > seq;
    return is;
}

enum salve_code rec_gate_read(struct rec_gate *gate, class_mask classes, struct rec_shelf *shelf, struct salve_err *err)
{
    struct reading r = {.gate = gate, .shelf = shelf, .work = arena_open_private(SALVE_REQUEST_BYTES_MAX)};
    size_t had = shelf->numbered;
    uint64_t seq = had == 0 ? 0 : shelf->all[had - 1].is.record_seq;
    salve_assert(gate->chain.ring != NULL && (classes & ~keys_ring_readable(gate->chain.ring)) == 0);
    if (r.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    enum salve_code code = read_classes(&r, classes, err);
    if (code == SALVE_OK && shelf->count > had) {
        qsort(shelf->all, shelf->count, sizeof *shelf->all, by_saving);
        code = number_versions(shelf, r.work, err);
        shelf->made += !is_longer(shelf, had, seq);
        if (code == SALVE_OK) shelf->numbered = shelf->count;
    }
    arena_close(r.work);
    return code;
}

enum salve_code rec_birth_date(struct rec_gate *gate, struct rec_shelf *shelf, struct str *out, struct salve_err *err)
{
    *out = STR_NONE;
    TRY(rec_gate_read(gate, CLASS_BIT(CLASS_IDENT), shelf, err));
    for (size_t i = 0; i < shelf->count; i++) {
        if (!shelf->all[i].is_first || !str_is(shelf->all[i].is.type, "Patient")) continue;
        const struct tape *patient = &shelf->all[shelf->all[i].newest].is.tape;
        *out = tape_child_text(patient, tape_root(patient), "birthDate");
    }
    return SALVE_OK;
}
