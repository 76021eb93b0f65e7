/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of who may do what (consent/may.h), tried at the gate: each role does each act, through each purpose where
 * the act has one. What has a row succeeds, what has none is refused; what a row marks is refused where it was shown too
 * long ago that it is them, and nothing else is. */
#include "consent/may.h"
#include "records/account.h"
#include "records/apps.h"
#include "records/certify.h"
#include "records/deeds.h"
#include "records/health.h"
#include "records/queue.h"
#include "records/referral.h"
#include "records/reminder.h"
#include "records/session.h"
#include "records/share.h"
#include "records/worklist.h"
#include "t_site.h"

enum { MINUTE_MS = 60 * 1000 };
#define APP_TRIED "{\"id\":\"tried\",\"name\":\"Tried\",\"redirects\":[\"https://tried.example/back\"]}"

static struct t_site *t;
static int64_t clock_now_ms;
static int64_t moving_clock(const struct clock *clock)
{
    (void)clock;
    return clock_now_ms;
}

/* Who acts in a role, a second manager, and two people: one who decides, one for whom a guardian does. */
static struct actor as[ROLE_COUNT];
static struct actor T_OTHER = {.id = {"max", 3}, .role = ROLE_MANAGER};
static struct person {
    struct rec_enrolled is;
    const char *born;
} adult, child;

static struct person *whom(enum role role) { return role == ROLE_GUARDIAN ? &child : &adult; }

static struct consent_grant grant_of(enum role role, enum purpose purpose)
{
    struct consent_grant grant = t_grant(purpose);
    bool is_apart = (purpose == PURPOSE_CARE || purpose == PURPOSE_TRANSFER) && role != ROLE_GUARDIAN;
    if (is_apart) grant.classes = MAY_CARE;
    if (role == ROLE_GUARDIAN) {
        grant.by = CONSENT_BY_GUARDIAN;
        grant.assent = CONSENT_ASSENT_GIVEN;
    }
    return grant;
}

static void give(enum role for_role, enum purpose purpose)
{
    struct consent_grant grant = grant_of(for_role, purpose);
    t_must(rec_consent_give(t->site, T_REGISTRAR, whom(for_role)->is.card, &grant, t->mem, NULL, &err));
}

static void give_all(enum role for_role)
{
    for (int p = PURPOSE_CARE; p <= PURPOSE_LAST; p++)
        if (consent_is_asked((enum purpose)p)) give(for_role, (enum purpose)p);
}

/* Everything that a session of now is asked for. */
static void act_as_staff(void)
{
    for (size_t i = 0; i < T_STAFF; i++) as[t_all_staff[i]->role] = *t_all_staff[i];
    as[ROLE_PARTICIPANT] = T_PERSON;
    as[ROLE_HELPER] = (struct actor){.role = ROLE_HELPER, .id = STR("sister")};
    as[ROLE_GUARDIAN] = t_person("2020-01-01");
    as[ROLE_GUARDIAN].role = ROLE_GUARDIAN;
}

static void make(void)
{
    t = t_site_make("roles", true);
    clock_now_ms = T_SITE_NOW;
    t_site_close(t);
    t->options.clock = (struct clock){.now_unix_ms = moving_clock};
    t_site_open(t);
    t_site_again(t);
    struct site_settings settings = *site_settings(t->site);
    settings.lock_seconds = 3600;
    t_must(site_settings_set(t->site, T_MANAGER, &settings, &err));
    t_must(t_register(t->site, T_MANAGER, T_OTHER.id, ROLE_MANAGER, &err));
    t_login(t, &T_OTHER);
    adult = (struct person){t_enrol(t, "Haddad", "1980-01-01"), "1980-01-01"};
    child = (struct person){t_enrol(t, "Okafor", "2020-01-01"), "2020-01-01"};
    give_all(ROLE_PARTICIPANT);
    give_all(ROLE_GUARDIAN);
    act_as_staff();
}

/* --- acts through an open record ------------------------------------------------------------------------------------ */

static enum salve_code open_letter(struct rec_view **view)
{
    struct str code;
    int64_t until;
    struct rec_view *own = t_open(t, T_PERSON, PURPOSE_SELF, adult.is.card);
    t_must(rec_letter_code(own, t->mem, &code, &until, &err));
    t_close_view(&own);
    return rec_letter_open(t->site, code, str_of(adult.born), view, NULL);
}

static enum salve_code open_as(enum role role, enum purpose purpose, class_mask classes, struct rec_view **view)
{
    const struct may *may = consent_may(role, ACT_OPEN, purpose);
    struct rec_ask ask = {.actor = as[role], .purpose = purpose, .who = whom(role)->is.card, .classes = classes};
    *view = NULL;
    if (purpose == PURPOSE_TRANSFER) give(role, PURPOSE_TRANSFER); /* it is for one use */
    enum salve_code code = rec_open(t->site, &ask, view, NULL);
    if (may == NULL || (may->needs & MAY_CODE) == 0) return code;
    assert_code(code, SALVE_E_ROLE); /* not by a card */
    return open_letter(view);
}

