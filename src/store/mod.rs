//! The journal book on disk.
