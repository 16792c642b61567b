//! What the bot can say, from a folder.

use std::{fs, path::Path, sync::Arc};

use tempfile::TempDir;
use voel_eerst::{
    library::{Library, report},
    service::folder,
};

use crate::world::{Setup, World};

/// A copy of the built-in folder, with one file changed.
fn folder_with(file: &str, from: &str, to: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/nl"),
        folder.path(),
    );
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has to hold {from:?}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn the_running_bot_says_what_the_folder_says() {
    let folder = folder_with(
        "texts.toml",
        "Een sticker kan ik niet bewaren.",
        "Stickers kan ik niet bewaren.",
    );
    let library = Library::load(&folder::read(folder.path()).unwrap()).unwrap();
    let mut world = World::with(Setup {
        languages: Arc::new(library.into()),
        ..Setup::default()
    })
    .await;
    let anna = world.parent("Anna");
    anna.sends(voel_eerst::demo::Content::Sticker("🙂".to_owned()));
    anna.expects("Stickers kan ik niet bewaren.").await;
    world.finish().await;
}

#[test]
fn a_broken_folder_is_refused_with_file_and_line() {
    let folder = folder_with("texts.toml", "Bij /hulp staat", "Bij /help staat");
    let texts = folder.path().join("texts.toml");
    let broken = fs::read_to_string(&texts).unwrap();
    let line = broken.lines().position(|line| line.contains("/help"));
    let faults = Library::load(&folder::read(folder.path()).unwrap()).unwrap_err();
    let said = report(&faults);
    let said = said.replace(&texts.display().to_string(), "texts.toml");
    let said = said.replace(&format!(":{}:", line.unwrap() + 1), ":LINE:");
    insta::assert_snapshot!(said, @"
    texts.toml:LINE: unknown_command names /help; expected a command in commands.toml

    1 fault
    ");
}

#[tokio::test]
async fn another_explanation_asks_for_consent_again_and_keeps_nothing_meanwhile() {
    let mut world = World::new().await;
    let anna = world.parent("Anna");
    anna.begins().await;
    let note = anna.says("Onder de eerste uitleg.");
    anna.expects_heart(note).await;
    anna.expects("Dit is nu een losse notitie").await;
    world.settle().await;
    world.stop().await;

    let mut library = crate::world::LIBRARY.clone();
    library.consent_version = "2099-01".to_owned();
    world.speaks(library);
    world.start();
    anna.says("Onder de tweede uitleg.");
    anna.expects("De uitleg over bewaren is veranderd.").await;
    anna.edits(note, "Anders.");
    anna.expects("De uitleg over bewaren is veranderd.").await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna), [["Onder de eerste uitleg."]]);
    world.start();
    anna.taps("Ja, bewaar. Ik ben 18+").await;
    anna.expects("Goed. Je antwoorden worden bewaard").await;
    let note = anna.says("Onder de tweede uitleg.");
    anna.expects_heart(note).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(world.words_of(&anna).len(), 1);
    assert_eq!(world.words_of(&anna)[0].len(), 2);
    world.finish().await;
}
