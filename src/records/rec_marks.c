/* SPDX-License-Identifier: Apache-2.0
 *
 * What a resource says that staff says or does, by its marks (deeds.h). */
#include "fhir/fhir.h"
#include "records/deeds_int.h"
#include "records/referral.h"

struct str rec_text_at(const struct tape *tape, const char *path)
{
    tape_at at = tape_get(tape, tape_root(tape), path);
    return at == TAPE_NONE ? STR("") : tape_text(tape, at);
}

static bool has_finding(const struct tape *tape)
{
    tape_at root = tape_root(tape);
    for (tape_at at = tape_first(tape, root); at != TAPE_NONE; at = tape_next(tape, root, at))
        if (tape_path_name(tape, at) == FHIR_N_extension && str_is(tape_child_text(tape, at, "url"), DEED_FINDING))
            return true;
    return false;
}

static enum rec_deed communication(const struct tape *tape)
{
    if (!str_is(rec_text_at(tape, "sender.identifier.system"), DEED_STAFF)) return DEED_IS_NONE;
    bool is_telling = str_is(rec_text_at(tape, "status"), "completed") &&
                      str_is(rec_text_at(tape, "category.coding.system"), DEED_CATEGORY);
    return is_telling ? DEED_IS_TOLD : DEED_IS_STAFF;
}

static enum rec_deed provenance(const struct tape *tape)
{
    struct str system = rec_text_at(tape, "activity.coding.system"), code = rec_text_at(tape, "activity.coding.code");
    if (str_is(system, DEED_ACTIVITY)) return DEED_IS_SIGNED;
    if (!str_is(rec_text_at(tape, "agent.who.identifier.system"), DEED_STAFF)) return DEED_IS_NONE;
    if (!str_is(system, DEED_OPERATION)) return DEED_IS_STAFF;
    return str_is(code, "COMPLETE") ? DEED_IS_CLOSED : str_is(code, "CANCEL") ? DEED_IS_LEFT_OUT : DEED_IS_STAFF;
}

static enum rec_deed task(const struct tape *tape, struct str system)
{
    if (str_starts(system, STR(DEED_TASK))) return DEED_IS_TASK;
    bool is_referral = str_is(system, REFERRAL_SYSTEM) &&
                       str_is(rec_text_at(tape, "code.coding.code"), REFERRAL_FULFILL) &&
                       str_is(rec_text_at(tape, "requester.identifier.system"), DEED_STAFF);
    return is_referral ? DEED_IS_REFERRAL : DEED_IS_NONE;
}

enum rec_deed rec_deed_of(const struct tape *tape)
{
    struct str type = fhir_type_name(tape_type(tape, tape_root(tape))), system;
    if (str_is(type, "Observation")) return has_finding(tape) ? DEED_IS_FINDING : DEED_IS_NONE;
    if (str_is(type, "Communication")) return communication(tape);
    if (str_is(type, "Provenance")) return provenance(tape);
    if (!str_is(type, "ServiceRequest") && !str_is(type, "Task")) return DEED_IS_NONE;
    system = rec_text_at(tape, "code.coding.system");
    if (str_is(type, "Task")) return task(tape, system);
    return str_starts(system, STR(DEED_GUIDELINE)) ? DEED_IS_REQUEST : DEED_IS_NONE;
}

enum rec_deed_state rec_deed_state(const struct tape *tape, enum rec_deed deed)
{
    struct str status = rec_text_at(tape, "status");
    const char *draft = deed == DEED_IS_FINDING ? "preliminary" : "draft";
    const char *done = deed == DEED_IS_FINDING ? "final" : deed == DEED_IS_REQUEST ? "active" : "requested";
    return str_is(status, draft) ? DEED_DRAFT : str_is(status, done) ? DEED_DONE : DEED_ENDED;
}

tape_at rec_deed_next_target(const struct tape *tape, tape_at after, struct str *reference)
{
    tape_at root = tape_root(tape);
    tape_at at = after == TAPE_NONE ? tape_first(tape, root) : tape_next(tape, root, after);
    while (at != TAPE_NONE && tape_path_name(tape, at) != FHIR_N_target) at = tape_next(tape, root, at);
    if (at != TAPE_NONE) *reference = tape_child_text(tape, at, "reference");
    return at;
}
