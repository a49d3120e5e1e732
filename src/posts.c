/*
 * posts.c
 *	  Who holds which duty for which org: the compiled form of the table post.
 *
 * Says what a caller holds, never whether that is enough: that is the gate's.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "peoplecall.h"
#include "posts.h"
#include "rulebook.h"

static void *load_posts(MemoryContext context);

static const char *const post_tables[] = {"post", "officer", "ledger", NULL};
static PcRuleset post_rules = {
	.name = "posts",
	.tables = post_tables,
	.load = load_posts
};

static int64
column_int64(int row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

static void
load_post_rows(PcPosts *posts, MemoryContext context)
{
	pc_rulebook_query(
		"SELECT p.officer, p.org,"
		" pg_catalog.sum(1 << (e.enumsortorder - 1)::int)::bigint,"
		" p.role::text"
		"  FROM peoplecall.post AS p"
		"  JOIN pg_catalog.pg_enum AS e"
		"    ON e.enumtypid = 'peoplecall.duty'::pg_catalog.regtype"
		"   AND e.enumlabel = p.duty::text"
		" GROUP BY p.role, p.officer, p.org"
		" ORDER BY p.officer NULLS FIRST, p.role, p.org");
	posts->nposts = (int) SPI_processed;
	posts->posts = MemoryContextAllocZero(context,
										  sizeof(PcPost) * (posts->nposts + 1));
	for (int i = 0; i < posts->nposts; i++)
	{
		PcPost	   *post = &posts->posts[i];
		char	   *role = SPI_getvalue(SPI_tuptable->vals[i],
										SPI_tuptable->tupdesc, 4);

		post->officer = column_int64(i, 1);
		post->org = column_int64(i, 2);
		post->duties = (PcDuties) column_int64(i, 3);
		if (role != NULL)
		{
			namestrcpy(&post->role, role);
			posts->nroles = i + 1;
		}
	}
}

static void *
load_posts(MemoryContext context)
{
	PcPosts    *posts = MemoryContextAllocZero(context, sizeof(PcPosts));

	pc_rulebook_query("SELECT l.version::bigint FROM peoplecall.ledger AS l");
	if (SPI_processed == 1)
		posts->version = (int) column_int64(0, 1);

	load_post_rows(posts, context);

	pc_rulebook_query("SELECT o.id, o.org FROM peoplecall.officer AS o"
					  " WHERE o.active ORDER BY o.id");
	posts->nofficers = (int) SPI_processed;
	posts->officers = MemoryContextAlloc(context,
										 sizeof(int64) * (posts->nofficers + 1));
	posts->officer_orgs = MemoryContextAlloc(context,
											 sizeof(int64) * (posts->nofficers + 1));
	for (int i = 0; i < posts->nofficers; i++)
	{
		posts->officers[i] = column_int64(i, 1);
		posts->officer_orgs[i] = column_int64(i, 2);
	}
	return posts;
}

PcPosts *
pc_posts(FmgrInfo *flinfo)
{
	return pc_rules(&post_rules, flinfo);
}

int64
pc_officer_org(const PcPosts *posts, int64 officer)
{
	int			low = 0;
	int			high = posts->nofficers - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;

		if (posts->officers[middle] == officer)
			return posts->officer_orgs[middle];
		if (posts->officers[middle] < officer)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return 0;
}

/* The first post of an officer, by binary search in the second part. */
static int
first_post_of(const PcPosts *posts, int64 officer)
{
	int			low = posts->nroles;
	int			high = posts->nposts;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (posts->posts[middle].officer < officer)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const PcPost *
pc_next_post(const PcPosts *posts, Oid role, int64 officer, int *position)
{
	if (officer != 0)
	{
		const PcPost *post;

		if (*position == 0)
			*position = first_post_of(posts, officer);
		if (*position >= posts->nposts)
			return NULL;
		post = &posts->posts[(*position)++];
		return post->officer == officer ? post : NULL;
	}

	while (*position < posts->nroles)
	{
		const PcPost *post = &posts->posts[(*position)++];
		Oid			holder = get_role_oid(NameStr(post->role), true);

		if (OidIsValid(holder) && has_privs_of_role(role, holder))
			return post;
	}
	return NULL;
}