/* A view of all that the row says, and none of anything else. */
static enum salve_code try_OPEN(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    const struct may *may = consent_may(role, ACT_OPEN, purpose);
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    assert_int_equal(rec_classes(view), may == NULL ? 0 : may->classes);
    t_close_view(&view);
    for (int class = 1; class <= CLASS_LAST && purpose != PURPOSE_LETTER; class ++) {
        code = open_as(role, purpose, CLASS_BIT(class), &view);
        if ((code == SALVE_OK) != ((may->classes & CLASS_BIT(class)) != 0))
            fail_msg("%s by %s: %s", class_text((enum data_class) class), role_text(role), salve_code_name(code));
        if (code == SALVE_OK) t_close_view(&view);
    }
    return SALVE_OK;
}

/* A note of each class; what the row has not is refused for the role. */
static enum salve_code try_WRITE(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    const struct may *may = consent_may(role, ACT_WRITE, purpose);
    enum salve_code code = open_as(role, purpose, 0, &view);
    for (int class = CLASS_IDENT; code == SALVE_OK && class <= CLASS_CONTACT; class ++) {
        struct str id;
        t_must(rec_new_id(view, t->mem, &id, &err));
        struct tape tape = t_weight(t, view, id, "61");
        enum salve_code saved = t_save_code(t, view, &tape, (enum data_class) class);
        bool is_there = may != NULL && (may->classes & CLASS_BIT(class)) != 0;
        if (saved != (is_there ? SALVE_OK : SALVE_E_ROLE))
            fail_msg("%s by %s, %s: %s", class_text((enum data_class) class), role_text(role), purpose_text(purpose),
                     salve_code_name(saved));
        if (may == NULL) code = saved;
    }
    if (view != NULL) t_close_view(&view);
    return code;
}

static struct tape note(struct rec_view *view, struct str by, const char *system, const char *code)
{
    char person[COMPARTMENT_TEXT_BYTES + 1], at[CLOCK_TEXT_BYTES];
    struct str id;
    compartment_text(rec_compartment(view), person);
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Provenance\",\"id\":\"%.*s\",\"target\":[{\"reference\":\"Patient/%s.1\"}],"
        "\"recorded\":\"%.*s\",\"activity\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},"
        "\"agent\":[{\"who\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%.*s\"}}}]}",
        STR_ARGS(id), person, STR_ARGS(clock_text(rec_opened_at_unix_ms(view), at)), system, code, STR_ARGS(by));
    return t_read(t->mem, json.ptr);
}

static struct tape telling(struct rec_view *view, struct str by)
{
    char person[COMPARTMENT_TEXT_BYTES + 1], at[CLOCK_TEXT_BYTES];
    struct str id;
    compartment_text(rec_compartment(view), person);
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Communication\",\"id\":\"%.*s\",\"status\":\"completed\",\"category\":[{\"coding\":[{"
        "\"system\":\"" DEED_CATEGORY "\",\"code\":\"notification\"}]}],\"medium\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ParticipationMode\",\"code\":\"FACE\"}]}],\"subject\":{"
        "\"reference\":\"Patient/%s.1\"},\"about\":[{\"reference\":\"Patient/%s.1\"}],\"sent\":\"%.*s\",\"recipient\":["
        "{\"reference\":\"Patient/%s.1\"}],\"sender\":{\"identifier\":{\"system\":\"" DEED_STAFF
        "\",\"value\":\"%.*s\"}}}",
        STR_ARGS(id), person, person, STR_ARGS(clock_text(rec_opened_at_unix_ms(view), at)), person, STR_ARGS(by));
    return t_read(t->mem, json.ptr);
}

/* What is kept apart is noted by whoever writes, so that the class hides no role. */
static enum salve_code say(enum role role, enum purpose purpose, const char *system, const char *word)
{
    struct rec_view *view = NULL;
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    struct str by = as[role].id.len > 0 ? as[role].id : STR("nobody");
    struct tape tape = system == NULL ? telling(view, by) : note(view, by, system, word);
    code = t_save_code(t, view, &tape, CLASS_SENS);
    t_close_view(&view);
    return code;
}

/* Of something that is no draft: only who may sign hears that. */
static enum salve_code try_SIGN(enum role role, enum purpose purpose)
{
    enum salve_code code = say(role, purpose, DEED_ACTIVITY, "sign");
    return code == SALVE_E_CONFLICT ? SALVE_OK : code;
}
static enum salve_code try_LEAVE_OUT(enum role role, enum purpose purpose)
{
    return say(role, purpose, DEED_OPERATION, "CANCEL");
}
static enum salve_code try_CLOSE(enum role role, enum purpose purpose)
{
    return say(role, purpose, DEED_OPERATION, "COMPLETE");
}
static enum salve_code try_TELL(enum role role, enum purpose purpose) { return say(role, purpose, NULL, NULL); }

