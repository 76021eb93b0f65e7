/* SPDX-License-Identifier: Apache-2.0
 *
 * What staff shows to show that it is them, on a site that is reached by a name: passkeys, passphrase and code, a PIN at
 * an enrolled tablet; their accounts; a new start. */
#include "records/account.h"
#include "records/gate.h"
#include "records/worklist.h"
#include "t_passkey.h"
#include "t_site.h"

#define RP     "clinic.example"
#define ORIGIN "https://clinic.example"
#define PHRASE STR("a river under the old bridge")
#define OTHER  STR("another river, another bridge")

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS };
#define DAY_MS ((int64_t)24 * 60 * MINUTE_MS)

static struct t_site *t;
static int64_t wall_ms;
static uint8_t challenge_bytes[PROOF_CHALLENGE_BYTES];

static int64_t wall(const struct clock *clock)
{
    (void)clock;
    return wall_ms;
}

static void after(int64_t ms) { wall_ms += ms; }

static struct site *near_site(void)
{
#ifdef T_SITE_FAR
    return t->far->near;
#else
    return t->site;
#endif
}

static void is_reached_by(enum site_mode mode)
{
    struct site_names names = {.mode = mode, .rp_id = STR(RP), .origins = {STR(ORIGIN)}, .origin_count = 1};
    t_must(site_names_use(near_site(), &names, &err));
}

static struct str challenge(void)
{
    t_must(proof_challenge(t->site, challenge_bytes, &err));
    return str_bytes(challenge_bytes, sizeof challenge_bytes);
}

static enum salve_code begin(struct str id, const struct proof *shown, struct session *out)
{
    struct session ignored;
    return session_begin_by(t->site, id, shown, t->mem, out == NULL ? &ignored : out, NULL);
}

static enum salve_code begin_with(struct str id, struct str secret, struct session *out)
{
    return begin(id, &(struct proof){.secret = secret}, out);
}

/* In a session where nothing but the machine is asked for, with a passphrase. */
static struct actor with_phrase(struct actor who, struct str phrase)
{
    struct session session;
    is_reached_by(SITE_LOCAL);
    t_must(session_begin(t->site, who.id, T_PIN, t->mem, &session, &err));
    t_must(staff_pin_set(t->site, session.actor, NULL, who.id, phrase, &err));
    is_reached_by(SITE_SITE);
    return who;
}

static bool opens(const struct session *session)
{
    struct work *list = NULL;
    size_t count = 0;
    return t_worklist(t->site, session->actor, t->mem, &list, &count, NULL) == SALVE_OK;
}

/* --- passkeys ----------------------------------------------------------------------------------------------------- */

static enum salve_code add(const struct session *session, struct t_passkey *key, const char *label)
{
    struct str id;
    struct str asked = challenge();
    t_passkey_make(key, RP, ORIGIN, asked);
    struct passkey_new fresh = {asked, t_str(&key->data), t_str(&key->client), str_of(label)};
    return account_passkey_add(t->site, session->actor, &fresh, t->mem, &id, NULL);
}

static struct proof proof_by(struct t_passkey *key)
{
    struct str asked = challenge();
    t_passkey_show(key, RP, ORIGIN, asked);
    return (struct proof){.challenge = asked,
                          .credential = t_str(&key->credential),
                          .authenticator_data = t_str(&key->data),
                          .client_data = t_str(&key->client),
                          .signature = t_str(&key->signature)};
}

static struct account account_of(const struct session *session)
{
    struct account account;
    t_must(account_read(t->site, session->actor, t->mem, &account, &err));
    return account;
}

/* A passphrase, then a passkey of one's own. */
static struct session sets_up(struct actor who, struct t_passkey *key)
{
    struct session session;
    (void)with_phrase(who, PHRASE);
    t_must(begin_with(who.id, PHRASE, &session));
    t_must(add(&session, key, "blue key"));
    return session;
}

static void a_passphrase_alone_sets_up_and_opens_nobody(void **state)
{
    (void)state;
    struct session session;
    struct actor actor;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
    struct actor who = with_phrase(T_CLINICIAN, PHRASE);
    assert_code(begin_with(who.id, T_PIN, NULL), SALVE_E_PIN); /* as if it were wrong */
    assert_code(begin_with(who.id, OTHER, NULL), SALVE_E_PIN);
    assert_code(begin_with(STR("nobody"), PHRASE, NULL), SALVE_E_PIN);
    t_must(begin_with(who.id, PHRASE, &session));
    assert_true(session.must_set_up);
    t_must(session_actor(t->site, session.token, t->mem, &actor, &err));
    assert_false(opens(&session));
    assert_code(staff_pin_set(t->site, session.actor, NULL, who.id, OTHER, NULL), SALVE_E_ROLE);
    struct account account = account_of(&session);
    assert_str(account.name, "dr-amina");
    assert_true(account.has_pin && account.has_phrase && !account.has_totp && account.passkey_count == 0);
    t_must(add(&session, &key, "blue key"));
    assert_true(opens(&session)); /* the same session is a whole one from then on */
    t_must(session_look(t->site, session.token, t->mem, &session, &err));
    assert_false(session.must_set_up);
    assert_code(begin_with(who.id, PHRASE, NULL), SALVE_E_PIN); /* who has a passkey shows it */
    t_passkey_drop(&key);
}

