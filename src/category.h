/*
 * category.h
 *	  Categories (ltree) in C: reading the labels of a path, and a tree of the
 *	  paths that rules name.
 *
 * ltree's operators are not called: its schema may be any, and a look-up must
 * not allocate.
 */
#ifndef PEOPLECALL_CATEGORY_H
#define PEOPLECALL_CATEGORY_H

#include "postgres.h"

#include "pairmap.h"

/* the node of the empty path, an ancestor of all; it is always there */
#define PC_CATEGORY_ROOT	0
/* what stands above the root */
#define PC_CATEGORY_NONE	(-1)

/* the labels of a path, from the top */
typedef struct PcLabels
{
	const char *next;
	int			left;
} PcLabels;

typedef struct PcCategoryNode
{
	int32		parent;			/* -1 for the root, the empty path */
	int32		depth;
	int32		alike;			/* a sibling whose label has the same hash, or -1 */
	int32		label_length;
	const char *label;
	struct varlena *path;		/* NULL where only deeper paths were added */
} PcCategoryNode;

typedef struct PcCategoryTree
{
	MemoryContext context;
	int			nnodes;
	int			room;
	PcCategoryNode *nodes;		/* nodes[0] is the root */
	PcPairMap	children;		/* (parent, hash of the label) -> node */
} PcCategoryTree;

/*
 * The argument as a path without its TOAST; it is copied only when it was
 * compressed or stored elsewhere. A short header stays.
 */
#define PG_GETARG_CATEGORY(n) \
	pg_detoast_datum_packed((struct varlena *) PG_GETARG_POINTER(n))

extern void pc_labels_open(PcLabels *labels, const struct varlena *path);
extern bool pc_labels_next(PcLabels *labels, const char **label, int *length);

extern PcCategoryTree *pc_category_tree(MemoryContext context);

/* the node of a path, made where missing */
extern int	pc_category_add(PcCategoryTree *tree, const struct varlena *path);

/* the node of the path or of its deepest ancestor that has one */
extern int	pc_category_find(const PcCategoryTree *tree,
							 const struct varlena *path);

/* paths as people write them, palloc'd */
extern char *pc_category_text(const struct varlena *path);
extern char *pc_category_node_text(const PcCategoryTree *tree, int node);

/* whether a node that was found for a path is that path, or only above it */
static inline bool
pc_category_is(const PcCategoryTree *tree, int node,
			   const struct varlena *path)
{
	PcLabels	labels;

	pc_labels_open(&labels, path);
	return tree->nodes[node].depth == labels.left;
}

/* whether a node is another one or stands above it */
static inline bool
pc_category_above(const PcCategoryTree *tree, int above, int node)
{
	/* a parent's number is lower than those of its children */
	while (node > above)
		node = tree->nodes[node].parent;
	return node == above;
}

#endif							/* PEOPLECALL_CATEGORY_H */
