//! Takes events over HTTP, checks them, and puts them on the queue.
