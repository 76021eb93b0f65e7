/* SPDX-License-Identifier: Apache-2.0
 *
 * Saving a batch: admission again, ids, then one record for each data class, the note, the head: one transaction. */
#include "admit/admit.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "records/ids_int.h"
#include "records/deeds_int.h"

uint64_t near_rec_next_number(void *view_of_caller)
{
    struct rec_view *view = view_of_caller;
    return view->gate.access_seq * REC_IDS_PER_VIEW + view->ids_given++;
}

enum salve_code near_rec_new_id(struct rec_view *view, struct arena *mem, struct str *id, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    if (view->ids_given >= REC_IDS_PER_VIEW) return salve_fail(err, SALVE_E_TOO_BIG, "ids of one view");
    compartment_text(view->gate.chain.id, text);
    *id = arena_printf(mem, "%s.%llu", text, (unsigned long long)near_rec_next_number(view));
    return id->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "id") : SALVE_OK;
}

/* --- checks ----------------------------------------------------------------------------------------------------- */

/* A caller may put something apart; what its codes put apart, no caller takes back. */
static enum salve_code class_of(const struct rec_view *view, const struct rec_item *item, enum data_class *out,
                                struct salve_err *err)
{
    struct str type = fhir_type_name(tape_type(item->tape, tape_root(item->tape)));
    if (str_is(type, "Consent") || str_is(type, "AuditEvent"))
        return salve_refuse(err, SALVE_E_NOT_ADMITTED, "the gate alone makes these", "%.*s", STR_ARGS(type));
    bool is_identity = str_is(type, "Patient") || str_is(type, "RelatedPerson");
    bool is_apart = admit_families(view->site->rules, item->tape, tape_root(item->tape)) != 0;
    *out = item->class != 0 ? item->class : is_identity ? CLASS_IDENT : CLASS_CLIN;
    if (is_apart && *out == CLASS_CLIN) *out = CLASS_SENS;
    if (is_apart && *out != CLASS_SENS)
        return salve_refuse(err, SALVE_E_INVALID, "it is kept apart, in no other class", "data class of %.*s",
                            STR_ARGS(type));
    bool fits = *out >= CLASS_IDENT && *out <= CLASS_CONTACT && (!is_identity || *out == CLASS_IDENT);
    return fits ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "data class of %.*s", STR_ARGS(type));
}

static enum salve_code changed(const struct rec_item *item, struct salve_err *err)
{
    struct str type = fhir_type_name(tape_type(item->tape, tape_root(item->tape)));
    return salve_refuse(err, SALVE_E_CONFLICT, "somebody else saved a version meanwhile; read it again", "%.*s",
                        STR_ARGS(type));
}

/* `any`: a version of what it is the next one of. */
static enum salve_code is_next(const struct rec_view *view, const struct rec_item *item, const struct rec_version *any,
                               struct salve_err *err)
{
    if (item->after_seq == 0) return SALVE_OK;
    for (size_t i = 0; i < view->shelf.count; i++)
        if (view->shelf.all[i].number == any->number && view->shelf.all[i].is.record_seq > item->after_seq)
            return changed(item, err);
    return SALVE_OK;
}

/* Between that look and this transaction: nothing of the class may have come. */
static enum salve_code is_next_still(const struct rec_view *view, struct rec_tx *tx, const struct rec_item *item,
                                     enum data_class class, struct salve_err *err)
{
    struct store_record *rows = NULL;
    size_t count = 0;
    if (item->after_seq == 0) return SALVE_OK;
    TRY(store_record_list(tx->store, view->gate.chain.id, CLASS_BIT(class), view->shelf.loaded_seq[class] + 1, tx->mem,
                          &rows, &count, err));
    return count == 0 ? SALVE_OK : changed(item, err);
}

