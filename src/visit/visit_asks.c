/* SPDX-License-Identifier: Apache-2.0
 * The asks of packages.json, against the stations that there are. */
#include "day/day.h"
#include "json/json.h"
#include "letter/letter.h"
#include "visit/plan_int.h"

enum salve_code visit_plan_check(const struct letter_packages *packages, struct salve_err *err)
{
    enum day_station station;
    for (const struct json *it = NULL; (it = letter_packages_each(packages, it)) != NULL;)
        for (const struct json *at = json_first(json_get(it, "asks")); at != NULL; at = at->next)
            if (!station_find(at->name, &station))
                return salve_refuse(err, SALVE_E_INVALID, "asks are at stations that there are",
                                    "packages.json: packages");
    return SALVE_OK;
}
