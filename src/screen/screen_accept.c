/* SPDX-License-Identifier: Apache-2.0
 *
 * Acceptance: a clinician's document in the commons that binds the rules of one version of a guideline and the words of
 * each language, byte by byte, and the programme's choices. The files it names are kept beside it (commons.h). Without
 * it a guideline is not used at this site. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "consent/may.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "guideline/shared.h"
#include "records/commons.h"
#include "records/site.h"
#include "screen/screen_int.h"

#define KIND "guideline"

_Static_assert(sizeof((struct screen_file *)0)->sha256 == CRYPTO_SHA256_BYTES, "hashes of files");

/* --- files -------------------------------------------------------------------------------------------------------- */

/* letter.<language>.json */
static struct str language_of(struct str name)
{
    bool is_words = str_starts(name, STR("letter.")) && str_ends(name, STR(".json")) && name.len > 12;
    return is_words ? str_cut(name, 7, name.len - 12) : STR_NONE;
}

static struct str words_name(struct str language, struct arena *mem)
{
    return arena_printf(mem, "letter.%.*s.json", STR_ARGS(language));
}

/* One line a file, digest and name, in the order of the load: of the rules; earlier, of the words too and not of the
 * ranges. */
static enum salve_code digest_of(const struct guideline *guideline, bool is_earlier, struct arena *mem, struct str *hex,
                                 struct salve_err *err)
{
    size_t count = 0;
    const struct guideline_file *files = guideline_files(guideline, &count);
    const struct guideline_info *info = guideline_info(guideline);
    struct buf all;
    struct str text;
    uint8_t digest[CRYPTO_SHA256_BYTES];
    char *out = arena_alloc(mem, 2 * sizeof digest + 1);
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline digest");
    buf_init(&all, mem, SALVE_ELM_BYTES_MAX);
    buf_addf(&all, "%.*s|%.*s\n", STR_ARGS(info->id), STR_ARGS(info->version));
    for (size_t i = 0; i < count; i++) {
        bool is_words = language_of(files[i].name).ptr != NULL, is_ranges = str_is(files[i].name, "ranges.json");
        if (is_earlier ? is_ranges : is_words) continue;
        crypto_sha256(files[i].bytes, digest);
        str_hex(digest, sizeof digest, out);
        buf_addf(&all, "%s %.*s\n", out, STR_ARGS(files[i].name));
    }
    TRY(buf_done(&all, &text, err));
    crypto_sha256(text, digest);
    str_hex(digest, sizeof digest, out);
    *hex = str_of(out);
    return SALVE_OK;
}

enum salve_code screen_digest(const struct guideline *guideline, struct arena *mem, struct str *hex,
                              struct salve_err *err)
{
    return digest_of(guideline, false, mem, hex, err);
}

/* --- choices ------------------------------------------------------------------------------------------------------ */

static enum salve_code choices_allowed(const struct guideline_info *info, const struct guideline_choice *choices,
                                       size_t count, struct salve_err *err)
{
    for (size_t c = 0; c < count; c++) {
        bool is_known = false;
        for (size_t i = 0; i < info->switch_count; i++) {
            const struct guideline_switch *sw = &info->switches[i];
            for (size_t v = 0; str_eq(sw->name, choices[c].name) && v < sw->value_count; v++)
                is_known = is_known || str_eq(sw->values[v], choices[c].value);
        }
        if (is_known) continue;
        return salve_refuse(err, SALVE_E_INVALID, "the guideline has no such switch, or the switch no such value",
                            "%.*s: switch %.*s", STR_ARGS(info->id), STR_ARGS(str_cut(choices[c].name, 0, 40)));
    }
    return SALVE_OK;
}

static enum salve_code not_chosen(const struct guideline_switch *sw, struct salve_err *err)
{
    char values[SALVE_ERR_WHERE_BYTES];
    size_t len = 0;
    for (size_t i = 0; i < sw->value_count && len < sizeof values; i++)
        len +=
            (size_t)snprintf(values + len, sizeof values - len, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(sw->values[i]));
    (void)salve_fail(err, SALVE_E_USAGE, "switch %.*s", STR_ARGS(sw->name));
    return salve_why(err, SALVE_E_USAGE, "it has to be chosen: %s", values);
}

