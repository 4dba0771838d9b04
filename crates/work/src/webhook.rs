//! Web hooks: messages to addresses that people chose, sent after the transaction that wrote them.
//!
//! A message arrives at least once: its receiver tells repeats by the delivery's id.

mod delivery;
mod url;

pub use self::delivery::{
    ATTEMPTS_MAX, Answer, Delivery, DeliveryLease, KEPT_US, LIVE_MAX, LIVE_MAX_PER_URL,
    NewDelivery, claim, enqueue, get, settle, sweep,
};
pub use self::url::{Reach, URL_CHARS_MAX, WebhookUrl};
