/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of the structs that pass the door. A member that is added to one of them in its header belongs here, too:
 * a test compares the sizes. */
#include "door/shapes_int.h"

#define SHAPE(tag)                                                                                                     \
    static const struct door_field fields_##tag[];                                                                     \
    const struct door_shape door_shape_##tag = {fields_##tag, sizeof(struct tag)};                                     \
    static const struct door_field fields_##tag[] =
#define INT(tag, m, below)            DOOR_PLAIN(DOOR_INT, struct tag, m, below)
#define BOOL(tag, m)                  DOOR_PLAIN(DOOR_BOOL, struct tag, m, 0)
#define BYTES(tag, m)                 DOOR_PLAIN(DOOR_BYTES, struct tag, m, 0)
#define CHARS(tag, m)                 DOOR_PLAIN(DOOR_CHARS, struct tag, m, 0)
#define TEXT(tag, m)                  DOOR_PLAIN(DOOR_TEXT, struct tag, m, DOOR_NAME_BYTES_MAX)
#define DOC(tag, m)                   DOOR_PLAIN(DOOR_TEXT, struct tag, m, DOOR_DOC_BYTES_MAX)
#define PATH(tag, m)                  DOOR_PLAIN(DOOR_PATH, struct tag, m, DOOR_NAME_BYTES_MAX)
#define TAPE(tag, m)                  DOOR_PLAIN(DOOR_TAPE, struct tag, m, 0)
#define CLASSES(tag, m)               INT(tag, m, CLASS_BIT(CLASS_END))
#define ONE(tag, m, of)               DOOR_NESTED(DOOR_ONE, struct tag, m, of)
#define MAYBE(tag, m, of)             DOOR_NESTED(DOOR_MAYBE, struct tag, m, of)
#define MANY(tag, m, count, of, most) DOOR_LISTED(DOOR_MANY, struct tag, m, count, of, most)
#define SOME(tag, m, count, of, most) DOOR_LISTED(DOOR_SOME, struct tag, m, count, of, most)
#define END                                                                                                            \
    {                                                                                                                  \
        .kind = DOOR_END                                                                                               \
    }

/* --- small ones --------------------------------------------------------------------------------------------------- */

SHAPE(str){{.kind = DOOR_TEXT, .bytes = sizeof(struct str), .max = DOOR_DOC_BYTES_MAX}, END};

SHAPE(compartment){BYTES(compartment, bytes), END};

SHAPE(salve_err){INT(salve_err, code, SALVE_CODE_COUNT),
                 CHARS(salve_err, in),
                 INT(salve_err, line, 0),
                 INT(salve_err, column, 0),
                 CHARS(salve_err, element),
                 CHARS(salve_err, why),
                 END};

SHAPE(actor){TEXT(actor, id),   INT(actor, role, ROLE_COUNT), TEXT(actor, site),
             TEXT(actor, told), BYTES(actor, pass),           END};

SHAPE(session){BYTES(session, token),
               ONE(session, actor, actor),
               INT(session, lock_seconds, 0),
               INT(session, ends_unix_ms, 0),
               INT(session, fresh_until_unix_ms, 0),
               BOOL(session, is_for_view),
               BOOL(session, must_set_up),
               END};

SHAPE(site_names){INT(site_names, mode, SITE_MODES), TEXT(site_names, rp_id),
                  SOME(site_names, origins, origin_count, str, SITE_ORIGINS_MAX), END};

SHAPE(proof){TEXT(proof, secret),
             TEXT(proof, code),
             TEXT(proof, challenge),
             TEXT(proof, tablet),
             TEXT(proof, tablet_signature),
             TEXT(proof, credential),
             TEXT(proof, authenticator_data),
             TEXT(proof, client_data),
             TEXT(proof, signature),
             END};

SHAPE(account_passkey){TEXT(account_passkey, id),
                       TEXT(account_passkey, label),
                       TEXT(account_passkey, credential),
                       INT(account_passkey, added_unix_ms, 0),
                       INT(account_passkey, went_back_unix_ms, 0),
                       END};

SHAPE(account){TEXT(account, name),
               INT(account, role, ROLE_COUNT),
               BOOL(account, has_pin),
               BOOL(account, has_phrase),
               BOOL(account, has_totp),
               BYTES(account, handle),
               MANY(account, passkeys, passkey_count, account_passkey, ACCOUNT_PASSKEYS_MAX),
               END};

