//! Nothing of a parent, and no token, is in what the program says or leaves on disk, however much it is asked to say and whatever goes wrong.

use jiff::{Timestamp, civil::date};
use serde_json::json;
use voel_eerst::{
    conversation::{
        Action, Brought, Button, Class, Content, Decision, Effect, Entry, EntryId, Event, Fetch,
        JournalChange, Keyboard, Message, Opening, Outgoing, Part, Purpose, Record, SentFile,
        SpokenNote, Step, Tapped, Target, VoiceNote, Wanted,
    },
    demo::{FILE, Fault, Refusal, Trouble, Voice},
    parent::{ChatId, FileId, MessageId, Parent, PrivateBytes, Words},
    service::{receive::Batch, sender},
    store::{Pending, RootSecret, Seq, Store},
    telegram::{Incoming, Origin},
};

use super::*;

/// The number of a parent's chat: as long as Telegram's, and found nowhere by chance.
const CHAT: ChatId = ChatId(7_463_128_905);

/// A word that no other text has.
const MARK: &str = "zilvervosmerk";

/// The token's second half.
fn token_secret() -> &'static str {
    TOKEN.split_once(':').unwrap().1
}

#[tokio::test]
async fn a_conversation_with_everything_going_wrong_leaves_no_trace() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let mut bot = home.bot(&telegram);
    bot.env("VOEL_EERST_LOG", "trace")
        .env("RUST_BACKTRACE", "1");
    let first = bot.spawn().unwrap();
    talk(&telegram).await;
    signal(&first, "TERM").await;
    let first = ended(first).await;
    assert!(first.status.success(), "{first}");

    // Once more from the disk, and then it is killed.
    let begun = telegram.now();
    let mut second = bot.spawn().unwrap();
    telegram.polled_since(begun).await;
    let last = people::say(&telegram.api, CHAT, &format!("{MARK} voor het slapen"));
    people::kept(&telegram.api, CHAT, last).await;
    second.start_kill().unwrap();
    let second = ended(second).await;

    for (name, bytes) in [
        ("stdout", first.stdout.into_bytes()),
        ("stderr", first.stderr.clone().into_bytes()),
        ("stdout after a kill", second.stdout.into_bytes()),
        ("stderr after a kill", second.stderr.into_bytes()),
    ] {
        assert_unmarked(name, &bytes);
    }
    assert!(
        first.stderr.contains("DEBUG"),
        "it was asked to say all: {}",
        first.stderr
    );
    let files: Vec<_> = files(home.0.path())
        .into_iter()
        .filter(|(path, _)| *path != home.key_file())
        .collect();
    assert!(files.iter().any(|(_, bytes)| bytes.len() > 10_000));
    for (path, bytes) in files {
        assert_unmarked(&path.display().to_string(), &bytes);
    }

    // The marks are looked for in the right place: with the key, the words are there.
    let secret = RootSecret::load_or_create(&home.key_file(), true).unwrap();
    let store = Store::open(&home.store(), &secret).unwrap();
    let draft = store.draft();
    let journal = draft.journal(store.parent_id(CHAT)).unwrap();
    let entries = voel_eerst::conversation::Journal::older(&journal, None, usize::MAX).unwrap();
    let mut parts = entries.iter().flat_map(|entry| &entry.parts);
    assert!(parts.all(|part| part.spoken.is_some() || part.words.reveal().contains(MARK)));
    let mut spoken = entries.iter().flat_map(|entry| {
        let of_entry = |(message, _)| (entry.id, message);
        entry.spoken().map(of_entry).collect::<Vec<_>>()
    });
    let (entry, message) = spoken.next().unwrap();
    let sound = journal.sound(entry, message).unwrap().unwrap();
    assert!(str::from_utf8(sound.reveal()).unwrap().contains(MARK));
}

