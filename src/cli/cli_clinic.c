/* SPDX-License-Identifier: Apache-2.0
 * What letters say of the clinic: settings, and printed names of staff. */
#include "cli/cli_clinic.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/cli_commands.h"
#include "cli/cli_open.h"

bool cli_clinic_changes(const struct cli *cli)
{
    return cli_has(cli, OPT_SET) || cli_has(cli, OPT_PLACE) || cli_has(cli, OPT_PLACES);
}

/* NAME=VALUE of an option. */
static enum salve_code pair_of(const char *text, const char *option, struct str *name, struct str *value,
                               struct salve_err *err)
{
    if (str_split(str_of(text), '=', name, value)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "it is written NAME=VALUE", "%s", option);
}

static enum salve_code change(struct cli *cli, struct visit_clinic *clinic, struct salve_err *err)
{
    const struct cli_values *sets = &cli->options[OPT_SET], *places = &cli->options[OPT_PLACE];
    const char *path = cli_option(cli, OPT_PLACES);
    struct str bytes, name, value;
    if (path != NULL) {
        TRY(file_read(path, SALVE_CONFIG_BYTES_MAX, cli->mem, &bytes, err));
        TRY(visit_clinic_json(&cli->visit, bytes, clinic, err));
    }
    for (size_t i = 0; i < sets->count; i++) {
        TRY(pair_of(sets->value[i], "--set", &name, &value, err));
        TRY(visit_clinic_set(&cli->visit, name, value, clinic, err));
    }
    for (size_t i = 0; i < places->count; i++) {
        TRY(pair_of(places->value[i], "--place", &name, &value, err));
        TRY(visit_clinic_place(&cli->visit, name, value, clinic, err));
    }
    return visit_clinic_keep(&cli->visit, clinic, err);
}

/* What the changes are checked with: guidelines know the actions of places, the frames the packages. */
static unsigned parts_of(const struct cli *cli)
{
    const struct cli_values *sets = &cli->options[OPT_SET];
    bool has_file = cli_has(cli, OPT_PLACES), has_packages = has_file;
    for (size_t i = 0; i < sets->count; i++)
        has_packages = has_packages || str_starts(str_of(sets->value[i]), STR("packages="));
    return (cli_has(cli, OPT_PLACE) || has_file ? VISIT_GUIDELINES : 0u) | (has_packages ? VISIT_FRAMES : 0u);
}

enum salve_code cli_clinic_change(struct cli *cli, struct visit_clinic *out, struct salve_err *err)
{
    TRY(visit_clinic(&cli->visit, out, err));
    if (!cli_clinic_changes(cli)) return SALVE_OK;
    unsigned parts = parts_of(cli);
    if (parts != 0) TRY(cli_content(cli, (struct visit_content_ask){.parts = parts}, err));
    return change(cli, out, err);
}

void cli_clinic_tell(const struct cli *cli, const struct visit_clinic *clinic, struct cli_reply *reply)
{
    struct visit_place place;
#define CLINIC(field, name, words, what)                                                                               \
    cli_reply_words(reply, "%-20s %.*s\n", name,                                                                       \
                    STR_ARGS(clinic->field.len > 0 ? clinic->field : STR("not given: " what)));
#include "visit/clinic.def"
#undef CLINIC
    for (size_t i = 0; i < clinic->place_count; i++) {
        if (!visit_place_of(&cli->visit, clinic, clinic->places[i].action, &place)) continue;
        cli_reply_words(reply, "place of %.*s: %.*s; %.*s; %.*s; %.*s\n", STR_ARGS(place.action), STR_ARGS(place.name),
                        STR_ARGS(place.address), STR_ARGS(place.telephone), STR_ARGS(place.hours));
    }
    for (size_t i = 0; i < clinic->name_count; i++)
        cli_reply_words(reply, "%.*s is printed as %.*s\n", STR_ARGS(clinic->names[i].id),
                        STR_ARGS(clinic->names[i].name));
}

enum salve_code cli_staff_name(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct visit_clinic clinic;
    struct str id = str_of(cli->words[0]), name = str_of(cli->words[1]);
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_clinic(&cli->visit, &clinic, err));
    TRY(visit_clinic_name(&cli->visit, id, name, &clinic, err));
    TRY(visit_clinic_keep(&cli->visit, &clinic, err));
    struct str printed = visit_printed_name(&clinic, id);
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_text(&reply, "printed", printed);
    cli_reply_words(&reply, "Letters name %.*s as %.*s.\n", STR_ARGS(id), STR_ARGS(printed));
    return cli_reply_done(&reply, err);
}
