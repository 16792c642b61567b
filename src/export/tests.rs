#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

use std::{
    io::{Cursor, Read},
    sync::LazyLock,
};

use jiff::civil::Date;
use proptest::prelude::*;

use super::{data::NotAnExport, *};
use crate::{
    conversation::{EntryId, Numbers, Part, PromptRef, Spoken, Years, export::at_most},
    library::Route,
    parent::{
        ChatId, ClockTime, Consent, Days, MessageId, Pause, Schedule, Sending, Slot, Words, Zone,
    },
};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap());

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn parent() -> Parent {
    let mut parent = Parent {
        consent: Consent::Given {
            version: "2026-01".to_owned(),
            at: at("2025-12-30T09:00:00Z"),
        },
        side: Some(Side::Verlating),
        sending: Sending::On,
        ..Parent::stranger(ChatId(4_711))
    };
    parent
        .own
        .add(Words::new("Wie <was> er vandaag,\nhelemaal?"));
    parent
        .crisis
        .answered(Route::Uitputting, at("2026-11-20T20:15:00Z"));
    parent.crisis.hint = Some(at("2026-11-19T08:00:00Z"));
    parent.rhythm.pause = Some(Pause::Until(jiff::civil::date(2026, 12, 1)));
    parent.journal.on_this_day.hidden = vec![4];
    parent
}

