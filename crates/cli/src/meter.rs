//! What a run costs: time on the wall, time of the processor, memory. The one place of the command
//! line that reads a clock.

use crate::heap;
use pitfloor_workloads::measure::{Gauge, Heap};
use std::time::{Duration, Instant};

/// A stopwatch started with a piece of work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    wall: Instant,
    cpu: Duration,
}

impl Meter {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "measuring is this file's purpose")]
    pub(crate) fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu() }
    }

    /// Seconds on the wall.
    pub(crate) fn wall_s(&self) -> f64 {
        self.wall.elapsed().as_secs_f64()
    }

    /// Seconds of this thread on a processor.
    pub(crate) fn cpu_s(&self) -> f64 {
        cpu().saturating_sub(self.cpu).as_secs_f64()
    }
}

/// The clocks and the allocator, for whoever takes many short times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks(Instant);

impl Clocks {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "measuring is this file's purpose")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Gauge for Clocks {
    fn cpu_ns(&self) -> u64 {
        u64::try_from(cpu().as_nanos()).unwrap_or(u64::MAX)
    }

    #[inline]
    fn wall_ns(&self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }

    fn heap(&self) -> Heap {
        heap::asked()
    }
}

fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The most memory this process has had in use, in bytes; none where the system does not tell.
pub(crate) fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// What the processor calls itself; none where the system does not tell.
pub(crate) fn cpu_model() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}
