/*
 * channels.c
 *	  Channels, what each counts as, and which intake posts are bound to which.
 *
 * A channel that was merged keeps its name on the matters that come by it, and
 * counts as the one it became from the day of the merging on. A binding says
 * through which channels a role or an officer takes matters in; whoever has
 * none is free. Bindings follow the merging: one to the old channel is one to
 * the new, and the other way round.
 *
 * Says what a binding allows, never whether the post is enough: that is the
 * gate's.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "channels.h"
#include "gate.h"
#include "ledger.h"
#include "rulebook.h"
#include "rulerow.h"

static void *load_channels(MemoryContext context);

static const char *const channel_tables[] = {
	"channel", "channel_role", "setting", NULL
};

static PcRuleset channel_rules = {
	.name = "channels",
	.tables = channel_tables,
	.load = load_channels
};

const PcChannels *
pc_channels(FmgrInfo *flinfo)
{
	return pc_rules(&channel_rules, flinfo);
}

/* The day of a merging begins at midnight of the city. */
static void
load_channel_rows(PcChannels *channels, MemoryContext context)
{
	pc_rulebook_query("SELECT c.code, c.merged_into,"
					  " (c.since::pg_catalog.timestamp AT TIME ZONE"
					  "  COALESCE((SELECT s.value #>> '{}'"
					  "    FROM peoplecall.setting AS s"
					  "   WHERE s.name = 'timezone'), 'Asia/Shanghai'))"
					  " FROM peoplecall.channel AS c");
	channels->channels = MemoryContextAllocZero(context, sizeof(PcChannel) *
												(SPI_processed + 1));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		PcChannel  *channel = &channels->channels[channels->nchannels++];

		pc_row_not_null(i, 1);
		channel->code = pc_row_string(i, 1, context);
		channel->merged_into = pc_row_string(i, 2, context);
		channel->since = pc_row_timestamptz(i, 3, DT_NOBEGIN);
	}
	SPI_freetuptable(SPI_tuptable);
}

static void *
load_channels(MemoryContext context)
{
	PcChannels *channels = MemoryContextAllocZero(context, sizeof(PcChannels));

	load_channel_rows(channels, context);
	pc_rulebook_query("SELECT r.officer, r.role, r.channel, r.every_matter"
					  " FROM peoplecall.channel_role AS r");
	channels->bindings = MemoryContextAllocZero(context, sizeof(PcBinding) *
												(SPI_processed + 1));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		PcBinding  *binding = &channels->bindings[channels->nbindings++];

		pc_row_not_null(i, 3);
		binding->officer = pc_row_int64(i, 1);
		binding->role = pc_row_string(i, 2, context);
		binding->channel = pc_row_string(i, 3, context);
		binding->every_matter = pc_row_bool(i, 4);
	}
	SPI_freetuptable(SPI_tuptable);
	return channels;
}

const char *
pc_channel_counts_as(const PcChannels *channels, const char *code,
					 TimestampTz at)
{
	for (int i = 0; i < channels->nchannels; i++)
	{
		const PcChannel *channel = &channels->channels[i];

		if (strcmp(channel->code, code) == 0)
			return channel->merged_into != NULL && at >= channel->since
				? channel->merged_into : channel->code;
	}
	return code;
}

static inline bool
binds(const PcBinding *binding, int64 officer, const char *role)
{
	return officer != 0 ? binding->officer == officer
		: binding->role != NULL && strcmp(binding->role, role) == 0;
}

static bool
is_bound(const PcChannels *channels, int64 officer, const char *role)
{
	for (int i = 0; i < channels->nbindings; i++)
		if (binds(&channels->bindings[i], officer, role))
			return true;
	return false;
}

/* One who is not bound serves every channel. */
static bool
serves(const PcChannels *channels, int64 officer, const char *role,
	   const char *counts_as, bool matter, TimestampTz at)
{
	bool		bound = false;

	for (int i = 0; i < channels->nbindings; i++)
	{
		const PcBinding *binding = &channels->bindings[i];

		if (!binds(binding, officer, role))
			continue;
		if ((matter && binding->every_matter) ||
			strcmp(pc_channel_counts_as(channels, binding->channel, at),
				   counts_as) == 0)
			return true;
		bound = true;
	}
	return !bound;
}

bool
pc_post_is_bound(const PcChannels *channels, Oid role, const PcPost *post)
{
	return channels->nbindings > 0 &&
		(is_bound(channels, post->officer, NameStr(post->role)) ||
		 is_bound(channels, 0, GetUserNameFromId(role, false)));
}

/*
 * Both are asked: an application that is bound to its channel stays so for
 * whichever officer it acts.
 */
bool
pc_post_serves(const PcChannels *channels, Oid role, const PcPost *post,
			   const char *channel, bool matter, TimestampTz at)
{
	const char *counts_as;

	if (channels->nbindings == 0)
		return true;
	counts_as = pc_channel_counts_as(channels, channel, at);
	return serves(channels, post->officer, NameStr(post->role), counts_as,
				  matter, at) &&
		serves(channels, 0, GetUserNameFromId(role, false), counts_as,
			   matter, at);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_counts_as);

Datum
pc_counts_as(PG_FUNCTION_ARGS)
{
	const PcChannels *channels = pc_channels(fcinfo->flinfo);

	if (channels == NULL)
		pc_no_ledger();
	PG_RETURN_TEXT_P(cstring_to_text(pc_channel_counts_as(channels,
														  text_to_cstring(PG_GETARG_TEXT_PP(0)),
														  PG_GETARG_TIMESTAMPTZ(1))));
}
