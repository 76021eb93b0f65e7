/* SPDX-License-Identifier: Apache-2.0
 * The document: a Composition with its sections, the Patient, the clinic, and what the sections name. */
#include "base/clock.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "fhir/index.h"
#include "fhir/tape_edit.h"
#include "ips/ips_int.h"
#include "json/json.h"

#define BASE   "https://record.invalid/" /* names that resolve nowhere: FHIR R4, bundle.html 2.36.4.1 */
#define LOINC  "http://loinc.org"
#define ABSENT "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

struct document {
    const struct ips_ask *ask;
    const struct ips_resource *patient;
    struct ips_item *items; /* as many as resources */
    struct json_writer *w;
    struct arena *mem;
    struct str organization; /* id */
};

static const struct section {
    const char *code, *display, *title, *empty;
    bool is_shown_empty;
} SECTIONS[] = {
#define IPS_SECTION(name, code, display, title, is_shown_empty, empty) {code, display, title, empty, is_shown_empty},
#include "ips/ips.def"
#undef IPS_SECTION
};

/* --- small parts -------------------------------------------------------------------------------------------------- */

static void put_coding(struct json_writer *w, const char *system, const char *code, const char *display)
{
    json_open(w, "coding", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "system", str_of(system));
    json_put_text(w, "code", str_of(code));
    json_put_text(w, "display", str_of(display));
    json_close(w);
    json_close(w);
}

static enum salve_code put_reference(struct document *d, const char *name, struct str type, struct str id,
                                     struct salve_err *err)
{
    struct str text = arena_printf(d->mem, "%.*s/%.*s", STR_ARGS(type), STR_ARGS(id));
    if (text.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "summary");
    json_open(d->w, name, '{');
    json_put_text(d->w, "reference", text);
    json_close(d->w);
    return SALVE_OK;
}

static void put_profile(struct json_writer *w, const char *profile)
{
    json_open(w, "meta", '{');
    json_open(w, "profile", '[');
    json_put_text(w, NULL, str_of(profile));
    json_close(w);
    json_close(w);
}

