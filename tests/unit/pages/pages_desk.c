/* SPDX-License-Identifier: Apache-2.0
 * The calls of the desk: a new person, agreements one by one, taking back, other cards; what a no leaves; and that the
 * record serves whatever was agreed to. */
#include "pages_world.h"

#include "records/worklist.h"

enum { DESK_BODY = 1200, DESK_REST = 600, PURPOSES = 4 };
static const char *const purposes[PURPOSES] = {"care", "follow-up", "statistics", "research-contact"};

/* A card that an answer gave, as text. */
struct card {
    char text[REC_CODE_TEXT_BYTES + 1];
};

static struct card card_of(struct answer answer)
{
    struct card card = {0};
    struct str text = text_of(answer, "card");
    assert_true(rec_card_valid(text));
    (void)snprintf(card.text, sizeof card.text, "%.*s", STR_ARGS(text));
    return card;
}

/* A UUID of its own for each enrolment. */
static const char *fresh_key(void)
{
    static char key[37];
    static unsigned count;
    (void)snprintf(key, sizeof key, "0b6d1c2e-7f1a-4c3d-9e21-%012x", ++count);
    return key;
}

static struct answer enrol(struct browser *browser, const char *rest)
{
    char body[DESK_BODY];
    (void)snprintf(body, sizeof body, "{'key':'%s',%s}", fresh_key(), rest);
    return call(browser, "enrol", body);
}

static struct card enrolled(struct browser *browser, const char *rest)
{
    struct answer answer = enrol(browser, rest);
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "enrolled");
    return card_of(answer);
}

static const char *const ADULT = "'family':'Okoro','givenNames':'Nia','birthDate':'1970-05-02','sex':'female'";

static struct answer of_card(struct browser *browser, const char *name, struct card card, const char *rest)
{
    char body[DESK_BODY];
    (void)snprintf(body, sizeof body, "{'card':'%s'%s}", card.text, rest);
    return call(browser, name, body);
}

static struct answer give(struct browser *browser, struct card card, const char *purpose, const char *rest)
{
    char body[DESK_REST];
    (void)snprintf(body, sizeof body, ",'purpose':'%s','language':'en','rounds':'1'%s", purpose, rest);
    return of_card(browser, "consent-give", card, body);
}

static struct answer words(struct browser *browser, struct card card)
{
    return of_card(browser, "consent", card, ",'language':'en'");
}

static bool is_on(struct answer answer, size_t at)
{
    char path[40];
    (void)snprintf(path, sizeof path, "purposes.%zu.on", at);
    return json_is_true(json_path(answer.json, path));
}

/* --- a new person ------------------------------------------------------------------------------------------------- */

static void a_new_person_has_a_card_and_nothing_is_switched_on(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card card = enrolled(&rosa, ADULT);
    assert_error(browser_open(&rosa, str_of(card.text)), 403, "E_CONSENT");
    struct answer answer = words(&rosa, card);
    assert_status(answer, 200);
    assert_str(text_of(answer, "who"), "self");
    assert_int_equal(count_of(answer, "purposes"), PURPOSES);
    for (size_t i = 0; i < PURPOSES; i++) {
        char path[40];
        (void)snprintf(path, sizeof path, "purposes.%zu.purpose", i);
        assert_str(text_of(answer, path), purposes[i]);
        assert_false(is_on(answer, i));
    }
    assert_int_equal(count_of(answer, "purposes.0.sections"), 5);
    assert_true(count_of(answer, "purposes.0.readBack") >= 3);
    assert_true(count_of(answer, "languages") >= 2);
    assert_status(call(&rosa, "logout", "{}"), 200);
}

