/* SPDX-License-Identifier: Apache-2.0
 *
 * cli - the command line: subcommands, options, wiring. It holds no rule of the programme: a command reads its words,
 * calls visit, and prints what it answers. Only cli prints: data to standard output, talk to standard error.
 *
 * To add a command: 1. write `enum salve_code cli_<name>(struct cli *, struct salve_err *)` in the file of its group:
 * cli_visit.c, cli_rights.c, cli_site.c, cli_guidelines.c, cli_files.c, cli_program.c 2. add its row to commands.def
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
#include "config/config.h"
#include "visit/visit.h"

#ifndef SALVE_VERSION
#define SALVE_VERSION "0.1.0"
#endif

enum cli_option {
#define OPTION(id, short_name, name, argument, help) OPT_##id,
#include "cli/options.def"
#undef OPTION
    OPT_COUNT
};

/* A set of options, as a row of commands.def spells it. */
__extension__ typedef unsigned __int128 cli_option_mask;
_Static_assert(OPT_COUNT <= 128, "a mask holds every option");
#define BIT(id)  ((cli_option_mask)1 << OPT_##id)
#define ON_SITE  (BIT(PASSPHRASE_FILE) | BIT(KEY_FILE)) /* of every command that opens the site */
#define AS_STAFF (BIT(AS) | BIT(PIN_FILE))              /* of every command that staff act in */
/* how it is reached */
#define ON_NAMES      (BIT(TLS) | BIT(HOST) | BIT(CERTIFICATE) | BIT(CERTIFICATE_KEY) | BIT(PLAIN))
#define AS_PERSON     (AS_STAFF | BIT(BORN) | BIT(WORD)) /* of a person's own commands */
#define EVERY_COMMAND (2 * BIT(HELP) - 1)                /* the options that every command takes */

struct cli_option_row {
    const char *name, *argument, *help; /* argument NULL: it takes none */
    char short_name;                    /* 0: none */
};

extern const struct cli_option_row cli_options[OPT_COUNT];

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
    struct config config;             /* once cli_configure made it; defaults before */
    const char *config_file;          /* that it was read from; NULL: there is none */
    struct visit visit;               /* the site, who acts and the words, once cli_open and cli_content made them */
    const char *words[CLI_WORDS_MAX]; /* operands after the command's name */
    size_t word_count;
    struct str card; /* once cli_card_read read it */
    struct cli_values options[OPT_COUNT];
    bool is_json, is_quiet;
    bool is_served;  /* the site is that of a running server */
    int exit_status; /* set by a command that ends in "partly done" */
};

struct cli_command {
    const char *name;               /* "import", "fhir validate" */
    const char *group;              /* heading in the overview: "A visit" */
    const char *operands;           /* "CARD FILE|-" */
    const char *summary;            /* one sentence, imperative */
    cli_option_mask options;        /* its own */
    const char *examples;           /* lines, each an invocation */
    const char *notes;              /* one text without line breaks; may be NULL */
    int operands_min, operands_max; /* max -1: any number */
    int site_operand;               /* number, from 1, of the operand that is the folder of the site; 0: none */
    enum salve_code (*run)(struct cli *cli, struct salve_err *err);
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;

/* Options. cli_parse fills cli from argv; E_USAGE names the word. */
SALVE_MUST_USE enum salve_code cli_parse(struct cli *cli, int argc, char **argv, struct salve_err *err);
const char *cli_option(const struct cli *cli, enum cli_option option); /* last value or NULL */
struct str cli_option_or(const struct cli *cli, enum cli_option option, const char *otherwise);
bool cli_has(const struct cli *cli, enum cli_option option);
const struct cli_command *cli_command_find(const char *first, const char *second, int *words_taken);
bool cli_command_takes(const struct cli_command *command, enum cli_option option);

/* Printing. cli_say talks on standard error unless --quiet, cli_warn always; cli_print (which returns the bytes) and
 * cli_write give results on standard output. What comes from data or the command line never moves a terminal's
 * cursor. */
void cli_say(const struct cli *cli, const char *fmt, ...) SALVE_PRINTF(2, 3);
void cli_warn(const char *fmt, ...) SALVE_PRINTF(1, 2);
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

/* cli_streams_open - before anything is opened: descriptors 0 to 2 are there, those that were closed as ones that
 * answer with an error. cli_streams_check - E_IO if nothing can be printed.
 * cli_flush - what was printed has arrived, or E_IO. cli_is_unread - it has not, because the reader went away. */
void cli_streams_open(void);
SALVE_MUST_USE enum salve_code cli_streams_check(struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_flush(struct salve_err *err);
bool cli_is_unread(void);

/* cli_interrupted - whether an end was asked for once (Ctrl-C, SIGTERM, SIGHUP): what is under way is brought to a good
 * end. The second time kills. cli_interrupt_status - 128 and the signal. A reader that goes away never kills: the
 * writing fails, and what was read is noted all the same. */
bool cli_interrupted(void);
int cli_interrupt_status(void);
void cli_catch_interrupt(void);

/* cli_ask - one line from the terminal; `is_secret` hides the typing. E_USAGE with --no-input or without a terminal. */
SALVE_MUST_USE enum salve_code cli_ask(const struct cli *cli, const char *question, bool is_secret, char *line,
                                       size_t line_bytes, struct salve_err *err);

/* cli_confirm - asks that `word` is typed before what cannot be undone; --yes answers. E_USAGE: it was not. */
SALVE_MUST_USE enum salve_code cli_confirm(const struct cli *cli, const char *what, const char *word,
                                           struct salve_err *err);

#endif