fn entry(id: u32, day: &str, prompt: Option<&str>, parts: &[&str]) -> Entry {
    let day: Date = day.parse().unwrap();
    Entry {
        heavy: false,
        id: EntryId(id),
        day,
        written: day
            .at(19, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .unwrap()
            .timestamp(),
        prompt: prompt.map(|title| PromptRef {
            id: "samen-hek".to_owned(),
            title: title.to_owned(),
        }),
        parts: parts
            .iter()
            .map(|words| Part::typed(MessageId(7), Words::new(*words)))
            .collect(),
    }
}

/// Two days of two years, written down in the other order.
fn small() -> Vec<Entry> {
    let set_apart = Entry {
        heavy: true,
        ..entry(
            2,
            "2026-03-02",
            Some("Bij het hek"),
            &[
                "Ze zei \"nee\" & <b>ik</b> bleef.\n\n1. Rustig",
                "# En * toen _ niets.",
            ],
        )
    };
    vec![set_apart, entry(3, "2025-12-31", None, &["שלום 🌱"])]
}

fn made(entries: Vec<Entry>, form: Form) -> File {
    of_years(entries, form, None)
}

fn of_years(entries: Vec<Entry>, form: Form, years: Option<Years>) -> File {
    let kept = Kept {
        parent: &parent(),
        entries,
        sounds: BTreeMap::new(),
        library: &LIBRARY,
        now: at("2026-11-22T23:30:00Z"),
    };
    make(kept, &document(form, years)).unwrap()
}

fn document(form: Form, years: Option<Years>) -> Document {
    Document {
        form,
        years,
        sounds: None,
    }
}

/// A file as whoever opens it reads it.
fn reading(file: &File) -> &str {
    str::from_utf8(file.content.reveal()).unwrap()
}

#[test]
fn a_small_page() {
    let page = made(small(), Form::Page);
    assert_eq!(page.name, "voel-eerst-2026-11-23.html");
    let html = reading(&page);
    let style = html.find("<style>").unwrap()..html.find("</style>").unwrap();
    let mut unstyled = html.to_owned();
    unstyled.replace_range(style, "<style>");
    insta::assert_snapshot!(unstyled, @r#"
    <!doctype html>
    <html lang="nl">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Mijn woorden</title>
    <style></style>
    </head>
    <body>
    <header>
    <h1>Mijn woorden</h1>
    <p>Gemaakt op maandag 23 november 2026</p>
    </header>
    <main>
    <section>
    <h2>2025</h2>
    <article>
    <h3>Losse notitie</h3>
    <time datetime="2025-12-31">woensdag 31 december 2025</time>
    <p dir="auto">שלום 🌱</p>
    </article>
    </section>
    <section>
    <h2>2026</h2>
    <article>
    <h3>Bij het hek</h3>
    <time datetime="2026-03-02">maandag 2 maart 2026</time>
    <p dir="auto">Ze zei &quot;nee&quot; &amp; &lt;b&gt;ik&lt;/b&gt; bleef.

    1. Rustig</p>
    <p dir="auto"># En * toen _ niets.</p>
    </article>
    </section>
    </main>
    <footer>
    <h2>Eigen vragen</h2>
    <ul>
    <li dir="auto">Wie &lt;was&gt; er vandaag,
    helemaal?</li>
    </ul>
    <h2>Wat ik verder van je bewaar</h2>
    <ul>
    <li dir="auto">Vragen: aan</li>
    <li dir="auto">Tijd: 19:30</li>
    <li dir="auto">Dagen: ma, wo, za</li>
    <li dir="auto">Tijdzone: Europe/Amsterdam</li>
    <li dir="auto">Wat je herkent: ik zoek vaak nabijheid</li>
    <li dir="auto">Op deze dag: uit</li>
    <li dir="auto">Terugblik op zondag: uit</li>
    <li dir="auto">Hulplijnen eerst voor: Nederland</li>
    <li dir="auto">Taal: Nederlands</li>
    <li dir="auto">Antwoorden bewaren: ja, sinds dinsdag 30 december 2025, uitleg 2026-01</li>
    </ul>
    </footer>
    </body>
    </html>
    "#);
}

#[test]
fn a_small_text() {
    let text = made(small(), Form::Text);
    assert_eq!(text.name, "voel-eerst-2026-11-23.md");
    insta::assert_snapshot!(reading(&text), @r#"
    # Mijn woorden

    Gemaakt op maandag 23 november 2026

    ## 2025

    ### Losse notitie

    *woensdag 31 december 2025*

    שלום 🌱

    ## 2026

    ### Bij het hek

    *maandag 2 maart 2026*

    Ze zei "nee" \& \<b>ik\</b> bleef.

    1\. Rustig

    \# En \* toen \_ niets.

    ## Eigen vragen

    - Wie \<was> er vandaag,\
      helemaal?

    ## Wat ik verder van je bewaar

    - Vragen: aan
    - Tijd: 19:30
    - Dagen: ma, wo, za
    - Tijdzone: Europe/Amsterdam
    - Wat je herkent: ik zoek vaak nabijheid
    - Op deze dag: uit
    - Terugblik op zondag: uit
    - Hulplijnen eerst voor: Nederland
    - Taal: Nederlands
    - Antwoorden bewaren: ja, sinds dinsdag 30 december 2025, uitleg 2026-01
    "#);
}

#[test]
fn small_data() {
    let data = made(small(), Form::Data);
    assert_eq!(data.name, "voel-eerst-2026-11-23.json");
    insta::assert_snapshot!(reading(&data), @r##"
    {
      "format": "voel-eerst-export",
      "version": 1,
      "made": "2026-11-22T23:30:00Z",
      "language": "nl",
      "chat": 4711,
      "consent": {
        "state": "given",
        "version": "2026-01",
        "at": "2025-12-30T09:00:00Z"
      },
      "settings": {
        "prompts": true,
        "weekly": false,
        "pause": {
          "until": "2026-12-01"
        },
        "times": [
          "19:30"
        ],
        "days": [
          "monday",
          "wednesday",
          "saturday"
        ],
        "zone": "Europe/Amsterdam",
        "recognises": "ik zoek vaak nabijheid",
        "country": "nl",
        "on_this_day": false,
        "sundays": false
      },
      "own_prompts": [
        {
          "id": "own-0",
          "text": "Wie <was> er vandaag,\nhelemaal?"
        }
      ],
      "help_shown": [
        {
          "at": "2026-11-19T08:00:00Z",
          "answer": 0
        },
        {
          "at": "2026-11-20T20:15:00Z",
          "answer": 3
        }
      ],
      "entries": [
        {
          "number": 3,
          "day": "2025-12-31",
          "written": "2025-12-31T19:00:00Z",
          "prompt": null,
          "parts": [
            "שלום 🌱"
          ]
        },
        {
          "number": 2,
          "day": "2026-03-02",
          "written": "2026-03-02T19:00:00Z",
          "prompt": {
            "id": "samen-hek",
            "title": "Bij het hek"
          },
          "parts": [
            "Ze zei \"nee\" & <b>ik</b> bleef.\n\n1. Rustig",
            "# En * toen _ niets."
          ],
          "set_apart": true
        }
      ]
    }
    "##);
}

#[test]
fn a_parent_who_chose_little() {
    let parent = Parent {
        schedule: Schedule {
            zone: Zone::new("Europe/Lisbon").unwrap(),
            times: vec![
                Slot::at(ClockTime::new(7, 30).unwrap()),
                Slot::between(
                    ClockTime::new(20, 0).unwrap(),
                    ClockTime::new(21, 15).unwrap(),
                )
                .unwrap(),
            ],
            days: Days::all(),
            seed: 1,
        },
        ..Parent::stranger(ChatId(1))
    };
    let made = |form| {
        let kept = Kept {
            parent: &parent,
            entries: Vec::new(),
            sounds: BTreeMap::new(),
            library: &LIBRARY,
            now: at("2026-11-22T12:00:00Z"),
        };
        make(kept, &document(form, None)).unwrap()
    };
    insta::assert_snapshot!(reading(&made(Form::Text)), @"
    # Mijn woorden

    Gemaakt op zondag 22 november 2026

    ## Wat ik verder van je bewaar

    - Vragen: uit
    - Tijd: 07:30, 20:00-21:15
    - Dagen: elke dag
    - Tijdzone: Europe/Lisbon
    - Wat je herkent: geen keuze
    - Op deze dag: uit
    - Terugblik op zondag: uit
    - Hulplijnen eerst voor: Nederland
    - Taal: Nederlands
    - Antwoorden bewaren: nee
    ");
    let data = data::read(reading(&made(Form::Data))).unwrap();
    assert_eq!(data.settings.times, ["07:30", "20:00-21:15"]);
    assert_eq!(data.settings.days.len(), 7);
    assert_eq!(data.settings.recognises, None);
    assert_eq!(data.consent, data::ConsentGiven::Open);
}

#[test]
fn a_document_of_some_years_says_so_and_holds_no_others() {
    let years = |first, last| Some(Years { first, last });
    let page = of_years(small(), Form::Page, years(2025, 2025));
    assert_eq!(page.name, "voel-eerst-2026-11-23-2025.html");
    assert!(reading(&page).contains("שלום"));
    assert!(!reading(&page).contains("Bij het hek"));
    let file = of_years(small(), Form::Data, years(2026, 2030));
    assert_eq!(file.name, "voel-eerst-2026-11-23-2026-2030.json");
    let data = data::read(reading(&file)).unwrap();
    assert_eq!(data.years, years(2026, 2030));
    assert_eq!(data.entries.len(), 1);
}

#[test]
fn internal_names_are_in_no_document() {
    for side in [Side::Verlating, Side::Binding, Side::Beide] {
        for form in [Form::Page, Form::Text, Form::Data] {
            let parent = Parent {
                side: Some(side),
                ..parent()
            };
            let kept = Kept {
                parent: &parent,
                entries: small(),
                sounds: BTreeMap::new(),
                library: &LIBRARY,
                now: at("2026-11-22T12:00:00Z"),
            };
            let file = make(kept, &document(form, None)).unwrap();
            let content = reading(&file).to_lowercase();
            for name in ["verlating", "binding", "beide\""] {
                assert!(!content.contains(name), "{name} in {form:?}");
            }
            assert!(content.contains(side_words(&LIBRARY, Some(side)).as_str()));
        }
    }
}

#[test]
fn what_is_no_export_is_refused_without_being_repeated() {
    let whole = made(small(), Form::Data);
    let whole = reading(&whole);
    for (json, expected) in [
        ("", NotAnExport::Malformed { line: 1, column: 0 }),
        ("\n geheim", NotAnExport::Malformed { line: 2, column: 2 }),
        ("{}", NotAnExport::Malformed { line: 1, column: 2 }),
        (r#"{"format": "x", "version": 1}"#, NotAnExport::OtherFormat),
        (
            r#"{"format": "voel-eerst-export", "version": 2, "geheim": 1}"#,
            NotAnExport::Newer(2),
        ),
    ] {
        let error = data::read(json).unwrap_err();
        assert_eq!(error, expected, "{json}");
        assert!(!format!("{error} {error:?}").contains("geheim"));
    }
    let wrong = whole.replace("\"number\": 2", "\"number\": \"geheim\"");
    let error = data::read(&wrong).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("geheim"));
    let later = whole.replacen('{', "{\"later\": [1],", 1);
    assert_eq!(data::read(&later), data::read(whole));
}

/// Text with everything that any of the forms could stumble over.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("<script>alert(1)</script>".to_owned()),
        Just("</p></article><!--".to_owned()),
        Just("]]>&amp;&#39;\"'`".to_owned()),
        Just("👩‍👧 مرحبا שלום\u{202e}".to_owned()),
        Just("\n\n# kop\n- lijst\n> citaat\n```\n".to_owned()),
        Just("\\u0000\u{1}\\".to_owned()),
        "\\PC{0,12}",
        "[ -~\n\t]{0,20}",
    ];
    proptest::collection::vec(pieces, 1..5).prop_map(|pieces| pieces.concat())
}

fn journal() -> impl Strategy<Value = Vec<Entry>> {
    let day = (2020_i16..2030, 1_i8..13, 1_i8..29)
        .prop_map(|(year, month, day)| jiff::civil::date(year, month, day));
    let entry = (
        day,
        0_i64..2_000_000_000,
        proptest::option::of(nasty()),
        proptest::collection::vec(nasty(), 1..4),
    );
    proptest::collection::vec(entry, 0..8).prop_map(|entries| {
        (0..)
            .zip(entries)
            .map(|(id, (day, written, title, parts))| Entry {
                heavy: false,
                id: EntryId(id),
                day,
                written: Timestamp::from_second(written).unwrap(),
                prompt: title.map(|title| PromptRef {
                    id: "samen-hek".to_owned(),
                    title,
                }),
                parts: parts
                    .into_iter()
                    .map(|words| Part::typed(MessageId(1), Words::new(words)))
                    .collect(),
            })
            .collect()
    })
}

/// The text between the tags of a page, with what was escaped as it was; and that the tags are ours and close in order.
fn texts_of(html: &str) -> Result<Vec<String>, TestCaseError> {
    const OURS: [&str; 17] = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section",
        "article", "h1", "h2", "h3", "p", "time", "ul",
    ];
    let body = html.strip_prefix("<!doctype html>").expect("a doctype");
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("the end of a tag");
        let name = tag
            .trim_start_matches('/')
            .split(' ')
            .next()
            .unwrap_or_default();
        prop_assert!(OURS.contains(&name) || name == "li", "a strange tag");
        match tag.strip_prefix('/') {
            Some(closed) => prop_assert_eq!(open.pop(), Some(closed)),
            None if name != "meta" => open.push(name),
            None => {}
        }
        if open.last() != Some(&"style") {
            prop_assert!(!text.contains(['"', '\'']));
            let plain = [
                ("&lt;", "<"),
                ("&gt;", ">"),
                ("&quot;", "\""),
                ("&#39;", "'"),
                ("&amp;", "&"),
            ]
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
            texts.push(plain);
        }
    }
    prop_assert_eq!(open, Vec::<&str>::new());
    Ok(texts)
}

fn shown(words: &str) -> String {
    let shown = |char: &char| !char.is_control() || matches!(char, '\n' | '\t');
    words.trim().chars().filter(shown).collect()
}

/// What is left of words when neither blanks nor escapes count.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|char| !char.is_whitespace() && !char.is_control() && *char != '\\')
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn data_is_read_as_it_was_written(entries in journal()) {
        let file = made(entries.clone(), Form::Data);
        let read = data::read(reading(&file)).unwrap();
        let mut wanted = entries;
        wanted.sort_by_key(|entry| (entry.day, entry.written, entry.id));
        prop_assert_eq!(read.entries.len(), wanted.len());
        for (read, wanted) in read.entries.iter().zip(&wanted) {
            prop_assert_eq!(read.number, wanted.id.0);
            prop_assert_eq!((read.day, read.written), (wanted.day, wanted.written));
            prop_assert_eq!(&read.prompt, &wanted.prompt);
            let words: Vec<Words> = wanted.parts.iter().map(|part| part.words.clone()).collect();
            prop_assert!(read.parts == words);
        }
    }

    #[test]
    fn a_page_is_well_formed_and_holds_every_word(entries in journal()) {
        let file = made(entries.clone(), Form::Page);
        let texts = texts_of(reading(&file))?;
        for entry in &entries {
            for part in &entry.parts {
                prop_assert!(texts.contains(&shown(part.words.reveal())));
            }
        }
    }

    #[test]
    fn a_text_holds_every_word(entries in journal()) {
        let file = made(entries.clone(), Form::Text);
        let text = bare(reading(&file));
        for entry in &entries {
            for part in &entry.parts {
                prop_assert!(text.contains(&bare(part.words.reveal())));
            }
        }
    }

    #[test]
    fn no_form_needs_more_room_than_was_counted_on(entries in journal()) {
        for form in [Form::Page, Form::Text, Form::Data] {
            let empty = made(Vec::new(), form).content.len();
            let counted: usize = entries.iter().map(at_most).sum();
            let size = made(entries.clone(), form).content.len();
            prop_assert!(size <= empty + counted);
        }
    }

    #[test]
    fn the_same_gives_the_same_in_whatever_order_it_was_read(entries in journal()) {
        for form in [Form::Page, Form::Text, Form::Data] {
            let reversed = entries.iter().rev().cloned().collect();
            prop_assert!(made(entries.clone(), form) == made(reversed, form));
        }
    }
}

