//! Answers admins and users from rollups and partials.