/* A referral of that state; `focus`: what it is of. */
static struct tape referral(struct rec_view *view, struct str id, const char *status, struct str focus, struct str from,
                            struct str by)
{
    char person[COMPARTMENT_TEXT_BYTES + 1], at[CLOCK_TEXT_BYTES];
    compartment_text(rec_compartment(view), person);
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Task\",\"id\":\"%.*s\",\"status\":\"%s\",\"intent\":\"order\",\"priority\":\"routine\","
        "\"code\":{\"coding\":[{\"system\":\"" REFERRAL_SYSTEM "\",\"code\":\"" REFERRAL_FULFILL "\"}]},"
        "\"focus\":{\"reference\":\"%.*s\"},\"for\":{\"reference\":\"Patient/%s.1\"},"
        "\"authoredOn\":\"2026-11-23T09:30:00Z\",\"lastModified\":\"%.*s\","
        "\"requester\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%.*s\"}},"
        "\"owner\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%.*s\"}}}",
        STR_ARGS(id), status, STR_ARGS(focus), person, STR_ARGS(clock_text(rec_opened_at_unix_ms(view), at)),
        STR_ARGS(from), STR_ARGS(by));
    return t_read(t->mem, json.ptr);
}

static struct str by_of(enum role role) { return as[role].id.len > 0 ? as[role].id : STR("nobody"); }

/* Of something that is no request: only who may refer hears that. */
static enum salve_code try_REFER(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct str id;
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    t_must(rec_new_id(view, t->mem, &id, &err));
    char person[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(view), person);
    struct str focus = arena_printf(t->mem, "Patient/%s.1", person);
    struct tape tape = referral(view, id, "requested", focus, by_of(role), by_of(role));
    code = t_save_code(t, view, &tape, CLASS_SENS);
    t_close_view(&view);
    return code == SALVE_E_CONFLICT ? SALVE_OK : code;
}

static struct tape request(struct rec_view *view, struct str id, const char *status)
{
    char person[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(view), person);
    struct str json =
        arena_printf(t->mem,
                     "{\"resourceType\":\"ServiceRequest\",\"id\":\"%.*s\",\"status\":\"%s\",\"intent\":"
                     "\"proposal\",\"code\":{\"coding\":[{\"system\":\"urn:salve:guideline:blood-pressure:action\","
                     "\"code\":\"confirm-within-1-month\"}]},\"subject\":{\"reference\":\"Patient/%s.1\"}}",
                     STR_ARGS(id), status, person);
    return t_read(t->mem, json.ptr);
}

static struct tape signing(struct rec_view *view, struct str of)
{
    struct str id;
    char at[CLOCK_TEXT_BYTES];
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct str json = arena_printf(
        t->mem,
        "{\"resourceType\":\"Provenance\",\"id\":\"%.*s\",\"target\":[{\"reference\":\"ServiceRequest/%.*s\"}],"
        "\"recorded\":\"%.*s\",\"activity\":{\"coding\":[{\"system\":\"" DEED_ACTIVITY "\",\"code\":\"sign\"}]},"
        "\"agent\":[{\"who\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%.*s\"}}}]}",
        STR_ARGS(id), STR_ARGS(of), STR_ARGS(clock_text(rec_opened_at_unix_ms(view), at)), STR_ARGS(T_CLINICIAN.id));
    return t_read(t->mem, json.ptr);
}

/* A referral that the clinician made, of what they signed, is seen to by whoever has the row. */
static enum salve_code try_FOLLOW(enum role role, enum purpose purpose)
{
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, whom(role)->is.card);
    struct str asked, id;
    t_must(rec_new_id(view, t->mem, &asked, &err));
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct str focus = arena_printf(t->mem, "ServiceRequest/%.*s", STR_ARGS(asked));
    struct tape draft = request(view, asked, "draft"), result = request(view, asked, "active");
    struct tape note = signing(view, asked),
                first = referral(view, id, "requested", focus, T_CLINICIAN.id, T_CLINICIAN.id);
    struct rec_item proposed = {.tape = &draft}, items[] = {{.tape = &result}, {.tape = &note}, {.tape = &first}};
    t_must(rec_save(view, &proposed, 1, NULL, t->mem, &err));
    t_must(rec_save(view, items, 3, NULL, t->mem, &err));
    t_close_view(&view);
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    struct tape next = referral(view, id, "accepted", focus, T_CLINICIAN.id, by_of(role));
    code = t_save_code(t, view, &next, CLASS_CLIN);
    t_close_view(&view);
    return code;
}

/* A check that is near, so that the person is listed at once. */
static struct str due_ticket(void)
{
    struct consent_grant grant = grant_of(ROLE_REGISTRAR, PURPOSE_FOLLOW_UP);
    struct work *list = NULL;
    size_t count = 0;
    char day[CLOCK_TEXT_BYTES];
    grant.form.minor = 1;
    grant.remind_on = str_cut(clock_text(clock_now_ms + (int64_t)5 * 24 * 60 * MINUTE_MS, day), 0, 10);
    t_must(rec_consent_give(t->site, T_REGISTRAR, adult.is.card, &grant, t->mem, NULL, &err));
    t_must(t_worklist(t->site, T_REGISTRAR, t->mem, &list, &count, &err));
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; e < list[i].entry_count; e++)
            if (list[i].entries[e].task == WORK_REMIND) return list[i].ticket;
    fail_msg("nobody is to be called");
    return STR("");
}