#[test]
fn nothing_is_markup_in_markdown() {
    for (words, expected) in [
        (
            "Gewoon. Een zin (met haakjes), 2.5 uur.",
            "Gewoon. Een zin (met haakjes), 2.5 uur.",
        ),
        ("Eerst\ndan", "Eerst\\\ndan"),
        ("Eerst\n\n\n\ndan", "Eerst\n\ndan"),
        ("    code\n\ttab ", "code\\\ntab"),
        ("# kop", "\\# kop"),
        ("> zei hij", "\\> zei hij"),
        ("- een\n+ twee\n* drie", "\\- een\\\n\\+ twee\\\n\\* drie"),
        ("1. een\n12) twee", "1\\. een\\\n12\\) twee"),
        ("Kop\n===\n---", "Kop\\\n\\===\\\n\\---"),
        (
            "*vet* _schuin_ `code` ~~weg~~",
            "\\*vet\\* \\_schuin\\_ \\`code\\` \\~\\~weg\\~\\~",
        ),
        (
            "[link](http://a.nl) <b>x</b> &amp;",
            "\\[link\\](http://a.nl) \\<b>x\\</b> \\&amp;",
        ),
        ("a | b\\", "a \\| b\\\\"),
    ] {
        assert_eq!(markdown::escape(words), expected);
    }
}

