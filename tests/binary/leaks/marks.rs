//! Words that no other text has, and looking for them however they are written.

use std::fmt::Write;

use super::*;

/// The numbers of the parents' chats: as long as Telegram's, and found nowhere by chance.
pub const CHATS: [ChatId; 5] = [
    ChatId(7_463_128_905),
    ChatId(7_918_240_563),
    ChatId(8_205_917_346),
    ChatId(6_671_493_820),
    ChatId(7_046_385_219),
];

/// What every mark begins with. Most ways of writing it down change its accents.
const STEM: &str = "zilvërvös";

/// The same as a search sees it, and where only plain letters may stand.
pub const PLAIN: &str = "zilvervos";

/// The mark of one kind of words.
pub fn mark(kind: &str) -> String {
    format!("{STEM}-{kind}")
}

/// The token's second half.
pub fn token_secret() -> &'static str {
    TOKEN.split_once(':').unwrap().1
}

/// Something that nobody may find.
struct Secret {
    name: String,
    bytes: Vec<u8>,
}

/// Everything that is looked for, by its first byte.
pub struct Secrets([Vec<Secret>; 256]);

impl Secrets {
    pub fn new() -> Self {
        let mut secrets = Self(std::array::from_fn(|_| Vec::new()));
        for (name, text) in [
            ("words", STEM),
            ("words without accents", PLAIN),
            ("token", token_secret()),
        ] {
            for (way, bytes) in written(text) {
                secrets.add(format!("{name}, {way}"), bytes);
            }
        }
        for chat in CHATS {
            for (way, bytes) in written(&chat.0.to_string()) {
                secrets.add(format!("chat id, {way}"), bytes);
            }
            for (way, bytes) in [
                ("little-endian", chat.0.to_le_bytes().to_vec()),
                ("big-endian", chat.0.to_be_bytes().to_vec()),
                ("in five bytes", chat.0.to_be_bytes()[3..].to_vec()),
                ("in five bytes, turned", chat.0.to_le_bytes()[..5].to_vec()),
            ] {
                secrets.add(format!("chat id, {way}"), bytes);
            }
        }
        secrets
    }

    fn add(&mut self, name: String, bytes: Vec<u8>) {
        let of_byte = &mut self.0[usize::from(bytes[0])];
        // Plain letters are the same in most ways of writing.
        if of_byte.iter().all(|known| known.bytes != bytes) {
            of_byte.push(Secret { name, bytes });
        }
    }

    /// The first secret in these bytes, with what stands behind it.
    pub fn find(&self, bytes: &[u8]) -> Option<String> {
        bytes.iter().enumerate().find_map(|(at, first)| {
            let rest = &bytes[at..];
            let mut secrets = self.0[usize::from(*first)].iter();
            let found = secrets.find(|secret| rest.starts_with(&secret.bytes))?;
            let shown = String::from_utf8_lossy(&rest[..rest.len().min(60)]);
            Some(format!("{}: {shown:?}", found.name))
        })
    }

    fn all(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().flatten()
    }
}

