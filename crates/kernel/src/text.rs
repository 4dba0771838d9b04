//! Chinese and Latin text: folding, names, pinyin, search tokens, hygiene.

mod fold;
mod hygiene;
mod name;
mod pronounce;
mod token;

pub use fold::{fold, simplified};
pub use hygiene::{clean, clean_name};
pub use name::{name_key, unquoted};
pub use pronounce::{initials, syllables};
pub use token::{has_han, is_han, tokens};
