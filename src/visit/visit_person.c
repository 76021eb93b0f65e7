/* SPDX-License-Identifier: Apache-2.0
 * Who a file is about, beside who the record is about; and how a Patient is corrected. */
#include "admit/same.h"
#include "base/buf.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "visit/known_int.h"
#include "visit/result.h"
#include "visit/visit_int.h"

/* --- whose file is it --------------------------------------------------------------------------------------------- */

static bool tells(const struct tape *tape, tape_at patient)
{
    return tape_child(tape, patient, FHIR_N_name) != TAPE_NONE || tape_child_text(tape, patient, "birthDate").len > 0;
}

bool visit_is_theirs(const struct tape *record, tape_at patient, const struct tape *file)
{
    tape_at told = tape_patient(file);
    if (told == TAPE_NONE || patient == TAPE_NONE || !tells(file, told)) return true;
    return same_names(record, patient, file, told) != SAME_DIFFERS &&
           same_birth(record, patient, file, told) != SAME_DIFFERS;
}

enum salve_code visit_whose(const struct tape *record, tape_at patient, const struct tape *file, struct arena *mem,
                            struct visit_whose *out, struct salve_err *err)
{
    tape_at told = tape_patient(file);
    *out = (struct visit_whose){.name_agrees = same_names(record, patient, file, told) != SAME_DIFFERS,
                                .born_agrees = same_birth(record, patient, file, told) != SAME_DIFFERS,
                                .record_born = tape_child_text(record, patient, "birthDate"),
                                .file_born = tape_child_text(file, told, "birthDate")};
    TRY(visit_name_of(record, patient, mem, &out->record_name, err));
    TRY(visit_name_of(file, told, mem, &out->file_name, err));
    TRY(visit_name_on_paper(out->record_name, mem, &out->record_name, err)); /* it moves and turns nothing */
    return visit_name_on_paper(out->file_name, mem, &out->file_name, err);
}

enum salve_code visit_is_correction(const struct tape *record, const struct tape *came, struct arena *mem,
                                    struct salve_err *err)
{
    struct visit_whose whose;
    if (visit_is_theirs(record, tape_root(record), came)) return SALVE_OK;
    TRY(visit_whose(record, tape_root(record), came, mem, &whose, err));
    if (whose.name_agrees || whose.born_agrees) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT,
                        "another name with another birth date is another person; correct one at a time",
                        "Patient.name and Patient.birthDate");
}

/* --- joining ------------------------------------------------------------------------------------------------------ */

static bool has_element(const struct tape *tape, fhir_name_id name)
{
    return tape_child(tape, tape_root(tape), name) != TAPE_NONE;
}

static bool has_same(const struct tape *tape, const struct tape *other, tape_at item)
{
    tape_at root = tape_root(tape);
    for (tape_at c = tape_first(tape, root); c != TAPE_NONE; c = tape_next(tape, root, c))
        if (tape_element(tape, c) == tape_element(other, item) && same_content(tape, c, other, item)) return true;
    return false;
}

bool visit_patient_knows(const struct tape *stored, const struct tape *joined)
{
    if (!same_content(stored, 0, joined, 0)) return false;
    for (tape_at c = tape_first(joined, 0); c != TAPE_NONE; c = tape_next(joined, 0, c))
        if (tape_path_name(joined, c) == FHIR_N_identifier && !has_same(stored, joined, c)) return false;
    return true;
}

/* Identifiers of both, each once; items of a list stand together. */
static void add_identifiers(struct tape_builder *make, const struct tape *stored, const struct tape *came)
{
    for (tape_at c = tape_first(stored, 0); c != TAPE_NONE; c = tape_next(stored, 0, c))
        if (tape_path_name(stored, c) == FHIR_N_identifier) tape_add_child(make, stored, c);
    for (tape_at c = tape_first(came, 0); c != TAPE_NONE; c = tape_next(came, 0, c))
        if (tape_path_name(came, c) == FHIR_N_identifier && !has_same(stored, came, c)) tape_add_child(make, came, c);
}

/* A file that knows the year alone takes no day away. */
static bool keeps_birth_date(const struct tape *stored, const struct tape *came)
{
    struct str known = tape_child_text(stored, 0, "birthDate"), told = tape_child_text(came, 0, "birthDate");
    return known.len > told.len && str_starts(known, told);
}

enum salve_code visit_patient_join(const struct tape *stored, const struct tape *came, struct arena *mem,
                                   struct tape *out, struct salve_err *err)
{
    struct tape_builder make;
    bool is_numbered = false, keeps_day = keeps_birth_date(stored, came);
    tape_build(&make, mem, FHIR_T_Patient);
    for (tape_at c = tape_first(came, 0); c != TAPE_NONE; c = tape_next(came, 0, c)) {
        fhir_name_id name = tape_path_name(came, c);
        if (name == FHIR_N_birthDate && keeps_day) continue;
        if (name != FHIR_N_identifier) tape_add_child(&make, came, c);
        if (name == FHIR_N_identifier && !is_numbered) add_identifiers(&make, stored, came);
        is_numbered = is_numbered || name == FHIR_N_identifier;
    }
    for (tape_at c = tape_first(stored, 0); c != TAPE_NONE; c = tape_next(stored, 0, c)) {
        fhir_name_id name = tape_path_name(stored, c);
        if (!has_element(came, name) || (name == FHIR_N_birthDate && keeps_day)) tape_add_child(&make, stored, c);
    }
    return tape_built(&make, out, err);
}

/* --- a correction is noted ---------------------------------------------------------------------------------------- */

static void add_code(struct tape_builder *make, const char *name, struct str system, struct str code)
{
    tape_open(make, name);
    tape_add_text(make, "system", system);
    tape_add_text(make, name[0] == 'i' ? "value" : "code", code);
    tape_close(make);
}

enum salve_code visit_correction(struct rec_view *view, struct actor actor, struct str patient_id, struct arena *mem,
                                 struct tape *out, struct salve_err *err)
{
    struct str reference = arena_printf(mem, "Patient/%.*s", STR_ARGS(patient_id));
    if (reference.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "correction");
    return visit_noted(view, actor, reference, STR("UPDATE"), mem, out, err);
}

enum salve_code visit_noted(struct rec_view *view, struct actor actor, struct str reference, struct str operation,
                            struct arena *mem, struct tape *out, struct salve_err *err)
{
    struct str id;
    char now[CLOCK_TEXT_BYTES];
    struct tape_builder make;
    TRY(rec_new_id(view, mem, &id, err));
    tape_build(&make, mem, FHIR_T_Provenance);
    tape_add_text(&make, "id", id);
    tape_add_reference(&make, "target", reference);
    tape_add_text(&make, "recorded", clock_text(rec_opened_at_unix_ms(view), now));
    tape_open(&make, "activity");
    add_code(&make, "coding", STR("http://terminology.hl7.org/CodeSystem/v3-DataOperation"), operation);
    tape_close(&make);
    tape_open(&make, "agent");
    tape_open(&make, "who");
    add_code(&make, "identifier", STR("urn:salve:staff"), actor.id);
    tape_close(&make);
    tape_close(&make);
    return tape_built(&make, out, err);
}
