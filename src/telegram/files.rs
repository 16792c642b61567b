//! Files: what goes out of memory, and what is fetched into it. Each may take [minutes](super::TOTAL_OF_FILE); the question where one lies takes no longer than any other call.

use bytes::Bytes;
use futures::StreamExt;
use teloxide::{
    net::Download,
    payloads::{SendDocumentSetters, SendPhotoSetters, SendVoiceSetters},
    requests::Requester,
    types::{ChatId as TelegramChatId, FileId as TelegramFileId, InputFile},
};

use super::{CallError, Telegram, read::size};
use crate::{
    export::File,
    parent::{ChatId, FileId, MessageId, PrivateBytes, Wiped, Words},
    picture::Picture,
};

/// What a voice note is called on its way.
const VOICE: &str = "voice.ogg";

impl Telegram {
    /// Sends a file out of memory, at most 50 MB, with plain text of at most 1,024 UTF-16 units below it. Returns the number of the message.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_file(
        &self,
        chat: ChatId,
        file: &File,
        caption: Option<&Words>,
    ) -> Result<Option<MessageId>, CallError> {
        let document = InputFile::memory(lent(&file.content)).file_name(file.name.clone());
        let mut request = self.files.send_document(TelegramChatId(chat.0), document);
        if let Some(caption) = caption {
            request = request.caption(caption.reveal());
        }
        if self.rate.is_paid() {
            request = request.allow_paid_broadcast(true);
        }
        let sent = request.await?;
        Ok(Some(MessageId(sent.id.0)))
    }

    /// Sends a picture out of memory, with what it shows in words below it. Returns the number of the message.
    ///
    /// As a photo and not as a document, so that it is seen in the chat, and no file is left in the phone's folder of downloads. Telegram makes a
    /// JPEG of it, and makes it no smaller as long as no side is longer than 1,280 pixels.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_picture(
        &self,
        chat: ChatId,
        picture: Picture,
    ) -> Result<Option<MessageId>, CallError> {
        let photo = InputFile::memory(picture.png.0).file_name(picture.name);
        let request = self.files.send_photo(TelegramChatId(chat.0), photo);
        let mut request = request.caption(picture.caption.reveal());
        if self.rate.is_paid() {
            request = request.allow_paid_broadcast(true);
        }
        let sent = request.await?;
        Ok(Some(MessageId(sent.id.0)))
    }

    /// Sends a voice note out of memory, without sound: Ogg with Opus in it, at most 50 MB. Returns the number of the message.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_voice(
        &self,
        chat: ChatId,
        sound: &PrivateBytes,
        seconds: u32,
    ) -> Result<Option<MessageId>, CallError> {
        let voice = InputFile::memory(lent(sound)).file_name(VOICE);
        let request = self.files.send_voice(TelegramChatId(chat.0), voice);
        let mut request = request.duration(seconds).disable_notification(true);
        if self.rate.is_paid() {
            request = request.allow_paid_broadcast(true);
        }
        let sent = request.await?;
        Ok(Some(MessageId(sent.id.0)))
    }

    /// Fetches a file into memory: asks where it lies, and takes it from there. `None` when it has more than `most` bytes.
    ///
    /// # Errors
    /// See [`CallError`]; nothing is changed by trying again.
    pub async fn fetch(
        &self,
        file: &FileId,
        most: usize,
    ) -> Result<Option<PrivateBytes>, CallError> {
        let asked = self.bot.get_file(TelegramFileId(file.0.clone()));
        let found = asked.await.map_err(CallError::of_question)?;
        let expected = size(found.size).map(|size| size as usize);
        if expected.is_some_and(|size| size > most) {
            return Ok(None);
        }
        let mut bytes = Wiped::with_capacity(expected.unwrap_or_default());
        let mut chunks = self.files.download_file_stream(&found.path);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| {
                let status = error.status().map(|status| status.as_u16());
                CallError::of_file(status, error.is_connect())
            })?;
            if bytes.len() + chunk.len() > most {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
        // Less than was announced is a part of it, whatever the connection says.
        if bytes.is_empty() || expected.is_some_and(|size| size != bytes.len()) {
            return Err(CallError::Doubt);
        }
        Ok(Some(PrivateBytes::new(bytes)))
    }
}