static enum salve_code try_REMIND(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = as[role], .purpose = purpose, .who = due_ticket(), .is_reminder = true};
    enum salve_code code = rec_open(t->site, &ask, &view, NULL);
    if (code != SALVE_OK) return code;
    code = reminder_note(view, REMINDER_REACHED, NULL);
    t_close_view(&view);
    return code;
}

static enum salve_code try_WORK(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    const struct work_entry entry = {.part = WORK_KEPT, .task = WORK_LETTER, .urgency = 4};
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    worklist_set(view, WORK_KEPT, &entry, 1);
    code = worklist_write(view, NULL);
    t_close_view(&view);
    return code;
}

static enum salve_code try_LETTER(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct str text;
    int64_t until;
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    code = rec_letter_code(view, t->mem, &text, &until, NULL);
    t_close_view(&view);
    return code == SALVE_OK && text.len == 0 ? SALVE_E_ROLE : code; /* of follow-up there quietly is none */
}

static enum salve_code try_CARD(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct str card;
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    code = rec_card_new(view, t->mem, &card, NULL);
    t_close_view(&view);
    if (code == SALVE_OK) whom(role)->is.card = card;
    return code;
}

/* What only the person's own view gives is not open to others. */
static enum salve_code own(enum salve_code code) { return code == SALVE_E_CONSENT ? SALVE_E_ROLE : code; }

static enum salve_code try_LOOKED(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0;
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    code = own(rec_looked(view, t->mem, &looks, &count, &missing, NULL));
    t_close_view(&view);
    return code;
}

static enum salve_code try_CONSENTS(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct rec_consent *consents = NULL;
    size_t count = 0;
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    code = own(rec_consents(view, t->mem, &consents, &count, NULL));
    t_close_view(&view);
    return code;
}

static enum salve_code try_SHARE(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct share_made made;
    const struct share_ask ask = {.copy = STR("sealed"), .passcode = STR("7QK4-M2ZP")};
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    code = share_make(view, &ask, t->mem, &made, NULL);
    if (code == SALVE_OK) code = share_end(view, made.number, NULL);
    t_close_view(&view);
    return code;
}

static enum salve_code try_TAKE(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    const struct rec_resource *all = NULL;
    size_t count = 0;
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    code = own(rec_take(view, t->mem, &all, &count, NULL));
    t_close_view(&view);
    return code;
}

/* --- other acts about a person -------------------------------------------------------------------------------------- */

static struct tape patient(const char *birth_date)
{
    struct str born = birth_date == NULL ? STR("") : arena_printf(t->mem, ",\"birthDate\":\"%s\"", birth_date);
    struct str json = arena_printf(
        t->mem, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Silva\",\"given\":[\"Tala\"]}]%.*s}",
        STR_ARGS(born));
    return t_read(t->mem, json.ptr);
}

static enum salve_code try_ENROL(enum role role, enum purpose purpose)
{
    struct rec_enrolled out;
    struct tape tape = patient("1980-01-01");
    (void)purpose;
    return rec_enrol(t->site, as[role], &tape, t->mem, &out, NULL);
}

static enum salve_code try_WORD(enum role role, enum purpose purpose)
{
    struct rec_enrolled out;
    struct tape tape = patient(NULL);
    (void)purpose;
    t_must(rec_enrol(t->site, T_REGISTRAR, &tape, t->mem, &out, &err));
    return rec_word_set(t->site, as[role], out.card, STR("the blue boat"), NULL);
}

static enum salve_code try_SLIP(enum role role, enum purpose purpose)
{
    struct rec_enrolled out;
    struct str card;
    struct tape tape = patient("1980-01-01");
    (void)purpose;
    t_must(rec_enrol_slip(t->site, T_REGISTRAR, &tape, t->mem, &out, &err));
    t_must(rec_slip_done(t->site, &out, &err));
    return rec_slip_claim(t->site, as[role], out.slip, t->mem, &card, NULL);
}

static enum salve_code try_FIND(enum role role, enum purpose purpose)
{
    struct compartment *found = NULL;
    size_t count = 0;
    (void)purpose;
    return rec_find(t->site, as[role], STR("Tala Haddad"), STR("1980-01-01"), t->mem, &found, &count, NULL);
}

static enum salve_code try_GIVE(enum role role, enum purpose unused)
{
    enum salve_code code = SALVE_OK;
    (void)unused;
    for (int p = PURPOSE_CARE; p <= PURPOSE_LAST && code == SALVE_OK; p++) {
        struct consent_grant grant = grant_of(role, (enum purpose)p);
        if (!consent_is_asked((enum purpose)p)) continue;
        code = rec_consent_give(t->site, as[role], whom(role)->is.card, &grant, t->mem, NULL, NULL);
    }
    return code;
}

