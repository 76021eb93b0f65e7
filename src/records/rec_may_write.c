/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be done through a view, and which classes it may write. */
#include "records/view_int.h"

bool rec_view_may(const struct rec_view *view, enum act act)
{
    const struct may *may = consent_may(view->actor.role, act, view->purpose);
    if (view->stand.is_app) return act == ACT_LOOKED && (view->classes & CLASS_BIT(CLASS_AUDIT)) != 0;
    if (view->is_reminder && act != ACT_REMIND) return false;
    return may != NULL && (may->classes & ~view->classes) == 0;
}

/* A class may be written if the view has it, or if the purpose that it is kept for is on: writing reads nothing
 * back. What is kept apart needs its tick in the agreement to care, whoever writes: who may not read it writes it
 * too. To call somebody nothing is written. */
bool rec_may_write(const struct rec_view *view, enum data_class class)
{
    enum purpose purpose = class == CLASS_SENS   ? PURPOSE_CARE
                           : class == CLASS_STAT ? PURPOSE_STATISTICS
                                                 : PURPOSE_RESEARCH;
    if (view->is_reminder) return false;
    if (class != CLASS_SENS && view->classes & CLASS_BIT(class)) return true;
    if (class != CLASS_SENS && class != CLASS_STAT && class != CLASS_CONTACT) return false;
    if (!rec_stand_holds(&view->stand, purpose)) return false;
    int64_t now_unix_s = near_site_now_unix_ms(view->site) / 1000;
    struct consent_decision stands =
        consent_stands(view->gate.grants, view->gate.grant_count, purpose, now_unix_s, NULL);
    return stands.allowed && (class != CLASS_SENS || (stands.classes & CLASS_BIT(CLASS_SENS)) != 0);
}

bool near_rec_keeps_apart(const struct rec_view *view) { return rec_may_write(view, CLASS_SENS); }
