"""The parts of winmem-cc: its options (arguments), the compiler's command line (compiler), and --explain (explain,
diagnostics, inventory)."""
