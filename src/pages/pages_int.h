/* SPDX-License-Identifier: Apache-2.0
 * The workshop of pages: include only from src/pages/. */
#ifndef SALVE_PAGES_PAGES_INT_H
#define SALVE_PAGES_PAGES_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/assert.h"
#include "crypto/crypto.h"
#include "http/http.h"
#include "json/json.h"
#include "pages/pages.h"
#include "pages/pages_in_int.h"
#include "pages/pages_times_int.h"
#include "records/account.h"
#include "records/session.h"
#include "visit/check.h"
#include "visit/clinic.h"
#include "visit/content.h"
#include "visit/held.h"
#include "visit/person.h"

/* --- what there is between requests ------------------------------------------------------------------------------- */

enum {
    PAGES_NAME_BYTES = 22, /* 16 random bytes in base64url, without padding */
    PAGES_LETTERS = 2,     /* of a session */
    PAGES_TOKEN_TEXT_BYTES = 43,
    PAGES_KEY_BYTES = 36,       /* a UUID */
    PAGES_HASH_TEXT_BYTES = 45, /* base64 of a SHA-256, and NUL */
    PAGES_ANSWER_BYTES_MAX = 8 << 20,
    PAGES_PLACES_MAX = 2000, /* answers of a form whose alarm waits */
};

/* A letter that waits to be fetched, in private memory of its own. */
struct pages_letter {
    struct arena *mem; /* NULL: none */
    char name[PAGES_NAME_BYTES + 1];
    struct str html, pdf;
    char style[PAGES_HASH_TEXT_BYTES]; /* hash of its style sheet */
    int64_t until_ms;
    bool is_paper; /* of somebody of whom nothing is kept */
};

/* The card of the newest enrolment, for five minutes: the answer that had it may have been lost, and nobody else will
 * ever have it. */
struct pages_enrolled {
    char key[PAGES_KEY_BYTES + 1]; /* of the request; empty: none */
    char card[REC_CODE_TEXT_BYTES + 1];
    int64_t until_ms;
};

/* Findings that are kept nowhere, in private memory of their own (pages_heard.c). */
struct pages_heard {
    struct arena *mem; /* NULL: none */
    struct finding *list;
    size_t count;
};

/* Alarms of answers to a form that is still being filled in. */
struct pages_judged {
    struct pages_heard heard;
    char form[64 + 1];
    struct arena *mem; /* of `places` */
    uint64_t *places;  /* of the answers that gave them */
    size_t place_count;
    bool waits;    /* one of them does */
    bool is_whole; /* `places` has all of them */
};

/* What was said of the open person and is in no record. */
struct pages_said {
    struct pages_heard pending; /* alarms of what was refused or asked about */
    struct pages_judged judged;
    struct pages_heard unkept; /* found in answers that they did not agree to keep; until they heard it */
    size_t unkept_answers;
    bool is_unkept_lost; /* there was such a thing, and this process does not know it */
};

/* A session as the web sees it; who acts is asked of the gate with each request. */
struct pages_session {
    uint8_t key[CRYPTO_SHA256_BYTES]; /* of the token; zeros: the row is free */
    bool is_used;
    bool is_for_view; /* it was begun for one view by a command: its token is taken as that of the view */
    bool is_asked;    /* whether somebody is open in it since before this process began */
    unsigned users;   /* requests that hold the row, or wait for it; under pages.lock */
    pthread_mutex_t turn;
    int64_t used_ms;
    /* the open person: */
    struct visit_held held;                  /* only with the turn of its worker */
    _Atomic unsigned open_at;                /* the number of that worker, and 1; 0: nobody is open */
    char person[PAGES_NAME_BYTES + 1];       /* handle; empty: nobody is open */
    bool is_urgent;                          /* an alarm of what is kept has no outcome */
    bool is_pending;                         /* an alarm of what was typed and is not kept has none */
    struct pages_said said;                  /* of them, and in no record */
    char kept;                               /* what of these goes with the look, as noted last; '\0': nothing yet */
    uint64_t paper_alarms, paper_over;       /* of that person: what came last; what has its outcome. 0: none */
    bool is_paper_pending;                   /* an alarm of somebody of whom nothing is kept has no outcome */
    uint64_t passed_on;                      /* of the alarms that the list has to see to; 0: none */
    uint64_t alarms;                         /* of those that have no outcome now */
    char sex[8];                             /* of the open person, as words speak to them; empty: not known */
    uint64_t shown;                          /* of the drafts that were shown last; 0: none were */
    pthread_mutex_t view_lock;               /* of the next two: they are looked for in all rows, by anybody */
    uint8_t view_hash[CRYPTO_SHA256_BYTES];  /* of the token of that view (pages_token.c); zeros: there is none */
    uint8_t view_token[SESSION_TOKEN_BYTES]; /* what makes the token of the session of it */
    uint8_t known[CRYPTO_SHA256_BYTES];      /* of the token by which it was lent last; zeros: none. With its turn */
    struct pages_letter letters[PAGES_LETTERS];
    struct pages_enrolled enrolled;
};

