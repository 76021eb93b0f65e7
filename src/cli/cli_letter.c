/* SPDX-License-Identifier: Apache-2.0
 * The result letter on the command line: from signed findings, or from a file on paper with nothing stored. */
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_screen.h"
#include "cli/cli_site.h"
#include "base/file.h"
#include "json/json.h"

enum { NAME_CHARACTERS_MAX = 80 }; /* two lines at the head of a letter */

/* A name as it may stand on paper: no control characters, nothing that turns the direction of what follows, and at most
 * 80 characters, so that it leaves room for the letter. */
static struct str name_on_paper(struct cli *cli, struct str name)
{
    struct buf out;
    struct str text = STR("");
    size_t count = 0;
    buf_init(&out, cli->mem, 1 << 20);
    for (size_t at = 0; at < name.len;) {
        const unsigned char *c = (const unsigned char *)name.ptr + at;
        size_t len = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : c[0] >= 0xc0 ? 2 : 1;
        if (len > name.len - at) break;
        bool is_control = c[0] < 0x20 || c[0] == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0);
        bool is_turn = c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae) ||
                                        (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
        if (!is_control && !is_turn && count++ == NAME_CHARACTERS_MAX) {
            buf_add(&out, STR("\xe2\x80\xa6"));
            break;
        }
        if (!is_control && !is_turn) buf_add(&out, str_cut(name, at, len));
        at += len;
    }
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

/* "Ada Lovelace": given names, then family, of the first name. */
static struct str name_of(struct cli *cli, const struct tape *patient)
{
    struct str text = STR("");
    tape_at name = tape_get(patient, tape_root(patient), "name");
    if (name == TAPE_NONE) return text;
    struct str whole = tape_child_text(patient, name, "text");
    if (whole.len > 0) return whole;
    fhir_name_id given = fhir_name_find(STR("given"));
    for (tape_at at = tape_first(patient, name); at != TAPE_NONE; at = tape_next(patient, name, at))
        if (tape_path_name(patient, at) == given)
            text = arena_printf(cli->mem, "%.*s%s%.*s", STR_ARGS(text), text.len > 0 ? " " : "",
                                STR_ARGS(tape_text(patient, at)));
    struct str family = tape_child_text(patient, name, "family");
    if (family.len == 0) return text;
    return arena_printf(cli->mem, "%.*s%s%.*s", STR_ARGS(text), text.len > 0 ? " " : "", STR_ARGS(family));
}

/* {"lang":...,"format":...} with the file's name, or the letter itself where there is no file. */
static enum salve_code letter_json(struct cli *cli, const char *language, const char *path, bool is_pdf,
                                   struct str text, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, cli->mem, 256 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    json_open(&w, NULL, '{');
    json_put_text(&w, "lang", str_of(language));
    json_put_text(&w, "format", is_pdf ? STR("pdf") : STR("html"));
    json_put_i64(&w, "bytes", (int64_t)text.len);
    if (path != NULL)
        json_put_text(&w, "file", str_of(path));
    else
        json_put_text(&w, "letter", text);
    json_close(&w);
    buf_add_char(&out, '\n');
    return cli_write_buf(&out, true, err);
}

/* A finding of a guideline whose folder is broken: the reason is said, not that there is no such guideline. */
static enum salve_code broken_reason(const struct cli_guidelines *guidelines, const struct letter_ask *ask,
                                     enum salve_code code, struct salve_err *err)
{
    for (size_t i = 0; i < guidelines->broken_count; i++)
        for (size_t f = 0; f < ask->finding_count; f++)
            if (str_eq(ask->findings[f].guideline, guidelines->broken[i].id)) {
                if (err != NULL) *err = guidelines->broken[i].err;
                return guidelines->broken[i].err.code;
            }
    return code;
}

enum salve_code cli_letter_write(struct cli *cli, const struct cli_guidelines *guidelines, struct letter_ask *ask,
                                 const struct tape *patient, const char *language, const char *path,
                                 struct salve_err *err)
{
    struct letter_frame *frame = NULL;
    struct letter *letter = NULL;
    struct buf out;
    struct str text;
    bool is_pdf = path != NULL && str_ends(str_of(path), STR(".pdf"));
    ask->guidelines = guidelines->list;
    ask->guideline_count = guidelines->count;
    if (patient != NULL) {
        ask->person_name = name_on_paper(cli, name_of(cli, patient));
        ask->birth_date = tape_child_text(patient, tape_root(patient), "birthDate");
    }
    enum salve_code code = letter_frame_load(guidelines->share.ptr, str_of(language), cli->mem, &frame, err);
    if (code == SALVE_OK) code = letter_compose(ask, frame, cli->mem, &letter, err);
    if (code == SALVE_E_INVALID) code = broken_reason(guidelines, ask, code, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, cli->mem, 64 << 20);
    if (is_pdf)
        code = letter_pdf(letter, &out, err);
    else
        letter_html(letter, &out);
    if (code == SALVE_OK) code = buf_done(&out, &text, err);
    if (code == SALVE_OK && path != NULL) code = file_write(path, text, 0600, err);
    if (code == SALVE_OK && path == NULL && !cli->is_json) cli_write(text);
    if (code == SALVE_OK && cli->is_json) code = letter_json(cli, language, path, is_pdf, text, err);
    return code;
}