/* The value of each switch, said or initial: so a later version with another initial value changes nothing here. */
static enum salve_code choose_all(const struct guideline_info *info, struct screen_acceptance *out, struct arena *mem,
                                  struct salve_err *err)
{
    struct guideline_choice *list = arena_array(mem, struct guideline_choice, info->switch_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "switches");
    TRY(choices_allowed(info, out->choices, out->choice_count, err));
    for (size_t i = 0; i < info->switch_count; i++) {
        list[i] = (struct guideline_choice){info->switches[i].name, info->switches[i].initial};
        for (size_t c = 0; c < out->choice_count; c++)
            if (str_eq(out->choices[c].name, list[i].name)) list[i].value = out->choices[c].value;
        if (list[i].value.len == 0) return not_chosen(&info->switches[i], err);
    }
    out->choices = list;
    out->choice_count = info->switch_count;
    return SALVE_OK;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

static void put_sha256(struct json_writer *w, const char *name, const uint8_t sha256[CRYPTO_SHA256_BYTES])
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    str_hex(sha256, CRYPTO_SHA256_BYTES, hex);
    json_put_text(w, name, str_of(hex));
}

static void put_words(struct json_writer *w, const struct screen_words *words)
{
    json_put_name(w, words->language);
    json_open(w, NULL, '{');
    json_put_text(w, "acceptedBy", words->accepted_by);
    json_put_text(w, "at", words->at);
    put_sha256(w, "sha256", words->sha256);
    json_close(w);
}

static enum salve_code write_acceptance(const struct screen_acceptance *a, struct arena *mem, struct str *text,
                                        struct salve_err *err)
{
    struct buf out;
    buf_init(&out, mem, SALVE_CONFIG_BYTES_MAX);
    struct json_writer w = {.out = &out, .pretty = true};
    json_open(&w, NULL, '{');
    json_put_text(&w, "guideline", a->guideline);
    json_put_text(&w, "version", a->version);
    json_put_text(&w, "title", a->title);
    json_put_text(&w, "digest", a->digest);
    json_put_text(&w, "acceptedBy", a->accepted_by);
    json_put_text(&w, "at", a->at);
    json_open(&w, "choices", '{');
    for (size_t i = 0; i < a->choice_count; i++) {
        json_put_name(&w, a->choices[i].name);
        json_put_text(&w, NULL, a->choices[i].value);
    }
    json_close(&w);
    json_open(&w, "files", '{');
    for (size_t i = 0; i < a->file_count; i++) {
        json_put_name(&w, a->files[i].name);
        put_sha256(&w, NULL, a->files[i].sha256);
    }
    json_close(&w);
    json_open(&w, "words", '{');
    for (size_t i = 0; i < a->word_count; i++) put_words(&w, &a->words[i]);
    json_close(&w);
    json_close(&w);
    return buf_done(&out, text, err);
}

static enum salve_code bad_hash(const struct json *it, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_INVALID, "acceptance: hash of %.*s", STR_ARGS(str_cut(it->name, 0, 64)));
}

static enum salve_code read_files(const struct json *doc, struct arena *mem, struct screen_acceptance *out,
                                  struct salve_err *err)
{
    const struct json *files = json_get(doc, "files"), *words = json_get(doc, "words");
    struct screen_file *list =
        arena_array(mem, struct screen_file, files == NULL ? (size_t)1 : files->count + (size_t)1);
    struct screen_words *texts =
        arena_array(mem, struct screen_words, words == NULL ? (size_t)1 : words->count + (size_t)1);
    if (list == NULL || texts == NULL) return salve_fail(err, SALVE_E_MEMORY, "acceptance");
    for (const struct json *it = json_first(files); it != NULL; it = it->next) {
        struct screen_file *file = &list[out->file_count++];
        file->name = it->name;
        if (!str_hex_parse(json_text(it), file->sha256, sizeof file->sha256)) return bad_hash(it, err);
    }
    for (const struct json *it = json_first(words); it != NULL; it = it->next) {
        struct screen_words *one = &texts[out->word_count++];
        *one = (struct screen_words){
            .language = it->name, .accepted_by = json_get_text(it, "acceptedBy"), .at = json_get_text(it, "at")};
        if (!str_hex_parse(json_get_text(it, "sha256"), one->sha256, sizeof one->sha256)) return bad_hash(it, err);
    }
    out->files = list;
    out->words = texts;
    return SALVE_OK;
}