struct pages_seat {
    struct pages *pages;
    unsigned number;
    pthread_mutex_t turn; /* of its site */
    struct arena *mem;    /* of `screening` */
    struct visit_screening screening;
    uint64_t made_of; /* the content that it was made of; 0: none */
    const struct site *of;
    const struct zone *zone;
};

/* Rows of tokens that were lent, by the first byte of their hash: where to look, and nothing more. */
enum { PAGES_KNOWN_MAX = 256 };

struct pages {
    struct pages_config config;
    struct arena *mem;
    pthread_mutex_t lock; /* of the table of sessions, and of `content` while it changes */
    struct pages_session *sessions;
    struct pages_seat *workers;
    struct pages_content *content;           /* the newest */
    _Atomic int64_t looked_ms;               /* when somebody looked last whether other guidelines are in force */
    uint64_t contents;                       /* made so far */
    struct pages_times times;                /* of tasks at the tablets */
    _Atomic uint16_t known[PAGES_KNOWN_MAX]; /* the place of a session, and 1; 0: none (pages_known.c) */
};

/* A form in one language, as pages run it. */
struct pages_form {
    const struct form *form;
    struct str language, json;
};

/* Words and guidelines, shared by all workers until the last one lets go. */
struct pages_content {
    struct arena *mem;
    uint8_t in_force[CRYPTO_SHA256_BYTES]; /* of the acceptances that it was made of */
    struct visit_content *content;
    struct pages_form *forms; /* in the order of the questionnaires, English first of each */
    size_t form_count;
    uint64_t number;
    unsigned users;
};

/* --- one request -------------------------------------------------------------------------------------------------- */

enum pages_who {
    PAGES_NOBODY,
    PAGES_COOKIE,  /* a session that is not locked, without its header: who asks learns it by that */
    PAGES_LOCKED,  /* a session, locked or not, without its header */
    PAGES_SESSION, /* a session with its header */
    PAGES_PERSON,  /* and the person is open in it */
    PAGES_JUDGED   /* as SESSION; what is asked is looked at whatever is wrong with the rest: alarms */
};

struct pages_call {
    struct pages *pages;
    struct pages_seat *worker; /* of the thread */
    struct pages_seat *at;     /* whose site is used: turn held */
    struct pages_session *session;
    const struct http_request *request;
    struct http_reply *reply;
    uint8_t token[SESSION_TOKEN_BYTES]; /* of the cookie */
    bool has_token;
    struct pages_in in;
    enum salve_code in_code; /* of reading it; PAGES_JUDGED */
    struct salve_err in_err;
    struct visit visit; /* site, content, actor, mem */
    struct pages_content *content;
    struct str languages[8];
    size_t language_count;
    struct visit_clinic clinic;
    bool has_clinic, has_looked, has_lines; /* has_looked: for the clinic (pages_clinic) */
    struct screen_found alarms;             /* told with the answer, whatever it is */
    struct json_writer w;                   /* the answer */
    struct buf out;
};
typedef enum salve_code pages_handler(struct pages_call *call, struct salve_err *err);