static void each_kind_of_passkey_logs_in(void **state)
{
    (void)state;
    static const char *const names[PASSKEY_ALGS] = {"es256", "eddsa", "rs256"};
    struct session session = {.must_set_up = true};
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) {
        struct t_passkey key = t_passkey_new((enum passkey_alg)alg, names[alg]);
        if (alg == 0)
            session = sets_up(T_CLINICIAN, &key);
        else
            t_must(add(&session, &key, names[alg]));
        struct proof shown = proof_by(&key);
        t_must(begin(STR_NONE, &shown, &session));
        assert_str(session.actor.id, "dr-amina");
        assert_false(session.must_set_up);
        assert_true(opens(&session));
        struct account account = account_of(&session);
        assert_int_equal(account.passkey_count, alg + 1);
        t_passkey_drop(&key);
    }
}

static void a_passkey_that_is_not_theirs(void **state)
{
    (void)state;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue"), other = t_passkey_new(PASSKEY_ES256, "other");
    struct session session = sets_up(T_CLINICIAN, &key);
    struct proof shown = proof_by(&other);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN); /* nobody's */
    memcpy(other.credential.at, key.credential.at, key.credential.len);
    other.credential.len = key.credential.len;
    shown = proof_by(&other);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN); /* its id, by another key */
    shown = proof_by(&key);
    shown.signature = t_str(&other.signature);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN);
    shown = proof_by(&key);
    t_must(begin(STR_NONE, &shown, &session));
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN); /* the challenge was used */
    shown = proof_by(&key);
    after(MINUTE_MS);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN); /* it is over */
    t_passkey_show(&key, RP, "https://evil.example", challenge());
    shown.challenge = str_bytes(challenge_bytes, sizeof challenge_bytes);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN);
    t_passkey_drop(&key);
    t_passkey_drop(&other);
}

static void another_name_of_the_site_takes_none(void **state)
{
    (void)state;
    struct session session;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
    (void)sets_up(T_CLINICIAN, &key);
    struct site_names other = {
        .mode = SITE_SITE, .rp_id = STR("other.example"), .origins = {STR("https://other.example")}, .origin_count = 1};
    t_must(site_names_use(near_site(), &other, &err));
    struct proof shown = proof_by(&key);
    assert_code(begin(STR_NONE, &shown, &session), SALVE_E_PIN);
    t_passkey_drop(&key);
}

static void a_counter_that_goes_back_is_told(void **state)
{
    (void)state;
    struct session session;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
    key.counter = 5;
    session = sets_up(T_CLINICIAN, &key);
    struct proof shown = proof_by(&key);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN); /* as it was made */
    key.counter = 9;
    shown = proof_by(&key);
    t_must(begin(STR_NONE, &shown, &session));
    int64_t before_unix_ms = account_of(&session).passkeys[0].went_back_unix_ms;
    after(MINUTE_MS);
    key.counter = 8;
    shown = proof_by(&key);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN);
    key.counter = 0;
    shown = proof_by(&key);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN);
    assert_true(account_of(&session).passkeys[0].went_back_unix_ms > before_unix_ms);
    key.counter = 10;
    shown = proof_by(&key);
    t_must(begin(STR_NONE, &shown, &session));
    t_passkey_drop(&key);
}

static void one_that_is_removed_opens_nothing(void **state)
{
    (void)state;
    struct session session, other;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue"), spare = t_passkey_new(PASSKEY_EDDSA, "spare");
    session = sets_up(T_CLINICIAN, &key);
    t_must(add(&session, &spare, "spare key"));
    assert_code(add(&session, &spare, "spare key"), SALVE_E_CONFLICT);
    struct proof shown = proof_by(&key);
    t_must(begin(STR_NONE, &shown, &other));
    struct account account = account_of(&session);
    struct str id = account.passkeys[str_is(account.passkeys[0].label, "blue key") ? 0 : 1].id;
    assert_code(account_passkey_remove(t->site, T_MANAGER, id, NULL), SALVE_E_NOT_FOUND);
    assert_code(account_passkey_remove(t->site, session.actor, STR("none"), NULL), SALVE_E_NOT_FOUND);
    t_must(account_passkey_remove(t->site, session.actor, id, &err));
    assert_code(session_look(t->site, other.token, t->mem, &other, NULL), SALVE_E_SESSION);
    assert_int_equal(account_of(&session).passkey_count, 1);
    shown = proof_by(&key);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN);
    assert_code(account_passkey_remove(t->site, session.actor, id, NULL), SALVE_E_NOT_FOUND);
    t_must(add(&session, &key, "blue key again"));
    t_passkey_drop(&key);
    t_passkey_drop(&spare);
}

