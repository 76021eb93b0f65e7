/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings of a site as a document of the commons (doc/site/settings): checked, written, read, put to use. */
#include "admit/admit.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/zone.h"
#include "json/json.h"
#include "records/session.h"
#include "records/tx_int.h"

enum { ASSENT_AGE_YEARS = 7, CONSENT_AGE_YEARS = 16, MAJORITY_AGE_YEARS = 18 }; /* offered; sites set theirs */
enum { NAME_BYTES_MAX = 200, LOG_NAME_BYTES_MAX = 60, AGE_YEARS_MAX = 30, LIST_ITEMS_MAX = 32 };
enum { LOCK_SECONDS_MIN = 30, LOCK_SECONDS_MAX = 3600 };

static bool is_log_name(struct str text)
{
    if (text.len == 0 || text.len > LOG_NAME_BYTES_MAX) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(str_is_lower(c) || str_is_digit(c) || c == '-')) return false;
    }
    return true;
}

static bool ages_are_in_order(const struct site_settings *s)
{
    return s->assent_age_years <= s->consent_age_years && s->consent_age_years <= s->majority_age_years &&
           s->majority_age_years <= AGE_YEARS_MAX;
}

enum salve_code rec_settings_check(const struct site_settings *settings, struct salve_err *err)
{
    struct site_settings s = *settings;
    if (s.assent_age_years == 0) s.assent_age_years = ASSENT_AGE_YEARS;
    if (s.consent_age_years == 0) s.consent_age_years = CONSENT_AGE_YEARS;
    if (s.majority_age_years == 0) s.majority_age_years = MAJORITY_AGE_YEARS;
    if (s.name.len == 0 || s.name.len > NAME_BYTES_MAX || !str_is_utf8(s.name))
        return salve_fail(err, SALVE_E_CONFIG, "settings: name");
    if (!is_log_name(s.log_name))
        return salve_refuse(err, SALVE_E_CONFIG, "1 to 60 of a-z, 0-9, '-'", "settings: log_name");
    if (!ages_are_in_order(&s)) return salve_fail(err, SALVE_E_CONFIG, "settings: ages");
    if (s.lock_seconds != 0 && (s.lock_seconds < LOCK_SECONDS_MIN || s.lock_seconds > LOCK_SECONDS_MAX))
        return salve_refuse(err, SALVE_E_CONFIG, "30 to 3600", "settings: lock_seconds");
    return SALVE_OK;
}

/* The items of a text that are parted by white space (' ') or by lines ('\n'); what the array has no room for counts
 * too. */
static size_t split(struct str text, char between, struct str items[LIST_ITEMS_MAX])
{
    size_t count = 0;
    while (text.len > 0) {
        const char *end = memchr(text.ptr, between, text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);
        struct str item = str_trim(str_cut(text, 0, len));
        if (item.len > 0 && count < LIST_ITEMS_MAX) items[count] = item;
        count += item.len > 0;
        text = str_cut(text, len + 1, text.len);
    }
    return count;
}

enum salve_code site_rules_of(const struct site_settings *settings, struct arena *mem, struct admit_rules **out,
                              struct salve_err *err)
{
    struct str systems[LIST_ITEMS_MAX], patterns[LIST_ITEMS_MAX];
    struct admit_site own = {.identifier_systems = systems, .national_patterns = patterns};
    own.identifier_system_count = split(settings->identifier_systems, ' ', systems);
    own.national_pattern_count = split(settings->national_patterns, '\n', patterns);
    if (own.identifier_system_count > LIST_ITEMS_MAX || own.national_pattern_count > LIST_ITEMS_MAX)
        return salve_refuse(err, SALVE_E_CONFIG, "32 at most", "settings: %s",
                            own.national_pattern_count > LIST_ITEMS_MAX ? "national_patterns" : "identifier_systems");
    return admit_rules_make(&own, mem, out, err);
}

static uint8_t or_default(uint8_t years, uint8_t fallback) { return years == 0 ? fallback : years; }

enum salve_code site_zone_of(const struct site_settings *settings, struct arena *mem, const struct zone **out,
                             struct salve_err *err)
{
    struct salve_err reason = {0};
    enum salve_code code = zone_open(settings->zone.len > 0 ? settings->zone : STR("UTC"), mem, out, &reason);
    if (code == SALVE_OK || code == SALVE_E_MEMORY) return code == SALVE_OK ? code : salve_fail(err, code, "settings");
    return salve_refuse(err, SALVE_E_CONFIG, reason.why, "settings: zone");
}

