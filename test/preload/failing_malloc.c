/*
 * failing_malloc.c
 *	  For test/t/006_cache_builds.pl: a malloc() that fails, or a cancel that
 *	  comes, at a chosen allocation.
 *
 * The server runs with this library in LD_PRELOAD; SQL functions of the same
 * library say when. Nothing happens in a process that was told nothing.
 */
#include "postgres.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>

#include "fmgr.h"

PG_MODULE_MAGIC;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

/* allocations until it happens; 0 for never */
static long left = 0;
static long seen = 0;
static bool cancels = false;

static void
cancel(void)
{
	volatile sig_atomic_t *pending = dlsym(RTLD_DEFAULT, "InterruptPending");
	volatile sig_atomic_t *cancel_pending = dlsym(RTLD_DEFAULT, "QueryCancelPending");

	*cancel_pending = true;
	*pending = true;
}

/* Whether this allocation is the one to fail. */
static bool
fails(void)
{
	seen++;
	if (left == 0 || --left > 0)
		return false;
	if (!cancels)
	{
		errno = ENOMEM;
		return true;
	}
	cancel();
	return false;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

PG_FUNCTION_INFO_V1(fail_at);
PG_FUNCTION_INFO_V1(cancel_at);
PG_FUNCTION_INFO_V1(allocations);

/* The n-th allocation from here fails; 0 for none. */
Datum
fail_at(PG_FUNCTION_ARGS)
{
	cancels = false;
	left = PG_GETARG_INT64(0);
	seen = 0;
	PG_RETURN_INT64(left);
}

/* At the n-th allocation from here the query is cancelled. */
Datum
cancel_at(PG_FUNCTION_ARGS)
{
	cancels = true;
	left = PG_GETARG_INT64(0);
	seen = 0;
	PG_RETURN_INT64(left);
}

/* How many allocations there were since. */
Datum
allocations(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(seen);
}
