//! Laws of the whole: tests that need rooms which do not import each other. There is nothing here but tests.