enum salve_code rec_settings_write(const struct site_settings *settings, struct arena *mem, struct str *json,
                                   struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    struct admit_rules *rules = NULL;
    const struct zone *zone = NULL;
    enum salve_code code = rec_settings_check(settings, err);
    if (code == SALVE_OK) code = site_rules_of(settings, mem, &rules, err); /* else the site would not open again */
    if (code == SALVE_OK) code = site_zone_of(settings, mem, &zone, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, mem, SALVE_CONFIG_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_i64(&w, "assent_age_years", or_default(settings->assent_age_years, ASSENT_AGE_YEARS));
    json_put_i64(&w, "consent_age_years", or_default(settings->consent_age_years, CONSENT_AGE_YEARS));
    json_put_text(&w, "identifier_systems", settings->identifier_systems.ptr ? settings->identifier_systems : STR(""));
    json_put_text(&w, "languages", settings->languages.ptr ? settings->languages : STR("en"));
    if (settings->lock_seconds > 0) json_put_i64(&w, "lock_seconds", settings->lock_seconds);
    json_put_text(&w, "log_name", settings->log_name);
    json_put_i64(&w, "majority_age_years", or_default(settings->majority_age_years, MAJORITY_AGE_YEARS));
    json_put_text(&w, "name", settings->name);
    json_put_bool(&w, "name_index", settings->name_index);
    json_put_text(&w, "national_patterns", settings->national_patterns.ptr ? settings->national_patterns : STR(""));
    if (settings->units.len > 0) json_put_text(&w, "units", settings->units);
    if (settings->zone.len > 0) json_put_text(&w, "zone", settings->zone);
    json_close(&w);
    return buf_done(&out, json, err);
}

static uint8_t years(const struct json *doc, const char *name)
{
    int64_t number = 0;
    return json_i64(json_get(doc, name), &number) && number > 0 && number < 100 ? (uint8_t)number : 0;
}

/* A number that is none of ours is one that the check refuses. */
static uint16_t seconds(const struct json *doc, const char *name)
{
    int64_t number = 0;
    const struct json *at = json_get(doc, name);
    if (at == NULL) return 0;
    return json_i64(at, &number) && number > 0 && number <= LOCK_SECONDS_MAX ? (uint16_t)number : UINT16_MAX;
}

enum salve_code rec_settings_read(struct str json, struct arena *mem, struct site_settings *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    enum salve_code code = json_read(json, NULL, mem, &doc, err);
    if (code != SALVE_OK) return code;
    *out = (struct site_settings){
        .name = json_get_text(doc, "name"),
        .log_name = json_get_text(doc, "log_name"),
        .languages = json_get_text(doc, "languages"),
        .assent_age_years = years(doc, "assent_age_years"),
        .consent_age_years = years(doc, "consent_age_years"),
        .majority_age_years = years(doc, "majority_age_years"),
        .lock_seconds = seconds(doc, "lock_seconds"),
        .name_index = json_is_true(json_get(doc, "name_index")),
        .identifier_systems = json_get_text(doc, "identifier_systems"),
        .national_patterns = json_get_text(doc, "national_patterns"),
        .units = json_get_text(doc, "units"),
        .zone = json_get_text(doc, "zone"),
    };
    return rec_settings_check(out, err);
}

enum salve_code rec_settings_use(struct site *site, struct str json, struct salve_err *err)
{
    struct site_settings settings;
    struct admit_rules *rules = NULL;
    struct str kept;
    struct arena *mem = arena_open_private(4 * SALVE_CONFIG_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "settings");
    enum salve_code code = arena_str(mem, json, &kept, err);
    if (code == SALVE_OK) code = rec_settings_read(kept, mem, &settings, err);
    if (code == SALVE_OK) code = site_rules_of(&settings, mem, &rules, err);
    if (code != SALVE_OK) {
        arena_close(mem);
        return code;
    }
    arena_close(site->settings_mem);
    /* A machine without that zone still opens the site; what asks for a day hears of it (site_zone). */
    if (site_zone_of(&settings, mem, &site->zone, NULL) != SALVE_OK) site->zone = NULL;
    site->settings_mem = mem;
    site->settings = settings;
    if (settings.lock_seconds == 0) site->settings.lock_seconds = SESSION_LOCK_SECONDS;
    site->rules = rules;
    return SALVE_OK;
}

static enum salve_code set_in(struct site *site, struct rec_tx *tx, struct actor actor,
                              const struct site_settings *settings, struct str *json, struct salve_err *err)
{
    enum salve_code code = rec_may(site, actor, ACT_SETTINGS, PURPOSE_NONE, err);
    if (code == SALVE_OK) code = rec_actor_check(tx, actor, err);
    if (code == SALVE_OK && !str_eq(settings->log_name, site->settings.log_name)) {
        code = salve_refuse(err, SALVE_E_CONFIG, "the log keeps the name it was begun with", "settings: log_name");
    }
    if (code == SALVE_OK) code = rec_settings_write(settings, tx->mem, json, err);
    return code == SALVE_OK ? rec_doc_put(tx, STR("site"), STR("settings"), *json, err) : code;
}

enum salve_code near_site_settings_set(struct site *site, struct actor actor, const struct site_settings *settings,
                                       struct salve_err *err)
{
    struct rec_tx tx;
    struct str json = STR_NONE;
    struct arena *mem = arena_open_private(4 * SALVE_CONFIG_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "settings");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = set_in(site, &tx, actor, settings, &json, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    if (code == SALVE_OK) code = rec_settings_use(site, json, err);
    if (code == SALVE_OK) rec_changed(site);
    arena_close(mem);
    return code;
}

enum salve_code near_site_zone(const struct site *site, const struct zone **out, struct salve_err *err)
{
    const struct zone *again = NULL;
    *out = site->zone;
    if (*out != NULL) return SALVE_OK;
    struct arena *mem = arena_open(SALVE_CONFIG_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "settings");
    enum salve_code code = site_zone_of(&site->settings, mem, &again, err); /* for its reason */
    arena_close(mem);
    return code == SALVE_OK ? salve_fail(err, SALVE_E_CONFIG, "settings: zone") : code;
}

const struct site_settings *near_site_settings(const struct site *site) { return &site->settings; }
