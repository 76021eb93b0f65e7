/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/content - what clinicians and translators wrote, loaded once from the share folder: guidelines, consent forms,
 * words of receipts, frames of letters. What is broken is kept with its reason, so that it stops only who needs it. The
 * bytes loaded are pinned: one digest of all says later what was in use. Nothing is read from
 * the folder afterwards but what an empty sheet asks (visit/forms.h). Guidelines that a site accepted come out of its
 * commons, not out of the folder. Immutable; lives as long as the arena it was opened in. */
#ifndef SALVE_VISIT_CONTENT_H
#define SALVE_VISIT_CONTENT_H

#include "consent/consent.h"
#include "guideline/guideline.h"
#include "letter/letter.h"
#include "ranges/ranges.h"

enum visit_part {
    VISIT_GUIDELINES = 1,
    VISIT_FORMS = 2,
    VISIT_RECEIPTS = 4,
    VISIT_FRAMES = 8,
    VISIT_RANGES = 16,
    VISIT_ALL = 31,
    VISIT_QUESTIONNAIRES = 64,
    VISIT_ALARMS = 32 /* of the guidelines those of the alarm layer, whatever else is asked for */
};

struct visit_content_ask {
    const char *share;        /* the folder */
    unsigned parts;           /* of enum visit_part: what is not asked for is not read */
    struct str guideline;     /* this one alone; empty: all */
    struct site *accepted_at; /* the guidelines as they are in force at this site; NULL: those of the folder */
};

struct visit_broken { /* a guideline that does not load, and why */
    struct str id;
    struct salve_err err;
};
struct visit_form { /* one version of a form in all its languages; err.code: it may not be used */
    enum purpose purpose;
    uint32_t major, minor;
    struct consent_form_set set;
    struct salve_err err;
};
struct visit_receipts { /* words of receipts in one language */
    struct str language;
    struct consent_texts texts;
    struct salve_err err;
};
struct visit_frame { /* words of letters in one language */
    struct str language;
    struct letter_frame *frame;
    struct salve_err err;
};
struct form;
struct visit_questionnaire {
    struct str id;
    struct form *form;
    struct salve_err err; /* err.code: it may not be used */
};
struct visit_file {
    struct str name, bytes; /* name: below the share folder */
};

struct visit_content {
    struct str share;
    struct guideline **guidelines; /* sorted by id */
    size_t guideline_count;
    struct visit_broken *broken;
    size_t broken_count;
    size_t left_out; /* guidelines that accepted_at never accepted; they were not read */
    struct visit_form *forms;
    size_t form_count;
    struct visit_receipts *receipts;
    size_t receipts_count;
    struct visit_frame *frames;
    size_t frame_count;
    const struct letter_packages *packages; /* with the frames; NULL: there is no such file, or it is broken */
    struct salve_err packages_err;          /* why it is broken */
    const struct ranges *ranges; /* plausible numbers and how old they may be; visit_ranges says why it is NULL */
    struct salve_err ranges_err;
    struct visit_questionnaire *questionnaires;
    size_t questionnaire_count;
    struct visit_file *files; /* every file that was loaded, in the order of loading */
    size_t file_count;
};

/* visit_content_open - loads what was asked for. Broken content is no error here.
 *   errors   E_NOT_FOUND (a folder of the parts, or the one guideline, is not there), E_MEMORY, E_IO */
SALVE_MUST_USE enum salve_code visit_content_open(const struct visit_content_ask *ask, struct arena *mem,
                                                  struct visit_content **out, struct salve_err *err);

/* visit_content_digest - for tests: SHA-256 over "<hex of the file>  <name>\n" of every file loaded, in order of
 * their names. */
SALVE_MUST_USE enum salve_code visit_content_digest(const struct visit_content *content, struct arena *mem,
                                                    uint8_t out[CONSENT_SHA256_BYTES], struct salve_err *err);

/* visit_guideline - the guideline `id`. E_NOT_FOUND; or why it is broken. */
SALVE_MUST_USE enum salve_code visit_guideline(const struct visit_content *content, struct str id,
                                               const struct guideline **out, struct salve_err *err);

/* visit_guideline_of - the guideline that declares a vector family. E_NOT_FOUND; a broken one, which may be it, is
 * named. */
SALVE_MUST_USE enum salve_code visit_guideline_of(const struct visit_content *content, struct str family,
                                                  const struct guideline **out, struct salve_err *err);

/* visit_test_vectors - runs the rows of a vector family: of the guideline that declares it, or of the plain functions
 * that the family is about (ranges, input_age: the content's table; headline, next_check). Errors as
 * guideline_test_vectors. */
SALVE_MUST_USE enum salve_code visit_test_vectors(const struct visit_content *content, struct str family,
                                                  struct str csv, guideline_report *report, void *ctx,
                                                  struct guideline_tally *tally, struct salve_err *err);

/* visit_form - the form of a purpose in one language, ref.sha256 filled.
 *   version  "1.0"; STR_NONE: the newest by number, usable or not
 *   errors   E_NOT_FOUND (no such form, version or language); or why that version is broken */
SALVE_MUST_USE enum salve_code visit_form(const struct visit_content *content, enum purpose purpose, struct str version,
                                          struct str language, const struct consent_form **out, struct salve_err *err);

/* visit_ranges - the table of ranges; or why it is broken. E_NOT_FOUND: it was not asked for, or is not there. */
SALVE_MUST_USE enum salve_code visit_ranges(const struct visit_content *content, const struct ranges **out,
                                            struct salve_err *err);

/* visit_receipts - the words of receipts in a language. E_NOT_FOUND: "nothing was changed"; or why they are broken. */
SALVE_MUST_USE enum salve_code visit_receipts(const struct visit_content *content, struct str language,
                                              const struct consent_texts **out, struct salve_err *err);

/* visit_frame - the words of letters in a language. E_USAGE: that is no language code; E_NOT_FOUND; or why broken. */
SALVE_MUST_USE enum salve_code visit_frame(const struct visit_content *content, struct str language,
                                           const struct letter_frame **out, struct salve_err *err);

/* visit_questionnaire - the form of that id. E_NOT_FOUND: there is none; or why it is broken. */
SALVE_MUST_USE enum salve_code visit_questionnaire(const struct visit_content *content, struct str id,
                                                   const struct form **out, struct salve_err *err);

#endif
