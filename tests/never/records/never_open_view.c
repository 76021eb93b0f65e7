/* SPDX-License-Identifier: Apache-2.0
 *
 * N16, in one process and in the same millisecond: a view that is open when its decision ends reads and writes nothing
 * more. Every way to end a decision, each against every call of a view. The words are those of an opening that is
 * refused (N17). */
#include "t_site.h"

enum { MINUTE_MS = 60 * 1000 };

static _Atomic int64_t clock_now_ms; /* read by whoever serves the site */
static int64_t begun_ms;
static int64_t moving_clock(const struct clock *clock)
{
    (void)clock;
    return clock_now_ms;
}

/* --- ways to end ------------------------------------------------------------------------------------------------ */

struct scene {
    struct t_site *t;
    struct actor doctor; /* of this scene alone, so that they can be retired */
    struct rec_enrolled who;
    enum purpose purpose;
    struct str asked; /* what rec_open was given: the card, or the compartment */
};

static void withdrawn(struct scene *s) { t_withdraw(s->t, s->who.card, s->purpose); }
static void given_anew(struct scene *s) { t_give(s->t, s->who.card, s->purpose); }
static void run_out(struct scene *s)
{
    (void)s;
    clock_now_ms = begun_ms + 5 * MINUTE_MS; /* to the millisecond */
}
static void erased(struct scene *s)
{
    struct rec_erasure erasure;
    t_must(rec_erase(s->t->site, T_BESIDE, s->who.card, s->t->mem, &erasure, &err));
}
static void retired(struct scene *s) { t_must(staff_retire(s->t->site, T_MANAGER, NULL, s->doctor.id, &err)); }
static void card_renewed(struct scene *s)
{
    struct rec_view *own = t_open(s->t, T_PERSON, PURPOSE_SELF, s->who.card);
    t_must(rec_card_new(own, s->t->mem, &s->who.card, &err));
    t_close_view(&own);
}
static void too_old(struct scene *s)
{
    (void)s;
    clock_now_ms += 30 * MINUTE_MS;
}
static void too_old_away(struct scene *s)
{
    (void)s;
    clock_now_ms += 10 * MINUTE_MS;
}

static const struct ending {
    const char *name;
    void (*end)(struct scene *);
    enum purpose purpose;
    bool is_away, is_short; /* opened without the card; the consent ends after five minutes */
    enum salve_code code;
} endings[] = {
    {"withdrawn", withdrawn, PURPOSE_CARE, false, false, SALVE_E_CONSENT},
    {"withdrawn, person away", withdrawn, PURPOSE_FOLLOW_UP, true, false, SALVE_E_CONSENT},
    {"given anew", given_anew, PURPOSE_CARE, false, false, SALVE_E_CONSENT},
    {"run out", run_out, PURPOSE_CARE, false, true, SALVE_E_CONSENT},
    {"run out, person away", run_out, PURPOSE_FOLLOW_UP, true, true, SALVE_E_CONSENT},
    {"erased", erased, PURPOSE_CARE, false, false, SALVE_E_NOT_FOUND},
    {"erased, person away", erased, PURPOSE_FOLLOW_UP, true, false, SALVE_E_NOT_FOUND},
    {"retired", retired, PURPOSE_CARE, false, false, SALVE_E_ROLE},
    {"card renewed", card_renewed, PURPOSE_CARE, false, false, SALVE_E_CONSENT},
    {"half an hour", too_old, PURPOSE_CARE, false, false, SALVE_E_CONSENT},
    {"ten minutes, person away", too_old_away, PURPOSE_FOLLOW_UP, true, false, SALVE_E_CONSENT},
};

/* --- calls of a view -------------------------------------------------------------------------------------------- */

static struct str saved_id;
static struct tape saved;

static enum salve_code call_all(struct t_site *t, struct rec_view *view, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    (void)t;
    return rec_all(view, 0, &all, &count, err);
}
static enum salve_code call_read(struct t_site *t, struct rec_view *view, struct salve_err *err)
{
    const struct rec_resource *one = NULL;
    (void)t;
    return rec_read(view, saved_id, &one, err);
}
static enum salve_code call_history(struct t_site *t, struct rec_view *view, struct salve_err *err)
{
    const struct rec_resource **versions = NULL;
    size_t count = 0;
    return rec_history(view, saved_id, t->mem, &versions, &count, err);
}
static enum salve_code call_new_id(struct t_site *t, struct rec_view *view, struct salve_err *err)
{
    struct str id;
    return rec_new_id(view, t->mem, &id, err);
}
static enum salve_code call_save(struct t_site *t, struct rec_view *view, struct salve_err *err)
{
    struct rec_item item = {.tape = &saved};
    return rec_save(view, &item, 1, NULL, t->mem, err);
}
static enum salve_code call_card_new(struct t_site *t, struct rec_view *view, struct salve_err *err)
{
    struct str card;
    return rec_card_new(view, t->mem, &card, err);
}

