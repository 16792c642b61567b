//! What `voel-eerst doctor` says of what it found: pure, so that each finding can be tested without the trouble that it is about.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{control::HowItGoes, metrics::FEW};
use crate::{
    store::{Counts, room_to_copy},
    telegram::{CallError, WebhookInfo},
};

/// By so much the machine's clock may differ from Telegram's, which is said in whole seconds.
const DRIFT: SignedDuration = SignedDuration::from_secs(5);

/// Less room than this is too little, whatever the store's size.
const ROOM: u64 = 512 << 20;

/// A write that takes longer than this to reach the disk makes parents wait.
const SLOW: Duration = Duration::from_millis(500);

/// A backup a day is late when the newest is older.
const LATE: SignedDuration = SignedDuration::from_hours(36);

/// So many updates that wait at Telegram are more than a bot that runs leaves there.
const MANY: u32 = 100;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// Has to be mended.
    Mend,
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How serious it is.
    pub mark: Mark,
    /// What was found, and what to do.
    pub said: String,
}

impl Finding {
    /// As it should be.
    pub fn good(said: impl Into<String>) -> Self {
        Self::new(Mark::Good, said)
    }

    /// Worth knowing.
    pub fn note(said: impl Into<String>) -> Self {
        Self::new(Mark::Note, said)
    }

    /// Has to be mended.
    pub fn mend(said: impl Into<String>) -> Self {
        Self::new(Mark::Mend, said)
    }

    fn new(mark: Mark, said: impl Into<String>) -> Self {
        let said = said.into();
        Self { mark, said }
    }

    /// The finding as lines of at most 80 columns, behind the name of what was looked at.
    pub fn lines(&self, name: &str) -> String {
        let mark = match self.mark {
            Mark::Good => "ok",
            Mark::Note => "note",
            Mark::Mend => "MEND",
        };
        let mut lines = format!("{name:<9}{mark:<6}");
        let indent = lines.len();
        let mut column = indent;
        for word in self.said.split_whitespace() {
            let length = word.chars().count();
            if column > indent && column + 1 + length > 80 {
                lines.push('\n');
                lines.push_str(&" ".repeat(indent));
                column = indent;
            }
            if column > indent {
                lines.push(' ');
                column += 1;
            }
            lines.push_str(word);
            column += length;
        }
        lines
    }
}

/// Whether Telegram knows the token; the bot's name when it does.
pub fn token(me: Result<&str, CallError>) -> Finding {
    match me {
        Ok(name) => Finding::good(format!("Telegram knows the bot as @{name}.")),
        Err(CallError::Unauthorized) => Finding::mend(
            "Telegram does not know this token: copy it again from @BotFather into TELOXIDE_TOKEN.",
        ),
        Err(error) => Finding::mend(format!(
            "The Bot API cannot be reached ({error}): check the network, the firewall and TELOXIDE_API_URL."
        )),
    }
}

/// How far the machine's clock is before Telegram's.
pub fn clock(ahead: Option<SignedDuration>) -> Finding {
    let Some(ahead) = ahead else {
        return Finding::note("The Bot API does not say what time it is, so nothing is known.");
    };
    let off = ahead.abs();
    if off <= DRIFT {
        return Finding::good("As at Telegram, to the second or so.");
    }
    let way = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    Finding::mend(format!(
        "{} s {way} Telegram's: prompts come at the wrong moment. Let the machine keep time by \
         the network (timedatectl set-ntp true).",
        off.as_secs()
    ))
}

/// Whether the webhook is as the settings want it.
pub fn webhook(found: &WebhookInfo, wanted: bool, now: Timestamp) -> Finding {
    let waiting = match found.waiting {
        0 => "no update waits".to_owned(),
        1 => "1 update waits".to_owned(),
        many => format!("{many} updates wait"),
    };
    match (found.set, wanted) {
        (false, true) => Finding::mend(format!(
            "None is set at Telegram ({waiting}), though the settings name one: start the bot, which sets it."
        )),
        (true, false) => Finding::mend(format!(
            "One is set at Telegram ({waiting}), though the settings name none: no update comes in. \
             Start the bot, which takes it away; if that does not last, another program uses this token."
        )),
        (true, true) if !found.is_wanted => Finding::mend(format!(
            "Another one is set at Telegram ({waiting}) than the settings name: no update comes in. Start the bot, which sets its own; if that does not last, \
             another program uses this token."
        )),
        _ if found.waiting >= MANY => Finding::mend(format!(
            "{waiting} at Telegram: the bot does not run, or does not keep up. See what store says, and its log."
        )),
        (true, true) => match &found.failed {
            Some((at, why)) if now.duration_since(*at) < SignedDuration::from_hours(1) => {
                let ago = age(*at, now);
                let said =
                    format!("Set; {waiting}. Telegram could not bring one {ago} ago: {why}.");
                // What could not be brought while the bot was started anew has come since.
                if found.waiting == 0 {
                    Finding::note(said)
                } else {
                    Finding::mend(format!(
                        "{said} Check the address, its certificate, and what stands before the bot."
                    ))
                }
            }
            Some(_) | None => Finding::good(format!("Set, as the settings want; {waiting}.")),
        },
        (false, false) => Finding::good(format!("None, as it should be; {waiting}.")),
    }
}

