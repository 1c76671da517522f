//! The pure core: columns, the catalogue of cubes, fold, merge, the state's encoding, the query planner.