static enum salve_code try_OF_AGE(enum role role, enum purpose purpose)
{
    struct consent_grant grant = grant_of(role, PURPOSE_STATISTICS);
    (void)purpose;
    grant.of_age_by = STR("somebody");
    return rec_consent_give(t->site, as[role], whom(role)->is.card, &grant, t->mem, NULL, NULL);
}

static enum salve_code try_WITHDRAW(enum role role, enum purpose unused)
{
    enum salve_code code = SALVE_OK;
    (void)unused;
    for (int p = PURPOSE_CARE; p <= PURPOSE_LAST && code == SALVE_OK; p++) {
        if (!consent_is_asked((enum purpose)p)) continue;
        code = rec_consent_withdraw(t->site, as[role], whom(role)->is.card, (enum purpose)p, t->mem, NULL, NULL);
        if (code == SALVE_OK) give(role, (enum purpose)p);
    }
    return code;
}

static enum salve_code try_ERASE_ASK(enum role role, enum purpose purpose)
{
    struct rec_erasure erasure;
    struct str card = t_enrol(t, "Silva", whom(role)->born).card;
    (void)purpose;
    return rec_erase_ask(t->site, as[role], card, t->mem, &erasure, NULL);
}

static enum salve_code try_ERASE_STOP(enum role role, enum purpose purpose)
{
    struct rec_erasure erasure;
    struct str card = t_enrol(t, "Silva", "1980-01-01").card;
    struct actor actor = as[role];
    (void)purpose;
    if (role == ROLE_GUARDIAN && actor.id.len == 0) actor.told = T_PERSON.told;
    t_must(rec_erase_ask(t->site, T_PERSON, card, t->mem, &erasure, &err));
    return rec_erase_stop(t->site, actor, card, t->mem, NULL, NULL);
}

/* With a member of staff there; without, it is refused to everybody. */
static enum salve_code try_ERASE(enum role role, enum purpose purpose)
{
    struct rec_erasure erasure;
    struct actor actor = as[role];
    struct str card = t_enrol(t, "Silva", "1980-01-01").card;
    (void)purpose;
    if (role == ROLE_PARTICIPANT || role == ROLE_GUARDIAN) {
        if (actor.id.len == 0) assert_code(rec_erase(t->site, actor, card, t->mem, &erasure, NULL), SALVE_E_ROLE);
        if (actor.id.len == 0) actor.id = T_REGISTRAR.id, memcpy(actor.pass, T_REGISTRAR.pass, sizeof actor.pass);
    }
    return rec_erase(t->site, actor, card, t->mem, &erasure, NULL);
}

/* By themself, who tell their birth date; the app is registered first. */
static enum salve_code try_APP_ALLOW(enum role role, enum purpose purpose)
{
    struct str code;
    const struct app_allow allow = {.client = STR("tried"),
                                    .redirect = STR("https://tried.example/back"),
                                    .challenge = STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                                    .scope = STR("patient/*.rs"),
                                    .classes = CLASS_BIT(CLASS_IDENT)};
    (void)purpose;
    t_must(app_register(t->site, T_OTHER, STR(APP_TRIED), &err));
    struct actor actor = role == ROLE_PARTICIPANT ? T_PERSON : as[role];
    return app_allow(t->site, actor, adult.is.card, &allow, t->mem, &code, NULL);
}

static enum salve_code try_APPS(enum role role, enum purpose purpose)
{
    (void)purpose;
    return app_register(t->site, as[role], STR(APP_TRIED), NULL);
}

/* The person acts, and this is who stands there. */
static enum salve_code try_BESIDE(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct actor actor = {.role = ROLE_PARTICIPANT, .id = as[role].id};
    (void)purpose;
    memcpy(actor.pass, as[role].pass, sizeof actor.pass);
    if (actor.id.len == 0) actor.id = STR("nobody");
    enum salve_code code = t_open_code(t, actor, PURPOSE_SELF, adult.is.card, &view);
    if (code == SALVE_OK) t_close_view(&view);
    return code;
}

static enum salve_code try_INBOX(enum role role, enum purpose purpose)
{
    struct work *list = NULL;
    size_t count = 0;
    (void)purpose;
    return t_worklist(t->site, as[role], t->mem, &list, &count, NULL);
}

static enum salve_code try_QUEUE(enum role role, enum purpose purpose)
{
    struct queue_entry *list = NULL;
    size_t count = 0;
    (void)purpose;
    return queue_read(t->site, as[role], t->mem, &list, &count, NULL);
}

static enum salve_code try_STATION(enum role role, enum purpose purpose)
{
    struct rec_view *view = NULL;
    struct queue_entry entry;
    const struct queue_step step = {.event = DAY_CHECK_IN, .station = STATION_RECEPTION};
    enum salve_code code = open_as(role, purpose, 0, &view);
    if (code != SALVE_OK) return code;
    code = queue_note(view, &step, t->mem, &entry, NULL);
    t_close_view(&view);
    return code;
}

