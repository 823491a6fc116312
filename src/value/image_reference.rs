//! References of container images.

/// `[host[:port]/]path[:tag][@sha256:digest]`, after the grammar of the OCI distribution's references.
#[must_use]
pub fn is_valid(reference: &str) -> bool {
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    let is_digest = |digest: &str| {
        digest
            .strip_prefix("sha256:")
            .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
    };
    let slash = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match rest[slash..].find(':') {
        Some(colon) => (&rest[..slash + colon], Some(&rest[slash + colon + 1..])),
        None => (rest, None),
    };
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_tag = |tag: &str| {
        (1..=128).contains(&tag.len())
            && is_word(tag.as_bytes()[0])
            && tag.bytes().all(|b| is_word(b) || b == b'.' || b == b'-')
    };
    let is_step = |(index, step): (usize, &str)| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let port = index == 0 && name.contains('/');
        let ends = step.bytes().next().is_some_and(plain) && step.bytes().last().is_some_and(plain);
        ends && step.bytes().all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-') || (port && b == b':'))
    };
    digest.is_none_or(is_digest) && tag.is_none_or(is_tag) && name.split('/').enumerate().all(is_step)
}
