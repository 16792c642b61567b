//! The time zone of a place that a parent types: a name of the language's own list, or any city of the time zone database.

use super::Zone;
use crate::library::{Places, fold};

/// The areas of the database whose zones are named after cities. The others are named after rules, or are old names.
const AREAS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

/// The zone of the place that `text` names; `None` when no place is recognised. Nothing is guessed: the whole text is the place, or all of it
/// before a comma or a bracket ("Londen, Engeland").
pub fn zone(text: &str, places: &Places) -> Option<Zone> {
    let head = text.split([',', '(']).next().unwrap_or(text);
    [text, head].into_iter().find_map(|name| {
        let listed = places.zone(name).and_then(Zone::new);
        let full_name = || Zone::new(name.trim()).filter(|zone| zone.as_str().contains('/'));
        listed.or_else(full_name).or_else(|| city(name, places))
    })
}

/// What a parent reads for a zone, and can type for it again: the language's own name for it, or else the city that the database names it
/// after. One that is named after a rule has its whole name: `Etc/GMT+5` is five hours behind, and `GMT+5` would say the opposite.
pub fn name(zone: &Zone, places: &Places) -> String {
    let zone = zone.as_str();
    let named = || match zone.split_once('/') {
        Some((area, _)) if AREAS.contains(&area) => city_of(zone).replace('_', " "),
        Some(_) | None => zone.to_owned(),
    };
    places.name(zone).map_or_else(named, str::to_owned)
}

/// The zone that the database names after this city: "new york", "america new york".
fn city(name: &str, places: &Places) -> Option<Zone> {
    let sought = places.without_before(fold(name));
    jiff::tz::db().available().find_map(|zone| {
        let zone = zone.as_str();
        let (area, _) = zone.split_once('/')?;
        let named =
            AREAS.contains(&area) && (fold(city_of(zone)) == sought || fold(zone) == sought);
        named.then(|| Zone::new(zone)).flatten()
    })
}

fn city_of(zone: &str) -> &str {
    zone.rsplit_once('/').map_or(zone, |(_, city)| city)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::library::Library;

    static PLACES: LazyLock<Places> = LazyLock::new(|| Library::embedded().unwrap().places);

    fn found(text: &str) -> String {
        zone(text, &PLACES).map_or("?".to_owned(), |zone| zone.as_str().to_owned())
    }

    #[test]
    fn places_by_table() {
        for (text, expected) in [
            ("Brussel", "Europe/Brussels"),
            ("brussel!", "Europe/Brussels"),
            ("Bruxelles", "Europe/Brussels"),
            ("Brussels", "Europe/Brussels"),
            ("GENT", "Europe/Brussels"),
            ("sint niklaas", "Europe/Brussels"),
            ("België", "Europe/Brussels"),
            ("Belgie", "Europe/Brussels"),
            ("Belgie\u{308}", "Europe/Brussels"),
            ("'s-Hertogenbosch", "Europe/Amsterdam"),
            ("den bosch", "Europe/Amsterdam"),
            ("Ik woon in Utrecht.", "Europe/Amsterdam"),
            ("in de buurt van Zwolle", "Europe/Amsterdam"),
            ("Londen", "Europe/London"),
            ("London", "Europe/London"),
            ("Londen, Engeland", "Europe/London"),
            ("London (UK)", "Europe/London"),
            ("Paramaribo", "America/Paramaribo"),
            ("Suriname", "America/Paramaribo"),
            ("Curaçao", "America/Curacao"),
            ("curacao", "America/Curacao"),
            ("Willemstad", "America/Curacao"),
            ("Bonaire", "America/Kralendijk"),
            ("Sint Maarten", "America/Lower_Princes"),
            ("New York", "America/New_York"),
            ("new york", "America/New_York"),
            ("NEW-YORK", "America/New_York"),
            ("America/New_York", "America/New_York"),
            ("Lissabon", "Europe/Lisbon"),
            ("Lisbon", "Europe/Lisbon"),
            ("Europe/Lisbon", "Europe/Lisbon"),
            ("europe/lisbon", "Europe/Lisbon"),
            ("Buenos Aires", "America/Argentina/Buenos_Aires"),
            ("Tokyo", "Asia/Tokyo"),
            ("Tokio", "Asia/Tokyo"),
            ("Port-au-Prince", "America/Port-au-Prince"),
            ("Kathmandu", "Asia/Kathmandu"),
            ("Etc/GMT+5", "Etc/GMT+5"),
            // Not a place, or not one that says which zone.
            ("", "?"),
            ("   ", "?"),
            ("in", "?"),
            ("👋", "?"),
            ("hier", "?"),
            ("Europa", "?"),
            ("Amerika", "?"),
            ("Atlantis", "?"),
            ("Ik ben moe vandaag", "?"),
            ("Amsterdam of Brussel", "?"),
            ("MET", "?"),
            ("GMT+5", "?"),
            ("East", "?"),
            ("../etc/passwd", "?"),
            ("+01:00", "?"),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn every_listed_name_and_every_zone_is_found() {
        for place in &PLACES.places {
            for name in &place.names {
                assert_eq!(found(name), place.zone, "{name}");
            }
        }
        for name in jiff::tz::db()
            .available()
            .filter(|name| name.as_str().contains('/'))
        {
            assert_eq!(found(name.as_str()), name.as_str());
        }
    }

    #[test]
    fn a_parent_reads_the_name_of_their_own_language() {
        let name = |zone: &str| name(&Zone::new(zone).unwrap(), &PLACES);
        assert_eq!(name("Europe/Amsterdam"), "Amsterdam");
        assert_eq!(name("Europe/London"), "Londen");
        assert_eq!(name("America/Curacao"), "Curaçao");
        assert_eq!(name("America/Argentina/San_Juan"), "San Juan");
        assert_eq!(name("UTC"), "UTC");
        assert_eq!(name("Etc/GMT+5"), "Etc/GMT+5");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn whatever_is_typed_is_a_zone_that_exists_or_none(text in "\\PC{0,40}") {
            if let Some(zone) = zone(&text, &PLACES) {
                prop_assert!(Zone::new(zone.as_str()).is_some());
            }
        }
    }
}
