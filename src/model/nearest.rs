//! The word that somebody may have meant who typed another one.

/// What to say after a word that is none of those known: the nearest, or all of them.
pub fn instead<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// The known word with the fewest letters changed, left out, put in or swapped, at most one in
/// three; else the only one that the word is the start of.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody types a word twice as long as the longest; the distance costs the product.
    let word = word.get(..word.len().min(64))?.to_ascii_lowercase();
    let most = word.len().div_ceil(3).min(2);
    let (mut best, mut started) = (None, Vec::new());
    for known in known {
        let distance = strsim::osa_distance(&word, known);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, known));
        }
        if word.len() > 1 && known.starts_with(&word) {
            started.push(known);
        }
    }
    let only = if let [only] = started[..] { Some(only) } else { None };
    best.map(|(_, known)| known).or(only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_a_slip_of_the_hand_away() {
        let near =
            |word| nearest(word, ["progs", "maps", "links", "kprobe_multi", "xdp"].into_iter());
        assert_eq!(near("porgs"), Some("progs"));
        assert_eq!(near("MAPS"), Some("maps"));
        assert_eq!(near("xpd"), Some("xdp"));
        assert_eq!(near("kprobe"), Some("kprobe_multi"));
        for far in ["", "x", "install", "l", &"é".repeat(100)] {
            assert_eq!(near(far), None, "{far}");
        }
    }

    #[test]
    fn what_is_far_from_all_is_answered_with_all() {
        let known = ["hash", "array"];
        assert_eq!(instead("hahs", known.into_iter()), "did you mean 'hash'?");
        assert_eq!(instead("stack", known.into_iter()), "there are hash, array");
    }
}