static enum salve_code read_acceptance(struct str bytes, struct arena *mem, struct screen_acceptance *out,
                                       struct salve_err *err)
{
    const struct json *doc = NULL;
    TRY(json_read(bytes, NULL, mem, &doc, err));
    *out = (struct screen_acceptance){0};
    if (json_is_true(json_get(doc, "takenBack"))) return salve_fail(err, SALVE_E_NOT_FOUND, "acceptance");
    const struct json *choices = json_get(doc, "choices");
    struct guideline_choice *list =
        arena_array(mem, struct guideline_choice, choices == NULL ? (size_t)1 : choices->count + (size_t)1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "acceptance");
    for (const struct json *it = json_first(choices); it != NULL; it = it->next)
        list[out->choice_count++] = (struct guideline_choice){it->name, json_text(it)};
    out->choices = list;
    TRY(read_files(doc, mem, out, err));
    out->title = json_get_text(doc, "title"); /* not there in one from before files were kept */
    TRY(json_want_text(doc, "guideline", "acceptance", &out->guideline, err));
    TRY(json_want_text(doc, "version", "acceptance", &out->version, err));
    TRY(json_want_text(doc, "digest", "acceptance", &out->digest, err));
    TRY(json_want_text(doc, "acceptedBy", "acceptance", &out->accepted_by, err));
    return json_want_text(doc, "at", "acceptance", &out->at, err);
}

/* --- accepting ---------------------------------------------------------------------------------------------------- */

static enum salve_code only_clinicians(struct actor actor, struct str id, struct salve_err *err)
{
    if (consent_may(actor.role, ACT_GUIDELINE, PURPOSE_NONE) != NULL && actor.id.len > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_ROLE, "a named clinician accepts a guideline", "guideline %.*s", STR_ARGS(id));
}

/* Every file of the guideline as rules or words of the acceptance, and to be kept. */
static enum salve_code bind_files(const struct guideline *guideline, struct screen_acceptance *out,
                                  struct commons_file **kept, size_t *count, struct arena *mem, struct salve_err *err)
{
    const struct guideline_file *files = guideline_files(guideline, count);
    struct screen_file *rules = arena_array(mem, struct screen_file, *count + 1);
    struct screen_words *words = arena_array(mem, struct screen_words, *count + 1);
    *kept = arena_array(mem, struct commons_file, *count + 1);
    if (rules == NULL || words == NULL || *kept == NULL) return salve_fail(err, SALVE_E_MEMORY, "acceptance");
    for (size_t i = 0; i < *count; i++) {
        struct commons_file *file = &(*kept)[i];
        struct str language = language_of(files[i].name);
        file->bytes = files[i].bytes;
        crypto_sha256(file->bytes, file->sha256);
        uint8_t *into = language.ptr != NULL ? words[out->word_count].sha256 : rules[out->file_count].sha256;
        memcpy(into, file->sha256, sizeof file->sha256);
        if (language.ptr == NULL) {
            rules[out->file_count++].name = files[i].name;
            continue;
        }
        words[out->word_count].language = language;
        words[out->word_count].accepted_by = out->accepted_by;
        words[out->word_count++].at = out->at;
    }
    out->files = rules;
    out->words = words;
    return SALVE_OK;
}

enum salve_code screen_accept(struct site *site, struct actor actor, const struct guideline *guideline,
                              const struct guideline_choice *choices, size_t choice_count, struct arena *mem,
                              struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(guideline);
    struct screen_acceptance made = {.guideline = info->id,
                                     .version = info->version,
                                     .title = info->title,
                                     .accepted_by = actor.id,
                                     .choices = choices,
                                     .choice_count = choice_count};
    struct commons_file *kept = NULL;
    size_t count = 0;
    char now[CLOCK_TEXT_BYTES];
    struct str text;
    TRY(only_clinicians(actor, info->id, err));
    TRY(choose_all(info, &made, mem, err));
    made.at = clock_text(site_now_unix_ms(site), now);
    TRY(screen_digest(guideline, mem, &made.digest, err));
    TRY(bind_files(guideline, &made, &kept, &count, mem, err));
    TRY(write_acceptance(&made, mem, &text, err));
    return commons_put_with(site, actor, STR(KIND), info->id, text, kept, count, err);
}

