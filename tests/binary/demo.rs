//! `voel-eerst demo`.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use super::*;

#[tokio::test]
async fn it_starts_without_anything_serves_its_page_and_ends() {
    let home = Home::new();
    let mut demo = home.command(&["demo", "--port", "0"]).spawn().unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
    let line = line.unwrap();
    let address = line
        .split_whitespace()
        .find_map(|word| word.strip_prefix("http://"))
        .unwrap_or_else(|| panic!("no address in {line:?}"));

    let page = get(address, "/").await;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("<html"), "{page}");
    for script in page.split("src=\"").skip(1) {
        let path = script.split('"').next().unwrap();
        let script = get(
            address,
            &format!("/{}", path.trim_start_matches(['.', '/'])),
        )
        .await;
        assert!(script.starts_with("HTTP/1.1 200 OK\r\n"), "{path}");
    }

    signal(&demo, "INT").await;
    let ended = ended(demo).await;
    assert!(ended.status.success(), "{ended}");
    assert!(ended.took < Duration::from_secs(2), "{:?}", ended.took);
    assert_eq!(ended.stderr, "");
    assert_eq!(files(home.0.path()), [], "it leaves nothing behind");
}

#[tokio::test]
async fn it_follows_the_writers_folder_and_says_what_is_wrong_with_it() {
    let home = Home::new();
    copy_folder(&prompts::repository("prompts/nl"), &home.path("mijn"));
    let file = home.path("mijn/prompts/herstel.toml");
    let text = fs::read_to_string(&file).unwrap();
    let mut command = home.command(&["demo", "--port", "0", "--prompts", "mijn"]);
    let mut demo = command.spawn().unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
    let line = line.unwrap();
    let address = line.split("http://").nth(1).unwrap();
    let address = address.split_whitespace().next().unwrap();
    let until = async |wanted: &str| {
        let found = async {
            while !get(address, "/api/prompts").await.contains(wanted) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(PATIENCE, found)
            .await
            .unwrap_or_else(|_| panic!("the shelf never said {wanted:?}"));
    };
    until("\"refused\":null").await;
    until("\"title\":\"Een briefje\"").await;
    fs::write(&file, text.replacen("Een briefje", "Een kort briefje", 1)).unwrap();
    until("\"title\":\"Een kort briefje\"").await;
    fs::write(&file, text.replacen("Een briefje", "Het moet", 1)).unwrap();
    until("title contains `moet`").await;
    until("\"title\":\"Een kort briefje\"").await;
    fs::write(&file, &text).unwrap();
    until("\"refused\":null").await;
    until("\"title\":\"Een briefje\"").await;
    signal(&demo, "INT").await;
    assert!(ended(demo).await.status.success());
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = run(&mut home.command(&["demo", "--port", &port])).await;
    let said = ended.refusal();
    assert!(
        said.starts_with(&format!(
            "port {port} cannot be used; choose another one with --port"
        )),
        "{said}"
    );
}

async fn get(address: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
