/* SPDX-License-Identifier: Apache-2.0
 * What somebody else gets of a record: a summary, and health links with a copy of one. */
#include "visit/share.h"

#include "base/clock.h"
#include "base/zone.h"
#include "crypto/crypto.h"
#include "ips/ips.h"
#include "json/json.h"
#include "records/proof.h"
#include "shl/shl.h"
#include "visit/visit_int.h"

enum { PASSCODE_CHARS = 8 };
_Static_assert((int)SHL_LABEL_BYTES_MAX == SHARE_LABEL_BYTES_MAX, "what a link may say is kept as it is");

/* --- a summary ---------------------------------------------------------------------------------------------------- */

/* A random number as RFC 4122 writes it, version 4. */
static void new_uuid(char text[IPS_UUID_CHARS + 1])
{
    uint8_t bytes[16];
    char hex[33];
    crypto_random(bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    str_hex(bytes, sizeof bytes, hex);
    for (size_t from = 0, to = 0; from < 32; from++) {
        if (from == 8 || from == 12 || from == 16 || from == 20) text[to++] = '-';
        text[to++] = hex[from];
    }
    text[IPS_UUID_CHARS] = '\0';
}

enum salve_code visit_summary_of(const struct visit *visit, struct rec_view *view, bool has_apart, struct str *json,
                                 struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    char uuid[IPS_UUID_CHARS + 1];
    class_mask classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN);
    if (has_apart && rec_shows(view, CLASS_SENS)) classes |= CLASS_BIT(CLASS_SENS);
    TRY(rec_all(view, classes, &all, &count, err));
    struct ips_resource *list = arena_array(visit->mem, struct ips_resource, count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "summary");
    for (size_t i = 0; i < count; i++)
        list[i] = (struct ips_resource){.type = all[i].type, .id = all[i].id, .tape = &all[i].tape};
    new_uuid(uuid);
    const struct ips_ask ask = {.resources = list,
                                .count = count,
                                .custodian = site_settings(visit->site)->name,
                                .uuid = str_make(uuid, IPS_UUID_CHARS),
                                .now_unix_ms = site_now_unix_ms(visit->site)};
    return ips_write(&ask, visit->mem, json, err);
}

enum salve_code visit_summary(const struct visit *visit, struct str card, bool has_apart, struct visit_summary *out,
                              struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = visit_summary_of(visit, view, has_apart, &out->json, err);
    return visit_view_close(visit, &view, code, err);
}

/* --- a health link ------------------------------------------------------------------------------------------------ */

/* Eight characters of 32, in two groups, without those that are taken for others. */
static enum salve_code new_passcode(struct arena *mem, struct str *out, struct salve_err *err)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t bytes[PASSCODE_CHARS];
    char text[PASSCODE_CHARS + 1];
    size_t to = 0;
    crypto_random(bytes, sizeof bytes);
    for (size_t i = 0; i < PASSCODE_CHARS; i++) {
        if (i == PASSCODE_CHARS / 2) text[to++] = '-';
        text[to++] = alphabet[bytes[i] & 31];
    }
    enum salve_code code = arena_str(mem, str_make(text, to), out, err);
    crypto_zero(bytes, sizeof bytes);
    crypto_zero(text, sizeof text);
    return code;
}

/* The end of the last day, or of so many days, or 0. */
static enum salve_code until_of(const struct visit *visit, const struct visit_share_ask *ask, int64_t *unix_s,
                                struct salve_err *err)
{
    const struct zone *zone = NULL;
    int64_t at_unix_ms = 0;
    struct str day = ask->until;
    *unix_s = ask->days == 0 ? 0 : site_now_unix_ms(visit->site) / 1000 + (int64_t)ask->days * 24 * 3600;
    if (day.len == 0) return SALVE_OK;
    if (day.len != 10 || !clock_parse(day, &at_unix_ms))
        return salve_refuse(err, SALVE_E_INVALID, "a day: 2026-12-24", "until");
    TRY(site_zone(visit->site, &zone, err));
    int64_t number = zone_day(zone_utc(), at_unix_ms).number;
    for (int hours = -24; hours <= 48; hours += 12) { /* zones are up to 14 hours away from UTC */
        struct zone_day there = zone_day(zone, at_unix_ms + (int64_t)hours * 3600 * 1000);
        if (there.number == number) *unix_s = (there.end_unix_ms + 1) / 1000;
    }
    return SALVE_OK;
}

