#ifndef SALLYPORT_CDB_WALK_H
#define SALLYPORT_CDB_WALK_H

/* Walking through a database in memory. Its tables must be within it; its records may be malformed. */

#include <stdint.h>

#include <skalibs/cdb.h>

/* How many entries the tables have: places whose position is not 0. */
extern uint32_t cdb_entries(cdb const *image);

/* As cdb_find(), but -1 also where the data would reach beyond the end. */
extern int cdb_lookup(cdb const *image, cdb_data *data, char const *key, uint32_t length);

/* Steps to the next record from *position: 1, 0 at the end, -1 if the database is malformed. */
extern int cdb_step(cdb const *image, uint32_t *position, cdb_data *key, cdb_data *data);

#endif