static void passkeys_have_a_name_and_a_number(void **state)
{
    (void)state;
    static const char *const labels[] = {"", "\x1b[31mred", "\xff",
                                         "12345678901234567890123456789012345678901234567890123456789012345"};
    char credential[16];
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "c0");
    struct session session = sets_up(T_CLINICIAN, &key);
    t_passkey_drop(&key);
    for (int i = 1; i <= ACCOUNT_PASSKEYS_MAX; i++) {
        (void)snprintf(credential, sizeof credential, "c%d", i);
        key = t_passkey_new(PASSKEY_ES256, credential);
        if (i == 1)
            for (size_t row = 0; row < sizeof labels / sizeof labels[0]; row++)
                assert_code(add(&session, &key, labels[row]), SALVE_E_INVALID);
        assert_code(add(&session, &key, "one"), i < ACCOUNT_PASSKEYS_MAX ? SALVE_OK : SALVE_E_QUOTA);
        t_passkey_drop(&key);
    }
}

/* --- passphrase and code ------------------------------------------------------------------------------------------ */

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* What a generator shows at a time. */
static struct str code_at(const struct account_totp *totp, int64_t unix_ms)
{
    static char code[TOTP_DIGITS + 1];
    uint8_t secret[CRYPTO_KEY_BYTES] = {0};
    uint32_t held = 0;
    unsigned bits = 0;
    size_t n = 0;
    struct crypto_keys *slots = NULL;
    for (const char *at = totp->secret; *at != '\0'; at++) {
        held = held << 5 | (uint32_t)(strchr(base32, *at) - base32);
        if ((bits += 5) >= 8) secret[n++] = (uint8_t)(held >> (bits -= 8));
    }
    t_must(crypto_keys_new(1, &slots, &err));
    crypto_key_import(crypto_keys_at(slots, 0), secret);
    t_must(totp_code(crypto_keys_at(slots, 0), (uint64_t)(unix_ms / 1000 / TOTP_STEP_SECONDS), code, &err));
    crypto_keys_drop(&slots);
    return str_of(code);
}

static enum salve_code with_code(struct str id, struct str phrase, struct str code, struct session *out)
{
    return begin(id, &(struct proof){.secret = phrase, .code = code}, out);
}

/* A passphrase and a generator. */
static struct account_totp has_totp(struct actor who, struct session *session)
{
    struct account_totp totp;
    (void)with_phrase(who, PHRASE);
    t_must(begin_with(who.id, PHRASE, session));
    t_must(account_totp_begin(t->site, session->actor, &totp, &err));
    t_must(account_totp_confirm(t->site, session->actor, code_at(&totp, wall_ms), &err));
    return totp;
}

static void a_code_is_good_once(void **state)
{
    (void)state;
    struct session session;
    struct account_totp totp = has_totp(T_CLINICIAN, &session);
    struct str id = T_CLINICIAN.id;
    assert_true(opens(&session)); /* what it was set up in is whole */
    assert_true(account_of(&session).has_totp);
    assert_true(strstr(totp.uri, totp.secret) != NULL && strncmp(totp.uri, "otpauth://totp/", 15) == 0);
    assert_code(with_code(id, PHRASE, code_at(&totp, wall_ms), NULL), SALVE_E_PIN); /* it was used to confirm */
    after(30 * SECOND_MS);
    assert_code(begin_with(id, PHRASE, NULL), SALVE_E_PIN); /* without a code */
    assert_code(with_code(id, OTHER, code_at(&totp, wall_ms), NULL), SALVE_E_PIN);
    t_must(with_code(id, PHRASE, code_at(&totp, wall_ms), &session));
    assert_true(!session.must_set_up && opens(&session));
    assert_code(with_code(id, PHRASE, code_at(&totp, wall_ms), NULL), SALVE_E_PIN);
    after(60 * SECOND_MS);
    assert_code(with_code(id, PHRASE, code_at(&totp, wall_ms - 60 * SECOND_MS), NULL), SALVE_E_PIN);
    t_must(with_code(id, PHRASE, code_at(&totp, wall_ms + 30 * SECOND_MS), &session));
    assert_code(with_code(id, PHRASE, code_at(&totp, wall_ms), NULL), SALVE_E_PIN); /* an earlier one */
}