static enum salve_code id_check(struct rec_view *view, const struct rec_item *item, enum data_class class,
                                struct salve_err *err)
{
    uint64_t number, base = view->gate.access_seq * REC_IDS_PER_VIEW;
    enum salve_code code =
        rec_id_number(view->gate.chain.id, tape_child_text(item->tape, tape_root(item->tape), "id"), &number, err);
    if (code != SALVE_OK) return code;
    bool is_new = number >= base && number < base + view->ids_given && view->ids_given <= REC_IDS_PER_VIEW;
    if (is_new && item->after_seq == 0) return SALVE_OK;
    code = rec_gate_read(&view->gate, view->classes & CLASS_BIT(class), &view->shelf, err);
    if (code != SALVE_OK) return code;
    struct str type = fhir_type_name(tape_type(item->tape, tape_root(item->tape)));
    for (size_t i = 0; i < view->shelf.count; i++) {
        const struct rec_version *v = &view->shelf.all[i];
        if (v->number == number && v->is.class == class && str_eq(v->is.type, type)) return is_next(view, item, v, err);
    }
    return salve_refuse(err, SALVE_E_INVALID,
                        "neither a new id of this view nor that of a stored resource of this type and class", "%.*s.id",
                        STR_ARGS(type));
}

static bool role_writes(const struct rec_view *view, enum data_class class)
{
    const struct may *may = consent_may(view->actor.role, ACT_WRITE, view->purpose);
    return may != NULL && (may->classes & CLASS_BIT(class)) != 0;
}

/* Is it the role that does not reach it, or the person who did not agree? */
static enum salve_code not_writable(const struct rec_view *view, enum data_class class, struct salve_err *err)
{
    if (role_writes(view, class)) return salve_fail(err, SALVE_E_CONSENT, "class of the view");
    (void)salve_fail(err, SALVE_E_ROLE, "%s", role_text(view->actor.role));
    return salve_why(err, SALVE_E_ROLE, "this role notes nothing of class %s; somebody else has to", class_text(class));
}

