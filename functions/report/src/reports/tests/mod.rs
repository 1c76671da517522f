mod calling;
mod crashing;
mod delivering;
mod mailing;
mod scheduling;
mod world;
