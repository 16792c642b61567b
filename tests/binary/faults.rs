//! When Telegram is not there, or says what nobody expects: the program stays, rests between its tries, and says once in its log what is the
//! matter.

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::sleep,
};
use voel_eerst::{
    demo::{Fault, Refusal, Trouble},
    parent::{ChatId, Consent, Onboarding, Parent},
    store::{RootSecret, Store},
};

use super::*;

const SAAR: ChatId = ChatId(7);

/// The log of a program, line by line.
struct Log {
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStderr>>,
    seen: Vec<String>,
}

impl Log {
    fn of(bot: &mut Child) -> Self {
        Self {
            lines: BufReader::new(bot.stderr.take().unwrap()).lines(),
            seen: Vec::new(),
        }
    }

    /// Waits until the program has logged this.
    async fn says(&mut self, words: &str) {
        let found = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                let found = line.contains(words);
                self.seen.push(line);
                if found {
                    return;
                }
            }
            panic!("the program ended without {words:?}: {:#?}", self.seen);
        };
        timeout(PATIENCE, found).await.unwrap();
    }

    /// How often the program logged this, after it has ended.
    async fn count(&mut self, words: &str) -> usize {
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.seen.push(line);
        }
        let with = self.seen.iter().filter(|line| line.contains(words));
        with.count()
    }
}

/// How much processor time a program takes in a second, in hundredths of a second.
#[cfg(target_os = "linux")]
async fn work_in_a_second(bot: &Child) -> u64 {
    let taken = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", bot.id().unwrap())).unwrap();
        // Behind the name, which may hold anything: user and system time are the 12th and 13th field.
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let [user, system] = [fields[11], fields[12]].map(|ticks| ticks.parse::<u64>().unwrap());
        user + system
    };
    let before = taken();
    sleep(Duration::from_secs(1)).await;
    taken() - before
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_telegram_that_is_not_there_at_the_start_is_waited_for_in_rest() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let nobody = api_url(&listener).unwrap();
    drop(listener);
    for url in [nobody.as_str(), "http://nobody.invalid"] {
        let home = Home::new();
        let mut bot = home.command(&[]);
        bot.env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", url);
        let mut bot = bot.spawn().unwrap();
        let mut log = Log::of(&mut bot);
        log.says("the bot does not begin yet: Telegram could not be reached; check the network")
            .await;
        let work = work_in_a_second(&bot).await;
        assert!(work <= 20, "{work} hundredths of a second in a second");
        if url == nobody {
            // The network is there now.
            let listener = TcpListener::bind(address).await.unwrap();
            let telegram = Telegram::serve_at(listener).await;
            log.says("Telegram knows the bot").await;
            telegram.polled_since(Duration::ZERO).await;
        }
        signal(&bot, "TERM").await;
        assert!(bot.wait().await.unwrap().success());
        assert_eq!(log.count("does not begin yet").await, 1, "{:#?}", log.seen);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn trouble_while_it_runs_is_said_once_and_so_is_its_end() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    telegram.api.with(|world| {
        for trouble in [
            Trouble::CutBefore,
            Trouble::Refused(Refusal::conflict("terminated by other getUpdates request")),
            Trouble::Garbled,
            Trouble::CutAfter,
            Trouble::Refused(Refusal::conflict("terminated by other getUpdates request")),
        ] {
            // No wait is long yet, and the same comes again.
            world.faults.add(Fault::on("getUpdates", trouble));
        }
    });
    let mut bot = home.bot(&telegram).spawn().unwrap();
    let mut log = Log::of(&mut bot);
    log.says("updates do not come in: Telegram's answer did not come through")
        .await;
    let work = work_in_a_second(&bot).await;
    assert!(work <= 20, "{work} hundredths of a second in a second");
    log.says("updates come in again").await;
    signal(&bot, "TERM").await;
    assert!(bot.wait().await.unwrap().success());
    for (line, times) in [
        (
            "updates do not come in: Telegram's answer did not come through",
            1,
        ),
        (
            "updates do not come in: somebody else takes this bot's updates",
            1,
        ),
        ("updates come in again", 1),
    ] {
        assert_eq!(log.count(line).await, times, "{line}: {:#?}", log.seen);
    }
}

/// A record with which keeping a new note panics: the number of the next entry cannot grow any more.
#[tokio::test]
async fn a_panic_is_in_the_log_with_its_place_and_without_a_word() {
    let home = Home::new();
    {
        let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
        let store = Store::open(&home.store(), &secret).unwrap();
        let mut draft = store.draft();
        let parent = Parent {
            consent: Consent::Given {
                version: voel_eerst::library::Library::embedded()
                    .unwrap()
                    .consent_version,
                at: jiff::Timestamp::now(),
            },
            onboarding: Onboarding::Done,
            next_entry: u32::MAX,
            ..Parent::stranger(SAAR)
        };
        draft.put_parent(store.parent_id(SAAR), parent).unwrap();
        store.commit(draft).unwrap();
    }
    let telegram = Telegram::serve().await;
    telegram
        .api
        .with(|world| world.add_user_numbered(SAAR, "Saar", Some("nl")));
    let mut bot = home.bot(&telegram);
    let mut bot = bot
        .env("VOEL_EERST_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .spawn()
        .unwrap();
    let mut log = Log::of(&mut bot);
    people::say(&telegram.api, SAAR, "zilverviolet");
    log.says("a panic at src/conversation/reply.rs:").await;
    says_sorry(&telegram).await;
    people::say(&telegram.api, SAAR, "/hulp");
    telegram.all_confirmed().await;
    signal(&bot, "TERM").await;
    assert!(bot.wait().await.unwrap().success());
    assert_eq!(log.count("a panic at").await, 1);
    assert_eq!(log.count("zilverviolet").await, 0);
    assert_eq!(log.count("overflow").await, 0, "{:#?}", log.seen);
    assert_eq!(log.count("1 panics").await, 1);
}

async fn says_sorry(telegram: &Telegram) {
    telegram
        .api
        .until("a kind sentence", |world| {
            let said = world.chat(SAAR)?.last_from_bot()?;
            said.text().contains("ging hier iets mis").then_some(())
        })
        .await
        .unwrap();
}