/* The same code is used up also in another run of the gate. */
static void a_used_code_is_remembered(void **state)
{
    (void)state;
    struct session session;
    struct account_totp totp = has_totp(T_CLINICIAN, &session);
    after(30 * SECOND_MS);
    t_must(with_code(T_CLINICIAN.id, PHRASE, code_at(&totp, wall_ms), NULL));
    t_site_close(t);
    t_site_open(t);
    is_reached_by(SITE_SITE);
    assert_code(with_code(T_CLINICIAN.id, PHRASE, code_at(&totp, wall_ms), NULL), SALVE_E_PIN);
    after(30 * SECOND_MS);
    t_must(with_code(T_CLINICIAN.id, PHRASE, code_at(&totp, wall_ms), NULL));
}

static void a_generator_counts_from_its_first_code_on(void **state)
{
    (void)state;
    struct session session;
    struct account_totp totp = has_totp(T_CLINICIAN, &session), next;
    t_must(account_totp_begin(t->site, session.actor, &next, &err));
    assert_true(strcmp(totp.secret, next.secret) != 0);
    after(30 * SECOND_MS);
    assert_code(account_totp_confirm(t->site, session.actor, code_at(&totp, wall_ms), NULL), SALVE_E_PIN);
    assert_code(account_totp_confirm(t->site, session.actor, STR("12345"), NULL), SALVE_E_PIN);
    t_must(with_code(T_CLINICIAN.id, PHRASE, code_at(&totp, wall_ms), NULL)); /* the one before stands */
    after(30 * SECOND_MS);
    t_must(account_totp_confirm(t->site, session.actor, code_at(&next, wall_ms), &err));
    assert_code(account_totp_confirm(t->site, session.actor, code_at(&next, wall_ms), NULL), SALVE_E_NOT_FOUND);
    after(30 * SECOND_MS);
    assert_code(with_code(T_CLINICIAN.id, PHRASE, code_at(&totp, wall_ms), NULL), SALVE_E_PIN);
    t_must(with_code(T_CLINICIAN.id, PHRASE, code_at(&next, wall_ms), NULL));
}

static void no_code_while_the_clock_is_doubted(void **state)
{
    (void)state;
    struct session session;
    struct account_totp totp = has_totp(T_MANAGER, &session);
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
    t_must(add(&session, &key, "blue key"));
    (void)t_enrol(t, "Haddad", "1980-01-01"); /* the time is noted */
    after(-2 * DAY_MS);
    assert_code(with_code(T_MANAGER.id, PHRASE, code_at(&totp, wall_ms), NULL), SALVE_E_CLOCK);
    assert_code(with_code(STR("nobody"), PHRASE, STR("123456"), NULL), SALVE_E_CLOCK);
    struct proof shown = proof_by(&key);
    t_must(begin(STR_NONE, &shown, &session)); /* who can put the clock right still can */
    t_passkey_drop(&key);
}

/* --- tablets ------------------------------------------------------------------------------------------------------ */

static EVP_PKEY *device;
static char tablet[64];
static uint8_t signature[PASSKEY_POINT_SIGNATURE_BYTES];

static struct proof at_tablet(struct str id, struct str pin)
{
    char text[PASSKEY_CHALLENGE_BYTES * 2];
    struct str asked = challenge();
    crypto_base64url(asked.ptr, asked.len, text);
    struct str message = arena_printf(t->mem, "salve tablet 1\n%s\n%.*s", text, STR_ARGS(id));
    t_tablet_sign(device, message, signature);
    return (struct proof){.secret = pin,
                          .challenge = asked,
                          .tablet = str_of(tablet),
                          .tablet_signature = str_bytes(signature, sizeof signature)};
}

/* In a session of the manager, where the machine alone is asked for. */
static struct session enrols(void)
{
    struct session session;
    struct str id;
    struct tablet_new fresh = {.label = STR("tablet 3")};
    is_reached_by(SITE_LOCAL);
    t_must(session_begin(t->site, T_MANAGER.id, T_PIN, t->mem, &session, &err));
    is_reached_by(SITE_SITE);
    device = EVP_EC_gen("P-256");
    t_point(device, fresh.public_key);
    t_must(tablet_enrol(t->site, session.actor, &fresh, t->mem, &id, &err));
    (void)snprintf(tablet, sizeof tablet, "%.*s", STR_ARGS(id));
    assert_code(tablet_enrol(t->site, session.actor, &fresh, t->mem, &id, NULL), SALVE_E_CONFLICT);
    fresh.public_key[64] ^= 1;
    assert_code(tablet_enrol(t->site, session.actor, &fresh, t->mem, &id, NULL), SALVE_E_INVALID);
    return session;
}