#[test]
fn the_published_schema_names_what_is_written() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../docs/export.schema.json")).unwrap();
    let mut heavy = spoken_entry(4, "2026-03-02");
    heavy.heavy = true;
    let file = of_years(
        vec![heavy],
        Form::Data,
        Some(Years {
            first: 2020,
            last: 2030,
        }),
    );
    let written: serde_json::Value = serde_json::from_str(reading(&file)).unwrap();
    let entry = &schema["$defs"]["entry"];
    for (schema, written) in [
        (&schema, &written),
        (&schema["properties"]["settings"], &written["settings"]),
        (
            &schema["properties"]["own_prompts"]["items"],
            &written["own_prompts"][0],
        ),
        (
            &schema["properties"]["help_shown"]["items"],
            &written["help_shown"][0],
        ),
        (
            &schema["properties"]["consent"]["oneOf"][1],
            &written["consent"],
        ),
        (entry, &written["entries"][0]),
        (
            &entry["properties"]["voice"]["items"],
            &written["entries"][0]["voice"][0],
        ),
        (
            &entry["properties"]["prompt"]["oneOf"][1],
            &written["entries"][0]["prompt"],
        ),
    ] {
        let keys = |value: &serde_json::Value| -> Vec<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let mut written = keys(written);
        let mut named = keys(&schema["properties"]);
        written.sort();
        named.sort();
        assert_eq!(named, written);
    }
}

