//! The most memory that this process has held: a part that measures it runs in a process of its own.

use anyhow::Context;

/// The high-water mark of this process's resident memory, in KiB (Linux).
pub fn kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the system does not tell peak memory")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
