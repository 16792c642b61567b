#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| voel_eerst_fuzz::bodies::typed::hold(bytes));
