/* SPDX-License-Identifier: Apache-2.0
 * Who acts, and the view of a person with their card. */
#include <stdio.h>
#include <string.h>

#include "admit/import.h"
#include "base/limits.h"
#include "base/assert.h"
#include "base/zone.h"
#include "crypto/crypto.h"
#include "fhir/tape_edit.h"
#include "records/session.h"
#include "records/worklist.h"
#include "screen/screen.h"
#include "visit/held.h"
#include "visit/remind.h"
#include "visit/visit_int.h"

struct actor visit_person(const struct site *site, struct str told)
{
    return (struct actor){.role = ROLE_PARTICIPANT, .site = site_settings(site)->name, .told = told};
}

struct actor visit_beside(const struct site *site, struct actor staff)
{
    struct actor person = staff;
    person.role = ROLE_PARTICIPANT;
    person.site = site_settings(site)->name;
    return person;
}

/* Staff find open work by it, where the person agreed to follow-up or their card was just shown. */
static enum salve_code open_by_ticket(const struct visit *visit, struct rec_ask *ask, struct rec_view **out,
                                      struct salve_err *err)
{
    if (ask->purpose != PURPOSE_CARE)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "that is a ticket of the staff's list; the card is needed", "card");
    TRY(worklist_purpose(visit->site, ask->who, visit->mem, &ask->purpose, err));
    return rec_open(visit->site, ask, out, err);
}

static enum salve_code open_anew(const struct visit *visit, struct str card, class_mask classes, struct rec_view **out,
                                 struct salve_err *err)
{
    bool is_person = visit->actor.role == ROLE_PARTICIPANT;
    struct rec_ask ask = {.actor = visit->actor,
                          .purpose = is_person ? PURPOSE_SELF : PURPOSE_CARE,
                          .who = card,
                          .classes = classes,
                          .is_away = visit->is_away};
    if (rec_code_valid(REC_CODE_LETTER, card))
        return salve_refuse(
            err, SALVE_E_NOT_FOUND,
            "that is the code of a letter: it shows the results of that letter, with the birth date, and "
            "nothing else",
            "card");
    if (rec_code_valid(REC_CODE_SLIP, card))
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            "that is a slip: it opens nothing; staff change it for a card, once", "card");
    if (rec_code_valid(REC_CODE_TICKET, card)) return open_by_ticket(visit, &ask, out, err);
    if (!rec_card_valid(card))
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            "that is neither a card code nor a ticket; check it letter by letter", "card");
    return rec_open(visit->site, &ask, out, err);
}

/* The same actor, the same key, and all of it. */
static bool is_held(const struct visit *visit, struct str card, class_mask classes)
{
    const struct visit_held *held = visit->held;
    return held != NULL && held->view != NULL && classes == 0 && !visit->is_away && str_eq(held->who, card) &&
           str_eq(held->actor, visit->actor.id) && held->role == visit->actor.role;
}

enum salve_code visit_view_open(const struct visit *visit, struct str card, class_mask classes, struct rec_view **out,
                                struct salve_err *err)
{
    if (!is_held(visit, card, classes)) return open_anew(visit, card, classes, out, err);
    rec_resume(visit->held->view);
    *out = visit->held->view;
    return SALVE_OK;
}

enum salve_code visit_view_close(const struct visit *visit, struct rec_view **view, enum salve_code code,
                                 struct salve_err *err)
{
    struct salve_err second = {0};
    bool stays = visit->held != NULL && *view == visit->held->view;
    if (stays) *view = NULL;
    if (*view == NULL) return code;
    enum salve_code closed = rec_close(view, &second);
    if (code != SALVE_OK || closed == SALVE_OK) return code;
    if (err != NULL) *err = second;
    return closed;
}

/* --- a look that lasts -------------------------------------------------------------------------------------------- */

static enum salve_code check_fits(const struct visit *visit, struct str who, const struct visit_held *held,
                                  struct salve_err *err)
{
    salve_assert(held->view == NULL);
    if (who.len < sizeof held->text && visit->actor.id.len < sizeof held->id) return SALVE_OK;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "that is neither a card code nor a ticket", "card");
}

