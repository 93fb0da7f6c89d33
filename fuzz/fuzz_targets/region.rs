//! Any page with markers: refused, or changed between the markers only, and not changed the second time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use upshift::render::inject::inject;

fuzz_target!(|page: &str| {
    let page = page.replace("B!", "<!-- BEGIN upshift: go -->").replace("E!", "<!-- END upshift: go -->");
    if let Ok(once) = inject(&page, "go", "text\n") {
        assert!(once.contains("text"));
        assert_eq!(inject(&once, "go", "text\n").as_ref(), Ok(&once), "{page:?}");
    }
});
