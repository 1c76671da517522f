mod forgetting;
mod looking;
mod ticking;
mod working;
mod world;
