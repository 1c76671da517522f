//! Reads what has been counted: partials and rollups in the order that never counts twice (I7), evaluated for a query.
