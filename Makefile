# SPDX-License-Identifier: PostgreSQL
EXTENSION := pg_quant
MODULE_big := $(EXTENSION)
# The control file is the only place that holds the version.
EXTVERSION := $(shell sed -n "s/^default_version *= *'\([^']*\)'.*/\1/p" $(EXTENSION).control)

INSTALL_SQL := $(EXTENSION)--$(EXTVERSION).sql
DATA := $(filter-out %/$(INSTALL_SQL),$(wildcard sql/upgrade/*.sql))
DATA_built := $(INSTALL_SQL)

SOURCES := $(sort $(shell find src/core src/adapter src/surface -name '*.cpp' 2>/dev/null))
OBJS := $(SOURCES:.cpp=.o)
DEPENDENCIES := $(OBJS:.o=.d)

# Upgrade scripts and the install pieces live below sql/; the regression inputs lie flat in it.
REGRESS := $(sort $(notdir $(basename $(wildcard sql/*.sql))))
# PGXS sets the session zone and the locale itself; the extension stands before the first test.
REGRESS_OPTS := --load-extension=$(EXTENSION)

PG_CONFIG ?= pg_config
PG_CPPFLAGS := -Isrc
# g++ contracts a * b + c by default, which shows on arm64: the same figures on every machine.
# Not -fvisibility=hidden: PostgreSQL 15 declares entry points without an export mark. The linker's
# map hides the rest, and -fno-semantic-interposition lets the compiler count on it.
# A failed assertion of Boost is an error, where assert() would end every session of the server.
PG_CXXFLAGS := -std=c++20 -ffp-contract=off -fno-semantic-interposition \
  -DBOOST_ENABLE_ASSERT_HANDLER \
  -fvisibility-inlines-hidden -Wno-register -DPG_QUANT_VERSION='"$(EXTVERSION)"'
PG_CXXFLAGS += -MMD -MP
ifeq ($(WERROR),1)
PG_CXXFLAGS += -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Werror
endif
SHLIB_LINK += -lstdc++ -Wl,--version-script=src/$(EXTENSION).map
# For scripts/test-sanitized, which also starts the server as the sanitizers want it.
ifeq ($(SANITIZE),1)
PG_CXXFLAGS += -O1 -fno-wrapv -fsanitize=address,undefined -fno-omit-frame-pointer \
  -ftrivial-auto-var-init=pattern
SHLIB_LINK += -fsanitize=address,undefined
endif

# A throwaway server may be running below build/, so not all of it.
EXTRA_CLEAN := $(DEPENDENCIES) build/unit build/sanitize build/test-logs build/demo.log

# These targets install what is missing, so they must not need pg_config before they run.
SCRIPT_TARGETS := demo demo-stop test test-versions unit bench dist deb
ifneq ($(filter-out $(SCRIPT_TARGETS),$(or $(MAKECMDGOALS),all)),)

PG_MAJOR := $(shell $(PG_CONFIG) --version 2>/dev/null | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
ifeq ($(PG_MAJOR),)
$(error $(PG_CONFIG) was not found: run scripts/install-dependencies, or set PG_CONFIG=/path/to/pg_config)
endif
ifneq ($(shell test $(PG_MAJOR) -ge 15 && echo yes),yes)
$(error $(EXTENSION) needs PostgreSQL 15 to 18, but $(PG_CONFIG) is of version $(PG_MAJOR))
endif
ifneq ($(shell test $(PG_MAJOR) -le 18 && echo yes),yes)
$(warning $(EXTENSION) is tried on PostgreSQL 15 to 18 only, $(PG_CONFIG) is of version $(PG_MAJOR))
endif

# A plain assignment would be ignored, and the bitcode pass compiles without our flags.
override with_llvm := no
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

-include $(DEPENDENCIES)

# The version is compiled in, and the map decides what the library exports.
$(OBJS): $(EXTENSION).control
$(shlib): src/$(EXTENSION).map

$(INSTALL_SQL): sql/build-script $(EXTENSION).control \
    $(sort $(wildcard sql/install/*.sql)) $(sort $(wildcard sql/schema/*.sql))
	sql/build-script > $@.tmp && mv $@.tmp $@

endif

.PHONY: $(SCRIPT_TARGETS)

demo:
	@scripts/demo

demo-stop:
	@scripts/throwaway-server stop

test:
	@test/run

test-versions:
	@scripts/test-versions

unit:
	cmake -S . -B build/unit
	cmake --build build/unit --parallel
	ctest --test-dir build/unit --output-on-failure

bench:
	@test/bench/run

dist:
	mkdir -p build
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTVERSION)/ \
	  --output=build/$(EXTENSION)-$(EXTVERSION).zip HEAD

# The Debian package of the last commit, in build/deb: debian/control names what it needs.
deb:
	@[ "$$(id -u)" -ne 0 ] || ! id postgres >/dev/null 2>&1 || runuser -u postgres -- test -x "$(CURDIR)" || \
	  { echo "user postgres, as whom the package's tests run, cannot enter $(CURDIR)"; exit 1; }
	rm -rf build/deb
	mkdir -p build/deb
	git archive --prefix=$(EXTENSION)-$(EXTVERSION)/ HEAD | tar -x -C build/deb
	cd build/deb/$(EXTENSION)-$(EXTVERSION) && PG_UPDATECONTROL=yes dpkg-buildpackage -us -uc -b
