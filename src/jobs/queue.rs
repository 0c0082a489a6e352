//! Queues: who shares workers with whom.

/// Jobs that share their workers. A queue that is full or paused holds up no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name, in the table and on the command line.
    pub name: &'static str,
    /// How many of its jobs one process runs at once, unless the setting `JOBS_CONCURRENCY` says otherwise.
    pub concurrency: usize,
}

impl Queue {
    /// Every queue there is.
    pub const ALL: [Self; 5] = [
        Self::DEFAULT,
        Self::EVENTS,
        Self::IMPORTS,
        Self::MAINTENANCE,
        Self::SAGAS,
    ];

    /// For whatever has no reason to be elsewhere.
    pub const DEFAULT: Self = Self {
        name: "default",
        concurrency: 8,
    };
    /// What rooms do about each other's events: short, and many.
    pub const EVENTS: Self = Self {
        name: "events",
        concurrency: 16,
    };
    /// Long work on whole files, which would keep anything else waiting.
    pub const IMPORTS: Self = Self {
        name: "imports",
        concurrency: 1,
    };
    /// Tidying up.
    pub const MAINTENANCE: Self = Self {
        name: "maintenance",
        concurrency: 1,
    };
    /// Work in steps. A step may wait for someone else's server, so there is room for many.
    pub const SAGAS: Self = Self {
        name: "sagas",
        concurrency: 16,
    };
}