/* --- acts about the site ---------------------------------------------------------------------------------------------- */

static enum salve_code try_LOG_IN(enum role role, enum purpose purpose)
{
    struct session session;
    (void)purpose;
    enum salve_code code = session_begin(t->site, as[role].id, T_PIN, t->mem, &session, NULL);
    if (code == SALVE_OK) t_must(session_end(t->site, session.token, &err));
    return code == SALVE_E_PIN ? SALVE_E_ROLE : code; /* nobody has that name */
}

/* A member of that role who was added for it, so that no session of the others ends. */
static struct str member(enum role role)
{
    static int number;
    struct str id = arena_printf(t->mem, "extra-%d", number++);
    struct staff_new fresh = {.id = id, .role = role, .secret = T_PIN, .second = &T_OTHER};
    t_must(staff_register(t->site, T_MANAGER, &fresh, &err));
    return id;
}

static enum salve_code try_OWN_SECRET(enum role role, enum purpose purpose)
{
    struct actor actor = as[role];
    (void)purpose;
    if (role <= ROLE_GUARDIAN) { /* with staff beside them: theirs is not the person's to change */
        actor.id = T_REGISTRAR.id;
        memcpy(actor.pass, T_REGISTRAR.pass, sizeof actor.pass);
        return staff_pin_set(t->site, actor, NULL, actor.id, T_PIN, NULL);
    }
    struct session session;
    actor.id = member(role);
    t_must(session_begin(t->site, actor.id, T_PIN, t->mem, &session, &err));
    return staff_pin_set(t->site, session.actor, NULL, actor.id, T_PIN, NULL);
}

static enum salve_code add(struct actor actor, const struct actor *second, enum role role)
{
    static int number;
    struct str id = arena_printf(t->mem, "new-%d", number++);
    struct staff_new fresh = {.id = id, .role = role, .secret = T_PIN, .second = second};
    return staff_register(t->site, actor, &fresh, NULL);
}

static const struct actor *second_of(enum role role) { return role == ROLE_MANAGER ? &T_OTHER : &as[role]; }

static enum salve_code try_STAFF(enum role role, enum purpose purpose)
{
    (void)purpose;
    enum salve_code code = add(as[role], NULL, ROLE_ASSISTANT);
    struct str id = member(ROLE_ASSISTANT);
    assert_code(staff_role_set(t->site, as[role], NULL, id, ROLE_REGISTRAR, NULL), code);
    assert_code(staff_pin_set(t->site, as[role], NULL, id, T_PIN, NULL), code);
    assert_code(staff_retire(t->site, as[role], NULL, id, NULL), code);
    return code;
}
static enum salve_code try_CONFIRM_MANAGER(enum role role, enum purpose purpose)
{
    (void)purpose;
    return add(T_MANAGER, second_of(role), ROLE_MANAGER);
}
static enum salve_code try_CONFIRM_CLINICIAN(enum role role, enum purpose purpose)
{
    (void)purpose;
    return add(T_MANAGER, second_of(role), ROLE_CLINICIAN);
}
static enum salve_code try_RESTART(enum role role, enum purpose purpose)
{
    (void)purpose;
    return staff_restart(t->site, as[role], &T_OTHER, member(ROLE_ASSISTANT), T_PIN, NULL);
}
static enum salve_code try_RESTART_BESIDE(enum role role, enum purpose purpose)
{
    (void)purpose;
    return staff_restart(t->site, T_MANAGER, second_of(role), member(ROLE_ASSISTANT), T_PIN, NULL);
}

/* What is not there: only who may do it hears that. */
static enum salve_code there(enum salve_code code) { return code == SALVE_E_NOT_FOUND ? SALVE_OK : code; }

static enum salve_code try_RECOVER_STOP(enum role role, enum purpose purpose)
{
    (void)purpose;
    return there(staff_recover_stop(t->site, as[role], NULL));
}
static enum salve_code try_TABLETS(enum role role, enum purpose purpose)
{
    (void)purpose;
    enum salve_code code = there(tablet_lock(t->site, as[role], STR("none"), true, NULL));
    assert_code(there(tablet_remove(t->site, as[role], STR("none"), NULL)), code);
    return code;
}
static enum salve_code try_SETTINGS(enum role role, enum purpose purpose)
{
    struct site_settings settings = *site_settings(t->site);
    (void)purpose;
    return site_settings_set(t->site, as[role], &settings, NULL);
}
static enum salve_code try_AUTHORITY(enum role role, enum purpose purpose)
{
    (void)purpose;
    return site_authority_make(t->site, as[role], STR("clinic.example"), NULL);
}
static enum salve_code try_GUIDELINE(enum role role, enum purpose purpose)
{
    (void)purpose;
    return commons_put(t->site, as[role], STR("guideline"), STR("bp"), STR("{}"), NULL);
}
static enum salve_code try_CLINIC(enum role role, enum purpose purpose)
{
    (void)purpose;
    return commons_put(t->site, as[role], STR("clinic"), STR("about"), STR("{}"), NULL);
}
static enum salve_code try_DOCUMENT(enum role role, enum purpose purpose)
{
    (void)purpose;
    return commons_put(t->site, as[role], STR("other"), STR("one"), STR("{}"), NULL);
}
static enum salve_code try_ROTATE(enum role role, enum purpose purpose)
{
    struct site_rotation rotation;
    (void)purpose;
    return site_rotate(t->site, as[role], &rotation, NULL);
}
static enum salve_code try_FORGET(enum role role, enum purpose purpose)
{
    uint64_t dropped = 0;
    (void)purpose;
    return site_keys_forget(t->site, as[role], &dropped, NULL);
}

