/* SPDX-License-Identifier: Apache-2.0
 * The headline of a letter from what the visit came to. No letter says that all is as it should be beside a value
 * outside its usual band, one that nobody judged, or a danger sign. */
#include "base/assert.h"
#include "letter/letter.h"

const char *letter_headline_text(enum letter_headline headline)
{
    static const char *const texts[] = {
#define HEADLINE(name, text) text,
#include "letter/headlines.def"
    };
    return headline < LETTER_HEADLINE_COUNT ? texts[headline] : "";
}

/* A yes to a danger question that no finding carries is a fault, and is treated as something for today. */
static enum urgency urgency_of(const struct letter_tally *tally)
{
    return tally->danger_yes && tally->urgency > URGENCY_SOON ? URGENCY_SAME_DAY : tally->urgency;
}

enum letter_headline letter_headline(const struct letter_tally *tally)
{
    salve_assert(tally->usual <= tally->judged && tally->judged <= tally->measured);
    enum urgency urgency = urgency_of(tally);
    bool all_judged = tally->judged == tally->measured;
    bool all_usual = tally->usual == tally->judged && urgency > URGENCY_ROUTINE;
    if (urgency == URGENCY_EMERGENCY_NOW) return LETTER_EMERGENCY;
    if (urgency == URGENCY_SAME_DAY) return LETTER_TODAY;
    if (urgency == URGENCY_SOON) return LETTER_SOON;
    if (tally->measured == 0) return LETTER_NOTHING_MEASURED;
    if (tally->judged == 0) return LETTER_COULD_NOT_JUDGE;
    if (all_usual) return all_judged ? LETTER_AS_IT_SHOULD_BE : LETTER_SOME_NOT_JUDGED;
    return all_judged ? LETTER_SOME_OUTSIDE : LETTER_SOME_OUTSIDE_SOME_NOT_JUDGED;
}

const char *letter_words(const struct letter_tally *tally)
{
    enum urgency urgency = urgency_of(tally);
    if (urgency > URGENCY_SAME_DAY) return "letter";
    if (tally->told) return "spoken";
    return urgency == URGENCY_EMERGENCY_NOW ? "go-now" : "contact-today";
}

bool letter_is_held(const struct letter_tally *tally) { return urgency_of(tally) <= URGENCY_SAME_DAY && !tally->told; }
