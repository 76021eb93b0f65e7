/* SPDX-License-Identifier: Apache-2.0
 *
 * admit - the admission gate: what may be kept about a person, as an allow list (docs/formats/admission.md,
 * docs/never.md). A resource type, an element, a code system, a code, an identifier system or an extension
 * that is not on the list is inadmissible. The list is data (admit.def); the site adds its own identifier systems
 * and the patterns of national numbers that must not appear in any text.
 *
 *     struct admit_rules *rules;
 *     admit_rules_make(&site, mem, &rules, err);                    // once; immutable, may be shared by threads
 *     admit_check(rules, &tape, compartment, mem, &issues, err)     // all of it or nothing: E_NOT_ADMITTED
 *     admit_minimise(rules, &tape, compartment, mem, &kept, err)    // leaves out what is inadmissible, and says what
 *
 * Rule ids, fixed words, all in admit.def: "salve-never/N2" (pictures, sound, video), N3 (human genomics), N4
 * (biometrics, waveforms), N5 (ethnicity, race, religion, nationality, unknown extensions), N6 (blood group), N7
 * (identifiers of the state), N8 (purposes of police, law, market), N9 (kept refusals), N11 (two people), N19 (bundled
 * consent), N23 (scores outside the catalogue); "salve-admit/type", "element", "system", "code", "reference",
 * "subject", "bundle", "required".
 *
 * Nothing here ever puts a value into an issue or an error. The one place where values go is admit_kept.rejects, which
 * the caller writes to the file that the operator named. */
#ifndef SALVE_ADMIT_ADMIT_H
#define SALVE_ADMIT_ADMIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "fhir/tape.h"

struct fhir_issues;
struct admit_rules; /* opaque */

/* What one site adds to the list. */
struct admit_site {
    const struct str *identifier_systems;
    size_t identifier_system_count; /* the site's own record numbers */
    /* Written forms of national numbers: 9 stands for a digit, A for a letter, all else for itself ("999-99-9999").
     * At least 6 places, at most 64. A match that touches a further letter or digit does not count. */
    const struct str *national_patterns;
    size_t national_pattern_count;
};

/* admit_rules_make - the effective list: admit.def and the site's additions (NULL: none).
 *   errors   E_CONFIG (a pattern or system that breaks its rule; err->element names which one), E_MEMORY */
SALVE_MUST_USE enum salve_code admit_rules_make(const struct admit_site *site, struct arena *mem,
                                                struct admit_rules **out, struct salve_err *err);

/* admit_rules_text - for tests: the effective list as sorted text, one fact a line. Equal lists give equal bytes:
 * its digest is what N1 compares (tests/never/admit/allowlist.txt is the reviewed copy of the list without a site). */
void admit_rules_text(const struct admit_rules *rules, struct buf *out);

/* admit_check - may all of this be kept?
 *   tape         one resource, or one Bundle (transaction, batch or collection) about one person
 *   compartment  26 characters; references to "Type/<compartment>.<n>" are inside. Empty: only the Bundle is
 *   issues       gets one issue a finding: rule id, path, fixed words
 *   returns      OK, E_NOT_ADMITTED (err->element: the first path, err->why: its rule), E_MEMORY */
SALVE_MUST_USE enum salve_code admit_check(const struct admit_rules *rules, const struct tape *tape,
                                           struct str compartment, struct arena *mem, struct fhir_issues *issues,
                                           struct salve_err *err);

/* Texts that were judged, for resources that are checked one after the other: what stands in many of them is judged
 * once. It has no text of its own, so the tapes have to live as long, and is for one thread and one list of rules.
 * admit_seen_make - an empty one in mem; NULL: there is no memory, and each text is judged by itself.
 * admit_check_seen - admit_check, with the same result; seen may be NULL. */
struct admit_seen;
struct admit_seen *admit_seen_make(struct arena *mem);
SALVE_MUST_USE enum salve_code admit_check_seen(const struct admit_rules *rules, const struct tape *tape,
                                                struct str compartment, struct admit_seen *seen, struct arena *mem,
                                                struct fhir_issues *issues, struct salve_err *err);

/* admit_families - the families that a resource belongs to by its codes, wherever in it they stand; 0: it is not kept
 * apart. One code that is kept apart puts the whole resource apart. A questionnaire's answers go by the codes in
 * linkId, definition and questionnaire, a medicine of RxNorm by its name; what has neither is OTHER. Patient,
 * RelatedPerson and AllergyIntolerance belong to none. */
family_mask admit_families(const struct admit_rules *rules, const struct tape *tape, tape_at resource);

/* admit_observes - are observations admitted under that code? *families of it, where families is not NULL (0: it is not
 * kept apart). admit_words - may their value be words? */
bool admit_observes(const struct admit_rules *rules, struct str system, struct str code, family_mask *families);
bool admit_words(const struct admit_rules *rules, struct str system, struct str code);

/* The two numbers of a blood pressure are components of one Observation, and nothing by themselves. */
#define ADMIT_PRESSURE  "85354-9"
#define ADMIT_SYSTOLIC  "8480-6"
#define ADMIT_DIASTOLIC "8462-4"

struct admit_count {
    const char *rule; /* "salve-never/N5" */
    uint32_t count;
};

struct admit_kept {
    struct tape tape;   /* what may be kept, valid FHIR; node_count 0 if nothing is left */
    struct str rejects; /* JSON lines {"path":..,"rule":..,"value":..}: THE VALUES THAT WERE LEFT OUT; of a resource
                           that is kept apart path and rule alone */
    const struct admit_count *counts;
    size_t rule_count; /* rules that left something out, by rule id */
    uint32_t resources_in, resources_kept;
};

/* admit_minimise - leaves out the smallest subtree that removes each problem; an element, its parent or the whole
 * resource goes with it when what is left would be incomplete or would say something else (a required element, the
 * value of an observation, a modifier). References to what went are left out too. admit_check of the result is OK.
 *   returns   OK; E_NOT_ADMITTED for what cannot be mended: two people in one Bundle, nobody in it; E_MEMORY */
SALVE_MUST_USE enum salve_code admit_minimise(const struct admit_rules *rules, const struct tape *tape,
                                              struct str compartment, struct arena *mem, struct admit_kept *out,
                                              struct salve_err *err);

/* admit_leave_apart - the same for what is kept apart and what refers to it, in an input that is admissible. The
 * rejects have path and rule, and no values. */
SALVE_MUST_USE enum salve_code admit_leave_apart(const struct admit_rules *rules, const struct tape *tape,
                                                 struct str compartment, struct arena *mem, struct admit_kept *out,
                                                 struct salve_err *err);

#endif
