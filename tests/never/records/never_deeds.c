/* SPDX-License-Identifier: Apache-2.0
 *
 * Whoever calls the gate, with whichever sessions are there: nobody signs, tells or closes in another's name or beyond
 * their role, no alarm ends without its reason, and no list forgets one that the record shows. Each test does what a
 * program in the place of ours could do, by the doors of records alone. */
#include "records/deeds.h"
#include "records/gate.h"
#include "records/worklist.h"
#include "t_site.h"

static struct t_site *t;
static struct str card;
#ifndef T_SITE_FAR
static _Atomic uint64_t generation;
#endif

/* --- what is said about a person ---------------------------------------------------------------------------------- */

struct said {
    const char *status, *urgency, *item;
    struct str input; /* id of the Observation that it rests on */
};

static struct str person(struct rec_view *view)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(view), text);
    return arena_printf(t->mem, "Patient/%s.1", text);
}

static struct str part(const char *name, struct str value)
{
    return arena_printf(t->mem, "{\"url\":\"" DEED_EXTENSION "%s\",\"valueString\":\"%.*s\"}", name, STR_ARGS(value));
}

/* label: of what nobody asked; NULL: all was asked. */
static struct tape finding_asking(struct rec_view *view, struct str id, const struct said *said, const char *label)
{
    struct str input = arena_printf(t->mem, "Observation/%.*s", STR_ARGS(said->input));
    struct str asks = label == NULL ? STR("") : arena_printf(t->mem, ",%s", part("not_asked", str_of(label)).ptr);
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Observation\",\"id\":\"%.*s\",\"extension\":[{\"url\":\"" DEED_FINDING
        "\",\"extension\":[%s,%s,%s,%s,%s,{\"url\":\"" DEED_INPUT "\",\"extension\":[%s,%s]}%s]}],\"status\":\"%s\","
        "\"code\":{\"coding\":[{\"system\":\"urn:salve:item\",\"code\":\"%s\"}]},\"subject\":{\"reference\":\"%.*s\"},"
        "\"effectiveDateTime\":\"2026-11-23T09:30:00Z\",\"derivedFrom\":[{\"reference\":\"%.*s\"}]}",
        STR_ARGS(id), part("guideline", STR("alarms")).ptr, part("version", STR("1")).ptr,
        part("item", str_of(said->item)).ptr, part("status", STR("assessed")).ptr,
        part("urgency", str_of(said->urgency)).ptr, part("label", STR("weight")).ptr, part("reference", input).ptr,
        asks.ptr, said->status, said->item, STR_ARGS(person(view)), STR_ARGS(input));
    return t_read(t->mem, json.ptr);
}

static struct tape finding(struct rec_view *view, struct str id, const struct said *said)
{
    return finding_asking(view, id, said, NULL);
}

static struct tape provenance(struct rec_view *view, const char *by, const char *system, const char *code,
                              struct str target)
{
    struct str id;
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Provenance\",\"id\":\"%.*s\",\"target\":[{\"reference\":\"Observation/%.*s\"}],"
        "\"recorded\":\"2026-11-23T09:30:00Z\",\"activity\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},"
        "\"agent\":[{\"who\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%s\"}}}]}",
        STR_ARGS(id), STR_ARGS(target), system, code, by);
    return t_read(t->mem, json.ptr);
}

static struct tape telling(struct rec_view *view, struct str id, const char *by, const char *at, struct str about)
{
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Communication\",\"id\":\"%.*s\",\"status\":\"completed\",\"category\":[{\"coding\":[{"
        "\"system\":\"" DEED_CATEGORY "\",\"code\":\"notification\"}]}],\"medium\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ParticipationMode\",\"code\":\"FACE\"}]}],\"subject\":{"
        "\"reference\":\"%.*s\"},\"about\":[{\"reference\":\"Observation/%.*s\"}],\"sent\":\"%s\",\"recipient\":[{"
        "\"reference\":\"%.*s\"}],\"sender\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%s\"}}}",
        STR_ARGS(id), STR_ARGS(person(view)), STR_ARGS(about), at, STR_ARGS(person(view)), by);
    return t_read(t->mem, json.ptr);
}

/* --- doing it ----------------------------------------------------------------------------------------------------- */

static struct rec_view *open_as(struct actor actor) { return t_open(t, actor, PURPOSE_CARE, card); }

