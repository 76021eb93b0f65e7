/* SPDX-License-Identifier: Apache-2.0
 * What a member of staff shows themselves with, and the tablets of the site. */
#include "pages/pages_int.h"

/* --- own account -------------------------------------------------------------------------------------------------- */

static void put_passkeys(struct pages_call *call, const struct account *account)
{
    struct json_writer *w = &call->w;
    json_open(w, "passkeys", '[');
    for (size_t i = 0; i < account->passkey_count; i++) {
        const struct account_passkey *one = &account->passkeys[i];
        json_open(w, NULL, '{');
        json_put_text(w, "id", one->id);
        json_put_text(w, "label", one->label);
        pages_put_bytes(call, "credential", one->credential);
        pages_put_instant(call, "added", one->added_unix_ms);
        if (one->went_back_unix_ms == 0)
            json_put_null(w, "wentBack");
        else
            pages_put_instant(call, "wentBack", one->went_back_unix_ms);
        json_close(w);
    }
    json_close(w);
}

enum salve_code pages_call_account(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct account account;
    TRY(account_read(call->visit.site, call->visit.actor, call->visit.mem, &account, err));
    json_put_text(w, "name", account.name);
    json_put_text(w, "role", str_of(role_text(account.role)));
    pages_put_bytes(call, "handle", str_bytes(account.handle, sizeof account.handle));
    put_passkeys(call, &account);
    json_put_bool(w, "totp", account.has_totp);
    json_put_bool(w, "phrase", account.has_phrase);
    json_put_bool(w, "pin", account.has_pin);
    return SALVE_OK;
}

enum salve_code pages_call_passkey_add(struct pages_call *call, struct salve_err *err)
{
    struct str id;
    const struct pages_in *in = &call->in;
    struct passkey_new fresh = {in->challenge, in->authenticatorData, in->clientData, in->label};
    TRY(account_passkey_add(call->visit.site, call->visit.actor, &fresh, call->visit.mem, &id, err));
    json_put_text(&call->w, "id", id);
    return SALVE_OK;
}

enum salve_code pages_call_passkey_remove(struct pages_call *call, struct salve_err *err)
{
    return account_passkey_remove(call->visit.site, call->visit.actor, call->in.id, err);
}

enum salve_code pages_call_totp_begin(struct pages_call *call, struct salve_err *err)
{
    struct account_totp totp;
    TRY(account_totp_begin(call->visit.site, call->visit.actor, &totp, err));
    json_put_text(&call->w, "secret", str_of(totp.secret));
    json_put_text(&call->w, "uri", str_of(totp.uri));
    explicit_bzero(&totp, sizeof totp);
    return SALVE_OK;
}

enum salve_code pages_call_totp_confirm(struct pages_call *call, struct salve_err *err)
{
    return account_totp_confirm(call->visit.site, call->visit.actor, call->in.code, err);
}

/* Their sessions end with it, this one too. */
enum salve_code pages_call_secret_set(struct pages_call *call, struct salve_err *err)
{
    TRY(pages_may_leave(call, err));
    enum salve_code code =
        staff_pin_set(call->visit.site, call->visit.actor, NULL, call->visit.actor.id, call->in.secret, err);
    pages_wipe(&call->in.secret);
    return code;
}

/* --- tablets ------------------------------------------------------------------------------------------------------ */

enum salve_code pages_call_tablets(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct tablet *list = NULL;
    size_t count = 0;
    TRY(tablet_list(call->visit.site, call->visit.actor, call->visit.mem, &list, &count, err));
    json_open(w, "tablets", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "id", list[i].id);
        json_put_text(w, "label", list[i].label);
        json_put_text(w, "by", list[i].by);
        pages_put_instant(call, "enrolledAt", list[i].enrolled_unix_ms);
        if (list[i].seen_unix_ms == 0)
            json_put_null(w, "lastSeen");
        else
            pages_put_instant(call, "lastSeen", list[i].seen_unix_ms);
        json_put_bool(w, "locked", list[i].is_locked);
        json_put_bool(w, "here", list[i].is_here);
        json_close(w);
    }
    json_close(w);
    return SALVE_OK;
}

enum salve_code pages_call_tablet_enrol(struct pages_call *call, struct salve_err *err)
{
    struct str id;
    struct tablet_new fresh = {.label = call->in.label};
    if (call->in.publicKey.len != sizeof fresh.public_key)
        return salve_refuse(err, SALVE_E_INVALID, "65 bytes are wanted", "publicKey");
    memcpy(fresh.public_key, call->in.publicKey.ptr, sizeof fresh.public_key);
    TRY(tablet_enrol(call->visit.site, call->visit.actor, &fresh, call->visit.mem, &id, err));
    json_put_text(&call->w, "id", id);
    return SALVE_OK;
}

enum salve_code pages_call_tablet_lock(struct pages_call *call, struct salve_err *err)
{
    return tablet_lock(call->visit.site, call->visit.actor, call->in.id, call->in.locked, err);
}

enum salve_code pages_call_tablet_remove(struct pages_call *call, struct salve_err *err)
{
    return tablet_remove(call->visit.site, call->visit.actor, call->in.id, err);
}
