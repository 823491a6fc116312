//! Paths, as seen from the host and from a container.

use proptest::prelude::*;
use trackgen::value::{Backup, Host, Mounts, Place, PlaceError, Tracker};

fn host(path: &str) -> Place<Host> {
    Place::new(path).expect("a place")
}

fn mounts() -> Mounts<Backup> {
    let pair = |from: &str, to: &str| (host(from), Place::new(to).expect("a place"));
    Mounts::new([pair("/opt/torrust/storage", "/data"), pair("/opt/torrust/storage/backup", "/backups")])
}

#[test]
fn the_deepest_mount_gives_the_name() {
    let inside = |path: &str| mounts().inside(&host(path)).map(|place| place.to_string());
    assert_eq!(inside("/opt/torrust/storage/tracker/x.db").as_deref(), Some("/data/tracker/x.db"));
    assert_eq!(inside("/opt/torrust/storage/backup/x").as_deref(), Some("/backups/x"));
    assert_eq!(inside("/opt/torrust/storage/backups"), Some("/data/backups".to_owned()));
    assert_eq!(inside("/opt/other"), None);
}

#[test]
fn what_is_no_safe_path_is_refused() {
    let refused = |path: &str| Place::<Tracker>::new(path).expect_err("refused");
    assert_eq!(refused("etc/passwd"), PlaceError::NotAbsolute);
    assert_eq!(refused("/a/../etc"), PlaceError::Dots);
    assert_eq!(refused("/a//b"), PlaceError::Empty);
    assert_eq!(refused("/a/"), PlaceError::Empty);
    assert_eq!(refused("/a\nb"), PlaceError::Character('\n'));
    assert_eq!(refused("/a b"), PlaceError::Character(' '));
    assert_eq!(refused("/a$b"), PlaceError::Character('$'));
}

proptest! {
    #[test]
    fn a_place_comes_back_through_its_mount(steps in prop::collection::vec("[a-z0-9_@+-][a-z0-9._@+-]{0,8}", 1..5)) {
        let place = host("/opt/torrust/storage").join(&steps.join("/")).expect("a place");
        let inside = mounts().inside(&place).expect("it is mounted");
        prop_assert_eq!(mounts().host(&inside).expect("and back"), place);
    }
}