/// An entry in which something was typed, spoken, and spoken with words below it.
fn spoken_entry(id: u32, day: &str) -> Entry {
    let mut entry = entry(id, day, Some("Bij het hek"), &["Eerst dit."]);
    for (message, seconds, words) in [(8, 42, ""), (9, 180, "Voor <later>")] {
        entry.parts.push(Part {
            message: MessageId(message),
            words: Words::new(words),
            spoken: Some(Spoken { seconds, bytes: 6 }),
        });
    }
    entry
}

fn sound(id: u32, message: i32) -> PrivateBytes {
    PrivateBytes::new(format!("OggS {id} {message}").into_bytes())
}

fn archive(entries: Vec<Entry>, document: &Document) -> File {
    let sounds = entries
        .iter()
        .filter(|entry| document.sounds.is_some_and(|numbers| numbers.hold(entry)))
        .flat_map(|entry| {
            let key = |(message, _): (MessageId, Spoken)| {
                ((entry.id, message), sound(entry.id.0, message.0))
            };
            entry.spoken().map(key).collect::<Vec<_>>()
        });
    let kept = Kept {
        parent: &parent(),
        sounds: sounds.collect(),
        entries: entries.clone(),
        library: &LIBRARY,
        now: at("2026-11-22T23:30:00Z"),
    };
    make(kept, document).unwrap()
}