static enum salve_code origin_of(const struct visit *visit, struct str *out, struct salve_err *err)
{
    struct site_names names;
    TRY(site_names_get(visit->site, visit->mem, &names, err));
    if (names.origin_count == 0)
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            "a link is an address of this site's server, which has to run and have a name", "server");
    *out = names.origins[0];
    return SALVE_OK;
}

static enum salve_code link_of(const struct visit *visit, const struct visit_share_ask *ask, struct str origin,
                               const struct share_made *made, const uint8_t key[SHL_KEY_BYTES], struct str *out,
                               struct salve_err *err)
{
    struct shl_link link = {.url = arena_printf(visit->mem, "%.*s/shl/%.*s", STR_ARGS(origin), STR_ARGS(made->token)),
                            .until_unix_s = made->until_unix_s,
                            .needs_passcode = true,
                            .label = ask->label};
    if (link.url.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "health link");
    return shl_write(&link, key, visit->mem, out, err);
}

/* The link is tried before the gate keeps anything: an address that is too long would be of no use. */
static enum salve_code share_in(const struct visit *visit, struct rec_view *view, const struct visit_share_ask *ask,
                                const uint8_t key[SHL_KEY_BYTES], struct visit_shared *out, struct salve_err *err)
{
    struct share_made made = {.token = STR("0000000000000000000000000000000000000000000")};
    struct share_ask share = {.label = ask->label};
    struct str origin, summary;
    TRY(origin_of(visit, &origin, err));
    TRY(until_of(visit, ask, &share.until_unix_s, err));
    TRY(link_of(visit, ask, origin, &made, key, &out->link, err));
    TRY(new_passcode(visit->mem, &out->passcode, err));
    TRY(visit_summary_of(visit, view, ask->has_apart, &summary, err));
    TRY(shl_seal(key, SHL_FHIR, summary, visit->mem, &share.copy, err));
    share.passcode = out->passcode;
    TRY(share_make(view, &share, visit->mem, &made, err));
    out->number = made.number;
    out->until_unix_s = made.until_unix_s;
    return link_of(visit, ask, origin, &made, key, &out->link, err);
}

enum salve_code visit_share(const struct visit *visit, struct str card, const struct visit_share_ask *ask,
                            struct visit_shared *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    uint8_t key[SHL_KEY_BYTES];
    *out = (struct visit_shared){0};
    crypto_random(key, sizeof key);
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = share_in(visit, view, ask, key, out, err);
    crypto_zero(key, sizeof key);
    return visit_view_close(visit, &view, code, err);
}

/* --- seeing and ending them --------------------------------------------------------------------------------------- */

enum salve_code visit_shares(const struct visit *visit, struct str card, struct visit_shares *out,
                             struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, CLASS_BIT(CLASS_IDENT), &view, err);
    if (code == SALVE_OK) code = share_list(view, visit->mem, &out->list, &out->count, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_share_end(const struct visit *visit, struct str card, uint64_t number, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, CLASS_BIT(CLASS_IDENT), &view, err);
    if (code == SALVE_OK) code = share_end(view, number, err);
    return visit_view_close(visit, &view, code, err);
}

void visit_share_json(const struct share *share, struct json_writer *w)
{
    char made[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES], opened[CLOCK_TEXT_BYTES];
    json_open(w, NULL, '{');
    json_put_i64(w, "number", (int64_t)share->number);
    json_put_text(w, "label", share->label);
    json_put_text(w, "made", clock_text(share->made_unix_ms, made));
    json_put_text(w, "until", clock_text(share->until_unix_ms, until));
    json_put_i64(w, "opened", share->opened_count);
    if (share->opened_unix_ms != 0) json_put_text(w, "lastOpened", clock_text(share->opened_unix_ms, opened));
    json_put_i64(w, "triesLeft", share->tries_left);
    json_close(w);
}