static const struct {
    const char *name;
    enum salve_code (*call)(struct t_site *, struct rec_view *, struct salve_err *);
} calls[] = {{"rec_all", call_all},       {"rec_read", call_read}, {"rec_history", call_history},
             {"rec_new_id", call_new_id}, {"rec_save", call_save}, {"rec_card_new", call_card_new}};

enum { ENDINGS = sizeof endings / sizeof endings[0], CALLS = sizeof calls / sizeof calls[0] };

static struct t_site *make(void)
{
    struct t_site *t = t_site_make("never-open", false);
    clock_now_ms = T_SITE_NOW;
    t_site_close(t);
    t->options.clock = (struct clock){.now_unix_ms = moving_clock};
    t_site_open(t);
    return t;
}

/* A person with the consent, and a clinician, both new. */
static struct scene begin(struct t_site *t, const struct ending *ending)
{
    static char id[COMPARTMENT_TEXT_BYTES + 1], doctor[32];
    static int number;
    struct scene s = {.t = t, .purpose = ending->purpose};
    begun_ms = clock_now_ms;
    t_site_shown(t);
    (void)snprintf(doctor, sizeof doctor, "dr-%d", number++);
    s.doctor = (struct actor){.id = str_of(doctor), .role = ROLE_CLINICIAN};
    t_must(t_register(t->site, T_MANAGER, s.doctor.id, ROLE_CLINICIAN, &err));
    t_login(t, &s.doctor);
    s.who = t_enrol(t, "Haddad", "1980-01-01");
    struct consent_grant grant = t_grant(ending->purpose);
    if (ending->is_short) grant.not_after_unix_s = (begun_ms + 5 * MINUTE_MS) / 1000;
    t_must(rec_consent_give(t->site, T_REGISTRAR, s.who.card, &grant, t->mem, NULL, &err));
    compartment_text(s.who.compartment, id);
    s.asked = ending->is_away ? str_of(id) : s.who.card;
    return s;
}