/// A text in every way in which programs write one down.
fn written(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let units = || text.encode_utf16();
    let each = |ascii: fn(char) -> bool, write: &dyn Fn(&mut String, char)| {
        let mut all = String::new();
        for char in text.chars() {
            match ascii(char) {
                true => all.push(char),
                false => write(&mut all, char),
            }
        }
        all.into_bytes()
    };
    let is_ascii = |char: char| char.is_ascii();
    let bytes_of = |char: char| char.to_string().into_bytes();
    let mut ways = vec![
        ("as it is", text.as_bytes().to_vec()),
        ("in UTF-16", units().flat_map(u16::to_le_bytes).collect()),
        (
            "in UTF-16, big-endian",
            units().flat_map(u16::to_be_bytes).collect(),
        ),
        (
            "percent-encoded",
            each(is_ascii, &|all, char| {
                bytes_of(char)
                    .iter()
                    .for_each(|byte| write!(all, "%{byte:02X}").unwrap());
            }),
        ),
        (
            "percent-encoded, small",
            each(is_ascii, &|all, char| {
                bytes_of(char)
                    .iter()
                    .for_each(|byte| write!(all, "%{byte:02x}").unwrap());
            }),
        ),
        (
            "in JSON",
            each(is_ascii, &|all, char| {
                write!(all, "\\u{:04x}", u32::from(char)).unwrap();
            }),
        ),
        (
            "in JSON, capitals",
            each(is_ascii, &|all, char| {
                write!(all, "\\u{:04X}", u32::from(char)).unwrap();
            }),
        ),
        (
            "as Rust escapes it",
            each(is_ascii, &|all, char| {
                write!(all, "{}", char.escape_unicode()).unwrap();
            }),
        ),
        (
            "as Rust escapes bytes",
            each(is_ascii, &|all, char| {
                write!(all, "{}", bytes_of(char).escape_ascii()).unwrap();
            }),
        ),
        ("as a list of bytes", {
            let list = format!("{:?}", text.as_bytes());
            list.trim_matches(['[', ']']).as_bytes().to_vec()
        }),
        ("in hexadecimal", {
            let digits = text.bytes().map(|byte| format!("{byte:02x}"));
            digits.collect::<String>().into_bytes()
        }),
    ];
    for before in 0..3 {
        ways.push(("in Base64", base64(text, before, b'+', b'/')));
        ways.push(("in Base64 for addresses", base64(text, before, b'-', b'_')));
    }
    ways
}

/// The letters of Base64 that say this text and nothing else, when so many bytes stand before it in its group of three.
fn base64(text: &str, before: usize, plus: u8, slash: u8) -> Vec<u8> {
    let letters: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain([plus, slash])
        .collect();
    let bits: Vec<bool> = text
        .bytes()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let first = (6 - before * 8 % 6) % 6;
    let sixes = bits[first..].chunks_exact(6);
    sixes
        .map(|six| {
            letters[six
                .iter()
                .fold(0, |number, bit| number << 1 | usize::from(*bit))]
        })
        .collect()
}

/// A place in which a secret was found, and which.
pub type Leak = (String, String);

/// All secrets in what a program said and in all files below a folder, names and all.
pub fn leaks(said: &[(&str, &str)], folder: &Path) -> Vec<Leak> {
    let secrets = Secrets::new();
    let mut leaks = Vec::new();
    let mut look = |place: String, bytes: &[u8]| {
        leaks.extend(secrets.find(bytes).map(|secret| (place, secret)));
    };
    for (place, text) in said {
        look((*place).to_owned(), text.as_bytes());
    }
    for (path, bytes) in files(folder) {
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        look(format!("the name {name}"), name.as_bytes());
        look(name, &bytes);
    }
    leaks
}

#[test]
fn a_secret_is_found_however_it_is_written_and_wherever_it_stands() {
    assert_eq!(base64("Man", 0, b'+', b'/'), b"TWFu");
    assert_eq!(base64("any", 1, b'+', b'/'), b"FueQ"[..3]);
    let secrets = Secrets::new();
    assert!(secrets.all().count() > 50);
    for secret in secrets.all() {
        for before in [0, 1, 7, 4_095] {
            let mut bytes = vec![0xa5; before];
            bytes.extend(&secret.bytes);
            bytes.push(0xa5);
            assert!(secrets.find(&bytes).is_some(), "{}", secret.name);
        }
    }

    let home = Home::new();
    let deep = home.path("a/b");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("clean"), [0xa5; 1_000]).unwrap();
    let said = ("stdout", "INFO voel_eerst: started");
    assert_eq!(leaks(&[said], home.0.path()), []);
    fs::write(deep.join("planted"), format!("{} is here", mark("x"))).unwrap();
    fs::write(deep.join(CHATS[0].0.to_string()), "").unwrap();
    let found = leaks(&[said, ("stderr", token_secret())], home.0.path());
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["stderr", "the name a/b/7463128905", "a/b/planted"]);
}
