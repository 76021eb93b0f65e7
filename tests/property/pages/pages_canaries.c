/* SPDX-License-Identifier: Apache-2.0
 * Some thousand requests of several sessions at once, with handles, cookies and tokens of each other: no answer has
 * anything of a person but to the session that has them open, none has two people, and no header line has anything. */
#include "../../unit/pages/pages_world.h"

enum { PEOPLE = 4, BROWSERS = 5, REQUESTS = T_IS_SANITIZED ? 600 : 3000 };

struct person {
    struct str card;
    char name[40], number[8]; /* the canaries: their name, and a weight that nobody else has */
};

struct crowd {
    struct pages_world *world;
    struct person people[PEOPLE];
    struct browser browsers[BROWSERS];
    int open[BROWSERS]; /* -1: nobody */
    uint64_t random, seen;
};

static struct person enrol_one(struct crowd *crowd, size_t at)
{
    struct person person = {.card = STR_NONE};
    struct browser *ben = &crowd->browsers[0];
    char body[300];
    (void)snprintf(person.name, sizeof person.name, "Canary%zuname", at);
    (void)snprintf(person.number, sizeof person.number, "7%zu.37", at);
    person.card = t_enrol(crowd->world->w.t, person.name, "1950-01-01").card;
    t_give(crowd->world->w.t, person.card, PURPOSE_CARE);
    assert_status(browser_open(ben, person.card), 200);
    (void)snprintf(
        body, sizeof body,
        "{'person':'%%P','key':'0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e%zu','readings':[{'word':'weight','text':'%s'}]}",
        at, person.number);
    assert_str(text_of(call(ben, "measure", body), "state"), "stored");
    (void)call(ben, "not-told", "{'person':'%P','why':'left'}");
    assert_status(call(ben, "close", "{'person':'%P'}"), 200);
    return person;
}

/* Whose canaries the text has: a bit a person. */
static unsigned people_in(const struct crowd *crowd, struct str text)
{
    unsigned found = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        if (str_find(text, str_of(crowd->people[i].name)) >= 0 || str_find(text, str_of(crowd->people[i].number)) >= 0)
            found |= 1u << i;
    return found;
}

static void judge(struct crowd *crowd, size_t at, const char *name, struct answer answer)
{
    unsigned found = people_in(crowd, answer.body);
    unsigned own = crowd->open[at] < 0 ? 0 : 1u << crowd->open[at];
    crowd->seen += found != 0;
    if ((found & ~own) != 0 || people_in(crowd, answer.lines) != 0)
        fail_msg("%s: browser %zu has %d open and got %.*s", name, at, crowd->open[at], STR_ARGS(answer.body));
}

static unsigned pick(struct crowd *crowd, unsigned of) { return (unsigned)(t_random(&crowd->random) % of); }

static void open_somebody(struct crowd *crowd, size_t at)
{
    size_t who = pick(crowd, PEOPLE);
    int before = crowd->open[at];
    (void)call(&crowd->browsers[at], "not-told", "{'person':'%P','why':'left'}");
    crowd->open[at] = (int)who;
    struct answer answer = browser_open(&crowd->browsers[at], crowd->people[who].card);
    if (answer.status != 200) crowd->open[at] = answer.status == 409 ? before : -1;
    judge(crowd, at, "open", answer);
}

/* What a browser of ours would not do: handles, cookies and tokens of others. */
static void mix(struct crowd *crowd, struct browser *browser)
{
    const struct browser *other = &crowd->browsers[pick(crowd, BROWSERS)];
    if (pick(crowd, 3) == 0) memcpy(browser->person, other->person, sizeof browser->person);
    if (pick(crowd, 10) == 0) memcpy(browser->token, other->token, sizeof browser->token);
    if (pick(crowd, 10) == 0) browser->token[0] = '\0';
    if (pick(crowd, 20) == 0) browser->cookie[0] = '\0';
    browser->language = pick(crowd, 2) == 0 ? "ar" : "en";
}

static void ask_something(struct crowd *crowd)
{
    static const char *const asked[][2] = {
        {"site", "{}"},
        {"session", "{}"},
        {"ranges", "{}"},
        {"inbox", "{}"},
        {"lock", "{}"},
        {"person", "{'person':'%P'}"},
        {"person", "{'person':'%P'}"},
        {"findings", "{'person':'%P'}"},
        {"screen", "{'person':'%P'}"},
        {"sign", "{'person':'%P','leave':[]}"},
        {"told", "{'person':'%P','how':'telephone'}"},
        {"end-alarm", "{'person':'%P'}"},
        {"not-told", "{'person':'%P','why':'left'}"},
        {"letter", "{'person':'%P','language':'en','untold':true}"},
        {"wrong", "{'person':'%P','readings':[{'word':'height','text':'161'}]}"},
        {"measure",
         "{'person':'%P','key':'9b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e1','readings':[{'word':'height','text':'161'}]}"},
        {"measure", "{'person':'%P','key':'x','readings':[{'word':'bp','text':'230/140'},{'word':'x','text':'y'}]}"},
    };
    size_t at = pick(crowd, BROWSERS), what = pick(crowd, sizeof asked / sizeof asked[0]);
    struct browser browser = crowd->browsers[at];
    if (pick(crowd, 12) == 0) {
        open_somebody(crowd, at);
        return;
    }
    mix(crowd, &browser);
    struct answer answer = call(&browser, asked[what][0], asked[what][1]);
    judge(crowd, at, asked[what][0], answer);
    if (what == 4 && answer.status == 200) {
        struct answer unlocked = call(&crowd->browsers[at], "unlock", "{'secret':'246802'}");
        judge(crowd, at, "unlock", unlocked);
        assert_status(unlocked, 200);
    }
    if (strcmp(asked[what][0], "letter") != 0 || answer.status != 200) return;
    char path[100];
    size_t other = pick(crowd, BROWSERS);
    (void)snprintf(path, sizeof path, "%.*s", STR_ARGS(text_of(answer, "html")));
    struct answer letter = fetch_page(&crowd->browsers[other], path);
    if (other != at && letter.status == 200) fail_msg("the letter of another session was given");
    judge(crowd, at, "letter of its own", letter);
}

static void nobody_gets_anything_of_anybody_else(void **state)
{
    static const struct actor *const who[BROWSERS] = {&T_ASSISTANT, &T_CLINICIAN, &T_REGISTRAR, &T_MANAGER,
                                                      &T_ASSISTANT};
    struct crowd crowd = {.random = 20261130};
    (void)state;
    crowd.world = pages_world_make("pages-canaries", true);
    for (size_t i = 0; i < BROWSERS; i++) {
        crowd.browsers[i] = browser_login(crowd.world, who[i]->id);
        crowd.open[i] = -1;
    }
    for (size_t i = 0; i < PEOPLE; i++) crowd.people[i] = enrol_one(&crowd, i);
    for (size_t i = 0; i < REQUESTS; i++) ask_something(&crowd);
    assert_true(crowd.seen > REQUESTS / 40); /* people were looked at, by who may */
    pages_world_drop(crowd.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_gets_anything_of_anybody_else)};
    return t_run(tests);
}
