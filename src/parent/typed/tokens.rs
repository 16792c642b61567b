//! Cutting typed text into tokens, and looking up what they mean.

/// Longer texts are something else than a time or a list of days. In bytes.
const LONGEST: usize = 160;

/// What the words of a language mean to one of the grammars.
pub(super) struct Vocabulary<S>(Vec<(Vec<String>, S)>);

impl<S: Copy> Vocabulary<S> {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = (&'w Vec<String>, S)>) -> Self {
        let entries = words
            .into_iter()
            .flat_map(|(phrases, sign)| phrases.iter().map(move |phrase| (tokens(phrase), sign)));
        Self(entries.filter(|(phrase, _)| !phrase.is_empty()).collect())
    }

    /// The meaning of a text, token by token, the longest known phrase first. `other` gives the meaning of a token that is no known
    /// word. `None` when anything has no meaning, or when the text is too long to be worth reading.
    pub(super) fn read(&self, text: &str, other: impl Fn(&str) -> Option<S>) -> Option<Vec<S>> {
        if text.len() > LONGEST {
            return None;
        }
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        let mut signs = Vec::new();
        while let [first, others @ ..] = rest {
            let known = self
                .0
                .iter()
                .filter(|(phrase, _)| rest.starts_with(phrase))
                .max_by_key(|(phrase, _)| phrase.len());
            rest = match known {
                Some((phrase, sign)) => {
                    signs.push(*sign);
                    rest.get(phrase.len()..)?
                }
                None => {
                    signs.push(other(first)?);
                    others
                }
            };
        }
        Some(signs)
    }
}

/// Runs of digits, runs of letters, `:` where a colon, point or comma stands between two numbers, and `-` for any dash.
///
/// Everything else parts tokens and is gone, apostrophes too. Letters are lower case and without accents.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut before = Kind::Gap;
    let mut colon = false;
    for char in text.chars().flat_map(char::to_lowercase).filter_map(plain) {
        let kind = Kind::of(char);
        match kind {
            Kind::Digit | Kind::Letter | Kind::Dash => {
                if kind == Kind::Digit && colon {
                    tokens.push(":".to_owned());
                }
                colon = false;
                match tokens.last_mut() {
                    Some(token) if kind == before && kind != Kind::Dash => token.push(char),
                    _ => tokens.push(char.to_string()),
                }
            }
            Kind::Colon => {
                colon = before == Kind::Digit
                    || (before == Kind::Gap && !colon && ends_in_digits(&tokens))
            }
            Kind::Gap => {}
        }
        before = kind;
    }
    tokens
}

fn ends_in_digits(tokens: &[String]) -> bool {
    tokens
        .last()
        .is_some_and(|token| token.starts_with(|char: char| char.is_ascii_digit()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Letter,
    Colon,
    Dash,
    Gap,
}

impl Kind {
    fn of(char: char) -> Self {
        match char {
            '0'..='9' => Self::Digit,
            ':' | '.' | ',' => Self::Colon,
            '-' => Self::Dash,
            _ if char.is_alphanumeric() => Self::Letter,
            _ => Self::Gap,
        }
    }
}

/// The character without its accent, and any dash as a short one; `None` for an accent that stands by itself.
fn plain(char: char) -> Option<char> {
    match char {
        '\u{300}'..='\u{36f}' => None,
        'à' | 'á' | 'â' | 'ä' => Some('a'),
        'è' | 'é' | 'ê' | 'ë' => Some('e'),
        'ì' | 'í' | 'î' | 'ï' => Some('i'),
        'ò' | 'ó' | 'ô' | 'ö' => Some('o'),
        'ù' | 'ú' | 'û' | 'ü' => Some('u'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        _ => Some(char),
    }
}
