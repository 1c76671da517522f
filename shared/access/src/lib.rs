//! Who may call: API keys, JSON web tokens, service signatures, and rate limits.
