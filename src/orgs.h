/*
 * orgs.h
 *	  Orgs, compiled: who is below whom, which org holds which area.
 *
 * An org holds an area by its own area, or by a row of jurisdiction for as
 * long as that is valid. Where both are found, the jurisdiction goes first;
 * then the deepest area, then the smallest id. An org whose area lies above
 * its kind's level (a zone without a code of its own, entered with the city's)
 * holds nothing by its own area. An org that is not active holds nothing.
 */
#ifndef PEOPLECALL_ORGS_H
#define PEOPLECALL_ORGS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "pairmap.h"
#include "peoplecall.h"

/* an area and all above it, the deepest first, the root last */
typedef struct PcAreaChain
{
	int			length;
	AreaCode	code[PC_LEVEL_GRID + 1];
	PcAreaLevel level[PC_LEVEL_GRID + 1];
} PcAreaChain;

typedef struct PcOrg
{
	int64		id;
	AreaCode	area;
	int			level;			/* PcAreaLevel of its kind, -1 where none */
	bool		territorial;
	bool		inspects;
	bool		outside;
	bool		active;
	bool		holds_own;		/* its own area is not above its level */
	int64		superior;		/* 0 where none */
	int64		commanded_by;	/* 0 where none */
	int			kind;			/* index into the names of kinds */
	int			superior_place; /* index into orgs, -1 where none */
	int			first_jurisdiction; /* index into jurisdictions */
	int			njurisdictions;
} PcOrg;

/* an org holding an area for a time: from <= at < to */
typedef struct PcSeat
{
	int			holder;			/* a kind, or a level of territorial orgs */
	int			org;			/* index into orgs */
	AreaCode	area;
	TimestampTz from;
	TimestampTz to;
	bool		by_jurisdiction;
} PcSeat;

typedef struct PcOrgKind
{
	const char *name;
	int			level;			/* -1 where none */
	bool		territorial;
	bool		inspects;
	bool		outside;
} PcOrgKind;

/* the seats of one holder in one area */
typedef struct PcSeatList
{
	int			first;
	int			count;
} PcSeatList;

/* levels of the areas that a holder has seats in, as bits */
typedef struct PcHolder
{
	uint8		by_jurisdiction;
	uint8		by_own_area;
} PcHolder;

typedef struct PcOrgs
{
	int			norgs;
	PcOrg	   *orgs;			/* by id */
	PcPairMap	by_id;
	int			nkinds;
	PcOrgKind  *kinds;			/* by name */
	PcHolder   *holders;		/* kinds, then levels of territorial orgs */
	int			nseats;
	PcSeat	   *seats;			/* by holder, area, jurisdiction, id */
	int			nlists;
	PcSeatList *lists;
	PcPairMap	by_area;		/* (holder, area) -> list */
	int			njurisdictions;
	PcSeat	   *jurisdictions;	/* by org, then area */
} PcOrgs;

extern void pc_area_chain(PcAreaChain *chain, AreaCode area);

/* raises PC002 where no ledger stands */
extern PcOrgs *pc_orgs(FmgrInfo *flinfo);

/* inside a ruleset's load(): for rules that need orgs besides their own */
extern PcOrgs *pc_load_orgs(MemoryContext context);

/* NULL where there is none */
extern const PcOrg *pc_org(const PcOrgs *orgs, int64 id);

/* index of a kind by its name; -1 where there is none */
extern int	pc_org_kind(const PcOrgs *orgs, const char *name);

/* inclusive; along superior */
extern bool pc_org_is_below(const PcOrgs *orgs, int64 id, int64 above);

/* the next org along superior; NULL at the top */
extern const PcOrg *pc_org_superior(const PcOrgs *orgs, const PcOrg *org);

/*
 * The territorial org that answers for the area at the level, else at the
 * next level above that has one; NULL where none has.
 */
extern const PcOrg *pc_commanding_org(const PcOrgs *orgs, AreaCode area,
									  PcAreaLevel level, TimestampTz at);

/* as above, at this level only; NULL where there is none */
extern const PcSeat *pc_territorial_seat(const PcOrgs *orgs,
										 const PcAreaChain *chain,
										 PcAreaLevel level, TimestampTz at);

/*
 * The org of a kind that holds the area: at_level -1 the nearest, else the
 * one at that level, which is that of its kind, else that of its area.
 */
extern const PcSeat *pc_kind_seat(const PcOrgs *orgs,
								  const PcAreaChain *chain, int kind,
								  int at_level, TimestampTz at);

/* by its own area or by a jurisdiction; an org not active covers too */
extern bool pc_org_covers_area(const PcOrgs *orgs, const PcOrg *org,
							   AreaCode area, TimestampTz at);

/* the areas that an org covers at a time, palloc'd; returns their number */
extern int	pc_org_areas(const PcOrgs *orgs, const PcOrg *org, TimestampTz at,
						 AreaCode **areas);

#endif							/* PEOPLECALL_ORGS_H */