/// Replies, edits, the journal, typed commands; refusals that quote, answers that are none, cut connections, updates that nobody can read.
async fn talk(telegram: &Telegram) {
    let api = &telegram.api;
    people::begin(api, CHAT).await;
    let fault = |fault: Fault| api.with(|world| world.faults.add(fault));
    let quote = format!("can't parse entities: {MARK} in chat {}", CHAT.0);

    let first = people::say(api, CHAT, &format!("Eerst een {MARK}."));
    people::kept(api, CHAT, first).await;

    // What was said comes only the third time, and is played back.
    let sound = format!("OggS {}", format!("{MARK} ").repeat(20_000));
    fault(Fault::on("getFile", Trouble::Garbled));
    fault(Fault::on(FILE, Trouble::CutAfter));
    let voice = Voice::new(42, sound.into_bytes());
    let spoken = api.with(|world| world.speak(CHAT, voice, None)).unwrap();
    people::kept(api, CHAT, spoken).await;
    people::say(api, CHAT, "/dagboek");
    let played = |world: &voel_eerst::demo::World| {
        let listen = world.chat(CHAT)?.from_bot().next_back()?;
        listen.button("Luister").map(|_| listen.id)
    };
    let page = api.until("a page to listen from", played).await.unwrap();
    api.with(|world| world.tap_label(CHAT, page, "Luister"))
        .unwrap();

    // The heart is refused, and its refusal quotes; the bot says in words that it is kept.
    fault(Fault::on(
        "setMessageReaction",
        Trouble::Refused(Refusal::bad_request(&quote)),
    ));
    people::say(api, CHAT, &format!("Toen nog een {MARK}."));
    // Half an answer, no answer, and a page of HTML, which costs ten seconds.
    fault(Fault::on("setMessageReaction", Trouble::Garbled));
    fault(Fault::on("setMessageReaction", Trouble::CutAfter));
    fault(Fault::on("setMessageReaction", Trouble::ServerError));
    people::say(api, CHAT, &MARK.repeat(200));
    api.with(|world| world.edit_own(CHAT, first, &format!("Nee, {MARK}.")))
        .unwrap();
    fault(Fault::on("sendMessage", Trouble::Garbled));
    fault(Fault::on(
        "sendMessage",
        Trouble::Refused(Refusal::bad_request(&quote)),
    ));
    people::say(api, CHAT, "/dagboek");
    people::say(api, CHAT, &format!("/{MARK} {MARK}"));
    people::say(api, CHAT, &MARK.repeat(400));
    api.with(|world| {
        let _ = world.updates.push("message", json!({ "text": MARK }));
        let menu = world.chat(CHAT).unwrap().last_from_bot().unwrap().id;
        world.forge_tap(CHAT, menu, MARK).unwrap();
        world.forward(CHAT, MARK, MARK).unwrap();
    });
    for trouble in [
        Trouble::Garbled,
        Trouble::CutBefore,
        Trouble::Refused(Refusal::too_many_requests(1)),
    ] {
        fault(Fault::on("getUpdates", trouble));
    }
    let last = people::say(api, CHAT, &format!("Het laatste {MARK}."));
    telegram.all_confirmed().await;
    // A chat's messages go out in order, so after this heart all of the trouble is over.
    for _ in 0..4 {
        let reached = api.until("the last heart", |world| {
            world.message(CHAT, last)?.reaction.is_some().then_some(())
        });
        if reached.await.is_ok() {
            return;
        }
    }
    panic!("the last reply got no heart");
}

/// Nothing that leads to the parent or opens the bot is in here.
#[track_caller]
fn assert_unmarked(name: &str, bytes: &[u8]) {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let chat = CHAT.0.to_string();
    let marks: [(&str, Vec<u8>); 9] = [
        ("words", MARK.into()),
        ("words in UTF-16", utf16(MARK)),
        ("chat id", chat.clone().into()),
        ("chat id in UTF-16", utf16(&chat)),
        ("chat id, little-endian", CHAT.0.to_le_bytes().into()),
        ("chat id, big-endian", CHAT.0.to_be_bytes().into()),
        ("chat id, in five bytes", CHAT.0.to_be_bytes()[3..].into()),
        ("token", token_secret().into()),
        ("token in UTF-16", utf16(token_secret())),
    ];
    for (mark, pattern) in marks {
        let found = bytes
            .windows(pattern.len())
            .position(|window| window == pattern);
        assert_eq!(found, None, "{name} holds the {mark}");
    }
}