/* "size root-prefix": enough to tell two states of the log apart on paper. */
static enum salve_code log_head(struct cli *cli, struct site *site, struct str *out, struct salve_err *err)
{
    struct site_facts facts;
    enum salve_code code = site_facts(site, cli->mem, &facts, err);
    char hex[65];
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = "0123456789abcdef"[facts.log_root[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[facts.log_root[i] & 15];
    }
    hex[64] = '\0';
    *out = arena_printf(cli->mem, "%llu %s", (unsigned long long)facts.log_size, hex);
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "letter") : SALVE_OK;
}

static enum salve_code letter_card(struct cli *cli, struct site *site, const struct cli_guidelines *guidelines,
                                   const char *language, struct salve_err *err)
{
    struct actor actor;
    struct rec_view *view = NULL;
    struct screen_set set = {0};
    const struct rec_resource *patients = NULL;
    size_t count = 0;
    struct letter_ask ask = {.site = site_settings(site)->name, .card = str_of(cli->words[0])};
    enum salve_code code = cli_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = cli_view_open(cli, site, cli->words[0], actor, &view, err);
    if (code == SALVE_OK) code = screen_findings(view, SCREEN_SIGNED, cli->mem, &set, err);
    if (code == SALVE_OK) code = rec_all(view, CLASS_BIT(CLASS_IDENT), &patients, &count, err);
    if (code == SALVE_OK) code = log_head(cli, site, &ask.log_head, err);
    if (code == SALVE_OK) {
        const struct tape *patient = NULL;
        for (size_t i = 0; i < count; i++)
            if (cli_is_patient(&patients[i].tape)) patient = &patients[i].tape;
        ask.findings = set.findings;
        ask.finding_count = set.count;
        ask.clinician = set.signed_by;
        ask.date = str_cut(set.checked_at, 0, 10);
        code = cli_letter_write(cli, guidelines, &ask, patient, language, cli_option(cli, OPT_OUTPUT), err);
    }
    return cli_view_close(&view, code, err);
}

static enum salve_code letter_paper(struct cli *cli, struct site *site, const struct cli_guidelines *guidelines,
                                    const char *language, struct salve_err *err)
{
    struct actor actor;
    struct screen *screen = NULL;
    struct tape *tapes = NULL;
    struct finding *findings = NULL;
    const struct tape *patient = NULL;
    size_t tape_count = 0, count = 0;
    char today[CLOCK_TEXT_BYTES];
    struct letter_ask ask = {.site = site_settings(site)->name, .is_paper = true};
    enum salve_code code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK && actor.role != ROLE_CLINICIAN) {
        code = salve_refuse(err, SALVE_E_ROLE, "on paper a clinician answers for the results", "--as");
    }
    if (code == SALVE_OK) code = screen_open(site, guidelines->list, guidelines->count, cli->mem, &screen, NULL, err);
    if (code == SALVE_OK) code = cli_tapes_read(cli, cli->words[0], &tapes, &tape_count, err);
    if (code == SALVE_OK)
        code = screen_evaluate(screen, tapes, tape_count, clock_ms(&cli->clock), cli->mem, &findings, &count, err);
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < tape_count; i++)
        if (cli_is_patient(&tapes[i])) patient = &tapes[i];
    ask.findings = findings;
    ask.finding_count = count;
    ask.clinician = actor.id;
    ask.date = clock_date_text(clock_ms(&cli->clock), today);
    return cli_letter_write(cli, guidelines, &ask, patient, language, cli_option(cli, OPT_OUTPUT), err);
}

enum salve_code cli_letter(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct cli_guidelines guidelines = {0};
    const char *language = cli_option(cli, OPT_LANG), *path = cli_option(cli, OPT_OUTPUT);
    enum salve_code code = cli_site_open(cli, &site, err);
    if (language == NULL) language = "en";
    /* On paper all that is accepted is evaluated; else the guidelines of the findings are needed, no others. */
    if (code == SALVE_OK)
        code = cli_has(cli, OPT_PAPER) ? cli_guidelines_accepted(cli, site, &guidelines, err)
                                       : cli_guidelines_load(cli, &guidelines, err);
    if (code == SALVE_OK)
        code = cli_has(cli, OPT_PAPER) ? letter_paper(cli, site, &guidelines, language, err)
                                       : letter_card(cli, site, &guidelines, language, err);
    if (code == SALVE_OK && path != NULL) cli_say(cli, "Letter: %s", path);
    return cli_site_close(&site, code, err);
}
