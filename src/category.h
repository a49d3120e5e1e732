/*
 * category.h
 *	  Category paths (ltree) inside compiled rules, as a tree of labels.
 *
 * A compiled ruleset puts the paths of its rules in a tree of its own and
 * keeps what it knows about each in arrays by the node's number. A matter's
 * rules then hang at the node that pc_category_find() gives and at the nodes
 * above it. Nothing here says whether a path is a row of table category.
 */
#ifndef PEOPLECALL_CATEGORY_H
#define PEOPLECALL_CATEGORY_H

#include "postgres.h"

/* the node of the empty path, an ancestor of all; it is always there */
#define PC_CATEGORY_ROOT	0
/* what stands above the root */
#define PC_CATEGORY_NONE	(-1)

typedef struct PcCategoryNode
{
	int			parent;
	int			depth;			/* number of labels */
	int			next;			/* in the same bucket, PC_CATEGORY_NONE: last */
	uint32		hash;			/* of the label and the parent */
	int			label_length;
	const char *label;			/* not terminated */
} PcCategoryNode;

typedef struct PcCategoryTree
{
	MemoryContext context;
	int			count;
	int			maximum;		/* nodes there is room for; a power of 2 */
	PcCategoryNode *nodes;
	int		   *buckets;		/* maximum of them */
} PcCategoryTree;

extern PcCategoryTree *pc_category_tree(MemoryContext context);

/* the number of a path's node, made with those above it where missing */
extern int	pc_category_add(PcCategoryTree *tree, Datum path);

/*
 * The number of the deepest node that is the path or an ancestor of it, and
 * whether it is the path itself.
 */
extern int	pc_category_find(const PcCategoryTree *tree, Datum path,
							 bool *exact);

/* the path of a node as text, palloc'd; the same of a Datum */
extern char *pc_category_node_text(const PcCategoryTree *tree, int node);
extern char *pc_category_text(Datum path);

static inline int
pc_category_parent(const PcCategoryTree *tree, int node)
{
	return tree->nodes[node].parent;
}

static inline int
pc_category_depth(const PcCategoryTree *tree, int node)
{
	return tree->nodes[node].depth;
}

/* whether a node is another one or stands above it */
static inline bool
pc_category_above(const PcCategoryTree *tree, int above, int node)
{
	/* a parent's number is lower than those of its children */
	while (node > above)
		node = pc_category_parent(tree, node);
	return node == above;
}

#endif							/* PEOPLECALL_CATEGORY_H */
