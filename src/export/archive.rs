//! Several files in one: a zip. Nothing in it is packed any tighter, because what was spoken cannot be, and what was written is small.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::parent::PrivateBytes;

/// An archive could not be written. The error behind it may name a file, and says no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the archive could not be written")]
pub struct NotWritten;

impl From<ZipError> for NotWritten {
    fn from(_: ZipError) -> Self {
        Self
    }
}

impl From<std::io::Error> for NotWritten {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// Writes these files into an archive, in this order.
pub(super) fn write(
    files: impl IntoIterator<Item = (String, PrivateBytes)>,
) -> Result<Vec<u8>, NotWritten> {
    // The date of a file would be that of the machine; without one, the same words give the same bytes.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, options)?;
        zip.write_all(content.reveal())?;
    }
    Ok(zip.finish()?.into_inner())
}
