/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/forms - empty sheets of paper: what is printed before anybody comes. They name nobody, and nothing on them is
 * ticked. */
#ifndef SALVE_VISIT_FORMS_H
#define SALVE_VISIT_FORMS_H

#include "visit/content.h"
#include "visit/result.h"

/* visit_consent_sheet - a consent form to sign, in its own language: its words as they are, the read-back questions,
 * agreement and refusal as large as each other, date, signature, witness. Of the visit: content with VISIT_FRAMES, mem
 * and draw alone; sheet->language is not read. errors   those of visit_frame and letter_draw_pdf */
SALVE_MUST_USE enum salve_code visit_consent_sheet(const struct visit *visit, const struct consent_form *form,
                                                   struct visit_sheet *sheet, struct salve_err *err);

/* visit_station_sheet - what the stations of packages (names, a space between) measure, with the words that are typed
 * and the units of the site, and the danger questions of the open block (lines.json of the alarms in the share folder;
 * those that are asked in private are not on it). No name; a place for the ticket or the label of the card. The content
 * has VISIT_GUIDELINES and VISIT_FRAMES.
 *   errors   E_USAGE: no such package; E_NOT_FOUND: no packages.json; why it is broken; those of visit_frame,
 *            letter_form_pdf */
SALVE_MUST_USE enum salve_code visit_station_sheet(const struct visit *visit, struct str packages,
                                                   struct visit_sheet *sheet, struct salve_err *err);

#endif
