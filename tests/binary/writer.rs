//! What a writer types: `voel-eerst prompts` with a folder of their own, and what prompts/README.md says of it.

use tokio::io::{AsyncBufReadExt, BufReader};
use voel_eerst::library::Library;

use super::{prompts::repository, *};

/// A folder with all languages, as a writer has it.
fn with_prompts() -> Home {
    let home = Home::new();
    let folder = home.path("prompts");
    fs::create_dir(&folder).unwrap();
    for language in ["nl", "en"] {
        copy_folder(
            &repository(&format!("prompts/{language}")),
            &folder.join(language),
        );
    }
    home
}

#[tokio::test]
async fn a_new_prompt_is_refused_until_it_is_written_and_nothing_else_changes() {
    let home = with_prompts();
    let file = home.path("prompts/nl/prompts/herstel.toml");
    let before = format!("# van mij\n{}", fs::read_to_string(&file).unwrap());
    fs::write(&file, before.trim_end()).unwrap();
    let args = [
        "prompts",
        "new",
        "--theme",
        "herstel",
        "--title",
        "Bij de voordeur",
        "--moment",
        "avond",
    ];
    let made = run(&mut home.command(&args)).await;
    assert!(made.status.success(), "{made}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with(before.trim_end()),
        "what was there stays as it is"
    );
    insta::assert_snapshot!(&text[before.trim_end().len()..], @r#"

    [[prompt]]
    id = "herstel-bij-de-voordeur"
    theme = "herstel"
    title = "Bij de voordeur"
    body = "..."
    followup = "..."
    side = "beide"
    moment = "avond"
    "#);
    // It says where to write, and so does the check.
    let line = text
        .lines()
        .position(|line| line.contains("bij-de-voordeur"))
        .unwrap();
    assert!(
        made.stdout
            .contains(&format!("prompts/nl/prompts/herstel.toml:{line}\n")),
        "{}",
        made.stdout
    );
    let checked = run(&mut home.command(&["prompts", "check", "prompts"])).await;
    assert_eq!(checked.status.code(), Some(1));
    let told: Vec<&str> = checked
        .stdout
        .lines()
        .filter(|line| line.contains("prompts/"))
        .collect();
    assert!(
        told.iter()
            .all(|line| line.contains("is still to be written")),
        "{told:#?}"
    );
    assert_eq!(
        told.len(),
        5,
        "body and followup in both languages, and the English title"
    );

    for (language, title, body, followup) in [
        (
            "nl",
            "Bij de voordeur",
            "Als de deur dichtvalt, dan blijf je even staan. Je hoeft nog niets goed te maken. Wat voel je in je handen?",
            "Hoe ging je naar binnen?",
        ),
        (
            "en",
            "At the front door",
            "If the door falls shut, then you can stand still for a moment. There is nothing to make right yet. What do you feel in your hands?",
            "How did you go in?",
        ),
    ] {
        let file = home.path(&format!("prompts/{language}/prompts/herstel.toml"));
        let text = fs::read_to_string(&file).unwrap();
        let text = text.replace("title = \"...\"", &format!("title = \"{title}\""));
        let text = text.replace("body = \"...\"", &format!("body = \"{body}\""));
        fs::write(
            &file,
            text.replace("followup = \"...\"", &format!("followup = \"{followup}\"")),
        )
        .unwrap();
    }
    let checked = run(&mut home.command(&["prompts", "check", "prompts"])).await;
    assert!(checked.status.success(), "{}", checked.stdout);
    assert!(
        checked.stdout.contains("nl: 81 prompts"),
        "{}",
        checked.stdout
    );
    let shown = run(&mut home.command(&["prompts", "preview", "prompts", "voordeur"])).await;
    assert!(
        shown.stdout.contains("│ Bij de voordeur "),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stdout.contains("│ At the front door "),
        "{}",
        shown.stdout
    );
}

#[tokio::test]
async fn without_a_terminal_nothing_is_asked() {
    let home = with_prompts();
    for (args, expected) in [
        (
            &["prompts", "new"][..],
            "expected --theme, one of: concrete-taal, herstel,",
        ),
        (
            &["prompts", "new", "--theme", "herstel"],
            "expected --title",
        ),
        (
            &["prompts", "new", "--theme", "rust", "--title", "Rust"],
            "there is no theme `rust`",
        ),
        (&["prompts", "new", "nergens"], "nergens cannot be read"),
        (
            &["prompts", "preview", "herstel-weg"],
            "there is no such prompt",
        ),
        (
            &["prompts", "preview", "--language", "fr"],
            "there is no language `fr`; expected one of: nl, en",
        ),
    ] {
        let ended = run(&mut home.command(args)).await;
        let said = ended.refusal();
        assert!(said.contains(expected), "{args:?}: {said}");
    }
    for args in [
        &["prompts", "year", "--time", "25:00"][..],
        &["prompts", "year", "--days", "ma"],
        &["prompts", "year", "--side", "links"],
        &["prompts", "check", "--watch"],
    ] {
        assert_eq!(
            run(&mut home.command(args)).await.status.code(),
            Some(2),
            "{args:?}"
        );
    }
}

#[tokio::test]
async fn previews_are_plain_where_nobody_looks_and_narrowed_as_asked() {
    let home = Home::new();
    let all = run(&mut home.command(&["prompts", "preview", "--language", "nl"])).await;
    assert!(!all.stdout.contains('\u{1b}'));
    let library = Library::embedded().unwrap();
    assert_eq!(
        all.stdout.matches("locked screen:").count(),
        library.prompts.len()
    );
    let theme = run(&mut home.command(&["prompts", "preview", "--theme", "samen"])).await;
    let of_theme = library
        .prompts
        .iter()
        .filter(|it| it.theme == "samen")
        .count();
    assert_eq!(theme.stdout.matches("locked screen:").count(), 2 * of_theme);
    let one = run(&mut home.command(&[
        "prompts",
        "preview",
        "herstel-na-de-haast",
        "--language",
        "nl",
    ]))
    .await;
    assert_eq!(one.stdout.matches("locked screen: Na de haast").count(), 1);
}

#[tokio::test]
async fn a_year_is_the_same_each_time_it_is_asked_for() {
    let home = Home::new();
    let args = [
        "prompts",
        "year",
        "--from",
        "2026-03-01",
        "--days",
        "daily",
        "--time",
        "07:30,19:00-21:00",
    ];
    let first = run(&mut home.command(&args)).await;
    assert!(first.status.success(), "{first}");
    assert!(
        first.stdout.contains("730 prompts came."),
        "{}",
        first.stdout
    );
    assert_eq!(run(&mut home.command(&args)).await.stdout, first.stdout);
}

#[tokio::test]
async fn a_check_that_watches_says_what_is_wrong_and_then_that_it_is_mended() {
    let home = with_prompts();
    let mut command = home.command(&["prompts", "check", "prompts/nl", "--watch"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut says = async |part: &str| {
        let found = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains(part) {
                    return line;
                }
            }
            panic!("it ended without {part:?}");
        });
        found
            .await
            .unwrap_or_else(|_| panic!("nothing was said of {part:?}"))
    };
    says("prompts/nl: in order").await;
    says("Ctrl-C ends this").await;
    let file = home.path("prompts/nl/prompts/herstel.toml");
    let text = fs::read_to_string(&file).unwrap();
    let broken = text.replacen("Een briefje", "Een briefje dat moet", 1);
    let beside = home.path("prompts/nl/prompts/.herstel.toml.swp");
    fs::write(&beside, &broken).unwrap();
    fs::rename(&beside, &file).unwrap();
    says("not in order yet").await;
    says("title contains `moet`").await;
    fs::remove_file(&file).unwrap();
    fs::write(&file, text).unwrap();
    says("prompts/nl: in order").await;
    // Not the signal of Ctrl-C: a shell that runs the tests in the background lets them ignore that.
    signal(&child, "TERM").await;
    assert!(!ended(child).await.status.success());
}