/* The words of one language in the place of what was accepted of it before. */
static enum salve_code bind_words(const struct screen_words *fresh, struct screen_acceptance *a, struct arena *mem,
                                  struct salve_err *err)
{
    size_t n = 0;
    struct screen_words *list = arena_array(mem, struct screen_words, a->word_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "acceptance");
    for (size_t i = 0; i < a->word_count; i++)
        if (!str_eq(a->words[i].language, fresh->language)) list[n++] = a->words[i];
    list[n++] = *fresh;
    a->words = list;
    a->word_count = n;
    return SALVE_OK;
}

static enum salve_code may_add_words(struct site *site, const struct guideline *guideline, struct arena *mem,
                                     struct screen_acceptance *out, struct salve_err *err)
{
    static const char why[] = "other rules are in force than those beside these words: accept the guideline as a whole";
    struct str id = guideline_info(guideline)->id;
    bool agrees = false;
    TRY(screen_in_force(site, id, mem, out, err));
    TRY(screen_agrees(out, guideline, mem, &agrees, err));
    if (agrees && out->file_count > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, why, "guideline %.*s", STR_ARGS(id));
}

enum salve_code screen_accept_words(struct site *site, struct actor actor, const struct guideline *guideline,
                                    struct str language, struct arena *mem, struct salve_err *err)
{
    size_t count = 0;
    const struct guideline_file *files = guideline_files(guideline, &count), *found = NULL;
    struct str text, id = guideline_info(guideline)->id;
    struct screen_acceptance made;
    struct screen_words fresh = {.language = language, .accepted_by = actor.id};
    struct commons_file kept;
    char now[CLOCK_TEXT_BYTES];
    TRY(only_clinicians(actor, id, err));
    for (size_t i = 0; i < count; i++)
        if (str_eq(language_of(files[i].name), language)) found = &files[i];
    if (found == NULL)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "the guideline has no words in that language", "letter.%.*s.json",
                            STR_ARGS(str_cut(language, 0, 20)));
    TRY(may_add_words(site, guideline, mem, &made, err));
    kept.bytes = found->bytes;
    crypto_sha256(kept.bytes, kept.sha256);
    memcpy(fresh.sha256, kept.sha256, sizeof kept.sha256);
    fresh.at = clock_text(site_now_unix_ms(site), now);
    TRY(bind_words(&fresh, &made, mem, err));
    TRY(write_acceptance(&made, mem, &text, err));
    return commons_put_with(site, actor, STR(KIND), id, text, &kept, 1, err);
}

enum salve_code screen_take_back(struct site *site, struct actor actor, struct str id, struct arena *mem,
                                 struct salve_err *err)
{
    struct screen_acceptance before;
    char now[CLOCK_TEXT_BYTES];
    TRY(only_clinicians(actor, id, err));
    TRY(screen_in_force(site, id, mem, &before, err));
    struct str text = arena_printf(mem, "{\"guideline\":\"%.*s\",\"takenBack\":true,\"by\":\"%.*s\",\"at\":\"%s\"}",
                                   STR_ARGS(id), STR_ARGS(actor.id), clock_text(site_now_unix_ms(site), now).ptr);
    if (text.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "acceptance");
    return commons_put(site, actor, STR(KIND), id, text, err);
}

/* --- what is in force --------------------------------------------------------------------------------------------- */

enum salve_code screen_in_force(struct site *site, struct str id, struct arena *mem, struct screen_acceptance *out,
                                struct salve_err *err)
{
    struct str bytes;
    TRY(commons_get(site, STR(KIND), id, mem, &bytes, err));
    return read_acceptance(bytes, mem, out, err);
}

