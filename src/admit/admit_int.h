/* SPDX-License-Identifier: Apache-2.0
 * What the files of the admission gate share: the compiled list, the marks on a tape. Only for src/admit/. */
#ifndef SALVE_ADMIT_INT_H
#define SALVE_ADMIT_INT_H

#include "admit/admit.h"
#include "admit/admit.def"
#include "admit/admit_apart.def"
#include "admit/admit_codes.def"
#include "admit/admit_words.def"
#include "fhir/index.h"
#include "fhir/tape_edit.h"

#define X(name, id, text) ADMIT_##name,
enum admit_rule { ADMIT_OK, ADMIT_RULES(X) ADMIT_RULE_COUNT };
#undef X

const char *admit_rule_id(enum admit_rule rule);
const char *admit_rule_text(enum admit_rule rule);
static inline bool admit_rule_is_never(enum admit_rule rule) { return rule != ADMIT_OK && rule < ADMIT_TYPE; }

enum admit_owner { ADMIT_OWNER_NONE, ADMIT_OWNER_PERSON, ADMIT_OWNER_COMMONS };

enum { /* bits of admit_rules.elements */
       ADMIT_KEPT = 1,
       ADMIT_WHOLE = 2,  /* "!": the parent goes with it */
       ADMIT_ONE_OF = 4, /* "+": the parent goes with the last of them */
};

enum { ADMIT_SETS_MAX = 16, ADMIT_APART_SET = 254, ADMIT_NEVER_SET = 255, ADMIT_SET_ANY = 0 };

/* A code, or a whole system (code absent), of a set; what is refused everywhere (set NEVER); or what is kept apart. */
struct admit_fact {
    struct str system, code;
    uint8_t set;
    uint8_t rule; /* of ADMIT_NEVER_SET; of ADMIT_APART_SET: the family */
};

struct admit_name { /* identifier systems, words, profiles, number patterns */
    struct str text;
    uint8_t tag; /* enum admit_owner or enum admit_rule */
};

struct admit_names {
    struct admit_name *items;
    size_t count;
};

/* What the guidelines of this repository bring along (made by tools/admit_own.mjs), sorted by system and code. */
enum {
    ADMIT_USE_ANY = 1,
    ADMIT_USE_OBSERVATION = 2,
    ADMIT_USE_PROCEDURE = 4,
    ADMIT_USE_SCORE = 8,
    ADMIT_USE_LISTED = 16
};

struct admit_own {
    const char *system, *code;
    const char *name;  /* that the logic gives it; NULL: none */
    unsigned uses;     /* sets that take it; LISTED: wherever its system is taken */
    const char *apart; /* the family of its guideline (base/families.def); NULL: it is not kept apart */
};
extern const struct admit_own admit_own[];
extern const size_t admit_own_count;
extern const char
    *const admit_methods[]; /* "urn:salve:guideline:<id>": the define that decided, in Observation.method */
extern const size_t admit_method_count;

struct admit_rules {
    uint8_t elements[FHIR_ELEMENT_COUNT];      /* ADMIT_KEPT and the marks */
    uint8_t element_rules[FHIR_ELEMENT_COUNT]; /* of the others: their own never-rule, or 0 */
    uint8_t slots[FHIR_ELEMENT_COUNT];         /* set of a coded element */
    uint8_t owners[FHIR_TYPE_COUNT];           /* enum admit_owner */
    uint8_t type_rules[FHIR_TYPE_COUNT];
    const char *subjects[FHIR_TYPE_COUNT]; /* element that names the person, or NULL */
    struct admit_fact *facts;              /* sorted by set, system, code */
    size_t fact_count;
    uint16_t *fact_slots; /* hash of set, system and code -> place + 1; 0: free */
    uint32_t fact_slot_count;
    struct admit_names identifiers, words, labels, profiles, patterns;
    bool starts_word[256];   /* first bytes of words, and the digits that stand for them */
    uint32_t second[256][8]; /* bits: what may follow them at once */
    const char *sets[ADMIT_SETS_MAX];
    unsigned uses[ADMIT_SETS_MAX]; /* of admit_own, by set */
    size_t set_count;
    uint8_t observation_set, method_set, listed_set, worded_set, medicine_set;
};

bool admit_fact_has(const struct admit_rules *rules, uint8_t set, struct str system, struct str code);
bool admit_set_has_system(const struct admit_rules *rules, uint8_t set, struct str system); /* any code of it */
enum admit_rule admit_never_code(const struct admit_rules *rules, struct str system, struct str code);
const struct admit_name *admit_name_find(const struct admit_names *names, struct str text);

/* admit_code_families - the families that a code belongs to, by its rows; 0: it is not kept apart. */
family_mask admit_code_families(const struct admit_rules *rules, struct str system, struct str code);

/* admit_coding_rule - a code and its words, for an element that takes `set`. */
enum admit_rule admit_coding_rule(const struct admit_rules *rules, uint8_t set, struct str system, struct str code,
                                  struct str display);

/* admit_code_worded - may an Observation of this code have words as its value? */
bool admit_code_worded(const struct admit_rules *rules, struct str system, struct str code);

/* admit_display - the name that Salve has for a code, absent if none. *is_own: the system is one of Salve's. */
struct str admit_display(struct str system, struct str code, bool *is_own);

/* --- texts -------------------------------------------------------------------------------------------------------- */