static void an_answer_that_was_lost_enrols_nobody_twice(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa")), ben = browser_login(*state, STR("nurse-ben"));
    char body[DESK_BODY];
    (void)snprintf(body, sizeof body, "{'key':'%s',%s}", fresh_key(), ADULT);
    struct answer first = call(&rosa, "enrol", body), again = call(&rosa, "enrol", body);
    assert_status(first, 200);
    assert_status(again, 200);
    struct card card = card_of(first), other;
    assert_string_equal(card.text, card_of(again).text);
    other = card_of(call(&ben, "enrol", body)); /* another session's key is another request */
    assert_string_not_equal(card.text, other.text);
    assert_status(call(&rosa, "logout", "{}"), 200);
    assert_error(call(&rosa, "enrol", body), 401, "E_SESSION");
    assert_status(call(&ben, "logout", "{}"), 200);
}

static void what_is_told_of_a_new_person_is_checked(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    static const struct {
        const char *rest, *code;
        int status;
    } wrong[] = {
        {"'sex':'female'", "E_USAGE", 400}, /* no name at all */
        {"'family':'A','birthDate':'1970-13-02','sex':'female'", "E_USAGE", 400},
        {"'family':'A','birthDate':'2970','sex':'female'", "E_RANGE", 400},
        {"'family':'A','birthDate':'1880','sex':'female'", "E_RANGE", 400},
        {"'family':'A','birthDate':'1970','age':'56','sex':'female'", "E_INVALID", 422},
        {"'family':'A','age':'-3','sex':'female'", "E_USAGE", 400},
        {"'family':'A','age':'131','sex':'female'", "E_RANGE", 400},
        {"'family':'A','birthDate':'1970','sex':'x-ray'", "E_USAGE", 400},
        {"'family':'A','birthDate':'1970','sex':'female','religion':'x'", "E_INVALID", 422},
        {"'family':'A','birthDate':'1970','sex':'female','language':'no language'", "E_USAGE", 400},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct answer answer = enrol(&rosa, wrong[i].rest);
        if (answer.status != wrong[i].status || !str_is(text_of(answer, "error.code"), wrong[i].code))
            fail_msg("%zu: %d %.*s", i, answer.status, STR_ARGS(answer.body));
    }
    struct answer old = enrol(&rosa, "'family':'A','birthDate':'1910','sex':'female'");
    assert_status(old, 200);
    assert_str(text_of(old, "state"), "asks");
    (void)enrolled(&rosa, "'family':'A','birthDate':'1910','sex':'female','sure':true");
    (void)enrolled(&rosa, "'family':'A','age':'56','sex':'m','telephone':'+44 20 7946 0000','language':'ar'");
    (void)enrolled(&rosa, "'givenNames':'B','sex':'unknown','ownWord':'a word of mine'");
    assert_status(call(&rosa, "logout", "{}"), 200);
}

static void who_runs_the_site_enrols_nobody_and_asks_nobody(void **state)
{
    struct pages_world *world = *state;
    struct browser rosa = browser_login(world, STR("desk-rosa")), boss = browser_login(world, STR("mia"));
    struct card card = enrolled(&rosa, ADULT);
    assert_error(enrol(&boss, ADULT), 403, "E_ROLE");
    assert_error(words(&boss, card), 403, "E_ROLE");
    assert_error(give(&boss, card, "care", ""), 403, "E_ROLE");
    assert_error(of_card(&boss, "consent-withdraw", card, ",'purpose':'care','language':'en'"), 403, "E_ROLE");
    assert_status(call(&rosa, "logout", "{}"), 200);
    assert_status(call(&boss, "logout", "{}"), 200);
}

/* --- agreements --------------------------------------------------------------------------------------------------- */

