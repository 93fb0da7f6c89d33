//! Pictures in hard cases: what is drawn is XML, inside the picture, and no text covers another one.