enum admit_text {
    ADMIT_TEXT_URI,   /* a URI or an id: '/' and '-' part it */
    ADMIT_TEXT_CODE,  /* a code */
    ADMIT_TEXT_NAME,  /* names, addresses, telephones: no words looked for, numbers only as they are written */
    ADMIT_TEXT_LABEL, /* words of a code, units */
    ADMIT_TEXT_ID,    /* the value of an identifier: '-' parts it as it does an id */
    ADMIT_TEXT_PROSE, /* all else */
};
enum { ADMIT_TEXT_BYTES_MAX = 2048, ADMIT_FOLD_BYTES_MAX = 3 * ADMIT_TEXT_BYTES_MAX };

/* admit_text_rule - does any text give away what must not be there? TEXT (longer than ADMIT_TEXT_BYTES_MAX, or what
 * cannot be folded), N2 (data: URIs), N3 (genetic notation, bases and amino acids), N4 (encoded content, rows of
 * numbers), N7 (the site's patterns), and the never-rule of a word; OK if not. */
enum admit_rule admit_text_rule(const struct admit_rules *rules, struct str text, enum admit_text kind);

/* Of a folded text: all but length and pictures; runs of bases, amino acids, encoded bytes and numbers; words; national
 * numbers. admit_has_embedded: "data:" URIs of any text. */
enum admit_rule admit_folded_rule(const struct admit_rules *rules, struct str text, enum admit_text kind);
enum admit_rule admit_runs_rule(struct str text, enum admit_text kind);
enum admit_rule admit_words_rule(const struct admit_rules *rules, struct str text, enum admit_text kind);
bool admit_has_national(const struct admit_rules *rules, struct str text, enum admit_text kind);
bool admit_has_embedded(struct str text);

/* admit_is_inside - has the id the form "<compartment>.<number>"? */
bool admit_is_inside(struct str compartment, struct str id);

/* admit_id_rule - may a resource of that type keep the id that it had elsewhere, as an identifier of
 * urn:salve:imported? */
enum admit_rule admit_id_rule(const struct admit_rules *rules, fhir_type_id type, struct str id);

/* admit_is_long_number - digits without any letter, so many that a state may have given them. */
bool admit_is_long_number(struct str text);

static inline bool admit_is_alnum(char c) { return str_is_digit(c) || str_is_letter(c); }

/* admit_next_token - the next code in a text such as "http://loinc.org/q/44249-1": letters, digits and '-'; *text is
 * what stands behind it. False: there is none. */
bool admit_next_token(struct str *text, struct str *token);

static inline char admit_at(struct str text, size_t i) { return i < text.len ? text.ptr[i] : '\0'; }

/* --- what came, before it is judged ------------------------------------------------------------------------------- */

/* admit_form - a Bundle of the shapes of R4 as one of resources to keep: document, searchset and history become a
 * collection, a history's deletions retractions (entered-in-error), a Medication the concept of whatever names it.
 * Others stay as they are. E_MEMORY. */
SALVE_MUST_USE enum salve_code admit_form(struct tape *bundle, struct arena *mem, struct salve_err *err);

/* --- marks: one byte a node, the rule for which its subtree cannot stay ------------------------------------------- */

struct admit_link {    /* a reference to another entry of the Bundle */
    uint32_t from, to; /* entry numbers */
    tape_at at;        /* the Reference */
};

struct admit_marks {
    const struct admit_rules *rules;
    const struct tape *tape;
    struct str compartment;
    struct admit_seen *seen; /* or NULL */
    struct arena *mem;
    struct fhir_index index;
    uint8_t *rule; /* enum admit_rule, by node */
    struct admit_link *links;
    uint32_t link_count, link_room;
    uint32_t entry;  /* the entry at hand */
    bool is_patient; /* it is inside the Patient or a RelatedPerson, where identifiers are narrow */
    bool is_worded;  /* the Observation or component at hand may have words as its value */
    bool hopeless;   /* two people, or nobody, or no such Bundle */
    enum salve_code code;
};

/* admit_seen_rule - admit_text_rule; not asked again for what is in `seen` (or NULL). */
enum admit_rule admit_seen_rule(struct admit_seen *seen, const struct admit_rules *rules, struct str text,
                                enum admit_text kind);

/* admit_mark - fills marks.rule for all that is inadmissible by itself, and marks.links. */
SALVE_MUST_USE enum salve_code admit_mark(struct admit_marks *marks, const struct admit_rules *rules,
                                          const struct tape *tape, struct str compartment, struct admit_seen *seen,
                                          struct arena *mem, struct salve_err *err);

/* admit_is_unit_code - is the node the system or code of a unit that is not UCUM and stands there in words as well? It
 * goes alone; the number stays with its unit. */
bool admit_is_unit_code(const struct tape *tape, tape_at quantity, tape_at at);

/* What the reference at hand points to. */
enum admit_target { ADMIT_TARGET_BAD, ADMIT_TARGET_ENTRY, ADMIT_TARGET_INSIDE, ADMIT_TARGET_COMMONS };
enum admit_target admit_target_of(const struct admit_marks *marks, tape_at reference, uint32_t *entry);

/* admit_resource_rule - N8, N9, N19, N23 of a whole resource. */
enum admit_rule admit_resource_rule(const struct admit_marks *marks, tape_at resource);

/* admit_entry_families - of each entry, its own families and those of what it refers to; needs marks.index only. */
SALVE_MUST_USE enum salve_code admit_entry_families(const struct admit_marks *marks, family_mask **out,
                                                    struct salve_err *err);

/* admit_mark_apart - marks what is kept apart, and what refers to it, as APART. Before admit_close. */
SALVE_MUST_USE enum salve_code admit_mark_apart(struct admit_marks *marks, struct salve_err *err);

/* admit_close - spreads marks upwards until what is left is whole, and along references (minimise). */
SALVE_MUST_USE enum salve_code admit_close(struct admit_marks *marks, struct salve_err *err);

#endif