static void one_purpose_is_given_by_one_call_after_a_read_back(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card card = enrolled(&rosa, ADULT);
    assert_error(of_card(&rosa, "consent-give", card, ",'purpose':'care','language':'en'"), 422, "E_INVALID");
    assert_error(of_card(&rosa, "consent-give", card, ",'purpose':'care','language':'en','rounds':'0'"), 422,
                 "E_INVALID");
    assert_error(give(&rosa, card, "care follow-up", ""), 422, "E_INVALID");
    assert_error(give(&rosa, card, "self", ""), 422, "E_INVALID");
    assert_error(give(&rosa, card, "care", ",'purpose':'statistics'"), 400, "E_SYNTAX"); /* a member twice */
    assert_error(of_card(&rosa, "consent-give", card, ",'purpose':'care','language':'xx','rounds':'1'"), 404,
                 "E_NOT_FOUND");
    assert_false(is_on(words(&rosa, card), 0));
    struct answer answer = give(&rosa, card, "care", "");
    assert_status(answer, 200);
    assert_str(text_of(answer, "receipt.purpose"), "care");
    answer = words(&rosa, card);
    assert_true(is_on(answer, 0));
    for (size_t i = 1; i < PURPOSES; i++) assert_false(is_on(answer, i));
    assert_false(json_is_true(json_path(answer.json, "purposes.0.keepsApart")));
    assert_status(browser_open(&rosa, str_of(card.text)), 200);
    /* by who is open, too */
    assert_status(call(&rosa, "consent-give", "{'person':'%P','purpose':'follow-up','language':'ar','rounds':'2'}"),
                  200);
    assert_true(is_on(call(&rosa, "consent", "{'person':'%P','language':'ar'}"), 1));
    assert_error(call(&rosa, "consent", "{'person':'AAAAAAAAAAAAAAAAAAAAAA','language':'ar'}"), 403, "E_CONSENT");
    assert_status(call(&rosa, "close", "{'person':'%P'}"), 200);
    assert_status(call(&rosa, "logout", "{}"), 200);
}

static void the_tick_for_what_is_kept_apart_is_one_of_its_own(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card card = enrolled(&rosa, ADULT);
    assert_status(give(&rosa, card, "care", ",'keepApart':true"), 200);
    assert_true(json_is_true(json_path(words(&rosa, card).json, "purposes.0.keepsApart")));
    assert_error(give(&rosa, card, "follow-up", ",'keepApart':true"), 422, "E_INVALID");
    assert_status(give(&rosa, card, "care", ""), 200); /* less than before: the tick is gone */
    assert_false(json_is_true(json_path(words(&rosa, card).json, "purposes.0.keepsApart")));
    assert_status(call(&rosa, "logout", "{}"), 200);
}

static void taking_back_works_at_once_and_gives_a_receipt_in_words(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card card = enrolled(&rosa, ADULT);
    assert_error(of_card(&rosa, "consent-withdraw", card, ",'purpose':'care','language':'en'"), 404, "E_NOT_FOUND");
    assert_status(give(&rosa, card, "care", ""), 200);
    assert_status(browser_open(&rosa, str_of(card.text)), 200);
    struct answer answer = of_card(&rosa, "consent-withdraw", card, ",'purpose':'care','language':'ar'");
    assert_status(answer, 200);
    assert_true(text_of(answer, "receipt.title").len > 0 && text_of(answer, "receipt.body").len > 0);
    assert_error(call(&rosa, "person", "{'person':'%P'}"), 403, "E_CONSENT");
    assert_error(browser_open(&rosa, str_of(card.text)), 403, "E_CONSENT");
    assert_status(call(&rosa, "logout", "{}"), 200);
}

static void never_asked_and_taken_back_look_the_same(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card never = enrolled(&rosa, ADULT), back = enrolled(&rosa, ADULT);
    for (size_t i = 0; i < PURPOSES; i++) {
        char rest[80];
        assert_status(give(&rosa, back, purposes[i], ""), 200);
        (void)snprintf(rest, sizeof rest, ",'purpose':'%s','language':'en'", purposes[i]);
        assert_status(of_card(&rosa, "consent-withdraw", back, rest), 200);
    }
    struct answer a = words(&rosa, never), b = words(&rosa, back);
    assert_status(a, 200);
    assert_true(str_eq(a.body, b.body));
    a = browser_open(&rosa, str_of(never.text));
    b = browser_open(&rosa, str_of(back.text));
    assert_error(a, 403, "E_CONSENT");
    assert_true(str_eq(a.body, b.body));
    assert_status(call(&rosa, "logout", "{}"), 200);
}