/// Bytes that teloxide reads and does not copy: their memory is wiped when the last one lets them go.
fn lent(bytes: &PrivateBytes) -> Bytes {
    struct Lent(PrivateBytes);
    impl AsRef<[u8]> for Lent {
        fn as_ref(&self) -> &[u8] {
            self.0.reveal()
        }
    }
    Bytes::from_owner(Lent(bytes.clone()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::picture::Pixels;
    use crate::telegram::testing::{Reply, Script};

    #[tokio::test]
    async fn a_file_is_asked_for_and_taken() {
        let found = |size: &str| {
            Reply::Json(format!(
                r#"{{"ok":true,"result":{{"file_id":"f","file_unique_id":"u","file_path":"voice/file_3.oga"{size}}}}}"#
            ))
        };
        let sized = |size: usize| found(&format!(r#","file_size":{size}"#));
        let sound = || Reply::Json("OggS hallo".to_owned());
        let here = Ok(Some(PrivateBytes::new(b"OggS hallo".to_vec())));
        let refusal = Reply::Json(
            r#"{"ok":false,"error_code":400,"description":"Bad Request: wrong file_id or the file is temporarily unavailable"}"#
                .to_owned(),
        );
        let gone = Err(CallError::Refused("the file is not there"));
        for (replies, expected, requests) in [
            (vec![sized(10), sound()], here.clone(), 2),
            (vec![found(""), sound()], here, 2),
            // Larger than is wanted: as Telegram says, or as it turns out.
            (vec![sized(11), sound()], Ok(None), 1),
            (
                vec![found(""), Reply::Json("OggS hallo!".to_owned())],
                Ok(None),
                2,
            ),
            // Less than Telegram says, or nothing.
            (vec![sized(9), sound()], Err(CallError::Doubt), 2),
            (
                vec![sized(0), Reply::Json(String::new())],
                Err(CallError::Doubt),
                2,
            ),
            (vec![sized(10), Reply::Cut], Err(CallError::Doubt), 2),
            (vec![sized(10), Reply::Silence], Err(CallError::Doubt), 2),
            (vec![refusal], gone, 1),
        ] {
            let script = Script::new(replies).await;
            let result = script.telegram().fetch(&FileId("f".to_owned()), 10).await;
            assert_eq!(result, expected);
            let seen = script.requests();
            assert_eq!(seen[0], r#"GetFile {"file_id":"f"}"#);
            assert_eq!(seen.len(), requests);
            // teloxide writes the whole path as one piece, which Telegram reads as it is meant.
            let mut taken = seen.iter().skip(1);
            assert!(taken.all(|request| request == "voice%2Ffile_3.oga "));
        }
    }

    /// Nothing is answered, so what has no time gives up, and whoever had the time of others would wait for a minute.
    #[tokio::test]
    async fn a_file_has_a_time_of_its_own() {
        let (no_time, time) = (Duration::ZERO, Duration::from_secs(60));
        let found = r#"{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_path":"p","file_size":1}}"#;
        let (chat, id) = (ChatId(1), FileId("f".to_owned()));
        let document = File {
            name: "dagboek.json".to_owned(),
            content: PrivateBytes::new(b"{}".to_vec()),
        };
        let picture = Picture {
            name: "2026.png".to_owned(),
            png: Pixels(b"png".to_vec()),
            caption: Words::new("Je jaar"),
        };
        let sound = PrivateBytes::new(b"OggS".to_vec());
        let gives_up = async {
            let script = Script::new([]).await;
            let telegram = script.telegram_in(time, no_time);
            assert!(telegram.send_file(chat, &document, None).await.is_err());
            assert!(telegram.send_picture(chat, picture).await.is_err());
            assert!(telegram.send_voice(chat, &sound, 3).await.is_err());
            // Where it lies is a question like others.
            let script = Script::new([Reply::Json(found.to_owned())]).await;
            let telegram = script.telegram_in(time, no_time);
            assert!(telegram.fetch(&id, 10).await.is_err());
            let script = Script::new([]).await;
            let telegram = script.telegram_in(no_time, time);
            assert!(telegram.me().await.is_err());
            assert!(telegram.fetch(&id, 10).await.is_err());
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), gives_up).await;
        assert!(waited.is_ok());
    }

    #[test]
    fn what_a_servers_status_says_of_a_file() {
        for (status, connecting, expected) in [
            (
                Some(404),
                false,
                CallError::Refused("the file is not there"),
            ),
            (Some(401), false, CallError::Unauthorized),
            (
                Some(429),
                false,
                CallError::RetryAfter(Duration::from_secs(1)),
            ),
            (Some(502), false, CallError::ServerError),
            (None, true, CallError::NotSent),
            (None, false, CallError::Doubt),
        ] {
            assert_eq!(CallError::of_file(status, connecting), expected);
        }
    }
}
