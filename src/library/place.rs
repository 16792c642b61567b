//! Places that people type to say which time zone they live in: `places.toml` of a language.

use super::read::record;

record! {
    /// The places of one language.
    pub struct Places {
        /// What may stand before a place and says nothing: "ik woon in".
        before: Vec<String>,
        /// The places, zone by zone.
        places as "place": Vec<Place>,
    }
}

record! {
    /// What people call a time zone, and the places in it.
    pub struct Place {
        /// Its name in the IANA database, such as `Europe/Brussels`.
        zone: String,
        /// What people type; the first name is what a parent reads.
        names: Vec<String>,
    }
}

impl Places {
    /// The zone of the place that `text` names; `None` when the list does not hold it. Compares as [`fold`] does.
    pub fn zone(&self, text: &str) -> Option<&str> {
        let sought = self.without_before(fold(text));
        let named = |place: &&Place| place.names.iter().any(|name| fold(name) == sought);
        let place = self.places.iter().find(named)?;
        Some(&place.zone)
    }

    /// What a parent reads for this zone; `None` when the list does not hold it.
    pub fn name(&self, zone: &str) -> Option<&str> {
        let place = self.places.iter().find(|place| place.zone == zone)?;
        place.names.first().map(String::as_str)
    }

    /// A folded text without the words before the place.
    pub fn without_before(&self, folded: String) -> String {
        let rest = |before: &String| {
            let rest = folded.strip_prefix(&fold(before))?.strip_prefix(' ')?;
            Some(rest.to_owned())
        };
        let shortest = self.before.iter().filter_map(rest).min_by_key(String::len);
        shortest.unwrap_or(folded)
    }
}

/// A name as it is compared: lower case, without accents, one space between words and nothing else. `'s-Gravenhage` is `s gravenhage`.
pub fn fold(name: &str) -> String {
    let plain: String = name
        .chars()
        .flat_map(char::to_lowercase)
        .flat_map(plain)
        .collect();
    let words: Vec<&str> = plain
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// A lower-case letter without its accent.
fn plain(char: char) -> impl Iterator<Item = char> {
    let letters = match char {
        '\u{300}'..='\u{36f}' => "",
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ě' | 'ę' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ž' | 'ż' => "z",
        _ => return [Some(char)].into_iter().flatten().chain("".chars()),
    };
    [None].into_iter().flatten().chain(letters.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_accents_and_marks() {
        for (name, folded) in [
            ("Curaçao", "curacao"),
            ("CURAC\u{327}AO", "curacao"),
            ("  's-Gravenhage! ", "s gravenhage"),
            ("New_York", "new york"),
            ("Zürich (Zwitserland)", "zurich zwitserland"),
            ("İstanbul", "istanbul"),
            ("Tromsø", "tromso"),
            ("東京", "東京"),
            ("👋", ""),
        ] {
            assert_eq!(fold(name), folded, "{name}");
        }
    }
}