static enum salve_code save_two(struct rec_view *view, const struct tape *one, const struct tape *two)
{
    struct rec_item items[] = {{.tape = one}, {.tape = two}};
    return rec_save(view, items, two == NULL ? 1 : 2, NULL, t->mem, NULL);
}

static enum salve_code save_one(struct rec_view *view, struct tape tape) { return save_two(view, &tape, NULL); }

static struct str new_id(struct rec_view *view)
{
    struct str id;
    t_must(rec_new_id(view, t->mem, &id, &err));
    return id;
}

/* A draft of a finding that rests on a value, both saved by the assistant. */
static struct str draft(struct rec_view *view, const char *urgency, struct str *value)
{
    *value = t_save_weight(t, view, "71");
    struct str id = new_id(view);
    assert_ok(save_one(view, finding(view, id, &(struct said){"preliminary", urgency, "bp-very-high", *value})));
    return id;
}

/* How urgent that task is; -1: it is not open. */
static int open_work(enum work_task task, enum work_part part)
{
    struct work mine;
    struct rec_view *view = open_as(T_CLINICIAN);
    int urgency = -1;
    t_must(worklist_mine(view, t->mem, &mine, &err));
    for (size_t i = 0; i < mine.entry_count; i++)
        if (mine.entries[i].task == task && mine.entries[i].part == part) urgency = (int)mine.entries[i].urgency;
    t_close_view(&view);
    return urgency;
}

static enum salve_code want(struct actor actor, enum work_part part, const struct work_entry *entry)
{
    struct rec_view *view = open_as(actor);
    worklist_set(view, part, entry, entry == NULL ? 0 : 1);
    enum salve_code code = worklist_write(view, NULL);
    t_close_view(&view);
    return code;
}

static enum salve_code tell_as(struct actor actor, const char *by, const char *at, struct str about)
{
    struct rec_view *view = open_as(actor);
    enum salve_code code = save_one(view, telling(view, new_id(view), by, at, about));
    t_close_view(&view);
    return code;
}

static enum salve_code note_as(struct actor actor, const char *by, const char *system, const char *code_text,
                               struct str target)
{
    struct rec_view *view = open_as(actor);
    enum salve_code code = save_one(view, provenance(view, by, system, code_text, target));
    t_close_view(&view);
    return code;
}

static enum salve_code close_as(struct actor actor, const char *by, struct str target)
{
    return note_as(actor, by, DEED_OPERATION, "COMPLETE", target);
}

static enum salve_code sign_as(struct actor actor, const char *by, struct str id, struct str value, bool is_named)
{
    struct rec_view *view = open_as(actor);
    struct tape result = finding(view, id, &(struct said){"final", "soon", "bp-very-high", value});
    struct tape note = provenance(view, by, DEED_ACTIVITY, "sign", id);
    enum salve_code code = save_two(view, &result, is_named ? &note : NULL);
    t_close_view(&view);
    return code;
}

#define NOW "2026-11-23T09:30:00Z"

/* --- signing ------------------------------------------------------------------------------------------------------ */

static void a_draft_becomes_a_result_by_a_clinicians_signing(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "soon", &value);
    t_close_view(&view);
    assert_code(sign_as(T_ASSISTANT, "nurse-ben", id, value, false), SALVE_E_ROLE);
    assert_code(sign_as(T_ASSISTANT, "nurse-ben", id, value, true), SALVE_E_ROLE);
    assert_code(sign_as(T_ASSISTANT, "dr-amina", id, value, true), SALVE_E_ROLE);
    assert_code(sign_as(T_CLINICIAN, "dr-other", id, value, true), SALVE_E_ROLE);
    assert_code(sign_as(T_CLINICIAN, "dr-amina", id, value, false), SALVE_E_ROLE);
    assert_code(note_as(T_CLINICIAN, "dr-amina", DEED_ACTIVITY, "sign", id), SALVE_E_CONFLICT); /* of no save */
    assert_ok(sign_as(T_CLINICIAN, "dr-amina", id, value, true));
    assert_code(sign_as(T_CLINICIAN, "dr-amina", id, value, true), SALVE_E_CONFLICT); /* it stands */
    view = open_as(T_CLINICIAN);
    assert_code(save_one(view, finding(view, id, &(struct said){"preliminary", "soon", "bp-very-high", value})),
                SALVE_E_CONFLICT);
    assert_code(save_one(view, t_weight(t, view, id, "70")), SALVE_E_CONFLICT);
    t_close_view(&view);
}

