//! Documents of the bot: with the real client, and what is refused.

use teloxide::{payloads::SendDocumentSetters, requests::Requester, types::InputFile};

use super::*;
use crate::demo::documents::LARGEST_FILE;

#[tokio::test]
async fn a_document_arrives_whole() {
    let (server, anna) = Server::with_anna().await;
    let content = "é\0\r\n--x--\r\n".repeat(300_000);
    let file = InputFile::memory(content.clone().into_bytes()).file_name("dagboek.html");
    let sent = server
        .bot
        .send_document(teloxide::types::ChatId(anna.0), file)
        .caption(" Alles. ")
        .disable_notification(true)
        .await
        .unwrap();
    assert_eq!(sent.caption(), Some("Alles."));
    let document = sent.document().unwrap();
    assert_eq!(document.file_name.as_deref(), Some("dagboek.html"));
    assert_eq!(document.file.size as usize, content.len());
    assert_eq!(document.mime_type.as_ref().unwrap().as_ref(), "text/html");
    server.api.look(|world| {
        let message = world.chat(anna).unwrap().last_from_bot().unwrap();
        assert!(message.silent);
        let Content::Document(document) = &message.content else {
            panic!("a document expected, found {:?}", message.content)
        };
        assert!(document.text() == Some(&content));
        let printed = format!("{document:?}");
        assert_eq!(
            printed,
            "Document(\"dagboek.html\", 3600000 bytes, \"Alles.\")"
        );
    });
}

/// A form with text fields, and with files of one name each.
pub(super) fn form(fields: &[(&str, &str)], files: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, text) in fields {
        body +=
            &format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
    }
    for (name, content) in files {
        body += &format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.txt\"\r\n\r\n{content}\r\n"
        );
    }
    body + "--x--\r\n"
}

#[tokio::test]
async fn documents_that_telegram_would_not_take() {
    let (server, anna) = Server::with_anna().await;
    let chat = anna.0.to_string();
    let chat = ("chat_id", chat.as_str());
    let attached = ("document", "attach://f");
    let long = "a".repeat(1025);
    let file = ("f", "hoi");
    for (fields, files, expected) in [
        (vec![chat, attached], vec![file], "true"),
        (vec![chat], vec![("document", "hoi")], "true"),
        (vec![chat], vec![], "there is no document in the request"),
        (
            vec![chat, attached],
            vec![],
            "there is no document in the request",
        ),
        (
            vec![chat, attached],
            vec![("g", "hoi")],
            "there is no document in the request",
        ),
        (
            vec![chat, attached],
            vec![file, ("g", "hoi")],
            "one file expected, found another in g",
        ),
        (
            vec![chat, attached],
            vec![("f", "")],
            "file must be non-empty",
        ),
        (
            vec![chat, ("document", "https://a.nl/b.pdf")],
            vec![],
            "wrong file identifier/HTTP URL specified",
        ),
        (
            vec![chat, attached, ("caption", &long)],
            vec![file],
            "message caption is too long",
        ),
        (
            vec![chat, attached, ("bijschrift", "a")],
            vec![file],
            "unknown field `bijschrift`",
        ),
        (
            vec![("chat_id", "404"), attached],
            vec![file],
            "chat not found",
        ),
    ] {
        let (status, body) = server
            .post(
                &format!("bot{TOKEN}/sendDocument"),
                "multipart/form-data; boundary=x",
                form(&fields, &files),
            )
            .await;
        server.clock.advance(Duration::from_secs(1));
        assert!(
            body.contains(expected),
            "{fields:?} {files:?}: {status} {body}"
        );
        assert_eq!(status == 200, expected == "true", "{body}");
    }
    let huge = "a".repeat(LARGEST_FILE + 1);
    for content in [&huge[..], &huge.repeat(2)] {
        let (status, body) = server
            .post(
                &format!("bot{TOKEN}/sendDocument"),
                "multipart/form-data; boundary=x",
                form(&[chat, attached], &[("f", content)]),
            )
            .await;
        assert_eq!(status, 413, "{body}");
        assert!(body.contains("Request Entity Too Large"), "{body}");
    }
}

#[tokio::test]
async fn a_document_has_no_text_to_edit() {
    let (server, anna) = Server::with_anna().await;
    let file = InputFile::memory("hoi").file_name("a.md");
    let sent = server
        .bot
        .send_document(teloxide::types::ChatId(anna.0), file)
        .await
        .unwrap();
    let edit = json!({"chat_id": anna, "message_id": sent.id.0, "text": "Anders"});
    assert_eq!(
        server.refused("editMessageText", edit).await,
        "400 Bad Request: there is no text in the message to edit"
    );
}
