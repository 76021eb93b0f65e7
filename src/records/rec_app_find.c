/* SPDX-License-Identifier: Apache-2.0
 *
 * The registration of an app that stands, and what `revoked` says about registrations and grants. */
#include <stdio.h>

#include "records/apps_int.h"
#include "records/log_int.h"
#include "records/revoked_int.h"

/* --- registrations ------------------------------------------------------------------------------------------------ */

/* The line in `revoked` about the end of a registration: the next one that it has. */
struct str rec_app_registration_line(const struct smart_app *app, uint32_t ends, char text[REC_APP_LINE_BYTES])
{
    int len = snprintf(text, REC_APP_LINE_BYTES, "registration %.*s %u", STR_ARGS(app->id), ends);
    return str_make(text, (size_t)len);
}

enum salve_code rec_app_is_over(struct site *site, const struct smart_app *app, bool *out, struct salve_err *err)
{
    char text[REC_APP_LINE_BYTES];
    return rec_revoked_has_text(site, rec_app_registration_line(app, app->ends + 1, text), out, err);
}

enum salve_code rec_app_find(struct rec_tx *tx, struct str id, struct smart_app *out, struct salve_err *err)
{
    struct str json;
    enum salve_code code =
        rec_doc_is_name(id) ? rec_doc_get(tx, STR("app"), id, tx->mem, &json, err) : SALVE_E_NOT_FOUND;
    bool is_over = false;
    if (code == SALVE_OK) code = smart_app_read(json, tx->mem, out, err);
    if (code == SALVE_OK) code = rec_app_is_over(tx->site, out, &is_over, err);
    if (code == SALVE_E_NOT_FOUND || (code == SALVE_OK && (out->is_ended || is_over)))
        return salve_refuse(err, SALVE_E_INVALID, "no such app is registered here", "invalid_client");
    return code;
}

/* --- grants that were ended --------------------------------------------------------------------------------------- */

/* With the log, since records of another one have the same numbers. */
struct str rec_app_line(const struct rec_app_of *of, char text[REC_APP_LINE_BYTES])
{
    char id_text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(of->id, id_text);
    int len =
        snprintf(text, REC_APP_LINE_BYTES, "app %s %u %llu", id_text, of->log_number, (unsigned long long)of->seq);
    return str_make(text, (size_t)len);
}

enum salve_code rec_app_is_revoked(struct site *site, const struct rec_app_of *of, bool *out, struct salve_err *err)
{
    char text[REC_APP_LINE_BYTES];
    return rec_revoked_has_text(site, rec_app_line(of, text), out, err);
}