SHAPE(account_totp){CHARS(account_totp, secret), CHARS(account_totp, uri), END};

SHAPE(passkey_new){TEXT(passkey_new, challenge), TEXT(passkey_new, authenticator_data), TEXT(passkey_new, client_data),
                   TEXT(passkey_new, label), END};

SHAPE(tablet){TEXT(tablet, id),
              TEXT(tablet, label),
              TEXT(tablet, by),
              INT(tablet, enrolled_unix_ms, 0),
              INT(tablet, seen_unix_ms, 0),
              BOOL(tablet, is_locked),
              BOOL(tablet, is_here),
              END};

SHAPE(tablet_new){TEXT(tablet_new, label), BYTES(tablet_new, public_key), END};

/* --- rec.h -------------------------------------------------------------------------------------------------------- */

SHAPE(rec_receipt){DOC(rec_receipt, text),          INT(rec_receipt, proof_from_unix_ms, 0),
                   TEXT(rec_receipt, kind),         INT(rec_receipt, purpose, PURPOSE_END),
                   INT(rec_receipt, leaf_index, 0), INT(rec_receipt, at_unix_ms, 0),
                   BOOL(rec_receipt, ends_untold),  END};

SHAPE(rec_enrolled){ONE(rec_enrolled, compartment, compartment), TEXT(rec_enrolled, card), TEXT(rec_enrolled, slip),
                    ONE(rec_enrolled, receipt, rec_receipt), END};

SHAPE(rec_rows_state){INT(rec_rows_state, done, 0), BOOL(rec_rows_state, is_resumed), BOOL(rec_rows_state, is_redone),
                      BOOL(rec_rows_state, is_kept), END};

SHAPE(rec_ask){ONE(rec_ask, actor, actor),
               INT(rec_ask, purpose, PURPOSE_END),
               TEXT(rec_ask, who),
               CLASSES(rec_ask, classes),
               BOOL(rec_ask, is_away),
               BOOL(rec_ask, is_reminder),
               END};

SHAPE(rec_resource){TEXT(rec_resource, id),
                    TEXT(rec_resource, type),
                    INT(rec_resource, class, CLASS_END),
                    INT(rec_resource, families, 0),
                    INT(rec_resource, saved_at_unix_ms, 0),
                    INT(rec_resource, record_seq, 0),
                    INT(rec_resource, version, 0),
                    TAPE(rec_resource, tape),
                    END};

SHAPE(rec_look){INT(rec_look, at_unix_ms, 0),
                BOOL(rec_look, clock_suspect),
                TEXT(rec_look, kind),
                ONE(rec_look, actor, actor),
                TEXT(rec_look, app),
                TEXT(rec_look, by),
                INT(rec_look, purpose, PURPOSE_END),
                CLASSES(rec_look, classes),
                BOOL(rec_look, is_reminder),
                INT(rec_look, resource_count, 0),
                INT(rec_look, leaf_index, 0),
                INT(rec_look, record_seq, 0),
                BOOL(rec_look, proved),
                BOOL(rec_look, is_unsigned),
                BOOL(rec_look, is_ended),
                DOC(rec_look, proof),
                END};

/* --- share.h ------------------------------------------------------------------------------------------------------ */

SHAPE(share_ask){DOC(share_ask, copy), TEXT(share_ask, passcode), TEXT(share_ask, label),
                 INT(share_ask, until_unix_s, 0), END};

SHAPE(share_made){TEXT(share_made, token), INT(share_made, number, 0), INT(share_made, until_unix_s, 0), END};

SHAPE(share){INT(share, number, 0),         TEXT(share, label),
             INT(share, made_unix_ms, 0),   INT(share, until_unix_ms, 0),
             INT(share, opened_unix_ms, 0), INT(share, opened_count, 0),
             INT(share, tries_left, 0),     END};

SHAPE(share_by){TEXT(share_by, recipient), TEXT(share_by, passcode), END};

SHAPE(share_opened){BOOL(share_opened, is_wrong), INT(share_opened, tries_left, 0),   DOC(share_opened, copy),
                    TEXT(share_opened, ticket),   INT(share_opened, made_unix_ms, 0), END};

/* --- rights.h ----------------------------------------------------------------------------------------------------- */