/* With a secret that does not open the site; through the door nobody is asked who it is (E_BUSY). */
static enum salve_code try_SITE_SECRET(enum role role, enum purpose purpose)
{
    const struct site_secret wrong = {.passphrase = STR("not the right one")},
                             fresh = {.passphrase = STR("another one that is long")};
    (void)purpose;
    enum salve_code code = site_secret_change(t->site, as[role], &wrong, &fresh, NULL);
#ifdef T_SITE_FAR
    assert_code(code, SALVE_E_BUSY);
    return consent_may(role, ACT_SITE_SECRET, PURPOSE_NONE) != NULL ? SALVE_OK : SALVE_E_ROLE;
#else
    return code == SALVE_E_SECRET ? SALVE_OK : code;
#endif
}

/* Nobody may verify too, who names no record; who names themselves needs the row. */
static enum salve_code try_VERIFY(enum role role, enum purpose purpose)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = as[role]};
    (void)purpose;
    if (ask.actor.id.len == 0) ask.actor.id = STR("somebody");
    return site_verify(t->site, &ask, &result, NULL);
}

/* Into a folder that lies in the site, which is refused, but not for the role. */
static enum salve_code try_BACKUP(enum role role, enum purpose purpose)
{
    struct site_backup backup;
    const struct site_backup_ask ask = {.actor = as[role], .data = t->folder, .keys = t->folder};
    (void)purpose;
    enum salve_code code = site_backup(t->site, &ask, t->mem, &backup, NULL);
    return code == SALVE_E_USAGE ? SALVE_OK : code;
}

static enum salve_code try_CLOCK(enum role role, enum purpose purpose)
{
    (void)purpose;
    return site_clock_confirm(t->site, as[role], NULL);
}
static enum salve_code try_HEALTH(enum role role, enum purpose purpose)
{
    struct site_health health;
    (void)purpose;
    return site_health(t->site, as[role], t->mem, &health, NULL);
}
static enum salve_code try_SITE_LOG(enum role role, enum purpose purpose)
{
    struct site_entries page;
    (void)purpose;
    return site_entries(t->site, as[role], SITE_ENTRIES_NEWEST, t->mem, &page, NULL);
}

/* --- all of it -------------------------------------------------------------------------------------------------------- */

/* Acts with a clock, or of faces alone: tests of their own. */
#define try_LOG_IN_DOUBTED NULL
#define try_STAFF_LIST     NULL
static enum salve_code (*const attempts[ACT_COUNT])(enum role role, enum purpose purpose) = {
#define ACT(name, text, what) try_##name,
#include "consent/acts.def"
#undef ACT
};

static bool has_purpose(enum act act) { return act <= ACT_TAKE; } /* through an open record */

static void try_one(enum role role, enum act act, enum purpose purpose)
{
    const struct may *may = consent_may(role, act, purpose);
    struct arena_mark mark = arena_mark(t->mem);
    enum salve_code code = attempts[act](role, purpose);
    if (code != (may != NULL ? SALVE_OK : SALVE_E_ROLE))
        fail_msg("%s, %s, %s: %s", role_text(role), act_text(act),
                 purpose == PURPOSE_NONE ? "-" : purpose_text(purpose), salve_code_name(code));
    if (act != ACT_CARD) arena_rewind(t->mem, mark);
}

static void each_role_does_what_has_a_row_and_nothing_else(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int act = 0; act < ACT_COUNT; act++) {
            if (attempts[act] == NULL) continue;
            for (int p = has_purpose((enum act)act) ? PURPOSE_CARE : 0;
                 p <= (has_purpose((enum act)act) ? PURPOSE_LAST : 0); p++)
                try_one((enum role)role, (enum act)act, (enum purpose)p);
        }
}

/* Sessions of everybody who works here, begun now; the person and a guardian with the registrar beside them. */
static void begin_sessions(void)
{
    struct session session;
    for (size_t i = 0; i < T_STAFF; i++) {
        t_must(session_begin(t->site, t_all_staff[i]->id, T_PIN, t->mem, &session, &err));
        as[t_all_staff[i]->role] = session.actor;
    }
    static const enum role people[] = {ROLE_PARTICIPANT, ROLE_GUARDIAN};
    for (size_t i = 0; i < 2; i++) {
        as[people[i]].id = as[ROLE_REGISTRAR].id;
        memcpy(as[people[i]].pass, as[ROLE_REGISTRAR].pass, ACTOR_PASS_BYTES);
        as[people[i]].told = STR("");
    }
}