static void drops_device(void) { EVP_PKEY_free(device); }

static struct tablet the_tablet(const struct session *session)
{
    struct tablet *list = NULL;
    size_t count = 0;
    t_must(tablet_list(t->site, session->actor, t->mem, &list, &count, &err));
    assert_int_equal(count, 1);
    return list[0];
}

static void a_pin_is_enough_at_a_tablet(void **state)
{
    (void)state;
    struct session manager = enrols(), session;
    struct str id = T_ASSISTANT.id;
    assert_true(the_tablet(&manager).is_here);
    assert_str(the_tablet(&manager).label, "tablet 3");
    assert_str(the_tablet(&manager).by, "mia");
    assert_code(begin_with(id, T_PIN, NULL), SALVE_E_PIN);
    struct proof shown = at_tablet(id, T_PIN);
    t_must(begin(id, &shown, &session));
    assert_true(!session.must_set_up && opens(&session));
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN); /* the challenge was used */
    assert_true(the_tablet(&manager).seen_unix_ms == wall_ms);
    shown = at_tablet(id, STR("135790"));
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    shown = at_tablet(T_CLINICIAN.id, T_PIN); /* signed for another name */
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    shown = at_tablet(id, T_PIN);
    signature[5] ^= 1;
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    shown = at_tablet(id, T_PIN);
    after(MINUTE_MS);
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    shown = at_tablet(id, T_PIN);
    shown.tablet = STR("00000000000000000000000000000000");
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    t_must(session_lock(t->site, session.token, &err));
    assert_code(session_unlock(t->site, session.token, T_PIN, t->mem, &session, NULL), SALVE_E_PIN);
    shown = at_tablet(id, T_PIN);
    t_must(session_unlock_by(t->site, session.token, &shown, t->mem, &session, &err));
    assert_true(opens(&session));
    drops_device();
}

/* Whoever took a tablet and saw a PIN gets no passkey of their own. */
static void a_pin_is_no_way_to_more(void **state)
{
    (void)state;
    struct session session;
    struct account_totp totp;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue"), other = t_passkey_new(PASSKEY_ES256, "other");
    (void)enrols();
    struct proof shown = at_tablet(T_REGISTRAR.id, T_PIN);
    t_must(begin(T_REGISTRAR.id, &shown, &session));
    t_must(add(&session, &key, "blue key")); /* who has nothing else may begin with it */
    assert_code(add(&session, &other, "other key"), SALVE_E_ROLE);
    assert_code(account_totp_begin(t->site, session.actor, &totp, NULL), SALVE_E_ROLE);
    shown = proof_by(&key);
    t_must(session_step_up(t->site, session.token, &shown, t->mem, &session, &err));
    t_must(add(&session, &other, "other key"));
    shown = at_tablet(T_REGISTRAR.id, T_PIN);
    t_must(session_step_up(t->site, session.token, &shown, t->mem, &session, &err));
    assert_code(account_totp_begin(t->site, session.actor, &totp, NULL), SALVE_E_ROLE);
    t_passkey_drop(&key);
    t_passkey_drop(&other);
    drops_device();
}

static void what_is_locked_or_removed_ends(void **state)
{
    (void)state;
    struct session manager = enrols(), session;
    struct str id = T_ASSISTANT.id;
    is_reached_by(SITE_LOCAL); /* not at the tablet, or it would end itself */
    t_must(session_begin(t->site, T_MANAGER.id, T_PIN, t->mem, &manager, &err));
    is_reached_by(SITE_SITE);
    struct proof shown = at_tablet(id, T_PIN);
    t_must(begin(id, &shown, &session));
    t_must(tablet_lock(t->site, manager.actor, str_of(tablet), true, &err));
    assert_code(session_look(t->site, session.token, t->mem, &session, NULL), SALVE_E_SESSION);
    assert_true(the_tablet(&manager).is_locked);
    shown = at_tablet(id, T_PIN);
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    t_must(tablet_lock(t->site, manager.actor, str_of(tablet), false, &err));
    shown = at_tablet(id, T_PIN);
    t_must(begin(id, &shown, &session));
    t_must(tablet_remove(t->site, manager.actor, str_of(tablet), &err));
    assert_code(session_look(t->site, session.token, t->mem, &session, NULL), SALVE_E_SESSION);
    assert_code(tablet_remove(t->site, manager.actor, str_of(tablet), NULL), SALVE_E_NOT_FOUND);
    assert_code(tablet_lock(t->site, manager.actor, STR("x"), true, NULL), SALVE_E_NOT_FOUND);
    shown = at_tablet(id, T_PIN);
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    drops_device();
}

