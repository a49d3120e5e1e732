/*
 * posts.c
 *	  Who holds which duty for which org: the compiled form of the table post.
 *
 * Says what a caller holds, never whether that is enough: that is the gate's.
 */
#include "postgres.h"

#include "access/xlog.h"
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

/*
 * The role that was appointed, as role_identity() wrote it: its cluster and
 * its number there. In another cluster, to which a dump has brought the post,
 * the number says nothing, and the name is all there is.
 */
static Oid
appointed_role(const char *identity)
{
	char	   *number;
	uint64		cluster;

	if (identity == NULL)
		return InvalidOid;
	cluster = strtoull(identity, &number, 10);
	if (cluster != GetSystemIdentifier() || *number != '/')
		return InvalidOid;
	return (Oid) strtoul(number + 1, NULL, 10);
}

/* One row of the table is one duty; a post holds all duties for an org. */
static bool
same_post(const PcPost *post, int64 officer, const char *role, Oid role_id,
		  int64 org)
{
	return post->officer == officer && post->org == org &&
		post->role_id == role_id && strcmp(NameStr(post->role), role) == 0;
}

static void
load_post_rows(PcPosts *posts, MemoryContext context)
{
	PcPost	   *post = NULL;

	pc_rulebook_query("SELECT p.officer, p.org, p.duty, p.role::text, p.role_id"
					  "  FROM peoplecall.post AS p"
					  " ORDER BY p.officer NULLS FIRST, p.role, p.role_id, p.org");
	posts->posts = MemoryContextAllocExtended(context, sizeof(PcPost) *
											  Max(SPI_processed, 1),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < (int) SPI_processed; i++)
	{
		char	   *role = SPI_getvalue(SPI_tuptable->vals[i],
										SPI_tuptable->tupdesc, 4);
		char	   *identity = SPI_getvalue(SPI_tuptable->vals[i],
											SPI_tuptable->tupdesc, 5);
		Oid			role_id = appointed_role(identity);
		const char *name = role != NULL ? role : "";
		int64		officer = column_int64(i, 1);
		int64		org = column_int64(i, 2);
		Datum		duty = ObjectIdGetDatum((Oid) column_int64(i, 3));

		if (post == NULL || !same_post(post, officer, name, role_id, org))
		{
			post = &posts->posts[posts->nposts++];
			post->officer = officer;
			post->org = org;
			namestrcpy(&post->role, name);
			post->role_id = role_id;
			if (role != NULL)
				posts->nroles = posts->nposts;
		}
		post->duties |= PC_DUTY(pc_enum_ordinal(PC_ENUM_DUTY, duty));
		if (role != NULL)
			pfree(role);
		if (identity != NULL)
			pfree(identity);
	}
}

/* Marks where the posts of each role begin and end, from the back. */
static void
mark_roles(PcPosts *posts)
{
	int			next = posts->nroles;

	for (int i = posts->nroles - 1; i >= 0; i--)
	{
		PcPost	   *post = &posts->posts[i];

		post->next_role = next;
		post->first_of_role = i == 0 || post->role_id != post[-1].role_id ||
			strcmp(NameStr(post->role), NameStr(post[-1].role)) != 0;
		if (post->first_of_role)
			next = i;
	}
}

static void *
load_posts(MemoryContext context)
{
	PcPosts    *posts = MemoryContextAllocZero(context, sizeof(PcPosts));

	load_post_rows(posts, context);
	mark_roles(posts);

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

static bool
holds_role(Oid role, const PcPost *post)
{
	Oid			holder = get_role_oid(NameStr(post->role), true);

	/* another role that got the name was not appointed */
	if (OidIsValid(post->role_id) && holder != post->role_id)
		return false;
	return OidIsValid(holder) && has_privs_of_role(role, holder);
}

const PcPost *
pc_next_post(const PcPosts *posts, Oid role, int64 officer, int *position)
{
	const PcPost *post;

	if (officer != 0)
	{
		if (*position == 0)
			*position = pc_officer_org(posts, officer) == 0 ? posts->nposts
				: first_post_of(posts, officer);
		if (*position >= posts->nposts)
			return NULL;
		post = &posts->posts[(*position)++];
		return post->officer == officer ? post : NULL;
	}

	/* one question for all posts of a role */
	while (*position < posts->nroles)
	{
		post = &posts->posts[*position];
		if (post->first_of_role && !holds_role(role, post))
			*position = post->next_role;
		else
		{
			(*position)++;
			return post;
		}
	}
	return NULL;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_role_identity);

/* NULL where there is no such role */
Datum
pc_role_identity(PG_FUNCTION_ARGS)
{
	Oid			role = get_role_oid(NameStr(*PG_GETARG_NAME(0)), true);

	if (!OidIsValid(role))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(psprintf(UINT64_FORMAT "/%u",
											  GetSystemIdentifier(), role)));
}
