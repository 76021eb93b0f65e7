/* SPDX-License-Identifier: Apache-2.0
 *
 * cli - the command line: subcommands, options, wiring. It holds no rule of the programme: a command reads its words,
 * calls visit, and prints what it answers. Only cli prints: data to standard output, talk to standard error.
 *
 * To add a command: 1. write `enum salve_code cli_<name>(struct cli *, struct salve_err *)` in the file of its group:
 * cli_visit.c, cli_rights.c, cli_site.c, cli_guidelines.c, cli_files.c, cli_program.c 2. add its row to cli_commands.c
 * 3. add a case to tests/conformance/cli. Help, man page and completion come from the row. */
#ifndef SALVE_CLI_INT_H
#define SALVE_CLI_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "visit/visit.h"

/* clang-format off */
/*    id              short  long               argument    help
 * The first group is understood by every command. */
#define CLI_OPTIONS(X)                                                                                                \
    X(SITE,           'C', "site",              "DIR",      "folder of the site (default $SALVE_SITE, else ./site)")  \
    X(JSON,           0,   "json",              NULL,       "print results as JSON")                                  \
    X(QUIET,          'q', "quiet",             NULL,       "print results only")                                     \
    X(YES,            'y', "yes",               NULL,       "answer yes to questions about proceeding")               \
    X(NO_INPUT,       0,   "no-input",          NULL,       "never ask; fail instead")                                \
    X(PROGRESS,       0,   "progress",          "auto|plain|none", "how to show progress")                            \
    X(HELP,           'h', "help",              NULL,       "show help of the command")                               \
    X(PASSPHRASE_FILE, 0,  "passphrase-file",   "FILE",     "read the site's passphrase from FILE")                   \
    X(KEY_FILE,       0,   "key-file",          "FILE",     "the site's key file, where it has one")                  \
    X(NEW_PASSPHRASE_FILE, 0, "new-passphrase-file", "FILE", "read the new passphrase from FILE")                     \
    X(NEW_KEY_FILE,   0,   "new-key-file",      "FILE",     "open the site with this key file from now on")           \
    X(SHARE,          0,   "share",             "DIR",      "folder of guidelines and forms")                         \
    X(AS,             0,   "as",                "STAFF",    "pseudonym of the staff member who acts")                 \
    X(LANG,           0,   "lang",              "en|ar",    "language of forms and letters")                          \
    X(OUTPUT,         'o', "output",            "FILE",     "write the result to FILE")                               \
    X(NAME,           0,   "name",              "TEXT",     "name of the site")                                       \
    X(STAFF,          0,   "staff",             "ID:ROLE",  "add a staff member; may be repeated")                    \
    X(MINIMISE,       0,   "minimise",          NULL,       "drop what is inadmissible instead of refusing the file") \
    X(REJECTS,        0,   "rejects",           "FILE",     "write what was left out to FILE")                        \
    X(MAP,            0,   "map",               "FILE",     "how the columns of a CSV file become FHIR")              \
    X(DATE,           0,   "date",              "DATE",     "date of the rows of a CSV file (default: today)")        \
    X(ENROL,          0,   "enrol",             NULL,       "enrol one new person for each row or bundle")            \
    X(PURPOSE,        0,   "purpose",           "PURPOSE",  "a purpose of consent")                                   \
    X(FORM,           0,   "form",              "VERSION",  "version of the consent form (default: the newest)")      \
    X(READ_BACK,      0,   "read-back",         "ROUNDS",   "rounds after which all read-back questions were met")    \
    X(METHOD,         0,   "method",            "HOW",      "how consent was given: signed, pin, card or spoken")     \
    X(WITNESS,        0,   "witness",           NULL,       "an impartial witness was present throughout")            \
    X(GUARDIAN,       0,   "guardian",          NULL,       "a guardian gives permission for a child")                \
    X(ASSENT,         0,   "assent",            "ANSWER",   "the child's own answer: given, dissent or not-able")     \
    X(TO,             0,   "to",                "WHO",      "pseudonym of the helper, or the place of a transfer")    \
    X(SENSITIVE,      0,   "sensitive",         NULL,       "also what is kept apart, such as notes on mood")         \
    X(CHOOSE,         0,   "choose",            "NAME=VALUE", "set a switch of the guideline; may be repeated")       \
    X(PAPER,          0,   "paper",             NULL,       "examine without storing anything")                       \
    X(ELM,            0,   "elm",               "FILE",     "an ELM library; may be repeated, the first is run")      \
    X(DATA,           0,   "data",              "FILE",     "FHIR resources of one subject, or NDJSON of Bundles")    \
    X(MEASURE,        0,   "measure",           "FILE",     "a Measure, or a Bundle with it and its libraries")       \
    X(VOCABULARY,     0,   "vocabulary",        "PATH",     "value sets and code systems: a file, or a folder of them")\
    X(PARAM,          0,   "param",             "NAME=VALUE", "a parameter of the library; may be repeated")          \
    X(PERIOD,         0,   "period",            "FROM/TO",  "first and last day of the measurement period")           \
    X(DEFINE,         0,   "define",            "NAME",     "evaluate this define only")                              \
    X(EXPLAIN,        0,   "explain",           NULL,       "each define with the data it used and what decided")     \
    X(NOW,            0,   "now",               "DATETIME", "the time that the evaluation takes for now")             \
    X(VECTORS,        0,   "vectors",           "FILE.csv", "rows with inputs and expected results")                  \
    X(DEEP,           0,   "deep",              NULL,       "also open every record (leaves a leaf for each person)") \
    X(PROOFS,         0,   "proofs",            "DIR",      "write a proof file for each access to DIR")              \
    X(KEEP,           0,   "keep",              "DIR",      "keep the demonstration site in DIR")