/// How it goes with the bot that has the store open.
pub fn running(goes: &HowItGoes) -> Finding {
    let busy = "Open in the bot that runs, which";
    match (&goes.stuck, &goes.not_ready) {
        (Some(long), _) => Finding::mend(format!(
            "{busy} has waited {} s for the disk: look at the disk and the machine's log.",
            long.as_secs()
        )),
        (None, Some(why)) if goes.starts => Finding::note(format!(
            "{busy} was started just now ({why}): ask again in a minute."
        )),
        (None, Some(why)) => Finding::mend(format!(
            "{busy} does not do its work ({why}): see the lines above and below, and its log."
        )),
        (None, None) => Finding::good(format!("{busy} says that all goes well.")),
    }
}

/// Whether the disk has room for a store of this size, keeps what it is told in time, and forgets what is overwritten.
pub fn disk(
    (free, size): (u64, u64),
    store: u64,
    sync: Result<Duration, String>,
    kind: Option<&str>,
    keeps_overwritten: bool,
) -> Finding {
    let kind_said = kind.unwrap_or("an unknown file system");
    let room = format!("{} of {} free, {kind_said}", bytes(free), bytes(size));
    let took = match sync {
        Ok(took) => took,
        Err(why) => {
            return Finding::mend(format!(
                "Nothing can be written beside the store ({why}): {room}. Check whose folder it is, and whether the disk is full or read-only."
            ));
        }
    };
    if free < ROOM.max(room_to_copy(store)) {
        return Finding::mend(format!(
            "{room}. That is too little: the store takes {}, and one and a quarter times as much again while it is put in order. Make room, or move it.",
            bytes(store)
        ));
    }
    if took > SLOW {
        return Finding::mend(format!(
            "{room}. A write takes {} ms to reach the disk: every answer waits for that. Look at what else uses it.",
            took.as_millis()
        ));
    }
    if keeps_overwritten {
        return Finding::note(format!(
            "{room}. It writes beside what it overwrites: the key of a parent who has erased everything may stay on the disk for a while. On ext4 or xfs it is gone at once."
        ));
    }
    Finding::good(format!(
        "{room}; a write reaches it in {} ms.",
        took.as_millis()
    ))
}

/// How old the newest backup is, in the folder where one a day is wanted.
pub fn backup(newest: Option<Timestamp>, now: Timestamp) -> Finding {
    match newest {
        None => Finding::mend(
            "There is none of this store yet: the running bot makes one within the hour; if it does not, its log says why.",
        ),
        Some(at) if now.duration_since(at) > LATE => Finding::mend(format!(
            "The newest is {} old: one a day is wanted. Does the bot run? Its log says what kept it.",
            age(at, now)
        )),
        Some(at) => Finding::good(format!("The newest is {} old.", age(at, now))),
    }
}

/// The totals of a store, in lines. With few parents they would say what one of them does.
pub fn totals(counts: &Counts) -> String {
    let Counts {
        parents,
        prompts,
        in_doubt,
        replies,
        since,
    } = counts;
    match *parents {
        0 => return "parents       none".to_owned(),
        1..FEW => {
            return format!(
                "parents       fewer than {FEW}\nHow many prompts were sent and replies kept is said from {FEW} parents on: before, it would be about one of them."
            );
        }
        FEW.. => {}
    }
    let since = since.map_or_else(String::new, |since| {
        since.strftime(" since %-d %B %Y").to_string()
    });
    format!(
        "parents       {parents}\nprompts sent  {prompts}{since}\nin doubt      {in_doubt}\nreplies kept  {replies}"
    )
}

/// How long ago that was, roughly.
fn age(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    match minutes {
        ..=119 => format!("{} min", minutes.max(0)),
        120..=2_879 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / (24 * 60)),
    }
}

