/**
 * The query of the address as it stands this moment. What React last drew may be older: two quick
 * changes in a row must both count.
 */
export const addressNow = (): URLSearchParams => new URLSearchParams(location.search);