/* pages_clinic - what the site says of itself, asked of it once a call, by the first who wants it; NULL: it cannot be
 * read now. */
const struct visit_clinic *pages_clinic(struct pages_call *call);

#define PAGES_CALL(name, handler, who, must, may) pages_handler handler;
#include "pages/pages.def"
#undef PAGES_CALL

/* --- pages_hold.c: what a request holds while it is answered --- */

/* pages_take_site - the site of a worker, with its turn; false: none is there now. pages_give_site.
 * pages_who_acts - asked of the gate, before anything is made for the session here: nobody fills the table without one.
 * pages_take_session - the row of the session, and the site on which its person is open.
 * pages_call_end - gives back all that a request holds. */
bool pages_take_site(struct pages_call *call, unsigned worker, struct salve_err *err);
void pages_give_site(struct pages_call *call);
enum salve_code pages_who_acts(struct pages_call *call, enum pages_who who, struct salve_err *err);
enum salve_code pages_take_session(struct pages_call *call, struct salve_err *err);
void pages_call_end(struct pages_call *call);

/* --- pages_token.c: tokens of views --- */

/* pages_view_token_end - nobody reads by it any more. pages_view_token_find - the token of the session whose view it
 * opens; false: it opens none. pages_view_token_is - is it that of the view of this session? */
void pages_view_token_end(struct pages_session *session);
bool pages_view_token_find(struct pages *pages, struct str token, uint8_t out[SESSION_TOKEN_BYTES]);
bool pages_view_token_is(struct pages_session *session, struct str token);

/* --- pages_known.c: views that were lent --- */

/* pages_known_note - the view of that session was lent by that token; with the session's turn. pages_known_end - nobody
 * has it by that any more. */
void pages_known_note(struct pages *pages, struct pages_session *session, struct str token);
void pages_known_end(struct pages_session *session);

/* --- pages_guard.c: is it a page of ours that asks? --- */

/* pages_guard_host - is it us that is asked? pages_guard_origin - is it a page of ours that asks? The element that is
 * wrong, or NULL. */
const char *pages_guard_host(const struct pages *pages, const struct http_request *request);
const char *pages_guard_origin(const struct pages *pages, const struct http_request *request);
/* pages_guard_cookie - the token of the cookie; false: there is none, or more than one. */
bool pages_guard_cookie(const struct pages *pages, const struct http_request *request,
                        uint8_t token[SESSION_TOKEN_BYTES]);
/* pages_guard_header - the second token of a session, in base64url: worked out of the first. */
void pages_guard_header(const uint8_t token[SESSION_TOKEN_BYTES], char out[PAGES_TOKEN_TEXT_BYTES + 1]);
bool pages_guard_has_header(const struct http_request *request, const uint8_t token[SESSION_TOKEN_BYTES]);
/* pages_guard_set - Set-Cookie; token NULL: the browser forgets it. */
void pages_guard_set(const struct pages *pages, const uint8_t *token, struct http_reply *reply);
/* pages_guard_lines - the header lines of every answer. style: hash of a style sheet inside the page, for letters; ""
 * for a PDF. */
void pages_guard_lines(const struct pages *pages, struct http_reply *reply, const char *style);
/* pages_guard_languages - of Accept-Language, in its order: "ar", "en". */
size_t pages_guard_languages(const struct http_request *request, struct str *out, size_t room);

/* --- pages_login.c: what is shown to show who it is --- */

/* pages_proof - of the members of a call; good as long as they are. */
struct proof pages_proof(const struct pages_in *in);

/* --- pages_table.c: sessions and their people --- */

/* pages_session_take - the row of a session, made where there is none, with its turn; pages_session_give. E_BUSY: all
 * rows are in use; E_SESSION: it ended while it was waited for. pages_session_rename - its token is another one now. */
enum salve_code pages_session_take(struct pages *pages, const uint8_t token[SESSION_TOKEN_BYTES],
                                   struct pages_session **out, struct salve_err *err);