/* A clinician signs what was found and makes the letter: the text of it. */
static struct str letter_of(struct browser *amina, struct card card)
{
    char page[100];
    assert_status(browser_open(amina, str_of(card.text)), 200);
    assert_status(call(amina, "findings", "{'person':'%P'}"), 200);
    assert_status(call(amina, "sign", "{'person':'%P'}"), 200);
    struct answer answer = call(amina, "letter", "{'person':'%P','language':'en'}");
    assert_status(answer, 200);
    (void)snprintf(page, sizeof page, "%.*s", STR_ARGS(text_of(answer, "html")));
    answer = fetch_page(amina, page);
    assert_status(answer, 200);
    assert_status(call(amina, "close", "{'person':'%P'}"), 200);
    return answer.body;
}

static struct str letter_on_paper(struct browser *amina)
{
    char page[100];
    struct answer answer = call(amina, "paper",
                                "{'givenNames':'Nia','family':'Okoro','birthDate':'1970-05-02','readings':[{'word':"
                                "'sex','text':'female'},{'word':'bp','text':'118/76'}],'language':'en'}");
    assert_status(answer, 200);
    assert_true(has_item(answer, "findings", "bp-category"));
    (void)snprintf(page, sizeof page, "%.*s", STR_ARGS(text_of(answer, "html")));
    answer = fetch_page(amina, page);
    assert_status(answer, 200);
    return answer.body;
}

/* Every combination of yes and no: what was agreed to is on, nothing else is, and the check ends with a letter that says
 * what was measured, whether anything is kept or not. */
static void every_combination_of_yes_and_no_is_what_it_says(void **state)
{
    struct pages_world *world = *state;
    struct browser rosa = browser_login(world, STR("desk-rosa")), ben = browser_login(world, STR("nurse-ben")),
                   amina = browser_login(world, STR("dr-amina"));
    char body[DESK_BODY];
    for (unsigned chosen = 0; chosen < 1u << PURPOSES; chosen++) {
        struct card card = enrolled(&rosa, ADULT);
        for (size_t i = 0; i < PURPOSES; i++)
            if ((chosen >> i & 1) != 0) assert_status(give(&rosa, card, purposes[i], ""), 200);
        struct answer answer = words(&rosa, card);
        for (size_t i = 0; i < PURPOSES; i++)
            if (is_on(answer, i) != ((chosen >> i & 1) != 0)) fail_msg("%u: %s", chosen, purposes[i]);
        answer = browser_open(&ben, str_of(card.text));
        assert_int_equal(answer.status, (chosen & 1) != 0 ? 200 : 403);
        if ((chosen & 1) == 0) {
            assert_true(str_find(letter_on_paper(&amina), STR("118")) >= 0);
            continue;
        }
        (void)snprintf(body, sizeof body, "{'person':'%%P','key':'%s','readings':[{'word':'bp','text':'118/76'}]}",
                       fresh_key());
        answer = call(&ben, "measure", body);
        assert_status(answer, 200);
        assert_str(text_of(answer, "state"), "stored");
        assert_true(has_item(answer, "findings", "bp-category"));
        assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
        assert_true(str_find(letter_of(&amina, card), STR("118")) >= 0);
    }
    assert_status(call(&amina, "logout", "{}"), 200);
    assert_status(call(&rosa, "logout", "{}"), 200);
    assert_status(call(&ben, "logout", "{}"), 200);
}

/* --- children ----------------------------------------------------------------------------------------------------- */