/* Two saves in one call: the second is judged by what the first left. */
static void what_is_signed_is_not_undone_by_what_was_asked_for_with_it(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "soon", &value);
    t_close_view(&view);
    view = open_as(T_CLINICIAN);
    struct tape result = finding(view, id, &(struct said){"final", "soon", "bp-very-high", value});
    struct tape note = provenance(view, "dr-amina", DEED_ACTIVITY, "sign", id);
    struct tape undone = finding(view, id, &(struct said){"cancelled", "soon", "bp-very-high", value});
    struct rec_item items[] = {{.tape = &result}, {.tape = &note}}, undo = {.tape = &undone};
    struct rec_batch both[] = {{.view = view, .items = items, .item_count = 2},
                               {.view = view, .items = &undo, .item_count = 1}};
    assert_ok(rec_save_many(t->site, both, 2, t->mem, NULL));
    assert_code(both[0].code, SALVE_OK);
    assert_code(both[1].code, SALVE_E_CONFLICT);
    t_close_view(&view);
}

static void what_came_behind_a_draft_is_not_signed_away(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "soon", &value);
    (void)t_save_weight(t, view, "90");
    t_close_view(&view);
    assert_code(sign_as(T_CLINICIAN, "dr-amina", id, value, true), SALVE_E_STALE);
    view = open_as(T_ASSISTANT); /* judged again */
    assert_ok(save_one(view, finding(view, id, &(struct said){"preliminary", "soon", "bp-very-high", value})));
    t_close_view(&view);
    assert_ok(sign_as(T_CLINICIAN, "dr-amina", id, value, true));
    assert_int_equal(open_work(WORK_LETTER, WORK_KEPT), 5); /* it waits to be printed, whoever forgot that */
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

static void nobody_notes_in_anothers_name_or_at_another_time(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "same-day", &value);
    t_close_view(&view);
    assert_code(tell_as(T_ASSISTANT, "dr-amina", NOW, id), SALVE_E_ROLE);
    assert_code(tell_as(T_ASSISTANT, "nurse-ben", "2026-11-22T09:30:00Z", id), SALVE_E_INVALID);
    assert_int_equal(open_work(WORK_TELL, WORK_KEPT), 1);
    assert_ok(tell_as(T_ASSISTANT, "nurse-ben", NOW, id));
    assert_ok(want(T_ASSISTANT, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_TELL, WORK_KEPT), -1);
    assert_int_equal(open_work(WORK_CLOSE, WORK_KEPT), 1);
}

static int64_t passed_ms;
static int64_t passing(const struct clock *clock) { return clock->fixed_unix_ms + passed_ms; }

/* A station keeps one look for half an hour: what is noted in it has the time of that use, and no other. */
static void a_look_that_is_used_again_notes_at_that_time(void **state)
{
    (void)state;
    struct str value, id;
    passed_ms = 0;
    t_site_close(t);
    t->options.clock = (struct clock){.now_unix_ms = passing, .fixed_unix_ms = T_SITE_NOW};
    t_site_open(t);
    t_site_again(t);
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "same-day", &value);
    passed_ms = 60 * 1000;
    rec_resume(view);
    assert_code(save_one(view, telling(view, new_id(view), "nurse-ben", NOW, id)), SALVE_E_INVALID);
    assert_ok(save_one(view, telling(view, new_id(view), "nurse-ben", "2026-11-23T09:31:00Z", id)));
    t_close_view(&view);
}

static void an_alarm_stays_on_the_list_until_it_is_told_and_closed(void **state)
{
    (void)state;
    struct str value, id;
    const struct actor all[] = {T_REGISTRAR, T_ASSISTANT, T_CLINICIAN};
    const struct work_entry less = {.part = WORK_KEPT, .task = WORK_TELL, .urgency = 3};
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "emergency-now", &value); /* and nobody asked for an entry */
    t_close_view(&view);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(want(all[i], WORK_KEPT, NULL));
        assert_ok(want(all[i], WORK_KEPT, &less));
        assert_int_equal(open_work(WORK_TELL, WORK_KEPT), 0);
    }
    assert_ok(tell_as(T_ASSISTANT, "nurse-ben", NOW, id));
    for (size_t i = 0; i < 3; i++) {
        assert_ok(want(all[i], WORK_KEPT, NULL));
        assert_int_equal(open_work(WORK_CLOSE, WORK_KEPT), 0);
    }
    assert_ok(close_as(T_CLINICIAN, "dr-amina", id));
    assert_int_equal(open_work(WORK_TELL, WORK_KEPT), -1);
    assert_ok(want(T_CLINICIAN, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_CLOSE, WORK_KEPT), -1);
    assert_int_equal(open_work(WORK_SIGN, WORK_KEPT), 0); /* the draft waits for its signing still */
}

