//! People who listen: the help lines, and the order in which a parent sees them.

use serde::{Deserialize, Serialize};

use super::{
    read::{names, record},
    text::{Label, Text},
};

record! {
    /// A help line.
    pub struct HelpLine {
        /// Its name in the files.
        id: String,
        /// The countries it is for.
        country: Vec<Country>,
        /// What it is called.
        name: String,
        /// What to dial, as it is written; empty when there is no one number.
        number: String,
        /// The line that a parent reads.
        say: Text,
        /// What a call costs.
        cost: String,
        /// When somebody answers.
        when: String,
        /// Its page; empty when there is none.
        url: String,
        /// What the button to its page says, below an answer that names the line.
        button: Option<Label> = None,
        /// The answers in which it is named.
        routes: Vec<Route>,
        /// Whether parents see it: not before somebody has checked it.
        show: bool,
        /// Where the number comes from.
        source: String,
        /// When that said so.
        source_date: String,
        /// When somebody last dialled the number and opened the page; empty when nobody did.
        checked_on: String,
    }
}

/// A country whose help lines are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Country {
    /// The Netherlands.
    #[default]
    Nl,
    /// Belgium, which here is Flanders.
    Be,
}

names! {
    Country: "nl or be" {
        "nl" => Nl,
        "be" => Be,
    }
}

/// The answers that name help lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// The help command.
    Help,
    /// Words that point to suicide.
    Zelfdoding,
    /// Words that point to violence.
    Geweld,
    /// Words that point to exhaustion.
    Uitputting,
    /// Somebody near said such words, or there was a loss.
    Naaste,
}

names! {
    Route: "help, zelfdoding, geweld, uitputting or naaste" {
        "help" => Help,
        "zelfdoding" => Zelfdoding,
        "geweld" => Geweld,
        "uitputting" => Uitputting,
        "naaste" => Naaste,
    }
}

/// What stands for `{lines}`: the shown lines of `route`, one on each line.
///
/// A Dutch parent reads the Dutch lines and then the Flemish ones, which name Flanders themselves. A Flemish parent reads the
/// Flemish ones, then `netherlands_header` and the Dutch ones. A line of both countries stands with the parent's own.
pub(super) fn block(
    lines: &[HelpLine],
    country: Country,
    route: Route,
    netherlands_header: &Text,
) -> String {
    let own = shown(lines, route).filter(|line| line.country.contains(&country));
    let mut others = shown(lines, route)
        .filter(|line| !line.country.contains(&country))
        .peekable();
    let header = match country {
        Country::Be if others.peek().is_some() => Some(netherlands_header),
        Country::Be | Country::Nl => None,
    };
    own.map(|line| &line.say)
        .chain(header)
        .chain(others.map(|line| &line.say))
        .map(Text::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The button to the page of the first line of `route` that has one, those of the parent's `country` first: what it says, and the page.
pub(super) fn site(lines: &[HelpLine], country: Country, route: Route) -> Option<(&Label, &str)> {
    let sites = shown(lines, route).filter_map(|line| {
        let label = line.button.as_ref()?;
        Some((line.country.contains(&country), (label, line.url.as_str())))
    });
    let (own, others): (Vec<_>, Vec<_>) = sites.partition(|(own, _)| *own);
    own.into_iter().chain(others).next().map(|(_, site)| site)
}

fn shown(lines: &[HelpLine], route: Route) -> impl Iterator<Item = &HelpLine> {
    lines
        .iter()
        .filter(move |line| line.show && line.routes.contains(&route))
}