#[tokio::test]
async fn refusals_say_neither_the_token_nor_a_password_in_the_address() {
    let home = Home::new();
    let telegram = Telegram::serve().await;
    let with_password = telegram.url.replace("http://", "http://beheer:wachtwoord@");
    for (token, url) in [
        ("123456:geheim", telegram.url.as_str()),
        (TOKEN, "http://beheer:wachtwoord@127.0.0.1:1"),
        (TOKEN, "ftp://beheer:wachtwoord@127.0.0.1"),
        ("123456:geheim", with_password.as_str()),
    ] {
        let mut bot = home.bot(&telegram);
        bot.env("TELOXIDE_TOKEN", token)
            .env("TELOXIDE_API_URL", url)
            .env("VOEL_EERST_LOG", "trace");
        let ended = run(&mut bot).await;
        ended.refusal();
        for secret in ["geheim", "wachtwoord", token_secret()] {
            assert!(!ended.stderr.contains(secret), "{ended}");
        }
    }
}

/// What `{:?}` prints may end in a log or in the message of a panic.
#[test]
fn nothing_prints_a_parents_words_or_number() {
    let words = || Words::new(MARK);
    let at = Timestamp::UNIX_EPOCH;
    let message = |content| Message {
        id: MessageId(3),
        reply_to: None,
        content,
        caption: words(),
    };
    let command = Content::Command {
        name: MARK.to_owned(),
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
    let parent = Parent::stranger(CHAT);
    let decision = Decision {
        record: Record::Changed(parent.clone()),
        journal: vec![JournalChange::Put(entry.clone())],
        outgoing: vec![send.clone()],
    };
    let voice = VoiceNote {
        file: FileId(MARK.to_owned()),
        seconds: 7,
        bytes: None,
    };
    let fetch = Fetch {
        file: FileId(MARK.to_owned()),
        message: MessageId(3),
        sent: at,
        wanted: Wanted::Voice(SpokenNote {
            seconds: 7,
            caption: words(),
            target: Target::Note,
        }),
    };
    let file = SentFile {
        file: FileId(MARK.to_owned()),
        name: words(),
        bytes: None,
    };
    let step = Step {
        opening: Some(Opening::Sounds),
        entries: vec![entry.clone()],
        sounds: vec![(EntryId(1), 1, PrivateBytes::new(MARK.as_bytes().to_vec()))],
        ending: None,
    };
    let sound = || PrivateBytes::new(MARK.as_bytes().to_vec());
    let fetched = sender::Fetched {
        seq: Seq(1),
        brought: Ok(Brought::Sound(sound())),
    };
    let put = JournalChange::PutSound(EntryId(1), MessageId(3), sound());
    let incoming = |event| Incoming {
        update: 1,
        chat: Origin::Private(CHAT),
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
        format!("{:?}", [Origin::Private(CHAT), Origin::Group(CHAT)]),
        format!(
            "{:?}",
            Batch {
                updates: vec![
                    incoming(Event::Wrote(message(Content::Text(words())))),
                    incoming(Event::Wrote(message(command))),
                ],
                committed,
            }
        ),
        format!(
            "{:?}",
            sender::Letter {
                seq: Seq(1),
                chat: CHAT,
                outgoing: edit,
                claimed: false,
            }
        ),
        format!(
            "{:?}",
            Pending {
                seq: Seq(1),
                parent: store.parent_id(CHAT),
                chat: CHAT,
                outgoing: send,
                claimed: false,
            }
        ),
        format!("{secret:?} {:?}", store.parent_id(CHAT)),
        format!(
            "{:?}",
            voel_eerst::telegram::Telegram::new(TOKEN, None).unwrap()
        ),
    ];
    for printed in printed {
        assert!(printed.len() > 10, "{printed}");
        assert_unmarked(&printed, printed.as_bytes());
    }
}
