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
 * Says for which duties a post counts, never whether it reaches: that is the
 * gate's.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
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

static bool
post_is_bound(const PcChannels *channels, Oid role, const PcPost *post)
{
	return channels->nbindings > 0 &&
		(is_bound(channels, post->officer, NameStr(post->role)) ||
		 is_bound(channels, 0, GetUserNameFromId(role, false)));
}

/*
 * Both are asked: an application that is bound to its channel stays so for
 * whichever officer it acts.
 */
static bool
post_serves(const PcChannels *channels, Oid role, const PcPost *post,
			const char *channel, bool matter, TimestampTz at)
{
	const char *counts_as;

	if (!post_is_bound(channels, role, post))
		return true;
	if (channel == NULL)
		return false;
	counts_as = pc_channel_counts_as(channels, channel, at);
	return serves(channels, post->officer, NameStr(post->role), counts_as,
				  matter, at) &&
		serves(channels, 0, GetUserNameFromId(role, false), counts_as,
			   matter, at);
}

/*
 * The channels, where a binding may matter to this call, and with it the one
 * that the matter came by. It is read before anything compiled is held: the
 * owner's code may run here and ask for rules.
 */
const PcChannels *
pc_channels_that_bind(PcCaller *caller, PcDuties duties)
{
	const PcChannels *channels;
	Oid			type = INT8OID;
	Datum		id = Int64GetDatum(caller->matter);

	if ((duties & PC_DUTY_INTAKE) == 0)
		return NULL;
	channels = pc_channels(NULL);
	if (channels == NULL || channels->nbindings == 0)
		return NULL;
	if (caller->channel == NULL && caller->matter != 0)
	{
		SPI_connect();
		if (SPI_execute_with_args("SELECT c.channel FROM peoplecall.complaint AS c"
								  " WHERE c.district_id = peoplecall.district_of($1)"
								  " AND c.id = $1",
								  1, &type, &id, NULL, true, 1) == SPI_OK_SELECT &&
			SPI_processed == 1)
			caller->channel = pc_row_string(0, 1, caller->context);
		SPI_finish();
		channels = pc_channels(NULL);
	}
	return caller->channel != NULL || caller->matter != 0 ? channels : NULL;
}

/* The duties of a post that count: intake only for the channels it serves. */
PcDuties
pc_duties_here(PcCaller *caller, const PcChannels *channels,
			   const PcPost *post, PcDuties duties)
{
	duties &= post->duties;
	if ((duties & PC_DUTY_INTAKE) == 0 || channels == NULL ||
		post_serves(channels, caller->role, post, caller->channel,
					caller->matter != 0, pc_as_of()))
		return duties;
	caller->wrong_channel = true;
	return duties & ~PC_DUTY_INTAKE;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_counts_as);
PG_FUNCTION_INFO_V1(pc_gate_channel);
PG_FUNCTION_INFO_V1(pc_gate_channels);

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

/*
 * The channel that comes with what is taken in: from here on posts with the
 * duty intake count only where they are not bound to others.
 */
Datum
pc_gate_channel(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	MemoryContext before;

	pc_require_argument(fcinfo, 0, "channel");
	before = MemoryContextSwitchTo(caller->context);
	caller->channel = text_to_cstring(PG_GETARG_TEXT_PP(0));
	MemoryContextSwitchTo(before);
	PG_RETURN_VOID();
}

/*
 * The channels that the caller's posts with the verb's duties are bound to,
 * with those that count as one of them; NULL where he is free.
 */
Datum
pc_gate_channels(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	const PcChannels *channels = pc_channels(NULL);
	PcPosts    *posts = pc_posts(NULL);
	ArrayBuildState *codes = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	TimestampTz at = pc_as_of();

	if (caller->everything || channels == NULL)
		PG_RETURN_NULL();
	for (int i = 0; i < channels->nchannels; i++)
	{
		const char *code = channels->channels[i].code;
		const PcPost *post;
		int			position = 0;
		bool		served = false;

		while ((post = pc_next_post(posts, caller->role, caller->officer,
									&position)) != NULL)
		{
			if ((post->duties & caller->verb->duties) == 0)
				continue;
			if (!post_is_bound(channels, caller->role, post))
				PG_RETURN_NULL();
			served |= post_serves(channels, caller->role, post, code,
								  false, at);
		}
		if (served)
			codes = accumArrayResult(codes, CStringGetTextDatum(code), false,
									 TEXTOID, CurrentMemoryContext);
	}
	PG_RETURN_DATUM(makeArrayResult(codes, CurrentMemoryContext));
}