static void what_waits_to_be_screened_is_not_ended_by_who_cannot_screen(void **state)
{
    (void)state;
    const struct work_entry came = {.part = WORK_KEPT, .task = WORK_SCREEN, .urgency = 0};
    const struct work_entry letter = {.part = WORK_KEPT, .task = WORK_LETTER, .urgency = 5, .due_unix_ms = 1};
    assert_ok(want(T_ASSISTANT, WORK_KEPT, &came));
    assert_ok(want(T_REGISTRAR, WORK_KEPT, &letter));
    assert_ok(want(T_REGISTRAR, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_SCREEN, WORK_KEPT), 0);
    assert_int_equal(open_work(WORK_LETTER, WORK_KEPT), -1);
}

/* --- closing ------------------------------------------------------------------------------------------------------ */

static void nobody_but_a_clinician_closes_and_nothing_that_is_untold(void **state)
{
    (void)state;
    struct str value, id, other;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "same-day", &value);
    other = new_id(view);
    assert_ok(save_one(view, finding(view, other, &(struct said){"preliminary", "same-day", "fever", value})));
    t_close_view(&view);
    assert_ok(tell_as(T_ASSISTANT, "nurse-ben", NOW, id));
    assert_code(close_as(T_ASSISTANT, "nurse-ben", id), SALVE_E_ROLE);
    assert_code(close_as(T_ASSISTANT, "dr-amina", id), SALVE_E_ROLE);
    assert_code(close_as(T_CLINICIAN, "dr-amina", id), SALVE_E_CONFLICT); /* the other is untold */
    assert_ok(tell_as(T_CLINICIAN, "dr-amina", NOW, other));
    assert_ok(close_as(T_CLINICIAN, "dr-amina", id));
    assert_int_equal(open_work(WORK_CLOSE, WORK_KEPT), 1); /* the other's */
    assert_ok(close_as(T_CLINICIAN, "dr-amina", other));
    assert_ok(want(T_CLINICIAN, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_CLOSE, WORK_KEPT), -1);
}

static void what_is_not_kept_is_told_and_then_closed_by_a_clinician(void **state)
{
    (void)state;
    const struct work_entry tell = {.part = WORK_NOT_KEPT, .task = WORK_TELL, .urgency = 0};
    const struct work_entry later = {.part = WORK_NOT_KEPT, .task = WORK_TELL, .urgency = 1};
    const struct work_entry close = {.part = WORK_NOT_KEPT, .task = WORK_CLOSE, .urgency = 0};
    assert_ok(want(T_ASSISTANT, WORK_NOT_KEPT, &tell));
    assert_code(want(T_CLINICIAN, WORK_NOT_KEPT, NULL), SALVE_E_CONFLICT);
    assert_code(want(T_CLINICIAN, WORK_NOT_KEPT, &later), SALVE_E_CONFLICT);
    assert_int_equal(open_work(WORK_TELL, WORK_NOT_KEPT), 0);
    assert_ok(want(T_ASSISTANT, WORK_NOT_KEPT, &close));
    assert_code(want(T_ASSISTANT, WORK_NOT_KEPT, NULL), SALVE_E_ROLE);
    assert_code(want(T_REGISTRAR, WORK_NOT_KEPT, NULL), SALVE_E_ROLE);
    assert_ok(want(T_CLINICIAN, WORK_NOT_KEPT, NULL));
    assert_int_equal(open_work(WORK_CLOSE, WORK_NOT_KEPT), -1);
}

/* --- ending ------------------------------------------------------------------------------------------------------- */

