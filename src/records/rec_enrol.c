/* SPDX-License-Identifier: Apache-2.0
 *
 * Enrolment: a new compartment with the means of own access and nothing else. Whether the same person has another
 * compartment is neither asked nor told (N10). */
#include "admit/admit.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "records/ids_int.h"
#include "records/gate_int.h"
#include "records/rows_int.h"
#include "records/who_int.h"

enum { WORK_BYTES = 32 << 20 };
enum { NUMBER_PATIENT = 1, NUMBER_SEX = 2 }; /* what the ids of an enrolment end in */

/* What an enrolment is made of while it happens. */
struct enrolment {
    struct site *site;
    struct arena *work;
    struct rec_chain chain;
    struct rec_code card, slip;
    bool has_slip;
    struct tape patient, sex;
    bool has_sex;
    struct rec_leaf leaf;
    uint8_t consent_sha256[CRYPTO_SHA256_BYTES];
    uint8_t name_token[KEYS_TOKEN_BYTES];
    bool has_name; /* it has one */
};

static enum salve_code check_patient(struct enrolment *en, const struct tape *patient, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    struct fhir_issues issues;
    if (tape_root(patient) == TAPE_NONE || tape_type(patient, 0) != FHIR_T_Patient)
        return salve_fail(err, SALVE_E_INVALID, "Patient");
    fhir_issues_init(&issues, en->work);
    compartment_text(en->chain.id, text);
    struct str id = arena_printf(en->work, "%s.%d", text, NUMBER_PATIENT);
    if (id.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "enrolment");
    enum salve_code code = rec_with_id(patient, id, en->work, &en->patient, err);
    if (code != SALVE_OK) return code;
    return admit_check(en->site->rules, &en->patient, str_make(text, COMPARTMENT_TEXT_BYTES), en->work, &issues, err);
}

/* The sex for reference ranges, as it was told; nothing that Patient.gender does not say. */
static enum salve_code make_sex(struct enrolment *en, struct str sex, struct salve_err *err)
{
    struct tape_builder make;
    struct fhir_issues issues;
    char text[COMPARTMENT_TEXT_BYTES + 1], when[CLOCK_TEXT_BYTES];
    en->has_sex = str_is(sex, "female") || str_is(sex, "male");
    if (!en->has_sex) return SALVE_OK;
    fhir_issues_init(&issues, en->work);
    compartment_text(en->chain.id, text);
    tape_build(&make, en->work, FHIR_T_Observation);
    tape_add_text(&make, "id", arena_printf(en->work, "%s.%d", text, NUMBER_SEX));
    tape_add_text(&make, "status", STR("final"));
    tape_add_concept(&make, "code", STR("http://loinc.org"), STR("46098-0"));
    tape_add_reference(&make, "subject", arena_printf(en->work, "Patient/%s.%d", text, NUMBER_PATIENT));
    tape_add_text(&make, "effectiveDateTime", clock_text(near_site_now_unix_ms(en->site), when));
    tape_add_concept(&make, "valueCodeableConcept", STR("http://snomed.info/sct"),
                     str_is(sex, "female") ? STR("248152002") : STR("248153007"));
    TRY(tape_built(&make, &en->sex, err));
    return admit_check(en->site->rules, &en->sex, str_make(text, COMPARTMENT_TEXT_BYTES), en->work, &issues, err);
}

/* Record 1 is what own access rests on, record 2 the identity, record 3 the opening of the leaf. */
static enum salve_code put_records(struct enrolment *en, struct rec_tx *tx, struct actor actor, struct salve_err *err)
{
    const struct tape *told[] = {&en->patient, &en->sex};
    struct rec_event event = {.kind = REC_EVENT_ENROLMENT,
                              .actor = actor,
                              .purpose = PURPOSE_SELF,
                              .classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CONSENT)};
    struct payload own = {.kind = PAYLOAD_ENROLMENT, .leaf_index = tlog_size(tx->log), .body = STR("")};
    struct payload identity = {.kind = PAYLOAD_RESOURCES, .leaf_index = own.leaf_index};
    enum salve_code code = rec_put(tx, &en->chain, CLASS_CONSENT, &own, err);
    memcpy(en->consent_sha256, en->chain.head.sha256, sizeof en->consent_sha256);
    if (code == SALVE_OK) code = payload_tapes_pack(told, en->has_sex ? 2 : 1, tx->mem, &identity.body, err);
    if (code == SALVE_OK) code = rec_put(tx, &en->chain, CLASS_IDENT, &identity, err);
    return code == SALVE_OK ? rec_note(tx, &en->chain, &event, &en->leaf, err) : code;
}

/* Wraps and tokens are durable before the records are: a crash in between leaves keys of nothing, which the next
 * opening of the site removes (rec_recover), since the site was marked open before; the other way round would leave
 * records without keys. */
static enum salve_code put_keys(struct enrolment *en, struct salve_err *err)
{
    uint8_t tokens[3][KEYS_TOKEN_BYTES];
    size_t count = 1;
    struct keys_grant own = {.purpose = PURPOSE_SELF, .classes = purpose_classes(PURPOSE_SELF), .consent = {.seq = 1}};
    memcpy(own.consent.sha256, en->consent_sha256, sizeof own.consent.sha256);
    enum salve_code code = rec_code_token(en->site, &en->card, tokens[0], err);
    if (en->has_name) memcpy(tokens[count++], en->name_token, KEYS_TOKEN_BYTES);
    if (code == SALVE_OK && en->has_slip) code = rec_code_token(en->site, &en->slip, tokens[count++], err);
    if (code == SALVE_OK) code = keys_grant(en->site->keys, en->chain.ring, &own, 1, err);
    if (code == SALVE_OK)
        code = keys_token_put(en->site->keys, &(struct keys_bound){.id = en->chain.id, .since = 1},
                              (const uint8_t(*)[KEYS_TOKEN_BYTES])tokens, count, err);
    return code;
}

