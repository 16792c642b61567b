//! What is logged: this program's own lines, and of a panic its place.
//!
//! Libraries print whole requests and answers, with tokens and words in them, and what a panic says may quote what it stumbled over.

use std::{
    fmt,
    io::{self, IsTerminal},
    panic::PanicHookInfo,
    sync::OnceLock,
};

use clap::ValueEnum;
use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    fmt::MakeWriter,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Who reads the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line for people
    #[default]
    Human,
    /// An object of JSON on each line, for machines
    Json,
}

/// The format, once something is logged.
static FORMAT: OnceLock<Format> = OnceLock::new();

/// Logs to stderr from now on.
pub fn to_stderr(level: LevelFilter, format: Format) {
    lines(level, format, io::stderr, io::stderr().is_terminal()).init();
    std::panic::set_hook(Box::new(panicked));
    let _ = FORMAT.set(format);
}

/// Says why the program ends: to people as it is, to machines as a line like all others.
pub fn last_words(why: impl fmt::Display) {
    match FORMAT.get() {
        Some(Format::Json) => tracing::error!("{why}"),
        Some(Format::Human) | None => eprintln!("voel-eerst: {why}"),
    }
}

fn lines<W>(
    level: LevelFilter,
    format: Format,
    writer: W,
    ansi: bool,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let ours = Targets::new().with_target("voel_eerst", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let registry = tracing_subscriber::registry();
    match format {
        Format::Human => Box::new(registry.with(lines.with_ansi(ansi).with_filter(ours))),
        Format::Json => {
            let lines = lines.with_ansi(false).json().flatten_event(true);
            Box::new(registry.with(lines.with_filter(ours)))
        }
    }
}

fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    tracing::error!("a panic at {place}");
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::{
        panic::catch_unwind,
        sync::{Arc, Mutex},
    };

    use super::*;

    /// What was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// There is no other test in this program, so none loses its message to the hook.
    #[test]
    fn neither_a_library_nor_a_panic_gets_words_into_the_log() {
        for (format, panic) in [
            (Format::Human, ": a panic at "),
            (Format::Json, r#""message":"a panic at "#),
        ] {
            is_not_in_the_log(format, panic);
        }
    }

    fn is_not_in_the_log(format: Format, panic: &str) {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = lines(LevelFilter::TRACE, format, move || writer.clone(), false);
        std::panic::set_hook(Box::new(panicked));
        let words = "zilv\u{eb}rv\u{f6}s";
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "hyper::proto", "parsed {words}");
            tracing::error!(target: "teloxide", "{words}");
            tracing::error!(target: "reqwest::connect", "{words}");
            // It quotes what is cut in the middle of a letter.
            let cut = catch_unwind(|| words.split_at(5).0.len());
            let quoted = cut.unwrap_err().downcast::<String>().unwrap();
            assert!(quoted.contains(words), "{quoted}");
            catch_unwind(|| panic!("{words}")).unwrap_err();
        });
        let _ = std::panic::take_hook();
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(log.lines().count(), 2, "{log}");
        assert_eq!(log.matches(panic).count(), 2, "{log}");
        assert!(!log.contains("zilv"), "{log}");
    }
}
