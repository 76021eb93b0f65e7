/* SPDX-License-Identifier: Apache-2.0
 * The commands of a person's own rights: choices, who looked, take everything away, withdraw, be erased. */
#include "cli/cli_rights.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli_commands.h"
#include "cli/cli_findings.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "base/file.h"
#include "visit/result.h"
#include "visit/share.h"

/* --- choices ------------------------------------------------------------------------------------------------------ */

enum salve_code cli_purpose(const struct cli *cli, enum purpose *out, struct salve_err *err)
{
    const char *text = cli_option(cli, OPT_PURPOSE);
    if (text != NULL && purpose_find(str_of(text), out) && consent_is_asked(*out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE,
                        "a purpose is one of: care, follow-up, statistics, research-contact, transfer, helper",
                        "--purpose");
}

static void consent_line(struct buf *out, const struct rec_consent *consent)
{
    char when[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
    const char *state = consent->in_force ? "on" : consent->grant.state == CONSENT_WITHDRAWN ? "taken back" : "ended";
    int64_t end_unix_s = consent->grant.not_after_unix_s;
    buf_addf(out, "%-18s %-11s %.*s", purpose_text(consent->grant.purpose), state,
             STR_ARGS(clock_date_text(consent->at_unix_ms, when)));
    if (consent->in_force && end_unix_s != 0)
        buf_addf(out, "  until %.*s", STR_ARGS(clock_date_text(end_unix_s * 1000, until)));
    if (consent->reminds_until_unix_s != 0)
        buf_addf(out, "  call before the check of %.*s, until %.*s", STR_ARGS(consent->grant.remind_on),
                 STR_ARGS(clock_date_text(consent->reminds_until_unix_s * 1000, until)));
    buf_add_char(out, '\n');
}

enum salve_code cli_consent_list(struct cli *cli, struct salve_err *err)
{
    struct visit_consents consents;
    struct cli_reply reply;
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    TRY(visit_consents(&cli->visit, cli->card, &consents, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < consents.count; i++) {
        if (cli->is_json)
            visit_consent_json(&consents.list[i], &reply.w);
        else
            consent_line(&reply.out, &consents.list[i]);
    }
    if (consents.count == 0) cli_say(cli, "Nothing is switched on.");
    return cli_reply_done(&reply, err);
}

/* --- results ------------------------------------------------------------------------------------------------------ */

static enum salve_code put_results(struct cli *cli, const struct visit_sheet *sheet,
                                   const struct screen_found *findings, struct salve_err *err)
{
    const char *path = cli_option(cli, OPT_OUTPUT);
    if (path != NULL) TRY(file_write(path, sheet->bytes, 0600, err));
    if (cli->is_json) return cli_findings_print(cli, findings, err);
    if (path == NULL) cli_write_text(sheet->bytes);
    return SALVE_OK;
}

enum salve_code cli_is_pdf(const char *path, bool *out, struct salve_err *err)
{
    struct str name = path == NULL ? STR(".html") : str_of(path);
    *out = str_ends(name, STR(".pdf"));
    if (*out || str_ends(name, STR(".html"))) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "a letter is written as .pdf or .html", "--output");
}

enum salve_code cli_results(struct cli *cli, struct salve_err *err)
{
    struct str code, birth_date;
    struct screen_found findings;
    const char *path = cli_option(cli, OPT_OUTPUT);
    struct visit_sheet sheet = {.language = cli_option_or(cli, OPT_LANG, "en"), .is_text = path == NULL};
    TRY(cli_is_pdf(path, &sheet.is_pdf, err));
    TRY(cli_word_read(cli, cli->word_count > 0 ? cli->words[0] : NULL, "Code on the letter", &code, err));
    TRY(cli_word_read(cli, cli_option(cli, OPT_BORN), "Birth date (YYYY-MM-DD)", &birth_date, err));
    TRY(cli_open(cli, CLI_NOBODY, err));
    TRY(cli_accepted(cli, VISIT_FRAMES, err));
    TRY(visit_results(&cli->visit, code, birth_date, &sheet, 1, &findings, err));
    return put_results(cli, &sheet, &findings, err);
}

/* --- looked ------------------------------------------------------------------------------------------------------- */

static enum salve_code write_proofs(struct cli *cli, const struct visit_looks *looks, struct salve_err *err)
{
    const char *folder = cli_option(cli, OPT_PROOFS);
    if (folder == NULL) return SALVE_OK;
    (void)mkdir(folder, 0700);
    for (size_t i = 0; i < looks->count; i++) {
        const struct rec_look *look = &looks->list[i];
        struct str path = arena_printf(cli->mem, "%s/%llu.tlog-proof", folder, (unsigned long long)look->leaf_index);
        if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "proofs");
        if (look->proved) TRY(file_write(path.ptr, look->proof, 0600, err));
    }
    return SALVE_OK;
}

static void look_line(struct buf *out, const struct rec_look *look)
{
    char when[CLOCK_TEXT_BYTES];
    struct str at = clock_text(look->at_unix_ms, when);
    bool is_own = look->actor.role == ROLE_PARTICIPANT;
    bool is_by_app = look->app.len > 0 && !str_is(look->kind, "consent") && !str_is(look->kind, "withdrawal");
    bool is_by_letter = look->purpose == PURPOSE_LETTER; /* paper, which others may have read */
    bool is_by_link = look->by.len > 0;                  /* who they say they are */
    buf_addf(out, "%.16s  %-10.*s  ", at.ptr, STR_ARGS(look->kind));
    if (look->app.len > 0) buf_addf(out, "app %.*s, ", STR_ARGS(look->app));
    buf_addf(out, "%s%s%.*s  %s",
             is_by_app      ? "which was let in"
             : is_by_letter ? "with a letter's code"
             : is_by_link   ? "with a health link, by who says to be: "
             : is_own       ? "with the card"
                            : role_text(look->actor.role),
             is_by_link || look->actor.id.len == 0 ? ""
             : is_own                              ? ", staff there: "
                                                   : " ",
             STR_ARGS(is_by_link ? look->by : look->actor.id), look->purpose == 0 ? "" : purpose_text(look->purpose));
    if (look->classes != 0) buf_add(out, STR(": "));
    visit_classes_add(look->classes, out);
    if (look->is_reminder) buf_add(out, STR(", to remind you of your next check"));
    if (look->resource_count > 0)
        buf_addf(out, " (%u %s)", look->resource_count, str_is(look->kind, "write") ? "written" : "read");
    buf_addf(out, "  leaf %llu %s\n", (unsigned long long)look->leaf_index,
             look->proved        ? "proved"
             : look->is_unsigned ? "not yet signed"
             : look->is_ended    ? "never signed: its log ended"
                                 : "NOT PROVED");
}

/* What the lines of a list are: signed, to be signed, and what none of them can show. */
static void say_what_is_proved(const struct cli *cli, const struct visit_looks *looks)
{
    char when[CLOCK_TEXT_BYTES];
    size_t later = looks->unsigned_count + looks->ended_count;
    if (looks->unsigned_count > 0)
        cli_say(cli, "%zu of these %zu lines are in the log and not yet signed: their proof comes from %.16s on.",
                looks->unsigned_count, looks->count, clock_text(looks->proofs_from_unix_ms, when).ptr);
    if (looks->ended_count > 0)
        cli_say(cli, "%zu of these %zu lines were in the log and not yet signed when something was lost and it ended.",
                looks->ended_count, looks->count);
    if (later < looks->count)
        cli_say(cli, "Every %s of these %zu lines is in the signed log.", later > 0 ? "other one" : "one",
                looks->count);
    cli_say(cli,
            "A look that somebody cuts out of the site's files is found, by this command or by 'salve verify'. One at\n"
            "a copy of the site does not show here, nor one from after the time to which somebody put the whole\n"
            "folder back: 'salve verify --against' a proof shows that.");
}

enum salve_code cli_looked_print(struct cli *cli, const struct visit_looks *looks, struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < looks->count; i++) {
        if (cli->is_json)
            TRY(visit_look_json(looks, i, cli->mem, &reply.w, err));
        else
            look_line(&reply.out, &looks->list[i]);
    }
    TRY(cli_reply_done(&reply, err));
    if (looks->missing > 0)
        return salve_refuse(err, SALVE_E_INTEGRITY, "the log does not hold what it should", "%zu of %zu lines",
                            looks->missing, looks->count);
    say_what_is_proved(cli, looks);
    return SALVE_OK;
}