enum salve_code screen_all_in_force(struct site *site, struct arena *mem, struct str **ids, size_t *count,
                                    struct salve_err *err)
{
    size_t all = 0, n = 0;
    TRY(commons_list(site, STR(KIND), mem, ids, &all, err));
    for (size_t i = 0; i < all; i++) {
        bool has = false;
        TRY(screen_has_acceptance(site, (*ids)[i], mem, &has, err));
        if (has) (*ids)[n++] = (*ids)[i];
    }
    *count = n;
    return SALVE_OK;
}

static struct commons_file *on_shelf(const struct screen_shelf *shelf, const uint8_t sha256[COMMONS_SHA256_BYTES])
{
    for (size_t i = 0; i < shelf->count; i++)
        if (memcmp(shelf->files[i].sha256, sha256, COMMONS_SHA256_BYTES) == 0) return &shelf->files[i];
    return NULL;
}

/* The file stands in the share folder with the very bytes that were accepted: nobody has to be asked for them. */
static bool is_shared(const struct screen_shelf *shelf, struct str id, struct str name, size_t bytes_max,
                      struct commons_file *file, struct arena *mem)
{
    uint8_t is[COMMONS_SHA256_BYTES];
    struct arena_mark mark = arena_mark(mem);
    struct str bytes;
    if (guideline_shared_file(shelf->libraries, id, name, mem, &bytes) && bytes.len <= bytes_max) {
        crypto_sha256(bytes, is);
        file->bytes = bytes;
        if (memcmp(is, file->sha256, sizeof is) == 0) return true;
    }
    file->bytes = STR_NONE;
    arena_rewind(mem, mark);
    return false;
}

/* Puts what is not there yet on the shelf, read and checked; names: of the wanted files. */
static enum salve_code fill_shelf(struct site *site, const struct commons_file *wanted,
                                  const struct guideline_file *names, size_t count, struct str id,
                                  struct screen_shelf *shelf, struct arena *mem, struct salve_err *err)
{
    size_t left = GUIDELINE_BYTES_MAX;
    if (shelf->count + count > shelf->room) {
        size_t room = 2 * (shelf->count + count);
        shelf->files = arena_grow(mem, shelf->files, shelf->room * sizeof *wanted, room * sizeof *wanted);
        if (shelf->files == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline");
        shelf->room = room;
    }
    for (size_t i = 0; i < count; i++) {
        struct commons_file *file = &shelf->files[shelf->count];
        if (on_shelf(shelf, wanted[i].sha256) != NULL) continue;
        *file = wanted[i];
        if (!is_shared(shelf, id, names[i].name, left, file, mem)) continue;
        left -= file->bytes.len;
        shelf->count++;
    }
    size_t before = shelf->count;
    for (size_t i = 0; i < count; i++)
        if (on_shelf(shelf, wanted[i].sha256) == NULL) shelf->files[shelf->count++] = wanted[i];
    if (shelf->count == before) return SALVE_OK;
    enum salve_code code = commons_files(site, shelf->files + before, shelf->count - before, left, mem, err);
    if (code != SALVE_OK) shelf->count = before;
    return code;
}

enum salve_code screen_load(struct site *site, const struct screen_acceptance *a, struct screen_shelf *shelf,
                            struct arena *mem, struct guideline **out, struct salve_err *err)
{
    size_t count = a->file_count + a->word_count;
    struct screen_shelf own = {0};
    struct commons_file *wanted = arena_array(mem, struct commons_file, count + 1);
    struct guideline_file *files = arena_array(mem, struct guideline_file, count + 1);
    if (shelf == NULL) shelf = &own;
    if (wanted == NULL || files == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline");
    if (a->file_count == 0)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "it was accepted before its files were kept", "guideline %.*s",
                            STR_ARGS(a->guideline));
    for (size_t i = 0; i < count; i++) {
        bool is_rule = i < a->file_count;
        size_t at = is_rule ? i : i - a->file_count;
        memcpy(wanted[i].sha256, is_rule ? a->files[at].sha256 : a->words[at].sha256, sizeof wanted[i].sha256);
        files[i].name = is_rule ? a->files[at].name : words_name(a->words[at].language, mem);
        if (files[i].name.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline");
    }
    TRY(fill_shelf(site, wanted, files, count, a->guideline, shelf, mem, err));
    for (size_t i = 0; i < count; i++) files[i].bytes = on_shelf(shelf, wanted[i].sha256)->bytes;
    return guideline_load_kept(files, count, a->guideline, shelf->libraries, mem, out, err);
}

enum salve_code screen_agrees(const struct screen_acceptance *acceptance, const struct guideline *guideline,
                              struct arena *mem, bool *out, struct salve_err *err)
{
    struct str digest;
    TRY(digest_of(guideline, acceptance->file_count == 0, mem, &digest, err));
    *out = str_eq(acceptance->version, guideline_info(guideline)->version) && str_eq(acceptance->digest, digest);
    return SALVE_OK;
}

enum screen_words_state screen_words_stand(const struct screen_acceptance *acceptance,
                                           const struct guideline *guideline, struct str language)
{
    size_t count = 0;
    uint8_t is[CRYPTO_SHA256_BYTES];
    const struct guideline_file *files = guideline_files(guideline, &count);
    const struct screen_words *words = NULL;
    for (size_t i = 0; i < acceptance->word_count; i++)
        if (str_eq(acceptance->words[i].language, language)) words = &acceptance->words[i];
    if (words == NULL) return acceptance->file_count == 0 ? SCREEN_WORDS_ACCEPTED : SCREEN_WORDS_NEW;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(language_of(files[i].name), language)) continue;
        crypto_sha256(files[i].bytes, is);
        if (memcmp(is, words->sha256, sizeof is) == 0) return SCREEN_WORDS_ACCEPTED;
    }
    return SCREEN_WORDS_CHANGED;
}

