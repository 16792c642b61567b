//! The rules for commands.

use std::collections::HashSet;

use super::check_length;
use crate::library::{
    CommandId, CommandText,
    draft::{List, Placed},
    fault::Faults,
};

/// Notes what is wrong with the commands.
pub(super) fn check(commands: &List<'_, CommandText>, faults: &mut Faults) {
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for Placed {
        value: command,
        node,
    } in &commands.read
    {
        if !ids.insert(command.id) && command.id != CommandId::Flow {
            node.at("id").fault(
                faults,
                format!(
                    "id `{}` stands here a second time; expected each id once",
                    command.id.as_str()
                ),
            );
        }
        let at = node.at("name");
        let name = &command.name;
        if !names.insert(name) {
            at.fault(
                faults,
                format!("name `{name}` stands here a second time; expected each name once"),
            );
        }
        check_length(&at, name, 1, 32, faults);
        if !name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        {
            at.fault(
                faults,
                format!("name is `{name}`; expected only a-z, 0-9 and _"),
            );
        }
        check_length(
            &node.at("description"),
            command.description.as_str(),
            1,
            60,
            faults,
        );
    }
    let Some(file) = commands.file else {
        return;
    };
    for id in CommandId::ALL.iter().map(|id| id.as_str()) {
        if !commands.has_text("id", id) {
            file.fault(
                faults,
                format!("there is no command with id `{id}`; expected each id once"),
            );
        }
    }
}
