/* SPDX-License-Identifier: Apache-2.0
 *
 * What cannot be seen from inside: the whole folder put back as it once was agrees with itself. What was signed since,
 * and is kept elsewhere, shows it: a checkpoint, a receipt, a proof of a look, as text or inside of JSON. So does
 * another history that grew from an older copy. */
#include "base/buf.h"
#include "records/site_int.h"
#include "t_site.h"

enum { MINUTE_MS = 60 * 1000, EVIDENCE = 4 };

struct story {
    struct t_site *t;
    struct rec_enrolled who;
    struct str then; /* a copy of the folder */
    struct str early, evidence[EVIDENCE];
    int minute;
};

static void look(struct story *s)
{
    struct t_site *t = s->t;
    t_site_at(t, T_SITE_NOW + ++s->minute * (int64_t)MINUTE_MS * 2); /* each one is signed */
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, s->who.card);
    (void)t_count(view);
    t_close_view(&view);
    t_site_close(t);
    t_site_open(t);
}

static struct str checkpoint(struct t_site *t)
{
    struct str text;
    t_must(file_read(arena_printf(t->mem, "%s/checkpoint", t->folder).ptr, 1 << 16, t->mem, &text, &err));
    return text;
}

static struct str in_json(struct arena *mem, struct str text)
{
    struct buf out;
    struct str json;
    buf_init(&out, mem, text.len * 2 + 100);
    buf_add(&out, STR("[{\"proof\":\""));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            buf_add(&out, STR("\\n"));
        else
            buf_add_char(&out, text.ptr[i]);
    }
    buf_add(&out, STR("\"}]\n"));
    t_must(buf_done(&out, &json, &err));
    return json;
}

static struct str proof_of_newest(struct story *s)
{
    struct t_site *t = s->t;
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, s->who.card);
    struct rec_look *looks = NULL;
    struct str proof = STR_NONE;
    size_t count = 0, missing = 0;
    t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++)
        if (looks[i].proved) proof = looks[i].proof;
    t_close_view(&view);
    assert_true(proof.len > 0);
    return proof;
}

static struct story story_make(void)
{
    struct story s = {.t = t_site_make("never-whole", false)};
    struct t_site *t = s.t;
    s.who = t_enrol(t, "Haddad", "1980-01-01");
    look(&s);
    s.early = checkpoint(t);
    s.then = arena_printf(t->mem, "%s-then", t->folder);
    t_site_close(t);
    t_remove(s.then.ptr);
    t_copy(t->folder, s.then.ptr);
    t_site_open(t);
    for (int i = 0; i < 12; i++) look(&s);
    s.evidence[0] = checkpoint(t);
    s.evidence[1] = proof_of_newest(&s);
    s.evidence[2] = arena_printf(t->mem, "You took back: care.\n\n%.*s\nKeep this paper.\n", STR_ARGS(s.evidence[1]));
    s.evidence[3] = in_json(t->mem, s.evidence[1]);
    t_site_close(t);
    return s;
}

static enum salve_code verify_against(struct t_site *t, struct str against)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.against = against};
    struct salve_err why = {0};
    return site_verify_path(&t->options, &ask, &result, &why);
}

static void put_back(struct story *s)
{
    t_remove(s->t->folder);
    t_copy(s->then.ptr, s->t->folder);
}

static void a_folder_of_an_earlier_time_is_seen_by_what_was_signed_since(void **state)
{
    (void)state;
    struct story s = story_make();
    assert_ok(verify_against(s.t, s.early));
    for (int i = 0; i < EVIDENCE; i++) assert_ok(verify_against(s.t, s.evidence[i]));
    put_back(&s);
    assert_ok(verify_against(s.t, STR_NONE)); /* it agrees with itself */
    assert_ok(verify_against(s.t, s.early));
    for (int i = 0; i < EVIDENCE; i++) assert_code(verify_against(s.t, s.evidence[i]), SALVE_E_INTEGRITY);
    t_remove(s.then.ptr);
    t_site_drop(s.t);
}

static void another_history_is_seen_by_what_was_signed(void **state)
{
    (void)state;
    struct story s = story_make();
    put_back(&s);
    t_site_open(s.t);
    for (int i = 0; i < 24; i++) look(&s);
    t_site_close(s.t);
    assert_ok(verify_against(s.t, STR_NONE));
    for (int i = 0; i < EVIDENCE; i++) assert_code(verify_against(s.t, s.evidence[i]), SALVE_E_INTEGRITY);
    t_remove(s.then.ptr);
    t_site_drop(s.t);
}

/* A head that nobody of this site signed says nothing, and text without one neither. */
static void only_a_signed_head_of_this_site_counts(void **state)
{
    (void)state;
    struct story s = story_make();
    struct str forged;
    t_must(arena_str(s.t->mem, s.evidence[0], &forged, &err));
    for (size_t i = 0; i < forged.len; i += 7) {
        ((char *)forged.ptr)[i] ^= 1;
        enum salve_code code = verify_against(s.t, forged);
        assert_true(code == SALVE_E_INVALID || code == SALVE_E_INTEGRITY || code == SALVE_E_TOO_BIG);
        ((char *)forged.ptr)[i] ^= 1;
    }
    assert_ok(verify_against(s.t, forged));
    assert_code(verify_against(s.t, STR("\n\n\xe2\x80\x94 ")), SALVE_E_INVALID);
    assert_code(verify_against(s.t, STR("nothing")), SALVE_E_INVALID);
    t_remove(s.then.ptr);
    t_site_drop(s.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_of_an_earlier_time_is_seen_by_what_was_signed_since),
        cmocka_unit_test(another_history_is_seen_by_what_was_signed),
        cmocka_unit_test(only_a_signed_head_of_this_site_counts),
    };
    return t_run(tests);
}