/* Also one that a passphrase began there; one that it began elsewhere goes on. */
static void any_secret_at_a_tablet_ends_with_it(void **state)
{
    (void)state;
    struct session manager = enrols(), there, elsewhere;
    struct str id = T_CLINICIAN.id;
    is_reached_by(SITE_LOCAL);
    t_must(session_begin(t->site, T_MANAGER.id, T_PIN, t->mem, &manager, &err));
    is_reached_by(SITE_SITE);
    (void)with_phrase(T_CLINICIAN, PHRASE);
    struct proof shown = at_tablet(id, PHRASE);
    t_must(begin(id, &shown, &there));
    t_must(begin_with(id, PHRASE, &elsewhere));
    t_must(tablet_lock(t->site, manager.actor, str_of(tablet), true, &err));
    assert_code(session_look(t->site, there.token, t->mem, &there, NULL), SALVE_E_SESSION);
    t_must(session_look(t->site, elsewhere.token, t->mem, &elsewhere, &err));
    shown = at_tablet(id, PHRASE); /* a browser like any other from now on */
    t_must(begin(id, &shown, &there));
    drops_device();
}

static void who_may_have_tablets(void **state)
{
    (void)state;
    struct session manager = enrols(), session;
    struct tablet *list = NULL;
    size_t count = 0;
    struct proof shown = at_tablet(T_ASSISTANT.id, T_PIN);
    t_must(begin(T_ASSISTANT.id, &shown, &session));
    assert_code(tablet_list(t->site, session.actor, t->mem, &list, &count, NULL), SALVE_E_ROLE);
    assert_code(tablet_lock(t->site, session.actor, str_of(tablet), true, NULL), SALVE_E_ROLE);
    shown = at_tablet(T_TECHNICIAN.id, T_PIN);
    t_must(begin(T_TECHNICIAN.id, &shown, &session));
    after(SESSION_FRESH_MINUTES * MINUTE_MS / 2);
    t_must(session_actor(t->site, session.token, t->mem, &session.actor, NULL) == SALVE_E_LOCKED
               ? session_unlock_by(t->site, session.token, (shown = at_tablet(T_TECHNICIAN.id, T_PIN), &shown), t->mem,
                                   &session, &err)
               : SALVE_OK);
    t_must(tablet_list(t->site, session.actor, t->mem, &list, &count, &err));
    t_must(tablet_lock(t->site, session.actor, str_of(tablet), false, &err));
    (void)manager;
    drops_device();
}

static void five_wrong_pins_close_that_way(void **state)
{
    (void)state;
    struct session session;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
    (void)enrols();
    struct str id = T_ASSISTANT.id;
    (void)sets_up(T_ASSISTANT, &key);
    for (int i = 0; i < 20; i++) assert_code(begin_with(id, STR("135790"), NULL), SALVE_E_PIN); /* elsewhere */
    struct proof shown = at_tablet(id, T_PIN);
    t_must(begin(id, &shown, &session)); /* nobody else closes it */
    for (int i = 0; i < 5; i++) {
        shown = at_tablet(id, STR("135790"));
        assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    }
    after(2 * 60 * MINUTE_MS); /* waiting does not help */
    shown = at_tablet(id, T_PIN);
    assert_code(begin(id, &shown, NULL), SALVE_E_PIN);
    shown = proof_by(&key);
    t_must(begin(STR_NONE, &shown, &session));
    shown = at_tablet(id, T_PIN);
    t_must(begin(id, &shown, &session));
    t_passkey_drop(&key);
    drops_device();
}

/* --- the same words ----------------------------------------------------------------------------------------------- */

static void is_refused_alike(struct str id, const struct proof *shown)
{
    struct session session;
    struct salve_err err = {0};
    assert_code(session_begin_by(t->site, id, shown, t->mem, &session, &err), SALVE_E_PIN);
    assert_string_equal(err.element, "staff name and PIN");
    assert_string_equal(err.why, "");
}