enum salve_code screen_accepted(struct site *site, const struct guideline *guideline, struct arena *mem,
                                struct screen_acceptance *out, struct salve_err *err)
{
    bool agrees = false;
    struct str id = guideline_info(guideline)->id;
    TRY(screen_in_force(site, id, mem, out, err));
    TRY(screen_agrees(out, guideline, mem, &agrees, err));
    if (agrees) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "another version or another content was accepted here", "guideline %.*s",
                        STR_ARGS(id));
}

enum salve_code screen_has_acceptance(struct site *site, struct str id, struct arena *mem, bool *out,
                                      struct salve_err *err)
{
    struct screen_acceptance unused;
    struct salve_err trouble = {0};
    struct str bytes;
    enum salve_code code = commons_get(site, STR(KIND), id, mem, &bytes, &trouble);
    *out = code == SALVE_OK && read_acceptance(bytes, mem, &unused, NULL) != SALVE_E_NOT_FOUND;
    if (code == SALVE_OK || code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (err != NULL) *err = trouble;
    return code;
}

enum salve_code screen_open(struct site *site, struct guideline *const *guidelines, size_t count, struct arena *mem,
                            struct screen **out, size_t *refused_count, struct salve_err *err)
{
    size_t refused = 0;
    struct screen *made = arena_new(mem, struct screen);
    if (made != NULL) made->members = arena_array(mem, struct screen_member, count + 1);
    if (made == NULL || made->members == NULL) return salve_fail(err, SALVE_E_MEMORY, "screen");
    TRY(site_zone(site, &made->zone, err));
    crypto_random(made->tag, sizeof made->tag);
    screen_layers_open(site, guidelines, count, mem, made);
    for (size_t i = 0; i < count; i++) {
        struct salve_err trouble = {0};
        if (screen_is_alarms(guideline_info(guidelines[i])->id)) continue;
        enum salve_code code =
            screen_accepted(site, guidelines[i], mem, &made->members[made->count].acceptance, &trouble);
        refused += code != SALVE_OK;
        if (code == SALVE_OK)
            made->members[made->count++].guideline = guidelines[i];
        else if (code != SALVE_E_NOT_FOUND && code != SALVE_E_CONFLICT) {
            if (err != NULL) *err = trouble;
            return code;
        }
    }
    if (refused_count != NULL) *refused_count = refused;
    *out = made;
    return SALVE_OK;
}
