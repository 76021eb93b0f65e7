/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/rules - the guidelines of a site as those see them who answer for them: what is here, what was accepted, what
 * would change, and whether its cases pass. Rules:
 * - A clinician accepts what they were shown: what lies in the share folder now has to be that, to the byte.
 * - A guideline whose check or whose cases fail is not accepted in this way.
 * - Everybody who sees the health of the site sees which rules it uses; who accepts is the role table's to say. */
#ifndef SALVE_VISIT_RULES_H
#define SALVE_VISIT_RULES_H

#include "visit/check.h"
#include "visit/content.h"

enum visit_rule_state {
#define RULE_STATE(name, text, what) RULE_##name,
#include "visit/rules.def"
#undef RULE_STATE
    RULE_STATES
};
const char *visit_rule_state_text(enum visit_rule_state state);

/* A guideline of the folder, of the site, or of both. */
struct visit_rule {
    struct str id, title;
    struct str version; /* of the folder; empty: it has none, or a broken one */
    enum visit_rule_state state;
    struct str in_force, accepted_by, accepted_at; /* empty: nothing is in force */
    struct str waiting[8];                         /* languages whose words wait; STATE_WORDS */
    size_t waiting_count;
    struct str broken; /* why it cannot be used: file, element, reason */
};

/* visit_rules - all of them, sorted by id. Reads the share folder of visit->content.
 *   errors   E_ROLE: the actor neither accepts guidelines nor sees the health of the site; E_MEMORY, E_IO */
SALVE_MUST_USE enum salve_code visit_rules(const struct visit *visit, struct visit_rule **out, size_t *count,
                                           struct salve_err *err);

/* A file that is not the same in both. Texts are as they stand; STR_NONE: not there. */
struct visit_rule_file {
    struct str name, before, now;
};
struct visit_rule_choice {
    const struct guideline_switch *of;
    struct str value; /* as it would stand; empty: it has to be chosen */
};
/* What a clinician is about to accept. */
struct visit_rule_shown {
    struct visit_offer offer;
    char digest[2 * CONSENT_SHA256_BYTES + 1]; /* of all its files, as they are shown */
    struct visit_rule_choice *choices;
    size_t choice_count;
    struct str *changes; /* in words, one a line (guideline_changes); none where nothing was in force */
    size_t change_count;
    struct visit_rule_file *files; /* CQL and JSON that people write; what is made of them is not among them */
    size_t file_count;
    struct guideline_tally cases; /* and checks of the folder */
    struct str *failures;         /* "name: why" of those that failed, the first hundred */
    size_t failure_count;
};

/* visit_rule_show - E_NOT_FOUND: the folder has no such guideline; why it is broken; E_ROLE. Lives in visit->mem. */
SALVE_MUST_USE enum salve_code visit_rule_show(const struct visit *visit, struct str id, struct visit_rule_shown *out,
                                               struct salve_err *err);

/* visit_rule_accept - visit_accept of what was shown.
 *   errors   E_CONFLICT: the folder has something else now than `digest` says; E_INVALID: a check or a case fails (its
 *            name); those of screen_accept */
SALVE_MUST_USE enum salve_code visit_rule_accept(const struct visit *visit, struct str id, struct str digest,
                                                 const struct guideline_choice *choices, size_t count,
                                                 struct salve_err *err);

#endif
