/* SPDX-License-Identifier: Apache-2.0
 * What a record has already, against what came. Resources are found by source id, by reading, or by content where they
 * have neither source id nor time (admit/same.h); then the newest version decides what becomes of the one that came. */
#include "admit/same.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "screen/screen.h"
#include "visit/known_int.h"
#include "visit/visit_int.h"

/* Something that is in the record, or comes into it with this file. */
struct item {
    struct str id;
    const struct tape *tape;
    struct same_mark mark;
    const struct rec_resource *stored; /* NULL: it came with this file */
    bool is_apart;
    bool is_matched; /* without source id and time: one of the file is this one */
};

struct entry {
    uint64_t key;
    uint32_t item, next; /* + 1; 0: none */
};

/* A resource that came and is another's double: references to it go to that one. */
struct redirect {
    struct str from, to;
};

struct visit_known {
    struct rec_view *view;
    struct arena *mem;
    struct item *items;
    struct entry *entries;
    struct redirect *redirects;
    uint32_t *heads;
    size_t item_count, item_room, entry_count, entry_room, head_count, redirect_count;
    bool is_blind; /* to what is kept apart */
    uint64_t other_code;
    struct visit_again *again;
    /* of resources that came with an id of their own here (visit_known_given); `given` NULL: none did */
    const struct visit_given *given;
    size_t given_count;
    struct visit_fate *fates; /* of those, in their order */
};

/* --- the table ---------------------------------------------------------------------------------------------------- */

static uint64_t key_of(fhir_type_id type, struct str system, struct str text)
{
    return (str_hash(text) * 0x9E3779B97F4A7C15u ^ str_hash(system)) * 31u + type;
}

static uint64_t reading_key(const struct same_mark *mark)
{
    return key_of(mark->type, mark->system, mark->code) + (uint64_t)mark->at_unix_s * 0xD6E8FEB86659FD93u + 1;
}

static uint32_t *head_of(const struct visit_known *known, uint64_t key)
{
    return &known->heads[(key ^ key >> 29) & (known->head_count - 1)];
}

static enum salve_code put(struct visit_known *known, uint32_t item, uint64_t key, struct salve_err *err)
{
    if (known->entry_count == known->entry_room) {
        size_t room = 2 * known->entry_room;
        known->entries = arena_grow(known->mem, known->entries, known->entry_room * sizeof *known->entries,
                                    room * sizeof *known->entries);
        if (known->entries == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
        known->entry_room = room;
    }
    uint32_t *head = head_of(known, key);
    known->entries[known->entry_count++] = (struct entry){key, item, *head};
    *head = (uint32_t)known->entry_count;
    return SALVE_OK;
}

/* The next item under that key, newest first; NULL: no more. *at is 0 to begin with. */
static struct item *next_item(const struct visit_known *known, uint64_t key, uint32_t *at)
{
    uint32_t number = *at == 0 ? *head_of(known, key) : known->entries[*at - 1].next;
    while (number != 0 && known->entries[number - 1].key != key) number = known->entries[number - 1].next;
    *at = number;
    return number == 0 ? NULL : &known->items[known->entries[number - 1].item];
}

/* Is it told from others by what it says alone? */
static bool is_nameless(const struct same_mark *mark) { return mark->source.len == 0 && !mark->has_instant; }

static enum salve_code put_item(struct visit_known *known, struct item item, struct salve_err *err)
{
    uint32_t at = (uint32_t)known->item_count;
    const struct tape *tape = item.tape;
    if (known->item_count == known->item_room) {
        size_t room = 2 * known->item_room;
        known->items = arena_grow(known->mem, known->items, at * sizeof *known->items, room * sizeof *known->items);
        if (known->items == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
        known->item_room = room;
    }
    known->items[known->item_count++] = item;
    TRY(put(known, at, key_of(item.mark.type, STR("id"), item.id), err));
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c))
        if (tape_path_name(tape, c) == FHIR_N_identifier)
            TRY(put(known, at,
                    key_of(item.mark.type, tape_child_text(tape, c, "system"), tape_child_text(tape, c, "value")),
                    err));
    if (item.mark.has_instant) return put(known, at, reading_key(&item.mark), err);
    return is_nameless(&item.mark) ? put(known, at, key_of(item.mark.type, STR("content"), item.mark.code), err)
                                   : SALVE_OK;
}

