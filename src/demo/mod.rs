//! A strict Bot API in memory, and a phone in the browser to talk through it.
