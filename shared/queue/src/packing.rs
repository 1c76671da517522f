//! Which bodies share a request.

use model::limits::{SQS_BATCH_BYTES, SQS_BATCH_MESSAGES};

/// The places of the bodies of each request: each body goes into the first request that has room for it.
pub fn requests(bodies: &[String]) -> Vec<Vec<usize>> {
    let mut requests: Vec<(usize, Vec<usize>)> = Vec::new();
    for (place, body) in bodies.iter().enumerate() {
        let has_room = |(bytes, places): &&mut (usize, Vec<usize>)| {
            places.len() < SQS_BATCH_MESSAGES && bytes.saturating_add(body.len()) <= SQS_BATCH_BYTES
        };
        match requests.iter_mut().find(has_room) {
            Some((bytes, places)) => {
                *bytes += body.len();
                places.push(place);
            }
            None => requests.push((body.len(), vec![place])),
        }
    }
    requests.into_iter().map(|(_, places)| places).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_holds_no_more_than_the_limits_and_every_body_has_one() {
        let check = |sizes: &[usize], expect: &[&[usize]]| {
            let bodies: Vec<String> = sizes.iter().map(|size| ".".repeat(*size)).collect();
            assert_eq!(requests(&bodies), expect, "{sizes:?}");
        };
        check(&[], &[]);
        check(&[1; 12], &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], &[10, 11]]);
        check(&[SQS_BATCH_BYTES, 1], &[&[0], &[1]]);
        check(&[SQS_BATCH_BYTES - 1, 2, 1], &[&[0, 2], &[1]]);
    }
}
