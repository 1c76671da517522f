//! The HTTP edge that every function with routes shares: problems, request ids, bodies, logs, settings.