/* How many lines of a kind the person sees; -1: nobody is there any more. */
static int lines(struct scene *s, const char *kind)
{
    struct rec_view *own = NULL;
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0;
    int n = 0;
    if (t_open_code(s->t, T_PERSON, PURPOSE_SELF, s->who.card, &own) != SALVE_OK) return -1;
    t_must(rec_looked(own, s->t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++) n += str_is(looks[i].kind, kind);
    assert_int_equal(missing, 0);
    t_close_view(&own);
    return n;
}

static void check(struct t_site *t, const struct ending *ending, size_t c)
{
    struct scene s = begin(t, ending);
    struct salve_err said = {0}, refused = {0};
    struct rec_view *view = t_open(s.t, s.doctor, ending->purpose, s.asked), *again = NULL;
    struct rec_ask ask = {.actor = s.doctor, .purpose = ending->purpose, .who = s.asked};
    t_must(rec_new_id(view, s.t->mem, &saved_id, &err));
    saved = t_weight(s.t, view, saved_id, "61");
    t_must(calls[0].call(s.t, view, &err)); /* it stands, and something was read */
    t_must(call_save(s.t, view, &err));
    ending->end(&s);
    for (int i = 0; i < 2; i++) {
        enum salve_code code = calls[c].call(s.t, view, &said);
        if (code != ending->code) fail_msg("%s, then %s: %s", ending->name, calls[c].name, salve_code_name(code));
    }
    if (rec_open(s.t->site, &ask, &again, &refused) == ending->code) {
        assert_string_equal(t_where(&said), t_where(&refused));
        assert_string_equal(said.why, refused.why);
        assert_int_equal(said.source_line, refused.source_line);
    }
    if (again != NULL) t_close_view(&again);
    int before = lines(&s, "read");
    t_close_view(&view); /* what was read before is noted all the same */
    assert_int_equal(lines(&s, "read"), before < 0 ? -1 : before + 2);
}

static void an_open_view_ends_with_its_decision(void **state)
{
    (void)state;
    struct t_site *t = make();
    for (size_t e = 0; e < ENDINGS; e++)
        for (size_t c = 0; c < CALLS; c++) check(t, &endings[e], c);
    t_site_drop(t);
}

/* A transfer is used up by the first reading, before anything is handed out: that view goes on, every other one ends,
 * and a run that is cut off then has used it up all the same. */
static void a_transfer_ends_with_the_first_reading(void **state)
{
    (void)state;
    static const struct ending transfer = {.purpose = PURPOSE_TRANSFER};
    struct t_site *t = make();
    for (size_t c = 0; c < CALLS; c++) {
        struct scene s = begin(t, &transfer);
        struct rec_view *first = t_open(t, s.doctor, PURPOSE_TRANSFER, s.asked), *again = NULL;
        struct rec_view *second = t_open(t, s.doctor, PURPOSE_TRANSFER, s.asked);
        t_must(rec_new_id(first, t->mem, &saved_id, &err));
        saved = t_weight(t, first, saved_id, "61");
        t_must(call_save(t, first, &err));
        t_must((c % 2 == 0 ? call_all : call_history)(t, first, &err));
        assert_code(calls[c].call(t, second, NULL), SALVE_E_CONSENT);
        assert_code(t_open_code(t, s.doctor, PURPOSE_TRANSFER, s.asked, &again), SALVE_E_CONSENT);
        for (size_t i = 0; i < 3; i++) t_must(calls[i].call(t, first, &err));
        assert_int_equal(lines(&s, "used"), 1);
        t_close_view(&first);
        t_close_view(&second);
        assert_int_equal(lines(&s, "used"), 1);
        assert_int_equal(lines(&s, "read"), 3); /* two of them are this one's own */
    }
    t_site_drop(t);
}

/* To the millisecond, and not a millisecond earlier. */
static void it_stands_until_then(void **state)
{
    (void)state;
    static const struct {
        size_t ending;
        int64_t last_ms;
    } rows[] = {{3, 5 * MINUTE_MS - 1}, {4, 5 * MINUTE_MS - 1}, {9, 30 * MINUTE_MS - 1}, {10, 10 * MINUTE_MS - 1}};
    for (size_t i = 0; i < 4; i++) {
        const struct ending *ending = &endings[rows[i].ending];
        struct t_site *t = make();
        struct scene s = begin(t, ending);
        struct rec_view *view = t_open(s.t, s.doctor, ending->purpose, s.asked);
        clock_now_ms = begun_ms + rows[i].last_ms;
        assert_ok(call_all(s.t, view, NULL));
        clock_now_ms++;
        assert_code(call_all(s.t, view, NULL), SALVE_E_CONSENT);
        clock_now_ms = begun_ms; /* nor does it come back when the clock is set back */
        assert_code(call_all(s.t, view, NULL), SALVE_E_CONSENT);
        t_close_view(&view);
        t_site_drop(t);
    }
}

/* The person's own view, and the calls that only it has. */
static void the_own_view_ends_too(void **state)
{
    (void)state;
    struct scene s = begin(make(), &endings[0]);
    const struct rec_resource *all = NULL;
    struct rec_look *looks = NULL;
    struct rec_consent *consents = NULL;
    struct rec_erasure erasure;
    size_t count = 0, missing = 0;
    for (int ending = 0; ending < 3; ending++) {
        struct rec_view *own = t_open(s.t, T_PERSON, PURPOSE_SELF, s.who.card);
        enum salve_code want = ending == 2 ? SALVE_E_NOT_FOUND : SALVE_E_CONSENT;
        assert_ok(rec_take(own, s.t->mem, &all, &count, NULL));
        if (ending == 0) clock_now_ms += 30 * MINUTE_MS;
        t_site_shown(s.t);
        if (ending == 1) card_renewed(&s);
        if (ending == 2) t_must(rec_erase(s.t->site, T_BESIDE, s.who.card, s.t->mem, &erasure, &err));
        assert_code(rec_take(own, s.t->mem, &all, &count, NULL), want);
        assert_code(rec_looked(own, s.t->mem, &looks, &count, &missing, NULL), want);
        assert_code(rec_consents(own, s.t->mem, &consents, &count, NULL), want);
        assert_code(call_all(s.t, own, NULL), want);
        t_close_view(&own);
    }
    t_site_drop(s.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_view_ends_with_its_decision),
        cmocka_unit_test(a_transfer_ends_with_the_first_reading),
        cmocka_unit_test(it_stands_until_then),
        cmocka_unit_test(the_own_view_ends_too),
    };
    return t_run(tests);
}
