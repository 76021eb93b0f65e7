/* SPDX-License-Identifier: Apache-2.0
 *
 * Saving a batch: admission again, ids, then one record for each data class, the note, the head: one transaction. */
#include "admit/admit.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "records/view_int.h"

uint64_t rec_next_number(void *view_of_caller)
{
    struct rec_view *view = view_of_caller;
    return view->gate.access_seq * REC_IDS_PER_VIEW + view->ids_given++;
}

enum salve_code rec_new_id(struct rec_view *view, struct arena *mem, struct str *id, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    if (view->ids_given >= REC_IDS_PER_VIEW) return salve_fail(err, SALVE_E_TOO_BIG, "ids of one view");
    compartment_text(view->gate.chain.id, text);
    *id = arena_printf(mem, "%s.%llu", text, (unsigned long long)rec_next_number(view));
    return id->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "id") : SALVE_OK;
}

/* --- checks ----------------------------------------------------------------------------------------------------- */

static enum salve_code class_of(const struct rec_item *item, enum data_class *out, struct salve_err *err)
{
    struct str type = fhir_type_name(tape_type(item->tape, tape_root(item->tape)));
    if (str_is(type, "Consent") || str_is(type, "AuditEvent"))
        return salve_refuse(err, SALVE_E_NOT_ADMITTED, "the gate alone makes these", "%.*s", STR_ARGS(type));
    bool is_identity = str_is(type, "Patient") || str_is(type, "RelatedPerson");
    *out = item->class != 0 ? item->class : is_identity ? CLASS_IDENT : CLASS_CLIN;
    bool fits = *out >= CLASS_IDENT && *out <= CLASS_CONTACT && (!is_identity || *out == CLASS_IDENT);
    return fits ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "data class of %.*s", STR_ARGS(type));
}

/* A class may be written if the view has it, or if the purpose that it is kept for is on: writing reads nothing
 * back. */
static bool may_write(const struct rec_view *view, enum data_class class)
{
    enum purpose purpose = class == CLASS_STAT ? PURPOSE_STATISTICS : PURPOSE_RESEARCH;
    if (view->classes & CLASS_BIT(class)) return true;
    if (class != CLASS_STAT && class != CLASS_CONTACT) return false;
    if (!rec_stand_holds(&view->stand, purpose)) return false;
    int64_t now_unix_s = site_now_unix_ms(view->site) / 1000;
    return consent_stands(view->gate.grants, view->gate.grant_count, purpose, now_unix_s, NULL).allowed;
}

static enum salve_code id_check(struct rec_view *view, const struct rec_item *item, enum data_class class,
                                struct salve_err *err)
{
    uint64_t number, base = view->gate.access_seq * REC_IDS_PER_VIEW;
    enum salve_code code =
        rec_id_number(view->gate.chain.id, tape_child_text(item->tape, tape_root(item->tape), "id"), &number, err);
    if (code != SALVE_OK) return code;
    if (number >= base && number < base + view->ids_given && view->ids_given <= REC_IDS_PER_VIEW) return SALVE_OK;
    code = rec_gate_read(&view->gate, view->classes & CLASS_BIT(class), &view->shelf, err);
    if (code != SALVE_OK) return code;
    struct str type = fhir_type_name(tape_type(item->tape, tape_root(item->tape)));
    for (size_t i = 0; i < view->shelf.count; i++) {
        const struct rec_version *v = &view->shelf.all[i];
        if (v->number == number && v->is.class == class && str_eq(v->is.type, type)) return SALVE_OK;
    }
    return salve_refuse(err, SALVE_E_INVALID,
                        "neither a new id of this view nor that of a stored resource of this type and class", "%.*s.id",
                        STR_ARGS(type));
}

static enum salve_code item_check(struct rec_view *view, const struct rec_item *item, enum data_class *class,
                                  struct arena *mem, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    struct fhir_issues issues;
    struct str compartment = str_make(text, COMPARTMENT_TEXT_BYTES);
    fhir_issues_init(&issues, mem);
    compartment_text(view->gate.chain.id, text);
    enum salve_code code = admit_check(view->site->rules, item->tape, compartment, mem, &issues, err);
    if (code == SALVE_OK) code = class_of(item, class, err);
    if (code == SALVE_OK && !may_write(view, *class)) code = salve_fail(err, SALVE_E_CONSENT, "class of the view");
    return code == SALVE_OK ? id_check(view, item, *class, err) : code;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

static enum salve_code put_class(struct rec_view *view, struct rec_tx *tx, const struct rec_item *items,
                                 const enum data_class *classes, size_t count, enum data_class class,
                                 struct salve_err *err)
{
    size_t n = 0;
    const struct tape **tapes = arena_array(tx->mem, const struct tape *, count);
    struct rec_payload payload = {.kind = REC_KIND_RESOURCES, .leaf_index = view->gate.leaf.index};
    if (tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "save");
    for (size_t i = 0; i < count; i++)
        if (classes[i] == class) tapes[n++] = items[i].tape;
    enum salve_code code = rec_tapes_pack(tapes, n, tx->mem, &payload.body, err);
    return code == SALVE_OK ? rec_put(tx, &view->gate.chain, class, &payload, err) : code;
}

static enum salve_code save_in(struct rec_view *view, struct rec_tx *tx, const struct rec_item *items,
                               const enum data_class *classes, size_t count, struct rec_leaf *leaf,
                               struct salve_err *err)
{
    struct rec_event event = {
        .kind = REC_EVENT_WRITE, .actor = view->actor, .purpose = view->purpose, .resource_count = count};
    enum salve_code code = rec_chain_load(tx, &view->gate.chain, err);
    for (size_t i = 0; i < count; i++) event.classes |= CLASS_BIT(classes[i]);
    for (int c = CLASS_IDENT; c <= CLASS_LAST && code == SALVE_OK; c++)
        if (event.classes & CLASS_BIT(c)) code = put_class(view, tx, items, classes, count, (enum data_class)c, err);
    return code == SALVE_OK ? rec_note(tx, &view->gate.chain, &event, leaf, err) : code;
}

static enum salve_code save(struct rec_view *view, const struct rec_item *items, size_t count, struct arena *work,
                            struct rec_leaf *leaf, struct salve_err *err)
{
    struct rec_tx tx;
    enum data_class *classes = arena_array(work, enum data_class, count);
    if (classes == NULL) return salve_fail(err, SALVE_E_MEMORY, "save");
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        struct arena_mark mark = arena_mark(work);
        code = item_check(view, &items[i], &classes[i], work, err);
        arena_rewind(work, mark);
    }
    if (code == SALVE_OK) code = rec_tx_begin(view->site, false, work, &tx, err);
    if (code != SALVE_OK) return code;
    code = save_in(view, &tx, items, classes, count, leaf, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code rec_save(struct rec_view *view, const struct rec_item *items, size_t item_count,
                         struct rec_receipt *receipt_or_null, struct arena *mem, struct salve_err *err)
{
    struct rec_leaf leaf;
    enum salve_code code = rec_view_stands(view, err);
    if (code == SALVE_OK) code = rec_actor_needs(view->actor, ROLES_WRITING, err);
    if (code != SALVE_OK) return code;
    if (item_count == 0) return salve_fail(err, SALVE_E_INVALID, "batch without resources");
    struct arena *work = arena_open(SALVE_REQUEST_BYTES_MAX);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "save");
    code = save(view, items, item_count, work, &leaf, err);
    if (code == SALVE_OK) code = rec_receipt_make(view->site, &leaf, mem, receipt_or_null, err);
    arena_close(work);
    return code;
}
