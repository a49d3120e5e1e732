/*
 * cursors.h
 *	  The caller's cursors, out of reach while a verb runs as the owner.
 */
#ifndef PEOPLECALL_CURSORS_H
#define PEOPLECALL_CURSORS_H

#include "postgres.h"

#include "nodes/pg_list.h"

typedef struct PcCursors
{
	MemoryContext newest;		/* of those that were there before */
	List	   *hidden;			/* portals that count as running */
} PcCursors;

extern void pc_hide_cursors(PcCursors *cursors);
extern void pc_close_new_cursors(const PcCursors *cursors);
extern void pc_show_cursors(const PcCursors *cursors);

#endif							/* PEOPLECALL_CURSORS_H */