void pages_session_give(struct pages *pages, struct pages_session *session);
void pages_session_rename(struct pages *pages, struct pages_session *session, const uint8_t token[SESSION_TOKEN_BYTES]);
/* pages_session_end - the row is free from now on: what is open is closed. The turn of its worker is held. */
void pages_session_end(struct pages *pages, struct pages_session *session);
/* pages_person_end - nobody is open. */
enum salve_code pages_person_end(struct pages_session *session, struct salve_err *err);
void pages_letters_end(struct pages_session *session, int64_t now_ms);
void pages_enrolled_end(struct pages_session *session, int64_t now_ms);
int64_t pages_now_ms(void); /* of a clock that only goes on */

/* --- pages_person.c: who is open, also after a restart --- */

/* pages_person_keep - the gate is told who is open under which handle, where it does not know. pages_person_again - the
 * first time that a session is seen: who was open in it before this process began is open again. Neither fails: then
 * the card is shown again, as after any other end of a look. */
void pages_person_keep(struct pages_session *session);
void pages_person_again(struct pages_call *call);
/* pages_reminder_hold - who is to be called takes the place of who was open; a restart ends it. */
enum salve_code pages_reminder_hold(struct pages_call *call, struct salve_err *err);

/* --- pages_words.c: words and guidelines --- */

enum salve_code pages_content_make(struct pages *pages, struct site *site, struct salve_err *err);
struct pages_content *pages_content_take(struct pages *pages);
void pages_content_give(struct pages *pages, struct pages_content *content);
/* pages_form_json - FORM in that language, in English where it has none; STR_NONE: it is none of the content. */
struct str pages_form_json(const struct pages_content *content, const struct form *form, struct str language);
/* pages_screening - the guidelines that the site of the call accepted, ready to evaluate. */
enum salve_code pages_screening(struct pages_call *call, const struct visit_screening **out, struct salve_err *err);

/* --- pages_write.c, pages_finding.c: parts of answers --- */

/* pages_put_finding - one, as a member of that name, or as an item (NULL). */
void pages_put_finding(struct pages_call *call, const char *name, const struct visit_shown *shown);
void pages_put_findings(struct pages_call *call, const char *name, const struct visit_shown *list, size_t count);
void pages_put_found(struct pages_call *call, const char *name, const struct screen_found *found);
void pages_put_work(struct pages_call *call, const char *name, const struct work *work);
const char *pages_reach_text(enum work_reach reach); /* how the record behind a ticket opens */
void pages_put_tasks(struct pages_call *call, const struct work *work);
void pages_put_instant(struct pages_call *call, const char *name, int64_t unix_ms);
struct smart_scopes;
void pages_put_scopes(struct json_writer *w, const struct smart_scopes *scopes); /* of an app */
void pages_put_classes(struct json_writer *w, class_mask classes);
/* pages_card_at_desk - the card that is shown with the call; or that by which the person is open. */
SALVE_MUST_USE enum salve_code pages_card_at_desk(const struct pages_call *call, struct str *out,
                                                  struct salve_err *err);
void pages_put_person(struct pages_call *call, const struct visit_facts *facts);
void pages_put_login(struct pages_call *call, const struct session *session);
void pages_put_bytes(struct pages_call *call, const char *name, struct str bytes); /* in base64url */

/* pages_told - what a person told of themselves, checked answer by answer; good as long as the request. *asks: the
 * birth date is possible and unlikely, and nobody said that it is right. */
struct visit_patient_form;
enum salve_code pages_told(struct pages_call *call, bool needs_name, struct visit_patient_form *form, bool *asks,
                           struct salve_err *err);

/* pages_is_key - a UUID in lower case: the key of a request that may be made again. */
bool pages_is_key(struct str key);

/* pages_same_code - the same code, however it was typed. */
bool pages_same_code(struct str a, struct str b);

/* pages_put_queued - where the open person stands in the queue of today (pages_today.c). */
enum salve_code pages_put_queued(struct pages_call *call, struct salve_err *err);

/* pages_wipe - what was typed is nowhere any more. */
void pages_wipe(struct str *secret);

