/*
 * pairmap.h
 *	  A hash table from a pair (int32, int64) to an index, for compiled rules.
 *
 * Written once while rules are compiled and then only read: a look-up
 * allocates nothing and touches one cache line as a rule. Never used for
 * anything that a caller fills without bound.
 */
#ifndef PEOPLECALL_PAIRMAP_H
#define PEOPLECALL_PAIRMAP_H

#include "postgres.h"

#include "utils/memutils.h"

typedef struct PcPairMapEntry
{
	int64		second;
	int32		first;
	int32		value;			/* -1 where the place is free */
} PcPairMapEntry;

typedef struct PcPairMap
{
	MemoryContext context;
	uint64		mask;			/* size - 1; the size is a power of two */
	uint64		used;
	PcPairMapEntry *entries;
} PcPairMap;

static inline uint64
pc_pairmap_hash(int32 first, int64 second)
{
	uint64		hash = (uint64) second * UINT64CONST(0x9E3779B97F4A7C15);

	hash ^= ((uint64) (uint32) first + 1) * UINT64CONST(0xC2B2AE3D27D4EB4F);
	hash ^= hash >> 29;
	hash *= UINT64CONST(0xBF58476D1CE4E5B9);
	return hash ^ (hash >> 32);
}

static inline void
pc_pairmap_allocate(PcPairMap *map, uint64 size)
{
	Size		bytes = size * sizeof(PcPairMapEntry);

	map->mask = size - 1;
	map->entries = MemoryContextAllocExtended(map->context, bytes,
											  MCXT_ALLOC_HUGE);
	for (uint64 i = 0; i < size; i++)
		map->entries[i].value = -1;
}

static inline void
pc_pairmap_init(PcPairMap *map, MemoryContext context)
{
	map->context = context;
	map->used = 0;
	pc_pairmap_allocate(map, 16);
}

/* The pair's place: where it is, or the free one where it would go. */
static inline PcPairMapEntry *
pc_pairmap_place(const PcPairMap *map, int32 first, int64 second)
{
	uint64		at = pc_pairmap_hash(first, second) & map->mask;

	while (map->entries[at].value >= 0 &&
		   (map->entries[at].second != second ||
			map->entries[at].first != first))
		at = (at + 1) & map->mask;
	return &map->entries[at];
}

/* The pair's value; -1 where it is not in the table. */
static inline int32
pc_pairmap_find(const PcPairMap *map, int32 first, int64 second)
{
	return pc_pairmap_place(map, first, second)->value;
}

static inline void
pc_pairmap_grow(PcPairMap *map)
{
	PcPairMapEntry *old = map->entries;
	uint64		size = map->mask + 1;

	pc_pairmap_allocate(map, size * 2);
	for (uint64 i = 0; i < size; i++)
		if (old[i].value >= 0)
			*pc_pairmap_place(map, old[i].first, old[i].second) = old[i];
	pfree(old);
}

/* Set the pair's value, which must not be negative. */
static inline void
pc_pairmap_put(PcPairMap *map, int32 first, int64 second, int32 value)
{
	PcPairMapEntry *entry;

	if ((map->used + 1) * 2 > map->mask + 1)
		pc_pairmap_grow(map);
	entry = pc_pairmap_place(map, first, second);
	if (entry->value < 0)
		map->used++;
	entry->first = first;
	entry->second = second;
	entry->value = value;
}

#endif							/* PEOPLECALL_PAIRMAP_H */
