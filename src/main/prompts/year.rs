//! What would come to a parent in a year.

use std::path::PathBuf;

use clap::Args;
use jiff::{
    Zoned,
    civil::{Date, Weekday},
};
use voel_eerst::{
    library::Side,
    parent::{ClockTime, Days, Slot, Zone},
    writer::{self, Choices},
};

/// The choices of a parent.
#[derive(Args)]
pub struct Year {
    /// The folder of one language, or of several; without it, the prompts that are built in
    dir: Option<PathBuf>,
    /// The time of a prompt, such as 19:30, or a part of the day, such as 19:00-21:00; up to four times
    #[arg(long, value_name = "TIME", default_value = "19:30", value_parser = slot, num_args = 1..=4, value_delimiter = ',')]
    time: Vec<Slot>,
    /// The days on which prompts come, such as mon,wed,sat; or three, which are these; or daily
    #[arg(long, default_value = "three", value_parser = days)]
    days: Days,
    /// What the parent recognises: verlating, binding or beide; without it, they did not say
    #[arg(long, value_parser = super::side)]
    side: Option<Side>,
    /// Where the parent lives, as a time zone
    #[arg(long, default_value = "Europe/Amsterdam", value_parser = zone)]
    zone: Zone,
    /// The parent never answers and never taps a button
    #[arg(long)]
    silent: bool,
    /// The first day, such as 2026-03-01; without it, today
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Another number gives another order of prompts; the same number gives the same
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The language that the parent reads
    #[arg(long, default_value = "nl")]
    language: String,
}

impl Year {
    /// Prints the year.
    pub fn run(self) -> anyhow::Result<()> {
        let languages = super::load(self.dir.as_deref())?.languages;
        let library = super::spoken(&languages, &self.language)?;
        let choices = Choices {
            times: self.time,
            days: self.days,
            side: self.side,
            zone: self.zone,
            silent: self.silent,
        };
        let from = self.from.unwrap_or_else(|| Zoned::now().date());
        let year = writer::year(&languages, library, choices, from, self.seed)?;
        print!("{}", writer::report(&year));
        Ok(())
    }
}

fn slot(text: &str) -> Result<Slot, String> {
    let expected = || format!("`{text}` is no time; expected one such as 19:30, or 19:00-21:00");
    let time = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        ClockTime::new(hour.parse().ok()?, minute.parse().ok()?)
    };
    let slot = match text.split_once('-') {
        Some((from, until)) => time(from)
            .zip(time(until))
            .and_then(|(from, until)| Slot::between(from, until)),
        None => time(text).map(Slot::at),
    };
    slot.ok_or_else(expected)
}

fn days(text: &str) -> Result<Days, String> {
    match text {
        "daily" => return Ok(Days::all()),
        "three" => return Ok(Days::three()),
        _ => {}
    }
    let day = |name: &str| {
        let days = [
            ("mon", Weekday::Monday),
            ("tue", Weekday::Tuesday),
            ("wed", Weekday::Wednesday),
            ("thu", Weekday::Thursday),
            ("fri", Weekday::Friday),
            ("sat", Weekday::Saturday),
            ("sun", Weekday::Sunday),
        ];
        let found = days.into_iter().find(|(day, _)| *day == name.trim());
        found.map(|(_, day)| day).ok_or_else(|| {
            format!("`{name}` is no day; expected mon, tue, wed, thu, fri, sat or sun with commas between them, or three, or daily")
        })
    };
    text.split(',').map(day).collect()
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::new(text)
        .ok_or_else(|| format!("`{text}` is no time zone; expected one such as Europe/Brussels"))
}