/* Those who only prepare what is tried. */
static void show_others(void)
{
    struct session session;
    t_site_shown(t);
    if (session_unlock(t->site, T_OTHER.pass, T_PIN, t->mem, &session, NULL) == SALVE_OK)
        memcpy(T_OTHER.pass, session.token, sizeof T_OTHER.pass);
}

/* A row that is tried by a member of its own, who has logged in just now, or by the other manager. */
static bool is_of_another(const struct may *row)
{
    bool is_second =
        row->act == ACT_CONFIRM_MANAGER || row->act == ACT_CONFIRM_CLINICIAN || row->act == ACT_RESTART_BESIDE;
    return row->act == ACT_OWN_SECRET || (is_second && row->role == ROLE_MANAGER);
}

/* Of the row, and of the opening that it goes through. */
static bool takes_showing(const struct may *row)
{
    const struct may *through = has_purpose(row->act) ? consent_may(row->role, ACT_OPEN, row->purpose) : row;
    return ((row->needs | through->needs) & MAY_FRESH) != 0;
}

static void try_row(const struct may *row, bool is_shown)
{
    struct arena_mark mark = arena_mark(t->mem);
    bool is_late = !is_shown && row->role != ROLE_HELPER && takes_showing(row) && !is_of_another(row);
    enum salve_code code = attempts[row->act](row->role, row->purpose);
    if (code != (is_late ? SALVE_E_STEP_UP : SALVE_OK))
        fail_msg("%s, %s: %s", role_text(row->role), act_text(row->act), salve_code_name(code));
    if (row->act != ACT_CARD) arena_rewind(t->mem, mark);
}

static void try_rows(bool is_shown)
{
    size_t count;
    const struct may *rows = consent_may_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (attempts[rows[i].act] != NULL && (!is_shown || takes_showing(&rows[i]))) try_row(&rows[i], is_shown);
}

static void what_a_row_marks_takes_a_session_that_was_shown_lately(void **state)
{
    (void)state;
    begin_sessions();
    clock_now_ms += 10 * MINUTE_MS - 1;
    show_others();
    try_rows(true);
    clock_now_ms++;
    try_rows(false);
    for (size_t i = 0; i < T_STAFF; i++) { /* shown once more */
        struct session again;
        struct actor *actor = &as[t_all_staff[i]->role];
        t_must(session_unlock(t->site, actor->pass, T_PIN, t->mem, &again, &err));
        assert_true(again.fresh_until_unix_ms == clock_now_ms + 10 * MINUTE_MS);
        memcpy(actor->pass, again.token, sizeof actor->pass);
    }
    memcpy(as[ROLE_PARTICIPANT].pass, as[ROLE_REGISTRAR].pass, ACTOR_PASS_BYTES);
    memcpy(as[ROLE_GUARDIAN].pass, as[ROLE_REGISTRAR].pass, ACTOR_PASS_BYTES);
    try_rows(true);
    act_as_staff();
}

/* Of a person who acts alone nothing is asked but what they say in the same call. */
static void the_person_alone_is_not_asked_for_a_session(void **state)
{
    (void)state;
    struct rec_erasure erasure;
    clock_now_ms += 11 * MINUTE_MS;
    show_others();
    assert_code(try_GIVE(ROLE_PARTICIPANT, PURPOSE_NONE), SALVE_OK);
    assert_code(try_OPEN(ROLE_PARTICIPANT, PURPOSE_TRANSFER), SALVE_OK);
    struct str card = t_enrol(t, "Silva", "1980-01-01").card;
    assert_code(rec_erase_ask(t->site, T_PERSON, card, t->mem, &erasure, NULL), SALVE_OK);
}

static void while_the_clock_is_doubted_who_can_confirm_it_logs_in(void **state)
{
    (void)state;
    struct session session;
    struct site_facts facts;
    clock_now_ms -= (int64_t)24 * 60 * MINUTE_MS;
    t_must(site_facts(t->site, t->mem, &facts, &err)); /* looks at the clock */
    assert_true(site_clock_suspect(t->site));
    for (size_t i = 0; i < T_STAFF; i++) {
        bool may = consent_may(t_all_staff[i]->role, ACT_LOG_IN_DOUBTED, PURPOSE_NONE) != NULL;
        assert_code(session_begin(t->site, t_all_staff[i]->id, T_PIN, t->mem, &session, NULL),
                    may ? SALVE_OK : SALVE_E_CLOCK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_does_what_has_a_row_and_nothing_else),
        cmocka_unit_test(what_a_row_marks_takes_a_session_that_was_shown_lately),
        cmocka_unit_test(the_person_alone_is_not_asked_for_a_session),
        cmocka_unit_test(while_the_clock_is_doubted_who_can_confirm_it_logs_in),
    };
    make();
    int status = t_run(tests);
    t_site_drop(t);
    return status;
}
