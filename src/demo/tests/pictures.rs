//! Photos of the bot: with the real client, and what is refused.

use teloxide::{payloads::SendPhotoSetters, requests::Requester, types::InputFile};

use super::{documents::form, *};

/// A grey PNG of this size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let pixels = vec![0x80; width as usize * height as usize];
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    file
}

#[tokio::test]
async fn a_photo_arrives_with_its_size() {
    let (server, anna) = Server::with_anna().await;
    let file = InputFile::memory(png(40, 30)).file_name("a.png");
    let sent = server
        .bot
        .send_photo(teloxide::types::ChatId(anna.0), file)
        .caption(" Alles. ")
        .await
        .unwrap();
    assert_eq!(sent.caption(), Some("Alles."));
    let [size] = sent.photo().unwrap() else {
        panic!("one size expected")
    };
    assert_eq!((size.width, size.height), (40, 30));
    server.api.look(|world| {
        let message = world.chat(anna).unwrap().last_from_bot().unwrap();
        let Content::Picture(picture) = &message.content else {
            panic!("a photo expected, found {:?}", message.content)
        };
        assert!(picture.content[..] == png(40, 30));
        let bytes = picture.content.len();
        assert_eq!(
            format!("{picture:?}"),
            format!("Picture(40 x 30, {bytes} bytes)")
        );
    });
    let edit = json!({"chat_id": anna, "message_id": sent.id.0, "text": "Anders"});
    assert_eq!(
        server.refused("editMessageText", edit).await,
        "400 Bad Request: there is no text in the message to edit"
    );
}

#[tokio::test]
async fn photos_that_telegram_would_not_take() {
    let (server, anna) = Server::with_anna().await;
    let chat = anna.0.to_string();
    let fields = [("chat_id", chat.as_str()), ("photo", "attach://f")];
    let good = png(40, 30);
    let half = good[..good.len() / 2].to_vec();
    let huge = [good.clone(), vec![0; 10 << 20]].concat();
    for (name, content, expected) in [
        ("f", good.clone(), "true"),
        ("f", png(20, 1), "true"),
        ("f", png(21, 1), "PHOTO_INVALID_DIMENSIONS"),
        ("f", png(9_000, 1_001), "PHOTO_INVALID_DIMENSIONS"),
        ("f", half, "IMAGE_PROCESS_FAILED"),
        ("f", b"hoi".to_vec(), "IMAGE_PROCESS_FAILED"),
        (
            "f",
            huge,
            "is too big for a photo; the maximum size is 10485760",
        ),
        ("g", good, "there is no photo in the request"),
    ] {
        let (status, body) = server
            .post(
                &format!("bot{TOKEN}/sendPhoto"),
                "multipart/form-data; boundary=x",
                form(&fields, &[(name, content)]),
            )
            .await;
        server.clock.advance(Duration::from_secs(1));
        assert!(body.contains(expected), "{expected}: {status} {body}");
        assert_eq!(status == 200, expected == "true", "{body}");
    }
    let more = [fields[0], fields[1], ("onderschrift", "a")];
    let (_, body) = server
        .post(
            &format!("bot{TOKEN}/sendPhoto"),
            "multipart/form-data; boundary=x",
            form(&more, &[("f", png(40, 30))]),
        )
        .await;
    assert!(body.contains("unknown field `onderschrift`"), "{body}");
}
