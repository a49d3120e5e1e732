/*
 * module.c
 *	  The library's magic block and what must be set up when it is loaded.
 *
 * Never reads a table: the library may be loaded outside a transaction.
 */
#include "postgres.h"

#include "fmgr.h"

#include "gate.h"
#include "peoplecall.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	pc_define_as_of();
}
