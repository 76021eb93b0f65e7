/* SPDX-License-Identifier: Apache-2.0
 * Inside config. */
#ifndef SALVE_CONFIG_INT_H
#define SALVE_CONFIG_INT_H

#include "config/config.h"

/* What a row says of SIGHUP. */
enum { CONFIG_ON_HANGUP_RESTART = 0, CONFIG_ON_HANGUP_RELOAD = 1 };

/* config_value_check - E_CONFIG where the text is no value of the key's kind; an empty one is none and fits.
 * config_put - checks it, and keeps a copy where `said` counts at least as much as what is there. */
SALVE_MUST_USE enum salve_code config_value_check(enum config_key key, struct str text, enum config_source source,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code config_put(struct config *config, enum config_key key, struct str text,
                                          const struct config_value *said, struct arena *mem, struct salve_err *err);

#endif
