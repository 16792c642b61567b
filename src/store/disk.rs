//! Files that are their owner's alone, and folders whose entries survive a power cut.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    path::Path,
};

/// How a file of the store is opened: to read and write, by its owner alone.
pub(super) fn private() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder that only its owner can look into, with the folders above it; leaves one that is there as it is.
pub(super) fn make_private_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    sync_parent(dir)
}

/// Lets nobody but its owner look into a folder that is there. Where the operating system does not let us, it stays as it is.
pub(super) fn keep_to_owner(dir: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let owners = std::fs::Permissions::from_mode(0o700);
        let is_open = |found: std::fs::Metadata| found.permissions().mode() & 0o077 != 0;
        if std::fs::metadata(dir).is_ok_and(is_open) {
            drop(std::fs::set_permissions(dir, owners));
        }
    }
}

/// Makes what was created in or removed from a folder survive a power cut.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened and synced.
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// [`sync_dir`] of the folder that something lies in.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    sync_dir(parent(path))
}

/// The folder that something lies in.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if dir != Path::new("") => dir,
        Some(_) | None => Path::new("."),
    }
}

/// How many bytes can still be written to the disk that this folder lies on.
pub(super) fn free(dir: &Path) -> io::Result<u64> {
    #[cfg(test)]
    if let Some(free) = FREE.get() {
        return Ok(free);
    }
    let disk = rustix::fs::statvfs(dir)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
thread_local! {
    /// What [`free`] says in this thread.
    pub(super) static FREE: std::cell::Cell<Option<u64>> = const { std::cell::Cell::new(None) };
}