static void the_draft_of_an_alarm_ends_only_with_its_reason(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "emergency-now", &value);
    const struct said cancelled = {"cancelled", "emergency-now", "bp-very-high", value};
    const struct said softer = {"preliminary", "routine", "bp-very-high", value};
    assert_code(save_one(view, finding(view, id, &cancelled)), SALVE_E_CONFLICT);
    assert_code(save_one(view, finding(view, id, &softer)), SALVE_E_CONFLICT);
    assert_code(save_one(view, t_weight(t, view, id, "70")), SALVE_E_CONFLICT); /* no finding at all */
    struct tape left = provenance(view, "nurse-ben", DEED_OPERATION, "CANCEL", id);
    struct tape ended = finding(view, id, &cancelled);
    assert_code(save_two(view, &ended, &left), SALVE_E_ROLE);
    t_close_view(&view);
    assert_ok(tell_as(T_ASSISTANT, "nurse-ben", NOW, id));
    view = open_as(T_ASSISTANT);
    assert_code(save_one(view, finding(view, id, &cancelled)), SALVE_E_CONFLICT); /* nobody closed it */
    t_close_view(&view);
    assert_int_equal(open_work(WORK_CLOSE, WORK_KEPT), 0);
}

/* A copy of the weight with another status. */
static struct tape weight_with(struct rec_view *view, struct str id, const char *status)
{
    struct tape weight = t_weight(t, view, id, "71");
    struct str json = t_json(t->mem, &weight), final = STR("\"final\"");
    ptrdiff_t at = str_find(json, final);
    assert_true(at > 0);
    return t_read(t->mem, arena_printf(t->mem, "%.*s\"%s\"%.*s", (int)at, json.ptr, status,
                                       STR_ARGS(str_cut(json, (size_t)at + final.len, json.len)))
                              .ptr);
}

static struct tape answer(struct rec_view *view, struct str id, const char *question)
{
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Observation\",\"id\":\"%.*s\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
        "\"urn:salve:question\",\"code\":\"%s\"}]},\"subject\":{\"reference\":\"%.*s\"},\"effectiveDateTime\":"
        "\"2026-11-23T09:30:00Z\",\"valueBoolean\":false}",
        STR_ARGS(id), question, STR_ARGS(person(view)));
    return t_read(t->mem, json.ptr);
}

/* What stands high since something was not asked is lowered by the answer, and by nothing else. */
static void an_answer_is_a_reason_where_one_was_asked_for(void **state)
{
    (void)state;
    struct str value, id, certain;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "emergency-now", &value);
    const struct said high = {"preliminary", "emergency-now", "bp-very-high", value};
    const struct said lower = {"preliminary", "soon", "bp-very-high", value};
    assert_ok(save_one(view, finding_asking(view, id, &high, "fainting")));
    assert_code(save_one(view, finding(view, id, &lower)), SALVE_E_CONFLICT);
    (void)t_save_weight(t, view, "72"); /* another value answers nothing */
    assert_code(save_one(view, finding(view, id, &lower)), SALVE_E_CONFLICT);
    assert_ok(save_one(view, answer(view, new_id(view), "fainting")));
    assert_ok(save_one(view, finding(view, id, &lower)));
    certain = draft(view, "emergency-now", &value);
    assert_ok(save_one(view, answer(view, new_id(view), "fainting")));
    const struct said ended = {"cancelled", "emergency-now", "bp-very-high", value};
    assert_code(save_one(view, finding(view, certain, &ended)), SALVE_E_CONFLICT); /* it asked for nothing */
    t_close_view(&view);
}

/* Nobody was told of it, and nobody has to hear of a slip of the finger. */
static void a_value_that_was_taken_back_is_a_reason(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "emergency-now", &value);
    assert_ok(save_one(view, weight_with(view, value, "entered-in-error")));
    assert_ok(save_one(view, finding(view, id, &(struct said){"cancelled", "emergency-now", "bp-very-high", value})));
    t_close_view(&view);
    assert_ok(want(T_ASSISTANT, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_TELL, WORK_KEPT), -1);
}

/* But who was told of it is told of that too. */
static void what_was_told_and_taken_back_is_told_again(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "emergency-now", &value);
    assert_ok(save_one(view, telling(view, new_id(view), "nurse-ben", NOW, id)));
    assert_ok(save_one(view, weight_with(view, value, "entered-in-error")));
    t_close_view(&view);
    assert_ok(want(T_CLINICIAN, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_TELL, WORK_KEPT), 0);
    assert_ok(tell_as(T_CLINICIAN, "dr-amina", NOW, id));
    assert_ok(want(T_CLINICIAN, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_TELL, WORK_KEPT), -1);
}