/// A size for people.
fn bytes(bytes: u64) -> String {
    let mega = bytes as f64 / 1e6;
    if mega < 1_000.0 {
        format!("{mega:.0} MB")
    } else {
        format!("{:.1} GB", mega / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::NotReady;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + second).unwrap_or_default()
    }

    fn all() -> Vec<(&'static str, Finding)> {
        let webhook = |set, waiting, failed: Option<i64>, wanted| {
            let failed = failed.map(|second| (at(second), "Connection refused".to_owned()));
            let found = WebhookInfo {
                set,
                is_wanted: set == wanted,
                waiting,
                failed,
            };
            super::webhook(&found, wanted, at(0))
        };
        let another = || {
            let found = WebhookInfo {
                set: true,
                is_wanted: false,
                waiting: 0,
                failed: None,
            };
            super::webhook(&found, true, at(0))
        };
        let running = |stuck, not_ready: Option<NotReady>| {
            super::running(&HowItGoes {
                counts: Counts::default(),
                stuck,
                not_ready: not_ready.map(|why| why.to_string()),
                starts: not_ready == Some(NotReady::FirstAnswer),
            })
        };
        let ms = Duration::from_millis;
        let gb = |gb: u64| gb * 1_000_000_000;
        let seconds = |seconds| Some(SignedDuration::from_secs(seconds));
        vec![
            ("token", token(Ok("voel_bot"))),
            ("token", token(Err(CallError::Unauthorized))),
            ("token", token(Err(CallError::NotSent))),
            ("clock", clock(None)),
            ("clock", clock(seconds(-5))),
            ("clock", clock(seconds(6))),
            ("clock", clock(seconds(-3_600))),
            ("webhook", webhook(false, 0, None, false)),
            ("webhook", webhook(false, 1, None, true)),
            ("webhook", webhook(true, 2, None, false)),
            ("webhook", webhook(true, 0, None, true)),
            ("webhook", webhook(true, 3, Some(-600), true)),
            ("webhook", webhook(true, 0, Some(-600), true)),
            ("webhook", another()),
            ("webhook", webhook(true, 3, Some(-90_000), true)),
            ("webhook", webhook(false, 100, None, false)),
            ("store", running(None, None)),
            ("store", running(None, Some(NotReady::FirstAnswer))),
            ("store", running(None, Some(NotReady::NoUpdates))),
            ("store", running(Some(Duration::from_secs(75)), None)),
            (
                "disk",
                disk((gb(12), gb(40)), gb(1), Ok(ms(3)), Some("ext4"), false),
            ),
            (
                "disk",
                disk((gb(12), gb(40)), gb(1), Ok(ms(3)), Some("btrfs"), true),
            ),
            (
                "disk",
                disk((gb(12), gb(40)), gb(1), Ok(ms(800)), Some("ext4"), false),
            ),
            ("disk", disk((gb(2), gb(40)), gb(3), Ok(ms(3)), None, false)),
            ("disk", disk((gb(6), gb(40)), gb(5), Ok(ms(3)), None, false)),
            (
                "disk",
                disk((gb(0), gb(40)), 0, Ok(ms(3)), Some("xfs"), false),
            ),
            (
                "disk",
                disk(
                    (gb(2), gb(40)),
                    0,
                    Err("read-only file system".to_owned()),
                    Some("xfs"),
                    false,
                ),
            ),
            ("backups", backup(None, at(0))),
            ("backups", backup(Some(at(-90)), at(0))),
            ("backups", backup(Some(at(-36 * 3_600)), at(0))),
            ("backups", backup(Some(at(-200 * 3_600)), at(0))),
        ]
    }

    #[test]
    fn what_is_said_of_each_finding() {
        let lines: Vec<String> = all()
            .iter()
            .map(|(name, found)| found.lines(name))
            .collect();
        for line in lines.iter().flat_map(|lines| lines.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let marks: Vec<Mark> = all().iter().map(|(_, found)| found.mark).collect();
        use Mark::{Good, Mend, Note};
        let token = [Good, Mend, Mend];
        let clock = [Note, Good, Mend, Mend];
        let webhook = [Good, Mend, Mend, Good, Mend, Note, Mend, Good, Mend];
        let store = [Good, Note, Mend, Mend];
        let disk = [Good, Note, Mend, Mend, Mend, Mend, Mend];
        let backups = [Mend, Good, Good, Mend];
        let expected: [&[Mark]; 6] = [&token, &clock, &webhook, &store, &disk, &backups];
        assert_eq!(marks, expected.concat());
    }

    #[test]
    fn totals_are_not_said_of_a_few() {
        let counts = |parents| Counts {
            parents,
            prompts: 1_234,
            in_doubt: 1,
            replies: 987,
            since: Some(at(0)),
        };
        assert_eq!(totals(&counts(0)), "parents       none");
        assert_eq!(totals(&counts(1)), totals(&counts(4)));
        assert!(!totals(&counts(4)).contains("987"));
        insta::assert_snapshot!(totals(&counts(5)), @r"
        parents       5
        prompts sent  1234 since 1 January 2026
        in doubt      1
        replies kept  987
        ");
    }

    #[test]
    fn what_has_to_be_mended_says_what_to_do() {
        for (name, found) in all() {
            let sentences = found.said.matches([':', '.']).count();
            assert!(
                found.mark != Mark::Mend || sentences >= 2,
                "{name}: {found:?}"
            );
        }
    }
}