static const struct door_field fields_consent_form_ref[] = {TEXT(consent_form_ref, id),
                                                            INT(consent_form_ref, major, 0),
                                                            INT(consent_form_ref, minor, 0),
                                                            TEXT(consent_form_ref, lang),
                                                            BYTES(consent_form_ref, sha256),
                                                            DOC(consent_form_ref, text),
                                                            END};
static const struct door_shape door_shape_consent_form_ref = {fields_consent_form_ref, sizeof(struct consent_form_ref)};

SHAPE(consent_grant){INT(consent_grant, seq, 0),
                     INT(consent_grant, state, CONSENT_STATE_COUNT),
                     INT(consent_grant, purpose, PURPOSE_END),
                     CLASSES(consent_grant, classes),
                     INT(consent_grant, at_unix_s, 0),
                     INT(consent_grant, not_after_unix_s, 0),
                     ONE(consent_grant, form, consent_form_ref),
                     INT(consent_grant, method, CONSENT_METHOD_COUNT),
                     INT(consent_grant, witness, CONSENT_WITNESS_COUNT),
                     INT(consent_grant, teach_back, CONSENT_TEACH_BACK_COUNT),
                     INT(consent_grant, teach_back_rounds, 0),
                     INT(consent_grant, by, CONSENT_DECIDER_COUNT),
                     INT(consent_grant, assent, CONSENT_ASSENT_COUNT),
                     INT(consent_grant, majority_unix_s, 0),
                     TEXT(consent_grant, to),
                     TEXT(consent_grant, taken_by),
                     TEXT(consent_grant, agreed_on),
                     TEXT(consent_grant, of_age_by),
                     TEXT(consent_grant, remind_on),
                     END};

SHAPE(rec_consent){ONE(rec_consent, grant, consent_grant), INT(rec_consent, at_unix_ms, 0), BOOL(rec_consent, in_force),
                   INT(rec_consent, reminds_until_unix_s, 0), END};

SHAPE(rec_erasure){INT(rec_erasure, at_unix_ms, 0), INT(rec_erasure, due_unix_ms, 0),
                   INT(rec_erasure, horizon_unix_ms, 0), ONE(rec_erasure, receipt, rec_receipt), END};

/* --- worklist.h --------------------------------------------------------------------------------------------------- */

SHAPE(work_entry){INT(work_entry, part, WORK_PARTS), INT(work_entry, task, WORK_TASKS), INT(work_entry, urgency, 0),
                  INT(work_entry, since_unix_ms, 0), INT(work_entry, due_unix_ms, 0),   END};

SHAPE(work){TEXT(work, ticket), SOME(work, entries, entry_count, work_entry, WORK_ENTRIES_MAX),
            INT(work, reach, WORK_BY_SHOWN + 1), END};

SHAPE(work_ask){INT(work_ask, list, WORK_LISTS), INT(work_ask, most, WORK_PAGE_MAX + 1), TEXT(work_ask, after), END};

SHAPE(work_page){MANY(work_page, all, count, work, WORK_PAGE_MAX),
                 TEXT(work_page, next),
                 INT(work_page, total, 0),
                 BYTES(work_page, groups),
                 INT(work_page, unreadable, 0),
                 BOOL(work_page, is_again),
                 END};

/* --- queue.h ------------------------------------------------------------------------------------------------------ */

SHAPE(queue_step){INT(queue_step, event, DAY_EVENTS),
                  INT(queue_step, station, STATION_COUNT + 1),
                  TEXT(queue_step, item),
                  BOOL(queue_step, has_left),
                  INT(queue_step, left, 0),
                  END};

SHAPE(queue_entry){TEXT(queue_entry, ticket),
                   INT(queue_entry, number, 0),
                   INT(queue_entry, since_unix_ms, 0),
                   INT(queue_entry, at, STATION_COUNT + 1),
                   INT(queue_entry, at_unix_ms, 0),
                   INT(queue_entry, done, 0),
                   INT(queue_entry, left, 0),
                   BOOL(queue_entry, is_held),
                   INT(queue_entry, urgency, 0),
                   MANY(queue_entry, settled, settled_count, str, DAY_ITEMS_MAX),
                   END};

SHAPE(referral_answer){INT(referral_answer, number, 0), INT(referral_answer, said, REFERRAL_SAIDS),
                       INT(referral_answer, at_unix_ms, 0), END};