static void an_alarm_that_was_left_out_stays_open(void **state)
{
    (void)state;
    struct str value, id;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "same-day", &value);
    t_close_view(&view);
    view = open_as(T_CLINICIAN);
    struct tape ended = finding(view, id, &(struct said){"cancelled", "same-day", "bp-very-high", value});
    struct tape left = provenance(view, "dr-amina", DEED_OPERATION, "CANCEL", id);
    assert_ok(save_two(view, &ended, &left));
    t_close_view(&view);
    assert_ok(want(T_CLINICIAN, WORK_KEPT, NULL));
    assert_int_equal(open_work(WORK_TELL, WORK_KEPT), 1);
}

/* --- notes stand -------------------------------------------------------------------------------------------------- */

static void what_was_noted_is_never_written_again(void **state)
{
    (void)state;
    struct str value, id, note;
    struct rec_view *view = open_as(T_ASSISTANT);
    id = draft(view, "same-day", &value);
    note = new_id(view);
    assert_ok(save_one(view, telling(view, note, "nurse-ben", NOW, id)));
    assert_code(save_one(view, telling(view, note, "nurse-ben", NOW, value)), SALVE_E_CONFLICT);
    t_close_view(&view);
    view = open_as(T_CLINICIAN);
    assert_code(save_one(view, telling(view, note, "dr-amina", NOW, id)), SALVE_E_CONFLICT);
    t_close_view(&view);
}

/* --- beside people ------------------------------------------------------------------------------------------------ */

static void a_guideline_is_accepted_by_a_clinician(void **state)
{
    (void)state;
    const struct actor others[] = {T_MANAGER, T_TECHNICIAN, T_ASSISTANT, T_REGISTRAR};
    for (size_t i = 0; i < 4; i++)
        assert_code(commons_put(t->site, others[i], STR("guideline"), STR("kidney"), STR("{}"), NULL), SALVE_E_ROLE);
    for (size_t i = 1; i < 4; i++)
        assert_code(commons_put(t->site, others[i], STR("clinic"), STR("clinic"), STR("{}"), NULL), SALVE_E_ROLE);
    assert_ok(commons_put(t->site, T_CLINICIAN, STR("guideline"), STR("kidney"), STR("{}"), NULL));
}

static void who_did_not_open_the_site_names_no_manager(void **state)
{
    (void)state;
    int64_t due_unix_ms = 0;
#ifndef T_SITE_FAR /* there others look already */
    site_generation_use(t->site, &generation);
#endif
    assert_true(staff_recover(t->site, STR("eve"), T_PIN, &due_unix_ms, NULL) != SALVE_OK);
#ifndef T_SITE_FAR
    assert_code(staff_recover(t->site, STR("eve"), T_PIN, &due_unix_ms, NULL), SALVE_E_ROLE);
    site_generation_use(t->site, NULL);
    assert_ok(staff_recover(t->site, STR("eve"), T_PIN, &due_unix_ms, NULL));
#endif
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static int make(void **state)
{
    (void)state;
    t = t_site_make("never-deeds", false);
    card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    t_site_drop(t);
    return 0;
}

#define deeds_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        deeds_test(a_draft_becomes_a_result_by_a_clinicians_signing),
        deeds_test(what_is_signed_is_not_undone_by_what_was_asked_for_with_it),
        deeds_test(what_came_behind_a_draft_is_not_signed_away),
        deeds_test(nobody_notes_in_anothers_name_or_at_another_time),
        deeds_test(a_look_that_is_used_again_notes_at_that_time),
        deeds_test(an_alarm_stays_on_the_list_until_it_is_told_and_closed),
        deeds_test(what_waits_to_be_screened_is_not_ended_by_who_cannot_screen),
        deeds_test(nobody_but_a_clinician_closes_and_nothing_that_is_untold),
        deeds_test(what_is_not_kept_is_told_and_then_closed_by_a_clinician),
        deeds_test(the_draft_of_an_alarm_ends_only_with_its_reason),
        deeds_test(an_answer_is_a_reason_where_one_was_asked_for),
        deeds_test(a_value_that_was_taken_back_is_a_reason),
        deeds_test(what_was_told_and_taken_back_is_told_again),
        deeds_test(an_alarm_that_was_left_out_stays_open),
        deeds_test(what_was_noted_is_never_written_again),
        deeds_test(a_guideline_is_accepted_by_a_clinician),
        deeds_test(who_did_not_open_the_site_names_no_manager),
    };
    return t_run(tests);
}
