//! The items of the table and the objects of the bucket: their keys, their contents, their conditions.