/* clang-format on */

#define X(id, short_name, name, argument, help) OPT_##id,
enum cli_option { CLI_OPTIONS(X) OPT_COUNT };
#undef X

enum { CLI_WORDS_MAX = 1024, CLI_OPTION_VALUES_MAX = 64, CLI_LINE_BYTES_MAX = 4096 };

struct cli_values {
    const char *value[CLI_OPTION_VALUES_MAX];
    size_t count;
};

struct cli_command;

struct cli {
    const char *program; /* argv[0] */
    const struct cli_command *command;
    struct arena *mem; /* of this invocation */
    struct clock clock;
    struct visit visit;               /* the site, who acts and the words, once cli_open and cli_content made them */
    const char *words[CLI_WORDS_MAX]; /* operands after the command's name */
    size_t word_count;
    struct cli_values options[OPT_COUNT];
    bool is_json, is_quiet;
    int exit_status; /* set by a command that ends in "partly done" */
};

struct cli_command {
    const char *name;               /* "import", "fhir validate" */
    const char *group;              /* heading in the overview: "A visit" */
    const char *operands;           /* "CARD FILE|-" */
    const char *summary;            /* one sentence, imperative */
    const char *options;            /* ids of its own options, space-separated: "MINIMISE REJECTS" */
    const char *examples;           /* lines, each an invocation */
    const char *notes;              /* a paragraph for the help of the command; may be NULL */
    int operands_min, operands_max; /* max -1: any number */
    enum salve_code (*run)(struct cli *cli, struct salve_err *err);
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;

/* Options. cli_parse fills cli from argv; E_USAGE names the word. */
SALVE_MUST_USE enum salve_code cli_parse(struct cli *cli, int argc, char **argv, struct salve_err *err);
const char *cli_option(const struct cli *cli, enum cli_option option); /* last value or NULL */
bool cli_has(const struct cli *cli, enum cli_option option);
const struct cli_command *cli_command_find(const char *first, const char *second, int *words_taken);
bool cli_command_takes(const struct cli_command *command, enum cli_option option);
const char *cli_option_name(enum cli_option option);

/* Printing. cli_say talks on standard error unless --quiet; cli_print (which returns the bytes) and cli_write give
 * results on standard output. What comes from data or the command line never moves a terminal's cursor. */
void cli_say(const struct cli *cli, const char *fmt, ...) SALVE_PRINTF(2, 3);
int cli_print(const char *fmt, ...) SALVE_PRINTF(1, 2);
void cli_write(struct str text);      /* bytes of a document; cleaned only where standard output is a terminal */
void cli_write_text(struct str text); /* words for people: control characters and changes of direction become '?' */
SALVE_MUST_USE enum salve_code cli_write_buf(struct buf *out, bool is_json, struct salve_err *err);
void cli_report(const struct cli *cli, const struct salve_err *err); /* the three-part error, or JSON */

/* Progress: one line on a terminal, one line every 5 s otherwise; nothing for work under a second. */
struct cli_progress {
    const struct cli *cli;
    const char *what;
    uint64_t total, done, rejected;
    int64_t start_ms, shown_ms;
    bool is_shown, is_terminal;
};
struct cli_progress cli_progress_start(const struct cli *cli, const char *what, uint64_t total);
void cli_progress_step(struct cli_progress *progress, uint64_t done, uint64_t rejected);
void cli_progress_end(struct cli_progress *progress);

/* cli_now - the time of --now, or the clock of the invocation. */
SALVE_MUST_USE enum salve_code cli_now(const struct cli *cli, struct clock *out, struct salve_err *err);

/* cli_interrupted - whether Ctrl-C was pressed once; a second press kills. */
bool cli_interrupted(void);
void cli_catch_interrupt(void);

/* cli_ask - one line from the terminal; `is_secret` hides the typing. E_USAGE with --no-input or without a terminal. */
SALVE_MUST_USE enum salve_code cli_ask(const struct cli *cli, const char *question, bool is_secret, char *line,
                                       size_t line_bytes, struct salve_err *err);

#endif