enum salve_code cli_looked(struct cli *cli, struct salve_err *err)
{
    struct visit_looks looks;
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    TRY(visit_looked(&cli->visit, cli->card, &looks, err));
    TRY(write_proofs(cli, &looks, err));
    return cli_looked_print(cli, &looks, err);
}

/* --- proofs of receipts ------------------------------------------------------------------------------------------- */

enum salve_code cli_receipt(struct cli *cli, struct salve_err *err)
{
    struct visit_looks proofs;
    struct cli_reply reply;
    char when[CLOCK_TEXT_BYTES];
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    TRY(visit_proofs(&cli->visit, cli->card, cli_has(cli, OPT_ALL), &proofs, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < proofs.count; i++) {
        if (cli->is_json) visit_proof_json(&proofs.list[i], &reply.w);
        if (proofs.list[i].proved) cli_reply_words(&reply, "%.*s\n", STR_ARGS(proofs.list[i].proof));
    }
    TRY(cli_reply_done(&reply, err));
    if (proofs.missing > 0)
        return salve_refuse(err, SALVE_E_INTEGRITY, "the log does not hold what it should", "%zu of %zu receipts",
                            proofs.missing, proofs.count);
    if (proofs.unsigned_count == 0) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_NOT_FOUND, "proof of %zu of %zu receipts", proofs.unsigned_count, proofs.count);
    return salve_why(err, SALVE_E_NOT_FOUND, "the log is not signed that far yet; the proof is from %.16s on",
                     clock_text(proofs.proofs_from_unix_ms, when).ptr);
}