/* --- apps.h ------------------------------------------------------------------------------------------------------- */

SHAPE(app_allow){
    TEXT(app_allow, client), TEXT(app_allow, redirect),   TEXT(app_allow, challenge), TEXT(app_allow, nonce),
    TEXT(app_allow, scope),  CLASSES(app_allow, classes), INT(app_allow, days, 0),    END};

SHAPE(app_grant){TEXT(app_grant, app),          TEXT(app_grant, name),
                 TEXT(app_grant, scope),        CLASSES(app_grant, classes),
                 INT(app_grant, at_unix_ms, 0), INT(app_grant, until_unix_ms, 0),
                 BOOL(app_grant, is_standing),  END};

SHAPE(app_token_ask){TEXT(app_token_ask, client),   TEXT(app_token_ask, assertion),
                     TEXT(app_token_ask, code),     TEXT(app_token_ask, redirect),
                     TEXT(app_token_ask, verifier), TEXT(app_token_ask, refresh),
                     TEXT(app_token_ask, scope),    END};

SHAPE(app_tokens){TEXT(app_tokens, access),
                  TEXT(app_tokens, refresh),
                  TEXT(app_tokens, id_token),
                  TEXT(app_tokens, scope),
                  TEXT(app_tokens, patient),
                  INT(app_tokens, expires_seconds, 0),
                  END};

SHAPE(app_seen){BOOL(app_seen, is_active), TEXT(app_seen, client),         TEXT(app_seen, scope),
                TEXT(app_seen, patient),   INT(app_seen, until_unix_s, 0), END};

/* --- staff.h, commons.h ------------------------------------------------------------------------------------------- */

SHAPE(staff){TEXT(staff, id),         INT(staff, role, ROLE_COUNT), BOOL(staff, retired),    BOOL(staff, has_pin),
             BOOL(staff, has_phrase), BOOL(staff, has_totp),        INT(staff, passkeys, 0), END};

SHAPE(staff_new){TEXT(staff_new, id), INT(staff_new, role, ROLE_COUNT), TEXT(staff_new, secret),
                 MAYBE(staff_new, second, actor), END};

SHAPE(commons_file){BYTES(commons_file, sha256), DOC(commons_file, bytes), END};

/* --- site.h ------------------------------------------------------------------------------------------------------- */

SHAPE(site_settings){TEXT(site_settings, name),
                     TEXT(site_settings, log_name),
                     TEXT(site_settings, languages),
                     INT(site_settings, assent_age_years, 0),
                     INT(site_settings, consent_age_years, 0),
                     INT(site_settings, majority_age_years, 0),
                     TEXT(site_settings, zone),
                     INT(site_settings, lock_seconds, 0),
                     BOOL(site_settings, name_index),
                     TEXT(site_settings, identifier_systems),
                     TEXT(site_settings, units),
                     TEXT(site_settings, national_patterns),
                     END};

SHAPE(site_secret){TEXT(site_secret, passphrase), PATH(site_secret, key_file), END};

SHAPE(site_facts){TEXT(site_facts, origin),
                  TEXT(site_facts, vkey),
                  INT(site_facts, log_size, 0),
                  BYTES(site_facts, log_root),
                  INT(site_facts, layout, 0),
                  INT(site_facts, kek_epoch, 0),
                  INT(site_facts, rotated_at_unix_ms, 0),
                  INT(site_facts, site_db_bytes, 0),
                  INT(site_facts, keys_db_bytes, 0),
                  END};

SHAPE(site_rotation){INT(site_rotation, epoch, 0),           INT(site_rotation, wraps_renewed, 0),
                     INT(site_rotation, wraps_dropped, 0),   INT(site_rotation, tombstones, 0),
                     INT(site_rotation, horizon_unix_ms, 0), END};

SHAPE(site_finding){TEXT(site_finding, file), TEXT(site_finding, compartment), TEXT(site_finding, element),
                    TEXT(site_finding, what), END};

SHAPE(site_verify_result){BOOL(site_verify_result, is_made_up),
                          INT(site_verify_result, compartments, 0),
                          INT(site_verify_result, records, 0),
                          INT(site_verify_result, wraps, 0),
                          INT(site_verify_result, leaves, 0),
                          INT(site_verify_result, findings, 0),
                          INT(site_verify_result, keys_kept, 0),
                          INT(site_verify_result, left_over, 0),
                          END};