/// The files in an archive.
fn files_in(archive: &File) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive.content.reveal())).unwrap();
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.push((file.name().unwrap().into_owned(), bytes));
    }
    files
}

fn names_in(archive: &File) -> Vec<String> {
    files_in(archive)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn what_was_spoken_is_named_in_every_form() {
    let entries = vec![spoken_entry(4, "2026-03-02")];
    let page = made(entries.clone(), Form::Page);
    let (_, article) = reading(&page).split_once("</time>").unwrap();
    let (article, _) = article.split_once("</article>").unwrap();
    insta::assert_snapshot!(article, @r#"

    <p dir="auto">Eerst dit.</p>
    <p><a href="voice/0004-1.ogg">Gesproken, 0:42</a></p>
    <p><a href="voice/0004-2.ogg">Gesproken, 3:00</a></p>
    <p dir="auto">Voor &lt;later&gt;</p>
    "#);
    let text = made(entries.clone(), Form::Text);
    let (_, item) = reading(&text).split_once("2026*\n").unwrap();
    let (item, _) = item.split_once("\n## ").unwrap();
    insta::assert_snapshot!(item, @r"

    Eerst dit.

    [Gesproken, 0:42](voice/0004-1.ogg)

    [Gesproken, 3:00](voice/0004-2.ogg)

    Voor \<later>
    ");
    let data = data::read(reading(&made(entries, Form::Data))).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&data.entries[0]).unwrap(), @r#"{"number":4,"day":"2026-03-02","written":"2026-03-02T19:00:00Z","prompt":{"id":"samen-hek","title":"Bij het hek"},"parts":["Eerst dit.","","Voor <later>"],"hidden":true,"voice":[{"part":1,"file":"voice/0004-1.ogg","seconds":42},{"part":2,"file":"voice/0004-2.ogg","seconds":180}]}"#);
}

#[test]
fn an_archive_opens_and_holds_all_forms_and_every_sound() {
    let entries = vec![
        spoken_entry(4, "2026-03-02"),
        entry(5, "2026-03-03", None, &["Niets gezegd."]),
        spoken_entry(6, "2025-01-01"),
    ];
    let whole = Document {
        sounds: Some(Numbers {
            first: EntryId(4),
            last: EntryId(6),
        }),
        ..document(Form::Archive, None)
    };
    let zip = archive(entries.clone(), &whole);
    assert_eq!(zip.name, "voel-eerst-2026-11-23.zip");
    let files = files_in(&zip);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "voel-eerst-2026-11-23.html",
            "voel-eerst-2026-11-23.md",
            "voel-eerst-2026-11-23.json",
            "voice/0006-1.ogg",
            "voice/0006-2.ogg",
            "voice/0004-1.ogg",
            "voice/0004-2.ogg",
        ]
    );
    assert_eq!(files[3].1, b"OggS 6 8");
    for (form, (_, bytes)) in [Form::Page, Form::Text, Form::Data].into_iter().zip(&files) {
        assert_eq!(bytes, made(entries.clone(), form).content.reveal());
    }
    // What the data names is there.
    let data = data::read(str::from_utf8(&files[2].1).unwrap()).unwrap();
    let named = data.entries.iter().flat_map(|entry| &entry.voice);
    assert!(
        named
            .clone()
            .all(|voice| names.contains(&voice.file.as_str()))
    );
    assert_eq!(named.count(), 4);
    assert_eq!(archive(entries, &whole), zip, "the same bytes again");
}

#[test]
fn archives_of_some_years_and_of_some_voice_notes_unpack_into_one_folder() {
    let entries = vec![spoken_entry(4, "2026-03-02"), spoken_entry(6, "2025-01-01")];
    let of_2025 = Years {
        first: 2025,
        last: 2025,
    };
    let first = archive(entries.clone(), &document(Form::Archive, Some(of_2025)));
    assert_eq!(first.name, "voel-eerst-2026-11-23-2025.zip");
    assert_eq!(
        names_in(&first),
        ["html", "md", "json"].map(|ending| format!("voel-eerst-2026-11-23-2025.{ending}"))
    );
    let rest = Document {
        sounds: Some(Numbers {
            first: EntryId(6),
            last: EntryId(6),
        }),
        ..document(Form::Sounds, None)
    };
    let rest = archive(entries, &rest);
    assert_eq!(rest.name, "voel-eerst-2026-11-23-voice-0006-0006.zip");
    assert_eq!(names_in(&rest), ["voice/0006-1.ogg", "voice/0006-2.ogg"]);
}
