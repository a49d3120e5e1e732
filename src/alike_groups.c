/*
 * alike_groups.c
 *	  An aggregate that sorts texts into groups of those that say the same.
 *
 * Texts come in order, the oldest first. Each joins the group to whose first
 * text it is most alike, the older of two equals, or begins a group of its
 * own. Groups are held by their first text alone: one that is a little like
 * many does not draw them into one, and the same texts give the same groups.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "grams.h"

typedef struct Leader
{
	int64		id;
	int			ngrams;
	int32	   *grams;			/* ascending */
	double		total;
	int			seen;			/* the text that looked at it last */
} Leader;

/* a gram that leaders have, and which */
typedef struct Posting
{
	int32		gram;
	char		status;			/* of the hash table */
	int			count;
	int			room;
	int		   *leaders;
} Posting;

#define SH_PREFIX		postings
#define SH_ELEMENT_TYPE	Posting
#define SH_KEY_TYPE		int32
#define SH_KEY			gram
#define SH_HASH_KEY(tb, key) ((uint32) (key))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Groups
{
	MemoryContext context;
	double		threshold;
	postings_hash *postings;
	int			nleaders;
	int			leaders_room;
	Leader	   *leaders;
	int64		nmembers;
	int64		members_room;
	int64	   *members;		/* id and its leader's id, in turn */
	int32	   *scratch;
	int			scratch_room;
} Groups;

static Groups *
new_groups(MemoryContext context, double threshold)
{
	Groups	   *groups = MemoryContextAllocZero(context, sizeof(Groups));

	groups->context = context;
	groups->threshold = threshold;
	groups->postings = postings_create(context, 1024, NULL);
	groups->leaders_room = 64;
	groups->leaders = MemoryContextAllocHuge(context, sizeof(Leader) * 64);
	groups->members_room = 128;
	groups->members = MemoryContextAllocHuge(context, sizeof(int64) * 128);
	return groups;
}

static void
add_posting(Groups *groups, int32 gram, int leader)
{
	bool		found;
	Posting    *posting = postings_insert(groups->postings, gram, &found);

	if (!found)
	{
		posting->count = 0;
		posting->room = 2;
		posting->leaders = MemoryContextAlloc(groups->context,
											  sizeof(int) * 2);
	}
	else if (posting->count == posting->room)
	{
		posting->room *= 2;
		posting->leaders = repalloc_huge(posting->leaders,
										 sizeof(int) * posting->room);
	}
	posting->leaders[posting->count++] = leader;
}

static int
add_leader(Groups *groups, int64 id, const int32 *grams, int count,
		   double total)
{
	Leader	   *leader;

	if (groups->nleaders == groups->leaders_room)
	{
		groups->leaders_room *= 2;
		groups->leaders = repalloc_huge(groups->leaders,
										sizeof(Leader) * groups->leaders_room);
	}
	leader = &groups->leaders[groups->nleaders];
	leader->id = id;
	leader->ngrams = count;
	leader->grams = MemoryContextAlloc(groups->context,
									   sizeof(int32) * (count + 1));
	memcpy(leader->grams, grams, sizeof(int32) * count);
	leader->total = total;
	leader->seen = -1;
	for (int i = 0; i < count; i++)
		add_posting(groups, grams[i], groups->nleaders);
	return groups->nleaders++;
}

/*
 * The leader that is most alike, or -1. Texts that are alike as much as the
 * threshold have one of the rarer grams in common: what the commoner ones
 * weigh together could not reach it.
 */
static int
nearest_leader(Groups *groups, const PcRarity *rarity, const int32 *grams,
			   int count, double total, int turn)
{
	double		left = total;
	double		best = groups->threshold;
	int			nearest = -1;

	/* then there may be no scratch to copy nothing into */
	if (count == 0)
		return -1;
	if (count > groups->scratch_room)
	{
		groups->scratch_room = count * 2;
		groups->scratch = MemoryContextAllocHuge(groups->context,
												 sizeof(int32) * count * 2);
	}
	memcpy(groups->scratch, grams, sizeof(int32) * count);
	pc_sort_by_rarity(rarity, groups->scratch, count);
	for (int i = 0; i < count; i++)
	{
		Posting    *posting;

		if (left < groups->threshold * groups->threshold * total)
			break;
		left -= pc_gram_weight(rarity, groups->scratch[i]);
		posting = postings_lookup(groups->postings, groups->scratch[i]);
		for (int j = 0; posting != NULL && j < posting->count; j++)
		{
			Leader	   *leader = &groups->leaders[posting->leaders[j]];
			double		likeness;

			if (leader->seen == turn)
				continue;
			leader->seen = turn;
			likeness = pc_likeness(rarity, grams, count, total,
								   leader->grams, leader->ngrams,
								   leader->total);
			if (likeness > best ||
				(likeness == best &&
				 (nearest < 0 || posting->leaders[j] < nearest)))
			{
				best = likeness;
				nearest = posting->leaders[j];
			}
		}
	}
	return nearest;
}

static void
add_member(Groups *groups, int64 id, int64 leader)
{
	if (groups->nmembers + 2 > groups->members_room)
	{
		groups->members_room *= 2;
		groups->members = repalloc_huge(groups->members,
										sizeof(int64) * groups->members_room);
	}
	groups->members[groups->nmembers++] = id;
	groups->members[groups->nmembers++] = leader;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_alike_groups_add);
PG_FUNCTION_INFO_V1(pc_alike_groups_final);

/* state, id, grams, threshold; a row with a null is passed over */
Datum
pc_alike_groups_add(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	Groups	   *groups;
	const PcRarity *rarity;
	const int32 *grams;
	int			count;
	double		total;
	int			leader;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this function works only as part of an aggregate")));
	groups = PG_ARGISNULL(0) ? NULL : (Groups *) PG_GETARG_POINTER(0);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
	{
		if (groups == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(groups);
	}
	if (groups == NULL)
		groups = new_groups(context, PG_GETARG_FLOAT8(3));
	rarity = pc_rarity(fcinfo->flinfo);
	grams = pc_grams_of(PG_GETARG_ARRAYTYPE_P(2), &count);
	total = pc_total_weight(rarity, grams, count);
	leader = nearest_leader(groups, rarity, grams, count, total,
							(int) (groups->nmembers / 2));
	if (leader < 0)
		leader = add_leader(groups, PG_GETARG_INT64(1), grams, count, total);
	add_member(groups, PG_GETARG_INT64(1), groups->leaders[leader].id);
	PG_RETURN_POINTER(groups);
}

/* Each id and the id of its group's first, in turn. */
Datum
pc_alike_groups_final(PG_FUNCTION_ARGS)
{
	Groups	   *groups = PG_ARGISNULL(0) ? NULL :
		(Groups *) PG_GETARG_POINTER(0);
	Datum	   *ids;

	if (groups == NULL)
		PG_RETURN_NULL();
	ids = MemoryContextAllocHuge(CurrentMemoryContext,
								 sizeof(Datum) * groups->nmembers);
	for (int64 i = 0; i < groups->nmembers; i++)
		ids[i] = Int64GetDatum(groups->members[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(ids, (int) groups->nmembers, INT8OID,
										  sizeof(int64), FLOAT8PASSBYVAL,
										  TYPALIGN_DOUBLE));
}