static enum salve_code put_narrative(struct document *d, struct buf *inside, struct salve_err *err)
{
    struct buf div;
    struct str text;
    buf_init(&div, d->mem, SALVE_RESOURCE_BYTES_MAX);
    buf_add(&div, STR("<div xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">"));
    buf_add(&div, buf_str(inside));
    buf_add(&div, STR("</div>"));
    TRY(buf_done(&div, &text, err));
    json_open(d->w, "text", '{');
    json_put_text(d->w, "status", STR("generated"));
    json_put_text(d->w, "div", text);
    json_close(d->w);
    return SALVE_OK;
}

/* --- the Composition ---------------------------------------------------------------------------------------------- */

static enum salve_code put_entries(struct document *d, enum ips_section section, struct salve_err *err)
{
    json_open(d->w, "entry", '[');
    for (size_t i = 0; i < d->ask->count; i++)
        if (d->items[i].is_listed && d->items[i].section == section)
            TRY(put_reference(d, NULL, d->items[i].of->type, d->items[i].of->id, err));
    json_close(d->w);
    return SALVE_OK;
}

static void put_not_asked(struct json_writer *w, const char *words)
{
    json_open(w, "emptyReason", '{');
    put_coding(w, "http://terminology.hl7.org/CodeSystem/list-empty-reason", "notasked", "Not Asked");
    json_put_text(w, "text", str_of(words));
    json_close(w);
}

static enum salve_code put_section(struct document *d, enum ips_section section, struct salve_err *err)
{
    struct buf words;
    size_t count = 0;
    const struct section *of = &SECTIONS[section];
    buf_init(&words, d->mem, SALVE_RESOURCE_BYTES_MAX);
    for (size_t i = 0; i < d->ask->count; i++) {
        if (!d->items[i].is_listed || d->items[i].section != section) continue;
        buf_add(&words, count++ == 0 ? STR("<ul><li>") : STR("</li><li>"));
        ips_line(d->items[i].of->tape, &words);
    }
    if (count == 0 && !of->is_shown_empty) return SALVE_OK;
    if (count > 0) buf_add(&words, STR("</li></ul>"));
    if (count == 0) buf_addf(&words, "<p>%s</p>", of->empty);
    json_open(d->w, NULL, '{');
    json_put_text(d->w, "title", str_of(of->title));
    json_open(d->w, "code", '{');
    put_coding(d->w, LOINC, of->code, of->display);
    json_close(d->w);
    TRY(put_narrative(d, &words, err));
    if (count > 0) TRY(put_entries(d, section, err));
    if (count == 0) put_not_asked(d->w, of->empty);
    json_close(d->w);
    return SALVE_OK;
}

static enum salve_code put_composition(struct document *d, struct salve_err *err)
{
    char at[CLOCK_TEXT_BYTES];
    json_open(d->w, NULL, '{');
    json_put_text(d->w, "resourceType", STR("Composition"));
    json_put_text(d->w, "id", d->ask->uuid);
    put_profile(d->w, IPS_COMPOSITION "|" IPS_VERSION);
    json_put_text(d->w, "language", STR("en"));
    json_put_text(d->w, "status", STR("final"));
    json_open(d->w, "type", '{');
    put_coding(d->w, LOINC, "60591-5", "Patient summary Document");
    json_close(d->w);
    TRY(put_reference(d, "subject", STR("Patient"), d->patient->id, err));
    json_put_text(d->w, "date", clock_text(d->ask->now_unix_ms, at));
    json_open(d->w, "author", '[');
    TRY(put_reference(d, NULL, STR("Organization"), d->organization, err));
    json_close(d->w);
    json_put_text(d->w, "title", STR("International Patient Summary"));
    TRY(put_reference(d, "custodian", STR("Organization"), d->organization, err));
    json_open(d->w, "section", '[');
    for (int section = 0; section < IPS_SECTIONS; section++) TRY(put_section(d, (enum ips_section)section, err));
    json_close(d->w);
    json_close(d->w);
    return SALVE_OK;
}

/* --- the other entries -------------------------------------------------------------------------------------------- */

static bool is_in_document(const struct document *d, struct str reference)
{
    struct fhir_reference to;
    if (!fhir_reference_split(reference, &to)) return true; /* of something else than a resource with an id */
    struct str type = fhir_name(fhir_types[to.type].name);
    if (str_is(type, "Patient")) return str_eq(to.id, d->patient->id);
    for (size_t i = 0; i < d->ask->count; i++)
        if (d->items[i].is_in && str_eq(d->items[i].of->id, to.id) && str_eq(d->items[i].of->type, type)) return true;
    return false;
}

/* A reference to what is not here leads nowhere. */
static enum tape_verdict leave_dangling_out(void *context, const struct tape *from, tape_at at, struct str *text)
{
    (void)text;
    if (tape_kind(from, at) != TAPE_OBJECT || tape_type(from, at) != FHIR_T_Reference) return TAPE_KEEP;
    struct str reference = tape_child_text(from, at, "reference");
    return reference.len == 0 || is_in_document(context, reference) ? TAPE_KEEP : TAPE_DROP;
}

static void put_full_url(struct document *d, struct str type, struct str id)
{
    struct str url = arena_printf(d->mem, BASE "%.*s/%.*s", STR_ARGS(type), STR_ARGS(id));
    json_put_text(d->w, "fullUrl", url);
}

/* What a Patient of a summary has to say, and this one does not: that it is not known. */
static void add_unknown(const struct tape *patient, struct buf *json)
{
    static const char extension[] = "{\"extension\":[{\"url\":\"" ABSENT "\",\"valueCode\":\"unknown\"}]}";
    tape_at root = tape_root(patient);
    bool has_born = tape_child(patient, root, FHIR_N_birthDate) != TAPE_NONE;
    bool has_name = tape_child(patient, root, FHIR_N_name) != TAPE_NONE;
    if (has_born && has_name) return;
    json->len--; /* the last brace */
    if (!has_name) buf_addf(json, ",\"name\":[{\"_text\":%s}]", extension);
    if (!has_born) buf_addf(json, ",\"_birthDate\":%s", extension);
    buf_add_char(json, '}');
}

static enum salve_code put_resource(struct document *d, const struct ips_resource *resource, struct salve_err *err)
{
    struct tape copy;
    struct buf out;
    struct str json;
    buf_init(&out, d->mem, SALVE_RESOURCE_BYTES_MAX);
    TRY(tape_copy(resource->tape, tape_root(resource->tape), leave_dangling_out, d, d->mem, &copy, err));
    fhir_write(&copy, tape_root(&copy), FHIR_COMPACT, &out);
    if (buf_code(&out) == SALVE_OK && resource == d->patient) add_unknown(&copy, &out);
    TRY(buf_done(&out, &json, err));
    json_open(d->w, NULL, '{');
    put_full_url(d, resource->type, resource->id);
    json_put_raw(d->w, "resource", json);
    json_close(d->w);
    return SALVE_OK;
}

static void put_organization(struct document *d)
{
    json_open(d->w, NULL, '{');
    put_full_url(d, STR("Organization"), d->organization);
    json_open(d->w, "resource", '{');
    json_put_text(d->w, "resourceType", STR("Organization"));
    json_put_text(d->w, "id", d->organization);
    json_put_text(d->w, "name", d->ask->custodian);
    json_close(d->w);
    json_close(d->w);
}

static enum salve_code put_entry_list(struct document *d, struct salve_err *err)
{
    json_open(d->w, "entry", '[');
    json_open(d->w, NULL, '{');
    put_full_url(d, STR("Composition"), d->ask->uuid);
    json_put_name(d->w, STR("resource"));
    TRY(put_composition(d, err));
    json_close(d->w);
    TRY(put_resource(d, d->patient, err));
    put_organization(d);
    for (size_t i = 0; i < d->ask->count; i++)
        if (d->items[i].is_in) TRY(put_resource(d, d->items[i].of, err));
    json_close(d->w);
    return SALVE_OK;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static enum salve_code read_items(struct document *d, struct salve_err *err)
{
    size_t count = d->ask->count;
    struct ips_item **sorted = arena_array(d->mem, struct ips_item *, count + 1);
    d->items = arena_array(d->mem, struct ips_item, count + 1);
    if (d->items == NULL || sorted == NULL) return salve_fail(err, SALVE_E_MEMORY, "summary");
    for (size_t i = 0; i < count; i++) {
        const struct ips_resource *resource = &d->ask->resources[i];
        struct ips_item *item = &d->items[i];
        *item = (struct ips_item){.of = resource, .section = ips_place(resource->tape)};
        item->at_unix_ms = ips_at(resource->tape);
        (void)ips_code(resource->tape, "code", &item->system, &item->code);
        if (d->patient == NULL && str_is(resource->type, "Patient")) d->patient = resource;
    }
    if (d->patient == NULL)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "a summary is of somebody: no Patient is recorded", "Patient");
    ips_choose(d->items, count, sorted);
    return SALVE_OK;
}

static enum salve_code write_bundle(struct document *d, struct salve_err *err)
{
    char at[CLOCK_TEXT_BYTES];
    struct str urn = arena_printf(d->mem, "urn:uuid:%.*s", STR_ARGS(d->ask->uuid));
    if (urn.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "summary");
    json_open(d->w, NULL, '{');
    json_put_text(d->w, "resourceType", STR("Bundle"));
    json_put_text(d->w, "id", d->ask->uuid);
    put_profile(d->w, IPS_BUNDLE "|" IPS_VERSION);
    json_put_text(d->w, "language", STR("en"));
    json_open(d->w, "identifier", '{');
    json_put_text(d->w, "system", STR("urn:ietf:rfc:3986"));
    json_put_text(d->w, "value", urn);
    json_close(d->w);
    json_put_text(d->w, "type", STR("document"));
    json_put_text(d->w, "timestamp", clock_text(d->ask->now_unix_ms, at));
    TRY(put_entry_list(d, err));
    json_close(d->w);
    return SALVE_OK;
}

enum salve_code ips_write(const struct ips_ask *ask, struct arena *mem, struct str *json, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    struct document d = {.ask = ask, .w = &w, .mem = mem};
    d.organization = arena_printf(mem, "%.*s-clinic", (int)(ask->uuid.len > 50 ? 50 : ask->uuid.len), ask->uuid.ptr);
    buf_init(&out, mem, SALVE_RESOURCE_BYTES_MAX);
    TRY(read_items(&d, err));
    TRY(write_bundle(&d, err));
    return buf_done(&out, json, err);
}