static void a_guardian_agrees_for_a_child_and_the_child_is_asked(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card child = enrolled(&rosa, "'family':'Okoro','birthDate':'2016-05-02','sex':'male'"),
                baby = enrolled(&rosa, "'family':'Okoro','birthDate':'2024-05-02','sex':'male'"),
                perhaps = enrolled(&rosa, "'family':'Okoro','birthDate':'2010','sex':'male'");
    struct answer answer = words(&rosa, child);
    assert_str(text_of(answer, "who"), "guardian");
    assert_true(json_is_true(json_path(answer.json, "asksChild")));
    assert_error(give(&rosa, child, "care", ""), 403, "E_CONSENT");
    assert_error(give(&rosa, child, "care", ",'isGuardian':true"), 403, "E_CONSENT");
    assert_error(give(&rosa, child, "care", ",'isGuardian':true,'assent':'dissent'"), 403, "E_CONSENT");
    assert_error(give(&rosa, child, "care", ",'isGuardian':true,'assent':'not-able'"), 403, "E_CONSENT");
    assert_false(is_on(words(&rosa, child), 0));
    assert_status(give(&rosa, child, "care", ",'isGuardian':true,'assent':'given'"), 200);
    assert_true(is_on(words(&rosa, child), 0));
    answer = words(&rosa, baby);
    assert_str(text_of(answer, "who"), "guardian");
    assert_false(json_is_true(json_path(answer.json, "asksChild")));
    assert_status(give(&rosa, baby, "care", ",'isGuardian':true,'assent':'not-able'"), 200);
    assert_str(text_of(words(&rosa, perhaps), "who"), "either");
    assert_error(give(&rosa, perhaps, "care", ""), 403, "E_CONSENT");
    assert_error(give(&rosa, perhaps, "care", ",'ofAge':true"), 403, "E_ROLE");
    struct browser amina = browser_login(*state, STR("dr-amina"));
    assert_status(give(&amina, perhaps, "care", ",'ofAge':true"), 200);
    assert_status(call(&rosa, "logout", "{}"), 200);
    assert_status(call(&amina, "logout", "{}"), 200);
}

static void a_spoken_yes_has_a_witness(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card card = enrolled(&rosa, ADULT);
    assert_error(give(&rosa, card, "care", ",'method':'spoken'"), 422, "E_INVALID");
    assert_error(give(&rosa, card, "care", ",'method':'spoken','witness':'a friend'"), 422, "E_INVALID");
    assert_status(give(&rosa, card, "care", ",'method':'spoken','witness':'independent'"), 200);
    assert_status(call(&rosa, "logout", "{}"), 200);
}

/* --- cards -------------------------------------------------------------------------------------------------------- */

static void a_new_card_takes_the_place_of_the_old_one(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct card card = enrolled(&rosa, ADULT), fresh;
    char body[DESK_BODY];
    assert_status(give(&rosa, card, "care", ""), 200);
    assert_status(browser_open(&rosa, str_of(card.text)), 200);
    (void)snprintf(body, sizeof body, "{'old':'%s'}", card.text);
    fresh = card_of(call(&rosa, "card-new", body));
    assert_string_not_equal(card.text, fresh.text);
    assert_error(call(&rosa, "person", "{'person':'%P'}"), 403, "E_CONSENT"); /* opened by the card that is none now */
    assert_error(browser_open(&rosa, str_of(card.text)), 404, "E_NOT_FOUND");
    assert_status(browser_open(&rosa, str_of(fresh.text)), 200);
    assert_status(call(&rosa, "close", "{'person':'%P'}"), 200);
    assert_error(call(&rosa, "card-new", "{}"), 422, "E_INVALID");
    assert_error(call(&rosa, "card-by-name", "{'names':'Nia Okoro'}"), 422, "E_INVALID");
    assert_error(call(&rosa, "card-by-name", "{'names':'Nia Okoro','birthDate':'1970-05-02'}"), 501, "E_UNSUPPORTED");
    assert_status(call(&rosa, "logout", "{}"), 200);
}

