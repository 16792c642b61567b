//! Voice notes: with the real client, what is refused, and trouble on the way.

use futures::StreamExt;
use teloxide::{
    net::Download,
    payloads::SendVoiceSetters,
    requests::Requester,
    types::{FileId, InputFile, UpdateKind},
};

use super::{documents::form, *};
use crate::demo::{FILE, Voice};

const SOUND: &[u8] = b"OggS\0\r\n--x--\r\nhallo";

/// What the bot gets when it takes the file at this path.
async fn taken(server: &Server, path: &str) -> Result<Vec<u8>, Option<u16>> {
    let mut chunks = server.bot.download_file_stream(path);
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| error.status().map(|status| status.as_u16()))?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A voice note of Anna, and the path at which it lies.
async fn spoken(server: &Server, anna: ChatId) -> (MessageId, String) {
    let message = server.api.with(|world| {
        let voice = Voice::new(42, SOUND);
        world.speak(anna, voice, None).unwrap()
    });
    let updates = server.bot.get_updates().await.unwrap();
    let UpdateKind::Message(sent) = &updates.last().unwrap().kind else {
        panic!("a message expected")
    };
    let voice = sent.voice().unwrap();
    assert_eq!(
        (voice.duration.seconds(), voice.file.size as usize),
        (42, SOUND.len())
    );
    assert_eq!(voice.mime_type.as_ref().unwrap().as_ref(), "audio/ogg");
    let file = server.bot.get_file(voice.file.id.clone()).await.unwrap();
    assert_eq!(file.size as usize, SOUND.len());
    (message, file.path)
}

#[tokio::test]
async fn what_somebody_says_can_be_taken_also_when_the_message_is_gone() {
    let (server, anna) = Server::with_anna().await;
    let (message, path) = spoken(&server, anna).await;
    assert_eq!(taken(&server, &path).await.unwrap(), SOUND);
    server
        .api
        .with(|world| world.delete(anna, message))
        .unwrap();
    assert_eq!(taken(&server, &path).await.unwrap(), SOUND);
    server.api.with(|world| world.lose_file(message));
    assert_eq!(taken(&server, &path).await, Err(Some(404)));
    assert_eq!(taken(&server, "voice/file_99.oga").await, Err(Some(404)));
    assert_eq!(taken(&server, "../geheim").await, Err(Some(404)));
    let other = server
        .bot
        .client()
        .get(format!("{}/file/bot7:a/{path}", server.url));
    assert_eq!(other.send().await.unwrap().status().as_u16(), 401);
}

#[tokio::test]
async fn files_that_are_not_there_and_files_that_are_too_big() {
    let (server, anna) = Server::with_anna().await;
    for wrong in ["", "file-99", "geen"] {
        assert_eq!(
            server.refused("getFile", json!({"file_id": wrong})).await,
            "400 Bad Request: wrong file_id or the file is temporarily unavailable"
        );
    }
    let big = server.api.with(|world| {
        let voice = Voice::new(42, vec![0; 20_000_001]);
        world.speak(anna, voice, None).unwrap()
    });
    let asked = server.bot.get_file(FileId(format!("file-{}", big.0))).await;
    assert!(asked.unwrap_err().to_string().contains("file is too big"));
}

#[tokio::test]
async fn trouble_on_the_way_of_a_file() {
    let (server, anna) = Server::with_anna().await;
    let (_, path) = spoken(&server, anna).await;
    for (trouble, expected) in [
        (Trouble::ServerError, Err(Some(500))),
        (Trouble::BadGateway, Err(Some(502))),
        (Trouble::Refused(Refusal::not_found()), Err(Some(404))),
        (Trouble::CutBefore, Err(None)),
        (Trouble::CutAfter, Err(None)),
        (Trouble::Garbled, Ok(SOUND[..SOUND.len() / 2].to_vec())),
    ] {
        server
            .api
            .with(|world| world.faults.add(Fault::on(FILE, trouble.clone())));
        assert_eq!(taken(&server, &path).await, expected, "{trouble:?}");
    }
    assert_eq!(taken(&server, &path).await.unwrap(), SOUND);
}

#[tokio::test]
async fn the_bot_plays_it_back() {
    let (server, anna) = Server::with_anna().await;
    let sent = server
        .bot
        .send_voice(
            teloxide::types::ChatId(anna.0),
            InputFile::memory(SOUND).file_name("a.ogg"),
        )
        .duration(42)
        .disable_notification(true)
        .await
        .unwrap();
    assert_eq!(sent.voice().unwrap().duration.seconds(), 42);
    server.api.look(|world| {
        let message = world.chat(anna).unwrap().last_from_bot().unwrap();
        assert!(message.silent);
        assert_eq!(message.content, Content::Voice(Voice::new(42, SOUND)));
        assert_eq!(
            format!("{:?}", message.content),
            "Voice(Voice(42 s, 19 bytes))"
        );
    });
}

#[tokio::test]
async fn voice_notes_that_telegram_would_not_take() {
    let (server, anna) = Server::with_anna().await;
    let chat = anna.0.to_string();
    let chat = ("chat_id", chat.as_str());
    let attached = ("voice", "attach://f");
    for (fields, files, expected) in [
        (vec![chat, attached], vec![("f", "OggS")], "true"),
        (vec![chat], vec![("voice", "OggS")], "true"),
        (
            vec![chat, attached],
            vec![],
            "there is no voice in the request",
        ),
        (
            vec![chat, attached],
            vec![("f", "hoi")],
            "the file is no voice note",
        ),
        (
            vec![chat, attached],
            vec![("f", "")],
            "file must be non-empty",
        ),
        (
            vec![chat, attached, ("duration", "lang")],
            vec![("f", "OggS")],
            "invalid",
        ),
        (
            vec![chat, attached, ("title", "a")],
            vec![("f", "OggS")],
            "unknown field `title`",
        ),
        (
            vec![("chat_id", "404"), attached],
            vec![("f", "OggS")],
            "chat not found",
        ),
    ] {
        let (status, body) = server
            .post(
                &format!("bot{TOKEN}/sendVoice"),
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
}