/* --- history ------------------------------------------------------------------------------------------------------ */

/* "2026-11-30 09:00: lina told the person, in-person. Agreed: comes back at two." */
static struct str told_words(const struct cli *cli, const struct screen_told *told)
{
    bool is_agreed = told->agreed.len > 0;
    return arena_printf(cli->mem, "%.*s %.*s: %.*s told the %s, %s.%s%.*s", STR_ARGS(str_cut(told->at, 0, 10)),
                        STR_ARGS(str_cut(told->at, 11, 5)), STR_ARGS(told->by),
                        told->is_guardian ? "guardian" : "person", screen_how_text(told->how),
                        is_agreed ? " Agreed: " : "", STR_ARGS(told->agreed));
}

enum salve_code cli_history(struct cli *cli, struct salve_err *err)
{
    struct visit_versions versions;
    struct cli_reply reply;
    char when[CLOCK_TEXT_BYTES];
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    TRY(visit_history(&cli->visit, cli->card, str_of(cli->words[1]), &versions, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < versions.count; i++) {
        const struct visit_version *version = &versions.list[i];
        struct str at = clock_text(version->saved_at_unix_ms, when);
        cli_reply_words(&reply, "version %u, saved %.16s\n%.*s\n", version->version, at.ptr, STR_ARGS(version->json));
        if (version->told.is_told) cli_reply_words(&reply, "%.*s\n", STR_ARGS(told_words(cli, &version->told)));
        if (cli->is_json) visit_version_json(version, &reply.w);
    }
    return cli_reply_done(&reply, err);
}

/* --- take --------------------------------------------------------------------------------------------------------- */

static enum salve_code take_summary(struct cli *cli, const char *path, struct salve_err *err)
{
    struct visit_summary summary;
    TRY(visit_summary(&cli->visit, cli->card, cli_has(cli, OPT_SENSITIVE), &summary, err));
    if (path != NULL) return file_write(path, summary.json, 0600, err);
    cli_write_text(summary.json);
    return SALVE_OK;
}

enum salve_code cli_take(struct cli *cli, struct salve_err *err)
{
    struct visit_taken taken;
    const char *path = cli_option(cli, OPT_OUTPUT);
    if (cli_has(cli, OPT_SENSITIVE) && !cli_has(cli, OPT_IPS))
        return salve_refuse(err, SALVE_E_USAGE, "everything has what is kept apart; it is asked for a summary alone",
                            "--sensitive");
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    if (cli_has(cli, OPT_IPS)) return take_summary(cli, path, err);
    TRY(visit_take(&cli->visit, cli->card, &taken, err));
    if (path != NULL)
        TRY(file_write(path, taken.bundle, 0600, err));
    else
        cli_write(taken.bundle);
    for (size_t i = 0; i < taken.told_count; i++) cli_say(cli, "%.*s", STR_ARGS(told_words(cli, &taken.told[i])));
    cli_say(cli, "%zu resources: all that is kept about this person.", taken.resource_count);
    return SALVE_OK;
}

/* --- withdraw and erase ------------------------------------------------------------------------------------------- */

/* A receipt in the person's language, with its proof below. */
static enum salve_code give_receipt(struct cli *cli, const struct visit_receipt *receipt, struct salve_err *err)
{
    const char *path = cli_option(cli, OPT_OUTPUT);
    struct str text;
    TRY(cli->is_json ? visit_receipt_json(receipt, cli->mem, &text, err)
                     : visit_receipt_text(receipt, cli->mem, &text, err));
    enum salve_code code = path == NULL ? SALVE_OK : file_write(path, text, 0600, err);
    if (path == NULL || code != SALVE_OK) cli_write(text); /* it is done, and this is the only receipt */
    if (code != SALVE_OK) cli_say(cli, "It was done; the receipt is above because its file could not be written.");
    return code;
}

/* The words of the receipt, so that an unknown language is told before anything is asked. */
static enum salve_code receipt_words(struct cli *cli, struct str *language, struct salve_err *err)
{
    const struct consent_texts *texts = NULL;
    *language = cli_option_or(cli, OPT_LANG, "en");
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_RECEIPTS}, err));
    return visit_receipts(cli->visit.content, *language, &texts, err);
}