static void hold(const struct visit *visit, struct str who, struct visit_held *held)
{
    memcpy(held->text, who.ptr, who.len);
    memcpy(held->id, visit->actor.id.ptr, visit->actor.id.len);
    held->who = str_make(held->text, who.len);
    held->actor = str_make(held->id, visit->actor.id.len);
    held->role = visit->actor.role;
    held->is_by_ticket = rec_code_valid(REC_CODE_TICKET, who);
}

enum salve_code visit_hold(const struct visit *visit, struct str who, struct visit_held *held, struct salve_err *err)
{
    struct visit fresh = *visit;
    fresh.held = NULL;
    TRY(check_fits(visit, who, held, err));
    TRY(visit_view_open(&fresh, who, 0, &held->view, err));
    hold(visit, who, held);
    int64_t minutes = held->is_by_ticket ? SALVE_VIEW_AWAY_MINUTES_MAX : SALVE_VIEW_MINUTES_MAX;
    held->ends_at_unix_ms = rec_opened_at_unix_ms(held->view) + minutes * 60 * 1000;
    return SALVE_OK;
}

enum salve_code visit_hold_reminder(const struct visit *visit, struct str ticket, struct visit_held *held,
                                    struct salve_err *err)
{
    struct rec_ask ask = {.actor = visit->actor, .purpose = PURPOSE_FOLLOW_UP, .who = ticket, .is_reminder = true};
    TRY(check_fits(visit, ticket, held, err));
    TRY(rec_open(visit->site, &ask, &held->view, err));
    hold(visit, ticket, held);
    held->is_reminder = true;
    held->ends_at_unix_ms = rec_opened_at_unix_ms(held->view) + (int64_t)SALVE_VIEW_AWAY_MINUTES_MAX * 60 * 1000;
    return SALVE_OK;
}

/* What is kept: when it ends, the key, the note; a line each. */
static enum salve_code kept_of(const struct visit_held *held, struct str note, char text[REC_KEPT_BYTES],
                               struct str *out, struct salve_err *err)
{
    if (note.len > VISIT_NOTE_BYTES) return salve_fail(err, SALVE_E_TOO_BIG, "note of a look");
    int len = snprintf(text, REC_KEPT_BYTES, "%lld\n%.*s\n%.*s", (long long)held->ends_at_unix_ms, STR_ARGS(held->who),
                       STR_ARGS(note));
    *out = str_make(text, len < 0 ? 0 : (size_t)len);
    return len < 0 || len >= REC_KEPT_BYTES ? salve_fail(err, SALVE_E_TOO_BIG, "note of a look") : SALVE_OK;
}

enum salve_code visit_hold_keep(const struct visit_held *held, struct str note, struct salve_err *err)
{
    char text[REC_KEPT_BYTES];
    struct str kept;
    enum salve_code code = kept_of(held, note, text, &kept, err);
    if (code == SALVE_OK) code = rec_keep(held->view, kept, err);
    explicit_bzero(text, sizeof text);
    return code;
}

enum salve_code visit_hold_hand_on(struct visit_held *held, struct salve_err *err)
{
    char text[REC_KEPT_BYTES];
    struct str kept;
    enum salve_code code = kept_of(held, STR(""), text, &kept, err);
    if (code == SALVE_OK) code = rec_hand_on(&held->view, kept, err);
    explicit_bzero(text, sizeof text);
    if (held->view != NULL) (void)!rec_close(&held->view, NULL);
    screen_memo_close(&held->memo);
    explicit_bzero(held, sizeof *held);
    return code;
}

static bool next_line(struct str *rest, struct str *line)
{
    ptrdiff_t end = str_find(*rest, STR("\n"));
    if (end < 0) return false;
    *line = str_cut(*rest, 0, (size_t)end);
    *rest = str_cut(*rest, (size_t)end + 1, rest->len);
    return true;
}

enum salve_code visit_hold_again(const struct visit *visit, struct visit_held *held, struct str *note,
                                 struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct str ends, who;
    int64_t ends_at_unix_ms = 0;
    *note = STR_NONE;
    TRY(rec_again(visit->site, visit->actor, visit->mem, &view, note, err));
    if (view == NULL) return SALVE_OK;
    bool is_read = next_line(note, &ends) && next_line(note, &who) && str_to_i64(ends, &ends_at_unix_ms);
    enum salve_code code = is_read ? check_fits(visit, who, held, err) : salve_fail(err, SALVE_E_IO, "note of a look");
    if (code != SALVE_OK) {
        (void)!rec_close(&view, NULL);
        return code;
    }
    hold(visit, who, held);
    held->view = view;
    held->ends_at_unix_ms = ends_at_unix_ms;
    return SALVE_OK;
}