static enum salve_code put_stored(struct visit_known *known, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(rec_all(known->view, 0, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct item item = {
            .id = all[i].id, .tape = &all[i].tape, .stored = &all[i], .is_apart = all[i].class == CLASS_SENS};
        same_mark(item.tape, 0, &item.mark);
        TRY(put_item(known, item, err));
    }
    return SALVE_OK;
}

enum salve_code visit_known_open(struct rec_view *view, bool is_new, struct arena *mem, struct visit_known **out,
                                 struct salve_err *err)
{
    enum { ROOM = 256 };
    struct visit_known *known = arena_new(mem, struct visit_known);
    if (known == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    *known = (struct visit_known){.view = view, .mem = mem, .item_room = ROOM, .entry_room = ROOM, .head_count = 1024};
    known->is_blind = !rec_shows(view, CLASS_SENS);
    known->items = arena_array(mem, struct item, ROOM);
    known->entries = arena_array(mem, struct entry, ROOM);
    known->heads = arena_array(mem, uint32_t, known->head_count);
    if (known->items == NULL || known->entries == NULL || known->heads == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "record");
    *out = known;
    return is_new ? SALVE_OK : put_stored(known, err);
}

/* --- by name ------------------------------------------------------------------------------------------------------ */

/* Of two that have the name the one about the same code; a correction or retraction may also change the code. */
static bool is_better(const struct item *item, const struct item *best, const struct same_mark *mark)
{
    if (mark->word == SAME_STANDS && !same_code(&item->mark, mark)) return false;
    if (best == NULL) return true;
    return same_code(&item->mark, mark) && !same_code(&best->mark, mark);
}

static const struct item *best_of(const struct visit_known *known, uint64_t key, const struct same_mark *mark,
                                  bool is_apart, const struct item *best)
{
    const struct item *item;
    for (uint32_t at = 0; (item = next_item(known, key, &at)) != NULL;)
        if (item->stored != NULL && item->mark.type == mark->type && item->is_apart == is_apart &&
            is_better(item, best, mark))
            best = item;
    return best;
}

/* Many systems count from 1: a name that is here for another code is another's. */
static bool is_taken(const struct visit_known *known, uint64_t key, const struct same_mark *mark)
{
    uint32_t at = 0;
    return next_item(known, key, &at) != NULL && mark->word == SAME_STANDS;
}

static struct str known_id(void *ctx, const struct tape *tape, tape_at resource, struct str source, bool is_apart)
{
    struct visit_known *known = ctx;
    struct same_mark mark;
    const struct item *best = NULL;
    same_mark(tape, resource, &mark);
    if (same_is_ours(source)) best = best_of(known, key_of(mark.type, STR("id"), source), &mark, is_apart, best);
    if (source.len > 0) best = best_of(known, key_of(mark.type, SAME_IMPORTED, source), &mark, is_apart, best);
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c))
        if (tape_path_name(tape, c) == FHIR_N_identifier)
            best =
                best_of(known, key_of(mark.type, tape_child_text(tape, c, "system"), tape_child_text(tape, c, "value")),
                        &mark, is_apart, best);
    if (best != NULL) return best->id;
    known->other_code += source.len > 0 && is_taken(known, key_of(mark.type, SAME_IMPORTED, source), &mark);
    return STR_NONE;
}

static uint64_t known_next(void *ctx) { return rec_next_number(((struct visit_known *)ctx)->view); }

void visit_known_ask(struct visit_known *known, struct import_ask *ask)
{
    ask->next = known_next;
    ask->known = known_id;
    ask->ctx = known;
}

/* --- by an id that the caller gave -------------------------------------------------------------------------------- */