/// What stands between backticks or in blocks of code in the writers' page.
fn code_of(readme: &str) -> Vec<&str> {
    let blocks = readme.split("```").skip(1).step_by(2);
    let outside = readme.split("```").step_by(2);
    let inline = outside.flat_map(|text| text.split('`').skip(1).step_by(2));
    blocks
        .flat_map(str::lines)
        .chain(inline)
        .map(str::trim)
        .collect()
}

#[tokio::test]
async fn every_command_in_the_writers_page_works() {
    let readme = fs::read_to_string(repository("prompts/README.md")).unwrap();
    let mut commands: Vec<&str> = code_of(&readme);
    commands.retain(|code| code.starts_with("voel-eerst "));
    commands.dedup();
    assert!(commands.len() >= 10, "{commands:?}");
    for written in commands {
        let home = with_prompts();
        // The last in quotes is one word.
        let (plain, quoted) = written.split_once('"').unwrap_or((written, ""));
        let mut args: Vec<&str> = plain.split_whitespace().skip(1).collect();
        args.extend(quoted.strip_suffix('"'));
        // These go on until they are ended, or write into the repository: their help has to know what they are called with.
        if args[0] == "demo" || args[0] == "net" || args.contains(&"--watch") {
            let commands = if args[0] == "demo" { 1 } else { 2 };
            let mut help: Vec<&str> = args[..commands].to_vec();
            help.push("--help");
            let help = run(&mut home.command(&help)).await;
            assert!(help.status.success(), "{written}: {help}");
            for flag in args.iter().filter(|arg| arg.starts_with("--")) {
                assert!(help.stdout.contains(flag), "{written}: {}", help.stdout);
            }
            continue;
        }
        let ended = run(&mut home.command(&args)).await;
        assert!(ended.status.success(), "{written}: {}{ended}", ended.stdout);
    }
}

#[test]
fn every_file_in_the_writers_page_is_there() {
    let readme = fs::read_to_string(repository("prompts/README.md")).unwrap();
    let is_path = |code: &&str| {
        let folder = ["nl/", "en/", "prompts/", "docs/", "crisis/"];
        folder.iter().any(|folder| code.starts_with(folder)) && !code.contains([' ', '<', ':'])
    };
    let mut found = 0;
    for path in code_of(&readme).into_iter().filter(is_path) {
        found += 1;
        let places = ["", "prompts/", "prompts/nl/"];
        let exists = places
            .iter()
            .any(|place| repository(&format!("{place}{path}")).exists());
        assert!(exists, "{path}");
    }
    assert!(found >= 15, "{found}");
    for (name, _) in voel_eerst::library::Files::all_embedded()[0]
        .iter()
        .filter_map(|(path, _)| path.split_once('.'))
    {
        let named = name.contains('/') || readme.contains(&format!("nl/{name}.toml"));
        assert!(named, "{name}.toml is explained nowhere");
    }
}

#[test]
fn what_the_writers_page_says_of_faults_is_what_the_check_says() {
    let readme = fs::read_to_string(repository("prompts/README.md")).unwrap();
    let (_, table) = readme.split_once("| Melding |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let said: Vec<&str> = table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| code.contains(' '))
        .collect();
    assert!(said.len() >= 8, "{said:?}");
    let sources = files(&repository("src/library"));
    for part in said {
        let part = part.trim_end_matches(" ...");
        let told = sources
            .iter()
            .any(|(_, content)| String::from_utf8_lossy(content).contains(part));
        assert!(told, "no message has {part:?}");
    }
}
