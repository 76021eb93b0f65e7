/* SPDX-License-Identifier: Apache-2.0
 *
 * A far view. What was read once is answered from its own tapes, as long as the gate's numbers say that nothing
 * changed; else the gate is asked whether the view stands, and for what is new. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "door/far_int.h"

enum { IDS_PER_VIEW = 65536, OLD_MIN = 64 };

/* Open work that waited is written, or forgotten. */
static void saved(struct far_view *view)
{
    view->parts_meant = 0;
    view->entry_count = 0;
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static void drop_view(struct far_view *view)
{
    crypto_zero(&view->handle, sizeof view->handle);
    rec_lists_end(&view->lists);
    free(view->all);
    free(view->index.slots);
    arena_close(view->tapes);
    arena_close(view->mem);
}

static enum salve_code new_view(struct site *site, struct far_view **out, struct salve_err *err)
{
    struct arena *mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    struct far_view *view = mem == NULL ? NULL : arena_new(mem, struct far_view);
    if (view == NULL) {
        arena_close(mem);
        return salve_fail(err, SALVE_E_MEMORY, "view");
    }
    view->site = far_of(site);
    view->ops = view->site->ops;
    view->mem = mem;
    *out = view;
    return SALVE_OK;
}

/* From before the gate is asked: what changes meanwhile is noticed. */
static void note_numbers(struct far_view *view)
{
    const struct door_page *page = view->site->page;
    view->asked_unix_ms = clock_ms(&view->site->clock);
    if (page == NULL) return;
    view->changes = atomic_load_explicit(&page->changes, memory_order_acquire);
}

static enum salve_code begin_opening(struct site *site, struct far_view **out, struct salve_err *err)
{
    TRY(new_view(site, out, err));
    note_numbers(*out);
    return SALVE_OK;
}

/* The opening changes nothing for itself, and the view stood when it came: the first look asks nobody again. */
static void end_opening(struct far_view *view, bool is_open, struct door_handle handle, const struct door_facts *facts,
                        struct rec_view **out)
{
    if (!is_open) {
        arena_close(view->mem);
        return;
    }
    view->handle = handle;
    view->facts = *facts;
    view->first_number = facts->first_number;
    view->is_asked = true;
    *out = (struct rec_view *)view;
}

enum salve_code far_rec_open(struct site *site, const struct rec_ask *given, struct rec_view **out,
                             struct salve_err *err)
{
    struct far_view *view = NULL;
    struct door_ask_rec_open ask = {.given = *given};
    TRY(begin_opening(site, &view, err));
    enum salve_code code = far_call(view->site, DOOR_ASK_rec_open, &ask, view->mem, err);
    end_opening(view, code == SALVE_OK, ask.handle, &ask.facts, out);
    crypto_zero(&ask, sizeof ask);
    return code;
}

enum salve_code far_rec_letter_open(struct site *site, struct str code_text, struct str birth_date,
                                    struct rec_view **out, struct salve_err *err)
{
    struct far_view *view = NULL;
    struct door_ask_rec_letter_open ask = {.code = code_text, .birth_date = birth_date};
    TRY(begin_opening(site, &view, err));
    enum salve_code code = far_call(view->site, DOOR_ASK_rec_letter_open, &ask, view->mem, err);
    end_opening(view, code == SALVE_OK, ask.handle, &ask.facts, out);
    crypto_zero(&ask, sizeof ask);
    return code;
}

enum salve_code far_app_open(struct site *site, struct str access, struct arena *mem, struct app_seen *seen,
                             struct rec_view **out, struct salve_err *err)
{
    struct far_view *view = NULL;
    struct door_ask_app_open ask = {.access = access};
    TRY(begin_opening(site, &view, err));
    enum salve_code code = far_call(view->site, DOOR_ASK_app_open, &ask, mem, err);
    end_opening(view, code == SALVE_OK, ask.handle, &ask.facts, out);
    if (code == SALVE_OK) *seen = ask.seen;
    crypto_zero(&ask, sizeof ask);
    return code;
}

enum salve_code far_rec_again(struct site *site, struct actor actor, struct arena *mem, struct rec_view **out,
                              struct str *kept, struct salve_err *err)
{
    struct far_view *view = NULL;
    struct door_ask_rec_again ask = {.actor = actor};
    *out = NULL;
    *kept = STR_NONE;
    TRY(begin_opening(site, &view, err));
    enum salve_code code = far_call(view->site, DOOR_ASK_rec_again, &ask, mem, err);
    bool is_open = code == SALVE_OK && ask.is_there;
    if (is_open) *kept = ask.kept;
    end_opening(view, is_open, ask.handle, &ask.facts, out);
    crypto_zero(&ask, sizeof ask);
    return code;
}

enum salve_code far_rec_keep(struct rec_view *opened_view, struct str kept, struct salve_err *err)
{
    struct far_view *view = far_view_of(opened_view);
    struct door_ask_rec_keep ask = {.handle = view->handle, .kept = kept};
    return far_call(view->site, DOOR_ASK_rec_keep, &ask, NULL, err);
}

enum salve_code far_rec_close(struct rec_view **opened_view, struct salve_err *err)
{
    struct far_view *view = far_view_of(*opened_view);
    struct door_ask_rec_close ask = {.handle = view->handle};
    enum salve_code code = far_call(view->site, DOOR_ASK_rec_close, &ask, NULL, err);
    *opened_view = NULL;
    drop_view(view);
    return code;
}

enum salve_code far_rec_hand_on(struct rec_view **opened_view, struct str kept, struct salve_err *err)
{
    struct far_view *view = far_view_of(*opened_view);
    struct door_ask_rec_hand_on ask = {.handle = view->handle, .kept = kept};
    enum salve_code code = far_call(view->site, DOOR_ASK_rec_hand_on, &ask, NULL, err);
    if (code != SALVE_OK) {
        (void)!far_rec_close(opened_view, NULL);
        return code;
    }
    *opened_view = NULL;
    drop_view(view);
    return SALVE_OK;
}

struct compartment far_rec_compartment(const struct rec_view *view) { return far_view_of(view)->facts.id; }
int64_t far_rec_opened_at_unix_ms(const struct rec_view *view) { return far_view_of(view)->facts.opened_at_unix_ms; }
class_mask far_rec_classes(const struct rec_view *view) { return far_view_of(view)->facts.classes; }
int64_t far_worklist_day_end_unix_ms(const struct rec_view *view) { return far_view_of(view)->facts.day_end_unix_ms; }

bool far_rec_shows(const struct rec_view *view, enum data_class class)
{
    return (far_rec_classes(view) & CLASS_BIT(class)) != 0;
}

/* --- whether it stands -------------------------------------------------------------------------------------------- */

/* These end a view for good (rec.h); whatever else went wrong may be over the next time. */
static enum salve_code noted(struct far_view *view, enum salve_code code, const struct salve_err *why)
{
    bool is_over = code == SALVE_E_ROLE || code == SALVE_E_CONSENT || code == SALVE_E_NOT_FOUND;
    if (!is_over && code != SALVE_E_SESSION) return code;
    view->over = code;
    view->why = *why;
    return code;
}

static enum salve_code ask_stands(struct far_view *view, struct salve_err *err)
{
    struct salve_err why = {0};
    struct door_ask_view_stands ask = {.handle = view->handle};
    note_numbers(view);
    enum salve_code code = far_call(view->site, DOOR_ASK_view_stands, &ask, NULL, &why);
    view->is_asked = code == SALVE_OK;
    if (code == SALVE_OK) view->facts = ask.facts;
    if (code != SALVE_OK && err != NULL) *err = why;
    return noted(view, code, &why);
}

/* Is it known to stand? */
static bool is_known_to_stand(const struct far_view *view)
{
    bool is_over = view->over != SALVE_OK || clock_ms(&view->site->clock) >= view->facts.until_unix_ms;
    return view->is_asked && !is_over && far_is_fresh(view->site, view->changes, NULL, view->asked_unix_ms);
}

static enum salve_code stands(struct far_view *view, struct salve_err *err)
{
    if (view->over != SALVE_OK) {
        if (err != NULL) *err = view->why;
        return view->over;
    }
    return is_known_to_stand(view) ? SALVE_OK : ask_stands(view, err);
}

/* Where the gate cannot be asked, the view is of no use, and what comes next meets the same error. */
void far_rec_resume(struct rec_view *opened_view)
{
    struct far_view *view = far_view_of(opened_view);
    struct door_ask_rec_resume ask = {.handle = view->handle};
    saved(view);
    if (far_call(view->site, DOOR_ASK_rec_resume, &ask, NULL, NULL) == SALVE_OK) view->facts = ask.facts;
}

bool far_rec_keeps_apart(const struct rec_view *opened_view)
{
    struct far_view *view = far_view_of(opened_view);
    return stands(view, NULL) == SALVE_OK && view->facts.keeps_apart;
}

int64_t far_rec_proofs_from_unix_ms(const struct rec_view *opened_view)
{
    struct far_view *view = far_view_of(opened_view);
    (void)!ask_stands(view, NULL); /* it moves with each signature; what was known is an earlier one */
    return view->facts.proofs_from_unix_ms;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* An earlier version of it goes. */
static void forget(struct far_view *view, const struct rec_resource *fresh)
{
    for (size_t k = 0; k < view->count && fresh->version > 1; k++)
        if (view->all[k] != NULL && str_eq(view->all[k]->id, fresh->id)) {
            view->all[k] = NULL;
            view->old_count++;
        }
}

/* Only what is new came, and stands behind all there is. */
static bool is_longer(const struct far_view *view, const struct door_ask_rec_all *ask)
{
    bool is = ask->whole == view->count + ask->fresh_count && view->count > 0;
    for (size_t i = 0; is && i < ask->fresh_count; i++)
        is = ask->fresh[i].at == view->count + i && ask->fresh[i].resource.version == 1;
    return is;
}

/* Room for `whole`, with what there is in it. */
static bool make_room(struct far_view *view, size_t whole)
{
    size_t room = whole + whole / 2 + 1;
    if (whole <= view->room) return true;
    const struct rec_resource **list = realloc(view->all, room * sizeof *list);
    if (list == NULL) return false;
    view->all = list;
    view->room = room;
    return true;
}

static enum salve_code put_behind(struct far_view *view, const struct door_ask_rec_all *ask, struct salve_err *err)
{
    if (!make_room(view, ask->whole)) return salve_fail(err, SALVE_E_MEMORY, "view");
    for (size_t i = 0; i < ask->fresh_count; i++) view->all[view->count++] = &ask->fresh[i].resource;
    return SALVE_OK;
}

/* What came new takes its place, the rest keeps its order; versions that others took the place of go out. */
static enum salve_code order(struct far_view *view, const struct door_ask_rec_all *ask,
                             const struct rec_resource **list, struct salve_err *err)
{
    size_t from = 0;
    for (size_t i = 0; i < ask->fresh_count; i++) {
        if (ask->fresh[i].at >= ask->whole) return salve_fail(err, SALVE_E_IO, "gate");
        list[ask->fresh[i].at] = &ask->fresh[i].resource;
    }
    for (size_t i = 0; i < ask->fresh_count; i++) forget(view, &ask->fresh[i].resource);
    for (size_t at = 0; at < ask->whole; at++) {
        if (list[at] != NULL) continue;
        while (from < view->count && view->all[from] == NULL) from++;
        if (from == view->count) return salve_fail(err, SALVE_E_IO, "gate");
        list[at] = view->all[from++];
    }
    return SALVE_OK;
}

static enum salve_code put_in(struct far_view *view, const struct door_ask_rec_all *ask, struct salve_err *err)
{
    if (is_longer(view, ask)) return put_behind(view, ask, err);
    const struct rec_resource **list = calloc(ask->whole + 1, sizeof *list);
    enum salve_code code = list == NULL ? salve_fail(err, SALVE_E_MEMORY, "view") : order(view, ask, list, err);
    if (code != SALVE_OK) {
        free(list);
        return code;
    }
    free(view->all);
    view->all = list;
    view->count = view->room = ask->whole;
    view->made++;
    return SALVE_OK;
}

static void note_since(struct far_view *view, class_mask classes)
{
    view->known |= classes;
    for (size_t i = 0; i < view->count; i++) {
        const struct rec_resource *one = view->all[i];
        if (one->record_seq > view->since[one->class]) view->since[one->class] = one->record_seq;
    }
}

static struct arena *tapes_of(struct far_view *view)
{
    if (view->tapes == NULL) view->tapes = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    return view->tapes;
}

static enum salve_code load(struct far_view *view, class_mask classes, struct salve_err *err)
{
    struct salve_err why = {0};
    struct arena *mem = tapes_of(view);
    struct door_ask_rec_all ask = {.handle = view->handle, .classes = classes, .known = view->known};
    const struct door_page *page = view->site->page;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    memcpy(ask.since, view->since, sizeof ask.since);
    note_numbers(view);
    uint64_t saves = page == NULL ? 0 : atomic_load_explicit(&page->saves, memory_order_acquire);
    enum salve_code code = far_call(view->site, DOOR_ASK_rec_all, &ask, mem, &why);
    view->is_asked = code == SALVE_OK;
    if (code != SALVE_OK && err != NULL) *err = why;
    if (code != SALVE_OK) return noted(view, code, &why);
    TRY(put_in(view, &ask, err));
    note_since(view, classes);
    view->known_saves = saves;
    view->known_unix_ms = view->asked_unix_ms;
    return SALVE_OK;
}

static bool is_loaded(const struct far_view *view, class_mask classes)
{
    return (classes & ~view->known) == 0 &&
           far_is_fresh(view->site, view->changes, &view->known_saves, view->known_unix_ms);
}

static const struct rec_list *list_of(struct far_view *view, class_mask classes)
{
    struct rec_list *row = rec_lists_row(&view->lists, classes, view->made, view->count);
    if (row == NULL) return NULL;
    for (size_t i = row->of; i < view->count; i++)
        if ((classes & CLASS_BIT(view->all[i]->class)) != 0) row->list[row->count++] = *view->all[i];
    row->of = view->count;
    return row;
}

/* All of it comes anew when it is asked for again. */
static void forget_all(struct far_view *view)
{
    rec_lists_end(&view->lists);
    arena_close(view->tapes);
    view->tapes = NULL;
    view->count = view->old_count = 0;
    view->known = 0;
    memset(view->since, 0, sizeof view->since);
    view->made++;
}

/* What others took the place of takes no more room than the rest. */
void far_rec_rest(struct rec_view *opened_view)
{
    struct far_view *view = far_view_of(opened_view);
    rec_lists_rest(&view->lists);
    if (view->old_count > view->count + OLD_MIN) forget_all(view);
}

enum salve_code far_rec_all(struct rec_view *opened_view, class_mask classes, const struct rec_resource **out,
                            size_t *count, struct salve_err *err)
{
    struct far_view *view = far_view_of(opened_view);
    TRY(stands(view, err));
    if (classes == 0) classes = view->facts.classes;
    if ((classes & ~view->facts.classes) != 0) return salve_fail(err, SALVE_E_CONSENT, "classes of the view");
    if (!is_loaded(view, classes)) TRY(load(view, classes, err));
    const struct rec_list *row = list_of(view, classes);
    if (row == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    *out = row->list;
    *count = row->count;
    return SALVE_OK;
}

/* --- one of what is known ----------------------------------------------------------------------------------------- */

static size_t hash_of(struct str id)
{
    uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a, 64 bits: ids are given here, and none is a stranger's choice */
    for (size_t i = 0; i < id.len; i++) hash = (hash ^ (unsigned char)id.ptr[i]) * 0x100000001B3u;
    return (size_t)(hash ^ hash >> 32);
}

static bool make_index(struct far_view *view)
{
    struct far_index *index = &view->index;
    size_t room = 16;
    if (index->slots != NULL && index->made == view->made && index->of == view->count) return true;
    while (room < 2 * view->count) room *= 2;
    free(index->slots);
    *index = (struct far_index){.slots = calloc(room, sizeof *index->slots), .room = room};
    if (index->slots == NULL || view->count >= UINT32_MAX) return false;
    for (size_t i = 0; i < view->count; i++) {
        size_t at = hash_of(view->all[i]->id) & (room - 1);
        while (index->slots[at] != 0) at = (at + 1) & (room - 1);
        index->slots[at] = (uint32_t)i + 1;
    }
    index->made = view->made;
    index->of = view->count;
    return true;
}

bool far_rec_known(struct rec_view *opened_view, struct str type, struct str id, const struct rec_resource **out)
{
    struct far_view *view = far_view_of(opened_view);
    *out = NULL;
    if (!is_known_to_stand(view) || !is_loaded(view, view->facts.classes) || !make_index(view)) return false;
    const struct far_index *index = &view->index;
    for (size_t at = hash_of(id) & (index->room - 1); index->slots[at] != 0; at = (at + 1) & (index->room - 1)) {
        const struct rec_resource *one = view->all[index->slots[at] - 1];
        bool is = str_eq(one->id, id) && str_eq(one->type, type);
        if (is && (view->facts.classes & CLASS_BIT(one->class)) != 0) return *out = one, true;
    }
    return false;
}

/* One resource, and the versions of one: the gate is asked, which counts what it hands out. */
enum salve_code far_rec_read(struct rec_view *opened_view, struct str id, const struct rec_resource **out,
                             struct salve_err *err)
{
    struct far_view *view = far_view_of(opened_view);
    struct door_ask_rec_read ask = {.handle = view->handle, .id = id};
    TRY(stands(view, err));
    struct rec_resource *one = rec_lists_one(&view->lists);
    if (one == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    TRY(far_call(view->site, DOOR_ASK_rec_read, &ask, view->lists.mem, err));
    *one = ask.one;
    *out = one;
    return SALVE_OK;
}

enum salve_code far_rec_history(struct rec_view *opened_view, struct str id, struct arena *mem,
                                const struct rec_resource ***out, size_t *count, struct salve_err *err)
{
    struct far_view *view = far_view_of(opened_view);
    struct door_ask_rec_history ask = {.handle = view->handle, .id = id};
    TRY(stands(view, err));
    TRY(far_call(view->site, DOOR_ASK_rec_history, &ask, view->mem, err));
    const struct rec_resource **list = arena_array(mem, const struct rec_resource *, ask.versions_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "history");
    for (size_t i = 0; i < ask.versions_count; i++) list[i] = &ask.versions[i];
    *out = list;
    *count = ask.versions_count;
    return SALVE_OK;
}

enum salve_code far_rec_take(struct rec_view *opened_view, struct arena *mem, const struct rec_resource **out,
                             size_t *count, struct salve_err *err)
{
    struct far_view *view = far_view_of(opened_view);
    struct door_ask_rec_take ask = {.handle = view->handle};
    TRY(far_call(view->site, DOOR_ASK_rec_take, &ask, mem, err));
    *out = ask.all;
    *count = ask.all_count;
    return SALVE_OK;
}

/* --- saving ------------------------------------------------------------------------------------------------------- */

uint64_t far_rec_next_number(void *view_of_caller)
{
    struct far_view *view = view_of_caller;
    return view->first_number + view->ids_given++;
}

enum salve_code far_rec_new_id(struct rec_view *opened_view, struct arena *mem, struct str *id, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    struct far_view *view = far_view_of(opened_view);
    TRY(stands(view, err));
    if (view->ids_given >= IDS_PER_VIEW) return salve_fail(err, SALVE_E_TOO_BIG, "ids of one view");
    compartment_text(view->facts.id, text);
    *id = arena_printf(mem, "%s.%llu", text, (unsigned long long)far_rec_next_number(view));
    return id->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "id") : SALVE_OK;
}

void far_worklist_set(struct rec_view *opened_view, enum work_part part, const struct work_entry *entries, size_t count)
{
    size_t n = 0;
    struct far_view *view = far_view_of(opened_view);
    view->parts_meant |= 1u << part;
    for (size_t i = 0; i < view->entry_count; i++)
        if (view->entries[i].part != part) view->entries[n++] = view->entries[i];
    for (size_t i = 0; i < count; i++) {
        salve_assert(entries[i].part == part && entries[i].task < WORK_TASKS && n < WORK_ENTRIES_MAX);
        view->entries[n++] = entries[i];
    }
    view->entry_count = n;
}

static struct door_saving saving_of(struct far_view *view, const struct rec_item *items, size_t count)
{
    return (struct door_saving){.handle = view->handle,
                                .ids_given = view->ids_given,
                                .items = (struct rec_item *)(uintptr_t)items,
                                .items_count = count,
                                .parts_meant = view->parts_meant,
                                .entries = view->entries,
                                .entries_count = view->entry_count};
}

enum salve_code far_rec_save(struct rec_view *opened_view, const struct rec_item *items, size_t item_count,
                             struct rec_receipt *receipt_or_null, struct arena *mem, struct salve_err *err)
{
    struct far_view *view = far_view_of(opened_view);
    struct door_ask_rec_save ask = {.saving = saving_of(view, items, item_count)};
    ask.saving.wants_receipt = receipt_or_null != NULL;
    TRY(far_call(view->site, DOOR_ASK_rec_save, &ask, mem, err));
    far_receipt(receipt_or_null, &ask.receipt);
    saved(view);
    return SALVE_OK;
}

enum salve_code far_worklist_write(struct rec_view *opened_view, struct salve_err *err)
{
    struct far_view *view = far_view_of(opened_view);
    struct door_ask_worklist_write ask = {.saving = saving_of(view, NULL, 0)};
    if (view->parts_meant == 0) return SALVE_OK;
    TRY(far_call(view->site, DOOR_ASK_worklist_write, &ask, NULL, err));
    saved(view);
    return SALVE_OK;
}

/* What became of each, or of all where nobody can tell. */
static void each_saved(struct rec_batch *batches, size_t count, const struct door_ask_rec_save_many *ask,
                       enum salve_code code, const struct salve_err *why)
{
    for (size_t i = 0; i < count; i++) {
        struct rec_batch *batch = &batches[i];
        bool is_told = code == SALVE_OK && i < ask->saved_count;
        batch->code = is_told ? ask->saved[i].code : code;
        if (batch->code != SALVE_OK) batch->err = is_told ? ask->saved[i].err : *why;
        if (batch->code != SALVE_OK) continue;
        far_receipt(batch->receipt, &ask->saved[i].receipt);
        saved(far_view_of(batch->view));
    }
}

enum salve_code far_rec_save_many(struct site *site, struct rec_batch *batches, size_t count, struct arena *mem,
                                  struct salve_err *err)
{
    struct salve_err why = {0};
    struct door_ask_rec_save_many ask = {.savings_count = count};
    ask.savings = arena_array(mem, struct door_saving, count + 1);
    enum salve_code code = ask.savings == NULL ? salve_fail(&why, SALVE_E_MEMORY, "save") : SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        ask.savings[i] = saving_of(far_view_of(batches[i].view), batches[i].items, batches[i].item_count);
        ask.savings[i].wants_receipt = batches[i].receipt != NULL;
    }
    if (code == SALVE_OK) code = far_call(far_of(site), DOOR_ASK_rec_save_many, &ask, mem, &why);
    if (code == SALVE_OK && ask.saved_count != count) code = salve_fail(&why, SALVE_E_IO, "gate");
    each_saved(batches, count, &ask, code, &why);
    if (code == SALVE_OK) why = ask.why;
    if (code == SALVE_OK) code = ask.code;
    if (code != SALVE_OK && err != NULL) *err = why;
    return code;
}
