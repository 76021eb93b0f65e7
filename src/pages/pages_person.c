/* SPDX-License-Identifier: Apache-2.0
 * The person whom a session has open. */
#include <stdio.h>
#include <string.h>

#include "pages/pages_int.h"

#include "visit/remind.h"

/* A character of a code as it is read (docs/formats/card.md). */
static char read_as(char c)
{
    char low = str_lower(c);
    return (char)(low == 'o' ? '0' : low == 'i' || low == 'l' ? '1' : low);
}

bool pages_same_code(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && (a.ptr[i] == '-' || a.ptr[i] == ' ')) i++;
        while (j < b.len && (b.ptr[j] == '-' || b.ptr[j] == ' ')) j++;
        if (i == a.len || j == b.len) return i == a.len && j == b.len;
        if (read_as(a.ptr[i++]) != read_as(b.ptr[j++])) return false;
    }
}

static enum salve_code read_person(struct pages_call *call, struct visit_facts *facts, struct salve_err *err)
{
    TRY(visit_person_read(&call->visit, call->session->held.who, facts, err));
    pages_alarms_note(call->session, facts);
    (void)snprintf(call->session->sex, sizeof call->session->sex, "%.*s", STR_ARGS(facts->sex));
    return SALVE_OK;
}

static enum salve_code answer_person(struct pages_call *call, struct salve_err *err)
{
    struct visit_facts facts;
    TRY(read_person(call, &facts, err));
    pages_put_person(call, &facts);
    return pages_put_queued(call, err);
}

/* --- after a restart ---------------------------------------------------------------------------------------------- */

/* What is kept: whether an alarm of what was typed waits, whether something was found that is not kept, and the handle.
 * What was found is not, and neither is what was shown for signing: it is shown again before it is signed. */
static const char notes[] = " !?&"; /* neither; an alarm waits; something was not heard yet; both */

static char note_of(const struct pages_session *session)
{
    const struct pages_said *said = &session->said;
    bool waits = session->is_pending || pages_judged_waits(session);
    return notes[(waits ? 1 : 0) + (said->unkept_answers > 0 || said->is_unkept_lost ? 2 : 0)];
}

void pages_person_keep(struct pages_session *session)
{
    char note[1 + PAGES_NAME_BYTES + 1], now = note_of(session);
    if (session->held.view == NULL || session->kept == now) return;
    if (session->held.is_reminder) return; /* it is opened again by its ticket */
    (void)snprintf(note, sizeof note, "%c%s", now, session->person);
    if (visit_hold_keep(&session->held, str_of(note), NULL) == SALVE_OK) session->kept = now;
}

static void new_handle(struct pages_session *session)
{
    uint8_t handle[16];
    crypto_random(handle, sizeof handle);
    crypto_base64url(handle, sizeof handle, session->person);
}

static bool take_note(struct pages_session *session, struct str note)
{
    if (note.len == 0) return new_handle(session), true; /* from a command, which knows of none */
    const char *at = note.len == 1 + PAGES_NAME_BYTES && note.ptr[0] != '\0' ? strchr(notes, note.ptr[0]) : NULL;
    if (at == NULL) return false;
    session->is_pending = ((at - notes) & 1) != 0;
    session->said.is_unkept_lost = ((at - notes) & 2) != 0;
    session->kept = *at;
    memcpy(session->person, note.ptr + 1, PAGES_NAME_BYTES);
    session->person[PAGES_NAME_BYTES] = '\0';
    return true;
}

void pages_person_again(struct pages_call *call)
{
    struct str note;
    struct visit_facts facts;
    struct pages_session *session = call->session;
    bool is_known = session->is_asked || session->person[0] != '\0';
    if (is_known || call->visit.actor.id.len == 0) return; /* nobody acts: it is locked */
    if (visit_hold_again(&call->visit, &session->held, &note, NULL) != SALVE_OK) return;
    session->is_asked = true;
    if (session->held.view == NULL) return;
    atomic_store(&session->open_at, call->at->number + 1);
    call->visit.held = &session->held;
    if (take_note(session, note) && read_person(call, &facts, NULL) == SALVE_OK) return;
    (void)!pages_person_end(session, NULL);
    call->visit.held = NULL;
}

/* --- calls -------------------------------------------------------------------------------------------------------- */

/* Who is held now has a handle. */
static void name_held(struct pages_call *call)
{
    struct pages_session *session = call->session;
    atomic_store(&session->open_at, call->at->number + 1);
    new_handle(session);
    call->visit.held = &session->held;
}

enum salve_code pages_reminder_hold(struct pages_call *call, struct salve_err *err)
{
    struct pages_session *session = call->session;
    TRY(pages_may_leave(call, err));
    TRY(pages_person_end(session, err));
    call->visit.held = NULL;
    TRY(visit_hold_reminder(&call->visit, str_trim(call->in.who), &session->held, err));
    name_held(call);
    return SALVE_OK;
}

static enum salve_code hold(struct pages_call *call, struct salve_err *err)
{
    TRY(visit_hold(&call->visit, str_trim(call->in.who), &call->session->held, err));
    name_held(call);
    return SALVE_OK;
}

/* Opens who is shown; what waits of them stands where it was they who were open. */
static enum salve_code open_anew(struct pages_call *call, bool is_pending, struct salve_err *err)
{
    struct pages_session *session = call->session;
    TRY(pages_person_end(session, err));
    call->visit.held = NULL;
    TRY(hold(call, err));
    session->is_pending = is_pending;
    return SALVE_OK;
}

/* Who is shown again takes the place of themself: an alarm of theirs waits on. */
enum salve_code pages_call_person_open(struct pages_call *call, struct salve_err *err)
{
    struct pages_session *session = call->session;
    bool is_again = session->person[0] != '\0' && pages_same_code(session->held.who, str_trim(call->in.who));
    uint64_t passed_on = is_again ? session->passed_on : 0;
    const struct visit_screening *ready = NULL; /* made now, not when an alarm waits for it */
    (void)!pages_screening(call, &ready, NULL);
    if (!is_again) TRY(pages_may_leave(call, err));
    struct pages_said said = session->said;
    if (is_again) session->said = (struct pages_said){.unkept_answers = 0};
    enum salve_code code = open_anew(call, is_again && session->is_pending, err);
    if (is_again && code == SALVE_OK)
        session->said = said;
    else if (is_again)
        pages_said_end(&said);
    if (code != SALVE_OK) return code;
    session->passed_on = passed_on;
    code = answer_person(call, err);
    if (code != SALVE_OK) (void)!pages_person_end(session, NULL);
    return code;
}

enum salve_code pages_call_person(struct pages_call *call, struct salve_err *err) { return answer_person(call, err); }

enum salve_code pages_call_person_close(struct pages_call *call, struct salve_err *err)
{
    struct pages_session *session = call->session;
    if (session->person[0] == '\0') return SALVE_OK; /* closed already: the answer was lost */
    if (!str_is(call->in.person, session->person))
        return salve_refuse(err, SALVE_E_CONSENT, "nobody is open by it", "person");
    TRY(pages_may_leave(call, err));
    call->visit.held = NULL;
    return pages_person_end(session, err);
}
