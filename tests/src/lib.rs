//! The one integration crate: the shipped district, loaded for real and asked what people ask.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod district;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod xuhui;
