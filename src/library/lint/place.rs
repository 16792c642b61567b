//! The rules for the places of `places.toml`.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::library::{
    draft::Placed,
    fault::Faults,
    place::{Places, fold},
};

/// Notes zones that the time zone database does not have, and names that say nothing or that stand for two zones.
pub(super) fn check(places: &Placed<'_, Places>, faults: &mut Faults) {
    let list = places.node.at("place");
    let mut zones = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (node, place) in list.items().zip(&places.value.places) {
        let zone = node.at("zone");
        let known = TimeZone::get(&place.zone).ok();
        if known.as_ref().and_then(TimeZone::iana_name) != Some(place.zone.as_str()) {
            zone.fault(
                faults,
                format!(
                    "zone is `{}`; expected a name of the IANA time zone database, such as Europe/Brussels",
                    place.zone
                ),
            );
        }
        if let Some(first) = zones.insert(place.zone.as_str(), zone) {
            let what = format!(
                "`{}` stands already in {}; expected its names there",
                place.zone,
                first.place()
            );
            zone.fault(faults, what);
        }
        if place.names.is_empty() {
            node.fault(faults, "names is empty; expected at least one");
        }
        for (item, name) in node.at("names").items().zip(&place.names) {
            let folded = fold(name);
            if folded.is_empty() {
                item.fault(
                    faults,
                    format!("names has `{name}`; expected a name with letters"),
                );
            } else if let Some(first) = names.insert(folded, item) {
                let what = format!(
                    "`{name}` stands already in {}; expected each name once",
                    first.place()
                );
                item.fault(faults, what);
            }
        }
    }
}
