//! Any text as a lock: an error or a lock, and a lock that was read is written so that it reads the same.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use upshift::lock::Lock;

fuzz_target!(|text: &str| {
    if let Ok(lock) = Lock::parse(text) {
        let written = lock.to_text(&BTreeMap::new());
        assert_eq!(Lock::parse(&written), Ok(lock), "{written}");
    }
});