static size_t given_at(const struct visit_known *known, struct str id)
{
    size_t at = 0;
    while (at < known->given_count && !str_eq(known->given[at].id, id)) at++;
    return at;
}

/* Is it said to be the next version of what has its id, by somebody who knows the one before? */
static bool is_next(const struct visit_known *known, struct str id)
{
    size_t at = given_at(known, id);
    return at < known->given_count && known->given[at].is_next;
}

static struct str given_id(void *ctx, const struct tape *tape, tape_at resource, struct str source, bool is_apart)
{
    const struct visit_known *known = ctx;
    size_t at = given_at(known, source);
    if (at < known->given_count && known->given[at].is_next) return source;
    struct str id = known_id(ctx, tape, resource, source, is_apart);
    return id.len == 0 && at < known->given_count ? source : id;
}

enum salve_code visit_known_given(struct visit_known *known, const struct visit_given *given, size_t count,
                                  struct import_ask *ask, struct salve_err *err)
{
    known->given = given;
    known->given_count = count;
    known->fates = arena_array(known->mem, struct visit_fate, count + 1);
    if (known->fates == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    ask->known = given_id;
    return SALVE_OK;
}

const struct visit_fate *visit_known_fates(const struct visit_known *known) { return known->fates; }

static void note_fate(struct visit_known *known, const struct import_resource *came, enum visit_fate_word word,
                      struct str id)
{
    size_t at = given_at(known, came->imported_id);
    if (at == known->given_count) return;
    known->fates[at] = (struct visit_fate){word, id};
}

/* --- what becomes of one ------------------------------------------------------------------------------------------ */

/* Said before by another resource of the same name: whoever brought the later ones could not see it. */
static bool was_beside(const struct visit_known *known, const struct item *here, const struct tape *came,
                       const struct same_mark *mark)
{
    const struct item *item;
    if (mark->source.len == 0) return false;
    for (uint32_t at = 0; (item = next_item(known, key_of(mark->type, SAME_IMPORTED, mark->source), &at)) != NULL;)
        if (item != here && item->stored != NULL && same_content(item->tape, 0, came, 0)) return true;
    return false;
}

/* An older state of what is here: it does not come back, also not what was taken back. */
static enum salve_code was_here(const struct visit_known *known, const struct item *here, const struct tape *came,
                                const struct same_mark *mark, bool *out, struct salve_err *err)
{
    const struct rec_resource **versions = NULL;
    size_t count = 0;
    *out = same_is_older(came, 0, here->tape, 0) || was_beside(known, here, came, mark);
    if (*out || here->stored == NULL || here->stored->version == 1) return SALVE_OK;
    TRY(rec_history(known->view, here->id, known->mem, &versions, &count, err));
    for (size_t i = 0; i < count && !*out; i++) *out = same_content(&versions[i]->tape, 0, came, 0);
    return SALVE_OK;
}

static void count_version(struct visit_again *again, const struct item *here, const struct same_mark *mark)
{
    bool is_taken_back = mark->word >= SAME_REFUTED && here->mark.word < SAME_REFUTED;
    again->taken_back += is_taken_back;
    again->renewed += !is_taken_back;
}

/* *is_kept: it is to be saved as the next version of `here`. */
static enum salve_code meet(struct visit_known *known, struct item *here, const struct tape *came,
                            const struct same_mark *mark, bool *is_kept, struct salve_err *err)
{
    bool was = false;
    *is_kept = false;
    if (same_content(here->tape, 0, came, 0)) {
        known->again->here++;
        return SALVE_OK;
    }
    if (here->stored != NULL && screen_is_own(here->stored)) {
        known->again->ours++;
        return SALVE_OK;
    }
    TRY(was_here(known, here, came, mark, &was, err));
    known->again->older += was;
    if (was) return SALVE_OK;
    count_version(known->again, here, mark);
    *is_kept = true;
    here->tape = came; /* what the next one of this file meets */
    here->mark = *mark;
    return SALVE_OK;
}

/* All that is told, to the letter. */
static enum salve_code same_text(struct visit_known *known, const struct tape *a, const struct tape *b, bool *out,
                                 struct salve_err *err)
{
    struct str x, y;
    struct buf one, other;
    buf_init(&one, known->mem, SALVE_RESOURCE_BYTES_MAX);
    buf_init(&other, known->mem, SALVE_RESOURCE_BYTES_MAX);
    fhir_write(a, 0, FHIR_COMPACT, &one);
    fhir_write(b, 0, FHIR_COMPACT, &other);
    TRY(buf_done(&one, &x, err));
    TRY(buf_done(&other, &y, err));
    *out = str_eq(x, y);
    return SALVE_OK;
}

/* The visit of a result is named here where nobody else names one: it stays named. */
static enum salve_code keep_visit(struct visit_known *known, const struct item *here, struct import_resource *came,
                                  struct salve_err *err)
{
    struct tape_builder make;
    struct tape named;
    tape_at visit = tape_child(here->tape, 0, FHIR_N_encounter);
    if (here->mark.type != FHIR_T_Observation || visit == TAPE_NONE ||
        tape_child(&came->tape, 0, FHIR_N_encounter) != TAPE_NONE)
        return SALVE_OK;
    tape_build(&make, known->mem, FHIR_T_Observation);
    for (tape_at c = tape_first(&came->tape, 0); c != TAPE_NONE; c = tape_next(&came->tape, 0, c))
        tape_add_child(&make, &came->tape, c);
    tape_add_child(&make, here->tape, visit);
    TRY(tape_built(&make, &named, err));
    came->tape = named;
    return SALVE_OK;
}

/* Who says so knows the version before: it may say again what an older one said. */
static enum salve_code renew(struct visit_known *known, struct item *here, struct import_resource *came,
                             const struct same_mark *mark, bool *is_kept, struct salve_err *err)
{
    bool is_same = false;
    if (here->is_apart != (came->families != 0))
        return salve_refuse(err, SALVE_E_INVALID, "its codes keep it apart, or no longer do: that is another resource",
                            "%.*s.code", STR_ARGS(came->type));
    TRY(keep_visit(known, here, came, err));
    TRY(same_text(known, here->tape, &came->tape, &is_same, err));
    note_fate(known, came, is_same ? VISIT_FATE_HERE : VISIT_FATE_NEXT, here->id);
    here->is_matched = true;
    *is_kept = !is_same;
    if (is_same)
        known->again->here++;
    else
        count_version(known->again, here, mark);
    here->tape = &came->tape;
    here->mark = *mark;
    return SALVE_OK;
}

static struct item *with_id(const struct visit_known *known, const struct import_resource *came, fhir_type_id type)
{
    uint32_t at = 0;
    return next_item(known, key_of(type, STR("id"), came->id), &at);
}

/* The same reading, where one of the two has no source id. */
static struct item *reading_of(const struct visit_known *known, const struct tape *tape, const struct same_mark *mark,
                               bool is_apart)
{
    struct item *item;
    if (!mark->has_instant) return NULL;
    for (uint32_t at = 0; (item = next_item(known, reading_key(mark), &at)) != NULL;)
        if (item->is_apart == is_apart && (item->mark.source.len == 0 || mark->source.len == 0) &&
            same_reading(item->tape, 0, tape, 0))
            return item;
    return NULL;
}

/* Without source id and time: each that is stored stands for one of the file, so two of one file stay two. */
static struct item *copy_of(const struct visit_known *known, const struct tape *tape, const struct same_mark *mark,
                            bool is_apart)
{
    struct item *item;
    if (!is_nameless(mark)) return NULL;
    for (uint32_t at = 0; (item = next_item(known, key_of(mark->type, STR("content"), mark->code), &at)) != NULL;) {
        if (item->stored == NULL || item->is_apart != is_apart || item->is_matched ||
            !same_content(item->tape, 0, tape, 0))
            continue;
        return item;
    }
    return NULL;
}

static enum tape_verdict as_first_result(void *context, const struct tape *from, tape_at at, struct str *text)
{
    (void)context;
    if (tape_element(from, at) != FHIR_E_Observation_status) return TAPE_KEEP;
    *text = STR("preliminary");
    return TAPE_REPLACE;
}

/* A first result that is said to be final, with nothing else in it changed: somebody looked at its number. */
static bool confirms(const struct visit_known *known, const struct item *here, const struct import_resource *came)
{
    struct tape first;
    return here != NULL && is_next(known, came->imported_id) &&
           str_is(tape_child_text(here->tape, 0, "status"), "preliminary") &&
           tape_copy(&came->tape, 0, as_first_result, NULL, known->mem, &first, NULL) == SALVE_OK &&
           same_content(here->tape, 0, &first, 0);
}

bool visit_known_has(const struct visit_known *known, const struct import_resource *came)
{
    struct same_mark mark;
    bool is_apart = came->families != 0, was = false;
    same_mark(&came->tape, 0, &mark);
    const struct item *here = with_id(known, came, mark.type);
    if (confirms(known, here, came)) return true;
    if (here != NULL && is_next(known, came->imported_id)) return same_content(here->tape, 0, &came->tape, 0);
    if (here == NULL) here = reading_of(known, &came->tape, &mark, is_apart);
    if (here == NULL) here = copy_of(known, &came->tape, &mark, is_apart);
    if (here == NULL || same_content(here->tape, 0, &came->tape, 0)) return here != NULL;
    return was_here(known, here, &came->tape, &mark, &was, NULL) == SALVE_OK && was;
}

/* --- references to doubles ---------------------------------------------------------------------------------------- */

static enum tape_verdict redirect(void *context, const struct tape *from, tape_at at, struct str *text)
{
    const struct visit_known *known = context;
    if (tape_element(from, at) != FHIR_E_Reference_reference && tape_path_name(from, at) != FHIR_N_id) return TAPE_KEEP;
    struct str old = tape_text(from, at);
    ptrdiff_t slash = str_find(old, STR("/"));
    struct str id = slash < 0 ? old : str_cut(old, (size_t)slash + 1, old.len);
    for (size_t i = 0; i < known->redirect_count; i++) {
        if (!str_eq(id, known->redirects[i].from)) continue;
        *text = known->redirects[i].to;
        if (slash >= 0)
            *text = arena_printf(known->mem, "%.*s/%.*s", (int)slash, old.ptr, STR_ARGS(known->redirects[i].to));
        return TAPE_REPLACE;
    }
    return TAPE_KEEP;
}

static enum salve_code follow(struct visit_known *known, struct import_resource *came, struct salve_err *err)
{
    struct tape made;
    if (known->redirect_count == 0) return SALVE_OK;
    TRY(tape_copy(&came->tape, 0, redirect, known, known->mem, &made, err));
    came->tape = made;
    came->id = tape_child_text(&came->tape, 0, "id");
    return SALVE_OK;
}

/* --- answers of a questionnaire ----------------------------------------------------------------------------------- */

static bool is_made_of(const struct item *item, struct str response)
{
    for (tape_at c = tape_first(item->tape, 0); c != TAPE_NONE; c = tape_next(item->tape, 0, c))
        if (tape_path_name(item->tape, c) == FHIR_N_derivedFrom &&
            str_eq(tape_child_text(item->tape, c, "reference"), response))
            return true;
    return false;
}

static enum tape_verdict take_back(void *context, const struct tape *from, tape_at at, struct str *text)
{
    (void)context;
    if (tape_element(from, at) != FHIR_E_Observation_status) return TAPE_KEEP;
    *text = STR("entered-in-error");
    return TAPE_REPLACE;
}

enum salve_code visit_taken_back(const struct tape *observation, struct arena *mem, struct tape *out,
                                 struct salve_err *err)
{
    return tape_copy(observation, 0, take_back, NULL, mem, out, err);
}

/* What was made of an answer goes with it: a new version of the answers that has it no more takes it back. */
static enum salve_code take_back_lost(struct visit_known *known, const struct import_resource *came,
                                      struct import_resource *list, size_t *count, struct salve_err *err)
{
    struct str response = arena_printf(known->mem, "%.*s/%.*s", STR_ARGS(came->type), STR_ARGS(came->id));
    if (response.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    for (size_t i = 0; i < known->item_count; i++) {
        struct item *item = &known->items[i];
        if (item->stored == NULL || item->is_matched || item->mark.type != FHIR_T_Observation ||
            item->mark.word >= SAME_REFUTED || screen_is_own(item->stored) || !is_made_of(item, response))
            continue;
        struct import_resource *lost = &list[(*count)++];
        *lost =
            (struct import_resource){.type = STR("Observation"), .id = item->id, .families = item->stored->families};
        if (item->is_apart && lost->families == 0) lost->families = FAMILY_ALL;
        TRY(visit_taken_back(item->tape, known->mem, &lost->tape, err));
        item->is_matched = true;
        known->again->taken_back++;
    }
    return SALVE_OK;
}

/* --- all of a file ------------------------------------------------------------------------------------------------ */

/* Where a resource that names nothing here takes something back, it names nothing at all: it is no reading. What is
 * kept apart cannot be looked up by who may not see it; whoever judges it next finds what it takes back. */
static bool names_nothing(const struct visit_known *known, const struct import_resource *came,
                          const struct same_mark *mark)
{
    return mark->word == SAME_TAKEN_BACK && !(came->families != 0 && known->is_blind);
}

/* Signatures, drafts and notes of this site's staff come from no file. */
static bool speaks_for_us(const struct import_resource *came)
{
    struct rec_resource like = {.id = came->id, .type = came->type, .tape = came->tape};
    return screen_is_word(&like);
}

/* It is a version of something here; is_double: under another id. */
static enum salve_code settle_double(struct visit_known *known, struct import_resource *came, struct item *here,
                                     bool is_double, const struct same_mark *mark, bool *is_kept, struct salve_err *err)
{
    uint64_t ours = known->again->ours;
    here->is_matched = true;
    if (is_double) known->redirects[known->redirect_count++] = (struct redirect){came->id, here->id};
    TRY(meet(known, here, &came->tape, mark, is_kept, err));
    note_fate(known, came,
              *is_kept                    ? VISIT_FATE_NEXT
              : known->again->ours > ours ? VISIT_FATE_OURS
                                          : VISIT_FATE_HERE,
              here->id);
    return *is_kept && is_double ? follow(known, came, err) : SALVE_OK;
}

/* What was made of an answer of a response that came again under another id. */
static struct item *copy_of_answer(const struct visit_known *known, const struct tape *tape, bool is_apart)
{
    tape_at source = tape_get(tape, 0, "derivedFrom.reference");
    if (source == TAPE_NONE || (known->redirect_count == 0 && known->given == NULL)) return NULL;
    for (size_t i = 0; i < known->item_count; i++) {
        struct item *item = &known->items[i];
        if (item->stored != NULL && item->is_apart == is_apart && !item->is_matched &&
            item->mark.type == FHIR_T_Observation && is_made_of(item, tape_text(tape, source)) &&
            same_content(item->tape, 0, tape, 0))
            return item;
    }
    return NULL;
}

static enum salve_code settle_one(struct visit_known *known, struct import_resource *came, bool *is_kept,
                                  struct salve_err *err)
{
    struct same_mark mark;
    TRY(follow(known, came, err));
    const struct tape *tape = &came->tape;
    same_mark(tape, 0, &mark);
    struct item *here = with_id(known, came, mark.type);
    *is_kept = false;
    if (here != NULL && is_next(known, came->imported_id)) return renew(known, here, came, &mark, is_kept, err);
    if (here == NULL && names_nothing(known, came, &mark)) {
        known->again->named_nothing++;
        return note_fate(known, came, VISIT_FATE_NOTHING, came->id), SALVE_OK;
    }
    if (here == NULL && speaks_for_us(came)) {
        known->again->ours++;
        return note_fate(known, came, VISIT_FATE_OURS, came->id), SALVE_OK;
    }
    bool is_double = here == NULL, is_apart = came->families != 0;
    if (here == NULL) here = reading_of(known, tape, &mark, is_apart);
    if (here == NULL) here = copy_of(known, tape, &mark, is_apart);
    if (here == NULL) here = copy_of_answer(known, tape, is_apart);
    *is_kept = here == NULL;
    if (here == NULL) {
        note_fate(known, came, VISIT_FATE_NEW, came->id);
        return put_item(known, (struct item){.id = came->id, .tape = tape, .mark = mark, .is_apart = is_apart}, err);
    }
    return settle_double(known, came, here, is_double, &mark, is_kept, err);
}

/* Does it stand by itself? These are settled first, so that what refers to them refers to what is here. */
static bool is_single(const struct import_resource *came)
{
    return str_is(came->type, "Observation") && tape_child(&came->tape, 0, FHIR_N_hasMember) == TAPE_NONE &&
           tape_child(&came->tape, 0, FHIR_N_derivedFrom) == TAPE_NONE;
}

static const struct item *stored_patient(const struct visit_known *known, struct str id)
{
    uint32_t at = 0;
    return next_item(known, key_of(FHIR_T_Patient, STR("id"), id), &at);
}

static enum salve_code settle_patient(struct visit_known *known, struct import_resource *came, bool *is_kept,
                                      struct salve_err *err)
{
    const struct item *here = stored_patient(known, came->id);
    struct tape joined = came->tape;
    bool is_same = false;
    *is_kept = true;
    if (here == NULL) return SALVE_OK;
    if (is_next(known, came->imported_id))
        TRY(same_text(known, here->tape, &joined, &is_same, err));
    else
        TRY(visit_patient_join(here->tape, &came->tape, known->mem, &joined, err));
    came->tape = joined;
    *is_kept = is_next(known, came->imported_id) ? !is_same : !visit_patient_knows(here->tape, &joined);
    note_fate(known, came, *is_kept ? VISIT_FATE_NEXT : VISIT_FATE_HERE, here->id);
    known->again->here += !*is_kept;
    if (same_content(here->tape, 0, &joined, 0)) return SALVE_OK; /* at most another clinic's id is new */
    known->again->renewed++;
    known->again->name_corrected = same_names(here->tape, 0, &joined, 0) == SAME_DIFFERS;
    known->again->born_corrected =
        !str_eq(tape_child_text(here->tape, 0, "birthDate"), tape_child_text(&joined, 0, "birthDate"));
    return SALVE_OK;
}

enum salve_code visit_known_settle(struct visit_known *known, struct import_done *done, struct visit_again *again,
                                   struct salve_err *err)
{
    size_t count = done->resource_count, n = 0;
    struct import_resource *list = arena_array(known->mem, struct import_resource, count + known->item_count + 1);
    bool *is_kept = arena_array(known->mem, bool, count + 1);
    known->redirects = arena_array(known->mem, struct redirect, count + 1);
    if (list == NULL || is_kept == NULL || known->redirects == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    known->again = again;
    *again = (struct visit_again){.other_code = known->other_code};
    for (size_t i = 0; i < count; i++) list[i] = done->resources[i];
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++) {
            if (is_single(&list[i]) != (pass == 0)) continue;
            if (str_is(list[i].type, "Patient"))
                TRY(settle_patient(known, &list[i], &is_kept[i], err));
            else
                TRY(settle_one(known, &list[i], &is_kept[i], err));
        }
    for (size_t i = 0; i < count; i++) {
        done->apart_count -= list[i].families != 0 && !is_kept[i];
        if (is_kept[i]) list[n++] = list[i];
    }
    for (size_t i = 0, kept = n; i < kept; i++)
        if (str_is(list[i].type, "QuestionnaireResponse")) TRY(take_back_lost(known, &list[i], list, &n, err));
    done->resources = list;
    done->resource_count = n;
    return SALVE_OK;
}