/* Whoever's the name is, and whatever was wrong. */
static void what_was_wrong_is_not_told(void **state)
{
    (void)state;
    struct session session;
    (void)has_totp(T_CLINICIAN, &session);
    (void)enrols();
    const struct str names[] = {T_CLINICIAN.id, T_ASSISTANT.id, STR("nobody"), STR("No Name"), STR("")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct proof shown = {.secret = T_PIN}; /* right, without a tablet */
        is_refused_alike(names[i], &shown);
        shown = (struct proof){.secret = i == 0 ? PHRASE : OTHER, .code = STR("000000")};
        is_refused_alike(names[i], &shown);
        shown = at_tablet(names[i], STR("135790"));
        is_refused_alike(names[i], &shown);
        shown = at_tablet(names[i], T_PIN);
        shown.tablet = STR("0f3c29a1d5e8b7460f3c29a1d5e8b746");
        is_refused_alike(names[i], &shown);
    }
    for (size_t i = 1; i < 3; i++) /* one is somebody's, one nobody's: the way closes alike */
        for (int try = 0; try < 6; try++) {
            struct salve_err why = {0};
            struct proof shown = at_tablet(names[i], STR("135790"));
            assert_code(session_begin_by(t->site, names[i], &shown, t->mem, &session, &why), SALVE_E_PIN);
            assert_int_equal(why.why[0] != '\0', try >= 4);
        }
    drops_device();
}

/* --- showing it again --------------------------------------------------------------------------------------------- */

static void it_is_shown_again(void **state)
{
    (void)state;
    struct session session, stepped;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue"), other = t_passkey_new(PASSKEY_ES256, "spare"),
                     theirs = t_passkey_new(PASSKEY_ES256, "theirs");
    session = sets_up(T_CLINICIAN, &key);
    (void)sets_up(T_ASSISTANT, &theirs);
    struct proof shown = proof_by(&key);
    t_must(begin(STR_NONE, &shown, &session));
    assert_true(session.fresh_until_unix_ms == wall_ms + (int64_t)SESSION_FRESH_MINUTES * MINUTE_MS);
    for (int i = 0; i < 10; i++) { /* in use, so it does not lock */
        after(MINUTE_MS);
        t_must(session_actor(t->site, session.token, t->mem, &session.actor, &err));
    }
    assert_code(add(&session, &other, "spare key"), SALVE_E_STEP_UP);
    shown = proof_by(&theirs);
    assert_code(session_step_up(t->site, session.token, &shown, t->mem, &stepped, NULL), SALVE_E_PIN);
    assert_code(session_step_up(t->site, session.token, &(struct proof){.secret = PHRASE}, t->mem, &stepped, NULL),
                SALVE_E_PIN);
    assert_code(add(&session, &other, "spare key"), SALVE_E_STEP_UP);
    shown = proof_by(&key);
    t_must(session_step_up(t->site, session.token, &shown, t->mem, &stepped, &err));
    assert_memory_equal(stepped.token, session.token, sizeof session.token);
    assert_true(stepped.fresh_until_unix_ms == wall_ms + (int64_t)SESSION_FRESH_MINUTES * MINUTE_MS);
    t_must(add(&session, &other, "spare key"));
    t_must(session_lock(t->site, session.token, &err));
    shown = proof_by(&key);
    assert_code(session_step_up(t->site, session.token, &shown, t->mem, &stepped, NULL), SALVE_E_LOCKED);
    shown = proof_by(&key);
    t_must(session_unlock_by(t->site, session.token, &shown, t->mem, &session, &err));
    t_passkey_drop(&key);
    t_passkey_drop(&other);
    t_passkey_drop(&theirs);
}

/* --- a new start -------------------------------------------------------------------------------------------------- */

static enum salve_code restart(struct actor manager, const struct actor *second, struct str id)
{
    return staff_restart(t->site, manager, second, id, OTHER, NULL);
}

static void two_give_a_new_start(void **state)
{
    (void)state;
    struct session session;
    struct staff *staff = NULL;
    size_t count = 0;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
    session = sets_up(T_CLINICIAN, &key);
    struct actor manager = T_MANAGER, second = T_ASSISTANT, nobody = {.id = STR("nobody"), .role = ROLE_ASSISTANT};
    struct str id = T_CLINICIAN.id;
    assert_code(restart(T_ASSISTANT, &manager, id), SALVE_E_ROLE);
    assert_code(restart(manager, NULL, id), SALVE_E_ROLE);
    assert_code(restart(manager, &manager, id), SALVE_E_ROLE);
    assert_code(restart(manager, &session.actor, id), SALVE_E_ROLE); /* whom it is about */
    assert_code(restart(manager, &nobody, id), SALVE_E_ROLE);
    assert_code(restart(manager, &second, STR("never-here")), SALVE_E_NOT_FOUND);
    assert_code(restart(manager, &second, manager.id), SALVE_E_ROLE);
    assert_code(staff_restart(t->site, manager, &second, id, STR("12345"), NULL), SALVE_E_RANGE);
    t_must(restart(manager, &second, id));
    assert_code(session_look(t->site, session.token, t->mem, &session, NULL), SALVE_E_SESSION);
    struct proof shown = proof_by(&key);
    assert_code(begin(STR_NONE, &shown, NULL), SALVE_E_PIN);
    assert_code(begin_with(id, PHRASE, NULL), SALVE_E_PIN);
    t_must(begin_with(id, OTHER, &session));
    assert_true(session.must_set_up);
    t_must(staff_list(t->site, t->mem, &staff, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(staff[i].id, id)) continue;
        assert_true(staff[i].has_phrase && !staff[i].has_pin && !staff[i].has_totp && staff[i].passkeys == 0);
    }
    t_must(add(&session, &key, "blue key"));
    t_must(staff_list(t->site, t->mem, &staff, &count, &err));
    for (size_t i = 0; i < count; i++) assert_int_equal(staff[i].passkeys, str_eq(staff[i].id, id) ? 1 : 0);
    t_passkey_drop(&key);
}

