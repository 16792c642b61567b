//! The file system that a store lies on: whether bytes that are overwritten in place are gone from it, and how much room there is.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::{ffi::OsStringExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

/// File systems that write beside what they overwrite, so that the old bytes stay until the place is used again.
const COPYING: [&str; 7] = [
    "aufs", "bcachefs", "btrfs", "f2fs", "nilfs2", "overlay", "zfs",
];

/// The kind of file system that this folder lies on, or will lie on, if it is one that keeps what is overwritten in place for a while. `None` when it is not, or
/// when the machine does not tell.
pub fn keeps_what_is_overwritten(dir: &Path) -> Option<String> {
    kind_of_ground(dir).filter(|kind| copies(kind))
}

/// The kind of file system that this folder lies on, or will lie on; `None` when the machine does not tell.
pub fn kind_of_ground(dir: &Path) -> Option<String> {
    let mounts = fs::read("/proc/self/mountinfo").ok()?;
    let there = dir.ancestors().find_map(|dir| {
        let dir = if dir == Path::new("") {
            Path::new(".")
        } else {
            dir
        };
        fs::canonicalize(dir).ok()
    })?;
    kind_of(&mounts, &there)
}

/// How many bytes all files below this folder take on the disk.
///
/// # Errors
/// When a folder cannot be listed. A file that goes meanwhile takes nothing.
pub fn size(dir: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for found in fs::read_dir(dir)? {
        let found = found?;
        bytes += match found.metadata() {
            Ok(it) if it.is_dir() => size(&found.path())?,
            Ok(it) => it.blocks() * 512,
            Err(_) => 0,
        };
    }
    Ok(bytes)
}

/// How many bytes are free for this process on the file system of a folder, and how many it has in all.
///
/// # Errors
/// When there is no such folder.
pub fn room(dir: &Path) -> io::Result<(u64, u64)> {
    let found = rustix::fs::statvfs(dir)?;
    Ok((
        found.f_bavail * found.f_frsize,
        found.f_blocks * found.f_frsize,
    ))
}

fn copies(kind: &str) -> bool {
    COPYING.contains(&kind)
}

/// The kind of file system that is mounted nearest above a path without links in it, as `/proc/self/mountinfo` says; of two at the same place, the later one
/// hides the other.
fn kind_of(mounts: &[u8], path: &Path) -> Option<String> {
    let mounts = mounts.split(|byte| *byte == b'\n').filter_map(mount);
    let above = mounts.filter(|(place, _)| path.starts_with(place));
    let nearest = above.max_by_key(|(place, _)| place.components().count());
    nearest.map(|(_, kind)| kind)
}

/// Where a line says that something is mounted, and of which kind that is.
///
/// `36 35 98:0 /root /place rw,noatime master:1 - ext4 /dev/sda1 rw`: the fifth field is the place, and behind the lone dash comes the kind.
fn mount(line: &[u8]) -> Option<(PathBuf, String)> {
    let mut fields = line.split(|byte| *byte == b' ');
    let place = fields.nth(4)?;
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    Some((plain(place), String::from_utf8_lossy(kind).into_owned()))
}

/// A path whose spaces, tabs, line ends and backslashes are written as `\040` and the like.
fn plain(place: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(place.len());
    let mut rest = place;
    while let Some((first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|_| *first == b'\\');
        let byte = octal
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[3..] } else { after };
    }
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_what_its_files_take_and_its_disk_has_room() {
        let dir = tempfile::tempdir().unwrap();
        let empty = size(dir.path()).unwrap();
        fs::create_dir(dir.path().join("journal")).unwrap();
        fs::write(dir.path().join("journal/db"), vec![7; 100_000]).unwrap();
        let full = size(dir.path()).unwrap();
        assert!((100_000..200_000).contains(&(full - empty)), "{full}");
        let (free, all) = room(dir.path()).unwrap();
        assert!(free <= all && all > 0, "{free} of {all}");
        assert!(size(&dir.path().join("nowhere")).is_err());
    }

    const MOUNTS: &str = r"21 1 0:20 / / rw,relatime shared:1 - overlay overlay rw,lowerdir=/a
22 21 0:21 / /proc rw - proc proc rw
23 21 8:1 / /data rw,noatime shared:2 master:3 - ext4 /dev/sda1 rw
24 23 0:30 /vol /data/snaps rw - btrfs /dev/sdb rw,subvol=/vol
25 21 0:31 / /pool rw - zfs pool/home rw,xattr
26 21 8:2 / /twice rw - xfs /dev/sdc rw
27 26 0:32 / /twice rw - btrfs /dev/sdd rw
28 21 8:3 / /with\040space\134here rw - ext4 /dev/sde rw
29 21 8:4 / /card rw - f2fs /dev/sdf rw
a line that says nothing";

    #[test]
    fn the_nearest_file_system_counts() {
        for (path, kind) in [
            ("/", Some("overlay")),
            ("/srv/bot", Some("overlay")),
            ("/data", None),
            ("/data/bot/store", None),
            ("/database", Some("overlay")),
            ("/data/snaps/store", Some("btrfs")),
            ("/pool/store", Some("zfs")),
            ("/twice/store", Some("btrfs")),
            (r"/with space\here/store", None),
            ("/card", Some("f2fs")),
        ] {
            let found = kind_of(MOUNTS.as_bytes(), Path::new(path)).filter(|kind| copies(kind));
            assert_eq!(found.as_deref(), kind, "{path}");
        }
        assert_eq!(kind_of(b"", Path::new("/data")), None);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_lies_where_it_will_be_made() {
        let dir = std::env::temp_dir();
        assert_eq!(
            keeps_what_is_overwritten(&dir.join("not/there/yet")),
            keeps_what_is_overwritten(&dir)
        );
        // Somewhere every path lies, and the machine tells where.
        let mounts = fs::read("/proc/self/mountinfo").unwrap_or_default();
        assert!(mounts.is_empty() || kind_of(&mounts, &dir).is_some());
    }
}
