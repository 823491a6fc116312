//! Every finding's stable name. The words are part of the public contract: they never change meaning.

/// How much a finding weighs: an error stops the render, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Declares the codes once: variant, word, severity.
macro_rules! codes {
    ($($variant:ident = $word:literal, $severity:ident;)*) => {
        /// A finding's stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($variant,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The word printed in brackets: `error[schedule-range]`.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Code::$variant => $word,)* }
            }

            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.word() == word)
            }

            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    // The text.
    Syntax = "syntax", Error;
    Encoding = "encoding", Error;
    DuplicateKey = "duplicate-key", Error;
    // The schema.
    MissingKey = "missing-key", Error;
    UnknownKey = "unknown-key", Error;
    WrongType = "wrong-type", Error;
    NotAnInteger = "not-an-integer", Error;
    NotAllowed = "not-allowed", Error;
    OutOfRange = "out-of-range", Error;
    BadFormat = "bad-format", Error;
    // What the deployer refuses outside its schema.
    BadAddress = "bad-address", Error;
    BadDomain = "bad-domain", Error;
    BadEmail = "bad-email", Error;
    AddressConflict = "address-conflict", Error;
    GrafanaNeedsPrometheus = "grafana-needs-prometheus", Error;
    TlsNeedsDomain = "tls-needs-domain", Error;
    TlsNeedsHttps = "tls-needs-https", Error;
    TlsOnLoopback = "tls-on-loopback", Error;
    HttpsNeedsTls = "https-needs-tls", Error;
    // The schedule, as Debian's cron reads it.
    ScheduleFields = "schedule-fields", Error;
    ScheduleCharacter = "schedule-character", Error;
    ScheduleSyntax = "schedule-syntax", Error;
    ScheduleRange = "schedule-range", Error;
    ScheduleStep = "schedule-step", Error;
    ScheduleReversed = "schedule-reversed", Error;
    ScheduleStar = "schedule-star", Error;
    ScheduleDays = "schedule-days", Error;
    ScheduleNever = "schedule-never", Error;
    SpreadSchedule = "spread-schedule", Error;
    // The backup section as a whole.
    TimezoneUnknown = "timezone-unknown", Error;
    SchedulerKubernetes = "scheduler-kubernetes", Error;
    TimezoneScheduler = "timezone-scheduler", Error;
    StrategyEngine = "strategy-engine", Error;
    DuplicateName = "duplicate-name", Error;
    DuplicateDatabase = "duplicate-database", Error;
    SqliteOutside = "sqlite-outside", Error;
    ClientRefuses = "client-refuses", Error;
    DirectoryOverlap = "directory-overlap", Error;
    CompressionLevel = "compression-level", Error;
    ImageReference = "image-reference", Error;
    UnknownDatabase = "unknown-database", Error;
    RecoveryPoint = "recovery-point", Error;
    UserDataLimit = "user-data-limit", Error;
    // Accepted, with a word of caution.
    UnfamiliarKey = "unfamiliar-key", Warning;
    Placeholder = "placeholder", Warning;
    ReservedUsername = "reserved-username", Warning;
    ScheduleOften = "schedule-often", Warning;
    ScheduleSeldom = "schedule-seldom", Warning;
    ScheduleReboot = "schedule-reboot", Warning;
    ScheduleDrill = "schedule-drill", Warning;
    ScheduleNeighbour = "schedule-neighbour", Warning;
    ScheduleDst = "schedule-dst", Warning;
    ScheduleOverrun = "schedule-overrun", Warning;
    RecoveryTime = "recovery-time", Warning;
    RetentionSingle = "retention-single", Warning;
    DowntimeBudget = "downtime-budget", Warning;
    DiskNeeded = "disk-needed", Warning;
    TimeLimit = "time-limit", Warning;
    SameDisk = "same-disk", Warning;
    ClientOlder = "client-older", Warning;
    ImageMutable = "image-mutable", Warning;
    UnknownTable = "unknown-table", Warning;
    SecretInGit = "secret-in-git", Warning;
}