static enum salve_code item_check(struct rec_view *view, const struct rec_item *item, struct admit_seen *seen,
                                  enum data_class *class, struct arena *mem, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    struct fhir_issues issues;
    struct str compartment = str_make(text, COMPARTMENT_TEXT_BYTES);
    fhir_issues_init(&issues, mem);
    compartment_text(view->gate.chain.id, text);
    enum salve_code code = admit_check_seen(view->site->rules, item->tape, compartment, seen, mem, &issues, err);
    if (code == SALVE_OK) code = class_of(view, item, class, err);
    if (code == SALVE_OK && (!role_writes(view, *class) || !rec_may_write(view, *class)))
        code = not_writable(view, *class, err);
    return code == SALVE_OK ? id_check(view, item, *class, err) : code;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* A batch on its way to the commit. */
struct saving {
    struct rec_view *view;
    const struct rec_item *items;
    size_t count;
    enum data_class *classes; /* of each item */
    struct rec_leaf leaf;
};

/* Everything that can be said before a transaction begins. */
static enum salve_code prepare(struct saving *s, struct arena *work, struct salve_err *err)
{
    enum salve_code code = rec_view_stands(s->view, err);
    if (code == SALVE_OK) code = rec_may(s->view->site, s->view->actor, ACT_WRITE, s->view->purpose, err);
    if (code != SALVE_OK) return code;
    if (s->count == 0) return salve_fail(err, SALVE_E_INVALID, "batch without resources");
    if (s->view->ids_given > REC_IDS_PER_VIEW)
        return salve_refuse(err, SALVE_E_TOO_BIG, "one opening of a record takes 65,536 new resources; divide the file",
                            "resources of one view");
    s->classes = arena_array(work, enum data_class, s->count);
    if (s->classes == NULL) return salve_fail(err, SALVE_E_MEMORY, "save");
    struct admit_seen *seen = s->count > 1 ? admit_seen_make(work) : NULL;
    for (size_t i = 0; i < s->count && code == SALVE_OK; i++) {
        struct arena_mark mark = arena_mark(work);
        code = item_check(s->view, &s->items[i], seen, &s->classes[i], work, err);
        arena_rewind(work, mark);
    }
    return code == SALVE_OK ? rec_deeds_check(s->view, s->items, s->classes, s->count, work, err) : code;
}

static enum salve_code put_class(struct saving *s, struct rec_tx *tx, enum data_class class, struct salve_err *err)
{
    size_t n = 0;
    const struct tape **tapes = arena_array(tx->mem, const struct tape *, s->count);
    struct payload payload = {.kind = PAYLOAD_RESOURCES, .leaf_index = s->view->gate.leaf.index};
    if (tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "save");
    for (size_t i = 0; i < s->count; i++)
        if (s->classes[i] == class) tapes[n++] = s->items[i].tape;
    enum salve_code code = payload_tapes_pack(tapes, n, tx->mem, &payload.body, err);
    return code == SALVE_OK ? rec_put(tx, &s->view->gate.chain, class, &payload, err) : code;
}

static enum salve_code save_in(struct saving *s, struct rec_tx *tx, struct salve_err *err)
{
    struct rec_view *view = s->view;
    struct rec_event event = {
        .kind = REC_EVENT_WRITE, .actor = view->actor, .purpose = view->purpose, .resource_count = s->count};
    enum salve_code code = rec_chain_load(tx, &view->gate.chain, err);
    for (size_t i = 0; i < s->count; i++) event.classes |= CLASS_BIT(s->classes[i]);
    for (size_t i = 0; i < s->count && code == SALVE_OK; i++)
        code = is_next_still(view, tx, &s->items[i], s->classes[i], err);
    for (int c = CLASS_IDENT; c <= CLASS_LAST && code == SALVE_OK; c++)
        if (event.classes & CLASS_BIT(c)) code = put_class(s, tx, (enum data_class)c, err);
    if (code == SALVE_OK) code = rec_view_work(view, tx, err);
    return code == SALVE_OK ? rec_note(tx, &view->gate.chain, &event, &s->leaf, err) : code;
}

static enum salve_code save_alone(struct saving *s, struct arena *work, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(s->view->site, false, work, &tx, err);
    if (code != SALVE_OK) return code;
    code = save_in(s, &tx, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK) rec_view_work_done(s->view);
    return code;
}

enum salve_code near_rec_save(struct rec_view *view, const struct rec_item *items, size_t item_count,
                              struct rec_receipt *receipt_or_null, struct arena *mem, struct salve_err *err)
{
    struct saving saving = {.view = view, .items = items, .count = item_count};
    struct arena *work = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "save");
    enum salve_code code = prepare(&saving, work, err);
    if (code == SALVE_OK) code = save_alone(&saving, work, err);
    if (code == SALVE_OK) code = rec_receipt_make(view->site, &saving.leaf, REC_SIGN_DUE, mem, receipt_or_null, err);
    arena_close(work);
    return code;
}

/* --- many in one commit ----------------------------------------------------------------------------------------- */

/* Those of `savings` that share the next commit. */
struct round {
    struct rec_batch *batches;
    struct saving *savings;
    size_t *at; /* places in both */
    size_t count;
};

static struct compartment person_of(const struct rec_batch *batch) { return batch->view->gate.chain.id; }

/* Of one person the first that is left: whether the next one may be depends on what this one leaves. */
static void choose(struct round *round, const bool *is_done, size_t count)
{
    round->count = 0;
    for (size_t i = 0; i < count; i++) {
        bool waits = is_done[i];
        for (size_t k = 0; k < round->count && !waits; k++)
            waits = compartment_eq(person_of(&round->batches[round->at[k]]), person_of(&round->batches[i]));
        if (!waits) round->at[round->count++] = i;
    }
}

