//! Times and days as people type them.
