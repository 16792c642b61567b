//! What a reply costs, from the update to the answer, beside the bare round trip of the same update and the same answer through teloxide's client;
//! and how exactly the pace is kept.
//!
//! `cargo bench --bench round_trip`. The bot is the real binary on a real store; Telegram's place is taken by `standin`, in this process. The bare client is
//! this program once more: it asks for updates, puts a heart on each, and does nothing else. Processor time is what the kernel counts for the process that is
//! measured. `TMPDIR` says on which disk the store lies.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot go on says so by panicking"
)]
#![allow(
    dead_code,
    reason = "other measurements use the rest of what is shared"
)]

mod child;
mod people;
mod standin;

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use child::Measured;
use jiff::Timestamp;
use standin::{Arrival, BATCH, Manners, StandIn};
use teloxide::{
    Bot,
    net::default_reqwest_settings,
    payloads::{GetUpdatesSetters, SetMessageReactionSetters},
    requests::Requester,
    types::{ChatId, MessageId, ReactionType, UpdateKind},
};
use voel_eerst::parent::ClockTime;

/// Says to this program that it is the bare client, and where its Bot API is.
const BARE: &str = "VOEL_EERST_BENCH_BARE";

/// How many replies are measured at once.
const REPLIES: i64 = 20_000;

/// How long an answer takes in the second measurement.
const SLOW: Duration = Duration::from_millis(40);

/// How many prompts come due in one minute.
const PROMPTS: i64 = 300;

fn main() {
    if let Ok(url) = env::var(BARE) {
        return bare(&url);
    }
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let opened = people::open(&store);
    let voice = people::voice();
    let nobody_due = people::far_ahead();
    people::write(&opened, &voice, 0..2 * REPLIES, nobody_due, |_| {
        ClockTime::NINE
    });
    drop(opened);

    let ours = replies(&store, 0, Duration::ZERO);
    println!(
        "\nprocessor time of the bot: {:.2} times that of the bare round trip (promised: at most 2)\n",
        ours.0 / ours.1
    );
    replies(&store, REPLIES, SLOW);
    println!("(promised: over 2000 replies a second)\n");
    pace();
}

/// Measures the bot and the bare client with the same updates. Returns the processor time per 1,000 of each.
fn replies(store: &Path, first: i64, delay: Duration) -> (f64, f64) {
    println!(
        "{REPLIES} replies, each of another parent, in batches of {BATCH}; {} ms for each answer",
        delay.as_millis()
    );
    let manners = Manners {
        delay,
        most_a_second: None,
    };
    let chats = first..first + REPLIES;
    let api = StandIn::start(manners);
    let bare = Measured::again(BARE, &api.url);
    let bare = measure("bare client", &api, &bare, chats.clone(), None);

    let api = StandIn::start(manners);
    let bot = Measured::bot(&api.url, store, &people::secret(), "none");
    let bot = measure("the bot", &api, &bot, chats, Some(store));
    (bot, bare)
}

/// Lets somebody answer these chats, prints how they did, and returns the seconds of processor time per 1,000.
fn measure(
    who: &str,
    api: &StandIn,
    process: &Measured,
    chats: std::ops::Range<i64>,
    store: Option<&Path>,
) -> f64 {
    api.polled();
    thread::sleep(Duration::from_secs(1));
    let count = chats.clone().count();
    let commits_before = store.map(commits);
    let processor_before = process.on_processor();
    let begun = Instant::now();
    api.hand_out(chats.clone());
    let arrivals = api.answered(count);
    let took = begun.elapsed();
    // What is still written down afterwards belongs to it.
    thread::sleep(Duration::from_secs(1));
    let processor = process.on_processor() - processor_before;
    let handed = api.handed();
    let mut waits: Vec<Duration> = arrivals
        .iter()
        .map(|arrival| arrival.at - handed[(arrival.chat - chats.start) as usize])
        .collect();
    waits.sort();
    let per_1000 = processor.as_secs_f64() / count as f64 * 1_000.0;
    println!(
        "  {who}: {:.0} updates a second; {per_1000:.3} CPU s per 1000; update to answer p50 {:.1?}, p99 {:.1?}; {:.1} MiB at most; {} calls",
        count as f64 / took.as_secs_f64(),
        waits[waits.len() / 2],
        waits[waits.len() * 99 / 100],
        process.mebibytes("VmHWM"),
        arrivals.len(),
    );
    if let (Some(store), Some(before)) = (store, commits_before) {
        let commits = commits(store) - before;
        println!(
            "    {:.0} durable commits a second; {:.2} for each batch of {BATCH}, what became of the answers included",
            commits as f64 / took.as_secs_f64(),
            commits as f64 / (count as f64 / BATCH as f64)
        );
    }
    per_1000
}