static void who_left_shows_nothing(void **state)
{
    (void)state;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
    struct session session = sets_up(T_ASSISTANT, &key);
    t_must(staff_retire(t->site, T_MANAGER, NULL, T_ASSISTANT.id, &err));
    struct proof shown = proof_by(&key);
    assert_code(begin(STR_NONE, &shown, &session), SALVE_E_PIN);
    assert_code(restart(T_MANAGER, &T_REGISTRAR, T_ASSISTANT.id), SALVE_E_CONFLICT);
    t_passkey_drop(&key);
}

/* A PIN and a passphrase stand beside each other, and each takes the place of its kind alone. */
static void pin_and_passphrase_stand_beside_each_other(void **state)
{
    (void)state;
    struct session session;
    struct actor actor;
    (void)with_phrase(T_ASSISTANT, PHRASE);
    is_reached_by(SITE_LOCAL);
    t_must(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &session, &err));
    t_must(session_begin(t->site, T_ASSISTANT.id, PHRASE, t->mem, &session, &err));
    t_must(staff_pin_set(t->site, session.actor, NULL, T_ASSISTANT.id, STR("975310"), &err));
    assert_code(begin_with(T_ASSISTANT.id, T_PIN, NULL), SALVE_E_PIN);
    t_must(begin_with(T_ASSISTANT.id, PHRASE, NULL));
    t_must(begin_with(T_ASSISTANT.id, STR("975310"), NULL));
    t_must(staff_login(t->site, T_ASSISTANT.id, PHRASE, t->mem, &actor, &err)); /* at the command line as well */
}

/* Whoever has a site of another mode gets no more by the words of the near call. */
static void names_are_names(void **state)
{
    (void)state;
    struct site_names names;
    static const char *const wrong[] = {"", "Clinic.example", "clinic example", "clinic\"", "kl\xc3\xadnica"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct site_names asked = {.mode = SITE_PUBLIC, .rp_id = str_of(wrong[i])};
        assert_code(site_names_use(near_site(), &asked, NULL), SALVE_E_RANGE);
    }
    is_reached_by(SITE_PUBLIC);
    t_must(site_names_get(t->site, t->mem, &names, &err));
    assert_int_equal(names.mode, SITE_PUBLIC);
    assert_str(names.rp_id, RP);
    assert_int_equal(names.origin_count, 1);
    assert_str(names.origins[0], ORIGIN);
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static int setup(void **state)
{
    (void)state;
    t = t_site_make("proof", false);
    wall_ms = T_SITE_NOW;
    t_site_close(t);
    t->options.clock = (struct clock){.now_unix_ms = wall};
    t_site_open(t);
    is_reached_by(SITE_SITE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    t_site_drop(t);
    return 0;
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(a_passphrase_alone_sets_up_and_opens_nobody),
        ROW(each_kind_of_passkey_logs_in),
        ROW(a_passkey_that_is_not_theirs),
        ROW(another_name_of_the_site_takes_none),
        ROW(a_counter_that_goes_back_is_told),
        ROW(one_that_is_removed_opens_nothing),
        ROW(passkeys_have_a_name_and_a_number),
        ROW(a_code_is_good_once),
        ROW(a_used_code_is_remembered),
        ROW(a_generator_counts_from_its_first_code_on),
        ROW(no_code_while_the_clock_is_doubted),
        ROW(a_pin_is_enough_at_a_tablet),
        ROW(a_pin_is_no_way_to_more),
        ROW(what_is_locked_or_removed_ends),
        ROW(any_secret_at_a_tablet_ends_with_it),
        ROW(who_may_have_tablets),
        ROW(five_wrong_pins_close_that_way),
        ROW(what_was_wrong_is_not_told),
        ROW(it_is_shown_again),
        ROW(two_give_a_new_start),
        ROW(who_left_shows_nothing),
        ROW(pin_and_passphrase_stand_beside_each_other),
        ROW(names_are_names),
    };
    return t_run(tests);
}
