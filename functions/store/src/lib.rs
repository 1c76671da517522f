//! Writes what the queue delivers into the log and folds it into partials.
