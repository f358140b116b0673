"""Pages in a real browser: skipped where there is no Chromium, but not on the build machine."""