SHAPE(site_backup_ask){ONE(site_backup_ask, actor, actor), PATH(site_backup_ask, data), PATH(site_backup_ask, keys),
                       END};

SHAPE(site_backup){TEXT(site_backup, path),
                   TEXT(site_backup, keys),
                   INT(site_backup, at_unix_ms, 0),
                   INT(site_backup, bytes, 0),
                   ONE(site_backup, verified, site_verify_result),
                   BOOL(site_backup, is_one_disk),
                   END};

SHAPE(site_backup_state){INT(site_backup_state, at_unix_ms, 0),
                         TEXT(site_backup_state, data),
                         TEXT(site_backup_state, keys),
                         INT(site_backup_state, keys_at_unix_ms, 0),
                         INT(site_backup_state, renewals_since, 0),
                         INT(site_backup_state, keys_code, SALVE_CODE_COUNT),
                         ONE(site_backup_state, keys_err, salve_err),
                         END};

/* --- certify.h ---------------------------------------------------------------------------------------------------- */

SHAPE(site_certificate){TEXT(site_certificate, der), TEXT(site_certificate, name),
                        INT(site_certificate, from_unix_ms, 0), INT(site_certificate, until_unix_ms, 0), END};

/* --- health.h ----------------------------------------------------------------------------------------------------- */

SHAPE(site_health){INT(site_health, now_unix_ms, 0),
                   BOOL(site_health, is_clock_doubted),
                   INT(site_health, verified_at_unix_ms, 0),
                   INT(site_health, verified_findings, 0),
                   INT(site_health, signed_at_unix_ms, 0),
                   INT(site_health, published_at_unix_ms, 0),
                   INT(site_health, disk_free_bytes, 0),
                   INT(site_health, disk_bytes, 0),
                   TEXT(site_health, build),
                   END};

SHAPE(site_entry){INT(site_entry, row, 0),
                  INT(site_entry, type, 0),
                  TEXT(site_entry, kind),
                  TEXT(site_entry, id),
                  INT(site_entry, version, 0),
                  TEXT(site_entry, facts),
                  END};

SHAPE(site_entries){MANY(site_entries, list, count, site_entry, SITE_ENTRIES_MAX), INT(site_entries, next, 0), END};

/* --- of the door alone -------------------------------------------------------------------------------------------- */

SHAPE(door_facts){
    ONE(door_facts, id, compartment),      CLASSES(door_facts, classes),        INT(door_facts, first_number, 0),
    INT(door_facts, opened_at_unix_ms, 0), INT(door_facts, day_end_unix_ms, 0), INT(door_facts, proofs_from_unix_ms, 0),
    INT(door_facts, until_unix_ms, 0),     BOOL(door_facts, keeps_apart),       END};

static const struct door_field fields_tape[] = {{.kind = DOOR_TAPE, .bytes = sizeof(struct tape)}, END};
static const struct door_shape door_shape_tape = {fields_tape, sizeof(struct tape)};

SHAPE(rec_item){{.kind = DOOR_MAYBE,
                 .offset = offsetof(struct rec_item, tape),
                 .bytes = sizeof(struct tape *),
                 .shape = &door_shape_tape},
                INT(rec_item, class, CLASS_END),
                INT(rec_item, after_seq, 0),
                END};

SHAPE(door_saving){BYTES(door_saving, handle),
                   INT(door_saving, ids_given, 0),
                   MANY(door_saving, items, items_count, rec_item, DOOR_LIST_MAX),
                   INT(door_saving, parts_meant, 1u << WORK_PARTS),
                   MANY(door_saving, entries, entries_count, work_entry, WORK_ENTRIES_MAX),
                   BOOL(door_saving, wants_receipt),
                   END};

SHAPE(door_placed){INT(door_placed, at, 0), ONE(door_placed, resource, rec_resource), END};

SHAPE(door_progress){TEXT(door_progress, step), INT(door_progress, done, 0), INT(door_progress, of, 0), END};

SHAPE(door_saved){INT(door_saved, code, SALVE_CODE_COUNT), ONE(door_saved, err, salve_err),
                  ONE(door_saved, receipt, rec_receipt), END};
