//! Who receives how much of an income, and why.

pub mod distribute;
pub mod floor;
pub mod payment;
pub mod people;
pub mod table;

pub use distribute::{Distribute, Distributed, distribute};
pub use floor::{Basis, Reward, reward};
pub use payment::Payment;
pub use people::{Form, Paid, Person, Role};
pub use table::{Flow, Split, Table, Tables};
