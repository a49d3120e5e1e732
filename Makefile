# peoplecall: builds with PGXS. The install script is joined from
# sql/install/NN-*.sql in the order of their numbers and is not tracked.
#
#   make, make install, make installcheck   as any extension does it
#   make test         installs what is missing, builds, installs, runs all tests
#   make test-all     the same in folders of other Debian releases, RELEASES
#   make test-upgrade a ledger through pg_upgrade from 15, likewise
#   make test-partitioned   all tests on ledgers partitioned by month
#   make bench        measures against what a user would write or install instead
#   make coverage     how many lines of src/ the tests run
#   make lint         gcc and clang with warnings as errors, cppcheck, clang's analyser
#   make fuzz         random input into the C; RUNS, SECONDS_EACH, TARGETS
#   make test-sanitized   tests under the address and undefined-behaviour sanitizers
#   make test-valgrind    tests under memcheck
#   make sqlsmith     random queries at a ledger; QUERIES, SEED, MINUTES
#   make demo         likewise, and plays the story of a city; make demo-stop
#
# PG_CONFIG chooses the PostgreSQL, DESTDIR installs below a folder, WERROR=1
# makes warnings errors. PARTS and TESTS choose what make test runs, ROWS and
# SCALE=small|full what make bench measures.
EXTENSION    = peoplecall
EXTVERSION   = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" peoplecall.control)
MODULE_big   = peoplecall
OBJS         = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
INSTALL_PARTS = $(sort $(wildcard sql/install/*.sql))

DATA_built   = peoplecall--$(EXTVERSION).sql
DATA         = $(wildcard sql/upgrade/peoplecall--*.sql)
EXTRA_CLEAN  = peoplecall--*.sql tmp_check

# Unused parameters are no mistake here: callbacks have the server's signature,
# and the server's own headers (lib/ilist.h, storage/bufpage.h) have them too.
PG_CFLAGS    = -Wall -Wextra -Wno-unused-parameter
ifdef WERROR
PG_CFLAGS   += -Werror
# A server built with gcc hands its flags and attributes on to clang.
ifneq ($(findstring clang,$(CC)),)
PG_CFLAGS   += -Wno-unknown-warning-option -Wno-ignored-attributes \
	-Wno-ignored-optimization-argument
endif
endif

REGRESS      = $(sort $(patsubst sql/%.sql,%,$(wildcard sql/*.sql)))
# Every test has a database to itself.
REGRESS_OPTS = --inputdir=. --launcher=tools/regress-psql

# These do their own set-up, and must run where there is no PostgreSQL yet.
SELF_CONTAINED = fuzz setup test test-all test-upgrade test-partitioned test-sanitized test-valgrind \
	sqlsmith bench coverage lint demo demo-stop

ifeq ($(origin PG_CONFIG),undefined)
PG_CONFIG   := $(shell tools/pg-config)
endif

ifneq ($(filter-out $(SELF_CONTAINED),$(or $(MAKECMDGOALS),all)),)
PGXS        := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
# Debian's client package has PGXS too, without the headers.
ifeq ($(and $(wildcard $(PGXS)),$(wildcard $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)/postgres.h)),)
$(error $(PG_CONFIG) names no PostgreSQL with its headers; run "make setup", or say PG_CONFIG=/path/to/pg_config)
endif
include $(PGXS)

$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*.h)

peoplecall--$(EXTVERSION).sql: $(INSTALL_PARTS) peoplecall.control
	cat $(INSTALL_PARTS) > $@
endif

# Every core, unless whoever calls said how many.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
BUILD = $(MAKE) -s $(JOBS) --no-print-directory all WERROR=1

.PHONY: $(SELF_CONTAINED)

setup:
	@tools/setup

test:
	@tools/setup test
	@$(BUILD)
	@MAKE='$(MAKE)' tools/install
	@tools/test

lint:
	@tools/lint

bench:
	@tools/setup
	@$(BUILD)
	@MAKE='$(MAKE)' tools/bench $(ROWS)

fuzz:
	@tools/setup test
	@tools/fuzz $(TARGETS)

coverage:
	@tools/setup test
	@tools/coverage

test-all:
	@tools/test-all $(RELEASES)

test-partitioned:
	@tools/setup test
	@MAKE='$(MAKE)' tools/test-partitioned

test-sanitized:
	@tools/setup test
	@tools/test-sanitized

test-valgrind:
	@tools/setup valgrind
	@tools/test-valgrind

sqlsmith:
	@tools/setup sqlsmith
	@$(BUILD)
	@MAKE='$(MAKE)' tools/sqlsmith

test-upgrade:
	@tools/test-upgrade $(RELEASES)

demo:
	@tools/setup
	@$(BUILD)
	@MAKE='$(MAKE)' tools/install
	@demo/run

demo-stop:
	@demo/stop