static enum salve_code enrol_in(struct enrolment *en, struct rec_tx *tx, struct actor actor, struct salve_err *err)
{
    enum salve_code code = rec_actor_check(tx, actor, err);
    if (code == SALVE_OK && tx->is_suspect) code = rec_clock_doubted(tx->site, "enrolment", err);
    if (code == SALVE_OK) code = store_quota_free(tx->store, en->chain.id, tx->now_unix_ms, err);
    if (code == SALVE_OK) code = put_records(en, tx, actor, err);
    if (code == SALVE_OK) code = put_keys(en, err);
    if (code == SALVE_OK) rec_rows_enrolled(tx->site, en->chain.id);
    if (code == SALVE_OK) code = rec_tx_commit(tx, err);
    if (code != SALVE_OK) rec_rows_not_enrolled(tx->site);
    return code;
}

/* Of who acts for sure, and before the transaction, since it takes long and others are served meanwhile. */
static enum salve_code make_name_token(struct enrolment *en, struct actor actor, struct salve_err *err)
{
    if (!en->site->settings.name_index) return SALVE_OK;
    TRY(rec_actor_is(en->site, actor, en->work, err));
    return rec_name_token(en->site, &en->patient, en->work, en->name_token, &en->has_name, err);
}

static enum salve_code enrol(struct enrolment *en, struct actor actor, const struct tape *patient, struct str sex,
                             struct salve_err *err)
{
    struct rec_tx tx;
    crypto_random(en->chain.id.bytes, sizeof en->chain.id.bytes);
    rec_code_make(REC_CODE_CARD, &en->card);
    rec_code_make(REC_CODE_SLIP, &en->slip);
    enum salve_code code = check_patient(en, patient, err);
    if (code == SALVE_OK) code = make_sex(en, sex, err);
    if (code == SALVE_OK) code = make_name_token(en, actor, err);
    if (code == SALVE_OK) code = keys_ring_new(en->site->keys, en->chain.id, &en->chain.ring, err);
    if (code == SALVE_OK) code = rec_tx_mark_open(en->site, en->work, err);
    if (code == SALVE_OK) code = rec_tx_begin(en->site, false, en->work, &tx, err);
    if (code == SALVE_OK) {
        code = enrol_in(en, &tx, actor, err);
        rec_tx_abandon(&tx);
        if (code != SALVE_OK && keys_erase(en->site->keys, en->chain.id, NULL) != SALVE_OK)
            en->site->has_leftovers = true; /* on a full disk: the next opening tries again */
    }
    keys_ring_drop(&en->chain.ring);
    return code;
}

struct enrol_ask {
    struct actor actor;
    const struct tape *patient;
    struct str sex;
    bool has_slip;
};

static enum salve_code enrol_one(struct site *site, const struct enrol_ask *ask, struct arena *mem,
                                 struct rec_enrolled *out, struct salve_err *err)
{
    struct enrolment en = {.site = site, .has_slip = ask->has_slip};
    enum salve_code code = rec_may(site, ask->actor, ACT_ENROL, PURPOSE_NONE, err);
    if (code != SALVE_OK) return code;
    en.work = arena_open_private(WORK_BYTES);
    if (en.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "enrolment");
    code = enrol(&en, ask->actor, ask->patient, ask->sex, err);
    out->slip = STR_NONE;
    if (code == SALVE_OK) code = rec_code_out(&en.card, mem, &out->card, err);
    if (code == SALVE_OK && ask->has_slip) code = rec_code_out(&en.slip, mem, &out->slip, err);
    if (code == SALVE_OK) code = rec_receipt_make(site, &en.leaf, REC_SIGN_DUE, mem, &out->receipt, err);
    out->compartment = en.chain.id;
    if (code == SALVE_OK) site->enrolled = en.chain.id;
    crypto_zero(&en.card, sizeof en.card);
    crypto_zero(&en.slip, sizeof en.slip);
    payload_codec_wipe(site->codec);
    arena_close(en.work);
    crypto_zero_stack();
    return code;
}

enum salve_code near_rec_enrol(struct site *site, struct actor actor, const struct tape *patient, struct arena *mem,
                               struct rec_enrolled *out, struct salve_err *err)
{
    return enrol_one(site, &(struct enrol_ask){actor, patient, STR(""), false}, mem, out, err);
}

enum salve_code near_rec_enrol_told(struct site *site, struct actor actor, const struct tape *patient, struct str sex,
                                    struct arena *mem, struct rec_enrolled *out, struct salve_err *err)
{
    return enrol_one(site, &(struct enrol_ask){actor, patient, sex, false}, mem, out, err);
}

enum salve_code near_rec_enrol_slip(struct site *site, struct actor actor, const struct tape *patient,
                                    struct arena *mem, struct rec_enrolled *out, struct salve_err *err)
{
    return enrol_one(site, &(struct enrol_ask){actor, patient, STR(""), true}, mem, out, err);
}
