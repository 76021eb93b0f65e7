/* SPDX-License-Identifier: Apache-2.0
 * The states of a referral, and answers. */
#include "guideline/referral.h"

static const struct {
    const char *text, *status;
    enum referral_work work;
} states[] = {
#define REFERRAL(name, text, status, work, what) {text, status, REFERRAL_WORK_##work},
#include "guideline/referral.def"
};

const char *referral_text(enum referral_state state) { return state < REFERRAL_STATES ? states[state].text : "?"; }
const char *referral_status(enum referral_state state) { return state < REFERRAL_STATES ? states[state].status : "?"; }

bool referral_find(struct str text, enum referral_state *out)
{
    for (size_t i = 0; i < REFERRAL_STATES; i++)
        if (str_is(text, states[i].text)) return *out = (enum referral_state)i, true;
    return false;
}

bool referral_of(struct str status, enum referral_state *out)
{
    for (size_t i = 0; i < REFERRAL_STATES; i++)
        if (str_is(status, states[i].status)) return *out = (enum referral_state)i, true;
    return false;
}

bool referral_may(enum referral_state from, enum referral_state to)
{
    static const enum referral_state moves[][2] = {
#define REFERRAL_MOVE(from, to) {REFERRAL_##from, REFERRAL_##to},
#include "guideline/referral.def"
    };
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i][0] == from && moves[i][1] == to) return true;
    return false;
}

enum referral_work referral_work(enum referral_state state)
{
    return state < REFERRAL_STATES ? states[state].work : REFERRAL_WORK_NOTHING;
}

bool referral_goes_on(enum referral_state state) { return referral_work(state) != REFERRAL_WORK_NOTHING; }

static const char *const saids[] = {
    "",
#define REFERRAL_REPLY(name, text, what) text,
#include "guideline/referral.def"
};

const char *referral_said_text(enum referral_said said) { return said < REFERRAL_SAIDS ? saids[said] : ""; }

bool referral_said_find(struct str text, enum referral_said *out)
{
    for (size_t i = 1; i < REFERRAL_SAIDS; i++)
        if (str_is(text, saids[i])) return *out = (enum referral_said)i, true;
    return false;
}
