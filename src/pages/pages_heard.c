/* SPDX-License-Identifier: Apache-2.0
 * What was found about the open person and is kept nowhere: alarms of what was refused or asked about, alarms of
 * answers that are not sent yet, and what was found in answers that the person did not agree to keep. The session has
 * it, in private memory of its own, until it was dealt with; so it is there after a reload, and in the language of
 * whoever reads it then. */
#include <stdio.h>
#include <string.h>

#include "pages/pages_int.h"

#include "screen/told.h"

enum { HEARD_BYTES_MAX = 4 << 20 };

/* --- findings ----------------------------------------------------------------------------------------------------- */

static void heard_end(struct pages_heard *heard)
{
    arena_close(heard->mem);
    explicit_bzero(heard, sizeof *heard);
}

static bool is_same(const struct finding *a, const struct finding *b)
{
    return str_eq(a->guideline, b->guideline) && str_eq(a->item, b->item);
}

static bool has(const struct finding *list, size_t count, const struct finding *one)
{
    for (size_t i = 0; i < count; i++)
        if (is_same(&list[i], one)) return true;
    return false;
}

/* What came before stands, but where the same was found anew. Without memory nothing is lost that was there. */
static void heard_add(struct pages_heard *heard, const struct finding *list, size_t count, bool alarms_alone)
{
    struct pages_heard next = {.mem = arena_open_private(HEARD_BYTES_MAX)};
    size_t room = heard->count + count + 1;
    bool is_whole = next.mem != NULL;
    if (is_whole) next.list = arena_array(next.mem, struct finding, room);
    is_whole = is_whole && next.list != NULL;
    for (size_t i = 0; is_whole && i < count; i++)
        if (!alarms_alone || screen_needs_told(&list[i]))
            is_whole = finding_copy(&list[i], next.mem, &next.list[next.count++], NULL) == SALVE_OK;
    size_t came = next.count;
    for (size_t i = 0; is_whole && i < heard->count; i++)
        if (!has(next.list, came, &heard->list[i]))
            is_whole = finding_copy(&heard->list[i], next.mem, &next.list[next.count++], NULL) == SALVE_OK;
    if (is_whole)
        heard_end(heard);
    else
        heard_end(&next);
    if (is_whole) *heard = next;
}

bool pages_has_urgent(const struct screen_found *alarms)
{
    bool has = false;
    for (size_t i = 0; i < alarms->count; i++) has = has || screen_needs_told(&alarms->list[i]);
    return has;
}

/* --- alarms of what was typed ------------------------------------------------------------------------------------- */

void pages_pending_add(struct pages_session *session, const struct screen_found *alarms)
{
    if (!pages_has_urgent(alarms)) return;
    session->is_pending = true;
    heard_add(&session->said.pending, alarms->list, alarms->count, true);
}

void pages_pending_end(struct pages_session *session)
{
    session->is_pending = false;
    heard_end(&session->said.pending);
}

/* --- alarms of answers that are not sent -------------------------------------------------------------------------- */

/* Which question of a form, in which row. */
static uint64_t place_of(const struct form_answer *answer)
{
    uint64_t sum = str_hash(answer->link);
    for (size_t i = 0; i < answer->in_count; i++) sum = (sum ^ (answer->in[i] + 1)) * 0x100000001B3u;
    return sum;
}

static bool is_answered(uint64_t place, const struct form_answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (answers[i].value_count > 0 && place_of(&answers[i]) == place) return true;
    return false;
}

/* Was everything that gave the alarm answered again? Else something of it was taken back. */
static bool are_answered(const struct pages_judged *judged, const struct form_answer *answers, size_t count)
{
    bool are = judged->is_whole;
    for (size_t i = 0; are && i < judged->place_count; i++) are = is_answered(judged->places[i], answers, count);
    return are;
}

static void judged_end(struct pages_judged *judged)
{
    heard_end(&judged->heard);
    arena_close(judged->mem);
    explicit_bzero(judged, sizeof *judged);
}

