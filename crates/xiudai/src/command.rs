//! What the command line can do, one module a group of commands.

pub(crate) mod ask;
pub(crate) mod compute;
pub(crate) mod due;
pub(crate) mod evidence;
pub(crate) mod jobs;
pub(crate) mod matching;
pub(crate) mod policy;
pub(crate) mod read;
pub(crate) mod resolve;
pub(crate) mod scan;
pub(crate) mod serve;
pub(crate) mod transfer;
