//! `voel-eerst prompts`.

use super::*;

/// A copy of the repository's prompts, in which one command has lost its name.
pub fn break_one(to: &Path) {
    copy_folder(&repository("prompts/nl"), to);
    let path = to.join("commands.toml");
    let commands = fs::read_to_string(&path).unwrap();
    fs::write(&path, commands.replacen("name = \"start\"\n", "", 1)).unwrap();
}

/// A file or folder of the repository.
pub fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[tokio::test]
async fn check_says_that_all_is_well() {
    let home = Home::new();
    let built_in = run(&mut home.command(&["prompts", "check"])).await;
    assert!(built_in.status.success());
    assert!(
        built_in.stdout.ends_with("everything is in order.\n"),
        "{}",
        built_in.stdout
    );
    let folder = repository("prompts").display().to_string();
    let from_folder = run(&mut home.command(&["prompts", "check", &folder])).await;
    assert!(from_folder.status.success());
    assert_eq!(from_folder.stdout, built_in.stdout);
    assert_eq!(from_folder.stderr, "");
    let folder = repository("prompts/nl").display().to_string();
    let one = run(&mut home.command(&["prompts", "check", &folder])).await;
    assert_eq!(
        one.stdout,
        "nl: 80 prompts, 4 flows: everything is in order.\n"
    );
}

#[tokio::test]
async fn check_reports_every_fault_by_file_and_line() {
    let home = Home::new();
    let folder = home.path("prompts");
    break_one(&folder);
    let file = folder.join("language.toml");
    let language = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{language}\nonbekend = 1\n")).unwrap();

    let ended = run(&mut home.command(&["prompts", "check", "prompts"])).await;
    assert_eq!(ended.status.code(), Some(1));
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let place = |file: &str| {
        let begin = format!("prompts/{file}:");
        let found = lines.iter().find_map(|line| line.strip_prefix(&begin));
        let number = found.and_then(|rest| rest.split(':').next());
        number.and_then(|number| number.parse::<u32>().ok())
    };
    assert!(place("commands.toml").is_some(), "{}", ended.stdout);
    assert!(place("language.toml").is_some(), "{}", ended.stdout);
    assert_eq!(
        ended.stderr,
        "voel-eerst: the prompts cannot be used like this\n"
    );
}

#[tokio::test]
async fn list_names_every_prompt() {
    let home = Home::new();
    let ended = run(&mut home.command(&["prompts", "list"])).await;
    assert!(ended.status.success());
    let library = voel_eerst::library::Library::embedded().unwrap();
    for prompt in &library.prompts {
        assert!(ended.stdout.contains(&prompt.id), "{}", prompt.id);
    }
}
