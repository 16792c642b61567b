//! The prompts folder of a running bot. These follow the machine's own clock: the bot waits until nobody changes the folder any more.

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use voel_eerst::demo::Content;

use super::{prompts::repository, *};

/// What a running program logs.
struct Log(Lines<BufReader<tokio::process::ChildStderr>>);

impl Log {
    fn of(child: &mut Child) -> Self {
        Self(BufReader::new(child.stderr.take().unwrap()).lines())
    }

    /// The next line that holds this.
    async fn says(&mut self, part: &str) -> String {
        let mut passed = String::new();
        let found = timeout(PATIENCE, async {
            while let Some(line) = self.0.next_line().await.unwrap() {
                if line.contains(part) {
                    return line;
                }
                passed.push_str(&line);
                passed.push('\n');
            }
            panic!("the log ended without {part:?}:\n{passed}");
        });
        found
            .await
            .unwrap_or_else(|_| panic!("nothing was logged with {part:?}"))
    }
}

/// Writes a file as careful editors do: beside it, and then in its place.
fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from} in {}", file.display());
    let beside = file.with_extension("new");
    fs::write(&beside, text.replacen(from, to, 1)).unwrap();
    fs::rename(beside, file).unwrap();
}

#[tokio::test]
async fn a_folder_in_order_is_spoken_at_once_and_a_broken_one_is_not() {
    const STICKER: &str = "Een sticker kan ik niet bewaren.";
    let home = Home::new();
    let folder = home.path("prompts");
    copy_folder(&repository("prompts/nl"), &folder);
    let texts = folder.join("texts.toml");
    let telegram = Telegram::serve().await;
    let anna = telegram.api.with(|world| world.add_user("Anna"));
    let begun = telegram.now();
    let mut command = home.bot(&telegram);
    command.env("VOEL_EERST_PROMPTS", "prompts");
    let mut bot = command.spawn().unwrap();
    let mut log = Log::of(&mut bot);
    telegram.polled_since(begun).await;
    let hears = async |text: &str| {
        let api = &telegram.api;
        let before = api.look(|world| world.chat(anna).map_or(0, |chat| chat.from_bot().count()));
        api.with(|world| world.send_content(anna, Content::Sticker("🙂".to_owned())))
            .unwrap();
        let said = api.until(text, |world| {
            let said = world.chat(anna)?.from_bot().nth(before)?;
            Some(said.text().to_owned())
        });
        let said = said.await.unwrap();
        assert!(said.starts_with(text), "{said}");
    };
    hears(STICKER).await;

    // Two files are saved, one after the other: it is read when both are.
    replace(&texts, STICKER, "Stickers kan ik niet bewaren.");
    replace(
        &folder.join("prompts/samen.toml"),
        "name = \"Samen\"",
        "name = \"Met z'n allen\"",
    );
    let said = log.says("were read again").await;
    assert!(
        said.contains("the prompts in prompts were read again: nl: 80 prompts"),
        "{said}"
    );
    hears("Stickers kan ik niet bewaren.").await;

    // With a fault in it, nothing changes but the log.
    replace(&texts, "Stickers kan ik", "Stickers moet ik");
    let said = log.says("cannot be used like this").await;
    assert!(said.contains("the bot keeps those it had"), "{said}");
    let fault = log.says("prompts/texts.toml:").await;
    assert!(fault.contains("`moet`"), "{fault}");
    hears("Stickers kan ik niet bewaren.").await;

    // So it is without the folder; and mended, it is spoken again.
    fs::rename(&folder, home.path("elsewhere")).unwrap();
    log.says("prompts cannot be read").await;
    hears("Stickers kan ik niet bewaren.").await;
    fs::rename(home.path("elsewhere"), &folder).unwrap();
    replace(&texts, "Stickers moet ik", "Plaatjes kan ik");
    log.says("were read again").await;
    hears("Plaatjes kan ik niet bewaren.").await;

    // The weights of the crisis net lie in the folder too.
    let weights = folder.join("crisis/weights.bin");
    let good = fs::read(&weights).unwrap();
    fs::write(&weights, "no weights").unwrap();
    log.says("crisis/weights.bin cannot be used").await;
    fs::write(&weights, good).unwrap();
    log.says("were read again").await;

    // An id that is gone and retired nowhere is named.
    let samen = folder.join("prompts/samen.toml");
    let id = fs::read_to_string(&samen).unwrap();
    let id = id.split("id = \"").nth(1).unwrap().split('"').next();
    let id = id.unwrap().to_owned();
    replace(&samen, &id, "samen-heel-iets-anders");
    let said = log.says("retired.toml").await;
    assert!(said.ends_with(&id), "{said}");

    signal(&bot, "TERM").await;
    assert!(ended(bot).await.status.success());
}