/// How many commits the store has confirmed: the first number of its file `mark`.
fn commits(store: &Path) -> u64 {
    let mark = fs::read(store.join("mark")).unwrap();
    u64::from_be_bytes(*mark.first_chunk().unwrap())
}

/// Prompts of one minute against a server that refuses more than 30 calls in a second.
fn pace() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let opened = people::open(&store);
    let voice = people::voice();
    // The next whole minute that leaves time to start.
    let now = Timestamp::now();
    let begun = people::later(now, 5);
    let due = people::parent(&voice, 0, ClockTime::NINE, begun)
        .schedule
        .local(people::later(begun, 60))
        .1;
    people::write(&opened, &voice, 0..PROMPTS, now, |_| due);
    drop(opened);

    let api = StandIn::start(Manners {
        delay: SLOW,
        most_a_second: Some(30),
    });
    let _bot = Measured::bot(&api.url, &store, &people::secret(), "30");
    let arrivals = api.answered(PROMPTS as usize);
    thread::sleep(Duration::from_secs(2));
    let mut chats: BTreeMap<i64, usize> = BTreeMap::new();
    for Arrival { chat, .. } in api.answered(PROMPTS as usize) {
        *chats.entry(chat).or_default() += 1;
    }
    let (first, last) = (arrivals[0].at, arrivals[arrivals.len() - 1].at);
    let took = last - first;
    println!(
        "{PROMPTS} prompts due in one minute, a server that takes 30 calls a second, {} ms for each answer",
        SLOW.as_millis()
    );
    println!(
        "  {} arrived, {} of them more than once; {} refused; {took:.2?} from the first to the last: {:.1} % of the rate used (promised: over 98 %)",
        chats.len(),
        chats.values().filter(|times| **times > 1).count(),
        api.refused(),
        100.0 * (PROMPTS - 1) as f64 / took.as_secs_f64() / 30.0
    );
}

/// teloxide's client and nothing else: asks for updates, and puts a heart on each.
fn bare(url: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = default_reqwest_settings()
            .timeout(Duration::from_secs(25))
            .build()
            .unwrap();
        let bot = Bot::with_client("123456:ABC", client).set_api_url(url.parse().unwrap());
        let mut offset = None;
        loop {
            let mut request = bot.get_updates().limit(BATCH as u8).timeout(10);
            if let Some(offset) = offset {
                request = request.offset(offset);
            }
            let updates = request.await.unwrap();
            offset = updates
                .last()
                .map(|update| update.id.as_offset())
                .or(offset);
            // As teloxide's own dispatcher does, it asks for more while its answers are on their way.
            for update in updates {
                if let UpdateKind::Message(message) = update.kind {
                    tokio::spawn(heart(bot.clone(), message.chat.id, message.id));
                }
            }
        }
    });
}

async fn heart(bot: Bot, chat: ChatId, message: MessageId) {
    let heart = ReactionType::Emoji {
        emoji: "\u{2764}".to_owned(),
    };
    bot.set_message_reaction(chat, message)
        .reaction([heart])
        .await
        .unwrap();
}
