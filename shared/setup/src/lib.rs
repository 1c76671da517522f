//! What every function does when it starts: read its settings, refuse bad ones, set up its log.
