//! Nothing of a parent, and no token, is in what the program says or leaves on disk, however much it is asked to say and whatever goes wrong.

pub(super) mod marks;
mod talk;

use std::sync::Arc;

use jiff::{Timestamp, civil::date};
use serde_json::json;
use voel_eerst::{
    conversation::{
        Action, Brought, Button, Class, Content, Decision, Effect, Entry, EntryId, Event, Fetch,
        Journal, JournalChange, Keyboard, Message, Opening, Outgoing, Part, Purpose, Record,
        SentFile, SpokenNote, Step, Tapped, Target, VoiceNote, Wanted,
    },
    demo::{Fault, Refusal, Trouble, Voice},
    parent::{ChatId, FileId, MessageId, Parent, PrivateBytes, Words},
    service::{receive::Batch, sender},
    store::{Pending, RootSecret, Seq, Store},
    telegram::{Incoming, Origin},
};

use super::*;
use marks::{CHATS, PLAIN, mark, token_secret};
use talk::WRITER;

/// By so much a file of sled grows.
const SEGMENT: usize = 512 * 1024;

/// The program with a folder of its own for everything that a program may write to.
fn closed_in(home: &Home, telegram: &Telegram, format: &str) -> Command {
    let mut bot = home.bot(telegram);
    for (name, folder) in [("HOME", "house"), ("TMPDIR", "tmp")] {
        let folder = home.path(folder);
        fs::create_dir_all(&folder).unwrap();
        bot.env(name, folder);
    }
    bot.env("VOEL_EERST_LOG", "trace")
        .env("VOEL_EERST_LOG_FORMAT", format)
        .env("RUST_BACKTRACE", "1");
    bot
}

#[tokio::test]
async fn a_conversation_with_everything_going_wrong_leaves_no_trace() {
    leave_no_trace("human").await;
}

#[tokio::test]
async fn nor_does_it_in_a_log_for_machines() {
    leave_no_trace("json").await;
}

async fn leave_no_trace(format: &str) {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    talk::let_in(&home, &telegram);
    let address = status::free_address().await;
    let mut first = closed_in(&home, &telegram, format);
    first.env("VOEL_EERST_STATUS", address.to_string());
    let first = first.spawn().unwrap();
    talk::everything(&telegram).await;
    talk::failing_polls(&telegram).await;
    let (_, metrics) = status::asked(address, "/metrics").await;
    assert!(metrics.contains("voel_eerst_updates_total"), "{metrics}");
    signal(&first, "TERM").await;
    let first = ended(first).await;
    assert!(first.status.success(), "{first}");

    // Once more from the disk, which is full soon; then it is killed.
    let full = on_a_full_disk(&home, &telegram, format).await;
    // And with room again: what was said is kept late.
    let begun = telegram.now();
    let mut last = closed_in(&home, &telegram, format).spawn().unwrap();
    telegram.polled_since(begun).await;
    let late = people::say(&telegram.api, WRITER, &mark("voorhetslapen"));
    people::kept(&telegram.api, WRITER, late).await;
    last.start_kill().unwrap();
    let last = ended(last).await;

    let said = [&first, &full, &last].map(|ended| [ended.stdout.as_str(), &ended.stderr]);
    let said = said.concat().into_iter().map(|text| ("what it said", text));
    let said: Vec<_> = said.chain([("its metrics", metrics.as_str())]).collect();
    assert_eq!(marks::leaks(&said, home.0.path()), []);

    // It was asked to say all, and did: its counts too.
    for line in ["DEBUG", "updates in", "of them unreadable"] {
        assert!(first.stderr.contains(line), "{line} in {first}");
    }
    // It writes nowhere but where it is told to.
    let top = fs::read_dir(home.0.path()).unwrap();
    let mut top: Vec<_> = top.map(|found| found.unwrap().file_name()).collect();
    top.sort();
    assert_eq!(top, ["house", "tmp", "voel-eerst-data", "voel-eerst.key"]);
    for folder in ["house", "tmp"] {
        assert_eq!(files(&home.path(folder)), []);
    }
    with_the_key_it_is_all_there(&home);
}

