# peoplecall: builds with PGXS. The install script is joined from
# sql/install/NN-*.sql in the order of their numbers and is not tracked.
EXTENSION    = peoplecall
EXTVERSION   = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" peoplecall.control)
MODULE_big   = peoplecall
OBJS         = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
INSTALL_PARTS = $(sort $(wildcard sql/install/*.sql))

DATA_built   = peoplecall--$(EXTVERSION).sql
DATA         = $(wildcard sql/upgrade/peoplecall--*.sql)
EXTRA_CLEAN  = peoplecall--*.sql

PG_CFLAGS    = -Wall -Wextra -Wno-unused-parameter
ifdef WERROR
PG_CFLAGS   += -Werror
endif

REGRESS      = $(sort $(patsubst sql/%.sql,%,$(wildcard sql/*.sql)))
REGRESS_OPTS = --inputdir=.

PG_CONFIG   ?= pg_config
PGXS        := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(OBJS): $(wildcard src/*.h)

peoplecall--$(EXTVERSION).sql: $(INSTALL_PARTS) peoplecall.control
	cat $(INSTALL_PARTS) > $@
