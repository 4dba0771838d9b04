//! `W12` is a job, `D3` a delivery.

kernel::id!(
    /// A job. Dense from 1, in the order of asking.
    JobId, "W"
);
kernel::id!(
    /// A message to a web hook. Dense from 1, in the order of asking.
    DeliveryId, "D"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_write() {
        assert_eq!("W12".parse(), Ok(JobId(12)));
        assert_eq!(DeliveryId(3).to_string().parse(), Ok(DeliveryId(3)));
        for wrong in ["", "W", "w1", "W-1", "D1", "W１", "W+1", "W99999999999999999"] {
            assert!(wrong.parse::<JobId>().is_err(), "{wrong}");
        }
    }
}