/* One batch in its savepoint. What fails in it is its own; a code comes back only if the transaction cannot go on. */
static enum salve_code save_batch(struct rec_batch *batch, struct saving *s, struct rec_tx *tx, struct salve_err *err)
{
    enum salve_code code = rec_tx_savepoint(tx, err);
    if (code != SALVE_OK) return code;
    batch->code = save_in(s, tx, &batch->err);
    return batch->code == SALVE_OK ? rec_tx_savepoint_keep(tx, err) : rec_tx_savepoint_undo(tx, err);
}

static size_t count_good(const struct round *round)
{
    size_t n = 0;
    for (size_t i = 0; i < round->count; i++) n += round->batches[round->at[i]].code == SALVE_OK;
    return n;
}

static enum salve_code save_round(struct site *site, struct round *round, struct arena *work, struct salve_err *err)
{
    struct rec_tx tx;
    if (count_good(round) == 0) return SALVE_OK;
    enum salve_code code = rec_tx_begin(site, false, work, &tx, err);
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < round->count && code == SALVE_OK; i++) {
        size_t at = round->at[i];
        if (round->batches[at].code == SALVE_OK) code = save_batch(&round->batches[at], &round->savings[at], &tx, err);
    }
    if (code == SALVE_OK && count_good(round) > 0) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    for (size_t i = 0; i < round->count && code == SALVE_OK; i++)
        if (round->batches[round->at[i]].code == SALVE_OK) rec_view_work_done(round->savings[round->at[i]].view);
    return code;
}

/* The arena of the caller gets the receipts. */
static enum salve_code one_round(struct site *site, struct round *round, struct arena *work, struct arena *mem,
                                 struct salve_err *err)
{
    for (size_t i = 0; i < round->count; i++) {
        struct rec_batch *batch = &round->batches[round->at[i]];
        salve_assert(batch->view->site == site);
        round->savings[round->at[i]] =
            (struct saving){.view = batch->view, .items = batch->items, .count = batch->item_count};
        batch->code = prepare(&round->savings[round->at[i]], work, &batch->err);
    }
    enum salve_code code = save_round(site, round, work, err);
    for (size_t i = 0; i < round->count && code == SALVE_OK; i++) {
        struct rec_batch *batch = &round->batches[round->at[i]];
        if (batch->code != SALVE_OK) continue;
        batch->code =
            rec_receipt_make(site, &round->savings[round->at[i]].leaf, REC_SIGN_DUE, mem, batch->receipt, &batch->err);
    }
    return code;
}

/* What became of those that were not refused before. */
static void all_failed(struct rec_batch *batch, bool was_tried, enum salve_code code, const struct salve_err *why)
{
    if (was_tried && batch->code != SALVE_OK) return;
    batch->code = code;
    batch->err = *why;
}

enum salve_code near_rec_save_many(struct site *site, struct rec_batch *batches, size_t count, struct arena *mem,
                                   struct salve_err *err)
{
    struct salve_err why = {0};
    struct round round = {.batches = batches};
    struct arena *work = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    round.savings = work == NULL ? NULL : arena_array(work, struct saving, count + 1);
    round.at = round.savings == NULL ? NULL : arena_array(work, size_t, count + 1);
    bool *is_done = round.at == NULL ? NULL : arena_array(work, bool, count + 1);
    enum salve_code code = is_done == NULL ? salve_fail(&why, SALVE_E_MEMORY, "save") : SALVE_OK;
    if (code == SALVE_OK) choose(&round, is_done, count);
    while (code == SALVE_OK && round.count > 0) {
        code = one_round(site, &round, work, mem, &why);
        for (size_t i = 0; i < round.count; i++) {
            is_done[round.at[i]] = true;
            if (code != SALVE_OK) all_failed(&batches[round.at[i]], true, code, &why);
        }
        if (code == SALVE_OK) choose(&round, is_done, count);
    }
    for (size_t i = 0; i < count && code != SALVE_OK; i++)
        if (is_done == NULL || !is_done[i]) all_failed(&batches[i], false, code, &why);
    if (code != SALVE_OK && err != NULL) *err = why;
    arena_close(work);
    return code;
}