static void a_slip_is_changed_for_a_card_once(void **state)
{
    struct pages_world *world = *state;
    struct browser rosa = browser_login(world, STR("desk-rosa"));
    struct rec_enrolled enrolled = {0};
    struct tape patient = t_read(world->w.t->mem, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Slip\"}]}");
    char body[DESK_BODY];
    t_must(rec_enrol_slip(world->w.t->site, T_REGISTRAR, &patient, world->w.t->mem, &enrolled, &err));
    t_must(rec_slip_done(world->w.t->site, &enrolled, &err));
    (void)snprintf(body, sizeof body, "{'slip':'%.*s'}", STR_ARGS(enrolled.slip));
    (void)card_of(call(&rosa, "slip", body));
    assert_error(call(&rosa, "slip", body), 404, "E_NOT_FOUND");
    assert_status(call(&rosa, "logout", "{}"), 200);
}

static void the_words_are_there_for_who_has_no_card(void **state)
{
    struct browser rosa = browser_login(*state, STR("desk-rosa"));
    struct answer answer = call(&rosa, "consent", "{'language':'ar'}");
    assert_status(answer, 200);
    assert_int_equal(count_of(answer, "purposes"), PURPOSES);
    assert_null(json_path(answer.json, "purposes.0.on"));
    assert_null(json_path(answer.json, "who"));
    assert_error(call(&rosa, "consent", "{'language':'xx'}"), 404, "E_NOT_FOUND");
    assert_error(call(&rosa, "consent-give", "{'purpose':'care','language':'en','rounds':'1'}"), 422, "E_INVALID");
    assert_status(call(&rosa, "logout", "{}"), 200);
}

/* --- nothing is kept ---------------------------------------------------------------------------------------------- */

#define PAPER_VALUES                                                                                                   \
    "'readings':[{'word':'bp','text':'148/92'},{'word':'bp','text':'146/90'},{'word':'height','text':'161'}]"

static uint64_t leaves_of(const struct pages_world *world)
{
    struct site_facts facts;
    t_must(site_facts(world->w.t->site, world->w.t->mem, &facts, &err));
    return facts.log_size;
}

static void who_wants_nothing_kept_is_examined_to_the_letter(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben")), amina = browser_login(world, STR("dr-amina"));
    const char *about = "'givenNames':'Nia','family':'Okoro','birthDate':'1970-05-02','sex':'female'";
    char body[DESK_BODY];
    uint64_t before = leaves_of(world);
    (void)snprintf(body, sizeof body, "{" PAPER_VALUES ",%s}", about);
    struct answer answer = call(&ben, "paper", body);
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "judged");
    assert_true(has_item(answer, "findings", "bp-category"));
    assert_int_equal(count_of(answer, "alarms"), 0);
    (void)snprintf(body, sizeof body, "{" PAPER_VALUES ",%s,'language':'en'}", about);
    assert_error(call(&ben, "paper", body), 403, "E_ROLE"); /* on paper a clinician answers */
    answer = call(&amina, "paper", body);
    assert_status(answer, 200);
    char page[100];
    (void)snprintf(page, sizeof page, "%.*s", STR_ARGS(text_of(answer, "html")));
    struct answer letter = fetch_page(&amina, page);
    assert_status(letter, 200);
    assert_true(str_find(letter.body, STR("Okoro")) >= 0 && str_find(letter.body, STR("148")) >= 0);
    assert_error(fetch_page(&ben, page), 404, "E_NOT_FOUND");
    assert_int_equal(leaves_of(world), before); /* nothing was written, not even a leaf */
    answer = call(&amina, "paper", "{'readings':[{'word':'bp','text':'118/76'}],'language':'ar'}");
    assert_status(answer, 200); /* nobody has to say who they are */
    assert_status(call(&ben, "logout", "{}"), 200);
    assert_status(call(&amina, "logout", "{}"), 200);
}

