/* SPDX-License-Identifier: Apache-2.0
 * The command table: help, man page, completion and dispatch all come from these rows. */
#include "cli/cli_commands.h"

/* clang-format off */
const struct cli_command cli_commands[] = {
    {"demo", "Try it", "", "Show the whole job on made-up people.", "KEEP SHARE",
     "  salve demo\n  salve demo --keep /tmp/demo",
     "Makes a throw-away site with people that Salve invents: they agree, are examined, get letters, see who looked,\n"
     "withdraw and are erased. The demonstration site accepts its guidelines by itself; a real one never does.",
     0, 0, cli_demo},
    {"init", "Site", "[DIR]", "Make a site: its store, its keys, its first staff.",
     "NAME STAFF PASSPHRASE_FILE KEY_FILE SHARE",
     "  salve init ~/clinic --name 'North Clinic' --staff dr-amina:clinician --staff kofi:registrar",
     "The passphrase opens everything that is kept; nobody can recover it. With --key-file a file of 32 random "
     "bytes is\n"
     "made and used instead. Every optional purpose of consent is off. Where --staff names no manager, one called\n"
     "'manager' is added.", 0, 1, cli_init},
    {"staff", "Site", "", "List staff, or add members with --staff.", "STAFF AS PASSPHRASE_FILE KEY_FILE",
     "  salve staff\n  salve staff --as manager-1 --staff lina:assistant",
     "Roles: registrar, assistant, clinician, manager, technician. Managers and technicians open no record.", 0, 0,
     cli_staff},
    {"enrol", "A visit", "[FILE|-]", "Make a record for a person and print their card code.",
     "AS PASSPHRASE_FILE KEY_FILE",
     "  salve enrol --as kofi\n  salve enrol --as kofi patient.json",
     "FILE is a FHIR Patient; without it the name, birth date and sex are asked for. Nothing but their own access is\n"
     "switched on. The card code is shown once.", 0, 1, cli_enrol},
    {"consent give", "A visit", "CARD", "Note one agreement, after going through its form together.",
     "PURPOSE AS LANG FORM READ_BACK METHOD WITNESS GUARDIAN ASSENT TO SENSITIVE SHARE PASSPHRASE_FILE KEY_FILE",
     "  salve consent give CARD --purpose care --as kofi --lang ar\n"
     "  salve consent give CARD --purpose statistics --as kofi --method signed --read-back 1\n"
     "  salve consent give CARD --purpose care --as kofi --guardian --assent given\n"
     "  salve consent give CARD --purpose helper --to daughter-1 --as kofi",
     "Without --read-back the form and its read-back questions are shown and answered on the terminal. One purpose a\n"
     "call; --sensitive is a tick of its own. For a child a guardian agrees and the child is asked (--guardian "
     "--assent).\n"
     "If the person says no there is nothing to enter: refusing leaves no trace and changes nothing.", 1, 1,
     cli_consent_give},
    {"consent list", "Own rights", "CARD", "Show a person their own choices.", "PASSPHRASE_FILE KEY_FILE",
     "  salve consent list CARD", NULL, 1, 1, cli_consent_list},
    {"consent form", "A visit", "", "Print a consent form.", "PURPOSE LANG FORM SHARE",
     "  salve consent form --purpose care --lang ar", NULL, 0, 0,
     cli_consent_form},
    {"import", "A visit", "[CARD] FILE|-", "Bring in FHIR resources or CSV rows.",
     "AS MINIMISE REJECTS MAP DATE ENROL PURPOSE METHOD READ_BACK LANG FORM OUTPUT SHARE PASSPHRASE_FILE KEY_FILE",
     "  salve import CARD bundle.json --as lina --minimise --rejects left-out.ndjson\n"
     "  salve import rows.csv --map maps/nhanes.json --enrol --purpose care --method signed --read-back 1 --as lina "
     "-o cards.csv",
     "A file with anything inadmissible is refused whole; --minimise drops it instead, counts it by rule and writes "
     "it to\n"
     "the --rejects file, so that nothing disappears silently. With --enrol every row or bundle is a new person; with\n"
     "--purpose you state that each of them agreed to it in the way named. Their cards go to --output, each as soon "
     "as the\n"
     "person is enrolled; an earlier file with cards is never written over. The findings of this file are counted by\n"
     "category. A file about somebody with another birth date than the card's is refused; --yes corrects the birth "
     "date.", 1, 2, cli_import},
    {"screen", "A visit", "CARD|FILE", "Evaluate the accepted guidelines for a person.",
     "AS PAPER SHARE PASSPHRASE_FILE KEY_FILE",
     "  salve screen CARD --as lina\n  salve screen --paper measured.json",
     "Findings are drafts until a clinician signs them. --paper evaluates a file and stores nothing.", 1, 1,
     cli_screen},
    {"sign", "A visit", "CARD", "Sign a person's drafts as their clinician.", "AS PASSPHRASE_FILE KEY_FILE",
     "  salve sign CARD --as dr-amina", NULL, 1, 1,
     cli_sign},
    {"letter", "A visit", "CARD|FILE", "Write the result letter as HTML or PDF.",
     "AS LANG OUTPUT PAPER SHARE PASSPHRASE_FILE KEY_FILE",
     "  salve letter CARD --lang ar -o letter.pdf\n  salve letter CARD > letter.html\n"
     "  salve letter --paper measured.json --as dr-amina -o letter.pdf",
     "The ending of --output decides: .pdf or .html. Only signed findings are printed. With --paper the clinician "
     "named by\n"
     "--as answers for the results, and nothing is stored.", 1, 1, cli_letter},
    {"looked", "Own rights", "CARD", "Show who has looked at the record, each look with its proof.",
     "PROOFS PASSPHRASE_FILE KEY_FILE",
     "  salve looked CARD\n  salve looked CARD --proofs proofs/", NULL, 1, 1, cli_looked},
    {"take", "Own rights", "CARD", "Write everything that is kept about the person as FHIR.",
     "OUTPUT PASSPHRASE_FILE KEY_FILE",
     "  salve take CARD -o my-record.json", NULL, 1, 1, cli_take},
    {"withdraw", "Own rights", "CARD", "Take back an agreement, effective at once.",
     "PURPOSE AS LANG SHARE PASSPHRASE_FILE KEY_FILE",
     "  salve withdraw CARD --purpose statistics", "Nobody asks for a reason.", 1, 1, cli_withdraw},
    {"erase", "Own rights", "CARD", "Erase the person's record for good.",
     "LANG SHARE OUTPUT PASSPHRASE_FILE KEY_FILE", "  salve erase CARD --yes",
     "Asks once. What is erased cannot be read again, here or from a backup after the date on the receipt.", 1, 1,
     cli_erase},
    {"verify", "Site", "", "Check every stored byte, chain, key and log entry.", "AS PASSPHRASE_FILE KEY_FILE",
     "  salve verify",
     "Opens nobody's record. Every fault is named with its file and element; other people are unaffected.", 0, 0,
     cli_verify},
    {"keys rotate", "Site", "", "Renew the keys that wrap every record (nightly).", "AS PASSPHRASE_FILE KEY_FILE",
     "  salve keys rotate --as tom",
     "After two rotations keys of withdrawn and erased data exist nowhere.", 0, 0, cli_keys_rotate},
    {"keys change", "Site", "", "Open the site with another passphrase or key file from now on.",
     "NEW_PASSPHRASE_FILE NEW_KEY_FILE AS PASSPHRASE_FILE KEY_FILE",
     "  salve keys change --as tech-1\n  salve keys change --as tech-1 --new-key-file new.key",
     "The old one opens nothing any more, not even with an old copy of the key store after two rotations.", 0, 0,
     cli_keys_change},
    {"fhir validate", "Files", "FILE...", "Check FHIR R4 JSON; one OperationOutcome a file.", "",
     "  salve fhir validate patient.json bundle.json",
     "Exit status 0 if no file has an error, 5 otherwise.", 1, -1, cli_fhir_validate},
    {"fhirpath", "Files", "EXPR FILE", "Evaluate a FHIRPath expression; prints a JSON array.", "VOCABULARY NOW",
     "  salve fhirpath \"name.where(use = 'official').given\" patient.json\n"
     "  salve fhirpath \"code.memberOf('http://example.org/vs')\" observation.json --vocabulary valuesets",
     "--vocabulary takes files or folders of FHIR ValueSets and CodeSystems, for memberOf, subsumes and subsumedBy.",
     2, 2, cli_fhirpath},
    {"cql run", "Files", "", "Evaluate ELM; prints a JSON object for each subject.",
     "ELM DATA DEFINE PARAM VOCABULARY EXPLAIN NOW",
     "  salve cql run --elm logic.json --elm FHIRHelpers.json --data bundle.json --define Findings\n"
     "  salve cql run --elm logic.json --elm FHIRHelpers.json --data people.ndjson --vocabulary valuesets \\\n"
     "      --param 'Measurement Period=[2026-01-01, 2026-12-31]'\n"
     "  salve cql run --elm logic.json --elm FHIRHelpers.json --data bundle.json --explain",
     "Of an .ndjson file each line is a person. Defines of context Unfiltered see all lines, also those about nobody\n"
     "(Medication, Organization), and are printed once, in a last object. --vocabulary takes files or folders of FHIR\n"
     "ValueSets (expanded or composed) and CodeSystems. --param takes a value of the parameter's type: 5, true,\n"
     "2026-01-31, 5 'mg', system|code, [low, high), {a, b}. With --explain each define is an object: its value, the\n"
     "resources it used (with date and elements), where it stands in the CQL, and the clauses that decided: what each\n"
     "condition and operand was, which branch was taken.",
     0, 0, cli_cql_run},
    {"cql measure", "Files", "", "Evaluate FHIR Measures; prints MeasureReports.",
     "MEASURE ELM DATA PERIOD VOCABULARY NOW",
     "  salve cql measure --measure bundle.json --data people.ndjson --period 2026-01-01/2026-12-31\n"
     "  salve cql measure --measure measure.json --elm logic.json --elm FHIRHelpers.json --data person.json \\\n"
     "      --period 2026-01-01/2026-12-31",
     "Reads files, never a site. A file is one person, of .ndjson each line; --data may be repeated. Prints a\n"
     "MeasureReport a line: individual ones in the order of the people, the summaries last. Value sets are those of\n"
     "the Measure's Bundle and of --vocabulary; what both have is taken from --vocabulary. A file that breaks rules\n"
     "of FHIR is named on standard error; what could be read of it is counted.",
     0, 0, cli_cql_measure},
    {"guideline list", "Guidelines", "", "List the guidelines and whether this site accepted them.",
     "SHARE PASSPHRASE_FILE KEY_FILE", "  salve guideline list", NULL,
     0, 0, cli_guideline_list},
    {"guideline accept", "Guidelines", "ID", "Take responsibility for a guideline version at this site.",
     "AS CHOOSE SHARE PASSPHRASE_FILE KEY_FILE",
     "  salve guideline accept blood-pressure --as dr-amina --choose bp-scheme=ESC2024\n"
     "  salve guideline accept kidney --as dr-amina --choose sex-source=confirmed-gender",
     "A guideline is used only after a named clinician accepted this very version, with the choices that it leaves "
     "open "
     "(its switches).", 1, 1, cli_guideline_accept},
    {"guideline new", "Guidelines", "ID [FOLDER]", "Make the folder of a new guideline, with an example that works.",
     "NOW SHARE",
     "  salve guideline new heart-rate",
     "The new folder is made in FOLDER, or in the folder guidelines of where you are; it prints the next steps.", 1, 2,
     cli_guideline_new},
    {"guideline check", "Guidelines", "[ID]", "Check that guideline folders are whole, and run their cases.",
     "SHARE", "  salve guideline check blood-pressure", NULL, 0, 1,
     cli_guideline_check},
    {"guideline test", "Guidelines", "", "Run a vector family; exit 0 only if every row passes.", "VECTORS SHARE",
     "  salve guideline test --vectors tests/vectors/bmi.csv", "The file's name is the family.", 0, 0,
     cli_guideline_test},
    {"doctor", "Site", "", "Check this machine and the site; say what to do next.", "SHARE PASSPHRASE_FILE KEY_FILE",
     "  salve doctor", NULL, 0, 0, cli_doctor},
    {"completion", "Program", "SHELL", "Print shell completion for bash, zsh or fish.", "",
     "  source <(salve completion bash)", NULL, 1, 1, cli_completion},
    {"man", "Program", "", "Print the manual page in troff.", "", "  salve man | man -l -", NULL, 0, 0, cli_man},
    {"explain", "Program", "SLV-nnn", "Explain an error code.", "", "  salve explain SLV-401", NULL, 1, 1, cli_explain},
    {"version", "Program", "", "Print version and build.", "", "  salve version", NULL, 0, 0, cli_version},
    {"help", "Program", "[COMMAND]", "Show help.", "", "  salve help import", NULL, 0, 2, cli_help},
};
/* clang-format on */

const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