/// The marks were looked for in the right place: with the key, the words are there. And names and what was not understood are not even there.
fn with_the_key_it_is_all_there(home: &Home) {
    let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let mut draft = store.draft();
    let kept: Vec<_> = CHATS
        .into_iter()
        .map(|chat| {
            let id = store.parent_id(chat);
            let record = draft.parent(id).unwrap().unwrap();
            let record = Arc::unwrap_or_clone(record);
            let journal = draft.journal(id).unwrap();
            (record, Journal::older(&journal, None, usize::MAX).unwrap())
        })
        .collect();
    let as_text = serde_json::to_string(&kept).unwrap();
    for kind in [
        "wijziging",
        "methandgewijzigd",
        "eerder",
        "nood",
        "eigenvraag",
        "oefening",
        "nieuw",
        "lang",
        "anders",
        "laatste",
        "voordestoring",
        "instoring",
        "vol",
        "voorhetslapen",
    ] {
        assert!(as_text.contains(&mark(kind)), "{kind} is kept");
    }
    for kind in [
        "voornaam",
        "achternaam",
        "tijd",
        "dagen",
        "welkedag",
        "dagboekdag",
        "plaats",
        "opdracht",
        "foto",
        "bestand",
        "contact",
        "peiling",
        "keuze",
        "afzender",
        "doorgestuurd",
        "onbekend",
        "knop",
        "geciteerd",
    ] {
        assert!(!as_text.contains(&mark(kind)), "{kind} is not kept");
    }
    assert!(!as_text.contains(PLAIN), "nor is the name of the user");
    let journal = draft.journal(store.parent_id(WRITER)).unwrap();
    let entries = kept.iter().flat_map(|(_, entries)| entries);
    let mut sounds = entries.flat_map(|entry| {
        let of_entry = |(message, _)| journal.sound(entry.id, message).unwrap();
        entry.spoken().filter_map(of_entry).collect::<Vec<_>>()
    });
    let sound = sounds.next().unwrap();
    let sound = str::from_utf8(sound.reveal()).unwrap();
    assert!(sound.contains(&mark("gesproken")));
}

/// The program where no file may grow any more, until it has said that it cannot keep what was written, and somebody pulls the plug.
async fn on_a_full_disk(home: &Home, telegram: &Telegram, format: &str) -> Ended {
    let sizes = files(&home.store())
        .into_iter()
        .map(|(_, bytes)| bytes.len());
    // sled fills up the segment that it has begun when it opens; there is no room for the next one.
    let room = (sizes.max().unwrap() / SEGMENT + 1) * SEGMENT;
    let usual = closed_in(home, telegram, format);
    let mut shell = Command::new("sh");
    let limited = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\"", room / 512);
    let std = usual.as_std();
    shell
        .arg("-c")
        .arg(limited)
        .arg(std.get_program())
        .current_dir(home.0.path())
        .env_clear()
        .envs(
            std.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let begun = telegram.now();
    let mut bot = shell.spawn().unwrap();
    telegram.polled_since(begun).await;
    for _ in 0..40 {
        people::say(&telegram.api, WRITER, &mark("vol").repeat(250));
    }
    talk::until_said(&telegram.api, WRITER, "Bewaren lukte niet").await;
    bot.start_kill().unwrap();
    ended(bot).await
}

/// Nothing that leads to the parent or opens the bot is in here.
#[track_caller]
pub(super) fn assert_unmarked(name: &str, bytes: &[u8]) {
    assert_eq!(marks::Secrets::new().find(bytes), None, "{name}");
}

#[tokio::test]
async fn refusals_say_neither_the_token_nor_a_password_in_the_address() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let with_password = telegram.url.replace("http://", "http://beheer:wachtwoord@");
    let says_no_secret = |ended: &Ended| {
        for secret in ["geheim", "wachtwoord", token_secret()] {
            assert!(!ended.stderr.contains(secret), "{ended}");
        }
    };
    for (token, url) in [
        ("123456:geheim", telegram.url.as_str()),
        (TOKEN, "ftp://beheer:wachtwoord@127.0.0.1"),
        ("123456:geheim", with_password.as_str()),
    ] {
        let mut bot = home.bot(&telegram);
        bot.env("TELOXIDE_TOKEN", token)
            .env("TELOXIDE_API_URL", url)
            .env("VOEL_EERST_LOG", "trace");
        let ended = run(&mut bot).await;
        ended.refusal();
        says_no_secret(&ended);
    }
    // Nobody listens there: it tries again and again.
    let nowhere = "http://beheer:wachtwoord@127.0.0.1:1";
    let mut bot = home.bot(&telegram);
    bot.env("TELOXIDE_API_URL", nowhere)
        .env("VOEL_EERST_LOG", "trace");
    let bot = bot.spawn().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    signal(&bot, "TERM").await;
    let ended = ended(bot).await;
    assert!(ended.stderr.contains("does not begin yet"), "{ended}");
    says_no_secret(&ended);
}