/* Whatever was found stays what it is: who goes hears that there is something. */
static void tell_untold(const struct visit_receipt *receipt)
{
    if (receipt->proof.ends_untold)
        cli_warn("SOMETHING URGENT was found that nobody has told this person of, and no list has it any more: ask a "
                 "clinician to speak with them before they leave.");
}

enum salve_code cli_withdraw(struct cli *cli, struct salve_err *err)
{
    enum purpose purpose = 0;
    struct str language;
    struct visit_receipt receipt;
    TRY(cli_purpose(cli, &purpose, err));
    TRY(receipt_words(cli, &language, err));
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_ANYBODY, err));
    TRY(visit_withdraw(&cli->visit, cli->card, purpose, language, &receipt, err));
    tell_untold(&receipt);
    return give_receipt(cli, &receipt, err);
}

enum salve_code cli_erase(struct cli *cli, struct salve_err *err)
{
    struct str language;
    struct visit_receipt receipt;
    TRY(receipt_words(cli, &language, err));
    bool is_back = cli_has(cli, OPT_TAKE_BACK), is_at_once = cli_has(cli, OPT_AT_ONCE);
    if (is_at_once && !cli_has(cli, OPT_AS))
        return salve_refuse(err, SALVE_E_USAGE,
                            "at once it is only with a member of staff there: add --as and their name; without "
                            "--at-once there is a day to think it over",
                            "--at-once");
    if (!is_back) TRY(cli_confirm(cli, "Everything about this person will be gone for good", "erase", err));
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    TRY(is_back ? visit_erase_stop(&cli->visit, cli->card, language, &receipt, err)
                : visit_erase(&cli->visit, cli->card, language, is_at_once, &receipt, err));
    tell_untold(&receipt);
    return give_receipt(cli, &receipt, err);
}