/* What was taken back is not told on: that there was something to see to, and how soon. */
static void blank(struct pages_judged *judged)
{
    struct finding left = {.guideline = STR(""),
                           .version = STR(""),
                           .item = STR(PAGES_TAKEN_BACK),
                           .status = FINDING_ASSESSED,
                           .category = STR("alarm"),
                           .action = STR("clinician-today"),
                           .urgency = URGENCY_SAME_DAY};
    for (size_t i = 0; i < judged->heard.count; i++)
        if (judged->heard.list[i].urgency < left.urgency) left.urgency = judged->heard.list[i].urgency;
    heard_end(&judged->heard);
    heard_add(&judged->heard, &left, 1, true);
}

static void add_places(struct pages_judged *judged, const struct form_answer *answers, size_t count)
{
    if (judged->mem == NULL) judged->mem = arena_open_private(PAGES_PLACES_MAX * sizeof *judged->places + 4096);
    if (judged->mem != NULL && judged->places == NULL)
        judged->places = arena_array(judged->mem, uint64_t, PAGES_PLACES_MAX);
    judged->is_whole = judged->is_whole && judged->places != NULL;
    for (size_t i = 0; judged->places != NULL && i < count; i++) {
        bool is_there = answers[i].value_count == 0;
        uint64_t place = place_of(&answers[i]);
        for (size_t k = 0; k < judged->place_count; k++) is_there = is_there || judged->places[k] == place;
        if (is_there) continue;
        if (judged->place_count == PAGES_PLACES_MAX) { /* then nothing but an outcome settles it */
            judged->is_whole = false;
            return;
        }
        judged->places[judged->place_count++] = place;
    }
}

/* Another form's alarm stands on: then nothing but an outcome settles what waits. */
static void begin(struct pages_judged *judged, struct str form)
{
    bool is_open = judged->waits;
    if (is_open && str_is(form, judged->form)) return;
    judged->is_whole = !is_open;
    (void)snprintf(judged->form, sizeof judged->form, "%.*s", STR_ARGS(form));
}

void pages_judged_note(struct pages_session *session, struct str form, const struct form_answer *answers, size_t count,
                       const struct screen_found *alarms)
{
    struct pages_judged *judged = &session->said.judged;
    bool is_urgent = pages_has_urgent(alarms);
    if (!is_urgent && (!judged->waits || !str_is(form, judged->form))) return;
    begin(judged, form);
    bool was_open = judged->waits, is_settled = was_open && are_answered(judged, answers, count);
    if (is_settled && !is_urgent) return judged_end(judged);
    if (is_settled) {
        heard_end(&judged->heard);
        judged->place_count = 0;
    } else if (was_open && judged->is_whole)
        blank(judged);
    if (!is_urgent) return;
    judged->waits = true;
    heard_add(&judged->heard, alarms->list, alarms->count, true);
    add_places(judged, answers, count);
}

void pages_judged_end(struct pages_session *session) { judged_end(&session->said.judged); }

bool pages_judged_waits(const struct pages_session *session) { return session->said.judged.waits; }

/* --- what is not kept --------------------------------------------------------------------------------------------- */

void pages_unkept_add(struct pages_session *session, size_t answers, const struct screen_found *found)
{
    if (answers == 0) return;
    session->said.unkept_answers = answers;
    heard_add(&session->said.unkept, found->list, found->count, false);
}

static void unkept_end(struct pages_session *session)
{
    heard_end(&session->said.unkept);
    session->said.unkept_answers = 0;
    session->said.is_unkept_lost = false;
}

enum salve_code pages_call_heard(struct pages_call *call, struct salve_err *err)
{
    (void)err;
    unkept_end(call->session);
    return SALVE_OK;
}

void pages_said_end(struct pages_said *said)
{
    heard_end(&said->pending);
    judged_end(&said->judged);
    heard_end(&said->unkept);
    explicit_bzero(said, sizeof *said);
}