/// What `{:?}` prints may end in a log or in the message of a panic.
#[test]
fn nothing_prints_a_parents_words_or_number() {
    let words = || Words::new(mark("woord"));
    let at = Timestamp::UNIX_EPOCH;
    let message = |content| Message {
        id: MessageId(3),
        sent: at,
        reply_to: None,
        content,
        caption: words(),
    };
    let command = Content::Command {
        name: mark("opdracht"),
        rest: words(),
    };
    let tapped = Tapped {
        id: "tap".to_owned(),
        message: None,
        data: "7.x".to_owned(),
    };
    let outgoing = |effect| Outgoing {
        effect,
        class: Class::Interactive,
        purpose: Purpose::Plain,
        expires: None,
        quotes: false,
    };
    let send = outgoing(Effect::Send {
        text: words(),
        keyboard: Keyboard(vec![vec![Button {
            label: "Ja".to_owned(),
            action: Action::Data("1.x".to_owned()),
        }]]),
        silent: false,
        reply_to: None,
    });
    let edit = outgoing(Effect::Edit {
        message: MessageId(3),
        text: words(),
        keyboard: Keyboard::default(),
    });
    let answer = outgoing(Effect::Answer {
        tap: "tap".to_owned(),
        toast: Some(words()),
    });
    let entry = Entry {
        id: EntryId(1),
        day: date(2026, 1, 1),
        written: at,
        prompt: None,
        parts: vec![Part::typed(MessageId(3), words())],
        heavy: false,
    };
    let parent = Parent::stranger(WRITER);
    let decision = Decision {
        record: Record::Changed(parent.clone()),
        journal: vec![JournalChange::Put(entry.clone())],
        erased: false,
        outgoing: vec![send.clone()],
    };
    let voice = VoiceNote {
        file: FileId(mark("nummer")),
        seconds: 7,
        bytes: None,
    };
    let fetch = Fetch {
        file: FileId(mark("nummer")),
        message: MessageId(3),
        sent: at,
        wanted: Wanted::Voice(SpokenNote {
            seconds: 7,
            caption: words(),
            target: Target::Note,
        }),
    };
    let file = SentFile {
        file: FileId(mark("nummer")),
        name: words(),
        bytes: None,
    };
    let step = Step {
        opening: Some(Opening::Sounds),
        entries: vec![entry.clone()],
        sounds: vec![(EntryId(1), 1, PrivateBytes::new(mark("klank").into_bytes()))],
        ending: None,
    };
    let sound = || PrivateBytes::new(mark("klank").into_bytes());
    let fetched = sender::Fetched {
        seq: Seq(1),
        brought: Ok(Brought::Sound(sound())),
    };
    let put = JournalChange::PutSound(EntryId(1), MessageId(3), sound());
    let incoming = |event| Incoming {
        update: 1,
        chat: Origin::Private(WRITER),
        language: None,
        event: Some(event),
        unreadable: false,
    };
    let (committed, _told) = oneshot::channel();
    let home = Home::new();
    let secret = RootSecret::load_or_create(&home.key_file(), false).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let printed = [
        format!("{:?}", Event::Wrote(message(Content::Text(words())))),
        format!("{:?}", Event::Edited(message(command.clone()))),
        format!("{:?}", Event::Tapped(tapped)),
        format!("{voice:?} {:?}", Content::Voice(voice.clone())),
        format!("{:?} {fetched:?} {put:?}", Effect::Fetch(fetch.clone())),
        format!("{file:?} {:?}", Content::Document(file.clone())),
        format!("{:?}", Event::Fetched(fetch, Ok(Brought::Step(step)))),
        format!("{send:?} {edit:?} {answer:?}"),
        format!("{entry:?} {parent:?} {decision:?}"),
        format!("{:?}", [Origin::Private(WRITER), Origin::Group(WRITER)]),
        format!(
            "{:?}",
            Batch {
                updates: vec![
                    incoming(Event::Wrote(message(Content::Text(words())))),
                    incoming(Event::Wrote(message(command))),
                ],
                is_last: true,
                came: Duration::ZERO,
                committed,
            }
        ),
        format!(
            "{:?}",
            sender::Letter {
                seq: Seq(1),
                chat: WRITER,
                outgoing: edit,
                claimed: false,
            }
        ),
        format!(
            "{:?}",
            Pending {
                seq: Seq(1),
                parent: store.parent_id(WRITER),
                chat: WRITER,
                outgoing: send,
                claimed: false,
            }
        ),
        format!("{secret:?} {:?}", store.parent_id(WRITER)),
        format!(
            "{:?}",
            voel_eerst::telegram::Telegram::new(TOKEN, None).unwrap()
        ),
    ];
    for printed in printed {
        assert!(printed.len() > 10, "{printed}");
        assert_unmarked("what is printed", printed.as_bytes());
    }
}
