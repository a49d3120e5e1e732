/*
 * cursors.c
 *	  The caller's cursors, out of reach while a verb runs as the owner.
 *
 * A cursor belongs to the session and not to an identity: whoever runs may
 * fetch from it by its name, and gets what its query may see. Code that a
 * ledger's owner hangs on his tables could so read what a superuser is looping
 * over, or leave a cursor for him to fetch from, whose query would run as him.
 * So cursors that are open when a verb begins count as running until it ends,
 * and those that are made in it are closed with it.
 *
 * The server has no list of portals for others than itself; but each has a
 * memory context, the newest first, whose identifier is its name.
 */
#include "postgres.h"

#include "nodes/memnodes.h"
#include "utils/memutils.h"
#include "utils/portal.h"

#include "cursors.h"

static MemoryContext
context_of_portals(void)
{
	static MemoryContext portals = NULL;

	for (MemoryContext c = TopMemoryContext->firstchild;
		 portals == NULL && c != NULL; c = c->nextchild)
		if (strcmp(c->name, "TopPortalContext") == 0)
			portals = c;
	return portals;
}

/* The portal of a context; NULL where it is none. */
static Portal
portal_of(MemoryContext context)
{
	Portal		portal;

	if (context->ident == NULL)
		return NULL;
	portal = GetPortalByName(context->ident);
	return PortalIsValid(portal) && portal->portalContext == context
		? portal : NULL;
}

void
pc_hide_cursors(PcCursors *cursors)
{
	MemoryContext portals = context_of_portals();

	cursors->newest = portals != NULL ? portals->firstchild : NULL;
	cursors->hidden = NIL;
	for (MemoryContext c = cursors->newest; c != NULL; c = c->nextchild)
	{
		Portal		portal = portal_of(c);

		if (portal == NULL || portal->status != PORTAL_READY)
			continue;
		cursors->hidden = lappend(cursors->hidden, portal);
		portal->status = PORTAL_ACTIVE;
	}
}

/* Before the caller's are shown: of those that are ready none is his. */
void
pc_close_new_cursors(const PcCursors *cursors)
{
	MemoryContext portals = context_of_portals();
	MemoryContext next;

	for (MemoryContext c = portals != NULL ? portals->firstchild : NULL;
		 c != NULL && c != cursors->newest; c = next)
	{
		Portal		portal = portal_of(c);

		next = c->nextchild;
		if (portal != NULL && portal->status == PORTAL_READY &&
			!portal->portalPinned)
			PortalDrop(portal, false);
	}
}

void
pc_show_cursors(const PcCursors *cursors)
{
	ListCell   *cell;

	foreach(cell, cursors->hidden)
	{
		Portal		portal = lfirst(cell);

		portal->status = PORTAL_READY;
	}
}