/* --- pages_plain.c: what comes without TLS --- */
/* pages_plain - what pages_is_plain finds (pages.h), and nothing else. */
void pages_plain(const struct pages *pages, const struct http_request *request, struct http_reply *reply);

/* --- pages_letter.c: GET /letter/<name> --- */
/* pages_style_hash - of the style sheet inside a page of HTML. */
void pages_style_hash(struct str html, char out[PAGES_HASH_TEXT_BYTES]);
/* pages_letter_keep - two sheets (HTML, PDF) wait to be fetched by this session; the addresses are put into the answer.
 * is_paper: of somebody of whom nothing is kept, so no look has to stand. */
struct visit_sheet;
enum salve_code pages_letter_keep(struct pages_call *call, const struct visit_sheet *sheets, bool is_paper,
                                  struct salve_err *err);
/* The site of the session is held. The header lines of the answer are put only when it is OK. E_NOT_FOUND: no such
 * letter of this session; or why its person may not be read any more. */
enum salve_code pages_letter_get(struct pages_call *call, struct str name, struct salve_err *err);

/* --- pages_alarm.c: an alarm ends by an outcome --- */

/* pages_alarms_look - reads which alarms of the open person have no outcome; facts is filled. */
enum salve_code pages_alarms_look(struct pages_call *call, struct visit_facts *facts, struct salve_err *err);
/* pages_alarms_note - of facts that were read already. pages_alarms_wait - is there one without an outcome? */
void pages_alarms_note(struct pages_session *session, const struct visit_facts *facts);
bool pages_alarms_wait(const struct pages_session *session);
/* pages_may_leave - E_CONFLICT while one waits, also of somebody of whom nothing is kept. */
enum salve_code pages_may_leave(struct pages_call *call, struct salve_err *err);

/* --- pages_heard.c: what was found and is kept nowhere --- */

/* The item of an alarm of answers that were taken back: what it was is not said. */
#define PAGES_TAKEN_BACK "taken-back"

/* pages_has_urgent - does an alarm wait to be told? */
bool pages_has_urgent(const struct screen_found *alarms);
/* pages_pending_add - alarms of what was typed and is not kept wait for an outcome; of what needs none, nothing.
 * pages_pending_end - they have it. */
void pages_pending_add(struct pages_session *session, const struct screen_found *alarms);
void pages_pending_end(struct pages_session *session);
/* pages_judged_note - answers to a form, which are not kept, were judged. An alarm waits until the questions that gave
 * it were answered otherwise; where one of them was taken back instead, it waits for its outcome, without what it was.
 * pages_judged_end - it has it. pages_judged_waits - does one wait? */
void pages_judged_note(struct pages_session *session, struct str form, const struct form_answer *answers, size_t count,
                       const struct screen_found *alarms);
void pages_judged_end(struct pages_session *session);
bool pages_judged_waits(const struct pages_session *session);
/* pages_unkept_add - what was found in so many answers that are not kept, until the call `heard`. */
void pages_unkept_add(struct pages_session *session, size_t answers, const struct screen_found *found);
/* pages_said_end - wipes all of it. */
void pages_said_end(struct pages_said *said);

/* --- pages_stored.c: what is said of what was typed --- */

/* pages_check_judged - the first thing that is wrong with a request that is judged whatever is, before its values:
 * reading it, a list of `count` items that is empty, its key, its person. pages_check_open - reading it, and its
 * person, alone. pages_put_stored - what follows from values that were kept: findings, alarms, work. was_kept: by an
 * earlier try of the same request. */
enum salve_code pages_check_judged(const struct pages_call *call, size_t count, const char *member,
                                   struct salve_err *err);
enum salve_code pages_check_open(const struct pages_call *call, struct salve_err *err);
enum salve_code pages_put_stored(struct pages_call *call, const struct visit_screening *screening, bool was_kept,
                                 struct salve_err *err);
/* pages_note_stored - the same of what another face kept just now, which has words of its own: nothing is put. */
enum salve_code pages_note_stored(struct pages_call *call, const struct visit_screening *screening,
                                  struct salve_err *err);

#endif