enum salve_code visit_hold_stands(const struct visit_held *held, struct salve_err *err)
{
    const struct rec_resource *unused = NULL;
    size_t count = 0;
    if (held->view == NULL) return salve_refuse(err, SALVE_E_CONSENT, "it has ended; show the card again", "person");
    return rec_all(held->view, CLASS_BIT(CLASS_IDENT), &unused, &count, err); /* each reading asks the gate first */
}

void visit_hold_rest(const struct visit_held *held)
{
    if (held->view != NULL) rec_rest(held->view);
}

enum salve_code visit_release(struct visit_held *held, struct salve_err *err)
{
    enum salve_code code = rec_close(&held->view, err);
    screen_memo_close(&held->memo);
    explicit_bzero(held, sizeof *held);
    return code;
}

enum salve_code visit_token(const struct visit *visit, struct str id, struct str secret, struct str card,
                            struct visit_token *out, struct salve_err *err)
{
    struct session session = {.lock_seconds = 0};
    struct visit_held held = {0};
    struct visit whose = *visit;
    *out = (struct visit_token){.text = VISIT_TOKEN_HEAD};
    TRY(session_begin(visit->site, id, secret, visit->mem, &session, err));
    whose.actor = session.actor;
    enum salve_code code = visit_hold(&whose, card, &held, err);
    out->until_unix_ms = held.ends_at_unix_ms;
    if (code == SALVE_OK) code = visit_hold_hand_on(&held, err);
    if (code == SALVE_OK)
        crypto_base64url(session.token, sizeof session.token, out->text + sizeof VISIT_TOKEN_HEAD - 1);
    else
        (void)!session_end(visit->site, session.token, NULL);
    explicit_bzero(&session, sizeof session);
    return code;
}

enum salve_code visit_patient(struct rec_view *view, const struct rec_resource **out, struct salve_err *err)
{
    const struct rec_resource *list = NULL;
    size_t count = 0;
    *out = NULL;
    TRY(rec_all(view, CLASS_BIT(CLASS_IDENT), &list, &count, err));
    for (size_t i = 0; i < count; i++)
        if (str_is(list[i].type, "Patient")) *out = &list[i];
    return SALVE_OK;
}

enum salve_code visit_date(const struct visit *visit, int64_t unix_ms, struct str *out, struct salve_err *err)
{
    char text[CLOCK_TEXT_BYTES];
    const struct zone *zone = NULL;
    TRY(site_zone(visit->site, &zone, err));
    return arena_str(visit->mem, zone_date_text(zone, unix_ms, text), out, err);
}

enum salve_code visit_file_tapes(const struct visit *visit, const struct tape *bundle, struct screen_ask *out,
                                 struct salve_err *err)
{
    size_t room = 0, count = 0;
    const struct admit_rules *rules = site_admission(visit->site);
    for (tape_at at = TAPE_NONE; tape_each_resource(bundle, &at);) room++;
    struct tape *tapes = arena_array(visit->mem, struct tape, room + 1);
    family_mask *families = arena_array(visit->mem, family_mask, room + 1);
    if (tapes == NULL || families == NULL) return salve_fail(err, SALVE_E_MEMORY, "Bundle");
    for (tape_at at = TAPE_NONE; tape_each_resource(bundle, &at); count++) {
        families[count] = admit_families(rules, bundle, at);
        TRY(tape_copy(bundle, at, NULL, NULL, visit->mem, &tapes[count], err));
    }
    *out = (struct screen_ask){
        .tapes = tapes, .tape_count = count, .families = families, .now_unix_ms = site_now_unix_ms(visit->site)};
    return SALVE_OK;
}

enum salve_code visit_file_read(const struct visit *visit, struct str bytes, struct screen_ask *out,
                                uint32_t *unread_answers, struct salve_err *err)
{
    struct tape bundle;
    TRY(import_read(bytes, visit->mem, &bundle, NULL, err));
    TRY(import_answers(site_admission(visit->site), &bundle, visit->mem, unread_answers, err));
    return visit_file_tapes(visit, &bundle, out, err);
}