static void an_alarm_on_paper_is_told_first_and_holds(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    static const char *const bodies[] = {
        "{'readings':[{'word':'bp','text':'230/140'}],'birthDate':'1970-13-40'}",
        "{'readings':[{'word':'bp','text':'230/140'}],'birthDate':'1970','age':'56'}",
        "{'readings':[{'word':'bp','text':'230/140'},{'word':'nothing','text':'3'}]}",
        "{'readings':[{'word':'bp','text':'230/140'},{'text':3}]}",
        "{'readings':[{'word':'bp','text':'230/140'}],'other':1}",
        "{'readings':[{'word':'bp','text':'230/140'}],'sex':'x-ray'}",
        "{'readings':[{'word':'bp','text':'230/140'}],'family':'A','language':'en'}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct answer answer = call(&ben, "paper", bodies[i]);
        if (!has_item(answer, "alarms", "bp-very-high"))
            fail_msg("%zu: %d %.*s", i, answer.status, STR_ARGS(answer.body));
        assert_error(browser_open(&ben, world->w.card), 409, "E_CONFLICT");
        assert_error(call(&ben, "logout", "{}"), 409, "E_CONFLICT");
        assert_true(json_is_true(json_path(call(&ben, "session", "{}").json, "paper")));
        assert_error(call(&ben, "paper-outcome", "{'why':'forgotten'}"), 422, "E_INVALID");
        assert_status(call(&ben, "paper-outcome", "{'why':'told'}"), 200);
    }
    struct answer answer =
        call(&ben, "paper", "{'readings':[{'word':'bp','text':'230/140'}],'confirmed':[[0,0],[0,1]]}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "judged");
    assert_true(has_item(answer, "findings", "bp-very-high"));
    assert_status(call(&ben, "paper-outcome", "{'why':'call-clinician'}"), 200);
    static const char one[] =
        "{'key':'0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','readings':[{'word':'bp','text':'230/140'}],"
        "'confirmed':[[0,0],[0,1]]}",
                      worse[] = "{'key':'0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','readings':[{'word':'bp','text':"
                                "'231/140'}],'confirmed':[[0,0],[0,1]]}",
                      next[] = "{'key':'1b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','readings':[{'word':'bp','text':"
                               "'231/140'}],'confirmed':[[0,0],[0,1]]}";
    const char *const each[] = {one, one, worse, next, one};
    const bool holds[] = {true, false, true, true, true}; /* the same of the same person was told already */
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        assert_int_equal(json_is_true(json_path(call(&ben, "paper", each[i]).json, "holds")), holds[i]);
        assert_int_equal(json_is_true(json_path(call(&ben, "session", "{}").json, "paper")), holds[i]);
        assert_status(call(&ben, "paper-outcome", "{'why':'told'}"), 200);
    }
    assert_str(text_of(call(&ben, "paper", "{'readings':[{'word':'height','text':'9'}]}"), "state"), "refused");
    assert_status(browser_open(&ben, world->w.card), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    assert_status(call(&ben, "logout", "{}"), 200);
}

static int make(void **state)
{
    *state = pages_world_make("pages-desk", true);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_person_has_a_card_and_nothing_is_switched_on),
        cmocka_unit_test(an_answer_that_was_lost_enrols_nobody_twice),
        cmocka_unit_test(what_is_told_of_a_new_person_is_checked),
        cmocka_unit_test(who_runs_the_site_enrols_nobody_and_asks_nobody),
        cmocka_unit_test(one_purpose_is_given_by_one_call_after_a_read_back),
        cmocka_unit_test(the_tick_for_what_is_kept_apart_is_one_of_its_own),
        cmocka_unit_test(taking_back_works_at_once_and_gives_a_receipt_in_words),
        cmocka_unit_test(never_asked_and_taken_back_look_the_same),
        cmocka_unit_test(every_combination_of_yes_and_no_is_what_it_says),
        cmocka_unit_test(a_guardian_agrees_for_a_child_and_the_child_is_asked),
        cmocka_unit_test(a_spoken_yes_has_a_witness),
        cmocka_unit_test(a_new_card_takes_the_place_of_the_old_one),
        cmocka_unit_test(a_slip_is_changed_for_a_card_once),
        cmocka_unit_test(the_words_are_there_for_who_has_no_card),
        cmocka_unit_test(who_wants_nothing_kept_is_examined_to_the_letter),
        cmocka_unit_test(an_alarm_on_paper_is_told_first_and_holds),
    };
    int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, make, pages_world_teardown), count);
}
